# SPDX-License-Identifier: Apache-2.0
"""Finding days in a text: where a phrase of the vocabulary stands, and what it means from the day it was said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import cast

from purring.language.when import dates, feasts, periods  # noqa: F401 - they fill MEANINGS
from purring.language.when.found import Day, Direction, Relation
from purring.language.when.numeric import Written
from purring.language.when.patterns import Match
from purring.language.when.saying import MEANINGS, Reading, Said
from purring.language.when.scan import BREAK, Scan, fold
from purring.language.when.tense import Tense, done_by, tense_at
from purring.language.when.vocabulary import Vocabulary, vocabulary, vocabulary_of

_MONTH_FIRST_ZONES = frozenset(
    f"America/{city}"
    for city in [
        "New_York",
        "Detroit",
        "Chicago",
        "Denver",
        "Los_Angeles",
        "Phoenix",
        "Boise",
        "Anchorage",
        "Juneau",
        "Nome",
        "Menominee",
        "Adak",
        "Puerto_Rico",
        "Indianapolis",
        "Louisville",
    ]
) | {"Pacific/Honolulu", "Asia/Manila", "Pacific/Guam"}
_MONTH_FIRST_PREFIXES = ("US/", "America/Indiana/", "America/Kentucky/", "America/North_Dakota/")

_SHORT = 3
"""Letters of the longest weekday cut short."""
_BESIDE = 20
"""Letters between a date and the weekday that it is."""
_WHOLE = ("day ", "in", "feast ", "weekend 0 ", "workday_after", "feast_weekday", "beside")
"""Meanings whose "before" and "after" is part of the day, no relation to it."""
_TAKING = frozenset(
    ["after", "lendemain", "siguiente", "despues", "seguinte", "depois", "seguir", "dopo", "indomani", "efter", "etter"]
)
"""Last words of "the day after" that may go on: "the day after delivery"."""
_TAKING_BARE = frozenset(["after", "efter", "etter"])
"""Those that need no article: "dagen efter leveransen"."""
_LEADING = frozenset(
    [
        "the",
        "de",
        "du",
        "des",
        "d",
        "di",
        "del",
        "della",
        "dell",
        "la",
        "le",
        "il",
        "l",
        "al",
        "a",
        "ao",
        "el",
        "los",
        "las",
    ]
)
_STOPS = frozenset(".!?;") | {BREAK}
_ROW = 25
"""Tokens before and behind a number of a row in which another of it is named, or a day."""
_MOST_BEFORE = 4
"""Tokens of the longest relation ("no later than the end of" says "by")."""


def find_days(text: str, language: str, said_on: date, timezone: str = "UTC", *, tense: Tense = None) -> list[Day]:
    """The days that a text names, in order of their place.

    text: what somebody wrote, quotes and signatures already taken off. language: one of `LANGUAGES`, or a tag of one of
    their countries. said_on: the day it was written, where the writer was. timezone: the writer's; it only tells
    whether 04/03 starts with the month, as in the United States. tense: where it is known what the text speaks of; else
    the words around a day decide. Never raises on any text.
    """
    words = vocabulary(vocabulary_of(language))
    scan = Scan(text)
    months_first = _months_first(scan, language, timezone)
    found: list[Day] = []
    index, count = 0, len(scan)
    while index < count:
        if not words.may_start(scan.words[index]):
            index += 1
            continue
        match = _longest(scan, index, words)
        if match and not _stands(scan, index, match, words):
            match = _without_number(scan, index, match, words)
        if match is None or _of_that_day(scan, index, match, found):
            index += 1 if match is None else match.after - index
            continue
        index, match = _farther(scan, index, match, words)
        match = _parted(scan, index, match)
        if match.meaning != "block":
            if match.meaning.startswith("weekday coming") and _goes_on(scan, found, index, words):
                match = match._replace(meaning="weekday then")
            day = _day(scan, index, match, said_on, months_first, words, found, tense)
            if day:
                found.append(day)
        index = match.after
    return found


def _longest(scan: Scan, index: int, words: Vocabulary) -> Match | None:
    """The longest phrase at a token. "Måndagen efter" is the Monday after another day, "fredag efter jobbet" just Friday."""
    match = words.tree.longest(scan, index)
    if match is None or match.meaning != "weekday then alone":
        return match
    if _something(scan.word(match.after), words):
        return Match(match.after - 1, "weekday coming", match.taken)
    return match._replace(meaning="weekday then")


def _without_number(scan: Scan, index: int, match: Match, words: Vocabulary) -> Match | None:
    """The weekday alone, where the number behind it is of something else: "maandag eerste werk", "fredag 3 stykker"."""
    if match.meaning != "dom" or match.taken[0][0] not in ("wd", "wda") or len(scan.words[index]) <= _SHORT:
        return None
    alone = Match(index + 1, "weekday coming", (("wd", match.taken[0][1]),))
    named = scan.words[index] in words.weekdays
    return alone if named and _stands(scan, index, alone, words) else None


def _of_that_day(scan: Scan, index: int, match: Match, found: Sequence[Day]) -> bool:
    """Whether words that else mean today tell of the day named right before them: "maandag meteen", "vendredi dans la
    journée", "a week ago today"."""
    if match.meaning != "day 0" or not found or found[-1].on is None or found[-1].direction == "today":
        return False
    return not scan.text[found[-1].end : scan.starts[index]].strip()


