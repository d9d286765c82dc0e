# SPDX-License-Identifier: AGPL-3.0-or-later
"""Cutting out what is newly written: any mail program, any language, answers between the lines, signatures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purring.language.replies.cut import cut
from purring.language.replies.mail import opened
from purring.language.replies.markup import plain_text

CORPUS = Path(__file__).resolve().parents[3] / "corpora/replies/train"

WRITTEN = "Hello,\n\nthe money leaves tomorrow.\n\nKind regards\nAnna"
OLDER = "Dear Anna,\njust a nudge about invoice 118."
QUOTED = "> Dear Anna,\n> just a nudge about invoice 118."

HEADERS = [
    "On Tue, 3 Mar 2026 at 09:12, Sue Pargeter <sue@oak.example> wrote:",
    "On Tue, 3 Mar 2026 at 09:12, Sue Pargeter\n<sue@oak.example> wrote:",
    "Am 03.03.26 um 09:12 schrieb Sue Pargeter:",
    "Am Di., 3. März 2026 um 09:12 Uhr schrieb Sue Pargeter <sue@oak.example>:",
    "Le mar. 3 mars 2026 à 09:12, Sue Pargeter <sue@oak.example> a écrit :",
    "El mar, 3 mar 2026 a las 9:12, Sue Pargeter (<sue@oak.example>) escribió:",
    "Em ter., 3 de mar. de 2026 às 09:12, Sue Pargeter <sue@oak.example> escreveu:",
    "Il giorno mar 3 mar 2026 alle ore 09:12 Sue Pargeter <sue@oak.example> ha scritto:",
    "tir. 3. mars 2026 kl. 09:12 skrev Sue Pargeter <sue@oak.example>:",
    "Den tis 3 mars 2026 kl 09:12 skrev Sue Pargeter <sue@oak.example>:",
    "Den 3. mar. 2026 kl. 09.12 skrev Sue Pargeter <sue@oak.example>:",
    "Op di 3 mrt 2026 om 09:12 schreef Sue Pargeter <sue@oak.example>:",
    "Op Di 3 Mrt 2026 om 09:12 het Sue Pargeter <sue@oak.example> geskryf:",
    "2026年3月3日(火) 9:12 Sue Pargeter <sue@oak.example>:",
]
BLOCKS = [
    "From: Sue <sue@oak.example>\nSent: Tuesday, March 3, 2026 9:12 AM\nTo: Anna\nSubject: Invoice 118",
    "________________________________\nVon: Sue <sue@oak.example>\nGesendet: Dienstag, 3. März 2026 09:12\nAn: Anna\nBetreff: Rechnung",
    "*De :* Sue <sue@oak.example>\n*Envoyé :* mardi 3 mars 2026 09:12\n*À :* Anna\n*Objet :* Facture 118",
    "De: Sue <sue@oak.example>\nEnviado el: martes, 3 de marzo de 2026 9:12\nPara: Anna\nAsunto: Factura 118",
    "De: Sue <sue@oak.example>\nEnviada: 3 de março de 2026 09:12\nPara: Anna\nAssunto: Fatura 118",
    "Da: Sue <sue@oak.example>\nInviato: martedì 3 marzo 2026 09:12\nA: Anna\nOggetto: Fattura 118",
    "Fra: Sue <sue@oak.example>\nSendt: tirsdag 3. mars 2026 09:12\nTil: Anna\nEmne: Faktura 118",
    "Från: Sue <sue@oak.example>\nSkickat: den 3 mars 2026 09:12\nTill: Anna\nÄmne: Faktura 118",
    "Van: Sue <sue@oak.example>\nVerzonden: dinsdag 3 maart 2026 09:12\nAan: Anna\nOnderwerp: Factuur 118",
    "-----Original Message-----\nFrom: Sue\nSent: 3 March 2026\nSubject: Invoice 118",
    "-------- Ursprüngliche Nachricht --------\nVon: Sue <sue@oak.example>\nDatum: 03.03.26 09:12\nBetreff: Rechnung",
    "Begin forwarded message:\n\nFrom: Sue <sue@oak.example>\nDate: 3 March 2026\nSubject: Invoice 118",
]
SIGNATURES = [
    "-- \nAnna Berg\nBerg Interiors Ltd\n+44 117 496 0000",
    "Sent from my iPhone",
    "Von meinem iPhone gesendet",
    "Envoyé depuis mon téléphone",
    "Sendt fra min iPad",
    "Get Outlook for Android",
    "This e-mail and any attachments are confidential and intended solely for the addressee.",
    "Anna Berg\nFinance manager | Berg Interiors Ltd | www.berg.example | Tel 0117 496 0000",
]


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("mark", ["> ", ">"])
def test_quoted_mail_below_its_header_goes(header: str, mark: str) -> None:
    quoted = "\n".join(mark + line for line in OLDER.splitlines())
    assert cut(f"{WRITTEN}\n\n{header}\n\n{quoted}\n") == WRITTEN
    assert cut(f"{WRITTEN}\n{header}\n{quoted}") == WRITTEN


@pytest.mark.parametrize("header", HEADERS[:-1])
def test_older_mail_without_marks_goes_with_its_header(header: str) -> None:
    assert cut(f"{WRITTEN}\n\n{header}\n\n{OLDER}\n") == WRITTEN


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_of_header_lines_begins_older_mail(block: str) -> None:
    assert cut(f"{WRITTEN}\n\n{block}\n\n{OLDER}") == WRITTEN


@pytest.mark.parametrize("signature", SIGNATURES)
def test_what_programs_and_firms_add_below_goes_and_the_name_stays(signature: str) -> None:
    assert cut(f"{WRITTEN}\n\n{signature}\n") == WRITTEN
    assert cut(f"{WRITTEN}\n\n{signature}\n\n{HEADERS[0]}\n\n{QUOTED}") == WRITTEN


def test_answers_between_quoted_lines_stay_one_after_the_other() -> None:
    text = f"{HEADERS[0]}\n> Did it arrive?\n\nYes.\n\n> And when will you pay?\n\nOn Friday.\n\n> Sue\n"
    assert cut(text) == "Yes.\nOn Friday."


@pytest.mark.parametrize(
    "text",
    [
        "On Friday I wrote to you: the cheque is in the post.",
        "Wrong: the total.\nRight: 120.\nRegards, Bo",
        "Sent from my desk, which is far from the bank.",
        "From: now on please use this address.\n\nThanks\nBo",
        "I paid - this is not a signature - yesterday.",
    ],
)
def test_words_that_look_like_a_quotation_stay(text: str) -> None:
    assert cut(text) == text


def test_nothing_new_gives_nothing() -> None:
    assert cut("") == ""
    assert cut(f"{HEADERS[0]}\n\n{QUOTED}") == ""


def test_a_text_that_opens_with_its_own_headers_loses_only_those() -> None:
    assert cut(f"{BLOCKS[0]}\n\n{WRITTEN}") == WRITTEN


@given(st.text(alphabet=st.sampled_from("ab :>-@\n.0/|*<"), max_size=300))
def test_any_text_is_cut_to_lines_it_holds(text: str) -> None:
    held = {line.strip() for line in text.splitlines()}
    assert {line.strip() for line in cut(text).splitlines()} <= held | {""}


@given(st.text(max_size=400))
def test_any_characters_whatsoever(text: str) -> None:
    assert isinstance(cut(text), str)


@given(
    words=st.lists(
        st.sampled_from(["we", "paid", "on", "friday", "the", "rest", "follows", "please", "look", "again"]),
        min_size=1,
        max_size=20,
    ),
    header=st.sampled_from(HEADERS),
)
def test_what_is_quoted_below_never_changes_what_is_above(words: list[str], header: str) -> None:
    above = " ".join(words) + "."
    assert cut(f"{above}\n\n{header}\n{QUOTED}") == cut(above)


def test_a_very_long_mail_takes_no_long_time() -> None:
    assert cut("> x\n" * 30_000 + "new") is not None
    assert cut("On 1 " * 20_000).startswith("On 1")


def test_at_least_three_quarters_of_the_written_mails_are_cut_exactly() -> None:
    items = [
        json.loads(line) for path in sorted(CORPUS.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()
    ]
    right = sum(cut(item["text"]) == item["reply"].strip() for item in items)
    assert right / len(items) >= 0.9, f"{right} of {len(items)}"


def test_the_mails_other_libraries_test_with(test_data: Path) -> None:
    """talon: "Hello" from every mail program; HTML replies."""
    folder = test_data / "mail/replies/talon/tests/fixtures"
    mails = sorted((folder / "standard_replies").glob("*.eml"))
    assert {path.name: cut(opened(path.read_bytes()).text) for path in mails} == {path.name: "Hello" for path in mails}
    pages = {
        path.name: cut(plain_text(path.read_text("utf-8"))) for path in sorted((folder / "html_replies").glob("*.html"))
    }
    assert {" ".join(reply.split()) for reply in pages.values()} == {"Hi. I am fine. Thanks, Alex"}, pages
