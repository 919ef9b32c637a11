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
from portability.proposals.source_edits.calls import called, entries, quoted, text
from portability.proposals.source_edits.clients import edit_calls
from portability.proposals.source_edits.file import Change, SourceFile
from portability.proposals.source_edits.names import Binding, binding
from portability.proposals.source_edits.results import NotPlain, branches, catching, caught, readings, taken, without

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
_VERSION = regex(rf"[fF]?([\"'])projects/{_PIECE}/secrets/{_PIECE}/versions/{_PIECE}\1")
_SECRET = regex(rf"[fF]?([\"'])projects/{_PIECE}/secrets/{_PIECE}\1")
_PLAIN = (cst.Name, cst.Attribute, cst.Subscript, cst.Call, cst.BinaryOperation)


class _Named(NamedTuple):
    """What names a secret, as code for its path in the new store; what a person must know of it, the statement that
    held the old name, and the call of the client that made it, which both go."""

    code: str
    decision: str = ""
    held: Binding | None = None
    made: cst.Call | None = None


class _Way(NamedTuple):
    """How one SDK reads a secret, or writes one, by the arguments of a call. Raises NotPlain.

    ``steps`` lead from the answer of a read to its text. ``text`` gives the text that a write keeps; ``is_new`` whether
    it fails where one is already."""

    path: Callable[[SourceFile, _Given], _Named]
    parameters: Sequence[str] = ()
    steps: Sequence[str] = ()
    text: Callable[[_Given], cst.BaseExpression | None] = lambda _: None
    is_new: Callable[[SourceFile, _Given], bool] = lambda _file, _given: False


_Given = Mapping[str, cst.BaseExpression]


def edit(file: SourceFile, findings: Sequence[Finding]) -> None:
    """Read and write the secrets whose path is plain, and let the SDK's clients go.

    A file that writes to a store is edited for all that it does there, or not at all: what it reads must be what was
    written.
    """
    services = {one.service for one in findings if _writes(one)}
    for service in sorted(services):
        mine = [one for one in findings if one.service == service]
        if torn := next(filter(None, (_torn(file, one) for one in mine)), ""):
            for one in mine:
                file.leave(one, torn)
            findings = [one for one in findings if one not in mine]
    edit_calls(
        file,
        findings,
        lambda symbol: _plain_symbol(symbol) in _WAYS,
        partial(_edit, file),
        "Only reads and writes of one secret by its name are edited.",
    )


def _writes(finding: Finding) -> bool:
    """Whether a call changes what is in a store."""
    method = finding.symbol.rpartition(".")[2]
    return finding.role == "primary" and method.islower() and not method.startswith(_LOOKS)


def _torn(file: SourceFile, finding: Finding) -> str:
    """Why a call cannot go to the new store with the rest of its file; empty where it can, or is nothing of a store."""
    call = file.at(finding.location, cst.Call)
    symbol = _plain_symbol(finding.symbol)
    if (
        call is None
        or finding.role != "primary"
        or (symbol not in _WAYS and not finding.symbol.rpartition(".")[2].islower())
    ):
        return ""
    try:
        if symbol not in _WAYS or finding.confidence != "certain":
            raise NotPlain("It is no plain read or write of one secret.")
        _planned(file, finding, call)
    except NotPlain as why:
        where = f"line {file.line(call)}"
        return (
            f"The file writes secrets, so all that it does with them moves at once or nothing; {where} does not. {why}"
        )
    return ""


def _planned(file: SourceFile, finding: Finding, call: cst.Call) -> tuple[_Way, _Given, _Named, Sequence[cst.CSTNode]]:
    """All that an edit of one call needs to know. Raises NotPlain, and changes nothing."""
    for helper in ("_read_secret", "_write_secret"):
        if file.says(helper):
            raise NotPlain(f"The file has a `{helper}` of its own.")
    if str(finding.inputs.get("name", "")).startswith("arn:"):
        raise NotPlain("It names the secret by an ARN, and the new store knows paths.")
    way = _WAYS[_plain_symbol(finding.symbol)]
    given = _arguments(call, way)
    named = way.path(file, given)
    places: Sequence[cst.CSTNode] = ()
    if way.steps:
        places = readings(file, call, way.steps)
    elif not isinstance(file.parent(call), cst.Expr):
        raise NotPlain("What its write gives back is used, and the new store gives back something else.")
    elif way.text(given) is None:
        raise NotPlain("It does not say which secret it writes, or not as a text.")
    way.is_new(file, given)
    catching(file, call)
    return way, given, named, places


