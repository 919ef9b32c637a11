"""Clients of Azure OpenAI become clients of a server that answers the same API; what is Azure's alone stays."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from portability.catalogue import Catalogue
from tests.proposals.conftest import applied, edited

CODE = '''\
"""Asks a model."""
import os

from azure.identity import DefaultAzureCredential, get_bearer_token_provider
from langchain_openai import AzureChatOpenAI, AzureOpenAIEmbeddings
from openai import AsyncAzureOpenAI, AzureOpenAI

token = get_bearer_token_provider(
    DefaultAzureCredential(), "https://cognitiveservices.azure.com/.default"
)


def client() -> AzureOpenAI:
    """Makes one."""
    endpoint = os.environ["AZURE_OPENAI_ENDPOINT"]
    return AzureOpenAI(
        azure_endpoint=endpoint,  # where
        api_key=os.getenv("AZURE_OPENAI_KEY"),
        timeout=30,
        api_version="2024-02-01",
    )


quick = AsyncAzureOpenAI(azure_endpoint=url, azure_ad_token_provider=token, api_version="v")
answer = client().chat.completions.create(model="gpt-4o", messages=[])
chat = AzureChatOpenAI(azure_deployment=os.environ["CHAT"], openai_api_version="v", temperature=0)
vectors = AzureOpenAIEmbeddings(deployment="small", model="large", azure_endpoint=url)
'''


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("target", ["ovhcloud", "self-hosted"])
def test_clients_change_and_calls_stay(tmp_path: Path, catalogue: Catalogue, target: str, newline: str) -> None:
    (tmp_path / "app.py").write_bytes(CODE.replace("\n", newline).encode())
    after = applied(tmp_path, catalogue, target)["app.py"]
    assert after.count("\n") == after.count(newline)
    assert "zure" not in after
    made = {ast.unparse(one) for one in ast.walk(ast.parse(after)) if isinstance(one, ast.Call)}
    server = "base_url=os.environ['OPENAI_BASE_URL'], api_key=os.environ['OPENAI_API_KEY']"
    assert {
        f"OpenAI({server}, timeout=30)",
        f"AsyncOpenAI({server})",
        "client().chat.completions.create(model='gpt-4o', messages=[])",
    } <= made
    assert any(one.startswith("ChatOpenAI(model=os.environ['CHAT'], ") and "temperature=0" in one for one in made)
    assert f"OpenAIEmbeddings(model='small', {server}, check_embedding_ctx_length=False)" in made
    assert "def client() -> OpenAI:" in after
    assert "# where" in after


@pytest.mark.parametrize(
    ("call", "why"),
    [
        ("openai.AzureOpenAI(**options)", "from a collection"),
        ('openai.AzureOpenAI(azure_deployment="gpt-4o")', "one deployment"),
        ("langchain_openai.AzureChatOpenAI(azure_endpoint=url)", "which deployment"),
        ('openai.AzureOpenAI().chat.completions.create(extra_body={"data_sources": []})', "data sources"),
    ],
)
def test_what_only_azure_has_stays(tmp_path: Path, catalogue: Catalogue, call: str, why: str) -> None:
    (tmp_path / "app.py").write_text(f"import langchain_openai\nimport openai\nanswer = {call}\n")
    found = edited(tmp_path, catalogue)
    assert found.patches == []
    assert any(why in reason for reason in found.left.values()), found.left


def test_a_class_that_is_needed_still_keeps_its_import(tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "app.py").write_text(
        "from openai import AzureOpenAI\none = AzureOpenAI(azure_endpoint=url)\ntwo = AzureOpenAI(**options)\n"
    )
    after = applied(tmp_path, catalogue)["app.py"]
    assert "from openai import OpenAI, AzureOpenAI" in after
    assert "two = AzureOpenAI(**options)" in after
