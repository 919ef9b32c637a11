"""A variable's declared type decides what it is given comes to, as in a run of Terraform."""

from __future__ import annotations

import pytest

from portability.model import UNKNOWN


@pytest.fixture
def typed(readings):
    """``typed(type, given)``: what a variable of that type comes to with that default."""

    def evaluate(type_, given, use="var.v", **files):
        code = f"variable v {{\n  type = {type_}\n  default = {given}\n}}\nresource a_b c {{ x = {use} }}\n"
        return readings({"main.tf": code, **files}, {"a_b": ("x",)})["main.tf"].usages[0].values["x"]

    return evaluate


@pytest.mark.parametrize(
    ("type_", "given", "value"),
    [
        ("string", "3", "3"),
        ("string", "1.50", "1.5"),
        ("string", "true", "true"),
        ('"string"', "3", "3"),
        ("string", "null", None),
        ("string", '["a"]', UNKNOWN),
        ("number", '"3"', 3),
        ("number", '"1.5"', 1.5),
        ("number", '"three"', UNKNOWN),
        ("number", "true", UNKNOWN),
        ("bool", '"true"', True),
        ("bool", '"0"', False),
        ("bool", '"yes"', UNKNOWN),
        ("bool", "1", UNKNOWN),
        ("any", '["b", "a", "b"]', ["b", "a", "b"]),
        ("list(string)", "[1, true, null]", ["1", "true", None]),
        ("list(string)", '"a"', UNKNOWN),
        ("list(string)", '["a", ["b"]]', ["a", UNKNOWN]),
        ("list(any)", '[1, "a"]', ["1", "a"]),
        ("list", '[1, "a"]', ["1", "a"]),
        ("set(string)", '["b", "a", "b"]', ["a", "b"]),
        ("set(number)", '["10", 9, 9]', [9, 10]),
        ("set(bool)", "[true, true]", [True]),
        ("set(number)", '["many", 9, "more"]', [UNKNOWN, 9, UNKNOWN]),
        ("set(any)", "[[1], [1], [2]]", [[1], [2]]),
        ("map(string)", "{ a = 1, b = true }", {"a": "1", "b": "true"}),
        ("map(any)", '{ a = 1, b = "c" }', {"a": "1", "b": "c"}),
        ("map(set(string))", '{ a = ["z", "y"] }', {"a": ["y", "z"]}),
        ("map(string)", '["a"]', UNKNOWN),
        ("tuple([string, number])", '[1, "2"]', ["1", 2]),
        ("tuple([string])", "[1, 2]", UNKNOWN),
        ("object({ a = string })", "{ a = 1, b = 2 }", {"a": "1"}),
        ("object({ a = string })", "{ b = 2 }", UNKNOWN),
        ("object({ a = string })", "{ a = null }", {"a": None}),
        ("object({\n a = string # why\n b = optional(number)\n})", "{ a = 1 }", {"a": "1", "b": None}),
        ('object({ a = optional(string, "x") })', "{}", {"a": "x"}),
        ('object({ a = optional(string, "x") })', "{ a = null }", {"a": "x"}),
        ("object({ a = optional(list(string), [1]) })", "{}", {"a": ["1"]}),
        ('object({ a = optional(object({ b = optional(bool, "true") }), {}) })', "{}", {"a": {"b": True}}),
        ('list(object({ a = optional(string, "x") }))', '[{}, { a = "y" }]', [{"a": "x"}, {"a": "y"}]),
        ("no_such_type", '"a"', "a"),
        ("list(no_such_type)", '["a"]', ["a"]),
    ],
)
def test_a_value_is_converted_to_the_type_that_its_variable_declares(typed, type_, given, value):
    found = typed(type_, given)
    assert found == value
    assert type(found) is type(value)


def test_a_type_in_the_json_syntax_is_the_same_one(readings):
    code = '{"variable": {"v": {"type": "set(string)", "default": ["b", "a", "b"]}}}'
    files = {"v.tf.json": code, "main.tf": "resource a_b c { x = var.v }"}
    assert readings(files, {"a_b": ("x",)})["main.tf"].usages[0].values == {"x": ["a", "b"]}


def test_values_from_files_and_calls_are_converted_before_they_are_compared(readings):
    module = 'variable "v" { type = string }\nresource a_b c { x = var.v }\n'
    calls = 'module "one" {\n source = "./m"\n v = 3\n}\nmodule "two" {\n source = "./m"\n v = "3"\n}\n'
    found = readings({"m/main.tf": module, "main.tf": calls}, {"a_b": ("x",)})
    assert found["m/main.tf"].usages[0].values == {"x": "3"}


def test_null_stands_for_the_default_where_a_variable_may_not_be_null(readings):
    code = "variable v {\n default = 1\n nullable = false\n}\nresource a_b c { x = var.v }\n"
    found = readings({"main.tf": code, "terraform.tfvars": "v = null"}, {"a_b": ("x",)})
    assert found["main.tf"].usages[0].values == {"x": 1}


@pytest.mark.parametrize(
    ("call", "value"),
    [
        ("toset([3, 1, 3])", [1, 3]),
        ('toset(["b", 1])', ["1", "b"]),
        ('tomap({ a = 1, b = "c" })', {"a": "1", "b": "c"}),
        ('tolist(["a", true])', ["a", "true"]),
        ('tonumber("1.5")', 1.5),
        ('tobool("1")', True),
        ("tostring(null)", None),
    ],
)
def test_functions_convert_as_types_do(typed, call, value):
    assert typed("any", "0", use=call) == value


def test_what_is_known_in_part_stays_so_through_a_call(readings):
    module = (
        "variable v { type = object({ a = string, b = string }) }\nresource a_b c {\n x = var.v.a\n y = var.v.b\n}\n"
    )
    call = 'module "m" {\n source = "./m"\n v = { a = 1, b = a_b.z.arn }\n}\n'
    found = readings({"m/main.tf": module, "main.tf": call}, {"a_b": ("x", "y")})
    assert found["m/main.tf"].usages[0].values == {"x": "1", "y": UNKNOWN}
