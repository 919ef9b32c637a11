"""Which blocks become usages, under what name, and where."""

import pytest

from portability.interest import Claim, NameTable


def spans(reading):
    return [
        (usage.symbol, usage.location.line, usage.location.column, usage.location.end_line, usage.location.end_column)
        for usage in reading.usages
    ]


def named(reading):
    return [(usage.namespace, usage.symbol, usage.kind, usage.address) for usage in reading.usages]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('resource "aws_sqs_queue" "q" {}', ("terraform", "aws_sqs_queue", "resource", "aws_sqs_queue.q")),
        ("resource aws_sqs_queue q {}", ("terraform", "aws_sqs_queue", "resource", "aws_sqs_queue.q")),
        ('data "aws_vpc" "main" {}', ("terraform", "aws_vpc", "data", "data.aws_vpc.main")),
        ('check "c" {\n  data "http" "h" {}\n}', ("terraform", "http", "data", "data.http.h")),
        ('ephemeral "aws_x" "e" {}', ("terraform", "aws_x", "ephemeral", "ephemeral.aws_x.e")),
        ('action "aws_x" "a" {}', ("terraform", "aws_x", "block", "action.aws_x.a")),
        ('provider "aws" {}', ("terraform", "provider.aws", "block", "provider.aws")),
        ('provider "aws" { alias = "eu" }', ("terraform", "provider.aws", "block", "provider.aws.eu")),
        ('terraform {\n  backend "s3" {}\n}', ("terraform", "backend.s3", "block", "backend.s3")),
        ("terraform {\n  cloud {}\n}", ("terraform", "backend.cloud", "block", "backend.cloud")),
    ],
)
def test_a_block_is_named_as_terraform_names_it(reading, code, expected):
    assert named(reading(code)) == [expected]


def test_blocks_that_use_nothing_are_no_usages(reading):
    code = 'variable "a" {}\noutput "b" { value = 1 }\nlocals { c = 1 }\nmoved {\n from = a.b\n to = a.c\n}\n'
    assert reading(code).usages == ()


def test_only_wanted_names_are_reported(readings):
    wanted = NameTable.of([("aws_*", Claim("any/service", "primary"))])
    code = 'resource "aws_x" "a" {}\nresource "azurerm_x" "a" {}\n'
    assert [usage.symbol for usage in readings({"a.tf": code}, wanted=wanted)["a.tf"].usages] == ["aws_x"]


def test_a_renamed_provider_is_known_by_its_source(readings):
    files = {
        "versions.tf": 'terraform {\n required_providers {\n  amazon = { source = "hashicorp/aws" }\n }\n}',
        "main.tf": 'provider "amazon" {}\nresource "aws_x" "a" {\n provider = amazon\n}',
    }
    assert [(usage.symbol, usage.address) for usage in readings(files)["main.tf"].usages] == [
        ("provider.aws", "provider.amazon"),
        ("aws_x", "aws_x.a"),
    ]


@pytest.mark.parametrize(
    ("source", "symbol"),
    [
        ("terraform-aws-modules/S3-bucket/aws", "terraform-aws-modules/s3-bucket/aws"),
        ("terraform-aws-modules/iam/aws//modules/iam-role", "terraform-aws-modules/iam/aws//modules/iam-role"),
        ("registry.terraform.io/terraform-aws-modules/vpc/aws", "terraform-aws-modules/vpc/aws"),
        ("registry.opentofu.org/terraform-aws-modules/vpc/aws", "terraform-aws-modules/vpc/aws"),
        ("app.terraform.io/acme/vpc/aws", "app.terraform.io/acme/vpc/aws"),
        ("github.com/terraform-aws-modules/terraform-aws-vpc", "terraform-aws-modules/vpc/aws"),
        ("git::https://github.com/Azure/terraform-azurerm-aks.git?ref=v9", "azure/aks/azurerm"),
        ("git@github.com:a/terraform-aws-iam.git//modules/x?ref=1", "a/iam/aws//modules/x"),
        ("git::https://git.example.com:8443/infra/cloud/terraform-aws-vpc.git", "cloud/vpc/aws"),
        ("git::https://dev.example.com/acme/shop/_git/terraform-azurerm-network?ref=1", "_git/network/azurerm"),
    ],
)
def test_a_module_is_named_by_its_place_in_the_registry(reading, source, symbol):
    [usage] = reading(f'module "m" {{\n  source = "{source}"\n}}').usages
    assert (usage.namespace, usage.symbol, usage.address) == ("terraform-module", symbol, "module.m")


