# SPDX-License-Identifier: AGPL-3.0-or-later
"""From the words typed to an exit code. 0 done · 1 refused, or something to report · 2 wrong usage.

Expected errors are one line; a bug is one line too, with the trace kept in a file to be sent along.
"""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path

from purring.core.errors import Refused, Trouble
from purring.doors.cli import output
from purring.doors.cli.arguments import COMMANDS, WrongUsage, parse
from purring.doors.cli.house import House

DONE, REPORT, USAGE, INTERRUPTED = 0, 1, 2, 130


def main(arguments: list[str], house: House) -> int:
    """Run one command; its exit code. Leaves only for `--help` and `--version`."""
    as_json = "--json" in arguments
    try:
        options = parse(arguments)
        module, _ = COMMANDS[options.command]
        command = importlib.import_module(f"purring.doors.cli.{module}")
        code = int(getattr(command, f"{options.command.replace('-', '_')}_command")(options, house))
        sys.stdout.flush()
    except WrongUsage as wrong:
        output.error(wrong.code, str(wrong), as_json=as_json)
        return USAGE
    except Refused as refused:
        output.error(refused.code, refused.message, as_json=as_json and "rehearse" not in arguments[:1])
        return REPORT
    except Trouble as trouble:
        output.error("trouble", trouble.message, as_json=as_json)
        return REPORT
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has gone; leave without a word
        return DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as bug:
        if line := _database_trouble(bug):
            output.error("database", line, as_json=as_json)
        else:
            output.error("bug", _bug(bug, house), as_json=as_json)
        return REPORT
    return code


def _database_trouble(error: Exception) -> str:
    """What to tell when the database is the cause, or nothing."""
    if "django.db" not in sys.modules:
        return ""
    from django.db import OperationalError

    if not isinstance(error, OperationalError):
        return ""
    words = " ".join(str(error).split()) or "no answer"
    return f"the database does not do its part ({words}); try again, and see purring doctor"


def _bug(bug: Exception, house: House) -> str:
    """One line for people; the trace goes to a file."""
    folder = house.data_folder if house.data_folder.is_dir() else Path(tempfile.gettempdir())
    name = f"purring-error-{datetime.now(UTC):%Y%m%d-%H%M%S}-{os.getpid()}.txt"
    what = f"something went wrong that should not ({type(bug).__name__}); please report it"
    try:
        descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            traceback.print_exception(bug, file=file)
    except OSError:
        return what
    return f"{what} with {folder / name}"
