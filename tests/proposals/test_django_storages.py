"""Settings of django-storages: what they say after the edit, read as Django would read them."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from portability.catalogue import Catalogue
from tests.proposals.conftest import applied, edited

NEW = {"AWS_S3_ENDPOINT_URL": "https://s3.example.nl", "AWS_S3_REGION_NAME": "nl", "AWS_S3_CUSTOM_DOMAIN": "files.nl"}
S3 = "storages.backends.s3.S3Storage"


def read(text: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    for name, value in NEW.items():
        monkeypatch.setenv(name, value)
    settings: dict[str, Any] = {}
    exec(compile(text, "settings.py", "exec"), settings)
    return settings


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_back_end_for_s3_is_told_where(
    tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, newline: str
) -> None:
    code = (
        '"""Settings."""\nDEFAULT_FILE_STORAGE = "storages.backends.s3boto3.S3Boto3Storage"  # files\n'
        'AWS_STORAGE_BUCKET_NAME = "media"\nAWS_S3_REGION_NAME = "eu-west-1"\n'
        'AWS_S3_CUSTOM_DOMAIN = f"{AWS_STORAGE_BUCKET_NAME}.s3.amazonaws.com"\n'
        'STORAGES = {\n    "default": {\n        "BACKEND": "storages.backends.s3.S3Storage",\n'
        '        "OPTIONS": {"bucket_name": "media", "region_name": "eu-west-1"},\n    },\n}\n'
        'LOGS = {"region_name": "eu-west-1"}\n'
    )
    (tmp_path / "settings.py").write_bytes(code.replace("\n", newline).encode())
    after = applied(tmp_path, catalogue)["settings.py"]
    assert after.count("\n") == after.count(newline)
    settings = read(after, monkeypatch)
    assert {name: settings[name] for name in NEW} == NEW
    assert settings["STORAGES"]["default"]["OPTIONS"] == {"bucket_name": "media", "region_name": "nl"}
    assert settings["LOGS"] == {"region_name": "eu-west-1"}
    assert "# files" in after


@pytest.mark.parametrize("target", ["ovhcloud", "self-hosted"])
def test_other_back_ends_become_that_for_s3(
    tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    azure = '"storages.backends.azure_storage.AzureStorage"'
    (tmp_path / "options.py").write_text(
        f'STORAGES = {{\n    "default": {{\n        "BACKEND": {azure},\n        "OPTIONS": {{\n'
        '            "account_name": "shop",\n            "azure_container": "media",  # which\n'
        '            "expiration_secs": 60,\n        },\n    },\n'
        '    "reports": {"BACKEND": "storages.backends.gcloud.GoogleCloudStorage", "OPTIONS": {"bucket_name": "r"}},\n'
        "}\n"
    )
    (tmp_path / "flat.py").write_text(
        f'import os\n\nif True:\n    DEFAULT_FILE_STORAGE = {azure}\n    AZURE_ACCOUNT_NAME = "shop"\n'
        '    AZURE_CONTAINER = os.environ.get("FILES", "media")\n    AZURE_LOCATION = "in"\n'
    )
    after = applied(tmp_path, catalogue, target)
    options = read(after["options.py"], monkeypatch)
    assert options["AWS_S3_ENDPOINT_URL"] == NEW["AWS_S3_ENDPOINT_URL"]
    assert options["STORAGES"] == {
        "default": {
            "BACKEND": S3,
            "OPTIONS": {"bucket_name": "media", "querystring_expire": 60, "file_overwrite": False},
        },
        "reports": {"BACKEND": S3, "OPTIONS": {"bucket_name": "r", "querystring_expire": 86400}},
    }
    assert "# which" in after["options.py"]
    flat = read(after["flat.py"], monkeypatch)
    said = {name: value for name, value in flat.items() if name.isupper()}
    assert said == {
        "DEFAULT_FILE_STORAGE": S3,
        "AWS_S3_ENDPOINT_URL": NEW["AWS_S3_ENDPOINT_URL"],
        "AWS_STORAGE_BUCKET_NAME": "media",
        "AWS_S3_FILE_OVERWRITE": False,
        "AWS_LOCATION": "in",
    }


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (
            'STORAGES = {"default": {"BACKEND": AZURE, "OPTIONS": {"azure_container": "m", "cdn": 1}}}',
            "nothing like cdn",
        ),
        ('STORAGES = {"default": {"BACKEND": AZURE, "OPTIONS": options}}', "not written out"),
        ('STORAGES = {"default": {"BACKEND": AZURE}}', "not written out"),
        ("DEFAULT_FILE_STORAGE = AZURE", "which bucket"),
        ('DEFAULT_FILE_STORAGE = AZURE\nAZURE_CONTAINER = "m"\nAWS_STORAGE_BUCKET_NAME = "m"', "S3 too"),
        ('DEFAULT_FILE_STORAGE = AZURE\nAZURE_CONTAINER = "m"\nURL = f"/{AZURE_CONTAINER}"', "something else too"),
        ("from .base import *\nDEFAULT_FILE_STORAGE = AZURE", "takes over"),
    ],
)
def test_what_has_no_counterpart_stays(tmp_path: Path, catalogue: Catalogue, code: str, why: str) -> None:
    code = re.sub(r"\bAZURE\b", '"storages.backends.azure_storage.AzureStorage"', code)
    (tmp_path / "settings.py").write_text(code + "\n")
    found = edited(tmp_path, catalogue)
    assert found.patches == []
    assert any(why in reason for reason in found.left.values()), found.left


def test_a_class_of_ones_own_says_where_the_store_is(
    tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its attributes win over settings in django-storages; comments and blank lines stay with what they are of."""
    code = (
        "from storages.backends.s3boto3 import S3Boto3Storage\n\n\nclass Media(S3Boto3Storage):\n"
        '    """Files of users."""\n\n    location = "media"\n    region_name = "eu-west-1"\n'
        '    custom_domain = "media.s3.amazonaws.com"\n\n\nclass Other(S3Boto3Storage):\n\n    # one file, one name\n'
        '    file_overwrite = False\n\n\nclass Told(S3Boto3Storage):\n    endpoint_url = "https://s3.other.nl"\n'
        "    region_name = 'nl'\n\n\nclass Derived(Media):\n    location = 'more'\n\n\n"
        "class Late(S3Boto3Storage): pass\n"
    )
    (tmp_path / "storage.py").write_text(code)
    after = applied(tmp_path, catalogue)["storage.py"]
    monkeypatch.setitem(sys.modules, "storages", ModuleType("storages"))
    monkeypatch.setitem(sys.modules, "storages.backends", ModuleType("storages.backends"))
    module = ModuleType("storages.backends.s3boto3")
    module.__dict__["S3Boto3Storage"] = object
    monkeypatch.setitem(sys.modules, "storages.backends.s3boto3", module)
    made = read(after, monkeypatch)
    media, other = made["Media"], made["Other"]
    assert [media.endpoint_url, media.region_name, media.custom_domain, media.location] == [*NEW.values(), "media"]
    assert other.endpoint_url == NEW["AWS_S3_ENDPOINT_URL"]
    assert made["Told"].endpoint_url == "https://s3.other.nl"
    assert '"""Files of users."""\n\n    endpoint_url' in after
    assert "    # one file, one name\n    file_overwrite" in after
    assert after.count("endpoint_url") == 3
