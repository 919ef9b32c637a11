"""Proposals refer to each other where the blocks that they replace did, and ask where they did not."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from portability import catalogue as catalogues
from portability.audit import audit
from portability.model import Proposal
from portability.proposals import render
from tests.command_line import portability
from tests.proposals.conftest import problems

NETWORK = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "app" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}
resource "aws_security_group" "balancer" {
  name   = "balancer"
  vpc_id = aws_vpc.main.id
}
resource "aws_security_group" "app" {
  name   = "app"
  vpc_id = aws_vpc.main.id
}
"""


def rendered(root: Path, code: str, target: str = "ovhcloud") -> dict[str, Proposal]:
    """Proposals by their path, of a module with some code."""
    (root / "main.tf").write_text(code)
    known = catalogues.load()
    found = render(audit(root, known, (target,), jobs=1), known, target)
    assert [one.problems for one in found if one.problems and one.language != "hcl"] == []
    return {one.path.removesuffix("/main.tf"): one for one in found}


def named(found: dict[str, Proposal], name: str) -> Proposal:
    """The one of a name, whatever language it is in."""
    (one,) = [found[path] for path in (name, f"{name}.yaml") if path in found]
    return one


def body(proposal: Proposal) -> str:
    return "\n".join(line for line in proposal.text.splitlines() if not line.startswith("#"))


def test_a_machine_is_in_the_network_and_the_groups_that_it_was_in(tmp_path: Path) -> None:
    found = rendered(
        tmp_path,
        NETWORK
        + """
resource "aws_instance" "web" {
  ami                    = "ami-1"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.app.id
  vpc_security_group_ids = [aws_security_group.app.id]
}
resource "aws_eip" "web" {
  instance = aws_instance.web.id
}
""",
    )
    machine = body(found["virtual-machine-web"])
    assert re.search(r"uuid\s+= openstack_networking_subnet_v2\.main_app\.network_id", machine)
    assert "security_groups = [openstack_networking_secgroup_v2.app.name]" in re.sub(" +", " ", machine)
    assert "var.web_network_name" not in machine
    assert "device_id  = openstack_compute_instance_v2.web.id" in body(found["public-ip-web"])


def test_a_machine_of_another_module_is_asked_for(tmp_path: Path) -> None:
    code = (
        'resource "aws_instance" "web" {\n  ami = "ami-1"\n  instance_type = "t3.micro"\n  subnet_id = var.subnet\n}\n'
    )
    assert "var.web_network_name" in body(rendered(tmp_path, NETWORK + code)["virtual-machine-web"])


def test_rules_name_the_groups_that_they_let_in(tmp_path: Path) -> None:
    found = rendered(
        tmp_path,
        NETWORK
        + """
resource "aws_security_group_rule" "from_balancer" {
  type                     = "ingress"
  protocol                 = "tcp"
  from_port                = 8080
  to_port                  = 8080
  security_group_id        = aws_security_group.app.id
  source_security_group_id = aws_security_group.balancer.id
}
resource "aws_security_group_rule" "out" {
  type              = "egress"
  protocol          = "-1"
  from_port         = 0
  to_port           = 0
  security_group_id = aws_security_group.app.id
  cidr_blocks       = ["0.0.0.0/0"]
}
""",
    )
    text = re.sub(" +", " ", body(found["security-group-app"]))
    assert "remote_group_id = openstack_networking_secgroup_v2.balancer.id" in text
    assert "port_range_min = 8080" in text
    assert text.count('resource "openstack_networking_secgroup_rule_v2"') == 1


def test_who_a_rule_lets_in_is_asked_for_where_the_code_does_not_tell(tmp_path: Path) -> None:
    code = """
resource "aws_security_group" "app" {
  name = "app"
  ingress {
    protocol        = "tcp"
    from_port       = 80
    to_port         = 80
    security_groups = [var.group]
  }
  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["10.0.0.0/8"]
  }
}
"""
    text = re.sub(" +", " ", body(rendered(tmp_path, code)["security-group-app"]))
    assert 'remote_ip_prefix = "10.0.0.0/8"' in text
    assert "remote_group_id = var.app_tcp_80_group" in text


def test_one_rule_keeps_its_ports_and_the_ranges_that_are_known(tmp_path: Path) -> None:
    code = """
resource "aws_security_group" "db" {
  name = "db"
  ingress {
    protocol    = "tcp"
    from_port   = 5432
    to_port     = 5432
    cidr_blocks = ["10.1.0.0/16", var.office]
  }
}
"""
    text = re.sub(" +", " ", body(rendered(tmp_path, code)["security-group-db"]))
    assert 'remote_ip_prefix = "10.1.0.0/16"' in text
    assert "for_each = var.db_tcp_5432_from" in text
    assert text.count("port_range_max = 5432") == 2
    assert "var.db_allowed" not in text


def test_one_rule_lets_in_each_of_the_groups_that_it_names(tmp_path: Path) -> None:
    code = """
resource "aws_security_group" "a" {
  name = "a"
}
resource "aws_security_group" "b" {
  name = "b"
}
resource "aws_security_group" "app" {
  name = "app"
  ingress {
    protocol        = "tcp"
    from_port       = 80
    to_port         = 80
    security_groups = [aws_security_group.a.id, aws_security_group.b.id]
  }
}
"""
    text = re.sub(" +", " ", body(rendered(tmp_path, code)["security-group-app"]))
    assert "remote_group_id = openstack_networking_secgroup_v2.a.id" in text
    assert "remote_group_id = openstack_networking_secgroup_v2.b.id" in text


@pytest.mark.parametrize("copies", [1, 2])
def test_a_balancer_has_each_listener_once_and_leads_to_its_machines(tmp_path: Path, copies: int) -> None:
    code = """
resource "aws_lb" "web" {
  name    = "web"
  subnets = [aws_subnet.app.id]
}
resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.web.arn
  port              = 80
}
resource "aws_lb_target_group" "web" {
  port = 8080
}
resource "aws_lb_target_group_attachment" "web" {
  target_group_arn = aws_lb_target_group.web.arn
  target_id        = aws_instance.front.id
}
resource "aws_instance" "front" {
  ami           = "ami-1"
  instance_type = "t3.micro"
  subnet_id     = aws_subnet.app.id
}
"""
    for number in range(1, copies):
        (tmp_path / f"copy-{number}").mkdir()
        (tmp_path / f"copy-{number}/main.tf").write_text(NETWORK + code)
    text = re.sub(" +", " ", body(rendered(tmp_path, NETWORK + code)["load-balancer-web"]))
    assert text.count("protocol_port = 80\n") == 1
    assert "vip_subnet_id = openstack_networking_subnet_v2.main_app.id" in text
    assert "address = openstack_compute_instance_v2.front.access_ip_v4" in text
    assert "protocol_port = 8080" in text


def test_a_record_leads_to_the_balancer_of_its_module(tmp_path: Path) -> None:
    code = """
resource "aws_lb" "web" {
  name     = "web"
  internal = false
}
resource "aws_route53_zone" "main" {
  name = "example.nl"
}
resource "aws_route53_record" "www" {
  zone_id = aws_route53_zone.main.zone_id
  name    = "www.example.nl"
  type    = "A"
  alias {
    name                   = aws_lb.web.dns_name
    zone_id                = aws_lb.web.zone_id
    evaluate_target_health = true
  }
}
"""
    zone = next(one for path, one in rendered(tmp_path, code).items() if path.startswith("dns-"))
    assert "target    = openstack_networking_floatingip_v2.web.address" in body(zone)
    assert "var." not in body(zone).split("variable ")[0]


