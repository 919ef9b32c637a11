"""Whose a name is: the one question that every derivation asks of the claims that are there."""

from __future__ import annotations

from collections.abc import Mapping

from portability.catalogue.index import is_catch_all
from portability.interest import Claim, NameTable
from portability.model import Namespace


def owner(tables: Mapping[Namespace, NameTable], namespace: Namespace, symbol: str) -> Claim | None:
    """The claim of a service on a name; a provider's catch-all is none."""
    table = tables.get(namespace)
    claim = table.find(symbol) if table is not None else None
    return None if claim is None or is_catch_all(claim) else claim
