"""Packages outside the tree that tell by their names which service they wrap."""

from __future__ import annotations

import json

import pytest

from portability.audit import audit
from portability.gate.verdict import Exit, judge
from portability.names.identifiers import words
from portability.reports.words import coverage_lines

APP = {
    "app/main.py": (
        "from acme_cloud.queues import SqsConsumer\nconsumer = SqsConsumer('orders')\ndef run():\n    consumer.poll()\n"
    )
}


@pytest.fixture
def found(tree, catalogue):
    """The wrappers found in these files, read whole and by each of the named files."""

    def look(files, *named):
        root = tree(files)
        whole = audit(root, catalogue, ()).findings
        seen = [f"{it.location} {it.symbol} {it.service}" for it in whole if it.symbol.count(".")]
        for path in named:
            alone = audit(root, catalogue, (), paths=[root / path]).findings
            assert [it.fingerprint for it in alone] == [it.fingerprint for it in whole if it.location.path == path]
        return seen

    return look


def test_what_such_a_package_gives_is_called(found):
    assert found(APP, "app/main.py") == [
        "app/main.py:2 acme_cloud.queues.SqsConsumer aws/sqs",
        "app/main.py:4 acme_cloud.queues.SqsConsumer.poll aws/sqs",
    ]


@pytest.mark.parametrize(
    ("code", "service"),
    [
        ("import acme.s3\nacme.s3.put('x')", "aws/s3"),
        ("from acme import upload_to_s3 as up\nup('x')", "aws/s3"),
        ("from acme.aws_secrets_manager import read\nread('x')", "aws/secrets-manager"),
        ("from acme import DynamoDBTable\nDynamoDBTable('x')", "aws/dynamodb"),
        ("from acme.azure import KeyVaultReader\nKeyVaultReader()", "azure/key-vault"),
        ("from acme.dynamodb import to_bigquery\nto_bigquery()", "google/bigquery"),
    ],
    ids=["module", "function", "three words", "acronym", "azure", "the last word counts"],
)
def test_names_are_read_by_their_words(found, code, service):
    assert [line.split()[-1] for line in found({"a.py": code}, "a.py")] == [service]


@pytest.mark.parametrize(
    "code",
    [
        "from acme.text import sqsize, classes3\nsqsize(classes3('x'))",
        "from acme.queues import SqsConsumer",
        "from .s3 import put\nput('x')",
        "import acme\nacme.run('s3')",
        "from moto import mock_sqs\nmock_sqs()",
        "from json import s3\ns3()",
        "def f(s3): s3.put('x')",
    ],
    ids=[
        "inside a word",
        "not called",
        "relative",
        "only an argument",
        "a stand-in",
        "standard library",
        "a parameter",
    ],
)
def test_what_tells_nothing(found, code):
    assert found({"a.py": code}, "a.py") == []


def test_the_trees_own_modules_are_no_packages(found):
    files = {
        "functions/orders/main.py": "from shared.s3 import put\nfrom tools import sqs_send\nput('x')\nsqs_send()\n",
        "layers/common/python/shared/s3.py": "def put(name): pass\n",
        "scripts/tools.py": "def sqs_send(): pass\n",
    }
    assert found(files, "functions/orders/main.py") == []


def test_a_package_that_the_rules_know_is_known_by_them(tree, catalogue):
    findings = audit(tree({"a.py": "import s3fs\ns3fs.S3FileSystem()\n"}), catalogue, ()).findings
    assert {it.confidence for it in findings} == {"certain"}


def test_a_notebook_says_nothing_of_packages_that_may_lie_beside_it(found):
    cell = {"cell_type": "code", "source": ["from tools.s3 import put\n", "put('x')\n"]}
    assert found({"a.ipynb": json.dumps({"cells": [cell], "nbformat": 4})}) == []


def test_it_is_possible_fails_no_gate_and_coverage_names_the_package(tree, catalogue):
    assessment = audit(tree(APP), catalogue, ())
    assert {it.confidence for it in assessment.findings} == {"possible"}
    assert "`acme_cloud` was not read, so scan that package too" in assessment.findings[0].message
    assert judge(assessment, {}).code == Exit.OK
    (line,) = [line for line in coverage_lines(assessment.coverage) if "acme_cloud" in line]
    assert line == "1 source not in the tree and not read, most called: acme_cloud (2×, app/main.py:2)"


def test_words_of_names():
    assert list(words("acme.getS3Url")) == ["gets3url", "gets3", "s3url", "get", "s3", "url", "acme"]
