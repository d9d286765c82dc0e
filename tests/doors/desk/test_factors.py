# SPDX-License-Identifier: AGPL-3.0-or-later
"""Coming in with more than a password: codes from an app, recovery codes, and an organization that asks everybody for it."""

from __future__ import annotations

import base64
import hmac
import re
import struct
import time

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import reverse

from purring.doors.desk.factors import has_factor
from purring.facts.journal.models import Entry
from purring.facts.organizations.models import Membership, User
from tests.doors.desk.cast import House, found_house

pytestmark = pytest.mark.django_db
PASSWORD = "a quiet morning"


def code_of(secret: str, at: float | None = None) -> str:
    """The six digits an authenticator app shows (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int((time.time() if at is None else at) // 30)), "sha1")
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def person(house: House, role: str = "owner") -> tuple[User, Client]:
    """Somebody who signed in with the password a moment ago."""
    user = house.user(role)
    user.set_password(PASSWORD)
    user.save()
    client = Client()
    sign_in(client, user)
    return user, client


def sign_in(client: Client, user: User) -> str:
    """Where the password leads."""
    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"])


def set_up(client: Client) -> str:
    """Turn the code from an app on; its secret. What weakens or strengthens the sign-in asks for the password again."""
    assert client.get(reverse("mfa_activate_totp")).headers["Location"].startswith(reverse("account_reauthenticate"))
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    secret = re.search(r'class="secret">([A-Z2-7]+)<', page.content.decode())
    assert secret
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret[1])})
    assert answer.status_code == 302, answer.content.decode()
    return secret[1]


def test_the_password_alone_does_not_let_in_any_more(house: House) -> None:
    user, client = person(house)
    secret = set_up(client)
    again = Client()
    assert sign_in(again, user) == reverse("mfa_authenticate")
    assert again.get(reverse("desk:today")).status_code == 302, "not in yet"
    wrong = again.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert b"Incorrect code" in wrong.content
    assert again.get(reverse("desk:today")).status_code == 302
    # The code of a minute that was used once is not taken twice: this is the next one.
    Authenticator.objects.filter(user=user).update(last_used_at=None)
    answer = again.post(reverse("mfa_authenticate"), {"code": code_of(secret, time.time() + 30)})
    if answer.status_code != 302:
        answer = again.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert answer.status_code == 302
    assert again.get(reverse("desk:today")).status_code == 200


def test_the_secret_is_sealed(house: House) -> None:
    user, client = person(house)
    secret = set_up(client)
    kept = str(Authenticator.objects.get(user=user, type="totp").data)
    assert secret not in kept


def test_a_recovery_code_lets_in_once(house: House) -> None:
    user, client = person(house)
    set_up(client)
    page = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    codes = re.findall(r"<code>(\d+)</code>", page)
    assert len(codes) == 10
    assert codes[0] in client.get(reverse("mfa_download_recovery_codes")).content.decode()
    for expected in (302, 200):
        again = Client()
        sign_in(again, user)
        assert again.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == expected


def test_an_organization_that_asks_everybody(house: House) -> None:
    owner, client = person(house)
    asked = client.post(reverse("desk:factor-ask"), {"wanted": "yes"})
    assert asked.headers["Location"] == reverse("mfa_index"), "whoever asks has one"
    set_up(client)
    client.post(reverse("desk:factor-ask"), {"wanted": "yes"})
    house.organization.refresh_from_db()
    assert house.organization.second_factor
    _, colleague = person(house, "collector")
    for name in ("desk:today", "desk:customers", "desk:settings"):
        assert colleague.get(reverse(name)).headers["Location"] == reverse("mfa_index")
    assert b"Set yours up first" in colleague.get(reverse("mfa_index")).content
    set_up(colleague)
    assert colleague.get(reverse("desk:today")).status_code == 200
    client.post(reverse("desk:factor-ask"), {"wanted": "no"})
    _, third = person(house, "read_only")
    assert third.get(reverse("desk:today")).status_code == 200
    assert has_factor(owner)


def test_a_lost_phone(house: House, django_capture_on_commit_callbacks: object) -> None:
    _, client = person(house)
    user, colleague = person(house, "collector")
    set_up(colleague)
    member = Membership.objects.of(house.organization).get(user=user)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        client.post(reverse("desk:member-factor-reset", args=[member.pk]))
    assert not Authenticator.objects.filter(user=user).exists()
    assert Entry.objects.of(house.organization).filter(kind="member.factor_reset").count() == 1
    (told,) = mail.outbox
    assert told.to == [user.email]


def test_nobody_takes_their_own_factor_off_like_that(house: House) -> None:
    user, client = person(house)
    set_up(client)
    member = Membership.objects.of(house.organization).get(user=user)
    client.post(reverse("desk:member-factor-reset", args=[member.pk]))
    assert has_factor(user)


def test_another_business_that_relies_on_the_sign_in_is_not_weakened(house: House) -> None:
    _, client = person(house)
    user, colleague = person(house, "accountant")
    set_up(colleague)
    other = found_house("another")
    Membership(organization=other.organization, user=user, role="owner").save(force_insert=True)
    member = Membership.objects.of(house.organization).get(user=user)
    client.post(reverse("desk:member-factor-reset", args=[member.pk]))
    assert b"works for another business" in client.get(reverse("desk:people")).content
    assert has_factor(user)


def test_signing_out_elsewhere(house: House) -> None:
    user, client = person(house)
    elsewhere = Client()
    sign_in(elsewhere, user)
    page = client.get(reverse("usersessions_list"))
    assert b"Sign out everywhere else" in page.content
    client.post(reverse("usersessions_list"))
    assert client.get(reverse("desk:today")).status_code == 200
    assert elsewhere.get(reverse("desk:today")).status_code == 302
