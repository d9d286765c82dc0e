# SPDX-License-Identifier: AGPL-3.0-or-later
"""What customers answered on their page, as the desk sees it: on Today until a person has looked, in the timeline for good,
and their files to be saved only."""

from __future__ import annotations

from django.urls import reverse

from purring.facts.answers.actions import give_answer
from purring.facts.answers.models import Answer, AnswerFile
from purring.facts.payments.actions import record_payment
from purring.kit.uploads import Upload
from tests.doors.desk.cast import House


def text(house: House, name: str, *arguments: int) -> str:
    return house.client().get(reverse(f"desk:{name}", args=arguments)).content.decode().replace("\u00a0", " ")


def answered(house: House, kind: str, **said: object) -> Answer:
    customer = house.customer("Kaffebrenneriet AS")
    house.invoice(customer)
    answer, new = give_answer(customer, kind, key="a form", now=house.told["now"], on=house.today, **said)  # type: ignore[arg-type]
    assert new
    return answer


def test_a_dispute_with_words_and_a_file(house: House) -> None:
    photo = Upload('a "photo".jpg', "image/jpeg", b"\xff\xd8\xff")
    answer = answered(house, "dispute", words="<b>Two</b> chairs", amount=25_000, files=[photo])
    kept = AnswerFile.objects.of(house.organization).get()
    to = reverse("desk:answer-file", args=[kept.pk])
    for page in (text(house, "today"), text(house, "customer", answer.customer_id)):
        assert "omething is not right · 250,00 kr" in page
        assert "&lt;b&gt;Two&lt;/b&gt; chairs" in page
        assert to in page
    invoice = answer.invoices.get()
    assert to in text(house, "invoice", invoice.pk)
    response = house.client().get(to)
    assert response["Content-Disposition"].startswith("attachment; filename=")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response.content == b"\xff\xd8\xff"


def test_noted_by_a_person(house: House) -> None:
    answer = answered(house, "wrong_person", words="Ask Kari")
    assert "Ask Kari" in text(house, "today")
    house.client().post(reverse("desk:answer-seen", args=[answer.pk]))
    assert "Ask Kari" not in text(house, "today")
    assert "noted by a person" in text(house, "customer", answer.customer_id)


def test_money_that_came_needs_no_look(house: House) -> None:
    answer = answered(house, "paid", day=house.today, words="By card")
    assert "By card" in text(house, "today")
    invoice = answer.invoices.get()
    record_payment(answer.customer, 125_000, "NOK", on=house.today, invoice=invoice, **house.told)
    assert "By card" not in text(house, "today")


def test_a_question_waits_for_our_answer(house: House) -> None:
    answered(house, "question", words="Which order is it?")
    page = text(house, "today")
    assert "They wait for our answer" in page
    assert "Which order is it?" in page
    assert page.count("Which order is it?") == 1
