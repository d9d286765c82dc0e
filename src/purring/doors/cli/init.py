# SPDX-License-Identifier: AGPL-3.0-or-later
"""`purring init`: data folder, key, database and organization. Safe to repeat."""

from __future__ import annotations

import argparse
import re
from zoneinfo import available_timezones

from babel import Locale
from babel.languages import get_official_languages
from babel.numbers import get_territory_currencies

from purring.core.errors import Refused
from purring.core.money import is_currency
from purring.doors.cli import output
from purring.doors.cli.house import House
from purring.doors.cli.opening import ACTOR, moment, pending_migrations
from purring.doors.intake.names import WRITTEN
from purring.doors.intake.names import language as language_named
from purring.kit.zones import main_zone

DEMO_MARKER = "demo.json"
"""A data folder with this file is the demo's; its sign-in stands in it."""
DEMO_EMAIL = "demo@purring.example"
"""Who signs in to the demo."""
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")


def init_command(options: argparse.Namespace, house: House) -> int:
    slug, name = options.organization, " ".join(options.name.split())
    if not SLUG.fullmatch(slug):
        raise Refused(
            "bad_slug", f"--organization: {slug!r}; use small letters, digits and dashes, such as fjord-design"
        )
    if not 0 < len(name) <= 200:
        raise Refused("bad_name", "--name: give the name customers know, up to 200 characters")
    country = country_of(options.country)
    language = language_of(options.language, country)
    currency = currency_of(options.currency, country)
    timezone = timezone_of(options.timezone, country)
    if (house.data_folder / DEMO_MARKER).exists():
        raise Refused("demo_folder", f"{house.data_folder} belongs to the demo; set PURRING_DATA to another folder")
    house.prepare_data_folder()
    house.start_django()
    if pending_migrations():
        with house.hold_data_folder():
            migrate_fresh()

    from django.db import transaction

    from purring.facts.organizations.actions import found_organization
    from purring.followup.schedules import default_schedule

    with transaction.atomic():
        organization, new = found_organization(
            slug, name, country, language=language, currency=currency, timezone=timezone, now=moment(), actor=ACTOR
        )
        default_schedule(organization)
    told = {
        "organization": organization.slug,
        "name": organization.name,
        "country": organization.country,
        "language": organization.language,
        "currency": organization.currency,
        "timezone": organization.timezone,
        "created": new,
        "data": str(house.data_folder),
    }
    if options.json:
        output.document(told)
    else:
        state = "is ready" if new else "was there already and stays as it is"
        output.say(f"{organization.name} ({organization.slug}) {state}, in {house.data_folder}")
        output.say(
            f"{organization.country} · {organization.language} · {organization.currency} · {organization.timezone}"
        )
    return 0


def migrate_fresh() -> None:
    """Bring the database to this version; the caller holds the data folder."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


def country_of(text: str) -> str:
    code = text.strip().upper()
    known = Locale.parse("en").territories
    if len(code) != 2 or not code.isalpha() or code not in known or not get_territory_currencies(code):
        raise Refused("unknown_country", f"--country: {text!r} is not a country; use its ISO code, such as NO or GB")
    return code


def language_of(text: str | None, country: str) -> str:
    """The language named, else the most used official one of the country if it is written here, else English."""
    if text:
        found = language_named(text, country)
        if found is None:
            raise Refused("unknown_language", f"--language: {text!r}; the languages are {', '.join(WRITTEN)}")
        return found
    official = get_official_languages(country, de_facto=True)
    return (language_named(official[0], country) if official else None) or "en"


def currency_of(text: str | None, country: str) -> str:
    if text:
        if not is_currency(text.upper()):
            raise Refused("unknown_currency", f"--currency: {text!r} is not a currency; use a code such as EUR")
        return text.upper()
    return str(get_territory_currencies(country)[-1])


def timezone_of(text: str | None, country: str) -> str:
    if text:
        if text not in available_timezones():
            raise Refused("unknown_timezone", f"--timezone: {text!r} is not a time zone; write it like Europe/Oslo")
        return text
    zone = main_zone(country)
    if not zone:
        raise Refused("unknown_timezone", f"--timezone: say which time zone to use in {country}, such as Europe/Oslo")
    return zone
