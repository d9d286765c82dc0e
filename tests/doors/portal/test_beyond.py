# SPDX-License-Identifier: AGPL-3.0-or-later
"""Beyond the link: a code to the known address opens everything of the customer, for half an hour, in this browser; and the
details that are corrected there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from purring.doors.portal.labels import Labels, spoken
from purring.doors.portal.sessions import COOKIE
from purring.facts.access.actions import make_link
from purring.facts.access.tokens import new_token
from purring.facts.codes.actions import MOST_AN_HOUR, MOST_TRIES, digits, enter_code
from purring.facts.codes.models import Code
from purring.facts.customers.actions import add_customer, replace_contacts, spoil_address
from purring.facts.customers.models import Customer, DetailProposal
from purring.facts.invoices.models import Invoice
from purring.facts.journal.models import Entry
from purring.facts.payments.actions import record_payment
from purring.followup.models import Task
from tests.doors.desk.cast import House, found_house

EN = Labels("en", "NO", "Snekker Solberg")


@dataclass
class Reader:
    """Somebody with a link in one browser, who reads the customer's mail."""

    house: House
    customer: Customer
    shows: list[Invoice] = field(default_factory=list)
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))
    path: str = ""

    def __post_init__(self) -> None:
        token = new_token()
        make_link(self.customer, token, invoices=self.shows, **self.house.told)
        self.path = self.path or f"/pay/{token}/"

    def opens(self, page: str = "") -> Any:
        return self.client.get(self.path + page)

    def reads(self, page: str = "") -> str:
        text: str = self.opens(page).content.decode()
        return text.replace("\u00a0", " ")

    def sends(self, page: str, form: int = 0, **said: Any) -> Any:
        """Opens a page and sends its form, the first or another."""
        tokens = re.findall(r'name="form" value="([^"]+)"', self.reads(page))
        return self.client.post(self.path + page, {"form": tokens[form], **said})

    def leaves(self) -> Any:
        (token,) = re.findall(r'leave/"><input type="hidden" name="form" value="([^"]+)"', self.reads())
        return self.client.post(self.path + "leave/", {"form": token})

    def asks(self, **said: Any) -> str:
        """Asks for a code and reads it in the mail."""
        response = self.sends("more/", -1, **said)
        assert response.status_code == 303, response.content.decode()
        return str(re.findall(r"\b\d{6}\b", str(mail.outbox[-1].body))[0])

    def enters(self, code: str) -> Any:
        return self.sends("more/", code=code)

    def comes_in(self) -> None:
        assert self.enters(self.asks()).status_code == 303


@pytest.fixture
def reader(house: House) -> Reader:
    customer = house.customer(language="en")
    shown = house.invoice(customer, 125_000, number="SHOWN-1")
    house.invoice(customer, 50_000, number="OTHER-2")
    paid = house.invoice(customer, 70_000, number="PAID-3", late=200)
    record_payment(customer, 70_000, "NOK", on=house.today - timedelta(days=150), invoice=paid, **house.told)
    return Reader(house, customer, [shown])


def test_a_code_opens_everything_of_the_customer(reader: Reader) -> None:
    page = reader.reads()
    assert "SHOWN-1" in page
    assert "OTHER-2" not in page
    assert COOKIE not in reader.client.cookies
    code = reader.asks()
    assert COOKIE not in reader.client.cookies
    response = reader.enters(f" {code[:3]} {code[3:]} ")
    assert response.status_code == 303
    assert "OTHER-2" in reader.reads()
    assert "PAID-3" in reader.reads("documents/")
    assert "PAID-3" in reader.reads("history/")
    kinds = set(Entry.objects.of(reader.house.organization).values_list("kind", flat=True))
    assert {"code.asked", "code.entered"} <= kinds


def test_the_cookie_is_ours_alone(reader: Reader, settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = True
    reader.comes_in()
    cookie = reader.client.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["secure"]) == (True, "Lax", "/pay/", True)
    assert cookie["max-age"] == 1800
    assert set(reader.client.cookies) == {COOKIE}


def test_the_mail_is_short_kind_and_in_their_language(reader: Reader) -> None:
    for language in spoken():
        labels = Labels(language, "NO", "Snekker Solberg")
        reader.customer.language = language
        reader.customer.save()
        Code.objects.of(reader.house.organization).delete()
        code = reader.asks()
        sent = mail.outbox[-1]
        assert sent.to == [reader.customer.contacts.get().email]
        assert sent.subject == labels.say("code_subject", code=code)
        assert labels.say("code_mail_unasked") in sent.body
        assert sent.from_email.startswith("Snekker Solberg <")
        assert sent.extra_headers["Auto-Submitted"] == "auto-generated"


