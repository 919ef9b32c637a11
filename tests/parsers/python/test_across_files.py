"""Clients that one file makes and another uses, in a whole run and when one file is named."""

from __future__ import annotations

from textwrap import dedent

import pytest

from portability.catalogue import load
from portability.discovery import Tree
from portability.model import Source
from portability.parsers.python import read, units
from portability.settings import DEFAULT

SDK = "import boto3\n"


@pytest.fixture
def across(tmp_path, interest):
    """Write files; the answer gives the usages of some of them, read as ``audit`` and ``check`` would."""

    def look(files: dict[str, str], *asked: str):
        for path, text in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(dedent(text))
        paths = sorted(asked or files)
        found = {}
        for unit in units(paths, Tree(tmp_path, paths, whole=not asked), interest, DEFAULT):
            sources = [Source(path=path, language="python", data=(tmp_path / path).read_bytes()) for path in unit]
            readings = read(sources, interest)
            assert not found.keys() & readings.keys() & set(paths)
            found |= readings
        assert found.keys() >= set(paths)
        return [usage for path in paths for usage in found[path].usages if usage.kind != "import"]

    return look


def shown(usages, path):
    return [f"{it.location.line} {it.symbol}" for it in usages if it.location.path == path]


def test_a_package_of_the_tree_that_bears_a_packages_name_is_the_one_that_is_meant(across):
    files = {
        "jobs/chalice/aws.py": SDK + "s3 = boto3.client('s3')",
        "jobs/main.py": "from chalice.aws import s3\nfrom chalice import Chalice\nChalice()\ns3.put_object()",
    }
    assert shown(across(files), "jobs/main.py") == ["3 chalice.Chalice", "4 s3.put_object"]


def test_a_module_that_is_imported_by_name_is_imported(across):
    files = {
        "a.py": "from importlib import import_module\nstore = import_module('azure.storage.blob')\n"
        "store.BlobClient(url).upload_blob('x')",
        "test_a.py": "import pytest\nstore = pytest.importorskip('azure.storage.blob')\nstore.BlobClient(url)",
        "b.py": "import importlib\nimportlib.import_module('app.clients').s3.put_object()",
        "app/clients.py": SDK + "s3 = boto3.client('s3')",
    }
    usages = across(files)
    blob = "azure.storage.blob.BlobClient"
    assert shown(usages, "a.py") == [f"3 {blob}", f"3 {blob}.upload_blob"]
    assert shown(usages, "b.py") == ["2 s3.put_object"]
    assert shown(usages, "test_a.py") == [f"3 {blob}"]


@pytest.mark.parametrize(
    ("made", "used", "called"),
    [
        ("from azure.cosmos import CosmosClient\nc = CosmosClient(u, k)", "c.get_database_client('d')", "CosmosClient"),
        ("from google.cloud import storage\nc = storage.Client().bucket('b')", "c.list_blobs()", "Bucket"),
    ],
    ids=["azure", "google"],
)
def test_a_file_that_only_receives_clients_is_read(across, made, used, called):
    files = {
        "main.py": f"{made}\nimport work\nwork.run(c)",
        "work.py": f"def run(c):\n    {used}",
    }
    (usage,) = [it for it in across(files) if it.location.path == "work.py"]
    assert (usage.symbol.split(".")[-2], usage.evidence) == (called, "callers")


