# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the books say about the money that is still out: how old it is, how long it takes, when it may come.

Sums are made by the database; what comes back is a few rows, however many invoices there are. One currency at a time: sums of
several are none.
"""
