"""What a provider or a cluster would refuse is seen before anybody applies it."""

from __future__ import annotations

import pytest

from portability.proposals.validation import problems

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: ${WEB_REPLICAS}
  selector: {matchLabels: {app: web}}
  template: {spec: {containers: [{name: web, image: "${IMAGE}"}]}}
"""


def test_a_manifest_with_placeholders_fits() -> None:
    assert problems("yaml", DEPLOYMENT) == ()


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("replicas: ${WEB_REPLICAS}", "replicas: many", "many is no integer"),
        ("selector: {matchLabels: {app: web}}", "", "spec.selector is required"),
        ("replicas: ${WEB_REPLICAS}", "copies: 3", "spec.copies is no field"),
        ("containers: [{name: web", "containers: [{nmae: web", "containers[].nmae is no field"),
        ("metadata: {name: web}", "metadata: {}", "metadata.name is required"),
        ("kind: Deployment", "", "no apiVersion and kind"),
        ("apps/v1", "apps/v1beta1", "not served as apps/v1beta1"),
        ("spec:", "spec: [", "does not parse"),
    ],
)
def test_what_a_cluster_would_refuse(before: str, after: str, said: str) -> None:
    assert any(said in one for one in problems("yaml", DEPLOYMENT.replace(before, after)))


def test_a_custom_resource_is_held_against_its_definition() -> None:
    text = "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: x}\nspec: {instancse: 3}\n"
    assert any("instancse is no field" in one for one in problems("yaml", text))


def test_values_of_a_chart_are_any_mapping() -> None:
    assert problems("yaml", "a: 1\n", settings=True) == ()
    assert problems("yaml", "a: 1\n") != ()


@pytest.mark.parametrize(
    ("value", "fits"),
    [('"200"', True), ("var.gib", True), ('"big"', False), ("true", False), ("[1]", False)],
)
def test_types_of_hcl_are_held(value: str, fits: bool) -> None:
    text = 'variable "gib" {}\nresource "openstack_blockstorage_volume_v3" "x" {\n  size = ' + value + "\n}\n"
    assert (problems("hcl", text) == ()) is fits
