"""How words on the command line are read, whatever the command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from portability.cli import PORTABILITY, main
from portability.cli.command import Command, Group, Option, command
from tests.command_line import Done, portability

ROOT = Path(__file__).parent.parent


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch):
    """What a command of these arguments and options is given."""

    def run(takes: str, *words: str) -> tuple[tuple[str, ...], dict[str, object]]:
        seen = []

        @command(
            takes,
            Option("--all", action="store_true"),
            Option("--also", action="append", type="path"),
            Option("-o", "--output", action="append"),
            Option("--level", choices=["low", "high"]),
            Option("--jobs", type="int from 1"),
            Option("--days", type="float from 0"),
            Option("--title", default="none"),
        )
        def known(*arguments: str, **options: object) -> None:
            seen.append((arguments, options))

        known.main("program", list(words))
        return seen[0]

    return run


def test_what_is_not_given_is_empty_or_the_default(given) -> None:
    unset = {"all": False, "also": [], "output": [], "level": None, "jobs": None, "days": None, "title": "none"}
    assert given("[PATH]...") == ((), unset)


def test_options_and_arguments_come_in_any_order(given) -> None:
    arguments, options = given("[PATH]...", "a", "--all", "b", "--also", "x", "c", "-oone", "--output=two", "--also=y")
    assert arguments == ("a", "b", "c")
    assert options["all"] is True
    assert options["also"] == [Path("x"), Path("y")]
    assert options["output"] == ["one", "two"]


def test_a_repeated_option_starts_afresh_in_each_run(given) -> None:
    assert given("", "-o", "a")[1]["output"] == given("", "-o", "a")[1]["output"] == ["a"]


def test_two_dashes_end_the_options(given) -> None:
    assert given("[PATH]...", "--", "--all", "-x")[0] == ("--all", "-x")
    assert given("[PATH]...", "a", "--", "-x")[0] == ("a", "-x")
    assert given("[PATH]...", "-")[0] == ("-",)


def test_a_value_may_begin_with_a_dash_or_be_empty(given) -> None:
    assert given("", "--title", "- draft -")[1]["title"] == "- draft -"
    assert given("[NAME]", "")[0] == ("",)


@pytest.mark.parametrize(
    ("takes", "words", "says"),
    [
        ("", ["--al"], "no such option: --al; did you mean --all"),
        ("", ["--zzzzzz"], "no such option: --zzzzzz\n"),
        ("", ["-z"], "no such option: -z"),
        ("", ["--title"], "--title option requires 1 argument"),
        ("", ["--all=yes"], "--all option does not take a value"),
        ("", ["--level", "hihg"], "'hihg' (choose from 'low', 'high')"),
        ("", ["--jobs", "0"], "--jobs takes a whole number from 1, not '0'"),
        ("", ["--jobs", "1.5"], "--jobs takes a whole number from 1, not '1.5'"),
        ("", ["--days", "nan"], "--days takes a number from 0, not 'nan'"),
        ("", ["a"], "a is one argument too many"),
        ("[PATH]", ["a", "b"], "b is one argument too many"),
        ("PATH", [], "PATH is missing"),
        ("PATH...", ["--all"], "PATH... is missing"),
    ],
)
def test_wrong_usage_is_told_with_what_to_do(given, capsys, takes: str, words: list[str], says: str) -> None:
    with pytest.raises(SystemExit) as end:
        given(takes, *words)
    assert end.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert says in err
    assert err.startswith("portability: ")
    assert "`program --help`" in err


def every_command(group: Group, *name: str):
    for word, one in group.commands.items():
        yield (*name, word), one
        if isinstance(one, Group):
            yield from every_command(one, *name, word)


def shown(*words: str) -> Done:
    done = portability(*words)
    assert (done.exit_code, done.stderr) == (0, "")
    return done


@pytest.mark.parametrize("columns", ["50", "80", "200"])
@pytest.mark.parametrize("help", ["-h", "--help"])
def test_every_command_has_help_that_fits(monkeypatch: pytest.MonkeyPatch, columns: str, help: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    commands = list(every_command(PORTABILITY))
    assert len(commands) > 20
    for words, one in [((), PORTABILITY), *commands]:
        text = shown(*words, help).stdout
        assert text.startswith(f"Usage: {' '.join(('portability', *words))} [OPTIONS]")
        assert " ".join(one.about.split()[:5]) in " ".join(text.split())
        prose = [line for line in text.splitlines() if " " in line.strip() and "|" not in line and "Usage" not in line]
        assert max(map(len, prose)) <= min(int(columns), 80), text
        for option in one.options:
            assert str(option).replace("/", ", ") in text
            assert option.help, (words, option)


def test_an_option_is_declared_for_what_the_function_takes() -> None:
    for words, one in every_command(PORTABILITY):
        if isinstance(one, Command):
            code = one.run.__code__
            named = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
            assert sorted(named) == sorted(str(option.dest) for option in one.options), words
            assert bool(code.co_argcount or code.co_flags & 4) == bool(one.takes), words


def test_no_command_shows_the_help_and_fails() -> None:
    for words in ((), ("rules",)):
        done = portability(*words)
        assert (done.exit_code, done.stdout) == (2, "")
        assert "Commands:" in done.stderr


def test_a_command_that_is_not_there() -> None:
    done = portability("chek")
    assert done.exit_code == 2
    assert "no such command: chek; did you mean check?" in done.stderr
    assert portability("rules", "shared").exit_code == portability("shared").exit_code == 2
    assert portability("--all", "check").exit_code == 2


def test_the_version() -> None:
    assert shown("--version").stdout.startswith("portability, version ")


def test_main_returns_where_all_went_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "list"]) is None
    assert "eu-owned" in capsys.readouterr().out


def test_only_the_module_of_the_command_is_imported() -> None:
    program = "import sys; from portability.cli import main; main(['policy', 'list']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    modules = set(done.stdout.split())
    assert "portability.cli.policy" in modules
    assert not modules & {"portability.cli.check", "portability.cli.audit", "shutil", "difflib"}


def test_a_reader_that_leaves_early_gets_no_traceback_and_gives_no_pass() -> None:
    command = [sys.executable, "-m", "portability", "rules", "list"]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command, cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert done.stderr == ""
    assert done.returncode == 141


def test_a_closed_standard_output_is_no_error() -> None:
    command = ["sh", "-c", 'exec "$@" >&-', "sh", sys.executable, "-m", "portability", "policy", "list"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_terminal_without_a_character_gets_its_escape() -> None:
    command = [sys.executable, "-m", "portability", "explain", "--help"]
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert "\\u2026" in done.stdout
