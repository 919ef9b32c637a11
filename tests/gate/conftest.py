"""A small git repository, and the command line on it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command_line import Done, portability

QUEUE = 'resource "aws_sqs_queue" "q" {}\n'
TABLE = 'resource "aws_dynamodb_table" "t" {}\n'
NETWORK = 'resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }\n'


class Repository:
    """A folder under git, with the tool run in it."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self._monkeypatch = monkeypatch

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "protocol.file.allow=always")
        command = ["git", *identity, *arguments]
        return subprocess.run(command, cwd=self.root, check=True, capture_output=True, text=True).stdout

    def write(self, path: str, content: str | bytes) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def commit(self, **files: str | bytes) -> None:
        for path, content in files.items():
            self.write(path, content)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "c")

    def run(self, *arguments: str) -> Done:
        self._monkeypatch.chdir(self.root)
        return portability(*arguments)

    def check(self, *arguments: str) -> Done:
        return self.run("check", *arguments)


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Repository]:
    """Make a repository of a name."""
    monkeypatch.delenv("GIT_INDEX_FILE", raising=False)

    def repository(name: str = "repository") -> Repository:
        root = tmp_path / name
        root.mkdir()
        made = Repository(root, monkeypatch)
        made.git("init", "-q", "-b", "main", ".")
        return made

    return repository


@pytest.fixture
def repository(make: Callable[[str], Repository]) -> Repository:
    return make("repository")
