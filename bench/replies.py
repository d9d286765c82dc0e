# SPDX-License-Identifier: AGPL-3.0-or-later
"""Reading replies, beside the libraries that do parts of it: `python -m bench.replies [FOLDER] [--weights=FOLDER]`.

FOLDER holds `*.jsonl`; the default is `corpora/replies/test`, which nobody who wrote rules has read and no model has
learned from. On `corpora/replies/train` use models made by `tools.train_sentences --sentences-only`. Baselines of the same run: mail-parser-reply and quotequail for cutting
out the reply, dateparser and price-parser for the day and the sum of a promise, flufl.bounce for bounces (outside test
data, see `tests/support/data.py`). Prints the tables of `docs/language.md`, which primary was read as which, and replies
per second, the time of the import and the memory it all takes.
"""

from __future__ import annotations

import email
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from datetime import time as time_of_day
from decimal import Decimal
from pathlib import Path
from typing import Any

import quotequail  # type: ignore[import-untyped]
from flufl.bounce import all_failures
from mailparser_reply import EmailReplyParser  # type: ignore[import-untyped]
from price_parser import Price

from purring.language.replies.bounces import is_bounce
from purring.language.replies.cut import cut
from purring.language.replies.mail import opened
from tools.reply_score import Score, add, items, read, use_weights

ROOT = Path(__file__).resolve().parents[1]
THEIR_LANGUAGES = ["en", "de", "fr", "es", "nl", "it", "pt", "da", "sv", "pl"]
"""Of mail-parser-reply: all that it knows and we read."""


def by_mail_parser_reply(text: str) -> str:
    return str(EmailReplyParser(languages=THEIR_LANGUAGES).parse_reply(text=text) or "")


def by_quotequail(text: str) -> str:
    parts = quotequail.quote(text)
    return "\n".join(piece for expanded, piece in parts if expanded)


CUTTERS: dict[str, Callable[[str], str]] = {
    "purring": cut,
    "mail-parser-reply": by_mail_parser_reply,
    "quotequail": by_quotequail,
}


def cutting(corpus: list[dict[str, Any]]) -> None:
    """Share of replies cut out exactly, per language and cutter."""
    right: Counter[tuple[str, str]] = Counter()
    of: Counter[str] = Counter()
    for item in corpus:
        for language in (item["language"], "all"):
            of[language] += 1
        for name, cutter in CUTTERS.items():
            try:
                good = cutter(item["text"]).strip() == item["reply"].strip()
            except Exception:  # a library that falls over has not cut it out
                good = False
            for language in (item["language"], "all"):
                right[name, language] += good
    print("\n| reply cut out exactly | " + " | ".join(CUTTERS) + " |\n|---|" + "---:|" * len(CUTTERS))
    for language in sorted(of, key=lambda one: (one == "all", one)):
        shares = " | ".join(f"{right[name, language] / of[language]:.2f}" for name in CUTTERS)
        print(f"| {language} ({of[language]}) | {shares} |")


def by_dateparser(item: dict[str, Any]) -> date | None:
    """The first day from the day of writing on that it finds in the reply, told the language."""
    from dateparser.search import search_dates  # type: ignore[import-untyped]

    said = date.fromisoformat(item["said_on"])
    settings = {
        "RELATIVE_BASE": datetime.combine(said, time_of_day(12)),
        "PREFER_DATES_FROM": "future",
        "DATE_ORDER": "MDY" if item["timezone"].startswith("America/") and item["language"] == "en" else "DMY",
    }
    found = search_dates(item["reply"], languages=[item["language"].split("-")[0]], settings=settings)
    return next((moment.date() for _, moment in found or () if moment.date() >= said), None)


def by_price_parser(item: dict[str, Any]) -> Decimal | None:
    """The price it finds in the reply."""
    amount = Price.fromstring(item["reply"]).amount
    return Decimal(amount) if amount is not None else None


def promising(corpus: list[dict[str, Any]]) -> None:
    """Promises with a day or a sum: how many are read right, out of the whole mail by us, out of the reply by them."""
    right: Counter[tuple[str, str]] = Counter()
    of: Counter[tuple[str, str]] = Counter()
    for item in corpus:
        if "promise_to_pay" not in item["intents"]:
            continue
        reading = read(item)
        day = date.fromisoformat(item["pay_on"]) if item["pay_on"] else None
        amount = Decimal(item["pay_amount"]) if item["pay_amount"] else None
        found = {
            "day": (day, reading.pay_on, _tried(by_dateparser, item)),
            "sum": (amount, reading.pay_amount, _tried(by_price_parser, item)),
        }
        for what, (wanted, ours, theirs) in found.items():
            if wanted is None:
                continue
            for language in (item["language"], "all"):
                of[what, language] += 1
                right[what, language] += ours == wanted
                right[f"{what} by a library", language] += theirs == wanted
    print("\n| of a promise | day: purring | dateparser | sum: purring | price-parser |\n|---|" + "---:|" * 4)
    for language in sorted({language for _, language in of}, key=lambda one: (one == "all", one)):
        cells = []
        for what in ("day", "sum"):
            count = of[what, language]
            for name in (what, f"{what} by a library"):
                cells.append(f"{right[name, language] / count:.2f}" if count else "-")
        print(f"| {language} ({of['day', language]}, {of['sum', language]}) | {' | '.join(cells)} |")


