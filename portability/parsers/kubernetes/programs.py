"""Programs that stand whole in a text of a manifest: Python and Terraform, read by their own rooms at their place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from msgspec.structs import replace
from yaml.nodes import ScalarNode

from portability.interest import Interest
from portability.model import Language, Location, Reading, Source, Usage
from portability.parsers.kubernetes.origin import Origin
from portability.patterns import regex

_BLOCK = regex(r"^(?:resource|data|provider|module)[ \t]+\"|^terraform[ \t]*\{")
_INLINE: Final = "module"
"""The key under which Crossplane's Terraform provider has a configuration."""
_MAX_BYTES: Final = 200_000
_FILE: Final = "program in a manifest"
"""What a program's file is called while it is read: by that a program within one is told, which may go on for ever."""


def usages_in(key: str, scalar: ScalarNode, origin: Origin, owner: str, interest: Interest) -> list[Usage]:
    """What the program under a key uses, at its lines; nothing where it is none, cannot be read as one, or stands in
    another.

    ``origin`` is that of the text.
    """
    language = _language(key, scalar.value)
    if language is None or len(scalar.value) > _MAX_BYTES or _FILE in origin.path:
        return []
    before = 0 if origin.whole is not None else origin.line
    path = f"{origin.path}/{_FILE}{'.py' if language == 'python' else '.tf'}"
    source = Source(path=path, data=b"\n" * before + scalar.value.encode(), language=language)
    reading = _reader(language)([source], interest)[path]

    def placed(place: Location) -> Location:
        if origin.whole is not None:
            return origin.whole
        start, end = place.column + origin.column, place.end_column + origin.column
        return replace(place, path=origin.path, column=start, end_column=end)

    return [
        replace(
            usage,
            language="kubernetes",
            address=owner,
            location=placed(usage.location),
            related=tuple(placed(one) for one in usage.related),
        )
        for usage in reading.usages
    ]


def _language(key: str, written: str) -> Language | None:
    if key.endswith(".py"):
        return "python"
    is_terraform = key.endswith(".tf") or (key == _INLINE and _BLOCK.search(written.lstrip()) is not None)
    return "terraform" if is_terraform else None


def _reader(language: Language) -> Callable[[Sequence[Source], Interest], dict[str, Reading]]:
    # Few manifests hold a program, and either room takes a while to import.
    if language == "python":
        from portability.parsers.python import read as read_python

        return read_python
    from portability.parsers.terraform import read as read_terraform

    return read_terraform
