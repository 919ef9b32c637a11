"""Holds objects of a cluster against the fields that their kind has, where the project carries them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from portability.patterns import regex

_FILE = Path(__file__).parents[1] / "data/kubernetes-kinds.json"
_PLACEHOLDER = regex(r"\$\{[A-Z][A-Z0-9_]*\}")


def problems(document: Mapping[str, Any]) -> Iterator[str]:
    """What a cluster would refuse. Of a kind that the project does not know, only that it says what it is."""
    kind, version = document.get("kind"), document.get("apiVersion")
    if not isinstance(kind, str) or not isinstance(version, str):
        yield "a document has no apiVersion and kind"
        return
    metadata = document.get("metadata")
    if not isinstance(metadata, dict) or not isinstance(metadata.get("name"), str):
        yield f"{kind}: metadata.name is required"
    known = _known()
    shape = known["kinds"].get(f"{version} {kind}")
    if shape is not None:
        rest = {name: value for name, value in document.items() if name not in ("apiVersion", "kind", "metadata")}
        yield from _fits(rest, shape, known["shapes"], kind)
    elif any(one.startswith(f"{version.partition('/')[0]}/") and one.endswith(f" {kind}") for one in known["kinds"]):
        yield f"{kind} is not served as {version}"


@cache
def _known() -> Mapping[str, Any]:
    known: Mapping[str, Any] = json.loads(_FILE.read_text("utf-8"))
    return known


def _fits(value: Any, shape: Any, shapes: Mapping[str, Any], at: str) -> Iterator[str]:
    """What does not fit. A shape is a type, the name of a shape, a list of one, fields, or ``*`` for any name."""
    if isinstance(shape, str):
        shape = shapes.get(shape, shape)
    if isinstance(value, str) and _PLACEHOLDER.fullmatch(value):
        return  # filled in by a person
    if isinstance(shape, str):
        if not _of_type(value, shape):
            yield f"{at}: {str(value)[:40]} is no {shape}"
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield f"{at} is no list"
        for one in value if isinstance(value, list) else ():
            yield from _fits(one, shape[0], shapes, f"{at}[]")
    elif not isinstance(value, Mapping):
        yield f"{at} is no object"
    else:
        yield from _fields(value, shape, shapes, at)


def _fields(value: Mapping[str, Any], shape: Mapping[str, Any], shapes: Mapping[str, Any], at: str) -> Iterator[str]:
    known = {name.removesuffix("!"): inner for name, inner in shape.items()}
    for name, one in value.items():
        if name in known or "*" in known:
            yield from _fits(one, known.get(name, known.get("*")), shapes, f"{at}.{name}")
        else:
            yield f"{at}.{name} is no field"
    wanted = {name[:-1] for name in shape if name.endswith("!")} - {"metadata", "apiVersion", "kind"}
    yield from (f"{at}.{name} is required" for name in sorted(wanted - value.keys()))


def _of_type(value: Any, type: str) -> bool:
    if type == "any" or value is None:
        return True
    if type == "string":
        return isinstance(value, (str, int, float)) and not isinstance(value, bool)
    if type == "boolean":
        return isinstance(value, bool)
    return isinstance(value, int if type == "integer" else (int, float)) and not isinstance(value, bool)
