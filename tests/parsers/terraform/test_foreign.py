"""Modules that are not the tree's own: in checkouts beside it, installed, or under another name."""

from __future__ import annotations

import json

import pytest

from portability.audit import audit
from portability.configuration import open_project
from portability.model import UNKNOWN
from portability.parsers.terraform.sources import Sources, canonical
from portability.settings import Settings

QUEUE = """
variable "fifo" { default = false }
resource "aws_sqs_queue" "this" {
  fifo_queue = var.fifo
}
module "topic" {
  source = "../topic"
}
"""
TOPIC = 'resource "aws_sns_topic" "t" {}\n'
CALLS = """
module "a" {
  source = "%s"
  fifo   = true
}
module "b" {
  source = "%s"
}
"""


def found(assessment):
    return [(str(one.location), one.address, [str(place) for place in one.related]) for one in assessment.findings]


def world(tree, source: str, place: str = "terraform-modules", **more: str):
    root = tree(
        {
            "shop/live/main.tf": CALLS.replace("%s", source),
            f"{place}/queue/main.tf": QUEUE,
            f"{place}/topic/main.tf": TOPIC,
            **more,
        }
    )
    return root / "shop"


BROUGHT = [
    ("live/main.tf:2", "module.a.aws_sqs_queue.this", ["../terraform-modules/queue/main.tf:3"]),
    (
        "live/main.tf:2",
        "module.a.module.topic.aws_sns_topic.t",
        ["../terraform-modules/topic/main.tf:1", "../terraform-modules/queue/main.tf:6"],
    ),
    ("live/main.tf:6", "module.b.aws_sqs_queue.this", ["../terraform-modules/queue/main.tf:3"]),
    (
        "live/main.tf:6",
        "module.b.module.topic.aws_sns_topic.t",
        ["../terraform-modules/topic/main.tf:1", "../terraform-modules/queue/main.tf:6"],
    ),
]


@pytest.mark.parametrize(
    "source",
    [
        "git::https://git.example.com/platform/terraform-modules.git//queue?ref=v1.2",
        "git@git.example.com:platform/terraform-modules.git//queue",
        "../../terraform-modules/queue",
    ],
)
@pytest.mark.parametrize("named", [None, "live/main.tf"])
def test_a_checkout_beside_the_tree_is_read_for_each_call(source, named, tree, catalogue):
    root = world(tree, source)
    settings = Settings(also={"terraform-modules": str(root.parent / "terraform-modules")})
    assessment = audit(root, catalogue, (), paths=named and [root / named], settings=settings)
    assert sorted(found(assessment)) == sorted(BROUGHT)
    assert assessment.coverage.unfollowed == ()
    by_address = {one.address: one.features for one in assessment.findings}
    assert by_address["module.a.aws_sqs_queue.this"] != by_address["module.b.aws_sqs_queue.this"]


POLICY = """
variable "account" {}
resource "aws_iam_policy" "read" {
  policy = jsonencode({
    Statement = [{ Action = ["dynamodb:GetItem"], Resource = "arn:aws:kms:eu-west-1:1:key/k" }]
  })
}
"""


def test_what_a_module_from_elsewhere_names_in_its_texts_stands_at_the_call_too(tree, catalogue):
    call = 'module "p" {\n  source = "../platform/policy"\n}\n'
    root = tree({"shop/main.tf": call, "platform/policy/main.tf": POLICY}) / "shop"
    assessment = audit(root, catalogue, (), settings=Settings(also={"platform": str(root.parent / "platform")}))
    assert [(one.symbol, one.related[0].line) for one in assessment.findings] == [
        ("arn:aws:kms", 5),
        ("aws_iam_policy", 3),
        ("dynamodb:GetItem", 5),
    ]
    places = {(str(one.location), one.address) for one in assessment.findings}
    assert places == {("main.tf:1", "module.p.aws_iam_policy.read")}


def test_a_module_of_which_only_the_provider_can_be_told_is_told_as_unread_too(tree, catalogue):
    """Its name gives a finding, and hides what the module makes; one that the catalogue knows hides nothing."""
    calls = (
        'module "t" {\n  source = "github.com/example/terraform-aws-topic.git?ref=v1"\n}\n'
        'module "b" {\n  source = "terraform-aws-modules/s3-bucket/aws"\n}\n'
    )
    assessment = audit(tree({"main.tf": calls}), catalogue, ())
    assert [one.service for one in assessment.findings] == ["aws/unclassified", "aws/s3"]
    assert [one.name for one in assessment.coverage.unfollowed] == ["github.com/example/terraform-aws-topic.git"]


