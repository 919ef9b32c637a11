"""Where the state lies, and the files beside configurations: Terragrunt's, of stacks, queries."""

from __future__ import annotations

import pytest

from portability.audit import audit
from portability.catalogue import Catalogue
from portability.interest import NameTable
from portability.model import UNKNOWN
from portability.settings import Settings
from tests.parsers.terraform.conftest import readings_of


def one(files: dict[str, str], symbol: str, path: str | None = None):
    found = [u for u in readings_of(files)[path or next(iter(files))].usages if u.symbol == symbol]
    assert len(found) == 1
    return found[0]


EMPTY = 'terraform {\n  backend "s3" {}\n}\n'


@pytest.mark.parametrize(
    ("files", "endpoint"),
    [
        ({}, UNKNOWN),
        ({"prod.s3.tfbackend": 'bucket = "b"\nkey = "k"\n'}, None),
        ({"env/prod/backend.hcl": 'bucket = "b"\nendpoints = { s3 = "https://s3.gra.io.cloud.ovh.net" }\n'},
         {"s3": "https://s3.gra.io.cloud.ovh.net"}),
        ({"a.backend": 'bucket = "b"\n', "b.backend": 'bucket = "b"\nendpoint = "https://x.example"\n'}, UNKNOWN),
        ({"../other/backend.hcl": 'bucket = "b"\n'}, UNKNOWN),
    ],
)  # fmt: skip
def test_what_an_empty_backend_is_told_stands_in_the_files_that_complete_it(files, endpoint):
    at = {f"a/{path}".replace("a/../", ""): code for path, code in files.items()}
    assert one({"a/main.tf": EMPTY, **at}, "backend.s3").endpoint == endpoint


def test_a_backend_with_a_bucket_is_amazons_unless_it_says_so():
    code = 'terraform {\n  backend "s3" {\n    bucket = "b"\n    region = "eu-west-1"\n  }\n}\n'
    usage = one({"main.tf": code, "x.tfbackend": 'bucket = "c"\nendpoint = "https://x.example"\n'}, "backend.s3")
    assert usage.endpoint is None
    assert usage.places == ("eu-west-1",)


@pytest.mark.parametrize(
    ("config", "symbol", "endpoint"),
    [
        ('backend = "s3"\n  config = { bucket = "b", endpoint = "https://x.example" }', "backend.s3",
         {"s3": "https://x.example"}),
        ('backend = "azurerm"\n  config = { container_name = "c" }', "backend.azurerm", None),
        ('backend = "gcs"\n  config = { bucket = "c" }', "backend.gcs", None),
        ('backend = "remote"\n  config = { organization = "c" }', "backend.remote", None),
    ],
)  # fmt: skip
def test_state_that_is_read_lies_somewhere_too(config, symbol, endpoint):
    usage = one({"main.tf": f'data "terraform_remote_state" "net" {{\n  {config}\n}}'}, symbol)
    assert (usage.kind, usage.address, usage.endpoint) == ("data", "data.terraform_remote_state.net", endpoint)


TERRAGRUNT = """locals {
  region = "eu-west-1"
  account = run_cmd("--terragrunt-quiet", "aws", "sts", "get-caller-identity")
}
terraform {
  source = "tfr:///terraform-aws-modules/vpc/aws//modules/x?version=5.0.0"
  before_hook "login" {
    commands = ["plan"]
    execute  = ["gsutil", "cp", "a", "b"]
  }
}
remote_state {
  backend = "s3"
  config = {
    bucket   = "state"
    region   = local.region
    endpoint = "https://s3.example"
  }
}
generate "provider" {
  path      = "provider.tf"
  if_exists = "overwrite"
  contents  = <<EOF
provider "aws" {
  region = "${local.region}"
}
resource "aws_sqs_queue" "q" {}
EOF
}
inputs = {
  topic = "arn:aws:sns:eu-west-1:1:o"
}
"""


def test_terragrunt_names_its_module_its_state_what_it_generates_and_what_it_runs():
    usages = readings_of({"live/terragrunt.hcl": TERRAGRUNT})["live/terragrunt.hcl"].usages
    assert [(u.location.line, u.address, u.symbol) for u in sorted(usages, key=lambda u: u.location)] == [
        (3, "local.account", "aws sts"),
        (5, "terraform", "terraform-aws-modules/vpc/aws//modules/x"),
        (9, "terraform.before_hook", "gsutil"),
        (12, "remote_state", "backend.s3"),
        (24, "provider.aws", "provider.aws"),
        (27, "aws_sqs_queue.q", "aws_sqs_queue"),
        (31, "inputs.topic", "arn:aws:sns"),
    ]
    state = next(u for u in usages if u.symbol == "backend.s3")
    assert (state.endpoint, state.places) == ({"s3": "https://s3.example"}, ("eu-west-1",))


