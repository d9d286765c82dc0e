# SPDX-License-Identifier: AGPL-3.0-or-later
"""The demo's account must not stand open to the world, and real organizations need an owner."""

from __future__ import annotations

from collections.abc import Iterator

from purring.doors.cli.doctor.finding import Finding, failure, good, warning
from purring.doors.cli.doctor.settings import is_public
from purring.doors.cli.house import House
from purring.doors.cli.init import DEMO_EMAIL, DEMO_MARKER


def checks(house: House) -> Iterator[Finding]:
    from purring.facts.organizations.models import Membership, Organization, Role, User

    sample = User.objects.filter(email__iexact=DEMO_EMAIL, is_active=True).exists()
    public = house.setting("PURRING_BASE_URL")
    if (sample or (house.data_folder / DEMO_MARKER).exists()) and is_public(public):
        yield failure("demo account", f"the demo's sign-in is open at {public}; use another data folder for real work")
    else:
        yield good("demo account", "on this machine only" if sample else "none")
    owned = Membership.objects.everywhere("doctor").filter(role=Role.OWNER).values("organization")
    ownerless = list(Organization.objects.exclude(id__in=owned).order_by("slug").values_list("slug", flat=True)[:5])
    if ownerless:
        yield warning(
            "owner", f"nobody owns {', '.join(ownerless)} yet; sign up at {public.rstrip('/')}/account/sign-up/"
        )
    else:
        yield good("owner", "every organization has one")
