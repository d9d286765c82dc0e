# SPDX-License-Identifier: AGPL-3.0-or-later
"""What tests of every floor share: outside data, a PostgreSQL of their own, a browser, seeds and counts.

Not here: fakes and builders of one subject; those stand beside the tests that use them.
"""
