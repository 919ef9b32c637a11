"""Hostile input: whatever the bytes, a reading comes back, soon, with a reason where something was left out."""

import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portability.interest import Claim, Interest, NameTable
from portability.model import Source
from portability.parsers.guards import MAX_BYTES
from portability.parsers.kubernetes import documents, read

HEAD = "apiVersion: a.aws/v1\nkind: Bucket\n"
EVERYTHING = Interest(
    names={"kubernetes": NameTable.of([("*", Claim("any/service", "primary"))])},
    attributes={"*": ("spec", "metadata.annotations", "spec.containers.image")},
    needles=("",),
)


def read_one(data: bytes):
    return read([Source(path="a.yaml", language="kubernetes", data=data)], EVERYTHING)["a.yaml"]


@settings(max_examples=300)
@given(st.binary() | st.binary().map(lambda data: HEAD.encode() + data))
def test_any_bytes_are_read_without_an_exception(data):
    read_one(data)


YAML_BITS = st.sampled_from(
    (
        *(
            "{{ a }}",
            "${",
            "$(A)",
            "- ",
            "? ",
            ": ",
            "&a ",
            "*a",
            "<<: *a",
            "[",
            "]",
            "{",
            "}",
            "|\n",
            "'",
            '"',
            "#",
            "!",
        ),
        *("\n", "\n  ", "\n---\n", "\n...\n", "!!str ", "%TAG", "\t", "\x85", "\ufeff", "\\", "😀", "a", "1"),
        *("spec:", "metadata:", "annotations:", "labels:", "image:", "containers:", "items:", "kind: List", "data:"),
        *("gcr.io/a:b@c", "x.amazonaws.com", "--a=b"),
    )
)


@settings(max_examples=600)
@given(st.lists(YAML_BITS | st.text(max_size=3)))
def test_any_text_that_looks_like_yaml_is_read_without_an_exception(bits):
    result = read_one((HEAD + "".join(bits)).encode("utf-8", "ignore"))
    assert result.state == "read" or result.problems


@pytest.mark.parametrize("count", [10_000, 1_000_000])
@pytest.mark.parametrize("opener", ["[", "{", "- ", "? ", "{a: ", "[ # ]\n", "- - ? "])
def test_deep_nesting_is_refused_before_it_can_end_the_process(opener, count):
    data = (HEAD + "spec:\n  " + opener * count).encode()[:MAX_BYTES]
    begun = time.perf_counter()
    result = read_one(data)
    assert (result.state, [problem.kind for problem in result.problems]) == ("unread", ["too-deep"])
    assert time.perf_counter() - begun < 2


def test_deep_indentation_is_refused():
    nested = "".join(" " * depth + "a:\n" for depth in range(2_000))
    assert [problem.kind for problem in read_one((HEAD + nested).encode()).problems] == ["too-deep"]


def test_the_line_of_what_is_too_deep_is_told():
    result = read_one(("a: b\n---\n" + HEAD + "spec:\n" + " [\n" * 500).encode())
    # The mapping is the first level and line 6 the second; the innermost value that was still read is named.
    assert result.problems[0].line == 6 + documents.MAX_DEPTH - 2
    assert result.state == "partly"


def bomb(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines)


def test_an_alias_bomb_is_refused_and_never_expanded():
    begun = time.perf_counter()
    result = read_one((HEAD + bomb(60)).encode())
    assert (result.state, [problem.kind for problem in result.problems]) == ("unread", ["alias-budget"])
    assert time.perf_counter() - begun < 1


def test_a_value_that_holds_itself_is_refused():
    assert [problem.kind for problem in read_one((HEAD + "spec: &a [*a]").encode()).problems] == ["alias-budget"]
    assert [problem.kind for problem in read_one((HEAD + "spec: &a\n  <<: *a\n").encode()).problems] == ["alias-budget"]


def test_depth_that_only_aliases_make_is_refused():
    chain = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 5_000))
    assert [problem.kind for problem in read_one((HEAD + chain).encode()).problems] == ["alias-budget"]


def test_more_values_than_the_budget_are_refused():
    result = read_one((HEAD + "spec: [" + "a," * (documents.MAX_NODES + 1) + "]").encode())
    assert (result.state, [problem.kind for problem in result.problems]) == ("unread", ["budget"])


def test_a_file_that_is_too_large_is_refused():
    result = read_one(b"#" * (MAX_BYTES + 1))
    assert (result.state, [problem.kind for problem in result.problems]) == ("unread", ["too-large"])


@pytest.mark.parametrize(
    "filler",
    ["a.", "${", "{{ ", "\n---\n", "\n...\n", "x-", "a.a ", "$(", "*.", "\n#", '"', "é.", "\\"],
)
def test_time_grows_with_the_size_and_no_faster(filler):
    """A pattern that backtracks would take minutes for this."""
    begun = time.perf_counter()
    text = "apiVersion: v1\nkind: ConfigMap\ndata:\n  image: |\n    " + filler.replace("\n", "\n    ") * 300_000
    read_one(text.encode())
    read_one((HEAD + "data: {image: '" + filler * 300_000).encode())
    assert time.perf_counter() - begun < 20


def test_a_process_that_reads_what_crashes_libyaml_lives():
    """In a process of its own, so that a crash is this test's failure and not the end of the run."""
    code = (
        "from portability.interest import Interest\n"
        "from portability.model import Source\n"
        "from portability.parsers.kubernetes.documents import Document, Refused, compose\n"
        "for opener in ('[', '{', '- ', '[ # ]\\n', '{a: ', '? '):\n"
        "    try:\n"
        "        compose(Document(opener * 1_000_000, 0))\n"
        "    except Refused as refused:\n"
        "        print(refused.kind)\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout.split()) == (0, ["too-deep"] * 6)
