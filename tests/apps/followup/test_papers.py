# SPDX-License-Identifier: AGPL-3.0-or-later
"""Documents of ours go along: with the first asking, again with reminders, also when a process died before printing.
And what was handed over can be shown again, byte for byte, in an evidence pack."""

from __future__ import annotations

import email
import email.policy
import io
import json
import random
import zipfile
from datetime import timedelta
from typing import Any

import pypdf
import pytest
from PIL import Image

from purring.core.references import make
from purring.facts.invoices.actions import start_repeat
from purring.facts.invoices.issuing import issue_invoice
from purring.facts.invoices.models import Attachment, Invoice, Issued
from purring.facts.invoices.papers import paper_of
from purring.facts.invoices.rounds import make_repeats
from purring.facts.journal.actions import broken_links
from purring.facts.journal.models import Entry
from purring.facts.messages.actions import record_reply
from purring.facts.messages.models import Message
from purring.facts.messages.sources import source_of
from purring.facts.organizations.actions import keep_letterhead, letterhead_of
from purring.facts.organizations.logos import MOST_BYTES
from purring.facts.organizations.models import LegalEntity, MailLogo
from purring.facts.payments.crediting import issue_credit_note
from purring.followup.evidence import evidence_pack
from purring.followup.export import mails
from purring.followup.first_asking import plan_requests
from purring.kit import mailsink
from purring.kit.mailsink import Sink
from purring.kit.mime_lint import lint
from purring.papers.documents.house import happenings
from purring.papers.einvoice import read_einvoice
from purring.papers.evidence import readme, verify_pack
from tests.apps.cast import Studio

pytestmark = pytest.mark.django_db
LINE = {"description": "A logo", "unit_price": "1000.00", "tax_rate": "25"}


def entity(studio: Studio) -> LegalEntity:
    return LegalEntity.objects.of(studio.organization).get()


def issue(studio: Studio, **more: Any) -> Invoice:
    told = {"issued": studio.today, "due": studio.today + timedelta(14), "currency": "NOK", **studio.told, **more}
    return issue_invoice(told.pop("customer", None) or studio.customer(), entity(studio), [LINE], **told)


def send(studio: Studio, sink: Sink) -> list[bytes]:
    """Today's messages; the sources that arrived."""
    before = {kept.id for kept in mailsink.messages(sink.keeper.folder)}
    plan_requests(studio.organization, studio.now)
    studio.plan()
    studio.write(sink, any_hour=True)
    return [
        mailsink.read(sink.keeper.folder, kept.id)
        for kept in mailsink.messages(sink.keeper.folder)
        if kept.id not in before
    ]


def digest_of(message: Message) -> str:
    (entry,) = Entry.objects.of(message.organization_id).filter(kind="reminder.sent", data__source__isnull=False)
    return str(entry.data["source"])


def test_it_goes_along_with_the_first_asking_and_again(studio: Studio, sink: Sink) -> None:
    issue(studio)  # and the process died before it was printed
    (first,) = send(studio, sink)
    assert b'filename="2026-0001.pdf"' in first
    studio.later(days=19)
    (again,) = send(studio, sink)
    assert b'filename="2026-0001.pdf"' in again
    assert Attachment.objects.of(studio.organization).count() == 1, "printed once"


