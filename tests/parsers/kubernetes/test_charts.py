"""Charts that are named and not there: those that bind are findings, others are records of what was not read."""

from __future__ import annotations

import pytest

from portability.audit import audit
from portability.catalogue import load

ARGO = "apiVersion: argoproj.io/v1alpha1\nkind: {}\nspec:\n  {}\n"
CASES = {
    "a dependency of a chart": (
        "Chart.yaml",
        "apiVersion: v2\nname: a\ndependencies:\n"
        "- name: aws-ebs-csi-driver\n  repository: https://charts.example\n"
        "- name: redis\n  repository: https://charts.example/\n"
        "- name: own\n  repository: file://../own\n",
        [(4, "aws/ebs")],
        ["https://charts.example/redis"],
    ),
    "Argo CD": (
        "a.yaml",
        ARGO.format("Application", "source: {chart: aws-load-balancer-controller, repoURL: https://charts.example}"),
        [(4, "aws/load-balancer-controller")],
        [],
    ),
    "Argo CD, several sources in a template": (
        "a.yaml",
        ARGO.format("ApplicationSet", "template: {spec: {sources: [{chart: podinfo, repoURL: ghcr.io/example}]}}"),
        [],
        ["ghcr.io/example/podinfo"],
    ),
    "Flux": (
        "a.yaml",
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  chart: {spec: {chart: karpenter}}\n",
        [(4, "aws/eks")],
        [],
    ),
    "Flux, a chart of the same repository": (
        "a.yaml",
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  chart: {spec: {chart: ./charts/own}}\n",
        [],
        [],
    ),
    "Flux, from a registry": (
        "a.yaml",
        "apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nspec:\n"
        "  url: oci://public.ecr.aws/karpenter/karpenter\n",
        [(4, "aws/eks")],
        [],
    ),
    "Helmfile, with values": (
        "helmfile.yaml",
        "releases:\n- name: a\n  chart: eks/aws-vpc-cni\n- name: b\n  chart: bitnami/redis\n"
        "  values:\n  - image: {repository: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/redis}\n",
        [(3, "aws/eks"), (7, "aws/ecr")],
        ["bitnami/redis"],
    ),
    "Kustomize": (
        "kustomization.yaml",
        "helmCharts:\n- name: ingress-azure\n  repo: https://charts.example\n",
        [(2, "azure/application-gateway")],
        [],
    ),
    "values in a text": (
        "a.yaml",
        ARGO.format(
            "Application",
            "source:\n    helm:\n      values: |\n        serviceAccount:\n          annotations:\n"
            "            eks.amazonaws.com/role-arn: x",
        ),
        [(9, "aws/workload-identity")],
        [],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_charts_by_name(tmp_path, case):
    name, text, findings, missing = CASES[case]
    (tmp_path / name).write_text(text)
    assessment = audit(tmp_path, load(), (), jobs=1)
    assert [(one.location.line, one.service) for one in assessment.findings] == findings
    assert [one.name for one in assessment.coverage.unfollowed if one.kind == "chart"] == missing
