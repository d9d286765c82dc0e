# SPDX-License-Identifier: Apache-2.0
"""Finding sums of money in a text: a number with a currency, or a number that can hardly be anything else.

Most numbers in a business mail are not money: days, hours, telephones, references, percentages. So a number without a
currency counts only if it is written like money (1 250,50 · 2.500 · 500,-), or follows a word of paying and nothing
countable follows it. A fraction without a value ("half now") is no amount, one of a sum ("half of the 900") is that part
of it; "a few hundred" is none, as nobody knows how much.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import NamedTuple

from purring.language.when.digits import Digits, number_at
from purring.language.when.found import Amount
from purring.language.when.scan import BREAK, Scan
from purring.language.when.vocabulary import Vocabulary, vocabulary, vocabulary_of

_THOUSANDS = frozenset(("k",))
_STOPS = frozenset(".!?;:") | {BREAK}
_VERB_REACH = 4
_ARTICLE = 3  # letters of the longest article; what is longer says "remaining"
_LEAST_BARE = 32  # smaller numbers are mostly days
_MILLIONS = {"m": 1_000_000, "mn": 1_000_000, "mm": 1_000_000, "bn": 1_000_000_000}
_PERCENT = frozenset(
    ("%", "percent", "prozent", "procent", "prosent", "persent", "pourcent", "porcento", "porciento", "percento")
)
_PERCENT_CUT = frozenset(("pct", "pst", "proc", "proz", "perc", "pers"))
_PERCENT_APART = frozenset((("per", "cent"), ("pour", "cent"), ("por", "ciento"), ("por", "cento"), ("per", "cento")))
_RATE = re.compile(r"(\d{1,3})(?:[.,](?!000)(\d{1,8}))?")
"""A percentage in digits: it is never grouped, so that three digits behind a mark are decimals: "33.333 %"."""
_RATE_WORDS = 6
"""Tokens of the longest percentage in words: "thirty seven and a half percent"."""
_GOES_ON = frozenset(
    (
        "point",
        "dot",
        "comma",
        "komma",
        "virgule",
        "coma",
        "virgola",
        "virgula",
        "punto",
        "ponto",
        "to",
        "or",
        "bis",
        "oder",
        "til",
        "eller",
        "till",
        "tot",
        "a",
        "ou",
        "o",
        "al",
    )
)
"""Words between two numbers that make a percentage of both or leave it open: "two point five", "10 to 20 %"."""
_WHOLE = 100
_CENT = Decimal("0.01")
_WIDE = Context(prec=64)
"""Digits enough for a part of any number that can be written."""
_TELEPHONE = 100_000_000
"""A bare number as great is a telephone's, whatever its groups: "612 345 678"."""
_SHORT = 2
"""Letters of a word that hardly names a thing."""
_NOTE = 10
"""The least of the notes named after their number."""
_LEAST_MINOR = 10
"""Fewer cents nobody says without their name but at the end: "five pounds two people"."""
_WITH = frozenset(("con", "com"))
"""Words before small change that join no second sum: "sesenta euros con cincuenta"."""


class _Number(NamedTuple):
    value: Decimal
    after: int
    digits: Digits | None
    parts: int


def find_amounts(text: str, language: str, currency_hint: str | None = None) -> list[Amount]:
    """The sums of money that a text names, in order of their place.

    text: what somebody wrote. language: one of `LANGUAGES`, or a tag of one of their countries. currency_hint: ISO code of
    the invoice, which settles what "kroner", "$" or "francs" mean; an amount without any currency takes that of the others in the
    text, if they agree, else stays without. Never raises on any text.
    """
    words = vocabulary(vocabulary_of(language))
    scan = Scan(text)
    found: list[Amount] = []
    index, count = 0, len(scan)
    while index < count:
        word = scan.words[index]
        if (
            word in words.currencies.first
            or word[0].isdigit()
            or words.numerals.parts_of(word) is not None
            or (word in words.numerals.articles)
        ):
            amount, after = _amount(scan, index, words, currency_hint)
            if amount:
                found.append(amount)
            index = max(after, index + 1)
        else:
            index += 1
    return _shared_currency(found)


