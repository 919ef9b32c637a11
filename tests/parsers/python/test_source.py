"""Files that are broken, foreign or hostile: each leaves a record, and what can be read is read."""

from __future__ import annotations

import ast
import warnings
from pathlib import Path

import pytest

import portability
from portability.parsers.guards import MAX_BYTES
from portability.parsers.python.foreign import statements

GOOD = b"import boto3\ns3 = boto3.client('s3')\n"
FOUND = ["boto3", "s3"]


def symbols(reading):
    return [usage.symbol for usage in reading.usages]


def test_a_syntax_error_costs_its_statement(read_one):
    reading = read_one(GOOD + b"def f(:\n    s3.get_object()\ns3.put_object()\n")
    assert (reading.state, symbols(reading)) == ("partly", [*FOUND, "s3.put_object"])
    (problem,) = reading.problems
    assert (problem.line, problem.kind) == (3, "syntax")
    assert "2 lines" in problem.message
    assert reading.usages[-1].location.line == 5


def test_python_2_is_called_by_its_name(read_one):
    reading = read_one(GOOD + b"print 'x'\ns3.put_object()\n")
    assert (reading.state, symbols(reading)) == ("read", [*FOUND, "s3.put_object"])
    assert "looks like Python 2" in reading.problems[0].message


@pytest.mark.parametrize(
    "data",
    [
        "type Name = str\nclass Box[T: (str, int)](Base):\n  def put[U](self, x: U): return s3.put_object()\n",
        "def f[\n  T,\n](x): return s3.put_object()\n",
        'x = f"{s3.put_object(Key=d["k"])} {\'é\'!r:>{width}} {x=}"\n',
        "x = f'{\n  s3.put_object()  # why\n}'\n",
        'x = t"{s3.put_object()}"\n',
        "try:\n  s3.put_object()\nexcept A, B:\n  pass\n",
        "try:\n  pass\nexcept* A, B:\n  s3.put_object()\n",
        "with (a() as b, c()):\n  x = f'{d['e']}'\n  s3.put_object()\n",
        "print >>out, s3.put_object(), 0777, 10L\n",
        "exec code in s3.put_object()\n",
        "def f((a, b), c):\n  if a <> b: raise E, s3.put_object()\n",
        'x = `y` + ur"z"\nx = s3.put_object()\n',
    ],
)
def test_newer_syntax_and_python_2_are_read_whole(read_one, data):
    reading = read_one(GOOD + data.encode())
    assert (reading.state, symbols(reading)) == ("read", [*FOUND, "s3.put_object"])
    for problem in reading.problems:  # a newer Python than the oldest that is supported takes some of them itself
        assert "nothing was left out" in problem.message
    found = reading.usages[-1].location
    line = (GOOD.decode() + data).split("\n")[found.line - 1]
    assert line[found.column - 1 :].startswith("s3.put_object(")


@pytest.mark.parametrize(
    ("clause", "confidence"),
    [("except s3.exceptions.NoSuchKey, e:", "certain"), ("except (KeyError, s3.exceptions.NoSuchKey), s3:", "likely")],
)
def test_python_2_binds_a_name_behind_a_comma(read_one, clause, confidence):
    data = f"def f(s3):\n  try:\n    pass\n  {clause}\n    pass\n  s3.put_object()\nf(s3)\nprint 'x'\n"
    reading = read_one(GOOD.replace(b"s3 =", b"s3 = e =") + data.encode() + b"e.get_object()\n")
    assert symbols(reading)[-1] == "s3.get_object"
    assert reading.state == "read"


def test_an_error_costs_a_statement_of_a_class_and_not_the_class(read_one):
    broken = b"    s3.get_object(\n      Key=)\n"
    data = b"class Store:\n  def a(self):\n" + broken + b"    s3.put_object()\n  def b(self, x=:\n    s3.copy()\n"
    reading = read_one(GOOD + data)
    assert (reading.state, symbols(reading)) == ("partly", [*FOUND, "s3.put_object"])
    assert "4 lines" in reading.problems[0].message


