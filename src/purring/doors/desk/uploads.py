# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files between upload and import: kept in the data folder, one folder per upload and organization, for a day at most,
together with what a person said about them: the columns chosen, single values written anew.

Names from outside never become paths: files are numbered, their names stand in a list beside them.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from purring.core.errors import Refused
from purring.facts.organizations.models import Organization

KEPT_FOR = timedelta(days=1)
MOST_FILES = 200
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True)
class Upload:
    """One upload: its files as (path, name as the person called it), and the columns chosen so far by file name."""

    folder: Path

    @property
    def token(self) -> str:
        return self.folder.name

    @property
    def files(self) -> list[tuple[Path, str]]:
        names: list[str] = json.loads((self.folder / "names.json").read_text())
        return [(self.folder / f"{number}.bin", name) for number, name in enumerate(names)]

    @property
    def mappings(self) -> dict[str, dict[str, str]]:
        path = self.folder / "mappings.json"
        return json.loads(path.read_text()) if path.is_file() else {}

    @property
    def corrections(self) -> dict[str, dict[int, dict[int, str]]]:
        """What a person wrote instead of single cells: file name -> line -> (index of the column -> text)."""
        path = self.folder / "corrections.json"
        kept = json.loads(path.read_text()) if path.is_file() else {}
        return {
            name: {int(line): {int(at): text for at, text in cells.items()} for line, cells in lines.items()}
            for name, lines in kept.items()
        }

    def correct(self, corrections: dict[str, dict[int, dict[int, str]]]) -> None:
        """Keep these instead of those kept before."""
        (self.folder / "corrections.json").write_text(json.dumps(corrections))

    @property
    def counted(self) -> dict[str, int]:
        """How many rows its lists have, as far as somebody looked: file name -> rows."""
        path = self.folder / "counted.json"
        return json.loads(path.read_text()) if path.is_file() else {}

    def count(self, rows: dict[str, int]) -> None:
        """Keep how many rows there are, so that nobody need read a large file once more for it."""
        (self.folder / "counted.json").write_text(json.dumps(rows))

    @property
    def begins(self) -> bool:
        """It is part of setting up: afterwards the person goes on with that."""
        return (self.folder / "begins").exists()

    @property
    def entity(self) -> int | None:
        """Who bills what is in it; None: the usual one."""
        path = self.folder / "entity"
        return int(path.read_text()) if path.is_file() else None

    def map(self, mappings: dict[str, dict[str, str]]) -> None:
        """Keep the columns a person chose: file name -> (header -> field)."""
        (self.folder / "mappings.json").write_text(json.dumps(mappings))


def _place(organization: Organization) -> Path:
    return Path(settings.DATA_FOLDER) / "uploads" / str(organization.pk)


def keep(
    organization: Organization,
    files: Iterable[UploadedFile[Any]],
    now: datetime,
    *,
    begins: bool = False,
    entity_id: int | None = None,
) -> Upload:
    """Keep the files of one upload; older ones that nobody imported are thrown away. `begins`: as part of setting up;
    `entity_id`: who bills what is in them."""
    chosen = list(files)
    if not chosen:
        raise Refused("no_file", "choose at least one file", field="files")
    if len(chosen) > MOST_FILES:
        raise Refused("too_many", f"at most {MOST_FILES} files at once", field="files")
    place = _place(organization)
    _clear(place, now)
    folder = place / secrets.token_urlsafe(16)
    folder.mkdir(mode=0o700, parents=True)
    for number, file in enumerate(chosen):
        with (folder / f"{number}.bin").open("wb") as kept:
            for chunk in file.chunks():
                kept.write(chunk)
    names = [re.sub(r"[\x00-\x1f/\\]", "_", file.name or "file")[-120:] for file in chosen]
    if begins:
        (folder / "begins").touch()
    if entity_id is not None:
        (folder / "entity").write_text(str(entity_id))
    (folder / "names.json").write_text(json.dumps(names))
    return Upload(folder)


def find(organization: Organization, token: str) -> Upload:
    """The upload of a token. Refuses (`not_found`) one that is gone or another organization's."""
    folder = _place(organization) / token
    if not _TOKEN.fullmatch(token) or not (folder / "names.json").is_file():
        raise Refused("not_found", "this upload is not there any more")
    return Upload(folder)


def claim(upload: Upload) -> Upload | None:
    """Take the upload to import it; None when a click before did. The caller throws it away afterwards."""
    taken = upload.folder.with_name(f"{upload.token}.taken")
    try:
        upload.folder.rename(taken)
    except FileNotFoundError:
        return None
    return Upload(taken)


def give_back(upload: Upload) -> None:
    """It could not be taken after all: it waits as it did."""
    upload.folder.rename(upload.folder.with_suffix(""))


def throw_away(upload: Upload) -> None:
    shutil.rmtree(upload.folder, ignore_errors=True)


def _clear(place: Path, now: datetime) -> None:
    oldest = (now - KEPT_FOR).timestamp()
    for folder in place.glob("*") if place.is_dir() else ():
        if folder.stat().st_mtime < oldest:
            shutil.rmtree(folder, ignore_errors=True)
