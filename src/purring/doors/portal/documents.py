# SPDX-License-Identifier: AGPL-3.0-or-later
"""Documents to be saved: invoices, their originals, credit notes, the statement of account, receipts. A visit gets those of
the invoices it may see; whatever else is asked for does not exist."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.db.models import BigIntegerField, Case, QuerySet, Value, When
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from purring.core.errors import Refused
from purring.doors.portal.opening import Visit, closed, private, visit, with_query
from purring.doors.portal.seen import is_seen, seen_invoices
from purring.facts.charges.stated import charge_lines
from purring.facts.invoices.models import Attachment, Issued
from purring.facts.invoices.papers import printed
from purring.facts.payments.models import Allocation, Payment
from purring.facts.payments.receipts import receipt_pdf
from purring.facts.payments.statements import currencies_of, statement_pdf
from purring.kit.downloads import download
from purring.kit.numbers import whole
from purring.kit.prepared import Prepared

PAGE = 25
OURS, NOTE, FILE, CANCELLED = 1, 2, 3, 4
PLACES = {
    OURS: ("document_invoice", "paper"),
    NOTE: ("document_credit_note", "credit-note"),
    FILE: ("document_original", "file"),
}
"""By kind of document: what it is called, and the route to it."""


@dataclass(frozen=True)
class Paper:
    """One document: what it is called, and where it is."""

    title: str
    name: str
    to: str


def _papers(organization: int, invoices: list[int]) -> QuerySet[Any, Any]:
    issued = Issued.objects.of(organization)
    ours = issued.filter(invoice__any_of=invoices)
    notes = issued.filter(credit_note__invoice__any_of=invoices).values_list(
        Case(When(credit_note__cancelled_at=None, then=NOTE), default=CANCELLED),
        "credit_note__invoice_id",
        "credit_note_id",
        "credit_note__number",
        "paper_id",
    )
    files = (
        Attachment.objects.of(organization)
        .filter(invoice__any_of=invoices)
        .values_list(Value(FILE), "invoice_id", "id", "filename", Cast(Value(None), BigIntegerField()))
    )
    told = ours.values_list(Value(OURS), "invoice_id", "invoice_id", Value(""), "paper_id")
    return told.union(notes, files, all=True)


_PAPERS = Prepared(_papers, organization=int, invoices=list)


def papers_of(found: Visit, ids: Iterable[int]) -> dict[int, list[Paper]]:
    """The documents of these invoices, by invoice; one query, however many they are."""
    say = found.words.say
    asked = _PAPERS(organization=found.organization.pk, invoices=list(ids))
    rows = sorted(asked, key=lambda row: (row[0], row[2]))
    kept = {row[4] for row in rows}
    papers: dict[int, list[Paper]] = defaultdict(list)
    for kind, invoice_id, key, name, _ in rows:
        if kind == CANCELLED or (kind == FILE and key in kept):
            continue  # the paper of a document of ours is told by the document
        title, to = PLACES[kind]
        papers[invoice_id].append(Paper(say(title), name, found.to(to, str(key))))
    return papers


@require_safe
def documents(request: HttpRequest, token: str) -> HttpResponse:
    """All of them, by invoice, the newest first."""
    found = visit(request, token)
    if found is None:
        return closed(request)
    page = page_number(request)
    rows = list(seen_invoices(found).order_by("-issued", "-id")[(page - 1) * PAGE : page * PAGE + 1])
    shown = rows[:PAGE]
    papers = papers_of(found, [row.pk for row in shown])
    context = {
        "w": found.words,
        "organization": found.organization,
        "back": found.to("account"),
        "invoices": [(row, papers.get(row.pk, ())) for row in shown],
        "statements": statements_of(found, currencies_of(found.customer)) if page == 1 else (),
        "receipts": found.to("history"),
        "older": with_query(found.to("documents"), f"page={page + 1}") if len(rows) > PAGE else "",
    }
    return private(render(request, "portal/documents.html", context), found.words.language)


def statements_of(found: Visit, codes: Sequence[str]) -> Sequence[Paper]:
    """A statement of account tells all that is open; a link that shows less gives none."""
    if found.invoices is not None:
        return ()
    title = found.words.say("document_statement")
    return [
        Paper(title, code if len(codes) > 1 else "", with_query(found.to("statement"), f"currency={code}"))
        for code in codes
    ]


def _one(view: Callable[[Visit, int], HttpResponse | None]) -> Callable[..., HttpResponse]:
    """One document by its number; what the visit may not see is not there."""

    @require_safe
    @wraps(view)
    def shown(request: HttpRequest, token: str, number: int) -> HttpResponse:
        found = visit(request, token)
        answer = view(found, number) if found and whole(number) is not None else None
        return private_file(answer) if answer else closed(request)

    return shown


@_one
def paper(found: Visit, number: int) -> HttpResponse | None:
    """An invoice of ours. One that is not kept yet is printed for this reader: looking changes nothing."""
    rows = Issued.objects.of(found.organization).filter(invoice_id=number, invoice__in=seen_invoices(found))
    return _printed(rows.select_related("paper").first())


@_one
def credit_note(found: Visit, number: int) -> HttpResponse | None:
    rows = Issued.objects.of(found.organization).filter(
        credit_note_id=number, credit_note__cancelled_at=None, credit_note__invoice__in=seen_invoices(found)
    )
    return _printed(rows.select_related("paper", "credit_note").first())


def _printed(issued: Issued | None) -> HttpResponse | None:
    if issued is None:
        return None
    content = bytes(issued.paper.content) if issued.paper else printed(issued).pdf
    return download(content, f"{issued.facts['number']}.pdf", "application/pdf")


@_one
def file(found: Visit, number: int) -> HttpResponse | None:
    """A document that came with an invoice, usually its original."""
    rows = Attachment.objects.of(found.organization).filter(pk=number, invoice__in=seen_invoices(found))
    kept = rows.first()
    return download(bytes(kept.content), kept.filename, kept.content_type) if kept else None


@_one
def receipt(found: Visit, number: int) -> HttpResponse | None:
    """What was received and for what; a payment for invoices that the visit may not see has none here."""
    payment = Payment.objects.of(found.organization).filter(pk=number, customer=found.customer).first()
    if payment is None or not has_receipt(found, payment, allocations_of(found, [payment])[payment.pk]):
        return None
    try:
        made = receipt_pdf(payment, found.words.language)
    except Refused:
        return None
    return download(made.pdf, f"{found.words.say('document_receipt')}-{payment.on}.pdf", "application/pdf")


_ALLOCATIONS = Prepared(
    lambda organization, payments: (
        Allocation.objects.of(organization).filter(payment__any_of=payments).select_related("invoice").order_by("id")
    ),
    organization=int,
    payments=list,
)


def allocations_of(found: Visit, payments: Sequence[Payment]) -> dict[int, list[Allocation]]:
    """What each was set against; one query."""
    parts: dict[int, list[Allocation]] = {one.pk: [] for one in payments}
    for row in _ALLOCATIONS(organization=found.organization.pk, payments=[*parts]):
        parts[row.payment_id].append(row)
    return parts


def has_receipt(found: Visit, payment: Payment, parts: Sequence[Allocation]) -> bool:
    """Whether this visit may have the receipt of a payment, which names all that was paid with it."""
    if payment.settled_on is None:
        return False
    return found.known is not None or (bool(parts) and all(is_seen(found, row.invoice) for row in parts))


@require_safe
def statement(request: HttpRequest, token: str) -> HttpResponse:
    """The account as it stands now, in `currency`, else in the one that most invoices are in."""
    found = visit(request, token)
    if found is None or found.invoices is not None:
        return closed(request)
    there = currencies_of(found.customer)
    wanted = request.GET.get("currency", "")
    currency = wanted if wanted in there else there[0]
    made = statement_pdf(found.customer, found.today, currency, charge_lines(found.customer, found.today, currency))
    title = slugify(found.words.say("document_statement")) or "statement"
    return private_file(download(made.pdf, f"{title}-{found.today}-{currency}.pdf", "application/pdf"))


def private_file(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"
    return response


def page_number(request: HttpRequest) -> int:
    """From the address; the first where it says none."""
    return min(max(whole(request.GET.get("page")) or 1, 1), 1_000)
