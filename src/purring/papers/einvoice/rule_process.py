# SPDX-License-Identifier: Apache-2.0
"""The helper process that runs official rules (XSLT 2 made from Schematron) on documents, one after the other.

Saxon lives in a process of its own because it takes some 250 MB, does not survive a fork in every version, and cannot
be interrupted otherwise: a helper that hangs is killed, and the program that asked goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

SVRL = "{http://purl.oclc.org/dsdl/svrl}"


@dataclass(frozen=True, slots=True)
class Failed:
    """One failed assertion: its id, `fatal` or `warning`, the XPath of the element, the official text."""

    id: str
    flag: str
    location: str
    text: str


class RulesStopped(Exception):
    """The helper took too long or broke; it is started anew with the next document."""


class RuleProcess:
    """Starts the helper with the first document. Not for several threads at once."""

    def __init__(self) -> None:
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None

    def run(self, stylesheet: Path, xml: str, timeout_s: float) -> list[Failed]:
        """Failed assertions of one stylesheet on one document. Raises `RulesStopped`."""
        connection = self._start()
        try:
            connection.send((str(stylesheet), xml))
            if not connection.poll(timeout_s):
                raise RulesStopped(f"the official rules took longer than {timeout_s:.0f} seconds")
            answer = connection.recv()
        except (EOFError, OSError):
            self.close()
            raise RulesStopped("the process that runs the official rules ended unexpectedly") from None
        except BaseException:
            self.close()
            raise
        if isinstance(answer, str):
            raise RulesStopped(f"the official rules could not be run: {answer}")
        return [Failed(*row) for row in answer]

    def close(self) -> None:
        """Ends the helper, at once."""
        if self._connection:
            self._connection.close()
        if self._process:
            self._process.kill()
            self._process.join()
        self._connection = self._process = None

    def _start(self) -> Connection:
        if self._connection and self._process and self._process.is_alive():
            return self._connection
        self.close()
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs,), daemon=True, name="e-invoice rules")
        self._process.start()
        theirs.close()
        self._connection = ours
        return ours


def serve(connection: Connection) -> None:
    """The helper's life: a stylesheet and a document in, rows of `Failed` (or a text: what went wrong) out."""
    from saxonche import PySaxonApiError, PySaxonProcessor  # type: ignore[import-not-found]

    with PySaxonProcessor(license=False) as saxon:
        compiler = saxon.new_xslt30_processor()
        compiled: dict[str, Any] = {}
        while True:
            try:
                stylesheet, xml = connection.recv()
            except EOFError:
                return
            try:
                if stylesheet not in compiled:
                    compiled[stylesheet] = compiler.compile_stylesheet(stylesheet_file=stylesheet)
                report = compiled[stylesheet].transform_to_string(xdm_node=saxon.parse_xml(xml_text=xml))
                connection.send(_failed(report))
            except PySaxonApiError as bad:
                connection.send(str(bad)[:500])


def _failed(report: str) -> list[tuple[str, str, str, str]]:
    from lxml import etree

    root: Any = etree.fromstring(report.encode())
    return [
        (
            one.get("id", ""),
            one.get("flag") or one.get("role") or "fatal",
            one.get("location", ""),
            " ".join(one.xpath("string(*[local-name()='text'])").split()),
        )
        for one in root.iter(f"{SVRL}failed-assert", f"{SVRL}successful-report")
    ]
