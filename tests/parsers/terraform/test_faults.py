"""What a module cannot mean is said where it stands, costs nothing else, and is not mistaken for what it may mean."""

from __future__ import annotations

import pytest

from portability.model import UNKNOWN

DB = 'resource "a_b" "c" {\n  x = %s\n  y = "known"\n}\n'


def told(found):
    return [(problem.kind, problem.line) for problem in found.problems]


def test_a_name_that_nothing_declares_is_told_once_and_the_rest_goes_on(reading):
    code = DB % "var.nowhere" + 'locals {\n  a = "${local.gone}-${var.nowhere}"\n}\n'
    found = reading(code, {"a_b": ("x", "y")})
    assert (found.state, told(found)) == ("read", [("name", 2)])
    assert found.problems[0].message.startswith("var.nowhere, local.gone: ")
    assert found.usages[0].values == {"x": UNKNOWN, "y": "known"}


def test_names_are_declared_anywhere_in_the_directory(readings):
    files = {"a.tf": DB % "var.v + local.l", "b.tf": 'variable "v" {}', "c.tf.json": '{"locals": {"l": 1}}'}
    assert [found.problems for found in readings(files).values()] == [()] * 3


@pytest.mark.parametrize(
    "code",
    [
        "# var.gone\n",
        "/* local.gone */\n",
        DB % '"var.gone"',
        DB % "<<EOT\n/etc/var.gone local.gone $${var.gone}\nEOT\n",
        DB % "module.var.gone",
        DB % "data.local.gone.var.gone",
    ],
)
def test_what_only_looks_like_a_name_is_none(reading, code):
    assert reading(code).problems == ()


def test_a_name_in_a_comment_does_not_hide_the_same_in_code(reading):
    assert told(reading("# local.gone\n" + DB % "local.gone")) == [("name", 3)]


def test_where_a_file_could_not_be_read_nothing_is_called_undeclared(readings):
    found = readings({"a.tf": DB % "var.v", "b.tf": 'variable "v" {\n  type = \n}\n', "c/d.tf": DB % "var.v"})
    assert [told(found[path]) for path in ("a.tf", "c/d.tf")] == [[], [("name", 2)]]
    assert [problem.kind for problem in found["b.tf"].problems] == ["syntax"]


def test_locals_that_lead_to_themselves_are_told_and_unknown(readings):
    code = "locals {\n  a = local.b\n  b = upper(local.c)\n}\nlocals {\n  c = [local.a]\n  d = local.a\n  e = 1\n}\n"
    found = readings({"l.tf": code, "m.tf": DB % "local.a"}, {"a_b": ("x", "y")})
    assert told(found["l.tf"]) == [("name", 1)]
    assert all(f"local.{name}" in found["l.tf"].problems[0].message for name in "abc")
    assert found["m.tf"].usages[0].values == {"x": UNKNOWN, "y": "known"}


def test_a_long_way_without_a_circle_is_none(reading):
    chain = "".join(f"  a{number} = local.a{number + 1}\n" for number in range(5_000))
    assert reading(f"locals {{\n{chain}  a5000 = 1\n}}\n").problems == ()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("terraform.tfvars", 'a = "x"\nb = \nx = "other\n'),
        ("terraform.tfvars", 'x = ["unfinished"\n'),
        ("terraform.tfvars.json", '{"x": tru'),
        ("x.auto.tfvars.json", '["x"]'),
    ],
)
def test_what_a_broken_file_of_values_may_set_is_unknown_and_not_the_default(readings, path, text):
    found = readings({"m.tf": DB % "var.x" + 'variable "x" {\n  default = "d"\n}\n', path: text}, {"a_b": ("x",)})
    assert found["m.tf"].usages[0].values == {"x": UNKNOWN}
    assert (found[path].state, [problem.kind for problem in found[path].problems]) == ("partly", ["syntax"])


def test_what_it_does_not_mention_keeps_its_default(readings):
    files = {"m.tf": DB % "var.x" + 'variable "x" {\n  default = "d"\n}\n', "terraform.tfvars": 'y = "unfinished\n'}
    assert readings(files, {"a_b": ("x",)})["m.tf"].usages[0].values == {"x": "d"}


def test_a_block_in_a_file_of_values_is_told(readings):
    found = readings({"prod.auto.tfvars": 'a = 1\nresource "a_b" "c" {}\n'})["prod.auto.tfvars"]
    assert (found.usages, told(found)) == ((), [("syntax", 2)])


@pytest.mark.parametrize("text", ["1", '"x"', "[1]"])
def test_json_that_declares_nothing_is_told(readings, text):
    assert [problem.kind for problem in readings({"a.tf.json": text})["a.tf.json"].problems] == ["syntax"]


@pytest.mark.parametrize("text", ["{}", "[]", "[{}]", " "])
def test_json_without_blocks_is_read(readings, text):
    assert readings({"a.tf.json": text})["a.tf.json"].state == "read"


def test_names_of_a_module_that_terragrunt_runs_may_be_written_at_a_run(readings):
    files = {"m/a.tf": DB % "var.gone", "live/terragrunt.hcl": 'terraform {\n  source = "../m"\n}\n'}
    assert readings(files)["m/a.tf"].problems == ()
