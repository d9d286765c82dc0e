# SPDX-License-Identifier: Apache-2.0
"""Cutting out of a mail's text what its writer has newly written.

Older mail goes, whatever program quoted it; answers written between quoted lines stay; the signature block goes, the
name the letter is signed with stays.
"""

from __future__ import annotations

import re

from purring.language.replies import quoting, signing

MOST_CHARACTERS = 60_000
"""Longer texts are looked at only so far: nobody answers a reminder with a book."""

_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f]")
_BLANKS = re.compile(r"\n{3,}")


def cut(text: str) -> str:
    """The newly written part of `text` (plain text, lines ended by newlines), signed as it was; may be empty."""
    plain = _INVISIBLE.sub(
        "",
        text[:MOST_CHARACTERS].replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ").replace("\u2028", "\n"),
    )
    lines = quoting.without_headers([line.rstrip() for line in plain.split("\n")])
    lines = signing.without_banner(lines)
    blocks = _new_blocks(lines)
    while len(blocks) > 1 and signing.is_footer(blocks[-1]):
        blocks.pop()
    if len(blocks) <= 1:
        kept = signing.without_signature(blocks[0]) if blocks else []
        reply = _BLANKS.sub("\n\n", "\n".join(kept).strip("\n").rstrip())
    else:
        # Answers between quoted lines: one after the other, the signature only after the last one.
        blocks = [_without_mobile(block) for block in blocks[:-1]] + [signing.without_signature(blocks[-1])]
        reply = "\n".join(filter(None, ("\n".join(line for line in block if line.strip()) for block in blocks)))
    return reply.strip()


def _without_mobile(block: list[str]) -> list[str]:
    return [line for line in block if not signing.sent_from(line.strip())]


def _new_blocks(lines: list[str]) -> list[list[str]]:
    """The runs of lines that are nobody's older words."""
    attributed = quoting.attributions(lines)
    ends = quoting.history(lines)
    quoted = [quoting.QUOTED.match(line) is not None for line in lines]
    blocks: list[list[str]] = []
    block: list[str] = []
    number = 0
    while number < len(lines):
        if ends is not None and number >= ends:
            break
        if number in attributed:
            after = attributed[number]
            following = after
            while following < len(lines) and not lines[following].strip():
                following += 1
            if following < len(lines) and not quoted[following] and not quoted[number]:
                break  # quoted without marks: the rest is all older
            block = _close(blocks, block)
            number = following
            continue
        if quoted[number]:
            block = _close(blocks, block)
        elif _wrapped(lines, quoted, number):
            pass
        else:
            block.append(lines[number])
        number += 1
    _close(blocks, block)
    return blocks


def _close(blocks: list[list[str]], block: list[str]) -> list[str]:
    if any(line.strip() for line in block):
        blocks.append(block)
    return []


def _wrapped(lines: list[str], quoted: list[bool], number: int) -> bool:
    """The tail of a quoted line that a mail program broke: a few words between two quoted lines."""
    if not 0 < number < len(lines) - 1 or not (quoted[number - 1] and quoted[number + 1]):
        return False
    before, line = lines[number - 1], lines[number].strip()
    return len(before) >= 60 and 0 < len(line.split()) <= 3 and (line[0].islower() or line[-1] not in ".!?")
