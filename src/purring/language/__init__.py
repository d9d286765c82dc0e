# SPDX-License-Identifier: Apache-2.0
"""Words for messages about money: kind, exact, in the reader's language. A library without Django.

Start at `compose.compose` (facts -> words), `check.check_words` (are all parts there?), and
`wordings/README.md` (how wording files are written).
"""
