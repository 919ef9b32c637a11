"""Patches to Python: git takes them, nothing but what they are for changes, and a second run has nothing left to do."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import pytest

from portability.catalogue import Catalogue
from tests.proposals.conftest import applied, edited

MODULE = '''\
"""Stores things."""
from __future__ import annotations

import boto3  # the SDK


class Store:
    def __init__(self):
        self.client = boto3.client( "s3",region_name = "eu-west-1" )   # odd spacing stays


queue = boto3.client("sqs")
own = boto3.client("s3", endpoint_url="https://s3.eu-west-1.amazonaws.com")
files = boto3.resource('s3')
'''
READ = 'import boto3\n\nx = boto3.client("secretsmanager").get_secret_value(SecretId="a")["SecretString"]\n'
PLAIN = 'import boto3\n\nboto3.client("s3")\n'


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("end", ["", "x = 1", "page = '\f\x1c\u2028'\n"])
def test_git_applies_it_and_twice_changes_nothing(tmp_path: Path, catalogue: Catalogue, newline: str, end: str) -> None:
    file = tmp_path / "app" / "store.py"
    file.parent.mkdir()
    file.write_bytes((MODULE + end).replace("\n", newline).encode())
    after = applied(tmp_path, catalogue)["app/store.py"]
    ast.parse(after)
    assert after.count('endpoint_url=os.environ["S3_ENDPOINT_URL"]') == 3
    assert '"s3",region_name = os.environ["S3_REGION"],endpoint_url=' in after
    assert "# odd spacing stays" in after
    assert 'boto3.client("sqs")' in after
    assert "import os" in after


def test_a_byte_order_mark_stays(tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "app.py").write_bytes(b"\xef\xbb\xbf" + PLAIN.encode())
    assert applied(tmp_path, catalogue)["app.py"].startswith("\ufeffimport")


def test_what_cannot_be_read_or_needs_nothing_is_left_alone(tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "half.py").write_text('import boto3\nboto3.client("s3")\ndef f(:\n')
    (tmp_path / "star.py").write_text('import boto3\nboto3.client("s3", **options)\n')
    (tmp_path / "latin.py").write_bytes(b'# -*- coding: latin-1 -*-\nimport boto3\nboto3.client("s3")  # \xe9\n')
    (tmp_path / "jis.py").write_bytes(b'# coding: shift_jis\nimport boto3\nboto3.client("s3")\n')
    found = edited(tmp_path, catalogue)
    assert found.patches == []
    assert {place.path for place in found.left} >= {"star.py", "latin.py", "jis.py"}


def test_another_encoding_stays_where_no_line_of_the_patch_tells(tmp_path: Path, catalogue: Catalogue) -> None:
    far = b"\n" * 8
    code = [b"# -*- coding: latin-1 -*-\nimport boto3", b'name = "caf\xe9"', b'client = boto3.client("s3")\n']
    (tmp_path / "latin.py").write_bytes(far.join(code))
    found = edited(tmp_path, catalogue)
    assert len(found.patches) == 1
    subprocess.run(["git", "apply", "-"], input=found.patches[0].text.encode(), cwd=tmp_path, check=True)
    after = (tmp_path / "latin.py").read_bytes()
    assert b"caf\xe9" in after
    assert b'endpoint_url=os.environ["S3_ENDPOINT_URL"]' in after


def test_two_files_never_share_a_patch(tmp_path: Path, catalogue: Catalogue) -> None:
    deep = "long/" * 20
    names = ["a/b.py", "a-b.py", f"{deep}one.py", f"{deep}two.py"]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(PLAIN)
    patches = edited(tmp_path, catalogue).patches
    assert len({patch.path for patch in patches}) == len(patches) == len(names)
    assert set(applied(tmp_path, catalogue)) == set(names)


@pytest.mark.parametrize("name", ["a b.py", 'a"b.py', '".py', "é.py", "a' $(b).py", "--- a/x.py"])
def test_an_odd_path_stays_a_path(tmp_path: Path, catalogue: Catalogue, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(PLAIN)
    assert list(applied(tmp_path, catalogue)) == [name]


@pytest.mark.parametrize("name", ["a\\b.py", "a\n+++ b.py", "\t.py"])
def test_a_path_that_no_patch_can_name_gets_none(tmp_path: Path, catalogue: Catalogue, name: str) -> None:
    (tmp_path / name).write_text(PLAIN)
    found = edited(tmp_path, catalogue)
    assert (found.patches, len(found.left)) == ([], 1)


def test_a_file_without_its_finding_is_not_touched(tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_it.py").write_text(PLAIN)
    assert edited(tmp_path, catalogue).patches == []


@pytest.mark.parametrize(
    "line",
    [
        'client = boto3.client("s3", aws_access_key_id="a", aws_secret_access_key="hunter2hunter2")',
        'PASSWORD = "hunter2"; client = boto3.client("s3")',
        'client = boto3.client("s3")\n# the password: hunter2',
        'url = "https://me:hunter2@example.nl"\nclient = boto3.client("s3")',
        'options = {"db_password": "hunter2"}\nclient = boto3.client("s3")',
    ],
)
def test_a_patch_that_would_show_a_secret_is_not_made(tmp_path: Path, catalogue: Catalogue, line: str) -> None:
    (tmp_path / "app.py").write_text(f"import boto3\n{line}\n")
    found = edited(tmp_path, catalogue)
    assert found.patches == []
    assert ["looks like a secret" in reason for reason in found.left.values()] == [True]
    assert "hunter2" not in str(found.left)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import boto3\n", "import os\n\nimport boto3\n"),
        ("import json\nimport re\n\nimport boto3\n", "import json\nimport os\nimport re\n\nimport boto3\n"),
        ("from abc import ABC\n\nimport boto3\n", "import os\nfrom abc import ABC\n\nimport boto3\n"),
        (
            "from __future__ import annotations\n\nimport boto3\n",
            "from __future__ import annotations\n\nimport os\n\nimport boto3\n",
        ),
        ("import os\nimport boto3\n", "import os\nimport boto3\n"),
    ],
)
def test_an_import_of_the_standard_library_stands_with_its_like(
    tmp_path: Path, catalogue: Catalogue, before: str, after: str
) -> None:
    (tmp_path / "app.py").write_text(f'{before}\nclient = boto3.client("s3")\n')
    assert applied(tmp_path, catalogue)["app.py"].startswith(f"{after}\nclient")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import os\n\nimport boto3\nimport zoo\n", "import os\n\nimport hvac\nimport zoo\n"),
        ("import os\n\nimport boto3\n\nimport ours\n", "import os\n\nimport hvac\n\nimport ours\n"),
        (
            "import os\n\n# installed\nimport boto3\n\nimport ours\n",
            "import os\n\n# installed\nimport hvac\n\nimport ours\n",
        ),
        ("import os\nimport boto3\nimport zoo\n", "import os\nimport hvac\nimport zoo\n"),
        ("import boto3, zoo\n", "import os\n\nimport zoo\nimport hvac\n"),
    ],
)
def test_groups_of_imports_stay_apart_where_one_goes(
    tmp_path: Path, catalogue: Catalogue, before: str, after: str
) -> None:
    """The blank line or the heading above a group was written above its first import, which may be the one to go."""
    (tmp_path / "app.py").write_text(
        READ.replace("import boto3\n", f"{before}\nzoo.open(os)\n").replace("\n\n\n", "\n\n")
    )
    assert applied(tmp_path, catalogue)["app.py"].startswith(after)


HOSTILE = ['say "no"', "it's", "${x}", "{{ 7 * 7 }}", "%{ if }", "a\nb", "\x00\x1b[31m", "é漢字😀", "../../etc"]


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize(
    "code",
    [
        "import boto3\nclient = boto3.client('s3', region_name={0}, verify={0})\n",
        "import boto3\nx = boto3.client('ssm').get_parameter(Name={0})['Parameter']['Value']\n",
        "import openai\nclient = openai.AzureOpenAI(azure_endpoint={0}, organization={0})\n",
        "from langchain_openai import AzureChatOpenAI\nllm = AzureChatOpenAI(azure_deployment={0})\n",
        "from celery import Celery\napp = Celery({0}, broker='sqs://' {0})\n",
        "DEFAULT_FILE_STORAGE = 'storages.backends.s3.S3Storage'\nAWS_S3_REGION_NAME = {0}\nOTHER = {0}\n",
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_hostile_values_stay_values(tmp_path: Path, catalogue: Catalogue, code: str, value: str, newline: str) -> None:
    (tmp_path / "app.py").write_bytes(code.format(repr(value)).replace("\n", newline).encode())
    kept = [node.value for node in ast.walk(ast.parse(code.format(repr(value)))) if isinstance(node, ast.Constant)]
    for text in applied(tmp_path, catalogue).values():
        new = {node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)}
        ours = {
            "S3_ENDPOINT_URL", "S3_REGION", "VAULT_ADDR", "VAULT_TOKEN", "VAULT_MOUNT", "OPENAI_BASE_URL",
            "OPENAI_API_KEY", "CELERY_BROKER_URL", "AWS_S3_ENDPOINT_URL", "AWS_S3_REGION_NAME", "data", "value", True,
        }  # fmt: skip
        told = "A secret's text from the key-value store, version 2, that the environment names."
        assert new - ours - {told} <= {*kept, value.lstrip("/")}


_LIST = '[project]\nname = "shop"\ndependencies = [\n  "boto3>=1.40",  # old\n  "requests",\n]\n\n[tool.ruff]\n'
_POETRY = '[tool.poetry.dependencies]\npython = "^3.12"\nboto3 = {version = "*", extras = ["crt"]}\n'


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("requirements.txt", "boto3==1.40.0\nrequests\n", "boto3==1.40.0\nhvac\nrequests\n"),
        ("requirements.txt", "# web\nrequests\nboto3", "# web\nrequests\nboto3\nhvac\n"),
        ("requirements.txt", "boto3\nHVAC>=2\n", None),
        ("requirements.txt", "boto3==1.40.0 \\\n    --hash=sha256:00\n", None),
        ("requirements.txt", "-r base.txt\nboto3\n", None),
        ("requirements.txt", "boto3\r\n", None),
        ("pyproject.toml", _LIST, _LIST.replace('  "requests"', '  "hvac",\n  "requests"')),
        (
            "pyproject.toml",
            _LIST.replace('"requests",', '"aiohttp"'),
            _LIST.replace('"requests",', '"aiohttp",\n  "hvac",'),
        ),
        ("pyproject.toml", "[project]\ndependencies = ['boto3']\n", "[project]\ndependencies = ['boto3', \"hvac\"]\n"),
        ("pyproject.toml", "[project]\ndependencies = []\n", '[project]\ndependencies = ["hvac"]\n'),
        ("pyproject.toml", _LIST.replace("requests", "hvac==2.3"), None),
        ("pyproject.toml", '[project]\ndependencies = [ # all\n"boto3", "requests",\n]\n', None),
        (
            "pyproject.toml",
            f"{_POETRY}\n# tests\n[tool.poetry.group.test.dependencies]\npytest = '*'\n",
            f"{_POETRY}hvac = \"*\"\n\n# tests\n[tool.poetry.group.test.dependencies]\npytest = '*'\n",
        ),
        ("Pipfile", '[packages]\nboto3 = "*"\n', '[packages]\nboto3 = "*"\nhvac = "*"\n'),
        ("Pipfile", '[[source]]\nurl = "https://u:Secret0Secret1Pass@pypi.example"\n[packages]\nboto3 = "*"\n', None),
        ("requirements.txt", None, None),
    ],
)
def test_what_a_patch_imports_is_installed(
    tmp_path: Path, catalogue: Catalogue, name: str, before: str | None, after: str | None
) -> None:
    """In what the nearest folder lists, once, and nowhere that a tool writes itself."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/app.py").write_text(READ)
    (tmp_path / "shop/more.py").write_text(READ)
    if before is not None:
        (tmp_path / "requirements.txt").write_text("hvac\n")
        (tmp_path / "shop" / name).write_bytes(before.encode())
    added = edited(tmp_path, catalogue).added
    assert len(added) == (after is not None)
    for patch in added:
        subprocess.run(["git", "init", "-q", tmp_path], check=True)
        subprocess.run(["git", "-C", tmp_path, "apply", "-"], input=patch.text.encode(), check=True)
        assert (tmp_path / "shop" / name).read_text() == after
    assert after is None or edited(tmp_path, catalogue).added == []


def test_tables_of_tools_alone_list_nothing(tmp_path: Path, catalogue: Catalogue) -> None:
    """A folder whose ``pyproject.toml`` holds settings of a linter is not where a program says what it installs."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/app.py").write_text(READ)
    (tmp_path / "shop/pyproject.toml").write_text("[tool.ruff]\nline-length = 100\n")
    (tmp_path / "requirements.txt").write_text("boto3\n")
    assert [patch.title for patch in edited(tmp_path, catalogue).added] == ["What requirements.txt installs"]


def test_what_several_patches_define_alike_is_told(tmp_path: Path, catalogue: Catalogue) -> None:
    """Each patch applies by itself; whoever takes them all wants one module."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/app.py").write_text(READ)
    assert "bring a" not in str(edited(tmp_path, catalogue).patches[0].decisions)
    (tmp_path / "shop/more.py").write_text(READ)
    told = [[one for one in patch.decisions if "bring a" in one] for patch in edited(tmp_path, catalogue).patches]
    assert told[0] == told[1]
    assert told[0][0].startswith("2 patches of this program bring a `_read_secret` of their own")
