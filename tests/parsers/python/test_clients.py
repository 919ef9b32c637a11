"""Where AWS clients come from, and where code keeps them until it calls them."""

from __future__ import annotations

import pytest

ORIGINS = {
    "module": "import boto3\nboto3.client('s3').put_object()",
    "alias": "import boto3 as b\nb.client('s3').put_object()",
    "from import": "from boto3 import client as make\nmake('s3').put_object()",
    "session": "import boto3\nboto3.Session(profile_name='p').client('s3').put_object()",
    "session module": "import boto3.session\nboto3.session.Session().client('s3').put_object()",
    "from session": "from boto3.session import Session\nSession().client('s3').put_object()",
    "botocore": "import botocore.session\nbotocore.session.get_session().create_client('s3').put_object()",
    "keyword": "import boto3\nboto3.client(service_name='s3').put_object()",
    "constant": "import boto3; NAME = 's3'\nboto3.client(NAME).put_object()",
    "f-string": "import boto3; N = 3\nboto3.client(f's{\"3\"}').put_object()",
    "concatenation": "import boto3; P = 's'\nboto3.client(P + '3').put_object()",
    "aliased factory": "import boto3; make = boto3.client\nmake('s3').put_object()",
    "session's factory": "import boto3; make = boto3.Session().client\nmake('s3').put_object()",
}


@pytest.mark.parametrize("code", ORIGINS.values(), ids=ORIGINS.keys())
def test_a_client_is_known_wherever_it_comes_from(seen, code):
    assert seen(code) == ["2 s3", "2 s3.put_object"]


@pytest.mark.parametrize("sdk", ["aioboto3", "aiobotocore.session"])
def test_asynchronous_clients(seen, sdk):
    make = "aioboto3.Session()" if sdk == "aioboto3" else "aiobotocore.session.get_session()"
    method = "client" if sdk == "aioboto3" else "create_client"
    code = f"""\
        import {sdk}
        async def main(stack):
            session = {make}
            async with session.{method}("s3") as s3:
                await s3.put_object()
            sqs = await stack.enter_async_context(session.{method}("sqs"))
            await sqs.send_message()
        """
    assert seen(code) == ["4 s3", "5 s3.put_object", "6 sqs", "7 sqs.send_message"]


KEPT = {
    "a module's name": "s3 = boto3.client('s3')\ndef f():\n    s3.put_object()",
    "a chain of names": "a = boto3.client('s3')\nb = a\nb.put_object()",
    "a walrus": "if (s3 := boto3.client('s3')):\n\n    s3.put_object()",
    "a tuple": "s3, n = boto3.client('s3'), 1\n\ns3.put_object()",
    "a tuple by a name": "both = boto3.client('s3'), 1\ns3, n = both\ns3.put_object()",
    "a dict": "clients = {'s3': boto3.client('s3'), 'x': 1}\n\nclients['s3'].put_object()",
    "a dict, item by item": "clients = {}; clients['s3'] = boto3.client('s3')\n\nclients['s3'].put_object()",
    "a function": "def make(): return boto3.client('s3')\n\nmake().put_object()",
    "a lambda": "make = lambda: boto3.client('s3')\n\nmake().put_object()",
    "a closure": "def outer(): s3 = boto3.client('s3'); return lambda: (\n\ns3.put_object())",
    "a global that a function fills": "s3 = boto3.client('s3') if True else None\n\ns3.put_object()",
    "a bound method": "put = boto3.client('s3').put_object\n\nput()",
    "a comprehension": "s3 = boto3.client('s3')\n\n[s3.put_object() for s3x in 'ab']",
}


@pytest.mark.parametrize("code", KEPT.values(), ids=KEPT.keys())
def test_a_client_is_followed_through(seen, code):
    assert seen("import boto3\n" + code) == ["2 s3", "4 s3.put_object"]


def test_a_lazy_global(seen):
    code = """\
        import boto3
        _client = None
        def client():
            global _client
            if _client is None:
                _client = boto3.client("s3")
            return _client
        client().put_object()
        """
    assert seen(code) == ["6 s3", "8 s3.put_object"]


