"""Programs that stand whole in a text of a manifest: Python and Terraform, read by their own rooms at their place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from msgspec.structs import replace
from yaml.nodes import ScalarNode

from portability.interest import Interest
from portability.model import Language, Location, Problem, Reading, Source, Usage
from portability.parsers.kubernetes.origin import Origin
from portability.parsers.left_out import note, noted, with_notes
from portability.patterns import regex

_BLOCK = regex(r"^(?:resource|data|provider|module)[ \t]+\"|^terraform[ \t]*\{")
_INLINE: Final = "module"
"""The key under which Crossplane's Terraform provider has a configuration."""
_MAX_BYTES: Final = 200_000
_MAX_WITHIN: Final = 2
"""Programs within each other: a manifest's, and one of a manifest that this one writes."""
_FILE: Final = "program in a manifest"
"""What a program's file is called while it is read."""


def usages_in(key: str, scalar: ScalarNode, origin: Origin, owner: str, interest: Interest) -> list[Usage]:
    """What the program under a key uses, at its lines; nothing where it is none. What was not read of it is noted.

    ``origin`` is that of the text.
    """
    language = _language(key, scalar.value)
    if language is None:
        return []
    line = origin.line + 1 if origin.whole is None else origin.whole.line
    if len(scalar.value) > _MAX_BYTES:
        what = f"a program in a manifest of more than {_MAX_BYTES // 1000} kB"
        note(Problem(path=origin.path, line=line, kind="too-large", message=f"{what}, which was not read. {_INSTEAD}"))
        return []
    if origin.path.count(_FILE) >= _MAX_WITHIN:
        message = f"a program in manifests within programs, which was not read. {_INSTEAD}"
        note(Problem(path=origin.path, line=line, kind="too-deep", message=message))
        return []
    before = 0 if origin.whole is not None else origin.line
    path = f"{origin.path}/{_FILE}{'.py' if language == 'python' else '.tf'}"
    source = Source(path=path, data=b"\n" * before + scalar.value.encode(), language=language)
    with noted() as notes:
        readings = _reader(language)([source], interest)
    reading = with_notes(readings, notes)[path]
    for problem in reading.problems:
        at = problem.line if origin.whole is None else line
        message = f"{_WHERE}{problem.message.removeprefix(_WHERE)}"
        note(replace(problem, path=origin.path, line=at, message=message))

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


_WHERE: Final = "in a program in a manifest: "
_INSTEAD: Final = "Keep it in a file of its own."


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
