"""How long manifests take, to composing them: python bench/manifests.py DIRECTORY [DIRECTORY…]

The yardstick is what PyYAML's C loader takes to compose the documents that are manifests (``apiVersion`` and ``kind``
at the top, no holes), each by itself. Against it stands an audit in one process of a copy of the tree that holds only
what the Kubernetes room reads, from finding the files to the assessment. Aim: 4.

An audit's time is told in three parts: what it takes to start (a tree of one small manifest), the files that hold a
manifest, and the rest, which are charts, values and overlays. Definitions of custom resources count as manifests, and
are passed over: how much of the composing is theirs stands in brackets, and the last column leaves out both them and
the start. Everything is processor time, the median of interleaved runs, each in a process of its own, so that no run
finds what an earlier one remembered; loading the catalogue is left out.
"""

from __future__ import annotations

import multiprocessing
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, ScalarNode

from portability import catalogue
from portability.audit import audit
from portability.discovery import discover, look
from portability.discovery.load import Seen
from portability.parsers.kubernetes.documents import Refused, decode, split

RUNS = 5
SHORTEST_S = 0.005
"""What takes less is not measured well."""
ONE = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  annotations:\n    cloud.google.com/neg: '{}'\n"
DEFINITION = re.compile(r"^kind:[ \t]*[\"']?CustomResourceDefinition\b", re.MULTILINE)
CACHED = multiprocessing.get_context("fork")


def main(directories: Collection[Path]) -> None:
    known = catalogue.load()
    print(
        "tree  files  manifests  MB  compose s (definitions)  audit s = start + manifests + rest  ratio  of manifests"
    )
    for directory in directories:
        with tempfile.TemporaryDirectory() as all_, tempfile.TemporaryDirectory() as some, started() as one:
            documents: list[str] = []
            files = 0
            for path, data in ours(directory):
                own = [text for text in texts(data) if is_manifest(text)]
                documents += own
                files += 1
                for root in (all_, some) if own else (all_,):
                    (Path(root) / path).parent.mkdir(parents=True, exist_ok=True)
                    (Path(root) / path).write_bytes(data)
            if not documents:
                print(f"{directory.name}: no manifest")
                continue
            definitions = [text for text in documents if is_definition(text)]
            composed, schemas, whole, part, start = medians_s(
                lambda texts=documents: compose(texts),
                lambda texts=definitions: compose(texts),
                *(
                    lambda root=root: audit(Path(root), known, ("ovhcloud", "self-hosted"), jobs=1)
                    for root in (all_, some, one)
                ),
            )
            size = sum(map(len, documents)) / 1e6
            print(
                f"{directory.name}  {files}  {len(documents)}  {size:.2f}  {composed:.2f} ({schemas:.2f})"
                f"  {whole:.2f} = {start:.2f} + {part - start:.2f} + {whole - part:.2f}"
                f"  {whole / composed:.1f}  {ratio(part - start, composed - schemas)}",
                flush=True,
            )


@contextmanager
def started() -> Iterator[str]:
    """A tree of one small manifest, which takes little more than the start."""
    with tempfile.TemporaryDirectory() as root:
        (Path(root) / "one.yaml").write_text(ONE)
        yield root


def ratio(seconds: float, composed: float) -> str:
    return f"{seconds / composed:.1f}" if composed >= SHORTEST_S else "too short"


def ours(directory: Path) -> Iterator[tuple[str, bytes]]:
    """The files that the Kubernetes room reads by their names and bytes."""
    for path, language in discover(directory).files:
        if language == "kubernetes":
            seen = look(directory, path)
            if isinstance(seen, Seen) and seen.language == "kubernetes":
                yield path, seen.data


def texts(data: bytes) -> Iterator[str]:
    try:
        yield from (document.text for document in split(decode(data)[0]))
    except Refused:
        return


def is_manifest(text: str) -> bool:
    if "apiVersion" not in text:
        return False
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return False
    keys = {key.value for key, _ in root.value if isinstance(key, ScalarNode)} if isinstance(root, MappingNode) else ()
    return "apiVersion" in keys and "kind" in keys


def is_definition(text: str) -> bool:
    return DEFINITION.search(text) is not None


def compose(documents: Collection[str]) -> None:
    for text in documents:
        yaml.compose(text, Loader=yaml.CSafeLoader)


def medians_s(*works: Callable[[], object]) -> list[float]:
    """Processor seconds of each, side by side."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(RUNS):
        for work, seconds in zip(works, taken, strict=True):
            seconds.append(alone_s(work))
    return [statistics.median(seconds) for seconds in taken]


def alone_s(work: Callable[[], object]) -> float:
    """Processor seconds of work in a process of its own."""
    ours, theirs = CACHED.Pipe(duplex=False)

    def run() -> None:
        begun = time.process_time()
        work()
        theirs.send(time.process_time() - begun)

    process = CACHED.Process(target=run)
    process.start()
    seconds: float = ours.recv()
    process.join()
    return seconds


if __name__ == "__main__":
    main([Path(one).resolve() for one in sys.argv[1:]])