def test_attributes_properties_and_bases(seen):
    code = """\
        import boto3
        from dataclasses import dataclass, field
        from functools import cached_property
        class Base:
            queue = boto3.client("sqs")
            def __init__(self):
                self.s3 = boto3.client("s3")
                self.clients = {}
                self.clients["sns"] = boto3.client("sns")
        @dataclass
        class Store(Base):
            kms: object = field(default_factory=lambda: boto3.client("kms"))
            @cached_property
            def table(self):
                return boto3.resource("dynamodb").Table("t")
            def run(self):
                self.s3.put_object()
                self.queue.send_message()
                self.kms.encrypt()
                self.table.put_item()
                self.clients["sns"].publish()
                def later():
                    self.s3.get_object()
        Store().s3.copy_object()
        """
    assert [it for it in seen(code) if "." in it] == [
        "17 s3.put_object", "18 sqs.send_message", "19 kms.encrypt", "20 dynamodb.put_item", "21 sns.publish",
        "23 s3.get_object", "24 s3.copy_object",
    ]  # fmt: skip


def test_a_context_manager_of_the_file(seen):
    code = """\
        import boto3
        from contextlib import contextmanager, closing
        @contextmanager
        def session():
            yield boto3.client("s3")
        with session() as s3:
            s3.put_object()
        with closing(boto3.client("sqs")) as sqs:
            sqs.send_message()
        """
    assert seen(code) == ["5 s3", "7 s3.put_object", "8 sqs", "9 sqs.send_message"]


@pytest.mark.parametrize(
    "annotation",
    [
        "typed.Client",
        "S3Client",
        '"S3Client"',
        "S3Client | None",
        "Optional[S3Client]",
        '"Optional[S3Client]"',
        "stubs.S3Client",
    ],
)
def test_annotations_make_it_likely(seen, annotation):
    code = f"""\
        from typing import TYPE_CHECKING, Optional
        if TYPE_CHECKING:
            from mypy_boto3_s3 import S3Client
            import types_aiobotocore_s3.client as stubs
            import boto3_type_annotations.s3 as typed
        def put(s3: {annotation}) -> None:
            s3.put_object()
        """
    assert seen(code) == ["7 s3.put_object?"]


def test_an_annotation_says_what_a_body_leaves_open(seen):
    code = """
        from enum import Enum
        from typing import Any, TYPE_CHECKING
        import boto3
        if TYPE_CHECKING:
            from mypy_boto3_s3 import S3Client

        class Kind(Enum):
            S3 = "s3"

        def made(session, kind: str | Kind) -> Any:
            return session.client(kind)

        class Credentials:
            def client(self, kind: str | Kind):
                return boto3.client(kind)

            def s3(self, session) -> "S3Client":
                return made(session, Kind.S3)

            def any(self, name) -> "S3Client":
                return boto3.client(name)

        Credentials().s3(None).put_object(Bucket="b")
        Credentials().any("x").put_object(Bucket="b")
        Credentials().client("sqs").send_message()
        client: "S3Client" = boto3.client(given())
        client.put_object()
        """
    found = [line for line in seen(code) if "." in line]
    assert found == ["24 s3.put_object?", "25 s3.put_object?", "26 sqs.send_message", "28 s3.put_object?"]


def test_annotations_of_resources_services_with_dashes_and_returns(seen):
    code = """\
        from mypy_boto3_dynamodb.service_resource import DynamoDBServiceResource, Table
        from mypy_boto3_iot_data.client import IoTDataPlaneClient
        class A:
            iot: IoTDataPlaneClient
            def table(self, db: DynamoDBServiceResource) -> "Table": return db.pick()
            def run(self, db: DynamoDBServiceResource):
                self.iot.publish()
                self.table(db).put_item()
                db.Table("x").get_item()
        """
    assert seen(code) == ["7 iot-data.publish?", "8 dynamodb.put_item?", "9 dynamodb.get_item?"]


def test_a_default_makes_it_likely(seen):
    code = """\
        import boto3
        def put(s3=boto3.client("s3")):
            s3.put_object()
        def make(service="sqs"):
            return boto3.client(service)
        """
    assert seen(code) == ["2 s3", "3 s3.put_object?", "5 sqs?"]


def test_a_service_that_only_callers_know(seen):
    code = """\
        import boto3
        def make(service, region):
            return boto3.client(service, region_name=region)
        make("s3", "eu").put_object()
        make(region="eu", service="sqs").send_message()
        """
    assert seen(code) == ["4 s3?", "4 s3.put_object", "5 sqs?", "5 sqs.send_message"]


