# SPDX-License-Identifier: AGPL-3.0-or-later
"""Invoices made by chance are built right, and documents spoilt by chance are read or refused, never a crash."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from purring.core.errors import Refused
from purring.papers.einvoice import Checker, read_einvoice, validate_schema, write_cii, write_ubl
from purring.papers.facts import InvoiceFacts, read_invoice
from tests.papers.einvoice.invoices import by_chance
from tests.support import seeds

WRITERS: tuple[Callable[[InvoiceFacts], bytes], ...] = (
    write_cii,
    lambda facts: write_cii(facts, "basic"),
    lambda facts: write_cii(facts, "xrechnung"),
    write_ubl,
    lambda facts: write_ubl(facts, "xrechnung"),
)
# What chance may leave out or mix, against the tax law and not against arithmetic or form.
UNLAWFUL = {"BR-AE-02", "BR-IC-02", "BR-IC-11", "BR-IC-12", "BR-E-10", "BR-O-11", "BR-O-12", "BR-O-13", "BR-O-14"}
JUNK = (
    "",
    " ",
    "0",
    "-1",
    "1e9",
    "9" * 30,
    "0.0000000001",
    "NaN",
    "2026-02-30",
    "20260230",
    "XX",
    "ÆØÅ",
    "\u202e",
    "x" * 6_000,
)


@given(seed=st.integers(0, 2**32), writer=st.sampled_from(WRITERS))
def test_every_document_follows_its_schema(seed: int, writer: Callable[[InvoiceFacts], bytes]) -> None:
    assert validate_schema(writer(by_chance(random.Random(seed)))) == []


@pytest.mark.scales
def test_arithmetic_and_form_are_right_by_the_official_rules(rng: random.Random) -> None:
    with Checker() as checker:
        for _ in range(seeds.count("einvoice_rules", normal=60, endurance=3_000)):
            facts = by_chance(rng)
            for xml in (write_cii(facts), write_ubl(facts, "en16931")):
                codes = {finding.code for finding in checker.check(xml) if finding.severity == "error"}
                assert codes <= UNLAWFUL, facts


@given(seed=st.integers(0, 2**32))
def test_a_spoilt_document_is_read_or_refused(seed: int) -> None:
    rng = random.Random(seed)
    root = etree.fromstring(rng.choice(WRITERS)(by_chance(rng)))
    for _ in range(rng.randint(1, 8)):
        _spoil(root, rng)
    try:
        read = read_einvoice(etree.tostring(root))
    except Refused:
        return
    if read.facts:
        assert read_invoice(read.contract) == read.facts
    else:
        assert any(finding.severity == "error" for finding in read.findings)


@given(seed=st.integers(0, 2**32))
def test_spoilt_bytes_are_read_or_refused(seed: int) -> None:
    rng = random.Random(seed)
    data = bytearray(write_ubl(by_chance(rng)))
    for _ in range(rng.randint(1, 5)):
        at = rng.randrange(len(data))
        data[at : at + rng.choice((0, 1, 1, 50))] = rng.randbytes(rng.randrange(4))
    with suppress(Refused):
        read_einvoice(bytes(data))


def _spoil(root: etree._Element, rng: random.Random) -> None:
    elements = list(root.iter(etree.Element))
    one = rng.choice(elements[1:] or elements)
    parent = one.getparent()
    if parent is None:
        return
    match rng.randrange(4):
        case 0:
            parent.remove(one)
        case 1:
            parent.append(etree.fromstring(etree.tostring(one)))
        case 2:
            one.text = rng.choice(JUNK)
        case _:
            for name in one.attrib:
                one.set(name, rng.choice(JUNK))
