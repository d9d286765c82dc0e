# SPDX-License-Identifier: AGPL-3.0-or-later
"""The first five minutes: each step is kept by itself, can be put off, opened again and changed; the file is mended on its
page; and nothing leaves before the yes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from purring.doors.desk.banking import judge, usual_scheme
from purring.doors.desk.beginning import STEPS
from purring.doors.desk.choices import main_language
from purring.facts.beginning.models import Import, Step
from purring.facts.invoices.models import Invoice
from purring.facts.journal.models import Entry
from purring.facts.organizations.models import LegalEntity, Organization
from purring.followup.models import Reminder, Schedule
from purring.followup.planning import plan
from tests.doors.desk.cast import House
from tests.doors.desk.test_accounts import sign_up
from tests.doors.desk.test_import import a_list, look, upload

GOOD = "NO93 8601 1117 947"


@pytest.fixture(autouse=True)
def _mail(settings: Any) -> None:
    settings.MAIL_FROM = "hello@solberg.example"


def begin(client: Client) -> str:
    """Where setting up goes on."""
    page = client.get(reverse("desk:begin"))
    return str(page["Location"]) if page.status_code == 303 else "over"


def give_bank(client: Client, number: str = GOOD, **more: str) -> Any:
    return client.post(
        reverse("desk:begin-bank"), {"scheme": "iban", "number": number, "email": "eva@solberg.example", **more}
    )


def choose(client: Client, **more: str) -> Any:
    return client.post(reverse("desk:begin-words"), {"voice": "warm", "schedule": "gentle", "do": "keep", **more})


def test_one_goes_on_where_one_left(house: House, client: Client) -> None:
    assert begin(client) == reverse("desk:begin-bank")
    assert give_bank(client)["Location"] == reverse("desk:begin-invoices")
    other_device = house.client()
    assert begin(other_device) == reverse("desk:begin-invoices")
    house.invoice(house.customer())
    assert begin(client) == reverse("desk:begin-words")
    assert choose(client)["Location"] == reverse("desk:begin-first-day"), "the installation has a mail server"
    newest = Reminder.objects.of(house.organization).get().pk
    assert client.post(reverse("desk:begin-first-day"), {"newest": newest})["Location"] == reverse("desk:begin")
    assert begin(other_device) == "over"
    house.organization.refresh_from_db()
    assert house.organization.first_day_approved_at
    assert Reminder.objects.of(house.organization).get().approved_at


def test_a_step_that_can_wait_is_put_off_and_opened_again(house: House, client: Client) -> None:
    to = reverse("desk:begin-later", args=["bank"])
    assert client.post(to)["Location"] == reverse("desk:begin-invoices")
    client.post(to)
    assert Step.objects.of(house.organization).get().said == "later"
    assert Entry.objects.of(house.organization).filter(kind="beginning.step").count() == 1
    give_bank(client)
    assert begin(client) == reverse("desk:begin-invoices")
    for name in ("invoices", "first-day", "nonsense"):
        assert client.post(reverse("desk:begin-later", args=[name])).status_code == 404


def test_on_every_page_there_is_a_way_back_until_the_first_yes(house: House, client: Client) -> None:
    assert "Finish setting up" in look(client, reverse("desk:customers"))
    assert "Finish setting up" not in look(client, reverse("desk:begin-bank")), "one is there already"
    assert "Finish setting up" not in house.client("collector").get(reverse("desk:customers")).content.decode()
    client.post(reverse("desk:begin-first-day"), {"newest": "0"})
    assert "Finish setting up" not in look(client, reverse("desk:customers"))


def test_the_business_and_its_legal_entity_keep_together(house: House, client: Client) -> None:
    form = {"name": "Snekkeriet", "country": "SE", "language": "sv", "currency": "SEK", "timezone": "Europe/Stockholm"}
    client.post(reverse("desk:begin-business"), form)
    entity = LegalEntity.objects.of(house.organization).get()
    assert (entity.name, entity.country) == ("Snekkeriet", "SE")
    entity.name = "Snekkeriet AB"
    entity.save()
    client.post(reverse("desk:begin-business"), {**form, "name": "Snickeriet"})
    entity.refresh_from_db()
    assert entity.name == "Snekkeriet AB", "what somebody wrote there by hand stays"


def test_a_country_brings_what_is_usual_there(client: Client) -> None:
    shown = client.post(reverse("desk:begin-guess"), {"name": "X", "country": "ZA", "language": "nb"}).content.decode()
    for value in ("ZAR", "Africa/Johannesburg"):
        assert f'<option value="{value}" selected>' in shown
    assert Organization.objects.get().country == "NO", "nothing is kept"


@pytest.mark.parametrize(("country", "language"), [("NO", "nb"), ("FR", "fr"), ("BR", "pt-BR"), ("JP", "")])
def test_the_language_of_a_country(country: str, language: str) -> None:
    assert main_language(country) == language


@pytest.mark.django_db
def test_sign_up_needs_no_language() -> None:
    sign_up(Client(), country="FR", language="", currency="")
    made = Organization.objects.get()
    assert (made.language, made.currency, made.timezone) == ("fr", "EUR", "Europe/Paris")


@pytest.mark.django_db
@pytest.mark.parametrize(("said", "country"), [("en-ZA,en;q=0.9", "ZA"), ("nb-NO", "NO"), ("en", ""), ("x-QQ", "")])
def test_the_country_is_guessed_from_the_browser(said: str, country: str) -> None:
    page = Client(headers={"Accept-Language": said}).get(reverse("account_signup")).content.decode()
    assert f'<option value="{country}" selected>' in page


def test_an_account_is_judged_while_it_is_typed(client: Client) -> None:
    to = reverse("desk:begin-bank-check")
    assert "Danske Bank, Norway" in client.post(to, {"scheme": "iban", "number": GOOD}).content.decode()
    wrong = client.post(to, {"scheme": "iban", "number": GOOD[:-1] + "8"}).content.decode()
    assert "cannot be right" in wrong
    assert not client.post(to, {"scheme": "iban", "number": " "}).content.strip()
    assert not client.post(to, {"scheme": "nonsense", "number": "1"}).content.strip()
    assert judge("no", "8601 11 17947").good
    assert not judge("no", "8601 11 17948").good
    assert (usual_scheme("NO"), usual_scheme("FR")) == ("no", "iban")


def test_a_wrong_account_is_not_kept_and_nothing_typed_is_lost(house: House, client: Client) -> None:
    page = give_bank(client, "NO93 8601 1117 948", sender_name="Eva")
    assert page.status_code == 422
    assert "NO93 8601 1117 948" in page.content.decode()
    assert 'value="Eva"' in page.content.decode()
    assert LegalEntity.objects.of(house.organization).get().accounts == []
    give_bank(client, sender_name="Eva")
    give_bank(client, sender_name="Eva")
    entity = LegalEntity.objects.of(house.organization).get()
    assert [one["number"] for one in entity.accounts] == [GOOD]
    assert entity.sender_name == "Eva"
    assert Entry.objects.of(house.organization).filter(kind="entity.changed").count() == 1


def test_voice_and_schedule_are_shown_with_real_words_before_they_are_kept(house: House, client: Client) -> None:
    to = reverse("desk:begin-words")
    assert "With your first invoice" in look(client, to)
    house.invoice(house.customer("Kaffehjørnet"), late=-20, number="2026-777")
    page = look(client, to)
    assert page.count("2026-777") > 8, "each step and each voice speaks of it"
    assert "a kind note 3 days before" in page.lower()
    looked = client.post(to, {"voice": "formal", "schedule": "NO-consumer-standard", "do": "look"})
    assert looked.status_code == 200
    house.organization.refresh_from_db()
    assert house.organization.voice == "neutral"
    assert not Step.objects.of(house.organization).exists()
    choose(client, voice="formal")
    house.organization.refresh_from_db()
    assert house.organization.voice == "formal"
    assert client.post(to, {"voice": "shouting", "schedule": "gentle", "do": "keep"}).status_code == 422


def test_a_preset_becomes_the_schedule_for_everyone_and_a_change_by_hand_stays_on_offer(
    house: House, client: Client
) -> None:
    page = look(client, reverse("desk:begin-words"))
    offered = [part.split('"')[0] for part in page.split('name="schedule" id="schedule-')[1:]]
    assert offered[0] == "gentle"
    assert len(offered) > 1
    choose(client, schedule=offered[-1])
    row = Schedule.objects.of(house.organization).get()
    assert row.preset == offered[-1]
    row.steps = [{"stage": "friendly", "days": 4, "channel": "email"}]
    row.save()
    choose(client, schedule="own")
    row.refresh_from_db()
    assert row.steps[0]["days"] == 4
    assert 'id="schedule-own" value="own" checked' in look(client, reverse("desk:begin-words"))


def test_the_first_day_shows_whole_messages_and_why_the_others_stay(house: House, client: Client) -> None:
    house.invoice(house.customer("Kaffehjørnet"), number="2026-801")
    house.invoice(house.customer("Bokhandelen"), late=-30, number="2026-802")
    to = reverse("desk:begin-first-day")
    assert "Purring is deciding" in look(client, to)
    plan(house.organization, house.told["now"])
    page = look(client, to)
    assert "Kaffehjørnet" in page
    assert "Approve 1 message" in page
    words = reverse("desk:reminder", args=[Reminder.objects.of(house.organization).get().pk])
    assert f'hx-get="{words}" hx-trigger="revealed"' in page
    assert "2026-801" in client.get(words, headers={"HX-Request": "true"}).content.decode()
    for headers in ({"HX-Request": "true"}, {}):
        stays = client.get(reverse("desk:begin-staying"), headers=headers).content.decode()
        assert "Bokhandelen" in stays
        assert 'could leave on <time datetime="2026-06-01">1 June 2026</time>' in stays


def test_what_was_decided_after_the_page_was_shown_waits_for_its_own_yes(house: House, client: Client) -> None:
    house.invoice(house.customer("En"))
    plan(house.organization, house.told["now"])
    newest = Reminder.objects.of(house.organization).get().pk
    house.invoice(house.customer("To"))
    plan(house.organization, house.told["now"])
    for _ in range(2):
        client.post(reverse("desk:begin-first-day"), {"newest": newest})
    rows = Reminder.objects.of(house.organization)
    assert {row.customer.name: bool(row.approved_at) for row in rows} == {"En": True, "To": False}
    assert Entry.objects.of(house.organization).filter(kind="first_day.approved").count() == 1


def test_the_first_yes_is_taken_back_from_the_note_it_leaves(house: House, client: Client) -> None:
    house.invoice(house.customer("En"))
    plan(house.organization, house.told["now"])
    rows = Reminder.objects.of(house.organization)
    client.post(reverse("desk:begin-first-day"), {"newest": rows.get().pk})
    entry = Entry.objects.of(house.organization).get(kind="reminders.approved")
    undo = reverse("desk:undo", args=[entry.pk])
    assert undo in client.get(reverse("desk:begin"), follow=True).content.decode()
    client.post(undo)
    assert rows.get().approved_at is None
    assert Organization.objects.get(pk=house.organization.pk).first_day_approved_at is None


def test_without_a_mailbox_it_says_honestly_that_nothing_leaves(house: House, client: Client, settings: Any) -> None:
    settings.SMTP_URL = ""
    house.invoice(house.customer())
    assert "Until then nothing leaves" in look(client, reverse("desk:begin-mail"))
    assert "nothing leaves until it is" in look(client, reverse("desk:begin-first-day"))
    choose(client)
    assert begin(client) == reverse("desk:begin-bank")
    client.post(reverse("desk:begin-later", args=["bank"]))
    assert begin(client) == reverse("desk:begin-mail")
    client.post(reverse("desk:begin-later", args=["mail"]))
    assert begin(client) == reverse("desk:begin-first-day")


def test_a_row_is_mended_on_its_page_and_the_correction_is_kept(house: House, client: Client) -> None:
    broken = a_list(house).replace(b"k2@kunde", b"k2@@kunde").replace(b"300.50", b"minus")
    to = upload(client, ("list.csv", broken))
    page = look(client, to)
    assert "Import 1 row" in page
    assert 'name="file-0-line-3-cell-2" value="k2@@kunde.example" aria-invalid="true"' in page
    client.post(to, {"file-0-line-3-cell-2": "k2@kunde.example", "file-0-line-4-cell-4": "minus"})
    page = look(client, to)
    assert "Import 2 rows" in page
    assert "1 value is as you corrected it" in page
    fragment = client.post(to, {"file-0-line-4-cell-4": "300,50"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert "Import 3 rows" in fragment
    assert "601,50" in fragment, "100.50 + 200.50 + 300.50"
    client.post(f"{to}confirm/")
    assert Invoice.objects.of(house.organization).get(number="F-3").amount == 30_050
    assert Invoice.objects.of(house.organization).get(number="F-2").customer.contacts.get().email == "k2@kunde.example"


def test_corrections_can_be_forgotten_and_columns_changed_beside_them(house: House, client: Client) -> None:
    to = upload(client, ("list.csv", a_list(house).replace(b"k2@kunde", b"k2@@kunde")))
    client.post(to, {"file-0-line-3-cell-2": "k2@kunde.example", "file-0-column-2": ""})
    page = look(client, to)
    assert "Import 3 rows" in page
    assert "1 column is not used" in page
    client.post(to, {"file-0-column-2": "email"})
    assert "1 value is as you corrected it" in look(client, to)
    client.post(to, {"do": "forget"})
    assert "Import 2 rows" in look(client, to)


@pytest.mark.parametrize(
    "cell", ["file-0-line-x-cell-1", "file-0-line-3-cell-99999", "file-9-line-3-cell-1", "file-0-line-99-cell-1"]
)
def test_strange_cells_change_nothing(house: House, client: Client, cell: str) -> None:
    to = upload(client, ("list.csv", a_list(house)))
    client.post(to, {cell: "x"})
    assert "Import 3 rows" in look(client, to)
    assert "as you corrected" not in look(client, to)


def test_dates_and_amounts_are_said_in_words(house: House, client: Client) -> None:
    due = (house.today - timedelta(days=4)).strftime("%d.%m.%Y").encode()
    text = a_list(house).replace((house.today - timedelta(days=4)).isoformat().encode(), due)
    page = look(client, upload(client, ("list.csv", text)))
    assert "1 May 2026" in page
    assert "100,50\u00a0kr" in page or "NOK\u00a0100" in page


def test_as_part_of_setting_up_an_import_leads_back_there(house: House, client: Client) -> None:
    to = upload(client, ("list.csv", a_list(house)))
    assert client.post(f"{to}confirm/")["Location"] == reverse("desk:today")
    from django.core.files.uploadedfile import SimpleUploadedFile

    more = a_list(house).replace(b"F-", b"G-").replace(b"G-3,Kunde 3", b"G-3,")
    given = {"files": [SimpleUploadedFile("more.csv", more)]}
    to = client.post(f"{reverse('desk:import')}?for=begin", given)["Location"]
    assert "Go on setting up" in look(client, client.post(f"{to}confirm/")["Location"])


def test_an_import_is_taken_back_from_its_page(house: House, client: Client) -> None:
    client.post(f"{upload(client, ('list.csv', a_list(house)))}confirm/")
    row = Import.objects.of(house.organization).get()
    assert "Take back" in look(client, reverse("desk:begin-invoices"))
    to = reverse("desk:import-undo", args=[row.pk])
    assert client.post(to, {"for": "begin"})["Location"] == reverse("desk:begin-invoices")
    assert not Invoice.objects.of(house.organization).exists()
    page = look(client, reverse("desk:import"))
    assert "Taken back: 3 invoices" in page
    assert "taken back" in page
    client.post(to)
    assert "was taken back before" in look(client, reverse("desk:import"))


def test_what_was_said_cannot_be_taken_back(house: House, client: Client) -> None:
    client.post(f"{upload(client, ('list.csv', a_list(house)))}confirm/")
    Reminder.objects.of(house.organization).update(state="sent")
    client.post(reverse("desk:import-undo", args=[Import.objects.of(house.organization).get().pk]))
    assert "has left already, so the import stays" in look(client, reverse("desk:import"))
    assert Invoice.objects.of(house.organization).count() == 3


def test_queries(house: House, client: Client) -> None:
    """Also with many customers, messages and languages."""
    for number in range(14):
        house.invoice(house.customer(f"Kunde {number}", language="fr" if number % 2 else "nb"), late=number - 3)
    plan(house.organization, house.told["now"])
    client.post(f"{upload(client, ('list.csv', a_list(house)))}confirm/")
    counted = {}
    for name in STEPS:
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse(f"desk:begin-{name}")).status_code == 200
        counted[name] = len(found)
    to = upload(client, ("more.csv", a_list(house).replace(b"F-", b"G-")))
    for name, address in (
        ("import", reverse("desk:import")),
        ("staying", reverse("desk:begin-staying")),
        ("over", reverse("desk:begin")),
    ):
        with CaptureQueriesContext(connection) as found:
            client.get(address)
        counted[name] = len(found)
    assert client.get(to).status_code == 200
    assert max(counted.values()) <= 15, counted
