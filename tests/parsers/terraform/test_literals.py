"""What the strings of a configuration name, and what is no tie although it looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portability.audit import audit
from tests.parsers.terraform.conftest import readings_of


def found(code: str | bytes, path: str = "main.tf") -> list[tuple[int, str, str]]:
    usages = readings_of({path: code})[path].usages
    return [(u.location.line, u.address, u.symbol) for u in usages if u.kind in ("string", "command")]


@pytest.mark.parametrize(
    ("block", "address"),
    [
        ('locals {\n  topic = "%s"\n}', "local.topic"),
        ('variable "topic" {\n  default = { arn = "%s" }\n}', "var.topic"),
        ('output "topic" {\n  value = "%s"\n}', "output.topic"),
        ('module "worker" {\n  environment = { TOPIC = "%s" }\n}', "module.worker"),
        ('resource "kubernetes_config_map" "c" {\n  data = { TOPIC = "%s" }\n}', "kubernetes_config_map.c"),
        (
            'resource "kubernetes_config_map" "c" {\n  data = merge(local.x, { TOPIC = "%s" })\n}',
            "kubernetes_config_map.c",
        ),
        ('data "external" "e" {\n  query = { t = "${lookup(var.x, "%s")}" }\n}', "data.external.e"),
    ],
)
def test_an_arn_binds_wherever_it_is_written(block, address):
    assert found(block.replace("%s", "arn:aws:sns:eu-west-1:123456789012:orders")) == [(2, address, "arn:aws:sns")]


def test_hosts_service_principals_and_images_bind_once_for_each_block():
    code = """locals {
  a = ["https://sqs.eu-west-1.amazonaws.com/1/a", "https://sqs.eu-west-1.amazonaws.com/1/b"]
  b = "https://${var.account}.blob.core.windows.net/x"
  c = "ami-0123456789abcdef0"
  d = { Service = "lambda.amazonaws.com" }
}
"""
    assert found(code) == [
        (2, "local.a", "sqs.eu-west-1.amazonaws.com"),
        (3, "local.b", "*.blob.core.windows.net"),
        (4, "local.c", "ami"),
        (5, "local.d", "lambda.amazonaws.com"),
    ]


def test_comments_and_descriptions_are_prose():
    code = """# arn:aws:sns:eu-west-1:123456789012:orders
