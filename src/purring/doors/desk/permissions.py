# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may do what on the desk: four roles, a handful of permissions, and one declared permission per route."""

from __future__ import annotations

from enum import Enum

from purring.facts.organizations.models import Role


class Permission(Enum):
    """What a route asks of the person. `PUBLIC` needs no sign-in, `SIGNED_IN` no membership."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    LOOK = "look"
    FOLLOW_UP = "follow_up"
    BOOK = "book"
    MANAGE = "manage"
    AUDIT = "audit"
    EXPORT = "export"


ROLES: dict[str, frozenset[Permission]] = {
    Role.OWNER: frozenset(
        {
            Permission.LOOK,
            Permission.FOLLOW_UP,
            Permission.BOOK,
            Permission.MANAGE,
            Permission.AUDIT,
            Permission.EXPORT,
        }
    ),
    Role.ACCOUNTANT: frozenset({Permission.LOOK, Permission.FOLLOW_UP, Permission.BOOK, Permission.AUDIT}),
    Role.COLLECTOR: frozenset({Permission.LOOK, Permission.FOLLOW_UP}),
    Role.READ_ONLY: frozenset({Permission.LOOK}),
}
"""A collector speaks with customers; booking and giving up money is another person's job. Who did what is for those who
answer for it, and everything as one file for owners alone."""


def may(role: str, permission: Permission) -> bool:
    return permission in ROLES.get(role, frozenset())
