# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a domain publishes about who may send mail for it: SPF (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 7489).

Looked up on request, within a time limit. Each finding has a code and its facts; whoever shows it says it in words.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from purring.core.errors import Trouble

TextRecords = Callable[[str], list[str]]
"""The TXT entries of a name; none when there is no such name. Raises `Trouble` when nobody answers."""

PATIENCE_SECONDS = 3.0
WHOLE_SECONDS = 10.0
SELECTORS = (
    "default", "selector1", "selector2", "google", "k1", "k2", "k3", "s1", "s2", "dkim", "mail", "smtp", "key1",
    "fm1", "fm2", "fm3", "protonmail", "zoho", "pm", "mta", "sig1",
)  # fmt: skip
"""Usual names of DKIM keys. A key under another name cannot be found from outside."""
RESERVED = (".example", ".test", ".invalid", ".localhost", "example.com", "example.org", "example.net")


@dataclass(frozen=True)
class Found:
    """One of the three: `what` is `spf`, `dkim` or `dmarc`, `name` where it stands, `texts` what stands there now.

    `code`: `good`; `missing`, `several`, `open` (everybody may send), `other` (it does not name the provider),
    `taken_back`, `no_policy`; `unknown`: nobody answered.
    """

    what: str
    name: str
    code: str
    texts: tuple[str, ...] = ()
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        return self.code == "good"


def is_reserved(domain: str) -> bool:
    """True for a domain that is only for examples; nobody can answer to it."""
    return domain.lower().endswith(RESERVED)


def look(
    domain: str, records: TextRecords | None = None, *, named: Sequence[str] = (), selectors: Iterable[str] = ()
) -> list[Found]:
    """The three findings of a domain. `named`: what SPF must name; `selectors`: the provider's names of DKIM keys.

    Never raises: where nobody answers, the code is `unknown`.
    """
    ends = time.monotonic() + WHOLE_SECONDS
    read = text_records if records is None else records

    def in_time(name: str) -> list[str]:
        if time.monotonic() > ends:
            raise Trouble("DNS does not answer in time")
        return read(name)

    keys = tuple(dict.fromkeys((*selectors, *SELECTORS)))
    found: list[Found] = []
    questions: tuple[tuple[str, str, Callable[[], Found]], ...] = (
        ("spf", domain, lambda: _spf(domain, in_time, named)),
        ("dmarc", f"_dmarc.{domain}", lambda: _dmarc(domain, in_time)),
        ("dkim", f"SELECTOR._domainkey.{domain}", lambda: _dkim(domain, in_time, keys)),
    )
    for what, name, ask in questions:
        try:
            found.append(ask())
        except Trouble as trouble:
            found.append(Found(what, name, "unknown", params={"why": trouble.message}))
    return found


def spf_line(there: Sequence[str], named: Sequence[str]) -> str:
    """The SPF entry that should stand: the one that is there with what must be named, or a new one."""
    words = there[0].split() if len(there) == 1 else ["v=spf1", "~all"]
    missing = [one for one in named if one.lower() not in {word.lower().lstrip("+") for word in words}]
    at = next((at for at, word in enumerate(words) if word.lower().endswith("all")), len(words))
    if any(word.lower().startswith("redirect=") for word in words):
        at = next(at for at, word in enumerate(words) if word.lower().startswith("redirect="))
    return " ".join([*words[:at], *missing, *words[at:]])


def dmarc_line(address: str) -> str:
    """The DMARC entry to begin with: nothing is refused, reports come to this address."""
    return f"v=DMARC1; p=none; rua=mailto:{address}"


def _spf(domain: str, records: TextRecords, named: Sequence[str]) -> Found:
    texts = tuple(text for text in records(domain) if text.lower().split(" ")[0] == "v=spf1")
    if len(texts) != 1:
        return Found("spf", domain, "several" if texts else "missing", texts)
    words = {word.lower().lstrip("+") for word in texts[0].split()}
    if "all" in words:
        return Found("spf", domain, "open", texts)
    missing = [one for one in named if one.lower() not in words]
    if missing and not any(word.startswith("redirect=") for word in words):
        return Found("spf", domain, "other", texts, {"missing": missing})
    return Found("spf", domain, "good", texts)


def _dkim(domain: str, records: TextRecords, selectors: Sequence[str]) -> Found:
    for selector in selectors:
        name = f"{selector}._domainkey.{domain}"
        for text in records(name):
            tags = _tags(text)
            if "p" in tags and tags.get("v", "DKIM1") == "DKIM1":
                return Found("dkim", name, "good" if tags["p"] else "taken_back", (text,))
    return Found("dkim", f"SELECTOR._domainkey.{domain}", "missing", params={"looked": list(selectors)})


def _dmarc(domain: str, records: TextRecords) -> Found:
    """The domain's own entry, else that of a domain above it."""
    parts = domain.split(".")
    for name in (".".join(parts[start:]) for start in range(len(parts) - 1)):
        texts = tuple(text for text in records(f"_dmarc.{name}") if _tags(text).get("v") == "DMARC1")
        if len(texts) > 1:
            return Found("dmarc", f"_dmarc.{name}", "several", texts)
        if texts:
            policy = _tags(texts[0]).get("p", "")
            good = policy.lower() in ("none", "quarantine", "reject")
            return Found("dmarc", f"_dmarc.{name}", "good" if good else "no_policy", texts, {"policy": policy})
    return Found("dmarc", f"_dmarc.{domain}", "missing")


def _tags(text: str) -> dict[str, str]:
    """`v=DKIM1; p=...` as a dictionary."""
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): "".join(value.split()) for name, _, value in pairs if name.strip()}


def text_records(name: str) -> list[str]:
    """The TXT entries of a name, from the resolver of this machine."""
    import dns.exception
    import dns.resolver

    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=PATIENCE_SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError) as error:
        raise Trouble(f"DNS does not answer ({type(error).__name__})") from None
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]
