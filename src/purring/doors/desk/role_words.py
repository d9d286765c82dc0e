# SPDX-License-Identifier: AGPL-3.0-or-later
"""What each role may do, in words: one row for each thing people do here, with the permission that the routes of it declare.

Who may is read from `permissions` and from the organization's rule about approvals, so the page says what holds. A test
walks all routes: one that changes something and is named by no row, or that declares another permission than its row, fails.
"""

from __future__ import annotations

from fnmatch import fnmatch
from typing import NamedTuple

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from purring.doors.desk.permissions import ROLES, Permission, may
from purring.doors.desk.sayings import ROLES as NAMES
from purring.facts.organizations.models import Organization
from purring.followup.approvals import may_approve

LOOK, FOLLOW_UP, BOOK = Permission.LOOK, Permission.FOLLOW_UP, Permission.BOOK
MANAGE, AUDIT, EXPORT = Permission.MANAGE, Permission.AUDIT, Permission.EXPORT


class Row(NamedTuple):
    """`routes`: names, or beginnings of names with a star."""

    words: Lazy | str
    permission: Permission
    routes: tuple[str, ...]
    says_yes: bool = False
    """An organization can keep it for some of those who have the permission."""


ROWS: tuple[Row, ...] = (
    Row(_("See customers, invoices, money and every message with its words"), LOOK, ("*",)),
    Row(_("Open documents, save lists as files"), LOOK, ("*",)),
    Row(
        _("Say yes to messages that wait for one"),
        FOLLOW_UP,
        ("approve", "reminder-approve", "chosen-act", "by-mail"),
        says_yes=True,
    ),
    Row(
        _("Change, skip, hold and send messages; do what needs a person"),
        FOLLOW_UP,
        ("reminder-*", "chosen-act", "undo", "later-*", "task-done", "answer-seen", "invoices-bulk", "bulk*"),
    ),
    Row(
        _("Write to customers, call them, note what they promise, dispute and answer"),
        FOLLOW_UP,
        ("customer-*", "invoice-promise", "invoice-hold", "invoice-release", "invoice-dispute", "invoice-resolve"),
    ),
    Row(
        _("Add customers, change what is known of them and by which rules they are asked"),
        FOLLOW_UP,
        ("customer-*", "customers-bulk", "invoice-checked", "invoice-complete", "invoice-document"),
    ),
    Row(_("Give links to invoices, and close them"), FOLLOW_UP, ("invoice-share*", "link*-revoke")),
    Row(_("Make invoices and payment requests, correct, credit and write off"), BOOK, ("invoice-*", "request-new")),
    Row(
        _("Book payments, put them where they belong, send money back"),
        BOOK,
        ("customer-payment", "invoice-payment", "payment-*", "refund-*", "discrepancy-*"),
    ),
    Row(_("Import files, and take an import back"), BOOK, ("import*",)),
    Row(_("Read who did what, and when"), AUDIT, ("audit*",)),
    Row(
        _("Schedules, groups of customers, wording, offers and late charges"),
        MANAGE,
        ("schedule*", "group*", "wording*", "*offers*", "*-charges"),
    ),
    Row(
        _("The business, its bank accounts, ways to be paid and letterhead"),
        MANAGE,
        ("settings-*", "begin*", "way*", "letterhead*", "entity-*"),
    ),
    Row(
        _("Mail account, who signs, sending hours, pauses and alerts"),
        MANAGE,
        ("settings-sending", "sending-*", "sender*", "mail*", "alerts"),
    ),
    Row(_("People, their roles and how they come in"), MANAGE, ("people*", "member-*", "factor-*", "invitation-*")),
    Row(_("API keys"), MANAGE, ("keys", "key-*")),
    Row(_("Set up another organization"), MANAGE, ("organization-new",)),
    Row(_("Take everything along as files"), EXPORT, ("*export*",)),
)


class Said(NamedTuple):
    """A row of the page: who may, in the order of `NAMES`."""

    words: Lazy | str
    who: list[tuple[str, bool]]


def said(organization: Organization) -> list[Said]:
    """Every row with who may in this organization."""
    rows = []
    for row in ROWS:
        allowed = {
            role: may(role, row.permission) and not (row.says_yes and not may_approve(organization, role))
            for role in NAMES
        }
        rows.append(Said(row.words, list(allowed.items())))
    return rows


def rows_of(route: str, permission: Permission) -> list[Row]:
    """The rows that speak of a route."""
    return [row for row in ROWS if row.permission is permission and any(fnmatch(route, name) for name in row.routes)]


assert set(NAMES) == {str(role) for role in ROLES}
