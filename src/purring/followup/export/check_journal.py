# SPDX-License-Identifier: AGPL-3.0-or-later
"""Checks the chain of an exported journal. Needs Python 3 and nothing else: python check_journal.py journal.jsonl

Each entry's hash is SHA-256 over the hash before it, a line feed, and the entry's body as JSON with sorted keys and no
spaces. What a person wrote stands outside: the body holds SHA-256 over its salt, a zero byte and the text.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable


def check(lines: Iterable[str]) -> tuple[list[str], int, str]:
    """What is wrong, a line each, then the number and the hash of the last entry."""
    previous, expected = "0" * 64, 1
    wrong: list[str] = []
    for line in lines:
        entry = json.loads(line)
        body = json.dumps(entry["body"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        number = entry["body"]["seq"]
        if number != expected:
            wrong.append(f"entry {expected} is missing")
        if hashlib.sha256(f"{previous}\n{body}".encode()).hexdigest() != entry["hash"]:
            wrong.append(f"entry {number} was changed")
        if "text" in entry:
            text = hashlib.sha256(f"{entry['salt']}\0{entry['text']}".encode()).hexdigest()
            if text != entry["body"]["text"]:
                wrong.append(f"the text of entry {number} was changed")
        previous, expected = entry["hash"], number + 1
    return wrong, expected - 1, previous


if __name__ == "__main__":
    with open(sys.argv[1] if len(sys.argv) > 1 else "journal.jsonl", encoding="utf-8") as file:
        found, last, sealed = check(file)
    for one in found:
        print(one)
    print(f"{'BROKEN' if found else 'whole'}: {last} entries, the last one {sealed}")
    sys.exit(1 if found else 0)
