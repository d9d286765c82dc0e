# SPDX-License-Identifier: Apache-2.0
"""Learned models of sentences: small, explainable, shipped with the package, read without any library.

Rules say what must hold, models know how differently people say a thing. A task has one model per language; its files
are made by `tools/train_sentences.py` from the texts in `corpora/`.
"""

from __future__ import annotations

from purring.language.learned.model import Model, Seen, load
from purring.language.learned.words import Piece, tokens

__all__ = ["Model", "Piece", "Seen", "load", "tokens"]
