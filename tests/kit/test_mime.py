# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the writer writes, the standard library's parser reads back unchanged, and the linter is content."""

from __future__ import annotations

import random
import re
from datetime import datetime, timedelta, timezone
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purring.core.errors import Refused
from purring.kit.mime import (
    Address,
    Attachment,
    base64_lines,
    compose,
    encoded_words,
    envelope_address,
    safe_filename,
)
from purring.kit.mime_lint import lint
from tests.support import seeds

DATE = datetime(2026, 11, 21, 10, 0, tzinfo=timezone(timedelta(hours=1)))
ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789 .,-/#'()",
    "äöüßÄÖÜéèêëçñøåæØÅÆ €– “”« » a b c d e ",
    "АБВГДЕжзийклмнопр 你好世界 こんにちは 🎉👩‍👩‍👧 é é ",
    '=?_"\\<>@,;:[]() utf-8?b?Q? ',
)


def mail(**changes: Any) -> bytes:
    given: dict[str, Any] = {
        "sender": Address("Perspektive Studio GmbH – Büro", "billing@perspektive.example"),
        "to": Address("Anna Kowalska", "anna@example.org"),
        "subject": "Your invoice RE-2026-17",
        "text": "Dear Anna,\n\na line.\n",
        "message_id": "<17.abc@perspektive.example>",
        "date": DATE,
        "language": "en",
    }
    return compose(**{**given, **changes})


def parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=default)


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    # The parser leaves the line ends of encoded texts as they travelled.
    return cast(str, part.get_content()).replace("\r\n", "\n")


def display_name(raw: bytes, field: str) -> str:
    """By the older parser: the newer one (Python 3.11) keeps the blank between two encoded words."""
    name, _ = parseaddr(message_from_bytes(raw)[field])
    return str(make_header(decode_header(name)))


def some_text(rng: random.Random, longest: int) -> str:
    letters = "".join(rng.sample(ALPHABETS, rng.randint(1, len(ALPHABETS))))
    return "".join(rng.choice(letters) for _ in range(rng.randint(0, longest)))


@pytest.mark.scales
def test_random_mails_read_back_unchanged(rng: random.Random) -> None:
    """Subjects, names, texts, file names: the standard library's own writer changes 3 % of such subjects."""
    for _ in range(seeds.count("mails", normal=2_500, endurance=100_000)):
        subject = some_text(rng, 160)
        names = [some_text(rng, 70).strip() for _ in range(3)]
        text = "\n".join(some_text(rng, 120) for _ in range(rng.randint(1, 8))) + "\nend\n"
        html = "<p>" + some_text(rng, 300).replace("<", "&lt;") + "</p>\n" if rng.random() < 0.7 else ""
        files = tuple(
            Attachment(f"{some_text(rng, 60)}x.pdf", rng.randbytes(rng.randint(0, 400)))
            for _ in range(rng.randint(0, 2))
        )
        raw = mail(
            sender=Address(names[0], "billing@perspektive.example"),
            to=Address(names[1], "anna@example.org"),
            reply_to=Address(names[2], "reply+abc@perspektive.example"),
            subject=subject,
            text=text,
            html=html,
            attachments=files,
        )
        got = parsed(raw)
        assert lint(raw) == []
        assert got["Subject"] == subject
        for field, name in zip(("From", "To", "Reply-To"), names, strict=True):
            assert display_name(raw, field) == name
        assert body(got, "plain") == text
        if html:
            assert body(got, "html") == html
        attached = list(got.iter_attachments()) if files else []
        assert [part.get_content() for part in attached] == [file.content for file in files]
        assert [part.get_filename() for part in attached] == [safe_filename(file.filename) for file in files]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300), st.integers(0, 60))
def test_encoded_words_fit_their_lines_and_split_no_character(value: str, column: int) -> None:
    lines = encoded_words(value, column).split(b"\r\n")
    assert all(len(line) <= 76 for line in lines)
    assert len(lines[0]) + column <= 76 or len(lines[0]) <= 28
    for word in b"".join(lines).split():
        match = re.fullmatch(rb"=\?utf-8\?b\?([A-Za-z0-9+/=]+)\?=", word)
        assert match is not None


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=400))
def test_any_text_reads_back_or_is_refused(text: str) -> None:
    html = f"<p>\n{text.replace('<', '')}"
    if re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text):
        with pytest.raises(Refused):
            mail(text=text, html=html)
        return
    raw = mail(text=f"Hello\n{text}", html=html)
    wanted = text.replace("\r\n", "\n").replace("\r", "\n")
    got = body(parsed(raw), "plain")
    assert got.rstrip("\n") == f"Hello\n{wanted}".rstrip("\n")
    assert [fault for fault in lint(raw) if not fault.startswith("HTML")] == []


@given(st.binary(max_size=300))
def test_base64_lines(content: bytes) -> None:
    lines = base64_lines(content).split(b"\r\n")
    assert all(len(line) == 76 for line in lines[:-1])
    assert len(lines[-1]) <= 76
    assert Attachment("a.pdf", encoded=b"\r\n".join(lines)).data() == content


