"""A manifest and the names that someone wants → what the room reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from portability.interest import Claim, Interest, NameTable
from portability.model import Reading, Source
from portability.names.needles import needles
from portability.parsers.kubernetes import read


def reading_of(
    manifest: str | bytes,
    *names: str,
    path: str = "a.yaml",
    words: tuple[str, ...] = (),
    attributes: Mapping[str, tuple[str, ...]] | None = None,
) -> Reading:
    data = manifest if isinstance(manifest, bytes) else manifest.encode()
    table = NameTable.of((name, Claim("any/service", "primary")) for name in names)
    found = needles(words, table.patterns(), ())
    interest = Interest(words={"any": words}, names={"kubernetes": table}, attributes=attributes or {}, needles=found)
    return read([Source(path=path, language="kubernetes", data=data)], interest)[path]


@pytest.fixture
def reading() -> Callable[..., Reading]:
    """``reading(manifest, *wanted names, words=…, attributes=…)``."""
    return reading_of


@pytest.fixture
def symbols() -> Callable[..., list[tuple[int, str]]]:
    """The same, as lines and symbols."""

    def found(manifest: str | bytes, *names: str, **asked: object) -> list[tuple[int, str]]:
        return [(usage.location.line, usage.symbol) for usage in reading_of(manifest, *names, **asked).usages]

    return found
