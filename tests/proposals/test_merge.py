"""What an engineer would not merge of a whole tree, by kind: wrong things, lost ones, asked for though known."""

from __future__ import annotations

from pathlib import Path

import pytest

from portability.model import Proposal
from tests.command_line import portability
from tests.proposals.test_links import rendered


def only(root: Path, code: str, target: str = "self-hosted", capability: str = "") -> Proposal:
    (one,) = [one for one in rendered(root, code, target).values() if capability in ("", one.capability)]
    return one


UPDATE = """
resource "azurerm_storage_account" "docs" {
  name                     = "docs"
  account_tier             = "Standard"
  account_replication_type = "LRS"
}
resource "azapi_update_resource" "docs" {
  type        = "Microsoft.Storage/storageAccounts@2023-01-01"
  resource_id = azurerm_storage_account.docs.id
}
"""


@pytest.mark.parametrize("target", ["ovhcloud", "self-hosted"])
def test_what_updates_a_thing_makes_no_second_one(tmp_path: Path, target: str) -> None:
    made = only(tmp_path, UPDATE, target)
    assert any("(Microsoft.Storage/storageAccounts)" in one for one in made.decisions)


RECORD = """
resource "azurerm_dns_zone" "shop" { name = "shop.example" }
resource "azurerm_dns_cname_record" "www" {
  name      = "www"
  zone_name = azurerm_dns_zone.shop.name
  ttl       = 300
  record    = "web.shop.example."
}
"""


@pytest.mark.parametrize(
    ("target", "line"), [("ovhcloud", 'fieldtype = "CNAME"'), ("self-hosted", 'recordType: "CNAME"')]
)
def test_the_name_of_a_resource_tells_the_type_of_its_record(tmp_path: Path, target: str, line: str) -> None:
    assert line in only(tmp_path, RECORD, target).text


BUS = """
resource "azurerm_servicebus_queue" "orders" {
  name         = "orders"
  namespace_id = "/subscriptions/1"
  SAYS
}
"""


@pytest.mark.parametrize(("says", "limit"), [("", 10), ("max_delivery_count = 3", 3)])
def test_a_queue_of_service_bus_has_dead_letters_without_a_word(tmp_path: Path, says: str, limit: int) -> None:
    made = only(tmp_path, BUS.replace("SAYS", says))
    assert f"x-delivery-limit: {limit}\n" in made.text
    assert 'x-dead-letter-exchange: "orders-dead"' in made.text


SHELL = """
resource "google_app_engine_application" "app" { location_id = "europe-west" }
resource "google_binary_authorization_attestor" "ci" { name = "ci" }
"""


def test_what_switches_a_service_on_or_takes_part_in_it_becomes_nothing_by_itself(tmp_path: Path) -> None:
    assert rendered(tmp_path, SHELL, "self-hosted") == {}


