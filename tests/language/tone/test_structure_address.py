# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two forms of address in one message, also a short one of a greeting and two sentences."""

from __future__ import annotations

import pytest

from purring.language.tone import check_tone


def quotes(text: str, language: str) -> list[str | None]:
    report = check_tone(text, language=language, stage="friendly")
    return [one.quote for one in report.findings if one.code == "wrong_formality"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Bonjour Anne,\n\nAs-tu reçu la facture ? Pouvez-vous nous répondre ?"),
        ("fr", "Bonjour Anne,\n\nAs-tu vu ta facture ? Nous restons à votre disposition."),
        ("pt-BR", "Olá Ana,\n\nO senhor recebeu a fatura? Você pode nos avisar?"),
        ("pt-BR", "Olá Anna,\n\nVocê pode pagar? Agradecemos à senhora."),
        ("pt-PT", "Olá Ana,\n\nRecebeste a tua fatura? Pode dizer-nos quando a senhora paga?"),
        ("pt-PT", "Olá Ana,\n\nPodes pagar a fatura? Agradecemos a sua atenção."),
        ("de", "Hallo Anna,\n\ndeine Rechnung ist offen. Bitte melden Sie sich."),
        ("de", "Hallo Anna,\n\nkannst du die Rechnung zahlen? Sie erreichen uns unter 030 12."),
        ("sv", "Hej Anna,\n\nKan du betala? Vi tackar Er."),
        ("da", "Hej Anna\n\nKan du betale? Vi takker Dem."),
        ("nb", "Hei Anna\n\nKan du se etter om fakturaen kom fram? Kan De betale den i dag?"),
    ],
)
def test_two_forms_of_address_are_found_in_a_short_message(language: str, text: str) -> None:
    assert quotes(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Hallo Anna,\n\nkannst du die Rechnung zahlen?\n\nLiebe Grüße\nIhr Bernd"),
        ("de", "Hallo Anna, kannst du die Rechnung zahlen?\n\nHerzlich\nIhr Café-Team"),
        ("fr", "Salut Anne,\n\nAs-tu vu la facture ? Embrasse Paul, je pense à vous."),
        ("pt-BR", "Olá Ana,\n\nVocê viu a fatura? A senhora da portaria guardou a caixa."),
        ("pt-PT", "Olá Ana,\n\nViste a fatura? A Rita perdeu a sua chave."),
    ],
)
def test_a_farewell_and_what_is_said_of_others_are_no_second_form(language: str, text: str) -> None:
    assert not quotes(text, language)