def _shared_currency(found: list[Amount]) -> list[Amount]:
    """An amount without a currency has that of the others of its text, if they agree: "CHF 500 ... the rest, 312.40"."""
    named = {amount.currency for amount in found if amount.currency}
    if len(named) != 1:
        return found
    (only,) = named
    return [amount if amount.currency else replace(amount, currency=only) for amount in found]


def _amount(scan: Scan, index: int, words: Vocabulary, hint: str | None) -> tuple[Amount | None, int]:
    """The amount that starts at a token, or None, and the token to go on from."""
    named = words.currencies.at(scan, index)
    if named and not (scan.glued(index) and scan.word(index - 1)[0].isalnum()):
        number = _number(scan, named[1] + (scan.word(named[1]) == "-"), words)
        if number and number.digits and not _gap(scan, named[1]) and not _blocked(scan, number, named=True):
            name, after = named[0], number.after
            suffix = words.currencies.at(scan, after)
            if suffix and not scan.word(suffix[1])[:1].isdigit() and suffix[0] not in words.currencies.families:
                name, after = suffix
            value, after = words.numerals.scaled(scan, after, number.value)
            if scan.word(after) in _MILLIONS and scan.glued(after):  # "£1.2m"
                value, after = value * _MILLIONS[scan.words[after]], after + 1
            value, after = _with_minor(scan, after, value, words, needs_word=True)
            share = _share(scan, index, words)
            return _made(scan, index, after, value, words.currencies.settled(name, hint), share), after
    number = _number(scan, index, words)
    if number is None or (number.digits is None and number.value == 1):  # in most languages "a" is a number, too
        one = _one_note(scan, index, words)
        if one or number is None:
            return one or (None, index)
    if _blocked(scan, number) or _unsaid(scan, index, number, words):
        return None, number.after
    share = _share(scan, index, words)
    note = _note(scan, number.after, words)
    if note and number.value == int(number.value):
        return _made(scan, index, number.after + 1, number.value * note, None, share), number.after + 1
    fraction = words.fractions.get(scan.word(index - 1))
    if fraction is not None:  # "half a million" is one, "half ten" is a time
        if number.digits or number.value < 100_000:
            return None, number.after
        number = number._replace(value=number.value * fraction)
    place = number.after
    if scan.word(place) in words.money["connectors"] or _abbreviated(scan, place, words):
        place += 1
    if scan.word(place) in words.thousands:  # "1,5 tkr"
        factor, name = words.thousands[scan.words[place]]
        return _made(
            scan, index, place + 1, number.value * factor, words.currencies.settled(name, hint), share
        ), place + 1
    named = words.currencies.at(scan, place)
    if number.digits is None and number.value == 1 and scan.word(number.after) in words.money["minor"]:
        return None, number.after  # "not one penny"
    if named and not _gap(scan, place) and not (named[0] == "ZAR" and scan.word(place) == "r"):
        value, after = words.numerals.scaled(scan, named[1], number.value)
        value, after = _with_minor(scan, after, value, words, needs_word=False)
        return _made(scan, index, after, value, words.currencies.settled(named[0], hint), share), after
    if scan.word(number.after) in words.money["minor"] and scan.word(number.after) not in ("p", "c", "ct", "st"):
        return _made(scan, index, number.after + 1, number.value / 100, None, share), number.after + 1
    if share is not None:
        if not _whole(scan, number, words):
            return None, number.after
    elif not _stands_alone(scan, index, number, words):
        return None, number.after
    currency = None
    if number.digits and number.digits.tail and words.dash_currency:
        currency = words.currencies.settled(words.dash_currency, hint)
    return _made(scan, index, number.after, number.value, currency, share), number.after


def _made(
    scan: Scan, index: int, after: int, value: Decimal, currency: str | None, share: Decimal | None = None
) -> Amount | None:
    """The amount, or the `share` of it that is taken, to the cent; None where nobody can tell how much that is."""
    if share is not None:
        if not share:
            return None
        value = _WIDE.multiply(value, share).quantize(_CENT, ROUND_HALF_UP, _WIDE)
    return Amount(scan.starts[index], scan.ends[after - 1], value, currency)


