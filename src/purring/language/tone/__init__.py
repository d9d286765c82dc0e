# SPDX-License-Identifier: Apache-2.0
"""The tone guard: a linter for courtesy. It reads any outgoing text and says what is unkind, unclear or missing.

Start at `guard.check_tone`. Rules are data: `rules/<language>.txt` (what must not be said, with examples),
`parts/<language>.txt` (how greetings, ways to pay and the like are recognised), `texts/<language>.txt` (why it
matters and better words). `rules/README.md` says how to write them.
"""

from purring.language.tone.guard import KNOWN_STAGES, check_grave, check_tone
from purring.language.tone.report import Finding, Report

__all__ = ["KNOWN_STAGES", "Finding", "Report", "check_grave", "check_tone"]
