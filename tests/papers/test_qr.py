# SPDX-License-Identifier: AGPL-3.0-or-later
"""QR codes that pay: read back by two readers, within the limits of each standard, and never to a wrong account."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree

import pytest
import typst
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from purring.core import references
from purring.core.errors import Refused
from purring.papers.facts import InvoiceFacts
from purring.papers.payment_reference import payment_reference
from purring.papers.qr import KINDS, Qr, make_qr, qr_for
from purring.papers.qr.payloads import emv_holds
from purring.papers.qr.slip import LANGUAGES, headings, slip_svg
from purring.papers.qr.swiss import swiss_bill
from purring.papers.qr.symbol import symbol
from tests.papers.sample import invoice, line
from tests.support.zbar import read_by_zbar

QR_IBAN, SWISS_IBAN = "CH44 3199 9123 0008 8901 2", "CH58 0079 1123 0008 8901 2"


def paid_to(scheme: str, number: str, currency: str, /, **places: Any) -> InvoiceFacts:
    return invoice(seller__accounts=[{"scheme": scheme, "number": number}], currency=currency, charges=[], **places)


SWISS = {
    "seller__country": "CH",
    "seller__address": {"lines": ["Seestrasse 4"], "postcode": "8002", "city": "Zürich"},
    "buyer__country": "CH",
    "buyer__address": {"lines": ["Rue du Lac 1"], "postcode": "1003", "city": "Lausanne"},
}


def sample(kind: str, /, **places: Any) -> InvoiceFacts:
    match kind:
        case "epc":
            return invoice(**places)
        case "swiss":
            return paid_to("iban", QR_IBAN, "CHF", **SWISS | places)
        case "upi":
            return paid_to("upi", "shop@okbank", "INR", **places)
        case "pix":
            return paid_to("pix", "123.456.789-09", "BRL", **places)
        case "spayd":
            return paid_to("iban", "CZ65 0800 0000 1920 0014 5399", "CZK", **places)
        case _:
            return invoice(seller__accounts=[], **places)


def read(picture: bytes) -> list[bytes]:
    """What zxing-cpp reads."""
    image = Image.open(io.BytesIO(picture))
    return [
        found.bytes
        for found in zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    ]


def scans(code: Qr) -> bool:
    payload, picture = code.payload.encode(), code.png(4)
    # zbar cannot read over the cross.
    if code.kind != "swiss" and read_by_zbar(Image.open(io.BytesIO(picture))) != [payload]:
        return False
    return read(picture) == [payload]


def photographed(svg: str, width_mm: float) -> bytes:
    """The drawing on paper of its own width, at 150 dpi."""
    source = f"#set page(width: {width_mm}mm, height: auto, margin: 0mm)\n#image(bytes({json.dumps(svg)}), width: 100%)"
    picture = typst.compile(source.encode(), format="png", ppi=150)
    assert isinstance(picture, bytes)
    return picture


# --- scanned ------------------------------------------------------------------------------------------------

# The first is one that zbar takes for Chinese when the code does not say that it is UTF-8.
NAMES = ["Café Zürich & Söhne", "Økonomi Ærlig Åse AS", "Łukasz Żółć", "Müller, Straße 5 <b>", "Ana d'Àvila; Ñandú"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", NAMES)
def test_two_readers_read_it_back(kind: str, name: str) -> None:
    assert scans(make_qr(kind, sample(kind, seller__name=name, buyer__name=name)))


@pytest.mark.parametrize("kind", ["epc", "upi", "spayd", "link"])
@pytest.mark.parametrize("name", ["Бухта ООО", "日本商店", "مخبز السلام", "बेकरी", "Bäckerei 🥐"])
def test_other_scripts_scan_too(kind: str, name: str) -> None:
    code = make_qr(kind, sample(kind, seller__name=name))
    assert scans(code)
    if kind != "link":
        assert name in unquote(code.payload)


@pytest.mark.parametrize("kind", KINDS)
def test_the_drawing_scans_from_paper(kind: str) -> None:
    code = make_qr(kind, sample(kind))
    drawn = code.svg("Pay <here> & now")
    assert ElementTree.fromstring(drawn).get("aria-label") == "Pay <here> & now"
    assert read(photographed(drawn, 46)) == [code.payload.encode()]


@given(text=st.text(min_size=1, max_size=120).filter(lambda text: "\x00" not in text))
@settings(max_examples=40)
def test_any_text_scans(text: str) -> None:
    try:
        payload = text.encode().decode()
    except UnicodeEncodeError:
        return
    code = Qr("link", payload, symbol(payload))
    assert read(code.png(4)) == [payload.encode()]


def test_pictures() -> None:
    code = make_qr("link", sample("link"))
    side = code.symbol.size
    assert Image.open(io.BytesIO(code.png(3))).size == ((side + 8) * 3, (side + 8) * 3)
    assert Image.open(io.BytesIO(code.png(1, quiet=0))).size == (side, side)
    with pytest.raises(Refused, match="41 pixels per module"):
        code.png(41)
    with pytest.raises(Refused) as refused:
        symbol("x" * 2400)
    assert refused.value.code == "too_long"


# --- choice -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_the_code_that_fits(kind: str) -> None:
    code = qr_for(sample(kind))
    assert code is not None
    assert code.kind == kind


@pytest.mark.parametrize(
    ("scheme", "number", "currency", "kind"),
    [
        ("iban", QR_IBAN, "EUR", "swiss"),
        ("iban", SWISS_IBAN, "CHF", "swiss"),
        ("iban", "LI21 0881 0000 2324 013A A", "CHF", "swiss"),
        ("iban", "CZ65 0800 0000 1920 0014 5399", "EUR", "epc"),
        ("iban", "NO93 8601 1117 947", "NOK", "link"),
        ("iban", "SA03 8000 0000 6080 1016 7519", "EUR", "link"),
        ("iban", "DE89370400440532013001", "EUR", "link"),
        ("upi", "not an address", "INR", "link"),
        ("pix", "111.111.111-12", "BRL", "link"),
        ("no", "86011117947", "NOK", "link"),
        ("za", "62012345678", "ZAR", "link"),
    ],
)
def test_what_fits_an_account(scheme: str, number: str, currency: str, kind: str) -> None:
    code = qr_for(paid_to(scheme, number, currency, **SWISS))
    assert code is not None
    assert code.kind == kind
    without_link = qr_for(paid_to(scheme, number, currency, payment_link=None, **SWISS))
    assert (without_link.kind if without_link else "link") == kind


def test_nothing_to_pay_is_no_code() -> None:
    assert qr_for(invoice(paid="1309.00", payment_link=None)) is None
    assert qr_for(invoice(kind="credit_note", payment_link=None)) is None


@pytest.mark.parametrize(
    ("kind", "facts", "code", "path"),
    [
        ("epc", sample("epc", currency="NOK"), "wrong_currency", None),
        ("epc", sample("epc", paid="1309.00"), "nothing_to_pay", None),
        ("epc", sample("epc", lines=[line(unit_price="999999999.99")]), "too_large", None),
        ("epc", sample("upi"), "no_account", "seller.accounts"),
        ("epc", paid_to("iban", "DE89370400440532013001", "EUR"), "bad_account", "seller.accounts[0].number"),
        ("swiss", sample("epc", currency="CHF"), "no_account", "seller.accounts"),
        ("swiss", sample("swiss", seller__address=None), "missing", "seller.address"),
        ("swiss", sample("swiss", seller__name="日本商店"), "missing", "seller.name"),
        ("swiss", sample("swiss", reference="RF18539007547034"), "bad_reference", "reference"),
        ("upi", paid_to("upi", "shop", "INR"), "bad_account", "seller.accounts[0].number"),
        ("pix", paid_to("pix", "12345678908", "BRL"), "bad_account", "seller.accounts[0].number"),
        ("pix", sample("pix", seller__address=None), "missing", "seller.accounts.city"),
        ("pix", sample("pix", seller__name="日本商店"), "missing", "seller.name"),
        ("spayd", sample("epc", currency="CZK"), "no_account", "seller.accounts"),
        ("link", sample("epc", payment_link=None), "missing", "payment_link"),
        ("poem", sample("epc"), "unknown_kind", None),
    ],
)
def test_refused(kind: str, facts: InvoiceFacts, code: str, path: str | None) -> None:
    with pytest.raises(Refused) as refused:
        make_qr(kind, facts)
    assert (refused.value.code, refused.value.params.get("path")) == (code, path)


# --- payloads -----------------------------------------------------------------------------------------------


def test_epc() -> None:
    assert make_qr("epc", sample("epc", paid="9.00")).payload.split("\n") == [
        *("BCD", "002", "1", "SCT", "COBADEFFXXX", "Tischlerei Brandt GmbH", "DE89370400440532013000"),
        *("EUR1300.00", "", "RF5120260417"),
    ]


@pytest.mark.parametrize(
    ("iban", "reference", "structured", "text"),
    [
        ("DE89370400440532013000", "RF18 5390 0754 7034", "RF18539007547034", ""),
        ("DE89370400440532013000", "Kunde 77", "", "Kunde 77"),
        ("BE71096123456769", None, "", "+++002/0260/41727+++"),
        ("FI2112345600000785", "7 75847 47906 47489", "RF847758474790647489", ""),
    ],
)
def test_epc_reference(iban: str, reference: str | None, structured: str, text: str) -> None:
    lines = make_qr("epc", paid_to("iban", iban, "EUR", reference=reference)).payload.split("\n")
    assert [*lines, ""][9:11] == [structured, text]


@given(
    name=st.text(alphabet="äßé🥐日a ", min_size=1, max_size=300).filter(str.strip),
    reference=st.text("ä日x", max_size=140),
)
@settings(max_examples=60)
def test_epc_stays_within_331_bytes(name: str, reference: str) -> None:
    code = make_qr("epc", invoice(seller__name=name, reference=reference or None))
    lines = code.payload.split("\n")
    assert len(code.payload.encode()) <= 331
    assert 0 < len(lines[5]) <= 70
    assert name.strip().startswith(lines[5][:10].strip()[:1])
    assert code.symbol.size <= 17 + 4 * 13
    assert read(code.png(4)) == [code.payload.encode()]


def test_swiss_payload() -> None:
    assert make_qr("swiss", sample("swiss", reference="21 00000 00003 13947 14300 09017")).payload.split("\n") == [
        *("SPC", "0200", "1", "CH4431999123000889012"),
        *("S", "Tischlerei Brandt GmbH", "Seestrasse 4", "", "8002", "Zürich", "CH"),
        *[""] * 7,
        *("1309.00", "CHF"),
        *("S", "Café Zürich & Söhne", "Rue du Lac 1", "", "1003", "Lausanne", "CH"),
        *("QRR", "210000000003139471430009017", "2026-0417", "EPD"),
    ]


def test_swiss_references() -> None:
    def kind(iban: str, /, **places: Any) -> tuple[str, str]:
        bill = swiss_bill(paid_to("iban", iban, "CHF", **SWISS | places))
        return bill.reference_type, bill.reference

    assert kind(SWISS_IBAN) == ("SCOR", references.make("rf", "2026-0417"))
    assert kind(SWISS_IBAN, reference="Kunde 7") == ("NON", "")
    assert kind(QR_IBAN) == ("QRR", references.make("qrr", "2026-0417"))
    with pytest.raises(Refused, match="needs a QR reference"):
        kind(QR_IBAN, number="RE-7")


@given(name=st.text(min_size=1, max_size=200).filter(lambda name: name.strip().isprintable() and bool(name.strip())))
@settings(max_examples=60)
def test_a_swiss_bill_takes_its_letters_only(name: str) -> None:
    bill = swiss_bill(sample("swiss", buyer__name="".join(sign for sign in name if sign.isprintable())))
    if bill.debtor:
        assert len(bill.debtor.name) <= 70
        assert all(" " <= sign <= "~" or "¡" <= sign <= "ſ" or sign in "ȘșȚț€" for sign in bill.debtor.name)


def test_a_buyer_without_full_address_is_written_in_by_hand() -> None:
    bill = swiss_bill(sample("swiss", buyer__address=None))
    assert bill.debtor is None
    assert bill.payload.split("\n")[20:27] == [""] * 7
    assert headings("de")["payable_by_blank"] in slip_svg(bill, "de")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_payment_part_scans_and_says_everything(language: str) -> None:
    bill = swiss_bill(sample("swiss", lines=[line(unit_price="1000000.00", tax_rate="0")]))
    drawn = slip_svg(bill, language)
    assert read(photographed(drawn, 210)) == [bill.payload.encode()]
    texts = [node.text for node in ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]
    for said in (bill.iban_printed, "1 000 000.00", "CHF", bill.reference_printed, "Rue du Lac 1", "1003 Lausanne"):
        assert texts.count(said) == 2, said  # on the receipt and on the payment part
    assert texts.count("2026-0417") == 1
    words = headings(language)
    assert {words[name] for name in words if name != "payable_by_blank"} <= set(texts)


def test_long_names_stay_on_their_part() -> None:
    bill = swiss_bill(
        sample(
            "swiss",
            seller__name="Genossenschaft für außerordentlich langlebige Möbel aus Eiche und Nuss",
            buyer__name="Société coopérative des viticulteurs indépendants de la région lémaniq",
            buyer__address={
                "lines": ["Avenue-de-la-Gare-du-Grand-Saint-Bernard " * 2],
                "postcode": "1920",
                "city": "M" * 35,
            },
        )
    )
    for node in ElementTree.fromstring(slip_svg(bill, "fr")).iter("{http://www.w3.org/2000/svg}text"):
        x, y, size = (float(node.attrib[name]) for name in ("x", "y", "font-size"))
        right = 57 if x < 60 else 205
        assert y <= 95
        if "text-anchor" not in node.attrib:
            assert x + len(node.text or "") * size * 0.42 <= right + 1, node.text  # narrow letters are rare


def test_upi() -> None:
    address = urlsplit(make_qr("upi", sample("upi", seller__name="Café Mürr", number="7/A")).payload)
    assert (address.scheme, address.netloc) == ("upi", "pay")
    assert parse_qs(address.query, strict_parsing=True) == {
        "pa": ["shop@okbank"],
        "pn": ["Café Mürr"],
        "am": ["1309.00"],
        "cu": ["INR"],
        "tn": ["7/A"],
        "tr": ["7A"],
    }


def fields(payload: str) -> dict[str, str]:
    found = {}
    while payload:
        size = int(payload[2:4])
        found[payload[:2]], payload = payload[4 : 4 + size], payload[4 + size :]
    return found


def test_pix() -> None:
    payload = make_qr(
        "pix", sample("pix", seller__name="Padaria São João da Boa Esperança", number="2026-0417")
    ).payload
    assert emv_holds(payload)
    found = fields(payload)
    assert fields(found["26"]) == {"00": "br.gov.bcb.pix", "01": "12345678909"}
    assert (found["59"], found["60"], found["54"]) == ("Padaria Sao Joao da Boa", "Hamburg", "1309.00")
    assert fields(found["62"]) == {"05": "20260417"}


@pytest.mark.parametrize(
    ("key", "kept"),
    [
        ("Contato@Padaria.example", "contato@padaria.example"),
        ("+55 (11) 99999-9999", "+5511999999999"),
        ("11.222.333/0001-81", "11222333000181"),
        ("123E4567-E12B-12D1-A456-426655440000", "123e4567-e12b-12d1-a456-426655440000"),
    ],
)
def test_pix_keys(key: str, kept: str) -> None:
    payload = make_qr("pix", paid_to("pix", key, "BRL")).payload
    assert fields(fields(payload)["26"])["01"] == kept


def test_every_pix_vector(test_data: Path) -> None:
    vectors = json.loads((test_data / "references/reference_vectors.json").read_text("utf-8"))
    pix = [one for one in vectors if one["scheme"] == "BR-PIX-CRC"]
    assert len(pix) == 2
    for vector in pix:
        assert emv_holds(vector["value"]) is vector["valid"]
    central_bank = (
        "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano de Tal"
        "6008BRASILIA62070503***63041D3D"
    )
    assert emv_holds(central_bank)
    assert not emv_holds(central_bank.replace("Fulano", "Beltra"))


def test_spayd() -> None:
    code = make_qr("spayd", sample("spayd", seller__name="Žluťoučký * kůň", number="2026-0417"))
    head, version, *rest = code.payload.split("*")
    assert (head, version) == ("SPD", "1.0")
    assert {key: unquote(value) for key, _, value in (one.partition(":") for one in rest)} == {
        "ACC": "CZ6508000000192000145399",
        "AM": "1309.00",
        "CC": "CZK",
        "DT": "20260518",
        "MSG": "2026-0417",
        "RN": "Žluťoučký * kůň",
        "X-VS": "20260417",
    }
    assert code.payload.isascii()


def test_a_czech_reference_that_is_no_variable_symbol() -> None:
    payload = unquote(make_qr("spayd", sample("spayd", reference="RF18 5390 0754 7034")).payload)
    assert "*MSG:RF18 5390 0754 7034 2026-0417*" in payload
    assert "X-VS" not in payload


# --- references ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scheme", "number", "kind"),
    [
        ("iban", "DE89370400440532013000", "rf"),
        ("iban", "BE71096123456769", "ogm"),
        ("iban", "FI2112345600000785", "viite"),
        ("iban", "NO9386011117947", "kid10"),
        ("iban", QR_IBAN, "qrr"),
        ("iban", SWISS_IBAN, "scor"),
        ("iban", "GB33BUKB20201555555555", "short"),
        ("no", "86011117947", "kid10"),
        ("bankgiro", "5050-1055", "bankgiro_ocr"),
        ("fik", "81234567", "fik"),
        ("za", "62012345678", "short"),
        ("iban", "CZ6508000000192000145399", ""),
        ("upi", "shop@okbank", ""),
    ],
)
def test_the_reference_follows_the_account(scheme: str, number: str, kind: str) -> None:
    reference = payment_reference(paid_to(scheme, number, "EUR"))
    assert reference.scheme == kind
    if kind:
        assert references.check(kind, reference.printed).reference == reference.bare
    else:
        assert reference.bare == "2026-0417"


def test_numbers_with_letters_and_given_references() -> None:
    assert payment_reference(paid_to("iban", "BE71096123456769", "EUR", number="RE-7")).scheme == "rf"
    assert payment_reference(paid_to("no", "86011117947", "NOK", number="RE-7")).bare == "RE-7"
    assert payment_reference(paid_to("no", "86011117947", "NOK", reference="1234 5674")).bare == "12345674"
    assert payment_reference(paid_to("no", "86011117947", "NOK", reference="hello")).scheme == ""
    assert payment_reference(invoice(seller__accounts=[])).bare == "2026-0417"
