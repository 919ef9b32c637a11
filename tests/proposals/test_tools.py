"""``--validate``: what the user's own programs say, and what happens where one is missing, fails or hangs."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from portability.proposals import tools
from tests.command_line import Done, portability

CODE = 'resource "aws_s3_bucket" "letters" { bucket = "letters" }\nresource "aws_sqs_queue" "jobs" { name = "jobs" }\n'
FINE = "exit 0"


@pytest.fixture
def validated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Proposes for a small module, with nothing but these programs on the path."""

    def run(**programs: str) -> Done:
        (tmp_path / "bin").mkdir()
        for name in ("sh", "sleep", "touch"):
            (tmp_path / "bin" / name).symlink_to(shutil.which(name) or "")
        for name, script in programs.items():
            (tmp_path / "bin" / name).write_text(
                script if script.startswith("#!") else f"#!{shutil.which('sh')}\n{script}\n"
            )
            (tmp_path / "bin" / name).chmod(0o755)
        (tmp_path / "code").mkdir()
        (tmp_path / "code/main.tf").write_text(CODE)
        monkeypatch.setenv("PATH", str(tmp_path / "bin"))
        out = tmp_path / "out"
        arguments = [str(tmp_path / "code"), "--target", "ovhcloud", "--out", str(out), "--validate"]
        result = portability("propose", *arguments)
        assert (out / "README.md").is_file(), result.output
        assert "Traceback" not in result.output
        return result

    return run


def test_programs_that_object_to_nothing(validated) -> None:
    result = validated(terraform=FINE, kubectl=FINE)
    assert result.exit_code == 0
    assert "objects" not in result.output


def test_tofu_is_asked_before_terraform(validated) -> None:
    assert validated(tofu=FINE, terraform="exit 1", kubectl=FINE).exit_code == 0


def test_one_that_is_missing_is_said_to_be(validated) -> None:
    result = validated(kubectl=FINE)
    assert result.exit_code == 1
    assert "terraform/ was not validated: neither tofu nor terraform is installed" in result.output
    assert "kubernetes/" not in result.output


def test_what_one_objects_to_is_shown_without_its_warnings(validated) -> None:
    script = 'case $1 in init) exit 0;; esac\necho "╷\\n│ Warning: a draft\\n│ Error: no argument \\"x\\"" >&2\nexit 1'
    result = validated(terraform=script, kubectl='echo "error: no such file"; exit 1')
    assert result.exit_code == 1
    assert 'terraform/root: `terraform validate` objects: Error: no argument "x"' in result.output
    assert "kubernetes/root: `kubectl kustomize` objects: error: no such file" in result.output


def test_after_one_refusal_a_folder_is_asked_no_more(validated) -> None:
    result = validated(terraform="echo Error: no network >&2; exit 1", kubectl=FINE)
    assert result.output.count("Error: no network") == 1


def test_one_that_hangs_is_ended_with_all_that_it_started(
    validated, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tools, "TIMEOUT_S", 1)
    began = time.monotonic()
    result = validated(terraform=f"(sleep 3; touch {tmp_path}/late) &\nsleep 600", kubectl=FINE)
    assert result.exit_code == 1
    assert "`terraform init` did not answer: it took more than 1 seconds and was ended" in result.output
    time.sleep(max(0.0, began + 4.5 - time.monotonic()))
    assert not (tmp_path / "late").exists()


def test_one_that_cannot_be_run_is_told(validated) -> None:
    result = validated(tofu="#!/nowhere/sh\n", kubectl=FINE)
    assert result.exit_code == 1
    assert "`tofu init` did not answer: [Errno 2] No such file" in result.output
