"""Where the line is drawn: presets, a project's own policy, and what is wrong with a file that says it."""

from __future__ import annotations

import json

import jsonschema
import pytest

from portability.model import Equivalent, Policy
from portability.policy import accepts, is_open, presets, refusal
from tests.gate.conftest import NETWORK, QUEUE, TABLE, Repository

BUCKET = 'resource "aws_s3_bucket" "b" {}\n'
SOVEREIGN = 'provider "aws" {\n  region = "eusc-de-east-1"\n}\n'


def answer(**known: str) -> Equivalent:
    said = {"product": "P", "licence": "Apache-2.0", "seat": "US", "jurisdiction": "FR", **known}
    return Equivalent(target="t", capability="queue", fidelity="same-api", **said)


@pytest.mark.parametrize(
    ("preset", "content", "code"),
    [
        ("open-standards", QUEUE, 1),
        ("open-standards", BUCKET, 0),
        ("eu-operated", BUCKET, 1),
        ("eu-operated", SOVEREIGN + BUCKET, 0),
        ("eu-owned", SOVEREIGN + BUCKET, 1),
        ("eu-operated", 'data "aws_caller_identity" "me" {}\n', 0),
    ],
)
def test_the_presets_draw_the_line_where_they_say(repository: Repository, preset: str, content: str, code: int) -> None:
    repository.write("main.tf", content)
    done = repository.check("--policy", preset)
    assert done.exit_code == code, done.output


@pytest.mark.parametrize(
    ("policy", "known", "refused"),
    [
        (Policy(), answer(licence="proprietary", jurisdiction="US"), False),
        (Policy(operators=("EEA",)), answer(), False),
        (Policy(operators=("EEA",)), answer(jurisdiction="US"), True),
        (Policy(operators=("EU", "yours")), answer(jurisdiction="yours"), False),
        (Policy(open_source_only=True), answer(licence="proprietary"), True),
        (Policy(open_source_only=True), answer(licence="SSPL-1.0"), True),
        (Policy(open_source_only=True), answer(licence="MIT AND proprietary"), True),
        (Policy(open_source_only=True), answer(licence="MIT OR proprietary"), False),
        (Policy(stewards=("EU",)), answer(), False),
        (Policy(stewards=("EU",), open_source_anywhere=False), answer(), True),
        (Policy(stewards=("EU",)), answer(licence="proprietary"), True),
        (Policy(stewards=("EU",)), answer(licence="proprietary", seat="FR"), False),
    ],
)
def test_which_equivalents_are_acceptable(policy: Policy, known: Equivalent, refused: bool) -> None:
    assert bool(refusal(policy, known)) is refused


def test_an_equivalent_that_the_policy_refuses_gives_way_or_is_marked(repository: Repository) -> None:
    repository.write("main.tf", BUCKET)
    report = json.loads(repository.run("audit", "-o", "json", "--policy", "open-standards").stdout)
    assert report["policy"]["name"] == "open-standards"
    known = [one for finding in report["findings"] for one in finding["equivalents"] if one["product"]]
    assert known
    for one in known:
        assert is_open(one["licence"]) or "open source only" in one["refused"], one


def test_groups_and_licences() -> None:
    assert accepts(("EEA",), "NO")
    assert not accepts(("EU",), "NO")
    assert accepts((), "US")
    assert not is_open("LicenseRef-Own")
    assert not is_open("")


def test_pyproject_and_portability_toml_say_the_same_and_the_latter_wins(repository: Repository) -> None:
    repository.write("main.tf", QUEUE)
    repository.write("pyproject.toml", '[tool.portability.policy]\nfail-on = "captive"\n')
    assert repository.check().exit_code == 0
    repository.write("portability.toml", '[policy]\nfail-on = "proprietary"\n')
    done = repository.check()
    assert done.exit_code == 1
    assert "Policy: own (portability.toml)." in done.stdout
    assert repository.check("--no-config", "--fail-on", "captive").exit_code == 0


def test_the_configuration_of_a_project_holds_in_its_folders(repository: Repository) -> None:
    repository.write("portability.toml", '[policy]\nfail-on = "captive"\n')
    repository.write("deep/er/main.tf", QUEUE)
    root = repository.root
    repository.root = root / "deep" / "er"
    assert repository.check().exit_code == 0
    assert repository.check("main.tf").exit_code == 0
    assert "policy: own" in repository.run("audit").stdout


def test_deny_beats_allow_and_any_level(repository: Repository) -> None:
    repository.write("main.tf", QUEUE + NETWORK)
    repository.write("sandbox/main.tf", QUEUE)
    repository.write("portability.toml", '[policy.allow]\npaths = ["sandbox/**"]\nservices = ["aws/sqs"]\n')
    assert repository.check().exit_code == 0
    both = '[policy]\nallow = { services = ["aws/*"] }\ndeny = { services = ["aws/vpc"] }\n'
    repository.write("portability.toml", both)
    done = repository.check()
    assert done.exit_code == 1
    assert "denies it" in done.stdout
    assert "aws_sqs_queue" not in done.stdout


