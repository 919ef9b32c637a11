"""Sovereign offers change who operates a use, never how tightly it binds; a spelt-out place is its own finding."""

from __future__ import annotations

import pytest

from portability import catalogue
from portability.audit import audit
from portability.engine import Engine
from portability.model import Location, Usage
from portability.reports import text

WHERE = Location(path="main.tf", line=1, column=1, end_line=1, end_column=9)


@pytest.fixture
def judge():
    engine = Engine(catalogue.load(), ("ovhcloud",))
    return lambda **usage: engine.judge(Usage(language="terraform", address="x", location=WHERE, **usage))


@pytest.mark.parametrize(
    ("symbol", "place", "operator", "jurisdiction"),
    [
        ("aws_sqs_queue", "eusc-de-east-1", "AWS European Sovereign Cloud GmbH", "DE"),
        ("aws_sqs_queue", "eu-central-1", "Amazon Web Services, Inc.", "US"),
        ("azurerm_servicebus_queue", "https://management.core.sovcloud-api.fr", "Bleu (Orange and Capgemini)", "FR"),
        ("azurerm_servicebus_queue", "china", "21Vianet", "CN"),
        ("google_pubsub_topic", "u-france-east1", "S3NS (Thales)", "FR"),
        ("google_pubsub_topic", "apis-berlin-build0.goog", "unknown", "DE"),
        ("google_pubsub_topic", "europe-west4", "Google LLC", "US"),
    ],
)
def test_a_region_partition_or_domain_tells_the_operator_and_leaves_the_level(
    judge, symbol, place, operator, jurisdiction
):
    found = judge(namespace="terraform", symbol=symbol, kind="resource", places=(place,))
    plain = judge(namespace="terraform", symbol=symbol, kind="resource")
    assert (found.operator, found.jurisdiction) == (operator, jurisdiction)
    assert found.lock_in == plain.lock_in
    assert found.equivalents == plain.equivalents


def test_a_spelt_out_partition_is_a_finding_about_jurisdiction_that_names_the_service(judge):
    found = judge(namespace="string", symbol="arn:aws:sqs", kind="string")
    assert (found.kind, found.service, found.role, found.lock_in) == (
        "jurisdiction",
        "aws/sqs",
        "look-up",
        "convertible",
    )
    assert "data.aws_partition" in found.message


def test_a_spelt_out_sovereign_partition_names_who_operates_it(judge):
    found = judge(namespace="string", symbol="arn:aws-eusc:sqs", kind="string")
    assert (found.operator, found.jurisdiction) == ("AWS European Sovereign Cloud GmbH", "DE")


def test_an_action_in_a_policy_is_a_permission_that_is_written_anew(judge):
    found = judge(namespace="string", symbol="dynamodb:PutItem", kind="string")
    assert (found.kind, found.service, found.role) == ("lock-in", "aws/dynamodb", "permission")
    assert (found.lock_in, "granted anew" in found.message) == ("convertible", True)


def test_the_text_report_says_who_operates_it_and_what_is_spelt_out(tree, catalogue):
    root = tree({
        "main.tf": 'provider "aws" { region = "eusc-de-east-1" }\nresource "aws_sqs_queue" "q" {}\n',
        "locals.tf": 'locals { role = "arn:aws:iam::1:role/x" }\n',
    })  # fmt: skip
    shown = text.render(audit(root, catalogue, ("ovhcloud",)), catalogue)
    assert "AWS European Sovereign Cloud GmbH (DE): 2 findings" in shown
    assert "Amazon Web Services, Inc. (US): 1 finding" in shown
    assert "1 place spells out an ARN or endpoint" in shown
    assert "locals.tf:1" in shown


def test_code_that_only_spells_out_an_endpoint_is_not_called_free(tree, catalogue):
    root = tree({"main.tf": 'locals { url = "https://sqs.eu-west-1.amazonaws.com/1/q" }\n'})
    shown = text.render(audit(root, catalogue, ("ovhcloud",)), catalogue)
    assert "Nothing ties" not in shown
    assert "spelt out" in shown


def test_a_list_of_api_names_is_one_finding_that_counts_the_others(tree, catalogue):
    names = ["run", "sqladmin", "pubsub", "storage", "bigquery", "redis", "dns", "compute"]
    listed = "".join(f'    "{name}.googleapis.com",\n' for name in names)
    code = f"locals {{\n  services = [\n{listed}  ]\n}}\n"
    (found,) = audit(tree({"main.tf": code}), catalogue, ()).findings
    assert (found.symbol, found.address, found.location.line) == ("run.googleapis.com", "local.services", 3)
    assert "`bigquery.googleapis.com`, `compute.googleapis.com`" in found.message
    assert found.message.endswith("and 2 more.")


def test_blocks_and_operators_keep_their_own_findings(tree, catalogue):
    code = (
        'locals {\n  a = ["arn:aws:sqs:x:1:q", "arn:aws-eusc:sqs:x:1:q", "arn:aws:sns:x:1:t", "sns.amazonaws.com"]\n}\n'
        'resource "null_resource" "n" {\n  triggers = { t = "arn:aws:sns:x:1:t" }\n}\n'
    )
    found = audit(tree({"main.tf": code}), catalogue, ()).findings
    assert [(one.address, one.symbol, one.jurisdiction) for one in found] == [
        ("local.a", "arn:aws:sqs", "US"),
        ("local.a", "arn:aws-eusc:sqs", "DE"),
        ("null_resource.n", "arn:aws:sns", "US"),
    ]
