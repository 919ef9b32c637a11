"""Reading on every core. A worker that dies takes no other file along, and is told as a problem."""

from __future__ import annotations

import gc
import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from portability.discovery import candidate, printable
from portability.interest import Interest
from portability.model import Problem, Reading
from portability.reading import Batch, Reader, Unit, size
from portability.settings import Settings

BATCH_BYTES = 400_000
"""About what one hand-over to a worker holds: little enough to share work evenly, much enough to be worth it."""

_readers: list[Reader] = []
"""The one reader of a worker process."""


def read_in_processes(
    root: Path,
    todo: Sequence[Unit],
    interest: Interest,
    settings: Settings,
    workers: int,
    progress: Callable[[int], None],
) -> Iterator[Batch]:
    """Read units and yield what comes out, in the order in which it is done."""
    lost: list[Unit] = []
    pool = _pool(workers, root, interest, settings)
    try:
        futures = {pool.submit(_work, batch): batch for batch in _batches(root, todo)}
        for future in as_completed(futures):
            try:
                result = future.result()
            except BrokenProcessPool:
                lost.extend(futures[future])
            else:
                yield result
                progress(sum(map(len, futures[future])))
    except BaseException:
        # Whoever stops early (Ctrl-C) does not wait for what is still queued.
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
    # A worker died and took the others' work along. One process a unit tells which file it was.
    for unit in sorted(lost):
        yield _alone(unit, root, interest, settings)
        progress(len(unit))


def _batches(root: Path, todo: Sequence[Unit]) -> list[list[Unit]]:
    """Hand-overs in order, large units first: whoever takes one last would keep the others waiting."""
    large: list[list[Unit]] = []
    others: list[list[Unit]] = [[]]
    total = 0
    for unit in todo:
        weight = size(root, unit) + 1_000
        if weight > 2 * BATCH_BYTES:
            large.append([unit])
            continue
        others[-1].append(unit)
        total += weight
        if total >= BATCH_BYTES:
            others.append([])
            total = 0
    return [batch for batch in (*large, *others) if batch]


def _pool(workers: int, root: Path, interest: Interest, settings: Settings) -> ProcessPoolExecutor:
    # Forking is a tenth of the price of a new interpreter, and nothing here runs threads before it.
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else None
    context = multiprocessing.get_context(method)
    arguments = (root, interest, settings)
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=arguments)


def _begin(root: Path, interest: Interest, settings: Settings) -> None:
    # Ctrl-C is for whoever started us, who lets us finish what we are at.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()  # what is here now stays to the end
    gc.disable()
    _readers[:] = [Reader(root, interest, settings)]


def _work(batch: list[Unit]) -> Batch:
    return _readers[0].read(batch)


def _alone(unit: Unit, root: Path, interest: Interest, settings: Settings) -> Batch:
    try:
        with _pool(1, root, interest, settings) as pool:
            return pool.submit(_work, [unit]).result()
    except BrokenProcessPool:
        message = "reading this ended the parser's process, so it was left out. Please report it if you can share it."
        result = Batch()
        for path in unit:
            problem = Problem(path=printable(path), line=1, kind="crash", message=message)
            language = candidate(path)
            if language is None:
                result.problems.append(problem)
            else:
                result.readings.append((printable(path), language, Reading(state="unread", problems=(problem,))))
        return result
