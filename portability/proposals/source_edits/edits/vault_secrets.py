"""Secrets that code reads and writes by a provider's API are in a store with Vault's key-value API, version 2.

OpenBao serves it, and so does OVHcloud's Secret Manager, at ``https://<region>.okms.ovh.net/api/<okms id>`` under the
mount ``secret``; hvac speaks it. A secret there is a mapping: the text that the old store kept stands under ``value``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import libcst as cst

from portability.model import Finding
from portability.patterns import regex
from portability.proposals.source_edits.calls import entries, keyword, keywords, quoted, text
from portability.proposals.source_edits.clients import edit_calls
from portability.proposals.source_edits.file import SourceFile
from portability.proposals.source_edits.names import binding
from portability.proposals.source_edits.results import NotPlain, caught, readings, without

SERVICES = frozenset({"aws/secrets-manager", "aws/parameter-store", "azure/key-vault", "google/secret-manager"})
INTERFACE = "vault-kv-2"
_HELPER = '''

def _read_secret(path):
    """A secret's text from the key-value store, version 2, that the environment names."""
    store = hvac.Client(url=os.environ["VAULT_ADDR"], token=os.environ["VAULT_TOKEN"])
    answer = store.secrets.kv.v2.read_secret_version(
        path=path, mount_point=os.environ["VAULT_MOUNT"], raise_on_deleted_version=True
    )
    return answer["data"]["data"]["value"]
'''
_WRITER = '''

def _write_secret(path, text, is_new=False):
    """Keeps a text in the key-value store, version 2, that the environment names; a new one where none is yet."""
    store = hvac.Client(url=os.environ["VAULT_ADDR"], token=os.environ["VAULT_TOKEN"])
    store.secrets.kv.v2.create_or_update_secret(
        path=path, secret={"value": text}, cas=0 if is_new else None, mount_point=os.environ["VAULT_MOUNT"]
    )
