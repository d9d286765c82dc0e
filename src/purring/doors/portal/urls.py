# SPDX-License-Identifier: AGPL-3.0-or-later
"""The routes of the portal, all under a customer's link; each page keeps the visit that a code opened."""

from __future__ import annotations

from django.urls import path

from purring.doors.portal.answering import answer, noted
from purring.doors.portal.coming_in import leave, more
from purring.doors.portal.deferring import later
from purring.doors.portal.details import details, language
from purring.doors.portal.documents import credit_note, documents, file, paper, receipt, statement
from purring.doors.portal.history import history
from purring.doors.portal.look import colour_sheet, logo
from purring.doors.portal.paying import by_hand, pay
from purring.doors.portal.planning import paper as plan_paper
from purring.doors.portal.planning import plan
from purring.doors.portal.returning import autopay, returned, stopped
from purring.doors.portal.sessions import kept
from purring.doors.portal.views import account

app_name = "portal"
urlpatterns = [
    path("look/<slug:code>.css", colour_sheet, name="colour"),
    path("<str:token>/", account, name="account"),
    path("<str:token>/logo", logo, name="logo"),
    path("<str:token>/documents/", documents, name="documents"),
    path("<str:token>/documents/invoice-<int:number>.pdf", paper, name="paper"),
    path("<str:token>/documents/credit-note-<int:number>.pdf", credit_note, name="credit-note"),
    path("<str:token>/documents/file-<int:number>", file, name="file"),
    path("<str:token>/documents/receipt-<int:number>.pdf", receipt, name="receipt"),
    path("<str:token>/documents/statement.pdf", statement, name="statement"),
    path("<str:token>/history/", history, name="history"),
    path("<str:token>/more/", more, name="more"),
    path("<str:token>/leave/", leave, name="leave"),
    path("<str:token>/details/", details, name="details"),
    path("<str:token>/language/", language, name="language"),
    path("<str:token>/answer/<slug:kind>/", answer, name="answer"),
    path("<str:token>/noted/<slug:key>/", noted, name="noted"),
    path("<str:token>/pay/<str:currency>-<int:entity_id>/", pay, name="pay"),
    path("<str:token>/pay/<str:currency>-<int:entity_id>/<slug:kind>/", by_hand, name="way"),
    path("<str:token>/paid/<slug:key>/", returned, name="paid"),
    path("<str:token>/stopped/<slug:key>/", stopped, name="stopped"),
    path("<str:token>/autopay/", autopay, name="autopay"),
    path("<str:token>/plan/", plan, name="plan"),
    path("<str:token>/plan/<int:plan_id>.pdf", plan_paper, name="plan-paper"),
    path("<str:token>/later/", later, name="later"),
]
for one in urlpatterns:
    one.callback = kept(one.callback)
