# SPDX-License-Identifier: AGPL-3.0-or-later
"""The command line. One module per command or family; nothing heavy is imported before a command needs it."""
