"""The tree that a team starts from, from the command line to its files."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import hcl2
import pytest

from portability import catalogue as catalogues
from portability.audit import audit
from tests.command_line import portability

FIXTURES = Path(__file__).parents[2] / "fixtures"
TARGETS = ("ovhcloud", "self-hosted")
STORIES = ("webshop-aws", "case-api-azure", "data-pipeline-google")


def made(out: Path, fixture: str, *options: str) -> str:
    result = portability("propose", str(FIXTURES / fixture), "--out", str(out), *options)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("fixture", STORIES)
def test_nothing_of_a_hyperscaler_is_left_in_a_tree(tmp_path: Path, fixture: str, target: str) -> None:
    made(tmp_path, fixture, "--target", target)
    again = audit(tmp_path, catalogues.load(), (target,), jobs=1)
    assert again.findings == ()
    assert not again.coverage.problems


@pytest.mark.parametrize("target", TARGETS)
def test_a_module_declares_each_thing_once(tmp_path: Path, target: str) -> None:
    made(tmp_path, "webshop-aws", "--target", target)
    (folder,) = (path for path in (tmp_path / "terraform").iterdir() if path.name == "infrastructure")
    texts = [path.read_text() for path in sorted(folder.glob("*.tf"))]
    blocks = [block for text in texts for block in hcl2.loads(text).get("variable", [])]
    names = [name for block in blocks for name in block if name != "__is_block__"]
    assert len(names) == len(set(names))
    assert sum("required_providers" in text for text in texts) == 1


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
def test_kustomize_takes_the_manifests(tmp_path: Path) -> None:
    made(tmp_path, "webshop-aws", "--target", "self-hosted")
    for folder in (tmp_path / "kubernetes").iterdir():
        done = subprocess.run(["kubectl", "kustomize", "."], cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_the_readme_orders_the_work_and_says_how_far_it_reaches(tmp_path: Path) -> None:
    said = made(tmp_path, "webshop-aws", "--target", "ovhcloud")
    readme = (tmp_path / "README.md").read_text()
    assert "findings with code" in said
    for heading in ("## Order", "## What is lost", "## What must be decided", "## Data that moves", "## Going back"):
        assert heading in readme
    assert "`infrastructure/data.tf:11`" in readme
    assert "terraform/infrastructure/postgresql-webshop.tf" in readme


def test_the_same_code_gives_the_same_tree(tmp_path: Path) -> None:
    for name in ("one", "two"):
        made(tmp_path / name, "webshop-aws", "--target", "self-hosted")
    one, two = (
        {
            path.relative_to(tmp_path / name): path.read_bytes()
            for path in (tmp_path / name).rglob("*")
            if path.is_file()
        }
        for name in ("one", "two")
    )
    assert one == two


def test_nothing_is_overwritten_unless_told(tmp_path: Path) -> None:
    made(tmp_path, "webshop-aws", "--target", "ovhcloud")
    again = [str(FIXTURES / "webshop-aws"), "--target", "ovhcloud", "--out", str(tmp_path)]
    assert portability("propose", *again).exit_code == 2
    assert portability("propose", *again, "--force").exit_code == 0


def test_a_path_and_a_finding_narrow_it(tmp_path: Path) -> None:
    made(tmp_path / "path", "webshop-aws", "--target", "ovhcloud", "--path", "infrastructure/data.tf")
    names = {path.name for path in (tmp_path / "path").rglob("*.tf")}
    assert "postgresql-webshop.tf" in names
    assert "virtual-machine-bastion.tf" not in names
    found = audit(FIXTURES / "webshop-aws", catalogues.load(), ("ovhcloud",), jobs=1).findings
    (database,) = (one for one in found if one.address == "aws_db_instance.shop")
    made(tmp_path / "one", "webshop-aws", "--target", "ovhcloud", "--finding", database.fingerprint)
    assert {path.name for path in (tmp_path / "one").rglob("*.tf")} == {
        "postgresql-webshop.tf",
        "variables.tf",
        "versions.tf",
    }
    nothing = ["--target", "ovhcloud", "--finding", "0000nothing"]
    assert portability("propose", str(FIXTURES / "webshop-aws"), *nothing).exit_code == 2


def test_own_templates_take_the_place_of_ours_and_add_to_them(tmp_path: Path) -> None:
    own = tmp_path / "own/ovhcloud"
    own.mkdir(parents=True)
    (own / "object-storage.tf.j2").write_text('locals {\n  by = "the book of our house"\n}\n')
    made(tmp_path / "out", "webshop-aws", "--target", "ovhcloud", "--templates", str(tmp_path / "own"))
    (bucket,) = (tmp_path / "out").rglob("object-storage-*.tf")
    assert "the book of our house" in bucket.read_text()


def test_what_does_not_fit_ends_the_run_with_one(tmp_path: Path) -> None:
    own = tmp_path / "own/ovhcloud"
    own.mkdir(parents=True)
    (own / "object-storage.tf.j2").write_text('resource "ovh_okms" "x" {}\n')
    options = ["--target", "ovhcloud", "--out", str(tmp_path / "out"), "--templates", str(tmp_path / "own")]
    result = portability("propose", str(FIXTURES / "webshop-aws"), *options)
    assert result.exit_code == 1
    assert "is not ready" in result.output
    assert "## Not ready" in (tmp_path / "out/README.md").read_text()


def test_a_policy_of_a_bucket_is_granted_to_a_user_and_binds_to_nobody(tmp_path: Path) -> None:
    """The policy is in S3's own words, which the target speaks: a scan of the proposal finds nothing in it."""
    code = """
resource "aws_s3_bucket" "letters" { bucket = "letters" }
resource "aws_s3_bucket_policy" "letters" {
  bucket = aws_s3_bucket.letters.id
  policy = jsonencode({ Statement = [{ Action = ["s3:GetObject"], Resource = ["arn:aws:s3:::letters/*"] }] })
}
"""
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo/main.tf").write_text(code)
    out = tmp_path / "out"
    done = portability("propose", str(tmp_path / "repo"), "--target", "ovhcloud", "--out", str(out))
    assert done.exit_code == 0, done.output
    text = (out / "terraform" / "root" / "object-storage-letters.tf").read_text()
    assert 'resource "ovh_cloud_project_user_s3_policy" "letters"' in text
    again = audit(out, catalogues.load(), ("ovhcloud",), jobs=1)
    assert again.findings == ()
    assert again.coverage.elsewhere == 2


