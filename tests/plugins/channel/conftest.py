# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lets the shared contract's failures say what they compared."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.plugins.channel.contract")
