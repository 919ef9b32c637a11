"""Objects of Kubernetes that Python writes are found as in manifests, once, at their places."""

from __future__ import annotations

import pytest

from portability.audit import audit

DICT = """\
MANIFEST = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {
        "name": name,
        "annotations": {"service.beta.kubernetes.io/aws-load-balancer-type": "nlb"},
    },
    "spec": {**defaults, "type": "LoadBalancer"},
}
"""
TEXT = '''\
MANIFEST = f"""
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  template:
    spec:
      containers:
        - name: api
          image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/{name}:1
"""
'''
CLIENT = """\
from kubernetes import client

pod = client.V1PodSpec(
    node_selector={"cloud.google.com/gke-nodepool": "gpu"},
    containers=[client.V1Container(image="gcr.io/shop/api:1", env=[client.V1EnvVar(name="AZURE_CLIENT_ID")])],
)
"""
AIRFLOW = """\
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

load = KubernetesPodOperator(
    task_id="load",
    image="gcr.io/shop/load:1",
    annotations={"iam.gke.io/gcp-service-account": account},
)
"""


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (DICT, {(6, "service.beta.kubernetes.io/aws-load-balancer-type")}),
        (TEXT, {(10, "image/123456789012.dkr.ecr.eu-west-1.amazonaws.com/*")}),
        (CLIENT, {(4, "cloud.google.com/gke-nodepool"), (5, "image/gcr.io/shop/api"), (5, "env/AZURE_CLIENT_ID")}),
        (AIRFLOW, {(5, "image/gcr.io/shop/load"), (6, "iam.gke.io/gcp-service-account")}),
        ('METRIC = {"kind": "Service", "host": "gcr"}\n', set()),
        ('"""A template has apiVersion: and kind: in it,\nand says nothing of gcr."""\n', set()),
    ],
    ids=["dict", "text", "client", "airflow", "other", "prose"],
)
def test_objects_that_python_writes_are_read_as_manifests(tree, catalogue, code, expected):
    found = audit(tree({"deploy.py": code}), catalogue, ()).findings
    assert {(one.location.line, one.symbol) for one in found} == expected
    assert {one.language for one in found} <= {"python"}