def test_a_line_of_a_notebook_costs_itself(read_one):
    reading = read_one(b"# a notebook as a script\n%pip install boto3\n" + GOOD + b"!ls\ns3.put_object()\n")
    assert (reading.state, symbols(reading)) == ("partly", [*FOUND, "s3.put_object"])


def test_a_text_of_another_encoding_keeps_its_columns(read_one):
    reading = read_one(b"# -*- coding: latin-1 -*-\n" + GOOD + b"print '\xe9', s3.put_object()\n")
    assert (reading.usages[-1].location.line, reading.usages[-1].location.column) == (4, 12)


def test_the_grammar_of_all_pythons_gives_what_the_compiler_gives():
    """Over this project's own sources, positions included. Patterns are simplified, and an f-string's inside has
    positions of its own in every Python."""
    for path in sorted(Path(portability.__file__).parent.rglob("*.py")):
        data = path.read_bytes()
        tree, found = ast.parse(data), statements(data)
        assert found.lost == [], path
        assert _dumped(ast.Module(found.body, [])) == _dumped(tree), path


def _dumped(tree):
    for node in ast.walk(tree):
        match node:
            case ast.Match():
                for case in node.cases:
                    names = {getattr(it, "name", None) or getattr(it, "rest", None) for it in ast.walk(case.pattern)}
                    case.pattern = ast.MatchSingleton(tuple(sorted(names - {None})))
            case ast.Constant():
                node.kind = None
            case ast.JoinedStr():
                for part in ast.walk(node):
                    for name in ast.expr._attributes if hasattr(part, "lineno") else ():
                        setattr(part, name, 0)
    return ast.dump(tree, include_attributes=True)


def test_code_in_a_broken_file_s_docstring_stays_a_docstring(read_one):
    reading = read_one(b'import boto3\n"""\nboto3.client("sqs")\n"""\ndef f(:\n')
    assert symbols(reading) == ["boto3"]


@pytest.mark.parametrize(
    ("data", "state", "kind", "found"),
    [
        (GOOD + b"x = '\xe9'\n", "partly", "encoding", FOUND),
        (b"# coding: klingon\n" + GOOD, "partly", "encoding", FOUND),
        (b'x = "\xe9"\n' + GOOD + b")\n", "partly", "syntax", FOUND),
        (GOOD + b"\0", "unread", "binary", []),
        (GOOD + b"#" * MAX_BYTES, "unread", "too-large", []),
        (GOOD + b"x = " + b"[" * 300 + b"]" * 300, "unread", "too-deep", []),
        (GOOD + b"x = " + b"1 + " * 30_000 + b"1\n", "partly", "too-deep", FOUND),
        (GOOD + b"x = s3" + b".a" * 30_000 + b"\n", "partly", "too-deep", FOUND),
        (GOOD + b"x = " + b"not " * 30_000 + b"1\n", "partly", "too-deep", FOUND),
        (b"import boto3 boto3\n", "unread", "syntax", []),
    ],
)
def test_what_cannot_be_read_says_so(read_one, data, state, kind, found):
    reading = read_one(data)
    assert (reading.state, symbols(reading)) == (state, found)
    assert [problem.kind for problem in reading.problems] == [kind]


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + GOOD,
        GOOD.replace(b"\n", b"\r\n"),
        GOOD.replace(b"\n", b"\r"),
        b"# -*- coding: latin-1 -*-\n" + GOOD + b"x = '\xe9'\n",
        GOOD + b"\x0c\n",
        GOOD + b"x = '\\d'\n",
    ],
    ids=["BOM", "CRLF", "CR", "coding line", "form feed", "escape that warns"],
)
def test_what_python_reads_is_read(read_one, data):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        reading = read_one(data)
    assert (reading.state, symbols(reading), reading.problems) == ("read", FOUND, ())


def test_a_file_without_a_wanted_import_is_not_parsed(read_one):
    reading = read_one(b"# boto3 would be nice\nimport os\ndef (:\n")
    assert (reading.state, reading.usages, reading.problems) == ("read", (), ())
