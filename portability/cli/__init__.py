"""The command line: options in, one call, an exit code out. One file a command, and a run imports what it needs."""

from __future__ import annotations

import gc
import io
import os
import sys
from importlib import import_module
from typing import Final, NoReturn

import click

from portability import __version__
from portability.gate import STOPPED, Exit

_COMMANDS: Final = {
    "audit": "audit",
    "baseline": "baseline",
    "check": "check",
    "effort": "effort",
    "explain": "explain",
    "lsp": "lsp",
    "policy": "policy_group",
    "propose": "propose",
    "report": "report",
    "rules": "rules",
    "targets": "target_group",
}
"""Command → what it is called in the module of its name."""


class _Commands(click.Group):
    """Imports the module of the command that runs, and no other."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"portability.cli.{cmd_name}"), _COMMANDS[cmd_name])
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="portability")
def main() -> None:
    """Find what ties cloud code to AWS, Azure and Google Cloud, and what there is instead.

    Reads Terraform, Kubernetes manifests, Python, Dockerfiles and CI files. Runs nothing of what it reads, and sends
    nothing anywhere.
    """


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
        code = Exit.OK  # whoever read our output has had enough
    except OSError as error:
        what = f"{error.filename}: " if error.filename else ""
        click.echo(f"portability: {what}{error.strerror or error}", err=True)
        code = Exit.USAGE
    if code == STOPPED:
        raise SystemExit(code)  # Python waits for processes that are still at their last files
    # All is written and every file closed. Taking the interpreter down in order would be a tenth of a short run, and
    # would try again to write what could not be written.
    os._exit(code)


def _run() -> int:
    try:
        main.main(standalone_mode=False)
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else Exit.OK
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return Exit.USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        return STOPPED
    return Exit.OK
