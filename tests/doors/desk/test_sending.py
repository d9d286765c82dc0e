# SPDX-License-Identifier: AGPL-3.0-or-later
"""The settings around sending: connecting mail, the DNS lines, who signs, days off, the yes, who is told."""

from __future__ import annotations

import html
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.test import Client
from django.urls import reverse

from purring.core.errors import Trouble
from purring.facts.journal.models import Entry
from purring.facts.organizations.models import LegalEntity, Organization
from purring.facts.sending.accounts import account_of, secrets_of
from purring.facts.sending.alerts import recipients
from purring.facts.sending.identities import identities, keep_identity
from purring.followup.models import Reminder
from purring.followup.planning import plan
from tests.doors.desk.cast import House
from tests.support.mail_server import PASSWORD, USER, mail_server
from tests.support.mail_server import House as Far

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
HOURS = {"sending_from": "09:00", "sending_until": "11:00"}


@pytest.fixture(autouse=True)
def _no_way_out(settings: Any) -> None:
    settings.SMTP_URL = settings.MAIL_SERVICE = settings.MAIL_FROM = ""
    settings.VAULT_KEYS = [Fernet.generate_key().decode()]


@pytest.fixture
def far(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Far]:
    """A mail server that wants a password over TLS."""
    with mail_server(tmp_path, monkeypatch) as house:
        yield house


def given(far: Far, **fields: str) -> dict[str, str]:
    filled = {"address": USER, "username": USER, "password": PASSWORD, "host": "127.0.0.1"}
    return {**filled, "port": str(far.port), "tls": "starttls", **fields}


def connect(client: Client, fields: dict[str, str], provider: str = "other") -> Any:
    return client.post(reverse("desk:mail-connect") + f"?provider={provider}", fields)


def page(client: Client, name: str, query: str = "") -> str:
    answer = client.get(reverse(f"desk:{name}") + query)
    assert answer.status_code == 200
    return text(answer)


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def kinds(house: House) -> list[str]:
    return list(Entry.objects.of(house.organization).values_list("kind", flat=True))


# --- the account ------------------------------------------------------------------------------------------------------


def test_from_nothing_to_a_test_mail(house: House, client: Client, far: Far) -> None:
    assert "Connect your mail" in page(client, "mail")
    assert "app password" in page(client, "mail-connect", "?provider=gmail")
    answer = connect(client, given(far))
    assert answer.status_code == 303
    account = account_of(house.organization)
    assert account
    assert account.tried == "ok"
    shown = page(client, "mail")
    assert "signed in" in shown
    assert PASSWORD not in shown
    assert PASSWORD not in page(client, "mail-connect", "?change=yes")
    answer = client.post(reverse("desk:mail-test"), {"to": "eva@home.example"})
    assert answer.status_code == 303
    ((sender, to, raw),) = far.mails
    assert (sender, to) == (USER, ["eva@home.example"])
    assert b"A test from Purring" in raw
    assert "works" in page(client, "mail")
    assert "mail.connected" in kinds(house)
    assert "mail.tested" in kinds(house)


def test_a_wrong_password_says_what_to_do_and_loses_nothing(house: House, client: Client, far: Far) -> None:
    answer = connect(client, given(far, password="guess"))
    assert answer.status_code == 422
    shown = text(answer)
    assert "User name or password are not right" in shown
    assert f'value="{USER}"' in shown
    assert 'value="guess"' in shown, "what was typed a moment ago"
    assert "no-store" in answer["Cache-Control"]
    assert account_of(house.organization) is None
    answer = connect(client, given(far, password="guess", anyway="yes"))
    assert answer.status_code == 303
    assert "does not work yet" in page(client, "mail")
    far.password = "guess"
    client.post(reverse("desk:mail-try"))
    assert "signed in" in page(client, "mail")


def test_a_change_keeps_the_password_and_another_account_takes_its_place(
    house: House, client: Client, far: Far
) -> None:
    connect(client, given(far))
    answer = connect(client, given(far, password="", address="kari@studio.example"))
    assert answer.status_code == 303
    account = account_of(house.organization)
    assert account
    assert account.address == "kari@studio.example"
    assert secrets_of(account) == {"password": PASSWORD}
    elsewhere = connect(client, given(far, password="", host="mail.elsewhere.example", anyway="yes"))
    assert elsewhere.status_code == 422
    assert "enter the password again" in text(elsewhere), "a kept password goes to no other server"
    assert connect(client, {"address": USER, "server_token": "abc"}, "postmark").status_code == 303
    account = account_of(house.organization)
    assert account
    assert (account.provider, account.host, secrets_of(account)) == ("postmark", "", {"server_token": "abc"})
    assert "abc" not in page(client, "mail")
    client.post(reverse("desk:mail-remove"))
    client.post(reverse("desk:mail-remove"))
    assert account_of(house.organization) is None
    assert kinds(house).count("mail.removed") == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"address": "nobody"}, "Enter a valid email address"),
        ({"tls": "none", "host": "mail.studio.example"}, "travel unencrypted"),
        ({"host": "there is none.invalid"}, "no mail server of this name"),
        ({"host": ""}, "no mail server of this name"),
        ({"tls": "implicit"}, "does not begin encrypted"),
        ({"username": "", "password": ""}, "takes no mail from this address"),
    ],
)
def test_what_is_wrong_stands_at_its_field(client: Client, far: Far, fields: dict[str, str], said: str) -> None:
    answer = connect(client, given(far, **fields))
    assert answer.status_code == 422
    assert said in text(answer)


