# SPDX-License-Identifier: AGPL-3.0-or-later
"""Mail through one of the big mail services, over HTTPS, by way of django-anymail.

Anymail knows each service's API; here is only what a release needs: permit before the POST leaves, and a
careful reading of what came back. A POST has no last dot: once it is on its way, only a clear answer tells.

- 2xx that names the message: `sent`; recipient refused by the service: `failed`.
- 429, 500, 503: the service says it did not take it: `deferred`; 401 to 404: our account: `deferred` for all.
- other 4xx: `failed`. No connection made: `deferred`.
- no answer, 502, 504 and 52x (a gateway that waited in vain), 409, a 2xx nobody can read: `unconfirmed`.

A service that cannot carry what the HTML shows (`cid:`) gets the HTML without it.
Where the service takes an idempotency key, an unclear answer is asked again with the same key first.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from email.mime.image import MIMEImage
from email.utils import formataddr
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl

from anymail.backends.base_requests import AnymailRequestsBackend
from anymail.exceptions import (
    AnymailError,
    AnymailRecipientsRefused,
    AnymailRequestsAPIError,
    AnymailUnsupportedFeature,
)
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives
from django.utils.module_loading import import_string
from requests import ConnectTimeout
from urllib3.exceptions import MaxRetryError, NewConnectionError

from purring.core.errors import Refused, Trouble
from purring.kit.mime import Address, safe_filename
from purring.plugins.channel import Delivery, Outgoing, Permit, Prepared, Report, prepare_mail

log = logging.getLogger(__name__)

# HTTP header for the key, by service. Resend keeps a key for 24 hours and refuses another text under it.
IDEMPOTENCY_HEADER: Mapping[str, str] = {"resend": "Idempotency-Key"}
TRIES = 3


class BigMail:
    """One service as a channel. `service` is anymail's name for it (`postmark`, `resend`, `mailgun`, …).

    `options` are that service's anymail settings in small letters (`server_token`, `api_url`, …); what is
    not given comes from Django's `ANYMAIL` setting.
    """

    name = "email"

    def __init__(self, service: str, **options: Any) -> None:
        self.service = service
        self.options = options
        self.idempotent = service in IDEMPOTENCY_HEADER

    @classmethod
    def from_setting(cls, text: str) -> Self:
        """Reads `SERVICE?option=value&option=value`, values percent-encoded. Raises `Refused` (`bad_mail_service`); the
        message never holds a value."""
        service, _, query = text.strip().partition("?")
        try:
            options = dict(parse_qsl(query, strict_parsing=bool(query)))
        except ValueError:
            options = {"": ""}
        if not service.isidentifier() or not all(name.isidentifier() for name in options):
            raise Refused(
                "bad_mail_service",
                "The mail service (PURRING_MAIL_SERVICE) is written as SERVICE?option=value&option=value, "
                "for example postmark?server_token=…, special characters as %26.",
                field="PURRING_MAIL_SERVICE",
            )
        return cls(service, **options)

    def account_mail(self) -> Any:
        """The same service as Django's mail backend, for mails about accounts. Raises `Trouble` as `open` does."""
        return self._backend()

    def prepare(self, outgoing: Outgoing) -> Prepared:
        """Checks the same as any mail channel; the service writes its own source, much like this one."""
        return prepare_mail(outgoing)

    def open(self) -> BigMailSession:
        """Raises `Trouble` (permanent) if the service is unknown or its settings are missing."""
        return BigMailSession(self._backend(_Gated), IDEMPOTENCY_HEADER.get(self.service, ""))

    def _backend(self, *mixins: type) -> Any:
        try:
            backend = import_string(f"anymail.backends.{self.service}.EmailBackend")
            if not issubclass(backend, AnymailRequestsBackend):
                # Its client may repeat a request by itself, behind our back (Amazon's does): use its SMTP.
                raise ImproperlyConfigured("it is reached by SMTP only, not by its API")
            return type(backend.__name__, (*mixins, backend), {})(**self.options)
        except (ImportError, ImproperlyConfigured) as error:
            line = str(error).partition("\n")[0]
            message = f"The mail service “{self.service}” is not set up: {line}"
            raise Trouble(message, permanent=True) from error

    def collect(self, since: datetime) -> Iterable[Report]:
        """Nothing: the services tell by webhook, which comes in by a door."""
        return ()


class _Withdrawn(Exception):
    """Permit said no."""


class _Gated:
    """Mixed into an anymail backend: the POST leaves only through this gate."""

    permit: Permit
    permitted: bool
    idempotency: tuple[str, str] | None

    def post_to_esp(self, payload: Any, message: EmailMultiAlternatives) -> Any:
        if not self.permitted:
            if not self.permit():
                raise _Withdrawn
            self.permitted = True
        if self.idempotency is not None:
            name, key = self.idempotency
            payload.headers = {**(payload.headers or {}), name: key}
        return super().post_to_esp(payload, message)  # type: ignore[misc]


