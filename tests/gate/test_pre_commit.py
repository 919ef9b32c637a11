"""The hooks as pre-commit installs and runs them: from a clone of this project, in an environment of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gate.conftest import NETWORK, QUEUE, TABLE

ROOT = Path(__file__).parents[2]
PARTS = ("portability", "rules", "pyproject.toml", "hatch_build.py", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
IDENTITY = ("-c", "user.name=n", "-c", "user.email=n@example.org")

pytestmark = pytest.mark.slow


class Work:
    """A repository that uses the hooks."""

    def __init__(self, root: Path, home: Path) -> None:
        self.root = root
        ours = ("PRE_COMMIT", "GIT_", "PYTHONPATH")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        self.environment = {**kept, "PRE_COMMIT_HOME": str(home)}

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=self.root, env=self.environment, capture_output=True, text=True, timeout=600, check=False
        )

    def git(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run("git", *IDENTITY, *arguments)

    def pre_commit(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "-m", "pre_commit", *arguments)

    def write(self, path: str, content: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)

    def commit(self) -> subprocess.CompletedProcess[str]:
        self.git("add", "-A")
        return self.git("commit", "-m", "c")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str, Path]]:
    """This project as a git repository, its commit, and pre-commit's store."""
    project = tmp_path_factory.mktemp("project")
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, project / part, ignore=shutil.ignore_patterns("__pycache__", "*.msgpack"))
        else:
            shutil.copy(source, project / part)
    home = tmp_path_factory.mktemp("home")
    work = Work(project, home)
    work.git("init", "-q", "-b", "main")
    assert work.commit().returncode == 0
    yield project, work.git("rev-parse", "HEAD").stdout.strip(), home
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def work(installed: tuple[Path, str, Path], tmp_path: Path) -> Work:
    project, commit, home = installed
    made = Work(tmp_path / "work", home)
    made.root.mkdir()
    made.git("init", "-q", "-b", "main")
    made.write("main.tf", QUEUE)
    made.write(
        ".pre-commit-config.yaml",
        f"repos:\n- repo: {project}\n  rev: {commit}\n  hooks:\n  - id: portability\n"
        "  - {id: portability-all, stages: [manual]}\n"
        "  - {id: portability-rules, args: [--rules, own, aws/mine], stages: [manual]}\n",
    )
    assert made.commit().returncode == 0
    done = made.pre_commit("install", "--install-hooks")
    assert done.returncode == 0, done.stdout + done.stderr
    return made


def test_a_commit_that_adds_lock_in_is_stopped_and_one_that_does_not_is_not(work: Work) -> None:
    work.write("main.tf", QUEUE + NETWORK)
    done = work.commit()
    assert done.returncode == 0, done.stdout + done.stderr
    work.write("table.tf", TABLE)
    done = work.commit()
    assert done.returncode == 1
    assert "table.tf:1:1: proprietary aws/dynamodb" in done.stdout + done.stderr
    assert "aws_sqs_queue" not in done.stdout + done.stderr
    work.write("table.tf", f"# portability: accept aws/dynamodb -- it stays\n{TABLE}")
    assert work.commit().returncode == 0


def test_what_is_not_staged_is_put_away_and_comes_back(work: Work) -> None:
    work.write("network.tf", NETWORK)
    work.git("add", "network.tf")
    work.write("main.tf", QUEUE + TABLE)
    done = work.git("commit", "-m", "c")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (work.root / "main.tf").read_text() == QUEUE + TABLE


def test_commit_with_all_and_commit_of_a_path(work: Work) -> None:
    work.write("main.tf", QUEUE + TABLE)
    assert work.git("commit", "-a", "-m", "c").returncode == 1
    assert work.git("commit", "-m", "c", "main.tf").returncode == 1


def test_many_batches_agree_with_one(work: Work) -> None:
    for number in range(40):
        work.write(f"m{number}/{'long' * 40}.tf", TABLE if number % 10 == 0 else NETWORK)
    work.git("add", "-A")
    done = work.pre_commit("run", "portability")
    assert done.returncode == 1
    assert done.stdout.count("proprietary aws/dynamodb") == 4


def test_the_commits_since_a_ref(work: Work) -> None:
    first = work.git("rev-parse", "HEAD").stdout.strip()
    work.write("table.tf", TABLE)
    work.git("add", "-A")
    work.git("commit", "-q", "--no-verify", "-m", "c")
    done = work.pre_commit("run", "portability", "--from-ref", first, "--to-ref", "HEAD")
    assert done.returncode == 1
    assert done.stdout.count("proprietary") == 2  # the finding, and the line that counts


def test_the_whole_repository_and_own_rules(work: Work) -> None:
    done = work.pre_commit("run", "portability-all", "--hook-stage", "manual", "--all-files")
    assert done.returncode == 1
    assert "main.tf:1:1: proprietary aws/sqs" in done.stdout
    work.write(
        "own/services/aws/mine.yaml",
        "name: Mine\ncapability: queue\nlock_in: proprietary\nbecause: It is an example.\n"
        "names: {terraform: {primary: [aws_mine]}}\n"
        'examples: [{terraform: \'resource "aws_mine" "m" {}\', flags: [1]}]\n',
    )
    work.git("add", "-A")
    done = work.pre_commit("run", "portability-rules", "--hook-stage", "manual", "--all-files")
    assert done.returncode == 0, done.stdout
