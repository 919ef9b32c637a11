"""S3 clients and libraries that open S3 addresses get an endpoint; the calls of such a client count with it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from portability.catalogue import Catalogue
from tests.proposals.conftest import applied, edited

ENDPOINT = 'endpoint_url=os.environ["S3_ENDPOINT_URL"]'
OPTIONS = 'storage_options={"endpoint_url": os.environ["S3_ENDPOINT_URL"]}'


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ('import boto3\nx = boto3.Session().client("s3")\n', f'boto3.Session().client("s3", {ENDPOINT})'),
        (
            'import boto3\nx = boto3.client("s3", endpoint_url=f"https://s3.{r}.amazonaws.com")\n',
            f'boto3.client("s3", {ENDPOINT})',
        ),
        (
            "import boto3\nx = boto3.client(\n    's3',\n    region_name='eu-west-1',  # near\n)\n",
            f"    's3',\n    region_name=os.environ[\"S3_REGION\"],  # near\n    {ENDPOINT},\n)",
        ),
        ('from boto3 import client as made\nx = made("s3")\n', f'made("s3", {ENDPOINT})'),
        (
            'import boto3\nx = boto3.client("s3", "eu-west-2")\n',
            f'boto3.client("s3", os.environ["S3_REGION"], {ENDPOINT})',
        ),
        (
            'import boto3\nREGION = "eu-west-2"\nx = boto3.resource("s3", region_name=REGION)\n',
            f'boto3.resource("s3", region_name=os.environ["S3_REGION"], {ENDPOINT})',
        ),
        (
            "from aiobotocore.session import get_session\nasync def f():\n"
            '    async with get_session().create_client("s3") as s3:\n        await s3.list_buckets()\n',
            f'.create_client("s3", {ENDPOINT}) as s3',
        ),
        ("import s3fs\nfs = s3fs.S3FileSystem()\n", f"s3fs.S3FileSystem({ENDPOINT})"),
        ('import fsspec\nf = fsspec.open("s3://a/b", "rb")\n', f'fsspec.open("s3://a/b", "rb", {ENDPOINT})'),
        (
            'from smart_open import open as opened\nf = opened("s3://a/b")\n',
            f'opened("s3://a/b", transport_params={{"client": boto3.client("s3", {ENDPOINT})}})',
        ),
        ('import pandas as pd\nx = pd.read_csv("s3://a/b.csv")\n', f'pd.read_csv("s3://a/b.csv", {OPTIONS})'),
        ('import pandas as pd\nx.to_parquet(f"s3://a/{y}")\n', f'x.to_parquet(f"s3://a/{{y}}", {OPTIONS})'),
        (
            'import pandas\nx = pandas.read_csv("s3://a/b", storage_options={"profile": "x"})\n',
            'storage_options={"profile": "x", "endpoint_url": os.environ["S3_ENDPOINT_URL"]}',
        ),
    ],
)
def test_every_way_to_a_bucket(tmp_path: Path, catalogue: Catalogue, code: str, after: str) -> None:
    (tmp_path / "app.py").write_text(code)
    text = applied(tmp_path, catalogue)["app.py"]
    assert after in text
    ast.parse(text)


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ('import boto3\nx = boto3.client("s3", config=Config(signature_version=UNSIGNED))\n', "public data"),
        ("import s3fs\nx = s3fs.S3FileSystem(anon=True)\n", "public data"),
        ("import s3fs\nx = s3fs.S3FileSystem(client_kwargs=options)\n", "may hold an endpoint"),
        ('import boto3\nx = boto3.client("s3", config=Config(s3={"use_accelerate_endpoint": True}))\n', "acceleration"),
        ('import pandas\nx = pandas.read_csv("s3://a/b", storage_options=options)\n', "has storage_options"),
        ('import pandas\nx = pandas.read_csv("s3://a/b", **options)\n', "from a collection"),
    ],
)
def test_what_may_be_meant_otherwise_stays(tmp_path: Path, catalogue: Catalogue, code: str, why: str) -> None:
    (tmp_path / "app.py").write_text(code)
    found = edited(tmp_path, catalogue)
    assert found.patches == []
    assert any(why in reason for reason in found.left.values()), found.left


def test_a_region_that_other_code_gives_is_left_to_a_person(tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "app.py").write_text('import boto3\n\ndef s3(region):\n    return boto3.client("s3", region)\n')
    (patch,) = edited(tmp_path, catalogue).patches
    assert any(decision.startswith("Clients are given a region") for decision in patch.decisions)


def test_an_endpoint_of_their_own_and_what_only_looks_alike_stay(tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "app.py").write_text(
        "import boto3\nimport polars\n"
        'one = boto3.client("s3", endpoint_url=settings.S3_URL, region_name="eu-west-1")\n'
        'two = polars.read_csv("s3://a/b")\n'
    )
    assert edited(tmp_path, catalogue).patches == []


def test_calls_count_with_the_client_that_they_lead_back_to(tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "app.py").write_text(
        "import boto3\n"
        'def files():\n    return boto3.resource("s3")\n'
        'def read(bucket):\n    return files().Bucket(bucket).Object("a").get()\n'
        'class Store:\n    def __init__(self):\n        self.own = boto3.client("s3")\n'
        '    def save(self):\n        self.own.put_object(Bucket="a", Key="b")\n'
        'theirs = boto3.client("s3", **options)\ntheirs.get_object(Bucket="a", Key="b")\n'
    )
    (patch,) = edited(tmp_path, catalogue).patches
    assert {place.line for place in patch.replaces} == {3, 5, 8, 10}
