"""What came of a run, or will: plans and states as files, from their bytes to a reading."""

from __future__ import annotations

from portability.interest import Interest
from portability.model import Problem, Reading, Source, Usage
from portability.parsers.guards import too_deep
from portability.parsers.terraform import plan, state
from portability.parsers.terraform.instances import NotReadable, usage_of
from portability.parsers.terraform.text import Positions, decode

_MAX_PROBLEMS = 20


def read(source: Source, interest: Interest) -> Reading:
    """Read one of them. Never raises for any bytes."""
    path = source.path
    text = decode(source.data)
    if text is None:
        return _unread(path, 1, "binary", "The file holds NUL bytes, so it is not text. Exclude it.")
    if (line := too_deep(text.data)) is not None:
        return _unread(path, line, "too-deep", "Brackets nest so deep here that the file is not read. Exclude it.")
    if not text.data.strip():
        return Reading()
    positions = Positions(text.data)
    usages: list[Usage] = []
    problems: list[Problem] = []
    shown = b'"format_version"' in text.data
    try:
        for instance, span in (plan if shown else state).instances(text.data):
            if instance is not None:
                usage = usage_of(instance, span, path, positions, interest)
                usages += [usage] if usage is not None else []
            elif len(problems) < _MAX_PROBLEMS:
                line, _ = positions.at(span.start)
                what = "What stands here has not the shape of a resource, and was left out."
                problems.append(Problem(path=path, line=line, kind="syntax", message=what))
    except NotReadable as error:
        return _unread(path, 1, error.kind, str(error))
    return Reading(state="partly" if problems else "read", usages=tuple(usages), problems=tuple(problems))


def _unread(path: str, line: int, kind: str, message: str) -> Reading:
    return Reading(state="unread", problems=(Problem(path=path, line=line, kind=kind, message=message),))
