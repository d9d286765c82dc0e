# SPDX-License-Identifier: AGPL-3.0-or-later
"""What turns of phrase say plainly in short answers of eleven countries (`plainly.txt`), where days and sums would mislead."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from purring.language.replies.reading import Reading, read_reply
from purring.language.when import find_days

SAID_ON = date(2026, 3, 4)
LINES = Path(__file__).with_name("plainly.txt").read_text("utf-8").splitlines()
CASES = [[part.strip() for part in line.split("|", 4)] for line in LINES if line and not line.startswith("#")]


def _read(language: str, text: str) -> Reading:
    tag = {"pt": "pt-PT"}.get(language, language)
    return read_reply(text.replace(" / ", "\n"), language=tag, said_on=SAID_ON)


@pytest.mark.parametrize(("language", "first", "day", "value", "text"), CASES)
def test_what_is_said_plainly_is_understood(language: str, first: str, day: str, value: str, text: str) -> None:
    found = _read(language, text)
    if first.startswith("not "):
        assert found.primary != first.removeprefix("not ")
        return
    assert found.primary in first.rstrip("!").split(",")
    assert found.open_question or not first.endswith("!")
    assert found.pay_on == (None if day == "-" else date.fromisoformat(day))
    if value != "-":
        assert found.pay_amount == Decimal(value)
    if first == "dispute":
        assert found.pay_amount is None


def test_a_payment_and_a_promise_in_one_answer_are_never_sure() -> None:
    found = _read("pt", "A CR-19 já está paga desde sábado. A CR-24 pago na terça.")
    assert {one.intent for one in found.intents} == {"promise_to_pay", "already_paid"}
    assert not found.sure


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("A primeira já foi paga no sábado, a segunda vou pagar na sexta-feira.", ["2026-02-28", "2026-03-06"]),
        ("A segunda vou pagar na sexta-feira.", ["2026-03-06"]),
        ("Pago a segunda na sexta-feira, prometo.", ["2026-03-06"]),
        ("Já paguei a primeira e a segunda transfiro no dia 20.", ["2026-03-20"]),
        ("A primeira está liquidada. A segunda transfiro amanhã.", ["2026-03-05"]),
        ("A quarta vou pagar na sexta, as outras três já foram.", ["2026-03-06"]),
        ("Pago na segunda.", ["2026-03-09"]),
        ("Pago até à segunda.", ["2026-03-09"]),
        ("Faço o pix até a segunda.", ["2026-03-09"]),
        ("Transfiro a segunda.", ["2026-03-09"]),
        ("Vou pagar a segunda-feira, dia 9.", ["2026-03-09"]),
        ("À segunda recebo e na terça pago.", ["2026-03-09", "2026-03-10"]),
    ],
)
def test_the_second_of_a_row_is_no_monday(text: str, days: list[str]) -> None:
    assert [str(day.on) for day in find_days(text, "pt-PT", SAID_ON)] == days


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "We gave up the plot in November."),
        ("de", "Wir sind im November ausgetreten."),
        ("fr", "Nous avons quitté la chorale en novembre."),
        ("es", "Dejé el coro en noviembre."),
        ("it", "Abbiamo lasciato l'orto a novembre."),
        ("pt-PT", "Saí do coro em novembro."),
        ("nl", "We zijn in november gestopt."),
        ("af", "Ons het in November opgehou."),
        ("sv", "Vi slutade i november."),
        ("da", "Jeg meldte mig ud i november."),
        ("nb", "Vi sluttet i november."),
    ],
)
def test_the_month_in_which_somebody_left_is_past(language: str, text: str) -> None:
    assert [day.direction for day in find_days(text, language, SAID_ON)] == ["past"]
