"""Files that are broken, foreign or hostile: each leaves a record, and what can be read is read."""

from __future__ import annotations

import warnings

import pytest

from portability.parsers.guards import MAX_BYTES

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
    assert (reading.state, symbols(reading)) == ("partly", [*FOUND, "s3.put_object"])
    assert "Python 2" in reading.problems[0].message


def test_code_in_a_broken_file_s_docstring_stays_a_docstring(read_one):
    reading = read_one(b'import boto3\n"""\nboto3.client("sqs")\n"""\ndef f(:\n')
    assert symbols(reading) == ["boto3"]


@pytest.mark.parametrize(
    ("data", "state", "kind", "found"),
    [
        (GOOD + b"x = '\xe9'\n", "partly", "encoding", FOUND),
        (b"# coding: klingon\n" + GOOD, "partly", "encoding", FOUND),
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
