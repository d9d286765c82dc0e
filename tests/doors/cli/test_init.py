# SPDX-License-Identifier: AGPL-3.0-or-later
"""`purring init`: what the country tells, what is refused, and that repeating it does no harm."""

from __future__ import annotations

import stat

import pytest

from purring.core.errors import Refused
from purring.doors.cli.init import country_of, currency_of, language_of, timezone_of
from tests.doors.cli.shell import Shell

INIT = ("init", "--organization", "fjord", "--name", "Fjord Design AS", "--country", "NO")


def test_a_folder_a_key_a_database_an_organization(shell: Shell) -> None:
    done = shell.run(*INIT, "--json")
    assert done.code == 0, done.err
    told = done.json
    assert (told["organization"], told["language"], told["currency"]) == ("fjord", "nb", "NOK")
    assert (told["timezone"], told["created"]) == ("Europe/Oslo", True)
    key = shell.data / "secret-key"
    assert len(key.read_text()) >= 50
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(shell.data.stat().st_mode) == 0o700


def test_again_it_stays_as_it_is(fjord: Shell) -> None:
    key = (fjord.data / "secret-key").read_text()
    done = fjord.run("init", "--organization", "fjord", "--name", "Other", "--country", "FR", "--json")
    assert done.code == 0
    assert (done.json["created"], done.json["name"], done.json["country"]) == (False, "Fjord Design", "NO")
    assert (fjord.data / "secret-key").read_text() == key


def test_several_organizations_must_be_named(fjord: Shell) -> None:
    fjord.init("other", "FR")
    done = fjord.run("approve", "--json")
    assert (done.code, done.error) == (1, "ambiguous")
    assert "fjord" in done.err
    assert fjord.run("approve", "--organization", "other", "--json").code == 0
    assert fjord.run("approve", "--organization", "nobody", "--json").error == "not_found"


def test_the_demos_folder_is_not_for_real_work(shell: Shell) -> None:
    shell.data.mkdir()
    (shell.data / "demo.json").write_text("{}")
    assert shell.run(*INIT, "--json").error == "demo_folder"


@pytest.mark.parametrize(
    ("option", "value", "code"),
    [
        ("--organization", "Fjord Design", "bad_slug"),
        ("--name", "  ", "bad_name"),
        ("--country", "Norge", "unknown_country"),
        ("--country", "XX", "unknown_country"),
    ],
)
def test_refused_before_anything_is_made(option: str, value: str, code: str, shell: Shell) -> None:
    arguments = list(INIT)
    arguments[arguments.index(option) + 1] = value
    done = shell.run(*arguments, "--json")
    assert (done.code, done.error) == (1, code)
    assert not shell.data.exists()


@pytest.mark.parametrize(
    ("country", "language", "currency", "timezone"),
    [
        ("NO", "nb", "NOK", "Europe/Oslo"),
        ("ZA", "en", "ZAR", "Africa/Johannesburg"),
        ("FR", "fr", "EUR", "Europe/Paris"),
        ("MX", "es", "MXN", "America/Mexico_City"),
        ("BR", "pt-BR", "BRL", "America/Sao_Paulo"),
        ("PT", "pt-PT", "EUR", "Europe/Lisbon"),
        ("US", "en", "USD", "America/New_York"),
        ("FI", "en", "EUR", "Europe/Helsinki"),
        ("JP", "en", "JPY", "Asia/Tokyo"),
    ],
)
def test_what_a_country_tells(country: str, language: str, currency: str, timezone: str) -> None:
    assert language_of(None, country) == language
    assert currency_of(None, country) == currency
    assert timezone_of(None, country) == timezone


def test_what_is_said_wins() -> None:
    assert country_of("no") == "NO"
    assert language_of("no", "NO") == "nb"
    assert language_of("pt", "BR") == "pt-BR"
    assert currency_of("eur", "NO") == "EUR"
    assert timezone_of("Africa/Nairobi", "NO") == "Africa/Nairobi"


@pytest.mark.parametrize(
    ("read", "text", "code"),
    [
        (language_of, "tlh", "unknown_language"),
        (currency_of, "BTC", "unknown_currency"),
        (timezone_of, "Oslo", "unknown_timezone"),
    ],
)
def test_what_is_refused(read: object, text: str, code: str) -> None:
    assert callable(read)
    with pytest.raises(Refused) as refused:
        read(text, "NO")
    assert refused.value.code == code
