"""Reads of secrets become reads of a key-value store: what is plain runs as before, all else stays and says why."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from portability.catalogue import Catalogue
from tests.proposals.conftest import applied, edited

PLAIN = '''\
"""Reads its secrets."""
import json

import boto3
from azure.identity import DefaultAzureCredential
from azure.keyvault.secrets import SecretClient
from botocore.exceptions import ClientError
from google.cloud import secretmanager

parameters = boto3.client("ssm", region_name="eu-west-1")


def database():
    client = boto3.client("secretsmanager")
    return json.loads(client.get_secret_value(SecretId="shop/db")["SecretString"])  # with a comment


def payment(name):
    session = boto3.session.Session()
    client = session.client(service_name="secretsmanager")
    try:
        answer = client.get_secret_value(
            SecretId=name,
            VersionStage="AWSCURRENT",
        )
    except ClientError as error:
        raise LookupError(name) from error
    return answer["SecretString"]


def setting(name):
    found = parameters.get_parameter(Name=f"/shop/{name}", WithDecryption=True)
    return found.get("Parameter")["Value"]


def first():
    return parameters.get_parameter(Name="/shop/first")["Parameter"]["Value"].strip()


class Vault:
    def __init__(self, url):
        self.client = SecretClient(vault_url=url, credential=DefaultAzureCredential())

    def password(self):
        secret = self.client.get_secret("db-password")
        return secret.value


def google(project, secret):
    client = secretmanager.SecretManagerServiceClient()
    name = f"projects/{project}/secrets/{secret}/versions/latest"
    response = client.access_secret_version(request={"name": name})
    return response.payload.data.decode("UTF-8")


def by_method(project):
    client = secretmanager.SecretManagerServiceClient()
    path = client.secret_version_path(project, "g", "latest")
    return client.access_secret_version(name=path).payload.data.decode()
'''
KEPT = {
    "shop/db": '{"user": "clerk"}',
    "shop/pay": "p",
    "shop/limit": "3",
    "shop/first": " 1 ",
    "db-password": "d",
    "g": "gg",
}


class VaultError(Exception):
    """As hvac has it."""


def fake_hvac(asked: list[dict[str, Any]]) -> ModuleType:
    def read_secret_version(**given: Any) -> Any:
        asked.append(given)
        if given["path"] not in KEPT:
            raise VaultError(given["path"])
        return {"data": {"data": {"value": KEPT[given["path"]]}, "metadata": {}}}

    def client(url: str, token: str) -> Any:
        assert (url, token) == ("https://bao.example.nl", "a token")
        kv = SimpleNamespace(v2=SimpleNamespace(read_secret_version=read_secret_version))
        return SimpleNamespace(secrets=SimpleNamespace(kv=kv))

    module = ModuleType("hvac")
    module.__dict__.update(Client=client, exceptions=SimpleNamespace(VaultError=VaultError))
    return module


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("target", ["ovhcloud", "self-hosted"])
def test_plain_reads_give_what_they_gave(
    tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, target: str, newline: str
) -> None:
    (tmp_path / "app.py").write_bytes(PLAIN.replace("\n", newline).encode())
    after = applied(tmp_path, catalogue, target)["app.py"]
    assert after.count(newline) == after.count("\n")
    assert "# with a comment" in after
    assert not [name for name in ("boto3", "azure", "google.cloud", "Session()") if name in after]
    asked: list[dict[str, Any]] = []
    monkeypatch.setitem(sys.modules, "hvac", fake_hvac(asked))
    monkeypatch.setitem(sys.modules, "botocore", ModuleType("botocore"))
    errors = ModuleType("botocore.exceptions")
    errors.__dict__["ClientError"] = type("ClientError", (Exception,), {})
    monkeypatch.setitem(sys.modules, "botocore.exceptions", errors)
    for name, value in [("ADDR", "https://bao.example.nl"), ("TOKEN", "a token"), ("MOUNT", "secret")]:
        monkeypatch.setenv(f"VAULT_{name}", value)
    app: dict[str, Any] = {}
    exec(compile(after, "app.py", "exec"), app)
    assert app["database"]() == {"user": "clerk"}
    assert app["payment"]("shop/pay") == "p"
    assert app["setting"]("limit") == "3"
    assert app["first"]() == "1"
    assert app["Vault"]("https://old").password() == "d"
    assert app["google"]("p", "g") == "gg"
    assert app["by_method"]("p") == "gg"
    assert {one["mount_point"] for one in asked} == {"secret"}
    with pytest.raises(LookupError):
        app["payment"]("nowhere")


@pytest.mark.parametrize(
    ("call", "kept"),
    [
        ('client.put_secret_value(SecretId="/shop/key", SecretString=word)', ("shop/key", None)),
        ('client.update_secret(SecretId="shop/key", SecretString=word)', ("shop/key", None)),
        ('client.create_secret(Name="shop/key", SecretString=word)', ("shop/key", 0)),
        (
            'ssm.put_parameter(Name=f"/shop/{name}", Value=word, Type="SecureString", Overwrite=True)',
            ("shop/key", None),
        ),
        ('ssm.put_parameter(Name="/shop/" + name, Value=word, Type="String")', ("shop/key", 0)),
        ("vault.set_secret(name, word)", ("key", None)),
        ("vault.set_secret(name, value=word)", ("key", None)),
        (
            'google.add_secret_version(request={"parent": f"projects/{P}/secrets/{name}", '
            '"payload": {"data": word.encode("utf-8")}})',
            ("key", None),
        ),
        (
            'google.add_secret_version(parent=google.secret_path(P, name), payload={"data": word.encode()})',
            ("key", None),
        ),
    ],
)
def test_a_secret_is_written_where_it_is_read(
    tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, call: str, kept: tuple[str, int | None]
) -> None:
    """With one that must be new refused where there is one, as the old store did."""
    (tmp_path / "app.py").write_text(
        "import boto3\nfrom azure.identity import DefaultAzureCredential\n"
        "from azure.keyvault.secrets import SecretClient\n\n"
        'client = boto3.client("secretsmanager")\nssm = boto3.client("ssm")\n'
        'vault = SecretClient(vault_url="https://x.vault.azure.net", credential=DefaultAzureCredential())\n'
        "from google.cloud import secretmanager\ngoogle = secretmanager.SecretManagerServiceClient()\n\n\n"
        f"def keep(name, word):\n    {call}  # kept\n"
    )
    text = applied(tmp_path, catalogue)["app.py"]
    assert "  # kept\n" in text
    written: list[dict[str, Any]] = []
    kv = SimpleNamespace(create_or_update_secret=lambda **given: written.append(given))
    hvac = ModuleType("hvac")
    hvac.__dict__["Client"] = lambda **_: SimpleNamespace(secrets=SimpleNamespace(kv=SimpleNamespace(v2=kv)))
    monkeypatch.setitem(sys.modules, "hvac", hvac)
    for name in ("VAULT_ADDR", "VAULT_TOKEN", "VAULT_MOUNT"):
        monkeypatch.setenv(name, "here")
    code = ast.parse(text)
    code.body = [
        one for one in code.body if isinstance(one, ast.FunctionDef) or ast.unparse(one) in ("import os", "import hvac")
    ]
    program: dict[str, Any] = {}
    exec(compile(code, "app.py", "exec"), program)
    program["keep"]("key", "open sesame")
    path, cas = kept
    assert written == [{"path": path, "secret": {"value": "open sesame"}, "cas": cas, "mount_point": "here"}]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ('client.get_secret_value(SecretId="a", VersionId=v)["SecretString"]', "more than which secret"),
        ('client.get_secret_value(SecretId="a", VersionStage="AWSPREVIOUS")["SecretString"]', "a version"),
        ('client.get_secret_value(SecretId="a")["SecretBinary"]', "more with its result"),
        ('client.get_secret_value(SecretId="arn:aws:secretsmanager:eu-west-1:1:secret:a")["SecretString"]', "ARN"),
        ('client.get_secret_value(SecretId=secret_arn)["SecretString"]', "ARN"),
        ('client.get_secret_value(**given)["SecretString"]', "more than which secret"),
        ("print(client.get_secret_value(SecretId='a'))", "more with its result"),
        ('client.put_secret_value(SecretId="a", SecretString="b")', "gives back"),
        ('x\nclient.put_secret_value(SecretId="a", SecretBinary=b"b")', "more than which secret"),
        ('x\nclient.create_secret(Name="a", SecretString="b", Tags=[])', "more than which secret"),
        ('x\nclient.create_secret(Name="a")', "not as a text"),
        ('x\nssm.put_parameter(Name="a", Value="b", Overwrite=x)', "the run alone"),
        ('ssm.get_parameter(Name="/aws/service/ami")["Parameter"]["Value"]', "provider's own"),
        ('ssm.get_parameters_by_path(Path="/shop")', "Only reads"),
    ],
)
def test_what_is_not_plain_stays_and_says_why(tmp_path: Path, catalogue: Catalogue, body: str, why: str) -> None:
    makers = 'import boto3\nclient = boto3.client("secretsmanager")\nssm = boto3.client("ssm")\n'
    (tmp_path / "app.py").write_text(f"{makers}value = {body}\n")
    found = edited(tmp_path, catalogue)
    assert found.patches == []
    assert any(why in reason for reason in found.left.values()), found.left


@pytest.mark.parametrize(
    "handler",
    [
        "except client.exceptions.ResourceNotFoundException:\n    pass",
        "except ClientError as e:\n    print(e.response['Error'])",
    ],
)
def test_errors_that_are_told_apart_stay(tmp_path: Path, catalogue: Catalogue, handler: str) -> None:
    text = (
        'import boto3\nfrom botocore.exceptions import ClientError\nclient = boto3.client("secretsmanager")\n'
        f"try:\n    x = client.get_secret_value(SecretId='a')['SecretString']\n{handler}\n"
    )
    (tmp_path / "app.py").write_text(text)
    assert edited(tmp_path, catalogue).patches == []


def test_a_client_that_others_use_stays(tmp_path: Path, catalogue: Catalogue) -> None:
    read = 'secrets.get_secret_value(SecretId="a")["SecretString"]'
    (tmp_path / "here.py").write_text(f'import boto3\nsecrets = boto3.client("secretsmanager")\nhere = {read}\n')
    (tmp_path / "there.py").write_text(f"from here import secrets\nthere = {read}\n")
    after = applied(tmp_path, catalogue)
    assert 'secrets = boto3.client("secretsmanager")' in after["here.py"]
    assert after["there.py"].count("_read_secret(") == 2


def test_a_client_with_another_use_stays(tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "app.py").write_text(
        'import boto3\nclient = boto3.client("secretsmanager")\n'
        'x = client.get_secret_value(SecretId="a")["SecretString"]\nclient.list_secrets()\n'
    )
    after = applied(tmp_path, catalogue)["app.py"]
    assert "client.list_secrets()" in after
    assert '_read_secret("a")' in after


@pytest.mark.parametrize("name", ['a"b', "a'b", "a\\b", "${x}", "{{x}}", "a\nb", '"""', "é€", "/a'\"b"])
def test_a_hostile_name_stays_a_name(tmp_path: Path, catalogue: Catalogue, name: str) -> None:
    (tmp_path / "app.py").write_text(
        f'import boto3\nx = boto3.client("secretsmanager").get_secret_value(SecretId={name!r})["SecretString"]\n'
    )
    tree = ast.parse(applied(tmp_path, catalogue)["app.py"])
    (call,) = (one for one in ast.walk(tree) if isinstance(one, ast.Call) and "_read" in ast.unparse(one.func))
    assert ast.literal_eval(call.args[0]) == name.lstrip("/")


