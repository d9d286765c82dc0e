# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the lists of the desk have in common: a filter that stands in the address, with its tab, search and order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Self
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise as Lazy

from purring.doors.desk.paging import Order


class Narrowing:
    """Of a frozen dataclass whose fields all have what is usual as their default."""

    page: ClassVar[str]
    """The list's route."""
    sorts: ClassVar[Mapping[str, tuple[Lazy | str, Order]]]
    show: str
    sort: str

    def _with(self, **other: Any) -> Self:
        return replace(self, **other)  # type: ignore[type-var]  # it is one, see above

    @property
    def parts(self) -> dict[str, str]:
        """As it stands in an address, without what is usual."""
        usual = type(self)()
        return {name: str(value) for name, value in vars(self).items() if value and value != getattr(usual, name)}

    @property
    def narrowed(self) -> bool:
        """More than one of the tabs."""
        usual = type(self)()
        return self._with(show=usual.show, sort=usual.sort, q="") != usual

    def link(self, **other: Any) -> str:
        query = urlencode(self._with(**other).parts)
        return f"{reverse(self.page)}?{query}" if query else reverse(self.page)

    @property
    def order(self) -> Order:
        return self.sorts[self.sort][1]
