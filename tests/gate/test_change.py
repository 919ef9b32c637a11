"""What a change adds fails, what was there does not, and what cannot be told is an error."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gate.conftest import NETWORK, QUEUE, TABLE, Repository

PYTHON = 'import boto3\n\n\ndef send():\n    boto3.client("sqs").send_message(QueueUrl="q", MessageBody="b")\n'


def commit(repository: Repository, path: str, content: str | bytes) -> None:
    repository.write(path, content)
    repository.commit()


def branch(repository: Repository, path: str = "main.tf", content: str = QUEUE) -> None:
    commit(repository, path, content)
    repository.git("checkout", "-q", "-b", "work")


def test_what_was_there_does_not_fail(repository: Repository) -> None:
    branch(repository)
    assert repository.check().exit_code == 1
    assert repository.check("--against", "main").exit_code == 0


def test_what_comes_in_fails_committed_or_not_tracked_or_not(repository: Repository) -> None:
    branch(repository)
    repository.write("new.tf", TABLE)
    for _ in range(2):
        done = repository.check("--against", "main")
        assert done.exit_code == 1
        assert "aws_dynamodb_table" in done.stdout
        assert "aws_sqs_queue" not in done.stdout
        repository.git("add", "-A")
    repository.commit()
    assert repository.check("--against", "main").exit_code == 1


@pytest.mark.parametrize(
    "now",
    [
        pytest.param("\n\n# a comment\n" + QUEUE, id="line move"),
        pytest.param('resource "aws_sqs_queue" "q" {\n  tags = { a = "b" }\n}\n', id="tag edit"),
        pytest.param('variable "next" {\n  default = "aws_sqs_queue"\n}\n' + QUEUE, id="variable next door"),
        pytest.param(NETWORK + QUEUE, id="new neighbour below the line"),
        pytest.param(QUEUE.replace("\n", "\r\n"), id="CRLF"),
        pytest.param('resource "aws_sqs_queue" "q" {\n  for_each = toset(["a", "b"])\n}\n', id="for_each instances"),
    ],
)
def test_an_edit_beside_it_is_not_new_lock_in(repository: Repository, now: str) -> None:
    branch(repository)
    repository.write("main.tf", now)
    assert repository.check("--against", "main").exit_code == 0, now


def test_a_renamed_file_and_a_moved_block_are_not_new_but_a_copy_is(repository: Repository) -> None:
    branch(repository, content=QUEUE + TABLE)
    repository.git("mv", "main.tf", "queues.tf")
    assert repository.check("--against", "main").exit_code == 0
    repository.write("queues.tf", QUEUE)
    repository.write("tables.tf", TABLE)
    assert repository.check("--against", "main").exit_code == 0
    repository.write("copy/queues.tf", QUEUE)
    done = repository.check("--against", "main")
    assert done.exit_code == 1
    assert done.stdout.startswith("copy/queues.tf:1:1:")


def test_a_renamed_python_module_is_not_new_though_addresses_begin_with_its_name(repository: Repository) -> None:
    branch(repository, "shop/app.py", PYTHON)
    repository.git("mv", "shop/app.py", "shop/orders.py")
    assert repository.check("--against", "main").exit_code == 0
    repository.git("mv", "shop/orders.py", "store.py")
    assert repository.check("--against", "main").exit_code == 0


def test_a_second_call_in_the_same_function_is_new(repository: Repository) -> None:
    branch(repository, "app.py", PYTHON)
    repository.write("app.py", PYTHON + '    boto3.client("sqs").send_message(QueueUrl="r", MessageBody="b")\n')
    assert repository.check("--against", "main").exit_code == 1


def test_a_deepened_finding_fails(repository: Repository) -> None:
    api = 'resource "aws_apigatewayv2_api" "a" {{\n  name = "a"\n  protocol_type = "{}"\n}}\n'
    branch(repository, content=api.format("HTTP"))
    repository.write("main.tf", api.format("WEBSOCKET"))
    assert "deepened: event-handlers, websockets" in repository.check("--against", "main").stdout


def test_a_provider_that_leaves_another_endpoint_shows_in_the_files_beside_it(repository: Repository) -> None:
    elsewhere = 'provider "aws" {\n  endpoints {\n    s3 = "https://s3.gra.io.cloud.ovh.net"\n  }\n}\n'
    repository.write("bucket.tf", 'resource "aws_s3_bucket" "b" {}\n')
    branch(repository, "provider.tf", elsewhere)
    repository.write("provider.tf", 'provider "aws" {}\n')
    done = repository.check("--against", "main", "--fail-on", "compatible")
    assert done.exit_code == 1
    assert "bucket.tf:1" in done.stdout


def test_staged_judges_the_index_and_not_the_work_tree(repository: Repository) -> None:
    commit(repository, "main.tf", QUEUE)
    repository.write("main.tf", QUEUE + NETWORK)
    repository.git("add", "-A")
    repository.write("main.tf", QUEUE + NETWORK + TABLE)
    done = repository.check("--staged", "main.tf")
    assert done.exit_code == 0, done.output
    assert "1 known from before" in done.stdout
    assert repository.check("--staged", "--all", "main.tf").exit_code == 1
    repository.git("add", "-A")
    assert repository.check("--staged", "main.tf").exit_code == 1


def test_the_first_commit_has_nothing_before_it(repository: Repository) -> None:
    repository.write("main.tf", QUEUE)
    repository.git("add", "-A")
    assert repository.check("--staged").exit_code == 1


def test_with_nothing_staged_what_is_named_is_judged_as_a_whole(repository: Repository) -> None:
    commit(repository, "main.tf", QUEUE)
    done = repository.check("--staged", "main.tf")
    assert done.exit_code == 1
    assert "nothing is staged" in done.stderr


def test_a_bare_stash_leaves_what_is_staged_to_judge(repository: Repository) -> None:
    commit(repository, "main.tf", QUEUE)
    repository.write("table.tf", TABLE)
    repository.git("add", "-A")
    repository.write("main.tf", QUEUE + NETWORK)
    repository.git("stash", "--keep-index")
    assert repository.check("--staged", "table.tf").exit_code == 1


def test_batches_in_any_order_agree_with_one_run(repository: Repository) -> None:
    repository.write("a/old.tf", QUEUE)
    branch(repository, "b/old.tf", QUEUE)
    repository.git("mv", "a/old.tf", "a/new.tf")
    repository.write("b/other.tf", QUEUE.replace('"q"', '"r"') + TABLE)
    repository.write("c/new.tf", QUEUE)
    repository.git("add", "-A")
    files = ["a/new.tf", "b/other.tf", "c/new.tf"]

    def shown(*names: str) -> set[str]:
        return {line for line in repository.check("--staged", *names).stdout.splitlines() if ".tf:" in line}

    whole = shown()
    assert len(whole) == 3
    assert shown(*files) == whole
    assert set.union(*(shown(name) for name in reversed(files))) == whole


def test_a_commit_of_other_files_passes(repository: Repository) -> None:
    branch(repository)
    repository.write("README.md", "aws")
    repository.git("add", "-A")
    assert repository.check("--staged", "README.md").exit_code == 0
    assert repository.check("--against", "main").exit_code == 0


def test_an_unread_file_that_the_change_touches_beats_everything(repository: Repository) -> None:
    branch(repository)
    repository.write("broken.tf", b"\0\0\0")
    repository.write("new.tf", TABLE)
    assert repository.check("--against", "main").exit_code == 3
    assert repository.check("--against", "main", "--allow-unread").exit_code == 1


def test_an_unread_file_that_the_change_does_not_touch_is_a_note(repository: Repository) -> None:
    repository.write("broken.tf", b"\0\0\0")
    branch(repository)
    repository.write("network.tf", NETWORK)
    done = repository.check("--against", "main")
    assert done.exit_code == 0
    assert "could not be read before it either" in done.stderr


def test_a_shallow_clone_says_how_to_deepen_it(make: Callable[[str], Repository], tmp_path: Path) -> None:
    whole = make("whole")
    branch(whole)
    commit(whole, "next.tf", NETWORK)
    clone = tmp_path / "shallow"
    url = f"file://{whole.root}"
    subprocess.run(["git", "clone", "-q", "--depth", "1", "--branch", "work", url, str(clone)], check=True)
    shallow = make("other")
    shallow.root = clone
    done = shallow.check("--against", "main")
    assert done.exit_code == 2
    assert "--unshallow" in done.stderr


def test_a_detached_worktree_is_like_any_other(repository: Repository, tmp_path: Path) -> None:
    branch(repository)
    repository.git("worktree", "add", "-q", "--detach", str(tmp_path / "tree"))
    repository.root = tmp_path / "tree"
    assert repository.check("--against", "main").exit_code == 0
    repository.write("new.tf", TABLE)
    assert repository.check("--against", "main").exit_code == 1


def test_what_comes_in_with_a_submodule_is_new(make: Callable[[str], Repository]) -> None:
    inner = make("inner")
    commit(inner, "main.tf", QUEUE)
    outer = make("outer")
    outer.git("submodule", "add", "-q", str(inner.root), "inner")
    branch(outer, "network.tf", NETWORK)
    assert outer.check("--against", "main").exit_code == 0
    commit(inner, "table.tf", TABLE)
    outer.git("-C", "inner", "pull", "-q")
    done = outer.check("--against", "main")
    assert done.exit_code == 1
    assert done.stdout.startswith("inner/table.tf:1:1:")
    outer.commit()
    assert outer.check("--against", "main").exit_code == 1


@pytest.mark.parametrize("ref", ["nowhere", "--help", "HEAD~99", ""])
def test_a_ref_that_is_not_there_is_an_error(repository: Repository, ref: str) -> None:
    branch(repository)
    done = repository.check("--against", ref or "\n")
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_without_git_there_is_nothing_to_compare_with(tmp_path: Path, repository: Repository) -> None:
    repository.root = tmp_path / "plain"
    repository.write("main.tf", QUEUE)
    done = repository.check("--against", "main")
    assert done.exit_code == 2
    assert "--baseline" in done.stderr


def test_a_merge_that_is_not_resolved_is_an_error(repository: Repository) -> None:
    branch(repository)
    commit(repository, "main.tf", TABLE)
    repository.git("checkout", "-q", "main")
    commit(repository, "main.tf", NETWORK)
    with pytest.raises(subprocess.CalledProcessError):
        repository.git("merge", "work")
    repository.write("main.tf", NETWORK)
    done = repository.check("--staged")
    assert done.exit_code == 2
    assert "resolve" in done.stderr


def test_comparing_runs_no_filter_and_no_hook_of_the_repository(repository: Repository, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    repository.write(".gitattributes", "* filter=evil diff=evil\n")
    branch(repository)
    for key in ("filter.evil.clean", "filter.evil.smudge", "diff.evil.command", "diff.evil.textconv", "core.fsmonitor"):
        repository.git("config", key, f"touch {mark}; cat")
    mark.unlink(missing_ok=True)
    (repository.root / "main.tf").write_text(QUEUE + TABLE)
    assert repository.check("--against", "main").exit_code == 1
    assert repository.check("--staged").exit_code == 1
    assert not mark.exists()


def test_the_index_of_a_partial_commit_is_the_one_that_counts(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(repository, "main.tf", QUEUE)
    repository.write("main.tf", QUEUE + TABLE)
    other = repository.root / ".git" / "next-index"
    environment = {**os.environ, "GIT_INDEX_FILE": str(other)}
    subprocess.run(["git", "read-tree", "HEAD"], cwd=repository.root, env=environment, check=True)
    subprocess.run(["git", "add", "main.tf"], cwd=repository.root, env=environment, check=True)
    monkeypatch.setenv("GIT_INDEX_FILE", str(other))
    done = repository.check("--staged", "main.tf")
    assert done.exit_code == 1
    assert "nothing is staged" not in done.stderr


def test_sarif_calls_new_only_what_is_new_and_says_nothing_where_nothing_was_compared(repository: Repository) -> None:
    """What is below the line was there too, whatever the gate thinks of it."""
    branch(repository, content=NETWORK + QUEUE)

    def states(*options: str) -> dict[str, str | None]:
        results = json.loads(repository.check(*options, "-o", "sarif").stdout)["runs"][0]["results"]
        names = [one["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] for one in results]
        return dict(zip(names, (one.get("baselineState") for one in results), strict=True))

    assert set(states().values()) == {None}
    repository.write("main.tf", NETWORK + QUEUE + TABLE)
    found = states("--against", "main")
    table = next(address for address in found if "dynamodb" in address)
    assert len(found) > 2
    assert {address: state for address, state in found.items() if state != "unchanged"} == {table: "new"}
