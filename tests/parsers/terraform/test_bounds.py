"""Hostile input: whatever the bytes, a reading comes back, soon, with a reason where something was left out."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portability.interest import Claim, Interest, NameTable
from portability.model import UNKNOWN, Source
from portability.parsers.guards import MAX_BYTES
from portability.parsers.terraform import read
from portability.parsers.terraform.body import MAX_KEPT
from portability.parsers.terraform.syntax import MAX_PIECE

TABLE = NameTable.of([("*", Claim("any/service", "primary"))])
EVERYTHING = Interest(
    names={"terraform": TABLE, "terraform-module": TABLE},
    attributes={"*": ("name", "v", "v.x", "policy", "tags.a", "count", "dynamic")},
)
CODE = b"""
terraform {
  required_providers { aws = { source = "hashicorp/aws" } }
  backend "s3" { endpoints = { s3 = "http://x" } }
}
provider "aws" {
  alias = "eu"
  endpoints { s3 = "${var.x}" }
}
resource "aws_sqs_queue" "q" {
  count  = var.on ? 1 : 0
  name   = "a${f("b", "c")}"  # why
  tags   = { a = 1, "b" : -2.5e3, (c) = null }
  policy = jsonencode({ Statement = [{ Action = ["*"] }] })
  text   = <<-EOT
    line ${x}
  EOT
  v { x = (true) }
  dynamic "v" {
    for_each = [1]
    content { x = v.value }
  }
}
data aws_x y {}
module "m" { source = "a/b/c//d" }
"""
DOCUMENT = b'{"resource": {"a_b": {"c": [{"name": "\\u00e9${x}", "v": {"x": [1, 2.5e3]}, "dynamic": {"v": {}}}]}}}'
HEAD = b'resource "aws_x" "y" {\n'


def read_one(data, path="a.tf"):
    return read([Source(path=path, language="terraform", data=data)], EVERYTHING)[path]


@settings(max_examples=300)
@given(data=st.binary(), path=st.sampled_from(["a.tf", "a.tf.json"]))
def test_any_bytes_are_read_without_an_exception(data, path):
    read_one(data, path)
    read_one(HEAD + data, path)


@st.composite
def mutated(draw, original):
    data = bytearray(original)
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 12)))
        data[start:end] = draw(
            st.sampled_from([b"", b'"', b"{", b"}", b"<<EOT\n", b"${", b"\\", b"\xff", b"/*", b"=", b"\n", b"-"])
        )
    return bytes(data)


@pytest.mark.parametrize("keyword", ["module", "resource", "data", "provider", "variable", "output", "locals", "check"])
@pytest.mark.parametrize("labels", ["", '"a"', '"aws_vpc" "b" "c"'])
def test_blocks_of_any_number_of_labels_are_read(keyword, labels):
    code = f'{keyword} {labels} {{\n  source = "terraform-aws-modules/vpc/aws"\n  arn = "arn:aws:sqs:x:y:z"\n}}\n'
    source = Source(path="main.tf", language="terraform", data=code.encode())
    assert read([source], EVERYTHING)["main.tf"].state in ("read", "partly")


@settings(max_examples=300)
@given(data=mutated(CODE))
@example(data=b'module { "m" { source = "a/b/c" }\n')
@example(data=b"module {}\n")
def test_damaged_code_is_read_without_an_exception(data):
    found = read_one(data)
    lines = data.count(b"\n") + 1
    assert all(1 <= usage.location.line <= usage.location.end_line <= lines for usage in found.usages)
    assert all(1 <= problem.line <= lines for problem in found.problems)
    assert (found.state == "read") == all(problem.kind == "name" for problem in found.problems)


@settings(max_examples=300)
@given(data=mutated(DOCUMENT))
def test_damaged_json_is_read_without_an_exception(data):
    found = read_one(data, "a.tf.json")
    assert all(usage.location.line >= 1 and usage.location.column >= 1 for usage in found.usages)
    assert all(problem.line >= 1 for problem in found.problems)


@pytest.mark.parametrize("path", ["a.tf", "a.tf.json"])
@pytest.mark.parametrize("unit", [b"[", b"{", b"(", b"a {", b'{"a":', b'"${'])
def test_nesting_beyond_reason_is_refused(unit, path):
    found = read_one(b"x = " + unit * 1_000_000, path)
    assert (found.state, [problem.kind for problem in found.problems]) in [
        ("unread", ["too-deep"]),
        ("unread", ["too-large"]),
    ]


@pytest.mark.parametrize("operator", [b"!", b"-", b"a ? b : "])
def test_operators_nest_without_brackets(operator):
    found = read_one(HEAD + b"  count = " + operator * 50_000 + b"1\n}")
    assert (found.state, found.usages[0].active) == ("read", "unknown")


def test_a_file_that_is_too_large_is_refused():
    found = read_one(b" " * (MAX_BYTES + 1))
    assert (found.state, [problem.kind for problem in found.problems]) == ("unread", ["too-large"])


def hostile(size):
    """Input on which a reader that looks ahead from every place would take time by the square of ``size``."""
    return {
        "one line": HEAD + b'x = "' + b"a" * size + b'"\n}',
        "blocks in one line": "é".encode()
        .join([b"", b" resource a b {}" * (size // 16)])
        .replace("é".encode(), b"/*\xc3\xa9*/"),
        "heredocs": HEAD + b"".join(b"a=<<A%d\n" % number for number in range(size // 12)),
        "heredocs of one word": b"a=<<A\n" * (size // 6),
        "comments": HEAD + b" /*" * (size // 3),
        "escapes": HEAD + b'x"' + b'\\"' * (size // 2),
        "quotes": b'"' * size,
        "errors": (HEAD + b"v = [}\n}\n") * (size // 32),
        "blocks": HEAD + b"v { x = [1] }\n" * (size // 14) + b"}",
    }


@pytest.mark.parametrize("what", hostile(0))
def test_time_grows_with_size_and_not_with_its_square(what):
    def seconds(size):
        data = hostile(size)[what]
        begun = time.process_time()
        read_one(data)
        return time.process_time() - begun

    small, large = seconds(50_000), seconds(400_000)
    assert large < 25 * small + 0.5


def test_many_broken_objects_of_json_take_their_turn():
    broken = b'{"resource":{"a_b":{' + b",".join(b'"r%d":{"name" 1}' % number for number in range(10_000)) + b"}}}"
    begun = time.process_time()
    read_one(broken, "a.tf.json")
    assert time.process_time() - begun < 10


LIST = ", ".join(['"a"'] * 500)
LAUGHS = f"""
locals {{
  l = [{LIST}]
  v = [for a in local.l : [for b in local.l : [for c in local.l : "${{a}}${{b}}"]]]
}}
resource "aws_db" "x" {{
  name = local.v
}}
resource "aws_db" "y" {{
  name = "n"
}}
"""


def test_names_that_multiply_each_other_are_a_problem_and_cost_nothing_else():
    found = read_one(LAUGHS.encode())
    assert (found.state, [problem.kind for problem in found.problems]) == ("partly", ["budget"])
    assert [use.values["name"] for use in found.usages][1] == "n"


def test_locals_that_nest_each_other_deeper_than_a_stack_are_unknown():
    deep = "".join(f"  l{n} = {'[' * 40}local.l{n - 1}{']' * 40}\n" for n in range(1, 60))
    block = 'resource "aws_db" "r{0}" {{\n  name = length(distinct([local.l{0}])) == 1\n}}\n'
    code = "locals {\n  l0 = 1\n" + deep + "}\n" + "".join(map(block.format, range(60)))
    found = read_one(code.encode())
    assert found.state == "read"
    assert [found.usages[n].values["name"] for n in (0, 1, 59)] == [True, True, UNKNOWN]


def test_a_block_that_is_too_large_costs_no_other():
    code = b'resource "aws_a" "b" {}\nlocals {\n  l = [' + b"1," * MAX_PIECE + b']\n}\nresource "aws_c" "d" {}\n'
    found = read_one(code)
    assert [(problem.line, problem.kind) for problem in found.problems] == [(2, "too-large")]
    assert [(use.address, use.location.line) for use in found.usages] == [("aws_a.b", 1), ("aws_c.d", 5)]


def test_bodies_that_were_let_go_say_the_same_again():
    code = "".join(
        f'resource "aws_a" "n{number}" {{\n  name = try(aws_a.n{number - 1}.name, "first")\n}}\n'
        for number in range(2 * MAX_KEPT)
    )
    assert {use.values["name"] for use in read_one(code.encode()).usages} <= {"first", UNKNOWN}


def test_names_that_lead_to_each_other_far_are_known_and_worked_out_once():
    far = 400
    chain = "".join(f'  a{number} = "${{local.a{number + 1}}}"\n' for number in range(far))
    modules = {f"m{number}/main.tf": 'variable "v" {}\noutput "o" {\n  value = var.v\n}\n' for number in range(far)}
    calls = "".join(
        f'module "c{number}_{turn}" {{\n  source = "./m{number}"\n'
        f"  v = {f'module.c{number - 1}_{turn}.o' if number else 'local.a0'}\n}}\n"
        for number in range(far)
        for turn in range(4)
    )
    code = (
        f'{calls}locals {{\n{chain}  a{far} = "end"\n}}\nresource "aws_db" "x" {{\n  name = module.c{far - 1}_3.o\n}}\n'
    )
    unit = {"main.tf": code, **modules}
    found = read(
        [Source(path=path, language="terraform", data=text.encode()) for path, text in unit.items()], EVERYTHING
    )
    [usage] = found["main.tf"].usages
    assert (usage.values["name"], found["main.tf"].problems) == ("end", ())


def test_a_circle_through_far_names_is_unknown():
    chain = "".join(f'  a{number} = "${{local.a{(number + 1) % 400}}}"\n' for number in range(400))
    found = read_one(f'locals {{\n{chain}}}\nresource "aws_db" "x" {{\n  name = local.a7\n}}\n'.encode())
    assert found.usages[0].values["name"] is UNKNOWN
