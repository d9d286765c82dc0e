# SPDX-License-Identifier: AGPL-3.0-or-later
"""Customers' answers: a person has looked at one; the files that came with them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from purring.doors.desk.desk import Desk, done
from purring.facts.answers.actions import see_answer
from purring.facts.answers.models import Answer, AnswerFile
from purring.kit.downloads import download
from purring.kit.tenancy import reach


def seen(request: HttpRequest, desk: Desk, answer_id: int) -> HttpResponse:
    answer = reach(Answer, desk.organization, pk=answer_id)
    see_answer(answer, now=desk.now, actor=desk.actor, user_id=desk.user.pk)
    return done(request, gettext("Noted, thank you."), reverse("desk:today"))


def file(request: HttpRequest, desk: Desk, file_id: int) -> HttpResponse:
    """A stranger's file: to be saved, never shown inside our own pages, and nothing in it runs in our name."""
    kept = reach(AnswerFile, desk.organization, pk=file_id)
    return download(bytes(kept.content), kept.filename, kept.content_type)
