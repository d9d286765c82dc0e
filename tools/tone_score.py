# SPDX-License-Identifier: AGPL-3.0-or-later
"""How well the tone guard does on texts with known problems: `python -m tools.tone_score FOLDER [--misses]`.

Reads every *.jsonl of the folder in the form of `corpora/outgoing` and prints, per language and code, how many of the
planted problems were found (same code and field, overlapping words; for a missing part the code), how many good texts
have any finding, and how many are blocked. `--misses` names the texts, for whoever may see them.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from purring.language.tone import Finding, check_tone


@dataclass
class Score:
    """Counts of one language."""

    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    good: int = 0
    flagged: list[tuple[str, list[str]]] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)
    missed: list[tuple[str, str, str]] = field(default_factory=list)


def texts(folder: Path) -> Iterator[dict[str, Any]]:
    """Every text of a folder's files."""
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            if line.strip():
                yield json.loads(line)


def found_by(planted: dict[str, Any], findings: Iterable[Finding], text: dict[str, Any]) -> bool:
    """Whether a finding has the planted code and touches the planted words."""
    quote = planted.get("quote")
    for one in findings:
        if one.code != planted["code"]:
            continue
        if quote is None:
            return True
        if one.field != planted["field"] or one.start is None or one.end is None:
            continue
        start = text[planted["field"]].find(quote)
        if one.start < start + len(quote) and start < one.end:
            return True
    return False


def score(all_texts: Iterable[dict[str, Any]]) -> dict[str, Score]:
    """Scores by language tag."""
    scores: dict[str, Score] = {}
    for text in all_texts:
        one = scores.setdefault(text["language"], Score())
        report = check_tone(
            text["text"],
            language=text["language"],
            stage=text["stage"],
            channel=text["channel"],
            facts=text["facts"],
            subject=text.get("subject"),
        )
        if not text["findings"]:
            one.good += 1
            if report.findings:
                one.flagged.append((text["id"], sorted({finding.code for finding in report.findings})))
            if report.verdict == "block":
                one.blocked.append(text["id"])
        for planted in text["findings"]:
            one.planted[planted["code"]] += 1
            if found_by(planted, report.findings, text):
                one.found[planted["code"]] += 1
            else:
                one.missed.append((text["id"], planted["code"], planted.get("quote") or ""))
    return scores


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--misses", action="store_true")
    given = options.parse_args()
    scores = score(texts(given.folder))
    codes: Counter[str] = Counter()
    codes_found: Counter[str] = Counter()
    for language, one in sorted(scores.items()):
        codes.update(one.planted)
        codes_found.update(one.found)
        planted, found = one.planted.total(), one.found.total()
        share = found / planted if planted else 1.0
        print(
            f"{language:6} found {found:4} of {planted:4} ({share:.2f})   good texts {one.good:4}, "
            f"flagged {len(one.flagged):3}, blocked {len(one.blocked):3}"
        )
        missed = Counter(code for _, code, _ in one.missed)
        if missed:
            print("       missed:", ", ".join(f"{code} {count}" for code, count in missed.most_common()))
        if one.flagged:
            print("       flagged:", ", ".join(f"{name} {' '.join(why)}" for name, why in one.flagged))
        if given.misses:
            for name, code, quote in one.missed:
                print(f"       {name} {code}: {quote}")
    print("by code:", ", ".join(f"{code} {codes_found[code]}/{count}" for code, count in sorted(codes.items())))


if __name__ == "__main__":
    main()