def _farther(scan: Scan, index: int, match: Match, words: Vocabulary) -> tuple[int, Match]:
    """A phrase that starts inside this one and goes on beyond it says more: "until Friday | 10 April"."""
    block = match.meaning == "block"
    if block and len(match.taken) != 1:
        return index, match
    for later in range(index + 1, match.after):
        other = _longest(scan, later, words)
        if other and block and not (other.meaning in ("date", "dom") and other.taken[0][0] in ("wd", "wda")):
            continue  # but for a weekday with its date nothing makes a day of what is none: "di lunedì | 22"
        if other and other.after > match.after and _stands(scan, later, other, words):
            return _farther(scan, later, other, words)
    return index, match


def _goes_on(scan: Scan, found: Sequence[Day], index: int, words: Vocabulary) -> bool:
    """Whether a weekday is told in one go with another that is to come: "I'm back on Sunday the 16th, and on Monday I'll pay"."""
    if not found or found[-1].on is None or found[-1].direction != "future" or found[-1].relation == "before":
        return False
    last = found[-1]
    between = scan.text[last.end : scan.starts[index]].replace(",", " ").split()
    if not between or len(between) > 2 or fold(between[0]) not in words.numerals.joins:
        return False
    return any(fold(word).strip(",.") in words.weekdays for word in scan.text[last.start : last.end].split())


def _parted(scan: Scan, index: int, match: Match) -> Match:
    """Two weekdays with but a blank between them are no opening hours when the first is written out: "I'm away until
    Sunday Monday I'll pay"; what looks like one may be another word, too ("Dienstag mit dem Geld", "geht im Freitagslauf mit.")."""
    if match.meaning != "block" or [name for name, _ in match.taken] != ["wda", "wda"]:
        return match
    if scan.words[index + 1 : match.after] not in ([scan.word(index + 1)], [scan.word(index + 1), "."]):
        return match
    gap = scan.text[scan.ends[index] : scan.starts[index + 1]]
    if gap.strip() or len(scan.words[index]) <= _SHORT:
        return match
    return Match(index + 1, "weekday coming", (("wd", match.taken[0][1]),))


def _day(
    scan: Scan,
    index: int,
    match: Match,
    said_on: date,
    months_first: bool | None,
    words: Vocabulary,
    named: Sequence[Day],
    known: Tense,
) -> Day | None:
    name, *settings = match.meaning.split()
    relation, begin = _relation(scan, index, match, words)
    tense = known or tense_at(scan, index, match.after, words)
    if tense == "past" and known is None and relation in ("by", "before") and done_by(scan, index, match.after, words):
        tense = "future"
    alone = index == 0 and match.after == len(scan)
    said = Said(said_on, tense, months_first, words.next_weekday, alone, words.feasts, named)
    try:
        reading: Reading | None = MEANINGS[name](said, match.taken, settings)
    except (OverflowError, ValueError):  # beyond the calendar: "in 9999 months"
        return None
    if reading is None:
        return None
    if match.meaning == "weekday coming" and reading.on and (dated := _said_before(scan, index, reading.on, named)):
        reading = reading._replace(on=dated)
    on = reading.on
    direction: Direction | None = None
    if on is not None:
        direction = "today" if on == said_on else "past" if on < said_on else "future"
    final = match.after - 1
    if scan.words[final] == "," and final > begin:
        final -= 1
    return Day(
        scan.starts[begin],
        scan.ends[final],
        on,
        reading.kind,
        reading.until,
        reading.certain,
        direction,
        relation,
    )