def test_a_stored_encoding_gives_the_same_mail() -> None:
    content = bytes(range(256)) * 40
    plain = mail(attachments=(Attachment("a.pdf", content),))
    assert mail(attachments=(Attachment("a.pdf", encoded=base64_lines(content)),)) == plain


def test_a_picture_travels_beside_the_html_that_shows_it() -> None:
    picture = Attachment("logo.png", b"\x89PNG" + bytes(range(256)), "image/png", content_id="l.1@x.example")
    html = '<p><img src="cid:l.1@x.example" width="9" height="9" alt="Us"></p>'
    raw = mail(html=html, pictures=(picture,), attachments=(Attachment("a.pdf", b"%PDF"),))
    assert lint(raw) == []
    kinds = [part.get_content_type() for part in parsed(raw).walk()]
    assert kinds == [
        "multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png",
        "application/pdf",
    ]  # fmt: skip
    shown = next(part for part in parsed(raw).walk() if part.get_content_type() == "image/png")
    assert (shown["Content-ID"], shown.get_content_disposition()) == ("<l.1@x.example>", "inline")
    assert shown.get_content() == picture.content
    assert [part.get_filename() for part in parsed(raw).iter_attachments()] == ["a.pdf"]
    assert body(parsed(raw), "html").strip() == html
    with pytest.raises(Refused):
        mail(html=html, pictures=(Attachment("logo.png", b"x", "image/png", content_id="a>\r\nX: <b@c"),))


def test_plain_ascii_stays_readable_in_the_source() -> None:
    raw = mail(text="Dear Anna,\n\nthank you.\n-- \nPerspektive\n")
    assert b"Dear Anna,\r\n\r\nthank you.\r\n-- \r\nPerspektive\r\n" in raw
    raw = mail(text="Chère Anna,\n\nmerci pour votre confiance, et à bientôt.\n")
    assert b"merci pour votre confiance, et =C3=A0 bient=C3=B4t.\r\n" in raw
    assert b"base64" in mail(text="Уважаемая Анна, спасибо.\n")


def test_a_blank_at_the_end_of_a_long_line_makes_no_line_too_long() -> None:
    """The standard library's encoder, which does the work, makes such lines of 77 and 78 columns."""
    for length in range(60, 90):
        raw = mail(text="é" + "x" * length + " \nbye\n")
        assert lint(raw) == []
        assert body(parsed(raw), "plain") == "é" + "x" * length + " \nbye\n"


def test_threading_and_other_fields() -> None:
    long_thread = tuple(f"<{n}.x@perspektive.example>" for n in range(60))
    raw = mail(
        in_reply_to="<last@perspektive.example>",
        references=long_thread,
        language="nb",
        extra=(("List-Unsubscribe", "<https://pay.example/u/" + "x" * 120 + ">"), ("X-Note", "blåbær")),
    )
    got = parsed(raw)
    assert lint(raw) == []
    kept = got["References"].split()
    assert len(kept) == 20
    assert (kept[0], kept[-1]) == (long_thread[0], "<last@perspektive.example>")
    assert got["In-Reply-To"] == "<last@perspektive.example>"
    assert got["Auto-Submitted"] == "auto-generated"
    assert got["Content-Language"] == "nb"
    assert got["Date"].datetime == DATE
    assert got["List-Unsubscribe"] == "<https://pay.example/u/" + "x" * 120 + ">"
    assert got["X-Note"] == "blåbær"
    assert parsed(mail(automatic=False))["Auto-Submitted"] is None


