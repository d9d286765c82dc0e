# SPDX-License-Identifier: Apache-2.0
"""Checks of form: missing parts, length, mixed forms of address, a wrong name, and what `surface` sees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from functools import partial
from itertools import pairwise

from purring.language import sms
from purring.language.compose import words_besides_lists
from purring.language.tags import ASKING
from purring.language.tone.facts import ToneFacts
from purring.language.tone.folding import Folded, fold, fold_char
from purring.language.tone.form import LOUD
from purring.language.tone.greeting import Greeting, find_greeting, names_of, wrong_name
from purring.language.tone.numbers import has_amount, has_contact, has_due_day, has_reference, has_way_to_pay
from purring.language.tone.parts import Parts, places, stands
from purring.language.tone.surface import LETTERS, Found, leftovers, shouting
from purring.language.tone.weighed import Reading

MOST_WORDS = {"email": 250, "letter": 330}
"""More than this is no longer read on a phone, or on one page."""

_SMS_LETTERS = str.maketrans({"œ": "oe", "Œ": "Oe", "ı": "i", "₹": "Rs"})
"""What gateways write for letters that no accent makes."""
_LONGEST_CLOSING = 6
_LONGEST_FAREWELL, _LONGEST_FAREWELL_WORDS = 90, 10
"""Characters of a closing that stands apart from the name, and words of one that stands above it."""
_SLIPS = 2
"""Familiar phrases that may have slipped into a message to somebody with a title."""
_EARLY = frozenset({"request", "terms_note", "check_in", "courtesy", "due_today", "friendly", "thank_you"})
_TERMS = frozenset({"request", "terms_note"})
"""Stages that may tell what was agreed for a late payment."""
_CLAUSE_END = re.compile(r"[,;:–—(]")
_DENIED_BEFORE = 7
"""Words between a word such as "not" and what it denies."""
_SURE = 3
"""Words of a form of address that can mean nobody else."""
_FLIRTING = "😘😍😚😗😙🥰😻💋💘💝💖💕💞❤😜😝😛🤪😏🍑🥵😈"


def structure(
    text: Folded,
    subject: str,
    reading: Reading,
    parts: Parts,
    facts: ToneFacts,
    stage: str | None,
    channel: str,
) -> tuple[list[Found], Greeting | None]:
    """Everything about form in the text itself, and its greeting."""
    greeting = find_greeting(text, parts, facts, channel)
    found = [*leftovers(text, parts), *shouting(text, parts, loud=LOUD in reading.words), *_length(text, channel)]
    if not text.plain.isascii():
        signs = "|".join(sign for sign in _FLIRTING if sign in text.plain)
        for match in re.finditer(signs, text.plain) if signs else ():
            found.append(Found("overfamiliar", *_line(text.plain, match.start())))
    found += _mixed_address(text, reading, parts, greeting)
    found += firmness(text, reading, parts, stage)
    if greeting is not None and (span := wrong_name(greeting, parts, facts)):
        found.append(Found("wrong_name", *span))
    found += _missing(text, subject, reading, parts, facts, stage, channel, greeting)
    return found, greeting


def firmness(text: Folded, reading: Reading, parts: Parts, stage: str | None) -> Iterator[Found]:
    """Sentences that belong only to a later stage: a last notice, collection, a court. Said as form, as the same sentence is a good one
    in its own time, which a model of what is kind knows it as."""
    kinds = ["last"] if stage == "follow_up" else ["last", "late"] if stage in _EARLY else []
    if kinds and not (stage == "follow_up" or stage in _TERMS):
        kinds.append("charges")
    late = [pattern for kind in kinds for pattern in reading.fitting.get(kind, ())]
    told: set[tuple[int, int]] = set()
    for place in places(late, text, reading.words) if late else ():
        sentence = sentence_of(text, *place)
        if not (
            sentence in told or _denied(text.seen, place, sentence, parts) or _means_another(text, sentence, parts)
        ):
            told.add(sentence)
            yield Found("too_firm", *sentence)


def _means_another(text: Folded, sentence: tuple[int, int], parts: Parts) -> bool:
    """Whether other words of a sentence give it another sense, in one clause: the court is for tennis, the reminder of the season."""
    fitting = parts.fitting(text, *sentence).get("not_late", ())
    innocent = filter(None, (pattern.find(text.seen, *sentence) for pattern in fitting))
    return any(not _CLAUSE_END.search(text.seen, *place) for place in innocent)


def _denied(seen: str, place: tuple[int, int], sentence: tuple[int, int], parts: Parts) -> bool:
    """Whether a clause says that something will not be: "we will never hand this to an agency", but not "if you do not pay"."""
    if parts.denies is None:
        return False
    before = _CLAUSE_END.split(seen[sentence[0] : place[0]])[-1]
    if parts.joins is not None:
        before = parts.joins.split(before)[-1]
    after = _CLAUSE_END.split(seen[place[1] : sentence[1]])[0]
    said = seen[slice(*place)]
    if parts.undenied is not None and parts.undenied.search(before + said + after):
        return False
    near = " ".join(before.split()[-_DENIED_BEFORE:])
    return any(parts.denies.search(one) for one in (f" {near} ", said, after))


def _line(plain: str, at: int) -> tuple[int, int]:
    end = plain.find("\n", at)
    return plain.rfind("\n", 0, at) + 1, end if end >= 0 else len(plain)


def _length(text: Folded, channel: str) -> Iterator[Found]:
    if channel == "sms":
        plain = sms.plain(text.plain.translate(_SMS_LETTERS))
        letters = "".join(fold_char(char) if char.isalpha() else char for char in plain)
        if sms.segments(letters) > sms.MAX_SEGMENTS:  # accents aside, which gateways take off when it must fit
            yield Found("sms_too_long", None, None)
    elif _is_long(text.plain, MOST_WORDS.get(channel, MOST_WORDS["email"])):
        yield Found("overlong", None, None)


def _is_long(plain: str, most: int) -> bool:
    """Whether there are more words than that to read; no more than all that stands between white space, which is counted at once."""
    white = plain.count(" ") + plain.count("\n") + plain.count("\r")
    return white >= most and words_besides_lists(plain) > most


def _mixed_address(text: Folded, reading: Reading, parts: Parts, greeting: Greeting | None) -> Iterator[Found]:
    words, fitting = reading.words, reading.fitting
    if "familiar" not in fitting:
        return
    titled = greeting is not None and greeting.formal and not parts.familiar_usual
    formal = [one for one in places(fitting.get("formal", ()), text, words) if not _is_unit(text.plain, *one)]
    capitals: list[tuple[int, int]] = []
    if parts.capital_formal is not None:
        ends = _start_of_farewell(text.plain)  # "Ihr Bernd" stands below letters to friends too
        found = parts.capital_formal.finditer(text.masked, 0, ends)
        capitals = [match.span() for match in found if _goes_on(text.masked, match.start())]
        formal += capitals
    if not formal and not titled:
        return
    familiar = places(fitting["familiar"], text, words)
    if not familiar:
        return
    sure = [] if parts.several else capitals
    if parts.several and any(fold(text.plain[slice(*place)]) in parts.several for place in familiar):
        formal = [place for place in formal if fold(text.plain[slice(*place)]) not in parts.several]
    slips = len(familiar) <= _SLIPS or len({sentence_of(text, *place) for place in familiar}) == 1
    if not formal and not (titled and slips):
        return  # a title in the greeting of a friend: all the rest is familiar, and meant so
    more = len(familiar) - len(formal)  # of as many, what is said first is usual
    usual = more > 0 or (more == 0 and (parts.familiar_usual or min(familiar) < min(formal)))
    fewer = formal if usual and not titled else familiar
    if all(place not in sure and _may_be_another(text.plain[slice(*place)], parts) for place in fewer):
        return
    told: set[tuple[int, int]] = set()
    for start, end in fewer:
        sentence = sentence_of(text, start, end)
        if sentence not in told:
            told.add(sentence)
            yield Found("wrong_formality", start, end)


def _goes_on(masked: str, at: int) -> bool:
    """Whether a sentence goes on at a place, after a word and a space, so that a capital there is not its first letter. Looked behind only
    where such a word stands."""
    before = masked[max(0, at - 3) : at]
    return before[-1:].isspace() and before[:-1].rstrip(",;")[-1:].isalpha()


def sentence_of(text: Folded, start: int, end: int) -> tuple[int, int]:
    """The sentence that a place is in."""
    return next((one for one in text.sentences if one[0] <= start < one[1]), (start, end))


def _is_unit(plain: str, start: int, end: int) -> bool:
    """Whether a letter after a figure is a unit and addresses nobody: "van 9.10 u tot 10.40 u"."""
    return end - start == 1 and plain[:start].rstrip()[-1:].isdigit()


def _may_be_another(said: str, parts: Parts) -> bool:
    """Whether a form of address may speak of somebody else ("lei" is "she" too), or is a name ("TI" of a department). Three words say
    more than that: "a senhora" may be another lady, "a senhora recebeu" is asked of the one who reads."""
    words = LETTERS.findall(said)
    return (len(words) < _SURE and fold(words[0]) in parts.third) or (len(said) > 1 and said.isupper())


def _missing(
    text: Folded,
    subject: str,
    reading: Reading,
    parts: Parts,
    facts: ToneFacts,
    stage: str | None,
    channel: str,
    greeting: Greeting | None,
) -> Iterator[Found]:
    asking = stage is None or stage in ASKING

    def has(kind: str, start: int = 0) -> bool:
        return stands(reading.fitting.get(kind, ()), text, reading.words, start=start)

    if asking:
        if not has_amount(text, facts.amount):
            yield Found("missing_amount", None, None)
        if not (has_due_day(text, facts, parts) or (stage in ("due_today", None) and has("today"))):
            yield Found("missing_due_date", None, None)
        if not has_way_to_pay(text, facts, partial(has, "pay")):
            yield Found("missing_how_to_pay", None, None)
    if channel == "sms":
        return
    if asking and not has_reference(text, subject, facts.invoice):
        yield Found("missing_reference", None, None)
    if asking and not has_contact(text, facts, partial(has, "contact")):
        yield Found("missing_contact", None, None)
    if greeting is None:
        yield Found("missing_greeting", None, None)
    if not (
        has("thanks")
        or has("closing")
        or has("ending", _start_of_end(text.plain))
        or _ends_kindly(text.plain, names_of(facts.sender_name, facts.organisation))
    ):
        yield Found("missing_thanks_or_closing", None, None)


def _start_of_end(plain: str) -> int:
    """Where the words of farewell may begin: at the last lines that stand apart, two such groups when the last is a name."""
    end = len(plain.rstrip())
    last = plain.rfind("\n\n", 0, end)
    if last < 0:
        return max(0, plain.rfind("\n", 0, plain.rfind("\n", 0, end)))
    before = plain.rfind("\n\n", 0, last)
    said = plain[before:last].strip()
    return before if before >= 0 and len(said) <= _LONGEST_FAREWELL and not any(map(str.isdigit, said)) else last


def _start_of_farewell(plain: str) -> int:
    """Where the short lines at the end begin that are no sentences: words of farewell, and names. The end when all lines are such."""
    at = end = len(plain.rstrip())
    while at > 0:
        start = plain.rfind("\n", 0, at) + 1
        line = plain[start:at].strip()
        if len(line) > _LONGEST_FAREWELL or (line[-1:] in ".?!:;" and len(line.split()) > _LONGEST_CLOSING):
            return at
        at = start - 1
    return end


def _ends_kindly(plain: str, sender: AbstractSet[str]) -> bool:
    """Whether a few words stand by themselves above the name at the end, as any closing does: "Bis denne", then "Silke",
    with an empty line between them or not; or a wish with its mark, or a name after a stroke as in Scandinavia.
    sender: the words of the names of who writes."""
    lines = [line.strip() for line in plain.rstrip().split("\n")]
    if _closed_in_line(lines[-1], sender) or _stands_above_name(lines, sender):
        return True
    last = max((place for place, line in enumerate(lines[:-1]) if not line), default=-1)
    if last > 0 and len(lines) - last == 2:
        last = max((place for place, line in enumerate(lines[:last]) if not line), default=-1)
    if last <= 0:
        return False
    signed = lines[-1].startswith("/")
    return signed or any(line.endswith("!") for line in lines[last:]) or any(map(_is_closing, lines[last + 1 : -1]))


def _closed_in_line(line: str, sender: AbstractSet[str]) -> bool:
    """Whether the last line is a word or some, then the name: "Ciao for now, Bert"."""
    said, comma, name = line.rpartition(",")
    words = LETTERS.findall(said)
    named = comma and not sender.isdisjoint(names_of(name)) and len(LETTERS.findall(name)) <= 3
    return bool(named) and 0 < len(words) <= _LONGEST_CLOSING and sender.isdisjoint(names_of(said))


def _stands_above_name(lines: list[str], sender: AbstractSet[str]) -> bool:
    """Whether the line above the name of who writes is short and no sentence: "Ahoi", "Tot ziens en eet smakelijk"."""
    for above, line in pairwise(lines):
        own = names_of(line)
        if not own or not own <= sender or lines.index(above) == 0:
            continue
        words = LETTERS.findall(above)
        if (
            0 < len(words) <= _LONGEST_FAREWELL_WORDS
            and above[-1] not in ".?:;"
            and words[0][0].isupper()
            and not any(map(str.isdigit, above))
            and names_of(above).isdisjoint(sender)
        ):
            return True
    return False


def _is_closing(said: str) -> bool:
    if len(said.split()) > _LONGEST_CLOSING or said[-1:] in ".?:" or any(map(str.isdigit, said)):
        return False
    words = LETTERS.findall(said)
    if len(words) == 1:
        return said.endswith(",") and len(words[0]) > 2
    return len(words) > 1 and words[0][0].isupper() and any(len(word) > 3 and word.islower() for word in words[1:])
