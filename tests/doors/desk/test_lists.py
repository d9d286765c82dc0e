# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lists that one works through: filters and orders, kept ones, files, one act on many rows and its undoing; and search."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from purring.doors.desk.invoice_list import SORTS
from purring.facts.agreements.actions import agree_plan, hold, record_promise
from purring.facts.agreements.models import Hold
from purring.facts.customers.models import Customer, Group
from purring.facts.disputes.actions import open_dispute
from purring.facts.invoices.models import Invoice
from purring.facts.journal.models import Entry
from purring.facts.payments.actions import record_payment
from purring.facts.payments.settling import WRITE_OFF, close
from purring.followup.lists.models import Bulk, SavedList
from purring.followup.lists.working import CHUNK, work_all
from purring.followup.models import Assignment
from purring.followup.schedules import assign, default_schedule, keep_schedule
from purring.kit.formulas import neutral
from tests.doors.desk.cast import House, found_house


def numbers(client: Client, query: str, name: str = "invoices") -> list[str]:
    html = client.get(f"{reverse(f'desk:{name}')}?{query}").content.decode()
    pattern = r'muted small">([^<]+)</span>' if name == "invoices" else r'row-title">([^<]+)<'
    return [one.strip() for one in re.findall(pattern, html)]


@pytest.fixture
def book(house: House) -> dict[str, Invoice]:
    """One invoice in every state, each of a customer of its own, named by its number."""
    states: dict[str, Any] = {"late": {"late": 4}, "older": {"late": 70}, "coming": {"late": -5}, "held": {}, "promised": {},
                              "disputed": {}, "plan": {}, "paid": {}, "gone": {}, "euro": {"currency": "EUR", "amount": 50_000}}  # fmt: skip
    made = {key: house.invoice(house.customer(f"Kunde {key}"), number=key, **fields) for key, fields in states.items()}
    today, told = house.today, house.told
    hold(made["held"].customer, on=today, invoice=made["held"], **told)
    record_promise(made["promised"].customer, today + timedelta(3), on=today, invoices=[made["promised"]], **told)
    open_dispute(made["disputed"], on=today, reason="scratched", **told)
    agree_plan(made["plan"].customer, [made["plan"]], [(today + timedelta(9), 125_000)], on=today, **told)
    record_payment(made["paid"].customer, 125_000, "NOK", on=today, invoice=made["paid"], **told)
    close(made["gone"], WRITE_OFF, on=today, **told)
    return made


