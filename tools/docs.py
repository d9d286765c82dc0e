# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes the pages that are made from the program (settings, law), and checks the links in all our texts.

Every relative link in our Markdown has to lead to a file, and to a heading that is there. Prints each broken
one as `file:line: link` and exits 1 when there is one.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from purring.config.environment import SETTINGS, Setting

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:  # run as a file, its neighbours are not found otherwise
    sys.path.insert(0, str(ROOT))

from tools import law_page  # noqa: E402

CONFIGURATION = ROOT / "docs" / "configuration.md"
LAW = ROOT / "docs" / "law.md"
INTRODUCTION = """\
# Configuration

All settings there are. Each is taken from the environment, else from the file `.env` in the data folder
(lines like `NAME=value`), else it has its default. Nothing has to be set to look around; `purring doctor`
says what is missing or weak for real work. [Operations](operations.md) shows a whole set-up.

This page is made by `make docs` from `src/purring/config/environment.py`.
"""
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *$")


def main() -> int:
    CONFIGURATION.write_text(configuration())
    LAW.write_text(law_page.page())
    pages = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
    broken = [problem for page in pages for problem in broken_links(page)]
    print("\n".join(broken) if broken else f"{len(pages)} pages, every link leads somewhere")
    return 1 if broken else 0


def configuration() -> str:
    """The text of docs/configuration.md."""
    return "\n".join([INTRODUCTION, *map(described, SETTINGS)])


def described(setting: Setting) -> str:
    default = f"Default: `{setting.default}`" if setting.default else "Default: empty"
    example = f" · for example `{setting.example}`" if setting.example else ""
    return f"## {setting.name}\n\n{setting.what}\n\n{default}{example}\n"


def broken_links(page: Path) -> list[str]:
    found = []
    for number, line in prose_lines(page):
        for target in LINK.findall(line):
            if not leads_somewhere(page, target):
                found.append(f"{page.relative_to(ROOT)}:{number}: {target}")
    return found


def leads_somewhere(page: Path, target: str) -> bool:
    if re.match(r"[a-z]+:", target):  # another place; not looked up, so that the check needs no network
        return True
    path, _, anchor = target.partition("#")
    file = (page.parent / path) if path else page
    return file.exists() and (not anchor or file.suffix != ".md" or anchor in anchors(file))


def anchors(page: Path) -> set[str]:
    """The headings as Markdown renderers name them: lower case, no punctuation, dashes for spaces."""
    headings = (HEADING.match(line) for _, line in prose_lines(page))
    return {re.sub(r"[^\w\- ]", "", h[1].lower()).replace(" ", "-") for h in headings if h}


def prose_lines(page: Path) -> list[tuple[int, str]]:
    """The lines outside fenced code, with their numbers."""
    lines, in_code = [], False
    for number, line in enumerate(page.read_text().splitlines(), start=1):
        if line.lstrip().startswith("```"):
            in_code = not in_code
        elif not in_code:
            lines.append((number, line))
    return lines


if __name__ == "__main__":
    sys.exit(main())
