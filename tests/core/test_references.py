# SPDX-License-Identifier: AGPL-3.0-or-later
"""Payment references: made, checked, printed, and found in what banks hand on."""

from __future__ import annotations

import json
import random
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from purring.core.errors import Refused
from purring.core.references import SCHEMES, check, find, make, national, near, printed, short

DIGITS_ONLY = ("kid10", "kid11", "qrr", "ogm", "viite", "bankgiro_ocr", "fik")
LETTERS_TOO = ("rf", "scor", "short")
MOST = {"ogm": 10, "viite": 19, "fik": 14, "qrr": 26, "kid10": 24, "kid11": 24, "bankgiro_ocr": 24}

numbers = st.integers(min_value=100, max_value=10**10 - 1).map(str)
invoice_numbers = st.from_regex(r"[A-Z0-9]{1,6}[-/ ]?[0-9]{1,6}", fullmatch=True)


def values_of(scheme: str) -> st.SearchStrategy[str]:
    return numbers if scheme in DIGITS_ONLY else invoice_numbers


# --- vectors ------------------------------------------------------------------------------------------------

SCHEME_OF_VECTOR = {
    "ISO11649": "rf",
    "FI-RF": "rf",
    "NO-KID-MOD10": "kid10",
    "NO-KID-MOD11": "kid11",
    "FI-viitenumero": "viite",
    "SE-OCR-checksum-only": "bankgiro_ocr",
    "BE-OGM": "ogm",
}


def vectors(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder / "references/reference_vectors.json").read_text("utf-8"))
    assert len(found) > 100
    return found


def test_every_vector_holds(test_data: Path) -> None:
    seen = set()
    for vector in vectors(test_data):
        kind, value = vector["scheme"], vector["value"]
        if scheme := SCHEME_OF_VECTOR.get(kind):
            assert check(scheme, value).valid is vector["valid"], vector
            if payload := vector.get("payload"):
                assert make(scheme, payload) == value, vector
        elif kind in ("SE-OCR-length-digit", "SE-OCR-variable-length"):
            assert national.check_bankgiro_ocr(value, length_digit=True).valid is vector["valid"], vector
            assert national.make_bankgiro_ocr(value[:-2], length_digit=True) == value, vector
        elif kind == "SE-OCR-find-in-text":
            found = {one.reference for one in find(value, ["bankgiro_ocr"], parts=True)}
            assert vector["must_include"] in found, vector
        else:  # accounts and Pix are no references; tests/papers has them
            assert kind in ("IBAN", "BR-PIX-CRC"), kind
            continue
        seen.add(kind)
    assert len(seen) == 10


@pytest.mark.parametrize(
    ("scheme", "value", "reference", "as_printed"),
    [
        ("rf", "539007547034", "RF18539007547034", "RF18 5390 0754 7034"),
        ("kid10", "1234567", "12345674", "12345674"),
        ("kid11", "1234567", "12345674", "12345674"),
        ("fik", "00000001234567", "000000012345674", "000000012345674"),
        ("viite", "123456", "1234561", "12 34561"),
        ("ogm", "0108068171", "010806817183", "+++010/8068/17183+++"),
        ("qrr", "21000000000313947143000901", "210000000003139471430009017", "21 00000 00003 13947 14300 09017"),
    ],
)
def test_published_examples(scheme: str, value: str, reference: str, as_printed: str) -> None:
    assert make(scheme, value) == reference
    assert printed(scheme, reference) == as_printed
    assert check(scheme, as_printed).reference == reference


def test_length_digit() -> None:
    assert national.make_bankgiro_ocr("123456", length_digit=True) == "12345682"
    assert national.check_bankgiro_ocr("1234566", length_digit=True).code == "length"
    assert check("bankgiro_ocr", "1234566").valid


def test_danish_line() -> None:
    number = make("fik", "1234567")
    line = national.fik_line(number, "1234 5678")
    assert line == "+71<000000012345674+12345678<"
    assert check("fik", line).reference == number
    assert national.fik_line(national.make_fik("1", card="75"), "12345678").startswith("+75<0000000000000018+")
    assert check("fik", "+73<+12345678<").code == "form"


# --- make, check, typing errors -----------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", SCHEMES)
@given(data=st.data())
def test_what_is_made_holds_bare_and_printed(scheme: str, data: st.DataObject) -> None:
    reference = make(scheme, data.draw(values_of(scheme)))
    for typed in (reference, printed(scheme, reference), f" {reference.lower()}\n"):
        outcome = check(scheme, typed)
        assert (outcome.valid, outcome.reference) == (True, reference)


