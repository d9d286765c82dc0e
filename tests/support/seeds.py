# SPDX-License-Identifier: AGPL-3.0-or-later
"""Chance and quantity in tests: one printed seed for a whole run, and counts that grow for endurance.

PURRING_SEED steers the `rng` fixture and Hypothesis. The normal run has one seed, so that a red run is about the change
at hand; `make endurance` draws a new one each time, as does PURRING_SEED=random, and there the search goes on.
PURRING_PROFILE=endurance takes the large counts; a single count is set by its own variable, for example
PURRING_KILLS=50000.
"""

from __future__ import annotations

import os
import random

import pytest
from hypothesis import HealthCheck, settings

# Everything that matters is said here, because Hypothesis chooses other defaults on a build server.
settings.register_profile(
    "normal",
    deadline=None,
    derandomize=False,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("endurance", settings.get_profile("normal"), max_examples=10_000)


NORMAL_SEED = 20260101


def profile() -> str:
    return os.environ.get("PURRING_PROFILE", "normal")


def run_seed() -> int:
    """The seed of this run, settled by `prepare`."""
    return int(os.environ["PURRING_SEED"])


def count(name: str, *, normal: int, endurance: int) -> int:
    """How often to repeat something: PURRING_<NAME> when set, else by profile.

    A test that uses it carries the marker `scales`, so that `make endurance` runs it too.
    """
    given = os.environ.get(f"PURRING_{name.upper()}")
    if given:
        return int(given)
    return endurance if profile() == "endurance" else normal


def prepare(config: pytest.Config) -> None:
    """Settle the seed once (xdist's workers inherit it) and hand it to Hypothesis."""
    given = os.environ.get("PURRING_SEED", str(NORMAL_SEED) if profile() == "normal" else "random")
    os.environ["PURRING_SEED"] = str(random.SystemRandom().randrange(2**32)) if given == "random" else given
    if config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = str(run_seed())
    if config.option.hypothesis_profile is None:
        settings.load_profile(profile())


def described() -> str:
    return f"PURRING_SEED={run_seed()} PURRING_PROFILE={profile()}"


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """A seed of this test's own, the same for the same PURRING_SEED in whatever order tests run."""
    return random.Random(f"{run_seed()} {request.node.nodeid}").randrange(2**32)


@pytest.fixture
def rng(seed: int) -> random.Random:
    """A seeded source of chance for this test."""
    return random.Random(seed)