variable "topic" {
  description = "Such as arn:aws:sns:eu-west-1:123456789012:orders." // arn:aws:sqs:::x
  validation {
    error_message = "Not an ARN like arn:aws:sns:eu-west-1:123456789012:orders."
  }
}
"""
    assert found(code) == []


def test_a_partition_that_is_not_spelt_out_is_none():
    assert found('locals {\n  a = "arn:${data.aws_partition.current.partition}:s3:::b"\n}') == []


POLICY = """{"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ["dynamodb:PutItem", "dynamodb:GetItem"], "Resource": "${var.table}"},
    {"Effect": "Deny", "Action": "s3:*", "Resource": "*"},
    {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
  ]}"""
GRANTS = {"dynamodb:PutItem", "kms:Decrypt"}


@pytest.mark.parametrize(
    "policy",
    [
        f"<<-EOF\n  {POLICY}\n  EOF\n",
        'jsonencode({ Statement = [{ Effect = "Allow", Action = ["dynamodb:PutItem"] },'
        ' { Effect = "Deny", Action = "s3:*" }, { Action = "kms:Decrypt", Effect = "Allow" }] })',
        '"{\\"Statement\\": [{\\"Action\\": [\\"dynamodb:PutItem\\", \\"kms:Decrypt\\"]}]}"',
        '{ statements = { write = { actions = ["dynamodb:PutItem", "kms:Decrypt"] } } }',
    ],
)
def test_a_policy_names_the_services_that_it_allows(policy):
    assert {symbol for _, _, symbol in found(f'resource "a_b" "c" {{\n  policy = {policy}\n}}')} == GRANTS


def test_an_action_is_found_on_its_line_also_in_a_document_inside_a_heredoc():
    code = f'resource "a_b" "c" {{\n  policy = <<-EOF\n  {POLICY}\n  EOF\n}}\n'
    assert found(code) == [(4, "a_b.c", "dynamodb:PutItem"), (6, "a_b.c", "kms:Decrypt")]


def test_a_policy_document_block_names_the_services_of_its_statements():
    code = """data "aws_iam_policy_document" "d" {
  statement {
    actions = ["sqs:SendMessage", "sqs:ReceiveMessage"]
  }
  statement {
    effect  = "Deny"
    actions = ["sns:Publish"]
  }
}
"""
    assert (3, "data.aws_iam_policy_document.d", "sqs:SendMessage") in found(code)
    assert len(found(code)) == 1


def test_actions_of_something_else_are_none():
    assert found('resource "a_b" "c" {\n  triggers = "sqs:SendMessage"\n  name = "s3:GetObject"\n}') == []


def test_a_predefined_role_names_the_service_that_it_is_a_right_to_once_for_a_block():
    code = """resource "google_project_iam_member" "worker" {
  for_each = toset(["roles/pubsub.publisher", "roles/pubsub.viewer", "roles/compute.instanceAdmin.v1"])
  role     = each.value
}
"""
    assert found(code) == [
        (2, "google_project_iam_member.worker", "roles/pubsub.publisher"),
        (2, "google_project_iam_member.worker", "roles/compute.instanceAdmin.v1"),
    ]


def test_a_built_in_role_of_azure_is_read_where_a_role_is_named_and_one_of_somebody_s_own_is_none():
    code = """resource "azurerm_role_assignment" "pull" {
  role_definition_name = "AcrPull"
  description          = "Key Vault Reader"
}
resource "azurerm_role_assignment" "own" {
  role_definition_name = "Acme Operator"
}
"""
    assert found(code) == [(2, "azurerm_role_assignment.pull", "role/AcrPull")]


@pytest.mark.parametrize(
    "text", ["roles/storage.yml", "roles/owner", "projects/p/roles/storage.admin", "roles/acme.user"]
)
def test_what_only_looks_like_a_predefined_role_is_none(text):
    assert found(f'locals {{\n  it = "{text}"\n}}') == []


@pytest.mark.parametrize(
    ("body", "symbol"),
    [
        ('provisioner "local-exec" {\n    command = "aws sqs purge-queue --queue-url x"\n  }', "aws sqs"),
        ('provisioner "remote-exec" {\n    inline = ["cd /", "gsutil cp x gs://y"]\n  }', "gsutil"),
        ("user_data = base64encode(<<-EOF\n    az storage blob upload\n  EOF\n  )", "az storage"),
        ('metadata = {\n    startup-script = "#!/bin/sh\\ngcloud pubsub topics list"\n  }', "gcloud pubsub"),
        ('exec {\n    command = "aws"\n    args = ["--region", var.r, "eks", "get-token"]\n  }', "aws eks"),
    ],
)
def test_provider_commands_bind_in_what_is_run(body, symbol):
    assert [found[2] for found in found(f'resource "a_b" "c" {{\n  {body}\n}}')] == [symbol]


def test_a_command_in_a_name_is_none():
    assert found('resource "a_b" "c" {\n  tags = { Name = "aws eks cluster" }\n}') == []


def test_json_syntax_says_the_same():
    code = (
        '{"locals": {"t": "arn:aws:sns:eu-west-1:1:o"},\n "resource": {"a_b": {"c": {"policy": "sqs.amazonaws.com"}}}}'
    )
    assert found(code, "main.tf.json") == [(1, "local.t", "arn:aws:sns"), (2, "a_b.c", "sqs.amazonaws.com")]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("x.tfvars", '# values\ntopics = { orders = "arn:aws:sns:eu-west-1:1:o" }\n'),
        ("x.tfvars.json", '{\n"topics": {"orders": "arn:aws:sns:eu-west-1:1:o"}}'),
    ],
)
def test_a_file_of_values_binds_its_variables(path, code):
    assert found(code, path) == [(2, "var.topics", "arn:aws:sns")]


def test_what_stands_behind_letters_beyond_ascii_keeps_its_column():
    usage = readings_of({"m.tf": 'locals {\n  a = "ééé arn:aws:sns:x:1:y"\n}'})["m.tf"].usages[0]
    assert (usage.location.line, usage.location.column, usage.location.end_column) == (2, 12, 23)


@settings(max_examples=150)
@given(st.lists(st.sampled_from(['"', "{", "}", "<<EOF\n", "EOF\n", "${", "arn:aws:s3:::b", "Action", "=", "[", "\n",
                                 "locals ", "a", '\\"', "%{", "é", "user_data", "aws s3 ls", '"Action": ', "//", "/*"]),
                max_size=40))  # fmt: skip
def test_no_text_breaks_it(parts):
    for path in ("main.tf", "main.tf.json"):
        readings_of({path: "".join(parts)})


def test_the_image_of_a_machine_is_no_second_use(tree, catalogue):
    code = (
        'resource "aws_instance" "w" {\n  ami = "ami-0123456789abcdef0"\n}\n'
        'variable "image" {\n  default = "ami-0123456789abcdef0"\n}\n'
    )
    found = audit(tree({"main.tf": code}), catalogue, ()).findings
    assert [(one.location.line, one.symbol) for one in found] == [(1, "aws_instance"), (5, "ami")]


def test_resource_manager_types_are_the_same_in_any_case(tree, catalogue):
    code = 'resource "azapi_resource" "%s" {\n  type = "%s@2023-01-01"\n}\n'
    names = ["Microsoft.Storage/storageAccounts", "microsoft.storage/StorageAccounts"]
    text = "".join(code % (f"n{number}", name) for number, name in enumerate(names))
    assert [one.service for one in audit(tree({"main.tf": text}), catalogue, ()).findings] == ["azure/blob-storage"] * 2


def test_a_tie_in_a_text_is_there_when_its_block_is():
    block = 'data "aws_iam_policy_document" "{0}" {{\n  count = {1}\n  statement {{ actions = ["kms:Decrypt"] }}\n}}\n'
    code = block.format("a", "var.on ? 1 : 0") + block.format("b", 0) + block.format("c", 1)
    ties = [usage for usage in readings_of({"main.tf": code})["main.tf"].usages if usage.kind == "string"]
    assert [(tie.location.line, tie.active, tie.switch) for tie in ties] == [
        (3, "unknown", "var.on ? 1 : 0"),
        (7, "no", ""),
        (11, "yes", ""),
    ]
