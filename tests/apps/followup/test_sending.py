# SPDX-License-Identifier: AGPL-3.0-or-later
"""Sending as a person set it up: own mail account, who signs, what waits for a yes, days off, a limit, a pause."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from purring.config.rounds import writing
from purring.config.sender import sender, sender_of
from purring.core.errors import Refused
from purring.facts.customers.actions import change_customer
from purring.facts.journal.models import Entry
from purring.facts.organizations.actions import add_member, approve_first_day, change_organization, found_organization
from purring.facts.organizations.models import LegalEntity, Organization, User
from purring.facts.sending.accounts import REST, account_of, keep_account, remove_account, secrets_of
from purring.facts.sending.alerts import KINDS, keep_recipients
from purring.facts.sending.identities import keep_identity, remove_identity
from purring.facts.sending.models import MailAccount
from purring.followup.approvals import approve, needs_approval, needs_yes, to_approve
from purring.followup.closed import close, closed_on, left_today, open_again, pause, resume
from purring.followup.models import State
from purring.followup.schedules import change_schedule, default_schedule
from purring.followup.watch import tell_owners
from purring.followup.why import why_invoice
from purring.followup.writing import write
from purring.kit import vault
from purring.kit.mailsink import Sink
from purring.plugins.channel.smtp import SmtpChannel
from tests.apps.cast import NOON, Studio
from tests.support.mail_server import PASSWORD, USER, House, mail_server

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")]


@pytest.fixture(autouse=True)
def _afresh() -> Iterator[None]:
    sender.cache_clear()
    yield
    sender.cache_clear()


@pytest.fixture
def far(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A mail server that wants a password over TLS."""
    with mail_server(tmp_path, monkeypatch) as house:
        yield house


def connect(studio: Studio, house: House, password: str = PASSWORD, **fields: Any) -> MailAccount:
    settings: dict[str, Any] = {"provider": "other", "address": USER, "host": "127.0.0.1", "port": house.port}
    settings |= {"tls": "starttls", "username": USER, **fields}
    return keep_account(studio.organization, {"password": password}, **settings, **studio.told)


def leave(studio: Studio) -> list[str]:
    """A pass of the writing round for one organization; what became of the messages."""
    way_out = sender_of(studio.organization, studio.now)
    assert way_out
    return [one.state for one in write(studio.organization, studio.now, way_out)]


def read(house: House) -> list[Any]:
    return [message_from_bytes(raw, policy=default) for _, _, raw in house.mails]


def words(message: Any) -> str:
    return str(message.get_body(("plain",)).get_content())


# --- the account ------------------------------------------------------------------------------------------------------


def test_messages_leave_by_the_own_account_over_one_line(studio: Studio, far: House) -> None:
    connect(studio, far)
    for _ in range(3):
        studio.invoice()
    studio.plan()
    assert leave(studio) == ["sent"] * 3
    assert far.connections == 1
    assert far.signed_in == [USER]
    assert {str(message["From"].addresses[0].addr_spec) for message in read(far)} == {USER}
    assert read(far)[0]["Message-ID"].endswith("@studio.example>")


def test_the_password_is_sealed_and_kept_when_it_is_left_empty(studio: Studio, far: House) -> None:
    account = connect(studio, far)
    assert PASSWORD not in account.sealed
    changed = connect(studio, far, password="")
    assert secrets_of(changed) == {"password": PASSWORD}
    stored = " ".join(str(entry.data) for entry in Entry.objects.of(studio.organization))
    assert PASSWORD not in stored
    assert [e.kind for e in Entry.objects.of(studio.organization) if e.kind.startswith("mail.")] == [
        "mail.connected",
        "mail.changed",
    ]
    with pytest.raises(Refused, match="unencrypted"):
        connect(studio, far, host="mail.studio.example", tls="none")
    with pytest.raises(Refused, match="enter the password again"):
        connect(studio, far, host="mail.elsewhere.example", password="")


def test_without_an_own_account_the_installations_way_out_is_taken(studio: Studio, sink: Sink, settings: Any) -> None:
    settings.MAIL_FROM, settings.MAIL_SERVICE = "house@purring.example", ""
    assert sender_of(studio.organization) is None
    settings.SMTP_URL = sink.url
    sender.cache_clear()
    way_out = sender_of(studio.organization)
    assert way_out
    assert way_out.address == "house@purring.example"
    studio.invoice()
    studio.plan()
    assert leave(studio) == ["sent"]


