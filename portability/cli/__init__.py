"""The command line: options in, one call, an exit code out. One file a command, and a run imports what it needs."""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import Final, NoReturn

from portability.cli.command import Command, Group, Option
from portability.cli.console import say
from portability.gate import STOPPED, Exit

_COMMANDS: Final = (
    "audit",
    "baseline",
    "check",
    "effort",
    "explain",
    "lsp",
    "policy",
    "propose",
    "report",
    "rules",
    "targets",
)
"""Each is what the module of its name calls so."""


class _Commands(Mapping[str, Command | Group]):
    """Imports the module of the command that runs, and no other."""

    def __getitem__(self, name: str) -> Command | Group:
        if name not in _COMMANDS:
            raise KeyError(name)
        found: Command | Group = getattr(import_module(f"portability.cli.{name}"), name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(_COMMANDS)

    def __len__(self) -> int:
        return len(_COMMANDS)


_ABOUT = """Find what ties cloud code to AWS, Azure and Google Cloud, and what there is instead.

Reads Terraform, Kubernetes manifests, Python, Dockerfiles and CI files. Runs nothing of what it reads, and sends
nothing anywhere.
"""
_UNHEARD: Final = 141
"""The exit code where whoever read our output left before its end, by the custom of shells: never one that passes."""
_VERSION = Option("--version", action="version", help="Show the version and exit.")
PORTABILITY = Group(_ABOUT, _Commands(), (_VERSION,))


def main(words: Sequence[str]) -> None:
    """Run a command line, without the name of the program. Raises SystemExit unless all went well."""
    PORTABILITY.main("portability", list(words))


def run() -> NoReturn:
    """The ``portability`` command."""
    gc.set_threshold(100_000)  # nearly all that a run makes, it keeps to the end
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that cannot show a character gets its escape instead of an error.
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _run()
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except BrokenPipeError:
        code = _UNHEARD
    except OSError as error:
        what = f"{error.filename}: " if error.filename else ""
        say(f"portability: {what}{error.strerror or error}", err=True)
        code = Exit.USAGE
    if code == STOPPED:
        raise SystemExit(code)  # Python waits for processes that are still at their last files
    # All is written and every file closed. Taking the interpreter down in order would be a tenth of a short run, and
    # would try again to write what could not be written.
    os._exit(code)


def _run() -> int:
    try:
        main(sys.argv[1:])
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else Exit.OK
    except KeyboardInterrupt:
        say("stopped", err=True)
        return STOPPED
    return Exit.OK