class TestFilters:
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("show=overdue", {"late", "older", "held", "promised", "disputed", "plan", "euro"}),
            ("show=open", {"late", "older", "coming", "held", "promised", "disputed", "plan", "euro"}),
            ("show=held", {"held"}),
            ("show=promised", {"promised"}),
            ("show=disputed", {"disputed"}),
            ("show=plan", {"plan"}),
            ("show=settled", {"paid"}),
            ("show=written_off", {"gone"}),
            ("band=61-90", {"older"}),
            ("currency=EUR", {"euro"}),
            ("most=500", {"euro"}),
            ("least=500,01&show=held", {"held"}),
            ("q=kunde+older", {"older"}),
            ("q=1250&show=settled", {"paid"}),
            (
                "show=nonsense&sort=nonsense&group=x&since=never",
                {"late", "older", "coming", "held", "promised", "disputed", "plan", "euro"},
            ),
        ],
    )
    def test_what_fits(self, client: Client, book: dict[str, Invoice], query: str, found: set[str]) -> None:
        assert set(numbers(client, query)) == found

    def test_due_between(self, house: House, client: Client, book: dict[str, Invoice]) -> None:
        since, until = house.today - timedelta(80), house.today - timedelta(60)
        assert numbers(client, f"since={since}&until={until}") == ["older"]

    def test_the_schedule_that_is_followed(self, house: House, client: Client, book: dict[str, Invoice]) -> None:
        other = keep_schedule(
            house.organization, None, name="Firm", steps=default_schedule(house.organization).steps, **house.told
        )
        group = Group(organization=house.organization, name="Schools")
        group.save(force_insert=True)
        Customer.objects.of(house.organization).filter(pk=book["older"].customer_id).update(group=group)
        assign(other, group=group, **house.told)
        assign(other, invoice=book["late"], **house.told)
        assert set(numbers(client, f"schedule={other.pk}")) == {"older", "late"}
        usual = default_schedule(house.organization)
        assert set(numbers(client, f"schedule={usual.pk}")) == {
            "coming",
            "held",
            "promised",
            "disputed",
            "plan",
            "euro",
        }
        assert numbers(client, f"group={group.pk}") == ["older"]

    def test_an_amount_that_cannot_be_read_is_said_and_kept(self, client: Client, book: dict[str, Invoice]) -> None:
        html = client.get(reverse("desk:invoices"), {"least": "many"}).content.decode()
        assert "This is not an amount." in html
        assert 'value="many"' in html

    def test_states_in_words(self, client: Client, book: dict[str, Invoice]) -> None:
        html = client.get(reverse("desk:invoices"), {"show": "all"}).content.decode()
        for word in (
            "on hold",
            "promised",
            "disputed",
            "on a plan",
            "written off",
            "paid",
            "70 days late",
            "due in 5 days",
        ):
            assert word in html

    @pytest.mark.parametrize("sort", SORTS)
    def test_every_order_pages_by_key(
        self, house: House, client: Client, monkeypatch: pytest.MonkeyPatch, sort: str
    ) -> None:
        monkeypatch.setattr("purring.doors.desk.views.invoices.PAGE", 2)
        customer = house.customer()
        made = [house.invoice(customer, amount, late=late, number=f"N{at}") for at, (amount, late) in
                enumerate([(500, 3), (500, 3), (900, 3), (100, 9), (700, 1)])]  # fmt: skip
        field, falling = sort.lstrip("-"), sort.startswith("-")
        wanted = sorted(made, key=lambda one: (getattr(one, field), one.pk), reverse=falling)
        seen, after = [], f"{reverse('desk:invoices')}?sort={sort}"
        while after:
            html = client.get(after).content.decode()
            seen += re.findall(r'muted small">(N\d)', html)
            more = re.search(r'href="([^"]+after=[^"]+)"', html)
            after = more[1].replace("&amp;", "&") if more else ""
        assert seen == [one.number for one in wanted]

    def test_customers(self, house: House, client: Client, book: dict[str, Invoice]) -> None:
        nobody = house.customer("Uten adresse")
        nobody.contacts.all().delete()
        assert numbers(client, "show=unreachable", "customers") == ["Uten adresse"]
        assert "Kunde paid" not in numbers(client, "show=owing", "customers")
        assert "Kunde coming" not in numbers(client, "show=overdue", "customers")
        assert numbers(client, "q=kunde+euro", "customers") == ["Kunde euro"]
        assert "Kunde euro" in numbers(client, "show=new", "customers")


class TestKept:
    def keep(self, client: Client, name: str, query: str, **more: str) -> Any:
        return client.post(reverse("desk:list-save"), {"page": "invoices", "name": name, "query": query, **more})

    def test_ones_own_and_everybodys(self, house: House, client: Client) -> None:
        house.invoice(house.customer())
        assert self.keep(client, "Large ones", "show=overdue&least=1000&after=x&evil=1")["Location"].endswith(
            "?show=overdue&least=1000"
        )
        self.keep(client, "For us", "show=held", for_all="1")
        assert set(SavedList.objects.of(house.organization).values_list("query", flat=True)) == {
            "show=overdue&least=1000",
            "show=held",
        }
        mine = client.get(reverse("desk:invoices")).content.decode()
        assert "Large ones" in mine
        assert "For us" in mine
        theirs = house.client("collector").get(reverse("desk:invoices")).content.decode()
        assert "Large ones" not in theirs
        assert "For us" in theirs

    def test_removed_by_its_owner_alone(self, house: House, client: Client) -> None:
        self.keep(client, "Mine", "show=held")
        kept = SavedList.objects.of(house.organization).get()
        assert house.client("accountant").post(reverse("desk:list-remove", args=[kept.pk])).status_code == 404
        assert client.post(reverse("desk:list-remove", args=[kept.pk])).status_code == 303
        assert not SavedList.objects.of(house.organization).exists()

    def test_who_only_looks_keeps_lists_for_themselves(self, house: House) -> None:
        self.keep(house.client("read_only"), "Mine", "show=held", for_all="1")
        assert SavedList.objects.of(house.organization).get().owner is not None


