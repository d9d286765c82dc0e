# SPDX-License-Identifier: AGPL-3.0-or-later
"""The routes of the desk, each with the permission it asks for. Sign-in pages are allauth's, with our templates."""

from __future__ import annotations

from functools import partial

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, include, path, re_path

from purring.doors.desk.acts import CUSTOMER_ACTS, INVOICE_ACTS
from purring.doors.desk.desk import page
from purring.doors.desk.money_forms import MONEY_ACTS
from purring.doors.desk.permissions import Permission
from purring.doors.desk.views import (
    answers,
    charges,
    customers,
    details,
    importing,
    invoices,
    issuing,
    money,
    offers,
    outlook,
    papers,
    people,
    reminders,
    schedules,
    settings,
    sharing,
    today,
    ways,
)

PUBLIC, SIGNED_IN, LOOK = Permission.PUBLIC, Permission.SIGNED_IN, Permission.LOOK
FOLLOW_UP, BOOK, MANAGE = Permission.FOLLOW_UP, Permission.BOOK, Permission.MANAGE

desk_patterns: list[URLPattern] = [
    page("", today.today, "today", LOOK),
    page("today/approve/", today.approve_all, "approve", FOLLOW_UP, "POST"),
    page("today/held/", today.stays, "held", LOOK),
    page("today/gone/", today.gone, "gone", LOOK),
    page("tasks/<int:task_id>/done/", today.task_done, "task-done", FOLLOW_UP, "POST"),
    page("answers/<int:answer_id>/seen/", answers.seen, "answer-seen", FOLLOW_UP, "POST"),
    page("answers/files/<int:file_id>/", answers.file, "answer-file", LOOK),
    page("reminders/<int:reminder_id>/", reminders.one, "reminder", LOOK),
    page("reminders/<int:reminder_id>/words/", reminders.words, "reminder-words", FOLLOW_UP, "GET POST"),
    page("reminders/<int:reminder_id>/words/tone/", reminders.tone, "reminder-tone", FOLLOW_UP, "POST"),
    page("reminders/<int:reminder_id>/approve/", reminders.approve_one, "reminder-approve", FOLLOW_UP, "POST"),
    page("reminders/<int:reminder_id>/skip/", reminders.skip_one, "reminder-skip", FOLLOW_UP, "POST"),
    page("reminders/<int:reminder_id>/hold/", reminders.hold_one, "reminder-hold", FOLLOW_UP, "POST"),
    page("reminders/<int:reminder_id>/settle/", reminders.settle, "reminder-settle", FOLLOW_UP, "POST"),
    page("customers/", customers.listing, "customers", LOOK),
    page("customers/new/", customers.add, "customer-new", FOLLOW_UP, "GET POST"),
    page("customers/<int:customer_id>/", customers.one, "customer", LOOK),
    page("customers/<int:customer_id>/details/", details.proposed, "customer-details", LOOK),
    page("customers/<int:customer_id>/details/decide/", details.decide, "customer-details-decide", FOLLOW_UP, "POST"),
    page("customers/<int:customer_id>/edit/", customers.edit, "customer-edit", FOLLOW_UP, "GET POST"),
    *(
        page(
            f"customers/<int:customer_id>/{act.key}/",
            partial(customers.act, act=act),
            f"customer-{act.key}",
            act.permission,
            "GET POST",
        )
        for act in CUSTOMER_ACTS
    ),
    page("agreements/", offers.agreements, "agreements", LOOK),
    page("plans/<int:plan_id>/paper.pdf", offers.paper, "plan-paper", LOOK),
    page("invoices/", invoices.listing, "invoices", LOOK),
    page("customers/<int:customer_id>/statement.pdf", papers.statement, "customer-statement", LOOK),
    page("invoices/new/", issuing.add, "invoice-new", BOOK, "GET POST"),
    page("invoices/<int:invoice_id>/", invoices.one, "invoice", LOOK),
    page("requests/new/", sharing.request_new, "request-new", BOOK, "GET POST"),
    page("invoices/<int:invoice_id>/share/", sharing.share, "invoice-share", FOLLOW_UP, "GET POST"),
    page("invoices/<int:invoice_id>/share/sheet.pdf", sharing.sheet, "invoice-share-sheet", FOLLOW_UP),
    page("invoices/<int:invoice_id>/share/qr.<slug:form>", sharing.qr, "invoice-share-qr", FOLLOW_UP),
    page("links/<int:link_id>/revoke/", sharing.revoke, "link-revoke", FOLLOW_UP, "POST"),
    page("customers/<int:customer_id>/links/revoke/", sharing.revoke_all, "links-revoke", FOLLOW_UP, "POST"),
    page("invoices/<int:invoice_id>/charges/", charges.explain, "charges", LOOK),
    page("invoices/<int:invoice_id>/notices/", charges.notices, "notices", LOOK),
    page("invoices/<int:invoice_id>/paper.pdf", papers.paper, "invoice-paper", LOOK),
    page("invoices/<int:invoice_id>/ubl.xml", papers.ubl, "invoice-ubl", LOOK),
    page("invoices/<int:invoice_id>/evidence.zip", papers.evidence, "invoice-evidence", BOOK, "POST"),
    *(
        page(
            f"invoices/<int:invoice_id>/{act.key}/",
            partial(invoices.act, act=act),
            f"invoice-{act.key}",
            act.permission,
            "GET POST",
        )
        for act in INVOICE_ACTS
    ),
    page("documents/<int:attachment_id>/", invoices.document, "document", LOOK),
    page("money/", money.listing, "money", LOOK),
    page("money/outlook/", outlook.page, "outlook", LOOK),
    page("money/<int:payment_id>/", money.one, "payment", LOOK),
    page("money/<int:payment_id>/receipt.pdf", papers.receipt, "payment-receipt", LOOK),
    page("money/<int:payment_id>/propose/", money.propose, "payment-propose", BOOK, "POST"),
    page("money/<int:payment_id>/take-off/", money.take_off, "payment-take-off", BOOK, "POST"),
    *(
        page(f"money/<int:payment_id>/{act.key}/", partial(money.act, act=act), f"payment-{act.key}", BOOK, "GET POST")
        for act in MONEY_ACTS
    ),
    page("money/refunds/<int:refund_id>/confirm/", money.confirm, "refund-confirm", BOOK, "POST"),
    page("money/refunds/<int:refund_id>/withdraw/", money.withdraw, "refund-withdraw", BOOK, "POST"),
    page("money/refunds/<int:refund_id>/paid-back/", money.paid_back, "refund-paid-back", BOOK, "POST"),
    page("money/seen/<int:discrepancy_id>/", money.looked_into, "discrepancy-seen", BOOK, "POST"),
    page("import/", importing.begin, "import", BOOK, "GET POST"),
    page("import/<str:token>/", importing.look, "import-look", BOOK, "GET POST"),
    page("import/<str:token>/confirm/", importing.confirm, "import-confirm", BOOK, "POST"),
    page("settings/", settings.overview, "settings", LOOK),
    page("settings/schedules/", schedules.listing, "schedules", LOOK),
    page("settings/schedules/new/", schedules.add, "schedule-new", MANAGE, "GET POST"),
    page("settings/schedules/<int:schedule_id>/", schedules.change, "schedule", MANAGE, "GET POST"),
    page("settings/schedules/<int:schedule_id>/remove/", schedules.remove, "schedule-remove", MANAGE, "POST"),
    page("settings/business/", settings.business, "settings-business", MANAGE, "GET POST"),
    page("settings/billing/", settings.billing, "settings-billing", MANAGE),
    page("settings/billing/<int:entity_id>/", settings.entity, "settings-entity", MANAGE, "GET POST"),
    page("settings/letterhead/", papers.letterheads, "letterheads", MANAGE),
    page("settings/letterhead/<int:entity_id>/", papers.letterhead, "letterhead", MANAGE, "GET POST"),
    page("settings/ways/", ways.listing, "ways", MANAGE),
    page("settings/ways/connect/", ways.connect, "way-connect", MANAGE, "GET POST"),
    page("settings/ways/by-hand/<int:entity_id>/", ways.by_hand, "ways-by-hand", MANAGE, "GET POST"),
    page("settings/ways/<int:account_id>/", ways.change, "way-account", MANAGE, "GET POST"),
    page("settings/ways/<int:account_id>/check/", ways.check, "way-check", MANAGE, "POST"),
    page("settings/ways/<int:account_id>/switch/", ways.switch, "way-switch", MANAGE, "POST"),
    page("settings/sending/", settings.sending, "settings-sending", MANAGE, "GET POST"),
    page("settings/late-charges/", charges.policy, "settings-charges", MANAGE, "GET POST"),
    page("settings/offers/", offers.terms, "settings-offers", MANAGE, "GET POST"),
    page("settings/offers/groups/<int:group_id>/", offers.terms, "offers-group", MANAGE, "GET POST"),
    page("settings/offers/customers/<int:customer_id>/", offers.terms, "offers-customer", MANAGE, "GET POST"),
    page("settings/people/", people.people, "people", MANAGE, "GET POST"),
    page("settings/people/<int:member_id>/role/", people.set_role, "member-role", MANAGE, "POST"),
    page("settings/people/<int:member_id>/remove/", people.leave, "member-remove", MANAGE, "POST"),
    page("settings/invitations/<int:invitation_id>/remove/", people.take_back, "invitation-remove", MANAGE, "POST"),
    page("organizations/<int:organization_id>/switch/", people.switch, "switch", SIGNED_IN, "POST"),
    page("join/<str:token>/", people.join, "join", PUBLIC, "GET POST"),
]

account_patterns: list[URLPattern] = [
    path("sign-up/", account.signup, name="account_signup"),
    path("sign-in/", account.login, name="account_login"),
    path("sign-out/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("password/", account.password_change, name="account_change_password"),
    path("password/again/", account.reauthenticate, name="account_reauthenticate"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/sent/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/reset/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("confirm/", account.email_verification_sent, name="account_email_verification_sent"),
    re_path(r"^confirm/(?P<key>[-:\w]+)/$", account.confirm_email, name="account_confirm_email"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", include(account_patterns)),
    path("", include((desk_patterns, "desk"))),
]
