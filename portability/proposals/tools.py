"""What the tools that a user has installed say of a tree. Asked for by an option: they may fetch providers."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from portability.model import Proposal
from portability.proposals.writing import write

_TIMEOUT_S = 300


def check(files: Sequence[Proposal]) -> list[str]:
    """What tofu or terraform and kubectl object to. Changes nothing."""
    folders = sorted({file.path.rpartition("/")[0] for file in files})
    terraform = next((tool for tool in ("tofu", "terraform") if shutil.which(tool)), None)
    said: list[str] = []
    with tempfile.TemporaryDirectory() as made:
        root = Path(made)
        write(files, root, force=False)
        for folder in folders:
            if folder.startswith("terraform/") and terraform is not None:
                said += _run([terraform, "init", "-backend=false", "-input=false", "-no-color"], root / folder, folder)
                said += _run([terraform, "validate", "-no-color"], root / folder, folder)
            elif folder.startswith("kubernetes/") and shutil.which("kubectl"):
                said += _run(["kubectl", "kustomize", "."], root / folder, folder)
    return said


def _run(command: list[str], where: Path, shown: str) -> list[str]:
    try:
        done = subprocess.run(  # noqa: S603
            command, cwd=where, capture_output=True, text=True, check=False, timeout=_TIMEOUT_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return [f"{shown}: {command[0]} did not answer: {error}"]
    if done.returncode == 0:
        return []
    lines = [line.strip(" │╷╵") for line in (done.stderr or done.stdout).splitlines()]
    told = " ".join(line for line in lines if line)[:400]
    return [f"{shown}: {' '.join(command[:2])}: {told}"]