def test_only_a_hash_of_the_code_is_kept(reader: Reader) -> None:
    code = reader.asks()
    row = Code.objects.of(reader.house.organization).values().get()
    assert code not in str(row)
    assert code not in str(list(Entry.objects.of(reader.house.organization).values()))


def test_ten_minutes(reader: Reader, later: Any) -> None:
    code = reader.asks()
    later(minutes=11)
    response = reader.client.post(reader.path + "more/", {"form": "", "code": code})
    assert response.status_code == 422
    assert EN["code_label"] not in reader.reads("more/"), "there is nothing to enter any more"
    assert enter_code(reader.customer, code, now=timezone.now()) is None


def test_five_tries(reader: Reader) -> None:
    code = reader.asks()
    wrong = "000000" if code != "000000" else "111111"
    for at in range(MOST_TRIES):
        response = reader.enters(wrong)
        assert response.status_code == 422
        assert EN["code_wrong" if at < MOST_TRIES - 1 else "code_gone"] in response.content.decode()
    assert enter_code(reader.customer, code, now=timezone.now()) is None
    assert COOKIE not in reader.client.cookies


def test_three_codes_an_hour(reader: Reader, later: Any) -> None:
    for _ in range(MOST_AN_HOUR):
        last = reader.asks()
    response = reader.sends("more/", -1)
    assert response.status_code == 429
    assert EN["code_many"] in response.content.decode()
    assert len(mail.outbox) == MOST_AN_HOUR
    assert reader.enters(last).status_code == 303, "the last one still opens"
    later(minutes=61)
    assert Reader(reader.house, reader.customer).asks()


def test_a_new_code_ends_the_old_one_and_each_opens_once(reader: Reader) -> None:
    first, second = reader.asks(), reader.asks()
    if first != second:
        assert reader.enters(first).status_code == 422
    assert reader.enters(second).status_code == 303
    assert enter_code(reader.customer, second, now=timezone.now()) is None


def test_it_goes_only_to_addresses_that_work(reader: Reader) -> None:
    people = [{"email": "ane@kunde.example"}, {"email": "per@kunde.example"}, {"email": "old@kunde.example"}]
    replace_contacts(reader.customer, people, **reader.house.told)
    spoil_address(reader.customer, "old@kunde.example", "bounced", **reader.house.told)
    page = reader.reads("more/")
    assert "a…@kunde.example" in page
    assert "p…@kunde.example" in page
    assert "o…@" not in page
    assert "ane@" not in page
    reader.asks(to="1")
    assert mail.outbox[-1].to == ["per@kunde.example"]
    for nobody in ("2", "9", "x@evil.example"):
        reader.sends("more/", -1, to=nobody)
    assert {one.to[0] for one in mail.outbox} <= {"ane@kunde.example", "per@kunde.example"}


def test_nobody_to_write_to(reader: Reader) -> None:
    replace_contacts(reader.customer, [{"phone": "+47 22 00 00 00"}], **reader.house.told)
    assert EN["more_none"] in reader.reads("more/")


