# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the commands ask of the rest of the program: its settings, its database, its rounds.

The command line stands below the configuration and may not import it; the program's entrance hands it over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from purring.facts.organizations.models import Organization
    from purring.followup.drafting import Sender


class DemoBusiness(NamedTuple):
    """How to look at the demo: the path of one customer's page, and who signs in."""

    portal_path: str
    email: str


class Rounds(Protocol):
    """The rounds of the day inside this process."""

    def start(self) -> None: ...

    def stop(self, timeout_seconds: float = 60.0) -> None:
        """Let the round that runs finish, and end."""
        ...


class House(Protocol):
    """The program around the command line."""

    @property
    def setting_names(self) -> Sequence[str]:
        """Every setting there is."""
        ...

    @property
    def data_folder(self) -> Path:
        """Where database, key and `.env` lie; need not exist."""
        ...

    def setting(self, name: str) -> str:
        """A setting's value. Refuses a `.env` that cannot be read."""
        ...

    def secret_key(self) -> str:
        """The key in force, or nothing when none was made."""
        ...

    def prepare_data_folder(self) -> Path:
        """Make the data folder and the key, once."""
        ...

    def hold_data_folder(self) -> IO[str]:
        """Be the only one that runs rounds here, while the file is open. Refuses when another process does."""
        ...

    def start_django(self) -> None:
        """Read the settings and load the applications; the settings cannot change any more."""
        ...

    def web_application(self) -> Callable[..., Any]:
        """The WSGI application."""
        ...

    def rounds(self) -> Rounds:
        """The rounds, not started."""
        ...

    def rhythms(self) -> Sequence[tuple[str, int]]:
        """Name of each round, and seconds between its runs."""
        ...

    def sender(self, organization: Organization) -> Sender | None:
        """The way out for messages of an organization: its own account or the installation's; None when there is neither."""
        ...

    def work(self) -> None:
        """A worker, until it is told to end. Refuses SQLite."""
        ...

    def seed_demo(
        self, password: str, mailbox: Path, now: datetime, progress: Callable[[int, int], None]
    ) -> DemoBusiness:
        """Fill an empty database with the sample business and the folder with its mails, or bring them up to today.

        `progress` hears how many businesses are done, of how many.
        """
        ...
