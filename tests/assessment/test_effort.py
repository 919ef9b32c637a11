"""Person-days add up from rows, can be taken apart, and can be held against what work really took."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from portability.assessment.effort import ledger
from portability.assessment.waves import WORK, waves
from portability.audit import audit
from portability.model import DaysRange
from portability.reports.figures import in_use
from tests.command_line import Done, portability
from tests.conftest import ROOT

FIXTURES = sorted(path for path in (ROOT / "fixtures").iterdir() if path.is_dir())
WEBSHOP = ROOT / "fixtures" / "webshop-aws"
TARGETS = ("ovhcloud", "self-hosted")


def run(*arguments: object) -> Done:
    return portability(*arguments)


@pytest.mark.parametrize("root", FIXTURES, ids=lambda path: path.name)
def test_the_rows_add_up_to_the_total(root, catalogue):
    assessment = audit(root, catalogue, TARGETS)
    for target in TARGETS:
        book = ledger(assessment.services, target, catalogue)
        rows = [*(row.days for row in book.products), *(days for _, days in book.uses)]
        if rows:
            assert sum(rows, book.foundation) == book.total == assessment.effort[target]


def test_the_order_of_rows_does_not_change_a_sum():
    spans = [DaysRange(low=0.1, high=0.5), DaysRange(low=0.7, high=2.3), DaysRange(low=25, high=80)] * 7
    zero = DaysRange(low=0, high=0)
    assert sum(spans, zero) == sum(reversed(spans), zero) == DaysRange(low=180.6, high=579.6)


def test_explain_prints_every_use_every_product_and_the_sum():
    told = run("effort", "explain", "aws/sqs", "--from", WEBSHOP, "--target", "ovhcloud").stdout
    assert "Amazon SQS (aws/sqs): 7 places, 4 uses" in told
    assert "infrastructure/main.tf:40 aws_sqs_queue: S 0.5–2" in told
    assert "a use that is proprietary: at least S" in told
    assert "uses together: 2–8" in told
    assert "uses and once: 6–24" in told


def test_a_use_that_loses_something_asks_more(tree):
    root = tree({
        "main.tf": 'resource "aws_lambda_function" "plain" {\n  runtime = "python3.13"\n}\n'
        'resource "aws_lambda_function" "layered" {\n  runtime = "python3.13"\n  layers  = ["arn:aws:lambda:x"]\n}\n'
    })  # fmt: skip
    told = run("effort", "explain", "aws/lambda", "--from", root, "--target", "ovhcloud").stdout
    assert "main.tf:1 aws_lambda_function: S 0.5–2" in told
    assert "main.tf:4 aws_lambda_function: M 2–8" in told
    assert "asks S; a use that is proprietary and loses something: at least M" in told


def test_the_next_of_a_type_in_a_component_is_a_size_smaller(tree):
    queue = 'resource "aws_sqs_queue" "%s" {\n  delay_seconds = %d\n}\n'
    root = tree({
        "shop/main.tf": "".join(queue % (f"q{n}", n) for n in range(1, 4)),
        "bank/main.tf": queue % ("other", 9),
        "bank/topic.tf": 'resource "aws_sqs_queue" "first_in_first_out" {\n  fifo_queue = true\n}\n',
    })  # fmt: skip
    told = run("effort", "explain", "aws/sqs", "--from", root, "--target", "self-hosted").stdout
    sizes = [line.split(": ")[1].split()[0] for line in told.splitlines() if "aws_sqs_queue: " in line]
    assert sizes == ["S", "S", "S", "XS", "XS"], told  # bank's two differ in what they use
    assert told.count("one like it stands before it in shop: one size less, XS at least") == 2


def test_explain_reads_a_report_too(tmp_path):
    file = tmp_path / "report.json"
    run("audit", WEBSHOP, "-o", f"json={file}")
    assert run("effort", "explain", "aws/sqs", "--from", file).stdout == (
        run("effort", "explain", "aws/sqs", "--from", WEBSHOP).stdout
    )


def test_what_falls_away_has_an_estimate_and_no_decision_to_make(tree, catalogue):
    steps = "jobs: {deploy: {steps: [{run: gcloud components install kubectl}]}}"
    root = tree({".github/workflows/deploy.yml": f"on: push\n{steps}\n"})
    found = audit(root, catalogue, ("self-hosted",))
    assert found.unestimated == {"self-hosted": 0}
    assert [(one.uses, one.each["self-hosted"]) for one in found.services] == [(1, DaysRange(low=0.5, high=2))]
    assert [one.work for one in found.components] == ["rewrite"]
    told = run("effort", "explain", "google/account", "--from", root, "--target", "self-hosted").stdout
    assert "provider-account falls away: to take it out asks S" in told


def test_explain_of_a_report_is_of_the_targets_that_are_asked_for(tmp_path):
    file = tmp_path / "report.json"
    run("audit", WEBSHOP, "-o", f"json={file}")
    told = run("effort", "explain", "Amazon sqs", "--from", file, "--target", "ovhcloud").stdout
    assert "To OVHcloud" in told
    assert "To Self-hosted" not in told
    other = run("effort", "explain", "aws/sqs", "--from", file, "--target", "bit")
    assert (other.exit_code, "says nothing of bit; it has ovhcloud" in other.output) == (2, True)
    assert "did you mean aws/sqs" in run("effort", "explain", "sqs", "--from", file).output


def test_explain_of_what_is_not_used_says_what_is():
    done = run("effort", "explain", "aws/neptune", "--from", WEBSHOP)
    assert done.exit_code == 2
    assert "aws/sqs" in done.output


def actuals(folder: Path, *rows: str) -> Path:
    file = folder / "actuals.csv"
    file.write_text("\n".join(["service,target,days", *rows, ""]))
    return file


def test_calibrate_scales_the_table_by_the_median(tmp_path):
    # The middles of these estimates are 12, 4 and 8 days.
    file = actuals(tmp_path, "aws/sqs,ovhcloud,24", "aws/s3,ovhcloud,8", "aws/lambda,ovhcloud,80")
    done = run("effort", "calibrate", file, "--from", WEBSHOP, "--out", tmp_path / "own")
    assert "aws/sqs to ovhcloud: 24 days, inside 6–24, 2.00 of its middle" in done.stdout
    assert "2 of 3 inside their range; the median is 2 of the middle." in done.stdout
    table = yaml.safe_load((tmp_path / "own" / "effort.yaml").read_text())
    assert table["sizes"]["M"] == [4, 16]
    again = run("effort", "explain", "aws/sqs", "--from", WEBSHOP, "--rules", tmp_path / "own").stdout
    assert "uses and once: 12–48" in again


def test_actuals_are_read_as_a_dutch_spreadsheet_writes_them(tmp_path):
    file = tmp_path / "actuals.csv"
    rows = "Target;Service;Days\r\nOVHcloud;Amazon SQS;48\r\novhcloud;aws/s3;8,5\r\novhcloud;aws/lambda;80\r\n;;\r\n"
    file.write_bytes(b"\xef\xbb\xbf" + rows.encode())
    done = run("effort", "calibrate", file, "--from", WEBSHOP)
    assert done.exit_code == 0, done.output
    assert "aws/s3 to ovhcloud: 8.5 days" in done.stdout


def test_two_actuals_are_too_few_to_change_the_table(tmp_path):
    file = actuals(tmp_path, "aws/sqs,ovhcloud,48", "aws/s3,ovhcloud,8")
    done = run("effort", "calibrate", file, "--from", WEBSHOP)
    assert done.exit_code == 0
    assert "at least 3 are needed" in done.stdout
    assert "sizes:" not in done.stdout


@pytest.mark.parametrize(
    "row", ["aws/none,ovhcloud,3", "aws/sqs,moon,3", "aws/sqs,ovhcloud,many", "aws/sqs,ovhcloud,-1", "aws/sqs", ""]
)
def test_actuals_that_cannot_be_used_name_their_line(tmp_path, row):
    file = actuals(tmp_path, "aws/sqs,ovhcloud,48", row or "aws/account,ovhcloud,3")
    done = run("effort", "calibrate", file, "--from", WEBSHOP)
    assert done.exit_code == 2
    assert "actuals.csv:3" in done.output


@pytest.mark.parametrize(
    "text", ["", "service,target,days\n", "aws/sqs,ovhcloud,48\n", "dienst;dagen\n;\n", "a,b\nc,d\n"]
)
def test_a_file_without_the_columns_or_without_moves_is_told_what_it_needs(tmp_path, text):
    file = tmp_path / "actuals.csv"
    file.write_text(text)
    done = run("effort", "calibrate", file, "--from", WEBSHOP)
    assert done.exit_code == 2
    assert "service, target and days" in done.output


def test_components_that_ask_least_go_first_and_none_before_what_it_calls(tree, catalogue):
    root = tree(
        {
            "cache/main.tf": 'resource "aws_elasticache_cluster" "c" {}\n',
            "network/main.tf": 'resource "aws_vpc" "v" {}\n',
            "queue/main.tf": 'resource "aws_sqs_queue" "q" {}\n',
            "shop/main.tf": 'module "queue" {\n  source = "../queue"\n}\nresource "aws_vpc" "v" {}\n',
            "facts/main.tf": 'data "aws_region" "here" {}\n',
        }
    )
    assessment = audit(root, catalogue, TARGETS)
    place = {component.id: component for component in assessment.components}
    assert [place[id].wave for id in ("cache", "network", "queue", "shop", "facts")] == [1, 2, 3, 3, 0]
    assert place["shop"].waits_for == ("queue",)
    assert place["shop"].work == "rewrite"


def test_what_one_configuration_alone_calls_moves_with_it(tree, catalogue):
    """A module of one root is no part that could go first; one of two roots is."""
    call = 'module "%s" {\n  source = "../%s"\n}\n'
    root = tree({
        "own/main.tf": 'resource "aws_elasticache_cluster" "c" {}\n' + call % ("inner", "inner"),
        "inner/main.tf": 'resource "aws_elasticache_cluster" "d" {}\n',
        "common/main.tf": 'resource "aws_elasticache_cluster" "e" {}\n',
        "shop/main.tf": 'resource "aws_sqs_queue" "q" {}\n' + call % ("own", "own") + call % ("common", "common"),
        "bank/main.tf": 'resource "aws_vpc" "v" {}\n' + call % ("common", "common"),
    })  # fmt: skip
    place = {component.id: component for component in audit(root, catalogue, TARGETS).components}
    assert [place[id].wave for id in ("common", "bank", "own", "inner", "shop")] == [1, 2, 3, 3, 3]
    assert (place["own"].moves_with, place["inner"].moves_with) == (("shop",), ("shop",))
    assert (place["own"].waits_for, place["shop"].waits_for) == (("inner",), ("common", "inner", "own"))


def test_waves_do_not_depend_on_the_order_of_findings(catalogue):
    whole = audit(WEBSHOP, catalogue, TARGETS)
    findings, links = whole.findings, whole.links
    moving = {finding.fingerprint for finding in findings}
    assert waves(findings, moving, links) == waves(findings[::-1], moving, links[::-1])
    assert {place.work for place in waves(findings, moving, links).values()} <= {"nothing", *WORK}


def test_what_only_a_policy_permits_is_told_and_is_no_use(tree, catalogue):
    """Rights are granted broadly: `sqs:*` in a role of operators does not say that anybody has a queue."""
    root = tree({
        "main.tf": 'resource "aws_iam_policy" "ops" {\n'
        '  policy = jsonencode({ Statement = [{ Action = ["sqs:*", "dynamodb:PutItem"] }] })\n}\n'
        'resource "aws_dynamodb_table" "orders" {\n  hash_key = "id"\n}\n',
    })  # fmt: skip
    found = audit(root, catalogue, ("ovhcloud",))
    queue, table = (next(s for s in found.services if s.service == id) for id in ("aws/sqs", "aws/dynamodb"))
    assert (dict(queue.roles), queue.uses, queue.lock_in) == ({"permission": 1}, 0, "convertible")
    assert queue.effort["ovhcloud"] == DaysRange(low=0, high=0)
    assert (table.uses, dict(table.roles)) == (1, {"permission": 1, "primary": 1})
    assert [service.service for service in in_use(found)] == ["aws/dynamodb", "aws/iam"]


def test_what_is_no_more_than_possible_is_told_apart_and_carries_no_work(tree):
    root = tree(
        {
            "requirements.txt": "langchain==0.1\nazure-cosmos==4.5.0\n    # via langchain\n",
            "app.py": 'import boto3\n\nboto3.client("sqs").send_message(QueueUrl="q", MessageBody="m")\n',
        }
    )
    told = run("audit", root, "--target", "ovhcloud").stdout
    assert "In short: 1 service in use" in told
    assert "1 more service perhaps: pinned with other packages" in told
    assert re.search(r"azure/cosmosdb +0 +0 +1 +–", told)
    page = run("audit", root, "-o", "html").stdout
    assert "One more is perhaps used" in page
    assert "1 more service perhaps" in run("audit", root, "-o", "markdown").stdout


def test_a_service_is_as_hard_as_production_uses_it(tree, catalogue):
    """What only a test calls does not make a service hard to leave."""
    key = 'resource "aws_kms_key" "k" {\n}\n'
    call = "import boto3\nboto3.client('kms').encrypt(KeyId='k', Plaintext=b'')\n"
    alone = audit(tree({"key.tf": key, "tests/test_key.py": call}), catalogue, ())
    assert [one.lock_in for one in alone.services if one.service == "aws/kms"] == ["convertible"]
    both = audit(tree({"key.tf": key, "key.py": call}), catalogue, ())
    assert [one.lock_in for one in both.services if one.service == "aws/kms"] == ["proprietary"]


def test_a_client_of_nobody_knows_what_is_in_use(tree):
    root = tree({"app.py": "import boto3\n\n\ndef call(name):\n    return boto3.client(name).close()\n"})
    told = run("audit", root, "--target", "ovhcloud").stdout
    assert "unknown: find out" in told
    assert "perhaps" not in told
