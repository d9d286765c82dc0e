# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is no fault of form: a closing in any words, a friend with a title, somebody else who is "lei" too, one's own name."""

from __future__ import annotations

import pytest

from purring.language.tone import check_tone

BODY = "the invoice of 3 May is still with me. Could you have a look?"


def codes(text: str, language: str = "en", **facts: str) -> set[str]:
    return {one.code for one in check_tone(text, language=language, facts=facts).findings}


@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        ("Until soon\nDave", True),
        ("Until soon,\n\nDave", True),
        ("Pip,\nDave", True),
        ("Have a lovely Easter!\nDave", True),
        ("/Dave", True),
        ("Dave", False),
        ("My number is 0123 456.\nDave", False),
    ],
)
def test_a_closing_is_known_by_where_it_stands(ending: str, kind: bool) -> None:
    said = codes(f"Hello Anna,\n\n{BODY}\n\n{ending}")
    assert ("missing_thanks_or_closing" not in said) is kind


@pytest.mark.parametrize(
    ("greeting", "contact", "known"),
    [
        ("Buongiorno Beppe,", "Giuseppe Rossi", True),
        ("Buongiorno, qui Franca della tipografia", "Giuseppe Rossi", True),
        ("Buongiorno Carlo,", "Giuseppe Rossi", False),
        ("Namaste Giuseppe,", "Giuseppe Rossi", True),
    ],
)
def test_short_forms_and_ones_own_name_are_no_wrong_names(greeting: str, contact: str, known: bool) -> None:
    said = codes(f"{greeting}\n\nla fattura è aperta.\n\nSaluti", "it", contact_name=contact, sender_name="Franca")
    assert ("wrong_name" not in said) is known


@pytest.mark.parametrize(
    ("text", "mixed"),
    [
        ("Ciao Anna, ti scrivo per la tua fattura. Ne ho parlato con Pia, e lei mi ha detto di sentire te.", False),
        ("Ciao Anna, ti scrivo per la tua fattura. La Sua risposta e il suo pagamento mancano.", True),
        ("Ciao dottoressa, hai tempo? Dimmi quando puoi, ti chiamo, e se vuoi ti mando la tua copia.", False),
        ("Gentile dottoressa, le scrivo per la fattura. Dimmi quando puoi.", True),
    ],
)
def test_one_form_of_address_is_told_from_two(text: str, mixed: bool) -> None:
    assert ("wrong_formality" in codes(text, "it")) is mixed