USERS = {
    "a global": (SDK + "s3 = boto3.client('s3')", "from app.aws import s3\ns3.put_object()"),
    "a global of a module": (SDK + "s3 = boto3.client('s3')", "from app import aws\naws.s3.put_object()"),
    "a module by its whole name": (SDK + "s3 = boto3.client('s3')", "import app.aws\napp.aws.s3.put_object()"),
    "a relative import": (SDK + "s3 = boto3.client('s3')", "from .aws import s3 as c\nc.put_object()"),
    "a relative module": (SDK + "s3 = boto3.client('s3')", "from . import aws\naws.s3.put_object()"),
    "a star": (SDK + "s3 = boto3.client('s3')", "from .aws import *\ns3.put_object()"),
    "a session": (SDK + "s = boto3.Session()", "from .aws import s\ns.client('s3').put_object()"),
    "a function": (SDK + "def c(): return boto3.client('s3')", "from .aws import c\nc().put_object()"),
    "a function with a name": (SDK + "def c(n): return boto3.client(n)", "from .aws import c\nc('s3').put_object()"),
    "a class attribute": (SDK + "class A:\n  s3 = boto3.client('s3')", "from .aws import A\nA.s3.put_object()"),
    "an inherited attribute": (
        SDK + "class A:\n  def __init__(self): self.s3 = boto3.client('s3')",
        "from .aws import A\nclass B(A):\n  def f(self): self.s3.put_object()",
    ),
    "super": (
        SDK + "class A:\n  def c(self): return boto3.client('s3')",
        "from .aws import A\nclass B(A):\n  def c(self): super().c().put_object()",
    ),
    "a property": (
        SDK + "class A:\n  @property\n  def s3(self): return boto3.client('s3')",
        "from .aws import A\nA().s3.put_object()",
    ),
    "a context manager": (
        SDK + "from contextlib import contextmanager\n@contextmanager\ndef c(): yield boto3.client('s3')",
        "from .aws import c\nwith c() as s3:\n  s3.put_object()",
    ),
    "a dependency": (
        SDK + "def c(): return boto3.client('s3')",
        "from .aws import c\nfrom fastapi import Depends\ndef f(s3=Depends(c)): s3.put_object()",
    ),
    "an annotated dependency": (
        SDK + "def c(): return boto3.client('s3')",
        "from .aws import c\nfrom fastapi import Depends\nfrom typing import Annotated\n"
        "def f(s3: Annotated[object, Depends(c)]): s3.put_object()",
    ),
    "a function with a session": (
        SDK + "def make(session, name, **more): return inner(session, name, **more)\n"
        "def inner(session, name, **more): return getattr(session, 'client')(name, **more)",
        "import boto3\nfrom .aws import make\nmake(boto3.Session(), 's3', region_name='x').put_object()",
    ),
    "a function with an object": (
        SDK + "def made(ctx): return ctx.session().client('s3')",
        "import boto3\nfrom .aws import made\nclass A:\n  def session(self): return boto3.Session()\n"
        "  def put(self): made(ctx=self).put_object()",
    ),
    "an alias of a type": ("from mypy_boto3_s3 import S3Client as C", "from .aws import C\ndef f(s: C):s.put_object()"),
}  # fmt: skip


@pytest.mark.parametrize(("maker", "user"), USERS.values(), ids=USERS.keys())
def test_a_client_is_followed_into_the_file_that_uses_it(across, maker, user):
    files = {"app/__init__.py": "", "app/aws.py": maker, "app/use.py": user}
    whole = [it for it in across(files) if it.location.path == "app/use.py"]
    assert [it.symbol for it in whole][-1] == "s3.put_object"
    assert {it.evidence for it in whole} == {"code"}
    assert across(files, "app/use.py") == whole


def test_a_package_hands_on_what_its_modules_make(across):
    files = {
        "app/__init__.py": "from .clients import *\n",
        "app/clients/__init__.py": "from app.clients.storage import s3\n",
        "app/clients/storage.py": SDK + "s3 = boto3.client('s3')\n",
        "jobs/run.py": "from app import s3\ns3.put_object()\n",
    }
    assert shown(across(files), "jobs/run.py") == ["2 s3.put_object"]
    assert shown(across(files, "jobs/run.py"), "jobs/run.py") == ["2 s3.put_object"]


def test_constants_of_another_file(across):
    files = {
        "config.py": "class Names:\n  STORE = 's3'\nREGION = 'eu-central-1'\nBUCKET = f'{REGION}-orders'\n",
        "run.py": SDK + "from config import Names, REGION, BUCKET\n"
        "boto3.client(Names.STORE, region_name=REGION).put_object(Bucket=BUCKET)\n",
    }
    found = across(files)[-1]
    assert (found.symbol, found.values, found.places) == (
        "s3.put_object", {"Bucket": "eu-central-1-orders"}, ("eu-central-1",),
    )  # fmt: skip
    assert across(files, "run.py")[-1] == found


