"""What Python packages call the things of other namespaces: facts that the catalogue and the Python room both use."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import msgspec

DATA: Final = Path(__file__).parent.parent / "data" / "python-names.json"
"""Written by ``scripts/refresh_constructs.py``."""

BRIDGED: Final = ("pulumi_aws", "pulumi_azure", "pulumi_azuread", "pulumi_cloudflare", "pulumi_gcp")
"""Packages whose classes are Terraform's types under other names: the parser itself translates them."""


class PythonNames(msgspec.Struct, frozen=True, kw_only=True):
    """The data file. ``origins``: distribution → version. ``modules``: Python module → namespace, a space, and a name
    in it. ``classes``: Python module → class → Terraform type, ``""`` for a part that is no resource of its own."""

    origins: dict[str, str]
    modules: dict[str, str]
    classes: dict[str, dict[str, str]]


@cache
def python_names() -> PythonNames:
    """The data file, decoded once."""
    return msgspec.json.decode(DATA.read_bytes(), type=PythonNames)