def test_a_service_that_not_every_caller_tells_stays_unknown(seen):
    code = """\
        import boto3
        def make(service):
            return boto3.client(service)
        make("s3").put_object()
        def handler(event):
            make(event["service"])
        """
    assert seen(code) == ["3 unknown", "4 s3?", "4 s3.put_object"]


def test_services_of_a_loop(seen):
    code = """\
        import boto3
        for name in ("s3", "sqs"):
            boto3.client(name)
        """
    assert seen(code) == ["3 s3", "3 sqs"]


def test_the_last_binding_before_a_call_decides(seen):
    code = """\
        import boto3
        client = boto3.client("s3")
        client.put_object()
        client = boto3.client("sqs")
        client.send_message()
        client = object()
        client.send_message()
        """
    assert seen(code) == ["2 s3", "3 s3.put_object", "4 sqs", "5 sqs.send_message"]


def test_branches_leave_both_possible(seen):
    code = """\
        import boto3
        if LOCAL:
            client = Fake()
        else:
            client = boto3.client("s3")
        client.put_object()
        """
    assert seen(code) == ["5 s3", "6 s3.put_object?"]


def test_resources(seen):
    code = """\
        import boto3
        s3 = boto3.resource("s3")
        bucket = s3.Bucket("b")
        bucket.upload_file("a", "b")
        for item in bucket.objects.filter(Prefix="p").limit(3):
            item.delete()
        bucket.Object("k").put()
        s3.meta.client.copy_object()
        with boto3.resource("dynamodb").Table("t").batch_writer() as batch:
            batch.put_item(Item={})
        queue = boto3.resource("sqs").get_queue_by_name(QueueName="q")
        queue.send_message(MessageBody="b")
        """
    assert seen(code) == [
        "2 s3", "4 s3.upload_file", "5 s3.list_objects", "6 s3.delete_object", "7 s3.put_object", "8 s3.copy_object",
        "9 dynamodb", "9 dynamodb.batch_write_item", "10 dynamodb.batch_write_item",
        "11 sqs", "11 sqs.get_queue_url", "12 sqs.send_message",
    ]  # fmt: skip


def test_paginators_waiters_and_what_is_no_operation(seen):
    code = """\
        import boto3
        s3 = boto3.client("s3")
        s3.get_paginator("list_objects_v2").paginate(Bucket="b")
        s3.get_paginator(name)
        s3.get_waiter("bucket_exists").wait(Bucket="b")
        try:
            s3.foo()
            s3.meta.events.register("x", f)
            s3.close()
        except s3.exceptions.NoSuchKey():
            s3.generate_presigned_url("get_object")
        """
    assert seen(code)[1:] == [
        "3 s3.list_objects_v2", "4 s3.get_paginator", "5 s3.get_waiter", "11 s3.generate_presigned_url",
    ]  # fmt: skip


def test_operations_that_are_handed_on(usages):
    code = """\
        import asyncio, boto3
        s3 = boto3.client("s3")
        async def main():
            await asyncio.to_thread(s3.put_object, Bucket="b")
        """
    found = usages(code)[-1]
    assert (found.symbol, found.location.column, found.values["Bucket"]) == ("s3.put_object", 29, "b")


def test_an_operation_that_is_wrapped_and_called_at_once_is_one_call(seen):
    code = """\
        import boto3
        from asgiref.sync import sync_to_async
        table = boto3.resource("dynamodb").Table("t")
        async def main():
            await sync_to_async(table.put_item)(Item={})
            await elsewhere(table.get_item)(Key={})
        """
    assert seen(code)[1:] == ["5 dynamodb.put_item", "6 dynamodb.get_item"]


def test_services_that_are_newer_than_the_data_file_are_believed(interest, read_one):
    interest.names["boto3"].exact["tomorrow"] = interest.names["boto3"].exact["s3"]
    code = "import boto3\nboto3.client('tomorrow').do_it()"
    assert [(it.symbol, it.confidence) for it in read_one(code).usages[1:]] == [
        ("tomorrow", "certain"),
        ("tomorrow.do_it", "likely"),
    ]


