"""Every name that a provider's own lists hold has one service, and what was looked at long ago can be found."""

from __future__ import annotations

import datetime
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from portability.catalogue import Catalogue, CatalogueError, completeness, load
from portability.catalogue.completeness import Group, KnownNames, Row, encode, read
from portability.catalogue.twins import BEGINNINGS
from portability.engine import Engine
from portability.engine.equivalents import Question, ranked
from portability.model import Location, Usage
from portability.reports import completeness as shown
from tests.command_line import portability

ROOT = Path(__file__).parents[2]
TARGETS = ("ovhcloud", "self-hosted")
KNOWN = read()
Tree = Callable[[dict[str, str | bytes]], Path]

SERVICE = """\
name: Example
capability: queue
lock_in: {lock_in}
because: Nobody else serves it.
names: {{terraform: {{primary: [{name}]}}}}
examples:
  - terraform: |
      resource "aws_example_thing" "t" {{}}
    flags: []
"""


def rows_of(catalogue: Catalogue) -> dict[tuple[str, str], Row]:
    return {(row.provider, row.source): row for row in completeness.coverage(catalogue, KNOWN)}


@pytest.mark.parametrize(("provider", "source"), sorted({(group.provider, group.source) for group in KNOWN.groups}))
def test_every_known_name_has_a_service(catalogue: Catalogue, provider: str, source: str) -> None:
    assert rows_of(catalogue)[provider, source].unclassified == ()


def test_every_service_is_judged_on_both_targets(catalogue: Catalogue) -> None:
    assert [judged.not_judged for judged in completeness.judged(catalogue, TARGETS, {}) if judged.not_judged] == []


ELSEWHERE = {"msgraph", "msgraph_core", "azure.mgmt.powerplatform"}
"""Listed among Azure's SDKs; Graph and the Power Platform are Microsoft 365's and have their services there."""


def test_no_service_is_of_another_provider(catalogue: Catalogue) -> None:
    strangers = [
        (name, claim.service)
        for group in KNOWN.groups
        for name in group.names.keys() - ELSEWHERE
        if not name.startswith("Microsoft.PowerPlatform/")
        if (claim := catalogue.claim(group.source, name)) and not claim.service.startswith(f"{group.provider}/")
    ]
    assert strangers == []


@pytest.mark.parametrize("name", ["aws_sqs_queue", "aws_sqs_queue_*"])
def test_no_name_has_two_services(tree: Tree, name: str) -> None:
    text = SERVICE.format(name=name, lock_in="proprietary")
    with pytest.raises(CatalogueError, match="already belongs to aws/sqs"):
        load([tree({"services/aws/example.yaml": text})])


@pytest.mark.parametrize(
    ("name", "claim"),
    [
        ("awscc_sqs_queue", ("aws/sqs", "primary")),
        ("awscc_lambda_permission", ("aws/lambda", "part")),
        ("awscc_rds_db_instance", ("aws/rds", "primary")),
        ("awscc_logs_subscription_filter", ("aws/cloudwatch-logs", "part")),
        ("awscc_events_rule", ("aws/eventbridge", "primary")),
        ("awscc_elasticloadbalancingv2_listener", ("aws/elb", "part")),
        ("awscc_deadline_farm", ("aws/deadline-cloud", "primary")),
        ("awscc_ec2_subnet", ("aws/vpc", "part")),
        ("awscc_not_a_service_yet", ("aws/unclassified", "primary")),
    ],
)
def test_cloud_control_types_follow_the_types_of_the_other_provider(
    catalogue: Catalogue, name: str, claim: tuple[str, str]
) -> None:
    found = catalogue.claim("terraform", name)
    assert found is not None
    assert (found.service, found.role) == claim


@pytest.mark.parametrize(
    ("name", "values", "feature"),
    [
        ("awscc_sqs_queue", {"fifo_queue": True}, "ordered-groups"),
        ("awscc_events_rule", {"schedule_expression": "cron(0 2 * * ? *)"}, "cron"),
        ("awscc_ec2_instance", {"user_data": "#!/bin/sh"}, "user-data"),
        ("awscc_elasticloadbalancingv2_trust_store", {}, ""),
        ("awscc_ec2_vpc_endpoint", {}, "private-endpoints"),
        ("awscc_route53resolver_firewall_rule_group", {}, "filtering"),
        ("awscc_s3_multi_region_access_point", {}, "multi-region"),
        ("awscc_bedrock_knowledge_base", {}, "knowledge-bases"),
    ],
)
def test_cloud_control_types_show_what_the_types_of_the_other_provider_show(
    catalogue: Catalogue, name: str, values: dict[str, object], feature: str
) -> None:
    assert set(values) <= set(catalogue.interest.attributes.get(name, ()))
    place = Location(path="main.tf", line=1, column=1, end_line=1, end_column=2)
    usage = Usage(
        language="terraform",
        namespace="terraform",
        symbol=name,
        address=f"{name}.one",
        location=place,
        kind="resource",
        values=values,
    )
    finding = Engine(catalogue, ()).judge(usage)
    assert finding is not None
    assert not feature or feature in finding.features


