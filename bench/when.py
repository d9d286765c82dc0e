# SPDX-License-Identifier: AGPL-3.0-or-later
"""Days and amounts read right, wrong and not at all, beside dateparser and price-parser: `python -m bench.when`.

Cases: Duckling's and Recognizers-Text's own (the folder of outside test data) and our training replies. The output is the
body of docs/language-when.md. What is counted stands in `SCOPE` below, printed with the tables.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NamedTuple

from purring.language.when import find_amounts, find_days
from tests.support.data import ROOT, data_folder

SCOPE = """Days: every case of one calendar day in our languages. Left out: holidays as such (Duckling has 140 of other
calendars), days that do not exist, years before 1900, a "first Friday" that is a Tuesday (one Swedish case). A case is right
if the one day found is the expected one (of Recognizers-Text either its past or its future reading), wrong if any other day is
found or more than one, else not found.
English dates in digits are read with a zone of the United States, for which these cases were written. Replies: right if the
day a clerk would note is among those found (there are others in the text), so nothing counts as wrong there.
Amounts: every case, but for coins and currencies nobody is billed in (bitcoin, markka, kwartje, kuai and mao
...), codes of millions (MUSD) and two-way cases ("between"). Right if exactly the expected values are found. Replies: right if value and currency
are among those found, given the currency of the invoice."""

NAMES = {
    "English": "en",
    "Dutch": "nl",
    "French": "fr",
    "German": "de",
    "Italian": "it",
    "Portuguese": "pt-PT",
    "Spanish": "es",
    "Swedish": "sv",
}
DUCKLING = {"en", "de", "fr", "es", "it", "nl", "nb", "da", "sv", "pt"}
_UNBILLED = re.compile(
    r"bitcoin|btc|satoshi|mark|penn?i\b|guilder|flor|gulden|kwart|dubb|stuiver|tientje|kuai|mao\b|\batt\b|riel|unnamed|[KM][A-Z]{3}\b|₾",
    re.IGNORECASE,
)
_CHANGE = re.compile(r"\bkuai\b")
"""Yuan and their tenths by the names of the market, which the data gives as yuan."""
_NO_SUCH_DAY = {"jag åker tillbaka första fredagen den här månaden": date(2016, 11, 1)}
_SMALL = re.compile(r"cent|céntim|penn|pence|peniq|öre|øre|rappen", re.IGNORECASE)


class Case(NamedTuple):
    source: str
    language: str
    text: str
    said_on: date
    zone: str
    wanted: frozenset[Any]
    hint: str | None = None


def tag(language: str) -> str:
    return "pt-PT" if language == "pt" else language


def zone(language: str) -> str:
    return "America/New_York" if language == "en" else "UTC"


def day_cases(folder: Path) -> Iterator[Case]:
    for row in lines(folder / "dates-amounts/duckling_time.jsonl"):
        if row["lang"] in DUCKLING and row["grain"] == "day" and row["kind"] == "datetime":
            said = date.fromisoformat(row["ref"][:10])
            wanted = frozenset((date.fromisoformat(row["start"][:10]),))
            yield Case("Duckling", tag(row["lang"]), row["text"], said, zone(row["lang"]), wanted)
    for name, language in NAMES.items():
        path = folder / f"dates-amounts/recognizers-text/Specs/DateTime/{name}/DateParser.json"
        for row in json.loads(path.read_text("utf-8-sig")):
            results = row.get("Results", ())
            if len(results) != 1 or results[0].get("Type") != "date" or "Context" not in row:
                continue
            value = results[0].get("Value") or {}
            days = [value.get(key, {}).get("date") for key in ("FutureResolution", "PastResolution")]
            if not days[0] or days[0] < "1900":
                continue
            said = date.fromisoformat(row["Context"]["ReferenceDateTime"][:10])
            wanted = frozenset(date.fromisoformat(day) for day in days if day)
            if _NO_SUCH_DAY.get(row["Input"]) in wanted:
                continue
            yield Case("Recognizers-Text", language, row["Input"], said, zone(language), wanted)


def replies() -> Iterator[dict[str, Any]]:
    for path in sorted((ROOT / "corpora/replies/train").glob("*.jsonl")):
        yield from lines(path)


def reply_days() -> Iterator[Case]:
    for row in replies():
        if row["pay_on"]:
            wanted = frozenset((date.fromisoformat(row["pay_on"]),))
            yield Case(
                "Replies", row["language"], row["reply"], date.fromisoformat(row["said_on"]), row["timezone"], wanted
            )


def amount_cases(folder: Path) -> Iterator[Case]:
    never = date(2026, 1, 1)
    for row in lines(folder / "dates-amounts/duckling_money.jsonl"):
        if row["kind"] != "between" and not _UNBILLED.search(row["currency"]):
            value = Decimal(row["value"]) / (100 if row["currency"] == "Cent" else 1)
            yield Case("Duckling", tag(row["lang"]), row["text"], never, "", frozenset((value,)))
    for name, language in NAMES.items():
        path = folder / f"dates-amounts/recognizers-text/Specs/NumberWithUnit/{name}/CurrencyModel.json"
        for row in json.loads(path.read_text("utf-8-sig")):
            wanted = [amount for result in row["Results"] for amount in resolved(result)]
            units = " ".join(str((result.get("Resolution") or {}).get("unit")) for result in row["Results"])
            unbilled = _UNBILLED.search(units) or _CHANGE.search(row["Input"])
            if not unbilled and not re.search(r"\b[KM](USD|EUR|GBP|AUD)\b|₾", row["Input"]):
                yield Case("Recognizers-Text", language, row["Input"], never, "", frozenset(wanted))


def resolved(result: dict[str, Any]) -> Iterator[Decimal]:
    resolution = result.get("Resolution") or {}
    try:
        value = Decimal(str(resolution.get("value")).replace(",", "."))
    except InvalidOperation:
        return
    yield abs(value) / (100 if _SMALL.search(resolution.get("unit", "")) else 1)


def reply_amounts() -> Iterator[Case]:
    for row in replies():
        if row["pay_amount"]:
            wanted = frozenset(((Decimal(row["pay_amount"]), row["pay_currency"]),))
            yield Case("Replies", row["language"], row["reply"], date(2026, 1, 1), "", wanted, row["pay_currency"])


def lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def judged(found: list[Any], wanted: frozenset[Any], source: str, *, one: bool) -> str:
    if source == "Replies":
        return "right" if wanted & set(found) else "none"
    if not wanted:
        return "wrong" if found else "right"
    if not found:
        return "none"
    fits = set(found) <= wanted if one else set(found) == set(wanted)
    return "right" if fits else "wrong"


def our_days(case: Case) -> list[date]:
    found = find_days(case.text, case.language, case.said_on, case.zone)
    return [day for found_day in found for day in (found_day.on, found_day.until) if day]


def dateparser_days(case: Case) -> list[date]:
    import dateparser  # type: ignore[import-untyped]
    from dateparser.search import search_dates  # type: ignore[import-untyped]

    language = case.language.partition("-")[0]
    settings = {
        "RELATIVE_BASE": datetime(case.said_on.year, case.said_on.month, case.said_on.day, 12),
        "PREFER_DATES_FROM": "future",
        "DATE_ORDER": "MDY" if case.zone.startswith("America/New") else "DMY",
    }
    if case.source == "Duckling":  # the text is nothing but the phrase
        moment = dateparser.parse(case.text, languages=[language], settings=settings)
        return [moment.date()] if moment else []
    found = search_dates(case.text, languages=[language], settings=settings)
    return [moment.date() for _, moment in found or ()]


def our_amounts(case: Case) -> list[Any]:
    found = find_amounts(case.text, case.language, case.hint)
    if case.source == "Replies":
        return [(amount.value, amount.currency) for amount in found]
    return [amount.value for amount in found]


def price_parser_amounts(case: Case) -> list[Any]:
    from price_parser import Price

    price = Price.fromstring(case.text)
    if price.amount is None:
        return []
    if case.source == "Replies":
        return [(price.amount, case.hint)] if case.hint and price.currency else [(price.amount, None)]
    return [price.amount]


def table(cases: list[Case], readers: dict[str, Any], *, one: bool) -> str:
    counts: dict[tuple[str, str], dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    spent: dict[str, float] = defaultdict(float)
    for case in cases:
        for name, reader in readers.items():
            start = time.process_time()
            try:
                found = reader(case)
            except Exception:  # a library's fault is no answer
                found = []
            spent[name] += time.process_time() - start
            verdict = judged(found, case.wanted, case.source, one=one)
            counts[(case.source, case.language)][name][verdict] += 1
            counts[(case.source, "all")][name][verdict] += 1
    head = " | ".join(f"{name}: right | wrong | none" for name in readers)
    rows = [f"| source | language | cases | {head} |", "|---|---|---:|" + "---:|" * 3 * len(readers)]
    for (source, language), by_name in sorted(
        counts.items(), key=lambda item: (item[0][0], item[0][1] == "all", item[0][1])
    ):
        total = by_name[next(iter(readers))].total()
        cells = [f"{by_name[name][verdict] / total:.2f}" for name in readers for verdict in ("right", "wrong", "none")]
        rows.append(f"| {source} | {language} | {total} | {' | '.join(cells)} |")
    per_case = ", ".join(f"{name} {1000 * spent[name] / len(cases):.2f} ms" for name in readers)
    return "\n".join([*rows, "", f"Time per case: {per_case}."])


def main() -> None:
    folder = data_folder()
    days = [*(day_cases(folder) if folder else ()), *reply_days()]
    amounts = [*(amount_cases(folder) if folder else ()), *reply_amounts()]
    if folder is None:
        print("No outside test data: only our replies are counted.", file=sys.stderr)
    print(SCOPE, "\n\n## Days\n")
    print(table(days, {"Purring": our_days, "dateparser": dateparser_days}, one=True))
    print("\n## Amounts\n")
    print(table(amounts, {"Purring": our_amounts, "price-parser": price_parser_amounts}, one=False))


if __name__ == "__main__":
    main()
