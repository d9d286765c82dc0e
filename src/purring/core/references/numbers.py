# SPDX-License-Identifier: Apache-2.0
"""References made of nothing but digits, found in free text: alone, or in groups of one size, across a line break too."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from stdnum import iban

from purring.core.references import national
from purring.core.references.outcome import Checked, Found

LEAST_DIGITS = 4
"""Shorter numbers are house numbers and pieces of something else."""

GAP = r"(?:[ \t\u00a0]{0,2}[-./]?[ \t\u00a0]{0,2}|[ \t]?\r?\n[ \t]?)"
"""What people and banks put between the groups of one reference."""

SPANS: dict[str, tuple[int, int, Callable[[str], Checked]]] = {
    "kid10": (LEAST_DIGITS, national.KID_MOST, national.check_kid10),
    "kid11": (LEAST_DIGITS, national.KID_MOST, national.check_kid11),
    "bankgiro_ocr": (LEAST_DIGITS, national.OCR_MOST, national.check_bankgiro_ocr),
    "viite": (LEAST_DIGITS, national.VIITE_MOST, national.check_viite),
    "ogm": (12, 12, national.check_ogm),
    "fik": (15, 16, national.check_fik),
    "qrr": (27, 27, national.check_qrr),
}
"""Scheme -> digits at least and at most, and the check."""

_GAP = re.compile(GAP)
_DIGITS = re.compile(r"[0-9]+")
_DASH_ENDING = re.compile(r"-(?![0-9A-Za-z])")
_LABEL = re.compile(r"(?:^|[^A-Z])(?:KID|OCR|REF|VIITE|VIITENUMERO|VIITENRO|FIK|NR|NO)$", re.IGNORECASE)
_LONGEST_LABEL = 12
_DATE_OR_AMOUNT = re.compile(
    r"\b[0-9]{4}-[01][0-9]-[0-3][0-9]\b"
    r"|\b[0-3]?[0-9][./-][0-3]?[0-9][./-](?:19|20)?[0-9]{2}\b"
    r"|(?<![0-9])[0-9]{1,3}(?:[ .,'\u00a0\u202f][0-9]{3})*[.,][0-9]{2}(?![0-9])"
)
_IBAN = re.compile(r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,30}\b")
_SHORTEST_IBAN = 15


class _Token(NamedTuple):
    text: str
    start: int
    end: int


def numbers(name: str, text: str, *, also_wrong: bool = False) -> Iterator[Found]:
    """Numbers whose check digit holds; with `also_wrong` also those of the right length where it does not."""
    least, most, check = SPANS[name]
    for chain in _chains(without_known(text), dash=name == "kid11"):
        for first in range(len(chain)):
            digits = 0
            for last in range(first, len(chain)):
                digits += len(chain[last].text)
                if digits > most:
                    break
                tokens = chain[first : last + 1]
                if digits < least or not _regular([len(token.text) for token in tokens], fixed=least == most):
                    continue
                outcome = check("".join(token.text for token in tokens))
                if outcome.valid and int(outcome.reference.rstrip("-")):
                    yield Found(name, outcome.reference, tokens[0].start, tokens[-1].end, True, True)
                elif also_wrong and outcome.code == "check_digit":
                    yield Found(name, outcome.reference, tokens[0].start, tokens[-1].end, False, True)


def without_known(text: str) -> str:
    """The text with account numbers (IBAN), dates and amounts blanked."""
    return _DATE_OR_AMOUNT.sub(blanked, _IBAN.sub(_blanked_iban, text))


def _blanked_iban(match: re.Match[str]) -> str:
    """As much of it as is a valid IBAN; nothing when it only looks like one."""
    found = match.group()
    for end in range(len(found), _SHORTEST_IBAN - 1, -1):
        if found[end - 1] != " " and iban.is_valid(found[:end]):
            return "\x00" * end + found[end:]
    return found


def blanked(match: re.Match[str]) -> str:
    """The same length, so that places stay, and nothing that holds numbers together."""
    return "\x00" * len(match.group())


def _chains(text: str, *, dash: bool) -> Iterator[list[_Token]]:
    """Numbers with nothing but a gap between them. A number next to a letter is part of something else, unless the
    letters say that a reference follows (`KID1234`)."""
    chain: list[_Token] = []
    for match in _DIGITS.finditer(text):
        start, end = match.span()
        if text[end : end + 1].isalpha() or (
            text[start - 1 : start].isalpha() and not _LABEL.search(text[max(0, start - _LONGEST_LABEL - 1) : start])
        ):
            yield from _readings(chain, text)
            chain = []
            continue
        if chain and not _GAP.fullmatch(text, chain[-1].end, start):
            yield from _readings(chain, text)
            chain = []
        ending = "-" if dash and _DASH_ENDING.match(text, end) else ""
        chain.append(_Token(match.group() + ending, start, end + len(ending)))
    yield from _readings(chain, text)


def _readings(chain: list[_Token], text: str) -> Iterator[list[_Token]]:
    """The chain, and once more with the numbers put together that a line break may have cut."""
    if not chain:
        return
    yield chain
    glued = chain[:1]
    for token in chain[1:]:
        before = glued[-1]
        if "\n" in text[before.end : token.start]:
            glued[-1] = _Token(before.text + token.text, before.start, token.end)
        else:
            glued.append(token)
    if len(glued) < len(chain):
        yield glued


def _regular(sizes: list[int], *, fixed: bool) -> bool:
    """Groups of one size, of which the first or the last may be shorter. Where the scheme has one length, any groups."""
    if len(sizes) == 1 or fixed:
        return True
    size = max(sizes)
    return size >= 2 and (all(one == size for one in sizes[1:]) or all(one == size for one in sizes[:-1]))
