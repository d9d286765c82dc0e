# SPDX-License-Identifier: Apache-2.0
"""Where a letter ends and the signature begins.

The greeting and the name a person signs with belong to what they wrote; the block a mail program adds (title, firm,
telephone, opening hours, legal footer, "Sent from my …") does not.
"""

from __future__ import annotations

import re
from functools import cache

from purring.language.replies.quoting import any_of

_DELIMITER = re.compile(r"^(?:--|—|––|—-|-—)[ \t]*$|^[ \t]*(?:[-_*=~]{3,}|—{2,})[ \t]*$")
_SIGNS = (
    re.compile(
        r"(?<![\w.,])(?:\+|00)\d[\d\s()./\-]{6,}\d|\(?\b0\d{1,4}\)?[\d\s()./\-–]{5,}\d|\b\d{2,4}[\s.\-]\d{2,3}[\s.\-]\d{2,4}(?:[\s.\-]\d{2,4})?\b|\(\d{2,3}\)\s?\d{3,4}"
    ),
    re.compile(
        r"\b(?:www\.|https?://)|\S@\S+\.\w|\b[\w-]+\.(?:example|com|de|no|se|dk|nl|be|fr|es|it|pt|br|za|net|org|co)\b"
    ),
    re.compile(r"\s[|·•]\s|\s[|·•]|[|·•]\s|\s//\s"),
    re.compile(
        r"\b(?:ltd|limited|inc|llc|llp|plc|gmbh|ag|kg|ohg|e\.?\s?u\.?|e\.\s?k\.|partgmbb|as|a/s|ab|asa|aps|i/s|oy|hb|bv|b\.v\.|nv|n\.v\.|vof|sarl|sàrl|s\.?a\.?r\.?l|s\.?a\.?s?|s\.?l\.?u?|s\.?r\.?l\.?s?|s\.?p\.?a|snc|lda|ltda|unipessoal|spa|pty|bpk|edms|bk|cc|co\.|& co|ans|da|enk|sa de c\.?v|inc\.|spółka|zoo|brf|fraternité|et associés|et fils|& fils|frères)\b\.?",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b\d{1,2}(?:[:.]\d\d|h(?:\d\d)?|u)?\s?(?:-|–|—|à|bis|til|till|to|tot|a|às)\s?\d{1,2}(?:[:.]\d\d|h(?:\d\d)?|u|\s?(?:uhr|[ap]m|h|u))?\b",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:tel|tlf|tél|telm|telefon|telefax|fax|phone|mob|mobile|mobil|cell|gsm|sel|handy|fon|ph|ext|int|poste|org\.?\s?nr|orgnr|vat|btw|mwst|ust|uid|tva|nif|nie|cif|rut|cnpj|cvr|kvk|siret|p\.?\s?iva|c\.?f|abn|reg|registered|postboks|boks|box|postbus|posbus|po box|cp|cep|plz|postfach|fn|hrb)\b\.?:?\s*[\d:+(]",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:street|road|lane|avenue|ave|suite|strasse|straße|\w+(?:strasse|straße|str\.|gasse|weg|platz|straat|laan|gata|gaten|gate|gatan|vägen|veien|vej|vegen|gade|plein|kade)|rue|avenue|boulevard|bd|calle|c/|avda|av\.|plaza|rua|avenida|praça|via|viale|piazza|corso|straat|hoekstraat)\b\.?[^.!?]{0,40}\d|\b\d{4,5}(?:-\d{3})?\s+[A-ZÅÄÖØÆÉ]\w+|\b[A-Z]-\d{4,5}\b",
    ),
)
_SENTENCE_END = re.compile(r"[.!?…]['\"»”)]?\s*$")
_SMALL = r"(?i:van|von|van der|van den|van de|de|du|da|dos|das|do|del|della|di|la|le|el|zu|af|ter|ten|mac|og|und|y|e|et|en|and|&|i|och|in|uit|from|fra|från|på|a|de la)\b"
_NAME = re.compile(
    r"^[\"'(]?(?:(?i:dr|mr|mrs|ms|prof|ing|eng|avv|rag|geom|mag|me|mme|mevr|dhr|wed|fru|frau|herr|oom|tante|tannie|ouma|oupa|dña|dn|sr|sra|d|dott|dipl|i\.a|i\.v|ppa|adv|advokat)\.?ª?\s+)*"
    rf"(?:[^\W\d_a-z][\w'’.\-]*|{_SMALL})(?:[ ,\-]+(?:[^\W\d_a-z][\w'’.\-]*|{_SMALL})){{0,4}}[.,!)]?\s*(?::-?\)|[\U0001F300-\U0001FAFF])?$"
)


