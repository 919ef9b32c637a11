"""Names that follow from others: who claims a boto3 service also has its ARNs, hosts, IAM actions and commands.

A name that a rule file gives wins over a derived one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any, Final

from portability.catalogue.schema import Service
from portability.interest import Claim
from portability.model import Namespace

PARTITIONS: Final = ("aws", "aws-cn", "aws-eusc", "aws-us-gov")
"""Partitions of AWS that are open to customers; the source is botocore's ``partitions.json``."""


def names(services: Mapping[str, Service]) -> Iterator[tuple[Namespace, str, Claim]]:
    """``(namespace, pattern, claim)``, a pattern more than once where several services share it: the first has it."""
    claimed, operations = _boto3_names(services), _operations(services)
    endpoints: Mapping[str, str] = _facts()["services"]
    # Whose boto3 name is the word itself comes first: `rds` is Amazon RDS, though DocumentDB signs as `rds` too.
    shared = sorted((word != name, name, word) for name in claimed for word in endpoints.get(name, name).split())
    for _, name, word in shared:
        owner = claimed[name]
        yield "string", f"{word}.amazonaws.com", Claim(owner, "look-up")
        if "." not in word:
            yield from (("string", f"arn:{part}:{word}", Claim(owner, "look-up")) for part in PARTITIONS)
            for verb, keeper in operations.get(name, {}).items():
                yield "string", f"{word}:{verb}", Claim(keeper, "permission")
            yield "string", f"{word}:*", Claim(owner, "permission")
    for name, owner in claimed.items():
        yield "command", f"aws {name}", Claim(owner, "part")


def _boto3_names(services: Mapping[str, Service]) -> dict[str, str]:
    """boto3 service → the service of the catalogue that claims it."""
    return {
        name: id
        for id, service in sorted(services.items())
        if id.startswith("aws/")
        for patterns in service.names.get("boto3", {}).values()
        for name in patterns
        if "*" not in name and "." not in name
    }


def _operations(services: Mapping[str, Service]) -> dict[str, dict[str, str]]:
    """boto3 service → IAM's word for operations that are claimed one by one → who claims them."""
    found: dict[str, dict[str, str]] = {}
    for id, service in sorted(services.items()):
        for patterns in service.names.get("boto3", {}).values():
            for pattern in patterns:
                name, dot, operation = pattern.partition(".")
                if dot and id.startswith("aws/"):
                    verb = "".join(word[:1].upper() + word[1:] for word in operation.split("_"))
                    found.setdefault(name, {})[verb] = id
    return found


def _facts() -> Any:
    return json.loads((files("portability") / "data" / "aws-endpoints.json").read_text("utf-8"))
