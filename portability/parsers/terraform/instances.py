"""Resources as a run of Terraform knows them: what plans and states have in common.

Both are JSON with every value in it. What they mark as sensitive is never copied.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

import msgspec

from portability.digests import blake2b
from portability.interest import Interest
from portability.model import UNKNOWN, Active, Location, Usage
from portability.parsers.terraform.configuration import INDEX
from portability.parsers.terraform.names import Named, arm
from portability.parsers.terraform.text import Positions

MAX_DEPTH: Final = 60
_PLACES: Final = ("region", "location")


class Instance(NamedTuple):
    """One resource or data source: its address with indices, its values, and what of them is sensitive or unknown, as
    objects of the same shape that hold true."""

    mode: str
    type: str
    address: str
    values: Mapping[str, Any]
    hidden: Sequence[Any] = ()
    active: Active = "yes"
    endpoint: Any = None
    places: tuple[str, ...] = ()


class Span(NamedTuple):
    """A part of the document: its text and where it begins."""

    data: bytes
    start: int

    @property
    def end(self) -> int:
        """Just after it."""
        return self.start + len(self.data)


class NotReadable(Exception):
    """The document is none that is known: the problem's kind and a sentence for a person."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def field(parent: Span, raw: msgspec.Raw) -> Span:
    """Where a value stands that was decoded from ``parent``."""
    text = bytes(raw)
    return Span(text, parent.start + max(parent.data.find(text), 0))


def items(parent: Span, raws: Sequence[msgspec.Raw]) -> Iterator[Span]:
    """Where the elements of an array stand that was decoded from ``parent``: one after the other."""
    position = 0
    for raw in raws:
        text = bytes(raw)
        position = max(parent.data.find(text, position), position)
        yield Span(text, parent.start + position)
        position += len(text)


def usage_of(instance: Instance, span: Span, path: str, positions: Positions, interest: Interest) -> Usage | None:
    """The usage of an instance, or None where nobody claims it."""
    kind: Literal["data", "resource"] = "data" if instance.mode == "data" else "resource"
    symbols = [Named("terraform", instance.type, kind, instance.address)]
    if instance.type.startswith("azapi_") and isinstance(own := instance.values.get("type"), str):
        symbols.insert(0, arm(symbols[0], own))
    named = next((named for named in symbols if interest.wants(named.namespace, named.symbol)), None)
    if named is None:
        return None
    line, column = positions.at(span.start)
    end_line, end_column = positions.at(span.end)
    values = hidden(instance.values, instance.hidden)
    return Usage(
        language="terraform",
        namespace=named.namespace,
        symbol=named.symbol,
        address=instance.address,
        location=Location(path=path, line=line, column=column, end_line=end_line, end_column=end_column),
        kind=named.kind,
        values=_asked(values, interest.paths(named.symbol)),
        endpoint=instance.endpoint,
        digest=_digest(named.symbol, instance.address),
        active=instance.active,
        places=(*instance.places, *_places(values)),
    )


def hidden(value: Any, marks: Sequence[Any], depth: int = 0) -> Any:
    """A value with UNKNOWN wherever one of the marks says true, or what only a run computes is not there yet."""
    if depth > MAX_DEPTH or any(mark is True for mark in marks):
        return UNKNOWN
    if isinstance(value, dict):
        objects = [mark for mark in marks if isinstance(mark, dict)]
        keys = dict.fromkeys([*value, *(key for mark in objects for key, inner in mark.items() if inner is True)])
        return {key: hidden(value.get(key), [mark[key] for mark in objects if key in mark], depth + 1) for key in keys}
    if isinstance(value, list):
        lists = [mark for mark in marks if isinstance(mark, list)]
        return [
            hidden(item, [mark[index] for mark in lists if index < len(mark)], depth + 1)
            for index, item in enumerate(value)
        ]
    return value


def _asked(values: Mapping[str, Any], paths: Sequence[str]) -> dict[str, Any]:
    asked = {}
    for path in paths:
        found = list(_at(values, path.split(".")))
        if found:
            asked[path] = found[0] if len(found) == 1 else found
    return asked


def _at(value: Any, path: Sequence[str]) -> Iterator[Any]:
    """What a path finds. Blocks are lists of objects; null and an empty list are how a run says that nothing is set."""
    if value is None or value == []:
        return
    if isinstance(value, list) and (path or isinstance(value[0], dict)):
        for item in value:
            yield from _at(item, path)
    elif not path or value is UNKNOWN:
        yield value
    elif isinstance(value, dict):
        # A key may have dots of its own, as those of labels and annotations do.
        ends = (end for end in range(1, len(path) + 1) if ".".join(path[:end]) in value)
        end = next(ends, 1)
        yield from _at(value.get(".".join(path[:end])), path[end:])
    elif isinstance(value, str) and value.startswith("{"):
        try:
            yield from _at(msgspec.json.decode(value), path)
        except (msgspec.DecodeError, RecursionError):
            return


def _places(values: Any) -> tuple[str, ...]:
    if not isinstance(values, dict):
        return ()
    found = [values.get(name) for name in _PLACES]
    arn = values.get("arn")
    if isinstance(arn, str) and arn.startswith("arn:"):
        found += arn.split(":")[1:4:2]
    return tuple(dict.fromkeys(place for place in found if isinstance(place, str) and place))


def _digest(symbol: str, address: str) -> str:
    """Equal for the instances of one definition."""
    parts = "\0".join(("terraform", "instance", symbol, INDEX.sub("", address)))
    return blake2b(parts.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
