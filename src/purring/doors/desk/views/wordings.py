# SPDX-License-Identifier: AGPL-3.0-or-later
"""Wording: every text a customer may read, one of them in all its versions beside a live preview, and the house's tone."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from purring.core.errors import Refused
from purring.doors.desk.desk import Desk, go_on, is_fragment
from purring.doors.desk.fields import sentence
from purring.doors.desk.mail_view import mail_view
from purring.doors.desk.views.settings import show
from purring.doors.desk.word_diff import compared
from purring.doors.desk.wording_forms import VoiceForm, posted_texts, put_remarks, versions
from purring.doors.desk.wording_names import (
    CASES,
    SHOWN_TO,
    STAGE_NOTES,
    VOICES,
    page_groups,
    point_name,
    situation,
    strip,
    title_of,
)
from purring.doors.desk.wording_show import chips_of, history_of, lack_said, preview
from purring.facts.customers.models import Customer
from purring.facts.organizations.logos import Logos
from purring.facts.organizations.models import LegalEntity
from purring.facts.wordings.models import OwnText
from purring.followup import wordings
from purring.followup.own_wordings import in_force
from purring.followup.wording_checks import Verdict, take_better
from purring.followup.wording_preview import Look, known_language, sample_words
from purring.kit.numbers import whole
from purring.kit.tenancy import reach
from purring.language.compose import LANGUAGES
from purring.language.sections import ALONE, Piece, pieces
from purring.language.tags import ASKING, CHANNELS, STAGES

KINDS = ("messages", "answers", "calls", "pages", "sentences")
_VARIABLE, _TAG = re.compile(r"\{\{.*?\}\}", re.S), re.compile(r"\{%.*?%\}", re.S)
_ELSE = re.compile(r"\{%-?\s*els(?:e|if\b[^%]*)\s*-?%\}(?:(?!\{%-?\s*(?:end)?if).)*(?=\{%-?\s*endif)", re.S)
"""What a text says otherwise: of a line in a list the first is enough."""


def listing(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every text of a language: built in, or one's own, with a remark or without."""
    language = known_language(request.GET.get("language") or desk.organization.language, desk.organization)
    kind = request.GET.get("show", "")
    kind = kind if kind in KINDS else KINDS[0]
    try:
        rows, problem = _rows(desk, language, kind), ""
    except Refused as refused:
        rows, problem = [], sentence(refused.message)
    used = Customer.objects.of(desk.organization).exclude(language="").values_list("language", flat=True).distinct()
    mine = {known_language(tag, desk.organization) for tag in (desk.organization.language, *used[:40])}
    own: dict[str, int] = defaultdict(int)
    for one in in_force(desk.organization):
        own[one.language] += 1
    context: dict[str, Any] = {
        "written": language,
        "kind": kind,
        "rows": rows,
        "problem": problem,
        "languages": [tag for tag in LANGUAGES if tag in mine or tag == language or own[tag]],
        "others": [tag for tag in LANGUAGES if tag not in mine and tag != language and not own[tag]],
        "own": own[language],
    }
    return show(request, "wordings", "wording", **context)


def _rows(desk: Desk, language: str, kind: str) -> list[dict[str, Any]]:
    files = {
        "messages": (*STAGES, "autopay"), "answers": ("reply",), "calls": ("call",), "pages": ("pages",),
        "sentences": ("greetings", "sentences", "labels"),
    }  # fmt: skip
    found: list[dict[str, Any]] = []
    for file in files[kind]:
        there = wordings.standing(desk.organization, language, file)
        all_pieces = pieces(file, there)
        texts = [_text(piece, language, there) for piece in all_pieces]
        if kind == "messages":
            main = [text for text in texts if text["piece"].channel]
            rest = [text for text in texts if not text["piece"].channel]
            found.append({"file": file, "note": STAGE_NOTES[file], "asks": file in ASKING, "texts": main, "rest": rest})
        elif kind == "pages":
            by_key = {text["piece"].key: text for text in texts}
            for title, keys in page_groups(by_key).items():
                found.append({"file": file, "title": title, "texts": [by_key[key] for key in keys]})
        else:
            mine = [text for text in texts if kind != "answers" or text["piece"].situation]
            found.append({"file": file, "note": "", "asks": False, "texts": mine, "rest": []})
    return found