MOST_ROWS = 40
"""Lines at the end of a paragraph among which a signature begins."""
_FOR = re.compile(r"^(?:i\.?\s?a\.|i\.?\s?v\.|ppa\.?|p\.\s?p\.|gez\.|nms\.|namens|p\.o\.)\s+", re.IGNORECASE)
"""What stands before the name of someone who signs for another."""


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    flags = re.IGNORECASE
    return {
        "closing": re.compile(
            rf"^\W{{0,3}}{any_of('closings')}(?:\s*(?:/|&|og|und|en|et|y|e|and)\s*{any_of('closings')})?\s*[,.!:;]*\s*(?::-?\))?$",
            flags,
        ),
        "closing_name": re.compile(
            rf"^\W{{0,3}}{any_of('closings')}\s*[,.!/]?\s+(?P<name>\S[^.!?,]{{0,40}})[.!]?$", flags
        ),
        "sent_from": re.compile(
            rf"^\W{{0,3}}(?:{any_of('sent_from')})\b.{{0,90}}$|^.{{0,60}}\b(?:gesendet|verzonden|verstuurd|downloaden|herunterladen)\W*$",
            flags,
        ),
        "device": re.compile(rf"\b{any_of('devices')}\b", flags),
        "disclaimer": re.compile(rf"(?<!\w){any_of('disclaimers')}(?!\w)", flags),
        "title": re.compile(rf"(?<!\w){any_of('titles')}(?!\w)", flags),
        "banner": re.compile(rf"^\W{{0,3}}{any_of('banners')}(?:\W|$)", flags),
    }


def sent_from(line: str) -> bool:
    """Whether a line is of the "Sent from my telephone" kind. "Sent from my desk, which is far away." is not."""
    if len(line) > 110 or not _patterns()["sent_from"].match(line):
        return False
    words = line.split()
    device = _patterns()["device"].search(line)
    if device:
        return len(line[: device.start()].split()) <= 6
    return len(words) <= 7 and "," not in line and not line.rstrip().endswith((".", "?"))


def without_banner(lines: list[str]) -> list[str]:
    """The lines without a mail gate's warning on top."""
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    if first is None or not _patterns()["banner"].match(lines[first]):
        return lines
    last = first
    while last < len(lines) and lines[last].strip():
        last += 1
    rest = lines[last:]
    return rest if any(line.strip() for line in rest) else lines


def is_footer(lines: list[str]) -> bool:
    """Whether lines that follow quoted ones are only a signature or a mailing list's footer."""
    first = next((line for line in lines if line.strip()), "")
    return _DELIMITER.match(first.rstrip()) is not None or sent_from(first.strip())


def without_signature(lines: list[str]) -> list[str]:
    """The lines up to the name the letter is signed with."""
    lines = _to_delimiter(lines)
    paragraphs = _paragraphs(lines)
    keep = len(paragraphs)
    signed = _signed_at(paragraphs, lines)
    while keep > 1 and keep - 1 > signed and _is_block(paragraphs, keep - 1, lines, after_name=signed >= 0):
        keep -= 1
    if keep == 0:
        return lines
    start, end = paragraphs[keep - 1]
    return lines[: _within(lines, start, end, last=keep == len(paragraphs), only=keep == 1)]


def _to_delimiter(lines: list[str]) -> list[str]:
    """Cut at "-- ", at a line of dashes shortly before the end, and at what telephones add."""
    for number, line in enumerate(lines):
        stripped = line.strip()
        if not stripped:
            continue
        written = any(one.strip() for one in lines[:number])
        if written and _DELIMITER.match(line):
            rest = [one for one in lines[number + 1 :] if one.strip()]
            if stripped in ("--", "—", "––") or len(rest) <= 12 or is_closing(lines[number - 1]):
                return lines[:number]
        if sent_from(stripped):
            return lines[:number] if written else lines[number + 1 :]
    return lines


