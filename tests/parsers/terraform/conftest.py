"""A Terraform file and what is asked of it → what the room reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from portability.interest import Claim, Interest, NameTable
from portability.model import Reading, Source
from portability.parsers.terraform import read
from portability.settings import DEFAULT, Settings

EVERY_NAME = NameTable.of([("*", Claim("any/service", "primary"))])

PROVIDERS_OWN = NameTable.of(
    (name, Claim("any/service", "look-up"))
    for name in (
        "*amazonaws.com",
        "*.windows.net",
        "*googleapis.com",
        "arn:aws*",
        "ami",
        "169.254.*",
        "*:*",
        "roles/pubsub.*",
        "roles/compute.*",
        "roles/storage.*",
        "role/Acr*",
        "role/Key *",
    )
)


def readings_of(
    files: Mapping[str, str | bytes],
    attributes: Mapping[str, tuple[str, ...]] | None = None,
    wanted: NameTable = EVERY_NAME,
    settings: Settings = DEFAULT,
) -> dict[str, Reading]:
    interest = Interest(
        names={"terraform": wanted, "terraform-module": wanted, "string": PROVIDERS_OWN, "command": EVERY_NAME},
        attributes=attributes or {},
    )
    unit = [
        Source(path=path, language="terraform", data=data if isinstance(data, bytes) else data.encode())
        for path, data in files.items()
    ]
    return read(unit, interest, settings)


@pytest.fixture
def readings() -> Callable[..., dict[str, Reading]]:
    """``readings({path: code}, attributes, wanted)`` of one directory."""
    return readings_of


@pytest.fixture
def reading() -> Callable[..., Reading]:
    """``reading(code, attributes)`` of one file; ``path=`` says which syntax."""

    def read_one(code: str | bytes, attributes: Any = None, *, path: str = "main.tf") -> Reading:
        return readings_of({path: code}, attributes)[path]

    return read_one


@pytest.fixture
def values() -> Callable[..., dict[str, Any]]:
    """``values(body, *paths)``: what the paths come to in a resource with this body; ``path=`` says which syntax."""

    def evaluate(body: str, *paths: str, path: str = "main.tf") -> dict[str, Any]:
        code = (
            f'{{"resource": {{"a_b": {{"c": {body}}}}}}}' if path.endswith("json") else f"resource a_b c {{\n{body}\n}}"
        )
        read_one = readings_of({path: code}, {"a_b": paths})[path]
        assert read_one.state == "read"
        return dict(read_one.usages[0].values)

    return evaluate
