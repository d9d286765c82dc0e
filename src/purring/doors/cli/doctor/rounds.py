# SPDX-License-Identifier: AGPL-3.0-or-later
"""Do the rounds go, and has anybody approved what they may send?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from purring.doors.cli.doctor.finding import Finding, failure, good, warning
from purring.doors.cli.house import House


def checks(house: House, now: datetime) -> Iterator[Finding]:
    from purring.facts.organizations.models import Organization
    from purring.followup.models import Beat
    from purring.followup.watch import stopped_rounds

    stopped = stopped_rounds(now, house.rhythms())
    if stopped:
        yield failure("rounds", " · ".join(stopped))
    elif not Beat.objects.exclude(finished_at=None).exists():
        yield warning("rounds", "none has run yet; start: purring serve (and purring work on PostgreSQL)")
    else:
        yield good("rounds", "beating")
    waiting = Organization.objects.filter(first_day_approved_at=None).order_by("slug").values_list("slug", flat=True)
    if waiting:
        yield warning("first day", f"nothing leaves yet for {', '.join(waiting[:5])}; look, then: purring approve")