def _one_note(scan: Scan, index: int, words: Vocabulary) -> tuple[Amount | None, int] | None:
    """A note behind an article, or a part of one: "a tenner", "half a tenner", "en halv tusenlapp"; None where there is none."""
    share, place = _share(scan, index, words), index + 1
    if share is None:
        share = words.fractions.get(scan.word(index - 1))
    if share is None and (share := words.fractions.get(scan.word(place))) is not None:
        place += 1
    note = _note(scan, place, words)
    return (_made(scan, index, place + 1, note, None, share), place + 1) if note else None


def _share(scan: Scan, index: int, words: Vocabulary) -> Decimal | None:
    """The part of a sum that the words before it take: "half of the £900", "40 % of it"; None where they take none, 0 where
    it cannot be told: "150 % of it"."""
    if scan.word(index - 1) not in words.of_ends:
        return None
    for length in range(words.longest_of, 0, -1):
        of = index - length
        if of < 1 or tuple(scan.words[of:index]) not in words.of:
            continue
        for start in (of - 2, of - 1):
            share = words.shares.get(tuple(scan.words[max(start, 0) : of]))
            if share:
                return share
        after = _percent(scan, of)
        if after is not None:
            rate = _rate(scan, after, words)
            return rate / _WHOLE if rate is not None and rate <= _WHOLE else Decimal(0)
    return None


def _percent(scan: Scan, end: int) -> int | None:
    """Where the word for percent starts that ends before a token: "%", "pct.", "per cent"; None where there is none."""
    if scan.word(end - 1) == "." and scan.glued(end - 1) and scan.word(end - 2) in _PERCENT_CUT:
        end -= 1
    if scan.word(end - 1) in _PERCENT or scan.word(end - 1) in _PERCENT_CUT:
        return end - 1
    return end - 2 if (scan.word(end - 2), scan.word(end - 1)) in _PERCENT_APART else None


def _rate(scan: Scan, after: int, words: Vocabulary) -> Decimal | None:
    """The number before the word for percent, in digits or words; None where there is none, or from one to another."""
    last = start = after - 1
    rate: Decimal | None = None
    if scan.word(last)[:1].isdigit():
        while scan.glued(start) and (scan.words[start - 1].isalnum() or scan.words[start - 1] in ".,/'-"):
            start -= 1
        found = _RATE.fullmatch(scan.text[scan.starts[start] : scan.ends[last]].lstrip("-–—−"))
        rate = Decimal(f"{found[1]}.{found[2] or 0}") if found else None
    else:
        for start in range(max(after - _RATE_WORDS, 0), after):
            read = words.numerals.read(scan, start)
            if read and read.after == after and not read.ordinal:
                rate = read.value
                break
    before = scan.word(start - 2)
    counts = before[:1].isdigit() or (before and words.numerals.parts_of(before) is not None)
    return None if counts and scan.word(start - 1) in _GOES_ON else rate


def _whole(scan: Scan, number: _Number, words: Vocabulary) -> bool:
    """Whether a bare number of which a part is taken is money: "half of the 900 I owe", not "half of the 900 boxes"."""
    following = scan.word(number.after)
    if number.value < _LEAST_BARE or following in words.counted or following in words.months:
        return False
    return not _thing(following, words)


def _thing(word: str, words: Vocabulary) -> bool:
    """Whether a word behind a number is likely what is counted."""
    if not word.isalpha() or len(word) <= _SHORT or word in words.starters or word in words.money["verbs"]:
        return False
    known = word in words.money["tax"] or word in words.future or word in words.past
    return not known and (word,) not in words.relations


def _unsaid(scan: Scan, index: int, number: _Number, words: Vocabulary) -> bool:
    """Numbers that leave open how much: "a few hundred", "several thousand"; and the end of one that is torn: "1. 6 million"."""
    before = scan.word(index - 1)
    if not before:
        return False
    if number.digits is not None:
        torn = before in ".," and scan.word(index - 2).isdigit() and number.value >= 1000
        return torn and not number.digits.grouped and number.digits.value < 10
    parts = words.numerals.parts_of(scan.words[index])
    if parts is None or parts[0][0] is None or parts[0][0] < 100:
        return False
    vague = words.money["vague"]
    return before in vague or (scan.word(index - 2) in vague and before in ("of", "de", "d", "di"))