def test_stacks_and_queries_name_modules_providers_and_types():
    stack = 'component "net" {\n  source = "terraform-aws-modules/vpc/aws"\n}\nprovider "aws" "this" {\n}\n'
    query = 'list "aws_instance" "all" {\n  provider = aws\n}\n'
    files = {"network.tfcomponent.hcl": stack, "all.tfquery.hcl": query}
    assert one(files, "terraform-aws-modules/vpc/aws").address == "component.net"
    assert one(files, "provider.aws").address == "provider.aws.this"
    listed = one(files, "aws_instance", "all.tfquery.hcl")
    assert (listed.kind, listed.address) == ("data", "list.aws_instance.all")


def test_a_synthesised_configuration_of_cdktf_is_read_and_its_metadata_are_not():
    code = """{
  "//": {"metadata": {"backend": "local", "stackName": "arn:aws:sns:eu-west-1:1:o"}},
  "provider": {"aws": [{"region": "eu-west-1"}]},
  "resource": {
    "aws_sqs_queue": {
      "q": {
        "//": {"metadata": {"path": "sqs.eu-west-1.amazonaws.com", "uniqueId": "q"}},
        "name": "q"
      }
    }
  }
}"""
    usages = readings_of({"cdk.tf.json": code})["cdk.tf.json"].usages
    assert [(u.location.line, u.symbol) for u in usages] == [(3, "provider.aws"), (6, "aws_sqs_queue")]


def test_an_azapi_type_that_nobody_claims_is_azapis():
    code = 'resource "azapi_resource" "x" {\n  type = "Microsoft.Nothing/atAll@2024-01-01"\n}\n'
    assert one({"main.tf": code}, "azapi_resource").address == "azapi_resource.x"


def test_an_audit_finds_terragrunt_and_leaves_other_hcl_alone(tree, catalogue: Catalogue):
    root = tree({
        "live/terragrunt.hcl": TERRAGRUNT,
        "live/env.hcl": 'locals {\n  image = "ami-0123456789abcdef0"\n}\n',
        "live/job.hcl": 'job "x" {\n  region = "eu-west-1"\n}\nlocals {\n  image = "ami-0123456789abcdef0"\n}\n',
        "a/main.tf": EMPTY,
        "a/env/prod/backend.hcl": 'bucket = "b"\nendpoint = "https://s3.example"\n',
    })  # fmt: skip
    found = audit(root, catalogue, ())
    assert {f.location.path for f in found.findings} == {"live/env.hcl", "live/terragrunt.hcl"}
    assert found.coverage.files["terraform"].read == 4
    assert found.coverage.elsewhere == 2


def test_one_file_gives_what_the_directory_gives(tree, catalogue: Catalogue):
    root = tree({"a/main.tf": EMPTY, "a/env/backend.hcl": 'bucket = "b"\nregion = "eu-west-1"\n'})
    whole = audit(root, catalogue, ())
    alone = audit(root, catalogue, (), paths=[root / "a/main.tf"])
    assert whole.findings == alone.findings
    assert [f.confidence for f in alone.findings] == ["certain"]


VARIABLE = 'variable "%s" {\n  default = "d"\n}\n'
MODULE = VARIABLE % "x" + VARIABLE % "y" + 'resource "a_b" "c" {\n  x = var.x\n  y = var.y\n}\n'
SOURCE = 'terraform {\n  source = "../m//"\n}\n'


@pytest.mark.parametrize(
    ("path", "form", "values"),
    [
        ("l/terragrunt.hcl", SOURCE + 'locals {\n  v = "in"\n}\ninputs = {\n  x = local.v\n}\n', {"x": "in", "y": "d"}),
        ("l/terragrunt.hcl", SOURCE, {"x": "d", "y": "d"}),
        ("l/terragrunt.hcl", SOURCE + 'include {\n  path = "r.hcl"\n}\ninputs = { x = "in" }\n',
         {"x": "in", "y": UNKNOWN}),
        ("l/terragrunt.hcl", SOURCE + "inputs = merge(local.a, { x = 1 })\n", {"x": UNKNOWN, "y": UNKNOWN}),
        ("l/terragrunt.hcl", SOURCE + "inputs = { x = dependency.d.outputs.x }\n", {"x": UNKNOWN, "y": "d"}),
        ("l/terragrunt.hcl", SOURCE.replace("}", '  extra_arguments a {\n    arguments = ["-var-file=f"]\n  }\n}'),
         {"x": UNKNOWN, "y": UNKNOWN}),
        ("l/terragrunt.hcl", SOURCE.replace("}", '  extra_arguments a {\n    arguments = ["-lock=true"]\n  }\n}'),
         {"x": "d", "y": "d"}),
        ("l/terragrunt.hcl", 'terraform {\n  source = "${f() ? "git::h/x?ref=1" : "../m"}"\n}\ninputs = { x = "in" }\n',
         {"x": "in", "y": "d"}),
        ("m/terragrunt.hcl", 'inputs = {\n  x = "in"\n}\n', {"x": "in", "y": "d"}),
        ("m/root.hcl", 'inputs = {\n  x = "in"\n}\n', {"x": "d", "y": "d"}),
        ("s.tfcomponent.hcl", 'component "c" {\n  source = "./m"\n  inputs = { y = "in" }\n}\n', {"x": "d", "y": "in"}),
    ],
)  # fmt: skip
def test_what_a_form_runs_has_its_inputs(path, form, values):
    found = readings_of({"m/main.tf": MODULE, path: form}, {"a_b": ("x", "y")})["m/main.tf"]
    assert found.usages[0].values == values


