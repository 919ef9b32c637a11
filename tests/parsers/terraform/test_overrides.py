"""Override files change blocks of their directory, as `terraform plan` shows them."""

from __future__ import annotations

import pytest

MAIN = """
resource "aws_db" "x" {
  engine = "oracle"
  size   = local.size
  rule { port = 1 }
  rule { port = 2 }
}
locals { size = 1 }
terraform {
  backend "s3" { bucket = "b" }
}
"""
PATHS = {"aws_db": ("engine", "size", "rule.port", "tags")}
HCL = 'resource "aws_db" "x" {\n  engine = "postgres"\n  tags = "t"\n  rule { port = 3 }\n}\n'
JSON = '{"resource": {"aws_db": {"x": {"engine": "postgres", "tags": "t", "rule": {"port": 3}}}}}'


def found(readings, **files):
    read = readings({path.replace("_DOT_", "."): text for path, text in files.items()}, PATHS)
    return [usage for path in sorted(read) for usage in read[path].usages]


@pytest.mark.parametrize(("path", "text"), [("override.tf", HCL), ("a_override.tf", HCL), ("x_override.tf.json", JSON)])
def test_an_override_changes_the_block_and_is_none_itself(path, text, readings):
    [block, _] = found(readings, **{"main.tf": MAIN, path: text})
    assert (block.location.path, block.location.line) == ("main.tf", 2)
    assert block.values == {"engine": "postgres", "size": 1, "rule.port": 3, "tags": "t"}


def test_overrides_are_applied_in_the_order_of_their_names(readings):
    late = 'resource "aws_db" "x" { engine = "mysql" }\nlocals { size = 2 }\n'
    [block, _] = found(readings, **{"main.tf": MAIN, "a_override.tf": HCL, "b_override.tf": late})
    assert (block.values["engine"], block.values["size"]) == ("mysql", 2)


def test_the_state_lies_where_the_override_says(readings):
    uses = found(readings, **{"main.tf": MAIN, "override.tf": 'terraform {\n  backend "gcs" {}\n}\n'})
    assert [use.symbol for use in uses] == ["aws_db", "backend.gcs"]


def test_what_an_override_finds_nothing_for_stays_a_block(readings):
    assert [use.address for use in found(readings, **{"override.tf": HCL})] == ["aws_db.x"]