def test_packages_below_src_are_seen_from_tests(across):
    files = {
        "src/shop/__init__.py": "",
        "src/shop/aws.py": SDK + "s3 = boto3.client('s3')\n",
        "tests/test_it.py": "from shop.aws import s3\ndef test_it(): s3.put_object()\n",
    }
    assert shown(across(files), "tests/test_it.py") == ["2 s3.put_object"]


def test_pytest_fixtures(across):
    files = {
        "tests/conftest.py": SDK + "import pytest\n@pytest.fixture\ndef s3(): yield boto3.client('s3')\n",
        "tests/unit/test_it.py": "def test_it(s3):\n    s3.put_object()\ndef helper(s3):\n    s3.put_object()\n",
    }
    assert shown(across(files), "tests/unit/test_it.py") == ["2 s3.put_object"]


def test_what_only_a_caller_hands_in_is_the_callers_evidence(across):
    files = {
        "main.py": SDK + "from store import Store, put\nput(boto3.client('s3'))\nStore(queue=boto3.client('sqs'))\n",
        "store.py": """\
            def put(client):
                client.put_object()
            class Store:
                def __init__(self, queue):
                    self.queue = queue
                def send(self):
                    self.queue.send_message()
            """,
    }
    found = [it for it in across(files) if it.location.path == "store.py"]
    assert [(it.symbol, it.evidence, it.confidence) for it in found] == [
        ("s3.put_object", "callers", "likely"),
        ("sqs.send_message", "callers", "likely"),
    ]
    assert [str(it.related[0]) for it in found] == ["main.py:3", "main.py:4"]
    assert across(files, "store.py") == []


def test_what_a_file_hands_to_itself_is_its_own_evidence(across):
    files = {
        "one.py": SDK + "def put(client):\n    client.put_object()\nput(boto3.client('s3'))\n",
    }
    assert [(it.symbol, it.evidence) for it in across(files)] == [("s3.put_object", "code"), ("s3", "code")]


def test_a_dataclass_that_is_given_a_client(across):
    files = {
        "one.py": SDK
        + "from dataclasses import dataclass\n@dataclass\nclass A:\n    s3: object\n"
        + "    def f(self): self.s3.put_object()\nA(boto3.client('s3'))\n",
    }
    assert "6 s3.put_object" in shown(across(files), "one.py")


def test_names_that_only_tests_make_up_are_no_services_of_the_code(across):
    files = {
        "run.py": SDK
        + "from dataclasses import dataclass\n@dataclass\nclass Command:\n    service: str\n"
        + "    def run(self): boto3.client(self.service).get_paginator('x')\n",
        "tests/test_run.py": "from run import Command\nCommand('cloud9').run()\n",
    }
    assert shown(across(files), "run.py") == ["6 unknown"]
    files["main.py"] = "from run import Command\nCommand('sqs').run()\n"
    assert shown(across(files), "run.py") == ["6 sqs", "6 unknown", "6 sqs.get_paginator"]


def test_clients_that_tests_hand_in_show_what_the_code_takes(across):
    files = {
        "run.py": "def put(client):\n    client.put_object()\n",
        "tests/test_run.py": SDK + "from run import put\nput(boto3.client('s3'))\n",
    }
    assert shown(across(files), "run.py") == ["2 s3.put_object"]


def test_names_of_other_packages_and_of_the_standard_library_are_not_the_tree_s(across):
    files = {
        "boto3.py": "def client(name): pass\n",
        "json.py": SDK + "dumps = boto3.client('s3')\n",
        "use.py": "import boto3, json\nboto3.client('s3').put_object()\njson.dumps.put_object()\n",
    }
    assert shown(across(files), "use.py") == ["2 s3", "2 s3.put_object"]


