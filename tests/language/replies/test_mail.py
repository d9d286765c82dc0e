# SPDX-License-Identifier: AGPL-3.0-or-later
"""Opening mails: charsets, broken encodings, soft line breaks, HTML."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purring.language.replies.mail import opened
from purring.language.replies.markup import plain_text


def body(content: bytes, kind: str) -> str:
    return opened(
        b"Subject: x\nMIME-Version: 1.0\nContent-Type: "
        + kind.encode()
        + b"\nContent-Transfer-Encoding: 8bit\n\n"
        + content
    ).text


@pytest.mark.parametrize(
    "declared", ["utf-8", "iso-8859-1", "us-ascii", "unknown-8bit", "windows-1252", "no such charset"]
)
@pytest.mark.parametrize("used", ["utf-8", "cp1252"])
def test_the_characters_decide_not_what_is_declared(declared: str, used: str) -> None:
    assert body("påminnelse, 20 €".encode(used), f'text/plain; charset="{declared}"') == "påminnelse, 20 €"


def test_soft_line_breaks_are_joined() -> None:
    assert (
        body(b"I will \npay \non Friday.\n-- \nAnna", "text/plain; format=flowed") == "I will pay on Friday.\n-- \nAnna"
    )


def test_the_plain_part_is_read_and_html_only_without_one() -> None:
    parts = 'multipart/alternative; boundary="b"'
    plain = b"--b\nContent-Type: text/plain\n\nThe plain words here.\n"
    html = b"--b\nContent-Type: text/html\n\n<p>The <b>bold</b> words here.</p>\n"
    assert body(plain + html + b"--b--", parts) == "The plain words here."
    assert body(html + b"--b--", parts) == "The bold words here."


def test_attachments_are_no_text() -> None:
    parts = (
        b"--b\nContent-Type: text/plain\n\nSee the file.\n--b\nContent-Type: text/plain\n"
        b"Content-Disposition: attachment; filename=a.txt\n\nI pay tomorrow.\n--b--"
    )
    assert body(parts, 'multipart/mixed; boundary="b"') == "See the file."


def test_quoted_blocks_of_a_page_are_marked() -> None:
    assert plain_text("<div>New.</div><blockquote>Old<br>lines</blockquote>") == "New.\n> Old\n> lines"
    assert (
        plain_text('<p>New.</p><div class="gmail_quote">On Monday X wrote:<br>Old</div>')
        == "New.\n\n> On Monday X wrote:\n> Old"
    )


def test_styles_and_scripts_are_no_text() -> None:
    assert plain_text("<style>p {x: y}</style><script>alert(1)</script><p>Hi &amp; bye</p>") == "Hi & bye"


@given(st.binary(max_size=500))
def test_any_bytes_are_a_mail(content: bytes) -> None:
    assert isinstance(opened(content).text, str)


@given(st.text(alphabet=st.sampled_from("<>/=\"' abpdivblockquote!-&;#x0"), max_size=200))
def test_any_page_has_a_text(page: str) -> None:
    assert isinstance(plain_text(page), str)
