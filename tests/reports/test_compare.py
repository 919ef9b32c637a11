"""What changed since a report, and whether the code or the catalogue did it; several repositories as one."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from portability.audit import audit
from portability.catalogue import Catalogue
from portability.cli import main
from portability.estate import EstateError, merge
from portability.model import Assessment
from portability.reports.compare import difference
from portability.reports.json import load
from tests.conftest import ROOT

TARGETS = ("ovhcloud", "self-hosted")
QUEUE = 'resource "aws_sqs_queue" "{}" {{}}\n'
BUCKET = 'resource "aws_s3_bucket" "files" {}\n'


def assessed(root: Path, files: dict[str, str], catalogue: Catalogue) -> Assessment:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return audit(root, catalogue, TARGETS)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments])


def test_new_and_gone_come_from_the_code_when_the_catalogue_is_the_same(tmp_path, catalogue):
    before = assessed(tmp_path / "a", {"main.tf": QUEUE.format("orders") + BUCKET}, catalogue)
    now = assessed(tmp_path / "b", {"main.tf": BUCKET + QUEUE.format("returns")}, catalogue)
    found = difference(before, now)
    assert [(one.kind, one.service, one.cause) for one in found.changes] == [
        ("new", "aws/sqs", "code"),
        ("gone", "aws/sqs", "code"),
    ]
    assert found.kept == 1
    assert found.shifts == []


def test_a_renamed_file_is_no_change(tmp_path, catalogue):
    before = assessed(tmp_path / "a", {"old.tf": QUEUE.format("orders")}, catalogue)
    now = assessed(tmp_path / "b", {"new.tf": QUEUE.format("orders")}, catalogue)
    assert difference(before, now).changes == []


def test_another_judgement_of_the_same_content_comes_from_the_catalogue(tmp_path, catalogue):
    now = assessed(tmp_path, {"main.tf": BUCKET}, catalogue)
    then = msgspec.structs.replace(now.findings[0], lock_in="proprietary")
    before = msgspec.structs.replace(now, findings=(then,), catalogue="earlier")
    assert [(one.kind, one.cause) for one in difference(before, now).changes] == [("changed", "rules")]


def test_what_only_one_catalogue_may_know_is_not_blamed_on_the_code(tmp_path, catalogue):
    before = assessed(tmp_path / "a", {"main.tf": BUCKET}, catalogue)
    now = assessed(tmp_path / "b", {"main.tf": BUCKET + QUEUE.format("orders")}, catalogue)
    before = msgspec.structs.replace(before, catalogue="earlier")
    found = difference(before, now)
    assert [(one.kind, one.cause) for one in found.changes] == [("new", "either")]
    assert {(one.service, one.cause) for one in found.shifts} == {(None, "either"), ("aws/sqs", "either")}


@pytest.mark.parametrize("form", ["html", "markdown", "text"])
def test_a_comparison_is_told_in_every_form_for_people(tmp_path, form):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "main.tf").write_text(BUCKET)
    old = tmp_path / "old.json"
    run("audit", tmp_path / "code", "-o", f"json={old}")
    (tmp_path / "code" / "more.tf").write_text(QUEUE.format("orders"))
    done = run("audit", tmp_path / "code", "-o", form, "--compare", old)
    assert done.exit_code == 0
    assert "1 new, 0 gone, 0 changed, 1 as before" in done.stdout


def test_a_json_report_is_read_back_as_it_was_written(tmp_path, catalogue):
    file = tmp_path / "report.json"
    fixture = ROOT / "fixtures" / "webshop-aws"
    run("audit", fixture, "-o", f"json={file}")
    assert load(file) == audit(fixture, catalogue, TARGETS)
    again = run("report", file, "-o", "json")
    assert json.loads(again.stdout) == json.loads(file.read_text())


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"schema_version": "1.0"}', '{"schema_version": "9"}', "\0"])
def test_what_is_no_report_is_refused_with_a_reason(tmp_path, content):
    file = tmp_path / "report.json"
    file.write_text(content)
    for arguments in (("report", file), ("audit", ROOT / "fixtures" / "webshop-aws", "--compare", file)):
        done = run(*arguments)
        assert done.exit_code == 2
        assert "report.json" in done.output


def test_in_an_estate_what_is_set_up_once_counts_once(tmp_path, catalogue):
    one = assessed(tmp_path / "one", {"main.tf": QUEUE.format("orders")}, catalogue)
    other = assessed(tmp_path / "other", {"main.tf": QUEUE.format("returns")}, catalogue)
    both = merge([one, other], catalogue)
    (queue,) = both.services
    # Blocks of the same content are one use, whatever their repository; foundation and product count once.
    assert (queue.uses, queue.copies, queue.findings) == (1, 1, 2)
    assert both.effort == one.effort
    assert [component.id for component in both.components] == ["one", "other"]
    assert {finding.location.path for finding in both.findings} == {"one/main.tf", "other/main.tf"}
    assert both.coverage.files["terraform"].read == 2


def test_repositories_of_one_name_stay_apart(tmp_path, catalogue):
    one = assessed(tmp_path / "a" / "app", {"main.tf": BUCKET}, catalogue)
    other = assessed(tmp_path / "b" / "app", {"main.tf": BUCKET}, catalogue)
    both = merge([one, other], catalogue)
    assert len({finding.fingerprint for finding in both.findings}) == 2
    assert [component.id for component in both.components] == ["app", "app (2)"]


def test_an_estate_needs_a_common_target_and_services_that_are_known(tmp_path, catalogue):
    one = assessed(tmp_path, {"main.tf": BUCKET}, catalogue)
    other = audit(tmp_path, catalogue, ("bit",))
    with pytest.raises(EstateError, match="no target in common"):
        merge([one, other], catalogue)
    odd = msgspec.structs.replace(one.findings[0], service="aws/no-more")
    with pytest.raises(EstateError, match="aws/no-more"):
        merge([msgspec.structs.replace(one, findings=(odd,))], catalogue)
