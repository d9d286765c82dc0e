# SPDX-License-Identifier: AGPL-3.0-or-later
"""Codes to an address of the customer that we know: whoever has one sees more than the link shows."""