def _said_before(scan: Scan, index: int, weekday: date, named: Sequence[Day]) -> date | None:
    """The date just named, where a weekday says but which day of the week it is: "on the 25th, which is a Sunday"."""
    last = named[-1] if named else None
    if last is None or last.on is None or last.direction != "future" or last.kind not in ("exact", "day_of_month"):
        return None
    between = scan.text[last.end : scan.starts[index]]
    apart = len(between) > _BESIDE or "." in between.strip() or "\n" in between
    return last.on if last.on.weekday() == weekday.weekday() and not apart else None


def _relation(scan: Scan, index: int, match: Match, words: Vocabulary) -> tuple[Relation, int]:
    """How the day is meant, by the words that lead to it, and where it starts without them."""
    inside = 0
    if not match.meaning.startswith(_WHOLE):
        inside = min(_MOST_BEFORE, match.after - index - 1)
    for end in range(index + inside, index - 1, -1):
        for start in range(max(0, end - _MOST_BEFORE), min(end, index + 1)):
            relation = words.relations.get(tuple(scan.words[start:end]))
            if relation:
                return cast(Relation, relation), end
    return "on", index


def _stands(scan: Scan, index: int, match: Match, words: Vocabulary) -> bool:
    """Whether what stands around a phrase lets it be a day: numbers are often numbers of something else."""
    if BREAK in scan.words[index : match.after]:
        return False
    if _in_number(scan, match):
        return False
    if words.counted_too["too"] and _of_a_row(scan, match, words):
        return False
    taken = match.taken
    last_name = taken[-1][0] if taken else ""
    last_word = scan.words[match.after - 1]
    following = scan.word(match.after)
    dated = any(name == "month" or (name == "mon" and not last_word[0].isdigit()) for name, _ in taken)
    if scan.words[index][0].isdigit() and not dated:  # "trekkes fra konto 1. juli" is a day
        if scan.word(index - 1) in words.references or (
            scan.word(index - 1) in ".:#" and scan.word(index - 2) in words.references
        ):
            return False
        if scan.word(index - 1) in ("$", "€", "£", "+"):
            return False
    if (
        last_name in ("dom", "ord")
        and taken[-1][1] <= 4
        and not last_word[0].isdigit()
        and _something(following, words)
        and not (words.language == "de" and _small(scan, match.after))
    ):
        return False  # "the first pallet", "die zweite Rate", but "am Ersten bucht die Bank"
    if last_name in ("dom", "ord") and taken[-1][1] <= 4 and last_word.isalpha() and following.isdigit():
        return False  # "de eerste 150"
    if last_name in ("dom", "ord", "n") and (last_word[0].isdigit() or words.numerals.parts_of(last_word)):
        elided = (
            scan.text[scan.ends[match.after] :][:1] in ("'", "’") if following else False
        )  # "le 15 j'ai", not "15 j"
        if (following in words.counted and not elided) or following in ("%", "€", "$", "£", "+"):
            return False
        if following and following[0].isdigit() and last_word[0].isdigit():
            return False
    if match.meaning.endswith(" alone") and match.meaning.startswith(("month", "weekday coming")):
        return not _something(following, words) and not following.isdigit()  # "den sista", not "den sista fakturan"
    if match.meaning == "day_after" and last_word in _TAKING:
        place = match.after
        while scan.word(place) in _LEADING:
            place += 1
        if place == match.after and (last_word not in _TAKING_BARE or len(following) <= _SHORT):
            return True
        return not _something(scan.word(place), words)
    if match.meaning == "weekday alone":
        return index == 0 and match.after == len(scan)
    if match.meaning == "date month_first" and words.language != "en" and following.isalpha():
        return False
    if following in ("€", "$", "£", "%") and last_word[0].isdigit():
        return False
    if taken and len(taken) == 1 and isinstance(taken[0][1], Written) and taken[0][1].weak:
        return _weak_stands(scan, index, match, words)
    return True


