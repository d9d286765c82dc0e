# SPDX-License-Identifier: AGPL-3.0-or-later
"""Late charges per second on one core, one law, up to four rate segments: `python -m bench.law`.

Baseline of the same run: the plainest correct way for the interest alone, a loop over the days with a dictionary of
rates per day and one exact sum at the end. The ratio says what the rules, the items and the segments cost beside it.
"""

from __future__ import annotations

import random
import time
from datetime import date, timedelta

from purring.law.book import book
from purring.law.charges import late_charges
from purring.law.claim import Claim

LAWS = (("NO", "NOK"), ("SE", "SEK"), ("DE", "EUR"), ("FR", "EUR"), ("GB", "GBP"), ("NL", "EUR"), ("FI", "EUR"))
NEWEST = date(2026, 11, 20)
LONGEST_DAYS = 540
RUNS = 5
FOUR = 4


def claims(count: int, rng: random.Random) -> list[Claim]:
    made = []
    for _ in range(count):
        law, currency = rng.choice(LAWS)
        on = NEWEST - timedelta(rng.randint(0, 300))
        made.append(
            Claim(
                amount=rng.randint(5_000, 5_000_000),
                currency=currency,
                due=on - timedelta(rng.randint(5, LONGEST_DAYS)),
                on=on,
                kind=rng.choice(("business", "consumer")),
                law=law,
                calendar_due_date_agreed=True,
            )
        )
    return made


def by_days(claim: Claim, rates: dict[date, int]) -> int:
    """Interest at the given rate of each day, rounded down once."""
    total = 0
    day = claim.due + timedelta(1)
    while day <= claim.on:
        total += claim.amount * rates[day]
        day += timedelta(1)
    return total // (365 * 100_000_000)


def day_rates() -> dict[date, int]:
    series = book().rates["NO_STATUTORY"]
    first, last = date(2020, 1, 1).toordinal(), date(2026, 12, 31).toordinal()
    return {
        date.fromordinal(day): span.rate
        for span in series.spans(first, last)
        for day in range(span.first, span.last + 1)
    }


def main() -> None:
    seed = 7
    work = claims(10_000, random.Random(seed))
    longest = [claim for claim in work if len(late_charges(claim).interest.segments) >= FOUR]
    print(f"seed {seed}: {len(work)} claims, {len(longest)} of them with four rate segments or more")
    for name, some in (("all", work), ("four segments", longest)):
        compare(name, some)


def compare(name: str, work: list[Claim]) -> None:
    rates = day_rates()
    took: dict[str, list[float]] = {"day loop": [], "late charges": []}
    for _ in range(RUNS):
        start = time.process_time()
        for claim in work:
            by_days(claim, rates)
        took["day loop"].append(time.process_time() - start)
        start = time.process_time()
        for claim in work:
            late_charges(claim)
        took["late charges"].append(time.process_time() - start)
    best = {what: min(times) for what, times in took.items()}
    print(f"{name}:")
    for what, seconds in best.items():
        print(f"  {what:13} {len(work) / seconds:>10,.0f} per CPU second   {seconds / len(work) * 1e6:6.1f} us")
    ratio = best["late charges"] / best["day loop"]
    print(f"  late charges / day loop = {ratio:.2f}   (to reach: 20,000/s)")


if __name__ == "__main__":
    main()
