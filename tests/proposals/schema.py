"""Holds rendered HCL against what the providers accept: attributes, nested blocks, and what they require."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import hcl2

_META = {"for_each", "count", "provider", "depends_on", "lifecycle", "dynamic", "__is_block__"}


def _schemas() -> dict[str, dict[str, Any]]:
    merged: dict[str, dict[str, Any]] = {"resource": {}, "data": {}}
    for path in sorted((Path(__file__).parent / "data").glob("*-schema.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        for kind, types in merged.items():
            types.update(schema[kind])
    return merged


SCHEMAS = _schemas()


def problems(text: str) -> list[str]:
    """Everything in a file that its providers would refuse."""
    document = hcl2.loads(text)
    found: list[str] = []
    names = [name for block in document.get("variable", []) for name in block if name != "__is_block__"]
    found += [f"variable {name} is declared twice" for name in set(names) if names.count(name) > 1]
    found += [f"var.{name} is not declared" for name in _used(text) if f'"{name}"' not in names]
    for kind, types in SCHEMAS.items():
        for entry in document.get(kind, []):
            for quoted, blocks in entry.items():
                type = quoted.strip('"')
                if type not in types:
                    found.append(f"{kind} {type} is not in the schema")
                    continue
                for label, body in blocks.items():
                    found += [f"{kind} {type} {label}: {one}" for one in _block(body, types[type])]
    return found


def _used(text: str) -> set[str]:
    code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    return {part.split(".")[1] for part in _words(code) if part.startswith("var.")}


def _words(code: str) -> Iterator[str]:
    word = ""
    for c in code + " ":
        if c.isalnum() or c in "_.":
            word += c
        else:
            yield word
            word = ""


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
        is_block = isinstance(value, list) and bool(value) and isinstance(value[0], dict) and "__is_block__" in value[0]
        if is_block:
            nested.setdefault(name, []).extend(value)
        elif name not in attributes:
            yield f"no attribute {name}"
        elif isinstance(value, dict) and "attributes" in attributes[name]:
            yield from (f"{name}: {one}" for one in _block(value, attributes[name]))
    for name, entries in nested.items():
        if name not in blocks:
            yield f"no block {name}"
        else:
            yield from (f"{name}: {one}" for entry in entries for one in _block(entry, blocks[name]))
    yield from (f"{name} is required" for name, one in attributes.items() if one.get("required") and name not in body)
    yield from (
        f"block {name} is required" for name, one in blocks.items() if one.get("min_items") and name not in nested
    )
