"""CI files → the steps that tie them to a provider, with the shipped rules."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portability import catalogue
from portability.audit import audit
from portability.gate import Exit, judge
from portability.model import Source
from portability.parsers.delivery import read

CATALOGUE = catalogue.load([])


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (".github/workflows/a.yml", "jobs: {a: {steps: [{uses: actions/checkout@v4}]}}", []),
        (".github/workflows/a.yml", "jobs: {a: {steps: [{uses: Azure/Login@v2}]}}", ["azure/login"]),
        (".github/workflows/a.yml", "jobs: {a: {steps: [{uses: './aws'}]}}", []),
        (
            ".github/workflows/a.yml",
            "jobs: {a: {steps: [{uses: azure/login@v2}, {uses: docker/login-action@v3, with: {registry: "
            "'${{ secrets.ACR_SERVER }}'}}, {uses: docker/login-action@v3, with: {registry: gcr.io}}]}}",
            ["azure/login", "env/ACR_SERVER", "image/gcr.io/*"],
        ),
        (
            ".github/workflows/a.yml",
            "jobs: {a: {steps: [{uses: x/plan@v1, env: {TF_VAR_role: '${{ secrets.AWS_OIDC_ROLE }}'}}]}}",
            ["env/AWS_OIDC_ROLE"],
        ),
        (".github/workflows/a.yml", "jobs: {a: {steps: [{run: make, env: {TEAM: '${{ secrets.TEAM_ROLE }}'}}]}}", []),
        (".github/workflows/a.yml", "jobs: {a: {uses: ./b.yml, with: {workdir: ./images/azure-devops-agent}}}", []),
        (
            ".forgejo/workflows/a.yml",
            "jobs: {a: {steps: [{uses: 'https://github.com/aws-actions/amazon-ecr-login@v2'}]}}",
            ["aws-actions/amazon-ecr-login"],
        ),
        (
            ".woodpecker.yml",
            "steps: [{name: a, image: gcr.io/a/b, commands: [aws ecs list-tasks]}]",
            ["image/gcr.io/a/b", "aws ecs"],
        ),
        (".github/workflows/a.yml", "jobs: {a: {container: mcr.microsoft.com/x/y}}", ["image/mcr.microsoft.com/x/y"]),
        (".github/workflows/a.yml", "jobs: {a: {steps: [{run: aws ecs list-tasks}]}}", ["aws ecs"]),
        ("azure-pipelines.yml", "pool: x\nsteps:\n- task: AzureWebApp@1\n", ["azure-pipelines", "AzureWebApp"]),
        ("templates/deploy.yml", "steps:\n- task: AzureCLI@2\n", ["AzureCLI"]),
        (
            ".gitlab-ci.yml",
            "include:\n- template: AWS/Deploy-ECS.gitlab-ci.yml",
            ["template/AWS/Deploy-ECS.gitlab-ci.yml"],
        ),
        (".gitlab-ci.yml", "a:\n  image: {name: gcr.io/a/b}\n  script: [make]", ["image/gcr.io/a/b"]),
        (".gitlab-ci.yml", "a:\n  script: !reference [.setup, script]", []),
        (".circleci/config.yml", "version: 2.1\norbs: {e: circleci/aws-ecr@9.0}", ["orb/circleci/aws-ecr"]),
        ("bitbucket-pipelines.yml", "s: [{pipe: 'atlassian/aws-s3-deploy:1.1'}]", ["pipe/atlassian/aws-s3-deploy"]),
        ("buildspec.yml", "version: 0.2\nphases: {build: {commands: [make]}}", ["buildspec"]),
        ("cloudbuild.yaml", "steps:\n- name: gcr.io/a/b\n", ["cloudbuild", "image/gcr.io/a/b"]),
        (".travis.yml", "deploy: {provider: elasticbeanstalk}", ["travis/elasticbeanstalk"]),
        (
            "Jenkinsfile",
            "withAWS(region: 'x') { s3Upload file: 'a' }\n// ecrLogin()",
            ["jenkins/withAWS", "jenkins/s3Upload"],
        ),
    ],
)
def test_each_system(path: str, text: str, expected: list[str]) -> None:
    reading = read([Source(path=path, language="delivery", data=text.encode())], CATALOGUE.interest)[path]
    assert not reading.problems
    assert [usage.symbol for usage in reading.usages] == expected


def test_a_service_is_told_once_a_file_with_its_other_steps_beside_it() -> None:
    steps = "".join("    - uses: aws-actions/configure-aws-credentials@v4\n" for _ in range(3))
    source = Source(path="a.yml", language="delivery", data=f"jobs:\n  a:\n    steps:\n{steps}".encode())
    (usage,) = read([source], CATALOGUE.interest)["a.yml"].usages
    assert (usage.location.line, [place.line for place in usage.related], usage.address) == (4, [5, 6], "a")


def test_commands_of_a_script_stand_on_their_own_line(tmp_path: Path) -> None:
    text = "jobs:\n  a:\n    steps:\n    - run: |\n        make\n        aws lambda list-functions\n"
    source = Source(path="a.yml", language="delivery", data=text.encode())
    (usage,) = read([source], CATALOGUE.interest)["a.yml"].usages
    assert usage.location.line == 6


@pytest.mark.parametrize(
    "script",
    [
        '>\n        -c "make &&\n        aws lambda list-functions"',
        "\n        make;\n\n        aws lambda list-functions",
        '"make;\n        aws lambda list-functions"',
        ">\n        make;\n        aws\n        lambda list-functions",
    ],
    ids=["folded", "plain", "quoted", "broken within"],
)
def test_commands_of_a_folded_script_stand_where_they_are_written(script: str) -> None:
    text = f"jobs:\n  a:\n    steps:\n    - run: {script}\n"
    (usage,) = read([Source(path="a.yml", language="delivery", data=text.encode())], CATALOGUE.interest)["a.yml"].usages
    row = text.split("\n")[usage.location.line - 1]
    assert row[usage.location.column - 1 : usage.location.end_column - 1].startswith("aws")


def test_a_pipeline_never_fails_the_default_gate(tmp_path: Path) -> None:
    workflow = tmp_path / ".github/workflows/deploy.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text("jobs: {a: {steps: [{uses: aws-actions/aws-lambda-deploy@v1}, {run: aws dynamodb scan}]}}\n")
    assessment = audit(tmp_path, CATALOGUE, ())
    assert {(finding.role, finding.lock_in) for finding in assessment.findings} == {("part", "convertible")}
    assert judge(assessment, "proprietary").code is Exit.OK


def test_a_pipeline_in_which_nothing_was_found_and_that_names_a_provider_is_a_mention(tmp_path: Path) -> None:
    (tmp_path / "Jenkinsfile").write_text("// to AWS by hand\n")
    (mention,) = audit(tmp_path, CATALOGUE, ()).coverage.unsupported
    assert (mention.kind, mention.provider) == ("CI workflow", "aws")


@given(st.binary(max_size=100))
def test_no_bytes_make_it_fail(data: bytes) -> None:
    for path in ("Jenkinsfile", "azure-pipelines.yml", "cloudbuild.yaml", "buildspec.yml"):
        assert read([Source(path=path, language="delivery", data=data)], CATALOGUE.interest)


@given(st.text(st.sampled_from("usetaskimgrnb:[]{}-|&*! \n@/'\""), max_size=80))
def test_no_pipeline_makes_it_fail(text: str) -> None:
    assert read([Source(path="a.yml", language="delivery", data=text.encode())], CATALOGUE.interest)
