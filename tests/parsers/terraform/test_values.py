"""What expressions come to: literals, what is known in part, and what only a run could tell."""

import json

import hcl2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portability.interest import Claim, Interest, NameTable
from portability.model import UNKNOWN, Source
from portability.parsers.terraform import read

LITERALS = [
    ('"plain"', "plain"),
    ('""', ""),
    ('" spaced "', " spaced "),
    ('"é𝒳"', "é𝒳"),
    (r'"a\n\t\"\\b"', 'a\n\t"\\b'),
    (r'"\u00e9\U0001d4b3"', "é𝒳"),
    (r'"\ud800"', "\ufffd"),
    ('"$${a} %%{b} $5 100%"', "${a} %{b} $5 100%"),
    ("0", 0),
    ("-5", -5),
    ("- 5", -5),
    ("1.5", 1.5),
    ("1e3", 1000.0),
    ("12345678901234567890", 12345678901234567890),
    ("true", True),
    ("!true", False),
    ("null", None),
    ("(1)", 1),
    ('(("a"))', "a"),
    ("( # why\n 1 )", 1),
    ("[]", []),
    ('[1, "a", true, [null]]', [1, "a", True, [None]]),
    ("[\n  1, # one\n  2,\n]", [1, 2]),
    ("{}", {}),
    ('{ a = 1, "b-c" = 2, d : 3, (4) = 4, "$${e}" = 5 }', {"a": 1, "b-c": 2, "d": 3, "4": 4, "${e}": 5}),
    ("{\n  a = { b = 1 }\n  c-d = 2\n}", {"a": {"b": 1}, "c-d": 2}),
    ("jsonencode({ a = [1] })", {"a": [1]}),
    ('toset(["a"])', ["a"]),
    ("<<EOT\nEOT", ""),
    ("<<EOT\n a\n  b\\n $${c}\nEOT", " a\n  b\\n ${c}\n"),
    ("<<-EOT\n    a\n\n      b\n    EOT", "a\n\n  b\n"),
]

NOT_LITERAL = [
    "var.a",
    "local.a[0]",
    '"${var.a}"',
    '"a%{if b}c%{endif}"',
    "<<EOT\n${a}\nEOT",
    "1 + var.a",
    "a ? 1 : 2",
    "f(1)",
    'jsonencode("a")',
    "jsonencode(var.a)",
    "jsonencode([1]...)",
    "[for a in b : a]",
    "{ for a in b : a => 1 }",
    "{ (var.a) = 1 }",
    "b.*.c",
    "-var.a",
    r'"\UFFFFFFFF"',
    "9" * 5000,
    "9e999",
]


@pytest.mark.parametrize(("expression", "value"), LITERALS)
def test_a_literal_is_known(values, expression, value):
    found = values(f"  x = {expression}", "x")["x"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("expression", NOT_LITERAL)
def test_anything_else_is_unknown(values, expression):
    assert values(f"  x = {expression}\n  y = 1", "x", "y") == {"x": UNKNOWN, "y": 1}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("[1, var.a]", [1, UNKNOWN]),
        ("{ a = var.a, b = 2 }", {"a": UNKNOWN, "b": 2}),
        ("jsonencode({ arn = aws_x.y.arn, n = 5 })", {"arn": UNKNOWN, "n": 5}),
    ],
)
def test_a_collection_may_be_known_in_part(values, expression, value):
    assert values(f"x = {expression}", "x") == {"x": value}


