# SPDX-License-Identifier: AGPL-3.0-or-later
"""How messages leave: an organization's own mail account, who signs, when it rests, and who is told of trouble."""
