# SPDX-License-Identifier: AGPL-3.0-or-later
"""The one outbound HTTP client: bounded in time and size, never into our own network, never following a redirect.

A name is resolved once, every address of it is looked at, and the connection goes to the very address that was looked
at, so a name that answers differently the second time leads nowhere. Knows no provider.
"""

from __future__ import annotations

import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import certifi
import httpcore
import httpx

from purring.core.errors import Refused, Trouble

MOST_BYTES = 8_000_000
TIMEOUT_SECONDS = 20.0
LONGEST_READ_SECONDS = 60.0
"""For a whole body: whoever sends a byte now and then would otherwise never run into the timeout."""
LONGEST_WAIT_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, headers by small letters, the body's bytes."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON. Raises `Trouble` when it is none: the other side is not well."""
        try:
            return json.loads(self.body)
        except ValueError:
            raise Trouble(f"the answer (status {self.status}) is no JSON") from None


class Client:
    """Requests to one host. `private` allows addresses of our own network: only for a test address a person has set."""

    def __init__(self, base_url: str, *, private: bool = False, timeout: float = TIMEOUT_SECONDS) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ({"http", "https"} if private else {"https"}) or not parts.hostname:
            raise Refused("bad_settings", f"{base_url!r} is not an address that begins with https://", field="api_url")
        self.base_url = base_url.rstrip("/")
        self._http = httpx.Client(
            transport=_Guarded(private),
            timeout=timeout,
            follow_redirects=False,
            trust_env=False,
            headers={"accept-encoding": "identity", "user-agent": "purring"},  # nothing that swells when unpacked
        )

    def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        query: Sequence[tuple[str, str]] = (),
        form: Sequence[tuple[str, str]] | None = None,
        body: Any = None,
    ) -> Answer:
        """One request. `form` goes as a form, `body` as JSON. Raises `Trouble` for what may pass: no connection, no
        answer in time, 429 and 5xx; whatever else came back is the caller's to read."""
        content, more = b"", dict(headers or {})
        if form is not None:
            content, more["content-type"] = _form(form), "application/x-www-form-urlencoded"
        elif body is not None:
            content, more["content-type"] = json.dumps(body).encode(), "application/json"
        answer = self.exchange(method, path, more, query, content)
        if answer.status == 429 or answer.status >= 500:
            raise Trouble(
                f"{urlsplit(self.base_url).hostname} answers {answer.status}", retry_after_seconds=_wait(answer)
            )
        return answer

    def exchange(
        self, method: str, path: str, headers: Mapping[str, str], query: Sequence[tuple[str, str]], content: bytes
    ) -> Answer:
        """One request as it goes over the wire, whatever the answer. A stand-in in the same process takes this place."""
        try:
            response = self._http.request(
                method, self.base_url + path, params=list(query), content=content or None, headers=dict(headers)
            )
        except httpx.HTTPError as error:
            raise Trouble(f"{urlsplit(self.base_url).hostname}: {str(error) or type(error).__name__}") from error
        return Answer(response.status_code, dict(response.headers), response.content)

    def close(self) -> None:
        self._http.close()


@cache
def _tls() -> ssl.SSLContext:
    """Made once: reading all authorities takes longer than a request."""
    return ssl.create_default_context(cafile=certifi.where())


def _form(pairs: Sequence[tuple[str, str]]) -> bytes:
    return str(httpx.QueryParams(list(pairs))).encode()


def _wait(answer: Answer) -> int | None:
    """Seconds of `Retry-After`; a date is counted from the answer's own date, so no clock of ours is asked."""
    text = answer.headers.get("retry-after", "").strip()
    if text.isdigit():
        return min(int(text), LONGEST_WAIT_SECONDS)
    try:
        until, now = parsedate_to_datetime(text), parsedate_to_datetime(answer.headers.get("date", ""))
    except (TypeError, ValueError):
        return None
    return max(0, min(int((until - now).total_seconds()), LONGEST_WAIT_SECONDS))


class _Guarded(httpx.BaseTransport):
    """httpx over httpcore, with the guard where the socket is made."""

    def __init__(self, private: bool) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=_tls(),
            max_connections=8,
            keepalive_expiry=30,
            network_backend=_Sockets(private),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        try:
            response = self._pool.handle_request(
                httpcore.Request(
                    method=request.method,
                    url=httpcore.URL(
                        scheme=request.url.raw_scheme,
                        host=request.url.raw_host,
                        port=request.url.port,
                        target=request.url.raw_path,
                    ),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
            return httpx.Response(response.status, headers=response.headers, content=_read(response))
        except httpcore.TimeoutException as error:
            raise httpx.TimeoutException(str(error) or "no answer in time", request=request) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as error:
            raise httpx.NetworkError(str(error) or type(error).__name__, request=request) from error

    def close(self) -> None:
        self._pool.close()


def _read(response: httpcore.Response) -> bytes:
    got, until = bytearray(), time.monotonic() + LONGEST_READ_SECONDS
    try:
        for chunk in response.iter_stream():
            got += chunk
            if len(got) > MOST_BYTES:
                raise Trouble("the answer is larger than any that is expected", permanent=True)
            if time.monotonic() > until:
                raise Trouble("the answer takes too long")
    finally:
        response.close()
    return bytes(got)


class _Sockets(httpcore.SyncBackend):
    """Connects to an address that was looked at, never to a name."""

    def __init__(self, private: bool) -> None:
        self._private = private

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise httpcore.ConnectError(f"the name {host} is not known ({error})") from error
        addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
        if not self._private and not all(ipaddress.ip_address(one).is_global for one in addresses):
            raise Refused("private_address", f"{host} lies in a private network; nothing was sent there")
        for address in addresses[:-1]:
            try:
                return super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return super().connect_tcp(addresses[-1], port, timeout, local_address, socket_options)
