"""Assessments as people and machines read them: one file a format, all of them in one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

import msgspec

from portability.catalogue import Catalogue
from portability.gate import Verdict
from portability.model import Assessment, Proposal

if TYPE_CHECKING:
    from portability.reports.compare import Difference


class MissingExtraError(Exception):
    """A format needs a package that comes with an extra only."""

    def __init__(self, extra: str) -> None:
        super().__init__(f"this needs an extra: pip install 'cloud-portability[{extra}]'")


class Dated(msgspec.Struct, frozen=True, kw_only=True):
    """The ``day`` of the run, and by repository the commit that was checked out, with its own day."""

    day: str
    commits: Mapping[str, tuple[str, str]] = {}


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a format renders: an assessment, its verdict, and the catalogue that explains both.

    The rest is how: in which ``language``, under which ``title``, whether it says when and of what it was made
    (``dated``), with which ``links`` to code elsewhere (repository, or nothing for all, → an address with ``{path}``
    and ``{line}``), what somebody filled into the exit ``plan``, and what changed ``since`` an earlier report.
    ``patches`` are edits of the code itself.
    """

    assessment: Assessment
    verdict: Verdict
    catalogue: Catalogue
    gate: bool = False
    every_finding: bool = False
    language: str = "en"
    title: str = ""
    dated: Dated | None = None
    links: Mapping[str, str] = {}
    plan: Mapping[tuple[str, str], Mapping[str, str]] = {}
    since: Difference | None = None
    patches: tuple[Proposal, ...] = ()


def _module(name: str) -> Callable[[Report], str | bytes]:
    def render(report: Report) -> str | bytes:
        text: str | bytes = import_module(f"portability.reports.{name}").report(report)
        return text

    return render


FORMATS: Mapping[str, Callable[[Report], str | bytes]] = {
    name: _module(name)
    for name in (
        "text",
        "json",
        "lines",
        "sarif",
        "gitlab",
        "junit",
        "github",
        "summary",
        "markdown",
        "csv",
        "html",
        "plan",
        "xlsx",
        "cyclonedx",
    )
}
"""Format → what renders it. A module is imported when it is asked for, since few runs need more than one."""
