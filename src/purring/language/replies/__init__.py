# SPDX-License-Identifier: Apache-2.0
"""Reading what people answer: what is new in a mail, what kind of mail it is, what its writer wants."""

from __future__ import annotations