def test_without_the_option_nothing_outside_is_read(tree, catalogue):
    root = world(tree, "../../terraform-modules/queue")
    assessment = audit(root, catalogue, ())
    assert found(assessment) == []
    assert [(one.name, one.times) for one in assessment.coverage.unfollowed] == [("../../terraform-modules/queue", 2)]


def test_an_installed_module_is_read_where_it_was_installed(tree, catalogue):
    manifest = {
        "Modules": [
            {"Key": "", "Source": "", "Dir": "."},
            {"Key": "a", "Source": "registry.terraform.io/acme/queue/aws", "Dir": ".terraform/modules/a/queue"},
            {"Key": "b", "Source": "acme/evil/aws", "Dir": "../../terraform-modules/queue"},
        ]
    }
    root = world(
        tree,
        "acme/queue/aws",
        "shop/live/.terraform/modules/a",
        **{
            "shop/live/.terraform/modules/modules.json": json.dumps(manifest),
            "shop/live/evil.tf": 'module "evil" {\n  source = "acme/evil/aws"\n}\n',
            "terraform-modules/queue/main.tf": QUEUE,
        },
    )
    assessment = audit(root, catalogue, ())
    assert {place for place, _, _ in found(assessment)} == {"live/main.tf:2", "live/main.tf:6", "live/evil.tf:1"}
    assert [one.symbol for one in assessment.findings if one.location.path == "live/evil.tf"] == ["acme/evil/aws"]


def test_a_module_that_is_known_by_name_is_not_read_as_well(tree, catalogue):
    source = "terraform-aws-modules/sqs/aws"
    manifest = {"Modules": [{"Key": "a", "Source": source, "Dir": ".terraform/modules/a/queue"}]}
    root = world(
        tree,
        source,
        "shop/live/.terraform/modules/a",
        **{"shop/live/.terraform/modules/modules.json": json.dumps(manifest)},
    )
    assert {one.symbol for one in audit(root, catalogue, ()).findings} == {source}


def test_a_module_of_the_tree_under_another_name_is_the_trees_own(tree, catalogue):
    root = tree(
        {
            "live/main.tf": CALLS.replace("%s", "git::ssh://git@git.example.com/shop/infra.git//modules/queue?ref=v1"),
            "modules/queue/main.tf": QUEUE.partition("module")[0],
            "portability.toml": '[modules]\n"https://git.example.com/shop/infra" = "."\n',
        }
    )
    assessment = audit(root, catalogue, (), settings=open_project(root).settings())
    assert found(assessment) == [
        ("modules/queue/main.tf:3", "aws_sqs_queue.this", ["live/main.tf:2", "live/main.tf:6"])
    ]


def test_modules_that_call_each_other_without_end_are_read_so_far(tree, catalogue):
    root = tree({"shop/main.tf": CALLS.replace("%s", "../m/a"), "m/a/main.tf": CALLS.replace("%s", "../a") + TOPIC})
    assessment = audit(root / "shop", catalogue, (), settings=Settings(also={"m": str(root / "m")}))
    assert 100 < len(assessment.findings) <= 300
    assert assessment.coverage.unfollowed[0].times > 0


@pytest.mark.parametrize(
    ("source", "canon"),
    [
        ("git::https://user@github.com/acme/net.git//x?ref=1", "github.com/acme/net//x"),
        ("git@github.com:acme/net.git", "github.com/acme/net"),
        ("github.com/acme/net", "github.com/acme/net"),
        ("registry.opentofu.org/acme/net/aws", "acme/net/aws"),
        ("app.example.com/acme/net/aws//x/", "app.example.com/acme/net/aws//x"),
    ],
)
def test_a_source_has_one_name_however_it_is_fetched(source, canon):
    assert canonical(source) == canon


@pytest.mark.parametrize("source", ["../..", "../../../etc", "/etc", "../../also/../etc", 3, UNKNOWN, "acme/x/aws"])
def test_no_source_leads_out_of_what_was_named(source):
    sources = Sources({"acme/x/aws": "../etc"}, {"also": "/x/also"}, {"a": b"[" * 1_000, "": b'{"Modules": [{}]}'})
    assert sources.target("a", source) in (None, "also/../etc")
