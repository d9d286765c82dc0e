# SPDX-License-Identifier: AGPL-3.0-or-later
"""Finds the customer a row means, makes the missing ones, and keeps their data as the file has it.

Found by its own number, else by e-mail address where the name is akin, else by name. Two firms may share the address of
their accountant: unlike names are two customers, unless the row's invoice is known as the other's. What the file does not
say is never wiped.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from purring.doors.intake.akin import akin
from purring.doors.intake.fold import fold
from purring.doors.intake.rows import CustomerRow, InvoiceRow
from purring.doors.intake.store_rows import (
    CONTACT_FIELDS,
    JOURNAL_FIELDS,
    LONGEST,
    Counts,
    PersonRow,
    contact_of,
    default_language,
    journal_row,
    too_long,
)
from purring.facts.customers.actions import NOW, change_customer
from purring.facts.customers.models import Contact, Customer
from purring.facts.customers.people import add_contact, change_contact
from purring.facts.journal.models import Entry
from purring.facts.organizations.models import Organization
from purring.kit.batches import insert_rows


@dataclass(slots=True, eq=False)
class Person:
    """A customer as far as rows need it. `id` is 0 until it is stored; `seen` when this file spoke of it before."""

    id: int
    ref: str
    name: str
    emails: set[str] = field(default_factory=set)
    own_ref: bool = True
    """False when the number was made up here from the name."""
    seen: bool = False


class People:
    """All customers of an organization, by what rows may call them."""

    def __init__(self, organization: Organization, now: datetime, actor: str) -> None:
        self.organization = organization
        self.now = now
        """The moment at which rows go in; who works through a file for longer sets it anew."""
        self._actor = actor
        self._by_ref: dict[str, Person] = {}
        self._by_email: dict[str, list[Person]] = defaultdict(list)
        self._by_name: dict[str, list[Person]] = defaultdict(list)
        self.made_in_chunk = 0
        """How many customers the last chunk brought along."""
        self.made_ids: list[int] = []
        """Theirs."""
        self.payments_seen: Counter[str] = Counter()
        """How often equal payment rows have come in this file."""
        emails: dict[int, set[str]] = defaultdict(set)
        with_email = Contact.objects.of(organization).exclude(email="")
        for customer_id, email in with_email.values_list("customer_id", "email"):
            emails[customer_id].add(email.casefold())
        for key, ref, name in Customer.objects.of(organization).order_by("id").values_list("id", "ref", "name"):
            self._know(Person(key, ref, name, emails.get(key, set()), own_ref=not _made_up(ref, name)))

    def _know(self, person: Person) -> None:
        self._by_ref[person.ref] = person
        for email in person.emails:
            self._by_email[email].append(person)
        self._by_name[fold(person.name) or person.name].append(person)

    def find(self, *, ref: str = "", email: str = "", name: str = "", owners: Collection[int] = ()) -> Person | None:
        """The customer meant. One with another number of its own is another customer, whatever else agrees.

        `owners`: ids of the customers who have the row's invoice already; a new name with the old address is theirs.
        """
        if ref and ref in self._by_ref:
            return self._by_ref[ref]
        folded = fold(name) or name
        named = self._by_name.get(folded, []) if name else []
        same_email = self._by_email.get(email.casefold(), []) if email else []
        both = [person for person in same_email if person in named]
        owning = [person for person in same_email if person.id in owners]
        related = [person for person in same_email if akin(name, person.name)]
        for some in (both, owning, related if len(related) == 1 else [], named):
            fitting = [person for person in some if not (ref and person.own_ref)]
            if fitting:
                return fitting[0]
        return None

    def recall(self, row: PersonRow) -> None:
        """This file spoke of the row's customer before somebody went on with it: the first row about them has been."""
        person = self.find(ref=row.customer_ref, email=row.email, name=row.customer)
        if person is not None:
            person.seen = True

    # --- chunks -------------------------------------------------------------------------------------------

    def take(self, rows: Sequence[CustomerRow], told: Counts) -> None:
        """A list of customers."""
        good = []
        for row in rows:
            refusal = too_long(row)
            if refusal:
                told.refused.append(refusal)
            else:
                good.append(row)
        people, changed = self.of_rows(good)
        told.created += self.made_in_chunk
        updated = sum(1 for person in set(people) if person in changed)
        told.updated += updated
        told.unchanged += len(good) - self.made_in_chunk - updated

    def of_rows(
        self, rows: Sequence[PersonRow], owners: Mapping[str, Collection[int]] = MappingProxyType({})
    ) -> tuple[list[Person], set[Person]]:
        """The customer of each row, stored, with the data of the file's first row about it; and which ones changed.

        `owners`: by invoice number, the customers who have such an invoice already.
        """
        people: list[Person] = []
        first: dict[Person, PersonRow] = {}
        fresh: list[tuple[Person, PersonRow]] = []
        more: dict[Person, list[PersonRow]] = defaultdict(list)
        for row in rows:
            known_to = owners.get(row.number, ()) if isinstance(row, InvoiceRow) else ()
            person = self.find(ref=row.customer_ref, email=row.email, name=row.customer, owners=known_to)
            if person is None:
                person = self._new(row)
                fresh.append((person, row))
            elif not person.seen:
                first[person] = row
            elif row.email and row.email.casefold() not in person.emails:
                more[person].append(row)
                self._add_email(person, row.email)
            person.seen = True
            people.append(person)
        self.made_in_chunk = len(fresh)
        self._store_new(fresh)
        self.made_ids = [person.id for person, _ in fresh]
        return people, self._update(first, more)

    def _new(self, row: PersonRow) -> Person:
        ref = row.customer_ref or self._free_ref(row.customer)
        emails = {row.email.casefold()} if row.email else set()
        person = Person(0, ref, row.customer, emails, own_ref=bool(row.customer_ref))
        self._know(person)
        return person

    def _free_ref(self, name: str) -> str:
        """Without a number of its own a customer is called by its name."""
        base = name[: LONGEST["customer_ref"] - 6].strip()
        ref, number = base, 2
        while ref in self._by_ref:
            ref, number = f"{base} ({number})", number + 1
        return ref

    def _add_email(self, person: Person, email: str) -> None:
        person.emails.add(email.casefold())
        self._by_email[email.casefold()].append(person)

    def _store_new(self, fresh: Iterable[tuple[Person, PersonRow]]) -> None:
        org = self.organization
        pairs = [(person, row, self._customer(person, row)) for person, row in fresh]
        Customer.objects.of(org).bulk_create([customer for _, _, customer in pairs])
        contacts: list[tuple[Any, ...]] = []
        entries: list[tuple[Any, ...]] = []
        for person, row, customer in pairs:
            person.id = customer.pk
            said = contact_of(row)
            if any(said.values()):
                contacts.append((org.pk, customer.pk, *said.values(), "billing", 0))
            about = {"ref": customer.ref}
            entries.append(journal_row(org.pk, "customer.added", self.now, self._actor, customer.pk, None, about))
        insert_rows(Contact, ("organization", "customer", *CONTACT_FIELDS, "role", "position"), contacts)
        insert_rows(Entry, JOURNAL_FIELDS, entries)

    def _customer(self, person: Person, row: PersonRow) -> Customer:
        org = self.organization
        country = row.country or org.country
        return Customer(
            organization_id=org.pk,
            ref=person.ref,
            name=person.name,
            kind=row.kind or "unknown",
            country=country,
            language=row.language or default_language(country, org.language),
            address_lines="\n".join(row.address),
            postcode=row.postcode,
            city=row.city,
            created_at=self.now,
            look_on=NOW,
        )

    # --- known customers ----------------------------------------------------------------------------------

    def _update(self, first: dict[Person, PersonRow], more: dict[Person, list[PersonRow]]) -> set[Person]:
        changed: set[Person] = set()
        ids = [person.id for person in {*first, *more}]
        rows = Customer.objects.of(self.organization).filter(id__in=ids).prefetch_related("contacts")
        customers = {customer.pk: customer for customer in rows}
        for person, row in first.items():
            if self._update_one(person, customers[person.id], row):
                changed.add(person)
        for person, others in more.items():
            for row in others:
                said: dict[str, Any] = contact_of(row)
                add_contact(customers[person.id], **said, now=self.now, actor=self._actor)
            changed.add(person)
        return changed

    def _update_one(self, person: Person, customer: Customer, row: PersonRow) -> bool:
        said: dict[str, Any] = {
            "country": row.country,
            "language": row.language,
            "kind": "" if row.kind == "unknown" else row.kind,
            "address_lines": "\n".join(row.address),
            "postcode": row.postcode,
            "city": row.city,
        }
        if row.customer_ref:
            said["name"] = row.customer
            said["ref"] = row.customer_ref
        fields = {name: value for name, value in said.items() if value and getattr(customer, name) != value}
        if fields:
            change_customer(customer, now=self.now, actor=self._actor, **fields)
        if "ref" in fields:
            person.ref, person.own_ref = row.customer_ref, True
            self._by_ref[person.ref] = person
        if "name" in fields:
            person.name = row.customer
            self._by_name[fold(person.name) or person.name].append(person)
        heard = self._contact(customer, row)
        if heard and row.email and row.email.casefold() not in person.emails:
            self._add_email(person, row.email)
        return bool(fields) or heard

    def _contact(self, customer: Customer, row: PersonRow) -> bool:
        """The person of the row among the contacts: the one with the address, else the first gets the row's data. The others
        stay as they are. True when something was new."""
        said: dict[str, Any] = {name: value for name, value in contact_of(row).items() if value}
        there, email = list(customer.contacts.all()), said.get("email", "").casefold()
        same = next((one for one in there if email and one.email.casefold() == email), there[0] if there else None)
        told: dict[str, Any] = {"now": self.now, "actor": self._actor}
        if same is None:
            named = any(said.get(name) for name in ("name", "email", "phone"))
            return bool(named and add_contact(customer, **said, **told))
        if all(getattr(same, name) == value for name, value in said.items()):
            return False
        before = {name: getattr(same, name) for name in CONTACT_FIELDS}
        if any((before | said)[name] for name in ("name", "email", "phone")):
            change_contact(same, **before | said, **told)
        return True


def _made_up(ref: str, name: str) -> bool:
    base = name[: LONGEST["customer_ref"] - 6].strip()
    return ref == base or (ref.startswith(f"{base} (") and ref.endswith(")"))
