# SPDX-License-Identifier: AGPL-3.0-or-later
"""Words in exports that change what a row means: paid, void, credit note, total. Look-ups only."""

from __future__ import annotations

from purring.doors.intake.fold import fold


def _folded(text: str) -> frozenset[str]:
    return frozenset(fold(word) for word in text.split("|")) - {""}


PAID = _folded("""
    paid|paid in full|fully paid|closed|settled|autopaid|auto-paid|deposited|betaal|ten volle betaal|vereffen|payé|
    payée|payee|réglé|réglée|acquittée|soldée|encaissée|pagado|pagada|cobrado|cobrada|saldada|betalt|oppgjort|
    innbetalt|bezahlt|beglichen|ausgeglichen|betaald|voldaan|pago|paga|liquidada|quitada|pagato|pagata|saldato|
    saldata|betald|slutbetald
""")
"""Payment states that say nothing is owed any more."""

NOT_OWED = _folded("""
    draft|void|voided|deleted|cancelled|canceled|written off|bad debt|declined|konsep|gekanselleer|nietig|afgeskryf|
    brouillon|annulé|annulée|abandonnée|irrécouvrable|borrador|anulado|anulada|cancelado|cancelada|incobrable|kladd|
    utkast|kansellert|annullert|makulert|slettet|kreditert|tapsført|avskrevet|entwurf|storniert|gelöscht|ausgebucht|
    concept|geannuleerd|vervallen|afgeschreven|rascunho|bozza|annullato|annullata|stornata|makulerad|krediterad|
    avskriven|kladde|annulleret|krediteret
""")
"""States in which an invoice asks for nothing: never sent, taken back, or given up."""

CREDIT_NOTES = _folded("""
    credit note|credit memo|creditnote|accreccredit|sales credit note|sales credit memo|credit|refund|kredietnota|avoir|note de crédit|facture d'avoir|
    remboursement|nota de crédito|abono|factura rectificativa|kreditnota|gutschrift|stornorechnung|creditnota|
    creditfactuur|nota di credito|kreditfaktura
""")
NOT_INVOICES = _folded("""
    payment|receipt|sales receipt|estimate|quote|bill|expense|journal entry|deposit|statement|purchase order|
    bill payment|betaling|kwitansie|kwotasie|paiement|devis|reçu|pago|presupuesto|recibo|tilbud|kvittering|zahlung|
    angebot|offerte|pagamento|orçamento|preventivo|offert|innbetaling
""")
"""Kinds of rows in transaction lists that are no invoices."""

YES = _folded("yes|y|true|ja|oui|sí|sim|x|vrai|verdadero|wahr|waar|sann")
NO = _folded("no|n|false|nee|nei|non|nej|nein|não|faux|falso|falsch|onwaar|usann")

_TOTALS = _folded("""
    total|grand total|subtotal|totaal|groottotaal|subtotaal|total general|total général|sous-total|somme|suma|sum|
    summe|gesamt|gesamtsumme|zwischensumme|totale|totalt|i alt|til sammen|eindtotaal
""")
_TOTAL_FOR = ("total for ", "totaal vir ", "total pour ", "total para ", "sum for ", "summe für ", "totale per ")


def is_total(text: str) -> bool:
    """True for the first words of a totals row in a report: "TOTAL", "Total for Ana Sørensen", "Sum"."""
    start = text.strip().lower()
    return start[:1] in "tgsiez" and (start.startswith(_TOTAL_FOR) or fold(start) in _TOTALS)
