"""The environment of programs: what the code tells is carried over, each secret by itself stays out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from portability.catalogue import load
from portability.proposals.inputs import is_secret
from portability.proposals.settings import Setting, names_provider, settings_of
from tests.proposals.test_links import named, rendered


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"TABLE": "orders", "RETRIES": 3, "DEBUG": True}, [("TABLE", "orders"), ("RETRIES", "3"), ("DEBUG", "true")]),
        ([{"name": "TABLE", "value": "orders"}], [("TABLE", "orders")]),
        ([{"Name": "TABLE", "Value": "orders"}], [("TABLE", "orders")]),
        # One container's list of several.
        ([[{"name": "A", "value": "1"}], [{"name": "B", "value": "2"}]], [("A", "1"), ("B", "2")]),
        ({"TABLE": None}, [("TABLE", None)]),
        ([{"name": "KEY", "value_source": {"secret_key_ref": {"secret": "x"}}}], [("KEY", None)]),
        # A secret hides itself and nothing else.
        ({"DB_PASSWORD": "hunter2", "TABLE": "orders"}, [("DB_PASSWORD", None), ("TABLE", "orders")]),
        ({"URL": "postgres://me:hunter2@db/x"}, [("URL", None)]),
        # What is no name of a variable is none.
        ({"no name": "x", "9": "y", "${A}": "z"}, []),
        ("text", []),
    ],
)
def test_settings(value: Any, expected: list[tuple[str, str | None]]) -> None:
    assert [tuple(one) for one in settings_of(value, is_secret)] == expected


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("AWS_SQS_QUEUE_URL", None, True),
        ("aws_lambda_api", "x", True),  # a scan of what is proposed takes it for a convention
        ("TABLE", "arn:aws:dynamodb:eu-west-1:1:table/a", True),
        ("REGION", "us-central1", True),
        ("REGION", "north", False),
    ],
)
def test_what_binds_a_program_to_the_old_provider_is_not_carried_over(
    name: str, value: str | None, expected: bool
) -> None:
    assert names_provider(Setting(name, value), load().interest) is expected


def test_a_job_starts_what_it_started(tmp_path: Path) -> None:
    code = """
resource "google_cloud_run_v2_job" "migrate" {
  name = "migrate"
  template {
    template {
      containers {
        image   = "shop"
        command = ["manage", "migrate"]
        args    = ["--no-input"]
        env {
          name  = "SETTINGS"
          value = "shop.settings: {x} # $${HOME}"
        }
        env {
          name = "DB_PASSWORD"
          value = "hunter2hunter2"
        }
        resources {
          limits = {
            cpu = "2"
          }
        }
      }
    }
  }
}
"""
    job = named(rendered(tmp_path, code, "self-hosted"), "container-service-migrate")
    (made,) = yaml.safe_load_all(job.text)
    (container,) = made["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    assert container["command"] == ["manage", "migrate"]
    assert container["args"] == ["--no-input"]
    assert container["env"] == [{"name": "SETTINGS", "value": "shop.settings: {x} # ${HOME}"}]
    assert container["resources"]["requests"] == {"cpu": "2", "memory": "512Mi"}
    assert "hunter2" not in job.text
    assert any("DB_PASSWORD" in decision for decision in job.decisions)


def test_a_function_keeps_its_settings(tmp_path: Path) -> None:
    code = """