@pytest.mark.parametrize(
    "write",
    [
        'return client.put_secret_value(SecretId="a", SecretString=word)',
        'client.put_secret_value(SecretId="a", SecretBinary=word)',
        'client.delete_secret(SecretId="a")',
    ],
)
def test_what_is_written_to_the_old_store_is_read_there(tmp_path: Path, catalogue: Catalogue, write: str) -> None:
    """A read that moves alone gives what the write never changed: a counter that stands still."""
    (tmp_path / "app.py").write_text(
        'import boto3\nclient = boto3.client("secretsmanager")\nparameters = boto3.client("ssm")\n'
        'there = parameters.get_parameter(Name="b")["Parameter"]["Value"]\n\n\n'
        'def read():\n    return client.get_secret_value(SecretId="a")["SecretString"]\n\n\n'
        f"def write(word):\n    {write}\n"
    )
    text = applied(tmp_path, catalogue)["app.py"]
    assert "client.get_secret_value" in text
    assert 'there = _read_secret("b")' in text, "another store has nothing to do with it"
    assert any("moves at once or nothing" in why for why in edited(tmp_path, catalogue).left.values())


ASKED = """\
import base64

import boto3


def secret(name):
    client = boto3.client("secretsmanager")
    answer = client.get_secret_value(SecretId=name)
    # text or bytes
    if "SecretString" in answer:
        # as a text
        text = answer["SecretString"]
        return text.strip()
    else:
        return base64.b64decode(answer["SecretBinary"])
"""


def test_of_a_store_of_texts_nobody_asks_whether_it_is_one(tmp_path: Path, catalogue: Catalogue) -> None:
    """Amazon's own example asks whether a secret is a text or bytes."""
    (tmp_path / "app.py").write_text(ASKED)
    after = applied(tmp_path, catalogue)["app.py"]
    assert after.endswith(
        "    answer = _read_secret(name)\n    # text or bytes\n    # as a text\n    text = answer\n"
        "    return text.strip()\n"
    )
    assert "base64" not in after
    assert "SecretString" not in after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('answer["SecretBinary"])', 'answer["Name"])'),
        ('"SecretString" in answer', '"SecretString" not in answer'),
        ('"SecretString" in answer', '"SecretString" in answer and name'),
        ('if "SecretString"', 'if name:\n        pass\n    elif "SecretString"'),
        ("    else:\n", "    elif name:\n"),
    ],
)
def test_what_asks_more_of_an_answer_stays(tmp_path: Path, catalogue: Catalogue, before: str, after: str) -> None:
    (tmp_path / "app.py").write_text(ASKED.replace(before, after))
    found = edited(tmp_path, catalogue)
    assert found.patches == []
    assert any("does more with its result" in why for why in found.left.values())
