# SPDX-License-Identifier: AGPL-3.0-or-later
"""The command `purring`: joins the command line and the configuration, which do not know each other."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from purring.config import environment
from purring.doors.cli.entrance import main as command_line
from purring.doors.cli.house import DemoBusiness, Rounds

if TYPE_CHECKING:
    from purring.facts.organizations.models import Organization
    from purring.followup.drafting import Sender


class Program:
    """The program as the commands see it. Imports late: a command pays only for what it uses."""

    @property
    def setting_names(self) -> Sequence[str]:
        return [setting.name for setting in environment.SETTINGS]

    @property
    def data_folder(self) -> Path:
        return environment.data_folder()

    def setting(self, name: str) -> str:
        return environment.setting(name)

    def secret_key(self) -> str:
        return environment.secret_key()

    def prepare_data_folder(self) -> Path:
        return environment.prepare_data_folder()

    def hold_data_folder(self) -> IO[str]:
        from purring.config.engine import lock_data_folder

        return lock_data_folder(environment.prepare_data_folder())

    def start_django(self) -> None:
        import django

        os.environ["DJANGO_SETTINGS_MODULE"] = "purring.config.settings"
        django.setup()

    def web_application(self) -> Callable[..., Any]:
        from purring.config.wsgi import application

        return application

    def rounds(self) -> Rounds:
        from purring.config.engine import Embedded

        return Embedded()

    def rhythms(self) -> Sequence[tuple[str, int]]:
        from purring.config.rounds import ROUNDS

        return [(one.name, one.every) for one in ROUNDS]

    def sender(self, organization: Organization) -> Sender | None:
        from purring.config.sender import sender_of

        return sender_of(organization)

    def work(self) -> None:
        from purring.config.engine import run_worker

        run_worker()

    def seed_demo(
        self, password: str, mailbox: Path, now: datetime, progress: Callable[[int, int], None]
    ) -> DemoBusiness:
        from purring.doors.demo import ADDRESS, seed, sender_into

        seeded = seed(now, password=password, sender=sender_into(mailbox, ADDRESS), progress=progress)
        return DemoBusiness(seeded.portal_path, seeded.email)


def main() -> int:
    return command_line(sys.argv[1:], Program())


if __name__ == "__main__":
    sys.exit(main())
