# SPDX-License-Identifier: AGPL-3.0-or-later
"""Coming in: the first owner signs up, later ones by invitation; links are in the terminal without a mail server."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from anymail.exceptions import AnymailError
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from purring.doors.desk.accounts import accounts_can_mail
from purring.facts.journal.models import Entry
from purring.facts.organizations.actions import found_organization
from purring.facts.organizations.models import Invitation, LegalEntity, Membership, Organization, User
from purring.followup.models import Schedule
from tests.doors.desk.cast import House, found_house

FORM = {
    "business": "Studio Weaver",
    "country": "GB",
    "language": "en",
    "currency": "GBP",
    "email": "ann@weaver.example",
    "password1": "a quiet morning",
}


def sign_up(client: Client, **fields: str) -> Any:
    return client.post(reverse("account_signup"), {**FORM, **fields})


@pytest.mark.django_db
def test_the_first_person_founds_the_business_and_owns_it() -> None:
    client = Client()
    assert b"get you paid" in client.get(reverse("account_signup")).content
    assert sign_up(client).status_code == 302
    organization = Organization.objects.get()
    assert (organization.name, organization.timezone, organization.currency) == (
        "Studio Weaver",
        "Europe/London",
        "GBP",
    )
    assert LegalEntity.objects.of(organization).get().name == "Studio Weaver"
    assert Membership.objects.of(organization).get().role == "owner"
    assert Schedule.objects.of(organization).get().is_default
    assert client.get(reverse("desk:today")).status_code == 200


@pytest.mark.django_db
def test_then_sign_up_is_closed() -> None:
    sign_up(Client())
    second = Client()
    assert b"by invitation" in second.get(reverse("account_signup")).content
    sign_up(second, email="eve@other.example", business="Eve")
    assert Organization.objects.count() == 1
    assert User.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields", [{"password1": "short"}, {"email": "nonsense"}, {"country": "XX"}, {"currency": "ABC"}, {"business": ""}]
)
def test_what_is_wrong_is_said_and_nothing_is_made(fields: dict[str, str]) -> None:
    page = sign_up(Client(), **fields)
    assert page.status_code == 200
    assert b'aria-invalid="true"' in page.content
    assert not Organization.objects.exists()
    assert not User.objects.exists()


@pytest.mark.django_db
def test_a_business_made_on_the_command_line_gets_its_owner(house: House) -> None:
    client = Client()
    assert b"Welcome, Snekker Solberg" in client.get(reverse("account_signup")).content
    client.post(reverse("account_signup"), {"email": "eva@solberg.example", "password1": "a quiet morning"})
    assert Membership.objects.of(house.organization).get().role == "owner"
    assert Organization.objects.count() == 1


def test_slugs_stay_different(db: None) -> None:
    from purring.doors.desk.founding import free_slug

    told: Any = {"language": "en", "currency": "EUR", "timezone": "UTC", "now": timezone.now(), "actor": "cli"}
    found_organization("studio-weaver", "x", "GB", **told)
    assert free_slug("Studio Weaver") == "studio-weaver-2"
    assert free_slug("東京") == "business"


def test_sign_in_out_and_a_new_password(house: House) -> None:
    user = house.user("owner")
    client = Client()
    assert client.get(reverse("desk:today")).url == "/account/sign-in/?next=/"  # type: ignore[attr-defined]
    wrong = client.post(reverse("account_login"), {"login": user.email, "password": "no"})
    assert b"not correct" in wrong.content
    client.post(reverse("account_login"), {"login": user.email, "password": "a quiet morning"})
    assert client.get(reverse("desk:today")).status_code == 200
    assert client.post(reverse("account_logout")).status_code == 302
    assert client.get(reverse("desk:today")).status_code == 302
    client.post(reverse("account_reset_password"), {"email": user.email})
    link = re.search(r"/account/password/reset/\S+", str(mail.outbox[0].body))
    assert link
    page = client.get(link[0], follow=True)
    to = page.redirect_chain[-1][0]
    client.post(to, {"password1": "another calm evening", "password2": "another calm evening"})
    user.refresh_from_db()
    assert user.check_password("another calm evening")


def test_without_a_mail_server_links_are_in_the_terminal(
    house: House, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.EMAIL_BACKEND = "purring.doors.desk.accounts.AccountMail"
    settings.SMTP_URL = ""
    Client().post(reverse("account_reset_password"), {"email": house.user("owner").email})
    assert "/account/password/reset/" in capsys.readouterr().out


def test_a_mail_server_that_is_away_fails_no_page(house: House, settings: Any) -> None:
    settings.EMAIL_BACKEND = "purring.doors.desk.accounts.AccountMail"
    settings.SMTP_URL = "smtp://127.0.0.1:1?timeout=1"
    assert Client().post(reverse("account_reset_password"), {"email": house.user("owner").email}).status_code == 302


def test_account_mails_leave_by_the_mail_service(house: House, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []

    def away(backend: object, payload: object, message: Any) -> None:
        said.append(message.body)
        raise AnymailError("nobody answers")

    monkeypatch.setattr("anymail.backends.postmark.EmailBackend.post_to_esp", away)
    settings.EMAIL_BACKEND = "purring.doors.desk.accounts.AccountMail"
    settings.SMTP_URL, settings.MAIL_SERVICE = "", "postmark?server_token=secret"
    assert Client().post(reverse("account_reset_password"), {"email": house.user("owner").email}).status_code == 302
    assert ["/account/password/reset/" in body for body in said] == [True]
    assert accounts_can_mail()


def invited(house: House, client: Client, email: str = "new@colleague.example", role: str = "collector") -> str:
    assert client.post(reverse("desk:people"), {"email": email, "role": role}).status_code == 303
    page = client.get(reverse("desk:people")).content.decode()
    link = re.search(r"http://testserver(/join/[\w-]+/)", page)
    assert link, page
    return link[1]


def test_an_invitation_opens_once(house: House, client: Client) -> None:
    link = invited(house, client)
    assert link in str(mail.outbox[-1].body)
    assert link.split("/")[2] not in str(Invitation.objects.of(house.organization).values())
    new = Client()
    assert b"Welcome to Snekker Solberg" in new.get(link).content
    assert new.post(link, {"name": "Nina", "password": "x"}).status_code == 422
    assert new.post(link, {"name": "Nina", "password": "a quiet morning"}).status_code == 303
    assert new.get(reverse("desk:today")).status_code == 200
    assert Membership.objects.of(house.organization).get(user__email="new@colleague.example").role == "collector"
    assert Client().get(link).status_code == 410
    assert (
        b"belongs already"
        in client.post(reverse("desk:people"), {"email": "new@colleague.example", "role": "owner"}).content
    )


def test_a_known_person_signs_in_first(house: House, client: Client) -> None:
    other = found_house("nabo", "Naboen")
    person = other.user("owner")
    link = invited(house, client, person.email, "accountant")
    stranger = Client()
    assert b"Sign in" in stranger.get(link).content
    stranger.post(link, {"name": "Eve", "password": "a quiet morning"})
    assert not Membership.objects.of(house.organization).filter(user=person).exists()
    theirs = other.client()
    assert theirs.post(link).status_code == 303
    assert b"Snekker Solberg" in theirs.get(reverse("desk:settings")).content
    theirs.post(reverse("desk:switch", args=[other.organization.pk]))
    page = theirs.get(reverse("desk:settings")).content.decode()
    assert '<dd class="strong">Naboen</dd>' in page


def again(house: House, client: Client) -> str:
    """A new link for the one invitation there is."""
    row = Invitation.objects.of(house.organization).get()
    assert client.post(reverse("desk:invitation-again", args=[row.pk])).status_code == 303
    page = client.get(reverse("desk:people")).content.decode()
    link = re.search(r"http://testserver(/join/[\w-]+/)", page)
    return link[1] if link else ""


def test_an_invitation_is_sent_again_and_taken_back(
    house: House, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = invited(house, client)
    assert not again(house, client), "a double click"
    assert len(mail.outbox) == 1
    later = timezone.now() + timedelta(days=15)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    client = house.client()
    page = client.get(reverse("desk:people")).content.decode()
    assert "ran out" in page
    assert "invited by Owner" in page
    assert Client().get(first).status_code == 410
    second = again(house, client)
    assert second in str(mail.outbox[-1].body)
    assert Client().get(first).status_code == 410
    assert Client().get(second).status_code == 200
    assert "ran out" not in client.get(reverse("desk:people")).content.decode()
    row = Invitation.objects.of(house.organization).get()
    assert client.post(reverse("desk:invitation-remove", args=[row.pk])).status_code == 303
    assert Client().get(second).status_code == 410
    kinds = list(Entry.objects.of(house.organization).order_by("id").values_list("kind", "actor"))[-3:]
    actor = f"user:{house.user('owner').pk}"
    assert kinds == [("member.invited", actor), ("member.invited", actor), ("member.uninvited", actor)]


def test_a_link_is_shown_once_and_kept_nowhere_in_clear(house: House, client: Client) -> None:
    sent = client.post(reverse("desk:people"), {"email": "new@colleague.example", "role": "collector"})
    assert sent.status_code == 303
    link = re.search(r"/join/[\w-]+/", str(mail.outbox[-1].body))
    assert link
    assert link[0] not in str(dict(client.session))
    again_ = client.post(reverse("desk:people"), {"email": "new@colleague.example", "role": "collector"})
    assert (again_.status_code, len(mail.outbox)) == (303, 1), "a double click"
    assert link[0] in client.get(reverse("desk:people")).content.decode()
    assert link[0] not in client.get(reverse("desk:people")).content.decode()


def test_with_an_account_of_another_address_one_joins_with_it(house: House, client: Client) -> None:
    """The link was mailed to an address that nobody signs in with: whoever opens it joins as who they are."""
    other = found_house("nabo", "Naboen")
    link = invited(house, client, "work@address.example", "accountant")
    theirs = other.client("collector")
    page = theirs.get(link).content.decode()
    assert "collector@nabo.example" in page
    assert theirs.post(link).status_code == 303
    member = Membership.objects.of(house.organization).get(user=other.user("collector"))
    assert member.role == "accountant"
    assert not User.objects.filter(email="work@address.example").exists()


def test_an_invitation_of_somebody_elses_address_lets_nobody_else_in(house: House, client: Client) -> None:
    other = found_house("nabo", "Naboen")
    link = invited(house, client, other.user("owner").email, "owner")
    wrong = other.client("collector")
    assert b"for another account" in wrong.get(link).content
    wrong.post(link)
    assert not Membership.objects.of(house.organization).filter(user=other.user("collector")).exists()


def test_somebody_stays_the_owner(house: House, client: Client) -> None:
    owner = Membership.objects.of(house.organization).get()
    client.post(reverse("desk:member-role", args=[owner.pk]), {"role": "collector"})
    client.post(reverse("desk:member-remove", args=[owner.pk]))
    assert b"has to stay the owner" in client.get(reverse("desk:people")).content
    house.user("collector")
    member = Membership.objects.of(house.organization).exclude(pk=owner.pk).get()
    client.post(reverse("desk:member-role", args=[member.pk]), {"role": "owner"})
    client.post(reverse("desk:member-remove", args=[owner.pk]))
    assert Membership.objects.of(house.organization).get() == member


def test_without_a_membership_one_is_told_what_to_do(db: None) -> None:
    user = User.objects.create_user("alone@example.org", "a quiet morning")
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(reverse("desk:today"))
    assert page.status_code == 403
    assert b"invitation" in page.content


@pytest.mark.django_db
@pytest.mark.parametrize(("country", "currency"), [("NO", "NOK"), ("ZA", "ZAR"), ("ES", "EUR"), ("CH", "CHF")])
def test_the_country_brings_its_currency(country: str, currency: str) -> None:
    sign_up(Client(), country=country, currency="")
    assert Organization.objects.get().currency == currency
