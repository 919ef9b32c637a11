"""Classes whose fields variables of the environment fill: pydantic's settings."""

from __future__ import annotations

import ast

from portability.parsers.python.displays import is_plain, named
from portability.parsers.python.scopes import Binding, Scope

SETTINGS = frozenset({"pydantic_settings.BaseSettings", "pydantic.BaseSettings", "pydantic.v1.BaseSettings"})

_ALIASES = ("validation_alias", "alias", "env")
"""Arguments of ``Field`` that name the variable."""


def variable(scope: Scope, name: str, binding: Binding) -> str:
    """The variable that fills a field of a class of settings, as it is mostly written: in upper case; empty where the
    field has a value of its own in the code, or is none."""
    if binding.annotation is None or name.startswith("_") or name == "model_config":
        return ""
    default = binding.node
    if isinstance(default, ast.Constant):
        return "" if default.value not in (None, ...) else f"{_prefix(scope)}{name}".upper()
    if isinstance(default, ast.Call):
        said = dict(named(default))
        for alias in _ALIASES:
            if (value := said.get(alias)) is not None:
                return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""
        first = default.args[0] if default.args else said.get("default")
        if isinstance(first, ast.Constant) and first.value not in (None, ...) and is_plain(first.value):
            return ""
    elif default is not None:
        return ""
    return f"{_prefix(scope)}{name}".upper()


def _prefix(scope: Scope) -> str:
    """``env_prefix`` of the class, by ``model_config`` or by a class ``Config`` within."""
    for binding in scope.names.get("model_config", ()):
        for key, value in named(binding.node):
            if key == "env_prefix" and isinstance(value, ast.Constant) and isinstance(value.value, str):
                return value.value
    for binding in scope.names.get("Config", ()):
        for inner in binding.scope.names.get("env_prefix", ()) if binding.scope is not None else ():
            if isinstance(inner.node, ast.Constant) and isinstance(inner.node.value, str):
                return inner.node.value
    return ""
