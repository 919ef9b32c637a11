"""Where a literal's call, or the settings module around it, sends what the literal names."""

from __future__ import annotations

import ast
from typing import Any, Final

from portability.model import UNKNOWN
from portability.parsers.python.displays import named
from portability.parsers.python.literals.places import target

_ENDPOINT_KEYS: Final = frozenset({"endpoint_url", "endpoint", "endpoint_override", "account_host", "api_endpoint"})
_ENDPOINT_SETTINGS: Final = frozenset({"AWS_S3_ENDPOINT_URL", "GS_CUSTOM_ENDPOINT", "AZURE_ENDPOINT_SUFFIX"})


def endpoint_in(call: ast.expr) -> Any:
    """The endpoint that a call says, or a mapping in it: a text, ``UNKNOWN``, or None when there is none."""
    found: Any = None
    for node in ast.walk(call):
        for key, value in named(node):
            if key in _ENDPOINT_KEYS:
                found = value.value if isinstance(value, ast.Constant) else UNKNOWN
            elif key in ("storage_options", "client_kwargs", "transport_params") and not isinstance(value, ast.Dict):
                found = UNKNOWN if found is None else found
    return found


def endpoint_settings(tree: ast.Module) -> Any:
    """The endpoint that a settings module gives beside its storage back end; None when it gives none."""
    for node in tree.body:
        if not isinstance(node, ast.Assign):
            continue
        name = target(node.targets[0])
        if name in _ENDPOINT_SETTINGS:
            return node.value.value if isinstance(node.value, ast.Constant) else UNKNOWN
        if name == "STORAGES" and (found := endpoint_in(node.value)) is not None:
            return found
    return None