def test_no_beginning_of_cloud_control_types_is_dead() -> None:
    types = [name for group in KNOWN.groups for name in group.names if name.startswith("awscc_")]
    dead = [one for one in BEGINNINGS if not any(name.startswith(f"awscc_{one}") for name in types)]
    assert dead == []


def test_the_data_is_written_as_it_is_read() -> None:
    assert encode(KNOWN) == completeness.KNOWN_NAMES.read_bytes()


def test_the_data_is_sorted_and_small() -> None:
    order = [(group.provider, group.source, group.origin) for group in KNOWN.groups]
    assert order == sorted(order)
    for group in KNOWN.groups:
        for names in (group.names, group.namespaces, group.others):
            assert list(names) == sorted(names)
        assert group.version
    assert completeness.KNOWN_NAMES.stat().st_size < 800_000


def test_an_empty_list_would_be_noticed() -> None:
    """Orders of magnitude that the providers passed years ago."""
    sizes = {group.origin: len(group.names) for group in KNOWN.groups}
    assert sizes["hashicorp/aws"] > 1500
    assert sizes["hashicorp/azurerm"] > 1000
    assert sizes["hashicorp/google"] > 1000
    assert sizes["boto3/botocore"] > 400
    assert sizes["cloudflare/cloudflare"] > 300
    assert sizes["hashicorp/awscc"] > 1400
    assert sizes["Azure/terraform-provider-azapi"] > 3000


def test_a_name_that_nobody_claims_is_told(catalogue: Catalogue) -> None:
    names = {"aws_sqs_queue": "resource", "aws_not_a_thing_yet": "resource"}
    new = Group(provider="aws", source="terraform", origin="hashicorp/aws", version="99.0.0", names=names)
    known = KnownNames(date="2026-11-23", groups=[new])
    rows = completeness.coverage(catalogue, known)
    assert rows == [Row(provider="aws", source="terraform", known=2, unclassified=("aws_not_a_thing_yet",))]
    counted = completeness.Uses((), "2026-11", {})
    text = shown.coverage(known, rows, completeness.judged(catalogue, TARGETS, {}), counted, TARGETS)
    assert "aws       terraform      2           1             1" in text.splitlines()
    assert "aws terraform, unclassified: aws_not_a_thing_yet" in text


def test_a_service_of_unknown_level_is_not_judged(tree: Tree) -> None:
    text = SERVICE.format(name="aws_example_thing", lock_in="unknown")
    catalogue = load([tree({"services/aws/example.yaml": text})])
    aws = next(judged for judged in completeness.judged(catalogue, TARGETS, {}) if judged.provider == "aws")
    assert aws.not_judged == ("aws/example",)


def test_stale_is_what_was_checked_before_a_day(tree: Tree) -> None:
    old = "reason: Nobody sells it.\n    source: https://example.org\n    verified: no\n    checked: "
    target = f"name: Old\noperator: Old\njurisdiction: NL\nfoundation: S\nlacks:\n  queue:\n    {old}2019-04\n  cdn:\n"
    catalogue = load(
        [
            tree(
                {
                    "targets/old/target.yaml": f"{target}    {old}2019-03-31\n",
                    "services/aws/example.yaml": SERVICE.format(name="aws_example_thing", lock_in="portable"),
                }
            )
        ]
    )
    found = [msgspec.structs.astuple(item) for item in completeness.stale(catalogue, datetime.date(2019, 4, 1))]
    assert found == [("", "services/aws/example", ""), ("2019-03-31", "targets/old/target", "lacks cdn")]
    found = [item.what for item in completeness.stale(catalogue, datetime.date(2019, 4, 2))]
    assert found == ["", "lacks cdn", "lacks queue"]


