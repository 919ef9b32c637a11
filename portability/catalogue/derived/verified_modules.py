"""Azure's verified modules are called after the type that they make: ``avm-res-network-bastionhost`` makes
``Microsoft.Network/bastionHosts``, so whoever claims the type has the module too.

Source: the naming rules of Azure Verified Modules, https://azure.github.io/Azure-Verified-Modules/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from portability.interest import Claim

_PLURALS = (("ies", "y"), ("sses", "ss"), ("s", ""))


def names(types: Mapping[str, Claim]) -> Iterator[tuple[str, Claim]]:
    """Module → whoever claims the type of Azure Resource Manager that it makes."""
    for pattern, claim in types.items():
        namespace, slash, kind = pattern.lower().partition("/")
        if slash and kind.isalnum() and namespace.startswith("microsoft."):
            provider = namespace.removeprefix("microsoft.")
            yield f"azure/avm-res-{provider}-{_singular(kind)}/azurerm*", claim


def _singular(kind: str) -> str:
    for plural, one in _PLURALS:
        if kind.endswith(plural) and not kind.endswith("redis"):
            return kind.removesuffix(plural) + one
    return kind