def test_a_mail_server_that_is_away_is_told(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.core.mail.EmailMessage.send", lambda self: 0)
    response = reader.sends("more/", -1)
    assert response.status_code == 503
    assert EN["try_later"] in response.content.decode()


def test_half_an_hour_after_the_last_page(reader: Reader, later: Any) -> None:
    reader.comes_in()
    for minutes in (25, 50, 75):
        later(minutes=minutes)
        assert "OTHER-2" in reader.reads()
    later(minutes=106)
    assert "OTHER-2" not in reader.reads()


def test_half_a_day_at_most(reader: Reader, later: Any) -> None:
    reader.comes_in()
    for minutes in range(20, 12 * 60, 20):
        later(minutes=minutes)
        reader.opens("history/")
    assert "OTHER-2" in reader.reads()
    later(minutes=12 * 60 + 1)
    assert "OTHER-2" not in reader.reads()


def test_signing_out_ends_it_in_every_browser(reader: Reader) -> None:
    reader.comes_in()
    kept = reader.client.cookies[COOKIE].value
    response = reader.leaves()
    assert EN["signed_out"] in reader.client.get(response["Location"]).content.decode()
    assert not reader.client.cookies[COOKIE].value
    reader.client.cookies[COOKIE] = kept
    assert "OTHER-2" not in reader.reads()


def test_the_cookie_of_one_opens_nothing_of_another(reader: Reader) -> None:
    reader.comes_in()
    kept = reader.client.cookies[COOKIE].value
    neighbour = reader.house.customer("Neighbour", language="en")
    mine = reader.house.invoice(neighbour, number="N-1")
    reader.house.invoice(neighbour, number="N-2")
    far = found_house("nabo", "Naboen")
    stranger = far.customer("Stranger", language="en")
    far_one = far.invoice(stranger, number="F-1")
    far.invoice(stranger, number="F-2")
    for other in (Reader(reader.house, neighbour, [mine]), Reader(far, stranger, [far_one])):
        other.client.cookies[COOKIE] = kept
        page = other.reads()
        assert "N-2" not in page
        assert "F-2" not in page
        assert other.opens("details/").status_code == 303
    for forged in (kept[:-2], "x" + kept, "", "a:b:c", kept.swapcase()):
        again = Reader(reader.house, reader.customer, reader.shows)
        again.client.cookies[COOKIE] = forged
        assert "OTHER-2" not in again.reads()


@pytest.mark.parametrize("page", ["", "documents/", "history/", "more/", "details/"])
def test_looking_changes_nothing(reader: Reader, page: str) -> None:
    reader.comes_in()
    reader.opens()
    with CaptureQueriesContext(connection) as found:
        response = reader.opens(page)
    asked = [query["sql"] for query in found if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert all(sql.lstrip(" (\n").upper().startswith(("SELECT", 'UPDATE "ACCESS_LINK"')) for sql in asked), asked
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response["X-Robots-Tag"]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "<script" not in response.content.decode()


def test_digits_however_they_are_typed() -> None:
    assert digits(" 123-456 ") == "123456"
    assert digits("١٢٣٤٥٦") == "123456"
    assert digits("½²³x") == ""


def test_the_language_of_their_mail_changes_by_post_alone(reader: Reader) -> None:
    page = reader.reads("?language=fr")
    reader.customer.refresh_from_db()
    assert reader.customer.language == "en"
    (token,) = re.findall(r'language/[^"]*"><input type="hidden" name="form" value="([^"]+)"', page)
    for wrong in ({"form": "x", "language": "fr"}, {"form": token, "language": "xx"}):
        assert reader.client.post(reader.path + "language/", wrong).status_code == 303
    reader.customer.refresh_from_db()
    assert reader.customer.language == "en"
    assert reader.client.get(reader.path + "language/").status_code == 405
    response = reader.client.post(reader.path + "language/", {"form": token, "language": "fr"})
    kept = reader.client.get(response["Location"]).content.decode()
    reader.customer.refresh_from_db()
    assert reader.customer.language == "fr"
    assert "Désormais" in kept
    assert Entry.objects.of(reader.house.organization).get(kind="customer.changed").actor == "customer"


# --- correcting one's details --------------------------------------------------------------------------------

AS_IT_IS = {
    "contact.name": "Ane Lie",
    "contact.phone": "+47 22 00 00 00",
    "address_lines": "",
    "postcode": "",
    "city": "",
}


def corrected(reader: Reader, **said: str) -> Any:
    there = {**AS_IT_IS, "contact.email": reader.customer.contacts.order_by("id")[0].email, "language": "en"}
    wanted: dict[str, Any] = {**there, **{key.replace("__", "."): value for key, value in said.items()}}
    return reader.sends("details/", **wanted)


def test_details_need_the_code(reader: Reader) -> None:
    assert reader.opens("details/")["Location"].endswith("/more/")
    response = reader.client.post(reader.path + "details/", {"city": "Bergen"})
    assert response.status_code == 303
    assert not DetailProposal.objects.of(reader.house.organization).exists()


def test_language_and_channel_change_at_once(reader: Reader) -> None:
    reader.comes_in()
    corrected(reader, language="nb", channel="letter")
    reader.customer.refresh_from_db()
    assert reader.customer.preferred_channel == "", "nothing is promised that no installation can keep"
    corrected(reader, language="nb", channel="phone")
    reader.customer.refresh_from_db()
    assert (reader.customer.language, reader.customer.preferred_channel) == ("nb", "phone")
    assert not DetailProposal.objects.of(reader.house.organization).exists()
    assert len(mail.outbox) == 1, "only the code"


def test_where_we_write_to_waits_for_a_person_and_the_old_address_hears_of_it(reader: Reader) -> None:
    reader.comes_in()
    old = reader.customer.contacts.get().email
    response = corrected(reader, contact__name="Kari Moe", contact__email="kari@ny.example", city="Bergen")
    page = reader.client.get(response["Location"]).content.decode()
    assert EN["details_asked"] in page
    person = reader.customer.contacts.get()
    assert (person.name, person.email) == ("Ane Lie", old)
    told = mail.outbox[-1]
    assert told.to == [old]
    assert "kari@ny.example" in told.body
    assert "Bergen" in told.body
    task = Task.objects.of(reader.house.organization).get(code="details", done_at=None)

    desk = reader.house.client("collector")
    assert "want changed" in desk.get("/").content.decode()
    shown = desk.get(f"/customers/{reader.customer.pk}/details/").content.decode()
    for said in (old, "kari@ny.example", "Kari Moe", "Bergen"):
        assert said in shown
    proposal = DetailProposal.objects.of(reader.house.organization).get()
    decide = f"/customers/{reader.customer.pk}/details/decide/"
    for _ in range(2):
        desk.post(decide, {"proposal": proposal.pk, "decision": "accept"})
    person.refresh_from_db()
    reader.customer.refresh_from_db()
    assert (person.name, person.email, reader.customer.city) == ("Kari Moe", "kari@ny.example", "Bergen")
    task.refresh_from_db()
    assert task.done_at
    assert Entry.objects.of(reader.house.organization).filter(kind="details.accepted").count() == 1


def test_a_new_person_is_greeted_by_what_is_known_of_them(reader: Reader) -> None:
    person = reader.customer.contacts.get()
    person.given_name, person.family_name, person.gender = "Ane", "Lie", "f"
    person.save()
    reader.comes_in()
    corrected(reader, contact__name="Kari Moe")
    proposal = DetailProposal.objects.of(reader.house.organization).get()
    desk = reader.house.client("owner")
    desk.post(f"/customers/{reader.customer.pk}/details/decide/", {"proposal": proposal.pk, "decision": "accept"})
    person.refresh_from_db()
    assert (person.name, person.given_name, person.family_name, person.gender) == ("Kari Moe", "", "", "")


def test_declined_everything_stays(reader: Reader) -> None:
    reader.comes_in()
    corrected(reader, city="Bergen")
    proposal = DetailProposal.objects.of(reader.house.organization).get()
    desk = reader.house.client("owner")
    desk.post(f"/customers/{reader.customer.pk}/details/decide/", {"proposal": proposal.pk, "decision": "decline"})
    reader.customer.refresh_from_db()
    assert reader.customer.city == ""
    assert not Task.objects.of(reader.house.organization).filter(code="details", done_at=None).exists()


def test_the_newest_wish_counts(reader: Reader) -> None:
    reader.comes_in()
    corrected(reader, city="Bergen")
    corrected(reader, city="Oslo")
    outcomes = DetailProposal.objects.of(reader.house.organization).order_by("id").values_list("outcome", flat=True)
    assert list(outcomes) == ["replaced", ""]
    old = DetailProposal.objects.of(reader.house.organization).order_by("id")[0]
    desk = reader.house.client("owner")
    desk.post(f"/customers/{reader.customer.pk}/details/decide/", {"proposal": old.pk, "decision": "accept"})
    reader.customer.refresh_from_db()
    assert reader.customer.city == "", "what was replaced cannot be accepted any more"


def test_the_same_form_twice_is_one_wish(reader: Reader) -> None:
    reader.comes_in()
    token = re.findall(r'name="form" value="([^"]+)"', reader.reads("details/"))[0]
    there = {**AS_IT_IS, "contact.email": reader.customer.contacts.get().email, "city": "Bergen", "form": token}
    for _ in range(2):
        assert reader.client.post(reader.path + "details/", there).status_code == 303
    assert DetailProposal.objects.of(reader.house.organization).count() == 1
    assert len(mail.outbox) == 2


@pytest.mark.parametrize(
    ("field", "wrong", "said"),
    [
        ("contact.email", "nonsense", "bad_email"),
        ("contact.email", "", "required"),
        ("contact.phone", "call me", "bad_phone"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(reader: Reader, field: str, wrong: str, said: str) -> None:
    reader.comes_in()
    response = corrected(reader, **{field.replace(".", "__"): wrong, "city": "Bergen"})
    page = response.content.decode()
    assert response.status_code == 422
    assert EN[said] in page
    assert "aria-invalid" in page
    assert 'value="Bergen"' in page
    assert not DetailProposal.objects.of(reader.house.organization).exists()


def test_a_form_of_another_visit_is_not_taken(reader: Reader, house: House) -> None:
    reader.comes_in()
    other = Reader(house, house.customer("Other", language="en"))
    other.comes_in()
    foreign = re.findall(r'name="form" value="([^"]+)"', other.reads("details/"))[0]
    there = {**AS_IT_IS, "contact.email": "x@y.example", "form": foreign}
    assert reader.client.post(reader.path + "details/", there).status_code == 422
    assert not DetailProposal.objects.of(house.organization).exists()


def test_another_organization_cannot_decide(reader: Reader) -> None:
    reader.comes_in()
    corrected(reader, city="Bergen")
    proposal = DetailProposal.objects.of(reader.house.organization).get()
    far = found_house("nabo", "Naboen")
    own = far.customer("Their own")
    desk = far.client("owner")
    for customer in (reader.customer, own):
        response = desk.post(
            f"/customers/{customer.pk}/details/decide/", {"proposal": proposal.pk, "decision": "accept"}
        )
        assert response.status_code == 404


def test_a_customer_without_people(house: House) -> None:
    customer = add_customer(house.organization, ref="lone", name="Lone", **house.told)
    house.invoice(customer)
    assert Reader(house, customer).opens("more/").status_code == 200
