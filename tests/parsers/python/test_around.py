"""What stands around the code: events without an SDK, notebooks, declared dependencies."""

from __future__ import annotations

import json
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portability.catalogue import load
from portability.model import Reading, Source
from portability.parsers.python import read


def read_file(path: str, text: str | bytes) -> Reading:
    data = text if isinstance(text, bytes) else dedent(text).encode()
    return read([Source(path=path, language="python", data=data)], load().interest)[path]


def found(path: str, text: str) -> list[tuple[int, str]]:
    return [(usage.location.line, usage.symbol) for usage in read_file(path, text).usages]


NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "source": ["import boto3 and read s3://bucket"]},
        {"cell_type": "code", "source": ["%pip install boto3\n", "import boto3\n", "s3 = boto3.client('s3')"]},
        {"cell_type": "code", "source": ["%%bash\n", "aws s3 ls"]},
        {"cell_type": "code", "source": ["names = !ls\n", "s3.put_object(Bucket='é')"]},
    ],
    "metadata": {},
}


def test_a_function_that_looks_up_the_keys_of_an_event_takes_it():
    code = """\
        def run(event):
            for record in event["Records"]:
                use(record.get("s3")["bucket"])
        """
    (usage,) = read_file("a.py", code).usages
    assert (usage.symbol, usage.location.line, usage.confidence) == ("event/Records/s3/bucket", 3, "likely")


def test_an_event_whose_first_key_has_a_dot_is_known_by_all_of_its_keys():
    code = """\
        def run(event):
            job = event["CodePipeline.job"]
            return job["id"], job["data"]
        """
    events = [(3, f"event/CodePipeline.job/{key}") for key in ("id", "data")]
    assert found("a.py", code) == events
    # The common keys alone are in half of all files. None of those is parsed: what is broken in it is not told.
    assert read_file("a.py", 'def run(job):\n    return job["id"], job["data"]\nprint "x"') == Reading()


@pytest.mark.parametrize(
    "code",
    [
        'def run(event):\n    return event["Records"]',
        'def fake():\n    return {"Records": [{"s3": {"bucket": {}}}]}',
        'def a(e):\n    return e["Records"]\ndef b(e):\n    return e["s3"]["bucket"]',
        'def build(e):\n    e["Records"] = []\n    e["s3"] = {}\n    e["bucket"] = 1',
        "def run(event, context):\n    return event",
    ],
)
def test_one_key_or_an_event_that_is_built_is_no_shape(code):
    assert found("a.py", code) == []


def test_the_signature_of_a_handler_is_likely_lambda_s():
    for taken in ("event, context", "event, _", "event=None, lambda_context=None, client=None"):
        assert found("a.py", f"def lambda_handler({taken}):\n    return 1") == [(1, "event/handler")]
    for other in ("def on_click_handler(event, _)", "def handler(event, name, context)", "def handler(event)"):
        assert found("a.py", f"{other}:\n    return 1") == []


@pytest.mark.parametrize("indent", [1, None])
def test_a_notebook_is_one_module_with_places_in_its_file(indent):
    text = json.dumps(NOTEBOOK, indent=indent)
    usages = read_file("a.ipynb", text).usages
    assert [(usage.symbol, usage.address) for usage in usages] == [
        ("boto3", "cell 2"),
        ("s3", "cell 2"),
        ("aws s3", "cell 3"),
        ("s3.put_object", "cell 4"),
    ]
    lines = text.splitlines()
    assert "boto3.client" in lines[usages[1].location.line - 1]
    for usage, written in zip((usages[0], *usages[2:]), ("%pip", "aws s3 ls", "s3.put_object"), strict=True):
        assert lines[usage.location.line - 1][usage.location.column - 1 :].startswith(written)


def test_what_a_notebook_has_run_and_writes_is_read():
    cells = [
        ["!gcloud pubsub topics \\\n", "  create orders\n", "%pip install -U boto3\n", "names = !aws sqs list-queues"],
        ["%%writefile task/train.py\n", "import boto3\n", "boto3.client('sns').publish()"],
        ["%%bigquery frame --project $p\n", "SELECT 1"],
        ["%%html\n", "<a href='https://console.aws.amazon.com/'>"],
        ["print(7\n", "% 3)\n", "boto3.client('sqs')"],
        ["%pip install -q apache-beam[test,gcp]"],
    ]
    text = json.dumps({"cells": [{"cell_type": "code", "source": source} for source in cells]})
    reading = read_file("a.ipynb", text)
    assert not reading.problems
    assert [(it.symbol, it.address) for it in reading.usages if it.kind != "import"] == [
        ("gcloud pubsub", "cell 1"),
        ("boto3", "cell 1"),
        ("aws sqs", "cell 1"),
        ("sns", "cell 2"),
        ("sns.publish", "cell 2"),
        ("%bigquery", "cell 3"),
        ("apache-beam[gcp]", "cell 6"),
    ]


def test_what_outputs_of_a_notebook_hold_is_no_depth_of_it():
    """Colours of a terminal are brackets that nobody closes, and outputs make notebooks large."""
    output = {"output_type": "stream", "text": ["\x1b[1m\x1b[31merror" * 3_000, "x" * 6_000_000]}
    cell = {"cell_type": "code", "source": "import boto3\nboto3.client('s3')", "outputs": [output]}
    reading = read_file("a.ipynb", json.dumps({"cells": [cell]}))
    assert (reading.state, [usage.symbol for usage in reading.usages]) == ("read", ["s3"])


