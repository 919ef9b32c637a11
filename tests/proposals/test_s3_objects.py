"""Objects of Google Cloud Storage and Azure Blob Storage are read and written at an S3 store: what comes out is run
against a stand-in for boto3's resource, in memory."""

from __future__ import annotations

import ast
import sys
from io import BytesIO
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from portability.catalogue import Catalogue
from tests.proposals.conftest import applied, edited

GOOGLE = """\
from google.cloud import storage

client = storage.Client(project="shop")


def put(name, data):
    blob = client.bucket("letters").blob(name)
    blob.upload_from_string(data)  # as text


def get(name):
    return client.get_bucket("letters").blob(name).download_as_bytes()


def read(name):
    return client.bucket("letters").blob(blob_name=name).download_as_text()


def names(prefix):
    return [blob.name for blob in client.list_blobs("letters", prefix=prefix)]


def remove(name):
    bucket = client.bucket("letters")
    if bucket.blob(name).exists():
        bucket.delete_blob(name)


class Store:
    def __init__(self):
        self.bucket = storage.Client().bucket("letters")

    def size(self):
        total = 0
        for blob in self.bucket.list_blobs():
            total += blob.size
        return total
"""
AZURE = """\
import os

from azure.core.exceptions import AzureError
from azure.storage.blob import BlobServiceClient

service = BlobServiceClient.from_connection_string(os.environ["CONNECTION"])


def put(name, data):
    service.get_blob_client(container="letters", blob=name).upload_blob(data, overwrite=True)


def get(name):
    try:
        return service.get_blob_client("letters", name).download_blob().readall()
    except AzureError:
        return None


def read(name):
    stream = service.get_container_client("letters").download_blob(name)
    return stream.readall().decode()


def names(prefix):
    container = service.get_container_client("letters")
    return [blob.name for blob in container.list_blobs(name_starts_with=prefix)]


def remove(name):
    blob = service.get_container_client("letters").get_blob_client(name)
    if blob.exists():
        blob.delete_blob()
"""


class ClientError(Exception):
    def __init__(self) -> None:
        super().__init__()
        self.response = {"Error": {"Code": "404"}}


class Object:
    def __init__(self, bucket: dict[str, Any], key: str) -> None:
        self.bucket, self.key = bucket, key

    @property
    def size(self) -> int:
        return len(self.bucket[self.key])

    def put(self, Body: Any, ContentType: str = "") -> dict[str, Any]:  # noqa: N803
        self.bucket[self.key] = Body.encode() if isinstance(Body, str) else Body
        return {}

    def get(self) -> dict[str, Any]:
        self.load()
        return {"Body": BytesIO(self.bucket[self.key])}

    def delete(self) -> None:
        self.bucket.pop(self.key, None)

    def load(self) -> None:
        if self.key not in self.bucket:
            raise ClientError


class Bucket:
    def __init__(self, held: dict[str, Any]) -> None:
        self.held, self.objects = held, self

    def Object(self, key: str) -> Object:  # noqa: N802
        return Object(self.held, key)

    def filter(self, Prefix: str) -> list[Object]:  # noqa: N803
        return [Object(self.held, key) for key in sorted(self.held) if key.startswith(Prefix)]

    def all(self) -> list[Object]:
        return self.filter("")


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, bytes]]:
    held: dict[str, dict[str, bytes]] = {}

    def resource(name: str, endpoint_url: str) -> Any:
        assert (name, endpoint_url) == ("s3", "https://s3.example.nl")
        return SimpleNamespace(
            Bucket=lambda bucket: Bucket(held.setdefault(bucket, {})),
            Object=lambda bucket, key: Object(held.setdefault(bucket, {}), key),
        )

    modules = {"boto3": {"resource": resource}, "botocore": {}, "botocore.exceptions": {"ClientError": ClientError}}
    modules |= {"azure": {}, "azure.core": {}, "azure.core.exceptions": {"AzureError": OSError}}
    for name, names in modules.items():
        module = ModuleType(name)
        module.__dict__.update(names)
        monkeypatch.setitem(sys.modules, name, module)
        if "." in name:
            setattr(sys.modules[name.rpartition(".")[0]], name.rpartition(".")[2], module)
    monkeypatch.setenv("S3_ENDPOINT_URL", "https://s3.example.nl")
    return held


@pytest.mark.parametrize("code", [GOOGLE, AZURE], ids=["google", "azure"])
def test_a_program_does_at_the_new_store_what_it_did(
    tmp_path: Path, catalogue: Catalogue, store: dict[str, dict[str, bytes]], code: str
) -> None:
    (tmp_path / "app.py").write_text(code)
    text = applied(tmp_path, catalogue)["app.py"]
    assert "storage" not in text
    program: dict[str, Any] = {"__name__": "app"}
    exec(compile(text, "app.py", "exec"), program)
    program["put"]("a/1", "ä")
    program["put"]("b/2", b"two")
    assert store == {"letters": {"a/1": "ä".encode(), "b/2": b"two"}}
    assert program["get"]("b/2") == b"two"
    assert program["read"]("a/1") == "ä"
    assert program["names"]("a/") == ["a/1"]
    program["remove"]("a/1")
    program["remove"]("a/1")
    assert program["names"]("") == ["b/2"]
    if code is GOOGLE:
        assert program["Store"]().size() == 3
    else:
        assert program["get"]("gone") is None  # what caught the provider's errors catches those of the new client