def _note(scan: Scan, index: int, words: Vocabulary) -> Decimal | None:
    """The worth of a note that people call by its number: "tenner", "tusenlapp", "Hunderter"."""
    word = scan.word(index)
    if word in words.notes:
        return words.notes[word]
    if words.note_endings and word.endswith(words.note_endings):
        ending = next(ending for ending in words.note_endings if word.endswith(ending))
        value = words.numerals.value_of(word[: -len(ending)])
        if value and value >= _NOTE:
            return value
    return None


def _abbreviated(scan: Scan, place: int, words: Vocabulary) -> bool:
    """Whether a point belongs to a multiplying word cut short: "1,2 Mio. Euro"."""
    return (
        scan.word(place) == "."
        and scan.glued(place)
        and scan.words[place - 1] in words.numerals.cardinals
        and words.currencies.at(scan, place + 1) is not None
    )


def _number(scan: Scan, index: int, words: Vocabulary) -> _Number | None:
    """The number at a token, in digits or words, with any "thousand" after it."""
    if index >= len(scan):
        return None
    if not scan.words[index][0].isdigit():
        read = words.numerals.read(scan, index)
        if read is None or read.ordinal:
            return None
        first = index + (scan.words[index] in words.numerals.articles)
        compound = any(word not in words.numerals.cardinals for word in scan.words[first : read.after])
        return _Number(read.value, read.after, None, read.after - first + compound)
    digits = number_at(scan.text, scan.starts[index])
    if digits is None or _in_code(scan, index):
        return None
    after = scan.index_at(digits.end, index)
    value = digits.value
    if scan.word(after) in _THOUSANDS and (
        scan.glued(after) or not digits.cents or words.currencies.at(scan, after + 1)
    ):
        value, after = value * 1000, after + 1
    value, after = words.numerals.scaled(scan, after, value)
    return _Number(value, after, digits, 1)


def _in_code(scan: Scan, index: int) -> bool:
    """Digits inside a longer sign; a currency glued to them is no such sign."""
    if not scan.glued(index):
        return False
    before = scan.words[index - 1]
    if before[0].isdigit() or before in "#_+":
        return True
    if before in "-/." and scan.glued(index - 1):
        return scan.words[index - 2][0].isalnum()
    return False


def _blocked(scan: Scan, number: _Number, *, named: bool = False) -> bool:
    """Percentages and times, and digits that go on as a code or a telephone number; with a currency `named` before them
    "£40/month" is none of these."""
    after = number.after
    following, behind = scan.word(after), scan.word(after + 1)
    slashed = following == "/" and scan.glued(after) and behind[:1].isalnum() and not (named and behind.isalpha())
    if following in ("%", "‰", "°") or slashed:
        return True
    if number.digits is None:
        return False
    if following[:1].isdigit() and not number.digits.cents and not number.digits.tail:
        gap = scan.text[number.digits.end : scan.starts[after]]
        return gap in (" ", "\u00a0", "\u202f", "")
    return (
        following in "-_"
        and following != ""
        and scan.glued(after)
        and scan.word(after + 1)[:1].isalnum()
        and scan.glued(after + 1)
    )


def _gap(scan: Scan, index: int) -> bool:
    """Whether more than a blank stands before a token."""
    return scan.starts[index] - scan.ends[index - 1] > 2


def _with_minor(scan: Scan, after: int, value: Decimal, words: Vocabulary, *, needs_word: bool) -> tuple[Decimal, int]:
    """Cents behind the currency: "2 dollars and 23 cents", "15 dollars 50" at the end of a sentence."""
    if value != int(value) or after >= len(scan):
        return value, after
    place = after + (scan.words[after] in words.numerals.joins)
    if place >= len(scan):
        return value, after
    number = _number(scan, place, words)
    if number is None or not 1 <= number.value < 100 or number.value != int(number.value):
        return value, after
    if scan.word(number.after) in words.money["minor"]:
        return value + number.value / 100, number.after + 1
    if needs_word or words.currencies.at(scan, number.after):
        return value, after
    if number.digits is None:
        spoken = _minor_in_words(scan, place, number, words, joined=place > after, even=value % 10 == 0)
        return (value + number.value / 100, number.after) if spoken else (value, after)
    if scan.glued(place) and (scan.words[place - 1].isalpha() or len(scan.words[place]) != 2):  # but "12€50"
        return value, after
    following = scan.word(number.after)
    if place > after and not (following in ("", ".", BREAK) and not scan.word(number.after + 1)):
        return value, after
    plain = len(scan.words[place]) == 2 or number.after == len(scan)
    countable = following in words.counted or following in words.months or following[:1].isdigit()
    if not plain or countable or (scan.glued(number.after) and following[:1].isalpha()):
        return value, after
    return value + number.value / 100, number.after


