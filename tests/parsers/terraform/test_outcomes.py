"""Plans and states. Their shape is that of HashiCorp's own test data (hashicorp/terraform, internal/command/testdata/
show-json, and hashicorp/terraform-json, testdata) and of the JSON output format that it documents."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portability.audit import audit
from portability.catalogue import Catalogue
from portability.model import UNKNOWN
from tests.parsers.terraform.conftest import readings_of

AWS = "registry.terraform.io/hashicorp/aws"


def resource(address: str, values: dict[str, Any], **more: Any) -> dict[str, Any]:
    mode = "data" if ".data." in f".{address}" else "managed"
    type_, name = address.rpartition("[")[0].split(".")[-2:] if "[" in address else address.split(".")[-2:]
    return {"address": address, "mode": mode, "type": type_, "name": name, "provider_name": AWS, "schema_version": 0,
            "values": values, "sensitive_values": {}} | more  # fmt: skip


def change(address: str, *actions: str, **more: Any) -> dict[str, Any]:
    short = resource(address, {})
    return {key: short[key] for key in ("address", "mode", "type", "name", "provider_name")} | {
        "change": {"actions": actions, "before": None, "after": {}, "after_unknown": {"id": True}} | more
    }


PLAN = {
    "format_version": "1.2",
    "terraform_version": "1.9.5",
    "planned_values": {
        "outputs": {"password": {"sensitive": True, "value": "hunter2"}},
        "root_module": {
            "resources": [
                resource("aws_sqs_queue.orders", {"name": "orders", "fifo_queue": True, "redrive_policy": None}),
                resource("aws_db_instance.main", {"password": "hunter2", "engine": "postgres"},
                         sensitive_values={"password": True}),
            ],
            "child_modules": [
                {"address": "module.web", "resources": [
                    resource("module.web.aws_s3_bucket.b[0]", {"bucket": "a", "versioning": [{"enabled": True}]}),
                    resource('module.web.aws_s3_bucket.b["x.y"]', {"bucket": "b", "versioning": []}),
                ]},
            ],
        },
    },
    "resource_changes": [
        change("aws_sqs_queue.orders", "create", after_unknown={"id": True, "kms_master_key_id": True}),
        change("aws_sns_topic.old", "delete", before={"name": "old"}),
        change("aws_sns_topic.left", "forget", before={"name": "left"}),
    ],
    "prior_state": {"format_version": "1.0", "values": {"root_module": {"resources": [
        resource("data.aws_vpc.main", {"id": "vpc-1"}), resource("aws_sns_topic.old", {"name": "old"}),
    ]}}},
    "configuration": {"provider_config": {
        "aws": {"name": "aws", "full_name": AWS, "expressions": {"region": {"constant_value": "eu-west-1"}}},
        "module.web:aws": {"name": "aws", "full_name": AWS, "module_address": "module.web"},
    }},
}  # fmt: skip

STATE = {
    "version": 4,
    "terraform_version": "1.9.5",
    "serial": 7,
    "lineage": "7c1ff7b2-2a6c-4d5e-9a0a-000000000000",
    "outputs": {"password": {"value": "hunter2", "type": "string", "sensitive": True}},
    "resources": [
        {"module": 'module.web["a"]', "mode": "managed", "type": "aws_s3_bucket", "name": "b",
         "provider": f'provider["{AWS}"]', "instances": [
             {"index_key": 0, "schema_version": 0, "attributes": {"bucket": "a"}, "sensitive_attributes": []},
             {"index_key": 1, "schema_version": 0, "attributes": {"bucket": "b"}, "sensitive_attributes": []}]},
        {"mode": "data", "type": "aws_vpc", "name": "main", "provider": f'provider["{AWS}"]',
         "instances": [{"schema_version": 1, "attributes": {"id": "vpc-1", "arn": "arn:aws-cn:ec2:cn-north-1:1:v"}}]},
        {"mode": "managed", "type": "aws_db_instance", "name": "main", "provider": f'provider["{AWS}"]', "instances": [
            {"schema_version": 1, "attributes": {"password": "hunter2", "engine": "postgres"},
             "sensitive_attributes": [[{"type": "get_attr", "value": "password"}]]}]},
        {"mode": "managed", "type": "aws_sns_topic", "name": "gone", "provider": f'provider["{AWS}"]', "instances": []},
    ],
}  # fmt: skip

ASKED = {
    "aws_sqs_queue": ("fifo_queue", "redrive_policy", "kms_master_key_id", "name"),
    "aws_s3_bucket": ("versioning.enabled", "versioning"),
    "aws_db_instance": ("password", "engine"),
}


def read(document: Any, path: str) -> Any:
    text = document if isinstance(document, (str, bytes)) else json.dumps(document, indent=2)
    return readings_of({path: text}, ASKED)[path]


def test_a_plan_names_what_will_be_with_addresses_values_and_places_in_the_file():
    reading = read(PLAN, "plan.json")
    found = {usage.address: usage for usage in reading.usages}
    assert reading.problems == ()
    assert [(address, usage.active, usage.kind) for address, usage in found.items()] == [
        ("aws_sqs_queue.orders", "yes", "resource"),
        ("aws_db_instance.main", "yes", "resource"),
        ("module.web.aws_s3_bucket.b[0]", "yes", "resource"),
        ('module.web.aws_s3_bucket.b["x.y"]', "yes", "resource"),
        ("data.aws_vpc.main", "yes", "data"),
        ("aws_sns_topic.old", "no", "resource"),
        ("aws_sns_topic.left", "no", "resource"),
    ]
    lines = json.dumps(PLAN, indent=2).splitlines()
    for address, usage in found.items():
        shown = "\n".join(lines[usage.location.line - 1 : usage.location.end_line])
        assert json.dumps(address) in shown
        assert shown.count('"address"') == 1
    assert found["aws_sqs_queue.orders"].values == {
        "fifo_queue": True,
        "kms_master_key_id": UNKNOWN,
        "name": "orders",
    }
    assert found["module.web.aws_s3_bucket.b[0]"].values["versioning.enabled"] is True
    assert found['module.web.aws_s3_bucket.b["x.y"]'].values == {}
    assert found["aws_sqs_queue.orders"].endpoint is None


def test_instances_of_one_definition_are_copies():
    for document, path in ((PLAN, "plan.json"), (STATE, "terraform.tfstate")):
        digests = [usage.digest for usage in read(document, path).usages if usage.symbol == "aws_s3_bucket"]
        assert len(digests) == 2
        assert len(set(digests)) == 1


def test_a_state_names_what_there_is():
    reading = read(STATE, "terraform.tfstate")
    assert [(usage.address, usage.kind) for usage in reading.usages] == [
        ('module.web["a"].aws_s3_bucket.b[0]', "resource"),
        ('module.web["a"].aws_s3_bucket.b[1]', "resource"),
        ("data.aws_vpc.main", "data"),
        ("aws_db_instance.main", "resource"),
    ]
    assert reading.usages[2].places == ("aws-cn", "cn-north-1")


@pytest.mark.parametrize(("document", "path"), [(PLAN, "plan.json"), (STATE, "terraform.tfstate")])
def test_what_is_sensitive_is_not_copied(document, path):
    reading = read(document, path)
    database = next(usage for usage in reading.usages if usage.symbol == "aws_db_instance")
    assert database.values == {"password": UNKNOWN, "engine": "postgres"}
    assert "hunter2" not in repr(reading)


def test_a_shown_state_is_read_too():
    shown = {"format_version": "1.0", "terraform_version": "1.9.5", "values": PLAN["planned_values"]}
    assert len(read(shown, "state.json").usages) == 4


def test_a_provider_that_is_told_to_go_elsewhere_takes_its_resources_along():
    endpoints = {"endpoints": [{"s3": {"constant_value": "https://s3.example"}}]}
    elsewhere = PLAN | {"configuration": {"provider_config": {"aws": {"name": "aws", "expressions": endpoints}}}}
    assert read(elsewhere, "plan.json").usages[0].endpoint == {"s3": "https://s3.example"}


@pytest.mark.parametrize(
    ("document", "path", "kind"),
    [
        (PLAN | {"format_version": "2.0"}, "plan.json", "version"),
        (STATE | {"version": 5}, "terraform.tfstate", "version"),
        (STATE | {"version": 3}, "terraform.tfstate", "version"),
        ({"serial": 1, "lineage": "x", "encrypted_data": "x"}, "terraform.tfstate", "encrypted"),
        ("{", "terraform.tfstate", "syntax"),
        ('{"format_version": 1, "planned_values": {}}', "plan.json", "syntax"),
        ("[" * 100_000, "terraform.tfstate", "too-deep"),
        (b"\0", "terraform.tfstate", "binary"),
    ],
)
def test_what_is_another_format_says_so(document, path, kind):
    reading = read(document, path)
    assert (reading.state, [problem.kind for problem in reading.problems]) == ("unread", [kind])
    assert reading.problems[0].message.endswith(".")


def test_one_resource_of_another_shape_costs_no_other():
    document = json.loads(json.dumps(PLAN))
    document["planned_values"]["root_module"]["resources"].insert(0, {"address": 7})
    reading = read(document, "plan.json")
    assert (reading.state, len(reading.usages), len(reading.problems)) == ("partly", 7, 1)


def test_an_audit_takes_plans_and_states_by_what_they_hold(tree, catalogue: Catalogue):
    root = tree({
        "out/any-name.json": json.dumps(PLAN),
        "live/terraform.tfstate": json.dumps(STATE),
        "live/terraform.tfstate.backup": json.dumps(STATE),
        "live/values.json": '{"terraform_version": "1.9.5"}',
    })  # fmt: skip
    found = audit(root, catalogue, ())
    assert found.coverage.files["terraform"].read == 2
    assert {f.location.path for f in found.findings} == {"out/any-name.json", "live/terraform.tfstate"}
    assert next(s for s in found.services if s.service == "aws/s3").copies == 2
    assert "hunter2" not in repr(found)


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
WILD = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
    ["resources", "child_modules", "root_module", "values", "address", "type", "mode", "instances", "attributes",
     "change", "actions", "sensitive_values", "provider_config", "expressions", "endpoints", "aws"]), inner,
    max_size=4), max_leaves=12)  # fmt: skip


CONFIGURATION = """
resource "aws_sqs_queue" "orders" {}
module "web" {
  source = "./web"
}
"""


@pytest.mark.parametrize("named", [None, "plan.json", "main.tf"])
def test_a_configuration_wins_over_its_plan_and_state(named, tree, catalogue: Catalogue):
    root = tree(
        {
            "main.tf": CONFIGURATION,
            "web/b.tf": 'resource "aws_s3_bucket" "b" {\n  count = 2\n}\n',
            "plan.json": json.dumps(PLAN),
            "terraform.tfstate.d/prod/terraform.tfstate": json.dumps(STATE),
        }
    )
    found = audit(root, catalogue, (), paths=named and [root / named]).findings
    expected = {
        ("main.tf", "aws_sqs_queue.orders"),
        ("web/b.tf", "aws_s3_bucket.b"),
        ("plan.json", "aws_db_instance.main"),
        ("plan.json", "data.aws_vpc.main"),
        ("plan.json", "aws_sns_topic.old"),
        ("plan.json", "aws_sns_topic.left"),
    }
    by_plan = {(one.location.path, one.address) for one in found if "tfstate" not in one.location.path}
    assert by_plan == {(path, address) for path, address in expected if named in (None, path)}
    assert not any("orders" in one.address for one in found if "tfstate" in one.location.path)


@settings(max_examples=200)
@given(st.sampled_from(sorted({*PLAN, *STATE})), WILD, st.sampled_from(["resources", "root_module", None]))
def test_any_shape_at_any_place_is_read_without_an_exception(key, wild, inside):
    value = wild if inside is None else {inside: wild}
    for document, path in ((PLAN, "plan.json"), (STATE, "terraform.tfstate")):
        read(json.dumps(document | {key: value}), path)
        read(json.dumps(document | {key: [value, {"root_module": wild, "resources": [wild]}]}), path)