def test_a_part_of_a_module_that_init_puts_into_its_folder_is_one_of_that_module(reading):
    package = 'module "__v3__" {\n  source = "github.com/acme/terraform-azurerm-v3?ref=1"\n}\n'
    part = 'module "vault" {\n  source = "./.terraform/modules/__v3__/key_vault"\n}\n'
    assert [usage.symbol for usage in reading(package + part).usages] == [
        "acme/v3/azurerm",
        "acme/v3/azurerm//key_vault",
    ]
    assert reading(part).usages == ()


@pytest.mark.parametrize(
    "source",
    [
        '"./modules/a/b"',
        '"../a/b/c"',
        '"./a/b/c"',
        '"git::https://example.com/vpc.git"',
        '"github.com/acme/infra"',
        "var.source",
        '"${var.x}/b/c"',
    ],
)
def test_a_module_from_elsewhere_has_no_such_name(reading, source):
    assert reading(f'module "m" {{\n  source = {source}\n}}').usages == ()


def test_a_span_is_that_of_the_block_in_code_points(reading):
    code = '/* é𝒳 */ resource "a_b" "c" {\n  x = "é"\n}\n\nresource "a_d" "e" { x = "é𝒳" }\n'
    assert spans(reading(code)) == [("a_b", 1, 10, 3, 2), ("a_d", 5, 1, 5, 32)]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_line_ends_and_encodings_move_nothing(reading, encoding, newline):
    code = newline.join(["# é", 'resource "a_b" "c" {', '  x = "é"', "}"]).encode(encoding)
    found = reading(code, {"a_b": ("x",)})
    assert found.state == "read"
    assert spans(found) == [("a_b", 2, 1, 4, 2)]
    assert found.usages[0].values == {"x": "é"}


def test_comments_may_stand_anywhere(reading):
    code = 'resource /* a */ "a_b" /* b */ "c" /* c */ { # d\n  x /* e */ = /* f */ 1 // g\n}'
    [usage] = reading(code, {"a_b": ("x",)}).usages
    assert (usage.address, usage.values) == ("a_b.c", {"x": 1})


def test_code_in_a_heredoc_or_a_comment_is_no_block(reading):
    code = (
        'locals {\n  x = <<EOT\nresource "a_b" "c" {}\nEOT\n}\n/*\nresource "a_b" "c" {}\n*/\n# resource "a_b" "c" {}\n'
    )
    assert reading(code).usages == ()


def test_both_syntaxes_of_opentofu_are_read(readings):
    found = readings({"a.tofu": 'resource "a_b" "c" {}', "a.tofu.json": '{"resource": {"a_b": {"d": {}}}}'})
    assert [usage.address for reading in found.values() for usage in reading.usages] == ["a_b.c", "a_b.d"]


class TestDigest:
    def digest(self, reading, code):
        return reading(code).usages[0].digest

    def test_copies_have_one_digest_whatever_their_name_layout_and_comments(self, reading):
        one = 'resource "a_b" "one" {\n  x = 1 # why\n  y = "a  b"\n}'
        two = 'resource "a_b" "two" {\n\n  x    = 1\n  /* so */\n  y = "a  b" }'
        assert self.digest(reading, one) == self.digest(reading, two)
        assert len(self.digest(reading, one)) == 16

    @pytest.mark.parametrize(
        "other",
        [
            'resource "a_b" "c" { x = "a b" }',
            'resource "a_d" "c" { x = "a  b" }',
            'data "a_b" "c" { x = "a  b" }',
            'resource "a_b" "c" { x = "a  b//c" }',
            'resource "a_b" "c" { x = "a  b#c" }',
        ],
    )
    def test_other_content_has_another(self, reading, other):
        assert self.digest(reading, other) != self.digest(reading, 'resource "a_b" "c" { x = "a  b" }')

    def test_addresses_and_shell_variables_are_no_comments(self, reading):
        codes = [
            f'resource "a_b" "c" {{\n  x = <<EOT\ncurl https://{host} $#\nEOT\n y = "${{f("a//{host}")}}"\n}}'
            for host in "ab"
        ]
        assert self.digest(reading, codes[0]) != self.digest(reading, codes[1])


