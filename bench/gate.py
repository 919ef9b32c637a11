"""What the check of one changed file costs in a repository of 5,000, as multiples of ``python -c pass``.

    python bench/gate.py [RUNS]

Three repositories are made, of which a tenth, half and all of the files are Terraform; the others are Python, manifests
and text. Figures are processor time (of the processes that were started too), medians of runs in turn; the aim is 12
and what the file's own module costs: a check of it alone, in a repository of nothing else, beyond that of a lone file.
"""

from __future__ import annotations

import compileall
import os
import random
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import venv
from importlib.metadata import distribution, requires
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from subprocess import DEVNULL

from packaging.requirements import Requirement

from portability import catalogue

ROOT = Path(__file__).parent.parent
FILES = 5_000
A_FOLDER = 25
RUNS = 11
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
SHARES = {"a tenth": 2, "half": 10, "all": 20}
"""How many of twenty files are Terraform."""


def terraform(number: int) -> str:
    """A configuration; one in ten calls a module in its own folder or the one beside it."""
    network = f'resource "aws_vpc" "v{number}" {{\n  cidr_block = "10.0.0.0/16"\n}}\n'
    if number % 10:
        return network
    called = number // A_FOLDER // 2 * 2 + 1
    return (
        f'{network}\nmodule "n{number}" {{\n  source = "../m{called}"\n  cidr   = var.x{number}\n}}\n'
        f'\nvariable "x{number}" {{\n  default = "10.0.0.0/16"\n}}\n'
    )


def repository(root: Path, share: int) -> None:
    """Files in folders of 25, of which ``share`` in twenty are Terraform, and a changed file of each language in m3."""
    python = [path.read_text() for path in sorted((ROOT / "fixtures").rglob("*.py"))]
    manifests = [path.read_text() for path in sorted((ROOT / "fixtures").rglob("*.yaml"))]
    for number in range(FILES):
        folder, kind = root / f"m{number // A_FOLDER}", number % 20
        folder.mkdir(parents=True, exist_ok=True)
        if kind < share:
            (folder / f"f{number}.tf").write_text(terraform(number))
        elif kind % 4 == 0:
            (folder / f"f{number}.py").write_text(python[number % len(python)])
        elif kind % 4 == 1:
            (folder / f"f{number}.yaml").write_text(manifests[number % len(manifests)])
        else:
            (folder / f"f{number}.txt").write_text("nothing\n")
    for language, text in (("tf", 'resource "aws_sqs_queue" "q" {}\n'), ("py", python[0]), ("yaml", manifests[0])):
        (root / "m3" / f"one.{language}").write_text(text)


def part(root: Path, into: Path, *names: str) -> None:
    """A repository of these files and folders only."""
    for name in names:
        if (root / name).is_dir():
            shutil.copytree(root / name, into / name)
        else:
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / name, into / name)


def committed(root: Path) -> None:
    who = ["-c", "user.name=n", "-c", "user.email=n@example.org"]
    for command in (["init", "-q"], ["add", "-A"], [*who, "commit", "-qm", "c"], ["gc", "-q"]):  # a clone is packed
        subprocess.run(["git", *command], cwd=root, check=True)


def installed(into: Path) -> str:
    """The Python of an environment with what a wheel installs and nothing else: no rules beside the package, and no
    library that only its development needs, since some libraries import others where these are there."""
    catalogue.load()  # writes the compiled form
    venv.create(into)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(into), "platbase": str(into)}))
    shutil.copytree(ROOT / "portability", packages / "portability", ignore=shutil.ignore_patterns("__pycache__"))
    for library in needed("cloud-portability"):
        for file in distribution(library).files or ():
            if file.parts[0] not in ("..", "__pycache__"):
                (packages / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file.locate(), packages / file)
    compileall.compile_dir(packages, quiet=1)
    return str(into / "bin" / "python")


def needed(library: str) -> set[str]:
    """The names of the distributions that an installed one needs, without extras."""
    found: set[str] = set()
    todo = [library]
    while todo:
        for requirement in map(Requirement, requires(todo.pop()) or ()):
            if requirement.name not in found and (not requirement.marker or requirement.marker.evaluate({"extra": ""})):
                found.add(requirement.name)
                todo.append(requirement.name)
    return found


def cpu_s(command: list[str], where: Path) -> float:
    """Seconds of processor time that a command takes, with all that it starts."""
    started = getrusage(RUSAGE_CHILDREN)
    subprocess.run(command, cwd=where, env=ENVIRONMENT, stdout=DEVNULL, stderr=DEVNULL, check=False)
    ended = getrusage(RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime - started.ru_utime - started.ru_stime


def main(runs: int) -> None:
    with tempfile.TemporaryDirectory() as made:
        base = Path(made)
        python = installed(base / "installed")
        jobs = {("", "pass"): ([python, "-c", "pass"], base)}
        program = [python, "-c", "from portability.cli import run; run()"]  # what the command that pip makes runs
        for share, of_twenty in SHARES.items():
            whole = base / share / "whole"
            repository(whole, of_twenty)
            for language in ("tf", "py", "yaml"):
                one = f"m3/one.{language}"
                part(whole, base / share / language, "m2", "m3")
                part(whole, base / share / f"{language}-alone", one)
                run = [*program, "check", one]
                for what in ("whole", language, f"{language}-alone"):
                    jobs[one, f"{share}/{what}"] = (run, base / share / what)
            jobs["against", f"{share}/whole"] = (
                [*program, "check", "m3/one.tf", "--against", "HEAD"],
                whole,
            )
        for where in {where for _, where in jobs.values()} - {base}:
            committed(where)
            for one in (where / "m3").glob("one.*"):
                one.write_text(one.read_text() + "\n")
        for job in jobs.values():
            cpu_s(*job)
        taken: dict[tuple[str, str], list[float]] = {job: [] for job in jobs}
        for _ in range(runs):
            for job in random.sample(list(jobs), len(jobs)):
                taken[job].append(cpu_s(*jobs[job]))
        start = statistics.median(taken["", "pass"])
        times = {job: statistics.median(each) / start for job, each in taken.items()}
    print(f"{'changed file':14}{'Terraform':>10}{'check':>8}{'its module':>12}{'rest':>8}   (aim: 12)")
    for share in SHARES:
        for language in ("tf", "py", "yaml"):
            one = f"m3/one.{language}"
            check = times[one, f"{share}/whole"]
            module = times[one, f"{share}/{language}"] - times[one, f"{share}/{language}-alone"]
            print(f"{one:14}{share:>10}{check:8.2f}{module:12.2f}{check - module:8.2f}")
        more = (times["against", f"{share}/whole"] - times["m3/one.tf", f"{share}/whole"]) * start
        print(f"{'--against HEAD':14}{share:>10}{more:8.2f} s more than the check   (aim: 1)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