def _text(piece: Piece, language: str, there: dict[str, wordings.Standing]) -> dict[str, Any]:
    mine = [there[heading] for heading in piece.headings]
    own = [one for one in mine if one.origin == "own"]
    first = next((one.text for one in mine if one.text), "")
    first = " ".join(_VARIABLE.sub("…", _TAG.sub("", _ELSE.sub("", first))).split())
    return {
        "piece": piece,
        "address": address(language, piece),
        "origin": "own" if own else "file" if any(one.origin == "file" for one in mine) else "built_in",
        "findings": sum(one.findings for one in own),
        "overruled": any(one.overruled for one in own),
        "situation": situation(piece.situation) if piece.situation else "",
        "case": CASES.get(piece.situation, ""),
        "point": point_name(piece) if piece.file == "call" else "",
        "first": first,
    }


def address(language: str, piece: Piece) -> str:
    """The page of a text."""
    return f"{reverse('desk:wording')}?{urlencode({'language': language, 'text': f'{piece.file}.{piece.key}'})}"


def one(request: HttpRequest, desk: Desk) -> HttpResponse:
    """One text in all its versions, beside its preview."""
    if not request.GET.get("text"):
        return go_on(request, reverse("desk:wordings"))
    return _page(request, desk, request.GET, typed=False)


