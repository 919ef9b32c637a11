"""What Terraform makes in a cluster is found as in manifests: by the same rules, at its place in the configuration."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portability.audit import audit
from portability.catalogue import load
from portability.model import Source
from portability.parsers.terraform import read

INTEREST = load().interest

DEPLOYMENT = """\
resource "kubernetes_deployment_v1" "api" {
  metadata { name = "api" }
  spec {
    template {
      spec {
        node_selector = { "eks.amazonaws.com/nodegroup" = "apps" }
        dynamic "container" {
          for_each = ["api"]
          content {
            name  = container.value
            image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/${container.value}:1"
            env {
              name  = "STORE"
              value = "https://${var.account}.blob.core.windows.net/letters"
            }
          }
        }
        volume {
          name = "data"
          csi { driver = "file.csi.azure.com" }
        }
      }
    }
  }
}
"""
OTHERS = """\
resource "kubernetes_service" "s" {
  metadata { annotations = merge(var.annotations, { "service.beta.kubernetes.io/aws-load-balancer-type" = "nlb" }) }
}
resource "kubernetes_storage_class_v1" "s" {
  storage_provisioner = "ebs.csi.aws.com"
}
resource "kubernetes_persistent_volume" "v" {
  spec { persistent_volume_source { aws_elastic_block_store { volume_id = "vol-1" } } }
}
resource "kubernetes_ingress_v1" "i" {
  spec { ingress_class_name = "alb" }
}
resource "kubernetes_config_map" "c" {
  data = {
    BROKER       = "shop.servicebus.windows.net:9093"
    "app.yaml"   = <<-YAML
      store:
        bucket: gs://letters
    YAML
  }
}
"""
WHOLE = """\
resource "kubernetes_manifest" "m" {
  manifest = {
    apiVersion = "karpenter.k8s.aws/v1"
    kind       = "EC2NodeClass"
    metadata   = { name = var.name }
  }
}
resource "kubectl_manifest" "y" {
  yaml_body = <<-YAML
    apiVersion: karpenter.k8s.aws/v1
    kind: EC2NodeClass
    metadata:
      name: ${var.name}
  YAML
}
resource "kubectl_manifest" "e" {
  yaml_body = yamlencode({ apiVersion = "karpenter.k8s.aws/v1", kind = "EC2NodeClass" })
}
"""
RELEASES = """\
resource "helm_release" "karpenter" {
  repository = "oci://public.ecr.aws/karpenter"
  chart      = "karpenter"
  name       = "karpenter"
}
resource "helm_release" "web" {
  repository = "https://charts.example.com"
  chart      = "web"
  name       = "web"
  values = [
    yamlencode({ image = { repository = "gcr.io/shop/web" } }),
    <<-YAML
      ingress:
        className: alb
    YAML
  ]
  set {
    name  = "serviceAccount.annotations.eks\\\\.amazonaws\\\\.com/role-arn"
    value = var.role
  }
}
"""


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            DEPLOYMENT,
            {
                (6, "eks.amazonaws.com/nodegroup"),
                (11, "image/123456789012.dkr.ecr.eu-west-1.amazonaws.com/api"),
                (14, "endpoint/*.blob.core.windows.net"),
                (20, "Volume/file.csi.azure.com"),
            },
        ),
        (
            OTHERS,
            {
                (2, "service.beta.kubernetes.io/aws-load-balancer-type"),
                (5, "StorageClass/ebs.csi.aws.com"),
                (8, "Volume/awsElasticBlockStore"),
                (11, "IngressClass/alb"),
                (15, "endpoint/shop.servicebus.windows.net"),
                (18, "Scheme/gs"),
            },
        ),
        (WHOLE, {(number, "karpenter.k8s.aws/EC2NodeClass") for number in (3, 10, 17)}),
        (
            RELEASES,
            {
                (1, "chart/karpenter"),
                (11, "image/gcr.io/shop/web"),
                (14, "IngressClass/alb"),
                (18, "eks.amazonaws.com/role-arn"),
            },
        ),
    ],
    ids=["deployment", "others", "whole", "releases"],
)
def test_objects_of_a_configuration_are_read_as_manifests(tree, catalogue, code, expected):
    assessment = audit(tree({"main.tf": code}), catalogue, ())
    assert {(one.location.line, one.symbol) for one in assessment.findings} == expected
    assert {one.language for one in assessment.findings} == {"terraform"}
    assert all(one.address.partition(".")[0] in code for one in assessment.findings)


def test_what_a_block_makes_is_switched_as_the_block_is(tree, catalogue):
    code = 'resource "kubernetes_storage_class" "s" {\n  count = 0\n  storage_provisioner = "ebs.csi.aws.com"\n}\n'
    [found] = audit(tree({"main.tf": code}), catalogue, ()).findings
    assert (found.active, found.address) == ("no", "kubernetes_storage_class.s")


def test_a_configuration_and_a_manifest_agree(tree, catalogue):
    """The same object, written both ways, gives the same services, symbols and levels."""
    in_yaml = """\
        apiVersion: v1
        kind: ServiceAccount
        metadata:
          name: api
          annotations:
            eks.amazonaws.com/role-arn: arn:aws:iam::123456789012:role/api
        """
    in_terraform = """\
        resource "kubernetes_service_account" "api" {
          metadata {
            name        = "api"
            annotations = { "eks.amazonaws.com/role-arn" = "arn:aws:iam::123456789012:role/api" }
          }
        }
        """
    root = tree({"a/sa.yaml": dedent(in_yaml), "b/main.tf": dedent(in_terraform)})
    found = audit(root, catalogue, ()).findings
    said = {
        folder: {
            (one.kind, one.service, one.symbol, one.lock_in, one.role)
            for one in found
            if one.location.path.startswith(folder)
        }
        for folder in ("a", "b")
    }
    assert said["a"] == said["b"] != set()


@given(
    st.sampled_from([DEPLOYMENT, OTHERS, WHOLE, RELEASES]),
    st.floats(0, 1),
    st.integers(0, 12),
    st.sampled_from(["", "{", "}", "${", '"', "<<EOT\n", "[", "%{ if x }", "é", "(", "null", "each.value"]),
)
def test_no_damage_makes_it_fail(code, place, taken, put):
    at = int(place * len(code))
    data = (code[:at] + put + code[at + taken :]).encode()
    reading = read([Source(path="main.tf", language="terraform", data=data)], INTEREST)["main.tf"]
    lines = data.count(b"\n") + 1
    assert all(1 <= one.location.line <= one.location.end_line <= lines for one in reading.usages)


def test_blocks_that_multiply_each_other_end_the_budget_and_not_the_run():
    opened = "".join(f'dynamic "b{n}" {{\n  for_each = range(50)\n  content {{\n' for n in range(6))
    code = f'resource "kubernetes_pod" "p" {{\n{opened}image = "gcr.io/a/b"\n{"}}" * 6}\n}}\n'
    reading = read([Source(path="main.tf", language="terraform", data=code.encode())], INTEREST)["main.tf"]
    assert [problem.kind for problem in reading.problems] == ["budget"]


def test_manifests_and_programs_in_each_other_end_somewhere():
    """A manifest holds Terraform that holds a manifest, eighty times: the innermost is left out, and nothing fails."""
    text = 'resource "aws_s3_bucket" "b" {}\n'
    for level in range(80):
        manifest = (
            f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: s3}}\ndata:\n  main.tf: |\n{indent(text, '    ')}"
        )
        text = (
            f'resource "kubectl_manifest" "m" {{\n  yaml_body = <<-E{level}\n{indent(manifest, "  ")}  E{level}\n}}\n'
        )
    reading = read([Source(path="main.tf", language="terraform", data=text.encode())], INTEREST)["main.tf"]
    assert (reading.state, reading.problems) == ("read", ())
