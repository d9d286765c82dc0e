# SPDX-License-Identifier: AGPL-3.0-or-later
"""The rest of the journal in words: what concerns no single customer (settings, people, files, the journal itself), and
the steps of an act that its own entry tells. With the timeline's sentences every kind of entry has one; a test walks
through all that any act writes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from purring.doors.desk.sayings import Labels
from purring.doors.desk.timeline import HIDDEN, TELLINGS, Telling

OF_THE_HOUSE: dict[str, Telling] = {
    "organization.founded": ("check", "good", _("The business was set up here")),
    "organization.changed": ("pen", "", _("Settings changed: {fields}")),
    "entity.added": ("plus", "", _("A further legal entity was added")),
    "entity.usual": ("check", "", _("Another legal entity is the usual one")),
    "entity.changed": ("pen", "", _("Billing and bank changed: {fields}")),
    "letterhead.changed": ("pen", "", _("Letterhead changed")),
    "beginning.step": ("check", "", _("Setting up: “{step}” done")),
    "beginning.step.later": ("date", "", _("Setting up: “{step}” put off")),
    "first_day.approved": ("check", "good", _("The first day was approved: messages may leave")),
    "first_day.taken_back": ("return", "care", _("The approval of the first day was taken back")),
    "member.added": ("person", "", _("{member} joined as {role}")),
    "member.changed": ("person", "", _("{member} is now {role}")),
    "member.removed": ("person", "care", _("{member} no longer belongs here")),
    "member.factor_reset": ("person", "care", _("The second factor of {member} was taken off")),
    "member.invited": ("mail", "", _("A colleague was invited as {role}")),
    "member.uninvited": ("close", "", _("An invitation was taken back")),
    "key.made": ("link", "", _("An API key was made ({role})")),
    "key.revoked": ("close", "care", _("An API key was revoked")),
    "group.added": ("customers", "", _("Group “{name}” made")),
    "group.renamed": ("pen", "", _("Group “{before}” is now called “{name}”")),
    "group.removed": ("close", "", _("Group “{name}” removed")),
    "schedule.made": ("date", "", _("Schedule “{schedule}” made")),
    "schedule.changed": ("date", "", _("Schedule “{schedule}” changed")),
    "schedule.removed": ("date", "", _("A schedule was removed")),
    "wording.kept": ("pen", "", _("Own words kept ({language})")),
    "charges.policy": ("credit", "", _("Rules for late charges changed")),
    "way.kept": ("money", "", _("Way to pay changed: {way}")),
    "provider.connected": ("money", "", _("Payment provider connected: {provider}")),
    "provider.changed": ("money", "", _("Payment provider changed: {provider}")),
    "notices.again": ("return", "", _("Notices of a payment provider are looked at again")),
    "notices.let_go": ("check", "", _("Notices of a payment provider were let go")),
    "file.imported": ("import", "", _("A file was read: {created} new, {updated} changed, {refused} refused")),
    "import.paused": ("hold", "", _("An import was paused")),
    "import.continued": ("go", "", _("An import went on")),
    "import.stopped": ("close", "care", _("An import was stopped")),
    "bulk.paused": ("hold", "", _("Work on many rows was paused")),
    "bulk.continued": ("go", "", _("Work on many rows went on")),
    "bulk.stopped": ("close", "care", _("Work on many rows was stopped")),
    "import.taken_back": (
        "return",
        "care",
        _("An import was taken back: invoices {invoices}, customers {customers}"),
    ),
    "reminders.approved": ("check", "good", _("Messages approved: {reminders}")),
    "reminders.approval_taken_back": ("return", "", _("Messages wait for a yes again: {reminders}")),
    "reminders.skipped": ("skip", "", _("Messages skipped: {reminders}")),
    "holds.placed": ("hold", "care", _("Customers put on hold: {holds}")),
    "owner.told": ("alert", "care", _("The owners were told of trouble by mail")),
    "list.by_mail": ("mail", "", _("{member} gets the list of the day by mail")),
    "list.by_mail.not": ("mail", "", _("{member} no longer gets the list of the day by mail")),
    "list.mailed": ("mail", "", _("The list of the day was mailed to {member}")),
    "journal.checked": ("check", "good", _("The journal was checked: whole, entries {entries}")),
    "journal.checked.wrong": ("alert", "alert", _("The journal was checked: its chain is broken")),
    "export.wanted": ("import", "", _("All data was asked for as a file")),
    "export.made": ("import", "", _("The file with all data is ready: {size}")),
    "export.stopped": ("close", "", _("Making the file with all data was stopped")),
    "export.downloaded": ("import", "care", _("The file with all data was downloaded")),
    "export.removed": ("close", "", _("The file with all data was removed")),
}
STEPS_BETWEEN: dict[str, Telling] = {
    "reminder.planned": ("date", "", _("{Stage} planned")),
    "reminder.released": ("mail", "", _("{Stage} released")),
    "payment.allocated": ("money", "", _("Payment of {amount} set against invoice {number}")),
    "charges.asked": ("credit", "", _("Late charges asked for in a message")),
    "visit.ended": ("link", "", _("They left their page")),
    "attempt.paid": ("money", "", _("Their payment of {amount} went through")),
    "attempt.pending": ("money", "", _("Their payment of {amount} is on its way")),
    "attempt.open": ("money", "", _("Their payment of {amount} is open")),
}
"""Those the timelines leave out, see `timeline.HIDDEN`."""
SAID = {**TELLINGS, **OF_THE_HOUSE, **STEPS_BETWEEN}
assert set(STEPS_BETWEEN) == set(HIDDEN)

SETTING_FIELDS: Labels = {
    "name": _("name"),
    "country": _("country"),
    "language": _("language"),
    "currency": _("currency"),
    "timezone": _("time zone"),
    "voice": _("voice"),
    "sending_from": _("when messages leave"),
    "sending_until": _("when messages leave"),
    "approves_each_day": _("who approves"),
    "approves_firm": _("who approves"),
    "approves_above": _("who approves"),
    "approver": _("who approves"),
    "most_a_day": _("most messages a day"),
    "monthly_statements": _("monthly statement"),
    "autopay_days": _("automatic payment"),
    "autopay_retries": _("automatic payment"),
    "second_factor": _("second factor"),
    "data_checked_on": _("how fresh bank data is"),
    "data_fresh_days": _("how fresh bank data is"),
    "registration": _("registration number"),
    "vat_id": _("VAT number"),
    "address_lines": _("address"),
    "postcode": _("postcode"),
    "city": _("city"),
    "email": _("e-mail address"),
    "phone": _("phone"),
    "accounts": _("bank accounts"),
    "sender_name": _("who signs"),
    "sender_title": _("who signs"),
    "is_default": _("usual"),
}
"""What of the business or a legal entity was changed."""

LOG_GROUPS: dict[str, tuple[str, ...]] = {
    "messages": (
        "reminder.", "reminders.", "message.", "reply.", "answer.", "note.", "check_in.", "conversation.", "call.",
        "task.", "need.", "list.", "address.spoiled", "remark.", "draft.",
    ),
    "money": (
        "invoice.", "credit_note.", "payment.", "refund.", "charges.", "attempt.", "checkout.", "mandate.", "debit.",
        "discount.", "repeat.", "promise.", "plan.", "hold.", "holds.", "dispute.", "settlement.", "evidence.",
    ),
    "customers": (
        "customer.", "contact.", "contacts.", "details.", "document.", "address.restored", "link.", "links.", "code.",
        "visit.", "group.", "schedule.chosen", "schedule.left",
    ),
    "settings": (
        "organization.", "entity.", "letterhead.", "beginning.", "first_day.", "schedule.", "wording.", "way.",
        "provider.", "notices.", "offers.", "mail.", "sender.", "days.", "sending.", "alerts.", "owner.", "charges.policy",
    ),
    "people": ("member.", "key."),
    "files": ("file.", "import.", "bulk.", "export.", "journal."),
}  # fmt: skip
"""A few groups by how a kind begins; of several that fit, the longest beginning counts."""
LOG_NAMES: Labels = {
    "": _("anything"),
    "messages": _("messages and talks"),
    "money": _("invoices and money"),
    "customers": _("customers and their pages"),
    "settings": _("settings"),
    "people": _("people and roles"),
    "files": _("files, export and this log"),
}


def group_of(kind: str) -> str:
    """The group of a kind; empty for one that no group names."""
    fitting = ((len(begin), name) for name, begins in LOG_GROUPS.items() for begin in begins if kind.startswith(begin))
    return max(fitting, default=(0, ""))[1]


def kinds_of(group: str) -> list[str]:
    """Every kind of a group, as it stands in the journal."""
    return sorted({kind for kind in SAID if kind.count(".") == 1 and group_of(kind) == group})
