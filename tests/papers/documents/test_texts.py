# SPDX-License-Identifier: AGPL-3.0-or-later
"""Other people's texts: every script, no script, and what wants to be more than text."""

from __future__ import annotations

import re
import threading
import unicodedata
from typing import Any

import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from purring.core.errors import Refused
from purring.papers.documents import Brand, Printer
from purring.papers.documents.brand import FACES
from purring.papers.documents.glyphs import FALLBACKS, covered
from purring.papers.documents.house import LANGUAGES, happenings, labels, supported
from purring.papers.documents.printer import SYSTEM_FOLDERS, _undrawn
from tests.papers.documents.cast import Seen, flat, invoice, invoice_object, plain_printer
from tests.support.data import ROOT

FONTS = ROOT / "src" / "purring" / "papers" / "fonts"


def said(text: str, printer: Printer | None = None) -> Seen:
    """An invoice whose first line says this."""
    made = invoice_object("de")
    made["lines"][0]["description"] = text
    return Seen((printer or plain_printer()).pdf(invoice("de", lines=made["lines"])))


@pytest.mark.parametrize(
    "text",
    [
        '"] #read("/etc/passwd")',
        "#panic() $x^2$ *bold* _it_ @ref <label> // note",
        '\\" #sys.inputs \\u{41} `raw`',
        "= Heading - item + item / term: x",
        "https://example.org/a?b=c#d ~ -- --- ...",
    ],
)
def test_no_text_is_ever_read_as_code(text: str) -> None:
    assert text in said(text).text


@settings(max_examples=100)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40))
def test_any_text_is_printed_or_told_about(text: str) -> None:
    try:
        facts = invoice("de", note=f"ab {text} yz", number=f"N {text}"[:50])
    except Refused:
        return
    document = Printer(fonts=()).pdf(facts)
    named = "".join(finding.why for finding in document.findings)
    known = frozenset().union(*(covered(family) for family in ("Inter", *FALLBACKS)))
    for sign in set(facts.note) - known:
        assert f"U+{ord(sign):04X}" in named or unicodedata.category(sign) in ("Cf", "Zs", "Mn"), sign
    assert all(finding.field in ("note", "number", "reference") for finding in document.findings)
    assert len(set(document.findings)) == len(document.findings)


@pytest.mark.parametrize(
    "name",
    [
        "Ελληνικά Εξώφυλλα ΑΕ",
        "ООО «Ромашка»",
        "Công ty Thiết kế Bìa Sách",
        "Łódź Żółć Świętokrzyska",
        "Þórður Ægisson ehf.",
        "नमस्ते प्रकाशन",
        "บริษัท ไทยพิมพ์",
        "İstanbul Şirketi ğüöç",
    ],
)
@pytest.mark.parametrize("font", sorted(FACES))
def test_names_in_other_scripts(name: str, font: str) -> None:
    made = invoice_object("en")
    made["buyer"]["name"] = name
    document = Printer(Brand(font=font), fonts=()).pdf(invoice("en", **made))
    assert document.findings == ()


@pytest.mark.parametrize(("name", "family"), [("شركة النور للتجارة", "Arabic"), ("דוד כהן בע״מ", "Hebrew")])
def test_right_to_left_names_keep_their_order_and_the_amounts_theirs(name: str, family: str) -> None:
    made = invoice_object("fr")
    made["buyer"]["name"] = name
    made["lines"][0]["description"] = f"{name} (QX) 987"
    seen = Seen(plain_printer().pdf(invoice("fr", **made)))
    assert seen.document.findings == ()
    assert f"NotoSans{family}" in seen.document.pdf.decode("latin-1")
    assert "1 604,36 €" in seen.text
    assert seen.place("987")[2] < seen.place("QX")[0], "what comes later stands to the left"


def test_a_sign_without_a_glyph_is_a_finding_with_its_place() -> None:
    seen = said("Entwurf \U0001f389 für 設計")
    assert [(one.field, one.code) for one in seen.document.findings] == [("lines[0].description", "missing_glyph")] * 3
    told = " ".join(one.why for one in seen.document.findings)
    for part in ("U+1F389", "U+8A2D", "設", "U+8A08"):
        assert part in told
    assert "Entwurf für ??" in seen.text


def test_every_text_of_the_facts_may_hold_a_strange_sign() -> None:
    made = invoice_object("de", **dict.fromkeys(("number", "order", "status", "note", "reference"), "x \U000132a9"))
    made["seller"] |= dict.fromkeys(("name", "vat_id", "registration", "email", "phone"), "x \U000132a9")
    made["seller"]["address"] = {"lines": ["x \U000132a9"], "postcode": "\U000132a9", "city": "\U000132a9"}
    made["seller"]["accounts"] = [{"scheme": "za", "number": "1 \U000132a9", "bic": "\U000132a9"}]
    made["buyer"] |= dict.fromkeys(("name", "contact", "vat_id", "reference"), "x \U000132a9")
    made["charges"] = [{"kind": "fee", "amount": "1", "rule": "\U000132a9"}]
    document = plain_printer().pdf(invoice("de", **made))
    fields = {finding.field for finding in document.findings}
    assert {"number", "note", "seller.name", "seller.accounts.number", "buyer.contact", "charges[0].rule"} <= fields


