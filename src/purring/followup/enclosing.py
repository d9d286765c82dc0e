# SPDX-License-Identifier: AGPL-3.0-or-later
"""The bytes that go along with the messages of a batch, read for some messages ahead: few queries, and memory stays flat."""

from __future__ import annotations

from collections.abc import Sequence

from purring.facts.invoices.models import Attachment
from purring.followup.saying import Document
from purring.kit.batches import fetch_bytes
from purring.plugins.channel import Attachment as Enclosure

AHEAD_BYTES = 2 * 1024 * 1024


class Enclosures:
    """`documents`: those of the batch, roughly in the order in which the messages will ask for them."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = documents
        self._place = {document.id: place for place, document in enumerate(documents)}
        self._read: dict[int, bytes] = {}

    def of(self, documents: Sequence[Document]) -> tuple[Enclosure, ...]:
        """What goes along with one message; without what is not kept any more."""
        if any(document.id not in self._read for document in documents):
            self._read_from(documents)
        found = [(document, self._read.pop(document.id, None)) for document in documents]
        return tuple(
            Enclosure(one.filename, content, one.content_type) for one, content in found if content is not None
        )

    def _read_from(self, documents: Sequence[Document]) -> None:
        """Read these, and those after them as far as there is room."""
        wanted = {document.id: document.size for document in documents}
        total = sum(wanted.values())
        for document in self._documents[self._place.get(documents[-1].id, len(self._documents)) + 1 :]:
            total += document.size
            if total > AHEAD_BYTES:
                break
            wanted[document.id] = document.size
        self._read = {}  # let go of what was not asked for, before the next is read
        self._read = fetch_bytes(Attachment, "content", list(wanted))
