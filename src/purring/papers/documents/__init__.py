# SPDX-License-Identifier: Apache-2.0
"""Papers as PDF: invoice, credit note, payment request, reminder letter, statement, receipt, plan, timeline.

    printer = Printer(Brand(colour="#14594d", logo=svg))
    document = printer.pdf(read_facts("invoice", obj), language="de")

Facts become a page of texts (invoice.py, letter.py, ...) through a pen that knows the language; templates/paper.typ
sets it. Nothing here touches a database, the network or the clock.
"""

from purring.papers.documents.brand import Brand
from purring.papers.documents.letter import Words
from purring.papers.documents.pen import Finding
from purring.papers.documents.printer import Document, Printer
from purring.papers.documents.timeline import Event, TimelineFacts

__all__ = ["Brand", "Document", "Event", "Finding", "Printer", "TimelineFacts", "Words"]
