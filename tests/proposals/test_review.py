"""What a reviewer of whole trees sent back, by kind: what was invented, dropped or asked for although it is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from portability.model import Proposal
from tests.command_line import portability
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


CLUSTER = """
module "vpc" {
  source          = "terraform-aws-modules/vpc/aws"
  name            = "shop"
  cidr            = "10.0.0.0/16"
  public_subnets  = ["10.0.1.0/24"]
  private_subnets = [cidrsubnet("10.0.0.0/16", 8, 11)]
  intra_subnets   = ["10.0.21.0/24"]
}
module "eks" {
  source          = "terraform-aws-modules/eks/aws"
  cluster_name    = "shop"
  cluster_version = "1.33"
  subnet_ids      = module.vpc.private_subnets
  eks_managed_node_groups = {
    web = {
      instance_types = ["m5.large", var.other]
      min_size       = 2
      max_size       = 5
      desired_size   = 3
    }
    batch = {
      instance_types = [var.other]
      desired_size   = 1
    }
  }
}
module "nodes" {
  source = "terraform-aws-modules/security-group/aws"
  name   = "nodes"
  ingress_with_cidr_blocks = [
    { rule = "https-443-tcp", cidr_blocks = "10.0.0.0/8,192.168.0.0/16" },
    { from_port = 9000, to_port = 9010, protocol = "udp", cidr_blocks = "10.0.0.0/8" },
  ]
}
variable "other" {}
"""


def test_what_well_known_modules_are_told_is_read(tmp_path: Path) -> None:
    found = {one.capability: one.text for one in rendered(tmp_path, CLUSTER).values()}
    cluster, network, group = (found[name] for name in ("kubernetes-cluster", "private-network", "security-group"))
    assert cluster.count('resource "ovh_cloud_project_kube_nodepool"') == 2
    assert "max_nodes     = 5" in cluster
    # What is not known of one pool hides nothing of another, and is asked for.
    assert 'flavor_name   = "b3-8"' in cluster
    assert "_batch_node_flavor" in cluster
    assert network.count('resource "openstack_networking_subnet_v2"') == 3
    assert 'cidr       = "10.0.11.0/24"' in network
    # Subnets without a way out have none here either.
    assert network.count("openstack_networking_router_interface_v2") == 2
    assert network.count("no_gateway = true") == 1
    assert group.count('remote_ip_prefix  = "') == 3
    assert "port_range_max    = 9010" in group


def test_a_group_without_rules_asks_for_none(tmp_path: Path) -> None:
    group = only(tmp_path, 'resource "aws_security_group" "clients" {\n  name = "clients"\n}')
    assert "variable" not in group.text
    assert any("gives the old group no rule" in one for one in group.decisions)


@pytest.mark.parametrize("target", ["ovhcloud", "self-hosted"])
def test_the_lock_of_a_state_becomes_no_database(tmp_path: Path, target: str) -> None:
    code = 'resource "aws_dynamodb_table" "lock" {\n  name = "lock"\n  hash_key = "LockID"\n}'
    guide = only(tmp_path, code, target)
    assert guide.language == "markdown"
    assert "use_lockfile" in guide.text


CONTAINERS = """
resource "azurerm_storage_account" "a" { name = "shopfiles" }
resource "azurerm_storage_container" "in" {
  name                 = "invoices"
  storage_account_name = azurerm_storage_account.a.name
}
resource "azurerm_storage_container" "out" {
  name                 = "letters"
  storage_account_name = azurerm_storage_account.a.name
}
"""


@pytest.mark.parametrize("target", ["ovhcloud", "self-hosted"])
def test_a_container_is_the_bucket_and_not_its_account(tmp_path: Path, target: str) -> None:
    buckets = only(tmp_path, CONTAINERS, target)
    assert '"invoices"' in buckets.text
    assert '"letters"' in buckets.text
    assert '"shopfiles"' not in buckets.text
    assert not any(one.startswith("Set beside it") for one in buckets.decisions)


def test_groups_of_people_keep_the_names_that_each_gets(tmp_path: Path) -> None:
    code = 'resource "azuread_group" "g" {\n  for_each = toset(["admins", "readers"])\n  display_name = each.key\n}'
    text = only(tmp_path, code, "self-hosted").text
    assert '- name: "admins"' in text
    assert '- name: "readers"' in text


def test_an_uptime_check_asks_what_it_asked(tmp_path: Path) -> None:
    code = """