def test_the_readme_names_what_was_not_read(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('module "db" {\n  source = "github.com/example/modules//rds?ref=v1"\n}\n')
    portability("propose", str(tmp_path), "--target", "ovhcloud", "--out", str(tmp_path / "out"))
    readme = (tmp_path / "out" / "README.md").read_text()
    assert "- module `github.com/example/modules//rds`: 1, first at `main.tf:1`" in readme


KEYS = """
resource "google_kms_crypto_key" "sign" {
  name    = "sign"
  purpose = "ASYMMETRIC_SIGN"
  version_template { algorithm = "EC_SIGN_P384_SHA384" }
}
resource "aws_kms_key" "rows" {
  description = "Encrypts what lies in rows of the table"
}
resource "aws_kms_alias" "rows" {
  name          = "alias/rows-of-orders"
  target_key_id = aws_kms_key.rows.id
}
resource "azurerm_key_vault_key" "wrap" {
  name         = "wrap"
  key_vault_id = "/subscriptions/1"
  key_type     = "RSA"
  key_size     = 3072
  key_opts     = ["sign", "wrapKey", "unwrapKey"]
}
"""


def test_keys_keep_their_kind_and_are_called_by_their_alias(tmp_path: Path) -> None:
    cloud = {path: one.text for path, one in rendered(tmp_path, KEYS, "ovhcloud").items()}
    text = "\n".join(cloud.values())
    assert 'type       = "EC"\n  curve      = "P-384"' in text
    assert 'name       = "rows-of-orders"' in text
    assert "The old key is RSA 3072 and is not only for signing." in " ".join(text.replace("#  ", "").split())
    own = "\n".join(one.text for one in rendered(tmp_path, KEYS, "self-hosted").values())
    assert all(f'value: "{one}"' in own for one in ("ecdsa-p384", "rsa-3072", "aes256-gcm96", "rows-of-orders"))


def test_a_certificate_has_all_names_of_the_old_one(tmp_path: Path) -> None:
    code = """
resource "aws_acm_certificate" "shop" {
  domain_name               = "shop.example"
  subject_alternative_names = ["*.shop.example"]
}
"""
    made = only(tmp_path, code)
    assert 'dnsNames:\n    - "shop.example"\n    - "*.shop.example"\n' in made.text
    assert any("DNS-01" in one for one in made.decisions)


RUN = """
resource "google_service_account" "api" { account_id = "api" }
resource "google_service_account" "web" { account_id = "web" }
resource "google_cloud_run_v2_service" "api" {
  name = "api"
  template {
    service_account                  = google_service_account.api.email
    timeout                          = "${5 * 60}s"
    max_instance_request_concurrency = 1
    containers {
      image = "example/api"
      args  = ["--project=${var.project}", "--for=${google_service_account.web.email}"]
    }
  }
}
resource "google_cloud_run_v2_service_iam_member" "callers" {
  name   = google_cloud_run_v2_service.api.name
  role   = "roles/run.invoker"
  member = CALLER
}
"""


@pytest.mark.parametrize(
    ("caller", "closed"), [('"allUsers"', False), ('"group:web@example.org"', True), ("var.caller", False)]
)
def test_a_service_keeps_its_account_its_limits_and_who_may_call_it(tmp_path: Path, caller: str, closed: bool) -> None:
    made = only(tmp_path, RUN.replace("CALLER", caller), capability="container-service")
    for line in ('serviceAccountName: "api"', "timeoutSeconds: 300", "containerConcurrency: 1", "args: ${API_ARGS}"):
        assert line in made.text
    assert ("networking.knative.dev/visibility: cluster-local\n" in made.text.partition("spec:")[0]) is closed


POLICY = """
resource "google_cloud_run_service" "api" {
  name = "api"
  template {
    metadata {
      annotations = {
        "autoscaling.knative.dev/minScale" = "1"
        "autoscaling.knative.dev/maxScale" = "4"
      }
    }
    spec {
      containers { image = "example/api" }
    }
  }
}
data "google_iam_policy" "public" {
  binding {
    role    = "roles/run.invoker"
    members = ["allUsers"]
  }
}
resource "google_cloud_run_service_iam_policy" "public" {
  service     = google_cloud_run_service.api.name
  policy_data = data.google_iam_policy.public.policy_data
}
"""


def test_a_service_that_a_policy_may_open_is_not_closed_and_keeps_its_scale(tmp_path: Path) -> None:
    made = only(tmp_path, POLICY, capability="container-service")
    assert "cluster-local" not in made.text.partition("---")[2]
    assert any("Who might call it cannot be told" in one for one in made.decisions)
    for line in ('autoscaling.knative.dev/min-scale: "1"', 'autoscaling.knative.dev/max-scale: "4"'):
        assert line in made.text


CALLS = """
resource "google_cloud_run_v2_service" "api" { name = "api" }
resource "google_cloud_scheduler_job" "reap" {
  name     = "reap"
  schedule = "*/30 * * * *"
  http_target {
    uri         = URI
    http_method = "PUT"
  }
}
"""


@pytest.mark.parametrize(
    ("uri", "called"),
    [
        ('"${google_cloud_run_v2_service.api.uri}/reap"', "http://api.${NAMESPACE}.svc.cluster.local/reap"),
        ('"https://shop.example/reap"', "https://shop.example/reap"),
        ('"${var.host}/reap"', "${REAP_URL}"),
    ],
)
def test_a_schedule_calls_what_it_called(tmp_path: Path, uri: str, called: str) -> None:
    made = only(tmp_path, CALLS.replace("URI", uri), capability="scheduler")
    assert f'- "PUT"\n                - "{called}"\n' in made.text
    assert "image: ${CURL_IMAGE}" in made.text.replace('"', "")


WARMER = """
resource "aws_lambda_function" "api" {
  function_name = "api"
  role          = "arn:aws:iam::1:role/api"
}
resource "aws_cloudwatch_event_rule" "warm" {
  name                = "warm"
  schedule_expression = "rate(5 minutes)"
}
resource "aws_cloudwatch_event_target" "warm" {
  rule  = aws_cloudwatch_event_rule.warm.name
  arn   = aws_lambda_function.api.arn
  input = jsonencode({ task = "heartbeat" })
}
"""


def test_a_schedule_of_a_function_sends_it_an_event(tmp_path: Path) -> None:
    text = only(tmp_path, WARMER, capability="scheduler").text
    for line in (
        "kind: PingSource",
        'schedule: "*/5 * * * *"',
        'data: "{\\"task\\":\\"heartbeat\\"}"',
        "kind: Service",
    ):
        assert line in text


ALARM = """
resource "aws_sns_topic" "told" { name = "told" }
resource "aws_sns_topic_subscription" "mail" {
  topic_arn = aws_sns_topic.told.arn
  protocol  = "PROTOCOL"
  endpoint  = "ops@example.org"
}
resource "aws_cloudwatch_metric_alarm" "busy" {
  alarm_name          = "busy"
  alarm_description   = "Too much to do"
  comparison_operator = "GreaterThanThreshold"
  metric_name         = "CPUUtilization"
  namespace           = "AWS/EC2"
  statistic           = "Average"
  threshold           = 80
  period              = 60
  evaluation_periods  = PERIODS
  alarm_actions       = [aws_sns_topic.told.arn]
}
"""


@pytest.mark.parametrize(("periods", "waits"), [("1", ""), ("5", 'for: "240s"')])
def test_an_alarm_waits_for_further_periods_alone_and_says_what_it_said(
    tmp_path: Path, periods: str, waits: str
) -> None:
    made = only(tmp_path, ALARM.replace("PERIODS", periods).replace("PROTOCOL", "email"), capability="metrics")
    assert (waits in made.text) if waits else ("for:" not in made.text)
    assert 'summary: "Too much to do"' in made.text


@pytest.mark.parametrize(("protocol", "kind"), [("email", "AlertmanagerConfig"), ("firehose", "Exchange")])
def test_a_topic_that_only_tells_people_of_alarms_is_alertmanagers(tmp_path: Path, protocol: str, kind: str) -> None:
    code = ALARM.replace("PERIODS", "1").replace("PROTOCOL", protocol)
    made = only(tmp_path, code, capability="publish-subscribe")
    assert f"kind: {kind}\n" in made.text
    if protocol == "email":
        assert 'value: "busy"' in made.text
        assert 'emailConfigs:\n        - to: "ops@example.org"' in made.text


def test_each_subscription_has_a_queue_of_its_own(tmp_path: Path) -> None:
    code = """
resource "google_pubsub_topic" "orders" { name = "orders" }
resource "google_pubsub_subscription" "ship" {
  name  = "ship"
  topic = google_pubsub_topic.orders.id
}
resource "google_pubsub_subscription" "bill" {
  name  = "bill"
  topic = google_pubsub_topic.orders.id
  push_config { push_endpoint = "${var.billing}/orders" }
}
"""
    made = only(tmp_path, code)
    for own in ("ship", "bill"):
        assert f'destination: "{own}"' in made.text
    assert 'read: "^(bill|ship)$"' in made.text or 'read: "^(ship|bill)$"' in made.text
    assert any("sends to {}/orders by HTTP" in one for one in made.decisions)
    assert not any(one.startswith("Set beside it") for one in made.decisions)


STREAM = """
resource "aws_lb" "dns" {
  name               = "dns"
  load_balancer_type = "network"
  internal           = true
}
resource "aws_lb_target_group" "dns" {
  port       = 5353
  protocol   = "TCP_UDP"
  depends_on = [aws_lb.dns]
}
resource "aws_lb_listener" "dns" {
  load_balancer_arn = aws_lb.dns.arn
  port              = 53
  protocol          = "TCP_UDP"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.dns.arn
  }
}
resource "aws_ecs_task_definition" "dns" {
  family                = "named"
  container_definitions = jsonencode([{ name = "named", image = "example/named" }])
}
resource "aws_ecs_service" "dns" {
  name            = "dns"
  task_definition = aws_ecs_task_definition.dns.arn
  load_balancer {
    target_group_arn = aws_lb_target_group.dns.arn
    container_port   = 5353
  }
}
"""


@pytest.mark.parametrize("target", ["ovhcloud", "self-hosted"])
def test_what_passes_bytes_on_is_a_service_with_each_protocol(tmp_path: Path, target: str) -> None:
    text = only(tmp_path, STREAM, target, "load-balancer").text
    assert 'type: LoadBalancer\n  selector:\n    app.kubernetes.io/name: "named"\n' in text
    for protocol in ("TCP", "UDP"):
        assert f'port: 53\n      targetPort: 5353\n      protocol: "{protocol}"\n' in text
    assert "Route" not in text


FORWARDS = """
resource "google_cloud_run_service" "web" { name = "web" }
resource "google_compute_region_network_endpoint_group" "web" {
  name                  = "web"
  network_endpoint_type = "SERVERLESS"
  cloud_run { service = google_cloud_run_service.web.name }
}
resource "google_compute_backend_service" "web" {
  name = "web"
  backend { group = google_compute_region_network_endpoint_group.web.id }
}
resource "google_compute_url_map" "web" {
  name            = "web"
  default_service = google_compute_backend_service.web.id
}
resource "google_compute_target_http_proxy" "web" {
  name    = "web"
  url_map = google_compute_url_map.web.id
}
resource "google_compute_global_forwarding_rule" "web" {
  name       = "web"
  port_range = "80"
  target     = google_compute_target_http_proxy.web.self_link
}
"""


@pytest.mark.parametrize("target", ["ovhcloud", "self-hosted"])
def test_a_rule_with_a_port_is_a_balancer_and_leads_to_its_service(tmp_path: Path, target: str) -> None:
    made = rendered(tmp_path, FORWARDS, target)
    assert not [one for one in made.values() if one.capability == "private-network"]
    (front,) = [one for one in made.values() if one.capability == "load-balancer"]
    assert "port: 80\n" in front.text
    assert 'backendRefs:\n        - name: "web' in front.text


ENDPOINT = """
resource "aws_security_group" "endpoint" {
  name = "endpoint"
  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
}
resource "aws_vpc_endpoint" "api" {
  service_name       = "com.amazonaws.eu-west-1.ssm"
  security_group_ids = [aws_security_group.endpoint.id]
}
resource "aws_ecs_task_definition" "web" {
  family                = "web"
  container_definitions = jsonencode([
    { name = "web", environment = [{ name = "AT", value = aws_vpc_endpoint.api.id }] },
  ])
}
"""


def test_what_guards_an_endpoint_of_the_provider_guards_no_pods(tmp_path: Path) -> None:
    assert not any("NetworkPolicy" in one.text for one in rendered(tmp_path, ENDPOINT, "self-hosted").values())


HOST = """
resource "aws_db_instance" "shop" {
  identifier     = "shop"
  engine         = "mysql"
  engine_version = "8.0"
}
resource "aws_route53_record" "shop" {
  zone_id = var.zone
  name    = "db.shop.example"
  type    = "CNAME"
  records = [aws_db_instance.shop.address]
}
"""


def test_a_record_leads_to_the_database_that_it_led_to(tmp_path: Path) -> None:
    text = only(tmp_path, HOST, "ovhcloud", "dns").text
    assert 'target    = format("%s.", ovh_cloud_project_database.shop.endpoints[0].domain)' in text
    assert "for_each" not in text


FIREWALL = """
resource "google_compute_firewall" "web" {
  name          = "web"
  network       = "default"
  source_ranges = RANGES
  allow {
    protocol = "tcp"
    ports    = ["443", "8000-8080"]
  }
  allow { protocol = "udp" }
}
"""


@pytest.mark.parametrize(
    ("ranges", "source"),
    [('["10.0.0.0/8"]', 'remote_ip_prefix  = "10.0.0.0/8"'), ("[var.range]", "remote_ip_prefix  = each.value")],
)
def test_a_firewall_of_google_keeps_its_protocols_and_ports(tmp_path: Path, ranges: str, source: str) -> None:
    text = only(tmp_path, FIREWALL.replace("RANGES", ranges), "ovhcloud").text
    assert text.count(source) == 3
    assert "port_range_min    = 8000\n  port_range_max    = 8080\n" in text
    assert 'protocol          = "udp"' in text


API = """
resource "aws_lambda_function" "api" {
  function_name = "api"
  role          = "arn:aws:iam::1:role/api"
}
resource "aws_api_gateway_rest_api" "shop" { name = "shop" }
resource "aws_api_gateway_integration" "all" {
  rest_api_id = aws_api_gateway_rest_api.shop.id
  type        = "AWS_PROXY"
  uri         = aws_lambda_function.api.invoke_arn
}
resource "aws_api_gateway_domain_name" "shop" { domain_name = "api.shop.example" }
resource "aws_api_gateway_base_path_mapping" "shop" {
  api_id      = aws_api_gateway_rest_api.shop.id
  domain_name = aws_api_gateway_domain_name.shop.domain_name
}
"""


def test_an_api_keeps_its_host_and_the_function_behind_it(tmp_path: Path) -> None:
    text = only(tmp_path, API, capability="api-gateway").text
    assert 'hostnames:\n    - "api.shop.example"\n' in text
    assert 'backendRefs:\n        - name: "api"\n          port: 80\n' in text


@pytest.mark.parametrize(("says", "again"), [("retry_config { max_attempts = 3 }", 2), ("", 5)])
def test_a_task_is_tried_as_often_as_it_was(tmp_path: Path, says: str, again: int) -> None:
    text = only(tmp_path, f'resource "google_cloud_tasks_queue" "mail" {{\n  name = "mail"\n  {says}\n}}\n').text
    assert f"retry: {again}\n" in text


TASK = """
resource "aws_ecs_task_definition" "web" {
  family                = "web"
  container_definitions = <<EOF
[
  {
    "name": "web",
    "cpu": ${var.cpu},
    "command": ["serve", "--all"],
    "portMappings": [{ "containerPort": 3000 }],
    "environment": [
      { "name": "MODE", "value": "fast" },
      { "name": "TABLE", "value": "${var.prefix}-orders" }
    ]
  }
]
EOF
}
"""


def test_a_program_in_a_text_with_holes_keeps_what_is_known_of_it(tmp_path: Path) -> None:
    made = only(tmp_path, TASK)
    for line in ('command: ["serve", "--all"]', "containerPort: 3000", '- name: "MODE"\n              value: "fast"'):
        assert line in made.text
    assert any("not in this file: TABLE." in one for one in made.decisions)