def test_a_wrong_password_is_noted_rests_a_moment_and_ends_with_the_change(studio: Studio, far: House) -> None:
    connect(studio, far, password="guess")
    studio.invoice()
    studio.plan()
    assert leave(studio) == ["deferred"]
    account = account_of(studio.organization)
    assert account
    assert "refused our user name and password" in account.trouble
    assert sender_of(studio.organization, studio.now + REST / 2) is None, "it rests, and keeps nobody waiting"
    assert sender_of(studio.organization, studio.now + REST) is not None
    connect(studio, far)
    studio.later(minutes=10)
    assert leave(studio) == ["sent"]
    account = account_of(studio.organization)
    assert account
    assert account.trouble == ""


def test_a_failing_account_of_one_stops_no_other(studio: Studio, far: House, settings: Any) -> None:
    settings.SMTP_URL = ""
    connect(studio, far, password="guess")
    other, _ = found_organization(
        "fjord", "Fjord", "NO", language="nb", currency="NOK", timezone="Europe/Oslo", now=NOON, actor="test"
    )
    approve_first_day(other, now=NOON, actor="test")
    fjord = Studio(other, customers=50, invoices=50)
    connect(fjord, far)
    third, _ = found_organization(
        "berg", "Berg", "NO", language="nb", currency="NOK", timezone="Europe/Oslo", now=NOON, actor="test"
    )
    broken = connect(Studio(third), far)
    MailAccount.objects.of(third).update(sealed="nothing that opens")
    for one in (studio, fjord):
        one.invoice()
        one.plan()
    writing(studio.now)
    assert studio.states() == ["deferred"]
    assert fjord.states() == ["sent"]
    broken.refresh_from_db()
    assert "cannot be opened" in broken.trouble


