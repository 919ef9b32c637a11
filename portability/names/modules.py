"""Terraform modules that are called after what they make: ``acme/s3-bucket/aws``, ``acme/v3/azurerm//key_vault``."""

from __future__ import annotations

from collections.abc import Iterator

from portability.patterns import regex

_PROVIDER = regex(r"(?:aws|azure|azurerm|gcp|google)_")
_VERSION = regex(r"_?v\d+$")


def called_after(module: str) -> Iterator[str]:
    """What a module may be called after, as part of a type's name, the innermost folder first: ``key_vault``. A plural
    is also told as one."""
    package, _, inner = module.partition("//")
    name = package.split("/")[-2:-1]
    for part in reversed([*name, *inner.split("/")]):
        word = _VERSION.sub("", _PROVIDER.sub("", part.replace("-", "_"), count=1))
        if word:
            yield word
            if word.endswith("s"):
                yield word.removesuffix("s")
