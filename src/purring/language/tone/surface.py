# SPDX-License-Identifier: Apache-2.0
"""What is plainly wrong on the face of a text: placeholders nobody filled in, capitals, rows of exclamation marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from purring.language.tone.folding import BLANKED, Folded, fold
from purring.language.tone.parts import Parts

_NAMED = (
    "amount|betrag|bedrag|beløp|beløb|belopp|importe|montant|importo|valor|quantia|date|datum|dato|data|fecha|due|vervaldatum|name|naam|navn|namn|nom|nombre|nome|"
    "number|nummer|nommer|numéro|número|numero|invoice|rechnung|faktuur|factuur|facture|factura|fattura|fatura|faktura|customer|kunde|klant|kliënt|client|cliente|kund|link|url"
)
"""What a place left for a value is called."""
_LEFTOVER = re.compile(
    r"\{\{[^{}\n]{0,60}\}\}|\{%[^{}\n]{0,60}%\}|\{\{|\}\}|(?<![\w{])\{[A-Za-z_][\w .]{0,40}\}|\$\{[^}\n]{0,60}\}|%[A-Z_]{3,30}%"
    r"|(?<!\w)(?:undefined|NaN|null|\[object Object\])(?!\w)|<<[^<>\n]{1,40}>>|(?<!\w)X{4,}(?!\w)|_{4,}"
    r"|\[(?!https?:)[A-Za-zÀ-ÿ_][\w À-ÿ.'’/-]{1,40}\](?!\()"
    rf"|<(?i:{_NAMED})[\w -]{{0,30}}>|(?<!\w)(?:[DTÅAJY]{{2,4}}|MM)([-./])(?:MM|[DTÅAJY]{{2,4}})\1[DTÅAJY]{{2,4}}(?!\w)"
    r"|(?<!\w)X{2,3}(?:[.,]X{2})?\s?(?:€|£|\$|kr(?!\w)|EUR|GBP|USD|R\$?(?!\w))|(?:€|£|\$|(?<!\w)(?:kr\.?|EUR|GBP|USD|R))\s?X{2,3}(?!\w)"
)
_SIGNS_OF_LEFTOVERS = ("{", "}}", "[", "<", "__", "undefined", "NaN", "null", "XX", "MM")
_PERCENT = re.compile(r"%[A-Z_]{3}")
_CAPITALS = re.compile(
    r"(?<![\w-])(?:[^\W\d_]*[A-ZÀ-ÖØ-Þ][^\W\d_a-zß-öø-ÿ]+(?:['’][A-ZÀ-Þ]+)?(?:[\s,.:;-]{1,3}|(?=[!?]|$)|(?=\d)))+"
)
_ABBREVIATIONS = frozenset(
    (
        *("IBAN", "SEPA", "BACS", "CHAPS", "SWIFT", "ASAP", "EORI", "VIES", "CNPJ", "IRPF", "SIRET"),
        *("SIREN", "URSSAF", "IFSC", "IMPS", "CLABE", "SPEI", "OXXO", "SINPE", "DATEV", "ELSTER", "DSGVO"),
        *("GDPR", "RGPD", "USTID", "GMBH", "PEPPOL", "OIOUBL", "BANKID", "ZUGFERD", "EDIFACT", "INTRASTAT", "RIBA"),
        *("INPS", "INAIL", "SARS", "HMRC", "ISBN", "IATA", "UNICEF", "UNESCO", "HVAC"),
    )
)
_NEAR = 30
"""Characters before and after a word that tell what it means."""
_WITH_ZERO = frozenset({"de", "nb"})
"""Languages in which "null" is a number."""
_BEFORE_ZERO = re.compile(
    r"(?<!\w)(?:auf|bei|gleich|steht|stehen|stand|ist|sind|unter|gegen|nahe|fast|minus|plus|genau|wieder|"
    r"etter|pa|under|over|mot|er|var|star|sto|til|lik|nesten|omkring|rundt)\s$"
)
"""Words before a number."""
_HAVE_VALUES = (
    *("rechnung", "betrag", "nummer", "referen", "kunde", "faktura", "belop", "belob", "invoice", "amount"),
    *("number", "customer", "order", "bestell", "auftrag", "ordre", "regning"),
)
"""Beginnings of words that a value stands beside."""
_AFTER_ZERO = re.compile(
    r" (?:und nichtig|and void|komma|uhr|grad|fehler|prozent|prosent|problem|stress|bock|toleran|risiko|interes|"
    r"chance|sjans|gebyr|renter|zinsen|aufwand|ahnung|mal|ganger|euro|cent|kroner|poeng|punkte|feil|ting|tid)"
)
LETTERS = re.compile(r"[^\W\d_]+")
_VOWEL = re.compile("[aeiouyæœ]")
_DOTTED = re.compile(r"\w+(?:\.\w+)+\W*")
_CAPITALS_TOGETHER = re.compile("[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ]+[^\\W\\d_]?")
_ROW_OF_CAPITALS = re.compile("[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ]+")
"""Written out, which is found twice as fast as a number of times."""
_MANY_MARKS = re.compile(r"[!?]{3,}|(?:![\s!?]*){3,}")


class Found(NamedTuple):
    """A finding before its words: spans are of the plain text, None for a missing part."""

    code: str
    start: int | None
    end: int | None
    severity: str = "warn"


def leftovers(text: Folded, parts: Parts) -> Iterator[Found]:
    """Placeholders nobody filled in."""
    if any(map(text.plain.__contains__, _SIGNS_OF_LEFTOVERS)) or ("%" in text.plain and _PERCENT.search(text.plain)):
        for match in _LEFTOVER.finditer(text.plain):
            zero = match[0] == "null" and parts.language in _WITH_ZERO
            if not (zero and _is_zero(text.plain, *match.span())):
                yield Found("robotic", *match.span(), severity="block")


def _is_zero(plain: str, start: int, end: int) -> bool:
    """Whether "null" is the number, as in German and Norwegian ("auf null", "null problem"), and no value that is not there
    ("Rechnung null", "Hei null,")."""
    before, after = fold(plain[max(0, start - _NEAR) : start]), fold(plain[end : end + _NEAR])
    if any(word.startswith(_HAVE_VALUES) for word in LETTERS.findall(before)[-2:]):
        return False
    return _BEFORE_ZERO.search(before) is not None or _AFTER_ZERO.match(after) is not None


def shouting(text: Folded, parts: Parts, *, loud: bool, whole: bool = False) -> Iterator[Found]:
    """Words in capitals that are no name or reference, and rows of exclamation marks. loud: whether it `may_shout`; with `whole` two
    words in capitals are enough when there is nothing else (a subject)."""
    masked = text.masked
    last = -1
    lines = _lines_of_capitals(masked) if loud else []
    for match in chain.from_iterable(_CAPITALS.finditer(masked, *one) for one in lines):
        if _DOTTED.fullmatch(match[0]):
            continue  # an alias to pay to: "CORO.ALMAGRO.CANTA"
        said = [word for word in LETTERS.findall(match[0]) if len(word) > 1 or word in "AÀEIOYÅÉÓÈ"]
        long = [word for word in said if len(word) >= 4 and not _is_abbreviation(word)]
        after = masked[match.end() : match.end() + 3]
        shouts = any(fold(word) in parts.shout for word in (said if len(said) > 1 else long))
        if len(said) == 1 and "!" not in after and fold(said[0]) in parts.emphasis:
            shouts = False
        alone = (
            whole and len(said) >= 2 and not any(char.islower() or char.isdigit() or char in BLANKED for char in masked)
        )
        shouts = shouts or (len(said) >= 4 and len(long) >= 2) or len(long) >= 3 or (alone and bool(long))
        if shouts or (len(said) >= 2 and long and "!" in after):
            end = match.end() + (len(after) - len(after.lstrip(" !?")))
            last = end
            yield Found("shouting", match.start(), end)
    for match in _MANY_MARKS.finditer(masked) if masked.count("!") + masked.count("?") > 2 else ():
        if match.start() > last:
            start = max(masked.rfind("\n", 0, match.start()), masked.rfind(". ", 0, match.start())) + 1
            yield Found("shouting", start, match.end())


def may_shout(masked: str, shout: frozenset[str]) -> bool:
    """Whether any word in capitals could make what it stands in loud: "IBAN" and "EUR" could not. shout: words that do."""
    return any(_may_be_loud(word, shout) for word in set(_CAPITALS_TOGETHER.findall(masked)))


@lru_cache(4_096)
def _may_be_loud(word: str, shout: frozenset[str]) -> bool:
    return (len(word) >= 4 and not _is_abbreviation(word)) or fold(word) in shout


def _is_abbreviation(word: str) -> bool:
    """Whether a word in capitals is one that is always written so: "SEPA", "BACS", or anything without a vowel."""
    return word in _ABBREVIATIONS or not _VOWEL.search(fold(word))


def _lines_of_capitals(masked: str) -> list[tuple[int, int]]:
    """The lines with a row of capitals, those that follow one another as one: looking closely everywhere would be slow."""
    found: list[tuple[int, int]] = []
    row = _ROW_OF_CAPITALS.search(masked)
    while row is not None:
        start = masked.rfind("\n", 0, row.start()) + 1
        end = masked.find("\n", row.end())
        end = len(masked) if end < 0 else end + 1
        if found and found[-1][1] == start:
            start = found.pop()[0]
        found.append((start, end))
        row = _ROW_OF_CAPITALS.search(masked, end)
    return found
