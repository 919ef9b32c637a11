"""What the tools that a user has installed say of a tree. Asked for by an option: they may fetch providers."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Final, NamedTuple

from portability.model import Proposal
from portability.proposals.literals import comment
from portability.proposals.writing import write

TIMEOUT_S: Final = 300
"""For one command. Fetching providers may take a minute."""
_MOST_SAID: Final = 20_000


class _Tool(NamedTuple):
    """What checks the folders under one, by any of these programs: commands, the next only where the one before it was
    fine."""

    under: str
    programs: tuple[str, ...]
    commands: tuple[tuple[str, ...], ...]


_TOOLS = (
    _Tool(
        "terraform/",
        ("tofu", "terraform"),
        (("init", "-backend=false", "-input=false", "-no-color"), ("validate", "-no-color")),
    ),
    _Tool("kubernetes/", ("kubectl",), (("kustomize", "."),)),
)


def check(files: Sequence[Proposal]) -> list[str]:
    """What tofu or terraform and kubectl object to, and which of them could not be asked. Changes nothing."""
    folders = sorted({file.path.rpartition("/")[0] for file in files})
    said: list[str] = []
    with tempfile.TemporaryDirectory() as made:
        root = Path(made)
        write(files, root, force=False)
        for tool in _TOOLS:
            mine = [folder for folder in folders if folder.startswith(tool.under)]
            program = next((found for one in tool.programs if (found := shutil.which(one))), None)
            if mine and program is None:
                names = " nor ".join(tool.programs)
                either = f"neither {names} is" if len(tool.programs) > 1 else f"{names} is not"
                said.append(f"{tool.under} was not validated: {either} installed; install one, or leave --validate out")
            elif program is not None:
                said += _asked(os.path.abspath(program), tool, mine, root)
    return said


def _asked(program: str, tool: _Tool, folders: Sequence[str], root: Path) -> list[str]:
    """What a program says of each folder. One that does not answer is asked no more."""
    said: list[str] = []
    name = Path(program).name
    for folder in folders:
        for command in tool.commands:
            try:
                objection = _run([program, *command], root / folder)
            except (OSError, subprocess.TimeoutExpired) as error:
                late = isinstance(error, subprocess.TimeoutExpired)
                why = f"it took more than {TIMEOUT_S} seconds and was ended" if late else str(error)
                return [*said, f"{folder}: `{name} {command[0]}` did not answer: {why}; nothing more was asked of it"]
            if objection is not None:
                said.append(f"{folder}: `{name} {command[0]}` objects: {objection}")
                break
    return said


def _run(command: list[str], where: Path) -> str | None:
    """What a command says against a folder; None where it is fine with it. Raises OSError and TimeoutExpired."""
    with tempfile.TemporaryFile() as output:
        # In a session of its own, so that what it started ends with it.
        process = subprocess.Popen(  # noqa: S603
            command, cwd=where, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
        try:
            if process.wait(TIMEOUT_S) == 0:
                return None
        finally:
            if process.poll() is None:
                _end(process)
        return _told(output)


def _end(process: subprocess.Popen[bytes]) -> None:
    if os.name == "posix":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def _told(output: IO[bytes]) -> str:
    """What a program said, from its first error on: warnings come before it."""
    output.seek(0)
    lines = [line.strip(" │╷╵") for line in output.read(_MOST_SAID).decode(errors="replace").splitlines()]
    first = next((at for at, line in enumerate(lines) if line.lower().startswith("error")), 0)
    return comment(" ".join(line for line in lines[first:] if line)) or "it says nothing"
