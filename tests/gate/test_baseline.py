"""The baseline: what is there stays, what comes in fails, and the file is one that people can review and merge."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.gate.conftest import NETWORK, QUEUE, TABLE, Repository

FILE = ".portability-baseline.json"


def kept(repository: Repository) -> dict[str, object]:
    data: dict[str, object] = json.loads((repository.root / FILE).read_text())
    return data


def test_known_findings_pass_and_new_ones_fail(repository: Repository) -> None:
    repository.write("main.tf", QUEUE)
    assert repository.run("baseline", "write").exit_code == 0
    assert repository.check().exit_code == 0
    assert repository.check("main.tf").exit_code == 0
    assert repository.check("--no-baseline").exit_code == 1
    repository.write("main.tf", TABLE + QUEUE)
    done = repository.check()
    assert done.exit_code == 1
    assert "aws_dynamodb_table" in done.stdout
    assert "aws_sqs_queue" not in done.stdout


def test_two_files_of_one_name_are_two_and_a_third_is_new(repository: Repository) -> None:
    repository.write("a/main.tf", QUEUE)
    repository.write("b/main.tf", QUEUE)
    repository.run("baseline", "write")
    (repository.root / "a/main.tf").rename(repository.root / "a/queue.tf")
    assert repository.check().exit_code == 0
    assert repository.check("a").exit_code == 0
    repository.write("c/main.tf", QUEUE)
    assert repository.check().stdout.startswith("c/main.tf:1")


def test_what_is_gone_is_told_and_taken_out(repository: Repository) -> None:
    repository.write("main.tf", QUEUE + TABLE)
    repository.run("baseline", "write")
    repository.write("main.tf", QUEUE)
    done = repository.check()
    assert done.exit_code == 0
    assert "1 of the baseline are gone" in done.stderr
    repository.write("main.tf", QUEUE + 'resource "aws_sns_topic" "t" {}\n')
    assert repository.run("baseline", "update").exit_code == 0
    assert [one and one["symbol"] for one in kept(repository)["findings"]] == ["aws_sqs_queue", None]
    assert repository.check().exit_code == 1
    repository.run("baseline", "update", "--add")
    assert repository.check().exit_code == 0


def test_what_a_comparison_did_not_read_is_not_said_to_be_gone(repository: Repository) -> None:
    repository.write("main.tf", QUEUE)
    repository.run("baseline", "write")
    repository.commit()
    done = repository.check("--against", "HEAD")
    assert done.exit_code == 0
    assert "are gone" not in done.stderr


def test_writing_over_one_needs_force(repository: Repository) -> None:
    repository.write("main.tf", QUEUE)
    repository.run("baseline", "write")
    done = repository.run("baseline", "write")
    assert done.exit_code == 2
    assert "update" in done.stderr
    assert repository.run("baseline", "write", "--force").exit_code == 0


def test_show_counts_by_service(repository: Repository) -> None:
    repository.write("main.tf", QUEUE + TABLE)
    repository.run("baseline", "write")
    shown = repository.run("baseline", "show").stdout
    assert "aws/dynamodb" in shown
    assert "2 findings" in shown


def test_the_same_tree_gives_the_same_bytes(repository: Repository) -> None:
    repository.write("b.tf", QUEUE)
    repository.write("a.tf", TABLE)
    repository.run("baseline", "write")
    first = (repository.root / FILE).read_bytes()
    repository.run("baseline", "write", "--force")
    assert (repository.root / FILE).read_bytes() == first


def test_branches_that_add_in_different_places_merge(repository: Repository) -> None:
    for name in "adgm":
        repository.write(f"{name}.tf", QUEUE)
    repository.run("baseline", "write")
    repository.commit()
    for branch, name in (("one", "b"), ("two", "k")):
        repository.git("checkout", "-q", "-b", branch, "main")
        repository.write(f"{name}.tf", TABLE)
        repository.run("baseline", "update", "--add")
        repository.commit()
    repository.git("merge", "-q", "-m", "m", "one")
    assert repository.check().exit_code == 0


def test_the_marks_of_a_merge_are_an_error_that_says_what_to_do(repository: Repository) -> None:
    repository.write("main.tf", QUEUE)
    repository.run("baseline", "write")
    repository.commit()
    for branch, content in (("one", TABLE), ("two", 'resource "aws_sns_topic" "t" {}\n')):
        repository.git("checkout", "-q", "-b", branch, "main")
        repository.write("zz.tf", content)
        repository.run("baseline", "update", "--add")
        repository.commit()
    with pytest.raises(subprocess.CalledProcessError):
        repository.git("merge", "one")
    repository.write("zz.tf", TABLE)
    done = repository.check()
    assert done.exit_code == 2
    assert "marks of a merge" in done.stderr
    assert "keep the lines of both sides" in done.stderr


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "broken"),
        ("[]", "broken"),
        ('{"version": 99, "x": 1}', "newer"),
        ('{"version": 1}', "broken"),
        ('{"version": 1, "catalogue": "c", "findings": [], "files": {}, "more": 1}', "broken"),
        ("[" * 100_000, "broken"),
    ],
)
def test_a_broken_or_future_baseline_is_an_error(repository: Repository, content: str, says: str) -> None:
    repository.write("main.tf", NETWORK)
    repository.write(FILE, content)
    done = repository.check()
    assert done.exit_code == 2, done.output
    assert says in done.stderr
    assert "Traceback" not in done.output


def test_a_named_baseline_that_is_not_there_is_an_error(repository: Repository) -> None:
    repository.write("main.tf", QUEUE)
    assert repository.check("--baseline", "nowhere.json").exit_code == 2


def test_a_tree_that_cannot_be_read_gets_no_baseline(repository: Repository) -> None:
    repository.write("main.tf", b"\0\0\0")
    assert repository.run("baseline", "write").exit_code == 3
    assert not (repository.root / FILE).exists()
    assert repository.run("baseline", "write", "--allow-unread").exit_code == 0
    assert repository.check().exit_code == 3


def test_what_is_new_only_because_the_catalogue_is_passes_unless_asked(repository: Repository) -> None:
    repository.write("main.tf", QUEUE)
    repository.write("other.tf", TABLE)
    repository.run("baseline", "write")
    # As an older catalogue would have left it: it did not know the table.
    lines = (repository.root / FILE).read_text().splitlines()
    older = [line for line in lines if "aws_dynamodb_table" not in line]
    older = [f'"catalogue":"{"0" * 12}",' if line.startswith('"catalogue"') else line for line in older]
    repository.write(FILE, "\n".join(older))
    done = repository.check()
    assert done.exit_code == 0
    assert "new to the catalogue, in a file that has not changed" in done.stdout
    assert repository.check("--strict-catalogue").exit_code == 1
    repository.write("other.tf", TABLE + "# edited\n")
    assert repository.check().exit_code == 1


def test_a_finding_that_gains_a_feature_of_a_higher_level_is_new(repository: Repository) -> None:
    api = 'resource "aws_apigatewayv2_api" "a" {{\n  name = "a"\n  protocol_type = "{}"\n}}\n'
    repository.write("main.tf", api.format("HTTP"))
    repository.run("baseline", "write")
    assert repository.check().exit_code == 0
    repository.write("main.tf", api.format("WEBSOCKET"))
    done = repository.check()
    assert done.exit_code == 1
    assert "deepened: event-handlers, websockets made it proprietary, it was convertible" in done.stdout


def test_a_baseline_that_is_a_link_is_replaced_and_not_followed(repository: Repository, tmp_path: Path) -> None:
    outside = tmp_path / "precious"
    outside.write_text("mine")
    repository.write("main.tf", QUEUE)
    for name in (".portability-baseline.json", ".portability-baseline.json.part"):
        (repository.root / name).symlink_to(outside)
    assert repository.run("baseline", "write", "--force").exit_code == 0
    assert outside.read_text() == "mine"
    assert not (repository.root / ".portability-baseline.json").is_symlink()
