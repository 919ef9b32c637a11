"""Terraform's JSON syntax: the same usages as from HCL, at the key that names the block."""

import json

import pytest

from portability.model import UNKNOWN
from portability.parsers.terraform import json_syntax


@pytest.mark.parametrize(
    "document",
    [
        '{"resource": {"a_b": {"c": {"x": 1}}}}',
        '[{"resource": {"a_b": {"c": {"x": 1}}}}]',
        '{"resource": [{"a_b": {"c": {"x": 1}}}]}',
        '{"resource": {"a_b": [{"c": {"x": 1}}]}}',
        '{"resource": {"a_b": {"c": [{"x": 1}]}}}',
        '{"//": "note", "resource": {"//": {"no": {}}, "a_b": {"//": "note", "c": {"//": 0, "x": 1}}}}',
        '{\n\t"resource"\n:\n{"a_b":\r\n{"c":{"x":1}}}\n}\n',
    ],
)
def test_arrays_may_stand_at_every_level_and_comments_too(reading, document):
    found = reading(document, {"a_b": ("x", "//")}, path="a.tf.json")
    assert found.state == "read"
    assert [(usage.address, usage.values) for usage in found.usages] == [("a_b.c", {"x": 1})]


def test_a_block_starts_at_the_key_that_names_it(reading):
    document = '{"resource": {"a_b": {\n  "é": {}, "c": {\n    "x": 1\n  }\n}}}'
    spans = [
        (usage.address, str(usage.location), usage.location) for usage in reading(document, path="a.tf.json").usages
    ]
    assert [(address, place) for address, place, _ in spans] == [("a_b.é", "a.tf.json:2"), ("a_b.c", "a.tf.json:2")]
    location = spans[1][2]
    assert (location.column, location.end_line, location.end_column) == (12, 4, 4)


def test_columns_of_the_first_line_count_from_its_first_character(reading):
    [usage] = reading('{"provider":{"aws":{}}}', path="a.tf.json").usages
    assert (usage.location.line, usage.location.column, usage.location.end_column) == (1, 14, 22)


def test_every_kind_of_block(reading):
    document = """{
      "terraform": [{"backend": {"s3": {"endpoints": {"s3": "https://x"}}},
                     "required_providers": {"amazon": {"source": "hashicorp/aws"}}}],
      "provider": {"amazon": [{"alias": "eu", "endpoints": [{"s3": "https://y"}]}, {}]},
      "data": {"aws_x": {"d": {"provider": "amazon.eu"}}},
      "module": {"m": {"source": "a/b/c"}},
      "variable": {"v": {}}, "locals": {"l": 1}
    }"""
    found = reading(document, path="a.tf.json")
    assert [(usage.symbol, usage.address, usage.endpoint) for usage in found.usages] == [
        ("backend.s3", "backend.s3", {"s3": "https://x"}),
        ("provider.aws", "provider.amazon.eu", {"s3": "https://y"}),
        ("provider.aws", "provider.amazon", None),
        ("aws_x", "data.aws_x.d", {"s3": "https://y"}),
        ("a/b/c", "module.m", None),
    ]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (r'"a\/b"', "a/b"),
        (r'"\b\f\ud83d\ude00\""', '\b\f😀"'),
        ('"${var.a}"', UNKNOWN),
        ('"$${a}"', "${a}"),
        ('"a # b // c /* d"', "a # b // c /* d"),
        ("1E+2", 100.0),
        ("-0.5", -0.5),
        ("null", None),
        ('{"a": ["${b}", 1]}', {"a": [UNKNOWN, 1]}),
    ],
)
def test_strings_and_numbers_are_those_of_json(values, written, value):
    assert values(f'{{"x": {written}, "y": 1}}', "x", "y", path="a.tf.json") == {"x": value, "y": 1}


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ('{"v": {"x": 1}}', 1),
        ('{"v": [{"x": 1}]}', 1),
        ('{"v": [{"x": 1}, {"x": 2}]}', [1, 2]),
        ('{"dynamic": {"v": {"for_each": "${var.a}", "content": {"x": 1}}}}', UNKNOWN),
        ('{"dynamic": {"v": [{"for_each": [1], "content": [{"x": 1}]}]}}', 1),
    ],
)
def test_nested_blocks_are_objects(values, body, value):
    assert values(body, "v.x", path="a.tf.json") == {"v.x": value}


