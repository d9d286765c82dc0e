# SPDX-License-Identifier: AGPL-3.0-or-later
"""Texts of one's own, as a person keeps them: looked at as they stand, checked, kept, taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from purring.core.errors import Refused
from purring.facts.organizations.models import Organization
from purring.facts.wordings.actions import Kept, keep_texts
from purring.facts.wordings.models import OwnText
from purring.followup.own_wordings import folder_files, in_force
from purring.followup.wording_checks import Remark, Verdict, refuse_mistakes, verdict
from purring.followup.wording_preview import Look
from purring.language.sections import EDITABLE, Piece, built_in, pieces, sections
from purring.language.wording import resolve


@dataclass(frozen=True)
class Standing:
    """One heading as it stands: the text in force, where it comes from, and the built-in one."""

    heading: str
    text: str
    origin: str
    """`built_in`, `file` (of the data folder) or `own` (kept at the desk)."""
    built_in: str
    findings: int = 0
    overruled: tuple[str, ...] = ()


def standing(organization: Organization, language: str, file: str) -> dict[str, Standing]:
    """Every heading of a file as it stands."""
    tag = resolve(language) or language
    found = {one.heading: Standing(one.heading, one.text, "built_in", one.text) for one in built_in(file, language)}
    mine = folder_files(organization.slug, language).get(file, "")
    for one in sections(file, mine):
        original = found[one.heading].built_in if one.heading in found else ""
        found[one.heading] = Standing(one.heading, one.text, "file", original)
    for own in in_force(organization):
        if (own.language, own.file) == (tag, file):
            original = found[own.heading].built_in if own.heading in found else ""
            found[own.heading] = Standing(own.heading, own.text, "own", original, own.findings, own.overruled)
    return found


def find_piece(organization: Organization, language: str, name: str) -> Piece:
    """The text of a name such as "friendly.email" or "sentences.contact". Refuses (`not_found`) an unknown one."""
    file, _, key = name.partition(".")
    if file in EDITABLE:
        for piece in pieces(file, standing(organization, language, file)):
            if piece.key == key:
                return piece
    raise Refused("not_found", f"there is no text {name}")


def keep(
    organization: Organization,
    look: Look,
    *,
    now: datetime,
    actor: str,
    overrule: bool = False,
) -> Verdict:
    """The texts of `look.changes` are in force from now on; one that is as the built-in one, or empty, is that again.

    Refuses `bad_template` (with `mistakes`), `words` (with `lacks`) when its messages would stop, and `unkind` (with
    `remarks`) when they may hurt, unless the person says that they shall stand: then the journal keeps in spite of what.
    """
    file, language = look.piece.file, resolve(look.language) or look.language
    there = standing(organization, language, file)
    texts = {heading: tidy(text) for heading, text in look.changes.items()}
    if unknown := set(texts) - set(there):
        raise Refused("not_found", f"there is no text {min(unknown)} in {file}")
    files = {one.heading: one.text for one in sections(file, folder_files(organization.slug, language).get(file, ""))}
    below = {heading: files.get(heading, there[heading].built_in) for heading in texts}
    texts = {heading: "" if text == below[heading] else text for heading, text in texts.items()}
    refuse_mistakes(language, file, texts)
    fresh = {heading: text for heading, text in texts.items() if text and text != there[heading].text}
    judged = judged_texts(organization, look, fresh)
    if judged.lacks:
        raise Refused("words", judged.lacks[0].message, lacks=judged.lacks)
    if judged.blocks and not overrule:
        grave = [remark for remark in judged.remarks if remark.blocks]
        raise Refused("unkind", f"these words may hurt: “{grave[0].finding.quote}”", remarks=judged.remarks)
    kept = {heading: _kept(heading, text, there[heading], judged.remarks, fresh) for heading, text in texts.items()}
    keep_texts(organization, language, file, kept, now=now, actor=actor)
    return judged


def judged_texts(organization: Organization, look: Look, texts: Mapping[str, str]) -> Verdict:
    """What there is to say of these texts of a look."""
    if not texts:
        return Verdict()
    return verdict(organization, Look(look.language, look.piece, texts, "", look.voice, look.stage, look.channel))


def _kept(heading: str, text: str, before: Standing, remarks: tuple[Remark, ...], fresh: Mapping[str, str]) -> Kept:
    if heading not in fresh:
        same = text and text == before.text
        return Kept(text, before.findings if same else 0, before.overruled if same else ())
    mine = [remark for remark in remarks if remark.heading == heading]
    return Kept(text, len(mine), sorted({remark.finding.code for remark in mine if remark.blocks}))


def tidy(text: str) -> str:
    """What a browser sends, as a wording file has it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").rstrip()


def history(organization: Organization, language: str, piece: Piece, most: int = 40) -> list[OwnText]:
    """The versions of a text's headings, newest first."""
    rows = OwnText.objects.of(organization).filter(
        language=resolve(language) or language, file=piece.file, heading__in=piece.headings
    )
    return list(rows.order_by("-id")[:most])
