"""The fixtures tell a story each; what the audit says of them is read here through the public door."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from portability.audit import audit
from portability.catalogue import Catalogue
from portability.reports import json as json_report

FIXTURES = Path(__file__).parent.parent / "fixtures"
TARGETS = ("ovhcloud", "self-hosted")


def report(name: str, catalogue: Catalogue, **options: int) -> dict[str, object]:
    return json.loads(json_report.render(audit(FIXTURES / name, catalogue, TARGETS, **options)))


@pytest.mark.parametrize(
    ("name", "services"),
    [
        (
            "webshop-aws",
            {"aws/s3", "aws/sqs", "aws/lambda", "aws/iam", "aws/eks", "aws/dynamodb", "aws/rds", "aws/ecr"},
        ),
        ("case-api-azure", {"azure/blob-storage", "azure/service-bus", "azure/cosmosdb", "azure/aks"}),
        ("data-pipeline-google", {"google/pubsub", "google/bigquery", "google/cloud-storage", "google/gke"}),
    ],
)
def test_the_story_is_told(name: str, services: set[str], catalogue: Catalogue) -> None:
    found = report(name, catalogue)
    assert services <= {service["service"] for service in found["services"]}
    assert found["coverage"]["problems"] == []
    assert found["coverage"]["unclassified"] == 0


def test_the_portable_one_comes_out_clean_and_says_why(catalogue: Catalogue) -> None:
    found = report("library-portable", catalogue)
    assert found["findings"] == []
    # The S3 client, its call and the state backend talk to OVHcloud: seen, and no lock-in.
    assert found["coverage"]["elsewhere"] == 3


def test_a_queue_with_order_gets_a_broker_that_keeps_order(catalogue: Catalogue) -> None:
    found = report("webshop-aws", catalogue)
    orders = next(f for f in found["findings"] if f["address"] == "aws_sqs_queue.orders")
    assert orders["lock_in"] == "proprietary"
    assert {"ordered-groups", "deduplication", "dead-letter"} <= set(orders["features"])
    assert orders["location"]["line"] == 40
    assert {e["target"]: e["operated_by"] for e in orders["equivalents"]} == {"ovhcloud": "you", "self-hosted": "you"}
    assert all("Artemis" in e["product"] for e in orders["equivalents"])
    assert all(e["fidelity"] == "same-concept" and not e["gaps"] and e["limits"] for e in orders["equivalents"])


def test_the_same_bucket_with_events_is_another_answer(catalogue: Catalogue) -> None:
    findings = {f["address"]: f for f in report("webshop-aws", catalogue)["findings"]}
    bucket, events = findings["aws_s3_bucket.uploads"], findings["aws_s3_bucket_notification.uploads"]
    assert (bucket["lock_in"], events["lock_in"]) == ("compatible", "proprietary")
    by_target = {e["target"]: e for e in events["equivalents"]}
    assert by_target["ovhcloud"]["fidelity"] == "partial"
    assert "event notifications" in by_target["ovhcloud"]["gaps"][0]["text"]
    assert {e["target"]: e["fidelity"] for e in bucket["equivalents"]} == {
        "ovhcloud": "same-api",
        "self-hosted": "same-api",
    }


def test_a_block_behind_a_variable_is_a_switch_not_a_gap(catalogue: Catalogue) -> None:
    findings = {f["address"]: f for f in report("webshop-aws", catalogue)["findings"]}
    cache = findings["aws_elasticache_replication_group.cache"]
    assert cache["active"] == "unknown"
    assert "var.with_cache" in cache["message"]


def test_the_report_fits_its_schema(catalogue: Catalogue) -> None:
    for name in ("webshop-aws", "case-api-azure", "data-pipeline-google", "library-portable"):
        jsonschema.validate(report(name, catalogue), json_report.schema())


def test_processes_and_order_do_not_show_in_the_report(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = report("webshop-aws", catalogue, jobs=1)
    monkeypatch.setattr("portability.audit.PARALLEL_BYTES", 0)
    monkeypatch.setattr("portability.reading.workers.BATCH_BYTES", 1)
    assert report("webshop-aws", catalogue, jobs=4) == alone


def test_what_no_parser_reads_is_named_and_is_no_finding(catalogue: Catalogue) -> None:
    mentions = report("webshop-aws", catalogue)["coverage"]["unsupported"]
    shell = next(m for m in mentions if m["kind"] == "shell")
    assert shell == {"kind": "shell", "provider": "aws", "files": 1, "sample": {"path": "scripts/deploy.sh", "line": 3}}


@pytest.mark.parametrize("name", sorted(path.name for path in FIXTURES.iterdir()))
def test_a_file_by_itself_is_told_the_same_as_in_its_tree(name: str, catalogue: Catalogue) -> None:
    root = FIXTURES / name
    whole = audit(root, catalogue, TARGETS)
    for path in sorted({finding.location.path for finding in whole.findings}):
        alone = audit(root, catalogue, TARGETS, paths=[root / path])
        of_file = [one for one in whole.findings if one.location.path == path and one.evidence != "callers"]
        assert list(alone.findings) == of_file, path
