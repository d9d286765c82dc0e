# SPDX-License-Identifier: Apache-2.0
"""Words for messages about money: kind, exact, in the reader's language. A library without Django.

Start at `compose.compose` (facts -> words), `check.check_words` (are all parts there?), `answering.compose_answer`
(answers to what customers say), `calling.call_sheet` (what to say on the phone), `letter.letter` (the form on paper),
`pages.Pages` (buttons and pages), `completeness.missing` (what a language lacks), and `wordings/README.md` (how
wording files are written).
"""
