"""What the documents say is what the tool does."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml

from portability.gate import Exit
from portability.model import LOCK_IN
from tests.command_line import portability

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
COMMANDS = sorted(
    {
        line
        for line in re.findall(r"^ *(?:- )?(portability [^#\n]+)", README, re.MULTILINE)
        if "--" in line or " " in line
    }
)


@pytest.mark.parametrize("command", [command for command in COMMANDS if not command.endswith(":")])
def test_every_command_in_the_readme_is_understood(command: str) -> None:
    done = portability(*shlex.split(command)[1:], "--help")
    assert done.exit_code == 0, done.output


def test_there_are_commands_to_test() -> None:
    assert len(COMMANDS) >= 5


def test_the_levels_and_their_verbs() -> None:
    rows = dict(re.findall(r"^\| `([a-z]+)` \|.*\| ([a-z -]+) \|$", README, re.MULTILINE))
    assert rows == dict(LOCK_IN)


def test_the_exit_codes() -> None:
    rows = {int(code) for code in re.findall(r"^\| (\d) \|", README, re.MULTILINE)}
    assert rows == {int(code) for code in Exit}


def test_the_hooks_call_commands_that_exist() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert {hook["id"] for hook in hooks} == {"portability", "portability-all", "portability-rules"}
    for hook in hooks:
        done = portability(*shlex.split(hook["entry"])[1:], "--help")
        assert done.exit_code == 0, done.output


def test_ci_runs_the_readmes_test_command_and_nothing_less() -> None:
    assert "make test" in README
    assert (ROOT / ".ci" / "run").read_text().rstrip().endswith("\nmake test")
