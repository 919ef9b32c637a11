"""Speed as ratios, measured in one run: python bench/run.py [DIRECTORY with Terraform, Python and manifests].

Without a directory a corpus is made from the fixtures: copies with names of their own. Each figure is the median of
several runs; seconds depend on the machine, ratios hardly do.
"""

from __future__ import annotations

import ast
import gc
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path

import hcl2
import yaml

from portability import catalogue
from portability.audit import audit
from portability.catalogue import COMPILED
from portability.gate import judge
from portability.reports import FORMATS, Report

ROOT = Path(__file__).parent.parent
TERRAFORM_BYTES = 1_000_000
PYTHON_BYTES = 3_000_000
RUNS = 3
NEIGHBOUR = '''

def step_{0}(order, tax=0.21):
    """Ordinary code, as most of a repository is."""
    lines = [line for line in order["lines"] if line["amount"] > 0]
    total = sum(line["amount"] * line["price"] for line in lines)
    return {{"order": order["id"], "net": total, "gross": round(total * (1 + tax), 2), "step": {0}}}
'''
PYTHON_FILE_BYTES = 5_000
STARTS = 15


def corpus(into: Path) -> Path:
    """Copies of the fixtures until there is enough of each language, every file in a directory of its own.

    Python files grow to an ordinary size, since nobody's code consists of SDK calls alone.
    """
    for suffix, enough in ((".tf", TERRAFORM_BYTES), (".py", PYTHON_BYTES), (".yaml", TERRAFORM_BYTES)):
        sources = [path for path in sorted((ROOT / "fixtures").rglob(f"*{suffix}")) if path.is_file()]
        written = number = 0
        while written < enough:
            source = sources[number % len(sources)]
            text = source.read_text().replace("orders", f"orders_{number}")
            while suffix == ".py" and len(text) < PYTHON_FILE_BYTES:
                text += NEIGHBOUR.format(len(text))
            target = into / suffix[1:] / f"{number:05}" / source.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
            written += len(text)
            number += 1
    return into


def median_s(work: Callable[[], object], runs: int = RUNS) -> float:
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def show(what: str, ours: float, theirs: float, bound: str) -> None:
    print(f"{what:62} {ours:8.3f} s / {theirs:8.3f} s = {ours / theirs:6.2f}   (aim: {bound})")


def parse_hcl(files: Iterable[Path]) -> None:
    for file in files:
        try:
            hcl2.loads(file.read_text())
        except Exception as error:  # noqa: BLE001 (the other parser gives up in many ways; it is only timed)
            print(f"hcl2 gave up on {file}: {type(error).__name__}", file=sys.stderr)


def parse_python(files: Iterable[Path]) -> None:
    for file in files:
        try:
            ast.parse(file.read_bytes())
        except (SyntaxError, ValueError):
            continue


def compose(files: Iterable[Path]) -> None:
    for file in files:
        try:
            for _ in yaml.compose_all(file.read_bytes(), Loader=yaml.CSafeLoader):
                pass
        except yaml.YAMLError:
            continue


def main(directory: Path) -> None:
    warnings.simplefilter("ignore")
    known = catalogue.load()
    targets = ("ovhcloud", "self-hosted")
    for language, suffix, baseline, bound in (
        ("Terraform, one process, to hcl2.loads", ".tf", parse_hcl, "0.25"),
        ("Python, one process, to ast.parse", ".py", parse_python, "4"),
        ("Kubernetes, one process, to CSafeLoader compose", ".yaml", compose, "4"),
    ):
        files = sorted(path for path in directory.rglob(f"*{suffix}") if path.is_file())
        if files:
            size = sum(path.stat().st_size for path in files) / 1e6
            ours = median_s(lambda found=files: audit(directory, known, targets, paths=found, jobs=1))
            gc.collect()
            gc.freeze()  # what the audit keeps is not for the yardstick to look through, again and again
            theirs = median_s(lambda b=baseline, f=files: b(f), 1)
            gc.unfreeze()
            show(f"audit of {size:.1f} MB of {language}", ours, theirs, bound)
    page(directory, known, targets)
    one = next(iter(sorted((ROOT / "fixtures").rglob("*.tf"))))
    start = median_s(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True), STARTS)
    command = [sys.executable, "-m", "portability", "check", str(one)]
    check = median_s(lambda: subprocess.run(command, cwd=ROOT, capture_output=True, check=False), STARTS)
    show("check of one small file, to python -c pass", check, start, "12")
    load = median_s(lambda: catalogue.read(COMPILED), STARTS)
    show("loading the catalogue, to python -c pass", load, start, "2")


def page(directory: Path, known: catalogue.Catalogue, targets: tuple[str, ...]) -> None:
    """The HTML report of everything, to the audit that it reports on."""
    assessment = audit(directory, known, targets)
    report = Report(assessment=assessment, verdict=judge(assessment, {}), catalogue=known)
    audited = median_s(lambda: audit(directory, known, targets))
    what = (
        f"HTML of {len(assessment.findings):,} findings ({len(FORMATS['html'](report)) / 1e6:.1f} MB), to their audit"
    )
    show(what, median_s(lambda: FORMATS["html"](report)), audited, "1")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]).resolve())
    else:
        with tempfile.TemporaryDirectory() as made:
            main(corpus(Path(made).resolve()))
