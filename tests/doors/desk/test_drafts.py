# SPDX-License-Identifier: AGPL-3.0-or-later
"""A draft by a language model: asked for by a person, judged by the tone guard, never sent by itself. The model is a
stand-in that speaks the OpenAI-compatible interface over a real connection."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from purring.core.errors import Trouble
from purring.facts.journal.models import Entry
from purring.facts.messages.actions import record_reply
from purring.followup.models import OwnMessage, Reminder
from purring.plugins.drafting import ChatEndpoint

if TYPE_CHECKING:
    from tests.doors.desk.cast import House


@dataclass
class Model:
    """What the stand-in was asked, and what it answers."""

    status: int = 200
    text: Any = "Takk for beskjeden. Vi ser på saken."
    ended: str = "stop"
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def model() -> Iterator[Model]:
    one = Model()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            one.asked.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            one.keys.append(self.headers.get("authorization", ""))
            assert self.path == "/v1/chat/completions"
            choice = {"message": {"role": "assistant", "content": one.text}, "finish_reason": one.ended}
            said = {"choices": [choice]}
            body = json.dumps(said if one.status == 200 else {"error": {"message": "no"}}).encode()
            self.send_response(one.status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    one.url = f"http://127.0.0.1:{server.server_port}/v1"
    yield one
    server.shutdown()
    server.server_close()


class TestTheEndpoint:
    def test_asks_one_model_with_its_key(self, model: Model) -> None:
        assert ChatEndpoint(model.url, "small", "k-1")([{"role": "user", "content": "?"}]) == model.text
        assert model.asked[0]["model"] == "small"
        assert model.keys == ["Bearer k-1"]

    @pytest.mark.parametrize("status", [401, 404, 429, 500])
    def test_what_it_refuses_is_trouble(self, model: Model, status: int) -> None:
        model.status = status
        with pytest.raises(Trouble):
            ChatEndpoint(model.url, "small")([{"role": "user", "content": "?"}])


@pytest.mark.django_db
class TestAtTheDesk:
    def ask(self, house: House, **fields: Any) -> Any:
        customer = house.customer("Ane")
        self.said = record_reply(customer, "Varene kom aldri. Kan dere se på det?", **house.told)
        self.page = reverse("desk:customer-write", args=[customer.pk])
        sent = {"key": "one", "reply": self.said.pk, "address": "", "subject": "", "text": "", "do": "begin"}
        client = house.client()
        answer = client.post(self.page, sent | {"begin": "drafted"} | fields)
        return client.get(answer.headers["location"]) if answer.status_code == 303 else answer

    def test_a_draft_stands_in_the_form_and_nothing_leaves(self, house: House, model: Model, settings: Any) -> None:
        settings.DRAFT_URL, settings.DRAFT_MODEL = model.url, "small"
        page = self.ask(house).content.decode()
        own = OwnMessage.objects.of(house.organization).get()
        assert model.text in own.text
        assert own.text.startswith("Hei"), "greeting and closing are ours"
        assert "go to small at 127.0.0.1" in page
        assert "Varene kom aldri" in model.asked[0]["messages"][1]["content"]
        assert not Reminder.objects.of(house.organization).exists()
        entry = Entry.objects.of(house.organization).get(kind="draft.asked")
        assert entry.actor.startswith("user:")

    def test_what_may_hurt_is_said_of_a_draft_too(self, house: House, model: Model, settings: Any) -> None:
        settings.DRAFT_URL, settings.DRAFT_MODEL = model.url, "small"
        model.text = "Betal nå. Vi vet hvor du bor."
        assert "This may hurt" in self.ask(house).content.decode()

    def test_what_was_typed_is_the_wish_and_stays(self, house: House, model: Model, settings: Any) -> None:
        settings.DRAFT_URL, settings.DRAFT_MODEL = model.url, "small"
        self.ask(house, text="si at vi sender varene på nytt")
        assert "si at vi sender varene" in model.asked[0]["messages"][1]["content"]
        assert "si at vi sender varene" in OwnMessage.objects.of(house.organization).get().text

    def test_half_a_draft_is_none_and_nothing_is_lost(self, house: House, model: Model, settings: Any) -> None:
        settings.DRAFT_URL, settings.DRAFT_MODEL = model.url, "small"
        model.text, model.ended = "Takk for beskjeden. Vi ser på saken og", "length"
        page = self.ask(house, text="si at vi sender varene på nytt").content.decode()
        assert "There is no draft this time: the model stopped in the middle" in page
        assert "Vi ser på saken og" not in page
        assert "si at vi sender varene på nytt" in page

    def test_greeting_and_closing_stand_once(self, house: House, model: Model, settings: Any) -> None:
        settings.DRAFT_URL, settings.DRAFT_MODEL = model.url, "small"
        model.text = (
            "<think>Ane er sint</think>Emne: Varene\n\nHei Ane,\n\nVi ser på saken.\n\nMed vennlig hilsen\n[Navn]"
        )
        self.ask(house)
        text = OwnMessage.objects.of(house.organization).get().text
        assert "Vi ser på saken." in text
        assert (text.count("Hei"), text.lower().count("hilsen")) == (1, 1)
        assert not {"[Navn]", "Emne:", "sint"} & set(text.replace(",", " ").split())

    @pytest.mark.parametrize(
        ("language", "named"),
        [("pt-BR", "Brazilian Portuguese"), ("pt-PT", "European Portuguese"), ("nb", "Norwegian Bokmål")],
    )
    def test_the_model_is_asked_for_the_customers_own_language(
        self, house: House, model: Model, settings: Any, language: str, named: str
    ) -> None:
        settings.DRAFT_URL, settings.DRAFT_MODEL = model.url, "small"
        customer = house.customer("Ana", language=language)
        to = reverse("desk:customer-write", args=[customer.pk])
        sent = {"key": "one", "reply": "", "address": "", "subject": "", "text": "obrigado", "do": "begin"}
        house.client().post(to, sent | {"begin": "drafted"})
        assert f"Write in {named}," in model.asked[0]["messages"][0]["content"]

    def test_a_model_that_does_not_answer_loses_nothing(self, house: House, model: Model, settings: Any) -> None:
        settings.DRAFT_URL, settings.DRAFT_MODEL = model.url, "small"
        model.status = 500
        page = self.ask(house, text="si at vi sender varene på nytt")
        assert page.status_code == 502
        assert "There is no draft this time" in page.content.decode()
        assert "si at vi sender varene" in page.content.decode()

    def test_an_endpoint_without_a_model_is_told_where_it_is_asked(
        self, house: House, model: Model, settings: Any
    ) -> None:
        settings.DRAFT_URL = model.url
        assert house.client().get(reverse("desk:customer-write", args=[house.customer("Bo").pk])).status_code == 200
        page = self.ask(house, text="si at vi sender varene på nytt")
        assert page.status_code == 422
        assert "PURRING_DRAFT_MODEL" in page.content.decode()

    def test_without_a_model_nothing_speaks_of_drafts(self, house: House, settings: Any) -> None:
        assert settings.DRAFT_URL == ""
        page = self.ask(house).content.decode()
        assert 'value="drafted"' not in page
        assert not Entry.objects.of(house.organization).filter(kind="draft.asked").exists()
