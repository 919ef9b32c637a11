"""Infrastructure written in Python: which calls declare a resource, and which Terraform type that is.

Pulumi's bridged packages and CDKTF are Terraform's types under Python names, so their resources are reported as those
types, with the arguments that rules ask for. The AWS CDK's and Troposphere's constructs keep their own names. What a
construct is asked afterwards (``bucket.grant_read(role)``) and what is only handed to one (``s3.LifecycleRule(…)``)
belongs to it and is no use of its own.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from portability.interest import Interest
from portability.model import UNKNOWN, Usage
from portability.names.python_names import BRIDGED, python_names
from portability.parsers.python.lines import Columns
from portability.parsers.python.plain import ABSENT, get, under
from portability.parsers.python.values import paths_of
from portability.patterns import regex

_NATIVE: Final = (
    "pulumi_aws_native",
    "pulumi_azure_native",
    "pulumi_google_native",
    "pulumi_awsx",
    "pulumi_eks",
    "pulumi_aws_apigateway",
)
_CDKTF: Final = ("cdktf_cdktf_provider_", "cdktn_provider_")
_GENERATED: Final = ("aws", "azurerm", "azuread", "google", "google_beta")
"""Providers below ``imports``, where ``cdktf get`` puts what it generates."""
_HUMP: Final = regex(r"(?<=[a-z0-9])(?=[A-Z])")
_CDK: Final = ("aws_cdk", "aws_solutions_constructs")


def is_construct(symbol: str) -> bool:
    """Whether a dotted name belongs to a package of constructs."""
    root = symbol.partition(".")[0]
    if root == "imports":
        return symbol.startswith(tuple(f"imports.{provider}." for provider in _GENERATED))
    return root in BRIDGED or root in _NATIVE or root in _CDK or root == "troposphere" or root.startswith(_CDKTF)


def declared(usages: Iterable[Usage], calls: Iterable[ast.Call], text: bytes, interest: Interest) -> tuple[Usage, ...]:
    """The usages, with those of constructs judged; all others as they are."""
    found = tuple(usages)
    if not any(is_construct(usage.symbol) for usage in found):
        return found
    columns = Columns(text)
    by_place = {(node.lineno, columns.column(node.lineno, node.col_offset), node.end_lineno): node for node in calls}
    judged: list[Usage] = []
    for usage in found:
        if usage.namespace != "python" or not is_construct(usage.symbol):
            judged.append(usage)
            continue
        if usage.kind == "import":
            if not usage.symbol.endswith("Args"):  # what a construct is told, and no construct
                judged.append(_imported(usage, interest))
            continue
        place = usage.location
        call = by_place.get((place.line, place.column, place.end_line))
        if call is not None and (one := _judged(usage, call, interest)) is not None:
            judged.append(one)
    return tuple(judged)


def _imported(usage: Usage, interest: Interest) -> Usage:
    """An import of a class that is a Terraform type, as that type."""
    translated = _terraform(usage.symbol) if usage.symbol.rpartition(".")[2][:1].isupper() else None
    if translated is None or not interest.wants("terraform", translated[0]):
        return usage
    return msgspec.structs.replace(usage, namespace="terraform", symbol=translated[0])


def _judged(usage: Usage, call: ast.Call, interest: Interest) -> Usage | None:
    root = usage.symbol.partition(".")[0]
    reads = isinstance(call.func, ast.Attribute) and call.func.attr.startswith(("from_", "get"))
    reads = reads or usage.symbol.rpartition(".")[2].startswith("get_")
    if usage.kind == "call" and root in _CDK and paths_of(interest, usage.symbol):
        return msgspec.structs.replace(usage, kind="field")  # it adds what a rule asks for
    if usage.kind == "call" and not (reads and "pulumi" in root):
        return None
    named = {keyword.arg for keyword in call.keywords}
    if reads and root not in _CDK:
        pass
    elif root in _CDK:
        if not _is_told_where(call, named) or (reads and len(call.args) + len(named) < _LOOKED_UP):
            return None
    elif usage.symbol.endswith("Args") or not (call.args or named & {"resource_name", "scope", "title"}):
        return None
    kind = "data" if reads else "resource"
    translated = _terraform(usage.symbol)
    if translated is None or not interest.wants("terraform", translated[0]):
        return msgspec.structs.replace(usage, kind=kind, values=_values(call, usage.symbol, interest))
    type_, is_data = translated
    kind = "data" if reads or is_data else "resource"
    values = _values(call, type_, interest)
    return msgspec.structs.replace(usage, namespace="terraform", symbol=type_, kind=kind, values=values)


_LOOKED_UP: Final = 3
"""Arguments at least of what looks a construct up: where, under which id, and by what. ``Code.from_bucket`` has two."""


def _is_told_where(call: ast.Call, named: set[str | None]) -> bool:
    """Whether a call gives a scope and an id, as constructs of the CDK take them; what is made without is only handed
    to one, principals (``CompositePrincipal(one, other)``) too."""
    if len(call.args) < 2:
        return {"scope", "id"} <= named
    return not (isinstance(call.args[0], ast.Call) and isinstance(call.args[1], ast.Call))


def _values(call: ast.Call, symbol: str, interest: Interest) -> dict[str, Any]:
    """What a call says under the paths that rules ask for."""
    paths = paths_of(interest, symbol)
    arguments = _arguments(call) if paths else {}
    return {path: value for path in paths if (value := under(arguments, path.split("."), _in_plural)) is not ABSENT}


def _terraform(symbol: str) -> tuple[str, bool] | None:
    """The Terraform type that a name of Pulumi's or CDKTF's stands for, and whether it is a data source."""
    module, _, name = symbol.rpartition(".")
    root = module.partition(".")[0]
    if root.startswith(_CDKTF):
        provider = re.sub(r"^(?:cdktf_cdktf|cdktn)_provider_", "", root).removesuffix("_beta")
        last = module.rpartition(".")[2]
        if last in (root, "provider"):
            return None
        return f"{provider}_{last.removeprefix(f'data_{provider}_')}", last.startswith(f"data_{provider}_")
    if root == "imports" and module != root:
        return _generated(module.split(".")[1].removesuffix("_beta"), name)
    if root not in BRIDGED:
        return None
    classes = python_names().classes
    if name.startswith("get_"):
        wanted = name.removeprefix("get_").replace("_", "")
        return next(((type_, True) for kind, type_ in classes.get(module, {}).items() if kind.lower() == wanted), None)
    if name == "get":
        module, _, name = module.rpartition(".")
    kinds = classes.get(module) or classes.get(module.rpartition(".")[0], {})  # each class has a file of its own
    type_ = kinds.get(name)
    return None if type_ is None else (type_, False)


def _generated(provider: str, name: str) -> tuple[str, bool] | None:
    """The type of a class that ``cdktf get`` made; its module is that of a type, a service or the provider."""
    type_ = _HUMP.sub("_", name).lower()
    if type_ == f"{provider}_provider":
        return None
    return f"{provider}_{type_.removeprefix(f'data_{provider}_')}", type_.startswith(f"data_{provider}_")


def _arguments(call: ast.Call) -> dict[str, Any]:
    """The keyword arguments as values. An object of arguments (``QueueArgs(…)``) is the arguments themselves."""
    found: dict[str, Any] = {}
    for keyword in call.keywords:
        if keyword.arg is None:
            found[""] = UNKNOWN
        else:
            found[keyword.arg] = _value(keyword.value)
    for argument in (*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "args")):
        if isinstance(argument, ast.Call) and _name(argument.func).endswith("Args"):
            found.update(_arguments(argument))
    return found


def _value(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value=str() | bool() | int() | float() | None as value):
            return value
        case ast.List() | ast.Tuple():
            return [_value(item) for item in node.elts]
        case ast.Dict():
            return {key.value: _value(value) for key, value in _pairs(node)}
        case ast.Call() if not node.args and _name(node.func)[:1].isupper():
            return _arguments(node)
        case ast.Attribute(value=ast.Name() | ast.Attribute() as of, attr=name) if (
            name.isupper() and _name(of)[:1].isupper()
        ):
            return name  # a member of an enumeration: ``s3.StorageClass.GLACIER``
        case _:
            return UNKNOWN


def _pairs(node: ast.Dict) -> Iterator[tuple[ast.Constant, ast.expr]]:
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield key, value


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _in_plural(mapping: Mapping[str, Any], key: str) -> Any:
    """What stands under a key of Terraform's, whose repeated blocks Pulumi names in the plural."""
    for name in (key, f"{key}s", f"{key}es", f"{key.removesuffix('y')}ies"):
        if name in mapping:
            return mapping[name]
    return get(mapping, "")