def test_what_is_excluded_is_not_read_and_is_counted(repository: Repository) -> None:
    repository.write("legacy/main.tf", QUEUE)
    repository.write("legacy/broken.tf", b"\0\0")
    repository.write("portability.toml", 'exclude = ["legacy/"]\n')
    assert repository.check().exit_code == 0
    assert repository.check("legacy/main.tf").exit_code == 0
    assert "excluded by the configuration (2)" in " ".join(repository.run("audit").stdout.split())


def test_limits_let_some_pass_and_no_more(repository: Repository) -> None:
    repository.write("main.tf", QUEUE + TABLE)
    repository.write("portability.toml", '[[policy.limits]]\nservices = ["aws/sqs"]\nmax-findings = 1\n')
    done = repository.check()
    assert "aws_sqs_queue" not in done.stdout
    assert done.exit_code == 1
    repository.write("more.tf", QUEUE.replace('"q"', '"r"'))
    assert "fails: 2 findings in aws/sqs that fail, more than 1" in repository.check().stdout
    assert repository.check("--max-findings", "3", "--no-config").exit_code == 0
    assert repository.check("--max-findings", "2", "--no-config").exit_code == 1


def test_a_limit_of_effort(repository: Repository) -> None:
    repository.write("main.tf", NETWORK + BUCKET)
    assert repository.check("--max-effort", "10000").exit_code == 0
    done = repository.check("--max-effort", "0")
    assert done.exit_code == 1
    assert "fails: leaving takes up to" in done.stdout


def test_one_service_or_place_can_be_judged_alone(repository: Repository) -> None:
    repository.write("a/main.tf", QUEUE)
    repository.write("b/main.tf", TABLE)
    assert "aws_dynamodb_table" not in repository.check("--service", "aws/sqs").stdout
    assert "aws_sqs_queue" not in repository.check("--path", "b/**").stdout
    assert repository.check("--service", "aws/s3").exit_code == 0


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ('target = ["ovhcloud"]\n', 1, "did you mean targets?"),
        ('targets = ["ovhcloud"]\n[policy]\nfail_on = "captive"\n', 3, "did you mean fail-on?"),
        ('[policy]\nname = "x"\nfail-on = "hard"\n', 3, "hard"),
        ('policy = "eu-opperated"\n', 1, "did you mean eu-operated?"),
        ('[policy]\nextends = "eu-opperated"\n', 2, "did you mean eu-operated?"),
        ('[policy.allow]\nservice = ["aws/sqs"]\n', 2, "did you mean services?"),
        ('[[accept]]\nservice = "aws/sqs"\n', 1, "reason"),
        ('[[accept]]\nservice = "aws/sqs"\nreason = "known"\nuntl = 2027-01-01\n', 4, "did you mean until?"),
        ("[[policy.limits]]\nmax-finding = 1\n", 2, "did you mean max-findings?"),
        ("targets = 3\n", 1, "array"),
        ('helm = "./evil"\n', 1, "no key 'helm'"),
    ],
)
def test_a_typo_is_an_error_with_its_line_and_a_hint(repository: Repository, text: str, line: int, says: str) -> None:
    repository.write("main.tf", QUEUE)
    for file, written in (("portability.toml", text),):
        repository.write(file, written)
        done = repository.check()
        assert done.exit_code == 2, done.output
        assert f"{file}:{line}: " in done.stderr
        assert says in done.stderr


@pytest.mark.parametrize("data", [b"a = ", b"\xff\xfe", b"a = " + b"[" * 5000])
def test_a_file_that_is_no_toml_is_an_error(repository: Repository, data: bytes) -> None:
    repository.write("portability.toml", data)
    done = repository.check()
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_a_target_that_is_not_there_is_an_error(repository: Repository) -> None:
    repository.write("portability.toml", 'targets = ["mars"]\n')
    assert repository.check().exit_code == 2


def test_the_schema_takes_what_the_tool_takes(repository: Repository) -> None:
    schema = json.loads(repository.run("policy", "schema").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for preset in presets().values():
        validator.validate({"policy": preset})
    validator.validate({"policy": "eu-owned", "accept": [{"service": "aws/sqs", "reason": "known"}]})
    assert not validator.is_valid({"polcy": "x"})
    assert not validator.is_valid({"policy": {"fail_on": "captive"}})


def test_every_preset_is_listed_and_shown(repository: Repository) -> None:
    listed = repository.run("policy", "list").stdout
    for name in presets():
        assert name in listed
        assert json.loads(repository.run("policy", "show", name).stdout)["name"] == name


@pytest.mark.parametrize("path", ["/tmp/x.json", "../x.json", "a/../../x.json", "~/x.json", "C:\\x.json", "..\\x.json"])
def test_a_configuration_leads_nowhere_outside_its_folder(repository: Repository, path: str) -> None:
    repository.write("portability.toml", f"baseline = '{path}'\n")
    done = repository.check()
    assert done.exit_code == 2
    assert "portability.toml:1" in done.stderr


def test_a_path_below_the_folder_is_taken(repository: Repository) -> None:
    repository.write("main.tf", QUEUE)
    repository.write("portability.toml", 'baseline = "ci/..known/base..line.json"\n')
    (repository.root / "ci/..known").mkdir(parents=True)
    assert repository.run("baseline", "write").exit_code == 0
    assert (repository.root / "ci/..known/base..line.json").is_file()