def test_a_test_mail_that_does_not_leave_says_why(client: Client, far: Far) -> None:
    connect(client, given(far))
    far.refuses_sender = True
    answer = client.post(reverse("desk:mail-test"), {"to": "eva@home.example"})
    assert answer.status_code == 422
    assert "not your address" in text(answer)
    assert client.post(reverse("desk:mail-test"), {"to": "eva"}).status_code == 422
    assert far.mails == []


def test_the_installations_way_out_is_named(client: Client, settings: Any) -> None:
    settings.SMTP_URL, settings.MAIL_FROM = "smtp://127.0.0.1:1", "house@purring.example"
    shown = page(client, "mail")
    assert "as this installation is set up" in shown
    assert "house@purring.example" in shown


def test_an_invitation_leaves_by_the_own_account(house: House, client: Client, far: Far) -> None:
    connect(client, given(far))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.EMAIL_BACKEND", "purring.doors.desk.accounts.AccountMail")
        client.post(reverse("desk:people"), {"email": "ola@studio.example", "role": "collector"})
    ((sender, to, _),) = far.mails
    assert (sender, to) == (USER, ["ola@studio.example"])


# --- DNS --------------------------------------------------------------------------------------------------------------


def test_the_lines_to_add_and_what_is_there(client: Client, far: Far, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(client, given(far, username="kari", address="kari@kaffe.no", anyway="yes"))
    asked: list[str] = []
    names = {"kaffe.no": ["v=spf1 include:other.example -all"], "_dmarc.kaffe.no": ["v=DMARC1; p=reject"]}

    def records(name: str) -> list[str]:
        asked.append(name)
        return names.get(name, [])

    monkeypatch.setattr("purring.kit.maildns.text_records", records)
    shown = page(client, "mail-dns")
    assert "v=spf1 a:127.0.0.1 ~all" in shown
    assert "v=DMARC1; p=none; rua=mailto:kari@kaffe.no" in shown
    assert asked == [], "only when asked"
    shown = page(client, "mail-dns", "?look=yes")
    assert "v=spf1 include:other.example a:127.0.0.1 -all" in shown
    assert "It does not name your provider yet" in shown
    assert "v=DMARC1; p=reject" in shown

    def nobody(name: str) -> list[str]:
        raise Trouble("DNS does not answer")

    monkeypatch.setattr("purring.kit.maildns.text_records", nobody)
    assert "DNS does not answer from here" in page(client, "mail-dns", "?look=yes")


def test_a_providers_own_domain_needs_no_lines(client: Client, far: Far) -> None:
    connect(client, given(far, address="kari@gmail.com"))
    assert "There is nothing to add" in page(client, "mail-dns")


# --- rules ------------------------------------------------------------------------------------------------------------


def fresh(house: House) -> Organization:
    return Organization.objects.get(pk=house.organization.pk)


def test_limits_and_what_waits_for_a_yes(house: House, client: Client) -> None:
    fields = {**HOURS, "most_a_day": "200", "approves_firm": "on", "approves_above": "1 250,50", "approver": "owner"}
    assert client.post(reverse("desk:settings-sending"), fields).status_code == 303
    kept = fresh(house)
    assert (kept.most_a_day, kept.approves_firm, kept.approves_above, kept.approver) == (200, True, "1250.50", "owner")
    assert 'value="1250.50"' in page(client, "settings-sending")
    answer = client.post(reverse("desk:settings-sending"), {**HOURS, "approves_above": "much", "most_a_day": "0"})
    assert answer.status_code == 422
    assert 'value="much"' in text(answer)


def test_a_pause_with_a_note_and_its_end(house: House, client: Client) -> None:
    wrong = client.post(reverse("desk:sending-pause"), {"pause-until": "2020-01-01", "pause-note": "We move"})
    assert wrong.status_code == 422
    assert "We move" in text(wrong)
    day = {"pause-until": "2026-05-08", "pause-note": "We move"}
    for _ in range(2):
        assert client.post(reverse("desk:sending-pause"), day).status_code == 303
    assert fresh(house).paused_note == "We move"
    assert kinds(house).count("sending.paused") == 1
    assert "Go on now" in page(client, "settings-sending")
    client.post(reverse("desk:sending-resume"))
    assert fresh(house).paused_until is None


def test_days_of_ones_own(house: House, client: Client) -> None:
    days = {"close-first": "2026-12-24", "close-last": "2027-01-02", "close-why": "Christmas"}
    for _ in range(2):
        assert client.post(reverse("desk:sending-close"), days).status_code == 303
    assert fresh(house).closed_days == [{"first": "2026-12-24", "last": "2027-01-02", "why": "Christmas"}]
    assert "Christmas" in page(client, "settings-sending")
    wrong = client.post(reverse("desk:sending-close"), {**days, "close-last": "2026-12-01"})
    assert "the last day is before the first" in text(wrong).lower()
    client.post(reverse("desk:sending-open"), {"first": "2026-12-24", "last": "2027-01-02"})
    assert client.post(reverse("desk:sending-open"), {"first": "x", "last": ""}).status_code == 303
    assert fresh(house).closed_days == []


def test_public_holidays_of_the_countries_where_customers_are_are_shown(house: House, client: Client) -> None:
    house.customer("Baecker Schmidt", country="DE")
    house.customer("Nobody's land", country="XK")
    shown = page(client, "settings-sending")
    assert "Constitution Day" in shown  # Norway's 17 May, in the language of the desk
    assert "German Unity Day" in shown
    assert shown.index("Norway") < shown.index("Germany")
    norsk = client.get(reverse("desk:settings-sending"), HTTP_ACCEPT_LANGUAGE="nb")
    assert "grunnlovsdag" in text(norsk).lower()


def test_only_who_may_gives_the_yes(house: House, client: Client) -> None:
    client.post(reverse("desk:settings-sending"), {**HOURS, "approves_each_day": "on", "approver": "owner"})
    house.invoice(house.customer())
    plan(fresh(house), house.told["now"])
    newest = {"newest": "999999"}
    house.client("collector").post(reverse("desk:approve"), newest)
    waiting = Reminder.objects.of(house.organization)
    assert waiting.filter(approved_at=None).count() == 1
    client.post(reverse("desk:approve"), newest)
    assert not waiting.filter(approved_at=None).exists()


# --- people -----------------------------------------------------------------------------------------------------------


def test_people_who_sign(house: House, client: Client) -> None:
    entity = LegalEntity.objects.of(house.organization).get()
    entity.sender_name = "Ingrid"
    entity.save()
    assert "Ingrid signs" in page(client, "senders")
    assert "checked" in page(client, "sender-new"), "the first person is who usually signs"
    fields = {"name": "Ola Solberg", "title": "owner", "reply_to": "ola@snekker.example", "is_usual": "on"}
    assert client.post(reverse("desk:sender-new"), fields).status_code == 303
    (first,) = identities(house.organization)
    assert "checked" not in page(client, "sender-new")
    second = keep_identity(house.organization, None, name="Kari", **house.told)
    assert not second.is_usual
    assert client.post(reverse("desk:sender-usual", args=[second.pk])).status_code == 303
    assert [one.name for one in identities(house.organization)] == ["Kari", "Ola Solberg"]
    wrong = client.post(reverse("desk:sender", args=[first.pk]), {"name": "", "title": "boss"})
    assert wrong.status_code == 422
    assert 'value="boss"' in text(wrong)
    for _ in range(2):
        assert client.post(reverse("desk:sender-remove", args=[first.pk])).status_code == 303
    assert kinds(house).count("sender.removed") == 1
    assert client.get(reverse("desk:sender", args=[first.pk])).status_code == 404


def test_who_is_told_of_what(house: House, client: Client) -> None:
    owner = house.user("owner").email
    assert "the owners are told of everything" in page(client, "alerts")
    fields = {"told-TOTAL_FORMS": "2", "told-INITIAL_FORMS": "1"}
    fields |= {"told-0-email": owner, "told-0-kinds": ["doubt", "bank"]}  # type: ignore[dict-item]
    fields |= {"told-1-email": "it@snekker.example", "told-1-kinds": ["mail", "rounds"]}  # type: ignore[dict-item]
    assert client.post(reverse("desk:alerts"), fields).status_code == 303
    assert recipients(house.organization) == {"it@snekker.example": ("rounds", "mail"), owner: ("doubt", "bank")}
    assert "a message could not be delivered" in page(client, "alerts").partition("Nobody is told when")[2][:200]
    wrong = client.post(reverse("desk:alerts"), {**fields, "told-1-email": ""})
    assert wrong.status_code == 422
    assert "Write the address" in text(wrong)