def _edit(file: SourceFile, finding: Finding, call: cst.Call) -> Sequence[cst.Call]:
    way, given, named, places = _planned(file, finding, call)
    caught(file, call, "hvac.exceptions.VaultError")
    kept = way.text(given)
    if kept is None:
        file.replace(call, f"_read_secret({named.code})")
        for place in places:
            file.change(place, without(len(way.steps)))
        for branch in branches(file, call, way.steps):
            file.change(branch, taken)
            file.drop_import("base64")
        file.define(_HELPER)
    else:
        file.change(call, _written(call, named.code, kept, is_new=way.is_new(file, given)))
        file.define(_WRITER)
    if named.held is not None:
        file.retire(named.held.statement, named.held.lent)
    for module in ("hvac", "os"):
        file.import_(module)
    for module, name in _IMPORTS:
        file.drop_import(module, name)
    if named.decision:
        file.decide(named.decision)
    file.decide(
        "VAULT_ADDR, VAULT_TOKEN and VAULT_MOUNT say where secrets are read: OpenBao's address, or "
        "https://<region>.okms.ovh.net/api/<okms id> with the mount `secret`; add hvac to what the program installs."
    )
    file.decide("Copy each secret's text to the key `value` of a secret of the same path in the new store.")
    return [named.made] if named.made is not None else []


def _written(call: cst.Call, path: str, kept: cst.BaseExpression, *, is_new: bool) -> Change:
    """What becomes of a write; the text that it keeps stays as it is laid out, with what is edited in it."""
    if not any(one.value is kept for one in call.args):
        code = cst.Module([]).code_for_node(kept)
        return lambda _: cst.parse_expression(f"_write_secret({path}, {code})")

    def written(node: cst.Call) -> cst.Call:
        by_now = next(new.value for old, new in zip(call.args, node.args, strict=True) if old.value is kept)
        start = cst.ensure_type(
            cst.parse_expression(f"_write_secret({path}, x{', is_new=True' if is_new else ''})"), cst.Call
        )
        args = [start.args[0], start.args[1].with_changes(value=by_now), *start.args[2:]]
        return start.with_changes(args=args)

    return written


def _plain_symbol(symbol: str) -> str:
    return symbol.rpartition(".")[2] if symbol.startswith("google.cloud.secretmanager") else symbol


def _arguments(call: cst.Call, way: _Way) -> _Given:
    """The arguments by their names; those of a request that is written out are its own. Raises NotPlain."""
    given: dict[str, cst.BaseExpression] = {}
    for at, one in enumerate(call.args):
        name = one.keyword.value if one.keyword is not None else "".join(way.parameters[at : at + 1])
        if one.star or name not in (*way.parameters, "request"):
            verb = "reads" if way.steps else "writes"
            raise NotPlain(
                f"Its arguments say more than which secret it {verb}{'' if way.steps else ', and its text'}."
            )
        given[name] = one.value
    request = given.pop("request", None)
    if request is not None and not (given := entries(request)).keys() <= set(way.parameters):
        raise NotPlain("Its arguments say more than which secret it reads or writes.")
    return given


def _secrets_manager(file: SourceFile, given: _Given) -> _Named:
    if text(given.get("VersionStage")) not in (None, "AWSCURRENT") or "SecretId" not in given:
        raise NotPlain("It asks for a version, not for the secret as it is now.")
    return _path(file, given["SecretId"])


def _parameter_store(file: SourceFile, given: _Given) -> _Named:
    name = given.get("Name")
    known = text(name)
    if name is None or (known is not None and (known.startswith("/aws/") or ":" in known)):
        raise NotPlain("It names one of the provider's own parameters, or a version.")
    path = _path(file, name)
    if known is not None:
        return path
    if isinstance(name, cst.FormattedString) and isinstance(first := name.parts[0], cst.FormattedStringText):
        return path._replace(code=path.code.replace("/", "", 1) if first.value.startswith("/") else path.code)
    plain = isinstance(name, cst.Name | cst.FormattedString)
    return path._replace(code=f'{path.code if plain else f"({path.code})"}.lstrip("/")')


def _by(parameter: str) -> Callable[[SourceFile, _Given], _Named]:
    """A path that is what one argument says."""

    def path(file: SourceFile, given: _Given) -> _Named:
        if parameter not in given:
            raise NotPlain("It does not say which secret it means.")
        return _path(file, given[parameter])

    return path


