"""Holds what was rendered against what would read it: providers' schemas for HCL, the shape of objects for manifests.

The schemas know attributes, their types, nested blocks and what is required. They hold no lists of allowed values.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import hcl2
import lark
import yaml

from portability.patterns import regex
from portability.proposals import kinds
from portability.proposals.page import Language

_DATA = Path(__file__).parents[1] / "data"
_META = {"for_each", "count", "provider", "depends_on", "lifecycle", "dynamic", "__is_block__"}
_VARIABLE = regex(r"\bvar\.(\w+)")
_LITERAL = regex(r'"(?:[^"\\]|\\.)*"')
_MOST = 12


def problems(language: Language, text: str, *, settings: bool = False) -> tuple[str, ...]:
    """Why a rendered file is not ready; empty where nothing speaks against it.

    HCL must be whole: the variables that it uses stand in it. ``settings`` are no objects of a cluster, any mapping.
    """
    try:
        if language == "hcl":
            found = _hcl(text)
        elif language == "yaml":
            found = _yaml(text, settings=settings)
        else:
            found = iter(())
        return tuple(dict.fromkeys(found))[:_MOST]
    except (lark.exceptions.LarkError, yaml.YAMLError, ValueError) as error:
        return (f"it does not parse: {str(error).splitlines()[0][:200]}",)


@cache
def _schemas() -> Mapping[str, Mapping[str, Any]]:
    schemas: Mapping[str, Mapping[str, Any]] = json.loads((_DATA / "terraform-schemas.json").read_text("utf-8"))
    return schemas


def _hcl(text: str) -> Iterator[str]:
    document = hcl2.loads(text)
    names = [name.strip('"') for block in document.get("variable", []) for name in block if name != "__is_block__"]
    yield from (f"variable {name} is declared twice" for name in sorted(set(names)) if names.count(name) > 1)
    code = "\n".join(_LITERAL.sub('""', line) for line in text.splitlines() if not line.lstrip().startswith("#"))
    yield from (f"var.{name} is not declared" for name in sorted(set(_VARIABLE.findall(code)) - set(names)))
    for kind in ("resource", "data"):
        for entry in document.get(kind, []):
            for quoted, blocks in entry.items():
                type = quoted.strip('"')
                schema = _schemas()[kind].get(type)
                if schema is None:
                    yield f"{kind} {type} is not in the schema of its provider"
                    continue
                for label, body in blocks.items():
                    yield from (f"{type}.{label.strip(chr(34))}: {one}" for one in _block(body, schema))


def _block(body: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
    attributes, blocks = schema.get("attributes", {}), schema.get("blocks", {})
    nested: dict[str, list[Mapping[str, Any]]] = {}
    for entry in body.get("dynamic", []):
        for name, inner in entry.items():
            if name != "__is_block__":
                nested.setdefault(name.strip('"'), []).extend(inner["content"])
    for name, value in body.items():
        if name in _META:
            continue
        if isinstance(value, list) and value and isinstance(value[0], dict) and "__is_block__" in value[0]:
            nested.setdefault(name, []).extend(value)
        elif name not in attributes:
            yield f"there is no attribute {name}"
        else:
            yield from (f"{name}: {one}" for one in _attribute(value, attributes[name]))
    for name, entries in nested.items():
        if name not in blocks:
            yield f"there is no block {name}"
        else:
            yield from (f"{name}: {one}" for entry in entries for one in _block(entry, blocks[name]))
    required = {name for name, one in attributes.items() if (one if isinstance(one, str) else one["type"])[-1] == "!"}
    required |= {name for name, one in blocks.items() if one.get("required")}
    yield from (f"{name} is required" for name in sorted(required - body.keys() - nested.keys()))


def _attribute(value: Any, schema: str | Mapping[str, Any]) -> Iterator[str]:
    if isinstance(schema, str):
        if not _fits(value, schema.rstrip("!")):
            yield f"{str(value)[:40]} is no {schema.rstrip('!')}"
        return
    many = isinstance(value, list)
    if many and "single" in schema["type"]:
        yield "one object is wanted, not a list"
    for one in value if many else [value]:
        if isinstance(one, Mapping):
            yield from _block(_unquoted(one), schema)


def _unquoted(value: Mapping[str, Any]) -> dict[str, Any]:
    return {name.strip('"'): item for name, item in value.items()}


def _fits(value: Any, type: str) -> bool:
    """Whether a value may be of a type. What only a run could tell may be of any."""
    many = type.startswith(("list(", "set("))
    if isinstance(value, list):
        inner = type.partition("(")[2].removesuffix(")")
        return many and all(_fits(one, inner) for one in value)
    if isinstance(value, Mapping):
        return type.startswith(("map(", "object(", "nested"))
    if value is None or (isinstance(value, str) and not value.startswith('"')):
        return True
    if many or type.startswith(("map(", "object(", "nested")):
        return False
    text = str(value).strip('"')
    if type == "number":
        return "${" in text or re.fullmatch(r"-?\d+(\.\d+)?", text) is not None
    if type == "bool":
        return "${" in text or text.lower() in ("true", "false")
    return True


def _yaml(text: str, *, settings: bool) -> Iterator[str]:
    documents = [document for document in yaml.safe_load_all(text) if document is not None]
    if not documents and not any(line.startswith("#") for line in text.split("\n")):
        yield "it holds nothing, and says not why"
    for document in documents:
        if not isinstance(document, dict):
            yield "a document is no mapping"
        elif not settings:
            yield from kinds.problems(document)
