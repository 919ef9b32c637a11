"""Names of the Cloud Control provider: every ``awscc_*`` type belongs to the service that its ``aws_*`` type has.

``awscc_sqs_queue`` is ``awscc_``, CloudFormation's word for the service, and the resource. Where the ``aws_*`` types
begin otherwise (``aws_lb_listener``, ``awscc_elasticloadbalancingv2_listener``), ``twins`` has both; what has no
``aws_*`` type at all follows the SDK's service of that name. A name that a rule file writes out wins over these.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from portability.catalogue.twins import twins
from portability.interest import Claim
from portability.model import Namespace


def types(claimed: Mapping[Namespace, Mapping[str, Claim]]) -> Iterator[tuple[str, Claim]]:
    """``awscc_*`` patterns that follow from the claims of rules, the closest first. A pattern may come again."""
    own = [
        (pattern.removeprefix("aws_"), claim)
        for pattern, claim in claimed.get("terraform", {}).items()
        if pattern.startswith("aws_") and pattern != "aws_*"
    ]
    for tail, claim in own:
        yield from ((twin, claim) for twin in twins(f"aws_{tail}"))
    for tail, claim in own:
        yield f"awscc_{tail}", claim
    for name, claim in claimed.get("boto3", {}).items():
        if claim.service.startswith("aws/") and not set(name) & {".", "*"}:
            yield f"awscc_{name.replace('-', '')}_*", claim
