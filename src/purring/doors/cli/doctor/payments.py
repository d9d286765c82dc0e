# SPDX-License-Identifier: AGPL-3.0-or-later
"""Can payments be taken, and does the truth about them reach us?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from purring.core.errors import Refused
from purring.doors.cli.doctor.finding import Finding, failure, good, warning
from purring.doors.cli.doctor.settings import is_public
from purring.doors.cli.house import House
from purring.doors.cli.init import DEMO_MARKER

if TYPE_CHECKING:
    from purring.facts.checkout.models import ProviderAccount

NAME = "payments"
DEMO = "demo"
SILENT_FOR = timedelta(days=7)
TEST_KEYS = ("sk_test_", "rk_test_")
YES = ("yes", "true", "1")


def checks(house: House, now: datetime) -> Iterator[Finding]:
    from purring.facts.checkout.models import ProviderAccount

    rows = ProviderAccount.objects.everywhere("doctor").filter(enabled=True).select_related("organization")
    public = is_public(house.setting("PURRING_BASE_URL"))
    if not public and (house.data_folder / DEMO_MARKER).exists():
        rows = rows.exclude(provider=DEMO)  # `purring demo` brings it along
    accounts = list(rows.order_by("id"))
    found = [finding for account in accounts for finding in _account(account, public, now)]
    yield from found
    if not accounts:
        yield good(NAME, "no provider is connected")
    elif not public:
        yield good(
            NAME,
            "the address is not public, so no provider can send notices; Purring asks for open payments every few "
            "minutes and for refunds and disputes every hour",
        )
    elif not found:
        yield good(NAME, f"{len(accounts)} connected, notices are heard")


def _account(account: ProviderAccount, public: bool, now: datetime) -> Iterator[Finding]:
    from purring.facts.checkout.accounts import notice_address, provider_of, settings_of

    who = f"{account.provider} of {account.organization.slug}"
    try:
        settings = settings_of(account)
        provider_of(account)
    except Refused as refused:
        if refused.code in {"sealed", "no_vault_key"}:
            what = "its secrets cannot be opened: bring back the key it was kept with (PURRING_VAULT_KEY), or enter them again"
            yield failure(NAME, f"{who}: {what}")
        else:
            yield failure(NAME, f"{who}: {refused.message}")
        return
    if public and (account.live is False or _is_test(settings)):
        yield failure(
            NAME, f"{who}: its keys take test money only, and customers can reach the page; enter the real ones"
        )
    if settings.get("notice_url") and settings["notice_url"] != notice_address(account):
        yield warning(NAME, f"{who}: its webhook's address is not {notice_address(account)}; notices there are refused")
    if public and _unheard(account, now):
        yield warning(
            NAME,
            f"{who}: payments came in, but no notice in {SILENT_FOR.days} days; enter {notice_address(account)} as the webhook there",
        )


def _is_test(settings: Mapping[str, str]) -> bool:
    sandbox = settings.get("sandbox", "").lower() in YES
    return sandbox or bool(settings.get("api_url")) or any(value.startswith(TEST_KEYS) for value in settings.values())


def _unheard(account: ProviderAccount, now: datetime) -> bool:
    from purring.facts.checkout.models import Booking

    if account.heard_at and account.heard_at > now - SILENT_FOR:
        return False
    lately = Booking.objects.of(account.organization_id).filter(account=account)
    return lately.filter(payment__recorded_at__gt=now - SILENT_FOR).exists()
