"""What a unit of Terragrunt has of the files that it includes and reads."""

from __future__ import annotations

import pytest

from portability.audit import audit
from portability.catalogue import Catalogue
from portability.interest import NameTable
from portability.model import UNKNOWN
from tests.parsers.terraform.conftest import readings_of

MODULE = 'variable "x" {\n  default = "d"\n}\nresource "a_b" "c" {\n  x = var.x\n}\n'
UNIT = 'terraform {\n  source = "${get_repo_root()}/m"\n}\n'
INCLUDE = 'include "root" {\n  path = find_in_parent_folders("root.hcl")\n  expose = true\n}\n'
ACCOUNT = 'locals {\n  name = "shop"\n}\n'


def passed(unit: str, root: str, *, at: str = "live/prod/queue", **more: str):
    """What ``x`` is set to in the module that a unit runs."""
    files = {"m/main.tf": MODULE, f"{at}/terragrunt.hcl": unit, "live/root.hcl": root or "locals {}\n"}
    files |= {f"{name}.hcl": text for name, text in more.items()}
    return readings_of(files, {"a_b": ("x",)})["m/main.tf"].usages[0].values["x"]


@pytest.mark.parametrize(
    ("unit", "root", "value"),
    [
        ("", 'inputs = {\n  x = "parent"\n}\n', "parent"),
        ('inputs = {\n  x = "own"\n}\n', 'inputs = {\n  x = "parent"\n}\n', "own"),
        ("inputs = {\n  x = include.root.locals.region\n}\n", 'locals {\n  region = "eu-west-1"\n}\n', "eu-west-1"),
        ('inputs = {\n  x = "${include.root.inputs.y}!"\n}\n', 'inputs = {\n  y = "up"\n}\n', "up!"),
        ("", "inputs = {\n  x = path_relative_to_include()\n}\n", "prod/queue"),
        ("", 'inputs = {\n  x = split("/", path_relative_to_include())[0]\n}\n', "prod"),
        ("", "inputs = {\n  x = path_relative_from_include()\n}\n", "../.."),
        ('inputs = {\n  x = path_relative_to_include("root")\n}\n', "", "prod/queue"),
        ("inputs = {\n  x = basename(get_terragrunt_dir())\n}\n", "", "queue"),
        ("", "inputs = {\n  x = basename(get_terragrunt_dir())\n}\n", "queue"),
        ("", "inputs = {\n  x = basename(get_parent_terragrunt_dir())\n}\n", "live"),
        ("inputs = {\n  x = include.root.locals.gone\n}\n", "", UNKNOWN),
        # What is not included any more, or that nobody finds, sets what nobody knows.
        ('inputs = merge(include.root.inputs, { x = "own" })\n', 'inputs = { x = "parent" }\n', "own"),
        ("inputs = merge(dependency.d.outputs.all, { y = 1 })\n", "", UNKNOWN),
        ("inputs = {\n  x = dependency.d.outputs.x\n}\n"
         'dependency "d" {\n  config_path = "../d"\n  mock_outputs = { x = "mock" }\n}\n', "", UNKNOWN),
        ('inputs = {\n  x = get_env("X", "default")\n}\n', "", UNKNOWN),
        # Where the tree lies, only a run could tell.
        ("inputs = {\n  x = get_terragrunt_dir()\n}\n", "", UNKNOWN),
        ('inputs = {\n  x = find_in_parent_folders("root.hcl")\n}\n', "", UNKNOWN),
        ("inputs = {\n  x = basename(get_repo_root())\n}\n", "", UNKNOWN),
    ],
)  # fmt: skip
def test_a_unit_passes_on_what_it_includes(unit, root, value):
    assert passed(UNIT + INCLUDE + unit, root) == value


def test_an_included_file_reads_what_lies_above_the_unit():
    root = 'locals {\n  a = read_terragrunt_config(find_in_parent_folders("account.hcl"))\n}\n'
    root += "inputs = {\n  x = local.a.locals.name\n}\n"
    assert passed(UNIT + INCLUDE, root, **{"live/prod/account": ACCOUNT}) == "shop"
    assert passed(UNIT + INCLUDE, root, **{"live/test/account": ACCOUNT}) is UNKNOWN


def test_files_that_read_each_other_are_unknown():
    both = 'locals {\n  other = read_terragrunt_config("%s").locals.other\n}\ninputs = {\n  x = local.other\n}\n'
    unit = UNIT + both % "../a.hcl"
    assert passed(unit, "", **{"live/prod/a": both % "queue/terragrunt.hcl"}) is UNKNOWN


@pytest.mark.parametrize(
    ("strategy", "value"),
    [("", {"own": 1}), ('merge_strategy = "deep"', {"own": 1, "up": 2, "l": [1]}), ('merge_strategy = "no_merge"', {})],
)
def test_inputs_are_merged_as_the_include_says(strategy, value):
    unit = UNIT + INCLUDE.replace("expose = true", strategy) + ("inputs = { x = { own = 1 } }\n" if value else "")
    found = passed(unit, "inputs = {\n  x = { up = 2, l = [1] }\n}\n")
    assert found == (value or "d")


def test_of_several_includes_the_last_wins():
    unit = UNIT + INCLUDE + 'include "late" {\n  path = "../late.hcl"\n}\n'
    assert passed(unit, 'inputs = { x = "r" }\n', **{"live/prod/late": 'inputs = { x = "late" }\n'}) == "late"


