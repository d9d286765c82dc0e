# SPDX-License-Identifier: AGPL-3.0-or-later
"""An evidence pack by itself: whatever is changed in it, is told."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from purring.core.chain import GENESIS, digest_text, link
from purring.core.errors import Refused
from purring.papers.documents.house import LANGUAGES
from purring.papers.evidence import JOURNAL, MANIFEST, readme, verify_pack, write_pack
from tests.support import seeds


def journal(count: int = 3, text: str = "They said yes.") -> dict[str, Any]:
    entries: list[dict[str, Any]] = []
    previous = GENESIS
    for seq in range(1, count + 1):
        body = {"seq": seq, "kind": "reminder.sent", "at": 1_700_000_000.25 + seq, "text": digest_text("salt", text)}
        entries.append({"previous": previous, "hash": link(previous, body), "body": body, "salt": "salt", "text": text})
        previous = entries[-1]["hash"]
    return {"head": {"seq": count, "hash": previous}, "entries": entries}


def pack(**changed: Any) -> bytes:
    files = {"documents/a.pdf": b"%PDF-1.7 " * 20, "messages/0001.eml": b"Subject: Ol\xc3\xa9\r\n\r\nHello\r\n"}
    files[JOURNAL] = json.dumps(changed.pop("journal", journal())).encode()
    return write_pack(files | changed, {"invoice": "2026-041"})[0]


def contents(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def zipped(files: dict[str, bytes]) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as made:
        for name, content in files.items():
            made.writestr(name, content)
    return kept.getvalue()


def test_a_whole_pack() -> None:
    found = verify_pack(pack())
    assert (found.wrong, found.files, found.entries, found.manifest["invoice"]) == ([], 3, 3, "2026-041")
    assert pack() == pack(), "the same files are the same bytes"


def whole(data: bytes) -> bool:
    """False when the check tells something, or refuses it as no pack at all."""
    try:
        return not verify_pack(data).wrong
    except Refused:
        return False


def test_any_byte_that_changes_is_told(rng: random.Random) -> None:
    good = pack()
    for at in rng.sample(range(len(good)), seeds.count("bytes", normal=300, endurance=len(good))):
        bad = bytearray(good)
        bad[at] ^= 1 << rng.randrange(8)
        assert whole(bytes(bad)) is False, at


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda files: files | {"documents/a.pdf": b"another"}, "documents/a.pdf was changed"),
        (lambda files: {name: files[name] for name in files if name != "messages/0001.eml"}, "0001.eml is missing"),
        (lambda files: files | {"more.txt": b"x"}, "more.txt was added"),
        (lambda files: files | {JOURNAL: b"{}"}, "journal.json cannot be read"),
        (lambda files: files, "the ZIP around the files"),
    ],
)
def test_what_was_changed_is_named(change: Any, told: str) -> None:
    assert any(told in line for line in verify_pack(zipped(change(contents(pack())))).wrong)


def test_an_entry_that_was_changed_with_a_manifest_to_match() -> None:
    spoils: list[tuple[Callable[[Any], object], str]] = [
        (lambda entry: entry["body"].update(kind="reminder.failed"), "journal entry 2 was changed"),
        (lambda entry: entry.update(text="They said no."), "the text of journal entry 2 was changed"),
        (
            lambda entry: entry.update(previous=GENESIS, hash=link(GENESIS, entry["body"])),
            "does not follow from entry 1",
        ),
        (lambda entry: entry.pop("hash"), "journal entry 2 of the pack cannot be read"),
    ]
    for spoil, told in spoils:
        one = journal()
        spoil(one["entries"][1])
        assert any(told in line for line in verify_pack(pack(journal=one)).wrong)


def test_an_erased_text_leaves_a_chain_that_holds() -> None:
    one = journal()
    del one["entries"][1]["text"], one["entries"][1]["salt"]
    assert verify_pack(pack(journal=one)).wrong == []


@pytest.mark.parametrize("data", [b"", b"PK", b"hello" * 99, zipped({"a": b"b"}), zipped({MANIFEST: b"[]"})])
def test_what_is_no_pack(data: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        verify_pack(data)
    assert refusal.value.code == "not_a_pack"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_what_is_in_it(language: str) -> None:
    told = readme(language, "2026-0417", date(2026, 5, 4))
    assert told.count("2026-0417") == 1
    assert "2026-05-04" in told
    assert "{" not in told
    for name in ("timeline.pdf", "journal.json", "documents/", "messages/", "messages.json", "manifest.json"):
        assert f"\n{name} " in told
    assert (told == readme("en", "2026-0417", date(2026, 5, 4))) == (language == "en")
