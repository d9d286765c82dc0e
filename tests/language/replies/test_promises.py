# SPDX-License-Identifier: AGPL-3.0-or-later
"""When the money will come, as people of eleven countries say it in short answers (`corpora/replies/promises`)."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

from purring.language.replies.reading import read_reply

PROMISES = Path(__file__).resolve().parents[3] / "corpora" / "replies" / "promises"
RIGHT, INVENTED = 0.8, 0.1


def test_the_day_of_a_promise_is_read_and_seldom_invented() -> None:
    found: Counter[str] = Counter()
    for path in sorted(PROMISES.glob("*.txt")):
        for line in path.read_text("utf-8").splitlines():
            said, paid, _, text = (part.strip() for part in line.split("|", 3))
            told = read_reply(text, language=path.stem, said_on=date.fromisoformat(said)).pay_on
            if paid == "-":
                found["none"] += 1
                found["invented"] += told is not None
            else:
                found["days"] += 1
                found["right"] += told == date.fromisoformat(paid)
    assert found["days"] > 400
    assert found["right"] >= RIGHT * found["days"], found
    assert found["invented"] <= INVENTED * found["none"], found