def test_signs_that_are_not_seen_are_not_missed() -> None:
    seen = said("Kauf\u00advertrag A\ufe0f B\ufeff C\u2063")
    assert seen.document.findings == ()
    assert re.search("Kauf.?vertrag A.? B C", seen.text)


def test_a_sign_with_a_plain_form_is_printed_in_it() -> None:
    seen = said("Größe \ufb01n \uff21\uff14")
    assert "A4" in seen.text
    assert {one.code for one in seen.document.findings} == {"missing_glyph"}


def test_other_scripts_come_from_the_system_when_it_has_them() -> None:
    printer = Printer(fonts=SYSTEM_FOLDERS)
    document = printer.pdf(invoice("de", note="設計"))
    has = [path for folder in SYSTEM_FOLDERS if folder.is_dir() for path in folder.rglob("*CJK*")]
    if has:
        assert document.findings == ()
    assert printer.pdf(invoice("de", note="Plain")).pdf == Printer(fonts=()).pdf(invoice("de", note="Plain")).pdf


def test_an_endless_word_breaks_instead_of_leaving_the_page() -> None:
    seen = said("Donaudampf" * 40)
    page = seen.pdf[0].get_textpage()
    right = max(page.get_charbox(at)[2] for at in range(page.count_chars()))
    assert right <= seen.pdf[0].get_width() - 50


@pytest.mark.parametrize("path", sorted(FONTS.glob("*.ttf")), ids=lambda path: path.name)
def test_the_list_of_characters_is_true(path: Any) -> None:
    family = path.stem.partition("-")[0]
    assert covered(family) <= {chr(code) for code in TTFont(path, lazy=True).getBestCmap()}
    assert (FONTS / f"{family}.LICENSE.txt").is_file()


def test_the_fonts_stay_small() -> None:
    assert sum(path.stat().st_size for path in FONTS.iterdir()) < 3_000_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word_with_the_same_gaps(language: str) -> None:
    def gaps(text: str) -> list[str]:
        return sorted(re.findall(r"\{\w+\}", text))

    own, english = labels(language), labels("en")
    situations = {"one", "other", "courtesy", "due_today", "friendly", "follow_up", "firm", "final"}
    for key, text in english.items():
        if "@" in key and key.partition("@")[2] not in situations:
            continue
        assert key in own
        assert gaps(own[key]) == gaps(text) or key == "cat_O", key  # some need not name the tax
        assert set(own[key]) <= covered("Inter")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_what_happened(language: str) -> None:
    own, english = happenings(language), happenings("en")
    assert list(own) == list(english)
    assert all(set(text) <= covered("Inter") for text in own.values())
    if language != "en":
        same = {key for key in own if own[key] == english[key]}
        assert same <= {"sms", "email", "letter", "who.import", "no"}, same


def test_languages_by_their_other_names() -> None:
    assert [supported(tag) for tag in ("no", "pt", "de-AT", "en-ZA", "pt-BR")] == ["nb", "pt-PT", "de", "en", "pt-BR"]
    with pytest.raises(Refused, match="'xx' is not spoken"):
        supported("xx")


def test_threads_share_a_printer() -> None:
    printer = Printer(fonts=())
    facts = [invoice("de", number=f"2026-{at}") for at in range(24)]
    alone = [printer.pdf(one).pdf for one in facts]
    together: dict[int, bytes] = {}

    def work(start: int) -> None:
        for at in range(start, len(facts), 3):
            together[at] = printer.pdf(facts[at]).pdf

    threads = [threading.Thread(target=work, args=(start,)) for start in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[at] for at in range(len(facts))] == alone


def test_every_currency_can_be_written() -> None:
    from purring.core.money import _known_currencies

    for currency in sorted(_known_currencies()):
        made = invoice_object("en", currency=currency, paid="0")
        made["lines"] = [{"description": "One", "unit_price": "1"}]
        plain_printer().pdf(invoice("en", **made))


def test_a_page_count_cannot_be_written_into_a_text() -> None:
    seen = Seen(plain_printer().pdf(invoice("de", number="/Type/Pages/Count 99")))
    assert seen.document.pages == len(seen.pdf) == 1
    assert flat("/Type/Pages/Count 99") in seen.text


@pytest.mark.parametrize(
    ("message", "signs"),
    [
        ('PDF/A-3a error: the text `"디"` could not be displayed with font `"Inter"`', {"디"}),
        ('PDF/A-3a error: the text `"क\\u{301}"` could not be displayed with font `"Inter"`', {"क", "\u0301"}),
        ('PDF/A-3a error: the text `"a\\u{301}"` could not be displayed with font `"Inter"`', {"\u0301"}),
        ("PDF/A-3a error: something else", set()),
    ],
)
def test_what_the_typesetter_complains_about(message: str, signs: set[str]) -> None:
    assert _undrawn(message) == signs


@pytest.mark.parametrize("text", ["न\u0e34", "ש\u0e31", "க\u0301", "\u0e31\u0301x", "ا\u093f", "ж\u05b7\u0e34"])
def test_marks_on_letters_of_another_script(text: str) -> None:
    seen = said(f"ab {text} yz")
    assert seen.document.pages == 1
    assert "ab" in seen.text
    assert "yz" in seen.text
