# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a program can ask today: who it is."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse

from purring.doors.api.coming_in import reads, refusal
from purring.facts.organizations.keys import Caller


@reads
def me(request: HttpRequest, caller: Caller) -> JsonResponse:
    """Which organization the key belongs to, what it may do there and until when."""
    organization, key = caller.organization, caller.key
    return JsonResponse(
        {
            "organization": {
                "slug": organization.slug,
                "name": organization.name,
                "country": organization.country,
                "language": organization.language,
                "currency": organization.currency,
                "timezone": organization.timezone,
            },
            "role": caller.role,
            "key": {
                "id": key.public_id,
                "name": key.name,
                "last_day": key.last_day.isoformat() if key.last_day else None,
            },
        }
    )


def nothing(request: HttpRequest) -> JsonResponse:
    """An address that is none, told to a program as a program reads it."""
    return refusal(404, "not_found", "there is nothing at this address")