def _minor_in_words(scan: Scan, place: int, number: _Number, words: Vocabulary, *, joined: bool, even: bool) -> bool:
    """Whether a number in words right behind a currency is its small change: "sixty-four pounds fifty", "sesenta y cuatro euros
    con cincuenta".

    After an "and" a second instalment is as likely where the first is a sum as people make for one: "fifty euros and twenty in
    May"; so there the sum must not be `even`, or end what is said.
    """
    following = scan.word(number.after)
    ends = not following[:1].isalnum()
    if number.value < _LEAST_MINOR and not (ends and not joined):
        return False
    if following in words.counted or following in words.months or following in _PERCENT or following[:1].isdigit():
        return False
    if following in ("de", "di") and scan.word(number.after + 1) in words.months:
        return False  # "sesenta euros quince de marzo"
    return not joined or ends or not even or scan.words[place - 1] in _WITH


def _stands_alone(scan: Scan, index: int, number: _Number, words: Vocabulary) -> bool:
    """Whether a number without a currency is money all the same."""
    before, following = scan.word(index - 1), scan.word(number.after)
    if scan.glued(index) and before[0].isalpha():
        return False
    if number.digits and (before.isdigit() or (number.digits.grouped and number.value >= _TELEPHONE)):
        return False
    last = scan.word(number.after - 1)
    if last in words.money["slang"]:
        lone = number.parts == 1 and scan.words[index] in words.numerals.articles  # "a grand on Friday", no grand piano
        known = not following.isalpha() or following in words.weekdays or (following,) in words.relations
        return number.digits is not None or (known if lone else number.parts > 1)
    if last in words.money["weights"]:
        return not following.isalpha() or _after_verb(scan, index, words)
    if following in words.counted or following in words.months or following in ("h", "st", "th", "x", "nd", "rd"):
        return False
    if before in words.references or (before in (".", ":", "#") and scan.word(index - 2) in words.references):
        return False
    if before in ("+", "(", "/", "#"):
        return False
    digits = number.digits
    if digits and (digits.tail or (number.value >= 1000 and scan.word(number.after - 1) in words.numerals.cardinals)):
        return True
    if digits and len(digits.cents) not in (0, 2) and number.value < 1000:
        return False
    if digits and scan.glued(number.after) and following.isalpha() and number.after < len(scan):
        return False
    if digits and len(digits.cents) == 2 and number.value >= 1:
        low = number.value < 32 and int(digits.cents) < 60
        return not low or _after_verb(scan, index, words)
    if digits and digits.grouped and number.value >= 1000:
        return following not in words.references and not (
            _thing(following, words) and not _after_verb(scan, index, words)
        )
    if following in words.money["tax"] and number.value >= _LEAST_BARE:
        return True
    if digits is None and number.value >= 200 and number.parts > 1:
        return True
    if digits is None and number.value < 100:
        return False
    led_to = before in words.money["before"] and number.value < 1000
    after_verb = _after_verb(scan, index, words)
    if number.value < _LEAST_BARE or not (led_to or after_verb):
        return False
    if not after_verb and len(before) <= _ARTICLE and not following.isalpha():
        return False
    if (
        digits
        and not digits.grouped
        and (1900 <= number.value <= 2100 or (number.value >= 1000 and _dated(before, words)))
    ):
        return False
    if not following.isalpha() or following in words.tree.first_words or following in words.money["verbs"]:
        return True
    if following in words.weekdays:
        return True
    return led_to and (len(before) > _ARTICLE or following in words.future)


def _dated(before: str, words: Vocabulary) -> bool:
    """Whether a word leads to a day or a number of something ("on 8840"), not to a sum."""
    return (before,) in words.relations


def _after_verb(scan: Scan, index: int, words: Vocabulary) -> bool:
    for place in range(index - 1, max(-1, index - 1 - _VERB_REACH), -1):
        word = scan.words[place]
        if word in _STOPS:
            return False
        if word in words.money["verbs"]:
            return True
    return False
