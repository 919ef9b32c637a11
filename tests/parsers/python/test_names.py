"""Dotted names of every other SDK: Azure, Google Cloud, frameworks."""

from __future__ import annotations

import pytest


def symbols(reading):
    return [(usage.kind, usage.symbol) for usage in reading.usages]


def test_azure(read_one):
    code = """\
        from azure.storage.blob import BlobServiceClient as Blobs
        service = Blobs.from_connection_string(text)
        container = service.get_container_client("c")
        container.upload_blob("n", b"")
        class A:
            def __init__(self, other: Blobs): self.other = other
            def run(self): self.other.list_containers()
        with Blobs("u") as blobs:
            blobs.create_container("c")
        """
    blob = "azure.storage.blob.BlobServiceClient"
    reading = read_one(code)
    assert symbols(reading) == [
        ("import", blob),
        ("constructor", blob),
        ("call", f"{blob}.get_container_client"),
        ("call", "azure.storage.blob.ContainerClient.upload_blob"),
        ("call", f"{blob}.list_containers"),
        ("constructor", blob),
        ("call", f"{blob}.create_container"),
    ]
    assert [usage.confidence for usage in reading.usages] == ["certain"] * 4 + ["likely"] + ["certain"] * 2


def test_google(read_one):
    code = """\
        import google.cloud.pubsub_v1
        from google.cloud import storage
        from google import genai
        google.cloud.pubsub_v1.PublisherClient().publish("topic", b"")
        storage.Client().bucket("x").blob("y")
        genai.Client().models.generate_content()
        """
    assert symbols(read_one(code)) == [
        ("import", "google.cloud.pubsub_v1"),
        ("import", "google.cloud.storage"),
        ("import", "google.genai"),
        ("constructor", "google.cloud.pubsub_v1.PublisherClient"),
        ("call", "google.cloud.pubsub_v1.PublisherClient.publish"),
        ("constructor", "google.cloud.storage.Client"),
        ("call", "google.cloud.storage.Client.bucket"),
        ("call", "google.cloud.storage.Bucket.blob"),
        ("constructor", "google.genai.Client"),
        ("call", "google.genai.Client.models.generate_content"),
    ]


def test_frameworks(read_one):
    code = """\
        from chalice import Chalice
        from aws_cdk import aws_s3 as s3
        import storages.backends.s3boto3
        import pulumi_aws.s3
        app = Chalice(app_name="x")
        @app.route("/")
        def index(): pass
        s3.Bucket(self, "b", encryption=s3.BucketEncryption.KMS)
        """
    assert symbols(read_one(code)) == [
        ("import", "chalice.Chalice"),
        ("import", "aws_cdk.aws_s3"),
        ("import", "storages.backends.s3boto3"),
        ("import", "pulumi_aws.s3"),
        ("constructor", "chalice.Chalice"),
        ("call", "chalice.Chalice.route"),
        ("resource", "aws_cdk.aws_s3.Bucket"),
    ]


@pytest.mark.parametrize(
    ("code", "symbol", "column"),
    [
        ("import os, boto3", "boto3", 12),
        ("def f():\n  import boto3 as b", "boto3", 10),
        ("try:\n  import boto3\nexcept ImportError:\n  boto3 = None", "boto3", 10),
        ("from boto import s3", "boto.s3", 18),
        ("from azure.cosmos import *", "azure.cosmos", 26),
        ("from boto3 \\\n  import client", "boto3.client", 10),
        ("é = 1; import boto3", "boto3", 15),
    ],
)
def test_imports_stand_where_their_alias_does(read_one, code, symbol, column):
    (usage,) = read_one(code).usages
    assert (usage.kind, usage.symbol, usage.location.column) == ("import", symbol, column)


def test_addresses_name_the_function(read_one):
    code = "class A:\n  def f(self):\n    [boto3.client(x) for x in y]\nimport boto3"
    assert [usage.address for usage in read_one(code).usages] == ["orders.A.f", "orders"]
