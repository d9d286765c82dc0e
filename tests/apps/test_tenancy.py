# SPDX-License-Identifier: AGPL-3.0-or-later
"""Nothing crosses from one organization to another: no query can forget its organization, and an object of somebody
else does not exist."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps

from purring.core.errors import Refused
from purring.kit.tenancy import OrganizationOwned, Unscoped, reach
from tests.apps.facts.cast import ana, bill, fjord
from tests.apps.facts.test_acts import ACTS, Stage

pytestmark = pytest.mark.django_db

OURS = [model for model in apps.get_models() if model.__module__.startswith("purring.")]
OWNED: list[Any] = [model for model in OURS if issubclass(model, OrganizationOwned)]
NOBODYS = {"User", "Organization", "Beat"}
"""Models above or beside organizations."""


def name(model: Any) -> str:
    return str(model.__name__)


def test_every_model_is_somebodys() -> None:
    assert {name(model) for model in OURS if model not in OWNED} == NOBODYS
    assert len(OWNED) > 20


@pytest.mark.parametrize("model", OWNED, ids=name)
@pytest.mark.parametrize("ask", ["all", "count", "filter", "exists", "first", "get", "values_list", "delete", "update"])
def test_a_query_without_an_organization_is_refused(model: Any, ask: str) -> None:
    with pytest.raises((Unscoped, AttributeError)) as error:  # a manager has no `delete` at all
        getattr(model.objects, ask)()
    assert error.type is Unscoped or not hasattr(type(model.objects), ask)


@pytest.mark.parametrize("model", OWNED, ids=name)
def test_everywhere_needs_a_reason(model: Any) -> None:
    with pytest.raises(AssertionError):
        model.objects.everywhere("")


def test_somebody_elses_object_does_not_exist() -> None:
    ours, theirs = fjord("ours"), fjord("theirs")
    for number, act in enumerate(ACTS.values()):
        customer = ana(ours, f"K{number}")
        act(Stage(customer, bill(customer)))()
    seen = 0
    for model in OWNED:
        row = model.objects.of(ours).first()
        if row is None:
            continue
        seen += 1
        assert reach(model, ours, pk=row.pk) == row
        with pytest.raises(Refused) as refusal:
            reach(model, theirs, pk=row.pk)
        assert refusal.value.code == "not_found"
    assert seen >= 18, "too few kinds of rows to say anything"
