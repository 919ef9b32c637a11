"""What a reviewer of whole trees sent back, by kind: what was invented, dropped or asked for although it is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from portability.model import Proposal
from tests.proposals.test_links import rendered


def only(root: Path, code: str, target: str = "ovhcloud", capability: str = "") -> Proposal:
    (one,) = [one for one in rendered(root, code, target).values() if capability in ("", one.capability)]
    return one


GROUP = """
resource "aws_launch_configuration" "web" {
  image_id      = "ami-1"
  instance_type = "t3.large"
  root_block_device { volume_size = 20 }
}
resource "aws_autoscaling_group" "web" {
  name                 = "web"
  launch_configuration = aws_launch_configuration.web.name
  min_size             = 2
  max_size             = MOST
}
"""


@pytest.mark.parametrize(("most", "told"), [("2", "keeps 2 machines at all times"), ("6", "grows to 6 by load")])
def test_a_group_has_the_size_of_its_start_template_and_its_number(tmp_path: Path, most: str, told: str) -> None:
    group = only(tmp_path, GROUP.replace("MOST", most), "ovhcloud")
    for line in ("count           = 2", 'format("%s-%d", "web", count.index + 1)', 'flavor_name     = "b3-8"'):
        assert line in group.text
    assert "volume_size      = 20" in group.text
    assert any(told in one for one in group.decisions)
    # What the start template says besides is not claimed to be here.
    assert any("yours to carry over" in one for one in group.decisions)
    assert not any(one.startswith("Set beside it") for one in group.decisions)


BUDGET = """
resource "azurerm_consumption_budget_subscription" "team" {
  name            = "team"
  subscription_id = var.subscription
  amount          = 500
  notification {
    threshold      = 75
    operator       = "GreaterThan"
    contact_emails = ["team@example.org"]
  }
}
"""


def test_a_budget_orders_no_project(tmp_path: Path) -> None:
    budget = only(tmp_path, BUDGET)
    assert 'resource "ovh_cloud_project_alerting"' in budget.text
    assert '"ovh_cloud_project"' not in budget.text
    assert "monthly_threshold = 500" in budget.text
    assert 'email             = "team@example.org"' in budget.text


@pytest.mark.parametrize(
    ("code", "ordered"),
    [
        ('resource "azurerm_subscription" "a" {\n  subscription_name = "a"\n}', True),
        ('resource "azurerm_management_group" "a" {\n  display_name = "a"\n}', False),
        ('resource "aws_organizations_account" "a" {\n  name = "a"\n  parent_id = "ou-1"\n}', True),
        ('resource "aws_organizations_organizational_unit" "a" {\n  name = "a"\n}', False),
        ('resource "aws_ce_cost_category" "a" {\n  name = "a"\n}', False),
    ],
)
def test_what_stands_over_accounts_orders_none(tmp_path: Path, code: str, ordered: bool) -> None:
    assert ('resource "ovh_cloud_project"' in only(tmp_path, code).text) is ordered


ROUTES = """
resource "aws_vpc" "main" { cidr_block = "10.0.0.0/16" }
resource "aws_internet_gateway" "out" { vpc_id = aws_vpc.main.id }
resource "aws_route_table" "public" {
  vpc_id = aws_vpc.main.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.out.id
  }
}
resource "aws_route_table" "hub" {
  vpc_id = aws_vpc.main.id
  route {
    cidr_block         = "10.9.0.0/16"
    transit_gateway_id = var.hub
  }
}
"""


def test_the_router_takes_the_place_of_ways_out_and_of_no_other_way(tmp_path: Path) -> None:
    (told,) = [one for one in only(tmp_path, ROUTES).decisions if one.startswith("Set beside it")]
    assert told.count("(aws_") == 1
    assert "main.tf:11 (aws_route_table)" in told


BUCKET = """
resource "aws_s3_bucket" "state" { bucket = "state" }
resource "aws_s3_bucket_versioning" "state" {
  bucket = aws_s3_bucket.state.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_s3_bucket_server_side_encryption_configuration" "state" {
  bucket = aws_s3_bucket.state.id
  rule {
    apply_server_side_encryption_by_default { sse_algorithm = "AES256" }
  }
}
"""


@pytest.mark.parametrize("target", ["ovhcloud", "self-hosted"])
def test_what_is_set_beside_a_bucket_is_in_it(tmp_path: Path, target: str) -> None:
    bucket = only(tmp_path, BUCKET, target)
    assert not any(one.startswith("Set beside it") for one in bucket.decisions)
    if target == "ovhcloud":
        assert 'status = "enabled"' in bucket.text
        assert 'sse_algorithm = "AES256"' in bucket.text


@pytest.mark.parametrize("name", ["name", "db_name"])
@pytest.mark.parametrize(("version", "kept"), [("11.5", False), ("16.4", True)])
def test_a_database_has_its_first_one_and_no_version_that_has_ended(
    tmp_path: Path, name: str, version: str, kept: bool
) -> None:
    said = f'engine = "postgres"\n  engine_version = "{version}"\n  {name} = "shop"'
    code = f'resource "aws_db_instance" "a" {{\n  {said}\n}}'
    text = only(tmp_path, code).text
    assert '"shop"' in text
    assert ('= "16"' in text) is kept
    assert ("var.a_engine_version" in text) is not kept
