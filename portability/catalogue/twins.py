"""One thing under two names, of which rules write one.

One resource of AWS is two Terraform types: ``aws_sqs_queue``, and ``awscc_sqs_queue`` of the Cloud Control provider.
What a rule asks of the first is asked of the second too. Its attributes are CloudFormation's properties in snake case:
where they have other names, a condition just does not hold. One call of a Python SDK comes from several clients:
asynchronous ones, and modules of one version of the API.
"""

from __future__ import annotations

from functools import cache

from portability.interest import plainly
from portability.names.globs import wildcard

BEGINNINGS = {
    "amazonmq_": ("mq_",),
    "apigateway_": ("api_gateway_",),
    "aps_": ("prometheus_",),
    "cassandra_": ("keyspaces_",),
    "certificatemanager_": ("acm_",),
    "directoryservice_": ("directory_service_",),
    "elasticloadbalancingv2_": ("lb_", "lb"),
    "events_": ("cloudwatch_event_",),
    "kinesisfirehose_": ("kinesis_firehose_",),
    "logs_": ("cloudwatch_log_",),
    "opensearchservice_": ("opensearch_",),
    "rds_db_": ("db_",),
    "servicediscovery_": ("service_discovery_",),
    "sso_": ("ssoadmin_",),
    "stepfunctions_": ("sfn_",),
}
"""How CloudFormation's types begin → how the same types begin behind ``aws_``."""

PLAIN = ("eip", "instance", "launch_template", "nat_gateway", "security_group", "subnet", "volume_attachment", "vpc")
"""What CloudFormation has under ``ec2_`` and ``aws_`` under no word."""

STUBS = ("mypy-boto3", "types-boto3", "types-aiobotocore")
"""Distributions of type stubs that exist for each service of boto3."""


def stubbed(distribution: str) -> str:
    """The service of boto3 that a distribution types, or nothing."""
    return next((distribution.removeprefix(f"{kind}-") for kind in STUBS if distribution.startswith(f"{kind}-")), "")


@cache
def twins(symbol: str) -> tuple[str, ...]:
    """How Cloud Control calls an ``aws_*`` type or prefix of types, as far as names tell; nothing of any other."""
    tail = symbol.removeprefix("aws_")
    if tail == symbol:
        return ()
    if tail.removesuffix("*") in PLAIN:
        return (f"awscc_ec2_{tail}",)
    renamed = tuple(
        f"awscc_{beginning}{tail.removeprefix(other)}"
        for beginning, others in BEGINNINGS.items()
        for other in others
        if tail.startswith(other)
    )
    return renamed or (f"awscc_{tail}",)


def covers(symbol: str, used: str) -> bool:
    """Whether the symbol of a rule, in which ``*`` is any run of characters, or a twin of it, is one that code uses."""
    same = (symbol, *twins(symbol)) if used.startswith("awscc_") else (symbol,)
    if any(_fits(name, used) for name in same):
        return True
    plain, plainer = plainly(symbol), plainly(used)
    return (plain != symbol or plainer != used) and _fits(plain, plainer)


def _fits(name: str, used: str) -> bool:
    return name == used or ("*" in name and wildcard(name).fits(used))
