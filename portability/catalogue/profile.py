"""A hoster described by a small profile becomes a target like any other: products for what it sells, else lacks.

Nothing is guessed. What is sold over an open interface answers by that interface, every feature unverified; what is
unknown or not sold falls back to software that you run on the hoster's machines, and says which of the two it is.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from portability.catalogue.schema import Capability, Effort, Lack, Product, Profile, Run, Steward, Target
from portability.catalogue.source import Rules


def with_profiles(rules: Rules) -> tuple[dict[str, Target], dict[str, Product]]:
    """The targets and products of rules, with those that follow from profiles."""
    targets, products = dict(rules.targets), dict(rules.products)
    for id, target in rules.targets.items():
        if target.profile is not None:
            sold = {name: known for name, known in rules.capabilities.items() if _interfaces(target.profile, name)}
            products |= {f"{id}/{name}": _product(target, target.profile, name, sold[name]) for name in sold}
            lacks = {name: _lack(target, target.profile, name) for name in rules.capabilities if name not in sold}
            targets[id] = msgspec.structs.replace(target, lacks={**lacks, **target.lacks})
    return targets, products


def starter(name: str, capabilities: Mapping[str, Capability]) -> str:
    """A profile to fill in, as YAML, with every capability that the questions below cover set to unknown."""
    lines = [f"  {id}: unknown".ljust(30) + f"  # {capabilities[id].name}: {hint}" for id, hint in _QUESTIONS.items()]
    offers = "\n".join(f"  {line}" for line in lines)
    return f"""\
name: {name}
operator: unknown              # the legal entity that you would sign with
jurisdiction: unknown          # ISO 3166 code of the country that binds the operator
falls_back_to: self-hosted     # what it does not sell, you run on its machines
foundation: L
profile:
  # For each: the open interfaces it is sold with, as a list, or none, or unknown.
  offers:
{offers}
  certificates: []             # - {{name: ISO/IEC 27001, verified: no}}
  source: unknown              # where the answers come from
  checked: 2026-11
  verified: no
"""


_QUESTIONS = {
    "kubernetes-cluster": "managed Kubernetes? [kubernetes]",
    "object-storage": "an S3 endpoint? [s3]",
    "virtual-machine": "[openstack], [opennebula], [vsphere], [proxmox]",
    "private-network": "own networks by API? [openstack]",
    "block-storage": "volumes by API or CSI? [csi]",
    "file-storage": "[nfs], [smb]",
    "load-balancer": "a managed load balancer? [openstack]",
    "postgresql": "managed PostgreSQL? [postgresql]",
    "mysql": "managed MySQL? [mysql]",
    "cache": "managed Valkey or Redis? [redis]",
    "container-registry": "an OCI registry? [oci]",
    "dns": "an API for records? [dns]",
    "backup": "managed backups? name the software",
    "ddos-protection": "scrubbing, and by whom?",
    "certificates": "[acme]",
}


def _interfaces(profile: Profile, capability: str) -> list[str]:
    answer = profile.offers.get(capability, "unknown")
    return answer if isinstance(answer, list) else []


def _product(target: Target, profile: Profile, name: str, capability: Capability) -> Product:
    return Product(
        product=f"{capability.name} at {target.name}",
        gives=[name],
        serves=_interfaces(profile, name),
        unsure=list(capability.features),
        operated_by="target",
        run=Run(skills=[], size="XS"),
        licence="proprietary",
        steward=Steward(name=target.operator, seat="unknown"),
        jurisdiction=target.jurisdiction,
        effort=Effort(once="M", each="S", drivers=["what the hoster's contract says"]),
        source=profile.source,
        checked=profile.checked,
        verified=profile.verified,
    )


def _lack(target: Target, profile: Profile, capability: str) -> Lack:
    unknown = profile.offers.get(capability, "unknown") == "unknown"
    reason = f"Whether {target.name} sells this is unknown; ask." if unknown else f"{target.name} does not sell this."
    return Lack(reason=reason, source=profile.source, checked=profile.checked, verified=profile.verified)
