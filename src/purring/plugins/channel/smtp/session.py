# SPDX-License-Identifier: AGPL-3.0-or-later
"""The split conversation: ask, permit, deliver, and judge every answer on the way."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from types import TracebackType
from typing import Literal, Self

from purring.plugins.channel import Delivery, Permit, Prepared
from purring.plugins.channel.smtp.backend import SmtpBackend
from purring.plugins.channel.smtp.server import MailServer

# The server may need longer than usual once it has the whole message (RFC 5321 4.5.3.2.6 asks for ten
# minutes), and giving up early costs an unconfirmed message.
PATIENCE = 4
# A refusal with one of these is about us and our password, never about the recipient.
_SIGN_IN = frozenset({530, 534, 535, 538})

Reply = tuple[int, str]


class _LineLost(Exception):
    """The line was cut, fell silent or made no sense before the point of no return."""


class SmtpSession:
    """One batch over one connection. Connects on the first release and again when the line was lost."""

    def __init__(self, server: MailServer) -> None:
        self.server = server
        self._backend = SmtpBackend.of(server)
        self._line: smtplib.SMTP | None = None
        # A transaction was begun and refused: RSET before the next one.
        self._unfinished = False
        # Messages in a row that failed for no reason of their own: at two it is the server.
        self._stumbles = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye if there is somebody to say it to."""
        try:
            self._backend.close()
        except (OSError, smtplib.SMTPException):
            self._backend.hang_up()
        self._line = None

    def release(self, prepared: Prepared, permit: Permit) -> Delivery:
        """Hand over one message; the states are those of the channel protocol."""
        try:
            refusal = self._ask_twice(prepared)
            if refusal is not None:
                return refusal
            allowed = permit()
        except BaseException:
            # Also an error of the caller's: nothing may follow on a line that waits for a message.
            self._drop()
            raise
        if not allowed:
            self._drop()
            return Delivery("withdrawn", "Taken back before it left: something changed meanwhile.")
        return self._deliver(prepared.raw)

    def _ask_twice(self, prepared: Prepared) -> Delivery | None:
        """None when the server said 354 and waits for the message; else why not."""
        for attempt in (1, 2):
            try:
                self._connect()
            except (OSError, smtplib.SMTPException) as error:
                self._drop()
                detail = _not_connected(self.server, error)
                return Delivery("deferred", detail, about="server", whole_session=True)
            try:
                return self._ask(prepared)
            except (_LineLost, OSError, smtplib.SMTPException) as error:
                self._drop()
                why = str(error) or type(error).__name__
                if attempt == 2:
                    break
        return self._stumble(f"The line to the mail server was lost before the message left: {why}", "server")

    def _connect(self) -> None:
        if self._line is None:
            self._backend.open()
            self._line = self._backend.connection
            self._unfinished = False

    def _drop(self) -> None:
        self._backend.hang_up()
        self._line = None

    def _ask(self, prepared: Prepared) -> Delivery | None:
        line = self._line
        assert line is not None
        features = line.esmtp_features
        size = len(prepared.raw)
        limit = features.get("size", "").strip()
        if limit.isdigit() and 0 < int(limit) < size:
            detail = f"The message is {size} bytes long; the mail server takes at most {int(limit)}."
            return Delivery("failed", detail, about="message")
        options = f" SIZE={size}" if "size" in features else ""
        if not (prepared.rcpt_to.isascii() and prepared.mail_from.isascii() and prepared.raw.isascii()):
            if "smtputf8" not in features:
                detail = "An address has letters outside ASCII before the @: the mail server takes none."
                about: Literal["recipient", "sender"] = "recipient"
                if prepared.rcpt_to.isascii():
                    about = "sender"
                return Delivery("failed", detail, about=about)
            options += " BODY=8BITMIME SMTPUTF8"
        commands = [
            f"MAIL FROM:<{prepared.mail_from}>{options}\r\n".encode(),
            f"RCPT TO:<{prepared.rcpt_to}>\r\n".encode(),
            b"DATA\r\n",
        ]
        if self._unfinished:
            commands.insert(0, b"RSET\r\n")
        replies = self._converse(commands, pipelining="pipelining" in features)
        if self._unfinished:
            if replies.pop(0)[0] // 100 != 2:
                raise _LineLost("the mail server refused to begin anew")
            self._unfinished = False
        if len(replies) == 3 and replies[0][0] // 100 == replies[1][0] // 100 == 2 and replies[2][0] == 354:
            self._stumbles = 0
            return None
        return self._refused(replies)

    def _converse(self, commands: Sequence[bytes], *, pipelining: bool) -> list[Reply]:
        """The answers: all of them when pipelining, else up to the first refusal.

        A server that refuses and hangs up has refused: what it said counts, not the line.
        """
        line = self._line
        assert line is not None
        replies: list[Reply] = []
        try:
            if pipelining:
                line.send(b"".join(commands))
            for command in commands:
                if not pipelining:
                    line.send(command)
                replies.append(self._reply())
                if not pipelining and replies[-1][0] >= 400:
                    break
        except (_LineLost, OSError, smtplib.SMTPException):
            if not replies or replies[-1][0] < 400:
                raise
            self._drop()
        return replies

    def _reply(self) -> Reply:
        assert self._line is not None
        code, text = self._line.getreply()
        if code == 421:
            raise _LineLost(f"421 {_words(text)}")
        if not 200 <= code < 600:
            raise _LineLost("the mail server answered something that is not SMTP")
        return code, _words(text)

    def _refused(self, replies: Sequence[Reply]) -> Delivery:
        """The judgement on a refused transaction, with the line left ready for the next one."""
        self._unfinished = True
        stage, (code, text) = next(
            (stage, reply)
            for stage, reply in enumerate(replies)
            if reply[0] // 100 != 2 or (stage == 2 and reply[0] != 354)
        )
        taken = len(replies) == 3 and replies[2][0] == 354
        if taken and (stage != 1 or not self._lone_dot()):
            # DATA was taken although nobody will receive it. RFC 2920: a lone dot ends that; nothing can
            # be delivered, as the only recipient was refused. If only the sender was, hang up instead.
            self._drop()
        if code < 400:
            raise _LineLost(f"an answer out of step: {code} {text}")
        said = f"The mail server answered: {code} {text}"
        if code in _SIGN_IN:
            return Delivery("deferred", said, about="server", whole_session=True)
        if code < 500 and stage == 1:
            # Grey-listing, a full mailbox: this recipient's matter. Anything else put off is the server's.
            return Delivery("deferred", said, about="recipient")
        if code < 500:
            return self._stumble(said, "server")
        if stage == 0 and code != 552:
            return self._stumble(said, "sender")
        if stage == 1 and text.startswith("5.7."):
            # Policy: relaying denied, our address blocked. Says nothing about the recipient's address.
            return self._stumble(said, "sender")
        self._stumbles = 0
        return Delivery("failed", said, about="recipient" if stage == 1 else "message")

    def _lone_dot(self) -> bool:
        assert self._line is not None
        try:
            self._line.send(b".\r\n")
            self._reply()
        except (_LineLost, OSError, smtplib.SMTPException):
            return False
        return True

    def _stumble(self, detail: str, about: Literal["sender", "server"]) -> Delivery:
        self._stumbles += 1
        return Delivery("deferred", detail, about=about, whole_session=self._stumbles >= 2)

    def _deliver(self, raw: bytes) -> Delivery:
        """Past the point of no return: text and dot in one write, then the server's word."""
        line = self._line
        assert line is not None
        assert line.sock is not None
        if b"\r\n." in raw:
            raw = raw.replace(b"\r\n.", b"\r\n..")
        try:
            line.sock.settimeout(self.server.timeout_seconds * PATIENCE)
            line.send(raw + b".\r\n")
            code, answer = line.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            why = str(error) or type(error).__name__
            return Delivery("unconfirmed", f"The mail server did not say whether it took the message: {why}")
        except BaseException:
            self._drop()
            raise
        text = _words(answer)
        said = f"The mail server answered: {code} {text}"
        if not 200 <= code < 300 and not 400 <= code < 600:
            self._drop()
            return Delivery("unconfirmed", f"The mail server's last answer makes no sense: {code} {text}")
        if code == 421:
            self._drop()
        else:
            line.sock.settimeout(self.server.timeout_seconds)
        if code < 300:
            return Delivery("sent", said, receipt=text)
        return Delivery("deferred" if code < 500 else "failed", said, about="message")


def _words(answer: bytes) -> str:
    """The server's text on one line, printable, not endless."""
    text = answer.decode("utf-8", "replace").replace("\n", " ")[:300]
    return text if text.isprintable() else "".join(letter if letter.isprintable() else "�" for letter in text)


def _not_connected(server: MailServer, error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        raw = error.smtp_error
        text = _words(raw if isinstance(raw, bytes) else str(raw).encode())
        what = (
            "refused our user name and password" if isinstance(error, smtplib.SMTPAuthenticationError) else "refused us"
        )
        return f"The mail server {server.host}:{server.port} {what}: {error.smtp_code} {text}"
    return f"The mail server {server.host}:{server.port} cannot be reached: {str(error) or type(error).__name__}"
