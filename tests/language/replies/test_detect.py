# SPDX-License-Identifier: AGPL-3.0-or-later
"""Telling languages apart, near kin too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purring.language.detect import LANGUAGES, detect

CORPUS = Path(__file__).resolve().parents[3] / "corpora/replies/train"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Could you send me a copy of the invoice, please?", "en"),
        ("Kan julle asseblief vir my 'n afskrif van die faktuur stuur?", "af"),
        ("Pourriez-vous m'envoyer une copie de la facture ?", "fr"),
        ("¿Me podría enviar una copia de la factura?", "es"),
        ("Kan dere sende meg en kopi av fakturaen?", "nb"),
        ("Können Sie mir bitte eine Kopie der Rechnung schicken?", "de"),
        ("Kunt u mij een kopie van de factuur sturen?", "nl"),
        ("Pode enviar-me uma cópia da fatura para o telemóvel?", "pt-PT"),
        ("Você pode me mandar o boleto de novo pelo celular?", "pt-BR"),
        ("Potrebbe inviarmi una copia della fattura?", "it"),
        ("Kan ni skicka mig en kopia av fakturan?", "sv"),
        ("Kan I sende mig en kopi af fakturaen igen?", "da"),
        ("Vi har betalt den fakturaen for lenge siden", "nb"),
        ("Vi har betalt den faktura for længe siden", "da"),
        ("Ek betaal Vrydag", "af"),
        ("Ik betaal vrijdag", "nl"),
    ],
)
def test_the_twelve(text: str, language: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize(
    "text", ["", "12 345,00", "👍", "a@b.example https://c.example", "Zaplatíme příští týden, děkujeme."]
)
def test_what_cannot_be_told_is_not_guessed(text: str) -> None:
    assert detect(text) is None


def test_replies_of_every_language_are_recognised() -> None:
    items = [json.loads(line) for path in CORPUS.glob("*.jsonl") for line in path.read_text("utf-8").splitlines()]
    wrong = [item["id"] for item in items if detect(item["reply"]) != item["language"]]
    assert len(wrong) / len(items) <= 0.02, wrong


@given(st.text(max_size=300))
def test_any_text_has_one_of_them_or_none(text: str) -> None:
    assert detect(text) in (*LANGUAGES, None)