def test_what_runs_and_how_it_is_reached_are_one_deployment(tmp_path: Path) -> None:
    code = """
resource "aws_ecs_cluster" "main" {
  name = "main"
}
resource "aws_secretsmanager_secret" "key" {
  name = "payment"
}
resource "aws_ecs_task_definition" "web" {
  family                = "web"
  container_definitions = jsonencode([{ secrets = [{ name = "KEY", valueFrom = aws_secretsmanager_secret.key.arn }] }])
}
resource "aws_ecs_service" "web" {
  name            = "web-service"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.web.arn
  desired_count   = 3
}
"""
    found = rendered(tmp_path, code, "self-hosted").values()
    objects = [one for proposal in found for one in yaml.safe_load_all(proposal.text) if proposal.language == "yaml"]
    (deployment,) = [one for one in objects if one["kind"] == "Deployment"]
    (service,) = [one for one in objects if one["kind"] == "Service"]
    assert deployment["spec"]["replicas"] == 3
    assert service["spec"]["selector"] == deployment["spec"]["selector"]["matchLabels"]
    assert deployment["spec"]["template"]["spec"]["containers"][0]["envFrom"] == [{"secretRef": {"name": "payment"}}]


def test_a_job_runs_to_its_end_and_is_nobody_s_service(tmp_path: Path) -> None:
    code = """
resource "google_cloud_run_v2_service" "web" {
  name = "web"
  template {
    scaling {
      min_instance_count = 1
    }
    containers {
      image = "shop"
      ports {
        container_port = 8080
      }
    }
  }
}
resource "google_cloud_run_v2_job" "migrate" {
  name       = "migrate"
  depends_on = [google_cloud_run_v2_service.web]
}
"""
    found = rendered(tmp_path, code, "self-hosted").values()
    objects = {one["metadata"]["name"]: one for proposal in found for one in yaml.safe_load_all(proposal.text)}
    assert objects["migrate"]["kind"] == "CronJob"
    assert objects["migrate"]["spec"]["suspend"] is True
    assert objects["web"]["kind"] in ("Deployment", "Service")
    (web,) = [one for proposal in found for one in yaml.safe_load_all(proposal.text) if one["kind"] == "Deployment"]
    assert web["spec"]["template"]["spec"]["containers"][0]["ports"] == [{"name": "http", "containerPort": 8080}]


def test_no_reference_of_a_tree_leads_nowhere(tmp_path: Path) -> None:
    fixture = Path(__file__).parents[2] / "fixtures/webshop-aws"
    result = portability("propose", str(fixture), "--target", "ovhcloud", "--out", str(tmp_path))
    assert result.exit_code == 0, result.output
    used = 0
    for folder in (tmp_path / "terraform").iterdir():
        texts = [re.sub(r"^#.*$", "", path.read_text(), flags=re.MULTILINE) for path in sorted(folder.glob("*.tf"))]
        declared = {pair for text in texts for pair in re.findall(r'^resource "(\w+)" "(\w+)"', text, re.MULTILINE)}
        named = {pair for text in texts for pair in re.findall(r"(?<![\w.\"])((?:ovh|openstack)_\w+)\.(\w+)", text)}
        assert named <= declared
        used += len(named)
    assert used


BALANCED = """
resource "aws_lb" "web" { load_balancer_type = "application" }
resource "aws_lb_target_group" "api" { port = 8080 }
resource "aws_lb_target_group" "site" { port = 80 }
resource "aws_lb_listener" "secure" {
  load_balancer_arn = aws_lb.web.arn
  port              = 8443
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }
}
resource "aws_lb_listener" "open" {
  load_balancer_arn = aws_lb.web.arn
  port              = 443
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.site.arn
  }
}
resource "aws_lb_listener" "plain" {
  load_balancer_arn = aws_lb.web.arn
  port              = 80
  default_action { type = "redirect" }
}
"""
RIGHTS = """
resource "aws_s3_bucket" "letters" { bucket = "letters" }
resource "aws_iam_role" "web" {
  name               = "web"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
data "aws_iam_policy_document" "trust" {
  statement { actions = ["sts:AssumeRole"] }
}
resource "aws_iam_policy" "read" {
  name   = "read"
  policy = data.aws_iam_policy_document.read.json
}
data "aws_iam_policy_document" "read" {
  statement {
    actions   = ["s3:GetObject", "secretsmanager:GetSecretValue", "SQS:SendMessage", "sqs:SendMessage"]
    resources = ["${aws_s3_bucket.letters.arn}/*"]
  }
  statement {
    effect    = "Deny"
    actions   = ["kms:Decrypt"]
    resources = ["*"]
  }
}
resource "aws_iam_role_policy_attachment" "web" {
  role       = aws_iam_role.web.name
  policy_arn = aws_iam_policy.read.arn
}
resource "aws_iam_role_policy" "logs" {
  role   = aws_iam_role.web.id
  policy = jsonencode({ Statement = [
    { Effect = "Allow", Action = "s3:ListBucket", Resource = "arn:aws:s3:::archive" },
    { Effect = "Allow", Action = ["s3:PutObject"], Resource = [var.elsewhere] },
  ] })
}
resource "aws_iam_role" "other" { name = "other" }
resource "aws_iam_policy" "loose" {
  policy = jsonencode({ Statement = { Effect = "Allow", Action = "ses:SendEmail", Resource = "*" } })
}
variable "elsewhere" {}
"""


def test_each_group_of_a_balancer_is_a_pool_that_its_listener_leads_to(tmp_path: Path) -> None:
    text = body(rendered(tmp_path, BALANCED)["load-balancer-web"])
    listeners = re.findall(r'"openstack_lb_listener_v2" "\w+" {\n(.*?)\n}', text, re.DOTALL)
    found = {
        re.search(r"protocol_port +=  *(\d+)", one)[1]: re.findall(r'protocol +=  *"(\w+)"|pool_v2\.(\w+)', one)
        for one in listeners
    }
    assert found == {
        "8443": [("HTTP", ""), ("", "web_api")],
        "443": [("TERMINATED_HTTPS", ""), ("", "web_site")],
        "80": [("HTTP", "")],
    }
    assert re.findall(r"listener_id +=  *(\S+)\n +action +=  *(\S+)", text) == [
        ("openstack_lb_listener_v2.web_plain.id", '"REDIRECT_PREFIX"')
    ]
    assert dict(re.findall(r"pool_v2.(\w+).id\n  address       = each.value\n  protocol_port = (\d+)", text)) == {
        "web_api": "8080",
        "web_site": "80",
    }


FENCED = """
resource "aws_security_group" "db" {
  name = "db"
  ingress {
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = ["10.1.0.0/16"]
  }
  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_db_instance" "shop" {
  identifier             = "shop"
  engine                 = "postgres"
  engine_version         = "16.3"
  multi_az               = true
  vpc_security_group_ids = [aws_security_group.db.id]
}
"""
BY_GROUP = """
resource "aws_security_group" "app" { name = "app" }
resource "aws_security_group_rule" "app" {
  type                     = "ingress"
  from_port                = 0
  to_port                  = 65535
  protocol                 = "tcp"
  security_group_id        = aws_security_group.db.id
  source_security_group_id = aws_security_group.app.id
}
"""
MACHINE = """
resource "aws_instance" "app" {
  instance_type          = "t3.small"
  vpc_security_group_ids = [aws_security_group.db.id]
}
"""