@pytest.mark.parametrize("scheme", SCHEMES)
@given(data=st.data())
def test_one_wrong_digit_is_noticed(scheme: str, data: st.DataObject) -> None:
    reference = make(scheme, data.draw(values_of(scheme)))
    at = data.draw(st.sampled_from([at for at, sign in enumerate(reference) if sign.isdigit()]))
    signs = short.SIGNS if scheme == "short" else "0123456789"
    wrong = data.draw(st.sampled_from([sign for sign in signs if sign != reference[at]]))
    assert not check(scheme, reference[:at] + wrong + reference[at + 1 :]).valid


def test_a_short_reference_notices_every_substitution_and_every_exchange(rng: random.Random) -> None:
    for length in range(1, 15):
        reference = make("short", "".join(rng.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", k=length)))
        for at, sign in enumerate(reference):
            others = [reference[:at] + other + reference[at + 1 :] for other in short.SIGNS if other != sign]
            assert not any(check("short", other).valid for other in others), reference
        for a, b in combinations(range(len(reference)), 2):
            signs = list(reference)
            signs[a], signs[b] = signs[b], signs[a]
            if (exchanged := "".join(signs)) != reference:
                assert not check("short", exchanged).valid, (reference, exchanged)


@given(a=invoice_numbers, b=invoice_numbers)
def test_two_numbers_never_share_a_short_reference(a: str, b: str) -> None:
    def bare(text: str) -> str:
        return text.translate(str.maketrans("", "", "-/ "))

    assert (make("short", a) == make("short", b)) is (bare(a) == bare(b))


def test_a_zero_in_front_counts_in_a_short_reference() -> None:
    assert len({make("short", "0" * count + "7") for count in range(8)}) == 8


@given(value=invoice_numbers, confused=st.sampled_from(["D0", "DO", "DQ", "L1", "LI", "8B", "5S", "2Z", "6G"]))
def test_signs_people_confuse_are_understood(value: str, confused: str) -> None:
    reference = make("short", value)
    assert check("short", reference.replace(confused[0], confused[1])).reference == reference


def test_short_signs_have_no_vowel_and_no_doubles() -> None:
    assert len(set(short.SIGNS)) == len(short.SIGNS) == 23
    assert not set(short.SIGNS) & set("AEIOU01")


@pytest.mark.parametrize(
    ("scheme", "value"),
    [(scheme, "INV-7") for scheme in DIGITS_ONLY]
    + [(scheme, "1" * (most + 1)) for scheme, most in MOST.items()]
    + [(scheme, "") for scheme in SCHEMES]
    + [(scheme, "Rechnung Ü7") for scheme in LETTERS_TOO]
    + [("rf", "A" * 22), ("short", "9" * 23), ("viite", "0012"), ("ogm", "0"), ("qrr", "000"), ("kid10", "١٢٣")],
)
def test_what_cannot_be_a_reference_is_refused(scheme: str, value: str) -> None:
    with pytest.raises(Refused) as refused:
        make(scheme, value)
    assert refused.value.code == "bad_reference"


@pytest.mark.parametrize("scheme", SCHEMES)
@given(text=st.text(max_size=60))
def test_any_text_gets_an_answer(scheme: str, text: str) -> None:
    outcome = check(scheme, text)
    assert outcome.valid is (outcome.code == "ok")
    assert outcome.why


@pytest.mark.parametrize(
    ("scheme", "value", "code"),
    [
        ("rf", "18539007547034", "form"),
        ("rf", "RF18", "length"),
        ("rf", "RF00539007547034", "check_digit"),
        ("kid10", "1", "length"),
        ("kid11", "4-0-1x", "characters"),
        ("qrr", "0" * 27, "form"),
        ("ogm", "+++090/9337/5549+++", "length"),
        ("short", "K7AE4M9", "characters"),
        ("short", "KK7P4M9", "form"),
    ],
)
def test_why_not(scheme: str, value: str, code: str) -> None:
    assert check(scheme, value).code == code


def test_unknown_scheme_and_endless_values() -> None:
    for act in (lambda: check("iban", "1"), lambda: make("iban", "1"), lambda: find("1", ["iban"])):
        with pytest.raises(Refused, match="no reference scheme"):
            act()
    with pytest.raises(Refused, match="too many"):
        check("rf", "RF" + "1" * 1000)
    with pytest.raises(Refused, match="too many"):
        find("1 " * 20_000, ["kid10"])


# --- find ---------------------------------------------------------------------------------------------------

BEFORE = ["", "Zahlung ", "SEPA CREDIT REF:", "/RFB/", "faktura nr. 12 av 17.03.2026 kr 1 250,50 ", "(", "Merci! "]
AFTER = ["", " danke", "/EREF", ", 1.250,50 EUR", " 2026-04-17", ")", "\nDE89370400440532013000"]


@pytest.mark.parametrize("scheme", SCHEMES)
@given(data=st.data(), before=st.sampled_from(BEFORE), after=st.sampled_from(AFTER))
def test_a_reference_is_found_in_noise(scheme: str, data: st.DataObject, before: str, after: str) -> None:
    reference = make(scheme, data.draw(values_of(scheme)))
    if len(reference) < 4:
        return
    typed = printed(scheme, reference) if data.draw(st.booleans()) else reference
    found = find(f"{before}{typed}{after}", [scheme])
    assert reference in [one.reference for one in found if one.valid]


@pytest.mark.parametrize("scheme", ["rf", "scor", "qrr", "ogm", "short", "viite"])
@given(data=st.data())
def test_a_line_break_inside_does_no_harm(scheme: str, data: st.DataObject) -> None:
    reference = make(scheme, data.draw(values_of(scheme)))
    at = data.draw(st.integers(min_value=2, max_value=len(reference) - 1))
    assume(not check(scheme, reference[:at]).valid and not check(scheme, reference[at:]).valid)
    text = f"Thank you\n{reference[:at]}\n{reference[at:]}\nbest wishes"
    assert reference in [one.reference for one in find(text, [scheme]) if one.valid]


def test_where_it_stands() -> None:
    text = "betaling KID 1234 5674 takk"
    (found,) = find(text, ["kid10"])
    assert (found.reference, text[found.start : found.end], found.whole) == ("12345674", "1234 5674", True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Thank you for the performance, REFUND follows, see RFC 2119",
        "Betaling 17.03.2026 av 1 250,50 kr til DE89 3704 0044 0532 0130 00",
        "NO9386011117947 / 2026-05-18 / 1.234,56",
        "Kitchen B2, 4YOU, K9 unit, M25 motorway, PAYMENT",
        "tel. +47 22 12 34 56",
    ],
)
def test_what_is_not_there_is_not_found(text: str) -> None:
    assert find(text, ["rf", "scor", "ogm", "qrr", "fik", "short"]) == ()


@given(text=st.text(alphabet="abcdefghijklmnopqrstuvwxyzäøé .,:;\n", max_size=200))
def test_words_are_no_references(text: str) -> None:
    assert [one for one in find(text, SCHEMES) if one.valid] == []


def test_dates_amounts_and_accounts_are_no_numbers_of_a_payer() -> None:
    text = "17.03.2026 2026-03-17 1 250,50 1.230,00 NO93 8601 1117 947"
    assert find(text, ["kid10", "kid11", "bankgiro_ocr", "viite"]) == ()


@pytest.mark.parametrize(
    ("scheme", "text", "meant"),
    [
        ("rf", "RF18 5390 0754 7043", "RF18539007547034"),
        ("ogm", "+++090/9337/55494+++", "090933755493"),
        ("qrr", "21 00000 00003 13947 14300 09018", "210000000003139471430009017"),
        ("fik", "+71<000000012345675+12345678<", "000000012345674"),
    ],
)
def test_a_typing_error_is_told_and_the_meant_one_is_near(scheme: str, text: str, meant: str) -> None:
    (found,) = find(f"pay {text} thanks", [scheme])
    assert not found.valid
    assert near(found.reference, ["RF471234", meant, "77"]) == (meant,)


def test_a_typing_error_in_a_short_reference() -> None:
    reference = make("short", "2026-0417")
    wrong = reference[:-1] + ("C" if reference[-1] != "C" else "D")
    (found,) = find(f"invoice {printed('short', wrong)} paid", ["short"])
    assert (found.valid, near(found.reference, [reference])) == (False, (reference,))


@given(reference=st.text(alphabet="0123456789", min_size=4, max_size=20), data=st.data())
def test_near_is_one_typing_error(reference: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(min_value=0, max_value=len(reference) - 2))
    lost = reference[:at] + reference[at + 1 :]
    added = reference[:at] + "7" + reference[at:]
    wrong = reference[:at] + "x" + reference[at + 1 :]
    exchanged = reference[:at] + reference[at + 1] + reference[at] + reference[at + 2 :]
    for typed in (reference, lost, added, wrong, exchanged):
        assert near(typed, [reference]) == (reference,), typed
    assert near(reference[:at] + "xy" + reference[at + 2 :], [reference]) == ()
    assert near(reference + "xy", [reference]) == ()


def test_pieces_are_marked_and_only_given_when_asked_for() -> None:
    assert [one.reference for one in find("REF 11230", ["bankgiro_ocr"])] == []
    pieces = find("REF 11230", ["bankgiro_ocr"], parts=True)
    assert ("1230", False) in [(one.reference, one.whole) for one in pieces]
