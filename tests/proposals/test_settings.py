"""Plain parameters of a provider's parameter store, which are settings and not secrets."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from portability import catalogue as catalogues
from portability.audit import audit
from portability.model import Proposal
from portability.proposals import render

CODE = """
resource "aws_ssm_parameter" "url" {
  name  = "/shop/url"
  type  = "String"
  value = "https://shop.example.com"
}
resource "aws_ssm_parameter" "hosts" {
  name  = "/shop/hosts"
  type  = "StringList"
  value = "a,b"
}
resource "aws_ssm_parameter" "key" {
  name  = "/shop/key"
  type  = "SecureString"
  value = var.key
}
variable "key" {}
"""


def proposed(root: Path, target: str) -> list[Proposal]:
    (root / "main.tf").write_text(CODE)
    known = catalogues.load()
    return render(audit(root, known, (target,), jobs=1), known, target)


@pytest.mark.parametrize("target", ["ovhcloud", "self-hosted"])
def test_plain_parameters_become_one_configmap_and_no_secrets(tmp_path: Path, target: str) -> None:
    """A secret a parameter would ask for a store, a policy and a rotation that nobody needs for a URL."""
    settings, secret = proposed(tmp_path, target)
    (found,) = yaml.safe_load_all(settings.text)
    assert (found["kind"], set(found["data"])) == ("ConfigMap", {"URL", "HOSTS"})
    assert settings.text.startswith("# ConfigMap of Kubernetes for ")
    assert len(settings.replaces) == 2
    assert "shop.example.com" not in settings.text  # a stand-in as often as not
    assert "ConfigMap" not in secret.text
    assert "/shop/key" in secret.text
