"""The audit of Python trees to ast.parse: python bench/python_trees.py DIRECTORY... [--rounds N]

The yardstick is what ``ast.parse`` takes for the texts that the audit parses, each once and its tree dropped at once.
Both are asked in processes of their own, in turn, and the user time of the processor is taken: in one process the
yardstick would pay for a garbage collector that walks through all that the audit keeps, which doubles it.
"""

from __future__ import annotations

import argparse
import ast
import json
import multiprocessing
import os
import resource
import statistics
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from portability import catalogue
from portability.audit import audit

TARGETS = ("ovhcloud", "self-hosted")


def parsed(directory: Path, into: Path) -> tuple[int, int]:
    """Write the texts that the audit of a directory parses; how many there are, and how often it parses."""
    texts: dict[str, None] = {}
    parses = 0
    parse = ast.parse

    def noting(source: Any, *args: Any, **keywords: Any) -> Any:
        nonlocal parses
        parses += 1
        texts[source if isinstance(source, str) else bytes(source).decode("latin-1")] = None
        return parse(source, *args, **keywords)

    ast.parse = noting
    audit(directory, catalogue.load(), TARGETS, jobs=1)
    into.write_text(json.dumps(list(texts)))
    return len(texts), parses


def audited(directory: Path) -> tuple[float, float]:
    """User seconds of an audit in one process, and the most memory that the process took, in MB."""
    known = catalogue.load()
    seconds = user_s(lambda: audit(directory, known, TARGETS, jobs=1))
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def parsing(texts: Path) -> float:
    """User seconds of ``ast.parse`` over these texts."""
    sources = [text.encode("latin-1", "replace") for text in json.loads(texts.read_text())]

    def work() -> None:
        for source in sources:
            try:
                ast.parse(source)
            except (SyntaxError, ValueError):
                continue

    return user_s(work)


def user_s(work: Callable[[], object]) -> float:
    start = os.times().user
    work()
    return os.times().user - start


def apart(work: Callable[..., Any], *args: Any) -> Any:
    """What a function gives in a fresh process."""
    warnings.simplefilter("ignore")
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, args)


def main(directories: list[Path], rounds: int) -> None:
    print("tree  texts  parses  ast.parse s  audit s  ratio  MB of memory")
    for directory in directories:
        with tempfile.TemporaryDirectory() as made:
            texts = Path(made) / "texts.json"
            different, parses = apart(parsed, directory, texts)
            rows = [(apart(parsing, texts), *apart(audited, directory)) for _ in range(rounds)]
        theirs, ours, memory = map(statistics.median, zip(*rows, strict=True))
        ratio = statistics.median(row[1] / row[0] for row in rows)
        print(
            f"{directory.name}  {different}  {parses}  {theirs:.2f}  {ours:.2f}  {ratio:.1f}  {memory:.0f}", flush=True
        )


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("directories", nargs="+", type=Path)
    arguments.add_argument("--rounds", type=int, default=5)
    given = arguments.parse_args()
    main([directory.resolve() for directory in given.directories], given.rounds)
