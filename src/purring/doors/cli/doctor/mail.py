# SPDX-License-Identifier: AGPL-3.0-or-later
"""Can mail leave, and will others believe that it is ours? SPF, DKIM and DMARC of the sender's domain.

What is published is looked up in DNS; nothing is sent. A missing entry is a warning: some senders rightly do without.
"""

from __future__ import annotations

from collections.abc import Iterator

from purring.core.errors import Refused, Trouble
from purring.doors.cli.doctor.finding import Finding, failure, good, warning
from purring.doors.cli.house import House
from purring.kit.maildns import Found, TextRecords, dmarc_line, is_reserved, look


def checks(house: House, records: TextRecords) -> Iterator[Finding]:
    service = house.setting("PURRING_MAIL_SERVICE")
    yield _service(service) if service else _server(house.setting("PURRING_SMTP_URL"))
    sender = house.setting("PURRING_MAIL_FROM")
    local, _, domain = sender.rpartition("@")
    if not sender:
        yield warning(
            "sender", "PURRING_MAIL_FROM is not set; only who has connected a mail account at the desk can send"
        )
        return
    if not local or "." not in domain or any(char.isspace() or char in '<>,;"' for char in sender):
        yield failure("sender", f"PURRING_MAIL_FROM {sender!r} is not an address such as ingrid@example.com")
        return
    if local.lower().replace("-", "").replace("_", "").startswith(("noreply", "donotreply")):
        yield warning("sender", f"{sender}: people answer reminders; use the address of a person they know")
    else:
        yield good("sender", sender)
    if is_reserved(domain):
        yield warning("spf, dkim, dmarc", f"{domain} is a domain for examples; nobody can answer to it")
        return
    yield from trusted(domain.lower().rstrip("."), records)


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
        return warning(
            "mail server", "PURRING_SMTP_URL is not set; only who has connected a mail account at the desk can send"
        )
    try:
        server = from_url(url)
    except Refused as refused:
        return failure("mail server", refused.message)
    if server.username and server.tls == "none" and server.host not in ("127.0.0.1", "::1", "localhost"):
        return failure("mail server", f"the password would go to {server.host} unencrypted; add ?tls=starttls")
    return good("mail server", f"{server.host}:{server.port}, {server.tls if server.tls != 'none' else 'unencrypted'}")


def trusted(domain: str, records: TextRecords) -> Iterator[Finding]:
    """What the domain publishes about who may send for it."""
    for found in look(domain, records):
        if found.code == "unknown":
            yield warning("spf, dkim, dmarc", f"could not be looked up: {found.params['why']}")
            return
        yield good(found.what, _good(found)) if found.good else warning(found.what, _bad(found, domain))


def _good(found: Found) -> str:
    if found.what == "spf":
        return found.texts[0]
    return f"a key at {found.name}" if found.what == "dkim" else f"{found.name}, p={found.params['policy']}"


def _bad(found: Found, domain: str) -> str:
    looked = ", ".join(found.params.get("looked", ()))
    sentences = {
        ("spf", "missing"): f"no SPF entry at {domain}; add a TXT entry that names your mail server",
        ("spf", "several"): f"{domain} has {len(found.texts)} SPF entries, so none counts; join them into one",
        ("spf", "open"): f"the SPF entry of {domain} lets everybody send (+all); end it with -all or ~all",
        ("dkim", "taken_back"): f"the key at {found.name} was taken back (empty p=)",
        ("dkim", "missing"): f"no key found at {found.name}; looked for the usual selectors {looked}. "
        "If your mail service signs with another one, all is well",
        ("dmarc", "several"): f"{found.name} has several DMARC entries, so none counts",
        ("dmarc", "no_policy"): f"the DMARC entry at {found.name} has no policy (p=none, quarantine or reject)",
        ("dmarc", "missing"): f"no DMARC entry at {found.name}; begin with {dmarc_line(f'you@{domain}')}",
    }
    return sentences[found.what, found.code]