def test_a_package_of_the_tree_below_a_providers_namespace_is_the_tree_s(tmp_path):
    files = {
        "google/cloud/inventory/storage.py": "from google.cloud import storage\ndef c(): return storage.Client()\n",
        "google/cloud/inventory/run.py": "from google.cloud.inventory import storage\nstorage.c().list_buckets()\n",
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    interest = load().interest
    (unit,) = units(sorted(files), Tree(tmp_path, sorted(files), whole=True), interest, DEFAULT)
    sources = [Source(path=path, language="python", data=(tmp_path / path).read_bytes()) for path in unit]
    found = read(sources, interest)["google/cloud/inventory/run.py"].usages
    assert [usage.symbol for usage in found] == ["google.cloud.storage.Client.list_buckets"]


def test_the_nearest_module_of_a_name_counts(across):
    files = {
        "one/util.py": SDK + "c = boto3.client('s3')\n",
        "two/util.py": "c = None\n",
        "one/run.py": "from util import c\nc.put_object()\n",
        "two/run.py": "from util import c\nc.put_object()\n",
    }
    assert [it.location.path for it in across(files) if it.kind == "call"] == ["one/run.py"]


def test_files_that_import_each_other(across):
    files = {
        "a.py": SDK + "from b import *\nfrom b import x\ns3 = boto3.client('s3')\ny = x\n",
        "b.py": "from a import *\nfrom a import s3, y\nx = y\ns3.put_object()\nx.put_object()\n",
    }
    assert shown(across(files), "b.py") == ["4 s3.put_object"]


def test_files_that_do_not_know_each_other_are_read_apart(tmp_path, interest):
    for path in ("a/one.py", "a/two.py", "b/one.py"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(SDK)
    (tmp_path / "b/two.py").write_text("from b.one import boto3\n")
    paths = ["a/one.py", "a/two.py", "b/one.py", "b/two.py"]
    assert sorted(units(paths, Tree(tmp_path, paths), interest, DEFAULT)) == [
        ("a/one.py",), ("a/two.py",), ("b/one.py", "b/two.py"),
    ]  # fmt: skip


def test_what_belongs_together_and_is_large_is_read_in_parts(across):
    long = f"'''{'x' * 1_500_000}'''\n"
    files = {"app/aws.py": SDK + "s3 = boto3.client('s3')\n"}
    files |= {f"app/use{i}.py": f"from .aws import s3\ns3.put_object()\n{long}" for i in range(4)}
    assert [it.symbol for it in across(files)].count("s3.put_object") == 4


@pytest.mark.parametrize("asked", [(), ("test_orders.py",)])
def test_what_a_test_puts_something_else_in_the_place_of_is_a_test_s_use(across, asked):
    files = {
        "orders.py": SDK + "from google.cloud import storage\ns3 = boto3.client('s3')\ndef save(): s3.put_object()",
        "test_orders.py": """\
            from unittest import mock
            import orders
            from orders import storage

            @mock.patch("orders.storage.Client")
            @mock.patch("google.cloud.storage.Blob")
            def test_it(client, blob):
                with mock.patch("orders.s3.put_object"), mock.patch.object(storage.Client, "bucket"):
                    pass

            def test_save(monkeypatch, mocker):
                monkeypatch.setattr(orders.s3, "get_object", None)
                mocker.patch("orders.boto3.client")
                mocker.patch("orders.save")
                client.patch("orders.s3", json={})
            """,
    }
    found = [it for it in across(files, *asked) if it.location.path == "test_orders.py"]
    assert {it.context for it in found} == {"test"}
    assert shown(found, "test_orders.py") == [
        "5 google.cloud.storage.Client",
        "6 google.cloud.storage.Blob",
        "8 s3.put_object",
        "8 google.cloud.storage.Client.bucket",
        "12 s3.get_object",
        "13 unknown",
    ]


def test_callers_are_known_throughout_a_package_of_ordinary_size(across):
    """A part in which the caller is not knows nothing of what it hands in."""
    long = f"'''{'x' * 1_000_000}'''\n"
    files = {
        "app/a.py": SDK + "from .b import middle\nfrom .z import put\nput(boto3.client('s3'))\n",
        "app/b.py": SDK + f"middle = boto3.client('sqs')\n{long}",
        "app/z.py": "import boto3\ndef put(client): client.put_object()\n",
    }
    assert [(it.symbol, it.evidence) for it in across(files) if it.location.path == "app/z.py"] == [
        ("s3.put_object", "callers")
    ]


MAKER = SDK + "def client(service):\n    return boto3.client(service)"


def test_a_maker_is_no_unknown_service_where_each_call_in_other_files_tells(across):
    files = {
        "aws.py": MAKER,
        "a.py": "from aws import client\nclient('s3')",
        "b.py": "from aws import client as c\nc('sqs')",
    }
    assert [f"{it.location.path} {it.symbol}" for it in across(files)] == ["a.py s3", "b.py sqs"]


def test_a_maker_that_one_file_calls_for_nobody_knows_what_is_unknown(across):
    files = {
        "aws.py": MAKER,
        "a.py": "from aws import client\nclient('s3')",
        "b.py": "from aws import client\nclient(x)",
    }
    found = across(files)
    assert shown(found, "aws.py") == ["3 unknown"]
    assert {it.evidence for it in found if it.location.path == "aws.py"} == {"callers"}


def test_a_maker_is_told_through_functions_that_hand_the_name_on(across):
    more = "from aws import client\ndef made(name):\n    return client(name)"
    files = {"aws.py": MAKER, "more.py": more, "a.py": "from more import made\nmade('s3')"}
    assert shown(across(files), "aws.py") == []


def test_a_class_that_keeps_a_client_for_the_service_it_is_handed_is_told_by_who_makes_it(across):
    store = SDK + "class Store:\n    def __init__(self, service):\n        self.client = boto3.client(service)"
    files = {"store.py": store, "a.py": "from store import Store\nStore('s3').client.put_object()"}
    assert shown(across(files), "store.py") == ["4 s3"]
    assert shown(across(files | {"b.py": "from store import Store\nStore(x)"}), "store.py") == ["4 s3", "4 unknown"]


LAYER = {
    "layers/shared/python/shared/__init__.py": "",
    "layers/shared/python/shared/store.py": SDK + "s3 = boto3.client('s3')",
}
HANDLER = "from shared.store import s3\ns3.put_object()"


@pytest.mark.parametrize("asked", [(), ("functions/put/app.py",)], ids=["whole", "alone"])
def test_a_package_that_a_build_copies_in_is_found_where_only_one_bears_its_name(across, asked):
    files = LAYER | {"functions/put/app.py": HANDLER}
    assert shown(across(files, *asked), "functions/put/app.py") == ["2 s3.put_object"]


@pytest.mark.parametrize("asked", [(), ("functions/put/app.py",)], ids=["whole", "alone"])
def test_of_several_packages_of_one_name_none_is_meant(across, asked):
    other = {path.replace("layers/shared", "layers/other"): text for path, text in LAYER.items()}
    assert shown(across(LAYER | other | {"functions/put/app.py": HANDLER}, *asked), "functions/put/app.py") == []


def test_of_several_packages_of_one_name_the_nearest_is_meant(across):
    near = {f"one/{path}": text for path, text in LAYER.items()}
    far = {f"two/{path}": text.replace("s3", "sqs") for path, text in LAYER.items()}
    found = across(near | far | {"one/functions/put/app.py": HANDLER})
    assert shown(found, "one/functions/put/app.py") == ["2 s3.put_object"]


def test_a_module_inside_a_package_is_not_what_a_bare_name_means(across):
    files = {
        "lib_/app/__init__.py": "",
        "lib_/app/store.py": SDK + "s3 = boto3.client('s3')",
        "jobs/a.py": "import store\nstore.s3.put_object()",
    }
    assert shown(across(files), "jobs/a.py") == []


def test_what_tests_and_examples_import_is_not_looked_for_as_copied(across):
    assert shown(across(LAYER | {"examples/put/app.py": HANDLER}), "examples/put/app.py") == []
