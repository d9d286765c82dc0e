# SPDX-License-Identifier: AGPL-3.0-or-later
"""How well replies are read: `python -m tools.reply_score FOLDER [--wrong]`, a folder of `*.jsonl` as `corpora/replies/train`.

Prints per language and in all: the reply cut out exactly, kind, language, primary intent, the set of intents (F1), the
promised day and sum, the day of return, references, hostility, whether an answer is owed; and how many are wrong of what
would pause reminders (promise_to_pay, already_paid, dispute, insolvency, stop_contact as primary): of those named, and of
those that are sure enough to be taken without a person. `--wrong`
shows what was wrong, `--confusion` which primary was taken for which. `--weights=FOLDER` reads with models of that
folder, such as those of `tools/train_sentences.py --sentences-only`, which have not seen the mails.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from purring.language.learned import model
from purring.language.replies.intents import PAUSES
from purring.language.replies.reading import Reading, read_reply

COLUMNS = ("cut", "kind", "language", "primary", "pay_on", "pay_amount", "return_on", "refs", "hostile", "owed")


@dataclass
class Score:
    """Counts of one language, or of all."""

    right: Counter[str] = field(default_factory=Counter)
    of: Counter[str] = field(default_factory=Counter)
    pauses: int = 0
    wrong_pauses: int = 0
    taken: int = 0
    wrong_taken: int = 0
    found: int = 0
    named: int = 0
    both: int = 0

    def share(self, name: str) -> str:
        return f"{self.right[name] / self.of[name]:.3f}" if self.of[name] else "-"

    def intents_f1(self) -> str:
        return f"{2 * self.both / (self.found + self.named):.3f}" if self.found + self.named else "-"

    def wrong(self) -> str:
        return f"{self.wrong_pauses}/{self.pauses}"

    def wrong_of_taken(self) -> str:
        return f"{self.wrong_taken}/{self.taken}"


def items(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield json.loads(line)


def read(item: dict[str, Any]) -> Reading:
    return read_reply(item["text"], said_on=date.fromisoformat(item["said_on"]), timezone=item["timezone"])


def compared(item: dict[str, Any], reading: Reading) -> dict[str, tuple[object, object]]:
    """Column -> what was wanted and what was found, only where there is something to find or something was found."""
    pairs: dict[str, tuple[object, object]] = {
        "cut": (item["reply"].strip(), reading.reply.strip()),
        "kind": (item["kind"], reading.kind),
        "language": (item["language"], reading.language),
        "primary": (item["primary"], reading.primary),
        "hostile": (item["hostile"], reading.hostile),
        "owed": (item["open_question"], reading.open_question),
        "refs": (sorted(item["invoice_refs"]), sorted(reading.invoice_refs)),
    }
    pay_on = reading.pay_on.isoformat() if reading.pay_on else None
    back = reading.return_on.isoformat() if reading.return_on else None
    for name, wanted, found in (("pay_on", item["pay_on"], pay_on), ("return_on", item["return_on"], back)):
        if wanted is not None or found is not None:
            pairs[name] = (wanted, found)
    amount = Decimal(item["pay_amount"]) if item["pay_amount"] and "promise_to_pay" in item["intents"] else None
    if amount is not None or reading.pay_amount is not None:
        pairs["pay_amount"] = (amount, reading.pay_amount)
    return pairs


def add(score: Score, item: dict[str, Any], reading: Reading) -> None:
    for name, (wanted, found) in compared(item, reading).items():
        score.of[name] += 1
        score.right[name] += wanted == found
    named = {one.intent for one in reading.intents}
    score.found += len(named)
    score.named += len(item["intents"])
    score.both += len(named & set(item["intents"]))
    if reading.primary in PAUSES:
        score.pauses += 1
        score.wrong_pauses += reading.primary not in item["intents"]
    if reading.sure:
        score.taken += 1
        score.wrong_taken += reading.primary not in item["intents"]


def use_weights(words: list[str]) -> None:
    """Read with the models of the folder that `--weights=FOLDER` names."""
    for word in words:
        if word.startswith("--weights="):
            model.FOLDER = Path(word.partition("=")[2])


def main() -> None:
    use_weights(sys.argv)
    folder = Path(next((one for one in sys.argv[1:] if not one.startswith("-")), "corpora/replies/train"))
    scores: dict[str, Score] = {}
    confused: Counter[tuple[str, str]] = Counter()
    for item in items(folder):
        reading = read(item)
        for name in (item["language"], "all"):
            add(scores.setdefault(name, Score()), item, reading)
        if item["primary"] != reading.primary:
            confused[item["primary"], reading.primary] += 1
        if "--wrong" in sys.argv:
            for name, (wanted, found) in compared(item, reading).items():
                if wanted != found:
                    print(f"{item['id']} {name}: wanted {wanted!r}, found {found!r}")
    print("language " + " ".join(f"{name:>10}" for name in (*COLUMNS, "intents F1", "wrong pauses", "of taken")))
    for name in sorted(scores, key=lambda one: (one == "all", one)):
        score = scores[name]
        cells = [
            *(score.share(column) for column in COLUMNS),
            score.intents_f1(),
            score.wrong(),
            score.wrong_of_taken(),
        ]
        print(f"{name:8} " + " ".join(f"{cell:>10}" for cell in cells))
    if "--confusion" in sys.argv:
        for (wanted, found), count in confused.most_common():
            print(f"{count:4}  {wanted} read as {found}")


if __name__ == "__main__":
    main()
