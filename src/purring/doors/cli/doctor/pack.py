# SPDX-License-Identifier: AGPL-3.0-or-later
"""An evidence pack, checked by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from purring.core.errors import Refused
from purring.doors.cli.doctor.finding import Finding, failure, good
from purring.papers.evidence import verify_pack

SHOWN = 20


def checks(name: str) -> Iterator[Finding]:
    """What the pack is, and everything in it that is not as it was made."""
    try:
        content = Path(name).read_bytes()
    except OSError as error:
        raise Refused("unreadable", f"{name} cannot be read: {error.strerror}") from None
    found = verify_pack(content)
    for line in found.wrong[:SHOWN]:
        yield failure("pack", line)
    if len(found.wrong) > SHOWN:
        yield failure("pack", f"and {len(found.wrong) - SHOWN} more")
    if not found.wrong:
        about = found.manifest
        yield good(
            "pack", f"invoice {about.get('invoice')} of {about.get('organization')}, made {about.get('made_at')}"
        )
        yield good("files", f"{found.files} files, each as the manifest has it")
        yield good("journal", f"{found.entries} entries, each with the hash that follows from it")
        yield good("manifest", f"its SHA-256 is {found.digest}; compare it with the one told when the pack was made")
