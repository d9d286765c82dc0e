# SPDX-License-Identifier: Apache-2.0
"""From plain JSON values to dataclasses, strictly: the dataclasses are the schema.

Every key must be known, every field without a default must be there, every value must have its type. What does
not fit is refused (`bad_law_data`) with its path, such as ``NO.business.fees.amount``.
"""

from __future__ import annotations

import re
import types
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, time
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from purring.core.errors import Refused

T = TypeVar("T")


def read(kind: type[T], value: object, path: str) -> T:
    """`value` (parsed JSON) as an instance of the dataclass `kind`."""
    return _read(kind, value, path)  # type: ignore[no-any-return]


@lru_cache(None)
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _bad(path: str, message: str) -> Refused:
    return Refused("bad_law_data", f"{path}: {message}", path=path)


def _read(kind: Any, value: Any, path: str) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        if value is None:
            return None
        (kind,) = [one for one in get_args(kind) if one is not type(None)]
        return _read(kind, value, path)
    if origin is Literal:
        if value not in get_args(kind):
            raise _bad(path, f"{value!r} is none of {', '.join(map(str, get_args(kind)))}")
        return value
    if origin is tuple:
        if not isinstance(value, list):
            raise _bad(path, "must be a list")
        return tuple(_read(get_args(kind)[0], one, f"{path}[{at}]") for at, one in enumerate(value))
    if origin is dict:
        if not isinstance(value, dict):
            raise _bad(path, "must be an object")
        return {key: _read(get_args(kind)[1], one, f"{path}.{key}") for key, one in value.items()}
    if is_dataclass(kind):
        return _object(kind, value, path)
    return _plain(kind, value, path)


def _object(kind: Any, value: Any, path: str) -> Any:
    if not isinstance(value, dict):
        raise _bad(path, "must be an object")
    hints = _hints(kind)
    known = {field.name: field for field in fields(kind)}
    for key in value:
        if key not in known:
            raise _bad(f"{path}.{key}", "is not a known key")
    for name, field in known.items():
        if name not in value and field.default is MISSING and field.default_factory is MISSING:
            raise _bad(f"{path}.{name}", "is missing")
    return kind(**{key: _read(hints[key], one, f"{path}.{key}") for key, one in value.items()})


_SHAPES: dict[Any, tuple[str, str]] = {
    date: (r"\d{4}-\d\d-\d\d", "a date such as 2026-01-31"),
    time: (r"\d\d:\d\d", "an hour such as 08:00"),
    Decimal: (r"-?\d+(\.\d+)?", 'a decimal text such as "12.25"'),
}


def _plain(kind: Any, value: Any, path: str) -> Any:
    if kind in _SHAPES:
        pattern, what = _SHAPES[kind]
        if isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII):
            try:
                return kind(value) if kind is Decimal else kind.fromisoformat(value)
            except ValueError:
                pass
        raise _bad(path, f"must be {what}")
    if type(value) is not kind:
        raise _bad(path, f"must be {kind.__name__}, not {type(value).__name__}")
    return value
