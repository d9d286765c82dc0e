# SPDX-License-Identifier: Apache-2.0
"""What the learned model makes of a sentence's words, their order and what they are about."""

from __future__ import annotations

import ctypes
import mmap
import sys
from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol

from purring.language.learned.model import Model
from purring.language.tone.by_name import ByName
from purring.language.tone.kernel import Kernel
from purring.language.tone.weighed import Limits, Weighed


class Weigher(Protocol):
    """What weighs the sentences of one language. `model`: what it needs of the learned one, with words and what rules see at least."""

    model: Model

    def doubted(self, sentences: Sequence[Sequence[str]], limits: Limits) -> list[Weighed | None]:
        """Of each sentence, masked and cut at its spaces, what it weighs; None of those that the limits show to be good."""

    def shares(self, weighed: Weighed, seen: Sequence[str], stage: str | None) -> dict[str, float] | None:
        """How likely each code is for such a sentence; None when it is good for sure. seen: features of what rules see in it."""


def weigher(learned: Model, language: str) -> Weigher:
    """The quickest there is, for a model of a base language such as "pt"."""
    runtime = _runtime()
    return ByName(learned, language) if runtime is None else Kernel(runtime, learned, language)


def _runtime() -> Any | None:
    """A LuaJIT of its own for each model, as it compiles for the tables that it sees; None where there is none: its authors build it for
    most machines. Whoever forks does so before a message is read, or from a process of one thread: a child cannot wait for a thread that
    is in there and did not come with it."""
    try:
        from lupa.luajit21 import LuaRuntime
    except ImportError:
        return None
    runtime = LuaRuntime(encoding=None, register_eval=False, register_builtins=False)
    if not _may_make_code():
        runtime.execute(b"jit.off()")
    return runtime


@cache
def _may_make_code() -> bool:
    """Whether this process may make machine code of its own, asked as LuaJIT does it. Where a service is kept from that
    (`MemoryDenyWriteExecute` of systemd, `execmem` of SELinux), LuaJIT would end it instead of saying so; it is only told not to compile."""
    if sys.platform == "win32":
        return True
    page = mmap.mmap(-1, mmap.PAGESIZE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    place = ctypes.addressof(ctypes.c_char.from_buffer(page))
    protect = ctypes.CDLL(None).mprotect
    protect.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    return bool(protect(place, mmap.PAGESIZE, mmap.PROT_READ | mmap.PROT_EXEC) == 0)
