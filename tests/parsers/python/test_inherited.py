"""Clients that a class makes for the service that a class below it hands up, or that a call of it names."""

from __future__ import annotations

from textwrap import dedent

from portability.model import Source
from portability.parsers import python

BASE = """
    import boto3

    class Base:
        def __init__(self, service, region=None):
            self.client = boto3.client(service, region_name=region)

        def tags(self, arn):
            return self.client.list_tags_for_resource(ResourceARN=arn)

        def table(self):
            return boto3.resource("dynamodb")

    class Named:
        service_name = None

        def __init__(self):
            self.client = self.make()

        def make(self):
            return boto3.client(self.service_name)
"""


def found(interest, **files: str) -> dict[str, dict[int, tuple[str, str]]]:
    """Path → line → the call that was found, and how sure it is."""
    unit = [
        Source(path=f"app/{name}.py", language="python", data=dedent(text).encode()) for name, text in files.items()
    ]
    return {
        path: {use.location.line: (use.symbol, use.confidence) for use in reading.usages if use.kind == "call"}
        for path, reading in python.read(unit, interest).items()
    }


def test_each_class_below_has_the_client_of_the_service_that_it_hands_up(interest):
    below = """
        from base import Base

        class Keys(Base):
            def __init__(self):
                super().__init__("kms")
            def read(self):
                return self.client.encrypt(KeyId="k", Plaintext=b"")

        class Files(Base):
            def __init__(self, region):
                Base.__init__(self, "s3", region)
            def keep(self):
                self.client.put_object(Bucket="b", Key="k", Body=b"")

        class Deeper(Keys):
            def all(self):
                return self.client.list_keys()
    """
    assert found(interest, base=BASE, below=below)["app/below.py"] == {
        8: ("kms.encrypt", "certain"),
        14: ("s3.put_object", "certain"),
        18: ("kms.list_keys", "certain"),
    }


def test_a_call_that_two_services_have_is_that_of_the_class_which_asks(interest):
    below = """
        from base import Base

        class Queue(Base):
            def __init__(self):
                super().__init__(service="sqs")
            def clean(self):
                self.client.untag_queue(QueueUrl="u", TagKeys=[])
                self.client.list_tags_for_resource(ResourceARN="a")

        class Topic(Base):
            def __init__(self):
                super().__init__("sns")
            def clean(self):
                self.client.list_tags_for_resource(ResourceArn="a")
    """
    assert found(interest, base=BASE, below=below)["app/below.py"] == {
        8: ("sqs.untag_queue", "certain"),
        15: ("sns.list_tags_for_resource", "certain"),
    }


def test_a_class_below_tells_the_service_by_an_attribute_too(interest):
    below = """
        from base import Named

        class Queue(Named):
            service_name = "sqs"
            def send(self):
                self.client.send_message(QueueUrl="u", MessageBody="x")
                self.make().purge_queue(QueueUrl="u")
    """
    assert found(interest, base=BASE, below=below)["app/below.py"] == {
        7: ("sqs.send_message", "certain"),
        8: ("sqs.purge_queue", "certain"),
    }


def test_a_constructor_in_between_hands_on_what_it_is_handed(interest):
    below = """
        from base import Base

        class Between(Base):
            def __init__(self, name):
                super().__init__(name)

        class Keys(Between):
            def __init__(self):
                super().__init__("kms")
            def lock(self):
                self.client.encrypt(KeyId="k", Plaintext=b"")
    """
    assert found(interest, base=BASE, below=below)["app/below.py"] == {12: ("kms.encrypt", "certain")}


def test_a_call_that_names_the_service_makes_an_object_of_it(interest):
    user = """
        from base import Base

        def keep(item):
            store = Base("dynamodb")
            store.client.put_item(TableName="t", Item=item)
            Base(service="s3").client.put_object(Bucket="b", Key="k", Body=b"")
    """
    assert found(interest, base=BASE, user=user)["app/user.py"] == {
        6: ("dynamodb.put_item", "certain"),
        7: ("s3.put_object", "certain"),
    }


def test_what_a_class_below_computes_is_not_what_others_hand_up(interest):
    """A service that only a run could tell stays one, whatever the other classes say."""
    below = """
        from base import Base

        class Settings(Base):
            def __init__(self):
                super().__init__("ssm")

        class Any(Base):
            def __init__(self):
                super().__init__(compute())
            def clean(self):
                self.client.get_waiter("x")
    """
    assert found(interest, base=BASE, below=below)["app/below.py"] == {}


def test_classes_in_a_circle_come_to_an_end(interest):
    circle = """
        import boto3

        class A(B):
            def __init__(self, name):
                super().__init__(name)
                self.client = boto3.client(name)

        class B(A):
            def __init__(self, name):
                super().__init__("sqs")
                self.client.purge_queue(QueueUrl="u")
    """
    assert set(found(interest, circle=circle)) == {"app/circle.py"}


def test_what_a_class_below_leaves_empty_is_filled_above(interest):
    """A class method keeps the client in an attribute that each class below declares for itself."""
    user = """
        import boto3

        class Connection:
            _client = None
            _service = ""
            @classmethod
            def get(cls):
                if cls._client is None:
                    cls._client = boto3.Session().client(service_name=cls._service)
                return cls._client

        class Queues(Connection):
            _client = None
            _service = "sqs"

        Queues.get().purge_queue(QueueUrl="u")
    """
    assert found(interest, user=user)["app/user.py"][17] == ("sqs.purge_queue", "certain")


def test_an_api_of_google_is_handed_up_too(interest):
    """And what one class below hands up is not what another one has, though AWS has a service of that name."""
    files = """
        from googleapiclient import discovery

        class Facade:
            def __init__(self, name):
                self._name = name
            def client(self):
                return discovery.build(self._name, "v1")

        class Accounts(Facade):
            def __init__(self):
                super().__init__("iam")

        class Databases(Facade):
            def __init__(self):
                super(Databases, self).__init__("sqladmin")
            def all(self):
                return self.client().instances().list(project="p")
    """
    assert found(interest, files=files)["app/files.py"][18] == ("googleapiclient.sqladmin.instances.list", "certain")
    assert "iam" not in str(found(interest, files=files)["app/files.py"][18])
