# SPDX-License-Identifier: Apache-2.0
"""Where quoted history stands in the text of a mail: "On … wrote:", header blocks, separators, lines with ">".

No rule depends on one mail program; what they share is a day or an address before a word for writing, or two header
labels close together. The words are in `cut_words.toml`.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

WORDS = Path(__file__).with_name("cut_words.toml")

QUOTED = re.compile(r"^[ \t]{0,3}(?:>|&gt;)")
_PREFIX = re.compile(r"^(?:[ \t]*(?:>|&gt;))+[ \t]?")
_WHEN = re.compile(r"\d{1,2}[:.h]\s?\d{2}|\d{4}|\d{1,2}[./-]\d{1,2}[./-]\d{2}|@")
_SEPARATOR = re.compile(r"^[\s*_\-–—=]*[_\-–—=]{5,}[\s*]*$")
_MOST_JOINED = 4
"""Lines an "On … wrote:" may be broken into."""
_LONGEST = 330


@cache
def listed(name: str) -> tuple[str, ...]:
    """One list of `cut_words.toml`."""
    with WORDS.open("rb") as file:
        lists = tomllib.load(file)
    return tuple(lists[name])


def any_of(*names: str) -> str:
    """A group that takes any word of these lists, longer ones first."""
    return "(?:" + "|".join(sorted((word for name in names for word in listed(name)), key=len, reverse=True)) + ")"


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    verb = rf"(?<!\w){any_of('wrote')}(?!\w)"
    start = rf"(?:{any_of('starts')}\W|{any_of('weekdays')}[.,]*\s+(?:den\s|the\s|d\.\s)?\d|\d{{1,4}}[.\s/-]|[*]?{any_of('citing')}\s)"
    labels = {name: rf"{any_of(name)}" for name in ("from", "sent", "to", "cc", "subject")}
    made = {
        "verb": verb,
        "attribution": rf"^[\s*_>\-]*(?:{start}|\S[^:\n]{{0,60}}<\S+@\S+>\s+).{{0,240}}?{verb}.{{0,110}}?(?::|：|$)",
        "bare": rf"^\W*(?:{any_of('weekdays')}[.,]*\s+)?\d[\d./\-\s\w]{{5,30}},?\s+\d{{1,2}}[:.]\d\d.{{0,80}}:\s*$",
        "citing": rf"^\W*{any_of('citing')}\s.{{0,120}}(?:@|\d{{4}}).{{0,80}}:\s*$",
        "own_words": r"(?:wrote|schrieb|schrieben|skrev|skreiv|schreef|escribió|escreveu)\s+(?:to |an )?(?:ich|wir|i|we|jeg|vi|jag|ik|wij|you|ihnen|dir|deg|dig|u|je|te|le|lhe)\b",
        "original": rf"^[\s>]*(?:[-_=*#~–—]{{2,}}\s*)?{any_of('original')}\s*:?\s*(?:[-_=*#~–—]{{2,}})?\s*$",
        "dashed": rf"^[\s>]*[-_=*#~–—]{{2,}}\s*{any_of('original')}.{{0,60}}$",
        "above": rf"^.{{0,25}}{any_of('above')}",
        "label": "^[\\s>]*[*_]{0,2}(?:"
        + "|".join(f"(?P<{name}>{words})" for name, words in labels.items())
        + r")[*_]{0,2}\s?[:：][*_]{0,2}(?:\s|$)",
    }
    return {name: re.compile(pattern, re.IGNORECASE) for name, pattern in made.items()}


def unquoted(line: str) -> str:
    """The line without its ">" marks."""
    return _PREFIX.sub("", line)


def attributions(lines: list[str]) -> dict[int, int]:
    """First line -> line after the last one, of every "On … wrote:", however it was broken into lines."""
    rules, found = _patterns(), {}
    for number, line in enumerate(lines):
        if not line or len(line) > 2 * _LONGEST:
            continue
        if not rules["verb"].search(line):
            closed = line.rstrip().endswith(":")
            if closed and (
                rules["citing"].match(line) or (_bare(line, rules["bare"]) and _quote_follows(lines, number + 1))
            ):
                found[number] = number + 1
            continue
        for first in range(number, max(-1, number - _MOST_JOINED), -1):
            if first < number and not lines[first].strip():
                break
            joined = " ".join(unquoted(one).strip() for one in lines[first : number + 1])
            if len(joined) > _LONGEST + 400:
                break
            match = rules["attribution"].match(joined)
            if match and _WHEN.search(match[0]) and not rules["own_words"].search(match[0]):
                last = number + 1
                if (
                    ":" not in match[0][-1:]
                    and last < len(lines)
                    and lines[last].strip()
                    and not QUOTED.match(lines[last])
                ) and not joined.rstrip().endswith(":"):
                    # "… schrieb Name" with the address and the colon on the next line
                    following = lines[last].strip()
                    if not following.endswith(":"):
                        continue
                    last += 1
                found = {start: end for start, end in found.items() if not first <= start < last}
                found[first] = last
                break
    return found


def _bare(line: str, dated: re.Pattern[str]) -> bool:
    """A day or an address before a colon, in whatever language: enough where quoted lines follow."""
    return dated.match(line) is not None or (
        re.search(r"<\S+@\S+>", line) is not None and _WHEN.search(line) is not None
    )


def _quote_follows(lines: list[str], number: int) -> bool:
    while number < len(lines) and not lines[number].strip():
        number += 1
    return number < len(lines) and QUOTED.match(lines[number]) is not None


def history(lines: list[str]) -> int | None:
    """The line from which on all is older mail without marks: a separator or a block of headers. None when none is."""
    rules = _patterns()
    for number, line in enumerate(lines):
        if len(line) > 300 or not line.strip() or QUOTED.match(line):
            continue
        if rules["above"].match(line):
            return number if any(one.strip() for one in lines[:number]) else None
        if rules["original"].match(line) or rules["dashed"].match(line):
            return _before_separators(lines, number)
        if ":" in line or "：" in line:
            match = rules["label"].match(line)
            if match and match.lastgroup != "cc" and _block(lines, number, str(match.lastgroup), rules["label"]):
                return _before_separators(lines, number)
    return None


def without_headers(lines: list[str]) -> list[str]:
    """The lines without a block of header lines that opens a text, as some programs export mail."""
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    label = _patterns()["label"]
    match = label.match(lines[first]) if first is not None else None
    if first is None or match is None or not _block(lines, first, str(match.lastgroup), label):
        return lines
    after = first
    while after < len(lines) and lines[after].strip():
        after += 1
    return lines[after:] if any(line.strip() for line in lines[after:]) else lines


def _block(lines: list[str], number: int, first: str, label: re.Pattern[str]) -> bool:
    """Whether a header line is followed by others of another kind."""
    kinds, blank = {first}, 0
    for line in lines[number + 1 : number + 7]:
        if not line.strip():
            blank += 1
            if blank > 1:
                break
            continue
        match = label.match(line)
        if match:
            kinds.add(str(match.lastgroup))
        elif len(line) < 200 and not ("@" in line or line.startswith((" ", "\t"))):
            break
    return len(kinds) >= 2 and bool(kinds & {"from", "sent"}) and len(kinds - {"to"}) >= 1


def _before_separators(lines: list[str], number: int) -> int:
    while number and (not lines[number - 1].strip() or _SEPARATOR.match(lines[number - 1])):
        number -= 1
    return number