def test_a_long_ascii_subject_is_folded_and_stays_readable() -> None:
    subject = "Your invoice RE-2026-17 of 3 November, which was due last Friday, and two more that are due soon"
    raw = mail(subject=subject)
    assert b"=?" not in raw.partition(b"\r\nSubject: ")[2].partition(b"Date")[0]
    assert parsed(raw)["Subject"] == subject


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"subject": "Hello\r\nBcc: all@example.org"}, "bad_character"),
        ({"subject": "Hello\nBcc: all@example.org"}, "bad_character"),
        ({"subject": "a\0b"}, "bad_character"),
        ({"subject": "half a character \ud83d"}, "bad_character"),
        ({"subject": "x" * 401}, "too_long"),
        ({"text": "a\0b"}, "bad_character"),
        ({"text": "half \ud83d"}, "bad_character"),
        ({"html": "<p>\x1b</p>"}, "bad_character"),
        ({"to": Address("Anna\r\nBcc: x@example.org", "anna@example.org")}, "bad_character"),
        ({"to": Address("A" * 201, "anna@example.org")}, "too_long"),
        ({"to": Address("", "anna@example.org\r\nRCPT TO:<x@example.org>")}, "bad_address"),
        ({"to": Address("", "anna@example.org, b@example.org")}, "bad_address"),
        ({"to": Address("", "anna")}, "bad_address"),
        ({"to": Address("", "@example.org")}, "bad_address"),
        ({"to": Address("", "a..b@example.org")}, "bad_address"),
        ({"to": Address("", "a b@example.org")}, "bad_address"),
        ({"to": Address("", "<a@example.org>")}, "bad_address"),
        ({"to": Address("", "a@-example.org")}, "bad_address"),
        ({"to": Address("", "a@exa mple.org")}, "bad_address"),
        ({"to": Address("", "a@[127.0.0.1]")}, "bad_address"),
        ({"to": Address("", "x" * 65 + "@example.org")}, "bad_address"),
        ({"to": Address("", "a@" + "x." * 130 + "org")}, "bad_address"),
        ({"reply_to": Address("", "nobody")}, "bad_address"),
        ({"message_id": "no brackets"}, "bad_message_id"),
        ({"message_id": "<a@b>\r\nBcc: x@example.org"}, "bad_message_id"),
        ({"references": ("<a@b> <c@d>",)}, "bad_message_id"),
        ({"language": "en\r\nBcc: x"}, "bad_language"),
        ({"extra": (("Bcc", "x@example.org"),)}, "bad_header"),
        ({"extra": (("X-A:", "1"),)}, "bad_header"),
        ({"extra": (("X-A", "1\r\nBcc: x"),)}, "bad_character"),
        ({"attachments": (Attachment("a\r\nb.pdf", b"x"),)}, "bad_character"),
        ({"attachments": (Attachment("a.pdf", b"x", "text/html\r\nX: y"),)}, "bad_content_type"),
    ],
)
def test_hostile_and_overlong_values_are_refused(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        mail(**changes)
    assert refusal.value.code == code
    assert refusal.value.params["field"]
    assert "\n" not in refusal.value.message


def test_a_date_without_zone_is_a_bug_of_the_caller() -> None:
    with pytest.raises(ValueError, match="aware"):
        mail(date=DATE.replace(tzinfo=None))


def test_domains_in_other_scripts() -> None:
    """IDNA 2008: ß stays itself, it does not become ss, which may belong to somebody else."""
    assert envelope_address("rechnung@straße.example") == "rechnung@xn--strae-oqa.example"
    assert envelope_address("post@blåbær.example") == "post@xn--blbr-roah.example"
    assert b"rechnung@xn--strae-oqa.example" in mail(to=Address("", "rechnung@straße.example"))
    assert envelope_address("jürgen@example.org") == "jürgen@example.org"


def test_file_names() -> None:
    assert safe_filename("2026/17: Müller?.pdf") == "2026-17- Müller-.pdf"
    assert safe_filename("../../etc/passwd") == "-..-etc-passwd"
    assert safe_filename("..") == "attachment"


def test_a_text_that_imitates_a_boundary_cannot_end_its_part() -> None:
    mark = cast(str, parsed(mail(html="<p>x</p>")).get_boundary())
    text = f"before\n--{mark}\nContent-Type: text/html\n\n<b>smuggled</b>\n--{mark}--\n"
    got = parsed(mail(text=text, html="<p>x</p>"))
    assert body(got, "plain") == text
    assert body(got, "html") == "<p>x</p>\n"


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        (lambda raw: raw.replace(b"\r\n", b"\n", 1), "bare CR or LF"),
        (lambda raw: raw.replace(b"From:", b"From: x@y.example\r\nFrom:", 1), "2 fields From"),
        (lambda raw: raw.replace(b"Content-Language: en\r\n", b""), "0 fields Content-Language"),
        (lambda raw: raw.replace(b"thank you", b"thank you" + b"x" * 999), "line longer than 998 bytes"),
        (lambda raw: raw.replace(b"thank you", b"merci \xe9"), "8-bit bytes"),
        (
            lambda raw: raw.replace(b"<p>", b"<img src='https://x.example/1.gif'>"),
            "HTML loads https://x.example",
        ),
        (
            lambda raw: raw.replace(b"<p>", b"<p style='background:url(http://x.example)'>"),
            "HTML loads http:",
        ),
        (lambda raw: raw.replace(b"<p>", b"<a href='https://evil.example/'>"), "HTML links to evil.example"),
        (lambda raw: raw.replace(b"<p>", b"<script>"), "HTML element <script>"),
        (lambda raw: raw.replace(b"<p>", b"<p onclick='x()'>"), "HTML attribute onclick"),
        (lambda raw: raw.replace(b"Dear", b"").replace(b"thank you", b""), "no plain text"),
    ],
)
def test_the_linter_sees_what_is_wrong(damage: Any, fault: str) -> None:
    raw = mail(text="Dear\nthank you", html="<p>\n<a href='https://pay.example/1'>pay</a>\n")
    assert lint(raw, hosts={"pay.example"}) == []
    assert any(found.startswith(fault) for found in lint(damage(raw), hosts={"pay.example"}))
