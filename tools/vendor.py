# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fetches the front-end files and fonts named in tools/vendor.toml with npm and puts them where the manifest says.

For whoever upgrades them; the files themselves are in git. Each download is checked against the integrity
value of the manifest, so that a version can never change its content.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parents[1]
MANIFEST = ROOT / "tools" / "vendor.toml"
FONTS = ROOT / "src" / "purring" / "papers" / "fonts"

SUBSETS: dict[str, tuple[tuple[int, int], ...]] = {
    # Latin, Greek, Cyrillic, Vietnamese, their marks, punctuation, currencies and the common signs.
    "text": (
        (0x0020, 0x052F),
        (0x1E00, 0x20CF),
        (0x2100, 0x218F),
        (0x2190, 0x2199),
        (0x2200, 0x22FF),
        (0x25A0, 0x25FF),
        (0x2713, 0x2717),
        (0xFB00, 0xFB06),
        (0xFFFD, 0xFFFD),
    ),
}
FEATURES = ["kern", "mark", "mkmk", "locl", "ccmp", "liga", "tnum", "case"]


def main() -> int:
    text = MANIFEST.read_text()
    for package in tomllib.loads(text)["package"]:
        name, version = package["name"], package["version"]
        with tempfile.TemporaryDirectory() as folder:
            archive = download(f"{name}@{version}", Path(folder))
            integrity = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
            if not package["integrity"]:
                text = with_integrity(text, name, integrity)
            elif package["integrity"] != integrity:
                print(f"{name} {version}: not what the manifest names (got {integrity})", file=sys.stderr)
                return 1
            for inside, destination in package["files"].items():
                extract(archive, inside, ROOT / destination)
                print(f"{name} {version}: {destination}")
            for inside, destination in package.get("fonts", {}).items():
                ranges = SUBSETS[package["subset"]] if "subset" in package else None
                (ROOT / destination).write_bytes(truetype(read(archive, inside), ranges))
                print(f"{name} {version}: {destination}")
    (FONTS / "coverage.txt").write_text(coverage())
    MANIFEST.write_text(text)
    return 0


def download(specification: str, folder: Path) -> Path:
    """The package's archive. Nothing of the package is run."""
    subprocess.run(
        ["npm", "pack", specification, "--ignore-scripts", "--silent", "--pack-destination", str(folder)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return next(folder.glob("*.tgz"))


def read(archive: Path, inside: str) -> bytes:
    with tarfile.open(archive) as tar:
        member = tar.extractfile(f"package/{inside}")
        if member is None:
            raise FileNotFoundError(f"{inside} is no file in {archive.name}")
        return member.read()


def extract(archive: Path, inside: str, destination: Path) -> None:
    destination.parent.mkdir(parents=True, exist_ok=True)
    destination.write_bytes(read(archive, inside))


def truetype(woff2: bytes, ranges: Iterable[tuple[int, int]] | None) -> bytes:
    """The font as TrueType; with ranges without hinting, and of the characters only those."""
    font = TTFont(io.BytesIO(woff2), recalcTimestamp=False)
    if ranges is not None:
        options = subset.Options(hinting=False, layout_features=FEATURES, name_IDs=["*"], notdef_outline=True)
        cut = subset.Subsetter(options)
        cut.populate(unicodes=[code for first, last in ranges for code in range(first, last + 1)])
        cut.subset(font)
    font.flavor = None
    made = io.BytesIO()
    font.save(made)
    return made.getvalue()


def coverage() -> str:
    """One line per family: the beginning of its file names and the characters that every one of its files has, as ranges of hex."""
    families: dict[str, set[int]] = {}
    for path in sorted(FONTS.glob("*.ttf")):
        name = path.stem.partition("-")[0]  # names inside fonts differ by weight
        codes = set(TTFont(path, lazy=True).getBestCmap())
        families[name] = families.get(name, codes) & codes
    head = "# Written by tools/vendor.py: which characters each family has.\n"
    return head + "".join(f"{name}: {' '.join(ranged(codes))}\n" for name, codes in sorted(families.items()))


def ranged(codes: Iterable[int]) -> Iterator[str]:
    start = last = -2
    for code in [*sorted(codes), -2]:
        if code == last + 1:
            last = code
            continue
        if start >= 0:
            yield f"{start:X}-{last:X}" if last > start else f"{start:X}"
        start = last = code


def with_integrity(text: str, name: str, integrity: str) -> str:
    """The manifest's text with the empty integrity of this package filled in, all else untouched."""
    pattern = re.compile(rf'(name = "{re.escape(name)}"\n(?:(?!\[\[package).*\n)*?integrity = )""')
    return pattern.sub(lambda found: f'{found[1]}"{integrity}"', text, count=1)


if __name__ == "__main__":
    sys.exit(main())
