"""Risks that somebody took: beside the code or in the list, until a day, and only where a comment is a comment."""

from __future__ import annotations

import json

import pytest

from tests.gate.conftest import NETWORK, QUEUE, TABLE, Repository

SAID = "portability: accept aws/sqs -- the bill is small"
MANIFEST = """\
apiVersion: v1
kind: ServiceAccount
metadata:
  name: web
  annotations:
    eks.amazonaws.com/role-arn: x
"""


def standings(repository: Repository, *arguments: str) -> dict[str, str]:
    data = json.loads(repository.check("-o", "json", *arguments).stdout)
    by_print = {finding["fingerprint"]: finding["symbol"] for finding in data["findings"]}
    return {by_print[one["fingerprint"]]: one["standing"] for one in data["gate"]["judged"]}


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("main.tf", f"# {SAID}\n{QUEUE}"),
        ("main.tf", f"// {SAID}\n# and a word more\n{QUEUE}"),
        ("main.tf", f"/* {SAID} */\n{QUEUE}"),
        ("main.tf", f'resource "aws_sqs_queue" "q" {{ # {SAID}\n}}\n'),
        ("main.tf", f'resource "aws_sqs_queue" "q" {{\n  name = "q"\n  # {SAID} (until 2999-01-01)\n}}\n'),
        ("main.tf", f"# {SAID}\n{QUEUE}".replace("\n", "\r\n")),
        ("main.tf", f"# portability: accept aws/* -- all of it\n{QUEUE}"),
        ("main.tf", f"# portability: accept aws/dynamodb, aws/sqs -- both\n{QUEUE}"),
    ],
)
def test_a_comment_on_a_block_accepts_it(repository: Repository, path: str, content: str) -> None:
    repository.write(path, content)
    done = repository.check()
    assert done.exit_code == 0, done.output
    assert "1 accepted" in done.stdout
    assert repository.check("--no-inline").exit_code == 1


@pytest.mark.parametrize(
    "content",
    [
        f'locals {{\n  a = "# {SAID}"\n}}\n{QUEUE}',
        f'locals {{ a = "# {SAID}" }}\n{QUEUE}',
        f"locals {{\n  a = <<EOT\n# {SAID}\nEOT\n}}\n{QUEUE}",
        f"# {SAID}\n\n{QUEUE}",
        f"# {SAID}\n{NETWORK}{QUEUE}",
        f"{QUEUE}# {SAID}\n",
        f"# portability: accept aws/dynamodb -- another\n{QUEUE}",
        f"# portability: accept aws/sqs\n{QUEUE}",
        f"# {SAID} (until tomorrow)\n{QUEUE}",
    ],
)
def test_what_is_no_comment_on_the_block_accepts_nothing(repository: Repository, content: str) -> None:
    repository.write("main.tf", content)
    assert repository.check().exit_code == 1


def test_a_python_call_and_a_string_that_looks_like_a_comment(repository: Repository) -> None:
    call = 'import boto3\n\nq = boto3.client("sqs")\nq.send_message(QueueUrl="u", MessageBody={})\n'
    repository.write("app.py", call.format('"b")  # ' + SAID + "\nprint(1"))
    assert standings(repository)["sqs.send_message"] == "accepted"
    repository.write("app.py", call.format(f'"""\n# {SAID}\n"""'))
    assert standings(repository)["sqs.send_message"] == "fails"


def test_a_manifest_by_key_and_by_document(repository: Repository) -> None:
    said = "# portability: accept aws/* -- it is theirs"
    strict = ("--fail-on", "portable")
    repository.write("a.yaml", MANIFEST)
    assert repository.check(*strict).exit_code == 1
    repository.write("a.yaml", f"{said}\n{MANIFEST}---\nkind: Other\n")
    assert repository.check(*strict).exit_code == 0
    repository.write("a.yaml", MANIFEST.replace(": x", f": x  {said}"))
    assert repository.check(*strict).exit_code == 0
    repository.write("a.yaml", f"kind: Other\ndata: |\n  {said}\n---\n{MANIFEST}")
    assert repository.check(*strict).exit_code == 1
    repository.write("a.yaml", f"{said}\nkind: Other\n---\n{MANIFEST}")
    assert repository.check(*strict).exit_code == 1


def test_an_expired_acceptance_fails_and_says_so(repository: Repository) -> None:
    repository.write("main.tf", f"# {SAID} (until 2026-06-30)\n{QUEUE}")
    done = repository.check()
    assert done.exit_code == 1
    assert "accepted until 2026-06-30 (main.tf:1), which is over" in done.stdout


def test_an_expired_acceptance_fails_even_what_the_baseline_knows(repository: Repository) -> None:
    repository.write("main.tf", QUEUE)
    assert repository.run("baseline", "write").exit_code == 0
    repository.write("main.tf", f"# {SAID} (until 2026-06-30)\n{QUEUE}")
    assert repository.check().exit_code == 1


def test_the_day_can_be_fixed(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.write("main.tf", f"# {SAID} (until 2026-06-30)\n{QUEUE}")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1782777600")  # 2026-06-30T00:00Z: the last day still counts
    assert repository.check().exit_code == 0


def test_an_acceptance_that_nothing_needs_is_told(repository: Repository) -> None:
    repository.write("main.tf", f"# {SAID}\n{NETWORK}{QUEUE}")
    assert "main.tf:1: nothing here needs this acceptance" in repository.check().stderr


def test_an_acceptance_without_a_reason_is_told(repository: Repository) -> None:
    repository.write("main.tf", f"# portability: accept aws/sqs\n{QUEUE}")
    assert "main.tf:1: this acceptance is not understood" in repository.check().stderr


def test_the_list_accepts_by_service_and_path_and_ends(repository: Repository) -> None:
    repository.write("shop/main.tf", QUEUE)
    repository.write("main.tf", QUEUE)
    risk = '[[accept]]\nservice = "aws/sqs"\npath = "shop/**"\nreason = "known"\nowner = "shop"\nuntil = {}\n'
    repository.write("portability.toml", risk.format("2999-01-01"))
    done = repository.check()
    assert done.exit_code == 1
    assert done.stdout.startswith("main.tf:1")
    assert "1 accepted" in done.stdout
    repository.write("portability.toml", risk.format("2026-01-01"))
    assert repository.check("shop").exit_code == 1
    repository.write("portability.toml", risk.format("2999-01-01").replace("sqs", "sns"))
    assert "portability.toml, accept 1: nothing needs this acceptance of aws/sns" in repository.check().stderr


def test_a_module_call_that_is_accepted_covers_what_it_brings(repository: Repository) -> None:
    repository.write("modules/queue/main.tf", QUEUE)
    call = 'module "{}" {{\n  source = "./modules/queue"\n}}\n'
    repository.write("main.tf", f"# {SAID}\n{call.format('a')}")
    assert repository.check().exit_code == 0
    repository.write("more.tf", call.format("b"))
    assert repository.check().exit_code == 1


def test_accepted_work_is_no_effort(repository: Repository) -> None:
    repository.write("main.tf", QUEUE + f"# portability: accept aws/dynamodb -- stays\n{TABLE}")
    services = json.loads(repository.run("audit", "-o", "json").stdout)["services"]
    assert {one["service"]: one["uses"] for one in services} == {"aws/sqs": 1, "aws/dynamodb": 0}
