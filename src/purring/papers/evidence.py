# SPDX-License-Identifier: Apache-2.0
"""An evidence pack: a ZIP of files with a manifest of their digests, and journal entries whose hashes anyone can redo.

    manifest.json   {"format", "files": {name: {"sha256", "size"}}, ...}
    journal.json    {"head": {"seq", "hash"}, "entries": [{"previous", "hash", "body", "salt", "text"}]}

`verify_pack` needs the file alone. What it proves: no byte of a file differs from the manifest, and each entry has the
hash that follows from its content and the hash before it. Whether the manifest itself is the one that was made is shown
by its digest, which the journal keeps and the command prints.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from datetime import date
from importlib import resources
from typing import Any

from purring.core.chain import digest_text, link
from purring.core.errors import Refused

FORMAT = "purring-evidence-1"
MANIFEST, JOURNAL = "manifest.json", "journal.json"
MOST_BYTES = 1_000_000_000
MOST_FILES = 20_000
_MADE = (1980, 1, 1, 0, 0, 0)
"""The same bytes for the same content: the moment stands in the manifest."""


def readme(language: str, number: str, day: date) -> str:
    """What the pack of an invoice holds and how it is checked, in one of the languages of the papers."""
    told = resources.files("purring.papers").joinpath("readmes", f"{language}.txt").read_text(encoding="utf-8")
    return told.format(number=number, day=day)


def write_pack(files: Mapping[str, bytes], about: Mapping[str, Any]) -> tuple[bytes, str]:
    """The ZIP of these files with their manifest, and the manifest's SHA-256. `about` stands in the manifest."""
    listed = {name: {"sha256": _sha256(content), "size": len(content)} for name, content in sorted(files.items())}
    manifest = json.dumps({"format": FORMAT, **about, "files": listed}, indent=1, ensure_ascii=False).encode()
    return _zipped({MANIFEST: manifest, **dict(sorted(files.items()))}), _sha256(manifest)


def _zipped(files: Mapping[str, bytes]) -> bytes:
    """Stored, not packed, so that the same files are the same bytes everywhere."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_STORED) as pack:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _MADE)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            pack.writestr(entry, content)
    return kept.getvalue()


class Verified:
    """What a pack says of itself, and what is wrong with it, one line each."""

    def __init__(self, manifest: Mapping[str, Any], digest: str, files: int, entries: int, wrong: list[str]) -> None:
        self.manifest, self.digest = manifest, digest
        self.files, self.entries = files, entries
        self.wrong = wrong


def verify_pack(data: bytes) -> Verified:
    """Check a pack by itself. Refuses (`not_a_pack`) what is none; what was changed in one is told in `wrong`."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as pack:
            listed = pack.infolist()
            if len(listed) > MOST_FILES or sum(one.file_size for one in listed) > MOST_BYTES:
                raise Refused("too_large", "this pack is larger than any that is made here")
            if len({one.filename for one in listed}) < len(listed):
                raise Refused("not_a_pack", "this pack has a file twice")
            found: dict[str, bytes | None] = {}
            for one in listed:
                try:
                    found[one.filename] = pack.read(one)
                except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, zlib.error):
                    found[one.filename] = None
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise Refused(
            "not_a_pack", "this is no evidence pack, or it is cut off: it cannot be opened as a ZIP"
        ) from None
    content = found.get(MANIFEST)
    manifest = _object(content)
    if content is None or manifest is None or manifest.get("format") != FORMAT:
        raise Refused("not_a_pack", f"this is no evidence pack: {MANIFEST} is not there, or cannot be read")
    wrong = list(_differences(manifest, found))
    journal = _object(found.get(JOURNAL))
    entries = journal.get("entries") if journal else None
    if isinstance(entries, list):
        wrong += _broken(entries)
    else:
        wrong.append(f"{JOURNAL} cannot be read")
    if not wrong and _zipped({name: one or b"" for name, one in found.items()}) != data:
        wrong.append("the ZIP around the files was changed or written anew; the files in it are as they were")
    count = len(entries) if isinstance(entries, list) else 0
    return Verified(manifest, _sha256(content), len(found) - 1, count, list(dict.fromkeys(wrong)))


def _differences(manifest: Mapping[str, Any], found: Mapping[str, bytes | None]) -> Iterator[str]:
    listed = manifest.get("files")
    if not isinstance(listed, dict):
        yield f"{MANIFEST} lists no files"
        return
    for name, told in listed.items():
        if name not in found:
            yield f"{name} is missing"
            continue
        content = found[name]
        if content is None or not isinstance(told, dict) or told.get("sha256") != _sha256(content):
            yield f"{name} was changed"
    for name in found.keys() - listed.keys() - {MANIFEST}:
        yield f"{name} was added"


def _broken(entries: list[Any]) -> Iterator[str]:
    """Entries whose hash does not follow from what they say and from the entry before."""
    last: tuple[int, str] | None = None
    for at, entry in enumerate(entries, 1):
        try:
            body, hashed, previous = entry["body"], entry["hash"], entry["previous"]
            seq = int(body["seq"])
            text, salt = entry.get("text"), entry.get("salt")
        except (KeyError, TypeError, ValueError):
            yield f"journal entry {at} of the pack cannot be read"
            continue
        if link(previous, body) != hashed:
            yield f"journal entry {seq} was changed"
        if text is not None and digest_text(str(salt), str(text)) != body.get("text"):
            yield f"the text of journal entry {seq} was changed"
        if last and seq <= last[0]:
            yield f"journal entry {seq} is not in its order"
        if last and seq == last[0] + 1 and previous != last[1]:
            yield f"journal entry {seq} does not follow from entry {last[0]}"
        last = (seq, hashed)


def _object(content: bytes | None) -> dict[str, Any] | None:
    try:
        found = json.loads(content or b"")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
