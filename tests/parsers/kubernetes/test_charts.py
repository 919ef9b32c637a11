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
    "Helmfile, by another name and with objects in its values": (
        "clusters/production.yaml",
        "releases:\n- name: a\n  chart: incubator/raw\n  values:\n  - resources:\n    - apiVersion: storage.k8s.io/v1\n"
        '      kind: StorageClass\n      metadata: {name: {{ env "NAME" }}}\n      provisioner: ebs.csi.aws.com\n',
        [(9, "aws/ebs")],
        ["incubator/raw"],
    ),
    "Helmfile, what there is without a variable of the environment": (
        "helmfile.yaml",
        "releases:\n- name: a\n  chart: ./own\n  values:\n  - image:\n"
        '      repository: \'{{ env "REPOSITORY" | default "a.azurecr.io/b" }}\'\n      tag: \'{{ env "TAG" }}\'\n',
        [(6, "azure/container-registry")],
        [],
    ),
    "values by another name, for whoever names them": (
        "environments/production.yaml",
        "replicaCount: 2\nserviceAccount:\n  annotations:\n    eks.amazonaws.com/role-arn: x\n",
        [(4, "aws/workload-identity")],
        [],
    ),
    "YAML that is neither manifest nor values": (
        "api.yaml",
        "openapi: 3.1.0\npaths:\n  /orders:\n    get: {url: https://sqs.eu-west-1.amazonaws.com/1/a}\n",
        [],
        [],
    ),
    "jobs of another tool that hold pods": (
        "jobs/release.yaml",
        "jobs:\n- spec:\n    containers:\n    - image: a.azurecr.io/b\n      volumeMounts: []\n",
        [(4, "azure/container-registry")],
        [],
    ),
    "objects in values": (
        "values.yaml",
        "extraObjects:\n- apiVersion: external-secrets.io/v1\n  kind: SecretStore\n"
        "  spec: {provider: {azurekv: {vaultUrl: x}}}\n",
        [(4, "azure/key-vault")],
        [],
    ),
    "a template of values in a text": (
        "a.yaml",
        ARGO.format(
            "ApplicationSet",
            "source:\n    helm:\n      values: |\n        cluster: {{metadata.name}}\n"
            '        image:\n          repository: a.azurecr.io/b\n        zones:\n        - {{default "" .b}}\n',
        ),
        [(9, "azure/container-registry")],
        [],
    ),
    "Kustomize": (
        "kustomization.yaml",
        "helmCharts:\n- name: ingress-azure\n  repo: https://charts.example\n",
        [(2, "azure/application-gateway")],
        [],
    ),
    "an application in a text": (
        "a.yaml",
        "apiVersion: v1\nkind: ConfigMap\ndata:\n  app.yaml: |\n    apiVersion: argoproj.io/v1alpha1\n"
        "    kind: Application\n    metadata:\n      annotations: {eks.amazonaws.com/role-arn: x}\n    spec:\n"
        "      source: {chart: web, repoURL: 'https://charts.example'}\n",
        [(8, "aws/workload-identity")],
        ["https://charts.example/web"],
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
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    assessment = audit(tmp_path, load(), (), jobs=1)
    assert [(one.location.line, one.service) for one in assessment.findings] == findings
    assert [one.name for one in assessment.coverage.unfollowed if one.kind == "chart"] == missing
