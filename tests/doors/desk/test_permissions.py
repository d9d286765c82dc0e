# SPDX-License-Identifier: AGPL-3.0-or-later
"""One declared permission per route, kept for every role; and another organization's ids do not exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter

from purring.doors.desk.permissions import ROLES, Permission, may
from purring.facts.customers.models import Customer
from purring.facts.journal.models import Entry
from purring.facts.organizations.models import Invitation, LegalEntity, Membership, Role
from purring.facts.sending.identities import keep_identity
from purring.followup.models import Reminder, Task
from purring.followup.planning import plan
from purring.followup.schedules import default_schedule
from tests.doors.desk.cast import House, found_house

OPEN_DOORS = ("account_", "mfa_", "usersessions_", "portal:", "mailbox:", "notices:", "api:", "demopay:")
"""Routes of other doors: sign-in pages are allauth's; the portal asks for a signed link; the mailbox and the page for
payments without money are the demo's;
notices carry the signature of a payment provider, programs a key."""


def routes(resolver: Any = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every route with its full name."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            yield from routes(entry, inner)
        else:
            yield f"{prefix}{entry.name or entry.pattern}", entry


def desk_routes() -> list[tuple[str, Any]]:
    return [(name, route) for name, route in routes() if not name.startswith(OPEN_DOORS)]


def test_every_route_declares_one_permission() -> None:
    undeclared = [
        name for name, route in desk_routes() if not isinstance(getattr(route.callback, "permission", None), Permission)
    ]
    assert not undeclared


def test_nothing_else_is_public() -> None:
    public = {name for name, route in desk_routes() if route.callback.permission is Permission.PUBLIC}
    assert public == {"desk:join", "desk:morning", "health"}


@pytest.fixture
def ids(house: House) -> dict[str, object]:
    """One of everything that a route can name, in the house."""
    return ids_of(house)


def ids_of(house: House) -> dict[str, object]:
    from purring.facts.access.actions import make_link
    from purring.facts.answers.actions import give_answer
    from purring.facts.customers.remarks import add_remark
    from purring.facts.invoices.actions import attach
    from purring.facts.invoices.issuing import issue_invoice
    from purring.kit.uploads import Upload

    customer = house.customer(po_required=True)
    house.invoice(customer)
    entity = LegalEntity.objects.of(house.organization).get()
    line = {"description": "A shelf", "unit_price": "100.00"}
    invoice = issue_invoice(customer, entity, [line], issued=house.today, due=house.today, currency="NOK", **house.told)
    house.invoice(house.customer("Nordlys"))
    kept = attach(invoice, "a.pdf", b"%PDF-1.4", "application/pdf", **house.told)
    proof = [Upload("proof.pdf", "application/pdf", b"%PDF-1.4")]
    answer, _ = give_answer(customer, "received", key="form", now=house.told["now"], on=house.today, files=proof)
    plan(house.organization, house.told["now"])
    house.user("owner")
    invitation = Invitation(
        organization=house.organization,
        email="x@y.example",
        role="owner",
        token_hash=house.organization.slug,
        expires_at=house.told["now"],
    )
    invitation.save(force_insert=True)
    return {
        "customer_id": customer.pk,
        "contact_id": customer.contacts.values_list("pk", flat=True)[0],
        "remark_id": add_remark(customer, "Likes to be called", key=house.organization.slug, **house.told).pk,
        "rule": "language",
        "invoice_id": invoice.pk,
        "attachment_id": kept.pk,
        "answer_id": answer.pk,
        "file_id": answer.files.values_list("pk", flat=True)[0],
        "reminder_id": Reminder.objects.of(house.organization).values_list("pk", flat=True)[0],
        "task_id": Task.objects.of(house.organization).values_list("pk", flat=True)[0],
        "entity_id": LegalEntity.objects.of(house.organization).values_list("pk", flat=True)[0],
        "member_id": Membership.objects.of(house.organization).values_list("pk", flat=True)[0],
        "invitation_id": invitation.pk,
        "key_id": key_of_house(house),
        "organization_id": house.organization.pk,
        "entry_id": Entry.objects.of(house.organization).values_list("pk", flat=True)[0],
        "subject": f"task-{Task.objects.of(house.organization).values_list('pk', flat=True)[0]}",
        "kind": Task.objects.of(house.organization).values_list("code", flat=True)[0],
        "link_id": make_link(customer, house.organization.slug, invoices=[invoice], **house.told).pk,
        "form": "svg",
        "step": "first-day",
        "import_id": import_of(house),
        "schedule_id": default_schedule(house.organization).pk,
        "sender_id": keep_identity(house.organization, None, name="Ola", **house.told).pk,
        **money_ids(house, customer),
        **offer_ids(house),
        **list_ids(house, invoice.pk),
        "export_id": export_of(house),
        "token": "A" * 22,
    }


def import_of(house: House) -> int:
    """A file that brought nothing worth naming."""
    from purring.facts.beginning.importing import GivenFile, begin_import

    file = GivenFile("list.csv", b"number,customer,due,amount\n", 1)
    return begin_import(house.organization, [file], key="import", now=house.told["now"], user_id=None).pk


def key_of_house(house: House) -> int:
    """A key for a program."""
    from purring.facts.organizations.keys import make_key
    from purring.facts.organizations.models import ApiKey

    make_key(house.organization, "Ledger", "read_only", form="form", by=house.user("owner"), **house.told)
    return ApiKey.objects.of(house.organization).values_list("pk", flat=True)[0]


def export_of(house: House) -> int:
    """A wish for everything as a file."""
    from purring.followup.export.actions import want

    return want(house.organization, key="export", user=house.user("owner"), now=house.told["now"]).pk


def list_ids(house: House, invoice_id: int) -> dict[str, object]:
    """A list kept under a name, and an act done to many rows."""
    from purring.followup.lists.saving import save
    from purring.followup.lists.working import ask

    kept = save(house.organization, "invoices", "Late ones", "show=overdue", owner=None)
    told = {"key": "bulk", "user": house.user("owner"), "now": house.told["now"]}
    return {"list_id": kept.pk, "bulk_id": ask(house.organization, "hold", [invoice_id], {}, **told).pk}


def offer_ids(house: House) -> dict[str, object]:
    """A group, and a plan of a customer in it."""
    from purring.facts.agreements.actions import agree_plan
    from purring.facts.customers.models import Group

    group = Group(organization=house.organization, name="Schools")
    group.save(force_insert=True)
    customer = house.customer(group=group)
    invoice = house.invoice(customer, 9_000)
    plan = agree_plan(customer, [invoice], [(house.today, 9_000)], on=house.today, **house.told)
    return {"group_id": group.pk, "plan_id": plan.pk}


def money_ids(house: House, customer: Customer) -> dict[str, object]:
    """A payment, a refund of it that was asked for, an account at a provider, and something odd there."""
    from purring.facts.checkout.accounts import connect_account
    from purring.facts.checkout.models import Discrepancy
    from purring.facts.payments.actions import record_payment
    from purring.facts.refunds.actions import ask_refund

    payment = record_payment(customer, 5_000, "NOK", on=house.today, **house.told)
    refund = ask_refund(payment, 1_000, user=house.user("accountant"), **house.told)
    account = connect_account(house.organization, "stripe", {"secret_key": "sk_test_1"}, **house.told)
    odd = Discrepancy(
        organization=house.organization, account=account, code="disputed", ref="d", noticed_at=house.told["now"]
    )
    odd.save(force_insert=True)
    return {
        "payment_id": payment.pk,
        "refund_id": refund.pk,
        "account_id": account.pk,
        "discrepancy_id": odd.pk,
    }


def address(name: str, route: Any, ids: dict[str, object]) -> str:
    wanted = route.pattern.converters
    return reverse(name, kwargs={key: ids[key] for key in wanted})


def ask(client: Client, method: str, to: str) -> int:
    response = client.get(to) if method == "GET" else client.post(to)
    return response.status_code


@pytest.mark.parametrize("role", [None, *Role.values])
def test_the_matrix(house: House, ids: dict[str, object], role: str | None) -> None:
    """Who may not is told so (403) or asked to sign in (302); who may is not."""
    client = house.client(role) if role else Client()
    for name, route in desk_routes():
        permission, methods = route.callback.permission, route.callback.methods
        if permission in (Permission.PUBLIC, Permission.SIGNED_IN):
            continue
        for method in methods:
            if role == "owner" and method == "POST":
                continue  # would change the house under the other routes' feet; the acts have tests of their own
            status = ask(client, method, address(name, route, ids))
            if role is None:
                assert status == 302, (name, method)
            elif not may(role, permission):
                assert status == 403, (name, method, role)
            elif method == "GET":
                assert status in (200, 303, 404 if "token" in str(route.pattern) else 200), (name, role, status)


def test_other_organizations_ids_do_not_exist(house: House) -> None:
    """Every route x every role, with ids of another house: 404, and nothing there has changed."""
    other = found_house("nabo", "Naboen")
    theirs = ids_of(other)
    for role in Role.values:
        client = house.client(role)
        for name, route in desk_routes():
            if not route.pattern.converters or route.callback.permission is Permission.PUBLIC:
                continue
            for method in route.callback.methods:
                if route.callback.permission in ROLES[role] | {Permission.SIGNED_IN}:
                    assert ask(client, method, address(name, route, theirs)) == 404, (name, method, role)
    assert Reminder.objects.of(other.organization).exclude(state="planned").count() == 0


def test_one_strange_id_among_own_ones_is_enough(house: House, ids: dict[str, object]) -> None:
    """Where a route names several things, each of them is looked for in this house: a contact of theirs is no contact of our
    customer."""
    theirs = ids_of(found_house("nabo", "Naboen"))
    client = house.client()
    for name, route in desk_routes():
        numbers = [key for key, converter in route.pattern.converters.items() if isinstance(converter, IntConverter)]
        for key in numbers if len(numbers) > 1 else ():
            for method in route.callback.methods:
                assert ask(client, method, address(name, route, ids | {key: theirs[key]})) == 404, (name, key, method)


def test_whatever_a_route_names_is_in_the_table(ids: dict[str, object]) -> None:
    """So that no route escapes: a number that a route names is an id of ours, and another house has another one."""
    theirs = ids_of(found_house("nabo", "Naboen"))
    named = {key: type(one) for _, route in desk_routes() for key, one in route.pattern.converters.items()}
    assert named.keys() <= ids.keys(), "put one of it into ids_of"
    assert {key for key in named if named[key] is IntConverter} <= {key for key in ids if ids[key] != theirs[key]}
    words = {key for key in named if named[key] is not IntConverter}
    assert words <= {"rule", "form", "step", "kind", "subject", "token"}, "a word that finds a row is an id, too"


def test_an_unknown_role_may_nothing() -> None:
    assert not any(may("cleaner", permission) for permission in Permission)


def test_wrong_method(client: Client) -> None:
    assert client.post(reverse("desk:today")).status_code == 405
    assert client.get(reverse("desk:approve")).status_code == 405
