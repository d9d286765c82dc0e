# SPDX-License-Identifier: AGPL-3.0-or-later
"""A language model behind an OpenAI-compatible interface, as local servers and most services offer it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from urllib.parse import urlsplit

from purring.core.errors import Refused, Trouble
from purring.kit.http import Client
from purring.language.drafter import drafted

TIMEOUT_SECONDS = 45.0
"""A model on a small machine thinks for a while."""


class ChatEndpoint:
    """One endpoint and one model, as the installation names them. `url` ends before `/chat/completions`."""

    def __init__(self, url: str, model: str, key: str = "") -> None:
        self.host = urlsplit(url).hostname or ""
        self.model = model
        self._url, self._key = url, key

    def __call__(self, messages: Sequence[Mapping[str, str]]) -> str:
        """The draft. Raises `Trouble` when the endpoint cannot be reached, refuses, or says nothing, and `Refused`
        (`bad_setting`, `bad_settings`) when no model is named or the address is none."""
        if not self.model:
            raise Refused("bad_setting", "PURRING_DRAFT_MODEL is empty: name the model that drafts")
        # Whoever runs the installation names the address, and a model of one's own often runs beside it.
        with closing(Client(self._url, private=True, timeout=TIMEOUT_SECONDS)) as client:
            answer = client.send(
                "POST",
                "/chat/completions",
                headers={"authorization": f"Bearer {self._key}"} if self._key else {},
                body={"model": self.model, "messages": list(messages), "temperature": 0.3, "max_tokens": 900},
            )
        if answer.status in (401, 403):
            raise Trouble(f"{self.host} does not accept the key (PURRING_DRAFT_KEY)", permanent=True)
        return drafted(answer.json())
