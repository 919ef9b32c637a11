"""Every format holds to its published shape, says the same, and shows what was accepted as accepted."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest

from portability.reports import FORMATS
from tests.command_line import Done, portability
from tests.reports.shapes import GITLAB, SARIF, misfits

FILES = {
    "main.tf": 'resource "aws_sqs_queue" "q" {}\nresource "aws_vpc" "v" {}\n',
    "known.tf": 'resource "aws_dynamodb_table" "known" {}\n',
    "a b/it's <b>&|`.tf": "# portability: accept aws/sqs -- |<i> said, *so*\n" + 'resource "aws_sqs_queue" "r" {}\n',
    "old.tf": '# portability: accept aws/sns -- past (until 2020-01-01)\nresource "aws_sns_topic" "t" {}\n',
    "broken.tf": "\0\0\0",
}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Done]:
    """The output of a check in a format, over a tree with something of every standing."""
    root = tmp_path_factory.mktemp("formats")
    patch = pytest.MonkeyPatch()

    def run(*arguments: str) -> Done:
        with patch.context() as inside:
            inside.chdir(root)
            return portability(*arguments)

    (root / "known.tf").write_text(FILES["known.tf"])
    run("baseline", "write")
    for name, content in FILES.items():
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
    return lambda name: run("check", "--policy", "open-standards", "-o", name)


def standings(shown: Callable[[str], Done]) -> dict[str, str]:
    data = json.loads(shown("json").stdout)
    return {one["fingerprint"]: one["standing"] for one in data["gate"]["judged"]}


def test_the_tree_has_something_of_every_standing(shown: Callable[[str], Done]) -> None:
    assert set(standings(shown).values()) == {"fails", "told", "accepted", "known"}


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ("text", "xlsx")])
def test_every_format_gives_the_same_exit_code_and_the_same_bytes(shown: Callable[[str], Done], name: str) -> None:
    first, second = shown(name), shown(name)
    assert first.exit_code == 3
    assert first.stdout == second.stdout
    assert first.stdout.endswith("\n")


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "lines"])
def test_every_report_says_which_policy_it_used(shown: Callable[[str], Done], name: str) -> None:
    if name in ("gitlab", "github", "csv", "plan", "xlsx", "cyclonedx"):
        pytest.skip("the format has no place for it")
    assert "open-standards" in shown(name).stdout.replace("\\", "")


def test_json_is_what_its_schema_says(shown: Callable[[str], Done]) -> None:
    schema = json.loads(portability("rules", "schema", "report").stdout)
    jsonschema.Draft202012Validator(schema).validate(json.loads(shown("json").stdout))


def test_sarif(shown: Callable[[str], Done]) -> None:
    log = json.loads(shown("sarif").stdout)
    jsonschema.Draft7Validator(SARIF, format_checker=jsonschema.FormatChecker()).validate(log)
    run = log["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    by_print = {one["partialFingerprints"]["portability/v1"]: one for one in run["results"]}
    for fingerprint, standing in standings(shown).items():
        result = by_print[fingerprint]
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert (result["level"] == "error") == (standing == "fails")
        assert ("suppressions" in result) == (standing in ("accepted", "known"))
        if standing == "accepted":
            assert result["suppressions"][0] == {
                "kind": "inSource",
                "status": "accepted",
                "justification": "|<i> said, *so*",
            }
    assert run["invocations"][0]["executionSuccessful"] is False
    assert any("broken.tf" in json.dumps(one) for one in run["invocations"][0]["toolExecutionNotifications"])


def test_a_fix_in_sarif_is_the_patch(tmp_path: Path) -> None:
    text = 'import boto3\n\ns3 = boto3.client("s3")\ns3.put_object(Bucket="b", Key="k")\n'
    (tmp_path / "app.py").write_text(text)
    log = json.loads(portability("audit", str(tmp_path), "-o", "sarif").stdout)
    jsonschema.Draft7Validator(SARIF).validate(log)
    fixes = [fix for result in log["runs"][0]["results"] for fix in result.get("fixes", [])]
    assert fixes
    (change,) = fixes[0]["artifactChanges"]
    lines = text.splitlines(keepends=True)
    for one in sorted(change["replacements"], key=lambda one: -one["deletedRegion"]["startLine"]):
        region = one["deletedRegion"]
        assert region["startColumn"] == region["endColumn"] == 1
        lines[region["startLine"] - 1 : region["endLine"] - 1] = [one["insertedContent"]["text"]]
    assert "".join(lines).splitlines()[:5] == [
        "import os",
        "",
        "import boto3",
        "",
        's3 = boto3.client("s3", endpoint_url=os.environ["S3_ENDPOINT_URL"])',
    ]


def test_a_fix_in_sarif_is_the_patch_of_a_manifest_too(tmp_path: Path) -> None:
    """With what its placeholder stands for: whoever reads the fix sees nothing else of the proposal."""
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - name: web\n      image: "
    (tmp_path / "web.yaml").write_text(f"{pod}111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web:1\n")
    log = json.loads(portability("audit", str(tmp_path), "-o", "sarif").stdout)
    jsonschema.Draft7Validator(SARIF).validate(log)
    (fix,) = [fix for result in log["runs"][0]["results"] for fix in result.get("fixes", [])]
    (change,) = fix["artifactChanges"]
    assert change["artifactLocation"]["uri"] == "web.yaml"
    (one,) = change["replacements"]
    assert one["deletedRegion"] == {"startLine": 7, "startColumn": 1, "endLine": 8, "endColumn": 1}
    assert one["insertedContent"]["text"] == "      image: ${REGISTRY}/shop/web:1\n"
    assert "${REGISTRY}`: " in fix["description"]["text"]


def test_gitlab(shown: Callable[[str], Done]) -> None:
    issues = json.loads(shown("gitlab").stdout)
    jsonschema.Draft7Validator(GITLAB).validate(issues)
    known = standings(shown)
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    for issue in issues:
        standing = known[issue["fingerprint"]]
        assert (issue["severity"] in ("major", "critical")) == (standing == "fails")
        assert ("accepted: |<i>" in issue["description"]) == (standing == "accepted")


def test_junit(shown: Callable[[str], Done]) -> None:
    root = ElementTree.fromstring(shown("junit").stdout)
    assert misfits(root) == []
    suite = root[0]
    assert int(suite.get("tests", "")) == len(suite.findall("testcase"))
    assert int(suite.get("failures", "")) == len(suite.findall("testcase/failure"))
    assert int(suite.get("skipped", "")) == len(suite.findall("testcase/skipped"))
    assert [one.text for one in suite.findall("testcase/skipped")].count("accepted: |<i> said, *so*") == 1


def test_github_annotations_hold_one_command_a_line(shown: Callable[[str], Done]) -> None:
    lines = shown("github").stdout.splitlines()
    for line in lines:
        assert re.fullmatch(r"::(error|warning|notice)( [a-zA-Z]+=[^:,]*(,[a-zA-Z]+=[^:,]*)*)?::.+", line), line
    assert sum(line.startswith("::error file=main.tf,line=1") for line in lines) == 1
    assert not any("known.tf" in line for line in lines)


@pytest.mark.parametrize("name", ["markdown", "summary"])
def test_markdown_escapes_what_the_code_says(shown: Callable[[str], Done], name: str) -> None:
    text = shown(name).stdout
    assert ("<!-- portability -->" in text) == (name == "markdown")
    assert "<i>" not in text
    assert "could not be read" in text
    assert "Accepted (1)" in text
    for line in text.splitlines():
        if line.startswith("| ") and "`" in line:
            assert len(re.findall(r"(?<!\\)\|", line)) == 5, line


def test_csv_has_a_row_a_finding_and_no_formula(shown: Callable[[str], Done], tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(shown("csv").stdout)))
    assert {row["fingerprint"]: row["standing"] for row in rows} == standings(shown)
    assert not [value for row in rows for value in row.values() if value[:1] in ("=", "+", "-", "@")]


def test_several_formats_in_one_run(shown: Callable[[str], Done], tmp_path: Path) -> None:
    source = tmp_path / "main.tf"
    source.write_text(FILES["main.tf"])
    files = {name: tmp_path / f"out.{name}" for name in FORMATS if name != "lines"}
    outputs = [part for name, file in files.items() for part in ("-o", f"{name}={file}")]
    done = portability("check", str(tmp_path), "-o", "lines", *outputs)
    assert done.exit_code == 1
    assert "main.tf:1:1: proprietary aws/sqs" in done.stdout
    assert all(file.stat().st_size for file in files.values())


def test_audit_writes_them_too(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(FILES["main.tf"])
    done = portability("audit", str(tmp_path), "-o", "sarif")
    assert done.exit_code == 0
    jsonschema.Draft7Validator(SARIF).validate(json.loads(done.stdout))


def test_cyclonedx_is_valid_and_lists_the_services_in_use(shown: Callable[[str], Done]) -> None:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    text = shown("cyclonedx").stdout
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    services = {one["bom-ref"]: one for one in json.loads(text)["services"]}
    assert set(services) == {"aws/sqs", "aws/vpc", "aws/dynamodb", "aws/sns"}
    assert services["aws/sqs"]["provider"]["name"] == "Amazon Web Services, Inc."


def test_json_tells_the_waves_and_each_component_stands_in_one(shown: Callable[[str], Done]) -> None:
    told = json.loads(shown("json").stdout)
    placed = [(one["id"], one["kind"], wave["number"]) for wave in told["waves"] for one in wave["components"]]
    assert sorted(placed) == sorted((one["id"], one["kind"], one["wave"]) for one in told["components"])
    numbers = [wave["number"] for wave in told["waves"]]
    assert numbers == sorted(numbers, key=lambda number: (number == 0, number))


def test_an_audit_in_markdown_is_a_document_that_begins_with_what_was_read(tmp_path: Path) -> None:
    root = tmp_path / "shop <b>|*"
    for name, content in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    file = tmp_path / "report.json"
    done = portability(
        "audit", str(root), "-o", "markdown", "-o", f"json={file}", "--link", "https://forge/{path}#L{line}"
    )
    data = json.loads(file.read_bytes())
    heads = [line for line in done.stdout.splitlines() if line.startswith("#")]
    assert heads[0] == "# What ties shop &lt;b&gt;\\|\\* to its clouds"
    assert heads[1:4] == ["## What was read, and what was not", "## In short", "## What is in use"]
    assert "<b>" not in re.sub(r"`[^`\n]*`", "", done.stdout)  # what stands in backquotes is shown as it is
    assert "[`main.tf:1`](https://forge/main.tf#L1)" in done.stdout
    assert "](https://forge/a%20b/it%27s%20%3Cb%3E%26%7C%60.tf#L2)" in done.stdout
    services = [
        row.split("` | ")[1].split(" | ") for row in done.stdout.splitlines() if re.match(r"\| .*` \| \w+ \| \d", row)
    ]
    assert [(row[0], int(row[1]), int(row[3])) for row in services] == [
        (one["lock_in"], one["uses"], one["findings"]) for one in data["services"]
    ]
    for table in re.findall(r"(?:^\|.*\n)+", done.stdout, re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1, table


def test_an_audit_that_finds_nothing_says_so_in_markdown(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('resource "random_id" "r" {}\n')
    told = portability("audit", str(tmp_path), "-o", "markdown").stdout
    assert "terraform: 1 file read" in told
    assert "Nothing ties this code to AWS, Azure or Google Cloud." in told
    assert "In short" not in told


def test_where_nothing_was_read_markdown_gives_no_all_clear(tmp_path: Path) -> None:
    told = portability("audit", str(tmp_path), "-o", "markdown").stdout
    assert "Nothing was read, so this says nothing about AWS, Azure or Google Cloud." in told


def test_the_root_goes_by_its_name_and_a_bar_is_escaped_in_tables_alone(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    root.mkdir()
    (root / "a|b.tf").write_text('resource "aws_sqs_queue" "q" {}\n')
    told = portability("audit", str(root), "-o", "markdown").stdout
    assert "1. 1 component to re-engineer. `shop`" in told
    assert "- Amazon SQS `aws/sqs`: `a|b.tf:1`" in told
    assert "| `a\\|b.tf:1` |" in portability("check", str(root), "-o", "markdown").stdout
