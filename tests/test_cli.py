"""The command line: exit codes, quiet gates, clear words for bad input."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
QUEUE = 'resource "aws_sqs_queue" "q" {}\n'
NETWORK = 'resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }\n'
Tree = Callable[[dict[str, str | bytes]], Path]


def portability(*arguments: str | Path, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "portability", *map(str, arguments)]
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(
    ("files", "arguments", "code"),
    [
        ({"main.tf": QUEUE}, [], 1),
        ({"main.tf": NETWORK}, [], 0),
        ({"main.tf": NETWORK}, ["--fail-on", "convertible"], 1),
        ({"README.md": "no code"}, [], 0),
        ({"main.tf": b"\0\0\0"}, [], 3),
        ({"main.tf": b"\0\0\0", "queue.tf": QUEUE}, [], 3),
        ({"main.tf": b"\0\0\0", "queue.tf": QUEUE}, ["--allow-unread"], 1),
        ({"main.tf": b"\0\0\0"}, ["--allow-unread"], 0),
        ({"main.tf": QUEUE}, ["--rules", "nowhere"], 2),
        ({"main.tf": QUEUE}, ["--no-such-option"], 2),
        ({"tests/main.tf": QUEUE}, [], 0),
    ],
)
def test_check_exits_as_documented(tree: Tree, files: dict[str, str | bytes], arguments: list[str], code: int) -> None:
    assert portability("check", tree(files), *arguments).returncode == code


def test_check_is_one_line_a_failure_and_one_for_the_rest(tree: Tree) -> None:
    shown = portability("check", tree({"main.tf": QUEUE + NETWORK})).stdout.splitlines()
    assert len(shown) == 2
    assert shown[0].startswith("main.tf:1:1: proprietary aws/sqs (aws_sqs_queue): ")
    assert shown[1].startswith("1 at proprietary or above, 1 more")


def test_check_of_one_file_equals_check_of_its_directory(tree: Tree) -> None:
    root = tree(
        {
            "provider.tf": 'provider "aws" {\n  endpoints {\n    s3 = "https://s3.gra.io.cloud.ovh.net"\n  }\n}\n',
            "bucket.tf": 'resource "aws_s3_bucket" "b" {}\n' + QUEUE,
        }
    )
    whole = json.loads(portability("audit", root, "-o", "json").stdout)["findings"]
    single = json.loads(portability("audit", root / "bucket.tf", "-o", "json", cwd=root).stdout)["findings"]
    assert single == [finding for finding in whole if finding["location"]["path"] == "bucket.tf"]
    assert [finding["service"] for finding in single] == ["aws/sqs"]


def test_audit_of_nothing_says_so(tmp_path: Path) -> None:
    done = portability("audit", tmp_path)
    assert done.returncode == 4
    assert "nothing that could be read" in done.stderr


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"README.md": "no code"}, "Nothing was read"),
        ({"main.go": 'import "github.com/aws/aws-sdk-go-v2/service/sqs"\n'}, "Nothing was read"),
        ({"a.py": "x = 1\n", "main.go": 'import "github.com/aws/aws-sdk-go-v2/service/sqs"\n'}, "ties what was read"),
        ({"a.py": "x = 1\n", "b.tf": b"\0\0"}, "ties what was read"),
        ({"a.py": "x = 1\n"}, "Nothing ties this code"),
    ],
)
def test_no_finding_is_an_all_clear_only_where_all_was_read(
    tree: Tree, files: dict[str, str | bytes], says: str
) -> None:
    assert says in portability("audit", tree(files)).stdout


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    done = portability("audit", tmp_path / "gone")
    assert done.returncode == 2
    assert "does not exist" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_is_audited_like_a_directory(tree: Tree) -> None:
    root = tree({"main.tf": QUEUE})
    assert portability("audit", root / "main.tf").returncode == 0


def test_text_is_80_columns_without_colour_in_a_pipe() -> None:
    shown = portability("audit", "fixtures/webshop-aws", "--list").stdout
    assert "\x1b" not in shown
    assert max(map(len, shown.splitlines())) <= 80
    assert shown.index("files read") < shown.index("What ties it") < shown.index("Where")


def test_the_same_input_gives_the_same_bytes() -> None:
    runs = [portability("audit", "fixtures/webshop-aws", "-o", "json", PYTHONHASHSEED=seed).stdout for seed in "12"]
    assert runs[0] == runs[1]
    assert runs[0].startswith("{")


def test_who_calls_a_module_is_told_in_one_order(tree):
    """Which switch is told of a module that several directories call hangs on no hash."""
    call = 'module "m" {{\n  source = "../module"\n  count = var.{name} ? 1 : 0\n}}\nvariable "{name}" {{}}\n'
    files = {f"{name}/main.tf": call.format(name=name) for name in "abcdefgh"}
    root = tree({"module/main.tf": 'resource "aws_sqs_queue" "q" {}\n', **files})
    runs = [portability("audit", root, "-o", "json", PYTHONHASHSEED=seed).stdout for seed in "123"]
    assert "It is switched by" in runs[0]
    assert len(set(runs)) == 1


def test_several_outputs_in_one_run(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    done = portability("audit", "fixtures/library-portable", "-o", "text", "-o", f"json={file}")
    assert "Nothing ties this code" in done.stdout
    assert json.loads(file.read_text())["findings"] == []


@pytest.mark.parametrize(
    "name",
    [
        "aws/sqs",
        "aws_sqs_queue",
        "sqs.send_message",
        "queue",
        "eks.amazonaws.com/role-arn",
        "azure.cosmos.CosmosClient",
    ],
)
def test_explain_takes_services_symbols_and_capabilities(name: str) -> None:
    done = portability("explain", name)
    assert done.returncode == 0, done.stderr
    assert "On OVHcloud" in done.stdout


@pytest.mark.parametrize(
    ("name", "hint"),
    [("aws/sqss", "aws/sqs"), ("foo.bar.baz", "rules list"), ("", "rules list")],
)
def test_explain_of_a_typo_helps(name: str, hint: str) -> None:
    done = portability("explain", name)
    assert done.returncode == 2
    assert hint in done.stderr


@pytest.mark.parametrize("name", ["\n", "\x1b", "\\", "\u202e"])
def test_a_file_with_an_odd_name_is_not_passed_by(tree: Tree, name: str) -> None:
    root = tree({f"a{name}b/main.tf": QUEUE, f"c{name}d.tf": QUEUE})
    done = portability("check", root)
    assert done.returncode == 1
    assert done.stdout.count("aws_sqs_queue") == 2
    assert "\x1b" not in done.stdout


def test_explain_answers_for_each_engine() -> None:
    shown = portability("explain", "google/cloud-sql", "--target", "ovhcloud").stdout
    for title in ("On OVHcloud\n", "On OVHcloud as mysql\n", "On OVHcloud as sql-server\n"):
        assert title in shown


def test_explain_says_that_a_variant_speaks_nothing_open() -> None:
    # Groups of a directory are made by calls of its own, whatever logs in with OpenID Connect beside them.
    shown = portability("explain", "google/cloud-identity", "--target", "self-hosted").stdout
    _, _, variant = shown.partition("On Self-hosted open source over no open interface\n")
    assert "Keycloak · same-concept" in variant


def test_explain_asks_a_variant_with_the_features_that_it_implies() -> None:
    shown = portability("explain", "azure/health-ai", "--target", "self-hosted").stdout
    _, _, variant = shown.partition("as threat-detection")
    assert "Presidio" in variant
    assert "Wazuh" not in variant


def test_explain_asks_variants_of_one_kind_with_what_all_of_them_need() -> None:
    """Text messages and mobile push are two ways into one capability; who pushes needs no text messages."""
    shown = portability("explain", "aws/sns", "--target", "self-hosted").stdout
    _, _, people = shown.partition("On Self-hosted open source as messaging-to-people\n")
    assert "where a use needs push to mobile devices: gorush · same-concept" in " ".join(people.split())
    assert shown.count("as messaging-to-people") == 1


def test_explain_says_of_which_uses_a_limit_holds() -> None:
    website = "interface, where it is about static website hosting: A website on a bucket answers HTTPS"
    assert website in " ".join(portability("explain", "aws/s3", "--target", "ovhcloud").stdout.split())
    # Nobody makes a website of an archive.
    shown = portability("explain", "aws/glacier", "--target", "ovhcloud").stdout
    assert "A website on a bucket" not in shown


def test_explain_warns_of_a_product_where_it_is_an_answer() -> None:
    """What stands against a product is read by whoever asks for a service, not only by who asks for the product."""
    shown = " ".join(portability("explain", "aws/lex-v1", "--target", "self-hosted").stdout.split())
    assert "Warning: Its maker puts its work into a commercial platform" in shown


def test_explain_of_a_capability_lists_its_specialists_too() -> None:
    specialist = "Agones on Kubernetes"
    assert specialist in portability("explain", "container-service", "--target", "self-hosted").stdout
    assert specialist not in portability("explain", "azure/container-instances", "--target", "self-hosted").stdout


def test_explain_for_one_target() -> None:
    shown = portability("explain", "object-storage", "--target", "ovhcloud").stdout
    assert "On OVHcloud" in shown
    assert "On Self-hosted" not in shown


def test_explain_tells_targets_that_answer_alike_as_one() -> None:
    """OVHcloud sells no queue, so both say what you would run; for buckets each says its own."""
    both = "On OVHcloud and Self-hosted open source\n"
    queue = portability("explain", "aws/sqs").stdout
    assert queue.count(both) == 1
    assert queue.count("- RabbitMQ with quorum queues") == 1
    assert both not in portability("explain", "aws/s3").stdout


@pytest.mark.parametrize(
    ("words", "first"),
    [
        (["eks.amazonaws.com/role-arn"], "eks.amazonaws.com/role-arn (kubernetes) is a primary name of aws/workload"),
        (["data.aws_caller_identity.me"], "aws_caller_identity (terraform) is a look-up name of aws/account."),
        (["aws_s3_bucket.logs[0]"], "aws_s3_bucket (terraform) is a primary name of aws/s3."),
        (["arn:aws:s3:::logs"], "arn:aws:s3 (string) is a look-up name of aws/s3."),
        (["boto3.client"], "boto3 (package) is a look-up name of aws/account."),
        (["Amazon", "RDS"], "Amazon RDS and Aurora (aws/rds)"),
        (["cosmos", "db"], "Azure Cosmos DB (azure/cosmosdb)"),
        (["rabbitmq"], "RabbitMQ with quorum queues, by the RabbitMQ Cluster Operator (self-hosted/rabbitmq)"),
        (["ingress-nginx"], "ingress-nginx: a finding about health, wherever it runs."),
    ],
)
def test_explain_takes_what_people_have_at_hand(words: list[str], first: str) -> None:
    done = portability("explain", *words)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(first)


def test_explain_says_what_else_goes_by_a_name() -> None:
    assert "Also called so: service google/kms." in portability("explain", "kms").stdout


def test_explain_of_a_product_says_what_it_lacks() -> None:
    shown = portability("explain", "self-hosted/rabbitmq").stdout
    assert "lacks: change of the visibility timeout of a single message" in " ".join(shown.split())
    assert "steward Broadcom (US)" in shown


def test_explain_says_how_the_answer_follows_what_a_use_needs() -> None:
    """One product does not answer for every use of a service: order, phones and what a product lacks differ."""
    queue = " ".join(portability("explain", "aws/sqs", "--target", "self-hosted").stdout.split())
    assert "where a use needs order within a group (FIFO, sessions); deduplication of sends: Apache Artemis" in queue
    bucket = " ".join(portability("explain", "aws/s3", "--target", "ovhcloud").stdout.split())
    assert "lacking, where a use needs it: storage classes that follow use by themselves; bucket policies" in bucket
    assert "not verified, where a use needs it: transfer acceleration" in bucket


def test_explain_says_how_the_answer_follows_the_way_to_a_service() -> None:
    """Mail over SMTP goes on as it is; code that calls the API of SES meets another API."""
    mail = " ".join(portability("explain", "aws/ses", "--target", "self-hosted").stdout.split())
    assert "- Postal · same-api · you run it" in mail
    assert "- reached by event-shape or boto3: Postal · same-concept · you run it" in mail


def test_explain_of_what_is_listed_beside_lock_in() -> None:
    assert "Datadog, of Datadog, Inc. (US)" in portability("explain", "datadog_monitor").stdout
    assert "MinIO" in portability("explain", "image/docker.io/minio/minio").stdout


def test_explain_of_a_type_that_nobody_claims_yet_helps() -> None:
    done = portability("explain", "aws_sq_queue")
    assert "visibly belongs to Amazon Web Services" in done.stdout
    assert "did you mean aws_sqs_queue" in done.stdout


@pytest.mark.parametrize(
    ("name", "doubt", "service"),
    [
        ("sqs.send_mesage", "no operation of sqs", "aws/sqs"),
        ("aws_sns_topik", "no type that hashicorp/aws", "aws/sns"),
        ("google_pubsub_topc.orders", "no type that hashicorp/google", "google/pubsub"),
    ],
)
def test_explain_says_that_a_misspelt_name_is_not_known(name: str, doubt: str, service: str) -> None:
    shown = " ".join(portability("explain", name).stdout.split())
    assert f"is {doubt}" in shown
    assert "did you mean" in shown
    assert f"({service})" in shown


@pytest.mark.parametrize(
    "name", ["sqs.send_message", "sqs.get_paginator", "s3.upload_file", "s3.Bucket", "data.aws_sqs_queue.x"]
)
def test_explain_does_not_doubt_what_clients_and_providers_have(name: str) -> None:
    assert "is a primary name of" in portability("explain", name).stdout


def test_a_file_that_was_named_and_not_read_is_no_pass(tree: Tree) -> None:
    root = tree({"good.tf": NETWORK, "out/main.tf": QUEUE})
    inside = root / "in"
    inside.mkdir()
    (inside / "link.tf").symlink_to(root / "out" / "main.tf")
    os.mkfifo(inside / "pipe.tf")
    assert portability("check", "link.tf", cwd=inside).returncode == 3
    assert portability("check", "pipe.tf", cwd=inside).returncode == 3
    assert portability("check", ".", cwd=inside).returncode == 0
    # From above, the link stays inside the root and is read; the pipe in a named folder is told, as in a whole tree.
    assert portability("check", "in", cwd=root).returncode == 1


def test_check_names_files_as_the_caller_can_open_them(tree: Tree) -> None:
    root = tree({"infrastructure/main.tf": QUEUE, "shop/main.tf": QUEUE})
    single = portability("check", "infrastructure", cwd=root).stdout
    both = portability("check", "infrastructure", "shop", cwd=root).stdout
    assert single.startswith("infrastructure/main.tf:1:1:")
    assert single.splitlines()[0] in both


def test_only_one_format_goes_to_standard_output() -> None:
    assert portability("audit", "fixtures/library-portable", "-o", "json", "-o", "text").returncode == 2
    assert portability("audit", "fixtures/library-portable", "-o", "json=").returncode == 2


def test_a_disk_that_is_full_is_an_error_and_not_a_finding() -> None:
    command = [sys.executable, "-m", "portability", "audit", "fixtures/library-portable", "-o", "json"]
    with open("/dev/full", "w") as full:
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, cwd=ROOT, env=env, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_propose_says_where_what_and_what_not(tmp_path: Path) -> None:
    def propose(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return portability("propose", "fixtures/webshop-aws", "--target", "ovhcloud", *arguments)

    out = tmp_path / "out"
    first = propose("--out", out)
    assert first.returncode == 0
    assert f"written under {out}" in first.stderr
    assert "0 with nothing" in first.stderr
    assert (out / "terraform/infrastructure/postgresql-webshop.tf").is_file()
    assert propose("--out", out).returncode == 2
    assert propose("--out", out, "--force").returncode == 0
    wrong = propose("--service", "aws/s33")
    assert wrong.returncode == 2
    assert "did you mean aws/s3" in wrong.stderr
    (tmp_path / "file").write_text("")
    assert "Traceback" not in propose("--out", tmp_path / "file", "--force").stderr


def test_propose_counts_the_ties_that_patches_of_manifests_take_away(tree: Tree) -> None:
    """An annotation asks for no replacement, so without a count of its own its patch shows in no figure."""
    service = (
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  annotations:\n"
        "    service.beta.kubernetes.io/aws-load-balancer-type: nlb\nspec: {type: LoadBalancer}\n"
    )
    pod = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - name: web\n"
        "      env: [{name: AWS_REGION, value: eu-west-1}]\n"
    )
    done = portability("propose", tree({"web.yaml": service, "pod.yaml": pod}), "--target", "ovhcloud")
    assert "0 with nothing; of 2 more ties in manifests patches take away 1." in done.stderr
    alone = portability("propose", "fixtures/webshop-aws", "--target", "ovhcloud", "--path", "*.tf")
    assert "ties in manifests" not in alone.stderr


def test_propose_says_what_it_did_not_read(tree: Tree) -> None:
    root = tree({"main.tf": QUEUE, "broken.yaml": MANIFEST + "  labels: [", "empty/README": ""})
    done = portability("propose", root, "--target", "ovhcloud")
    assert done.returncode == 3
    assert "broken.yaml:8: this document is no valid YAML" in done.stderr
    nothing = portability("propose", root / "empty", "--target", "ovhcloud")
    assert (nothing.returncode, nothing.stdout) == (4, "")
    assert "holds nothing that could be read" in nothing.stderr


def test_check_stays_light(tree: Tree) -> None:
    """The hook pays for what it imports: none of these is needed to judge."""
    root = tree({"main.tf": QUEUE, "app.py": "import boto3\nboto3.client('sqs').send_message()\n", "w.yaml": MANIFEST})
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    command = [sys.executable, "-X", "importtime", "-m", "portability", "check", str(root)]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    timed = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in timed}
    assert "portability" in imported
    assert not imported & {"hcl2", "libcst", "jinja2", "rich", "boto3", "pathspec", "packaging", "_hashlib", "tarfile"}


MANIFEST = """\
apiVersion: v1
kind: ServiceAccount
metadata:
  name: web
  annotations:
    eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/web
"""