resource "aws_lambda_function" "load" {
  function_name = "load"
  environment {
    variables = {
      TABLE = "orders"
      # These bind to the old provider by name and by value.
      DYNAMODB_TABLE_NAME = "orders"
      TOPIC               = "arn:aws:sns:eu-west-1:111122223333:orders"
      QUEUE = aws_sqs_queue.jobs.url
    }
  }
}
"""
    (made,) = yaml.safe_load_all(named(rendered(tmp_path, code, "self-hosted"), "function-load").text)
    assert made["spec"]["template"]["spec"]["containers"][0]["env"] == [{"name": "TABLE", "value": "orders"}]


SCALED = """
resource "aws_ecs_task_definition" "shop" {
  family = "shop-task"
}
resource "aws_ecs_service" "shop" {
  name            = "shop"
  task_definition = aws_ecs_task_definition.shop.arn
}
resource "aws_appautoscaling_target" "shop" {
  service_namespace = "ecs"
  resource_id       = "service/main/${aws_ecs_service.shop.name}"
  min_capacity      = 2
  max_capacity      = 8
}
resource "aws_appautoscaling_policy" "cpu" {
  service_namespace = aws_appautoscaling_target.shop.service_namespace
  resource_id       = aws_appautoscaling_target.shop.resource_id
  target_tracking_scaling_policy_configuration {
    target_value       = 65
    scale_in_cooldown  = 300
    scale_out_cooldown = 7200
    predefined_metric_specification {
      predefined_metric_type = "ECSServiceAverageCPUUtilization"
    }
  }
}
resource "aws_cloudwatch_metric_alarm" "cpu" {
  alarm_name    = "cpu"
  alarm_actions = [aws_appautoscaling_policy.cpu.arn]
}
resource "aws_cloudwatch_metric_alarm" "age" {
  alarm_name          = "age"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  statistic           = "Maximum"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 600
  period              = 60
  evaluation_periods  = 3
}
"""


@pytest.mark.parametrize("target", ["ovhcloud", "self-hosted"])
def test_what_scales_a_service_scales_its_pods(tmp_path: Path, target: str) -> None:
    found = rendered(tmp_path, SCALED, target)
    objects = [one for proposal in found.values() if proposal.language == "yaml"
               for one in yaml.safe_load_all(proposal.text) if one]  # fmt: skip
    (scaler,) = [one["spec"] for one in objects if one["kind"] == "HorizontalPodAutoscaler"]
    assert scaler["scaleTargetRef"]["name"] == "shop-task"
    assert (scaler["minReplicas"], scaler["maxReplicas"]) == (2, 8)
    assert [one["resource"]["target"]["averageUtilization"] for one in scaler["metrics"]] == [65]
    # An hour is the most that Kubernetes takes.
    assert {way: one["stabilizationWindowSeconds"] for way, one in scaler["behavior"].items()} == {
        "scaleDown": 300,
        "scaleUp": 3600,
    }


def test_rules_without_a_pause_leave_the_cluster_its_own(tmp_path: Path) -> None:
    code = "\n".join(line for line in SCALED.splitlines() if "cooldown" not in line)
    found = rendered(tmp_path, code, "self-hosted")
    objects = [one for proposal in found.values() if proposal.language == "yaml"
               for one in yaml.safe_load_all(proposal.text) if one]  # fmt: skip
    (scaler,) = [one["spec"] for one in objects if one["kind"] == "HorizontalPodAutoscaler"]
    assert "behavior" not in scaler


def test_an_alarm_that_only_scales_falls_away_and_others_keep_what_they_say(tmp_path: Path) -> None:
    found = rendered(tmp_path, SCALED, "self-hosted")
    assert not list(filter(None, yaml.safe_load_all(named(found, "metrics-cpu").text)))
    text = named(found, "metrics-age").text
    (rule,) = next(iter(yaml.safe_load_all(text)))["spec"]["groups"][0]["rules"]
    assert rule["expr"] == "(${AGE_MEASURED}) >= 600"
    assert rule["for"] == "120s"  # what is measured looks back over one of the three periods by itself
    assert "AWS/SQS ApproximateAgeOfOldestMessage" in text


def test_a_spark_job_keeps_its_workers(tmp_path: Path) -> None:
    code = """
resource "aws_glue_job" "load" {
  name              = "load"
  role_arn          = "arn:aws:iam::111122223333:role/glue"
  worker_type       = "G.1X"
  number_of_workers = 5
  command {
    name            = "glueetl"
    script_location = "s3://scripts/load.py"
  }
}
"""
    found = rendered(tmp_path, code, "self-hosted")
    (job,) = yaml.safe_load_all(named(found, "data-pipeline-load").text)
    assert job["spec"]["type"] == "Python"
    assert job["spec"]["executor"] == {"instances": 4, "cores": 4, "memory": "14g"}


def test_a_queue_keeps_how_often_it_delivers(tmp_path: Path) -> None:
    code = """
resource "aws_sqs_queue" "dead" {
  name = "orders-dead"
}
resource "aws_sqs_queue" "orders" {
  name = "orders"
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead.arn
    maxReceiveCount     = 4
  })
}
"""
    text = named(rendered(tmp_path, code, "self-hosted"), "queue-orders").text
    objects = list(yaml.safe_load_all(text))
    (queue,) = [one for one in objects if one["kind"] == "Queue"]
    assert queue["spec"]["arguments"]["x-delivery-limit"] == 4
    (permission,) = [one for one in objects if one["kind"] == "Permission"]
    assert permission["spec"]["permissions"]["read"] == "^orders$"
    (binding,) = [one for one in objects if one["kind"] == "Binding"]
    assert binding["spec"]["destination"] == "orders-dead"
