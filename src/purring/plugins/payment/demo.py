# SPDX-License-Identifier: AGPL-3.0-or-later
"""A provider for the demo: its payers press "Pay" on a page of ours, and no money moves.

What they did is kept in a folder of files, one for each page. It is no entry point: only `purring demo` brings it in
(`registry.bring_in`), so that on every other installation there is no such provider.
"""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from purring.core.errors import Refused, Trouble
from purring.plugins.payment import Back, Field, Kept, Notice, Returned, Started, State, Truth, Wanted

NAME, TITLE = "demo", "Card (demo: no money moves)"
FIELDS: Sequence[Field] = (Field("folder", "Folder of the demo"),)
PAGE = "/demo-pay/{ref}/"
OPEN_FOR = timedelta(days=1)
WAY = "Demo card 4242"
_REF = re.compile(r"[0-9a-f]{32}")
_LOCK = threading.Lock()


@dataclass
class Sale:
    """What one page was made for, and what became of it. Amounts in minor units, moments in ISO 8601."""

    ref: str
    amount: int
    currency: str
    description: str
    return_url: str
    cancel_url: str
    started_at: str
    keep: bool = False
    state: str = State.OPEN
    changed_at: str = ""
    back: list[dict[str, Any]] = field(default_factory=list)
    """{"ref", "amount", "at"}"""


def connect(settings: Mapping[str, str]) -> Demo:
    """Refuses `bad_settings` where the folder is not there."""
    folder = Path(settings.get("folder", ""))
    if not settings.get("folder") or not folder.is_dir():
        raise Refused("bad_settings", "the demo's payments live in the demo's own folder", field="folder")
    return Demo(folder)


def is_live(settings: Mapping[str, str]) -> bool:
    """No money moves here."""
    return False


class Demo:
    """The pages of one sample business."""

    name = NAME

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    # -- what the payer does

    def sale(self, ref: str) -> Sale | None:
        path = self._path(ref)
        return Sale(**json.loads(path.read_text())) if path and path.is_file() else None

    def pays(self, ref: str) -> None:
        self._becomes(ref, State.PAID)

    def declines(self, ref: str) -> None:
        """The card is refused; the payer may try again."""
        self._becomes(ref, State.FAILED)

    # -- what Purring asks

    def start(self, wanted: Wanted) -> Started:
        ref = wanted.key
        with _LOCK:
            if self.sale(ref) is None:
                self._keep(self._sale(wanted))
        site = urlsplit(wanted.return_url)
        return Started(ref, f"{site.scheme}://{site.netloc}{PAGE.format(ref=ref)}", _now() + OPEN_FOR)

    def read_notice(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice:
        raise Refused("bad_signature", "the demo sends no notices")

    def fetch(self, ref: str) -> Truth:
        sale = self.sale(ref)
        return self._truth(sale) if sale else Truth(ref, State.ENDED, 0, "")

    def refund(self, payment_ref: str, amount: int, currency: str, key: str) -> Returned:
        with _LOCK:
            sale = self.sale(payment_ref)
            if sale is None or sale.state != State.PAID:
                raise Trouble("nothing was paid here", permanent=True)
            if not any(one["ref"] == key for one in sale.back):
                if amount > sale.amount - sum(one["amount"] for one in sale.back):
                    raise Trouble("more than was paid", permanent=True)
                sale.back.append({"ref": key, "amount": amount, "at": _now().isoformat()})
                self._keep(sale)
        return Returned(key, Back.REFUND, amount, True, _now())

    def end(self, ref: str) -> None:
        with _LOCK:
            sale = self.sale(ref)
            if sale and sale.state in {State.OPEN, State.FAILED}:
                sale.state = State.ENDED
                self._keep(sale)

    def changed_since(self, moment: datetime) -> Iterable[str]:
        return [path.stem for path in self._folder.glob("*.json") if path.stat().st_mtime >= moment.timestamp()][:500]

    def charge(self, kept: Kept, wanted: Wanted) -> Truth:
        with _LOCK:
            sale = self.sale(wanted.key)
            if sale is None:
                sale = self._sale(wanted)
                sale.state, sale.changed_at = State.PAID, sale.started_at
                self._keep(sale)
        return self._truth(sale)

    def forget(self, kept: Kept) -> None:
        """Nothing of anybody's was kept."""

    # -- the files

    def _sale(self, wanted: Wanted) -> Sale:
        return Sale(
            wanted.key, wanted.amount, wanted.currency, wanted.description, wanted.return_url, wanted.cancel_url,
            _now().isoformat(), wanted.keep,
        )  # fmt: skip

    def _truth(self, sale: Sale) -> Truth:
        paid = sale.state == State.PAID
        over = sale.state in {State.OPEN, State.FAILED} and _moment(sale.started_at) + OPEN_FOR < _now()
        return Truth(
            ref=sale.ref,
            state=State.ENDED if over else State(sale.state),
            amount=sale.amount,
            currency=sale.currency,
            key=sale.ref,
            payment_ref=sale.ref if paid else "",
            paid_at=_moment(sale.changed_at) if paid else None,
            method="card",
            returned=[Returned(one["ref"], Back.REFUND, one["amount"], True, _moment(one["at"])) for one in sale.back],
            kept=Kept(f"way-{sale.ref}", WAY) if paid and sale.keep else None,
            why="declined in the demo" if sale.state == State.FAILED else "",
        )

    def _becomes(self, ref: str, state: State) -> None:
        with _LOCK:
            sale = self.sale(ref)
            if sale and sale.state in {State.OPEN, State.FAILED}:
                sale.state, sale.changed_at = state, _now().isoformat()
                self._keep(sale)

    def _path(self, ref: str) -> Path | None:
        return self._folder / f"{ref}.json" if _REF.fullmatch(ref) else None

    def _keep(self, sale: Sale) -> None:
        path = self._path(sale.ref)
        assert path is not None, "our attempts have such names"
        part = path.with_suffix(".part")
        part.write_text(json.dumps(asdict(sale)))
        os.replace(part, path)


def _now() -> datetime:
    return datetime.now(UTC)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
