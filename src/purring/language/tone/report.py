# SPDX-License-Identifier: Apache-2.0
"""What the tone guard answers: findings with their place, and a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Severity = Literal["warn", "block"]
Field = Literal["text", "subject"]
Verdict = Literal["ok", "warn", "block"]

CODES: tuple[str, ...] = (
    *("threat", "legal_bluff", "blame", "insult", "sarcasm", "shaming", "guilt", "shouting", "false_urgency"),
    *("command", "presumption", "condescension", "robotic", "overlong", "overfamiliar", "wrong_formality"),
    *("wrong_name", "too_firm", "too_apologetic", "vague", "missing_amount", "missing_due_date"),
    *("missing_reference", "missing_how_to_pay", "missing_contact", "missing_greeting"),
    *("missing_thanks_or_closing", "discrimination", "privacy", "jargon", "sms_too_long"),
)
BLOCKING: frozenset[str] = frozenset({"threat", "legal_bluff", "insult", "shaming", "discrimination", "privacy"})
"""Codes that stop a message until a person overrules them, unless a rule says otherwise."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to change. `start` and `end` count code points of the field; they and `quote` are None for a part
    that is missing. `why` and `better` are in the language of the text."""

    code: str
    severity: Severity
    field: Field
    start: int | None
    end: int | None
    quote: str | None
    why: str
    better: str

    def document(self) -> dict[str, object]:
        """The object of the command line."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Report:
    """The answer for one message. `language` is the tag that was given or detected."""

    language: str
    verdict: Verdict
    findings: tuple[Finding, ...]

    def document(self) -> dict[str, object]:
        """The object of the command line."""
        return {
            "language": self.language,
            "verdict": self.verdict,
            "findings": [finding.document() for finding in self.findings],
        }


def verdict_of(findings: Sequence[Finding]) -> Verdict:
    """block when one finding blocks, warn when there is any, else ok."""
    if any(finding.severity == "block" for finding in findings):
        return "block"
    return "warn" if findings else "ok"