def test_a_profile_is_looked_at_as_one(tree: Tree) -> None:
    profile = "profile: {offers: {queue: [amqp-0.9.1]}, source: a call, checked: 2019-04, verified: no}\n"
    target = f"name: Old\noperator: Old\njurisdiction: NL\nfoundation: S\n{profile}"
    catalogue = load([tree({"targets/old/target.yaml": target})])
    assert len(catalogue.targets["old"].lacks) > 50
    found = [msgspec.structs.astuple(item) for item in completeness.stale(catalogue, datetime.date(2019, 5, 1))]
    assert found == [("2019-04", "targets/old/target", "profile")]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["stale", "--before", "2019-04"], 0, "0 checked before 2019-04-01 or never."),
        (["stale", "--before", "9999-01-01"], 0, "services/aws/sqs"),
        (["stale", "--before", "last year"], 2, "last year is no date; write YYYY-MM or YYYY-MM-DD"),
        (["stale", "--before", "2026-13"], 2, "2026-13 is no date"),
        (["stale", "--before", "20260101"], 2, "20260101 is no date"),
        (["stale"], 2, "--before"),
        (["answers", "aws/no-such"], 2, "no such service: aws/no-such; `portability rules list` shows those there are"),
        (["coverage"], 0, "Names in the providers' own lists, as of "),
    ],
)
def test_the_commands_exit_as_documented(arguments: list[str], code: int, words: str) -> None:
    command = [sys.executable, "-m", "portability", "rules", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    assert words in done.stdout + done.stderr


def test_names_that_are_answered_alike_stand_together() -> None:
    """Whoever changes a message's timeout needs another product than who only sends one."""
    lines = portability("rules", "answers", "aws/sqs").output.splitlines()
    changing = next(line for line in lines if "sqs.change_message_visibility_batch" in line)
    sending = next(line for line in lines if "sqs.send_message," in line)
    assert "sqs.change_message_visibility," in changing
    assert "aws_sqs_queue," in sending
    assert "NATS" in lines[lines.index(changing) - 1]
    assert "RabbitMQ" in lines[lines.index(sending) - 1]
    assert all(name in sending + changing for name in ("sqs.purge_queue", "sqs.change_message_visibility"))


def test_coverage_exits_1_where_a_name_has_no_service(monkeypatch: pytest.MonkeyPatch) -> None:
    new = Group(provider="aws", source="boto3", origin="boto3", version="99.0.0", names={"not-a-service-yet!": ""})
    table = Group(provider="aws", source="terraform", origin="x", version="99.0.0", names={"aws_not_a_thing_yet": ""})
    monkeypatch.setattr(completeness, "read", lambda: KnownNames(date="2026-11-23", groups=[new, table]))
    done = portability("rules", "coverage")
    assert done.exit_code == 1
    assert "aws boto3, unclassified: not-a-service-yet!" in done.output


FACTS = {
    "README.md": "Extracted 2026-01-02.\nFrom boto3/botocore 1.2.3.\n",
    "terraform-types.tsv": (
        "provider\tkind\ttype\tprovider_version\tsubcategory\tsubcategory_source\tstatus\n"
        "aws\tresource\taws_b\t6.0.0\t\t\tcurrent\n"
        "aws\tdata\taws_b\t6.0.0\t\t\tcurrent\n"
        "aws\tresource\taws_a\t5.9.0\t\t\tremoved-since\n"
        "google\tresource\tgoogle_a\t8.0.0\t\t\tcurrent\n"
        "google-beta\tresource\tgoogle_a\t8.0.0\t\t\tcurrent\n"
        "google-beta\tresource\tgoogle_b\t8.0.0\t\t\tcurrent\n"
        "ovh\tresource\tovh_a\t2.0.0\t\t\tcurrent\n"
    ),
    "more-names.tsv": (
        "provider\tsource\torigin\tversion\tname\tentry\n"
        "aws\tterraform\thashicorp/awscc\t1.0.0\tawscc_a_b\tresource\n"
        "azure\tarm\tAzure/types\t2.0.0\tMicrosoft.A/b\t2026-01-01\n"
        "azure\tarm\tAzure/types\t2.0.0\tMicrosoft.Contoso/employees\t2026-01-01\n"
    ),
    "boto3-services.tsv": "service_name\ttitle\nsqs\tSQS\n",
    "python-sdk-packages.tsv": (
        "distribution\timport_root\tprovider\n"
        "azure\tazure\tazure\n"
        "azure-cosmos\tazure.cosmos\tazure\n"
        "azure-nothing\t\tazure\n"
        "google-cloud-testutils\ttest_utils\tgcp\n"
    ),
}


def test_the_facts_become_the_data(tree: Tree) -> None:
    """The script itself is run on small facts, without writing over the data."""
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, 'scripts'); import refresh_names\n"
        "from portability.catalogue.completeness import encode\n"
        "sys.stdout.buffer.write(encode(refresh_names.gather(Path(sys.argv[1]))))\n"
    )
    command = [sys.executable, "-c", code, str(tree(dict(FACTS)))]
    runs = [
        subprocess.run(command, cwd=ROOT, capture_output=True, check=True, env={"PYTHONPATH": str(ROOT), **seed}).stdout
        for seed in ({"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2"})
    ]
    assert runs[0] == runs[1]
    known = msgspec.json.decode(runs[0], type=KnownNames)
    assert known.date == "2026-01-02"
    groups = {group.origin.partition(":")[0] + group.provider: group for group in known.groups}
    assert groups["hashicorp/awsaws"].names == {"aws_a": "resource@5.9.0", "aws_b": "data resource"}
    assert groups["hashicorp/awsaws"].version == "6.0.0"
    assert groups["hashicorp/google-betagoogle"].names == {"google_b": "resource"}
    assert groups["boto3/botocoreaws"].version == "1.2.3"
    assert groups["PyPIazure"].names == {"azure.cosmos": "azure-cosmos"}
    assert groups["PyPIazure"].namespaces == {"azure": "azure"}
    assert groups["hashicorp/awsccaws"].names == {"awscc_a_b": "resource"}
    assert groups["Azure/typesazure"].names == {"Microsoft.A/b": "2026-01-01"}
    assert groups["Azure/typesazure"].others == {"Microsoft.Contoso/employees": "2026-01-01"}
    assert groups["PyPIgoogle"].others == {"test_utils": "google-cloud-testutils"}


