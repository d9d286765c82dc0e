# SPDX-License-Identifier: AGPL-3.0-or-later
"""Settings from the environment, or from `.env` in the data folder. The one list of what can be set.

`docs/configuration.md` is generated from `SETTINGS`; a test fails when they differ. Importing this module touches
nothing: the data folder and the key are made by `prepare_data_folder`, which the commands that need them call.
"""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from purring.core.errors import Refused


@dataclass(frozen=True)
class Setting:
    name: str
    default: str
    what: str
    example: str = ""


SETTINGS = (
    Setting(
        "PURRING_DATA",
        "./purring-data",
        "The data folder: database, key, `.env`, own wordings, uploads, and the backups that `migrate` and `restore` make.",
    ),
    Setting(
        "PURRING_DATABASE_URL",
        "",
        "The database. Empty: SQLite in the data folder. PostgreSQL lets web and workers run on many machines.",
        "postgresql://purring:secret@db/purring",
    ),
    Setting(
        "PURRING_SMTP_URL",
        "",
        "The mail server that messages leave through, unless an organization has connected a mail account of its own at the "
        "desk. Empty: only such organizations can send, and `doctor` says so.",
        "smtp://user:secret@mail.example:587?tls=starttls",
    ),
    Setting(
        "PURRING_MAIL_SERVICE",
        "",
        "One of the big mail services by its own interface, instead of SMTP: its name and its options as django-anymail "
        "calls them, values percent-encoded. Messages then leave through it whatever PURRING_SMTP_URL says.",
        "postmark?server_token=1234-abcd",
    ),
    Setting(
        "PURRING_MAIL_FROM",
        "",
        "The sender address of messages; its domain should have SPF, DKIM and DMARC.",
        "invoices@studio.example",
    ),
    Setting(
        "PURRING_BASE_URL",
        "http://127.0.0.1:8000",
        "The address people reach the web pages at; used in links.",
        "https://pay.studio.example",
    ),
    Setting(
        "PURRING_LINK_DAYS",
        "400",
        "How many days the link of a message, or one that was shared, opens the customer's page: 1 to 3650. A link that is "
        "out there keeps the day it was made with; each can be closed earlier at the desk.",
        "180",
    ),
    Setting(
        "PURRING_SECRET_KEY",
        "",
        "Signs sessions and links. Empty: made once in the data folder, readable by you only. At least 50 characters; "
        "the same on every machine that works on one database.",
    ),
    Setting(
        "PURRING_VAULT_KEY",
        "",
        "Encrypts the secrets kept in the database, such as keys of payment providers. Empty: made once in the data folder, "
        "readable by you only. Several with commas between, the newest first, while one is replaced; the same on every "
        "machine that works on one database. Without it those secrets have to be entered again.",
    ),
    Setting(
        "PURRING_DRAFT_URL",
        "",
        "A language model that drafts answers to customers at the desk, when a person asks for one: the address of an "
        "OpenAI-compatible interface, up to and without `/chat/completions`. The customer's message and the invoices it is "
        "about go there. A draft passes the tone guard and leaves only when a person sends it. Empty: no drafts.",
        "http://127.0.0.1:11434/v1",
    ),
    Setting("PURRING_DRAFT_MODEL", "", "The name of that model.", "mistral-small"),
    Setting("PURRING_DRAFT_KEY", "", "The key of that interface, if it wants one."),
    Setting(
        "PURRING_TRUSTED_PROXIES",
        "",
        "`127.0.0.1` when a reverse proxy on this machine stands in front: what its `X-Forwarded-For`, `-Proto` and "
        "`-Host` say about the visitor is believed. Nobody else is, and nobody else can reach `purring serve`.",
        "127.0.0.1",
    ),
)

KEY_FILE, VAULT_KEY_FILE = "secret-key", "vault-key"
_BY_NAME = {setting.name: setting for setting in SETTINGS}


def data_folder(environ: Mapping[str, str] = os.environ) -> Path:
    return Path(environ.get("PURRING_DATA") or _BY_NAME["PURRING_DATA"].default).absolute()


def read_dotenv(path: Path) -> dict[str, str]:
    """`NAME=value` lines; `#` comments, and quotes around a value are taken off. Refuses a line it cannot read."""
    values: dict[str, str] = {}
    if not path.is_file():
        return values
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.removeprefix("export ").partition("=")
        if not equals or name.strip() not in _BY_NAME:
            raise Refused("bad_setting", f"{path}, line {number}: write NAME=value with a known name", line=number)
        values[name.strip()] = value.strip().strip("\"'")
    return values


def setting(name: str, environ: Mapping[str, str] = os.environ) -> str:
    """The value of one setting: environment, then `.env`, then its default."""
    default = _BY_NAME[name].default
    return environ.get(name) or read_dotenv(data_folder(environ) / ".env").get(name) or default


def prepare_data_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Make the data folder (mode 0700) and, once, its two keys (mode 0600)."""
    folder = data_folder(environ)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _make_once(folder / KEY_FILE, secrets.token_urlsafe(64), "PURRING_SECRET_KEY", environ)
    _make_once(
        folder / VAULT_KEY_FILE,
        base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "PURRING_VAULT_KEY",
        environ,
    )
    return folder


def _make_once(path: Path, fresh: str, name: str, environ: Mapping[str, str]) -> None:
    if path.exists() or environ.get(name):
        return
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.touch(mode=0o600)
    part.write_text(fresh)
    try:
        os.link(part, path)  # atomic: of two processes starting at once, one makes the key
    except FileExistsError:
        pass
    finally:
        part.unlink()


def vault_keys(environ: Mapping[str, str] = os.environ) -> list[str]:
    """The keys that were set, newest first, or the one in the data folder; none when there is none yet."""
    path = data_folder(environ) / VAULT_KEY_FILE
    chosen = setting("PURRING_VAULT_KEY", environ) or (path.read_text() if path.is_file() else "")
    return [key.strip() for key in chosen.split(",") if key.strip()]


def secret_key(environ: Mapping[str, str] = os.environ) -> str:
    """The key that was set, or the one in the data folder; empty when there is none yet."""
    chosen = setting("PURRING_SECRET_KEY", environ)
    if chosen:
        return chosen
    path = data_folder(environ) / KEY_FILE
    return path.read_text().strip() if path.is_file() else ""


def link_days(environ: Mapping[str, str] = os.environ) -> int:
    """Days a link opens. Refuses what is no number of days."""
    text = setting("PURRING_LINK_DAYS", environ)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 3650):
        raise Refused("bad_setting", f"PURRING_LINK_DAYS is {text!r}: write a number of days from 1 to 3650")
    return int(text)


def database(environ: Mapping[str, str] = os.environ) -> dict[str, object]:
    """Django's DATABASES entry. Refuses an address that is neither PostgreSQL nor SQLite."""
    url = setting("PURRING_DATABASE_URL", environ)
    parts = urlsplit(url)
    if not url or parts.scheme == "sqlite":
        path = unquote(parts.path)[1:] if url else str(data_folder(environ) / "purring.sqlite3")
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": path or ":memory:",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32000; "
                "PRAGMA wal_autocheckpoint=4000;",
            },
        }
    if parts.scheme not in ("postgres", "postgresql"):
        raise Refused("bad_setting", "PURRING_DATABASE_URL must start with postgresql:// or sqlite://")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # The two statements of every release are prepared once per connection; the ORM binds on the client.
        "OPTIONS": {"options": "-c timezone=UTC", "prepare_threshold": 5},
    }
