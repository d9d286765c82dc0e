# SPDX-License-Identifier: Apache-2.0
"""Writing UN/CEFACT Cross Industry Invoice: the XML of Factur-X, ZUGFeRD and XRechnung (CII).

By templates instead of a tree: the order of elements is fixed by the schema, and this is some thirty times faster.
"""

from __future__ import annotations

from datetime import date

from purring.papers.einvoice.draft import Draft, DraftLine, Party, Postal, Tax, draft
from purring.papers.einvoice.profiles import find_profile
from purring.papers.einvoice.xml_text import escape
from purring.papers.facts import InvoiceFacts

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<rsm:CrossIndustryInvoice'
    ' xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"'
    ' xmlns:qdt="urn:un:unece:uncefact:data:standard:QualifiedDataType:100"'
    ' xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"'
    ' xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">'
)


def write_cii(facts: InvoiceFacts, profile: str = "en16931") -> bytes:
    """The CII document of an invoice or credit note, UTF-8. Profiles: `basic`, `en16931`, `xrechnung`.

    Raises `Refused`: `unknown_profile`, `not_an_invoice`, `missing`, `too_many_decimals`. Whether the facts are enough
    for the profile is not judged here: `purring.papers.einvoice.validate` does.
    """
    made = draft(facts, find_profile("cii", profile))
    return f"{_HEAD}{_context(made)}{_document(made)}{_trade(made)}</rsm:CrossIndustryInvoice>\n".encode()


def _context(made: Draft) -> str:
    process = _id("BusinessProcessSpecifiedDocumentContextParameter", made.profile.process)
    guideline = _id("GuidelineSpecifiedDocumentContextParameter", made.profile.specification)
    return f"<rsm:ExchangedDocumentContext>{process}{guideline}</rsm:ExchangedDocumentContext>"


def _document(made: Draft) -> str:
    facts = made.facts
    note = _group("IncludedNote", _text("Content", escape(facts.note)))
    return (
        f"<rsm:ExchangedDocument><ram:ID>{escape(facts.number)}</ram:ID>"
        f"<ram:TypeCode>{'381' if made.credit_note else '380'}</ram:TypeCode>"
        f"<ram:IssueDateTime>{_day(facts.issued)}</ram:IssueDateTime>{note}</rsm:ExchangedDocument>"
    )


def _trade(made: Draft) -> str:
    lines = "".join(_line(line) for line in made.lines)
    return (
        f"<rsm:SupplyChainTradeTransaction>{lines}{_agreement(made)}{_delivery(made)}{_settlement(made)}"
        "</rsm:SupplyChainTradeTransaction>"
    )


def _line(line: DraftLine) -> str:
    discount = ""
    if line.discount:
        discount = (
            "<ram:SpecifiedTradeAllowanceCharge>"
            "<ram:ChargeIndicator><udt:Indicator>false</udt:Indicator></ram:ChargeIndicator>"
            f"<ram:ActualAmount>{line.discount}</ram:ActualAmount>"
            "<ram:ReasonCode>95</ram:ReasonCode><ram:Reason>Discount</ram:Reason></ram:SpecifiedTradeAllowanceCharge>"
        )
    return (
        "<ram:IncludedSupplyChainTradeLineItem>"
        f"<ram:AssociatedDocumentLineDocument><ram:LineID>{line.id}</ram:LineID></ram:AssociatedDocumentLineDocument>"
        f"<ram:SpecifiedTradeProduct><ram:Name>{line.name}</ram:Name>"
        f"{_text('Description', line.description)}</ram:SpecifiedTradeProduct>"
        "<ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice>"
        f"<ram:ChargeAmount>{line.price}</ram:ChargeAmount>"
        "</ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>"
        "<ram:SpecifiedLineTradeDelivery>"
        f'<ram:BilledQuantity unitCode="{line.unit}">{line.quantity}</ram:BilledQuantity>'
        "</ram:SpecifiedLineTradeDelivery><ram:SpecifiedLineTradeSettlement>"
        f"<ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>{line.category}</ram:CategoryCode>"
        f"{_text('RateApplicablePercent', line.rate)}</ram:ApplicableTradeTax>{discount}"
        "<ram:SpecifiedTradeSettlementLineMonetarySummation>"
        f"<ram:LineTotalAmount>{line.net}</ram:LineTotalAmount>"
        "</ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement>"
        "</ram:IncludedSupplyChainTradeLineItem>"
    )


def _agreement(made: Draft) -> str:
    facts = made.facts
    order = _group("BuyerOrderReferencedDocument", _text("IssuerAssignedID", escape(facts.order)))
    link = ""
    if facts.payment_link and made.profile.holds_contacts:
        link = (
            "<ram:AdditionalReferencedDocument><ram:IssuerAssignedID>payment-link</ram:IssuerAssignedID>"
            f"<ram:URIID>{escape(facts.payment_link)}</ram:URIID><ram:TypeCode>916</ram:TypeCode>"
            "<ram:Name>Where to pay online</ram:Name></ram:AdditionalReferencedDocument>"
        )
    return (
        f"<ram:ApplicableHeaderTradeAgreement>{_text('BuyerReference', escape(facts.buyer.reference))}"
        f"{_party('SellerTradeParty', made.seller, made)}{_party('BuyerTradeParty', made.buyer, made)}{order}{link}"
        "</ram:ApplicableHeaderTradeAgreement>"
    )


