"""An interest without rules, and a short way to read one file."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

import pytest

from portability.interest import Claim, Interest, NameTable
from portability.model import Reading, Source, Usage
from portability.parsers.python import read

CLAIM = Claim(service="x/y", role="primary")
AWS = ("s3", "sqs", "dynamodb", "sns", "kms", "lambda", "ec2", "iot-data", "bedrock-runtime", "unknown")
PYTHON = (
    "boto", "boto3", "azure.storage.blob", "azure.cosmos", "azure.mgmt", "google.cloud", "google.genai", "chalice",
    "aws_cdk", "storages.backends.s3boto3", "pulumi_aws.*", "googleapiclient", "pynamodb", "pandas.read_gbq",
    "pandas.DataFrame.to_gbq", "awsglue", "azureml", "sigv4=es", "requests_aws4auth", "botocore.auth",
    "openai.AzureOpenAI", "openai.lib.azure", "aws_lambda_powertools",
)  # fmt: skip

ATTRIBUTES = {
    "s3.put_object": ("Bucket", "Metadata.owner", "Tags", "StorageClass"),
    "sqs.send_*": ("MessageGroupId",),
    "google.cloud.pubsub_v1.PublisherClient.publish": ("0", "ordering_key"),
}


@pytest.fixture
def interest() -> Interest:
    return Interest(
        names={
            "boto3": NameTable.of([(name, CLAIM) for name in AWS], dotted=True),
            "python": NameTable.of([(name, CLAIM) for name in PYTHON], dotted=True),
        },
        attributes=ATTRIBUTES,
    )


@pytest.fixture
def read_one(interest: Interest) -> Callable[[str | bytes], Reading]:
    def read_it(code: str | bytes) -> Reading:
        data = code if isinstance(code, bytes) else dedent(code).encode()
        return read([Source(path="app/orders.py", language="python", data=data)], interest)["app/orders.py"]

    return read_it


@pytest.fixture
def usages(read_one: Callable[[str | bytes], Reading]) -> Callable[[str], list[Usage]]:
    """Constructors and calls; imports are left out."""

    def of(code: str) -> list[Usage]:
        return [usage for usage in read_one(code).usages if usage.kind != "import"]

    return of


@pytest.fixture
def seen(usages: Callable[[str], list[Usage]]) -> Callable[[str], list[str]]:
    """``"3 s3.put_object"``, with ``?`` behind what is only likely, in the order of the file."""

    def of(code: str) -> list[str]:
        marks = {"certain": "", "likely": "?", "possible": "??"}
        return [f"{usage.location.line} {usage.symbol}{marks[usage.confidence]}" for usage in usages(code)]

    return of