def test_switches(reading):
    document = '{"resource": {"a_b": {"c": {"count": 0}, "d": {"count": "${var.n}"}, "e": {"for_each": {"a": 1}}}}}'
    found = reading(document, path="a.tf.json").usages
    assert [(usage.active, usage.switch) for usage in found] == [("no", ""), ("unknown", "var.n"), ("yes", "")]


@pytest.mark.parametrize("document", ["1", "[]", "{}", '"a"', '{"resource": 1}', '{"resource": {"a_b": [[]]}}'])
def test_documents_that_say_nothing(reading, document):
    assert reading(document, path="a.tf.json").usages == ()


@pytest.mark.parametrize("document", ["}{", '{"resource": {"a_b": {"c"', "resource a b {}", '{"a": "b'])
def test_a_document_that_is_no_json_is_said_to_be_so(reading, document):
    found = reading(document, path="a.tf.json")
    assert found.state in ("partly", "unread")
    assert [(problem.line, problem.kind) for problem in found.problems] == [(1, "syntax")]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("${var.a}-x", "p-x"),
        (r"a \"b\" ${upper(\"c\")}\n${var.a}", 'a "b" C\np'),
        ("$${var.a} ${var.a}", "${var.a} p"),
        ("${var.list}", ["q"]),
        ("${var.none}-x", UNKNOWN),
        ("${var.a", UNKNOWN),
        ("END-OF-TEMPLATE ${var.a}", UNKNOWN),
    ],
)
def test_strings_are_templates(written, value, readings):
    files = {
        "v.tf": 'variable "a" {\n  default = "p"\n}\nvariable "list" {\n  default = ["q"]\n}\n',
        "a.tf.json": f'{{"resource": {{"a_b": {{"c": {{"x": "{written}"}}}}}}}}',
    }
    [use] = readings(files, {"a_b": ("x",)})["a.tf.json"].usages
    assert use.values["x"] == value


LARGE = {
    "//": {"note": "aws_sns_topic"},
    "terraform": [{"backend": {"s3": {"bucket": "b", "region": "eu-west-1"}}}, {"required_version": "1"}],
    "provider": {"a": [{"alias": "one"}, {"region": "x"}]},
    "locals": {"size": 3},
    "resource": [
        {"a_b": {"c": {"x": "${local.size}", "//": "why"}, "d}": [{"x": '"{'}, {"x": "é,"}]}},
        {"a_b": {"e": {"dynamic": {"x": {"for_each": [1], "content": {"y": "${x.value}"}}}}}, "//": {}},
    ],
    "check": {"k": {"data": {"a_b": {"z": {"x": 1}}}}},
    "module": {"m": {"source": "acme/q/aws"}},
}


@pytest.mark.parametrize("indent", [None, 2, "\t"])
def test_a_large_document_is_read_as_a_small_one(monkeypatch, reading, indent):
    document = json.dumps(LARGE, indent=indent, ensure_ascii=False) + "\n"
    asked = {"a_b": ("x", "x.y"), "backend.s3": ("bucket",)}
    whole = reading(document, asked, path="a.tf.json")
    assert len(whole.usages) == 9
    monkeypatch.setattr(json_syntax, "MAX_WHOLE", 10)
    assert reading(document, asked, path="a.tf.json") == whole


@pytest.mark.parametrize("rest", [': {"x": 1}, "c": {"x": 2}}}}', ""])
def test_a_large_document_that_says_a_name_twice_or_breaks_off_is_read_whole(monkeypatch, reading, rest):
    document = '{"resource": {"a_b": {"c"' + rest
    whole = reading(document, {"a_b": ("x",)}, path="a.tf.json")
    monkeypatch.setattr(json_syntax, "MAX_WHOLE", 10)
    assert reading(document, {"a_b": ("x",)}, path="a.tf.json") == whole
