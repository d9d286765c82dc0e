# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lists kept under a name. They change no account, so no journal tells of them."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from purring.core.errors import Refused
from purring.facts.organizations.models import Organization, User
from purring.followup.lists.models import SavedList

MOST = 30
"""Saved lists of one page that a person sees."""


def lists_of(organization: Organization, page: str, user: User) -> QuerySet[SavedList]:
    """A person's own lists and everybody's."""
    mine = SavedList.objects.of(organization).filter(Q(owner=None) | Q(owner=user), page=page)
    return mine.order_by("name", "id")[:MOST]


def save(organization: Organization, page: str, name: str, query: str, *, owner: User | None) -> SavedList:
    """Keep a filter; the same name again replaces it. Refuses (`too_many`, `too_long`)."""
    name = name.strip()
    if not name or len(name) > 60:
        raise Refused("bad_name", "give the list a name of up to 60 letters", field="name")
    if len(query) > 1000:
        raise Refused("too_long", "this filter is too long to be kept", field="name")
    rows = SavedList.objects.of(organization).filter(page=page, owner=owner)
    known = rows.filter(name=name).first()
    if known is None and rows.count() >= MOST:
        raise Refused("too_many", f"{MOST} lists are kept at most; remove one first", field="name")
    known = known or SavedList(organization=organization, page=page, owner=owner, name=name)
    known.query = query
    known.save()
    return known