class TestActive:
    @pytest.mark.parametrize(
        ("argument", "active", "switch"),
        [
            ("", "yes", ""),
            ("count = 1", "yes", ""),
            ("count = 0", "no", ""),
            ("for_each = {}", "no", ""),
            ("for_each = toset([])", "no", ""),
            ('for_each = toset(["a", var.b])', "yes", ""),
            ("for_each = { a = var.b }", "yes", ""),
            ("count = var.on ? 3 : 1", "yes", ""),
            ("count = (var.on ? 0 : 0)", "no", ""),
            ("count = var.on ? 1 : 0", "unknown", "var.on ? 1 : 0"),
            ('count = var.on == "a" ? 1 : 0', "unknown", 'var.on == "a" ? 1 : 0'),
            ('count = "${var.n}"', "unknown", "var.n"),
            ('for_each = var.sure == "a"', "unknown", 'var.sure == "a"'),
            ("for_each = {\n  for k, v in var.x : k => v\n}", "unknown", "{ for k, v in var.x : k => v }"),
            ("lifecycle {\n  enabled = false\n}", "no", ""),
            ("lifecycle {\n  enabled = var.on\n}", "unknown", "var.on"),
            ("lifecycle {\n  prevent_destroy = true\n}", "yes", ""),
        ],
    )
    def test_only_a_literal_says_that_nothing_is_made(self, reading, argument, active, switch):
        [usage] = reading(f'resource "a_b" "c" {{\n  {argument}\n}}').usages
        assert (usage.active, usage.switch) == (active, switch)

    def test_a_long_switch_is_cut(self, reading):
        [usage] = reading(f'resource "a_b" "c" {{\n  count = var.{"x" * 200}\n}}').usages
        assert len(usage.switch) == 80


class TestEndpoint:
    def endpoints(self, reading):
        return [usage.endpoint for usage in reading.usages]

    def test_a_resource_goes_where_its_provider_is_told_to(self, readings):
        files = {
            "main.tf": "\n".join(
                [
                    'resource "aws_x" "by_default" {}',
                    'resource "aws_x" "by_alias" {\n  provider = aws.eu\n}',
                    'resource "aws_x" "by_instance" {\n  provider = aws.eu[each.key]\n}',
                    'resource "aws_x" "in_quotes" {\n  provider = "aws.eu"\n}',
                    'resource "aws_x" "plain" {\n  provider = aws.us\n}',
                    'data "google_x" "other" {}',
                ]
            ),
            "providers.tf": "\n".join(
                [
                    'provider "aws" {\n  endpoints {\n    s3 = "http://minio:9000"\n    sqs = var.sqs\n  }\n}',
                    'provider "aws" {\n  alias = "eu"\n  endpoints {\n    s3 = "https://eu"\n  }\n}',
                    'provider "aws" {\n  alias = "us"\n}',
                ]
            ),
        }
        found = self.endpoints(readings(files)["main.tf"])
        assert repr(found[0]) == "{'s3': 'http://minio:9000', 'sqs': UNKNOWN}"
        assert found[1:] == [{"s3": "https://eu"}] * 3 + [None, None]

    @pytest.mark.parametrize(
        ("body", "endpoint"),
        [
            ('bucket = "b"', None),
            ('endpoint = "https://s3.example"', {"s3": "https://s3.example"}),
            ('endpoints = { s3 = "https://s3.example" }', {"s3": "https://s3.example"}),
        ],
    )
    def test_a_backend_says_so_itself(self, reading, body, endpoint):
        assert self.endpoints(reading(f'terraform {{\n  backend "s3" {{\n    {body}\n  }}\n}}')) == [endpoint]
