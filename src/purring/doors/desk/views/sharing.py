# SPDX-License-Identifier: AGPL-3.0-or-later
"""Passing a link on: a quick payment request, the page with all ways to share one, and the links that are out there.

Only a hash of a link is kept. Its maker sees it again under `?link=`, which names the random seed it is made of together
with this installation's secret (`access.tokens.token_of`).
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext

from purring.core.errors import Refused
from purring.core.money import to_text
from purring.doors.desk.desk import Desk, go_on
from purring.doors.desk.fields import fresh_key
from purring.doors.desk.share_forms import Doubtful, RequestForm
from purring.doors.desk.views.papers import download
from purring.facts.access.actions import make_link, revoke_link, revoke_links
from purring.facts.access.models import Link, Purpose
from purring.facts.access.tokens import address_of, digest_of, token_of
from purring.facts.customers.models import Customer
from purring.facts.invoices.issuing import draft_facts
from purring.facts.invoices.models import Invoice
from purring.facts.invoices.papers import paper_language, printer_of
from purring.facts.offers.early import early_offers, percent_text
from purring.facts.organizations.actions import letterhead_of
from purring.facts.organizations.models import LegalEntity
from purring.followup.own_wordings import own_pages
from purring.followup.sharing import Shared, shared_words
from purring.kit.numbers import whole
from purring.kit.tenancy import reach
from purring.language.pages import Pages
from purring.papers.documents.brand import Brand
from purring.papers.facts import read_invoice
from purring.papers.qr.symbol import png, svg, symbol

_SEED = re.compile("[0-9a-f]{32}")
MOST_LINKS = 50
LONGEST_MAILTO = 1900
"""Characters of an address that every mail program still takes."""


def request_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Who, what for, how much, until when; then straight to its link."""
    chosen = whole(request.GET.get("customer"))
    customer = None if chosen is None else reach(Customer, desk.organization, pk=chosen)
    form = RequestForm(request.POST or None, desk=desk, chosen=customer)
    findings: list[Any] = []
    if request.method == "POST" and form.is_valid():
        key = form.cleaned_data["key"]
        try:
            invoice = form.make(confirmed=request.POST.get("do") == "confirm")
            _make(desk, invoice, key, Purpose.SHARED)
            return go_on(request, _to(invoice, key))
        except Doubtful as doubtful:
            findings = doubtful.findings
        except Refused as refused:
            form.refuse(refused)
    context = {"here": "invoices", "form": form, "findings": findings}
    status = 422 if request.method == "POST" else 200
    return render(request, "desk/request_new.html", context, status=status)


def share(request: HttpRequest, desk: Desk, invoice_id: int) -> HttpResponse:
    """GET shows what is out there, and the link just made; POST makes one."""
    invoice = _reach(desk, invoice_id)
    if request.method == "POST":
        key = request.POST.get("key", "")
        if not invoice.balance:
            messages.warning(request, gettext("Nothing of it is open any more."))
            return go_on(request, reverse("desk:invoice", args=[invoice.pk]))
        key = key if _SEED.fullmatch(key) else fresh_key()
        _make(desk, invoice, key, Purpose.BUTTON if request.POST.get("do") == "button" else Purpose.SHARED)
        return go_on(request, _to(invoice, key))
    rows = _links(desk, invoice)
    context = {
        "here": "invoices",
        "invoice": invoice,
        "customer": invoice.customer,
        "links": list(rows[:MOST_LINKS]),
        "now": desk.now,
        "made": _made(desk, invoice, request.GET.get("link", "")),
        "key": fresh_key(),
    }
    return render(request, "desk/share.html", context)