resource "google_monitoring_uptime_check_config" "shop" {
  display_name = "shop"
  period       = "300s"
  http_check { path = "/health" }
  monitored_resource {
    type   = "uptime_url"
    labels = { host = "shop.example.org" }
  }
}
"""
    text = only(tmp_path, code, "self-hosted").text
    assert "kind: Probe" in text
    assert '"https://shop.example.org/health"' in text
    assert 'interval: "300s"' in text


def test_an_amount_with_a_unit_is_a_number(tmp_path: Path) -> None:
    code = """
resource "google_cloudfunctions2_function" "f" {
  name = "f"
  service_config { available_memory = "256M" }
}
"""
    assert '"256Mi"' in only(tmp_path, code, "self-hosted").text


GUARDED = """
resource "aws_security_group" "apps" { name = "apps" }
resource "aws_security_group" "db" {
  name = "db"
  ingress {
    from_port       = 5432
    to_port         = 5432
    protocol        = "tcp"
    security_groups = [aws_security_group.apps.id]
  }
}
resource "aws_db_instance" "shop" {
  engine                 = "postgres"
  vpc_security_group_ids = [aws_security_group.db.id]
}
"""


def test_what_guarded_a_database_guards_its_pods(tmp_path: Path) -> None:
    (text,) = [one.text for one in rendered(tmp_path, GUARDED, "self-hosted").values() if "NetworkPolicy" in one.text]
    assert 'key: "cnpg.io/cluster"' in text
    assert "${DB_CLIENTS}" in text
    assert "${CNPG_NAMESPACE}" in text
    assert "GATEWAY" not in text


def test_an_identity_of_the_old_providers_software_goes_with_it(tmp_path: Path) -> None:
    code = """
module "controller" {
  source = "terraform-aws-modules/eks-pod-identity/aws"
  name   = "lb"
  attach_aws_lb_controller_policy = true
}
module "app" {
  source = "terraform-aws-modules/eks-pod-identity/aws"
  name   = "app"
}
"""
    text = only(tmp_path, code, "self-hosted").text
    assert text.count("kind: ServiceAccount") == 1
    assert "module.controller is for software of the old provider" in text


def test_names_of_one_kind_that_nobody_knows_are_asked_for_by_one_map(tmp_path: Path) -> None:
    code = "\n".join(f'resource "aws_s3_bucket" "{name}" {{\n  bucket = var.x_{name}\n}}' for name in ("raw", "dwh"))
    code += "".join(f'\nvariable "x_{name}" {{}}' for name in ("raw", "dwh"))
    (tmp_path / "main.tf").write_text(code)
    result = portability("propose", str(tmp_path), "--target", "ovhcloud", "--out", str(tmp_path / "out"))
    assert result.exit_code == 0, result.output
    made = tmp_path / "out" / "terraform" / "root"
    asked = (made / "variables.tf").read_text()
    assert asked.count("map(string)") == 1
    assert "Its keys: dwh, raw." in asked
    assert 'var.bucket_names["raw"]' in (made / "object-storage-raw.tf").read_text()


def test_what_others_stand_on_is_listed_before_them(tmp_path: Path) -> None:
    for folder, code in {
        "a_app": 'resource "aws_instance" "a" {\n  instance_type = "t3.large"\n}',
        "b_front": 'resource "aws_lb" "b" {\n  internal = true\n}',
        "c_net": 'resource "aws_vpc" "c" {\n  cidr_block = "10.0.0.0/16"\n}',
    }.items():
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "main.tf").write_text(code)
    calls = "\n".join(f'module "{name}" {{\n  source = "./{name}"\n}}' for name in ("a_app", "b_front", "c_net"))
    (tmp_path / "main.tf").write_text(calls)
    result = portability("propose", str(tmp_path), "--target", "ovhcloud", "--out", str(tmp_path / "out"))
    assert result.exit_code == 0, result.output
    readme = (tmp_path / "out/README.md").read_text()
    places = [readme.index(f"`{folder}/main.tf") for folder in ("c_net", "a_app", "b_front")]
    assert places == sorted(places)


def test_what_stands_in_a_file_of_properties_has_no_quotes(tmp_path: Path) -> None:
    text = only(tmp_path, 'resource "aws_athena_workgroup" "main" {\n  name = "main"\n}', "self-hosted").text
    assert "s3.endpoint=${S3_ENDPOINT}\n" in text
