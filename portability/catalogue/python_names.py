"""Claims that nobody writes down: Python names that are another word for a name that some service claims.

``portability/data/python-names.json`` (written by ``scripts/refresh_constructs.py``) says that ``aws_cdk.aws_sqs`` is
boto3's ``sqs`` and ``aws_cdk.aws_ec2.Vpc`` is Terraform's ``aws_vpc``. Whoever claims the one claims the other, in the
same role, so a service that is added or divided takes its constructs and operators along. What a rule says wins.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import cast

import msgspec

from portability.catalogue.index import UNCLASSIFIED
from portability.interest import Claim, NameTable
from portability.model import Namespace

DATA = Path(__file__).parents[1] / "data" / "python-names.json"

BRIDGED = ("pulumi_aws", "pulumi_azure", "pulumi_azuread", "pulumi_cloudflare", "pulumi_gcp")
"""Packages whose classes are Terraform's types under other names: the parser itself translates them."""

_OPERATORS = ("airflow.", "prefect_", "dagster_")


class PythonNames(msgspec.Struct, frozen=True, kw_only=True):
    """The data file. ``origins``: distribution → version. ``modules``: Python module → namespace, a space, and a name
    in it. ``classes``: Python module → class → Terraform type."""

    origins: dict[str, str]
    modules: dict[str, str]
    classes: dict[str, dict[str, str]]


@cache
def python_names() -> PythonNames:
    """The data file, decoded once."""
    return msgspec.json.decode(DATA.read_bytes(), type=PythonNames)


def derived_claims(tables: Mapping[Namespace, NameTable]) -> Iterator[tuple[str, Claim]]:
    """Python name → claim, for every name in the data file whose other word some service claims."""
    names = python_names()
    for module in sorted({*names.modules, *names.classes}):
        package = module.partition(".")[0]
        kinds = {
            name: _as(claim, "terraform")
            for name, type_ in names.classes.get(module, {}).items()
            if (claim := _claim(tables, "terraform", type_)) is not None
        }
        whole = _of_module(names.modules.get(module), kinds, tables)
        if whole is not None:
            yield module, _as(whole, "airflow" if module.startswith(_OPERATORS) else "terraform")
        if package not in BRIDGED:
            for name, claim in kinds.items():
                if whole is None or (claim.service, claim.role) != (whole.service, whole.role):
                    yield f"{module}.{name}", claim


def _of_module(known: str | None, kinds: Mapping[str, Claim], tables: Mapping[Namespace, NameTable]) -> Claim | None:
    """Who claims a module: whoever claims its other word, else most of its classes."""
    if known is not None:
        namespace, _, symbol = known.partition(" ")
        if (claim := _claim(tables, cast(Namespace, namespace), symbol)) is not None:
            return claim
    most = Counter(claim.service for claim in kinds.values()).most_common(1)
    return Claim(most[0][0], "primary") if most else None


def _claim(tables: Mapping[Namespace, NameTable], namespace: Namespace, symbol: str) -> Claim | None:
    """The service that claims a name; a provider's catch-all is none."""
    table = tables.get(namespace)
    claim = table.find(symbol) if table is not None else None
    return None if claim is None or claim.service.endswith(f"/{UNCLASSIFIED}") else claim


def _as(claim: Claim, path: str) -> Claim:
    return Claim(claim.service, claim.role, path)