def test_of_the_uses_in_public_code_ninety_nine_in_a_hundred_are_judged(catalogue: Catalogue) -> None:
    counted = completeness.uses().uses
    rows = completeness.judged(catalogue, TARGETS, counted)
    assert sum(row.uses for row in rows) == sum(counted.values())
    assert sum(row.uses_judged for row in rows) >= 0.99 * sum(counted.values())


def test_a_use_that_no_service_claims_counts_as_not_judged(catalogue: Catalogue) -> None:
    counted = {"aws/sqs": 3, "aws/unclassified": 1}
    [aws] = [row for row in completeness.judged(catalogue, TARGETS, counted) if row.provider == "aws"]
    assert (aws.uses, aws.uses_judged) == (4, 3)


def test_a_detail_of_a_use_leads_to_no_product_without_what_every_use_needs(catalogue: Catalogue) -> None:
    strayed = []
    for id in catalogue.service_ids:
        service = catalogue.service(id)
        features = catalogue.capabilities[service.capability].features
        always = tuple(name for name, need in service.needs.items() if need == "always" and name in features)
        details = [name for name in service.needs if name in features and name not in always]
        for target, name in ((target, name) for target in TARGETS for name in details):
            plain, detailed = (
                ranked(catalogue, Question(target, service.capability, tuple(service.speaks), needs))[0]
                for needs in (always, (*always, name))
            )
            lost = {gap.text for gap in detailed.gaps} - {gap.text for gap in plain.gaps}
            if any(text.endswith(features[need].label[2:]) for text in lost for need in always):
                strayed.append((id, target, name, detailed.product_id))
    assert strayed == []


@pytest.mark.parametrize(
    ("host", "service"),
    [
        ("apikeys.googleapis.com", "google/api-keys"),
        ("networkservices.googleapis.com", "google/service-mesh"),
        ("storage-component.googleapis.com", "google/cloud-storage"),
        ("places.googleapis.com", "google/maps"),
        ("serviceusage.googleapis.com", "google/account"),
        ("git-codecommit.eu-west-1.amazonaws.com", "aws/codecommit"),
        ("inbound-smtp.eu-west-1.amazonaws.com", "aws/ses"),
    ],
)
def test_the_host_of_an_api_is_its_services(catalogue: Catalogue, host: str, service: str) -> None:
    """Projects enable APIs by their hosts: under the account alone they would tell nothing."""
    claim = catalogue.claim("string", host)
    assert claim is not None
    assert claim.service == service