def _of_a_row(scan: Scan, match: Match, words: Vocabulary) -> bool:
    """Whether a weekday with an article is the number of an invoice in a row: "a primeira já foi paga, a segunda vou pagar na
    sexta", where the article opens a clause or stands behind a verb, and the row or another day is named, too."""
    row, place = words.counted_too, match.after - 1
    spelt = scan.text[scan.starts[place - 1] : scan.ends[place - 1]].lower() if place else ""
    if scan.words[place] not in row["too"] or spelt not in row["after"] or match.meaning != "weekday coming":
        return False
    led = scan.word(place - 2)
    verb = led in words.future or led in words.past or led in words.money["verbs"]
    if led.isalnum() and not verb and led not in row["behind"]:
        return False
    start, end = place - 1, place + 1
    while start > max(0, place - _ROW) and scan.words[start - 1] not in _STOPS:
        start -= 1
    while end < min(len(scan), place + _ROW) and scan.words[end] not in _STOPS:
        end += 1
    beside = [*scan.words[start : place - 1], *scan.words[place + 1 : end]]
    if any(word in row["with"] for word in scan.words[max(0, place - _ROW) : end]):
        return True
    return any(
        word in words.weekdays or word in words.months or word.isdigit() or word in words.counted_too["days"]
        for word in beside
    )


def _something(word: str, words: Vocabulary) -> bool:
    """Whether a word is likely a thing: none that we know from sentences about paying and time."""
    known = word in words.tree.first_words or word in words.future or word in words.past or word in words.money["verbs"]
    return word.isalpha() and not known


def _in_number(scan: Scan, match: Match) -> bool:
    """Whether a phrase is but the letters of an invoice number: "WED/114", "JUL-88"."""
    mark, number = match.after, scan.word(match.after + 1)
    if scan.word(mark) not in ("/", "-") or not (scan.glued(mark) and scan.glued(mark + 1) and number.isdigit()):
        return False
    return scan.words[mark - 1].isalpha() and (len(number) > 2 or match.meaning.startswith("feast"))


def _small(scan: Scan, index: int) -> bool:
    """Whether a word begins with a small letter, as no noun does in German."""
    return index < len(scan) and scan.text[scan.starts[index]].islower()


def _weak_stands(scan: Scan, index: int, match: Match, words: Vocabulary) -> bool:
    """3.10 and 10-12 are dates only after a word that leads to one, or standing alone."""
    before, after = scan.word(index - 1), scan.word(match.after)
    if before in words.date_lead:
        return after not in words.counted and not (after[:1].isdigit())
    alone_before = not before or before == BREAK
    return alone_before and (not after or after == BREAK or (after in ".,!" and match.after + 1 == len(scan)))


def _months_first(scan: Scan, language: str, timezone: str) -> bool | None:
    """Whether dates in digits start with the month: by what the text itself shows, then by country; None: unknown."""
    if not language.lower().startswith("en"):
        return False
    shown = _shown_order(scan)
    if shown is not None:
        return shown
    region = language.upper().partition("-")[2]
    if region:
        return region in ("US", "PH")
    if timezone in _MONTH_FIRST_ZONES or timezone.startswith(_MONTH_FIRST_PREFIXES):
        return True
    return None if timezone in ("UTC", "Etc/UTC", "") else False


def _shown_order(scan: Scan) -> bool | None:
    words: Sequence[str] = scan.words
    for index in range(len(words) - 2):
        if words[index + 1] == "/" and words[index].isdigit() and words[index + 2].isdigit():
            first, second = words[index], words[index + 2]
            if len(first) > 2 or len(second) > 2 or scan.word(index - 1) == "/":
                continue
            if 12 < int(first) <= 31 and 1 <= int(second) <= 12:
                return False
            if 12 < int(second) <= 31 and 1 <= int(first) <= 12:
                return True
    return None