def qr(request: HttpRequest, desk: Desk, invoice_id: int, form: str) -> HttpResponse:
    """The QR code of a link, to be saved as SVG or PNG."""
    invoice = _reach(desk, invoice_id)
    link = _shown(desk, invoice, request.GET.get("link", ""))
    if link is None:
        return go_on(request, reverse("desk:invoice-share", args=[invoice.pk]))
    made = symbol(link)
    if form == "png":
        return download(png(made, scale=12), f"{invoice.number}.png", "image/png")
    return download(svg(made, label=invoice.number).encode(), f"{invoice.number}.svg", "image/svg+xml")


def sheet(request: HttpRequest, desk: Desk, invoice_id: int) -> HttpResponse:
    """What is open as a payment request on paper, with the link's QR code. Printed for this reader and not kept."""
    invoice = _reach(desk, invoice_id)
    link = _shown(desk, invoice, request.GET.get("link", ""))
    entity = _entity(desk, invoice)
    if link is None or entity is None or not invoice.balance:
        return go_on(request, reverse("desk:invoice-share", args=[invoice.pk]))
    document = draft_facts(
        invoice.customer,
        entity,
        [{"description": (invoice.description or invoice.number)[:300], "quantity": "1", "tax_rate": "0",
          "unit_price": to_text(invoice.balance, invoice.currency)}],
        number=invoice.number,
        kind="payment_request",
        issued=invoice.issued,
        due=invoice.due,
        currency=invoice.currency,
        payment_link=link,
        **({"reference": invoice.reference} if invoice.reference else {}),
        **_still_early(invoice, desk),
    )  # fmt: skip
    language = paper_language(invoice.customer.language, desk.organization)
    made = printer_of(letterhead_of(entity)).pdf(read_invoice(document), language=language)
    return download(made.pdf, f"{invoice.number}.pdf", "application/pdf")


def _still_early(invoice: Invoice, desk: Desk) -> dict[str, Any]:
    """The discounts still to be had, where all of it is open: a part that is open is not what they are reckoned from."""
    if invoice.balance != invoice.amount:
        return {}
    offers = [one for one in early_offers([invoice])[invoice.pk] if one.until >= desk.today]
    said = [{"percent": percent_text(one.percent), "until": one.until.isoformat()} for one in offers]
    return {"early_payment": said} if said else {}


def revoke(request: HttpRequest, desk: Desk, link_id: int) -> HttpResponse:
    """This link opens nothing any more."""
    link = reach(Link, desk.organization, pk=link_id)
    revoke_link(link, now=desk.now, actor=desk.actor)
    messages.success(request, gettext("The link is closed."))
    if len(link.invoices) == 1:
        return go_on(request, reverse("desk:invoice-share", args=[link.invoices[0]]))
    return go_on(request, reverse("desk:customer", args=[link.customer_id]))


def revoke_all(request: HttpRequest, desk: Desk, customer_id: int) -> HttpResponse:
    """None of the customer's links opens anything any more, those in messages included."""
    customer = reach(Customer, desk.organization, pk=customer_id)
    count = revoke_links(customer, now=desk.now, actor=desk.actor)
    messages.success(request, gettext("Links closed: %(count)s.") % {"count": count})
    return go_on(request, reverse("desk:customer", args=[customer.pk]))


# --- the link just made -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Made:
    """A link as its maker sees it, with all ways to pass it on."""

    row: Link
    key: str
    address: str
    words: Shared
    picture: str
    """The QR code as an SVG picture in a data address."""
    button: str
    """HTML for a page of the house."""

    @property
    def mail(self) -> str:
        """The shorter words where the mail's own would be too long for an address."""
        for text in (self.words.text, self.words.short):
            to = f"mailto:{quote(self.words.email)}?subject={quote(self.words.subject)}&body={_lines(text)}"
            if len(to) <= LONGEST_MAILTO:
                return to
        return f"mailto:{quote(self.words.email)}?body={quote(self.address)}"

    @property
    def sms(self) -> str:
        """RFC 5724."""
        return f"sms:{quote(_number(self.words.phone))}?body={_lines(self.words.short)}"

    @property
    def whatsapp(self) -> str:
        """Their number where it is written with its country, else whom the person chooses."""
        number = _number(self.words.phone)
        return f"https://wa.me/{number[1:] if number.startswith('+') else ''}?text={quote(self.words.short)}"


