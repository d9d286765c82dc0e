# SPDX-License-Identifier: Apache-2.0
"""The small tables that writing and reading share: accounts and reasons for exemption."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class AccountScheme:
    code: str
    text: str
    country: str


@dataclass(frozen=True, slots=True)
class Exemption:
    code: str
    text: str


@lru_cache(1)
def account_schemes() -> dict[str, AccountScheme]:
    """By scheme of the facts."""
    return {name: AccountScheme(**row) for name, row in _table("accounts").items()}


@lru_cache(1)
def exemptions() -> dict[str, Exemption]:
    """By tax category; a category that needs no reason, or whose reason only a person knows, is not in it."""
    return {name: Exemption(**row) for name, row in _table("exemptions").items()}


def _table(name: str) -> dict[str, dict[str, str]]:
    text = files("purring.papers.einvoice").joinpath(f"data/{name}.toml").read_text("utf-8")
    return tomllib.loads(text)
