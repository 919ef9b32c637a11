"""What must not be found. Each case names the mistake that it guards against."""

from __future__ import annotations

import pytest

CASES = {
    "no SDK imported": "s3.put_object(Bucket='b')\nclient.send_message()",
    "comment and docstring": '"""import boto3; boto3.client("s3")"""\n# boto3.client("s3").put_object()',
    "string": "import boto3\ncode = 'boto3.client(\"s3\").put_object()'",
    "another object's method": "import boto3\nqueue.send_message('not boto')",
    "a method of one's own": "import boto3\nclass A:\n  def put_object(self): pass\n  def run(self): self.put_object()",
    "a parameter without a hint": "import boto3\ndef f(client): client.put_object()",
    "a shadowing parameter": "import boto3\ndef f(boto3): boto3.client('s3')",
    "a shadowing loop": "import boto3\nfor boto3 in x: boto3.client('s3')",
    "a shadowing comprehension": "import boto3\n[boto3.client('s3') for boto3 in x]",
    "a shadowing exception": "import boto3\ntry: pass\nexcept E as boto3: boto3.client('s3')",
    "a name of an enclosing class": "import boto3\nclass A:\n  b = boto3\n  def f(self): b.client('s3')",
    "another package's Session": "import boto3\nfrom sqlalchemy.orm import Session\nSession().client('s3')",
    "another package's stub": "import boto3\nfrom mine import S3Client\ndef f(c: S3Client): c.put_object()",
    "a module of one's own": "from .boto3 import client\nclient('s3').put_object()",
    "a list of clients": "import boto3\nfrom mypy_boto3_s3 import S3Client\ndef f(c: list[S3Client]): c.copy()",
    "a response": "import boto3\ndef f(r): return r.get_paginator('x')",
    "match": "import boto3\nmatch x:\n  case boto3: boto3.client('s3')",
}


@pytest.mark.parametrize("code", CASES.values(), ids=CASES.keys())
def test_nothing(seen, code):
    assert seen(code) == []


def test_what_no_rule_claims_is_not_reported(read_one):
    code = """\
        import boto3, requests
        from azure.identity import DefaultAzureCredential
        boto3.client("glue").get_table()
        DefaultAzureCredential()
        """
    assert [usage.symbol for usage in read_one(code).usages] == ["boto3"]


def test_sub_resources_only_when_a_rule_names_them(seen, interest):
    code = "import boto3\nboto3.resource('s3').Bucket('b')"
    assert seen(code) == ["2 s3"]
    interest.names["boto3"].exact["s3.Bucket"] = interest.names["boto3"].exact["s3"]
    assert seen(code) == ["2 s3", "2 s3.Bucket"]


@pytest.mark.parametrize("namespace", ["boto3", "python"])
def test_an_interest_may_lack_a_namespace(interest, read_one, namespace):
    interest.names.pop(namespace)
    assert len(read_one("import boto3\nboto3.client('s3')").usages) == 1
