"""The knowledge: ``rules/*.yaml`` as one validated, compiled index."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from portability.catalogue.errors import CatalogueError
from portability.catalogue.index import HEALTH, UNCLASSIFIED, VENDOR, Catalogue, is_catch_all, read

__all__ = ["HEALTH", "UNCLASSIFIED", "VENDOR", "Catalogue", "CatalogueError", "is_catch_all", "load", "rules_directory"]

_HERE = Path(__file__).parent
COMPILED = _HERE / "compiled.msgpack"


def rules_directory() -> Path | None:
    """The rules of a checkout; an installed package has only their compiled form."""
    directory = _HERE.parent.parent / "rules"
    return directory if (directory / "effort.yaml").is_file() else None


def load(extra: Sequence[Path] = ()) -> Catalogue:
    """The catalogue, with the rule directories of a user's own on top.

    In a checkout it is compiled again when a rule file has changed. Raises CatalogueError where rules do not hold.
    """
    rules = rules_directory()
    if rules is None:
        catalogue = read(COMPILED)
    else:
        from portability.catalogue.checkout import compile_into, is_current

        catalogue = read(COMPILED) if is_current(COMPILED, rules) else compile_into(COMPILED, rules)
    if extra:
        from portability.catalogue.compile import extend

        catalogue = extend(catalogue, extra)
    return catalogue
