# SPDX-License-Identifier: AGPL-3.0-or-later
"""Makes the language profiles of `purring.language.detect`: `python -m tools.train_detect [--check]`.

Learns from four sources, the same each time: the common words in `tools/language_words/`, our own wordings, the
training halves of `corpora/`, and the translations Django carries (BSD licence; only counts of words and of groups of
letters are kept, no text). `--check` leaves the replies out, and says how many of them are then recognised.
"""

from __future__ import annotations

import ast
import json
import math
import re
import sys
from collections import Counter
from pathlib import Path

import django

from purring.language import detect

ROOT = Path(__file__).resolve().parents[1]
WORDS, GROUPS = 1100, 1100
"""Words and groups of three letters kept per language: the most telling ones."""
DJANGO = {"nb": "nb", "pt-PT": "pt", "pt-BR": "pt_BR"}
BACKGROUND = 2e-6
"""Share below which a word or group says nothing."""


def main() -> None:
    check = "--check" in sys.argv
    texts = {language: _texts(language, replies=not check) for language in detect.LANGUAGES}
    profiles = _profiles(texts)
    if check:
        _check(detect.Profiles(profiles))
        return
    lines = ",\n".join(
        f" {json.dumps(key)}: " + json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        for key, value in profiles.items()
    )
    detect.PROFILES.write_text("{\n" + lines + "\n}\n", encoding="utf-8")
    print(f"{detect.PROFILES.relative_to(ROOT)}: {detect.PROFILES.stat().st_size // 1024} KB")


def _texts(language: str, *, replies: bool) -> list[tuple[str, float]]:
    """What is known in one language, each text with how much it counts."""
    listed = (ROOT / "tools" / "language_words" / f"{language}.txt").read_text(encoding="utf-8")
    found = [(listed, 12.0)]
    for path in sorted((ROOT / "src/purring/language/wordings").glob(f"{language}/*.txt")):
        plain = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|^(==|#).*$", " ", path.read_text(encoding="utf-8"), flags=re.M | re.S)
        found.append((plain, 1.0))
    for kind in ("replies", "outgoing") if replies else ("outgoing",):
        for path in sorted((ROOT / "corpora" / kind / "train").glob("*.jsonl")):
            for line in path.read_text(encoding="utf-8").splitlines():
                item = json.loads(line)
                if item["language"] == language:
                    found.append((item["text"], 3.0))
    locale = DJANGO.get(language, language)
    for path in sorted(Path(django.__file__).parent.glob(f"**/locale/{locale}/LC_MESSAGES/*.po")):
        found.extend((text, 0.3) for text in _translations(path))
    return found


def _translations(path: Path) -> list[str]:
    """The translated sentences of a .po file; where the language is English they are its originals."""
    wanted = "msgid" if path.parts[-3] == "en" else "msgstr"
    found, taking = [], False
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith(("msg", "#")):
            taking = line.startswith(wanted)
        if taking and line.startswith(("msg", '"')):
            found.append(re.sub(r"%\(\w+\)\w|%\w|<[^>]*>|\S+:.*\\n", " ", ast.literal_eval(line[line.index('"') :])))
    return found


def _profiles(texts: dict[str, list[tuple[str, float]]]) -> dict[str, object]:
    words: dict[str, Counter[str]] = {}
    groups: dict[str, Counter[str]] = {}
    for language, known in texts.items():
        words[language], groups[language] = Counter(), Counter()
        for text, count in known:
            for word in detect.words(text):
                words[language][word] += count  # type: ignore[assignment]
                for group in detect.groups(word):
                    groups[language][group] += min(count, 3.0)  # type: ignore[assignment]
    return {
        "languages": list(texts),
        "words": _weights(words, WORDS),
        "groups": _weights(groups, GROUPS),
    }


def _weights(counts: dict[str, Counter[str]], keep: int) -> dict[str, list[int]]:
    """Word -> language, weight, language, weight, ...: tenths of the natural logarithm above the background."""
    totals = {language: sum(found.values()) for language, found in counts.items()}
    kept: set[str] = set()
    for language, found in counts.items():
        others = Counter[str]()
        for other, more in counts.items():
            if other != language:
                for word, count in more.items():
                    others[word] = max(others[word], count / totals[other])  # type: ignore[assignment]

        def telling(
            word: str, found: Counter[str] = found, language: str = language, others: Counter[str] = others
        ) -> float:
            share = found[word] / totals[language]
            return share * (0.3 + abs(math.log((share + BACKGROUND) / (others[word] + BACKGROUND))))

        kept.update(sorted(found, key=lambda word: (-telling(word), word))[:keep])
    weights = {}
    for word in sorted(kept):
        row = []
        for number, language in enumerate(counts):
            weight = round(10 * math.log(1 + counts[language][word] / totals[language] / BACKGROUND / 10))
            if weight > 0:
                row += [number, weight]
        weights[word] = row
    return weights


def _check(profiles: detect.Profiles) -> None:
    wrong: Counter[tuple[str, str | None]] = Counter()
    total: Counter[str] = Counter()
    for path in sorted((ROOT / "corpora/replies/train").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            item = json.loads(line)
            total[item["language"]] += 1
            found = profiles.best(item["reply"])
            if found != item["language"]:
                wrong[item["language"], found] += 1
                print(item["id"], found, item["reply"][:100].replace("\n", " "))
    print(f"{1 - wrong.total() / total.total():.3f} of {total.total()} replies recognised from texts of other kinds")
    for (language, found), count in wrong.most_common():
        print(f"  {language} taken for {found}: {count} of {total[language]}")


if __name__ == "__main__":
    main()
