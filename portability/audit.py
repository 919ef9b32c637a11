"""The main job: a directory goes in, an assessment comes out."""

from __future__ import annotations

import gc
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import msgspec

from portability.assessment import assess, unfollowed
from portability.assessment.graph import carried, links
from portability.catalogue import Catalogue
from portability.discovery import Hit, Tree, candidate, discover, gather, printable
from portability.engine import Engine
from portability.engine.as_one import together
from portability.interest import Interest
from portability.model import (
    Assessment,
    Coverage,
    FileCounts,
    Finding,
    Language,
    Missing,
    Pointer,
    Policy,
    Problem,
    Usage,
)
from portability.names.globs import matches_any
from portability.policy import refusal
from portability.reading import Batch, Unit, read_here, size, units
from portability.reading.deployments import deployed
from portability.reading.environment import handed
from portability.settings import DEFAULT, Settings

PARALLEL_BYTES = 1_500_000
"""Below this a second process costs more than it brings."""

EXCLUDED = "excluded by the configuration"
"""The name under which files that ``exclude`` matches are counted."""

_MARKERS: Mapping[Language, tuple[str, ...]] = {
    "terraform": (),
    "kubernetes": ("Chart.yaml", "kustomization.yaml", "kustomization.yml"),
    "containers": (),
    "delivery": (),
    "python": ("pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "Pipfile"),
}
"""Files that make their directory a component. A directory of Terraform is one by itself."""


@contextmanager
def _without_garbage() -> Iterator[None]:
    """Look for no garbage by and by: nearly all that an audit makes, it keeps to its end."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        if was_enabled:
            gc.enable()


@_without_garbage()
def audit(
    root: Path,
    catalogue: Catalogue,
    targets: Sequence[str],
    *,
    paths: Sequence[Path] | None = None,
    include_skipped: bool = False,
    jobs: int | None = None,
    settings: Settings = DEFAULT,
    policy: Policy | None = None,
    settle: Callable[[Sequence[Finding]], Sequence[Finding]] = tuple,
    progress: Callable[[int, int, int], None] = lambda _done, _total, _found: None,
    stoppable: bool = False,
) -> Assessment:
    """Read a tree, or only ``paths`` in it, and assess what ties it to a provider.

    With ``paths``, what a file needs around it (the other files of its Terraform module) is read too, and only the
    named files are reported. ``jobs`` bounds the processes; None takes every core. Nothing of the tree is run.
    ``settle`` marks the findings that somebody accepted, before they are added up. ``progress`` hears of files done,
    files in all and names found; where it is ``stoppable``, Ctrl-C ends the reading, and what was read is assessed.
    """
    policy = policy or Policy()
    found = discover(root, paths=paths, include_skipped=include_skipped)
    wanted = {path for path, _ in found.files}
    excluded = {path for path in wanted if matches_any(settings.exclude, path)}
    wanted -= excluded
    tree = Tree(root, wanted, whole=paths is None, include_skipped=include_skipped, also=settings.also)
    # A file goes by its printable name in everything that is shown, whatever bytes its name on disk holds.
    shown = {printable(path) for path in wanted}
    if paths is not None:
        settings = msgspec.structs.replace(settings, only=shown)
    todo = units(tree, catalogue.interest, settings)
    total, done = sum(map(len, todo)), 0

    def count(files: int) -> None:
        nonlocal done
        done += files
        progress(done, total, len(usages))

    usages: list[Usage] = []
    hits: list[Hit] = []
    problems: list[Problem] = list(found.problems)
    missing: list[Missing] = []
    pointers: list[Pointer] = []
    states: dict[Language, Counter[str]] = defaultdict(Counter)
    if paths is not None:
        # Whoever names a file wants it read: a link out, a pipe or a file that is gone is then unread, not passed by.
        # What a named folder holds is judged as it is when the whole tree is read.
        named = {printable(os.path.relpath(root / path, root)) for path in paths}
        for problem in found.problems:
            if problem.path in named and (language := candidate(problem.path)) is not None:
                states[language]["unread"] += 1

    def take(batch: Batch) -> None:
        hits.extend(hit for hit in batch.hits if hit.path in shown)
        problems.extend(problem for problem in batch.problems if problem.path in shown)
        for path, language, reading in batch.readings:
            if path in shown:
                states[language][reading.state] += 1
                usages.extend(reading.usages)
                problems.extend(reading.problems)
                missing.extend(reading.missing)
                pointers.extend(reading.pointers)

    stopped = 0
    try:
        for batch in _read(root, todo, catalogue.interest, settings, jobs, count):
            take(batch)
    except KeyboardInterrupt:
        if not stoppable:
            raise
        stopped = total - done
    # Of less than the whole tree nobody knows what deploys it.
    usages = deployed(tree.paths, usages, pointers if paths is None else ())
    engine = Engine(catalogue, targets, lambda answer: refusal(policy, answer))
    findings = settle(_judge(engine, root, usages))
    skipped = {**found.skipped, **({EXCLUDED: len(excluded)} if excluded else {})}
    coverage = Coverage(
        files={language: FileCounts(**counts) for language, counts in sorted(states.items())},
        skipped=dict(sorted(skipped.items())),
        unsupported=gather(hits),
        elsewhere=engine.elsewhere,
        unfollowed=unfollowed(missing),
        problems=tuple(sorted(set(problems))),
        stopped=stopped,
    )
    # Of less than the whole tree nobody knows who hands in what.
    variables = carried(findings) if paths is None else set()
    join = partial(links, handed=handed(tree, variables))
    return assess(root.name, findings, coverage, catalogue, targets, engine.vendors, policy, join)


def _read(
    root: Path,
    todo: Sequence[Unit],
    interest: Interest,
    settings: Settings,
    jobs: int | None,
    progress: Callable[[int], None],
) -> Iterator[Batch]:
    workers = min(jobs or os.cpu_count() or 1, len(todo))
    if workers < 2 or sum(size(root, unit) for unit in todo) < PARALLEL_BYTES:
        return read_here(root, todo, interest, settings, progress)
    from portability.reading.workers import read_in_processes

    return read_in_processes(root, todo, interest, settings, workers, progress)


def _judge(engine: Engine, root: Path, usages: list[Usage]) -> list[Finding]:
    components = _Components(root)
    # Ordinals in fingerprints follow the file, whatever order the readings came in.
    usages.sort(key=lambda usage: (usage.location, usage.symbol, usage.address))
    judged = (engine.judge(use, components.of(use.location.path, use.language)) for use in usages)
    return together(finding for finding in judged if finding is not None)


class _Components:
    """The component of a file: the nearest directory upwards that holds a marker of its language, else its own."""

    def __init__(self, root: Path) -> None:
        self._root = os.fspath(root)
        self._marked: dict[tuple[str, Language], str | None] = {}

    def of(self, path: str, language: Language) -> str:
        directory = path.rpartition("/")[0]
        return self._nearest(directory, language) or directory or "."

    def _nearest(self, directory: str, language: Language) -> str | None:
        key = (directory, language)
        if key not in self._marked:
            markers = (os.path.join(self._root, directory, marker) for marker in _MARKERS[language])
            if any(os.path.isfile(marker) for marker in markers):
                self._marked[key] = directory or "."
            else:
                above = directory.rpartition("/")[0]
                self._marked[key] = self._nearest(above, language) if directory else None
        return self._marked[key]
