# SPDX-License-Identifier: Apache-2.0
"""What a text shows at once: what the learned model makes of its sentences, and which patterns it has the words of."""

from __future__ import annotations

import ctypes
import mmap
import sys
from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol

from purring.language.learned.model import Model
from purring.language.tone.by_name import ByName
from purring.language.tone.folding import Folded
from purring.language.tone.form import Form
from purring.language.tone.general import InGeneral
from purring.language.tone.kernel import Kernel
from purring.language.tone.sieve import Sieve
from purring.language.tone.weighed import Limits, Reading


class Weigher(Protocol):
    """What reads the texts of one language. `model`: what it needs of the learned one, with what rules see at least."""

    model: Model

    def read(self, texts: Sequence[Folded], limits: Limits) -> list[Reading]:
        """What each text shows, and what those of its sentences weigh that the limits do not show to be good."""

    def forget(self) -> None:
        """Forget the sentences that were read."""


def weigher(learned: Model, language: str, of_text: Form, rules: Sieve, general: InGeneral) -> Weigher:
    """The quickest there is, for a model of a base language such as "pt". of_text: what is looked for in a text as a whole; rules: in
    sentences, as they are said to everybody."""
    runtime = _runtime()
    if runtime is None:
        return ByName(learned, language, of_text)
    return Kernel(runtime, learned, language, of_text, rules, general)


def _runtime() -> Any | None:
    """A LuaJIT of its own for each model, as it compiles for the tables that it sees; None where there is none, as its authors build it for
    most machines, or where it may not compile: it is no quicker than Python then. Whoever forks does so before a message is read, or from a process of one thread: a child cannot wait for a thread that
    is in there and did not come with it."""
    if not _may_make_code():
        return None
    try:
        from lupa.luajit21 import LuaRuntime
    except ImportError:
        return None
    return LuaRuntime(encoding=None, register_eval=False, register_builtins=False)


@cache
def _may_make_code() -> bool:
    """Whether this process may make machine code of its own, asked as LuaJIT does it. Where a service is kept from that
    (`MemoryDenyWriteExecute` of systemd, `execmem` of SELinux), LuaJIT would end it instead of saying so."""
    if sys.platform == "win32":
        return True
    page = mmap.mmap(-1, mmap.PAGESIZE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    place = ctypes.addressof(ctypes.c_char.from_buffer(page))
    protect = ctypes.CDLL(None).mprotect
    protect.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    return bool(protect(place, mmap.PAGESIZE, mmap.PROT_READ | mmap.PROT_EXEC) == 0)