class TestFiles:
    def test_csv(self, house: House, client: Client) -> None:
        house.invoice(house.customer("=HYPERLINK(1)"), number="+1", description="a,b\n@c")
        response = client.get(reverse("desk:invoices-csv"), {"show": "overdue"})
        text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
        head, row = csv.reader(io.StringIO(text))
        told = dict(zip(head, row, strict=True))
        assert told["Customer"] == "'=HYPERLINK(1)"
        assert told["Invoice"] == "'+1"
        assert (told["Amount"], told["Open"], told["Currency"], told["Days late"]) == ("1250.00", "1250.00", "NOK", "4")
        assert "attachment" in response["Content-Disposition"]

    def test_xlsx_is_read_by_our_own_reader(self, house: House, client: Client) -> None:
        house.invoice(house.customer("Müller & <Söhne>"), number="F-1")
        response = client.get(reverse("desk:invoices-xlsx"))
        book = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))  # type: ignore[attr-defined]
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "Müller &amp; &lt;Söhne&gt;" in sheet
        assert '<c s="2"><v>1250.00</v></c>' in sheet
        assert "<f>" not in sheet

    @pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t=1", "\r=1"])
    def test_nothing_is_a_formula(self, text: str) -> None:
        assert neutral(text).startswith("'")

    def test_customers(self, house: House, client: Client) -> None:
        customer = house.customer("Two currencies")
        house.invoice(customer)
        house.invoice(customer, 900, currency="EUR")
        response = client.get(reverse("desk:customers-csv"))
        text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
        assert [(row["Open"], row["Currency"]) for row in csv.DictReader(io.StringIO(text))] == [
            ("9.00", "EUR"),
            ("1250.00", "NOK"),
        ]


def begin(client: Client, act: str, page: str = "invoices", **told: Any) -> Any:
    """As a person does it: look at what would be done, then do it."""
    to = reverse(f"desk:{page}-bulk")
    choosing: dict[str, Any] = {key: told.pop(key) for key in ("ids", "all", "query") if key in told}
    asked: dict[str, Any] = {"act": act, **choosing}
    html = client.get(to, asked).content.decode()
    hidden: list[tuple[str, str]] = re.findall(r'<input type="hidden" name="(key|count)" value="([^"]+)"', html)
    return client.post(to, {**asked, **dict(hidden), **told})


