# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every mail as its reader sees it: in every language and stage, with everything that can stand in one, light and dark, in
a narrow and a wide window. Nothing keeps anybody out and nothing runs over the edge."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle, product
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from purring.language.announcing import compose_announcement
from purring.language.answering import compose_answer
from purring.language.compose import LANGUAGES, compose
from purring.language.facts import Debit, Logo, MessageFacts
from purring.language.layout import as_plain_html
from purring.language.samples import SITUATION_NAMES, TODAY, sample_answer_facts, sample_facts
from purring.language.tags import STAGES
from purring.papers.documents import Brand, Printer
from tests.support import seeds
from tests.support.axe import WCAG, violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

LOOKS = tuple(product((360, 700), ("light", "dark")))
OWN = "Hi Ada,\n\nthanks for the call. The drawings are at https://studio.example/a/very/long/address/" + "x" * 60
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30"><rect width="90" height="30" fill="#705"/></svg>'


def mails() -> Iterator[tuple[str, str]]:
    """Name and HTML. In a normal run each language in some stages and each situation once, in `make endurance` all."""
    drawn = base64.b64encode(Printer(Brand(logo=SVG)).logo_png(144, 48, 144)).decode()
    logo = Logo(f"data:image/png;base64,{drawn}", 144, 48)
    whole = seeds.profile() == "endurance"
    situations = cycle(SITUATION_NAMES)

    def with_logo(facts: MessageFacts, wanted: bool) -> MessageFacts:
        return replace(facts, organization=replace(facts.organization, logo=logo if wanted else None))

    for (at, language), (nth, stage) in product(enumerate(LANGUAGES), enumerate(STAGES)):
        if not whole and (at + nth) % 3:
            continue
        for situation in SITUATION_NAMES if whole else [next(situations)]:
            facts = with_logo(sample_facts(situation, stage, language), wanted=bool(at % 2))
            yield f"{language}-{stage}-{situation}", compose(stage, "email", facts, language).html
    for language in LANGUAGES if whole else ("en", "fr"):
        answer = with_logo(sample_answer_facts("offered", language), wanted=True)
        yield f"{language}-answer", compose_answer("plan_agreed", answer, language).html
        facts = replace(
            sample_facts("standard", "friendly", language), debit=Debit(TODAY, "Visa 4242", True), pay_link=""
        )
        yield f"{language}-autopay", compose_announcement(replace(facts, pay_by=None), language).html
        yield f"{language}-own", as_plain_html(OWN, "Drawings", language)


def test_every_mail(browser: Browser, artefacts: Path) -> None:
    folder = artefacts / "mails"
    folder.mkdir(parents=True, exist_ok=True)
    page, wrong, seen = browser.new_page(), [], 0
    for (name, html), shown in zip(mails(), cycle(LOOKS), strict=False):
        page.set_content(html)
        for width, scheme in LOOKS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=cast(Any, scheme))
            if width == 360:  # colours are the same in a wide one
                wrong += [f"{name}, {scheme}: {one}" for one in violations(page, WCAG)]
            if (whole := page.evaluate("document.documentElement.scrollWidth")) > width:
                wrong.append(f"{name}: {whole} of {width} pixels wide")
            if (width, scheme) == shown:
                page.screenshot(path=folder / f"{name}-{width}-{scheme}.jpeg", type="jpeg", quality=70, full_page=True)
        seen += 1
    page.close()
    assert wrong == []
    assert seen > 40
