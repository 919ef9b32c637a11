"""Hand-made findings for every product that has a template, without any parser."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from portability import catalogue as catalogues
from portability.audit import audit
from portability.catalogue import Catalogue
from portability.model import Assessment, Coverage, Equivalent, Finding, Gap, Location
from portability.proposals import source_edits, validation
from portability.proposals.source_edits import Edited


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return catalogues.load()


def with_templates(known: Catalogue) -> list[tuple[str, str]]:
    """Every product with each capability that it has a template for."""
    return [(id, capability) for id, product in sorted(known.products.items()) for capability in product.templates]


def problems(text: str) -> list[str]:
    """What the providers of some HCL would refuse."""
    return list(validation.problems("hcl", text))


def equivalent(known: Catalogue, product_id: str, capability: str, **more: Any) -> Equivalent:
    product = known.products[product_id]
    fields: dict[str, Any] = {
        "target": product_id.partition("/")[0],
        "capability": capability,
        "product": product.product,
        "fidelity": "same-concept",
        "operated_by": product.operated_by,
        "gaps": (Gap(kind="interface", text="no feature of old"),),
        "limits": tuple(Gap(kind=limit.kind, text=limit.text) for limit in product.limits),
        "licence": product.licence,
        "steward": product.steward.name,
        "seat": product.steward.seat,
        "source": product.source,
        "checked": product.checked,
        "verified": product.verified,
        "product_id": product_id,
    }
    return Equivalent(**{**fields, **more})


def finding(equivalents: tuple[Equivalent, ...], inputs: Mapping[str, Any] = {}, **more: Any) -> Finding:
    line = more.pop("line", 3)
    fields: dict[str, Any] = {
        "fingerprint": f"f{line}",
        "service": "aws/thing",
        "capabilities": tuple(one.capability for one in equivalents),
        "lock_in": "convertible",
        "role": "primary",
        "confidence": "certain",
        "active": "yes",
        "context": "production",
        "evidence": "code",
        "operator": "Somebody",
        "language": "terraform",
        "symbol": "aws_thing",
        "address": "aws_thing.main",
        "component": "infrastructure",
        "location": Location(path="infrastructure/main.tf", line=line, column=1, end_line=line + 4, end_column=2),
        "message": "Thing: because.",
        "inputs": inputs,
        "equivalents": equivalents,
        "digest": f"d{line}",
    }
    return Finding(**{**fields, **more})


def assessment(*findings: Finding) -> Assessment:
    return Assessment(
        root="repo",
        catalogue="0",
        targets=("ovhcloud", "self-hosted"),
        coverage=Coverage(),
        services=(),
        findings=findings,
        components=(),
        effort={},
        unestimated={},
        excluded=(),
    )


PLAIN: Mapping[str, Mapping[str, Any]] = {
    "object-storage": {"name": "letters", "versioning": True, "region": "eu-west-1"},
    "postgresql": {
        "name": "register",
        "version": "16.4",
        "size": "db.m5.large",
        "storage_gb": 100,
        "high_availability": True,
        "backup_days": 14,
        "database": "register",
        "user": "clerk",
    },
    "mysql": {
        "name": "register",
        "version": "8.0.35",
        "size": "db.m5.large",
        "storage_gb": 100,
        "high_availability": True,
        "backup_days": 2,
        "database": "register",
        "user": "clerk",
    },
    "cache": {"name": "pages", "version": "7.1", "size": "cache.m5.large", "nodes": 2},
    "kubernetes-cluster": {
        "name": "shop",
        "version": "1.33.2",
        "node_size": "m6i.large",
        "node_count": 3,
        "node_min": 2,
        "node_max": 6,
    },
    "virtual-machine": {
        "name": "bastion",
        "size": "t3.micro",
        "image": "ami-1",
        "region": "eu-west-1a",
        "disk_gb": 20,
    },
    "container-registry": {"name": "shop/web"},
    "container-service": {
        "name": "shop",
        "image": "shop:1",
        "cpus": "500m",
        "memory": "512Mi",
        "replicas": 2,
        "port": 8080,
        "environment": {"SHOP": "a shop"},
        "command": ["serve"],
        "args": ["--all"],
        "health_path": "/healthy",
        "replicas_min": 1,
        "replicas_max": 4,
    },
    "dns": {"name": "www.example.nl", "type": "TXT", "ttl": 300, "records": ["v=spf1 -all"]},
    "load-balancer": {"name": "forms", "internal": False, "type": "application"},
    "scheduler": {
        "name": "reap",
        "schedule": "cron(0 3 * * ? *)",
        "time_zone": "Europe/Amsterdam",
        "method": "PUT",
        "target": "thing.elsewhere",
        "url": "https://shop.example/reap",
        "body": "all of them",
    },
    "metrics": {
        "name": "busy",
        "description": "Too much to do",
        "threshold": 80,
        "comparison": "GreaterThanThreshold",
        "metric": "CPUUtilization",
        "metric_group": "AWS/EC2",
        "statistic": "Average",
        "period_s": 60,
        "periods": 3,
    },
    "secrets": {"name": "shop/payment", "description": "Key of the payment provider"},
}
"""What code that says everything says, for each capability."""


def everything(known: Catalogue, capability: str) -> dict[str, Any]:
    """What code that says everything says, for any capability."""
    of_type: dict[str, Any] = {"string": "plain", "number": 3, "bool": True, "list": ["plain"], "map": {}}
    of_type["rights"] = {"actions": ["s3:GetObject", "logs:Get*"], "resources": ["arn:aws:s3:::plain/*"]}
    of_type["settings"] = {"SHOP": "a shop"}
    inputs = {name: of_type[kind.type] for name, kind in known.capabilities[capability].inputs.items()}
    return dict(PLAIN.get(capability, inputs))


def edited(root: Path, known: Catalogue, target: str = "ovhcloud") -> Edited:
    """The edits for what stands in a directory."""
    return source_edits(audit(root, known, (target,), jobs=1), known, root, target)


def applied(root: Path, known: Catalogue, target: str = "ovhcloud") -> dict[str, str]:
    """What git makes of the files that have patches, by path; a second run must find nothing left to edit."""
    found = edited(root, known, target)
    subprocess.run(["git", "init", "-q", root], check=True)
    for patch in found.patches:
        subprocess.run(["git", "-C", root, "apply", "--check", "-"], input=patch.text.encode(), check=True)
        subprocess.run(["git", "-C", root, "apply", "-"], input=patch.text.encode(), check=True)
    assert edited(root, known, target).patches == []
    paths = sorted({place.path for patch in found.patches for place in patch.replaces})
    return {path: (root / path).read_bytes().decode() for path in paths}
