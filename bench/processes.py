# SPDX-License-Identifier: AGPL-3.0-or-later
"""CPU time of other processes, read from /proc: a database server is part of what a benchmark costs."""

from __future__ import annotations

import os
from pathlib import Path


def cpu_of_tree(root: int | None) -> float:
    """CPU seconds of a process and all its descendants, those that ended included; 0 for None."""
    if root is None:
        return 0.0
    children: dict[int, list[int]] = {}
    spent: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            pid = int(entry.name)
            children.setdefault(int(fields[1]), []).append(pid)
            spent[pid] = sum(int(field) for field in fields[11:15])
    total, waiting = 0, [root]
    while waiting:
        pid = waiting.pop()
        total += spent.get(pid, 0)
        waiting += children.get(pid, [])
    return total / os.sysconf("SC_CLK_TCK")