STACK = {
    "s/variables.tfcomponent.hcl": 'variable "size" {\n  type = string\n}\nlocals {\n  y = "far"\n}\n',
    "s/providers.tfcomponent.hcl": 'required_providers {\n  a = {\n    source = "acme/a"\n  }\n}\n'
    'provider "a" "eu" {\n  config {\n    region = "eu-west-1"\n  }\n}\nprovider "a" "us" {\n  config {}\n}\n',
    "s/components.tfcomponent.hcl": 'component "m" {\n  source = "../m"\n  inputs = { x = var.size, y = local.y }\n'
    "  providers = {\n    a = provider.a.eu\n  }\n}\n"
    'component "n" {\n  source = "../n"\n  inputs = {\n    z = component.m.y\n  }\n}\n',
    "m/main.tf": MODULE + 'output "y" {\n  value = var.y\n}\n',
    "n/main.tf": 'variable "z" {}\nresource "a_b" "z" {\n  x = var.z\n}\n',
}


@pytest.mark.parametrize(
    ("deployments", "size"),
    [
        ({}, UNKNOWN),
        ({"one": "small"}, "small"),
        ({"one": "small", "two": "small"}, "small"),
        ({"one": "small", "two": "large"}, UNKNOWN),
    ],
)
def test_the_files_of_a_stack_are_one_and_its_deployments_set_its_variables(deployments, size):
    made = [f'deployment "{name}" {{\n  inputs = {{ size = "{one}" }}\n}}\n' for name, one in deployments.items()]
    files = STACK | ({"s/deployments.tfdeploy.hcl": "".join(made)} if made else {})
    found = readings_of(files, {"a_b": ("x", "y")})
    (used,) = found["m/main.tf"].usages
    assert used.values == {"x": size, "y": "far"}
    assert used.places == ("eu-west-1",)
    assert [at.path for at in used.related][:1] == ["s/components.tfcomponent.hcl"]
    assert found["n/main.tf"].usages[0].values == {"x": "far"}
    assert [usage.address for usage in found["s/providers.tfcomponent.hcl"].usages] == [
        "provider.a.eu",
        "provider.a.us",
    ]


def test_what_a_form_runs_names_it_as_its_caller():
    files = {"m/main.tf": MODULE, "l/terragrunt.hcl": "# why\n" + SOURCE}
    assert [(at.path, at.line) for at in readings_of(files)["m/main.tf"].usages[0].related] == [("l/terragrunt.hcl", 2)]


def test_a_component_that_may_not_be_there_switches_what_it_runs():
    form = 'component "c" {\n  for_each = var.regions\n  source = "./m"\n}\n'
    usage = readings_of({"m/main.tf": MODULE, "s.tfcomponent.hcl": form})["m/main.tf"].usages[0]
    assert (usage.active, usage.switch) == ("unknown", "var.regions")


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ('"git::https://git.example/acme/m.git//q?ref=v1"', "git::https://git.example/acme/m.git//q"),
        ('"${include.e.locals.base}?ref=v1"', "${include.e.locals.base}?ref=v1"),
        ('"${local.base}//q?ref=v1"', "git::https://git.example/m.git//q"),
        ('"../gone"', "../gone"),
    ],
)
def test_what_a_form_runs_and_nobody_reads_is_missing(source, name):
    form = f'locals {{\n  base = "git::https://git.example/m.git"\n}}\nterraform {{\n  source = {source}\n}}\n'
    missing = readings_of({"l/terragrunt.hcl": form}, wanted=NameTable.of([]))["l/terragrunt.hcl"].missing
    assert [(one.name, one.location.line) for one in missing] == [(name, 4)]


def test_what_a_form_runs_and_somebody_reads_is_not():
    stack = 'unit "u" {\n  source = "./u"\n  path = "u"\n}\n'
    files = {"m/main.tf": MODULE, "u/terragrunt.hcl": SOURCE, "terragrunt.stack.hcl": stack}
    assert [found.missing for found in readings_of(files).values()] == [()] * 3


def test_a_form_runs_modules_of_checkouts_beside_the_tree(tree, catalogue: Catalogue):
    root = tree({
        "live/prod/terragrunt.hcl": 'terraform {\n  source = "git::https://git.example/acme/modules.git//q?ref=v1"\n}\n'
        "inputs = {\n  fifo = true\n}\n",
        "modules/q/main.tf": 'variable "fifo" {}\nresource "aws_sqs_queue" "q" {\n  fifo_queue = var.fifo\n}\n',
    })  # fmt: skip
    settings = Settings(also={"modules": str(root / "modules")})
    [found] = audit(root / "live", catalogue, (), settings=settings).findings
    assert (found.address, found.location.path) == ("terraform.aws_sqs_queue.q", "prod/terragrunt.hcl")
    assert "ordered-groups" in found.features
