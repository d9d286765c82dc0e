# SPDX-License-Identifier: AGPL-3.0-or-later
"""Messages as files that any mail program opens. What left as a mail has the head it left with; what went along is named
and lies among the documents, once, however many messages it went with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from purring.facts.invoices.models import Attachment
from purring.facts.messages.models import Message
from purring.facts.messages.sources import END, content_of
from purring.facts.organizations.logos import Logos
from purring.kit.batches import Ids
from purring.kit.mime import safe_filename

NOBODY = Address(display_name="", username="nobody", domain="purring.invalid")
"""Stands for our own address where it was not kept."""


def mails(organization_id: int, after: int, upto: int) -> Iterator[tuple[str, bytes, bool]]:
    """Name, source, worth compressing; of the messages with a key in (after, upto]."""
    found = Message.objects.of(organization_id).filter(pk__any_of=Ids(range(after + 1, upto + 1))).order_by("pk")
    rows = list(found)
    wanted = {key for row in rows for key in row.attachment_ids}
    names = dict(Attachment.objects.of(organization_id).filter(pk__in=wanted).values_list("pk", "filename"))
    logos = Logos(organization_id)
    for row in rows:
        enclosed = [f"documents/{key}-{safe_filename(names[key])}" for key in row.attachment_ids if key in names]
        yield f"messages/{row.at:%Y-%m}/{row.pk}.eml", source(row, enclosed, logos), True


def source(message: Message, enclosed: list[str], logos: Logos | None = None) -> bytes:
    """RFC 5322, with CRLF: the head it left with, or one made of what is known; ours; the words."""
    head = _kept_head(message.headers) if message.headers else _fields(_known(message))
    ours = [
        ("X-Purring-Message", str(message.pk)), ("X-Purring-Channel", message.channel),
        ("X-Purring-Kind", message.kind), ("X-Purring-With", message.address),
        *(("X-Purring-Enclosed", name) for name in enclosed),
    ]  # fmt: skip
    return head + _fields(ours) + END + content_of(message, f"{message.pk}@purring.invalid", logos=logos)


def _kept_head(headers: str) -> bytes:
    """The fields as they left, without the last one, which comes with the content."""
    return headers.encode().removesuffix(END)


def _fields(fields: Sequence[tuple[str, object]]) -> bytes:
    """Encoded and folded; nothing in a value begins another field."""
    head = EmailMessage(policy=SMTP)
    for name, value in fields:
        head[name] = _line(value) if isinstance(value, str) else value
    return head.as_bytes().removesuffix(b"\r\n")


def _known(message: Message) -> list[tuple[str, object]]:
    """Of a message that came in, or went another way than by mail."""
    ours, theirs = ("To", "From") if message.direction == "in" else ("From", "To")
    known: list[tuple[str, object]] = [
        (ours, NOBODY), (theirs, _address(message.address) or NOBODY), ("Subject", message.subject), ("Date", message.at)
    ]  # fmt: skip
    return [*known, ("Message-ID", f"<{message.message_id}>")] if message.message_id else known


def _address(text: str) -> Address | None:
    """None for a telephone number or a postal address."""
    name, _, domain = _line(text).rpartition("@")
    try:
        return Address(username=name, domain=domain) if name and domain else None
    except ValueError:
        return None


def _line(text: str) -> str:
    """Nothing in a value begins another field."""
    return " ".join(text.split())
