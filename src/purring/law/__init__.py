# SPDX-License-Identifier: Apache-2.0
"""What the law lets a creditor ask of a late payer, when, and why: a library without Django, clock or network.

Start at `charges.late_charges` (what may be asked beside the principal), `steps.check_step` (may this step be taken
now), `presets` (schedules and notices), `conventions` (terms, lapse, order of payments), `account` (all of it as the
decision asks for it). The data lies in `countries/`, `reference-rates.csv` and `sources.json`, made by
`tools/law_data.py` and read through `book.book`. It is not legal advice.
"""