def test_an_account_that_is_taken_away_takes_no_further_message(
    studio: Studio, far: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("purring.followup.writing.LOOK_AGAIN_SECONDS", 0)
    connect(studio, far)
    for _ in range(3):
        studio.invoice()
    studio.plan()
    taken = far.handle_DATA

    async def take_away(*given: Any) -> str:
        monkeypatch.setattr(far, "handle_DATA", taken)
        away.append(1)
        return await taken(*given)

    away: list[int] = []
    monkeypatch.setattr(far, "handle_DATA", take_away)
    asked: list[int] = []

    def still() -> bool:
        asked.append(1)
        if away:
            remove_account(studio.organization, **studio.told)
        return account_of(studio.organization) is not None

    way_out = sender_of(studio.organization)
    assert way_out
    way_out.still = still
    assert [one.state for one in write(studio.organization, studio.now, way_out)] == ["sent"]
    assert len(far.mails) == 1
    assert sorted(studio.states()) == ["planned", "planned", "sent"]
    assert not any(one.lease for one in studio.reminders())


def test_asking_for_the_account_costs_nothing_per_message(
    studio: Studio, far: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("purring.followup.writing.LOOK_AGAIN_SECONDS", 600)
    connect(studio, far)
    for _ in range(4):
        studio.invoice()
    studio.plan()
    with CaptureQueriesContext(connection) as found:
        assert leave(studio) == ["sent"] * 4
    assert sum("sending_mailaccount" in query["sql"] for query in found) == 1


def test_a_sealed_password_opens_nowhere_else(studio: Studio, far: House) -> None:
    account = connect(studio, far)
    with pytest.raises(Refused, match="does not belong"):
        vault.unseal("mail-account:somewhere else", account.sealed)


# --- who signs --------------------------------------------------------------------------------------------------------


def sent_by(studio: Studio, far: House) -> Any:
    """The mail that one more customer's invoice brings."""
    studio.invoice()
    studio.plan()
    leave(studio)
    return read(far)[-1]


def test_who_signs_from_the_widest_to_the_closest(studio: Studio, far: House) -> None:
    connect(studio, far)
    entity = LegalEntity.objects.of(studio.organization).get()
    entity.sender_name, entity.email = "The entity", "hello@studio.example"
    entity.save()
    told = studio.told
    assert "The entity" in str(sent_by(studio, far)["From"])
    usual = keep_identity(studio.organization, None, name="Ola Nord", title="accounts", signature="Mondays", **told)
    assert usual.is_usual, "the first one"
    first = sent_by(studio, far)
    assert str(first["From"]).startswith('"Ola Nord (Studio Nord)"') or str(first["From"]).startswith("Ola Nord (")
    assert "Ola Nord, accounts" in words(first)
    assert "Mondays" in words(first)
    assert str(first["Reply-To"]).endswith("<hello@studio.example>")
    own = keep_identity(studio.organization, None, name="Kari Nord", entity=entity, is_usual=True, **told)
    assert "Kari Nord" in words(sent_by(studio, far))
    owner = keep_identity(
        studio.organization, None, name="Eva Nord", title="owner", reply_to="eva@studio.example", **told
    )
    schedule = default_schedule(studio.organization)
    steps = [{**step, "sender": owner.pk} if step["stage"] == "friendly" else step for step in schedule.steps]
    change_schedule(schedule, steps=steps)
    by_step = sent_by(studio, far)
    assert "Eva Nord, owner" in words(by_step)
    assert str(by_step["Reply-To"]).endswith("<eva@studio.example>")
    customer = studio.customer()
    change_customer(customer, sender=usual, **told)
    studio.invoice(customer)
    studio.plan()
    leave(studio)
    assert "Ola Nord" in words(read(far)[-1]), "their own person comes first"
    remove_identity(owner, **told)
    assert "Kari Nord" in words(sent_by(studio, far)), "a step that names somebody who is gone"
    assert own.is_usual
    with pytest.raises(Refused):
        keep_identity(studio.organization, None, name=" ", **told)


# --- what waits for a yes ---------------------------------------------------------------------------------------------


def test_only_firm_ones_and_large_ones_wait(studio: Studio, far: House) -> None:
    connect(studio, far)
    change_organization(studio.organization, approves_firm=True, approves_above="2000.00", **studio.told)
    assert needs_approval(studio.organization)
    small, large = studio.invoice(), studio.invoice(amount=300_000)
    yen = studio.invoice(amount=1_999, currency="JPY")
    more_yen = studio.invoice(amount=2_001, currency="JPY")
    for invoice in (small, large, yen, more_yen):
        assert needs_yes(studio.organization, "friendly", invoice.amount, invoice.currency) == (
            invoice in (large, more_yen)
        )
    assert needs_yes(studio.organization, "firm", 1, "NOK")
    assert not needs_yes(studio.organization, "thank_you", 900_000, "NOK", thanks=True)
    studio.plan()
    waiting = {row.asked for row in to_approve(studio.organization)}
    assert waiting == {300_000, 2_001}
    assert leave(studio) == ["sent"] * 2
    assert why_invoice(large, studio.today)["code"] == "approval"
    approve(studio.organization, **studio.told)
    assert leave(studio) == ["sent"] * 2


def test_only_the_role_that_may_gives_the_yes(studio: Studio) -> None:
    people = {}
    for role in ("owner", "accountant", "collector"):
        people[role] = User.objects.create_user(f"{role}@studio.example", "a quiet morning")
        add_member(studio.organization, people[role], role, **studio.told)
    change_organization(studio.organization, approves_each_day=True, approver="accountant", **studio.told)
    studio.invoice()
    studio.plan()
    with pytest.raises(Refused, match="somebody else"):
        approve(studio.organization, user_id=people["collector"].pk, **studio.told)
    assert studio.reminders()[0].approved_at is None
    assert approve(studio.organization, user_id=people["accountant"].pk, **studio.told) == 1


# --- days off, a limit, a pause ---------------------------------------------------------------------------------------


def test_on_closed_days_nothing_leaves_and_the_reason_says_so(studio: Studio, far: House) -> None:
    connect(studio, far)
    first, last = studio.today, studio.today + timedelta(5)
    close(studio.organization, first, last, "Easter", **studio.told)
    close(studio.organization, first, last, "Easter", **studio.told)
    assert len(studio.organization.closed_days) == 1, "a double click is one"
    invoice = studio.invoice()
    assert studio.plan().reminders == 0
    answer = why_invoice(invoice, studio.today)
    assert (answer["code"], answer["why"]) == ("quiet_day", "we are closed until 9 March")
    assert answer["next"]["on"] == "2026-03-10"
    studio.pay(studio.invoice())
    studio.plan_notices()
    assert leave(studio) == [], "no thank-you either"
    open_again(studio.organization, first, last, **studio.told)
    assert closed_on(studio.organization, studio.today) is None
    assert studio.plan().reminders == 1
    assert sorted(leave(studio)) == ["sent", "sent"]


def test_closed_days_hold_also_where_every_day_is_a_working_day(studio: Studio) -> None:
    change_schedule(default_schedule(studio.organization), working_days_only=False)
    close(studio.organization, studio.today, studio.today, "", **studio.told)
    invoice = studio.invoice()
    assert studio.plan().reminders == 0
    assert why_invoice(invoice, studio.today)["next"]["on"] == "2026-03-05"


@pytest.mark.parametrize(("first", "last"), [(5, 3), (-9, -1), (0, 400)])
def test_closed_days_that_make_no_sense_are_refused(studio: Studio, first: int, last: int) -> None:
    days = (studio.today + timedelta(first), studio.today + timedelta(last))
    with pytest.raises(Refused):
        close(studio.organization, *days, "", **studio.told)


def test_no_more_than_so_many_leave_on_a_day(studio: Studio, far: House) -> None:
    connect(studio, far)
    change_organization(studio.organization, most_a_day=3, **studio.told)
    for _ in range(5):
        studio.invoice()
    studio.plan()
    assert left_today(studio.organization, studio.today) == 3
    assert leave(studio) == ["sent"] * 3
    assert leave(studio) == []
    assert left_today(studio.organization, studio.today) == 0
    studio.later(days=1)
    studio.plan()
    assert leave(studio) == ["sent"] * 2, "the others on the next day"


def test_a_pause_says_so_and_ends(studio: Studio, far: House) -> None:
    connect(studio, far)
    invoice = studio.invoice()
    studio.plan()
    with pytest.raises(Refused):
        pause(studio.organization, studio.today - timedelta(1), "", **studio.told)
    pause(studio.organization, studio.today + timedelta(2), "We move house", **studio.told)
    assert leave(studio) == []
    answer = why_invoice(invoice, studio.today)
    assert answer["code"] == "held"
    assert answer["why"] == "everything is paused until 6 March: We move house"
    assert resume(studio.organization, **studio.told)
    assert not resume(studio.organization, **studio.told)
    assert leave(studio) == ["sent"]
    kinds = list(Entry.objects.of(studio.organization).values_list("kind", flat=True))
    assert kinds.count("sending.paused") == kinds.count("sending.resumed") == 1


# --- who is told ------------------------------------------------------------------------------------------------------


def test_people_are_told_of_what_they_chose(studio: Studio, far: House, settings: Any) -> None:
    settings.SMTP_URL = settings.MAIL_SERVICE = ""
    owner = User.objects.create_user("eva@studio.example", "a quiet morning")
    add_member(studio.organization, owner, "owner", **studio.told)
    keep_recipients(
        studio.organization, {"it@studio.example": ["mail"], "eva@studio.example": ["doubt"]}, **studio.told
    )
    entity = LegalEntity.objects.of(studio.organization).get()
    entity.accounts = [{"scheme": "iban", "number": "NO9386011117947"}]
    entity.save()
    connect(studio, far, password="guess")
    studio.invoice()
    studio.plan()
    leave(studio)
    studio.later(minutes=15)
    settings.MAIL_FROM, settings.SMTP_URL = "house@purring.example", "smtp://127.0.0.1:1"
    assert tell_owners(studio.now, []) == 1
    (told,) = mail.outbox
    assert told.to == ["it@studio.example"]
    assert "has taken no messages" in told.body
    row = studio.reminders()[0]
    row.state = State.UNCONFIRMED
    row.save()
    assert tell_owners(studio.now, []) == 1, "another kind is not kept back by the first"
    assert mail.outbox[-1].to == ["eva@studio.example"]
    assert tell_owners(studio.now, []) == 0
    keep_recipients(studio.organization, {}, **studio.told)
    with pytest.raises(Refused):
        keep_recipients(studio.organization, {"a@b.example": ["weather"]}, **studio.told)
    assert set(KINDS) == {"rounds", "mail", "doubt", "failed", "bank"}


def test_who_asks_for_money_and_can_nowhere_be_paid_is_told(studio: Studio) -> None:
    owner = User.objects.create_user("eva@studio.example", "a quiet morning")
    add_member(studio.organization, owner, "owner", **studio.told)
    assert tell_owners(studio.now, []) == 0
    studio.invoice()
    assert tell_owners(studio.now, []) == 1
    assert "Studio Nord has no bank account" in mail.outbox[0].body


def test_a_channel_is_made_from_what_is_stored(studio: Studio, far: House) -> None:
    connect(studio, far)
    way_out = sender_of(Organization.objects.get(pk=studio.organization.pk))
    assert way_out
    channel = way_out.channels["email"]
    assert isinstance(channel, SmtpChannel)
    assert channel.server.tls == "starttls"
    assert PASSWORD not in repr(channel.server)
    assert date(2026, 3, 4) == studio.today
