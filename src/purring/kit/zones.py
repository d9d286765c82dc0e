# SPDX-License-Identifier: AGPL-3.0-or-later
"""The local time of a place: its own zone, else its country's main one."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global

MAIN_ZONE = {
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "ID": "Asia/Jakarta",
    "KZ": "Asia/Almaty",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "US": "America/New_York",
    "UZ": "Asia/Tashkent",
    "ZA": "Africa/Johannesburg",
}
"""Where most people of a country with several zones live."""


@lru_cache(300)
def main_zone(country: str) -> str:
    """The IANA zone of a country (ISO 3166 alpha-2); empty when none is known."""
    if country in MAIN_ZONE:
        return MAIN_ZONE[country]
    zones = get_global("zone_territories")
    own = sorted(zone for zone, territory in zones.items() if territory == country and zone in available_timezones())
    return own[0] if own else ""


@lru_cache(1000)
def zone_of(own: str, country: str, fallback: str) -> ZoneInfo:
    """The zone to speak in: the customer's own, the country's main one, or the organization's."""
    return ZoneInfo(own or main_zone(country) or fallback)
