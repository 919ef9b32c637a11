"""What changed since a report, and whether the code or the catalogue did it; several repositories as one."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import msgspec
import openpyxl
import pytest

from portability.assessment.estate import EstateError, merge
from portability.audit import audit
from portability.catalogue import Catalogue
from portability.gate import judge
from portability.model import Assessment, DaysRange
from portability.reports import FORMATS
from portability.reports.compare import difference, known, lines
from portability.reports.json import load
from portability.reports.json import schema as json_schema
from portability.reports.words import days
from tests.command_line import Done, portability
from tests.conftest import ROOT
from tests.reports.shapes import SARIF

TARGETS = ("ovhcloud", "self-hosted")
QUEUE = 'resource "aws_sqs_queue" "{}" {{}}\n'
BUCKET = 'resource "aws_s3_bucket" "files" {}\n'


def assessed(root: Path, files: dict[str, str], catalogue: Catalogue) -> Assessment:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return audit(root, catalogue, TARGETS)


def run(*arguments: object) -> Done:
    return portability(*arguments)


def test_new_and_gone_come_from_the_code_when_the_catalogue_is_the_same(tmp_path, catalogue):
    before = assessed(tmp_path / "a", {"main.tf": QUEUE.format("orders") + BUCKET}, catalogue)
    now = assessed(tmp_path / "b", {"main.tf": BUCKET + QUEUE.format("returns")}, catalogue)
    found = difference(before, now, catalogue)
    assert [(one.kind, one.service, one.cause) for one in found.changes] == [
        ("new", "aws/sqs", "code"),
        ("gone", "aws/sqs", "code"),
    ]
    assert found.kept == 1
    assert found.shifts == []


def test_what_was_not_used_asked_nothing_and_is_no_missing_estimate(tmp_path, catalogue):
    before = assessed(tmp_path / "a", {"main.tf": BUCKET}, catalogue)
    now = assessed(tmp_path / "b", {"main.tf": BUCKET + QUEUE.format("orders")}, catalogue)
    new = next(one for one in difference(before, now, catalogue).shifts if one.service == "aws/sqs")
    assert new.before == DaysRange(low=0, high=0)
    assert new.now is not None
    assert new.now.high > 0
    assert any(
        line.endswith(f"aws/sqs: – → {days(new.now)} (code)") for line in lines(difference(before, now, catalogue))
    )


def test_a_renamed_file_is_no_change(tmp_path, catalogue):
    before = assessed(tmp_path / "a", {"old.tf": QUEUE.format("orders")}, catalogue)
    now = assessed(tmp_path / "b", {"new.tf": QUEUE.format("orders")}, catalogue)
    assert difference(before, now, catalogue).changes == []


def test_another_judgement_of_the_same_content_comes_from_the_catalogue(tmp_path, catalogue):
    now = assessed(tmp_path, {"main.tf": BUCKET}, catalogue)
    then = msgspec.structs.replace(now.findings[0], lock_in="proprietary")
    before = msgspec.structs.replace(now, findings=(then,), catalogue="earlier")
    assert [(one.kind, one.cause) for one in difference(before, now, catalogue).changes] == [("changed", "rules")]


def test_what_only_one_catalogue_may_know_is_not_blamed_on_the_code(tmp_path, catalogue):
    before = assessed(tmp_path / "a", {"main.tf": BUCKET}, catalogue)
    now = assessed(tmp_path / "b", {"main.tf": BUCKET + QUEUE.format("orders")}, catalogue)
    before = msgspec.structs.replace(before, catalogue="earlier")
    found = difference(before, now, catalogue)
    assert [(one.kind, one.cause) for one in found.changes] == [("new", "either")]
    assert {(one.service, one.cause) for one in found.shifts} == {(None, "either"), ("aws/sqs", "either")}


def test_what_is_gone_and_still_known_went_from_the_code(tmp_path, catalogue):
    before = assessed(tmp_path / "a", {"main.tf": BUCKET + QUEUE.format("orders")}, catalogue)
    now = assessed(tmp_path / "b", {"main.tf": BUCKET}, catalogue)
    before = msgspec.structs.replace(before, catalogue="earlier")
    assert [(one.kind, one.cause) for one in difference(before, now, catalogue).changes] == [("gone", "code")]
    forgotten = msgspec.structs.replace(before.findings[1], symbol="aws_of_old")
    before = msgspec.structs.replace(before, findings=(before.findings[0], forgotten))
    assert [(one.kind, one.cause) for one in difference(before, now, catalogue).changes] == [("gone", "either")]


def test_another_version_of_the_tool_may_read_otherwise(tmp_path, catalogue):
    before = assessed(tmp_path / "a", {"main.tf": BUCKET + QUEUE.format("orders")}, catalogue)
    now = assessed(tmp_path / "b", {"main.tf": BUCKET + QUEUE.format("returns")}, catalogue)
    before = msgspec.structs.replace(before, version="0.0.9")
    found = difference(before, now, catalogue)
    assert [(one.kind, one.cause) for one in found.changes] == [("new", "either"), ("gone", "either")]
    assert "version 0.0.9" in found.head


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


def test_a_comparison_is_told_in_every_form_for_machines_and_spreadsheets(tmp_path):
    code, old = tmp_path / "code", tmp_path / "old.json"
    code.mkdir()
    (code / "main.tf").write_text(BUCKET)
    (code / "gone.tf").write_text(QUEUE.format("letters"))
    run("audit", code, "-o", f"json={old}")
    (code / "gone.tf").unlink()
    (code / "more.tf").write_text('resource "aws_sns_topic" "t" {}\n')
    files = [f"{form}={tmp_path / f'now.{form}'}" for form in ("json", "csv", "xlsx")]
    done = run("audit", code, *(part for file in files for part in ("-o", file)), "--compare", old)
    assert done.exit_code == 0
    told = json.loads((tmp_path / "now.json").read_bytes())
    jsonschema.Draft202012Validator(json_schema()).validate(told)
    wanted = [("new", "more.tf", "aws/sns"), ("gone", "gone.tf", "aws/sqs")]
    assert [(one["kind"], one["path"], one["service"]) for one in told["difference"]["changes"]] == wanted
    assert {one["service"] for one in told["difference"]["shifts"]} >= {"aws/sns", "aws/sqs"}
    assert load(tmp_path / "now.json").root == "code"
    with (tmp_path / "now.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [(row["path"], row["since"], row["cause"]) for row in rows] == [
        ("main.tf", "", ""),
        ("more.tf", "new", "code"),
        ("gone.tf", "gone", "code"),
    ]
    book = openpyxl.load_workbook(tmp_path / "now.xlsx")
    assert [tuple(cell.value for cell in row[:3]) for row in book["Changes"].iter_rows(min_row=2)] == [
        ("new", "more.tf:1", "aws/sns"),
        ("gone", "gone.tf", "aws/sqs"),
    ]
    assert book["Changed effort"].max_row == 1 + len(told["difference"]["shifts"])


@pytest.fixture
def compared(tmp_path) -> Callable[[str], str]:
    """What a format says of a tree in which a queue stayed, a topic came and a function went."""
    code, old = tmp_path / "code", tmp_path / "old.json"
    for folder in ("kept", "gone"):
        (code / folder).mkdir(parents=True)
    (code / "kept" / "main.tf").write_text(QUEUE.format("letters") + BUCKET)
    (code / "gone" / "main.tf").write_text('resource "aws_lambda_function" "f" {}\n')
    run("audit", code, "-o", f"json={old}")
    (code / "gone" / "main.tf").unlink()
    (code / "more.tf").write_text('resource "aws_sns_topic" "t" {}\n')

    def told(form: str) -> str:
        done = run("audit", code, "-o", form, "--compare", old)
        assert done.exit_code == 0, done.output
        return done.stdout

    return told


HEAD = "Since code, the same catalogue: 1 new, 1 gone, 0 changed, 2 as before"


def test_every_format_tells_a_comparison(compared):
    alone = {"json", "csv", "xlsx", "sarif", "gitlab", "plan", "cyclonedx", "html"}
    for form in FORMATS.keys() - alone:
        assert HEAD in compared(form).replace("\\", ""), form


def test_sarif_marks_each_result_and_lists_what_is_gone(compared):
    log = json.loads(compared("sarif"))
    jsonschema.validate(log, SARIF)
    (ran,) = log["runs"]
    assert {one["ruleId"]: one["baselineState"] for one in ran["results"]} == {
        "aws/sqs": "unchanged",
        "aws/s3": "unchanged",
        "aws/sns": "new",
    }
    comparison = ran["properties"]["comparison"]
    assert [(one["path"], one["ruleId"]) for one in comparison.pop("gone")] == [("gone/main.tf", "aws/lambda")]
    assert (comparison["new"], comparison["changed"], comparison["unchanged"]) == (1, 0, 2)


def test_what_was_there_before_fails_in_no_pipeline(compared):
    cases = {case.get("classname"): [one.tag for one in case] for case in ElementTree.fromstring(compared("junit"))[0]}
    assert (cases["portability.aws.sns"], cases["portability.aws.sqs"]) == (["failure"], ["skipped"])
    severities = {one["check_name"]: one["severity"] for one in json.loads(compared("gitlab"))}
    assert (severities["aws/sns"], severities["aws/sqs"]) == ("major", "info")
    annotations = [line for line in compared("github").splitlines() if "file=" in line]
    assert [line.partition(",")[0] for line in annotations] == ["::error file=more.tf"]


def test_a_bill_of_materials_says_what_a_comparison_found(compared):
    told = json.loads(compared("cyclonedx"))
    services = {
        service["bom-ref"]: {one["name"]: one["value"] for one in service["properties"]} for service in told["services"]
    }
    since = {id: properties["portability:since"] for id, properties in services.items()}
    assert since == {"aws/sqs": "unchanged", "aws/s3": "unchanged", "aws/sns": "new"}
    whole = {one["name"]: one["value"] for one in told["metadata"]["properties"]}
    assert whole["portability:since:gone-service"] == "aws/lambda"


def test_a_plan_says_what_became_of_each_component_and_is_read_back(compared, tmp_path):
    text = compared("plan")
    rows = {row["component"]: row["since"] for row in csv.DictReader(io.StringIO(text))}
    assert rows == {".": "new", "kept": "", "gone": "gone"}
    file = tmp_path / "plan.csv"
    file.write_text(text, newline="")
    again = run("audit", tmp_path / "code", "-o", "html", "--plan", file)
    assert "Rows of the plan that match no component" not in again.stdout


def test_what_the_catalogue_alone_judges_harder_does_not_fail(tmp_path, catalogue):
    now = assessed(tmp_path, {"main.tf": QUEUE.format("orders")}, catalogue)
    then = msgspec.structs.replace(now.findings[0], lock_in="convertible")
    before = msgspec.structs.replace(now, findings=(then,), catalogue="earlier")
    verdict = judge(now, {}, known=known(difference(before, now, catalogue)))
    assert [one.standing for one in verdict.judged] == ["catalogue"]
    deeper = msgspec.structs.replace(before, catalogue=now.catalogue)
    verdict = judge(now, {}, known=known(difference(deeper, now, catalogue)))
    assert [(one.standing, one.why) for one in verdict.judged] == [
        ("fails", "it was convertible in the earlier report")
    ]


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


SEND = 'import boto3, os\nboto3.client("sqs").send_message(QueueUrl={}, MessageBody="")\n'
NAMED = QUEUE.replace("{{}}", '{{ name = "orders-inbox" }}').format("orders")


def test_an_estate_keeps_the_links_of_its_repositories_and_joins_them_by_name(tmp_path, catalogue):
    function = (
        'resource "aws_lambda_function" "f" {\n  environment {\n'
        "    variables = { ORDERS_URL = aws_sqs_queue.orders.url }\n  }\n}\n"
    )
    infra = assessed(
        tmp_path / "infra", {"main.tf": NAMED + function, "f.py": SEND.format('os.environ["ORDERS_URL"]')}, catalogue
    )
    shop = assessed(tmp_path / "shop", {"send.py": SEND.format('"orders-inbox"')}, catalogue)
    both = merge([infra, shop], catalogue)
    path = {finding.fingerprint: finding.location.path for finding in both.findings}
    assert [(link.how, path[link.source], path[link.target]) for link in both.links] == [
        ("variable", "infra/f.py", "infra/main.tf"),
        ("reference", "infra/main.tf", "infra/main.tf"),
        ("name", "shop/send.py", "infra/main.tf"),
    ]
    assert {one.id: one.waits_for for one in both.components}["shop"] == ("infra",)


def test_two_repositories_that_give_one_name_leave_a_third_alone(tmp_path, catalogue):
    parts = [assessed(tmp_path / name, {"main.tf": NAMED}, catalogue) for name in ("one", "other")]
    parts.append(assessed(tmp_path / "shop", {"send.py": SEND.format('"orders-inbox"')}, catalogue))
    assert merge(parts, catalogue).links == ()


@pytest.mark.parametrize("name", ["queue", "orders", "my-orders-inbox", "inbox-of-orders"])
def test_a_name_joins_repositories_only_where_it_is_nobody_elses(tmp_path, catalogue, name):
    infra = assessed(tmp_path / "infra", {"main.tf": NAMED.replace("orders-inbox", name)}, catalogue)
    shop = assessed(tmp_path / "shop", {"send.py": SEND.format(f'"{name}"')}, catalogue)
    assert len(merge([infra, shop], catalogue).links) == (name == "inbox-of-orders")


def test_a_report_of_before_there_were_links_gets_those_that_it_can(tmp_path, catalogue):
    new = assessed(
        tmp_path,
        {"main.tf": NAMED + 'resource "aws_lambda_function" "f" { q = aws_sqs_queue.orders.arn }\n'},
        catalogue,
    )
    old = msgspec.structs.replace(new, links=())
    assert merge([old], catalogue, apart=False).links == new.links


def test_an_audit_of_several_directories_is_the_report_of_their_reports(tmp_path):
    roots = [ROOT / "fixtures" / name for name in ("webshop-aws", "data-pipeline-google")]
    for root in roots:
        assert run("audit", root, "-o", f"json={tmp_path / root.name}.json").exit_code == 0
    assert run("audit", *roots, "-o", f"json={tmp_path / 'at-once.json'}").exit_code == 0
    files = [tmp_path / f"{root.name}.json" for root in roots]
    assert run("report", *files, "-o", f"json={tmp_path / 'together.json'}").exit_code == 0
    assert (tmp_path / "at-once.json").read_bytes() == (tmp_path / "together.json").read_bytes()


def test_an_estate_needs_a_common_target_and_services_that_are_known(tmp_path, catalogue):
    one = assessed(tmp_path, {"main.tf": BUCKET}, catalogue)
    other = audit(tmp_path, catalogue, ("bit",))
    with pytest.raises(EstateError, match="no target in common"):
        merge([one, other], catalogue)
    first = one.findings[0]
    answer = msgspec.structs.replace(first.equivalents[0], product_id="self-hosted/no-more")
    for odd in (
        msgspec.structs.replace(first, service="aws/no-more"),
        msgspec.structs.replace(first, capabilities=("no-more",)),
        msgspec.structs.replace(first, equivalents=(answer,)),
    ):
        with pytest.raises(EstateError, match=r"another catalogue, which knew [\w/-]*no-more; audit again"):
            merge([msgspec.structs.replace(one, findings=(odd,))], catalogue)