def test_a_notebook_that_nests_deeply_is_a_problem():
    reading = read_file("a.ipynb", "[" * 200_000)
    assert (reading.state, [problem.kind for problem in reading.problems]) == ("unread", ["too-deep"])


def test_what_is_no_notebook_is_a_problem():
    reading = read_file("a.ipynb", "{")
    assert (reading.state, [problem.kind for problem in reading.problems]) == ("unread", ["syntax"])


@pytest.mark.parametrize(
    ("path", "text", "symbols"),
    [
        (
            "requirements-dev.txt",
            "# sdk\nboto3==1.2 --hash=sha256:aa\nrequests\n-r more.txt\nazure_storage.blob\n",
            [(2, "boto3"), (5, "azure-storage-blob")],
        ),
        ("requirements.txt", "celery[sqs]>=5\n", [(1, "celery[sqs]")]),
        ("pyproject.toml", '[project]\ndependencies = [\n "mangum>=0.1",\n]\n', [(3, "mangum")]),
        ("pyproject.toml", '[dependency-groups]\ndev = ["pynamodb"]\n', [(2, "pynamodb")]),
        ("pyproject.toml", '[tool.poetry.group.dev.dependencies]\npynamodb = "^5"\n', [(2, "pynamodb")]),
        ("pyproject.toml", '[tool.poetry.dependencies]\nanthropic = {extras = ["bedrock"]}\n', [(2, "anthropic[bedrock]")]),  # noqa: E501
        ("Pipfile", '[packages]\nmangum = "*"\n', [(2, "mangum")]),
        ("setup.cfg", "[options]\ninstall_requires =\n  requests\n  mangum\n", [(4, "mangum")]),
        ("setup.py", 'setup(name="x", install_requires=["mangum>=1"])', [(1, "mangum")]),
        ("setup.py", 'NEEDS = ["mangum>=1"]\nMORE = ["pynamodb"]\nsetup(install_requires=NEEDS + ["x"])', [(1, "mangum")]),  # noqa: E501
    ],
)  # fmt: skip
def test_declared_dependencies_are_evidence(path, text, symbols):
    assert found(path, text) == symbols


def test_what_only_another_distribution_asks_for_is_possible():
    text = (
        "boto3==1.34 \\\n    --hash=sha256:aa\n    # via\n    #   -r requirements.in\n    #   s3transfer\n"
        "botocore==1.34\n    # via boto3\n"
        "azure-core==1.0 # via -c constraints.txt\n"
        "azure-storage-blob==12.0\n    # via shop (pyproject.toml)\n"
        "s3transfer==0.10\n    # via\n    #   -c constraints.txt\n    #   boto3\n"
    )
    usages = read_file("requirements.txt", text).usages
    assert {usage.symbol: usage.confidence for usage in usages} == {
        "boto3": "certain",
        "botocore": "possible",
        "azure-core": "certain",
        "azure-storage-blob": "certain",
        "s3transfer": "possible",
    }


def test_a_long_list_of_exact_versions_does_not_say_who_asks():
    pinned = "".join(f"package-{number}==1.0\n" for number in range(30))
    [usage] = read_file("requirements.txt", pinned + "boto3==1.34\n").usages
    assert usage.confidence == "possible"


def test_a_manifest_that_is_broken_is_a_problem_and_not_unread():
    reading = read_file("pyproject.toml", "[project\n")
    assert (reading.state, [problem.kind for problem in reading.problems]) == ("partly", ["syntax"])


def test_a_file_that_mocks_an_sdk_is_a_test_wherever_it_lies():
    code = "import boto3\nfrom moto import mock_aws\ns3 = boto3.client('s3')\n"
    assert {usage.context for usage in read_file("app/fake_store.py", code).usages} == {"test"}
    assert {usage.context for usage in read_file("app/store.py", code.replace("moto", "mine")).usages} == {None}


@settings(deadline=None)
@given(st.sampled_from(["a.ipynb", "requirements.txt", "pyproject.toml", "setup.cfg", "Pipfile", "a.py"]), st.binary())
def test_no_bytes_raise(path, data):
    read_file(path, data)


def test_what_a_settings_module_names_is_what_the_program_is_configured_by():
    code = """\
        AWS_STORAGE_BUCKET_NAME = "orders"
        AWS_REGION = env("AWS_REGION")
        DATABASE_URL = "postgres://"
        class Production(Base):
            AWS_ACCESS_KEY_ID = values.Value()
        def f():
            AWS_PROFILE = 1
        """
    assert found("shop/settings/base.py", code) == [
        (1, "env/AWS_STORAGE_BUCKET_NAME"),
        (2, "env/AWS_REGION"),
        (5, "env/AWS_ACCESS_KEY_ID"),
    ]
    assert found("shop/orders.py", code) == [(2, "env/AWS_REGION")]


def test_fields_of_pydantics_settings_are_variables_of_the_environment():
    code = """\
        class Settings(BaseSettings):
            azure_openai_endpoint: str
            region: str = "eu-west-1"
            key: str = Field(env="COSMOS_KEY")
        class Store(pydantic_settings.BaseSettings):
            model_config = SettingsConfigDict(env_prefix="aws_")
            profile: str = ""
        """
    assert found("shop/orders.py", code) == [
        (2, "env/AZURE_OPENAI_ENDPOINT"),
        (4, "env/COSMOS_KEY"),
        (7, "env/AWS_PROFILE"),
    ]
