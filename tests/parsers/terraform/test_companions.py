"""Scripts, policies and templates that a configuration reads, found through an audit of a tree."""

from __future__ import annotations

import pytest

from portability.audit import audit
from portability.catalogue import Catalogue
from portability.model import UNKNOWN

SCRIPT = """#!/bin/sh
# aws sqs list-queues, as https://sqs.eu-west-1.amazonaws.com says
aws s3 cp "s3://${bucket}/x" .
aws s3 ls
curl http://169.254.169.254/latest/meta-data/
"""
POLICY = '{"Statement": [\n  {"Effect": "Allow",\n   "Action": ["dynamodb:PutItem"], "Resource": "*"}]}\n'


def found(root, catalogue: Catalogue, **options):
    return [(f.location.path, f.location.line, f.symbol) for f in audit(root, catalogue, (), **options).findings]


@pytest.mark.parametrize(
    "call",
    [
        'templatefile("${path.module}/files/run.sh.tpl", { bucket = "b" })',
        'file("files/run.sh.tpl")',
        'file("${path.module}/files/run.${var.kind}.tpl")',
        'file("${path.root}/../a/files/run.sh.tpl")',
    ],
)
def test_a_script_that_is_reached_binds_where_it_says_so(call, tree, catalogue):
    root = tree({"a/main.tf": f'resource "x_y" "z" {{\n  user_data = {call}\n}}\n', "a/files/run.sh.tpl": SCRIPT})
    path = "a/files/run.sh.tpl"
    assert found(root, catalogue) == [(path, 3, "aws s3"), (path, 5, "169.254.169.254/latest")]


def test_a_policy_that_is_reached_binds_where_it_says_so(tree, catalogue):
    root = tree({"main.tf": 'resource "x_y" "z" {\n  p = file("./p.json")\n}\n', "p.json": POLICY})
    assert found(root, catalogue) == [("p.json", 3, "dynamodb:PutItem")]


def test_what_nobody_reaches_and_what_lies_outside_is_not_read(tree, catalogue):
    code = 'locals {\n  a = file("../../outside.sh")\n  b = file("/etc/passwd")\n  c = file("${var.any}")\n}\n'
    root = tree({"scan/main.tf": code, "scan/other.sh": SCRIPT, "outside.sh": SCRIPT})
    assert found(root / "scan", catalogue) == []


def test_what_two_configurations_reach_is_found_once(tree, catalogue):
    code = 'locals {\n  a = file("${path.module}/../run.sh")\n}\n'
    root = tree({"a/main.tf": code, "b/main.tf": code, "run.sh": SCRIPT})
    assert len(found(root, catalogue)) == 2


def test_a_file_that_another_parser_reads_is_left_to_it(tree, catalogue):
    code = 'locals {\n  a = file("${path.module}/app.py")\n  b = file("${path.module}/x.bin")\n}\n'
    root = tree({"main.tf": code, "app.py": "import boto3\nboto3.client('sqs')\n", "x.bin": b"\0aws s3 ls\n"})
    assert {path for path, _, _ in found(root, catalogue)} == {"app.py"}


def test_a_table_that_the_configuration_takes_apart_is_no_script(tree, catalogue):
    code = 'locals {\n  t = yamldecode(\n    file("${path.module}/t.yaml"))\n}\n'
    root = tree({"main.tf": code, "t.yaml": "api: sqs.eu-west-1.amazonaws.com\n"})
    assert found(root, catalogue) == []


@pytest.mark.parametrize("path", ["a/run.sh", "a/p.json"])
def test_a_check_of_what_is_reached_gives_what_the_audit_gives(path, tree, catalogue):
    code = 'locals {\n  s = file("${path.module}/../a/run.sh")\n  p = file("${path.module}/../a/p.json")\n}\n'
    root = tree({"b/main.tf": code, "a/run.sh": SCRIPT, "a/p.json": POLICY})
    whole = [one for one in found(root, catalogue) if one[0] == path]
    assert whole
    assert found(root, catalogue, paths=[root / path]) == whole


def test_what_is_read_along_is_not_said_to_be_unread(tree, catalogue):
    root = tree({"main.tf": 'locals {\n  s = file("run.sh")\n}\n', "run.sh": SCRIPT, "other.sh": SCRIPT})
    assert [(one.kind, one.files) for one in audit(root, catalogue, ()).coverage.unsupported] == [("shell", 1)]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('file("${path.module}/engine.txt")', "postgres"),
        ('templatefile("engine.tpl", { name = "post", end = ["gres"] })', "postgres"),
        ('templatefile("engine.tpl", { name = "post" })', UNKNOWN),
        ('file("${path.module}/../outside.txt")', UNKNOWN),
        ('file("${var.any}/engine.txt")', UNKNOWN),
    ],
)
def test_a_value_may_stand_in_a_file(expression, value, readings):
    files = {
        "m/main.tf": f'resource "aws_db" "x" {{\n  engine = {expression}\n}}\n',
        "m/engine.txt": "postgres",
        "m/engine.tpl": "${name}${end[0]}",
    }
    [use] = readings(files, {"aws_db": ("engine",)})["m/main.tf"].usages
    assert use.values["engine"] == value


def test_a_check_of_the_configuration_reports_on_it_alone(tree, catalogue):
    root = tree({"main.tf": 'locals {\n  a = file("run.sh")\n  b = "ami-0123456789abcdef0"\n}\n', "run.sh": SCRIPT})
    assert found(root, catalogue, paths=[root / "main.tf"]) == [("main.tf", 3, "ami")]
