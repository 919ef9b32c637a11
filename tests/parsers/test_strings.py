"""What a literal says by itself, and whose the catalogue says it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portability import catalogue
from portability.names import hosts
from portability.parsers import strings


@pytest.fixture(scope="module")
def known():
    return catalogue.load()


@pytest.mark.parametrize(
    ("text", "symbol", "service"),
    [
        ("arn:aws:dynamodb:eu-west-1:1:table/orders", "arn:aws:dynamodb", "aws/dynamodb"),
        ("arn:aws-eusc:s3:::bucket", "arn:aws-eusc:s3", "aws/s3"),
        ("https://sqs.eu-west-1.amazonaws.com/1/q", "sqs.eu-west-1.amazonaws.com", "aws/sqs"),
        ("https://sqs.${var.region}.amazonaws.com/1/q", "sqs.*.amazonaws.com", "aws/sqs"),
        ("https://orders.s3.eusc-de-east-1.amazonaws.eu", "orders.s3.eusc-de-east-1.amazonaws.eu", "aws/s3"),
        ("postgres://u:p@db.x.eu-west-1.rds.amazonaws.com:5432/x", "db.x.eu-west-1.rds.amazonaws.com", "aws/rds"),
        ("https://x.y/to?url=https%3a%2f%2fa1.s3.amazonaws.com%2fb", "a1.s3.amazonaws.com", "aws/s3"),
        ("https://%d.dkr.ecr.eu-west-1.amazonaws.com/x", "d.dkr.ecr.eu-west-1.amazonaws.com", "aws/ecr"),
        ("states.amazonaws.com", "states.amazonaws.com", "aws/step-functions"),
    ],
)
def test_a_name_in_a_literal_belongs_to_its_service_in_every_region_and_partition(known, text, symbol, service):
    [tie] = [tie for tie in strings.ties(text) if known.claim(tie.namespace, tie.symbol)]
    assert tie.symbol == symbol
    assert known.claim(tie.namespace, tie.symbol).service == service


@pytest.mark.parametrize(
    "text",
    ["arn:${data.aws_partition.current.partition}:sqs:x", "arn:aws", "os.path.join", "a.b.example.com", "1.2.3.4"],
)
def test_what_names_no_partition_or_provider_is_nobodys(known, text):
    assert not [tie for tie in strings.ties(text) if known.claim(tie.namespace, tie.symbol)]


def test_commands_are_named_by_program_and_service_wherever_they_stand_in_a_script():
    script = (
        "set -e\n"
        "if aws s3 cp a b; then\n"
        "  sudo aws --region eu-west-1 --no-cli-pager sqs send-message\n"
        "fi\n"
        "TOKEN=$(gcloud beta run services list)\n"
        "X=1 az storage blob upload\n"
        "/usr/local/bin/gsutil cp a gs://b\n"
        "# aws sns publish\n"
        "echo aws dynamodb\n"
        "aws: not a command\n"
    )
    found = [tie.symbol for tie in strings.commands(script, set().__contains__)]
    assert found == ["aws s3", "aws sqs", "gcloud run", "az storage", "gsutil"]


@pytest.mark.parametrize(
    ("script", "service", "name"),
    [
        ("az storage file upload --share-name s", "azure/files", "az storage file"),
        ("az storage --account-name a queue create", "azure/queue-storage", "az storage queue"),
        ("az storage blob upload -f x", "azure/blob-storage", "az storage"),
        ("az storage account create", "azure/blob-storage", "az storage"),
        ("az storage $KIND list", "azure/blob-storage", "az storage"),
    ],
)
def test_a_command_goes_by_the_longest_name_that_a_service_claims(catalogue, script, service, name):
    [tie] = strings.commands(script, catalogue.interest.claims_command)
    assert (tie.symbol, catalogue.interest.service("command", tie.symbol)) == (name, service)
    assert script[tie.start : tie.end].startswith("az storage")


def test_metadata_addresses_tell_whose_they_are_by_their_path():
    assert [
        tie.symbol for tie in strings.commands("curl http://169.254.169.254/latest/meta-data/", set().__contains__)
    ] == ["169.254.169.254/latest"]
    assert strings.commands("curl http://169.254.169.254/openstack/", set().__contains__) == []


def test_an_action_is_a_service_and_an_operation_and_nothing_that_only_looks_like_one():
    text = '{"Action": ["dynamodb:PutItem", "s3:*"], "Resource": "arn:aws:s3:::b", "Condition": {"s3:prefix": "x"}}'
    assert [tie.symbol for tie in strings.actions(text)] == ["dynamodb:PutItem", "s3:*"]


def test_a_host_is_asked_for_from_narrow_to_wide_and_without_its_region():
    assert list(hosts.keys("b.s3.dualstack.eu-west-1.amazonaws.com"))[1:] == [
        "b.s3.amazonaws.com",
        "s3.amazonaws.com",
        "amazonaws.com",
        "com",
    ]


@given(st.text(alphabet="ab.-{}$%s*:/ \n\\\"'|;&(`arnwsmi0123456789", max_size=400))
def test_no_text_makes_a_tie_that_is_not_in_it(text):
    for tie in [*strings.ties(text), *strings.commands(text, set().__contains__), *strings.actions(text)]:
        assert 0 <= tie.start < tie.end <= len(text)
