"""What several commands share: options, the catalogue, the scope of a run, and how a run ends in an error."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from portability import catalogue
from portability.catalogue import Catalogue
from portability.gate import Exit
from portability.model import Assessment

DEFAULT_TARGETS = ("ovhcloud", "self-hosted")
CommandT = TypeVar("CommandT", bound=Callable[..., Any])

own_rules = click.option(
    "--rules", "extra", multiple=True, type=click.Path(path_type=Path), help="A directory of own rules."
)


def reading(command: CommandT) -> CommandT:
    """The options of every command that reads a tree."""
    for option in (
        click.option("--jobs", type=click.IntRange(1), help="Processes at most; every core by default."),
        click.option("--include-skipped", is_flag=True, help="Read vendored and generated trees too."),
        own_rules,
    ):
        command = option(command)
    return command


def open_catalogue(extra: Sequence[Path], targets: Sequence[str]) -> tuple[Catalogue, tuple[str, ...]]:
    """The catalogue with a user's rules on top, and the targets to answer for; ends the run where either is wrong."""
    try:
        known = catalogue.load(extra)
    except catalogue.CatalogueError as error:
        fail(f"the rules do not hold together:\n{error}")
    wanted = tuple(targets) or DEFAULT_TARGETS
    if unknown := [target for target in wanted if target not in known.targets]:
        fail(f"no such target: {', '.join(unknown)}; there are {', '.join(known.targets)}")
    return known, wanted


def scope(paths: Sequence[Path], *, from_here: bool = False) -> tuple[Path, list[Path] | None]:
    """The root to report against, and the paths in it when less than all of it is meant.

    A single directory is its own root, unless paths should read ``from_here``: then the working directory is the root
    of everything below it, so that a reader can open what a line names.
    """
    for path in paths:
        if not os.path.lexists(path):
            fail(f"{path} does not exist")
    here = Path.cwd()
    # Links in the way are resolved, the last name is not: a link that is named is judged as one.
    whole = [Path(os.path.realpath(path.parent if path.name else path), path.name) for path in paths]
    inside = all(path.is_relative_to(here) for path in whole)
    if len(paths) == 1 and paths[0].is_dir() and not (from_here and inside):
        return paths[0].resolve(), None
    if whole == [here]:
        return here, None
    root = here if inside else Path(os.path.commonpath([path.parent for path in whole]))
    return root, whole


def assess(
    root: Path,
    known: Catalogue,
    targets: tuple[str, ...],
    paths: list[Path] | None,
    include_skipped: bool,
    jobs: int | None,
) -> Assessment:
    """Audit a scope, with progress for a person who waits."""
    from portability.audit import audit
    from portability.progress import watched

    with watched() as progress:
        return audit(root, known, targets, paths=paths, include_skipped=include_skipped, jobs=jobs, progress=progress)


def fail(message: str) -> NoReturn:
    """End the run with a message for a person and exit code 2."""
    click.echo(f"portability: {message}", err=True)
    raise SystemExit(Exit.USAGE)
