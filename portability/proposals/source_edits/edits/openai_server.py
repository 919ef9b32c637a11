"""Clients of Azure OpenAI become clients of any server that answers the OpenAI API: the calls stay as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import libcst as cst

from portability.model import Finding
from portability.proposals.source_edits.calls import keywords, with_others
from portability.proposals.source_edits.clients import retire_arguments
from portability.proposals.source_edits.file import SourceFile
from portability.proposals.source_edits.names import meaning
from portability.proposals.source_edits.origins import origin
from portability.proposals.source_edits.results import NotPlain

SERVICES = frozenset({"azure/openai"})
INTERFACE = "openai"
_OWN = frozenset(
    {"api_key", "api_version", "azure_ad_token", "azure_ad_token_provider", "azure_endpoint", "base_url"}
    | {"openai_api_base", "openai_api_key", "openai_api_type", "openai_api_version", "azure_ad_async_token_provider"}
)
"""Arguments that say where Azure answers and who asks."""
_DEPLOYMENT = ("azure_deployment", "deployment_name", "deployment")
_MODEL = ("model", "model_name")


class _Client(NamedTuple):
    """The class that takes an old one's place; ``model``: whether it is told the model; ``more``: what it needs too."""

    name: str
    model: bool = False
    more: Mapping[str, str] = {}


_CLIENTS: Mapping[str, _Client] = {
    "openai.AzureOpenAI": _Client("OpenAI"),
    "openai.AsyncAzureOpenAI": _Client("AsyncOpenAI"),
    "openai.lib.azure.AzureOpenAI": _Client("OpenAI"),
    "openai.lib.azure.AsyncAzureOpenAI": _Client("AsyncOpenAI"),
    "langchain_openai.AzureChatOpenAI": _Client("ChatOpenAI", model=True),
    # Other servers take texts, not the numbers that the tokenizer of OpenAI makes of them.
    "langchain_openai.AzureOpenAIEmbeddings": _Client(
        "OpenAIEmbeddings", model=True, more={"check_embedding_ctx_length": "False"}
    ),
}


def edit(file: SourceFile, findings: Sequence[Finding]) -> None:
    """Change the classes of clients, and where these answer; what calls them counts with it."""
    clients: dict[cst.Call, _Client] = {}
    for finding in findings:
        call = file.at(finding.location, cst.Call)
        client = _CLIENTS.get(meaning(file, call.func)) if call is not None else None
        if call is None or client is None:
            continue
        try:
            _edit(file, call, client)
        except NotPlain as why:
            file.leave(finding, str(why))
        else:
            clients[call] = client
            file.done(finding)
    if not clients:
        return
    for finding in findings:
        call = file.at(finding.location, cst.Call)
        if call is not None and origin(file, call, clients.__contains__) is not None:
            file.done(finding)
    _rename(file, clients)
    retire_arguments(file, clients, _OWN)
    file.decide(
        "OPENAI_BASE_URL and OPENAI_API_KEY say which server answers. What calls name as the model was a deployment: "
        "it must be a model of the new server now, and prompts are tested anew with it."
    )


def _edit(file: SourceFile, call: cst.Call, client: _Client) -> None:
    given = keywords(call)
    if given is None:
        raise NotPlain("Its arguments come from a collection.")
    if any(word in file.text for word in ("data_sources", "dataSources")):
        raise NotPlain("The file asks for Azure's own data sources, which the OpenAI API does not know.")
    deployments = [given[name] for name in _DEPLOYMENT if name in given] if client.model else []
    models = deployments or [given[name] for name in _MODEL if name in given]
    if client.model and not models:
        raise NotPlain("It does not say which deployment it asks.")
    if not client.model and "azure_deployment" in given:
        raise NotPlain("It asks one deployment, whatever model the calls name.")
    new = {"model": file.source(models[0])} if client.model else {}
    new |= {"base_url": 'os.environ["OPENAI_BASE_URL"]', "api_key": 'os.environ["OPENAI_API_KEY"]', **client.more}
    gone = {*_OWN, *(_DEPLOYMENT if client.model else ()), *(_MODEL if client.model else ())}
    file.change(call, lambda node: with_others(node, gone, new))


def _rename(file: SourceFile, clients: Mapping[cst.Call, _Client]) -> None:
    """Say the new class wherever the old one is said, where all its clients changed; else only where they are made."""
    left = {meaning(file, call.func) for call in file.all(cst.Call) if call not in clients}
    makers = {call.func for call in clients}
    for node in (*file.all(cst.Name), *file.all(cst.Attribute)):
        client = _CLIENTS.get(name := meaning(file, node))
        if client is None or isinstance(file.parent(node), cst.ImportAlias) or (name in left and node not in makers):
            continue
        package = name.rpartition(".")[0]
        if isinstance(node, cst.Attribute):
            file.replace(node, f"{file.source(node.value)}.{client.name}")
        else:
            file.replace(node, client.name)
            file.import_(package.partition(".")[0], client.name)
            file.drop_import(package, name.rpartition(".")[2])
