"""A file that is named alone is told the same as in its directory, and what nobody asks about is not worked out."""

from __future__ import annotations

from pathlib import Path

import pytest

from portability.audit import audit
from portability.catalogue import Catalogue
from portability.settings import Settings
from tests.parsers.terraform.conftest import readings_of

FILES = {
    "main.tf": 'module "queue" {\n  source = "./modules/queue"\n  fifo = var.fifo\n}\nvariable "fifo" {}\n',
    "more.tf": 'module "again" {\n  source = "./modules/queue"\n  fifo = local.on\n}\nlocals {\n  on = var.gone\n}\n',
    "main_override.tf": 'module "queue" {\n  source = "./modules/queue"\n  fifo = true\n}\n',
    "values.auto.tfvars": "fifo = true\n",
    "terraform.tf.json": '{"terraform": {"backend": {"s3": {"bucket": "b", "region": "eu-west-1"}}}}',
    "installed.tf": 'module "far" {\n  source = "acme/table/aws"\n}\n',
    ".terraform/modules/modules.json": '{"Modules": [{"Source": "registry.terraform.io/acme/table/aws", "Dir": '
    '".terraform/modules/far"}]}',
    ".terraform/modules/far/main.tf": 'resource "aws_dynamodb_table" "t" {}\n',
    "modules/queue/main.tf": 'resource "aws_sqs_queue" "q" {\n  fifo_queue = var.fifo\n  policy = file("p.json")\n}\n',
    "modules/queue/variables.tf": 'variable "fifo" {\n  default = false\n}\n',
    "modules/queue/p.json": '{"Principal": {"Service": "s3.amazonaws.com"}}',
    "modules/queue/broken.tf": 'resource "aws_sns_topic" "t" {\n  name = "\n}\nresource "aws_kms_key" "k" {}\n',
    "live/terragrunt.hcl": 'terraform {\n  source = "../modules/queue"\n}\ninputs = {\n  fifo = true\n}\n',
}


def test_every_file_alone_gives_what_the_directory_gives(tmp_path: Path, catalogue: Catalogue) -> None:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    whole = audit(tmp_path, catalogue, ("ovhcloud",))
    assert {"aws/sqs", "aws/dynamodb", "aws/kms"} <= {finding.service for finding in whole.findings}
    for path in FILES:
        alone = audit(tmp_path, catalogue, ("ovhcloud",), paths=[tmp_path / path])
        assert list(alone.findings) == [finding for finding in whole.findings if finding.location.path == path]
        assert list(alone.coverage.problems) == [one for one in whole.coverage.problems if one.path == path]


@pytest.mark.parametrize("path", ["modules/queue/main.tf", "modules/queue/broken.tf"])
def test_of_what_is_read_along_nothing_is_worked_out(path: str) -> None:
    declaring = {name: text for name, text in FILES.items() if "json" not in name and "terraform/" not in name}
    whole, alone = readings_of(declaring), readings_of(declaring, settings=Settings(only={path}))
    assert alone[path] == whole[path]
    assert alone[path].usages
    assert not any(found.usages for name, found in alone.items() if name != path)


def test_a_link_to_a_folder_of_the_tree_is_that_folder(tmp_path: Path, catalogue: Catalogue) -> None:
    called = 'variable "fifo" {}\nresource "aws_sqs_queue" "q" {\n  fifo_queue = var.fifo\n}\n'
    call = 'module "q" {\n  source = "./%s"\n  fifo   = %s\n}\n'
    files = {
        "root/queue/main.tf": called,
        "root/a/main.tf": call % ("linked", "true"),
        "root/b/main.tf": call % ("../b/far/queue", "false"),
        "root/c/main.tf": call % ("out", "true"),
        "outside/main.tf": 'resource "aws_sns_topic" "t" {}\n',
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    root = tmp_path / "root"
    (root / "a/linked").symlink_to("../queue")
    (root / "b/far").symlink_to("..")
    (root / "c/out").symlink_to("../../outside")
    whole = audit(root, catalogue, ("ovhcloud",))
    (finding,) = whole.findings
    assert (finding.service, finding.location.path) == ("aws/sqs", "queue/main.tf")
    assert [at.path for at in finding.related] == ["a/main.tf", "b/main.tf"]
    # Called once with a FIFO queue and once without, it may need the order that one gives.
    assert "ordered-groups" not in finding.features
    assert [missing.name for missing in whole.coverage.unfollowed] == ["./out"]
    alone = audit(root, catalogue, ("ovhcloud",), paths=[root / "queue/main.tf"])
    assert alone.findings == whole.findings