def _made(desk: Desk, invoice: Invoice, key: str) -> Made | None:
    address = _shown(desk, invoice, key)
    if address is None or not invoice.balance:
        return None
    invoice.organization = desk.organization
    row = _links(desk, invoice).get(digest=digest_of(token_of(_seed(invoice, key))))
    entity = _entity(desk, invoice)
    words = shared_words(invoice, entity, address, desk.today)
    drawn = base64.b64encode(svg(symbol(address), label=invoice.number).encode()).decode()
    picture = f"data:image/svg+xml;base64,{drawn}"
    return Made(row, key, address, words, picture, _button(invoice, entity, address, words.language))


def _button(invoice: Invoice, entity: LegalEntity | None, address: str, language: str) -> str:
    """A link that looks like a button anywhere: its style is its own, and it needs no script."""
    colour = Brand(letterhead_of(entity).colour).accent if entity else Brand().accent
    said = escape(_said_on_button(invoice, language))
    style = (
        f"display:inline-block;padding:12px 24px;border-radius:8px;background:{colour};color:#ffffff;"
        "font:600 16px/1.4 sans-serif;text-decoration:none"
    )
    return f'<a href="{address}" rel="nofollow noreferrer" style="{style}">{said}</a>'


def _said_on_button(invoice: Invoice, language: str) -> str:
    """In the house's own words where it has some that can be said."""
    country, own = invoice.customer.country or None, own_pages(invoice.organization, language)
    try:
        return Pages(language, country, own).say("pay_this")
    except Refused:
        return Pages(language, country).say("pay_this")


def _make(desk: Desk, invoice: Invoice, key: str, purpose: str) -> None:
    token = token_of(_seed(invoice, key))
    make_link(invoice.customer, token, now=desk.now, actor=desk.actor, purpose=purpose, invoices=[invoice])


def _seed(invoice: Invoice, key: str) -> str:
    """Bound to the invoice: the same key elsewhere is another link."""
    return f"{invoice.organization_id}:{invoice.pk}:{key}"


def _shown(desk: Desk, invoice: Invoice, key: str) -> str | None:
    """The address of the link that was made with this key, while it opens."""
    if not _SEED.fullmatch(key):
        return None
    token = token_of(_seed(invoice, key))
    row = Link.objects.of(desk.organization).filter(digest=digest_of(token)).first()
    return address_of(token) if row and row.opens(desk.now) else None


def _links(desk: Desk, invoice: Invoice) -> Any:
    """What people passed on of this invoice, the newest first."""
    rows = Link.objects.of(desk.organization).filter(customer_id=invoice.customer_id, invoices=[invoice.pk])
    return rows.exclude(purpose=Purpose.MESSAGE).order_by("-id")


def _entity(desk: Desk, invoice: Invoice) -> LegalEntity | None:
    """Who bills it: as it says, else the default."""
    return invoice.entity or LegalEntity.objects.of(desk.organization).order_by("-is_default", "id").first()


def _to(invoice: Invoice, key: str) -> str:
    return f"{reverse('desk:invoice-share', args=[invoice.pk])}?link={key}"


def _reach(desk: Desk, invoice_id: int) -> Invoice:
    return reach(Invoice, desk.organization, "customer__organization", "entity", pk=invoice_id)


def _lines(text: str) -> str:
    """For the body of a mail: its lines end as mail's do (RFC 6068)."""
    return quote(text.strip().replace("\n", "\r\n"))


def _number(phone: str) -> str:
    """Digits, with a plus where it is written with its country."""
    digits = "".join(filter(str.isdigit, phone))
    if phone.strip().startswith("+"):
        return f"+{digits}"
    return f"+{digits[2:]}" if digits.startswith("00") else digits
