# SPDX-License-Identifier: AGPL-3.0-or-later
"""Mails of about 150 words that the tone guard reads per second on one core: `python -m bench.tone`.

Baseline of the same run: one compiled alternation of the words the language's rules look for, searched in the same
mails. The ratio says what judging costs on top of finding words; it does not depend on how busy the machine is. A mail is read
for the first time (no sentence of it is remembered, only words are, and its names and numbers are others): one in which nothing is wrong
("good"), and any of a set of which half have faults ("new"). Then once it has been read for somebody else, with other names and another number ("to others"), as the
messages of a morning are, and as it stands ("again").
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

from purring.language.tone import check_tone
from purring.language.tone.judge import judge_of
from purring.language.tone.rulebook import rulebook

MAILS = Path(__file__).resolve().parents[1] / "corpora" / "outgoing" / "train"
LANGUAGES = tuple(sorted(path.stem for path in MAILS.glob("*.jsonl")))
WORDS = 150
OF_CUSTOMERS = ("customer_name", "contact_name", "invoice")
ROUNDS = 12
"""What is compiled as it runs is so after some of them."""


def mails(language: str, *, good: bool = False) -> list[dict[str, Any]]:
    """The mails of a language that are not longer, each followed by lines of the next ones until it has just enough words, the last
    line cut. good: only those without a fault."""
    found = [json.loads(line) for line in (MAILS / f"{language}.jsonl").read_text("utf-8").splitlines()]
    found = [mail for mail in found if mail["channel"] == "email" and len(mail["text"].split()) <= WORDS]
    found = [mail for mail in found if not (good and mail["findings"])]
    lines = cycle([line for mail in found for line in mail["text"].splitlines()[1:] if line.strip()])
    for mail in found:
        while lacking := WORDS - len(mail["text"].split()):
            mail["text"] += f"\n{' '.join(next(lines).split()[:lacking])}"
    return found


def to_another(mail: dict[str, Any], number: int) -> dict[str, Any]:
    """The same mail to somebody else: other names of customers, another invoice, another amount."""
    words = {word for key in OF_CUSTOMERS[:2] for word in (mail["facts"].get(key) or "").split()}
    swapped = {word: f"{word[::-1].title()}{'y' * number}" for word in words if len(word) > 2 and word.istitle()}
    swapped[mail["facts"].get("invoice") or "no invoice"] = f"Z{number}/{len(mail['text'])}"
    whole, _, cents = str(mail["facts"].get("amount") or "no amount").partition(".")
    grouped = r"[.,'’\s]?".join(whole) + (r"[.,\d]*" if not cents.strip("0") else rf"[.,]{cents}")
    names = "|".join(map(re.escape, sorted(swapped, key=len, reverse=True)))
    known = re.compile(rf"(?<!\w)(?P<name>{names})(?!\w)|(?<!\d){grouped}(?!\d)")

    def another(found: re.Match[str]) -> str:
        if found["name"]:
            return swapped[found["name"]]
        return "".join(str((int(one) + number) % 9 + 1) if one in "123456789" else one for one in found[0])

    def to(text: object) -> object:
        return known.sub(another, text) if isinstance(text, str) else text

    facts = {key: to(value) if key in (*OF_CUSTOMERS, "amount") else value for key, value in mail["facts"].items()}
    return {**mail, "text": to(mail["text"]), "subject": to(mail["subject"]), "facts": facts}


def seconds(works: Iterable[Callable[[], object]]) -> float:
    """The shortest processor time of some rounds, the first of which warms up."""
    spent = []
    for work in works:
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
    return min(spent[1:])


def new_to(given: Sequence[dict[str, Any]]) -> None:
    for tag in {mail["language"] for mail in given}:
        judge_of(tag).forget()
    guard(given)


def guard(given: Iterable[dict[str, Any]]) -> None:
    for mail in given:
        check_tone(
            mail["text"],
            language=mail["language"],
            stage=mail["stage"],
            facts=mail["facts"],
            subject=mail["subject"],
        )


def search(alternation: re.Pattern[str], given: Iterable[dict[str, Any]]) -> None:
    for mail in given:
        alternation.findall(mail["text"])


def measured(language: str) -> list[tuple[int, float]]:
    """How many mails in how many seconds, for each column."""
    given, kind = mails(language), mails(language, good=True)
    words = sorted(rulebook(given[0]["language"]).words())
    alternation = re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b", re.IGNORECASE)
    sent, good = (
        [[to_another(mail, number) for mail in some] for number in range(ROUNDS + 1)] for some in (given, kind)
    )
    return [
        (len(kind), seconds(partial(new_to, one) for one in good)),
        (len(given), seconds(partial(new_to, one) for one in sent)),
        (len(given), seconds(partial(guard, one) for one in sent)),
        (len(given), seconds([partial(guard, given)] * (ROUNDS + 1))),
        (len(given), seconds([partial(search, alternation, given)] * (ROUNDS + 1))),
    ]


def row(name: str, columns: Sequence[tuple[int, float]]) -> str:
    good, new, others, again, searched = (count / spent for count, spent in columns)
    return f"{name:8} {good:13.0f} {new:12.0f} {others:12.0f} {again:8.0f} {searched:17.0f} {searched / new:13.2f}"


def main() -> None:
    print("language  good mails/s  new mails/s  to others/s  again/s  words searched/s  ratio of new")
    every: list[list[tuple[int, float]]] = []
    for language in LANGUAGES:
        every.append(measured(language))
        print(row(language, every[-1]), flush=True)
    together = [
        (sum(count for count, _ in column), sum(spent for _, spent in column)) for column in zip(*every, strict=True)
    ]
    print(row("all", together))


if __name__ == "__main__":
    main()
