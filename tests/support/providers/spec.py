# SPDX-License-Identifier: AGPL-3.0-or-later
"""A vendor's own OpenAPI description, against which every request of ours and every answer of a stand-in is held.

Of a request: the path is known, so is every parameter and property, all that is required is there, types, lengths and
choices are right. Of an answer: every property is known and of its type; what is missing is not asked for, since a
stand-in tells less than the vendor.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft4Validator

from tests.support.providers.shop import Reply, Request
from tests.support.providers.stripe import nested

DEEPEST, DEEPEST_OF_ANSWERS = 12, 5
"""Answers refer to each other without end; what lies deeper is taken as it is."""


class Specs:
    """One or several descriptions of one vendor. `newer`: properties of later versions, by the end of their path."""

    def __init__(self, files: Sequence[Path], *, newer: Sequence[str] = ()) -> None:
        self._documents = [read(file) for file in files]
        self._newer = set(newer)
        self._validators: dict[str, tuple[dict[str, Any], Draft4Validator]] = {}
        self.checked: set[str] = set()
        """Operations that were held against it."""

    def check(self, request: Request, reply: Reply) -> None:
        """Raises AssertionError telling what is not as described."""
        document, path, operation, shared = self._operation(request)
        name = f"{request.method} {path}"
        self.checked.add(name)
        self._parameters(name, document, [*shared, *operation.get("parameters", ())], request)
        content = resolve(document, operation.get("requestBody", {})).get("content", {})
        if request.body and content:
            kind, described = next(iter(content.items()))
            given = nested(request.form()) if "form" in kind else request.json()
            self._hold(f"{name} asks", document, described.get("schema", {}), given, strict=True, form="form" in kind)
        elif request.body:
            assert request.body == b"{}", f"{name} takes no body"
        answers = {str(code): one for code, one in operation["responses"].items()}
        answer = resolve(document, answers.get(str(reply.status)) or answers.get("default", {}))
        schema: Any = next((one.get("schema") for one in answer.get("content", {}).values()), None)
        if schema and reply.status < 300:
            self._hold(f"{name} answers", document, schema, json.loads(reply.body), strict=False, form=False)

    def _operation(self, request: Request) -> tuple[dict[str, Any], str, dict[str, Any], list[Any]]:
        for document in self._documents:
            for path, item in document["paths"].items():
                pattern = re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(path))
                if re.fullmatch(pattern, request.path) and request.method.lower() in item:
                    return document, path, item[request.method.lower()], item.get("parameters", [])
        raise AssertionError(f"{request.method} {request.path} is not described")

    def _parameters(self, name: str, document: dict[str, Any], described: list[Any], request: Request) -> None:
        known = {one["name"]: one for one in (resolve(document, one) for one in described) if one["in"] == "query"}
        given = nested(request.query)
        for key, value in given.items():
            assert key in known, f"{name}: unknown parameter {key}"
            schema = flat(document, known[key].get("schema", {}), strict=True)
            told = list(Draft4Validator(schema).iter_errors(typed(value, schema)))
            assert not told, f"{name}: {key}={value!r}: {told[0].message}"
        missing = [key for key, one in known.items() if one.get("required") and key not in given]
        assert not missing, f"{name}: {missing} missing"

    def _hold(
        self, name: str, document: dict[str, Any], schema: dict[str, Any], given: Any, *, strict: bool, form: bool
    ) -> None:
        if name not in self._validators:
            plain = flat(document, schema, strict=strict)
            self._validators[name] = (plain, Draft4Validator(plain))
        plain, validator = self._validators[name]
        for error in validator.iter_errors(typed(given, plain) if form else given):
            where = ".".join(map(str, error.absolute_path))
            unknown = re.findall(r"'(\w+)'", error.message) if error.validator == "additionalProperties" else []
            if unknown and set(unknown) <= self._newer:
                continue
            raise AssertionError(f"{name}: {where}: {error.message[:300]}")


@cache
def read(file: Path) -> dict[str, Any]:
    """JSON, or YAML (a description of some megabytes takes seconds)."""
    text = file.read_text()
    found: dict[str, Any] = json.loads(text) if file.suffix == ".json" else yaml.load(text, yaml.CSafeLoader)
    prefix = next(iter(found.get("servers", [{}]))).get("url", "").partition("://")[2].partition("/")[2].rstrip("/")
    if prefix and not all(path.startswith(f"/{prefix}") for path in found["paths"]):
        found["paths"] = {f"/{prefix}{path}": item for path, item in found["paths"].items()}
    return found


def resolve(document: Mapping[str, Any], thing: Any) -> dict[str, Any]:
    while "$ref" in thing:
        where: Any = document
        for part in thing["$ref"].removeprefix("#/").split("/"):
            where = where[part.replace("~1", "/").replace("~0", "~")]
        thing = where
    return dict(thing)


def flat(document: Mapping[str, Any], schema: Any, *, strict: bool, depth: int = 0) -> dict[str, Any]:
    """The same as plain JSON schema without references, `allOf` merged, unknown properties refused."""
    one = resolve(document, schema)
    if depth > (DEEPEST if strict else DEEPEST_OF_ANSWERS):
        return {}
    for part in one.pop("allOf", ()):
        more = resolve(document, part)
        while "allOf" in more:
            inner = [resolve(document, each) for each in more.pop("allOf")]
            for each in inner:
                more = merged(more, each)
        one = merged(one, more)
    keep = ["type", "enum", "maxLength", "minLength", "pattern", "minimum", "maximum", "maxItems"]
    keep += ["minItems"] if strict else []
    made: dict[str, Any] = {name: one[name] for name in keep if name in one}
    for name in ("anyOf", "oneOf"):
        if name in one:
            made["anyOf"] = [flat(document, each, strict=strict, depth=depth + 1) for each in one[name]]
    if "items" in one:
        made["items"] = flat(document, one["items"], strict=strict, depth=depth + 1)
    if "properties" in one:
        properties = one["properties"].items()
        made["properties"] = {name: flat(document, each, strict=strict, depth=depth + 1) for name, each in properties}
        extra = one.get("additionalProperties", False)
        made["additionalProperties"] = (
            flat(document, extra, strict=strict, depth=depth + 1) if isinstance(extra, dict) else extra
        )
        if strict and one.get("required"):
            made["required"] = one["required"]
    if one.get("nullable"):
        made = {"anyOf": [made, {"type": "null"}]}
    return made


def merged(one: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    both = {**more, **one}
    if "properties" in one or "properties" in more:
        both["properties"] = {**more.get("properties", {}), **one.get("properties", {})}
    if "required" in one or "required" in more:
        both["required"] = [*more.get("required", ()), *one.get("required", ())]
    return both


def typed(value: Any, schema: Mapping[str, Any]) -> Any:
    """What a form or a query says as text, as the type that is described."""
    options = [schema, *schema.get("anyOf", ())]
    kinds = {one.get("type") for one in options}
    if isinstance(value, dict):
        lists = [one for one in options if one.get("type") == "array"]
        if lists and all(key.isdigit() or not key for key in value):
            return [typed(each, lists[0].get("items", {})) for each in value.values()]
        known: Mapping[str, Any] = next((one["properties"] for one in options if "properties" in one), {})
        return {key: typed(each, known.get(key, {})) for key, each in value.items()}
    if kinds & {"integer", "number"} and re.fullmatch(r"-?\d+", value):
        return int(value)
    if "boolean" in kinds and value in {"true", "false"}:
        return value == "true"
    return value
