"""Hostile and broken input: a clear line each, no traceback, a bounded time, and the rest of the audit goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
GOOD = 'resource "aws_sqs_queue" "good" {}\n'
MANIFEST = "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  annotations:\n    eks.amazonaws.com/role-arn: x\n"
TIMEOUT_S = 60

BOMB = "apiVersion: aws/v1\nkind: Bomb\na0: &a0 [x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 30)
)


def audit(root: Path, *options: str) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    command = [sys.executable, "-m", "portability", "audit", str(root), "-o", "json", *options]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    assert "Traceback" not in done.stderr
    return done, json.loads(done.stdout)


def put(root: Path, name: str, content: str | bytes) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def symbols(report: dict[str, Any]) -> list[str]:
    return [finding["symbol"] for finding in report["findings"]]


@pytest.mark.parametrize("depth", [10_000, 1_000_000])
@pytest.mark.parametrize(
    ("name", "template"),
    [
        ("deep.tf", 'resource "aws_sqs_queue" "q" {{ x = {0} }}\n'),
        ("deep.tf.json", '{{"resource": {{"aws_sqs_queue": {{"q": {{"x": {0}}}}}}}}}'),
        ("deep.py", "import boto3\nx = {0}\n"),
        ("deep.yaml", "apiVersion: aws/v1\nkind: Deep\nx: {0}\n"),
        ("deep.json", '{{"apiVersion": "aws/v1", "kind": "Deep", "x": {0}}}'),
    ],
)
@pytest.mark.parametrize("brackets", ["[]", "()", "{}"])
def test_nesting_that_ends_c_parsers_is_refused_before_they_see_it(
    tmp_path: Path, name: str, template: str, brackets: str, depth: int
) -> None:
    if brackets == "()" and name.endswith(("yaml", "json")):
        brackets = "[]"  # parentheses are plain text there
    put(tmp_path, "good.tf", GOOD)
    put(tmp_path, name, template.format(brackets[0] * depth + brackets[1] * depth))
    done, report = audit(tmp_path)
    assert "aws_sqs_queue" in symbols(report)
    assert done.returncode == 3
    assert [problem["path"] for problem in report["coverage"]["problems"]] == [name]


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("bomb.yaml", BOMB, "alias-budget"),
        ("dashes.yaml", "apiVersion: aws/v1\nkind: D\nx:\n" + "- " * 200_000 + "x\n", "too-deep"),
        ("indent.yaml", "apiVersion: aws/v1\nkind: D\n" + "".join(" " * i + "a:\n" for i in range(2_000)), "too-deep"),
        ("binary.tf", b"\x7fELF\0\0\0", "binary"),
        ("binary.py", b"import boto3\0\0", "binary"),
        ("secret.tfvars", b"\0GITCRYPT\0\x12\x9b\xff", "encrypted"),
        ("half.tf", 'resource "aws_sqs_queue" "q" {\n  name = "unfini', "syntax"),
        ("half.py", "import boto3\ndef f(:\n", "syntax"),
        ("half.yaml", "apiVersion: aws/v1\nkind: [\n", "syntax"),
        ("tabs.yaml", "apiVersion: aws/v1\nkind: T\nx:\n\ty: 1\n", "syntax"),
        ("latin.tf", 'resource "aws_sqs_queue" "q" {\n  name = "caf\xe9"\n}\n'.encode("latin-1"), "encoding"),
        ("huge.tf", "# aws\n" + 'resource "aws_sqs_queue" "q" {}\n' * 200_000, "too-large"),
        ("huge.py", "import boto3\n" * 500_000, "too-large"),
        ("chain.py", "import boto3\nx = " + "a." * 100_000 + "b\n", None),
        ("sum.py", "import boto3\nx = " + "1+" * 100_000 + "1\n", None),
        ("long.tf", 'resource "aws_sqs_queue" "q" { name = "' + "x" * 1_000_000 + '" }\n', ""),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_stops_nothing(
    tmp_path: Path, name: str, content: str | bytes, kind: str | None
) -> None:
    put(tmp_path, "good.tf", GOOD)
    put(tmp_path, name, content)
    _, report = audit(tmp_path)
    assert "aws_sqs_queue" in symbols(report)
    problems = [(p["path"], p["kind"]) for p in report["coverage"]["problems"]]
    if kind == "":
        assert problems == []
    elif kind is None:
        assert {path for path, _ in problems} <= {name}
    else:
        assert (name, kind) in problems


@pytest.mark.parametrize("name", ["empty.tf", "empty.py", "empty.yaml", "empty.tf.json"])
@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_an_empty_file_is_read_and_says_nothing(tmp_path: Path, name: str, content: str) -> None:
    put(tmp_path, "good.tf", GOOD)
    put(tmp_path, name, content)
    done, report = audit(tmp_path)
    assert done.returncode == 0
    assert report["coverage"]["problems"] == []


def test_a_byte_order_mark_loses_nothing(tmp_path: Path) -> None:
    put(tmp_path, "a.tf", "\ufeff" + GOOD)
    put(tmp_path, "b.yaml", "\ufeff" + MANIFEST)
    put(tmp_path, "c.py", "\ufeffimport boto3\nboto3.client('sqs').send_message()\n")
    put(tmp_path, "d.py", "# -*- coding: latin-1 -*-\nimport boto3\nx = 'é'\nboto3.client('sqs')\n".encode("latin-1"))
    _, report = audit(tmp_path)
    expected = ["aws_sqs_queue", "eks.amazonaws.com/role-arn", "sqs", "sqs.send_message", "sqs"]
    assert symbols(report) == expected


def test_pipes_loops_and_links_out_are_told_and_not_followed(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    put(root, "good.tf", GOOD)
    put(outside, "secret.tf", 'resource "aws_kms_key" "secret" {}\n')
    os.mkfifo(root / "pipe.tf")
    (root / "loop").symlink_to(root, target_is_directory=True)
    (root / "self.tf").symlink_to("self.tf")
    (root / "out.tf").symlink_to(outside / "secret.tf")
    (root / "dir.tf").mkdir()
    _, report = audit(root)
    assert symbols(report) == ["aws_sqs_queue"]
    kinds = {(p["path"], p["kind"]) for p in report["coverage"]["problems"]}
    assert ("pipe.tf", "special-file") in kinds
    assert ("out.tf", "link") in kinds


def test_a_pipe_named_on_the_command_line_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.tf")
    _, report = audit(tmp_path / "pipe.tf")
    assert report["findings"] == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_unread(tmp_path: Path) -> None:
    put(tmp_path, "good.tf", GOOD)
    put(tmp_path, "shut.tf", GOOD)
    (tmp_path / "shut.tf").chmod(0)
    done, _ = audit(tmp_path)
    assert done.returncode == 3


def test_a_worker_that_dies_takes_no_other_file_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards should make this impossible; if a parser still ends its process, that file is unread and no other."""
    from portability import reading
    from portability.audit import audit as audit_here
    from portability.catalogue import load
    from portability.reading import workers

    put(tmp_path, "bad/main.tf", "# dies here\n" + GOOD)
    put(tmp_path, "good/main.tf", GOOD)
    monkeypatch.setattr("portability.audit.PARALLEL_BYTES", 0)
    monkeypatch.setattr(workers, "BATCH_BYTES", 1)
    original = reading.Reader.read

    def read(self: reading.Reader, batch: list[reading.Unit]) -> reading.Batch:
        if any(path.startswith("bad/") for unit in batch for path in unit):
            os._exit(139)
        return original(self, batch)

    monkeypatch.setattr(reading.Reader, "read", read)
    assessment = audit_here(tmp_path, load(), ("ovhcloud",), jobs=2)
    assert [finding.location.path for finding in assessment.findings] == ["good/main.tf"]
    assert [(p.path, p.kind) for p in assessment.coverage.problems] == [("bad/main.tf", "crash")]
    assert assessment.coverage.unread == 1
