# SPDX-License-Identifier: AGPL-3.0-or-later
"""The source of a mail as it was handed over, without keeping it twice.

Words and attachments are kept anyway. Of the source only its head is kept beside them, and its SHA-256 in the journal's
chain. `source_of` puts it together again; only what has the digest of then may be called the source.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from purring.core.errors import Refused
from purring.facts.invoices.models import Attachment
from purring.facts.messages.models import Message
from purring.facts.organizations.logos import Logos
from purring.kit import mime

END = b"MIME-Version: 1.0\r\n"
"""The last field before the content's own; `kit.mime` writes it last."""
NOBODY = mime.Address("", "nobody@purring.invalid")
"""Stands in a head that is not kept: the content does not depend on it."""


def head_of(source: bytes) -> str:
    """The fields of a mail down to `MIME-Version`; empty when it has none."""
    end = source.find(END)
    return source[: end + len(END)].decode("utf-8", "replace") if end >= 0 else ""


def digest_of(source: bytes) -> str:
    """SHA-256, hexadecimal."""
    return hashlib.sha256(source).hexdigest()


def source_of(message: Message, digest: str) -> bytes | None:
    """The source again, byte for byte, or None when it cannot be had: its head was not kept, or the digest differs."""
    if not message.headers or not digest:
        return None
    kept = {row.pk: row for row in Attachment.objects.of(message.organization_id).filter(pk__in=message.attachment_ids)}
    files = [kept[key] for key in message.attachment_ids if key in kept]
    enclosed = [mime.Attachment(one.filename, bytes(one.content), one.content_type) for one in files]
    try:
        source = message.headers.encode() + content_of(message, message.message_id, enclosed)
    except Refused:
        return None
    return source if digest_of(source) == digest else None


def content_of(
    message: Message, message_id: str, enclosed: Sequence[mime.Attachment] = (), logos: Logos | None = None
) -> bytes:
    """The mail behind its `MIME-Version`: the words, and what goes along. Boundaries follow from `message_id`; `logos`
    spares reading the same one for each of many."""
    logos = logos or Logos(message.organization_id)
    made = mime.compose(
        sender=NOBODY,
        to=NOBODY,
        subject="",
        text=message.text,
        html=message.html,
        message_id=f"<{message_id}>",
        date=message.at,
        language="en",
        attachments=enclosed,
        pictures=logos.shown_by(message.html),
    )
    return made.partition(END)[2]
