"""What a command is: its arguments, its options, and the function that it runs.

optparse reads them rather than argparse: options and paths come in any order, `--` ends options and a value may begin
with a dash, alike in every version of Python.
"""

from __future__ import annotations

import optparse
import textwrap
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final, NoReturn

import msgspec

from portability import __version__
from portability.cli.console import fail, meant, say
from portability.gate import Exit

_EMPTY: Final = {"append": list, "store_true": bool}
"""Action → what makes the value of an option that is not given; else it is the option's default, or None."""


def _number(kind: type[int] | type[float], least: int) -> Callable[[optparse.Option, str, str], float]:
    def read(_option: optparse.Option, name: str, text: str) -> float:
        try:
            if (number := kind(text)) >= least:
                return number
        except ValueError:
            pass
        raise optparse.OptionValueError(f"{name} takes a{' whole' * (kind is int)} number from {least}, not {text!r}")

    return read


_TYPES: Final = {
    "path": lambda _option, _name, text: Path(text),
    "int from 0": _number(int, 0),
    "int from 1": _number(int, 1),
    "float from 0": _number(float, 0),
}


class Option(optparse.Option):
    """An option, with more types that its value can have."""

    TYPES = (*optparse.Option.TYPES, *_TYPES)
    TYPE_CHECKER = optparse.Option.TYPE_CHECKER | _TYPES


class Command(msgspec.Struct, frozen=True):
    """A function that takes the arguments by position and the options by name. Its docstring is the help."""

    run: Callable[..., None]
    takes: str
    """The arguments as help shows them: ``PATH``, ``[PATH]``, ``PATH...``, ``[PATH]...`` or nothing."""
    options: tuple[Option, ...]

    @property
    def about(self) -> str:
        """What help says."""
        return self.run.__doc__ or ""

    def main(self, name: str, words: list[str]) -> None:
        """Run with what stands behind the command's name."""
        parser = _Parser(name, self.takes, self.about, self.options)
        options, arguments = parser.parse_args(words)
        if not arguments and self.takes and not self.takes.startswith("["):
            parser.error(f"{self.takes} is missing")
        most = len(arguments) if self.takes.endswith("...") else int(self.takes != "")
        if len(arguments) > most:
            parser.error(f"{arguments[most]} is one argument too many")
        self.run(*arguments, **vars(options))


def command(takes: str, *options: Option) -> Callable[[Callable[..., None]], Command]:
    """Make a command of a function."""
    return lambda run: Command(run, takes, options)


class Group(msgspec.Struct, frozen=True):
    """Commands under one word."""

    about: str
    commands: Mapping[str, Command | Group]
    options: tuple[Option, ...] = ()

    def main(self, name: str, words: list[str]) -> None:
        """Run the command that is named first."""
        parser = _Parser(name, "COMMAND [ARGS]...", self.about, self.options, self.commands)
        parser.disable_interspersed_args()
        _, rest = parser.parse_args(words)
        if not rest:
            say(parser.format_help(), nl=False, err=True)
            raise SystemExit(Exit.USAGE)
        if rest[0] not in self.commands:
            parser.error(f"no such command: {rest[0]}{meant(rest[0], self.commands)}")
        self.commands[rest[0]].main(f"{name} {rest[0]}", rest[1:])


class _Parser(optparse.OptionParser):
    def __init__(
        self,
        name: str,
        takes: str,
        about: str,
        options: Iterable[Option],
        commands: Mapping[str, Command | Group] | None = None,
    ) -> None:
        super().__init__(
            prog=name, usage=f"{name} [OPTIONS] {takes}".rstrip(), description=about, add_help_option=False
        )
        self.version = f"portability, version {__version__}"
        self.commands = commands or {}
        for option in (*options, Option("-h", "--help", action="help", help="Show this message and exit.")):
            self.add_option(option)
            if option.action in _EMPTY:
                self.set_default(str(option.dest), _EMPTY[option.action]())

    def error(self, msg: str) -> NoReturn:
        fail(f"{msg}\n`{self.prog} --help` shows what there is.")

    def _match_long_opt(self, opt: str) -> str:
        """Take no abbreviations: a new option must not change what an old command line means."""
        if opt not in self._long_opt:
            self.error(f"no such option: {opt}{meant(opt, self._long_opt)}")
        return opt

    def format_help(self, formatter: optparse.HelpFormatter | None = None) -> str:
        formatter = formatter or _Formatter()
        formatter.set_parser(self)
        return super().format_help(formatter)

    def format_epilog(self, formatter: optparse.HelpFormatter) -> str:
        """List the commands of a group, with the first paragraph about each."""
        width = max(map(len, self.commands), default=0) + 4
        rows = [
            textwrap.fill(
                _paragraphs(one.about)[0],
                formatter.width,
                initial_indent=f"  {name}".ljust(width),
                subsequent_indent=" " * width,
            )
            for name, one in self.commands.items()
        ]
        return "\n".join(["", "Commands:", *rows, ""]) if rows else ""


class _Formatter(optparse.IndentedHelpFormatter):
    def __init__(self) -> None:
        from shutil import get_terminal_size

        super().__init__(width=min(get_terminal_size().columns, 80) - 2, max_help_position=32)

    def format_option_strings(self, option: optparse.Option) -> str:
        value = option.metavar or "|".join(option.choices or ()) or str(option.dest).upper()
        return f"{str(option).replace('/', ', ')}{f' {value}' if option.takes_value() else ''}"

    def format_description(self, description: str | None) -> str:
        filled = (
            textwrap.fill(one, self.width, initial_indent="  ", subsequent_indent="  ")
            for one in _paragraphs(description or "")
        )
        return "\n\n".join(filled) + "\n"


def _paragraphs(text: str) -> list[str]:
    return [" ".join(one.split()) for one in text.split("\n\n")]