@pytest.mark.parametrize(
    ("more", "said"),
    [("", '["10.1.0.0/16"]'), (BY_GROUP, 'concat(["10.1.0.0/16"], var.shop_allowed_ips)')],
)
def test_whom_a_group_lets_in_a_database_lets_in(tmp_path: Path, more: str, said: str) -> None:
    """At its own port alone; members of a group are asked for. The group itself has nothing left to guard, whichever of
    the two is rendered first."""
    found = rendered(tmp_path, FENCED + more)
    assert f"for_each = toset({said})" in body(found["postgresql-shop"])
    assert "resource" not in body(found["security-group-db"])
    assert "stands in the ip_restrictions of shop" in found["security-group-db"].text


def test_a_group_falls_away_where_the_database_is_rendered_first(tmp_path: Path) -> None:
    """It asks the group for its subnet before it asks whom it lets in, and the group asks back what it guards."""
    group, _, database = FENCED.partition('resource "aws_db_instance"')
    found = rendered(tmp_path, f'resource "aws_db_instance"{database}{group}')
    assert "resource" not in body(found["security-group-db"])
    assert 'for_each = toset(["10.1.0.0/16"])' in body(found["postgresql-shop"])


def test_a_group_that_guards_a_machine_too_stays(tmp_path: Path) -> None:
    found = rendered(tmp_path, FENCED + MACHINE)
    assert 'for_each = toset(["10.1.0.0/16"])' in body(found["postgresql-shop"])
    assert "remote_ip_prefix" in body(found["security-group-db"])
    assert "openstack_networking_secgroup_v2.db.name" in body(found["virtual-machine-app"])


def test_a_list_of_the_database_itself_is_carried_over(tmp_path: Path) -> None:
    """What is known of it, with what is not asked for; Azure's rule for its own services is a decision."""
    code = """
resource "google_sql_database_instance" "main" {
  name             = "main"
  database_version = "POSTGRES_16"
  settings {
    ip_configuration {
      authorized_networks { value = "192.0.2.7" }
      authorized_networks { value = var.office }
    }
  }
}
resource "azurerm_postgresql_flexible_server" "shop" { name = "shop" }
resource "azurerm_postgresql_flexible_server_firewall_rule" "office" {
  server_id        = azurerm_postgresql_flexible_server.shop.id
  start_ip_address = "10.0.0.0"
  end_ip_address   = "10.0.0.255"
}
resource "azurerm_postgresql_flexible_server_firewall_rule" "azure" {
  server_id        = azurerm_postgresql_flexible_server.shop.id
  start_ip_address = "0.0.0.0"
  end_ip_address   = "0.0.0.0"
}
variable "office" {}
"""
    found = rendered(tmp_path, code)
    assert 'toset(concat(["192.0.2.7/32"], var.main_allowed_ips))' in body(found["postgresql-main"])
    shop = found["postgresql-shop"]
    assert 'for_each = toset(["10.0.0.0/24"])' in body(shop)
    assert any("every service of the old provider" in decision for decision in shop.decisions)
    assert not any(decision.startswith("Set beside it") for decision in shop.decisions)


GLOBAL = """
resource "google_compute_global_forwarding_rule" "http" {
  name       = "web-http"
  target     = google_compute_target_http_proxy.web.id
  port_range = "80"
}
resource "google_compute_target_http_proxy" "web" { url_map = google_compute_url_map.redirect.id }
resource "google_compute_url_map" "redirect" {
  default_url_redirect { https_redirect = true }
}
resource "google_compute_global_forwarding_rule" "https" {
  name                  = "web-https"
  target                = google_compute_target_https_proxy.web.id
  port_range            = "443"
  load_balancing_scheme = "EXTERNAL_MANAGED"
}
resource "google_compute_target_https_proxy" "web" { url_map = google_compute_url_map.web.id }
resource "google_compute_url_map" "web" { default_service = google_compute_backend_service.web.id }
resource "google_compute_backend_service" "web" { name = "web" }
"""


def test_a_balancer_of_google_that_only_redirects_has_no_servers(tmp_path: Path) -> None:
    found = rendered(tmp_path, GLOBAL)
    assert problems(found["load-balancer-web-http"].text) == problems(found["load-balancer-web-https"].text) == []
    http, https = (body(found[f"load-balancer-web-{kind}"]) for kind in ("http", "https"))
    assert re.findall(r'action +=  *"(\w+)"', http) == ["REDIRECT_PREFIX"]
    assert "openstack_lb_pool_v2" not in http
    assert re.findall(r'protocol +=  *"(\w+)"\n +protocol_port +=  *(\d+)', https) == [("TERMINATED_HTTPS", "443")]
    assert "l7policy" not in https
    # What the code leaves out is public.
    assert "openstack_networking_floatingip_v2" in http
    assert "openstack_networking_floatingip_v2" in https