def _paragraphs(lines: list[str]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    start = None
    for number, line in enumerate([*lines, ""]):
        if line.strip():
            start = number if start is None else start
        elif start is not None:
            found.append((start, number))
            start = None
    return found


def is_closing(line: str) -> bool:
    """Whether a line is what stands above a name: "Kind regards,"."""
    return len(line) < 110 and _patterns()["closing"].match(line.strip()) is not None


def is_name(line: str) -> bool:
    """Whether a line may be the name that somebody signs with."""
    stripped = _FOR.sub("", line.strip().lstrip("/-–~ "))
    return 1 < len(stripped) <= 45 and _NAME.match(stripped) is not None and stripped[0].isupper()


def _signed_at(paragraphs: list[tuple[int, int]], lines: list[str]) -> int:
    """The paragraph in which the letter is signed: a closing, then a name in it or in the next one. -1: none.

    "Thanks for your mail." may come before the real closing, so a later one counts while no signature block has begun.
    """
    signed = -1
    for number, (start, end) in enumerate(paragraphs):
        if signed >= 0 and signs("\n".join(lines[start:end])):
            break
        closed = _closes(paragraphs, number, lines)
        if closed is not None:
            signed = closed
    if signed >= 0:
        return signed
    for number, (start, end) in enumerate(paragraphs[:-1]):
        if (number or end - start > 1) and _name_line(lines[end - 1]):
            return number
    return -1


def _closes(paragraphs: list[tuple[int, int]], number: int, lines: list[str]) -> int | None:
    """The paragraph a closing in this one signs: itself, or the next when that holds the name. None: no closing."""
    start, end = paragraphs[number]
    for at in range(start, end):
        if at == 0 and number == 0 and end - start == 1:
            continue
        line = lines[at].strip()
        if is_closing(line):
            if at + 1 < end or number + 1 == len(paragraphs):
                return number
            first, after = paragraphs[number + 1]
            named = is_name(lines[first]) or (after - first == 1 and len(lines[first].split()) <= 4)
            return number + 1 if named else number
        match = _patterns()["closing_name"].match(line) if len(line) < 80 else None
        if match and is_name(match["name"]):
            return number
    return None


def _name_line(line: str) -> bool:
    """A short line that is no sentence: a name, or "Your service team"."""
    stripped = _FOR.sub("", line.strip())
    return (
        stripped[:1].isupper()
        and len(stripped.split()) <= 6
        and stripped[-1] not in ".?!:,;"
        and not any(letter.isdigit() for letter in stripped)
    ) or (is_name(stripped) and stripped[-1] != ",")


def signs(text: str) -> int:
    """How many kinds of thing a signature block holds stand in `text`."""
    found = sum(pattern.search(text) is not None for pattern in _SIGNS)
    return found + (_patterns()["title"].search(text) is not None)


def _is_block(paragraphs: list[tuple[int, int]], number: int, lines: list[str], *, after_name: bool) -> bool:
    """Whether a paragraph at the end is no prose."""
    start, end = paragraphs[number]
    text = "\n".join(lines[start:end])
    if re.match(r"\W{0,2}p\.?\s?s\.?\b", text, re.IGNORECASE):
        return False
    if _patterns()["disclaimer"].search(text) and (len(text) > 40 or after_name):
        return True
    rows = [line.strip() for line in lines[start:end]]
    prose = sum(len(row.split()) > 9 and _SENTENCE_END.search(row) is not None for row in rows)
    found = signs(text)
    if after_name:
        return not (prose and not found) and not text.rstrip().endswith("?")
    name_first = is_name(rows[0]) or is_name(re.split(r"[,|·•–—(]|\s-\s", rows[0])[0])
    if number and name_first and not prose and _repeats_name(lines, paragraphs[number - 1], rows[0]):
        return True
    if number and len(rows) > 1 and is_name(rows[0]):
        return False  # the name stays, what is below it goes
    if len(rows) > 1 and name_first and found and not prose:
        return True
    if prose or any(len(row.split()) > 14 for row in rows):
        return False
    return (
        found >= 2
        or (found == 1 and len(rows) == 1 and _SIGNS[2].search(text) is not None)
        or (len(rows) > 1 and found >= 1)
    )


def _repeats_name(lines: list[str], before: tuple[int, int], row: str) -> bool:
    """ "Steeve" above "Steeve Gagnon-Ouellet, CPA"."""
    last = lines[before[1] - 1].strip().strip(",.!/-").split()
    words = re.findall(r"[\w'’-]+", row.casefold())
    return bool(last) and last[-1][:1].isupper() and last[-1].casefold() in words


def _within(lines: list[str], start: int, end: int, *, last: bool, only: bool) -> int:
    """Where the letter ends inside the paragraph it is signed in: after the name, before titles and telephones."""
    rows = lines[start:end]
    for at, row in enumerate(rows):
        stripped = row.strip()
        if not (is_closing(stripped) and at + 1 < len(rows)) and not (
            at == 0 and not only and is_name(stripped) and len(rows) > 1
        ):
            continue
        name = at + 1 if is_closing(stripped) else at
        rest = [one.strip() for one in rows[name + 1 :]]
        if not rest:
            return end
        text = "\n".join(rest)
        if any(_SENTENCE_END.search(one) and len(one.split()) > 6 for one in rest) and not signs(text):
            return end
        if len(rest) == 1 and last and not _hard_signs(rest[0]):
            return end
        if rest[0].startswith("("):
            return end
        kept = start + name + 1
        return kept
    for at, row in enumerate(rows[-MOST_ROWS:], max(0, len(rows) - MOST_ROWS)):
        if at and is_name(row.strip()) and len(rows) - at > 2 and signs("\n".join(rows[at + 1 :])) >= 1:
            return start + at + 1
    return end


def _hard_signs(text: str) -> bool:
    """Telephone, address on the web, separators, opening hours."""
    return any(_SIGNS[number].search(text) for number in (0, 1, 2, 4, 5))
