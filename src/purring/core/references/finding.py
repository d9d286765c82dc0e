# SPDX-License-Identifier: Apache-2.0
"""References in free text: what payers typed and banks cut, with blanks, dashes and line breaks inside.

A reference may be torn apart at the signs people and banks put in, but never at a letter. Amounts, dates and account
numbers (IBAN) are no references. Schemes with a shape of their own (RF, OGM, FIK line, QRR, short) are also
reported when their check digit fails: that is a typing error, worth a second look with `near`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from purring.core.errors import Refused
from purring.core.references import creditor, national, short
from purring.core.references.numbers import GAP, SPANS, blanked, numbers, without_known
from purring.core.references.outcome import Checked, Found, bare

MOST = 20_000
"""Characters of a text."""

_RF = re.compile(rf"RF{GAP}[0-9]{GAP}[0-9](?:{GAP}[A-Z0-9]){{1,21}}", re.IGNORECASE)
_SHORT = re.compile(rf"[A-Z01][2-9](?:{GAP}[A-Z0-9]){{4,16}}", re.IGNORECASE)
_SHORT_PRINTED = re.compile(r"[A-Z][2-9][A-Z0-9]{2}(?:-[A-Z0-9]{4})*-[A-Z0-9]{1,4}", re.IGNORECASE)
_OGM = re.compile(
    r"(?P<mark>\+{3}|\*{3}) ?[0-9]{3}[/ ]?[0-9]{4}[/ ]?[0-9]{5} ?(?P=mark)"
    r"|(?<![0-9/])[0-9]{3}/[0-9]{4}/[0-9]{5}(?![0-9/])"
)
_FIK = re.compile(r"\+?\b(?:71|75|04) ?< ?[0-9]{15,16}(?![0-9])(?: ?\+ ?[0-9]{7,8}<?)?")
_RUN, _DIGIT_RUN = re.compile(r"[A-Z0-9]+", re.IGNORECASE), re.compile(r"[0-9]+")
_LINE_BREAK = re.compile(r"[ \t]?\r?\n[ \t]?")
_WORD, _LAST_WORD = re.compile(r"\w+"), re.compile(r"[\s/.][^\W\d_]{2,}$")


def find(text: str, schemes: Iterable[str], *, parts: bool = False) -> tuple[Found, ...]:
    """References of these schemes in a text, in the order in which they stand there.

    With `parts` also pieces of longer runs of signs whose check digit holds, since some banks set amounts and references
    without a blank between them. That yields many chance finds: only for looking up among known references. Raises
    `Refused` (`unknown_scheme`, `too_long`).
    """
    if len(text) > MOST:
        raise Refused("too_long", f"{len(text):,} characters are too many to search; at most {MOST:,}")
    found: list[Found] = []
    for name in dict.fromkeys(schemes):
        if name not in _FINDERS:
            raise Refused("unknown_scheme", f"{name!r} is no reference scheme; use one of {', '.join(_FINDERS)}")
        alone = _apart(_FINDERS[name](name, text))
        found += alone
        if parts:
            places = {(one.start, one.end) for one in alone}
            found += [one for one in _pieces(name, text) if (one.start, one.end) not in places]
    return tuple(sorted(found, key=lambda one: (one.start, -one.end)))


def near(value: str, known: Iterable[str]) -> tuple[str, ...]:
    """Those of the known references that `value` is, or is but for one typing error: a sign wrong, lost, added, or
    two neighbours exchanged. Blanks and dashes do not count."""
    typed = bare(value)
    return tuple(one for one in known if _one_error(typed, bare(one)))


def _one_error(a: str, b: str) -> bool:
    if a == b:
        return True
    at = next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    if len(a) == len(b):
        exchanged = a[at : at + 2] == b[at : at + 2][::-1] and a[at + 2 :] == b[at + 2 :]
        return a[at + 1 :] == b[at + 1 :] or exchanged
    return a[at:] == b[at + 1 :] or a[at + 1 :] == b[at:]


def _shaped(
    name: str, text: str, pattern: re.Pattern[str], check: Callable[[str], Checked], likely: Callable[[str], bool]
) -> Iterator[Found]:
    """What begins like a reference may run on into the next words: it ends at one of the gaps. Up to the first gap is
    tried first, then groups of four that do not end in a word, then longer ones. None holds: the first `likely` one."""
    text = without_known(text)
    for match in pattern.finditer(text):
        start = match.start()
        if start and text[start - 1].isalnum():
            continue
        ends = [
            at for at in range(start + 1, match.end() + 1) if text[at - 1].isalnum() and not text[at : at + 1].isalnum()
        ]
        order = {
            end: (end != ends[0], not _in_fours(text[start:end]), _ends_in_word(text[start:end]), -end) for end in ends
        }
        outcomes = [(check(text[start:end]), end) for end in sorted(ends, key=order.__getitem__)]
        for outcome, end in outcomes:
            if outcome.valid:
                yield Found(name, outcome.reference, start, end, True, True)
                break
        else:
            for outcome, end in outcomes:
                if outcome.code == "check_digit" and likely(text[start:end]):
                    yield Found(name, outcome.reference, start, end, False, True)
                    break


def _in_fours(text: str) -> bool:
    """In groups of four and a rest; or in one piece. A line break is a blank or nothing."""
    for reading in (text, _LINE_BREAK.sub("", text)):
        *groups, last = _WORD.findall(reading)
        if all(len(group) == 4 for group in groups) and (len(last) <= 4 or not groups):
            return True
    return False


def _ends_in_word(text: str) -> bool:
    """After a blank or slash, letters only: more likely the next word than the last group."""
    return bool(_LAST_WORD.search(text))


def _rf(name: str, text: str) -> Iterator[Found]:
    return _shaped(name, text, _RF, creditor.check_rf, _in_fours)


def _short(name: str, text: str) -> Iterator[Found]:
    return _shaped(name, text, _SHORT, short.check_short, lambda typed: bool(_SHORT_PRINTED.fullmatch(typed)))


def _ogm(name: str, text: str) -> Iterator[Found]:
    return _marked(name, text, _OGM, national.check_ogm)


def _fik(name: str, text: str) -> Iterator[Found]:
    return _marked(name, text, _FIK, national.check_fik)


def _marked(name: str, text: str, pattern: re.Pattern[str], check: Callable[[str], Checked]) -> Iterator[Found]:
    """In the marks of its scheme; and the bare digits elsewhere."""
    for match in pattern.finditer(text):
        outcome = check(match.group())
        yield Found(name, outcome.reference, match.start(), match.end(), outcome.valid, True)
    yield from numbers(name, pattern.sub(blanked, text))


def _qrr(name: str, text: str) -> Iterator[Found]:
    return numbers(name, text, also_wrong=True)  # 27 digits are nothing else


def _apart(found: Iterator[Found]) -> list[Found]:
    """Of finds that overlap the valid one, then the longest, then the first."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: (not one.valid, one.start - one.end, one.start)):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return kept


def _pieces(name: str, text: str) -> Iterator[Found]:
    pattern = _DIGIT_RUN if name in SPANS else _RUN
    least, most, check = SPANS[name] if name in SPANS else _LETTERED[name]
    for match in pattern.finditer(text):
        run, at = match.group(), match.start()
        for start in range(len(run)):
            for end in range(start + least, min(start + most, len(run)) + 1):
                outcome = check(run[start:end])
                if outcome.valid:
                    yield Found(name, outcome.reference, at + start, at + end, True, False)


_LETTERED: dict[str, tuple[int, int, Callable[[str], Checked]]] = {
    "rf": (5, creditor.MOST, creditor.check_rf),
    "scor": (5, creditor.MOST, creditor.check_rf),
    "short": (short.LEAST, short.MOST, short.check_short),
}
_FINDERS: dict[str, Callable[[str, str], Iterator[Found]]] = {
    "rf": _rf,
    "kid10": numbers,
    "kid11": numbers,
    "qrr": _qrr,
    "scor": _rf,
    "ogm": _ogm,
    "viite": numbers,
    "bankgiro_ocr": numbers,
    "fik": _fik,
    "short": _short,
}