def _party(tag: str, party: Party, made: Draft) -> str:
    contact = ""
    if made.profile.holds_contacts:
        contact = _group(
            "DefinedTradeContact",
            _text("PersonName", party.contact)
            + _group("TelephoneUniversalCommunication", _text("CompleteNumber", party.phone))
            + _group("EmailURIUniversalCommunication", _text("URIID", party.email)),
        )
    endpoint = ""
    if party.endpoint:
        scheme, address = party.endpoint
        endpoint = (
            f'<ram:URIUniversalCommunication><ram:URIID schemeID="{scheme}">{address}</ram:URIID>'
            "</ram:URIUniversalCommunication>"
        )
    return (
        f"<ram:{tag}><ram:Name>{party.name}</ram:Name>"
        f"{_id('SpecifiedLegalOrganization', party.registration)}{contact}{_postal(party.postal)}{endpoint}"
        f"{_registration('FC', party.tax_id)}{_registration('VA', party.vat_id)}</ram:{tag}>"
    )


def _registration(scheme: str, number: str) -> str:
    if not number:
        return ""
    return f'<ram:SpecifiedTaxRegistration><ram:ID schemeID="{scheme}">{number}</ram:ID></ram:SpecifiedTaxRegistration>'


def _postal(postal: Postal) -> str:
    return (
        f"<ram:PostalTradeAddress>{_text('PostcodeCode', postal.postcode)}{_text('LineOne', postal.first)}"
        f"{_text('LineTwo', postal.second)}{_text('LineThree', postal.third)}{_text('CityName', postal.city)}"
        f"<ram:CountryID>{postal.country}</ram:CountryID></ram:PostalTradeAddress>"
    )


def _delivery(made: Draft) -> str:
    facts = made.facts
    place = f"<ram:ShipToTradeParty>{_postal(made.deliver_to)}</ram:ShipToTradeParty>" if made.deliver_to else ""
    day = ""
    if facts.delivered:
        day = (
            f"<ram:ActualDeliverySupplyChainEvent><ram:OccurrenceDateTime>{_day(facts.delivered)}"
            "</ram:OccurrenceDateTime></ram:ActualDeliverySupplyChainEvent>"
        )
    return f"<ram:ApplicableHeaderTradeDelivery>{place}{day}</ram:ApplicableHeaderTradeDelivery>"


def _settlement(made: Draft) -> str:
    facts = made.facts
    terms = (
        f"<ram:SpecifiedTradePaymentTerms>{_text('Description', made.payment_terms)}"
        f"<ram:DueDateDateTime>{_day(facts.due)}</ram:DueDateDateTime>"
        "</ram:SpecifiedTradePaymentTerms>"
    )
    sums = (
        "<ram:SpecifiedTradeSettlementHeaderMonetarySummation>"
        f"<ram:LineTotalAmount>{made.net}</ram:LineTotalAmount>"
        f"<ram:TaxBasisTotalAmount>{made.net}</ram:TaxBasisTotalAmount>"
        f'<ram:TaxTotalAmount currencyID="{made.currency}">{made.tax}</ram:TaxTotalAmount>'
        f"<ram:GrandTotalAmount>{made.gross}</ram:GrandTotalAmount>{_text('TotalPrepaidAmount', made.paid)}"
        f"<ram:DuePayableAmount>{made.payable}</ram:DuePayableAmount>"
        "</ram:SpecifiedTradeSettlementHeaderMonetarySummation>"
    )
    corrected = _group("InvoiceReferencedDocument", _text("IssuerAssignedID", escape(facts.corrects)))
    return (
        f"<ram:ApplicableHeaderTradeSettlement>{_text('PaymentReference', made.reference)}"
        f"<ram:InvoiceCurrencyCode>{made.currency}</ram:InvoiceCurrencyCode>"
        f"{_means(made)}{''.join(_tax(tax) for tax in made.taxes)}{terms}{sums}{corrected}"
        "</ram:ApplicableHeaderTradeSettlement>"
    )


def _means(made: Draft) -> str:
    full = made.profile.holds_contacts
    return "".join(
        "<ram:SpecifiedTradeSettlementPaymentMeans>"
        f"<ram:TypeCode>{means.code}</ram:TypeCode>{_text('Information', means.text) if full else ''}"
        "<ram:PayeePartyCreditorFinancialAccount>"
        f"{_text('IBANID' if means.is_iban else 'ProprietaryID', means.account)}"
        "</ram:PayeePartyCreditorFinancialAccount>"
        f"{_group('PayeeSpecifiedCreditorFinancialInstitution', _text('BICID', means.bic)) if full else ''}"
        "</ram:SpecifiedTradeSettlementPaymentMeans>"
        for means in made.means
    )


def _tax(tax: Tax) -> str:
    return (
        f"<ram:ApplicableTradeTax><ram:CalculatedAmount>{tax.tax}</ram:CalculatedAmount><ram:TypeCode>VAT</ram:TypeCode>"
        f"{_text('ExemptionReason', tax.reason)}<ram:BasisAmount>{tax.basis}</ram:BasisAmount>"
        f"<ram:CategoryCode>{tax.category}</ram:CategoryCode>{_text('ExemptionReasonCode', tax.reason_code)}"
        f"{_text('RateApplicablePercent', tax.rate)}</ram:ApplicableTradeTax>"
    )


def _day(day: date) -> str:
    return f'<udt:DateTimeString format="102">{day.isoformat().replace("-", "")}</udt:DateTimeString>'


def _text(tag: str, text: str) -> str:
    return f"<ram:{tag}>{text}</ram:{tag}>" if text else ""


def _id(tag: str, text: str) -> str:
    return f"<ram:{tag}><ram:ID>{text}</ram:ID></ram:{tag}>" if text else ""


def _group(tag: str, content: str) -> str:
    """An element with content, or nothing: empty elements are not allowed."""
    return f"<ram:{tag}>{content}</ram:{tag}>" if content else ""
