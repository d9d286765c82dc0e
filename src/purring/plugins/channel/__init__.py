# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every way of reaching a customer has in common: prepare, release, collect.

A channel turns words into whatever its wire carries and hands it over, once. It keeps no records: the
caller stores what `release` answers. What makes "once" possible is `permit`, a function of the caller's
that commits "this message is being released" and answers whether it still may be. A channel calls it at
the last moment at which it can still take everything back, and only then crosses the line:

- permit not called: nothing was delivered. The state is `deferred` or `failed`.
- permit answered False: nothing was delivered and nothing will be. The state is `withdrawn`.
- permit answered True and the other side said yes or no: `sent`, or `deferred` / `failed`.
- permit answered True and no clear answer came: `unconfirmed`. It may have arrived. Never send it again
  by yourself; a delivery notice, a bounce or a person settles it.

If permit raises, nothing is delivered and the error goes through to the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Literal, Protocol, Self

from purring.kit.mime import Address, Attachment, compose, envelope_address

__all__ = [
    "About",
    "Address",
    "Attachment",
    "Channel",
    "Delivery",
    "Outgoing",
    "Permit",
    "Prepared",
    "Report",
    "Session",
    "State",
    "prepare_mail",
]

State = Literal["sent", "unconfirmed", "deferred", "failed", "withdrawn"]
About = Literal["", "recipient", "message", "sender", "server"]
Permit = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message with its words, as the caller wants it to be read.

    `key` names the message for ever (the idempotency key where a service takes one, at most 200
    characters). `message_id`, `in_reply_to` and `references` are `<left@right>`. `date` is aware.
    `return_path` is where bounces go (empty: to the sender). `automatic` is False for what a person typed.
    """

    key: str
    sender: Address
    to: Address
    subject: str
    text: str
    message_id: str
    date: datetime
    language: str
    html: str = ""
    reply_to: Address | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    pictures: tuple[Attachment, ...] = ()
    """What the HTML shows by its `content_id`."""
    headers: tuple[tuple[str, str], ...] = ()
    return_path: str = ""
    automatic: bool = True


@dataclass(frozen=True, slots=True)
class Prepared:
    """A message ready for the wire. `raw` is its source (CRLF, not dot-stuffed): what a reader can be shown.

    `mail_from` and `rcpt_to` are the envelope's addresses, domains in ASCII.
    """

    outgoing: Outgoing
    raw: bytes
    mail_from: str
    rcpt_to: str

    @property
    def key(self) -> str:
        return self.outgoing.key


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one release.

    `detail` is a sentence for the person who looks after it, with the other side's own words in it.
    `receipt` is what the other side gave us to ask about the message later (may be empty).
    `about` says whom a refusal concerns: the `recipient`'s address, this `message`, our `sender` (address
    or reputation), or the whole `server`. `whole_session`: the next message would fare no better, so stop
    the batch and tell the owner.
    """

    state: State
    detail: str
    receipt: str = ""
    about: About = ""
    whole_session: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What the other side told us later about a message: `delivered` or `bounced`."""

    message_id: str
    state: Literal["delivered", "bounced"]
    at: datetime
    detail: str
    receipt: str = ""


class Session(Protocol):
    """An open line to the outside, for a batch of messages. Not for several threads at once.

    `release` calls `permit` at most once and never raises for trouble of the network or the other side.
    """

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def release(self, prepared: Prepared, permit: Permit) -> Delivery: ...


class Channel(Protocol):
    """One way of reaching people.

    `name` is the channel's name in the records. `idempotent`: a second release of the same key within a
    day, with the same words, has no second effect, so an unconfirmed message may be released again.
    """

    @property
    def name(self) -> str: ...

    @property
    def idempotent(self) -> bool: ...

    def prepare(self, outgoing: Outgoing) -> Prepared:
        """The message for the wire. No network. Raises `Refused` for what cannot be written safely."""
        ...

    def open(self) -> Session:
        """A session; it connects when the first message is released."""
        ...

    def collect(self, since: datetime) -> Iterable[Report]:
        """What is known of earlier messages since then; nothing for a channel that cannot be asked."""
        ...


def prepare_mail(outgoing: Outgoing) -> Prepared:
    """What every mail channel prepares: the source and the envelope. Raises `Refused`."""
    raw = compose(
        sender=outgoing.sender,
        to=outgoing.to,
        subject=outgoing.subject,
        text=outgoing.text,
        html=outgoing.html,
        message_id=outgoing.message_id,
        date=outgoing.date,
        language=outgoing.language,
        reply_to=outgoing.reply_to,
        in_reply_to=outgoing.in_reply_to,
        references=outgoing.references,
        attachments=outgoing.attachments,
        pictures=outgoing.pictures,
        extra=outgoing.headers,
        automatic=outgoing.automatic,
    )
    return Prepared(
        outgoing,
        raw,
        envelope_address(outgoing.return_path or outgoing.sender.email, "from"),
        envelope_address(outgoing.to.email, "to"),
    )
