"""A hoster described by its user is a target like any other, and nothing about it is guessed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from portability.catalogue import load
from portability.catalogue.profile import starter
from portability.engine.equivalents import Question, ranked

ROOT = Path(__file__).parent.parent.parent
Tree = Callable[[dict[str, str | bytes]], Path]


def test_what_it_sells_answers_and_the_rest_falls_back(tree: Tree) -> None:
    text = starter("Example Hosting", load().capabilities)
    text = text.replace("object-storage: unknown", "object-storage: [s3]").replace("mysql: unknown", "mysql: none")
    catalogue = load([tree({"targets/example/target.yaml": text})])

    sold = ranked(catalogue, Question("example", "object-storage", ("s3",), ("versioning",)))[0]
    assert (sold.product, sold.fidelity, sold.operated_by) == (
        "Object storage at Example Hosting",
        "same-api",
        "target",
    )
    assert sold.unknown_needs == ("object versioning",)

    not_sold = ranked(catalogue, Question("example", "mysql", ("mysql",)))[0]
    unknown = ranked(catalogue, Question("example", "postgresql", ("postgresql",)))[0]
    assert (not_sold.operated_by, unknown.operated_by) == ("you", "you")
    assert "does not sell" in not_sold.reason
    assert "is unknown; ask" in unknown.reason


def test_init_writes_a_profile_that_works_as_it_is(tmp_path: Path) -> None:
    def portability(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "portability", *arguments]
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)

    assert portability("targets", "init", "mine", "--rules", "own").returncode == 0
    assert portability("targets", "init", "mine", "--rules", "own").returncode == 2
    assert portability("targets", "init", "ovhcloud", "--rules", "own").returncode == 2
    (tmp_path / "main.tf").write_text('resource "aws_sqs_queue" "q" {}\n')
    done = portability("audit", ".", "--rules", "own", "--target", "mine")
    assert done.returncode == 0, done.stderr
    assert "mine: " in done.stdout


def test_what_is_unhealthy_is_no_lock_in_and_fails_no_gate(tree: Tree) -> None:
    manifest = "apiVersion: v1\nkind: Pod\nmetadata: {name: s}\nspec: {containers: [{name: s, image: minio/minio:1}]}\n"
    root = tree({"store.yaml": manifest, "main.tf": 'resource "datadog_monitor" "m" {}\n'})
    command = [sys.executable, "-m", "portability", "check", "--fail-on", "portable", str(root)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert subprocess.run(command, env=env, capture_output=True, check=False).returncode == 0
    command[3:6] = ["audit"]
    shown = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout
    assert "Nothing ties this code" in shown
    assert "MinIO: The community edition" in shown
    assert "Datadog, of Datadog, Inc. (US): 1 place, such as main.tf:1" in shown
