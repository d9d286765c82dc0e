# SPDX-License-Identifier: Apache-2.0
"""Writing UBL 2.1 Invoice and CreditNote: Peppol BIS Billing 3, XRechnung (UBL), and plain EN 16931."""

from __future__ import annotations

import re

from purring.papers.einvoice.draft import Draft, DraftLine, Party, Postal, Tax, draft
from purring.papers.einvoice.means import Means
from purring.papers.einvoice.profiles import find_profile
from purring.papers.einvoice.terms import NAMESPACES, UBL_CREDIT_NOTE, UBL_INVOICE
from purring.papers.einvoice.xml_text import escape
from purring.papers.facts import InvoiceFacts

_SPACES = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES["ubl"].items())
_VAT = "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>"
_NOT_DEFINED = Means("1", "")
"""Payment means when no account is known, to carry the reference or a credit note's due date."""


def write_ubl(facts: InvoiceFacts, profile: str = "peppol") -> bytes:
    """The UBL document of an invoice or credit note, UTF-8. Profiles: `peppol`, `en16931`, `xrechnung`.

    Raises `Refused`: `unknown_profile`, `not_an_invoice`, `missing`, `too_many_decimals`. Whether the facts are enough
    for the profile is not judged here: `purring.papers.einvoice.validate` does.
    """
    made = draft(facts, find_profile("ubl", profile))
    root = "CreditNote" if made.credit_note else "Invoice"
    space = UBL_CREDIT_NOTE if made.credit_note else UBL_INVOICE
    body = (
        f"{_head(made)}{_references(made)}{_supplier(made)}{_customer(made)}{_delivery(made)}{_payment(made)}"
        f"{_taxes(made)}{_sums(made)}{''.join(_line(line, made) for line in made.lines)}"
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{space}"{_SPACES}>{body}</{root}>\n'.encode()


def _head(made: Draft) -> str:
    facts = made.facts
    due = "" if made.credit_note else _text("DueDate", facts.due.isoformat())
    kind = _text("CreditNoteTypeCode", "381") if made.credit_note else _text("InvoiceTypeCode", "380")
    return (
        f"{_text('CustomizationID', made.profile.specification)}{_text('ProfileID', made.profile.process)}"
        f"{_text('ID', escape(facts.number))}{_text('IssueDate', facts.issued.isoformat())}{due}{kind}"
        f"{_text('Note', escape(facts.note))}{_text('DocumentCurrencyCode', made.currency)}"
        f"{_text('BuyerReference', escape(facts.buyer.reference))}"
    )


def _references(made: Draft) -> str:
    facts = made.facts
    link = ""
    if facts.payment_link:
        link = (
            "<cac:AdditionalDocumentReference><cbc:ID>payment-link</cbc:ID>"
            "<cbc:DocumentDescription>Where to pay online</cbc:DocumentDescription><cac:Attachment>"
            f"<cac:ExternalReference>{_text('URI', escape(facts.payment_link))}</cac:ExternalReference>"
            "</cac:Attachment></cac:AdditionalDocumentReference>"
        )
    corrected = _group("InvoiceDocumentReference", _text("ID", escape(facts.corrects)))
    return f"{_group('OrderReference', _text('ID', escape(facts.order)))}{_group('BillingReference', corrected)}{link}"


def _supplier(made: Draft) -> str:
    return f"<cac:AccountingSupplierParty>{_party(made.seller)}</cac:AccountingSupplierParty>"


def _customer(made: Draft) -> str:
    return f"<cac:AccountingCustomerParty>{_party(made.buyer)}</cac:AccountingCustomerParty>"


def _party(party: Party) -> str:
    endpoint = ""
    if party.endpoint:
        scheme, address = party.endpoint
        endpoint = f'<cbc:EndpointID schemeID="{scheme}">{address}</cbc:EndpointID>'
    contact = _text("Name", party.contact) + _text("Telephone", party.phone) + _text("ElectronicMail", party.email)
    local = "<cac:TaxScheme><cbc:ID>TAX</cbc:ID></cac:TaxScheme>"
    return (
        f"<cac:Party>{endpoint}<cac:PostalAddress>{_postal(party.postal)}</cac:PostalAddress>"
        f"{_tax_scheme(party.vat_id, _VAT)}{_tax_scheme(party.tax_id, local)}"
        f"<cac:PartyLegalEntity>{_text('RegistrationName', party.name)}{_company(party)}</cac:PartyLegalEntity>"
        f"{_group('Contact', contact)}</cac:Party>"
    )


def _company(party: Party) -> str:
    if party.postal.country == "DK" and (cvr := re.fullmatch("(?:DK)?([0-9]{8})", party.registration)):
        return f'<cbc:CompanyID schemeID="0184">DK{cvr[1]}</cbc:CompanyID>'  # DK-R-014
    return _text("CompanyID", party.registration)


def _tax_scheme(number: str, scheme: str) -> str:
    return f"<cac:PartyTaxScheme>{_text('CompanyID', number)}{scheme}</cac:PartyTaxScheme>" if number else ""


def _postal(postal: Postal) -> str:
    return (
        f"{_text('StreetName', postal.first)}{_text('AdditionalStreetName', postal.second)}"
        f"{_text('CityName', postal.city)}{_text('PostalZone', postal.postcode)}"
        f"{_group('AddressLine', _text('Line', postal.third))}"
        f"<cac:Country>{_text('IdentificationCode', postal.country)}</cac:Country>"
    )


def _delivery(made: Draft) -> str:
    day = _text("ActualDeliveryDate", made.facts.delivered.isoformat()) if made.facts.delivered else ""
    place = ""
    if made.deliver_to:
        place = f"<cac:DeliveryLocation><cac:Address>{_postal(made.deliver_to)}</cac:Address></cac:DeliveryLocation>"
    return _group("Delivery", day + place)


def _payment(made: Draft) -> str:
    facts = made.facts
    means = made.means or ((_NOT_DEFINED,) if made.reference or made.credit_note else ())
    terms = _group("PaymentTerms", _text("Note", made.payment_terms))
    due = _text("PaymentDueDate", facts.due.isoformat()) if made.credit_note else ""  # once at most (UBL-SR-45)
    return "".join(_one_means(one, made, due if one is means[0] else "") for one in means) + terms


def _one_means(means: Means, made: Draft, due: str) -> str:
    reference, branch = made.reference, means.bic
    if means.text == "Bankgiro":
        branch = "SE:BANKGIRO"  # how Peppol BIS names it
    elif means.code == "93":
        reference = _fik_payment_id(reference)
    name = f' name="{means.text}"' if means.text else ""
    account = _text("ID", means.account) + _group("FinancialInstitutionBranch", _text("ID", branch))
    return (
        f"<cac:PaymentMeans><cbc:PaymentMeansCode{name}>{means.code}</cbc:PaymentMeansCode>{due}"
        f"{_text('PaymentID', reference)}{_group('PayeeFinancialAccount', account if means.account else '')}"
        "</cac:PaymentMeans>"
    )


def _fik_payment_id(reference: str) -> str:
    """`71#` and fifteen digits, as Danish rules write the reference of a FIK slip (DK-R-010)."""
    return f"71#{reference}" if re.fullmatch("[0-9]{15}", reference) else reference


def _taxes(made: Draft) -> str:
    groups = "".join(_one_tax(tax, made.currency) for tax in made.taxes)
    return f"<cac:TaxTotal>{_amount('TaxAmount', made.tax, made.currency)}{groups}</cac:TaxTotal>"


def _one_tax(tax: Tax, currency: str) -> str:
    return (
        f"<cac:TaxSubtotal>{_amount('TaxableAmount', tax.basis, currency)}{_amount('TaxAmount', tax.tax, currency)}"
        f"<cac:TaxCategory>{_text('ID', tax.category)}{_text('Percent', tax.rate)}"
        f"{_text('TaxExemptionReasonCode', tax.reason_code)}{_text('TaxExemptionReason', tax.reason)}{_VAT}"
        "</cac:TaxCategory></cac:TaxSubtotal>"
    )


def _sums(made: Draft) -> str:
    currency = made.currency
    paid = _amount("PrepaidAmount", made.paid, currency) if made.paid else ""
    return (
        f"<cac:LegalMonetaryTotal>{_amount('LineExtensionAmount', made.net, currency)}"
        f"{_amount('TaxExclusiveAmount', made.net, currency)}{_amount('TaxInclusiveAmount', made.gross, currency)}"
        f"{paid}{_amount('PayableAmount', made.payable, currency)}</cac:LegalMonetaryTotal>"
    )


def _line(line: DraftLine, made: Draft) -> str:
    kind, quantity = ("CreditNoteLine", "CreditedQuantity") if made.credit_note else ("InvoiceLine", "InvoicedQuantity")
    discount = ""
    if line.discount:
        discount = (
            "<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>"
            "<cbc:AllowanceChargeReasonCode>95</cbc:AllowanceChargeReasonCode>"
            "<cbc:AllowanceChargeReason>Discount</cbc:AllowanceChargeReason>"
            f"{_amount('Amount', line.discount, made.currency)}</cac:AllowanceCharge>"
        )
    return (
        f'<cac:{kind}>{_text("ID", line.id)}<cbc:{quantity} unitCode="{line.unit}">{line.quantity}</cbc:{quantity}>'
        f"{_amount('LineExtensionAmount', line.net, made.currency)}{discount}"
        f"<cac:Item>{_text('Description', line.description)}{_text('Name', line.name)}"
        f"<cac:ClassifiedTaxCategory>{_text('ID', line.category)}{_text('Percent', line.rate)}{_VAT}"
        f"</cac:ClassifiedTaxCategory></cac:Item>"
        f"<cac:Price>{_amount('PriceAmount', line.price, made.currency)}</cac:Price></cac:{kind}>"
    )


def _amount(tag: str, text: str, currency: str) -> str:
    return f'<cbc:{tag} currencyID="{currency}">{text}</cbc:{tag}>'


def _text(tag: str, text: str) -> str:
    return f"<cbc:{tag}>{text}</cbc:{tag}>" if text else ""


def _group(tag: str, content: str) -> str:
    """An element with content, or nothing: empty elements are not allowed."""
    return f"<cac:{tag}>{content}</cac:{tag}>" if content else ""
