# SPDX-License-Identifier: Apache-2.0
"""Telling a mail server's "this did not arrive" from everything else.

A delivery report (RFC 3464) says so itself. The many that follow no standard give themselves away by several signs at
once: who sends them, their subject, their words, a status code.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from purring.language.replies.mail import Mail

WORDS = Path(__file__).with_name("bounce_words.toml")
ENOUGH = 4
BODY_ENOUGH = 3
"""Different things a server says, in a text without headers and without a server's code."""
LOOKED_AT = 12_000
"""Characters of the body that are looked at; reports say what they say early."""

_STATUS = re.compile(r"\b[45]\.\d{1,3}\.\d{1,3}\b|\b(?:4[2-5]|5[0-5])\d[\s-]")
_CODE = re.compile(
    r"\b[45]\d\d[ -]#?[45]\.\d{1,2}\.\d{1,3}\b|#[45]\.\d\.\d|status:? [45]\.\d\.\d|diagnostic.code"
    r"|\b5[05]\d[ -](?:user|mailbox|address|recipient|no such|requested|permanent|unknown|invalid|relay)",
    re.IGNORECASE,
)
"""Harder than `_STATUS`, which a day (5.3.26) or a sum (550 €) may look like."""
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]")
_ANSWER = re.compile(r"(?:re|aw|sv|rv|r|antw|vs|ref|res|odp)\s?:", re.IGNORECASE)
_NO_REPLY = re.compile(r"no.?reply|do.?not.?reply", re.IGNORECASE)
_DONE = frozenset({"delivered", "relayed", "expanded"})


def is_bounce(mail: Mail) -> bool:
    """Whether `mail` reports that a mail could not be delivered, or not yet."""
    if mail.actions:
        return not set(mail.actions) <= _DONE
    if mail.report_type == "feedback-report":
        return False
    return _score(mail) >= ENOUGH


def looks_like_bounce(text: str) -> bool:
    """Whether plain text, headers lost, is a mail server's report: it names an address, and a server's code or much else."""
    rules = _patterns()
    head = text[:LOOKED_AT]
    if _ADDRESS.search(head) is None:
        return False
    said = len({match[0].lower() for match in rules["bodies"].finditer(head)})
    return said >= (1 if _CODE.search(head) else BODY_ENOUGH)


def _score(mail: Mail) -> int:
    """How much speaks for a report. Words alone do not do: people complain of undelivered goods, and quote numbers."""
    rules = _patterns()
    sender = f"{mail.header('from')} {mail.header('sender')}"
    subject = mail.header("subject")
    body = (mail.every_text or mail.text)[:LOOKED_AT]
    daemon = rules["daemons"].search(sender) is not None
    machine = daemon or rules["senders"].search(sender) is not None
    answer = _ANSWER.match(subject) is not None
    named = not answer and rules["subjects"].search(subject) is not None
    said = len({match[0].lower() for match in rules["bodies"].finditer(body)})
    failed = mail.has("x-failed-recipients")
    score = 3 * daemon + 2 * (machine and not daemon) + 2 * named - 3 * answer + 2 * failed
    score += mail.header("return-path").strip() in ("<>", "<MAILER-DAEMON>")
    score += 2 * (mail.report_type == "delivery-status")
    score += (
        min(said, 3) + (_STATUS.search(body) is not None) + (bool(said or daemon) and _ADDRESS.search(body) is not None)
    )
    if mail.has("in-reply-to") and not machine:
        score -= 2
    nobody = _NO_REPLY.search(sender) is not None
    if not (machine or named or failed or mail.report_type) and (
        said < (2 if nobody else 3) or mail.has("in-reply-to")
    ):
        return min(score, ENOUGH - 1)
    return score + nobody


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    with WORDS.open("rb") as file:
        lists = tomllib.load(file)
    return {
        name: re.compile(
            r"(?<!\w)(?:" + "|".join(words) + ")" if name in ("subjects", "bodies") else "|".join(words), re.IGNORECASE
        )
        for name, words in lists.items()
    }