def look(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The preview of what is typed; nothing is kept. With htmx the preview and the remarks, else the whole page."""
    given = request.POST.copy()
    if taken := str(given.get("take", "")):
        _take(desk, given, taken)
    return _page(request, desk, given, typed=True)


def keep(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Keep the texts as typed. What was refused stands in the form, with why beside it."""
    language, piece, there = _opened(desk, request.POST)
    texts = posted_texts(piece, request.POST, there)
    asked = _look(desk, request.POST, language, piece, texts)
    anyway = request.POST.get("anyway") == "yes"
    try:
        said = wordings.keep(
            desk.organization, Look(language, piece, texts), now=desk.now, actor=desk.actor, overrule=anyway
        )
    except Refused as refused:
        if refused.code == "not_found":
            raise
        return _page(request, desk, request.POST, typed=True, refused=refused, status=422)
    messages.success(request, gettext("Kept. Messages leave with these words from now on."))
    for remark in said.remarks:
        if not remark.blocks and remark.finding.quote:
            messages.info(request, f"“{remark.finding.quote}”: {remark.finding.why}")
    return go_on(request, address(asked.language, piece))


def back(request: HttpRequest, desk: Desk) -> HttpResponse:
    """An earlier version again, or the built-in text."""
    language, piece, _ = _opened(desk, request.POST)
    if version := request.POST.get("version", ""):
        row = reach(OwnText, desk.organization, pk=whole(version) or 0)
        if (row.language, row.file) != (language, piece.file) or row.heading not in piece.headings:
            raise Refused("not_found", f"this text has no version {version}")
        changes, overruled = {row.heading: row.text}, bool(row.overruled)
    else:
        changes, overruled = dict.fromkeys(piece.headings, ""), False
    try:
        wordings.keep(
            desk.organization, Look(language, piece, changes), now=desk.now, actor=desk.actor, overrule=overruled
        )
    except Refused as refused:
        if refused.code == "not_found":
            raise
        messages.warning(request, sentence(refused.message))
    else:
        messages.success(request, gettext("Taken back. Messages leave with these words from now on."))
    return go_on(request, address(language, piece))


def voice(request: HttpRequest, desk: Desk) -> HttpResponse:
    """How messages sound and who signs them, with a message as it would read."""
    entity = LegalEntity.objects.of(desk.organization).order_by("-is_default", "id").first()
    if entity is None:
        return go_on(request, reverse("desk:settings"))
    form = VoiceForm(request.POST or None, desk=desk, entity=entity)
    looking = is_fragment(request) or "look" in request.POST
    if request.method == "POST" and not looking and form.run():
        messages.success(request, gettext("Kept."))
        return go_on(request, reverse("desk:wording-voice"))
    chosen = str(form["voice"].value())
    language = known_language(desk.organization.language, desk.organization)
    signed = {name: str(form[name].value() or "") for name in VoiceForm.signature}
    piece = wordings.find_piece(desk.organization, language, "friendly.email")
    words, _ = sample_words(desk.organization, Look(language, piece, voice=_voice(chosen)), signed=signed)
    context = {
        "form": form,
        "words": words,
        "mail": mail_view(Logos(desk.organization.pk).put_into(words.html)),
        "channel": "email",
        "entity": entity,
    }
    if is_fragment(request):
        return render(request, "desk/settings/wording_shown.html", context)
    status = 422 if request.method == "POST" and not looking else 200
    return show(request, "wording_voice", "wording", status, **context)


def _voice(name: str) -> str:
    return name if name in VOICES else ""


def _opened(desk: Desk, given: QueryDict) -> tuple[str, Piece, dict[str, wordings.Standing]]:
    language = known_language(str(given.get("language", "")), desk.organization)
    piece = wordings.find_piece(desk.organization, language, str(given.get("text", "")))
    return language, piece, wordings.standing(desk.organization, language, piece.file)


def _look(desk: Desk, given: QueryDict, language: str, piece: Piece, texts: dict[str, str]) -> Look:
    version = str(given.get("version", ""))
    stage, channel = str(given.get("stage", "")), str(given.get("channel", ""))
    return Look(
        language,
        piece,
        texts,
        version if texts.get(version) else "",
        _voice(str(given.get("voice", ""))),
        stage if stage in STAGES else "",
        channel if channel in CHANNELS else "",
    )


def _take(desk: Desk, given: QueryDict, taken: str) -> None:
    """Put the better words of one remark where the remarked ones stand."""
    language, piece, there = _opened(desk, given)
    texts = posted_texts(piece, given, there)
    remarks = _judged(desk, _look(desk, given, language, piece, texts), texts, there).remarks
    index = whole(taken)
    if index is not None and index < len(remarks) and remarks[index].better is not None:
        remark = remarks[index]
        changed = take_better(texts[remark.heading], remark.finding.quote or "", remark.better or "")
        given[f"text:{remark.heading}"] = changed


def _judged(desk: Desk, asked: Look, texts: dict[str, str], there: dict[str, wordings.Standing]) -> Verdict:
    """What there is to say of the texts that differ from the built-in ones; nothing while one cannot be read."""
    changed = {h: text for h, text in texts.items() if text and text != there[h].built_in}
    try:
        return wordings.judged_texts(desk.organization, asked, changed)
    except Refused:
        return Verdict()


def _page(
    request: HttpRequest,
    desk: Desk,
    given: QueryDict,
    *,
    typed: bool,
    refused: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    language, piece, there = _opened(desk, given)
    texts = posted_texts(piece, given if typed else {}, there)
    asked = _look(desk, given, language, piece, texts)
    shown = versions(desk, language, piece, there, texts)
    broken = [version for version in shown if version.mistakes]
    said = Verdict() if broken else _judged(desk, asked, texts, there)
    put_remarks(shown, said.remarks)
    context: dict[str, Any] = {
        "here": "settings",
        "title": title_of(piece),
        "written": language,
        "piece": piece,
        "text": f"{piece.file}.{piece.key}",
        "versions": shown,
        "asked": asked,
        "broken": broken,
        "lacks": [sentence(lack_said(lack.code, lack.message)) for lack in said.lacks],
        "blocks": said.blocks,
        "refused": refused is not None
        and not broken
        and not said.lacks
        and not said.blocks
        and sentence(refused.message),
        **preview(desk, given, asked, broken=bool(broken)),
    }
    if is_fragment(request):
        return render(request, "desk/settings/wording_look.html", context)
    context |= {
        "tried": refused is not None,
        "chips": (groups := chips_of(desk, asked, texts.values())),
        "strip": strip(groups),
        "apart": sum(version.apart for version in shown),
        "apart_open": any(version.apart and version.standing.origin != "built_in" for version in shown),
        "voices": VOICES,
        "shown_to": SHOWN_TO,
        "stages": STAGES if not piece.channel and piece.file not in (*STAGES, "reply", "autopay", *ALONE) else (),
        "siblings": [(tag, address(tag, piece)) for tag in LANGUAGES] if piece.channel else [],
        "history": history_of(desk, language, piece, there),
        "comparisons": [
            {"name": version.name, "lines": compared(version.standing.built_in, version.text)}
            for version in shown
            if version.text and version.standing.built_in and version.text != version.standing.built_in
        ],
        "own": any(there[heading].origin == "own" for heading in piece.headings),
        "from_file": any(there[heading].origin == "file" for heading in piece.headings),
    }
    return render(request, "desk/settings/wording.html", context, status=status)
