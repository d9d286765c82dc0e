# SPDX-License-Identifier: AGPL-3.0-or-later
"""Documents and payments: each visit gets those of its own invoices, and nothing else is there; and how the page looks."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from purring.doors.portal import look
from purring.facts.access.actions import make_link
from purring.facts.access.tokens import new_token
from purring.facts.customers.models import Customer
from purring.facts.invoices.actions import attach
from purring.facts.invoices.models import Invoice
from purring.facts.organizations.actions import keep_letterhead, letterhead_of
from purring.facts.organizations.models import LegalEntity
from purring.facts.payments.actions import record_payment, reverse_payment
from purring.facts.payments.models import Payment
from tests.doors.desk.cast import House, found_house
from tests.doors.portal.visitor import path_of


def link_to(house: House, customer: Customer, *invoices: Invoice) -> str:
    token = new_token()
    make_link(customer, token, invoices=invoices, **house.told)
    return f"/pay/{token}/"


def saved(path: str) -> Any:
    return Client().get(path)


def text_of(response: Any) -> str:
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(response.content)).pages
    return " ".join("".join(page.extract_text() for page in pages).replace("\u00a0", " ").split())


def hrefs(path: str) -> set[str]:
    return set(re.findall(r'href="(/pay/[^"]+)"', saved(path).content.decode()))


@pytest.fixture
def two(house: House) -> tuple[Customer, Invoice, Invoice, str]:
    """A customer with two invoices, of which a link shows the first."""
    customer = house.customer(language="en")
    first, second = house.invoice(customer, number="A-1"), house.invoice(customer, number="B-2")
    for one in (first, second):
        attach(one, f"{one.number}.pdf", b"%PDF-1.4 " + one.number.encode(), "application/pdf", **house.told)
    return customer, first, second, link_to(house, customer, first)


def test_the_original_is_saved_never_shown(house: House, two: Any) -> None:
    *_, path = two
    (to,) = [to for to in hrefs(path + "documents/") if "/file-" in to]
    response = saved(to)
    assert response.content == b"%PDF-1.4 A-1"
    assert response["Content-Disposition"] == 'attachment; filename="A-1.pdf"'
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Referrer-Policy"] == "no-referrer"


def test_what_the_link_does_not_show_is_not_there(house: House, two: Any) -> None:
    customer, first, second, path = two
    far = found_house("nabo", "Naboen")
    stranger = far.customer()
    theirs = far.invoice(stranger)
    files = [attach(one, "x.pdf", b"%PDF-1.4 x", "application/pdf", **house.told) for one in (second, theirs)] + [
        second.attachments.order_by("id")[0]
    ]
    payment = record_payment(customer, 125_000, "NOK", on=house.today, invoice=second, **house.told)
    both = record_payment(customer, 1_000, "NOK", on=house.today, invoice=first, **house.told)
    for page in (
        *(f"documents/file-{one.pk}" for one in files),
        f"documents/receipt-{payment.pk}.pdf",
        f"documents/invoice-{second.pk}.pdf",
        f"documents/invoice-{first.pk}.pdf",  # it is none of ours
        "documents/credit-note-1.pdf",
        "documents/statement.pdf",
        "documents/receipt-999999.pdf",
    ):
        assert saved(path + page).status_code == 404, page
    assert saved(f"{path}documents/receipt-{both.pk}.pdf").status_code == 200
    assert "B-2" not in saved(path + "documents/").content.decode()
    assert "B-2" not in saved(path + "history/").content.decode()
    for page in ("documents/", "history/", "documents/statement.pdf", "logo"):
        assert saved(f"/pay/{'A' * 22}/{page}").status_code == 404


def test_the_statement_where_all_is_shown(house: House, two: Any) -> None:
    customer, *_ = two
    said = text_of(saved(path_of(house, customer) + "documents/statement.pdf"))
    assert "A-1" in said
    assert "B-2" in said
    assert saved(link_to(house, customer) + "documents/statement.pdf?currency=XXX").status_code == 200


def test_an_invoice_of_ours_and_its_credit_note(house: House) -> None:
    from tests.doors.desk.test_issuing import credit, issued

    desk, customer = house.client("accountant"), house.customer(language="en")
    invoice = issued(desk, house, customer)
    credit(desk, invoice, "200")
    note = invoice.credit_notes.get()
    path = path_of(house, customer)
    links = hrefs(path + "documents/")
    assert invoice.number in text_of(saved(f"{path}documents/invoice-{invoice.pk}.pdf"))
    assert note.number in text_of(saved(f"{path}documents/credit-note-{note.pk}.pdf"))
    assert {f"{path}documents/invoice-{invoice.pk}.pdf", f"{path}documents/credit-note-{note.pk}.pdf"} <= links
    assert not any("/file-" in to for to in links), "the papers are told once, by what they are"
    other = house.invoice(customer)
    alone = link_to(house, customer, other)
    for page in (f"documents/invoice-{invoice.pk}.pdf", f"documents/credit-note-{note.pk}.pdf"):
        assert saved(alone + page).status_code == 404


def test_a_receipt_says_what_was_paid_and_what_is_left(house: House) -> None:
    customer = house.customer(language="de")
    invoice = house.invoice(customer, 100_000, number="R-1")
    part = record_payment(customer, 30_000, "NOK", on=house.today, invoice=invoice, method="card", **house.told)
    rest = record_payment(customer, 70_000, "NOK", on=house.today, invoice=invoice, **house.told)
    path = path_of(house, customer)
    said = text_of(saved(f"{path}documents/receipt-{part.pk}.pdf"))
    assert "Quittung" in said
    assert "300,00" in said
    assert "700,00" in said
    assert "R-1" in said
    assert "Rechnung vollständig bezahlt" not in said
    done = text_of(saved(f"{path}documents/receipt-{rest.pk}.pdf"))
    assert "700,00" in done


def test_money_that_went_back_has_no_receipt(house: House) -> None:
    customer = house.customer(language="en")
    invoice = house.invoice(customer, 100_000)
    payment = record_payment(customer, 100_000, "NOK", on=house.today, invoice=invoice, **house.told)
    pending = record_payment(customer, 5_000, "NOK", on=house.today, invoice=invoice, pending=True, **house.told)
    path = path_of(house, customer)
    assert f"receipt-{payment.pk}.pdf" in saved(path + "history/").content.decode()
    reverse_payment(payment, 100_000, on=house.today, **house.told)
    for one in (payment, pending):
        assert saved(f"{path}documents/receipt-{one.pk}.pdf").status_code == 404
        assert f"receipt-{one.pk}.pdf" not in saved(path + "history/").content.decode()
    page = saved(path + "history/").content.decode()
    assert "went back to you" in page
    assert "on its way" in page


def test_one_payment_for_two_invoices(house: House) -> None:
    from purring.facts.payments.actions import allocate_payment

    customer = house.customer(language="en")
    first, second = house.invoice(customer, 60_000, number="T-1"), house.invoice(customer, 60_000, number="T-2")
    payment = record_payment(customer, 130_000, "NOK", on=house.today, **house.told)
    for one in (first, second):
        allocate_payment(payment, one, 60_000, on=house.today, **house.told)
    said = text_of(saved(f"{path_of(house, customer)}documents/receipt-{payment.pk}.pdf"))
    assert "T-1" in said
    assert "T-2" in said
    assert "1,300.00" in said or "1 300,00" in said or "1 300.00" in said
    only_first = link_to(house, customer, first)
    assert saved(f"{only_first}documents/receipt-{payment.pk}.pdf").status_code == 404, "it names the other one"
    page = saved(only_first + "history/").content.decode().replace("\u00a0", " ")
    assert "600" in page
    assert "T-2" not in page


def test_payments_the_newest_first_and_by_pages(house: House) -> None:
    customer = house.customer(language="en")
    invoice = house.invoice(customer, 1_000_000)
    for day in range(30):
        record_payment(customer, 100 + day, "NOK", on=house.today - timedelta(days=day), invoice=invoice, **house.told)
    path = path_of(house, customer)
    first, second = (saved(f"{path}history/?page={page}").content.decode() for page in (1, 2))
    assert first.index("5 May 2026") < first.index("4 May 2026")
    assert first.count('class="title"') == 25
    assert second.count('class="title"') == 5
    assert "page=2" in first
    assert "page=3" not in second
    for odd in ("0", "-1", "x", "9" * 30, "٣"):
        assert saved(f"{path}history/?page={odd}").status_code == 200


def test_however_many_invoices_the_page_is_light_and_asks_no_more(house: House) -> None:
    customer = house.customer(language="en")
    counts, sizes = [], []
    for many in (1, 12, 45):
        while Invoice.objects.of(house.organization).filter(customer=customer).count() < many:
            one = house.invoice(customer, description="Six chairs of oak, oiled, with cushions of grey wool")
            attach(one, f"{one.number}.pdf", b"%PDF-1.4", "application/pdf", **house.told)
            record_payment(customer, 1_000, "NOK", on=house.today, invoice=one, **house.told)
        saved(path_of(house, customer))
        with CaptureQueriesContext(connection) as found:
            page = saved(path_of(house, customer))
        counts.append(len(found))
        sizes.append(len(page.content))
    assert counts[0] == counts[1] == counts[2] <= 20
    assert sizes[2] < 45_000
    assert page.content.decode().count('class="open amount"') == 20 + 3
    assert "Show all 45 invoices" in page.content.decode()
    whole = saved(path_of(house, customer) + "?all=1").content.decode()
    assert whole.count('class="open amount"') == 45 + 3
    assert Payment.objects.of(house.organization).count() == 45


# --- the look of the house -----------------------------------------------------------------------------------


def test_colour_and_logo_of_the_house(house: House) -> None:
    customer = house.customer()
    house.invoice(customer)
    path = path_of(house, customer)
    assert "look/" not in saved(path).content.decode()
    drawn = io.BytesIO()
    noise = Image.effect_noise((900, 400), 90).convert("RGB")
    noise.save(drawn, "PNG")
    entity = LegalEntity.objects.of(house.organization).get()
    keep_letterhead(letterhead_of(entity), colour="#FFDD00", logo=drawn.getvalue(), **house.told)
    for page in ("", "documents/", "history/", "more/", "answer/question/"):
        said = saved(path + page).content.decode()
        assert "/pay/look/ffdd00.css" in said
        assert f'src="{path}logo"' in said
        assert 'alt="Snekker Solberg"' in said
    shown = saved(path + "logo")
    assert shown["Content-Type"] == "image/png"
    assert len(shown.content) <= look.MOST_PICTURE
    assert "sandbox" in shown["Content-Security-Policy"]
    sheet = saved("/pay/look/ffdd00.css")
    assert sheet["Content-Type"].startswith("text/css")
    assert "immutable" in sheet["Cache-Control"]
    for odd in ("ffdd0", "ffdd000", "zzzzzz", "FFDD00"):
        assert saved(f"/pay/look/{odd}.css").status_code == 404


def test_a_drawing_too_heavy_for_the_road_stays_on_paper(house: House) -> None:
    customer = house.customer()
    house.invoice(customer)
    shape = '<path d="M0 0h{0}v9z"/>'
    entity = LegalEntity.objects.of(house.organization).get()
    for shapes, shown in ((3, True), (900, False)):
        many = "".join(shape.format(at) for at in range(shapes))
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30">{many}</svg>'.encode()
        keep_letterhead(letterhead_of(entity), logo=svg, **house.told)
        path = path_of(house, customer)
        assert (f'src="{path}logo"' in saved(path).content.decode()) == shown
        assert (saved(path + "logo").status_code == 200) == shown


@given(st.integers(0, 0xFFFFFF), st.sampled_from([look.LIGHT, look.DARK]))
def test_any_colour_can_be_read(number: int, paper: str) -> None:
    accent, soft = (look._parts(one) for one in look.shades(f"#{number:06x}", paper))
    ground, quiet = look._parts(paper), look._parts(look.MUTED[paper])
    for text, behind in ((accent, ground), (accent, soft), (quiet, soft), (ground, accent)):
        assert look.contrast(text, behind) >= look.READABLE
