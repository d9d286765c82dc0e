# SPDX-License-Identifier: AGPL-3.0-or-later
"""The form of one text in all its versions, what is said about each, and the form of the house's tone and signature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from purring.core.errors import Refused
from purring.doors.desk import refusals
from purring.doors.desk.desk import Desk
from purring.doors.desk.fields import DeskForm
from purring.doors.desk.sayings import label
from purring.doors.desk.wording_names import USES, VOICES, version_name, version_use
from purring.facts.organizations.actions import change_organization
from purring.facts.organizations.models import LegalEntity
from purring.followup.entities import change_entity
from purring.followup.wording_checks import Remark, mistakes
from purring.followup.wordings import Standing, tidy
from purring.language.sections import LABEL_FILES, Piece, part_of
from purring.language.templates import Problem
from purring.language.tone.guard import resolve
from purring.language.tone.texts import advice


@dataclass(frozen=True)
class Told:
    """A mistake with the line it is in, cut where it stands."""

    line: int
    column: int
    message: str
    before: str
    there: str
    after: str


@dataclass(frozen=True)
class Said:
    """A remark of the tone guard, in the reader's language; `better` are words to take with one click."""

    line: int
    quote: str
    why: str
    advice: str
    better: str | None
    blocks: bool
    index: int


@dataclass
class Version:
    """One version of a text on its page."""

    heading: str
    name: str
    use: str
    text: str
    standing: Standing
    rows: int
    one_line: bool
    open: bool = True
    mistakes: list[Told] = field(default_factory=list)
    remarks: list[Said] = field(default_factory=list)

    @property
    def when(self) -> str:
        return label(USES, self.use) if self.use else ""

    @property
    def field(self) -> str:
        return f"text:{self.heading}"

    @property
    def apart(self) -> bool:
        """Not taken in this house's tone by itself, and nothing to say of it: folded away."""
        return self.use == "apart" and not (self.mistakes or self.remarks)

    @property
    def key(self) -> str:
        """For ids of the page."""
        return "v-" + "".join(char if char.isalnum() else "-" for char in self.heading)


def posted_texts(piece: Piece, posted: Mapping[str, Any], there: Mapping[str, Standing]) -> dict[str, str]:
    """The texts of the form; what is not in it stands as it is."""
    return {heading: tidy(str(posted.get(f"text:{heading}", there[heading].text))) for heading in piece.headings}


def versions(
    desk: Desk, language: str, piece: Piece, there: Mapping[str, Standing], texts: Mapping[str, str]
) -> list[Version]:
    """The versions in the order they are taken, with mistakes in what is written; those that are taken first stand open."""
    voice = desk.organization.voice
    made = []
    for heading in piece.headings:
        text, stands = texts[heading], there[heading]
        one_line = part_of(heading) == "subject" or piece.file in LABEL_FILES
        use = version_use(heading, piece.headings, voice)
        found = Version(
            heading, version_name(piece, heading), use, text, stands, _rows(text, one_line=one_line), one_line
        )
        if text and text != stands.text:
            found.mistakes = [told(one, text) for one in mistakes(language, piece.file, heading, text)]
        changed = text != stands.text or stands.origin != "built_in"
        found.open = changed or use in ("", "first") or len(piece.headings) < 4
        made.append(found)
    order = ("first", "", "again", "apart")
    return sorted(made, key=lambda one: (part_of(one.heading) != "subject", order.index(one.use)))


def _rows(text: str, *, one_line: bool) -> int:
    if one_line:
        return 2 + len(text) // 66
    return min(max(sum(1 + len(line) // 74 for line in text.split("\n")) + 1, 3), 26)


def told(problem: Problem, text: str) -> Told:
    """A mistake in the reader's words, with the line it stands in."""
    lines = text.split("\n")
    line = lines[problem.line - 1] if 0 < problem.line <= len(lines) else ""
    at = min(max(problem.column - 1, 0), len(line))
    end = at
    while end < len(line) and (line[end].isalnum() or line[end] == "_"):
        end += 1
    end = max(end, min(at + 1, len(line)))
    message = refusals.told(problem.message)
    if problem.near and "is not a known name" in problem.message:
        message = gettext("“%(name)s” is not known here. Did you mean “%(near)s”?") % {
            "name": line[at:end],
            "near": problem.near,
        }
    elif "is not a known name" in problem.message:
        message = gettext("“%(name)s” is not known here.") % {"name": line[at:end]}
    return Told(problem.line, problem.column, message, line[:at], line[at:end], line[end:])


def put_remarks(shown: Sequence[Version], remarks: Sequence[Remark]) -> None:
    """Remarks to the version they speak of."""
    for index, remark in enumerate(remarks):
        finding = remark.finding
        why, advised = _advice(finding.code, finding.why, finding.better)
        said = Said(remark.line, finding.quote or "", why, advised, remark.better, remark.blocks, index)
        for version in shown:
            if version.heading == remark.heading:
                version.remarks.append(said)
                version.open = True


def _advice(code: str, why: str, better: str) -> tuple[str, str]:
    """In the language of the desk where the guard speaks it, else in the language of the text."""
    try:
        return advice(resolve(get_language() or "en"), code)
    except Refused:
        return why, better


class VoiceForm(DeskForm):
    """How messages sound, and who signs them."""

    voice = forms.ChoiceField(
        label=_("How your messages sound"), choices=list(VOICES.items()), widget=forms.RadioSelect
    )
    sender_name = forms.CharField(
        label=_("Who signs"), max_length=120, required=False, help_text=_("The person your customers know.")
    )
    sender_title = forms.CharField(label=_("Their role"), max_length=120, required=False)
    phone = forms.CharField(label=_("Phone for questions"), max_length=40, required=False)
    email = forms.EmailField(label=_("Answers go to"), required=False)
    signature = ("sender_name", "sender_title", "phone", "email")

    def __init__(self, *args: Any, desk: Desk, entity: LegalEntity, **kwargs: Any) -> None:
        self.entity = entity
        initial = {name: getattr(entity, name) for name in self.signature}
        voice = desk.organization.voice
        super().__init__(*args, desk=desk, initial={**initial, "voice": voice}, **kwargs)

    def run(self) -> bool:
        def act() -> None:
            with transaction.atomic():
                told: dict[str, Any] = {"now": self.desk.now, "actor": self.desk.actor}
                change_organization(self.desk.organization, **told, voice=self.cleaned_data["voice"])
                change_entity(self.entity, **told, **{name: self.cleaned_data[name] for name in self.signature})

        return self.attempt(act)