def _tried(reader: Callable[[dict[str, Any]], Any], item: dict[str, Any]) -> Any:
    try:
        return reader(item)
    except Exception:  # a library that falls over has found nothing
        return None


def understanding(corpus: list[dict[str, Any]]) -> None:
    """What is understood, per language; and which primary was read as which."""
    scores: dict[str, Score] = {}
    confused: Counter[tuple[str, str]] = Counter()
    for item in corpus:
        reading = read(item)
        confused[item["primary"], reading.primary] += 1
        for name in (item["language"], "all"):
            add(scores.setdefault(name, Score()), item, reading)
    columns = ("kind", "language", "primary", "pay_on", "pay_amount", "return_on", "refs", "hostile", "owed")
    print(
        "\n| understood | "
        + " | ".join(columns)
        + " | intents F1 | wrong pauses | of those taken |\n|---|"
        + "---:|" * (len(columns) + 3)
    )
    for name in sorted(scores, key=lambda one: (one == "all", one)):
        score = scores[name]
        print(
            f"| {name} | "
            + " | ".join(map(score.share, columns))
            + f" | {score.intents_f1()} | {score.wrong()} | {score.wrong_of_taken()} |"
        )
    print("\n| primary | right | read as |\n|---|---:|---|")
    for wanted in sorted({wanted for wanted, _ in confused}):
        row = {found: count for (first, found), count in confused.items() if first == wanted}
        others = ", ".join(
            f"{name} {count}" for name, count in sorted(row.items(), key=lambda one: -one[1]) if name != wanted
        )
        print(f"| {wanted} | {row.get(wanted, 0)} of {sum(row.values())} | {others} |")


def bounced(data: Path, corpus: list[dict[str, Any]]) -> None:
    """Bounces found, and replies of people taken for one."""
    print("\n| bounces found | purring | flufl.bounce |\n|---|---:|---:|")
    for folder, names in (("sisimai", "*.eml"), ("flufl/tests/data", "*.txt")):
        mails = [path.read_bytes() for path in sorted((data / "mail/bounces" / folder).glob(names))]
        ours = sum(is_bounce(opened(mail)) for mail in mails)
        theirs = sum(any(all_failures(email.message_from_bytes(mail))) for mail in mails)
        print(f"| {folder.split('/')[0]} ({len(mails)}) | {ours / len(mails):.3f} | {theirs / len(mails):.3f} |")
    people = [f"From: a@b.example\nSubject: Re: invoice\n\n{item['text']}".encode() for item in corpus]
    ours = sum(is_bounce(opened(mail)) for mail in people)
    theirs = sum(any(all_failures(email.message_from_bytes(mail))) for mail in people)
    print(f"| people's replies taken for one ({len(people)}) | {ours} | {theirs} |")


def speed(corpus: list[dict[str, Any]]) -> None:
    times: dict[str, float] = {}
    for name, work in (("read_reply", read), ("bare", lambda item: by_mail_parser_reply(item["text"]))):
        runs = []
        for _ in range(3):
            start = time.process_time()
            for item in corpus:
                work(item)
            runs.append(time.process_time() - start)
        times[name] = min(runs)
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import purring.language.replies.reading"], check=True)
    took = time.perf_counter() - start
    ours, theirs = len(corpus) / times["read_reply"], len(corpus) / times["bare"]
    print(
        f"\nread_reply {ours:,.0f} replies per CPU second; mail-parser-reply, which only cuts, {theirs:,.0f}; ratio {ours / theirs:.1f}"
    )
    print(
        f"import {took:.2f} s in a fresh process; memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB with the libraries"
    )


def main() -> None:
    given = [one for one in sys.argv[1:] if not one.startswith("--")]
    folder = Path(given[0]) if given else ROOT / "corpora/replies/test"
    use_weights(sys.argv)
    corpus = list(items(folder))
    print(f"{len(corpus)} replies of {folder}")
    cutting(corpus)
    understanding(corpus)
    promising(corpus)
    data = (ROOT / os.environ.get("PURRING_TEST_DATA", "../shared/data")).resolve()
    if data.is_dir():
        bounced(data, corpus)
    speed(corpus)


if __name__ == "__main__":
    main()
