"""What lies outside the tree is named on the command line, and nowhere else. docs/terraform.md says how."""

from __future__ import annotations

import json

import pytest

from tests.gate.test_documents import BLOCK, ROOT, commands
from tests.parsers.terraform.test_foreign import CALLS, QUEUE


def test_a_scanned_configuration_names_no_folder_outside(repository):
    repository.write("portability.toml", '[modules]\n"acme/x/aws" = "../elsewhere"\n')
    done = repository.check()
    assert (done.exit_code, "portability.toml:" in done.stderr) == (2, True)
    assert "lies below this folder" in done.stderr
    repository.write("portability.toml", 'also = ["x"]\n')
    assert repository.check().exit_code == 2


def test_the_document_holds(make):
    repository = make("infrastructure")
    page = (ROOT / "docs" / "terraform.md").read_text()
    for head, body in BLOCK.findall(page):
        if head.startswith("file: "):
            repository.write(head.removeprefix("file: "), body)
    repository.write("modules/queue/main.tf", "")
    repository.write("../terraform-modules/queue/main.tf", QUEUE)
    repository.write("main.tf", CALLS.replace("%s", "../terraform-modules/queue"))
    repository.write("db.tf", 'variable "engine" {}\nresource "aws_db_instance" "d" {\n  engine = var.engine\n}\n')
    codes = {
        " ".join(command): repository.run(*command[1:]).exit_code
        for head, body in BLOCK.findall(page)
        if head == "run"
        for command in commands(body)
    }
    assert set(codes.values()) == {0, 1}, codes
    report = json.loads((repository.root / "report.json").read_text())
    [database] = [one for one in report["findings"] if one["address"] == "aws_db_instance.d"]
    assert database["capabilities"] == ["postgresql"]
    assert repository.run("audit", "--also", "../terraform-modules").output.count("Amazon SQS")
    assert repository.run("baseline", "write", "--also", "../terraform-modules").exit_code == 0
    assert repository.check("--also", "../terraform-modules").exit_code == 0


@pytest.mark.parametrize("arguments", [("--also", "nowhere"), ("--also", "inside"), ("--var-file", "nowhere")])
def test_a_place_that_cannot_be_used_is_said(arguments, repository):
    repository.write("inside/main.tf", "")
    done = repository.check(*arguments)
    assert (done.exit_code, arguments[1] in done.stderr) == (2, True)