class TestManyAtOnce:
    def test_held_and_undone(self, house: House, client: Client, book: dict[str, Invoice]) -> None:
        ids = [book["late"].pk, book["older"].pk, book["held"].pk]
        to = begin(client, "hold", ids=ids, reason="holidays")["Location"]
        page = client.get(to).content.decode()
        assert "2 invoices changed." in page
        assert "1 was so already." in page
        holds = Hold.objects.of(house.organization).filter(released_at=None)
        assert holds.filter(reason="holidays").count() == 2
        entries = Entry.objects.of(house.organization).filter(
            kind="hold.placed", actor=f"user:{house.user('owner').pk}"
        )
        assert entries.count() == 2
        bulk = Bulk.objects.of(house.organization).get()
        back = client.post(reverse("desk:bulk-undo", args=[bulk.pk]))["Location"]
        assert "2 are as they were before." in client.get(back).content.decode()
        assert set(holds.values_list("invoice_id", flat=True)) == {book["held"].pk}
        client.post(reverse("desk:bulk-undo", args=[bulk.pk]))
        assert Bulk.objects.of(house.organization).count() == 2

    def test_sent_twice_it_is_done_once(self, house: House, client: Client, book: dict[str, Invoice]) -> None:
        to = reverse("desk:invoices-bulk")
        told = {"act": "hold", "ids": [book["late"].pk], "key": "k" * 32, "count": 1}
        assert client.post(to, told)["Location"] == client.post(to, told)["Location"]
        assert Bulk.objects.of(house.organization).count() == 1

    def test_all_that_fit_and_a_list_that_changed_meanwhile(
        self, house: House, client: Client, book: dict[str, Invoice]
    ) -> None:
        to = reverse("desk:invoices-bulk")
        told = {"act": "release", "all": "1", "query": "show=held"}
        assert ">1<" in client.get(to, told).content.decode()
        hold(book["late"].customer, on=house.today, invoice=book["late"], **house.told)
        answer = client.post(to, {**told, "key": "k" * 32, "count": 1})
        assert answer.status_code == 422
        assert b"Meanwhile the list has changed" in answer.content
        assert not Bulk.objects.of(house.organization).exists()
        begin(client, "release", all="1", query="show=held")
        assert not Hold.objects.of(house.organization).filter(released_at=None).exists()

    def test_write_off_is_for_who_books(self, house: House, client: Client, book: dict[str, Invoice]) -> None:
        told: dict[str, Any] = {"ids": [book["late"].pk]}
        assert begin(house.client("collector"), "write_off", **told).status_code == 403
        assert begin(house.client("read_only"), "hold", **told).status_code == 403
        assert begin(client, "write_off", reason="given up", **told).status_code == 303
        bulk = Bulk.objects.of(house.organization).get()
        assert Invoice.objects.of(house.organization).get(pk=book["late"].pk).settled_on
        assert house.client("collector").post(reverse("desk:bulk-undo", args=[bulk.pk])).status_code == 403
        client.post(reverse("desk:bulk-undo", args=[bulk.pk]))
        assert not Invoice.objects.of(house.organization).get(pk=book["late"].pk).settled_on

    def test_schedule_and_group_and_back(self, house: House, client: Client, book: dict[str, Invoice]) -> None:
        usual = default_schedule(house.organization)
        begin(client, "schedule", ids=[book["late"].pk], schedule=usual.pk)
        assert Assignment.objects.of(house.organization).get().invoice_id == book["late"].pk
        group = Group(organization=house.organization, name="Schools")
        group.save(force_insert=True)
        begin(client, "group", "customers", ids=[book["late"].customer_id], group=group.pk)
        assert group.customers.count() == 1
        for bulk in Bulk.objects.of(house.organization).order_by("id"):
            client.post(reverse("desk:bulk-undo", args=[bulk.pk]))
        assert not Assignment.objects.of(house.organization).exists()
        assert group.customers.count() == 0

    def test_many_go_on_behind_the_page_and_what_is_refused_is_told(
        self, house: House, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("purring.doors.desk.views.lists.AT_ONCE", CHUNK)
        customer = house.customer()
        made = [house.invoice(customer, number=f"M{at}") for at in range(CHUNK + 3)]
        to = begin(client, "write_off", all="1", query="")["Location"]
        assert f"{CHUNK} of {CHUNK + 3} looked at" in client.get(to).content.decode()
        record_payment(customer, 125_000, "NOK", on=house.today, invoice=made[-1], **house.told)
        work_all(house.told["now"])
        page = client.get(to).content.decode()
        assert f"{CHUNK + 2} invoices changed." in page
        assert "nothing of it is open" in page
        assert Entry.objects.of(house.organization).filter(kind="invoice.closed").count() == CHUNK + 2

    def test_a_person_lets_it_wait_and_ends_it(
        self, house: House, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("purring.doors.desk.views.lists.AT_ONCE", CHUNK)
        customer = house.customer()
        for at in range(3 * CHUNK + 1):
            house.invoice(customer, number=f"M{at}")
        to = begin(client, "write_off", all="1", query="")["Location"]
        assert house.client("collector").post(to, {"do": "pause"}).status_code == 403  # who may not book it
        client.post(to, {"do": "pause"})
        work_all(house.told["now"])
        assert "paused" in client.get(to).content.decode()
        assert Bulk.objects.of(house.organization).get().done == CHUNK
        client.post(to, {"do": "go-on"})
        assert Bulk.objects.of(house.organization).get().done == 2 * CHUNK
        client.post(to, {"do": "stop"})
        work_all(house.told["now"])
        page = client.get(to).content.decode()
        assert f"Stopped after {2 * CHUNK} of {3 * CHUNK + 1} rows." in page
        closed = Invoice.objects.of(house.organization).exclude(settled_on=None)
        assert closed.count() == 2 * CHUNK
        client.post(reverse("desk:bulk-undo", args=[Bulk.objects.of(house.organization).get().pk]))
        work_all(house.told["now"])
        assert not closed.exists()
        log = client.get(reverse("desk:audit"), {"what": "files"}).content.decode()
        for said in ("was paused", "went on", "was stopped"):
            assert f"Work on many rows {said}" in log

    def test_nothing_chosen(self, client: Client, book: dict[str, Invoice]) -> None:
        assert client.get(reverse("desk:invoices-bulk"), {"act": "hold"}).status_code == 303
        assert client.get(reverse("desk:invoices-bulk"), {"act": "group"}).status_code == 303
        assert (
            client.get(reverse("desk:invoices-bulk"), {"act": "hold", "ids": str(book["paid"].pk)}).status_code == 303
        )

    def test_another_organizations_rows_are_not_touched(self, house: House, client: Client) -> None:
        other = found_house("nabo", "Naboen")
        theirs = other.invoice(other.customer())
        assert begin(client, "hold", ids=[theirs.pk]).status_code == 303
        assert not Hold.objects.of(other.organization).exists()
        assert not Bulk.objects.of(house.organization).exists()


class TestSearch:
    def test_while_typing_and_the_whole_page(self, house: House, client: Client) -> None:
        customer = house.customer("Müller Møbler")
        invoice = house.invoice(customer, number="F-77", description="For Müller")
        to = reverse("desk:search")
        box = client.get(
            to, {"q": "muller mob"}, headers={"HX-Request": "true", "HX-Target": "find-hits"}
        ).content.decode()
        assert "<html" not in box
        assert "<mark>Müller</mark> <mark>Møbler</mark>" in box
        whole = client.get(to, {"q": "muller"}).content.decode()
        assert reverse("desk:customer", args=[customer.pk]) in whole
        assert reverse("desk:invoice", args=[invoice.pk]) in whole
        assert "Nothing found for “zzz”" in client.get(to, {"q": "zzz"}).content.decode()

    def test_what_was_just_written_is_found_and_much_is_said_to_wait(
        self, house: House, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        to = reverse("desk:search")
        house.customer("Just now")
        assert "Just</mark>" in client.get(to, {"q": "just now"}).content.decode()
        monkeypatch.setattr("purring.doors.desk.views.search.NEW_AT_MOST", 1)
        house.customer("Later one")
        house.customer("Later two")
        assert "still being sorted" in client.get(to, {"q": "later"}).content.decode()

    def test_kinds_page_by_key(self, house: House, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("purring.doors.desk.views.search.ON_PAGE", 2)
        names = [house.customer(f"Berg {at}").name for at in range(5)]
        seen, to = [], f"{reverse('desk:search')}?q=berg&in=customer"
        while to:
            html = client.get(to).content.decode()
            seen += re.findall(r"<mark>Berg</mark> (\d)", html)
            more = re.search(r'href="([^"]+after=[^"]+)"', html)
            to = more[1].replace("&amp;", "&") if more else ""
        assert seen == [name[-1] for name in names]

    def test_nothing_of_another_organization(self, client: Client) -> None:
        other = found_house("nabo", "Naboen")
        other.invoice(other.customer("Hemmelig AS"), number="SECRET-1")
        for words in ("hemmelig", "secret-1", "1250"):
            assert b"Nothing found" in client.get(reverse("desk:search"), {"q": words}).content

    def test_what_people_wrote_is_never_markup(self, house: House, client: Client) -> None:
        house.customer("<b>bold</b> & co")
        html = client.get(reverse("desk:search"), {"q": "bold"}).content.decode()
        assert "&lt;b&gt;<mark>bold</mark>&lt;/b&gt; &amp; co" in html
