# SPDX-License-Identifier: AGPL-3.0-or-later
"""`purring law update FILE`: newer reference rates, checked and stored in the data folder. Needs no database."""

from __future__ import annotations

import argparse
from pathlib import Path

from purring.core.errors import Refused, Trouble
from purring.doors.cli import output
from purring.doors.cli.house import House
from purring.law import update
from purring.law.rate_file import OVERLAY

MAX_BYTES = 4_000_000


def law_command(options: argparse.Namespace, house: House) -> int:
    """The only act so far is `update`. Refused: nothing is stored."""
    name = options.file
    try:
        raw = Path(name).read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise Refused("unreadable", f"{name} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Refused("bad_rates", f"{name} is not UTF-8 text; save it as UTF-8") from None
    if len(raw) > MAX_BYTES:
        raise Refused("too_large", f"{name} is larger than any file of rates taken here")
    try:
        news = update.store(house.data_folder, text)
    except Refused as refused:
        raise Refused(refused.code, f"{name}: {refused.message}", **refused.params) from None
    except OSError as error:
        raise Trouble(f"the rates cannot be stored in {house.data_folder}: {error.strerror}") from None
    file = house.data_folder / OVERLAY
    if options.json:
        output.document({"changes": news, "stored": str(file) if news else None})
        return 0
    for line in news:
        output.say(line)
    output.say(f"stored in {file}" if news else "nothing new in it; nothing stored")
    return 0
