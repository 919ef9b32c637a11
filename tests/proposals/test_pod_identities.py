"""Identities of pods: each gets a Secret of its own, where it lives, and what goes with its software gets none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests.command_line import portability
from tests.proposals.test_manifest_edits import written

ACCOUNT = """\
apiVersion: v1
kind: ServiceAccount
metadata:
  name: %s
  namespace: shop
  annotations:
    eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/%s
"""
CHART = "apiVersion: v2\nname: %s\nversion: 1.0.0\n"
TEMPLATE = """\
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Values.name }}
  annotations:
    azure.workload.identity/client-id: {{ .Values.id }}
"""
RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: aws-load-balancer-controller, namespace: flux-system}
spec:
  chart:
    spec: {chart: aws-load-balancer-controller, sourceRef: {kind: HelmRepository, name: eks-charts}}
  values:
    serviceAccount:
      annotations:
        eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/controller
"""


def secrets(root: Path) -> dict[str, list[dict[str, Any]]]:
    """The objects that are proposed for what stands in a directory, by component."""
    result = portability("propose", str(root), "--target", "self-hosted", "--out", str(root / "out"))
    assert result.exit_code == 0, result.output
    found = sorted(root.glob("out/kubernetes/*/workload-identity-*.yaml"))
    return {path.parent.name: list(yaml.safe_load_all(path.read_text())) for path in found}


def test_each_account_of_a_component_has_its_own(tmp_path: Path) -> None:
    (objects,) = secrets(written(tmp_path, a=ACCOUNT % ("web", "web"), b=ACCOUNT % ("jobs", "jobs"))).values()
    assert {(one["metadata"]["name"], one["metadata"]["namespace"]) for one in objects} == {
        ("web-credentials", "shop"),
        ("jobs-credentials", "shop"),
    }
    paths = [one["spec"]["dataFrom"][0]["extract"]["key"] for one in objects]
    assert len(set(paths)) == 2


def test_charts_share_none_though_templates_name_them(tmp_path: Path) -> None:
    files = {f"{one}__Chart": CHART % one for one in ("web", "jobs")}
    files |= {f"{one}__templates__account": TEMPLATE for one in ("web", "jobs")}
    files |= {f"{one}__values": "id: b\n" for one in ("web", "jobs")}
    found = secrets(written(tmp_path, **files))
    assert {name: [one["metadata"]["name"] for one in objects] for name, objects in found.items()} == {
        "jobs": ["jobs-credentials"],
        "web": ["web-credentials"],
    }


def test_software_of_the_provider_takes_its_identity_along(tmp_path: Path) -> None:
    assert secrets(written(tmp_path, release=RELEASE)) == {}
    assert (tmp_path / "out/manifests/release.patch").exists()


def test_accounts_of_values_go_by_the_roles_that_they_had(tmp_path: Path) -> None:
    """One Secret for all would give each pod what only another one could do."""
    arn = "eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/shop/"
    values = "".join(
        f"{one}:\n  serviceAccount:\n    annotations:\n      {arn}{role}\n"
        for one, role in {"web": "web", "jobs": "jobs", "more": "jobs"}.items()
    )
    (objects,) = secrets(written(tmp_path, values=values)).values()
    assert [one["metadata"]["name"] for one in objects] == ["web-credentials", "jobs-credentials"]
