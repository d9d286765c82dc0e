# SPDX-License-Identifier: Apache-2.0
"""What a promise hangs on that is ours to do: "once you have corrected the VAT we'll pay on Friday" promises nothing, it asks.

`hinges/<language>.txt` has the phrases, in the form of the cues; `if` they like, wages and the weather are none of them.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from purring.language.replies.clauses import Clauses
from purring.language.replies.cues import Cues, Hit, read

FOLDER = Path(__file__).with_name("hinges")
ORDER = ("dispute", "copy_request", "info_request")
"""Which is meant where the same words could say several: a note of credit is a paper too."""


def hangs_on(clauses: Clauses, language: str) -> Hit | None:
    """What we must do before a sentence comes true, None where nothing of it is ours; its section is the intent behind: dispute
    (correct, repair, credit), copy_request (send the paper), info_request (tell something). language: a base tag."""
    found = _hinges(language).hits(clauses.text)
    return min(found, key=lambda hit: (hit.start, ORDER.index(hit.section))) if found else None


@cache
def _hinges(language: str) -> Cues:
    return Cues(language, read(FOLDER / f"{language}.txt"))