'''
_ARN = regex(r"(?i:(?:^|[^a-z])arns?(?:$|[^a-z]))|[a-z]Arn")
_PIECE = r"(\{[^{}]*\}|[^/{}]+)"
_GOOGLE = regex(rf"[fF]?([\"'])projects/{_PIECE}/secrets/{_PIECE}/versions/{_PIECE}\1")
_PLAIN = (cst.Name, cst.Attribute, cst.Subscript, cst.Call, cst.BinaryOperation)


class _Writer(NamedTuple):
    """How one SDK writes a secret: its parameters in order, the first two being what names it and its text, and whether
    it fails where one is already: always, never, or unless it is told to ``Overwrite``."""

    parameters: Sequence[str]
    is_new: bool = False
    may_overwrite: str = ""


class _Reader(NamedTuple):
    """How one SDK reads a secret: what names it, as code, and the steps from the answer to its text."""

    path: Callable[[SourceFile, cst.Call], str]
    steps: Sequence[str]


def edit(file: SourceFile, findings: Sequence[Finding]) -> None:
    """Read and write the secrets whose path is plain, and let the SDK's clients go."""
    edit_calls(
        file,
        findings,
        lambda symbol: _plain_symbol(symbol) in _READERS or symbol in _WRITERS,
        partial(_edit, file),
        "Only reads and writes of one secret by its name are edited.",
    )


def _edit(file: SourceFile, finding: Finding, call: cst.Call) -> None:
    for helper in ("_read_secret", "_write_secret"):
        if file.says(helper):
            raise NotPlain(f"The file has a `{helper}` of its own.")
    if str(finding.inputs.get("name", "")).startswith("arn:"):
        raise NotPlain("It names the secret by an ARN, and the new store knows paths.")
    if (writer := _WRITERS.get(finding.symbol)) is not None:
        _write(file, call, writer)
    else:
        _read(file, call, _READERS[_plain_symbol(finding.symbol)])
    for module in ("hvac", "os"):
        file.import_(module)
    for module, name in _IMPORTS:
        file.drop_import(module, name)
    file.decide(
        "VAULT_ADDR, VAULT_TOKEN and VAULT_MOUNT say where secrets are read: OpenBao's address, or "
        "https://<region>.okms.ovh.net/api/<okms id> with the mount `secret`; add hvac to what the program installs."
    )
    file.decide("Copy each secret's text to the key `value` of a secret of the same path in the new store.")


def _read(file: SourceFile, call: cst.Call, reader: _Reader) -> None:
    path = reader.path(file, call)
    places = readings(file, call, reader.steps)
    caught(file, call, "hvac.exceptions.VaultError")
    file.replace(call, f"_read_secret({path})")
    for place in places:
        file.change(place, without(len(reader.steps)))
    file.define(_HELPER)


def _write(file: SourceFile, call: cst.Call, writer: _Writer) -> None:
    if not isinstance(file.parent(call), cst.Expr):
        raise NotPlain("What its write gives back is used, and the new store gives back something else.")
    given: dict[str, cst.BaseExpression] = {}
    for at, one in enumerate(call.args):
        name = one.keyword.value if one.keyword is not None else "".join(writer.parameters[at : at + 1])
        if one.star or name not in writer.parameters:
            raise NotPlain("Its arguments say more than which secret it writes, and its text.")
        given[name] = one.value
    named, kept = (given.get(name) for name in writer.parameters[:2])
    if named is None or kept is None:
        raise NotPlain("It does not say which secret it writes, or not as a text.")
    known = text(named)
    path = _path(file, named)
    if writer.may_overwrite and known is None:
        path = f'{path if isinstance(named, cst.Name | cst.FormattedString) else f"({path})"}.lstrip("/")'
    overwrites = given.get(writer.may_overwrite)
    if overwrites is not None and file.source(overwrites) not in ("True", "False"):
        raise NotPlain("Whether it may overwrite a secret is told by the run alone.")
    is_new = writer.is_new or (writer.may_overwrite and (overwrites is None or file.source(overwrites) == "False"))
    caught(file, call, "hvac.exceptions.VaultError")

    def written(node: cst.Call) -> cst.Call:
        by_now = next(new.value for old, new in zip(call.args, node.args, strict=True) if old.value is kept)
        start = cst.ensure_type(
            cst.parse_expression(f"_write_secret({path}, x{', is_new=True' if is_new else ''})"), cst.Call
        )
        args = [start.args[0], start.args[1].with_changes(value=by_now), *start.args[2:]]
        return start.with_changes(args=args)

    file.change(call, written)
    file.define(_WRITER)


def _plain_symbol(symbol: str) -> str:
    return symbol.rpartition(".")[2] if symbol.startswith("google.cloud.secretmanager") else symbol


def _secrets_manager(file: SourceFile, call: cst.Call) -> str:
    given = _given(call, {"SecretId", "VersionStage"})
    if text(given.get("VersionStage")) not in (None, "AWSCURRENT") or "SecretId" not in given:
        raise NotPlain("It asks for a version, not for the secret as it is now.")
    return _path(file, given["SecretId"])


def _parameter_store(file: SourceFile, call: cst.Call) -> str:
    given = _given(call, {"Name", "WithDecryption"})
    name = given.get("Name")
    known = text(name)
    if name is None or (known is not None and (known.startswith("/aws/") or ":" in known)):
        raise NotPlain("It reads one of the provider's own parameters, or a version.")
    path = _path(file, name)
    if known is not None:
        return path
    if isinstance(name, cst.FormattedString) and isinstance(first := name.parts[0], cst.FormattedStringText):
        return path.replace("/", "", 1) if first.value.startswith("/") else path
    return f'{path if isinstance(name, cst.Name | cst.FormattedString) else f"({path})"}.lstrip("/")'


def _key_vault(file: SourceFile, call: cst.Call) -> str:
    if len(call.args) != 1 or call.args[0].star or (call.args[0].keyword and not keyword(call, "name")):
        raise NotPlain("It asks for a version, not for the secret as it is now.")
    return _path(file, call.args[0].value)


def _google(file: SourceFile, call: cst.Call) -> str:
    given = _given(call, {"name", "request"})
    name = given.get("name")
    request = given.get("request")
    if request is not None:
        name = entries(request).get("name")
    bound = binding(file, name) if isinstance(name, cst.Name) else None
    whole = bound.statement.value if bound is not None else name
    found = _GOOGLE.fullmatch(file.source(whole)) if whole is not None else None
    if found is None:
        raise NotPlain("It does not say in one text which secret of which project it reads.")
    if found[4] != "latest":
        raise NotPlain("It asks for a version, not for the secret as it is now.")
    if bound is not None and list(bound.uses) == [name]:
        file.retire(bound.statement, bound.lent)
    secret = found[3]
    return secret[1:-1] if re.fullmatch(r"\{[^!:=]*\}", secret) else quoted(secret)


def _given(call: cst.Call, known: set[str]) -> Mapping[str, cst.BaseExpression]:
    given = keywords(call)
    if given is None or not given.keys() <= known:
        raise NotPlain("Its arguments say more than which secret it reads.")
    return given


def _path(file: SourceFile, node: cst.BaseExpression) -> str:
    """What names a secret, as code for its path in the new store."""
    known, code = text(node), file.source(node)
    if _ARN.search(code) or "arn:" in code:
        raise NotPlain("It names the secret by an ARN, and the new store knows paths.")
    if known is not None:
        if not known.strip("/"):
            raise NotPlain("It names no secret.")
        return quoted(known.lstrip("/")) if known.startswith("/") else code
    if not isinstance(node, (*_PLAIN, cst.FormattedString)) or "\n" in code:
        raise NotPlain("What names the secret is no plain value.")
    if not isinstance(node, cst.FormattedString):
        file.decide(f"What `{code}` holds must be the path of a secret in the new store, not an ARN or a URL.")
    return code


_READERS: Mapping[str, _Reader] = {
    "secretsmanager.get_secret_value": _Reader(_secrets_manager, ['["SecretString"]']),
    "ssm.get_parameter": _Reader(_parameter_store, ['["Parameter"]', '["Value"]']),
    "azure.keyvault.secrets.SecretClient.get_secret": _Reader(_key_vault, [".value"]),
    "access_secret_version": _Reader(_google, [".payload", ".data", ".decode()"]),
}
_WRITERS: Mapping[str, _Writer] = {
    "secretsmanager.put_secret_value": _Writer(["SecretId", "SecretString"]),
    "secretsmanager.update_secret": _Writer(["SecretId", "SecretString"]),
    "secretsmanager.create_secret": _Writer(["Name", "SecretString"], is_new=True),
    "ssm.put_parameter": _Writer(["Name", "Value", "Type", "Overwrite"], may_overwrite="Overwrite"),
    "azure.keyvault.secrets.SecretClient.set_secret": _Writer(["name", "value"]),
}
_IMPORTS: Sequence[tuple[str, str | None]] = (
    ("boto3", None),
    ("azure.keyvault.secrets", "SecretClient"),
    ("azure.identity", "DefaultAzureCredential"),
    ("azure.identity", "ManagedIdentityCredential"),
    ("google.cloud", "secretmanager"),
)
