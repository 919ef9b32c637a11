"""Kinds of operators that create cloud resources from manifests: claimed like the Terraform types they stand for.

``portability/data/operator-kinds.json`` says which type a kind stands for (ACK, Azure Service Operator, Config
Connector, Crossplane). So a service states its names once, and a queue is the same queue however it is declared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files

import msgspec

from portability.catalogue.derived.owners import owner
from portability.interest import Claim, NameTable
from portability.model import Namespace


class OperatorKinds(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``kinds`` maps an API group and a kind in it to a Terraform type; ``sources`` says where a group's are from."""

    sources: dict[str, str]
    date: str
    kinds: dict[str, dict[str, str]]


def names(tables: Mapping[Namespace, NameTable]) -> Iterator[tuple[str, Claim]]:
    """Kubernetes symbol → whoever claims its Terraform type. Crossplane's namespaced groups (``.m.``) come along."""
    for group, kinds in _known().kinds.items():
        for kind, type_name in kinds.items():
            if (claim := owner(tables, "terraform", type_name)) is not None:
                for name in _groups(group):
                    yield f"{name}/{kind}", msgspec.structs.replace(claim, stands_for=type_name)


def _groups(group: str) -> tuple[str, ...]:
    stem = group.removesuffix(".upbound.io")
    return (group,) if stem == group else (group, f"{stem}.m.upbound.io")


def _known() -> OperatorKinds:
    return msgspec.json.decode((files("portability") / "data" / "operator-kinds.json").read_bytes(), type=OperatorKinds)
