# SPDX-License-Identifier: AGPL-3.0-or-later
"""Paying by a provider: attempts, notices, and the truth that is booked once. See docs/decisions/0011."""