def test_comments_and_layout_stay(tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "app.py").write_text(GOOGLE)
    text = applied(tmp_path, catalogue)["app.py"]
    assert '    blob.put(Body=data, ContentType="text/plain")  # as text\n' in text
    assert '    return [blob.key for blob in client.Bucket("letters").objects.filter(Prefix=prefix)]\n' in text


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("blob.upload_from_string(data)", "blob.generate_signed_url(60)", "calls `generate_signed_url`"),
        ("blob.upload_from_string(data)", "blob.upload_from_string(data, if_generation_match=0)", "says more than"),
        ("blob.upload_from_string(data)", "blob.upload_from_string(data)\n    return blob", "hands the client"),
        ("blob.upload_from_string(data)", "blob.upload_from_string(data)\n    print(blob.public_url)", "asks for more"),
        ("blob.upload_from_string(data)", "x = blob.upload_from_string(data)", "uses what comes back"),
        (
            "storage.Client(project",
            "storage.Client.create_anonymous_client(project",
            "create_anonymous_client|elsewhere",
        ),
        ("def put(name, data):", "def put(name: storage.Blob, data):", "for something else than a client"),
        ("[blob.name for", "[blob.md5_hash for", "asks for more"),
        ("client.list_blobs(", "list(client.list_blobs(", "goes through|go through"),
    ],
)
def test_all_or_nothing(tmp_path: Path, catalogue: Catalogue, before: str, after: str, why: str) -> None:
    """A client that one call needs as it was stays for all calls, and the guide says which call that is."""
    code = GOOGLE.replace(before, after, 1)
    if "list(" in after:
        code = code.replace("prefix=prefix)]", "prefix=prefix))]")
    ast.parse(code)
    (tmp_path / "app.py").write_text(code)
    found = edited(tmp_path, catalogue)
    assert found.patches == []
    assert all(any(part in told for part in why.split("|")) for told in found.left.values()), found.left


def test_a_write_that_must_not_overwrite_is_left(tmp_path: Path, catalogue: Catalogue) -> None:
    """Azure refuses to write where a blob is; a plain write to S3 takes its place."""
    (tmp_path / "app.py").write_text(AZURE.replace(", overwrite=True", ""))
    found = edited(tmp_path, catalogue)
    assert found.patches == []
    assert all("may not overwrite" in why for why in found.left.values())


def test_one_error_of_the_provider_is_not_taken_for_another(tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "app.py").write_text(AZURE.replace("AzureError", "ResourceNotFoundError"))
    found = edited(tmp_path, catalogue)
    assert found.patches == []
    assert all("one error" in why for why in found.left.values())


def test_what_another_file_borrows_stays_as_it_is(tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "app.py").write_text(GOOGLE)
    (tmp_path / "other.py").write_text('from app import client\n\nclient.bucket("letters").blob("x").delete()\n')
    found = edited(tmp_path, catalogue)
    assert found.patches == []
    assert any("Another file uses `client`" in why for why in found.left.values())


def test_a_client_that_a_function_of_another_file_makes_stays(tmp_path: Path, catalogue: Catalogue) -> None:
    """Its calls would otherwise speak boto3 to a client that is none."""
    (tmp_path / "clients.py").write_text(
        "from azure.storage.blob import BlobServiceClient\n\n\n"
        "def service(url, key) -> BlobServiceClient:\n    return BlobServiceClient(account_url=url, credential=key)\n"
    )
    (tmp_path / "app.py").write_text(
        "from clients import service\n\n\ndef names(url, key):\n"
        '    return [one.name for one in service(url, key).get_container_client("letters").list_blobs()]\n'
    )
    found = edited(tmp_path, catalogue)
    assert found.patches == []
    assert any("from elsewhere" in why for why in found.left.values()), found.left


def test_a_client_that_nothing_uses_is_no_move(tmp_path: Path, catalogue: Catalogue) -> None:
    """What talks to the old store by other ways, a command for one, would only seem to have moved."""
    (tmp_path / "app.py").write_text("from google.cloud import storage\n\nclient = storage.Client()\n")
    found = edited(tmp_path, catalogue)
    assert found.patches == []
    assert all("nothing in this file uses" in why for why in found.left.values())


def test_an_import_stands_in_its_group(tmp_path: Path, catalogue: Catalogue) -> None:
    code = GOOGLE.replace(
        "from google.cloud import storage\n", "import click\nfrom google.cloud import storage\n\nfrom . import x\n"
    )
    (tmp_path / "app.py").write_text(code)
    assert applied(tmp_path, catalogue)["app.py"].startswith("import os\n\nimport boto3\n")


def test_files_that_stay_at_the_old_store_are_told(tmp_path: Path, catalogue: Catalogue) -> None:
    """A program whose files read and write the same objects is not to be half of it at each store unawares."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/put.py").write_text(GOOGLE)
    read = "from google.cloud import storage\n\nlines = storage.Client().bucket('letters').blob('a').open().read()\n"
    (tmp_path / "shop/read.py").write_text(read)
    (tmp_path / "shop/other.py").write_text("print('nothing of a store')\n")
    (patch,) = edited(tmp_path, catalogue).patches
    assert [one for one in patch.decisions if one.startswith("shop/read.py of the same program still")] != []
    (tmp_path / "shop/read.py").unlink()
    (patch,) = edited(tmp_path, catalogue).patches
    assert "same program" not in str(patch.decisions)


def test_what_declares_a_store_is_no_call_of_it(tmp_path: Path, catalogue: Catalogue) -> None:
    code = "import pulumi_gcp as gcp\n\nletters = gcp.storage.Bucket('letters', location='EU')\n"
    (tmp_path / "app.py").write_text(code + GOOGLE)
    found = edited(tmp_path, catalogue)
    assert found.patches == []
    assert "declares or operates the store rather than its objects" in str(found.left)
