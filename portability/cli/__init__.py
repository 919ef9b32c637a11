"""The command line: options in, one call, an exit code out. One file a command, and a run imports what it needs."""

from __future__ import annotations

import io
import os
import sys
from importlib import import_module
from typing import Final, NoReturn

import click

from portability import __version__
from portability.gate import Exit

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
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that cannot show a character gets its escape instead of an error.
            stream.reconfigure(errors="backslashreplace")
    try:
        main.main(standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.exceptions.Exit as error:
        raise SystemExit(error.exit_code) from None
    except click.ClickException as error:
        error.show()
        raise SystemExit(Exit.USAGE) from None
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        raise SystemExit(130) from None
    except BrokenPipeError:
        # Whoever read our output has had enough.
        _let_go_of_output()
        raise SystemExit(Exit.OK) from None
    except OSError as error:
        _let_go_of_output()
        what = f"{error.filename}: " if error.filename else ""
        click.echo(f"portability: {what}{error.strerror or error}", err=True)
        raise SystemExit(Exit.USAGE) from None
    raise SystemExit(Exit.OK)


def _let_go_of_output() -> None:
    """What could not be written is dropped; Python would try again, and complain, while it closes the stream."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
