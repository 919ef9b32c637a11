"""Patches to Python: git takes them, nothing but the call changes, and a second run has nothing left to do."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import pytest

from portability.audit import audit
from portability.catalogue import Catalogue
from portability.proposals import source_edits

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


def patches(root: Path, catalogue: Catalogue) -> list[str]:
    return [proposal.text for proposal in source_edits(audit(root, catalogue, ("ovhcloud",)), root, "ovhcloud")]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("end", ["", "x = 1"])
def test_git_applies_it_and_twice_changes_nothing(tmp_path: Path, catalogue: Catalogue, newline: str, end: str) -> None:
    (tmp_path / "app").mkdir()
    file = tmp_path / "app" / "store.py"
    file.write_bytes((MODULE + end).replace("\n", newline).encode())
    (patch,) = patches(tmp_path, catalogue)
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    subprocess.run(["git", "-C", tmp_path, "apply", "-"], input=patch.encode(), check=True)
    after = file.read_bytes().decode()
    ast.parse(after)
    assert after.count('endpoint_url=os.environ["S3_ENDPOINT_URL"]') == 2
    assert "# odd spacing stays" in after
    assert 'boto3.client("sqs")' in after
    assert "import os" in after
    assert patches(tmp_path, catalogue) == []


def test_what_cannot_be_read_or_needs_nothing_is_left_alone(tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "half.py").write_text('import boto3\nboto3.client("s3")\ndef f(:\n')
    (tmp_path / "star.py").write_text('import boto3\nboto3.client("s3", **options)\n')
    assert patches(tmp_path, catalogue) == []
