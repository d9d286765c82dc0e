# SPDX-License-Identifier: AGPL-3.0-or-later
"""Links by which customers open their page: each its own, kept as a hash, expiring, revocable."""
