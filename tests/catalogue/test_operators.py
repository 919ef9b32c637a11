"""What an operator's kind or a construct creates is judged as if Terraform had declared it."""

from __future__ import annotations

from typing import Any

import pytest

from portability.audit import audit
from portability.model import Finding
from portability.names.operators import place


def found(tree: Any, catalogue: Any, manifest: str) -> Finding:
    (finding,) = audit(tree({"one.yaml": manifest}), catalogue, ()).findings
    return finding


def test_a_value_in_a_manifest_decides_what_a_database_is(tree, catalogue):
    manifest = """\
apiVersion: sql.cnrm.cloud.google.com/v1beta1
kind: SQLInstance
metadata: {name: shop}
spec:
  databaseVersion: MYSQL_8_0
  settings: {tier: db-n1-standard-1}
"""
    one = found(tree, catalogue, manifest)
    assert one.capabilities == ("mysql",)
    assert one.inputs["version"] == "MYSQL_8_0"


@pytest.mark.parametrize("group", ["sqs.aws.upbound.io", "sqs.aws.m.upbound.io"])
def test_attributes_of_crossplane_are_terraforms(tree, catalogue, group):
    manifest = f"""\
apiVersion: {group}/v1beta1
kind: Queue
metadata: {{name: orders}}
spec:
  forProvider: {{region: eu-west-1, fifoQueue: true}}
"""
    assert "ordered-groups" in found(tree, catalogue, manifest).features


def test_a_kind_whose_type_shows_a_feature_by_itself(tree, catalogue):
    manifest = """\
apiVersion: recaptchaenterprise.cnrm.cloud.google.com/v1beta1
kind: RecaptchaEnterpriseKey
metadata: {name: form}
"""
    assert found(tree, catalogue, manifest).features == ("form-challenge",)


def test_a_construct_shows_what_its_terraform_type_shows(tree, catalogue):
    code = "from aws_cdk import aws_route53\nhealth = aws_route53.CfnHealthCheck(None, 'main')\n"
    findings = audit(tree({"stack.py": code}), catalogue, ()).findings
    assert "failover-routing" in next(one for one in findings if one.location.line == 2).features


@pytest.mark.parametrize(
    ("symbol", "attribute", "path"),
    [
        ("rds.services.k8s.aws/DBInstance", "kms_key_id", "spec.kmsKeyID"),
        ("rds.aws.upbound.io/Instance", "kms_key_id", "spec.forProvider.kmsKeyId"),
        ("sql.cnrm.cloud.google.com/SQLInstance", "settings.backup_configuration", "spec.settings.backupConfiguration"),
        ("cache.azure.com/Redis", "sku_name", None),
    ],
)
def test_every_operator_spells_attributes_its_own_way(symbol, attribute, path):
    assert place(symbol, attribute) == path