class BigMailSession:
    """One kept HTTPS session."""

    def __init__(self, backend: Any, idempotency_header: str) -> None:
        self._backend = backend
        self._header = idempotency_header

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._backend.close()

    def release(self, prepared: Prepared, permit: Permit) -> Delivery:
        """Hand over one message; the states are those of the channel protocol."""
        backend = self._backend
        backend.permit = permit
        backend.permitted = False
        backend.idempotency = (self._header, prepared.key) if self._header else None
        backend.open()
        tries = TRIES if self._header else 1
        delivery = self._try(prepared)
        while delivery.state == "unconfirmed" and (tries := tries - 1):
            delivery = self._try(prepared)
        return delivery

    def _try(self, prepared: Prepared) -> Delivery:
        backend = self._backend
        message = _django_message(prepared.outgoing)
        try:
            try:
                backend.send_messages([message])
            except AnymailUnsupportedFeature:
                if not prepared.outgoing.pictures or backend.permitted:
                    raise
                message = _django_message(_without_pictures(prepared.outgoing))  # some services carry none
                backend.send_messages([message])
        except _Withdrawn:
            return Delivery("withdrawn", "Taken back before it left: something changed meanwhile.")
        except AnymailRecipientsRefused as error:
            return Delivery("failed", _line(error), about="recipient")
        except AnymailError as error:
            return _judged(error, permitted=backend.permitted)
        except Exception as error:
            if not backend.permitted:
                raise
            # Beyond the gate nothing may be lost, whatever went wrong: it is shown, and logged as a bug.
            log.exception("unexpected error after the release of %s", prepared.key)
            return Delivery("unconfirmed", f"The mail service gave no clear answer: {type(error).__name__}")
        return _accepted(message, prepared)


def _accepted(message: Any, prepared: Prepared) -> Delivery:
    status = message.anymail_status
    of = status.recipients.get(prepared.outgoing.to.email) or next(iter(status.recipients.values()), None)
    if of is None or (of.status not in ("sent", "queued") and not of.message_id):
        return Delivery("unconfirmed", "The mail service answered, but not what became of the message.")
    if of.status in ("rejected", "invalid", "failed"):
        return Delivery("failed", f"The mail service did not take it: {of.status}", about="recipient")
    return Delivery("sent", f"The mail service took it: {of.status}", receipt=str(of.message_id or ""))


def _judged(error: Any, *, permitted: bool) -> Delivery:
    """The state after an error of anymail's: from the HTTP answer if there is one."""
    said = f"The mail service answered: {_line(error)}"
    response = getattr(error, "response", None)
    if response is None:
        if not permitted or not isinstance(error, AnymailRequestsAPIError):
            # Never left: the message cannot be put into this service's terms.
            detail = f"The mail service cannot carry this message: {_line(error)}"
            return Delivery("failed", detail, about="message")
        if _never_connected(error):
            detail = f"The mail service cannot be reached: {_line(error)}"
            return Delivery("deferred", detail, about="server", whole_session=True)
        return Delivery("unconfirmed", f"The mail service gave no answer: {_line(error)}")
    code = response.status_code
    if code in (401, 402, 403, 404):
        return Delivery("deferred", said, about="server", whole_session=True)
    if code in (408, 429, 500, 501, 503):
        return Delivery("deferred", said, about="server", whole_session=True)
    if code == 409 or not 400 <= code < 500:
        return Delivery("unconfirmed", said)
    return Delivery("failed", said, about="message")


def _never_connected(error: Exception) -> bool:
    if isinstance(error, ConnectTimeout):
        return True
    cause = error.__cause__
    inner = cause.args[0] if cause is not None and cause.args else None
    return isinstance(inner, MaxRetryError) and isinstance(inner.reason, NewConnectionError)


def _line(error: Any) -> str:
    """The first words of the error and the answer's, never the request: it holds our key."""
    response = getattr(error, "response", None)
    if response is not None:
        text = f"{response.status_code} {response.text[:300]}"
    else:
        text = " ".join(str(part) for part in error.args)[:300] or type(error).__name__
        if cause := error.__cause__:
            text = f"{text} {type(cause).__name__}"
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _django_message(outgoing: Outgoing) -> EmailMultiAlternatives:
    headers = {
        "Message-ID": outgoing.message_id,
        "Content-Language": outgoing.language,
        **dict(outgoing.headers),
    }
    if outgoing.automatic:
        headers["Auto-Submitted"] = "auto-generated"
    thread = list(outgoing.references)
    if outgoing.in_reply_to:
        headers["In-Reply-To"] = outgoing.in_reply_to
        if outgoing.in_reply_to not in thread:
            thread.append(outgoing.in_reply_to)
    if thread:
        headers["References"] = " ".join(thread)
    message = EmailMultiAlternatives(
        subject=outgoing.subject,
        body=outgoing.text,
        from_email=_shown(outgoing.sender),
        to=[_shown(outgoing.to)],
        reply_to=[_shown(outgoing.reply_to)] if outgoing.reply_to else None,
        headers=headers,
    )
    if outgoing.html:
        message.attach_alternative(outgoing.html, "text/html")
    for picture in outgoing.pictures:
        shown = MIMEImage(picture.data(), picture.content_type.partition("/")[2])
        shown.add_header("Content-ID", f"<{picture.content_id}>")
        shown.add_header("Content-Disposition", "inline", filename=safe_filename(picture.filename))
        message.attach(shown)
    for attachment in outgoing.attachments:
        message.attach(safe_filename(attachment.filename), attachment.data(), attachment.content_type)
    return message


def _without_pictures(outgoing: Outgoing) -> Outgoing:
    html = outgoing.html
    for picture in outgoing.pictures:
        html = re.sub(rf'<img [^>]*"cid:{re.escape(picture.content_id)}"[^>]*>', "", html)
    return replace(outgoing, html=html, pictures=())


def _shown(address: Address) -> str:
    if address.name.isascii():
        return formataddr((address.name, address.email))
    # formataddr would encode the name; the services take it as it is read.
    quoted = address.name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address.email}>'
