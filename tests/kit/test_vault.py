# SPDX-License-Identifier: AGPL-3.0-or-later
"""Secrets at rest: they open where they were sealed, with the keys of this installation, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.fernet import Fernet

from purring.core.errors import Refused
from purring.kit import vault

KEYS = {"secret_key": "sk_live_1", "webhook_secret": "whsec_ø"}


def test_what_was_sealed_opens_and_cannot_be_read() -> None:
    sealed = vault.seal("account:1", KEYS)
    assert vault.unseal("account:1", sealed) == KEYS
    assert "sk_live" not in sealed
    assert vault.seal("account:1", KEYS) != sealed


def test_a_copied_row_opens_nothing() -> None:
    with pytest.raises(Refused, match="does not belong"):
        vault.unseal("account:2", vault.seal("account:1", KEYS))


@pytest.mark.parametrize("broken", ["", "nonsense", "gAAAA"])
def test_what_was_changed_does_not_open(broken: str) -> None:
    with pytest.raises(Refused) as refused:
        vault.unseal("account:1", broken)
    assert refused.value.code == "sealed"


def test_a_new_key_seals_and_the_old_one_still_opens(settings: Any) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.VAULT_KEYS = [old]
    sealed = vault.seal("account:1", KEYS)
    settings.VAULT_KEYS = [new, old]
    again = vault.reseal(sealed)
    assert vault.unseal("account:1", sealed) == KEYS
    settings.VAULT_KEYS = [new]
    assert vault.unseal("account:1", again) == KEYS
    with pytest.raises(Refused, match="cannot be opened"):
        vault.unseal("account:1", sealed)


def test_without_a_key_it_says_so(settings: Any) -> None:
    settings.VAULT_KEYS = []
    with pytest.raises(Refused) as refused:
        vault.seal("account:1", KEYS)
    assert refused.value.code == "no_vault_key"