def test_an_included_file_names_the_source_and_the_unit_is_the_caller():
    files = {
        "m/main.tf": MODULE,
        "_envcommon/q.hcl": 'locals {\n  base = "${get_repo_root()}/m"\n}\nterraform {\n  source = local.base\n}\n',
        "live/a/terragrunt.hcl": 'include {\n  path = "${get_repo_root()}/_envcommon/q.hcl"\n}\ninputs = { x = 1 }\n',
        "live/b/terragrunt.hcl": 'include {\n  path = "../../_envcommon/q.hcl"\n}\ninputs = { x = 1 }\n',
    }
    found = readings_of(files, {"a_b": ("x",)}, NameTable.of([]))
    assert [one.missing for one in found.values()] == [()] * 4
    usage = readings_of(files, {"a_b": ("x",)})["m/main.tf"].usages[0]
    assert usage.values == {"x": 1}
    assert [(at.path, at.line) for at in usage.related] == [("live/a/terragrunt.hcl", 1), ("live/b/terragrunt.hcl", 1)]


def test_what_an_included_file_says_is_said_once_for_all_units():
    root = (
        'locals {\n  account = read_terragrunt_config(find_in_parent_folders("account.hcl")).locals.name\n}\n'
        'remote_state {\n  backend = "s3"\n  config = {\n    bucket = "state"\n    region = "eu-west-1"\n'
        "    key = path_relative_to_include()\n    dynamodb_table = local.account\n  }\n}\n"
    )
    files = {
        "root.hcl": root,
        "a/account.hcl": ACCOUNT,
        "a/x/terragrunt.hcl": INCLUDE,
        "a/y/terragrunt.hcl": INCLUDE,
    }
    asked = ("config.bucket", "config.key", "config.dynamodb_table")
    (usage,) = readings_of(files, {"backend.s3": asked})["root.hcl"].usages
    assert usage.values == {"config.bucket": "state", "config.key": UNKNOWN, "config.dynamodb_table": "shop"}
    assert usage.places == ("eu-west-1",)
    assert [at.path for at in usage.related] == ["a/x/terragrunt.hcl", "a/y/terragrunt.hcl"]


@pytest.mark.parametrize(
    ("state", "endpoint"),
    [
        ("", None),
        ('    endpoints = { s3 = "https://s3.gra.io.cloud.ovh.net" }\n', {"s3": "https://s3.gra.io.cloud.ovh.net"}),
    ],
)
def test_the_state_that_a_unit_is_given_completes_the_backend_of_what_it_runs(state, endpoint):
    root = f'remote_state {{\n  backend = "s3"\n  config = {{\n    bucket = "b"\n{state}  }}\n}}\n'
    module = 'terraform {\n  backend "s3" {}\n}\n' + MODULE
    files = {"m/main.tf": module, "l/root.hcl": root, "l/u/terragrunt.hcl": UNIT + INCLUDE + "inputs = { x = 2 }\n"}
    backend, block = readings_of(files, {"a_b": ("x",)})["m/main.tf"].usages
    assert backend.endpoint == endpoint
    # An empty backend does not make it a configuration that somebody runs without its inputs.
    assert block.values == {"x": 2}


GENERATED = """locals {
  region = "eu-west-%s"
}
generate "provider" {
  path     = "provider.tf"
  contents = <<EOF
provider "a" {
  region  = "${local.region}"
  profile = "${get_env("PROFILE")}-x"
  roles   = ${jsonencode(local.gone)}
  alias   = "$${var.alias}"
  endpoints {
    s3 = "https://${local.region}.example"
  }
}
resource "a_b" "generated" {
  x = "${local.region}${local.gone}"
}
EOF
}
"""


def test_what_an_included_file_generates_is_filled_in_and_serves_what_the_unit_runs():
    files = {"m/main.tf": MODULE, "l/root.hcl": GENERATED % "1", "l/u/terragrunt.hcl": UNIT + INCLUDE}
    found = readings_of(files, {"a_b": ("x",), "provider.a": ("region", "profile")})
    provider, block = found["l/root.hcl"].usages
    assert (provider.location.line, block.location.line, block.location.column) == (7, 16, 1)
    assert provider.values == {"region": "eu-west-1", "profile": UNKNOWN}
    assert block.values == {"x": UNKNOWN}
    (served,) = found["m/main.tf"].usages
    assert served.places == ("eu-west-1",)
    assert served.endpoint == {"s3": "https://eu-west-1.example"}


def test_a_file_that_is_named_alone_gives_what_the_whole_gives(tree, catalogue: Catalogue):
    root = tree({
        "modules/q/main.tf": 'variable "fifo" {}\nresource "aws_sqs_queue" "q" {\n  fifo_queue = var.fifo\n}\n',
        "root.hcl": 'locals {\n  env = read_terragrunt_config(find_in_parent_folders("env.hcl")).locals\n}\n'
        'remote_state {\n  backend = "s3"\n  config = {\n    bucket = local.env.bucket\n  }\n}\n'
        "inputs = {\n  fifo = local.env.fifo\n}\n",
        "live/prod/env.hcl": 'locals {\n  fifo = true\n  bucket = "b"\n}\n',
        "live/prod/q/terragrunt.hcl": 'terraform {\n  source = "${get_repo_root()}//modules/q"\n}\n' + INCLUDE,
    })  # fmt: skip
    whole = audit(root, catalogue, ())
    assert [(f.location.path, f.features) for f in whole.findings if f.service == "aws/sqs"] == [
        ("modules/q/main.tf", whole.findings[0].features)
    ]
    assert "ordered-groups" in whole.findings[0].features
    for path in ("modules/q/main.tf", "root.hcl", "live/prod/q/terragrunt.hcl"):
        alone = audit(root, catalogue, (), paths=[root / path])
        assert list(alone.findings) == [finding for finding in whole.findings if finding.location.path == path]