def test_what_cannot_be_printed_does_not_keep_the_words_back(
    studio: Studio, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(issued: Issued) -> Any:
        raise RuntimeError("no ink")

    monkeypatch.setattr("purring.facts.invoices.papers.printed", broken)
    issue(studio)
    (first,) = send(studio, sink)
    assert b"application/pdf" not in first


def test_its_data_are_inside_when_the_letterhead_says_so(studio: Studio) -> None:
    keep_letterhead(letterhead_of(entity(studio)), e_invoice="en16931", footer="Takk!", **studio.told)
    invoice = issue(studio)
    issued = Issued.objects.of(studio.organization).get()
    read = read_einvoice(bytes(paper_of(issued, **studio.told).content))
    assert read.facts
    assert (read.facts.number, read.facts.note) == (invoice.number, "Takk!")
    request = issue(studio, kind="payment_request")
    paper = paper_of(Issued.objects.of(studio.organization).get(invoice=request), **studio.told)
    assert bytes(paper.content).startswith(b"%PDF"), "no invoice, so no data: printed all the same"


def test_the_banks_own_references_need_an_agreement(studio: Studio) -> None:
    one = entity(studio)
    one.accounts = [{"scheme": "no", "number": "8601 11 17947"}]
    one.save()
    assert "-" in issue(studio).reference
    keep_letterhead(letterhead_of(one), bank_references=True, **studio.told)
    assert issue(studio).reference == make("kid10", "2026-0002")


def test_a_repeat_is_numbered_without_gaps_and_printed(studio: Studio) -> None:
    customer = studio.customer()
    for _ in range(2):
        start_repeat(
            customer,
            description="Hosting",
            amount=50_000,
            currency="NOK",
            number_prefix="HOST-",
            day_of_month=1,
            next_on=studio.today.replace(month=1, day=1),
            **studio.told,
        )
    assert make_repeats(studio.now) == 6, "after an outage all that were missed"
    rows = Invoice.objects.of(studio.organization).order_by("id")
    assert [row.number for row in rows] == [f"HOST-{number}" for number in range(1, 7)]
    assert [row.issued for row in rows] == sorted(row.issued for row in rows), "numbers follow the dates"
    assert not Issued.objects.of(studio.organization).filter(paper=None).exists()
    assert make_repeats(studio.now) == 0


def test_the_source_of_a_mail_is_had_again(studio: Studio, sink: Sink) -> None:
    issue(studio)
    (raw,) = send(studio, sink)
    message = Message.objects.of(studio.organization).get()
    source = source_of(message, digest_of(message))
    assert source == raw.partition(b"\r\n")[2] if not raw.startswith(b"From: ") else source == raw
    Message.objects.of(studio.organization).update(text="something else")
    assert source_of(Message.objects.of(studio.organization).get(), digest_of(message)) is None


LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30"><rect width="90" height="30" fill="#705"/></svg>'


def picture_in(raw: bytes) -> tuple[bytes, str] | None:
    """The picture that the HTML of a mail shows, and its words beside it."""
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    (alternative,) = [part for part in mail.walk() if part.get_content_type() == "multipart/alternative"]
    plain, shown = alternative.iter_parts()
    assert plain.get_content_type() == "text/plain"
    if shown.get_content_type() == "text/html":
        return None
    assert (shown.get_content_type(), shown.get_param("type")) == ("multipart/related", "text/html")
    html, picture = shown.iter_parts()
    assert picture["Content-Disposition"].startswith("inline")
    assert f'src="cid:{picture["Content-ID"][1:-1]}"' in html.get_content()
    return picture.get_content(), html.get_content()


def test_the_logo_stands_above_the_words_of_a_mail(studio: Studio, sink: Sink) -> None:
    look = letterhead_of(entity(studio))
    keep_letterhead(look, logo=LOGO, **studio.told)
    issue(studio)
    (raw,) = send(studio, sink)
    assert not lint(raw, hosts=frozenset({"127.0.0.1", "localhost"}))
    shown = picture_in(raw)
    assert shown
    assert Image.open(io.BytesIO(shown[0])).size == (288, 96), "twice as fine as it is shown"
    assert f'width="144" height="48" alt="{entity(studio).name}"' in shown[1]
    keep_letterhead(look, logo=LOGO.replace(b"#705", b"#057"), **studio.told)
    message = Message.objects.of(studio.organization).get()
    source = source_of(message, digest_of(message))
    assert source, "with the logo of then"
    assert picture_in(source) == shown
    with_picture = picture_in(mails.source(message, []))
    assert with_picture == shown, "in the export too"


def test_a_mail_without_logo_is_what_it_was(studio: Studio, sink: Sink) -> None:
    keep_letterhead(letterhead_of(entity(studio)), logo=LOGO, in_mails=False, **studio.told)
    issue(studio)
    (raw,) = send(studio, sink)
    assert picture_in(raw) is None
    assert b"cid:" not in raw


def test_a_large_logo_is_made_small_once(studio: Studio) -> None:
    noise = Image.frombytes("RGB", (900, 300), random.Random(7).randbytes(900 * 300 * 3))
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=80)
    look = letterhead_of(entity(studio))
    keep_letterhead(look, logo=out.getvalue(), **studio.told)
    keep_letterhead(look, in_mails=False, **studio.told)
    keep_letterhead(look, in_mails=True, **studio.told)
    (kept,) = MailLogo.objects.of(studio.organization)
    assert len(kept.content) <= MOST_BYTES < len(out.getvalue())
    assert entity(studio).mail_logo == kept.name
    keep_letterhead(look, logo=None, **studio.told)
    assert entity(studio).mail_logo == ""


