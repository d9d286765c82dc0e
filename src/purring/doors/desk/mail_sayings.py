# SPDX-License-Identifier: AGPL-3.0-or-later
"""Connecting mail in words: where a provider keeps the password for programs, and what to do when a try fails."""

from __future__ import annotations

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

Said = Lazy | str

OTHER_TITLE = _("Another mail server")
HINTS: dict[str, Said] = {
    "gmail": _(
        "Google asks for an app password: in your Google account under Security, switch on 2-Step Verification, then make "
        "one under App passwords. In Google Workspace the administrator may have to allow it."
    ),
    "microsoft365": _(
        "The administrator has to allow “Authenticated SMTP” for this mailbox (Microsoft 365 admin centre: Users, the "
        "user, Mail, Manage email apps). Microsoft is closing this way of signing in: where it is refused, use one of the "
        "mail services below."
    ),
    "outlook": _(
        "Outlook.com lets other programs sign in only by a window of Microsoft's own, which Purring does not have. Use an "
        "address at another provider."
    ),
    "fastmail": _(
        "Make an app password in Fastmail: Settings, Privacy & Security, App passwords, with access to SMTP."
    ),
    "icloud": _("Make an app-specific password at account.apple.com under Sign-In and Security."),
    "yahoo": _("Make an app password in your Yahoo account under Security, Generate app password."),
    "zoho": _("With two-factor sign-in Zoho asks for an app password: accounts.zoho.com, Security, App Passwords."),
    "zoho_eu": _("With two-factor sign-in Zoho asks for an app password: accounts.zoho.eu, Security, App Passwords."),
    "ionos": _("The password of the mailbox, as you use it in webmail."),
    "ionos_de": _("The password of the mailbox, as you use it in webmail."),
    "strato": _("The password of the mailbox, as you use it in webmail."),
    "ovh": _("The password of the mailbox, as you use it in webmail."),
    "gandi": _("The password of the mailbox, as you use it in webmail."),
    "infomaniak": _(
        "Infomaniak gives each device a password of its own: in the Manager under Mail Service, the address, Devices, add "
        "a device."
    ),
    "domeneshop": _("User name and password of the mailbox, as they stand in Domeneshop's control panel under E-mail."),
    "onecom": _("The password of the mailbox, as you use it in webmail."),
    "afrihost": _("The password of the mailbox, as it was set in ClientZone."),
    "xneelo": _("The password of the mailbox, as it was set in the xneelo Control Panel."),
    "mailbox_org": _(
        "With two-factor sign-in make an application password: Settings, Security, Application passwords."
    ),
    "proton": _(
        "Proton gives an SMTP token for an address with a domain of your own: Settings, IMAP/SMTP, SMTP tokens, Generate "
        "token. It is for paid plans."
    ),
    "migadu": _("The password of the mailbox, as it was set in the admin panel."),
    "posteo": _("The password of the mailbox, as you use it in webmail."),
    "gmx": _(
        "First allow other programs: in GMX under E-mail, Settings, POP3/IMAP. With two-factor sign-in make an app password."
    ),
    "webde": _(
        "First allow other programs: in WEB.DE under E-mail, Settings, POP3/IMAP. With two-factor sign-in make an app "
        "password."
    ),
    "other": _("Whoever looks after your mail knows server, user name and password."),
    "postmark": _("In Postmark under Servers, your server, API Tokens. The sender's domain has to be confirmed there."),
    "resend": _("In Resend under API Keys. The sender's domain has to be confirmed there."),
    "mailgun": _("In Mailgun under Send, Sending, Domain settings, Sending keys."),
    "mailgun_eu": _("In Mailgun under Send, Sending, Domain settings, Sending keys."),
    "sendgrid": _("In SendGrid under Settings, API Keys; Mail Send is enough."),
    "brevo": _("In Brevo under SMTP & API, API Keys."),
    "mailjet": _("In Mailjet under Account settings, API Key Management: an API key and a secret key."),
    "mailersend": _("In MailerSend under Domains, your domain, API token; full access to sending."),
}
SECRETS: dict[str, Said] = {
    "password": _("Password"),
    "server_token": _("Server token"),
    "api_key": _("API key"),
    "api_token": _("API token"),
    "secret_key": _("Secret key"),
}
TLS: list[tuple[str, Said]] = [
    ("implicit", _("encrypted from the start (SSL/TLS, often port 465)")),
    ("starttls", _("STARTTLS (often port 587)")),
    ("none", _("not encrypted (only for this machine, or without a password)")),
]
TRIED: dict[str, tuple[str, Said]] = {
    "unknown_host": ("host", _("There is no mail server of this name. Look for a typing error.")),
    "no_answer": (
        "host",
        _(
            "The mail server does not answer. A wrong port is the usual reason; some networks block mail ports, then ask whoever runs this machine."
        ),
    ),
    "closed": ("port", _("Nobody takes mail at this port. Usual are 465 and 587.")),
    "not_encrypted": ("tls", _("This port does not begin encrypted. Choose STARTTLS, or port 465.")),
    "encrypted": ("tls", _("This port is encrypted from the start. Choose SSL/TLS, or port 587.")),
    "certificate": (
        "host",
        _(
            "The server's certificate is not for this name, or not valid. Use the name that your provider gives; the password was not sent."
        ),
    ),
    "no_starttls": (
        "tls",
        _("This server offers no STARTTLS at this port, so the password was not sent. Try port 465 with SSL/TLS."),
    ),
    "no_sign_in": ("port", _("This server lets nobody sign in at this port. Usual are 465 and 587.")),
    "wrong_password": (
        "secret",
        _("User name or password are not right. Many providers want a password made for programs; see the note above."),
    ),
    "app_password": (
        "secret",
        _("This provider wants an app password here, not the one you sign in with; see the note above."),
    ),
    "forbidden": (
        "secret",
        _("This mailbox may not sign in from programs. Whoever administers it has to allow it; see the note above."),
    ),
    "sender": (
        "address",
        _("Signing in works, but the server takes no mail from this address. Use the mailbox's own address."),
    ),
    "not_mail": ("host", _("What answers there is not a mail server. Look at name and port.")),
    "busy": ("", _("The mail server says “not now”. Try again in a few minutes.")),
}
"""Where it is shown, and what to do."""
DNS: dict[tuple[str, str], Said] = {
    ("spf", "missing"): _("There is none yet. Add this line."),
    ("spf", "several"): _("There are several, so none counts. Leave one, like this."),
    ("spf", "open"): _("It lets everybody send as you. End it with ~all or -all."),
    ("spf", "other"): _("It does not name your provider yet. Change it to this line."),
    ("dkim", "missing"): _(
        "No key was found under the usual names. If your provider signs under another one, all is well."
    ),
    ("dkim", "taken_back"): _("The key was taken back. Make a new one at your provider."),
    ("dmarc", "missing"): _("There is none yet. Add this line; it refuses nothing."),
    ("dmarc", "several"): _("There are several, so none counts. Leave one, like this."),
    ("dmarc", "no_policy"): _("It says nothing about what to do. Begin with this line."),
}