def _google(parameter: str, maker: str, form: re.Pattern[str]) -> Callable[[SourceFile, _Given], _Named]:
    """A path out of a resource's name: one text, or what a method of the client makes of its parts."""

    def path(file: SourceFile, given: _Given) -> _Named:
        name = given.get(parameter)
        bound = binding(file, name) if isinstance(name, cst.Name) else None
        whole = bound.statement.value if bound is not None else name
        held = bound if bound is not None and list(bound.uses) == [name] else None
        if isinstance(whole, cst.Call) and called(whole) == maker and all(not one.star for one in whole.args):
            parts = [one.value for one in whole.args if one.keyword is None]
            if len(parts) == len(whole.args) == maker.count("_") + 1:
                secret, version = parts[1], parts[2] if len(parts) > 2 else None
                _only_latest(text(version) if version is not None else "latest")
                return _path(file, secret)._replace(held=held, made=whole if held or bound is None else None)
        found = form.fullmatch(file.source(whole)) if whole is not None else None
        if found is None:
            raise NotPlain("It does not say in one text which secret of which project it means.")
        _only_latest(found[4] if len(found.groups()) > 3 else "latest")
        secret_name = found[3]
        is_field = re.fullmatch(r"\{[^!:=]*\}", secret_name)
        return _Named(secret_name[1:-1] if is_field else quoted(secret_name), held=held)

    return path


def _only_latest(version: str | None) -> None:
    if version != "latest":
        raise NotPlain("It asks for a version, not for the secret as it is now.")


def _payload(given: _Given) -> cst.BaseExpression | None:
    """The text that Google's client is given as bytes."""
    inside = entries(given.get("payload"))
    data = inside.get("data") if inside.keys() == {"data"} else None
    match data:
        case cst.Call(func=cst.Attribute(value=whole, attr=cst.Name("encode")), args=[]):
            return whole
        case cst.Call(func=cst.Attribute(value=whole, attr=cst.Name("encode")), args=[cst.Arg(value=how)]):
            return whole if (text(how) or "").lower() in ("utf-8", "utf8") else None
    return None


def _unless(parameter: str) -> Callable[[SourceFile, _Given], bool]:
    """New, unless it is told to overwrite."""

    def is_new(file: SourceFile, given: _Given) -> bool:
        overwrites = given.get(parameter)
        if overwrites is not None and file.source(overwrites) not in ("True", "False"):
            raise NotPlain("Whether it may overwrite a secret is told by the run alone.")
        return overwrites is None or file.source(overwrites) == "False"

    return is_new


def _path(file: SourceFile, node: cst.BaseExpression) -> _Named:
    """What names a secret, as code for its path in the new store."""
    known, code = text(node), file.source(node)
    if _ARN.search(code) or "arn:" in code:
        raise NotPlain("It names the secret by an ARN, and the new store knows paths.")
    if known is not None:
        if not known.strip("/"):
            raise NotPlain("It names no secret.")
        return _Named(quoted(known.lstrip("/")) if known.startswith("/") else code)
    if not isinstance(node, (*_PLAIN, cst.FormattedString)) or "\n" in code:
        raise NotPlain("What names the secret is no plain value.")
    if isinstance(node, cst.FormattedString):
        return _Named(code)
    return _Named(code, f"What `{code}` holds must be the path of a secret in the new store, not an ARN or a URL.")


def _argument(name: str) -> Callable[[_Given], cst.BaseExpression | None]:
    return lambda given: given.get(name)


_LOOKS = ("get", "list", "describe", "batch_get", "access", "from_", "filter", "close", "can_", "paginate")
"""How methods begin that leave a store as it is."""
_WAYS: Mapping[str, _Way] = {
    "secretsmanager.get_secret_value": _Way(_secrets_manager, ["SecretId", "VersionStage"], ['["SecretString"]']),
    "ssm.get_parameter": _Way(_parameter_store, ["Name", "WithDecryption"], ['["Parameter"]', '["Value"]']),
    "azure.keyvault.secrets.SecretClient.get_secret": _Way(_by("name"), ["name"], [".value"]),
    "access_secret_version": _Way(
        _google("name", "secret_version_path", _VERSION), ["", "name"], [".payload", ".data", ".decode()"]
    ),
    "secretsmanager.put_secret_value": _Way(
        _by("SecretId"), ["SecretId", "SecretString"], text=_argument("SecretString")
    ),
    "secretsmanager.update_secret": _Way(_by("SecretId"), ["SecretId", "SecretString"], text=_argument("SecretString")),
    "secretsmanager.create_secret": _Way(
        _by("Name"), ["Name", "SecretString"], text=_argument("SecretString"), is_new=lambda *_: True
    ),
    "ssm.put_parameter": _Way(
        _parameter_store, ["Name", "Value", "Type", "Overwrite"], text=_argument("Value"), is_new=_unless("Overwrite")
    ),
    "azure.keyvault.secrets.SecretClient.set_secret": _Way(_by("name"), ["name", "value"], text=_argument("value")),
    "add_secret_version": _Way(_google("parent", "secret_path", _SECRET), ["", "parent", "payload"], text=_payload),
}
_IMPORTS: Sequence[tuple[str, str | None]] = (
    ("boto3", None),
    ("azure.keyvault.secrets", "SecretClient"),
    ("azure.identity", "DefaultAzureCredential"),
    ("azure.identity", "ManagedIdentityCredential"),
    ("google.cloud", "secretmanager"),
)