MORE_ORIGINS = {
    "a class of names": "class N:\n  S = 's3'\nboto3.client(N.S).put_object()",
    "an enumeration": "class N(Enum): S = 's3'\n\nboto3.client(N.S.value).put_object()",
    "a dict look-up": "N = {'a': 's3'}\n\nboto3.client(N['a']).put_object()",
    "get": "N = {'a': 's3'}\n\nboto3.client(N.get('a')).put_object()",
    "an f-string of constants": "A = 's'\nB = 3\nboto3.client(f'{A}3').put_object()",
    "partial": "from functools import partial\nmake = partial(boto3.client, 's3')\nmake().put_object()",
    "partial of a session": "from functools import partial as p\n\np(boto3.Session().client, 's3')().put_object()",
    "getattr": "s = boto3.Session()\n\ngetattr(s, 'client')('s3').put_object()",
    "a thread": "import asyncio\nasync def f():\n    (await asyncio.to_thread(boto3.client, 's3')).put_object()",
    "a transfer": "from boto3.s3.transfer import S3Transfer\n\nS3Transfer(boto3.client('s3')).upload_file()",
    "the region's session": "s = boto3.Session(region_name='eu-west-1')\n\ns.client('s3').put_object()",
}


@pytest.mark.parametrize("code", MORE_ORIGINS.values(), ids=MORE_ORIGINS.keys())
def test_the_service_is_known_however_it_is_said(seen, code):
    assert next(it for it in seen("import boto3\n" + code) if "object" in it or "file" in it).startswith("4 s3.")


MORE_PLACES = {
    "a dict of clients by a name": "c = {'a': boto3.client('s3'), 'b': boto3.client('s3')}\n\nc[name].put_object()",
    "a dict comprehension": "c = {n: boto3.client('s3') for n in 'ab'}\n\nc[name].put_object()",
    "a list": "c = [boto3.client('s3')]\nfor it in c:\n    it.put_object()",
    "items": "c = {'a': boto3.client('s3')}\nfor n, it in c.items():\n    it.put_object()",
    "values": "c = {'a': boto3.client('s3')}\nfor it in c.values():\n    it.put_object()",
    "enumerate": "c = [boto3.client('s3')]\nfor n, it in enumerate(c):\n    it.put_object()",
    "pairs": "c = [('a', boto3.client('s3'))]\nfor n, it in c:\n    it.put_object()",
    "a dict filled under names": "c = {}; c[name] = boto3.client('s3')\n\nc[name].put_object()",
    "getattr of a client": "c = boto3.client('s3')\n\ngetattr(c, 'put_object')()",
}


@pytest.mark.parametrize("code", MORE_PLACES.values(), ids=MORE_PLACES.keys())
def test_a_client_is_found_where_it_is_kept(seen, code):
    assert seen("import boto3\n" + code)[-1].rstrip("?") == "4 s3.put_object"


def test_a_cache_of_clients_by_service(seen):
    code = """\
        import boto3
        from functools import lru_cache
        @lru_cache
        def made(name): return boto3.client(name)
        class Clients:
            def __init__(self): self._made = {}
            def get(self, name):
                if name not in self._made:
                    self._made[name] = boto3.client(name)
                return self._made[name]
        made("s3").put_object()
        Clients().get("sqs").send_message()
        """
    assert [it for it in seen(code) if "." in it] == ["11 s3.put_object", "12 sqs.send_message"]


def test_the_arguments_of_a_paginator_belong_to_its_operation(usages):
    code = """\
        import boto3
        pages = boto3.client("s3", region_name="eu-north-1").get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket="b"): pass
        """
    found = usages(code)[-1]
    assert (found.symbol, found.location.line, found.related[0].line) == ("s3.list_objects_v2", 2, 3)
    assert found.places == ("eu-north-1",)


@pytest.mark.parametrize("holder", ["threading.local()", "flask.g", "Holder()"])
def test_a_client_put_into_an_attribute_of_something_the_module_shares(seen, holder):
    code = f"""\
        import boto3, flask, threading
        class Holder: ...
        shared = {holder}
        def client():
            if not hasattr(shared, "queue"):
                shared.queue = boto3.client("sqs")
            return shared.queue
        def put(text):
            client().send_message(QueueUrl="q", MessageBody=text)
        """
    assert seen(code) == ["6 sqs", "9 sqs.send_message"]


def test_an_attribute_of_another_name_is_another_one(seen):
    code = """\
        import boto3
        def one(first, second):
            first.queue = boto3.client("sqs")
            second.queue.send_message(QueueUrl="q")
        """
    assert seen(code) == ["3 sqs"]


