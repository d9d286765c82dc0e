# SPDX-License-Identifier: AGPL-3.0-or-later
"""Stand-ins for payment providers: small, stateful, speaking each vendor's own HTTP.

They answer in the same process (`wire.Wire`, no sockets) or behind a real server with the payer's page (`server.serve`).
"""
