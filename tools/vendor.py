# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fetches the front-end files named in tools/vendor.toml with npm and puts them where the manifest says.

For whoever upgrades them; the files themselves are in git. Each download is checked against the integrity
value of the manifest, so that a version can never change its content.
"""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MANIFEST = ROOT / "tools" / "vendor.toml"


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


def extract(archive: Path, inside: str, destination: Path) -> None:
    with tarfile.open(archive) as tar:
        member = tar.extractfile(f"package/{inside}")
        if member is None:
            raise FileNotFoundError(f"{inside} is no file in {archive.name}")
        destination.parent.mkdir(parents=True, exist_ok=True)
        destination.write_bytes(member.read())


def with_integrity(text: str, name: str, integrity: str) -> str:
    """The manifest's text with the empty integrity of this package filled in, all else untouched."""
    pattern = re.compile(rf'(name = "{re.escape(name)}"\n(?:(?!\[\[package).*\n)*?integrity = )""')
    return pattern.sub(lambda found: f'{found[1]}"{integrity}"', text, count=1)


if __name__ == "__main__":
    sys.exit(main())
