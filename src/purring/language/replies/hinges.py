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
NOT_YET = ("promise", "promise?", "becoming")
"""Sections of cues that say of a payment that it is to come."""


def hangs_on(clauses: Clauses, language: str) -> Hit | None:
    """What we must do before a sentence comes true, None where nothing of it is ours, or where it came true. Its section is the
    intent behind: dispute (correct, repair, credit), copy_request (send the paper), info_request (tell something). language: a
    base tag."""
    hits = _hinges(language).hits(clauses.text)
    found = _ours(hits)
    return found[0] if found and not _came_true(clauses, found, hits) else None


def came_true(clauses: Clauses, language: str) -> Hit | None:
    """What was ours to do before a payment that is past: "once you sent the corrected invoice we paid"."""
    hits = _hinges(language).hits(clauses.text) if clauses.has("paid") else []
    found = _ours(hits) or sorted((hit for hit in hits if hit.section == "was"), key=lambda hit: hit.start)
    return found[0] if found and _came_true(clauses, found, hits) else None


def _ours(hits: list[Hit]) -> list[Hit]:
    return sorted((hit for hit in hits if hit.section in ORDER), key=lambda hit: (hit.start, ORDER.index(hit.section)))


def _came_true(clauses: Clauses, found: list[Hit], hits: list[Hit]) -> bool:
    """Whether what was ours to do is done, since the payment that hung on it is past.

    Only the words of a payment that was made say so, "we have paid" or "we paid": "it is paid" may as well be said of one to
    come. Nothing is past that hangs on an "if" or "until", nor where a second thing hangs on us, or where the hinge has a
    clause of its own: "we paid half, the rest when you send the credit note".
    """
    hinge = found[0]
    end = max(hit.end for hit in found if hit.start < hinge.end)
    if any(hit.start >= end for hit in found):
        return False
    if any(hit.section == "unmet" and hit.start == hinge.start for hit in hits):
        return False
    paid = [hit for hit in clauses.hits.get("paid", ()) if not (hinge.start <= hit.start and hit.end <= end)]
    coming = [hit for section in NOT_YET for hit in clauses.hits.get(section, ())]
    if any(not hinge.start <= hit.start < end and not any(_meet(hit, one) for one in paid) for hit in coming):
        return False
    own = clauses.clause(hinge)[0]
    between = set(range(own, hinge.start))
    for hit in hits:
        if hit.section == "right":
            between.difference_update(range(hit.start, hit.end))
    alone = any(clauses.text[at].isalnum() or clauses.text[at] == "#" for at in between)
    done = [hit for hit in hits if hit.section == "done" and not hinge.start <= hit.start < end]
    for hit in paid:
        if (alone and hit.end <= own) or clauses.denied(hit):
            continue
        if hinge.section == "was":
            return True
        clause = Hit(hit.section, *clauses.clause(hit))
        past = [one for one in clauses.hits.get("past", ()) if not hinge.start <= one.start < end]
        if any(_meet(one, clause) for one in done) or any(_meet(one, clause) and not _meet(one, hit) for one in past):
            return True
    return False


def _meet(one: Hit, other: Hit) -> bool:
    return one.start < other.end and other.start < one.end


@cache
def _hinges(language: str) -> Cues:
    return Cues(language, read(FOLDER / f"{language}.txt"))
