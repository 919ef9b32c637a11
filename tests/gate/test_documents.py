"""The documents about the gate and CI: their commands run, their files are what the tool and the systems take."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from portability.cli.check import check
from portability.model import Policy
from portability.policy import presets
from portability.reports import FORMATS
from tests.command_line import portability
from tests.gate.conftest import QUEUE, Repository

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^ *<!-- (run|file: \S+) -->\n *```\w+\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
PAGES = {name: (ROOT / "docs" / name).read_text() for name in ("ci.md", "effort.md", "gate.md", "report.md")}
TEMPLATES = sorted((ROOT / "ci").glob("*.yml"))


def blocks(page: str, kind: str) -> list[tuple[str, str]]:
    found = []
    for head, body in BLOCK.findall(PAGES[page]):
        if head.startswith(kind):
            indent = len(body) - len(body.lstrip(" "))
            found.append((head.removeprefix("file: "), "".join(line[indent:] for line in body.splitlines(True))))
    return found


def commands(text: str) -> list[list[str]]:
    return [shlex.split(line, comments=True) for line in text.splitlines() if line.strip().startswith("portability")]


@pytest.mark.parametrize("page", PAGES)
def test_every_command_runs(repository: Repository, page: str) -> None:
    repository.write("README.md", "nothing")
    for path in ("main.tf", "shop/main.tf", "infrastructure/main.tf"):
        repository.write(path, 'resource "aws_vpc" "v" {}\n')
    for name, text in blocks(page, "file"):
        if name.endswith(".csv"):
            repository.write(name, text)
    repository.commit()
    run = [command for _, text in blocks(page, "run") for command in commands(text)]
    assert len(run) >= 4
    for command in run:
        done = repository.run(*command[1:])
        assert done.exit_code == 0, (command, done.output)


def test_the_way_in_is_as_told(repository: Repository) -> None:
    repository.write("main.tf", QUEUE)
    codes = [
        repository.run(*command[1:]).exit_code for _, text in blocks("gate.md", "run") for command in commands(text)
    ]
    assert set(codes) == {0}


def test_the_configuration_in_the_document_holds(repository: Repository) -> None:
    files = dict(blocks("gate.md", "file"))
    repository.write("portability.toml", files["portability.toml"])
    repository.write("shop.tf", files["shop.tf"])
    done = repository.check()
    assert done.exit_code == 0, done.output
    assert "Policy: ours (portability.toml)." in done.stdout
    assert {hook["id"] for hook in yaml.safe_load(files[".pre-commit-config.yaml"])["repos"][0]["hooks"]} <= {
        hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    }


def test_the_tables_name_every_format_preset_and_key() -> None:
    assert set(re.findall(r"^\| `(\w+)` \| [^|]*\|$", PAGES["ci.md"], re.MULTILINE)) == set(FORMATS)
    assert set(re.findall(r"^\| `([\w-]+)` \|[^|]*\|[^|]*\|$", PAGES["gate.md"], re.MULTILINE)) == set(presets())
    keys = PAGES["gate.md"].partition("| key of `[policy]`")[2].partition("\n\n")[0]
    rows = [cell for line in keys.splitlines()[2:] for cell in re.findall(r"`([\w-]+)`", line.split("|")[1])]
    assert set(rows) == {"extends", *(name.replace("_", "-") for name in Policy.__struct_fields__)} - {"source"}


def shell_of(document: object) -> list[str]:
    """Every script of a CI file, wherever its system keeps them."""
    if isinstance(document, dict):
        found = [part for key, value in document.items() if key not in _SCRIPTS for part in shell_of(value)]
        for key in _SCRIPTS & document.keys():
            value = document[key]
            found += ["\n".join(value) if isinstance(value, list) else str(value)]
        return found
    return [part for value in document for part in shell_of(value)] if isinstance(document, list) else []


_SCRIPTS = {"run", "script", "before_script", "commands"}


@pytest.mark.parametrize("path", [*TEMPLATES, ROOT / "action.yml"], ids=lambda path: path.name)
def test_every_script_is_shell_and_its_commands_are_understood(path: Path) -> None:
    scripts = shell_of(yaml.safe_load(path.read_text()))
    assert scripts
    seen = 0
    for script in scripts:
        plain = re.sub(r"\$\{\{.*?\}\}", "expression", script)
        assert subprocess.run(["bash", "-n"], input=plain, text=True, check=False).returncode == 0, script
        for line in re.findall(r"portability check[^|\n]*", plain):
            options = re.findall(r" (--?[a-z][\w-]*)", line)
            known = {name for option in check.options for name in str(option).split("/")}
            assert set(options) <= known, line
            seen += 1
    assert seen == 1


def test_the_script_of_the_action_runs(repository: Repository, tmp_path: Path) -> None:
    repository.write("main.tf", QUEUE)
    repository.commit()
    repository.git("checkout", "-q", "-b", "work")
    repository.write("table.tf", 'resource "aws_dynamodb_table" "t" {}\n')
    repository.commit()
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    script = action["runs"]["steps"][-1]["run"]
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "portability").write_text(f'#!/bin/sh\nexec {sys.executable} -m portability "$@"\n')
    (tools / "portability").chmod(0o755)
    summary = tmp_path / "summary.md"
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PATH": f"{tools}:{os.environ['PATH']}",
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_STEP_SUMMARY": str(summary),
        **dict.fromkeys(("POLICY", "ARGS"), ""),
        "PATHS": ".",
        "AGAINST": "main",
        "SARIF": "out.sarif",
    }
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=repository.root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "::error file=table.tf,line=1" in done.stdout
    assert "main.tf" not in done.stdout
    assert "1 finding that fails" in summary.read_text()
    assert (repository.root / "out.sarif").is_file()


def test_every_input_of_the_action_is_used() -> None:
    text = (ROOT / "action.yml").read_text()
    for name in yaml.safe_load(text)["inputs"]:
        assert f"inputs.{name}" in text


def test_the_container_file_takes_what_is_there() -> None:
    text = (ROOT / "Containerfile").read_text()
    for line in re.findall(r"^COPY (?!--from)(.*)$", text, re.MULTILINE):
        for name in line.split()[:-1]:
            assert (ROOT / name).exists(), name


def test_links_lead_somewhere() -> None:
    for page, text in PAGES.items():
        for link in re.findall(r"\]\(([^)#]+)\)", text):
            assert (ROOT / "docs" / link).exists(), (page, link)


def test_help_names_every_format() -> None:
    shown = portability("check", "--help").output
    assert all(name in shown for name in FORMATS)
