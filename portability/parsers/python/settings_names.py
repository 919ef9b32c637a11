"""What a program is configured by, told by the names alone: a settings module's constants, and pydantic's settings.

``AWS_STORAGE_BUCKET_NAME = …`` in Django's settings, and a field ``azure_openai_endpoint`` of a class of
``BaseSettings``, are variables as manifests set them. What the code looks up by name is told where it does.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Final

from portability.patterns import regex

_MODULE: Final = regex(r"(?:^|/)(?:settings|config|configuration)(?:[_-][^/]*)?(?:\.py$|/[^/]+\.py$)|_settings\.py$")
_CONSTANT: Final = regex(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_BASE: Final = "BaseSettings"
_ADDRESS: Final = "ENDPOINT_URL"
"""What a name says that may just as well send the program to somebody else."""
_NAMED: Final = frozenset({"validation_alias", "alias", "env"})
"""Arguments of ``Field`` by which a field has another variable, which is told as one that is looked up."""


def may_hold(path: str, data: bytes) -> bool:
    """Whether a file is a settings module, or has such classes. Cheap."""
    return _MODULE.search(path) is not None or _BASE.encode() in data


def names(path: str, tree: ast.Module, wanted: Callable[[str], bool]) -> Iterator[tuple[ast.Name, str, str]]:
    """The names that stand for wanted variables: the place, the variable, and the address below the module's."""
    counts = _MODULE.search(path) is not None
    todo: list[tuple[ast.stmt, str, bool, str | None]] = [(node, "", counts, None) for node in tree.body]
    while todo:
        node, address, counts, prefix = todo.pop()
        if isinstance(node, ast.ClassDef):
            below = _prefix(node) if any(map(_is_base, node.bases)) else None
            todo.extend((inner, f"{address}.{node.name}", counts, below) for inner in node.body)
        elif isinstance(node, ast.If | ast.Try | ast.With):
            todo.extend((inner, address, counts, prefix) for inner in node.body + getattr(node, "orelse", []))
        elif isinstance(node, ast.Assign | ast.AnnAssign) and (counts or prefix is not None):
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            if isinstance(target, ast.Name) and target.id != "model_config" and not _is_told(node.value):
                variable = target.id if prefix is None else f"{prefix}{target.id}".upper()
                if _CONSTANT.fullmatch(variable) and _ADDRESS not in variable and wanted(variable):
                    yield target, variable, address


def _is_told(value: ast.expr | None) -> bool:
    """Whether a value is looked up by a name that the code writes, as ``env("AWS_REGION")`` is."""
    for node in ast.walk(value) if value is not None else ():
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _CONSTANT.fullmatch(node.value):
            return True
        if isinstance(node, ast.keyword) and node.arg in _NAMED:
            return True
    return False


def _is_base(base: ast.expr) -> bool:
    return (getattr(base, "attr", None) or getattr(base, "id", "")) == _BASE


def _prefix(settings: ast.ClassDef) -> str:
    """``env_prefix`` of a class, wherever its configuration says it."""
    for node in ast.walk(settings):
        match node:
            case ast.keyword(arg="env_prefix", value=ast.Constant(value=str() as prefix)):
                return prefix
            case ast.Assign(targets=[ast.Name(id="env_prefix")], value=ast.Constant(value=str() as prefix)):
                return prefix
            case ast.Dict():
                for key, value in zip(node.keys, node.values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == "env_prefix" and isinstance(value, ast.Constant):
                        return str(value.value)
    return ""
