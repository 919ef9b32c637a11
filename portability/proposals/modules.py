"""What stands around the resources of a Terraform module: the variables that they ask for and their providers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from portability.patterns import regex
from portability.proposals import layout, literals
from portability.proposals.page import Variable

PROVIDERS: Mapping[str, tuple[str, str]] = {
    "grafana": ("grafana/grafana", ">= 4.0"),
    "harbor": ("goharbor/harbor", ">= 3.10"),
    "openstack": ("terraform-provider-openstack/openstack", ">= 3.4.0"),
    "ovh": ("ovh/ovh", ">= 2.19.0"),
    "proxmox": ("bpg/proxmox", ">= 0.46"),
}
"""The providers that templates use, by the first word of their types: address and version."""
_TYPE = regex(r'^(?:resource|data) "([a-z]+)_', re.MULTILINE)


def providers(texts: Iterable[str]) -> str:
    """The ``terraform`` block that the types in some texts ask for; empty where there is none."""
    used = {name for text in texts for name in _TYPE.findall(text)}
    blocks = [
        f"{name} = {{\nsource = {literals.hcl(source)}\nversion = {literals.hcl(version)}\n}}"
        for name, (source, version) in PROVIDERS.items()
        if name in used
    ]
    if not blocks:
        return ""
    return layout.align("terraform {\nrequired_providers {\n" + "\n".join(blocks) + "\n}\n}")


def declarations(variables: Iterable[Variable]) -> str:
    """Variables with type and description and without a default, by name."""
    blocks = [
        f'variable "{one.name}" {{\ntype = {one.type}\ndescription = {literals.hcl(_described(one))}\n'
        + ("sensitive = true\n" if one.sensitive else "")
        + "}"
        for one in sorted(variables, key=lambda one: one.name)
    ]
    return layout.align("\n\n".join(blocks)) if blocks else ""


def _described(one: Variable) -> str:
    return f"{one.description} Its keys: {', '.join(one.keys)}." if one.keys else one.description
