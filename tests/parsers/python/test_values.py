"""What a usage says besides its name: arguments, endpoint, digest."""

from __future__ import annotations

import pytest

from portability.model import UNKNOWN

CLIENT = "import boto3, os\ns3 = boto3.client('s3')\n"


@pytest.mark.parametrize(
    ("call", "values"),
    [
        ("s3.put_object(Bucket='b', Key='k')", {"Bucket": "b"}),
        ("s3.put_object(Bucket=name)", {"Bucket": UNKNOWN}),
        ("s3.put_object(Bucket=None)", {"Bucket": None}),
        ("N = 'b'\ns3.put_object(Bucket=N + '1')", {"Bucket": "b1"}),
        ("s3.put_object(Metadata={'owner': 'me', 'x': 1})", {"Metadata.owner": "me"}),
        ("s3.put_object(Metadata={'x': 1})", {}),
        ("s3.put_object(Metadata=given)", {"Metadata.owner": UNKNOWN}),
        ("s3.put_object(Metadata=[{'owner': 'a'}, {'x': 1}, {'owner': 'b'}])", {"Metadata.owner": ["a", "b"]}),
        ("s3.put_object(Metadata=[{'x': 1}])", {}),
        ("s3.put_object(Tags=[{'a': 1}, x])", {"Tags": [{"a": 1}, UNKNOWN]}),
        ("s3.put_object(Bucket=b'b')", {"Bucket": UNKNOWN}),
        ("more = {'Bucket': 'b'}\ns3.put_object(**more)", {"Bucket": "b"}),
        ("s3.put_object(Bucket='b', Tags=[], **more)",
         {"Bucket": "b", "Tags": [], "Metadata.owner": UNKNOWN, "StorageClass": UNKNOWN}),
    ],
)  # fmt: skip
def test_arguments_that_a_rule_asks_for(usages, call, values):
    assert usages(CLIENT + call)[-1].values == values


def test_positional_arguments(usages):
    code = """\
        from google.cloud import pubsub_v1
        publisher = pubsub_v1.PublisherClient()
        publisher.publish("orders", data)
        """
    assert usages(code)[-1].values == {"0": "orders"}


def test_a_prefix_of_symbols_may_be_asked(usages):
    code = "import boto3\nboto3.client('sqs').send_message(MessageGroupId='g')"
    assert usages(code)[-1].values == {"MessageGroupId": "g"}


@pytest.mark.parametrize(
    ("arguments", "endpoint"),
    [
        ("", None),
        (", endpoint_url='https://s3.example.org'", "https://s3.example.org"),
        (", endpoint_url=os.environ.get('E')", UNKNOWN),
        (", endpoint_url=None", None),
        (", **{'endpoint_url': 'https://minio'}", "https://minio"),
        (", **hidden", None),
    ],
)
def test_the_endpoint_goes_with_the_client(usages, arguments, endpoint):
    found = usages(f"import boto3, os\ns3 = boto3.client('s3'{arguments})\ns3.put_object()")
    assert [usage.endpoint for usage in found] == [endpoint, endpoint]


def test_a_dict_that_gains_an_endpoint(usages):
    code = """\
        import boto3
        options = {}
        if LOCAL:
            options["endpoint_url"] = "http://localhost:4566"
        boto3.client("s3", **options)
        """
    assert [usage.endpoint for usage in usages(code)] == ["http://localhost:4566"]


def test_two_endpoints_are_an_unknown_one(usages):
    code = """\
        import boto3
        if LOCAL:
            s3 = boto3.client("s3", endpoint_url="http://localhost")
        else:
            s3 = boto3.client("s3")
        s3.put_object()
        """
    assert (usages(code)[-1].endpoint, usages(code)[-1].confidence) == (UNKNOWN, "certain")


def test_digests_ignore_layout_and_the_client_s_name(usages):
    one, other, third = (
        usages(f"import boto3\n{name} = boto3.client('s3')\n{name}.put_object({arguments})")[-1].digest
        for name, arguments in [
            ("a", "Bucket='b'"),
            ("self_b", "\n  Bucket = 'b',  # the bucket\n"),
            ("a", "Bucket='c'"),
        ]
    )
    assert one == other != third
    assert len(one) == 16


def test_columns_count_characters(usages):
    (usage,) = usages("import boto3\nx = 'größe', boto3.client('s3')\n")
    assert (usage.location.column, usage.location.end_column) == (14, 32)
