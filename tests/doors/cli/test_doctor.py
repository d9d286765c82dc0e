# SPDX-License-Identifier: AGPL-3.0-or-later
"""`purring doctor`: fails on what is dangerous, warns about what is unwise, and changes nothing."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import pytest

from purring.core.errors import Trouble
from purring.doors.cli.doctor.finding import Finding
from purring.doors.cli.doctor.key import weak
from purring.doors.cli.doctor.mail import trusted
from purring.doors.cli.doctor.settings import is_public
from purring.doors.cli.init import DEMO_EMAIL
from purring.doors.demo.founding import EMAIL
from tests.doors.cli.shell import Done, Shell

GOOD_KEY = "h3Vq-7mZpL0wXyT9rKd2_fBnQ8sJcA5uGe1iOtRkWv6NbMxYzCjDhFgSlPaEo4I7U"
PUBLIC = "https://pay.studio.example"


def check(done: Done, name: str) -> dict[str, object]:
    (found,) = [one for one in done.json["checks"] if one["name"] == name]
    assert isinstance(found, dict)
    return found


def test_a_fresh_place_is_well(fjord: Shell) -> None:
    done = fjord.run("doctor", "--json")
    assert (done.code, done.err) == (0, "")
    assert all(set(one) >= {"name", "ok", "detail"} and one["ok"] for one in done.json["checks"])
    warned = {one["name"] for one in done.json["checks"] if one["level"] == "warn"}
    assert {"mail server", "sender", "rounds", "first day", "owner"} <= warned
    assert check(done, "key")["ok"]


@pytest.mark.parametrize("key", ["changeme", "x" * 60, "django-insecure-" + GOOD_KEY, GOOD_KEY[:40]])
def test_a_weak_key_fails(key: str, fjord: Shell) -> None:
    fjord.settings["PURRING_SECRET_KEY"] = key
    done = fjord.run("doctor", "--json")
    assert done.code == 1
    assert not check(done, "key")["ok"]
    assert len(done.err.splitlines()) == 1
    assert key not in str(check(done, "key")["detail"])


def test_a_key_that_others_can_read_fails(fjord: Shell) -> None:
    (fjord.data / "secret-key").chmod(0o644)
    done = fjord.run("doctor", "--json")
    assert (done.code, check(done, "key")["ok"]) == (1, False)
    assert "chmod" in str(check(done, "key")["detail"])


def test_made_keys_are_strong() -> None:
    assert weak("") != ""
    assert all(weak(secrets.token_urlsafe(64)) == "" for _ in range(200))


def test_debug_fails(fjord: Shell) -> None:
    fjord.settings["PURRING_DEBUG"] = "1"
    done = fjord.run("doctor", "--json")
    assert (done.code, check(done, "debug")["ok"]) == (1, False)


def test_the_demos_sign_in_with_a_public_address_fails(fjord: Shell) -> None:
    assert DEMO_EMAIL == EMAIL
    (fjord.data / "demo.json").write_text("{}")
    assert check(fjord.run("doctor", "--json"), "demo account")["ok"]
    fjord.settings["PURRING_BASE_URL"] = PUBLIC
    done = fjord.run("doctor", "--json")
    assert (done.code, check(done, "demo account")["ok"]) == (1, False)


@pytest.mark.parametrize(
    ("setting", "value", "name"),
    [
        ("PURRING_BASE_URL", "http://pay.studio.example", "address"),
        ("PURRING_BASE_URL", "pay.studio.example", "address"),
        ("PURRING_SMTP_URL", "http://mail.example", "mail server"),
        ("PURRING_SMTP_URL", "smtp://ola:pw@mail.example:25?tls=none", "mail server"),
        ("PURRING_MAIL_SERVICE", "resend:pw", "mail server"),
        ("PURRING_MAIL_SERVICE", "nobody?key=pw", "mail server"),
        ("PURRING_MAIL_SERVICE", "postmark", "mail server"),
        ("PURRING_MAIL_FROM", "Ola <ola@fjord.example>", "sender"),
        ("PURRING_TRUSTED_PROXIES", "everybody", "proxies"),
        ("PURRING_DATABASE_URL", "mysql://localhost/purring", "settings"),
        ("PURRING_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nowhere", "database"),
    ],
)
def test_a_wrong_setting_fails(setting: str, value: str, name: str, fjord: Shell) -> None:
    fjord.settings[setting] = value
    done = fjord.run("doctor", "--json")
    assert done.code == 1
    assert not check(done, name)["ok"]
    assert "pw" not in done.out


def test_a_mail_service_stands_for_the_mail_server(fjord: Shell) -> None:
    fjord.settings["PURRING_MAIL_SERVICE"] = "postmark?server_token=pw%26more"
    found = check(fjord.run("doctor", "--json"), "mail server")
    assert found["ok"]
    assert "postmark" in str(found["detail"])


def test_an_unknown_setting_is_told(fjord: Shell) -> None:
    fjord.settings["PURRING_MAIL_FORM"] = "ola@fjord.example"
    assert "PURRING_MAIL_FORM" in str(check(fjord.run("doctor", "--json"), "settings")["detail"])


def test_a_folder_open_to_everybody_fails(fjord: Shell) -> None:
    fjord.data.chmod(0o755)
    assert not check(fjord.run("doctor", "--json"), "data folder")["ok"]


def test_before_there_is_anything(shell: Shell) -> None:
    done = shell.run("doctor", "--json")
    assert done.code == 1
    assert "purring init" in str(check(done, "database")["detail"])
    assert not shell.data.exists()


def test_for_people(fjord: Shell) -> None:
    assert "balances from the journal" in fjord.run("doctor").out


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("http://127.0.0.1:8000", False),
        ("http://localhost:8000", False),
        ("http://192.168.1.20", False),
        ("http://[::1]:8000", False),
        ("http://nas.local", False),
        (PUBLIC, True),
        ("http://93.184.216.34", True),
    ],
)
def test_which_addresses_are_public(url: str, public: bool) -> None:
    assert is_public(url) is public


class TestSender:
    """What is published about who may send for a domain, looked up in a DNS of our own."""

    WHOLE = {
        "studio.co": ["some-site-verification=1", "v=spf1 include:_spf.mail.co -all"],
        "google._domainkey.studio.co": ["v=DKIM1; k=rsa; p=MIIB"],
        "_dmarc.studio.co": ["v=DMARC1; p=quarantine"],
    }

    def look(self, names: dict[str, list[str]], domain: str = "studio.co") -> dict[str, Finding]:
        found = {finding.name: finding for finding in trusted(domain, lambda name: names.get(name, []))}
        assert all(finding.level != "fail" for finding in found.values()), "never more than a warning"
        return found

    def test_all_is_there(self) -> None:
        assert {finding.level for finding in self.look(self.WHOLE).values()} == {"ok"}

    def test_nothing_is_there(self) -> None:
        found = self.look({})
        assert [finding.level for finding in found.values()] == ["warn"] * 3
        assert "selector1" in found["dkim"].detail, "it says where it looked"

    def test_the_policy_of_the_domain_above_counts(self) -> None:
        names = {"_dmarc.studio.co": ["v=DMARC1; p=none"]}
        assert self.look(names, "mail.studio.co")["dmarc"].level == "ok"

    @pytest.mark.parametrize(
        ("name", "texts", "check"),
        [
            ("studio.co", ["v=spf1 a -all", "v=spf1 mx -all"], "spf"),
            ("studio.co", ["v=spf1 +all"], "spf"),
            ("studio.co", ["v=spf10 -all"], "spf"),
            ("google._domainkey.studio.co", ["v=DKIM1; p="], "dkim"),
            ("_dmarc.studio.co", ["v=DMARC1; rua=mailto:a@b.co"], "dmarc"),
            ("_dmarc.studio.co", ["v=DMARC1; p=none", "v=DMARC1; p=reject"], "dmarc"),
        ],
    )
    def test_what_does_not_count(self, name: str, texts: list[str], check: str) -> None:
        found = self.look(self.WHOLE | {name: texts})
        assert {one for one, finding in found.items() if finding.level == "warn"} == {check}

    def test_nobody_answers(self) -> None:
        def silent(name: str) -> list[str]:
            raise Trouble("DNS does not answer")

        answer: Callable[[str], list[str]] = silent
        (finding,) = trusted("studio.co", answer)
        assert finding.level == "warn"