def test_what_is_set_beside_something_of_another_module_is_told(tmp_path: Path) -> None:
    """A record of a zone that is only looked up has no proposal to stand in; it must not be lost."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code/main.tf").write_text(
        'data "aws_route53_zone" "main" {\n  name = "example.nl"\n}\n'
        'resource "aws_cloudwatch_log_subscription_filter" "out" {\n  name = "out"\n  log_group_name = var.group\n}\n'
        'resource "aws_sqs_queue" "orders" {\n  name = "orders"\n}\n'
    )
    done = portability("propose", tmp_path / "code", "--target", "ovhcloud", "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    readme = (tmp_path / "out/README.md").read_text()
    section = readme.partition("## Set beside what is defined elsewhere")[2].partition("\n## ")[0]
    assert "`aws_cloudwatch_log_subscription_filter.out` at `main.tf:4`" in section
    assert "aws_sqs_queue" not in section


def test_the_limits_are_those_that_concern_some_use(tmp_path: Path) -> None:
    """Two buckets become one product: what one of them uses is told, in its own file only; the rest is not."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code/main.tf").write_text(
        'resource "aws_s3_bucket" "letters" { bucket = "letters" }\n'
        'resource "aws_s3_bucket" "site" { bucket = "site" }\n'
        'resource "aws_s3_bucket_website_configuration" "site" {\n'
        '  bucket = aws_s3_bucket.site.id\n  index_document { suffix = "index.html" }\n}\n'
    )
    done = portability("propose", str(tmp_path / "code"), "--target", "ovhcloud", "--out", str(tmp_path / "out"))
    assert done.exit_code == 0, done.output
    _, _, limits = (tmp_path / "out/README.md").read_text().partition("## Limits")
    assert limits.count("A website on a bucket") == 1
    assert limits.count("100 buckets a project") == 1
    assert "Object lock is set" not in limits


def test_the_readme_says_which_calls_no_patch_changes_and_nothing_of_what_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        "import s3fs\n\nfs = s3fs.S3FileSystem(client_kwargs=options)\nprint(fs.ls('bucket'))\n"
    )
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty/app.py").write_text("print(1)\n")
    texts = []
    for root in (tmp_path, tmp_path / "empty"):
        result = portability("propose", str(root), "--target", "ovhcloud", "--out", str(root / "out"))
        assert result.exit_code == 0, result.output
        texts.append((root / "out/README.md").read_text())
    assert "- What it hands to the client within may hold an endpoint. 1, first at `app.py:3`." in texts[0]
    assert "Nothing was found in production code that asks for a replacement." in texts[1]
    assert not any(heading in texts[1] for heading in ("## Order", "## Data that moves", "## Going back"))


@pytest.mark.parametrize("target", ["ovhcloud", "self-hosted"])
def test_secrets_that_only_a_run_names_are_not_made_up(tmp_path: Path, target: str) -> None:
    """One place for all of them, and no file that takes the place of another."""
    (tmp_path / "app.py").write_text(
        'import boto3\n\nssm = boto3.client("ssm")\n\n\ndef read(name):\n    return ssm.get_parameter(Name=name)\n\n\n'
        "def write(name, text):\n    return ssm.put_parameter(Name=name, Value=text)\n"
    )
    out = tmp_path / "out"
    result = portability("propose", str(tmp_path), "--target", target, "--out", str(out))
    assert result.exit_code == 0, result.output
    made = [path.read_text() for path in out.rglob("secrets-*") if path.suffix != ".md"]
    assert len(made) == (target == "ovhcloud")
    assert all("for_each" in text and "each.key" in text for text in made)
    assert len(list(out.joinpath("guides", "root").glob("*.md"))) == (1 if made else 2)