def test_an_evidence_pack(studio: Studio, sink: Sink) -> None:
    invoice = issue(studio)
    send(studio, sink)
    record_reply(invoice.customer, "We pay on Friday.", **studio.told)
    issue_credit_note(invoice, 12_500, on=studio.today, **studio.told)
    other = studio.invoice()
    studio.pay(other)
    pack = evidence_pack(Invoice.objects.of(studio.organization).get(pk=invoice.pk), **studio.told)
    found = verify_pack(pack.content)
    assert (found.wrong, found.digest) == ([], pack.digest)
    assert (pack.messages, pack.sources) == (2, 1)
    with zipfile.ZipFile(io.BytesIO(pack.content)) as opened:
        names = set(opened.namelist())
        journal = json.loads(opened.read("journal.json"))
        mail = opened.read("messages/0001.eml")
    assert {"timeline.pdf", "messages.json", "messages/0002.txt", "documents/2026-0001-ubl.xml"} <= names
    assert {"documents/C-2026-0001-ubl.xml", "documents/2026-0001-facts.json"} <= names
    assert b"2026-0001.pdf" in mail
    kinds = [entry["body"]["kind"] for entry in journal["entries"]]
    assert {"invoice.issued", "reminder.sent", "reply.received", "credit_note.issued"} <= set(kinds)
    assert {entry["body"]["customer"] for entry in journal["entries"]} == {invoice.customer_id}, "nobody else's"
    noted = Entry.objects.of(studio.organization).get(kind="evidence.packed")
    assert noted.data["manifest"] == pack.digest
    assert not list(broken_links(studio.organization.pk))


def test_the_timeline_speaks_the_readers_language(studio: Studio, sink: Sink) -> None:
    invoice = issue(studio)
    send(studio, sink)
    studio.pay(invoice, 25_000)
    record_reply(invoice.customer, "Betaler fredag.", **studio.told)
    invoice.refresh_from_db()

    def timeline(language: str) -> str:
        pack = evidence_pack(invoice, language=language, **studio.told)
        with zipfile.ZipFile(io.BytesIO(pack.content)) as opened:
            assert readme(language or "nb", invoice.number, studio.today).encode() == opened.read("README.txt")
            pages = pypdf.PdfReader(io.BytesIO(opened.read("timeline.pdf"))).pages
        return " ".join("".join(page.extract_text() for page in pages).split())

    english, french, own = timeline("en"), timeline("fr"), timeline("")
    assert "Message sent" in english
    assert "Message envoyé" in french
    assert "Paiement reçu" in french
    assert "Betaling mottatt" in own, "the organization's own when none is asked for"
    phrases = {text for text in happenings("en").values() if " " in text}
    assert not [text for text in phrases if text.casefold() in french.casefold()]


def test_of_an_imported_invoice_too(studio: Studio) -> None:
    invoice = studio.invoice()
    studio.pay(invoice, 25_000)
    invoice.refresh_from_db()
    pack = evidence_pack(invoice, **studio.told)
    assert verify_pack(pack.content).wrong == []
    assert pack.messages == 0