def test_a_balancer_of_google_that_only_redirects_is_a_route_without_services(tmp_path: Path) -> None:
    found = rendered(tmp_path, GLOBAL, "self-hosted")
    _, route = yaml.safe_load_all(named(found, "load-balancer-web-http").text)
    assert route["spec"]["rules"] == [
        {"filters": [{"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301}}]}
    ]
    _, route = yaml.safe_load_all(named(found, "load-balancer-web-https").text)
    assert "backendRefs" in route["spec"]["rules"][0]


def test_a_firewall_of_google_keeps_ports_and_lets_no_probes_in(tmp_path: Path) -> None:
    code = """
resource "google_compute_firewall" "probes" {
  name          = "probes"
  network       = "main"
  source_ranges = ["35.191.0.0/16", "130.211.0.0/22"]
  allow {
    protocol = "tcp"
    ports    = ["8080"]
  }
}
resource "google_compute_firewall" "tagged" {
  name        = "tagged"
  network     = "main"
  source_tags = ["web"]
  allow {
    protocol = "tcp"
    ports    = ["8001"]
  }
}
"""
    found = rendered(tmp_path, code)
    assert body(found["security-group-probes"]).strip() == ""
    assert "They stay behind." in found["security-group-probes"].text
    tagged = body(found["security-group-tagged"])
    assert problems(found["security-group-tagged"].text) == []
    assert re.findall(r"port_range_min +=  *(\d+)", tagged) == ["8001"]
    assert "remote_group_id   = var.tagged_tcp_8001_group" in tagged


ROUTED = f"""{BALANCED}
resource "aws_lb_listener_rule" "late" {{
  listener_arn = aws_lb_listener.open.arn
  priority     = 20
  action {{
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }}
  condition {{
    path_pattern {{ values = ["/v2/*"] }}
  }}
}}
resource "aws_lb_listener_rule" "early" {{
  listener_arn = aws_lb_listener.open.arn
  priority     = 3
  action {{
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }}
  condition {{
    host_header {{ values = ["api.example.com", "*.api.example.com"] }}
  }}
  condition {{
    path_pattern {{ values = ["/only"] }}
  }}
}}
resource "aws_lb_listener_rule" "asks" {{
  listener_arn = aws_lb_listener.open.arn
  priority     = 30
  action {{
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }}
  condition {{
    path_pattern {{ values = ["/posts"] }}
  }}
  condition {{
    http_request_method {{ values = ["POST"] }}
  }}
}}
resource "aws_lb_listener_rule" "gone" {{
  listener_arn = aws_lb_listener.open.arn
  priority     = 40
  action {{ type = "fixed-response" }}
  condition {{
    path_pattern {{ values = ["/gone"] }}
  }}
}}
"""


def test_rules_by_host_and_path_are_policies_in_their_order(tmp_path: Path) -> None:
    """What asks for more than host and path, or leads to no group, is left to a person and never widened."""
    found = rendered(tmp_path, ROUTED)["load-balancer-web"]
    text = body(found)
    assert problems(found.text) == []
    policies = re.findall(r'l7policy_v2" "(\w+)" {\n +listener_id +=  *\S+\n +position +=  *(\d+)', text)
    assert policies == [("web_open_early", "1"), ("web_open_late", "2")]
    rules = re.findall(r'type +=  *"(\w+)"\n +compare_type = "(\w+)"\n +value +=  *"(.*)"', text)
    assert rules == [
        ("HOST_NAME", "REGEX", r"^(api\\.example\\.com|.*\\.api\\.example\\.com)$"),
        ("PATH", "EQUAL_TO", "/only"),
        ("PATH", "STARTS_WITH", "/v2/"),
        ("PATH", "STARTS_WITH", "/"),
    ]
    told = " ".join(found.decisions)
    assert "aws_lb_listener_rule.asks asks for more" in told
    assert "aws_lb_listener_rule.gone asks for more" in told


def test_a_file_holds_who_acts_and_what_policies_allow(tmp_path: Path) -> None:
    """One file a component. Rights on buckets carry over to a user's policy and rights on secrets to OVHcloud's IAM;
    the rest is told, and what the code denies, or says of who may take a role, gives nobody anything."""
    found = rendered(tmp_path, RIGHTS)
    (name,) = (one for one in found if one.startswith("access-management"))
    text = body(found[name])
    assert problems(found[name].text) == []
    assert len(re.findall(r'resource "ovh_cloud_project_user_s3_policy" ', text)) == 1
    assert re.findall(r"Action   = (.*)\n\s+Resource = (.*)\n", text) == [
        ('["s3:ListBucket"]', '["arn:aws:s3:::archive"]'),
        (
            '["s3:GetObject"]',
            '["arn:aws:s3:::${ovh_cloud_project_storage.letters.name}", '
            '"arn:aws:s3:::${ovh_cloud_project_storage.letters.name}/*"]',
        ),
        ('["s3:PutObject"]', "var.iam_web_buckets_1"),
    ]
    assert re.findall(r"allow      = (.*)", text) == [
        '["okms:apikms:secret/get", "okms:apikms:secret/version/getData"]'
    ]
    assert "# not said here: sqs: SendMessage\n" in found[name].text
    assert "# aws_iam_policy.loose is put beside nothing here\n# not said here: ses: SendEmail\n" in found[name].text
    assert re.findall(r'oauth2_client" "(\w+)"', text) == ["web_iam"]


def test_a_bucket_that_may_be_another_is_asked_for(tmp_path: Path) -> None:
    """A document with several statements names one bucket: which of them means it, its references do not tell."""
    more = 'statement {\n    actions   = ["s3:DeleteObject"]\n    resources = [var.elsewhere]\n  }\n  statement {'
    found = rendered(tmp_path, RIGHTS.replace("statement {\n    effect", f"{more}\n    effect"))
    (name,) = (one for one in found if one.startswith("access-management"))
    text = body(found[name])
    assert "ovh_cloud_project_storage.letters" not in text
    assert len(re.findall(r"Resource = var\.", text)) == 3


def test_in_a_cluster_who_acts_is_a_service_account_without_rights(tmp_path: Path) -> None:
    """What a role might do at the provider's services is no right in a cluster."""
    found = rendered(tmp_path, RIGHTS, "self-hosted")
    (name,) = (one for one in found if one.startswith("access-management"))
    kinds = [one["kind"] for one in yaml.safe_load_all(found[name].text) if one]
    assert kinds == ["ServiceAccount", "ServiceAccount"]
    assert "# it may do at secretsmanager: GetSecretValue" in found[name].text


PULLS = [
    """
resource "aws_iam_role" "pulls" {
  name = "pulls"
}
resource "aws_iam_role_policy" "pulls" {
  role   = aws_iam_role.pulls.id
  policy = jsonencode({ Statement = { Effect = "Allow", Action = "ecr:BatchGetImage", Resource = "*" } })
}
""",
    """
resource "azurerm_role_assignment" "pulls" {
  scope                = var.registry
  role_definition_name = "AcrPull"
  principal_id         = var.who
}
""",
]


@pytest.mark.parametrize("target", ["ovhcloud", "self-hosted"])
@pytest.mark.parametrize("code", PULLS)
def test_of_roles_that_fall_away_nothing_else_is_told(tmp_path: Path, target: str, code: str) -> None:
    """Neither that roles cannot be assumed here nor where else rights are said: none of them stays."""
    found = [one for name, one in rendered(tmp_path, code, target).items() if name.startswith("access-management")]
    assert found
    for proposal in found:
        assert "falls away, for it only pulled images" in proposal.text
        assert proposal.decisions == ()


BUS = """
resource "aws_lambda_function" "orders" { function_name = "orders" }
resource "aws_cloudwatch_event_bus" "shop" { name = "shop" }
resource "aws_cloudwatch_event_rule" "paid" {
  name           = "paid"
  event_bus_name = aws_cloudwatch_event_bus.shop.name
  event_pattern  = jsonencode({ source = ["shop"] })
}
resource "aws_cloudwatch_event_target" "paid" {
  rule = aws_cloudwatch_event_rule.paid.name
  arn  = aws_lambda_function.orders.arn
}
resource "aws_cloudwatch_event_rule" "alone" {
  name          = "alone"
  event_pattern = jsonencode({ source = ["shop"] })
}
resource "google_cloud_tasks_queue" "mail" { name = "mail" }
"""


def test_a_bus_is_one_broker_and_each_rule_a_trigger_of_it(tmp_path: Path) -> None:
    """Of a bus that is made elsewhere the broker is asked for; tasks have no type that anybody gave them."""
    found = rendered(tmp_path, BUS, "self-hosted")
    made = {
        name: [(one["kind"], one.get("spec", {})) for one in yaml.safe_load_all(proposal.text)]
        for name, proposal in found.items()
        if name.startswith(("event-bus", "task-queue"))
    }
    assert made.pop("event-bus-shop.yaml") == [("Broker", {})]
    ((kind, paid),) = made.pop("event-bus-paid.yaml")
    assert (kind, paid["broker"], paid["subscriber"]["ref"]["name"]) == ("Trigger", "shop", "orders")
    ((kind, alone),) = made.pop("event-bus-alone.yaml")
    assert (kind, alone["broker"]) == ("Trigger", "${BROKER}")
    (_, broker), (kind, mail) = made.pop("task-queue-mail.yaml")
    assert (broker, kind, mail["broker"]) == ({}, "Trigger", "mail")
    assert "filter" not in mail
    assert not made


ASSIGNED = """
resource "azurerm_role_definition" "images" { name = "Reads images" }
resource "azurerm_role_assignment" "images" {
  role_definition_id = azurerm_role_definition.images.role_definition_resource_id
  principal_id       = var.one
}
resource "azurerm_role_assignment" "one" {
  role_definition_name = "Reader"
  principal_id         = var.one
}
resource "azurerm_role_assignment" "two" {
  role_definition_name = "Reader"
  principal_id         = var.two
}
variable "one" {}
variable "two" {}
"""


@pytest.mark.parametrize("target", ["ovhcloud", "self-hosted"])
def test_a_role_whose_rights_are_not_told_is_told_once_and_made_nowhere(tmp_path: Path, target: str) -> None:
    """A policy whose every word is asked for would be nobody's; not again where the role is defined beside it."""
    found = rendered(tmp_path, ASSIGNED, target)
    (name,) = (one for one in found if one.startswith("access-management"))
    assert body(found[name]).strip() in ("", "---")
    said = "azurerm_role_assignment.one, azurerm_role_assignment.two: Reader, whose rights the code does not tell."
    assert found[name].text.count("whose rights the code does not tell") == 2
    assert said in found[name].text


def test_a_policy_that_another_module_gives_out_asks_to_whom(tmp_path: Path) -> None:
    """Its statements are known, who has them is not: the policy is there, and no user or client is made up for it."""
    code = """
resource "aws_iam_policy" "read" {
  name = "read"
  policy = jsonencode({
    Statement = [
      { Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::letters/*" },
      { Effect = "Allow", Action = ["secretsmanager:GetSecretValue", "sqs:SendMessage"], Resource = "*" },
    ]
  })
}
output "arn" { value = aws_iam_policy.read.arn }
"""
    (found,) = rendered(tmp_path, code).values()
    text = body(found)
    assert problems(found.text) == []
    assert re.findall(r'resource "(\w+)"', text) == ["ovh_cloud_project_user_s3_policy", "ovh_iam_policy"]
    assert "user_id      = var.iam_read_user\n" in text
    assert "identities = var.iam_read_identities\n" in text
    assert '"arn:aws:s3:::letters/*"' in text
    assert "# not said here: sqs: SendMessage\n" in found.text


def test_a_role_that_is_built_in_allows_what_everybody_knows(tmp_path: Path) -> None:
    """The name of a role of Azure says what it allows; a name that is none says nothing."""
    code = """
resource "azurerm_storage_account" "letters" { name = "letters" }
resource "azurerm_storage_container" "letters" {
  name                 = "letters"
  storage_account_name = azurerm_storage_account.letters.name
}
resource "azurerm_role_assignment" "read" {
  scope                = azurerm_storage_account.letters.id
  role_definition_name = "Storage Blob Data Reader"
  principal_id         = var.one
}
resource "azurerm_role_assignment" "open" {
  role_definition_name = "Key Vault Secrets User"
  principal_id         = var.one
}
resource "azurerm_role_assignment" "pull" {
  role_definition_name = "AcrPull"
  principal_id         = var.one
}
resource "azurerm_role_assignment" "mistyped" {
  role_definition_name = "Key Vault Secret User"
  principal_id         = var.one
}
variable "one" {}
"""
    found = rendered(tmp_path, code)
    (name,) = (one for one in found if one.startswith("access-management"))
    text = body(found[name])
    assert problems(found[name].text) == []
    assert 'Action   = ["s3:GetObject", "s3:ListBucket"]' in text
    assert "arn:aws:s3:::${ovh_cloud_project_storage." in text
    assert re.findall(r"allow      = (.*)", text) == [
        '["okms:apikms:secret/get", "okms:apikms:secret/version/getData"]'
    ]
    assert "pull: falls away, for it only pulled images" in found[name].text
    assert "mistyped: Key Vault Secret User, whose rights the code does not tell." in found[name].text
    (told,) = (one for path, one in rendered(tmp_path, code, "self-hosted").items() if path.startswith("access-"))
    assert "read gives Storage Blob Data Reader. It allows: s3:GetObject, s3:ListBucket." in told.text


def test_pods_act_as_the_accounts_that_take_the_place_of_the_old_identities(tmp_path: Path) -> None:
    """One file a component: an account for each identity, one rule for all of them, and pods that name theirs."""
    code = """
resource "google_service_account" "web" {
  account_id = "shop-web"
}
resource "google_service_account" "batch" {
  account_id = var.batch
}
resource "google_iam_workload_identity_pool" "ci" {
  workload_identity_pool_id = "ci"
}
resource "google_iam_workload_identity_pool_provider" "ci" {
  workload_identity_pool_id          = google_iam_workload_identity_pool.ci.workload_identity_pool_id
  workload_identity_pool_provider_id = "ci"
}
resource "google_cloud_run_v2_service" "web" {
  name = "web"
  template {
    service_account = google_service_account.web.email
    scaling {
      min_instance_count = 1
    }
  }
}
"""
    found = rendered(tmp_path, code, "self-hosted")
    objects = [one for proposal in found.values() for one in yaml.safe_load_all(proposal.text) if one]
    named = [(one["kind"], one["metadata"]["name"]) for one in objects]
    assert sorted(name for kind, name in named if kind == "ServiceAccount") == ["batch", "shop-web"]
    assert [kind for kind, _ in named].count("ClusterSPIFFEID") == 1
    (web,) = [one for one in objects if one["kind"] == "Deployment"]
    assert web["spec"]["template"]["spec"]["serviceAccountName"] == "shop-web"


def test_programs_that_call_the_api_of_rights_get_a_guide(tmp_path: Path) -> None:
    """A role for each function that calls it would be nobody's."""
    (tmp_path / "app.py").write_text(
        'import boto3\niam = boto3.client("iam")\n\n'
        "def run(name):\n    iam.create_role(RoleName=name)\n    iam.list_roles()\n"
    )
    known = catalogues.load()
    found = render(audit(tmp_path, known, ("self-hosted",), jobs=1), known, "self-hosted")
    assert {one.language for one in found} == {"markdown"}


def test_policies_alone_are_no_code(tmp_path: Path) -> None:
    """A file of remarks on rights that fall away counts as a guide, and kustomize is not asked to take it."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code/main.tf").write_text(
        'resource "aws_iam_policy" "loose" {\n  policy = jsonencode({ Statement = { Action = "ses:SendEmail" } })\n}\n'
    )
    for target in ("ovhcloud", "self-hosted"):
        out = tmp_path / target
        done = portability("propose", tmp_path / "code", "--target", target, "--out", out)
        assert "0 findings with code, 1 with a guide, 0 with nothing" in done.output, done.output
    assert not list((tmp_path / "self-hosted" / "kubernetes").rglob("kustomization.yaml"))


PRIVATE = """
resource "azurerm_private_dns_zone" "database" { name = "privatelink.postgres.database.azure.com" }
resource "azurerm_private_dns_zone" "own" { name = "corp.example" }
"""


@pytest.mark.parametrize("target", ["ovhcloud", "self-hosted"])
def test_a_zone_of_the_provider_s_own_names_falls_away(tmp_path: Path, target: str) -> None:
    """It leads to private endpoints of services that are left; a zone of that name elsewhere would answer nobody."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code/main.tf").write_text(PRIVATE)
    done = portability("propose", tmp_path / "code", "--target", target, "--out", tmp_path / "out")
    assert "1 finding with code, 1 with a guide, 0 with nothing" in done.output, done.output
    known = catalogues.load()
    assert audit(tmp_path / "out", known, (target,), jobs=1).findings == ()
    assert "| dns | 1 |" in (tmp_path / "out/README.md").read_text()
    texts = [path.read_text() for path in (tmp_path / "out/kubernetes").rglob("dns-*.yaml")]
    assert sum("kind: DNSEndpoint" in text for text in texts) == 1


def test_the_address_of_a_nat_gateway_costs_nothing_here(tmp_path: Path) -> None:
    code = (
        NETWORK
        + """
resource "aws_eip" "nat" { domain = "vpc" }
resource "aws_nat_gateway" "nat" {
  allocation_id = aws_eip.nat.id
  subnet_id     = aws_subnet.app.id
}
"""
    )
    assert "resource" not in body(rendered(tmp_path, code)["public-ip-nat"])


ALONE = """
data "aws_route53_zone" "main" {
  name = "example.nl"
}
resource "aws_lb" "web" {
  name     = "web"
  internal = false
}
resource "aws_route53_record" "www" {
  zone_id = data.aws_route53_zone.main.zone_id
  name    = "www.example.nl"
  type    = "A"
  alias {
    name                   = aws_lb.web.dns_name
    zone_id                = aws_lb.web.zone_id
    evaluate_target_health = false
  }
}
resource "aws_subnet" "data" {
  vpc_id     = var.network
  cidr_block = "10.1.0.0/24"
}
resource "aws_security_group_rule" "web" {
  type              = "ingress"
  protocol          = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_blocks       = ["10.0.0.0/8"]
  security_group_id = var.group
}
variable "network" {}
variable "group" {}
"""


@pytest.mark.parametrize("target", ["ovhcloud", "self-hosted"])
def test_what_is_set_beside_something_of_another_module_is_made(tmp_path: Path, target: str) -> None:
    """Records of a zone that is looked up, subnets and rules of what another module makes: only that is asked for."""
    found = rendered(tmp_path, ALONE, target)
    assert [one.problems for one in found.values() if one.problems] == []
    text = re.sub(" +", " ", "\n".join(body(one) for one in found.values()))
    assert 'cidr = "10.1.0.0/24"' in text
    assert re.search(r"network_id = var\.\w+_network_id", text)
    assert re.search(r"security_group_id = var\.\w+_web_into", text)
    assert 'remote_ip_prefix = "10.0.0.0/8"' in text
    assert (
        "target = openstack_networking_floatingip_v2.web.address" if target == "ovhcloud" else '"www.example.nl"'
    ) in text


def test_a_vault_holds_the_secrets_that_were_in_it(tmp_path: Path) -> None:
    """It is no secret itself."""
    code = """
resource "azurerm_key_vault" "shop" {
  name     = "shop"
  sku_name = "standard"
}
resource "azurerm_key_vault_secret" "payment" {
  name         = "payment"
  key_vault_id = azurerm_key_vault.shop.id
}
"""
    text = re.sub(" +", " ", "\n".join(body(one) for one in rendered(tmp_path, code).values()))
    assert text.count('resource "ovh_okms_secret"') == 1
    assert "okms_id = ovh_okms.shop.id" in text
    found = rendered(tmp_path, code, "self-hosted").values()
    objects = {one["kind"]: one for proposal in found for one in yaml.safe_load_all(proposal.text)}
    store = objects["ExternalSecret"]["spec"]["secretStoreRef"]
    assert store == {"kind": "SecretStore", "name": objects["SecretStore"]["metadata"]["name"]}


def test_a_cluster_has_the_pools_that_the_code_keeps(tmp_path: Path) -> None:
    """The nodes that a cluster is made with and loses at once are none of them, and pools keep their names."""
    code = """
resource "google_container_cluster" "main" {
  name                     = "main"
  remove_default_node_pool = true
  initial_node_count       = 1
}
resource "google_container_node_pool" "first" {
  name       = "apps"
  cluster    = google_container_cluster.main.name
  node_count = 3
  node_config {
    machine_type = "n1-standard-1"
  }
}
"""
    text = re.sub(" +", " ", body(rendered(tmp_path, code)["kubernetes-cluster-main"]))
    assert re.findall(r'nodepool" "\w+" \{[^}]*? name = "([\w-]+)"', text) == ["apps"]


def test_applications_of_a_directory_are_clients_of_one_realm(tmp_path: Path) -> None:
    code = """
resource "azuread_application" "shop" { display_name = "Shop" }
resource "azuread_application" "office" { display_name = "Office" }
resource "azuread_group" "clerks" { display_name = "Clerks" }
resource "azuread_service_principal" "shop" { client_id = azuread_application.shop.client_id }
"""
    found = rendered(tmp_path, code, "self-hosted").values()
    (realm,) = [one["spec"]["realm"] for proposal in found for one in yaml.safe_load_all(proposal.text) if one]
    assert sorted(one["clientId"] for one in realm["clients"]) == ["Office", "Shop"]
    assert realm["groups"] == [{"name": "Clerks"}]


def test_a_rule_that_only_denies_is_no_group(tmp_path: Path) -> None:
    code = """
resource "google_compute_firewall" "out" {
  name      = "deny-all-egress"
  network   = "main"
  direction = "EGRESS"
  deny {
    protocol = "all"
  }
}
"""
    (group,) = [one for name, one in rendered(tmp_path, code).items() if name.startswith("security-group")]
    assert body(group).strip() == ""
    assert "delete_default_rules" in group.text


POD_CODE = """
resource "aws_security_group" "front" {
  name = "front"
  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_security_group" "inside" {
  name = "inside"
  ingress {
    protocol        = "tcp"
    from_port       = 8080
    to_port         = 8080
    security_groups = [aws_security_group.front.id]
  }
  ingress {
    protocol    = "tcp"
    from_port   = 9090
    to_port     = 9090
    cidr_blocks = ["10.0.0.0/8"]
  }
}
resource "aws_lb" "web" {
  name            = "web"
  internal        = false
  security_groups = [aws_security_group.front.id]
}
resource "aws_lb_target_group" "shop" {
  port = 8080
}
resource "aws_lb_target_group" "admin" {
  port = 8081
}
resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.web.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type = "redirect"
  }
}
resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.web.arn
  port              = 443
  protocol          = "HTTPS"
  certificate_arn   = aws_acm_certificate.web.arn
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.shop.arn
  }
}
resource "aws_lb_listener_rule" "admin" {
  listener_arn = aws_lb_listener.https.arn
  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.admin.arn
  }
  condition {
    host_header {
      values = ["admin.example.nl"]
    }
  }
  condition {
    path_pattern {
      values = ["/private/*", "/status"]
    }
  }
}
resource "aws_acm_certificate" "web" {
  domain_name = "example.nl"
}
resource "aws_ecs_task_definition" "shop" {
  family = "shop-task"
}
resource "aws_ecs_service" "shop" {
  name            = "shop"
  task_definition = aws_ecs_task_definition.shop.arn
  desired_count   = 2
  load_balancer {
    target_group_arn = aws_lb_target_group.shop.arn
    container_port   = 8080
  }
  network_configuration {
    security_groups = [aws_security_group.inside.id]
  }
}
resource "aws_ecs_service" "admin" {
  name          = "admin"
  desired_count = 1
  load_balancer {
    target_group_arn = aws_lb_target_group.admin.arn
    container_port   = 8081
  }
}
"""


@pytest.mark.parametrize("target", ["ovhcloud", "self-hosted"])
def test_a_balancer_in_front_of_pods_is_a_gateway_of_the_cluster(tmp_path: Path, target: str) -> None:
    found = rendered(tmp_path, POD_CODE, target)
    objects = list(yaml.safe_load_all(named(found, "load-balancer-web").text))
    (gateway,) = [one for one in objects if one["kind"] == "Gateway"]
    assert [(one["port"], one["protocol"]) for one in gateway["spec"]["listeners"]] == [(80, "HTTP"), (443, "HTTPS")]
    assert gateway["spec"]["listeners"][1]["tls"]["certificateRefs"] == [{"name": "example-nl-tls"}]
    to_https, admin, rest = [one["spec"] for one in objects if one["kind"] == "HTTPRoute"]
    assert to_https["rules"][0]["filters"][0]["requestRedirect"]["scheme"] == "https"
    assert to_https["parentRefs"] == [{"name": "web", "sectionName": "http"}]
    assert admin["hostnames"] == ["admin.example.nl"]
    paths = [(one["path"]["type"], one["path"]["value"]) for one in admin["rules"][0]["matches"]]
    assert paths == [("PathPrefix", "/private"), ("Exact", "/status")]
    assert admin["rules"][0]["backendRefs"] == [{"name": "admin", "port": 80}]
    assert rest["rules"][0]["backendRefs"] == [{"name": "shop", "port": 80}]
    # The redirect alone answers without TLS.
    assert admin["parentRefs"] == rest["parentRefs"] == [{"name": "web", "sectionName": "https"}]
    assert not [one for one in named(found, "load-balancer-web").decisions if one.startswith("Set beside it")]


@pytest.mark.parametrize("target", ["ovhcloud", "self-hosted"])
def test_what_guarded_pods_is_a_policy_of_the_cluster(tmp_path: Path, target: str) -> None:
    found = rendered(tmp_path, POD_CODE, target)
    (policy,) = yaml.safe_load_all(named(found, "security-group-inside").text)
    assert policy["kind"] == "NetworkPolicy"
    assert policy["spec"]["podSelector"]["matchExpressions"][0]["values"] == ["shop-task"]
    from_range, from_gateway = sorted(policy["spec"]["ingress"], key=lambda one: -one["ports"][0]["port"])
    assert from_range["from"] == [{"ipBlock": {"cidr": "10.0.0.0/8"}}]
    assert "namespaceSelector" in from_gateway["from"][0]
    assert from_gateway["ports"] == [{"protocol": "TCP", "port": 8080}]
    # A Gateway has no pods in this module: who may reach it is told.
    assert "Who may reach it at port 443: Everybody, as before" in named(found, "security-group-front").text
    assert not list(filter(None, yaml.safe_load_all(named(found, "security-group-front").text)))


@pytest.mark.parametrize(
    ("said", "api"),
    [
        ('deployment_controller { type = "CODE_DEPLOY" }', "apps/v1"),
        ('deployment_configuration { strategy = "CANARY" }', "serving.knative.dev/v1"),
    ],
)
def test_what_splits_traffic_is_of_knative(tmp_path: Path, said: str, api: str) -> None:
    """That CodeDeploy rolls a service out is no share of traffic: its deployment says that. As many run as did."""
    code = POD_CODE.replace("desired_count = 1", f"desired_count = 2\n  {said}")
    (admin,) = [one for path, one in rendered(tmp_path, code, "self-hosted").items() if path.endswith("-admin.yaml")]
    made = next(iter(yaml.safe_load_all(admin.text)))
    assert made["apiVersion"] == api
    if api == "apps/v1":
        assert made["spec"]["replicas"] == 2
    else:
        assert made["spec"]["template"]["metadata"]["annotations"] == {"autoscaling.knative.dev/min-scale": "2"}


def test_routes_of_an_api_are_rules_of_a_route(tmp_path: Path) -> None:
    """Method and path as they are written, also hostile ones; what takes all has no match. Sixteen rules are the most
    that one object may have."""
    hostile = '/a"b: [x] {{ 7 * 7 }} # - '
    keys = ["GET /orders", "PUT /orders/{id}/v1.0", "ANY /files/{proxy+}", "$default", f"STEAL {hostile}"]
    keys += [f"GET /{number}" for number in range(14)]
    code = 'resource "aws_apigatewayv2_api" "orders" { name = "orders" }\n' + "".join(
        f'resource "aws_apigatewayv2_route" "r{number:02}" {{\n  api_id    = aws_apigatewayv2_api.orders.id\n'
        f"  route_key = {json.dumps(key)}\n}}\n"
        for number, key in enumerate(keys)
    )
    objects = list(yaml.safe_load_all(named(rendered(tmp_path, code, "self-hosted"), "api-gateway-orders").text))
    assert [len(one["spec"]["rules"]) for one in objects] == [16, 3]
    assert len({one["metadata"]["name"] for one in objects}) == 2
    found = [one.get("matches") for one in objects[0]["spec"]["rules"]]
    assert found[:5] == [
        [{"path": {"type": "Exact", "value": "/orders"}, "method": "GET"}],
        [{"path": {"type": "RegularExpression", "value": r"/orders/[^/]+/v1\.0"}, "method": "PUT"}],
        [{"path": {"type": "PathPrefix", "value": "/files"}}],
        None,
        [{"path": {"type": "RegularExpression", "value": re.escape(hostile)}}],
    ]


def test_a_part_that_names_several_is_of_the_one_that_it_is_set_on(tmp_path: Path) -> None:
    """A rule names its own group and the one that it lets in, a delegation its zone and the one below: in the other it
    would open a door, or delegate a zone to itself."""
    code = """
resource "aws_security_group" "front" { name = "front" }
resource "aws_security_group" "back" { name = "back" }
resource "aws_security_group_rule" "in" {
  type                     = "ingress"
  protocol                 = "tcp"
  from_port                = 80
  to_port                  = 80
  security_group_id        = local.guarded
  source_security_group_id = aws_security_group.front.id
}
locals { guarded = aws_security_group.back.id }
resource "aws_route53_zone" "above" { name = "example.nl" }
resource "aws_route53_zone" "below" { name = "dev.example.nl" }
resource "aws_route53_record" "dev" {
  zone_id = aws_route53_zone.above.zone_id
  name    = "dev.example.nl"
  type    = "NS"
  records = aws_route53_zone.below.name_servers
}
"""
    found = rendered(tmp_path, code)
    assert "openstack_networking_secgroup_v2.front.id" in body(found["security-group-back"])
    assert "openstack_networking_secgroup_v2.back.id" not in body(found["security-group-front"])
    assert "ovh_domain_zone_record" in body(found["dns-example-nl"])
    assert "ovh_domain_zone_record" not in body(found["dns-dev-example-nl"])


def test_a_rule_that_no_network_policy_knows_is_told(tmp_path: Path) -> None:
    """ICMP has no place in a NetworkPolicy: it is not let in silently, nor left out silently."""
    ping = """resource "aws_security_group_rule" "ping" {
  type              = "ingress"
  protocol          = "icmp"
  from_port         = -1
  to_port           = -1
  cidr_blocks       = ["10.0.0.0/8"]
  security_group_id = aws_security_group.inside.id
}
"""
    before, after = (
        named(rendered(tmp_path, code, "self-hosted"), "security-group-inside") for code in (POD_CODE, POD_CODE + ping)
    )
    assert not [one for one in before.decisions if "ICMP" in one]
    assert [one for one in after.decisions if one.startswith("ICMP was let in too")]


def test_hostile_rules_of_a_balancer_stay_values(tmp_path: Path) -> None:
    host, path = 'a"b: {{ 7 * 7 }} $${HOME} # - ', "/x: [${y}]\n- z'\"/*"
    code = POD_CODE.replace('"admin.example.nl"', json.dumps(host)).replace(
        '"/private/*"', json.dumps(path).replace("${", "$${")
    )
    objects = list(yaml.safe_load_all(named(rendered(tmp_path, code, "self-hosted"), "load-balancer-web").text))
    (admin,) = [one["spec"] for one in objects if "hostnames" in one["spec"]]
    assert admin["hostnames"] == [host.replace("$${", "${")]
    assert admin["rules"][0]["matches"][0]["path"]["value"] == path.removesuffix("/*")


def test_what_machines_lean_on_too_stays_of_the_network(tmp_path: Path) -> None:
    machine = """
resource "aws_instance" "old" {
  ami                    = "ami-1"
  instance_type          = "t3.small"
  vpc_security_group_ids = [aws_security_group.inside.id]
}
resource "aws_lb_target_group_attachment" "old" {
  target_group_arn = aws_lb_target_group.shop.arn
  target_id        = aws_instance.old.id
}
"""
    found = rendered(tmp_path, POD_CODE + machine)
    assert named(found, "load-balancer-web").language == "hcl"
    assert named(found, "security-group-inside").language == "hcl"


def test_a_balancer_that_nothing_leads_to_is_of_the_cluster_where_all_runs_in_pods(tmp_path: Path) -> None:
    balancer = 'resource "aws_lb" "web" {\n  name = "web"\n}\n'
    service = 'resource "aws_ecs_service" "shop" {\n  name = "shop"\n}\n'
    machine = 'resource "aws_instance" "old" {\n  instance_type = "t3.small"\n}\n'
    languages = [
        named(rendered(tmp_path, code), "load-balancer-web").language
        for code in (balancer, balancer + service, balancer + service + machine)
    ]
    assert languages == ["hcl", "yaml", "hcl"]


def test_subnets_whose_ranges_are_worked_out_of_a_count_have_them(tmp_path: Path) -> None:
    code = """
variable "zones" {
  default = 2
}
resource "aws_vpc" "main" {
  cidr_block = "10.1.0.0/16"
}
resource "aws_subnet" "public" {
  count      = var.zones
  vpc_id     = aws_vpc.main.id
  cidr_block = cidrsubnet(aws_vpc.main.cidr_block, 8, var.zones + count.index)
}
resource "aws_subnet" "data" {
  for_each   = { a = 1, b = 2 }
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.1.${each.value}00.0/24"
}
resource "aws_subnet" "open" {
  count      = length(data.aws_availability_zones.all.names)
  vpc_id     = aws_vpc.main.id
  cidr_block = cidrsubnet(aws_vpc.main.cidr_block, 8, count.index)
}
"""
    text = body(rendered(tmp_path, code)["private-network-main"])
    ranges = re.findall(r"cidr += (\S+)", text)
    assert ranges[:4] == ['"10.1.2.0/24"', '"10.1.3.0/24"', '"10.1.100.0/24"', '"10.1.200.0/24"']
    # How many zones there are only a run could tell.
    assert ranges[4:] == ["var.main_open_cidr"]
    assert problems(text) == []


@pytest.mark.parametrize("target", ["ovhcloud", "self-hosted"])
def test_records_that_prove_a_certificate_are_not_asked_for(tmp_path: Path, target: str) -> None:
    code = """
resource "aws_route53_zone" "main" {
  name = "example.nl"
}
resource "aws_acm_certificate" "web" {
  domain_name = "example.nl"
}
resource "aws_route53_record" "proof" {
  zone_id = aws_route53_zone.main.zone_id
  name    = tolist(aws_acm_certificate.web.domain_validation_options)[0].resource_record_name
  type    = tolist(aws_acm_certificate.web.domain_validation_options)[0].resource_record_type
  records = [tolist(aws_acm_certificate.web.domain_validation_options)[0].resource_record_value]
  ttl     = 300
}
resource "aws_route53_record" "www" {
  zone_id = aws_route53_zone.main.zone_id
  name    = "www"
  type    = "CNAME"
  records = ["example.org."]
}
"""
    zone = named(rendered(tmp_path, code, target), "dns-example-nl")
    assert "aws_route53_record.proof is made of what only a run could tell" in zone.text
    assert "proof_records" not in zone.text.lower()
    assert "CNAME" in zone.text


@pytest.mark.parametrize("target", ["ovhcloud", "self-hosted"])
@pytest.mark.parametrize("partition", ["aws", "${data.aws_partition.here.partition}"])
def test_a_role_that_only_pulls_images_and_keeps_logs_falls_away(tmp_path: Path, target: str, partition: str) -> None:
    """Nobody acts by it any more, so that an account, or a question for one, would be in vain."""
    code = """
resource "aws_iam_role" "run" {
  name               = "run"
  assume_role_policy = jsonencode({Statement = [{Effect = "Allow", Action = "sts:AssumeRole",
    Principal = {Service = "ecs-tasks.amazonaws.com"}}]})
}
resource "aws_iam_role_policy_attachment" "run" {
  role       = aws_iam_role.run.name
  policy_arn = "arn:PARTITION:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}
""".replace("PARTITION", partition)
    made = next(one for name, one in rendered(tmp_path, code, target).items() if name.startswith("access-management"))
    assert "aws_iam_role.run: falls away" in made.text
    assert "ServiceAccount" not in made.text
    assert "ovh_" not in made.text.partition("falls away")[2]
    more = (
        code
        + """
resource "aws_iam_role_policy" "run" {
  role   = aws_iam_role.run.name
  policy = jsonencode({Statement = [{Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::b/*"}]})
}
"""
    )
    assert "falls away, for" not in "".join(one.text for one in rendered(tmp_path, more, target).values())


def test_a_deployment_asks_the_path_that_the_balancer_asked_and_tells_of_its_processors(tmp_path: Path) -> None:
    code = """
resource "aws_ecs_task_definition" "web" {
  family                = "web"
  container_definitions = jsonencode([{ name = "web", portMappings = [{ containerPort = 8080 }] }])
  runtime_platform { cpu_architecture = "ARM64" }
}
resource "aws_lb" "web" { name = "front" }
resource "aws_lb_target_group" "web" {
  name = "web"
  port = 8080
  health_check { path = "/up" }
}
resource "aws_lb_listener" "web" {
  load_balancer_arn = aws_lb.web.arn
  port              = 80
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.web.arn
  }
}
resource "aws_ecs_service" "web" {
  name            = "web-service"
  task_definition = aws_ecs_task_definition.web.arn
  load_balancer { target_group_arn = aws_lb_target_group.web.arn }
}
"""
    found = rendered(tmp_path, code, "self-hosted").values()
    (made,) = [one for one in found if "kind: Deployment" in one.text]
    assert 'httpGet:\n              path: "/up"' in made.text
    assert any("built for ARM" in one for one in made.decisions)


def test_the_runtime_of_a_web_application_is_told_by_its_parts(tmp_path: Path) -> None:
    code = """
resource "azurerm_linux_web_app" "shop" {
  name = "shop"
  site_config {
    application_stack {
      java_server  = "TOMCAT"
      java_version = "17"
    }
  }
}
"""
    (made,) = rendered(tmp_path, code).values()
    assert "The code says java_server TOMCAT, java_version 17." in made.text