@pytest.mark.parametrize(
    ("body", "path", "value"),
    [
        ("v { x = 1 }", "v.x", 1),
        ("v { x = 1 }\nv { x = 2 }\nv { y = 3 }", "v.x", [1, 2]),
        ("v { w { x = var.a } }", "v.w.x", UNKNOWN),
        ("v { x = 1 }", "v", {"x": 1}),
        ("v { x = 1 }\nv { x = 2 }", "v", [{"x": 1}, {"x": 2}]),
        ("v {}", "v", True),
        ("v = { x = 1 }", "v.x", 1),
        ("v = [{ x = 1 }, { x = 2 }]", "v.x", [1, 2]),
        ("v = var.v", "v.x", UNKNOWN),
        ('v = { "x" = { y = 1 } }', "v.x.y", 1),
        ('dynamic "v" {\n  for_each = var.a\n  content { x = 1 }\n}', "v.x", UNKNOWN),
        ('dynamic "v" {\n  for_each = [1]\n  content { x = 1 }\n}', "v.x", 1),
        ('v { x = 1 }\ndynamic "v" {\n  for_each = var.a\n  content { x = 1 }\n}', "v.x", [1, UNKNOWN]),
    ],
)
def test_a_path_enters_blocks_and_objects(values, body, path, value):
    assert values(body, path) == {path: value}


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ("x = 1", "y"),
        ("v { x = 1 }", "x"),
        ("v { x = 1 }", "v.y"),
        ("v = { x = 1 }", "v.y"),
        ("v = null", "v.x"),
        ("v = 1", "v.x"),
        ('dynamic "v" {\n  for_each = []\n  content { x = 1 }\n}', "v.x"),
        ('dynamic "v" {\n  for_each = var.a\n  content { y = 1 }\n}', "v.x"),
    ],
)
def test_what_is_not_set_is_not_there(values, body, path):
    assert values(body, path) == {}


def test_paths_are_asked_for_by_type_and_by_prefix(reading):
    code = 'resource "a_b" "c" {\n  x = 1\n  y = 2\n  z = 3\n}\n'
    asked = {"a_b": ("x",), "a_*": ("x", "y"), "b_*": ("z",)}
    assert reading(code, asked).usages[0].values == {"x": 1, "y": 2}


def test_values_of_backends_providers_and_modules_are_asked_for_by_symbol(reading):
    code = 'terraform {\n  backend "s3" { bucket = "b" }\n}\nprovider "aws" { region = "r" }\n'
    code += 'module "m" {\n  source = "a/b/c"\n  x = 1\n}'
    asked = {"backend.s3": ("bucket",), "provider.aws": ("region",), "a/b/c": ("x",)}
    assert [usage.values for usage in reading(code, asked).usages] == [{"bucket": "b"}, {"region": "r"}, {"x": 1}]


def hcl2_value(value):
    """python-hcl2 keeps the quotes of strings."""
    if isinstance(value, dict):
        return {hcl2_value(key): hcl2_value(inner) for key, inner in value.items() if not key.startswith("__")}
    if isinstance(value, list):
        return [hcl2_value(inner) for inner in value]
    return json.loads(value) if isinstance(value, str) and value.startswith('"') else value


@pytest.mark.parametrize(
    "expression",
    [
        '"a b"',
        r'"a\n\"b\""',
        "42",
        "1.5",
        "true",
        "[1, 2]",
        '["a", ["b"]]',
        '{ a = 1, b = "c" }',
        '{ "a" = { b = [1] } }',
    ],
)
def test_another_reader_sees_the_same_literals(values, expression):
    assert values(f"x = {expression}", "x")["x"] == hcl2_value(hcl2.loads(f"x = {expression}\n")["x"])


plain_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def holds_template(value):
    text = json.dumps(value, ensure_ascii=False)
    return "${" in text or "%{" in text or "\0" in text or '"//"' in text


@settings(max_examples=300)
@given(value=plain_json, indent=st.sampled_from([None, 2]), ascii_only=st.booleans())
def test_json_means_the_same_in_the_json_syntax(value, indent, ascii_only):
    document = json.dumps({"resource": {"a_b": {"c": {"x": value}}}}, indent=indent, ensure_ascii=ascii_only)
    table = NameTable.of([("*", Claim("any/service", "primary"))])
    interest = Interest(names={"terraform": table}, attributes={"a_b": ("x",)})
    source = Source(path="a.tf.json", language="terraform", data=document.encode("utf-8", "surrogatepass"))
    if not holds_template(value):
        [usage] = read([source], interest)["a.tf.json"].usages
        assert usage.values == {"x": value}