def test_a_decorator_is_called_without_brackets_too(seen):
    code = """\
        from google.cloud import runtime
        import chalice
        class Store:
            @runtime.traced
            def put(self): ...
            @property
            def name(self): ...
        app = chalice.Chalice(app_name="x")
        @app.lambda_function
        def handler(event, context): ...
        """
    assert seen(code) == ["4 google.cloud.runtime.traced", "8 chalice.Chalice", "9 chalice.Chalice.lambda_function"]


@pytest.mark.parametrize(
    "annotation", ["list[S3Client]", "Sequence['S3Client']", "dict[str, S3Client]", "set[S3Client]"]
)
def test_an_annotation_of_a_collection_tells_of_its_values(seen, annotation):
    values = "clients.values()" if "dict" in annotation else "clients"
    code = f"""\
        from collections.abc import Sequence
        from mypy_boto3_s3 import S3Client
        def put(clients: {annotation}) -> None:
            for client in {values}:
                client.put_object()
            clients["a" if {"dict" in annotation} else 0].get_object()
        """
    assert seen(code) == ["5 s3.put_object?", "6 s3.get_object?"]


def test_an_operation_tells_the_service_of_a_client_that_may_be_any(seen):
    code = """\
        import boto3
        from botocore.client import BaseClient
        def put(client: BaseClient, s3_client: BaseClient, other: BaseClient):
            client.receive_message(QueueUrl="q")
            s3_client.put_object()
            other.put_object()
            other.unheard_of()
        def same(client: BaseClient): return client
        same(boto3.client("sqs")).send_message()
        boto3.client(input()).receive_message()
        """
    found = [line for line in seen(code) if "." in line]
    assert found == ["4 sqs.receive_message??", "5 s3.put_object??", "9 sqs.send_message", "10 sqs.receive_message??"]


@pytest.mark.parametrize(
    "handed",
    [
        "pool.submit(put, s3, 1)", "loop.run_in_executor(None, put, s3)", "asyncio.to_thread(put, s3)",
        "threading.Thread(target=put, args=(s3,)).start()", "Thread(target=put, kwargs={'client': s3})",
        "functools.partial(put, client=s3)",
    ],
)  # fmt: skip
def test_a_function_that_is_called_later_gets_its_arguments(seen, handed):
    code = f"""\
        import boto3
        def put(client):
            client.put_object()
        s3 = boto3.client("s3")
        {handed}
        """
    assert seen(code) == ["3 s3.put_object?", "4 s3"]


def test_a_signer_tells_for_which_service_it_signs(seen):
    code = """\
        from botocore.auth import SigV4Auth
        from requests_aws4auth import AWS4Auth
        SERVICE = "es"
        SigV4Auth(credentials, SERVICE, "eu-west-1").add_auth(request)
        AWS4Auth(key, secret, "eu-west-1", service="es")
        AWS4Auth(key, secret, "es-region", "vpc-lattice-svcs")
        SigV4Auth(credentials, service, region)
        """
    assert seen(code) == [
        "4 sigv4=es",
        "5 sigv4=es",
        "6 requests_aws4auth.AWS4Auth",
        "7 botocore.auth.SigV4Auth",
    ]


def test_operations_that_are_looked_up_by_name_are_told_where_the_name_is_known(seen):
    code = """
        import boto3
        s3 = boto3.client("s3")
        for name in ("get_object", "put_object"):
            getattr(s3, name)(Bucket="b")
        def run(operation):
            return getattr(s3, operation)()
    """
    assert seen(code) == ["3 s3", "5 s3.get_object?", "5 s3.put_object?", "7 s3.getattr?"]


def test_a_function_that_a_maker_gives_makes_the_client_of_the_makers_call(seen):
    code = """
        import boto3
        def maker(service, url=None):
            client = None
            def made():
                nonlocal client
                if client is None:
                    client = boto3.client(service)
                return client
            return made
        get_s3 = maker("s3")
        get_sqs = maker("sqs")
        get_s3().put_object()
        get_sqs().send_message()
    """
    assert seen(code) == ["11 s3?", "12 sqs?", "13 s3.put_object", "14 sqs.send_message"]


def test_of_two_annotations_the_nearer_one_counts(seen):
    code = """\
        import boto3
        class Store: ...
        class S3Store(Store):
            def __init__(self): self.s3 = boto3.client("s3")
        class Feature:
            def __init__(self, store: Store): self.store: Store = store
            def keep(self):
                store: S3Store = self.store
                store.s3.put_object()
        """
    assert "9 s3.put_object?" in seen(code)
