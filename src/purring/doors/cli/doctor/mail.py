# SPDX-License-Identifier: AGPL-3.0-or-later
"""Can mail leave, and will others believe that it is ours? SPF, DKIM and DMARC of the sender's domain.

What is published is looked up in DNS; nothing is sent. A missing entry is a warning: some senders rightly do without.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from purring.core.errors import Refused, Trouble
from purring.doors.cli.doctor.finding import Finding, failure, good, warning
from purring.doors.cli.house import House

TextRecords = Callable[[str], list[str]]
"""The TXT entries of a name; none when there is no such name. Raises `Trouble` when nobody answers."""

PATIENCE_SECONDS = 3.0
SELECTORS = (
    "default", "selector1", "selector2", "google", "k1", "k2", "k3", "s1", "s2", "dkim", "mail", "smtp", "key1",
    "fm1", "fm2", "fm3", "protonmail", "zoho", "pm", "mta", "sig1",
)  # fmt: skip
"""Usual names of DKIM keys. A key under another name cannot be found from outside."""
RESERVED = (".example", ".test", ".invalid", ".localhost", "example.com", "example.org", "example.net")


def checks(house: House, text_records: TextRecords) -> Iterator[Finding]:
    service = house.setting("PURRING_MAIL_SERVICE")
    yield _service(service) if service else _server(house.setting("PURRING_SMTP_URL"))
    sender = house.setting("PURRING_MAIL_FROM")
    local, _, domain = sender.rpartition("@")
    if not sender:
        yield warning("sender", "PURRING_MAIL_FROM is not set; nothing can be sent")
        return
    if not local or "." not in domain or any(char.isspace() or char in '<>,;"' for char in sender):
        yield failure("sender", f"PURRING_MAIL_FROM {sender!r} is not an address such as ingrid@example.com")
        return
    if local.lower().replace("-", "").replace("_", "").startswith(("noreply", "donotreply")):
        yield warning("sender", f"{sender}: people answer reminders; use the address of a person they know")
    else:
        yield good("sender", sender)
    if domain.lower().endswith(RESERVED):
        yield warning("spf, dkim, dmarc", f"{domain} is a domain for examples; nobody can answer to it")
        return
    yield from trusted(domain.lower().rstrip("."), text_records)


def _service(text: str) -> Finding:
    from purring.plugins.channel.bigmail import BigMail

    try:
        service = BigMail.from_setting(text)
        service.open().close()
    except (Refused, Trouble) as error:
        return failure("mail server", error.message)
    return good("mail server", f"the mail service {service.service}, by its own interface")


def _server(url: str) -> Finding:
    from purring.plugins.channel.smtp.server import from_url

    if not url:
        return warning("mail server", "PURRING_SMTP_URL is not set; nothing can be sent")
    try:
        server = from_url(url)
    except Refused as refused:
        return failure("mail server", refused.message)
    if server.username and server.tls == "none" and server.host not in ("127.0.0.1", "::1", "localhost"):
        return failure("mail server", f"the password would go to {server.host} unencrypted; add ?tls=starttls")
    return good("mail server", f"{server.host}:{server.port}, {server.tls if server.tls != 'none' else 'unencrypted'}")


def trusted(domain: str, text_records: TextRecords) -> Iterator[Finding]:
    """What the domain publishes about who may send for it."""
    try:
        yield _spf(domain, text_records)
        yield _dkim(domain, text_records)
        yield _dmarc(domain, text_records)
    except Trouble as trouble:
        yield warning("spf, dkim, dmarc", f"could not be looked up: {trouble.message}")


def _spf(domain: str, text_records: TextRecords) -> Finding:
    found = [text for text in text_records(domain) if text.lower().split(" ")[0] == "v=spf1"]
    if not found:
        return warning("spf", f"no SPF entry at {domain}; add a TXT entry that names your mail server")
    if len(found) > 1:
        return warning("spf", f"{domain} has {len(found)} SPF entries, so none counts; join them into one")
    if found[0].lower().rstrip().endswith("+all"):
        return warning("spf", f"the SPF entry of {domain} lets everybody send (+all); end it with -all or ~all")
    return good("spf", found[0])


def _dkim(domain: str, text_records: TextRecords) -> Finding:
    for selector in SELECTORS:
        name = f"{selector}._domainkey.{domain}"
        for text in text_records(name):
            tags = _tags(text)
            if "p" in tags and tags.get("v", "DKIM1") == "DKIM1":
                if tags["p"]:
                    return good("dkim", f"a key at {name}")
                return warning("dkim", f"the key at {name} was taken back (empty p=)")
    looked = ", ".join(SELECTORS)
    return warning(
        "dkim", f"no key found at SELECTOR._domainkey.{domain}; looked for the usual selectors {looked}. "
        "If your mail service signs with another one, all is well"
    )  # fmt: skip


def _dmarc(domain: str, text_records: TextRecords) -> Finding:
    """The domain's own entry, else that of a domain above it."""
    parts = domain.split(".")
    for name in (".".join(parts[start:]) for start in range(len(parts) - 1)):
        found = [text for text in text_records(f"_dmarc.{name}") if _tags(text).get("v") == "DMARC1"]
        if len(found) > 1:
            return warning("dmarc", f"{name} has several DMARC entries, so none counts")
        if found:
            policy = _tags(found[0]).get("p", "")
            if policy.lower() not in ("none", "quarantine", "reject"):
                return warning("dmarc", f"the DMARC entry of {name} has no policy (p=none, quarantine or reject)")
            return good("dmarc", f"_dmarc.{name}, p={policy}")
    return warning("dmarc", f"no DMARC entry at _dmarc.{domain}; begin with v=DMARC1; p=none; rua=mailto:you@{domain}")


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
