"""How the AWS SDKs for Python are spelled: what makes sessions and clients, and what annotations stand for."""

from __future__ import annotations

from portability.parsers.python.held import Client, Held, Instance, Resource, Session
from portability.parsers.python.operations import resource_type, service_of_module
from portability.patterns import regex

ROOTS = frozenset({"boto3", "botocore", "aioboto3", "aiobotocore"})
STUBS = ("mypy_boto3_", "types_boto3_", "types_aiobotocore_", "types_aioboto3_", "boto3_type_annotations")

SESSIONS = frozenset(
    {
        "boto3.Session",
        "boto3.session.Session",
        "boto3._get_default_session",
        "botocore.session.Session",
        "botocore.session.get_session",
        "aioboto3.Session",
        "aioboto3.session.Session",
        "aiobotocore.get_session",
        "aiobotocore.session.AioSession",
        "aiobotocore.session.get_session",
    }
)
CLIENTS = frozenset({"boto3.client", "aioboto3.client"})
RESOURCES = frozenset({"boto3.resource", "aioboto3.resource"})
TRANSFERS = frozenset(
    {"boto3.s3.transfer.S3Transfer", "boto3.s3.transfer.create_transfer_manager", "s3transfer.S3Transfer"}
    | {"aioboto3.s3.inject.S3Transfer"}
)
"""What takes an S3 client and does its transfers: ``upload_file`` and its like are the client's own."""

SIGNERS = frozenset(
    {
        "botocore.auth.SigV4Auth",
        "botocore.crt.auth.CrtSigV4Auth",
        "requests_aws4auth.AWS4Auth",
        "requests_aws4auth.aws4auth.AWS4Auth",
        "aws_requests_auth.aws_auth.AWSRequestsAuth",
        "aws_requests_auth.boto_utils.BotoAWSRequestsAuth",
        "requests_auth_aws_sigv4.AWSSigV4",
        "httpx_auth.AWS4Auth",
        "httpx_auth_awssigv4.Sigv4Auth",
    }
)
"""What signs plain requests. One of its arguments is the name under which a service takes signatures."""

BASES = frozenset({"botocore.client.BaseClient", "aiobotocore.client.AioBaseClient"})
"""What the clients of all services are, as annotations say."""

CLIENT_METHODS = frozenset({"client", "create_client"})
RESOURCE_METHODS = frozenset({"resource"})

BY_NAME = "getattr"
"""What stands for an operation of a client that is looked up by a name which only a run could tell."""

NOT_OPERATIONS = frozenset(
    {"can_paginate", "close", "exceptions", "get_paginator", "get_waiter", "meta", "waiter_names"}
)
"""What every client has beside the operations of its service."""

_TYPING = ("typing.", "typing_extensions.", "collections.abc.")
"""Modules whose classes say how a type is written, and not what an object is."""

SERVICE = regex(r"[a-z0-9][a-z0-9.-]*")
"""How the names of services look."""

_STUB = regex(
    r"(?:mypy_boto3_|types_boto3_|types_aiobotocore_|types_aioboto3_|boto3_type_annotations\.)(\w+?)(?:\.\w+)*\.(\w+)"
)


def is_sdk(name: str) -> bool:
    """Whether a dotted name belongs to an SDK or to the stubs of one."""
    root = name.partition(".")[0]
    return root in ROOTS or root.startswith(STUBS)


def is_class(name: str) -> bool:
    """Whether the last part of a dotted name is spelled as classes are."""
    return name.rpartition(".")[2].lstrip("_")[:1].isupper()


def instance_of(name: str) -> Held | None:
    """What an object of an imported class is, by the class's dotted name; None for classes that make no difference."""
    if name in SESSIONS:
        return Session()
    if name in BASES:
        return Client(None)
    if found := _STUB.fullmatch(name):
        service, kind = service_of_module(found[1]), found[2]
        if kind.endswith("Client"):
            return Client(service)
        if kind.endswith("ServiceResource"):
            return Resource(service)
        return Resource(service, kind) if resource_type(service, kind) else None
    return Instance(name) if is_class(name) and not is_sdk(name) and not name.startswith(_TYPING) else None
