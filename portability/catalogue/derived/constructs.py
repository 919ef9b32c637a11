"""Claims that nobody writes down: Python names that are another word for a name that some service claims.

``portability/data/python-names.json`` (written by ``scripts/refresh_constructs.py``) says that ``aws_cdk.aws_sqs`` is
boto3's ``sqs`` and ``aws_cdk.aws_ec2.Vpc`` is Terraform's ``aws_vpc``. Whoever claims the one claims the other, in the
same role and with the features that the type shows, so a service that is added or divided takes its constructs and
operators along. What a rule says wins.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import cast

from portability.catalogue.derived.owners import owner
from portability.interest import Claim, NameTable
from portability.model import Namespace
from portability.names.python_names import BRIDGED, python_names

_OPERATORS = ("airflow.", "prefect_", "dagster_")


def names(tables: Mapping[Namespace, NameTable]) -> Iterator[tuple[str, Claim]]:
    """Python name → claim, for every name in the data file whose other word some service claims."""
    known = python_names()
    for module in sorted({*known.modules, *known.classes}):
        package = module.partition(".")[0]
        kinds = {
            name: _as(claim, "terraform", type_)
            for name, type_ in known.classes.get(module, {}).items()
            if (claim := owner(tables, "terraform", type_)) is not None
        }
        whole = _of_module(known.modules.get(module), kinds, tables, alone=package in BRIDGED)
        if whole is not None:
            yield module, _as(whole, "airflow" if module.startswith(_OPERATORS) else "terraform")
        if package not in BRIDGED:
            yield from ((f"{module}.{name}", claim) for name, claim in kinds.items())
        if whole is not None:
            parts = (name for name, type_ in known.classes.get(module, {}).items() if not type_)
            yield from ((f"{module}.{name}", Claim(whole.service, "part", "terraform")) for name in parts)


def _of_module(
    known: str | None, kinds: Mapping[str, Claim], tables: Mapping[Namespace, NameTable], *, alone: bool
) -> Claim | None:
    """Who claims a module: whoever claims its other word, else most of its classes; all of them where ``alone``, since
    the classes of such packages are found one by one."""
    if known is not None:
        namespace, _, symbol = known.partition(" ")
        if (claim := owner(tables, cast(Namespace, namespace), symbol)) is not None:
            return claim
    services = Counter(claim.service for claim in kinds.values()).most_common()
    return Claim(services[0][0], "primary") if services and not (alone and len(services) > 1) else None


def _as(claim: Claim, path: str, type_: str = "") -> Claim:
    return Claim(claim.service, claim.role, path, type_)
