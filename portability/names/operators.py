"""Operators that create cloud resources from manifests: where a kind keeps what Terraform has as an attribute."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

_SPELLINGS: Final = (
    (".upbound.io", "spec.forProvider", False),
    (".cnrm.cloud.google.com", "spec", False),
    (".services.k8s.aws", "spec", True),
    (".aws.crossplane.io", "spec.forProvider", True),
)
"""The end of an API group → where its kinds keep attributes, and whether initials are written large (``kmsKeyID``).
Azure Service Operator is left out: its kinds have Azure Resource Manager's properties, which Terraform's names hide."""

_INITIALS: Final = frozenset(
    ("acl", "arn", "az", "cidr", "dns", "iam", "id", "ip", "kms", "sns", "ssl", "ttl", "url", "vpc")
)


@lru_cache(maxsize=4096)
def place(symbol: str, attribute: str) -> str | None:
    """The dotted path in a kind's document for a dotted path in its Terraform type's block, None where nobody knows.

    Source: the naming rules of Upjet, Config Connector and AWS Controllers for Kubernetes. A field that was named
    otherwise is not found there, and counts as not set.
    """
    group = symbol.partition("/")[0]
    for end, root, large in _SPELLINGS:
        if group.endswith(end):
            return ".".join((root, *(_camel(part, large=large) for part in attribute.split("."))))
    return None


def _camel(name: str, *, large: bool) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.upper() if large and word in _INITIALS else word.capitalize() for word in rest)
