# SPDX-License-Identifier: AGPL-3.0-or-later
"""The command line as others rely on it: real processes for what the contract promises."""
