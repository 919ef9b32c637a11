"""Override files: ``override.tf`` and ``*_override.tf`` change blocks that other files of their directory declare.

https://developer.hashicorp.com/terraform/language/files/override: they are applied in the order of their names, each
attribute and all nested blocks of a name take the place of what was there.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from portability.parsers.terraform.body import Block
from portability.parsers.terraform.files import File
from portability.parsers.terraform.providers import configuration
from portability.patterns import regex

_OVERRIDES = regex(r"(?:.+_)?override\.(?:tf|tofu)(?:\.json)?")
_STATE = frozenset({"backend", "cloud"})
"""There is one, and an override's takes its place whatever its kind."""
_ADD_UP = _STATE | {"locals", "required_providers", "terraform"}
"""Blocks that stand beside their like. Of what they set, the last counts."""


def merged(files: Sequence[File]) -> list[File]:
    """The files of a directory with what overrides applied, and without the blocks that only changed others."""
    changes = sorted((file for file in files if _is_override(file)), key=lambda file: file.path)
    if not changes:
        return list(files)
    rest = [file for file in files if not _is_override(file)]
    declared = {key: block for file in rest for block in file.blocks if (key := _key(block)) is not None}
    for file in changes:
        kept = []
        if any(block.keyword in _STATE for block in file.blocks):
            rest = [one._replace(blocks=[block for block in one.blocks if block.keyword not in _STATE]) for one in rest]
        for block in file.blocks:
            key = _key(block)
            if key is None or key not in declared:
                kept.append(block)
            else:
                declared[key].body.override(block.body)
        rest.append(file._replace(blocks=kept))
    return rest


def _is_override(file: File) -> bool:
    return _OVERRIDES.fullmatch(posixpath.basename(file.path)) is not None


def _key(block: Block) -> tuple[str, ...] | None:
    """What two blocks that declare the same thing have in common; None for blocks that add up."""
    if block.keyword in _ADD_UP:
        return None
    if block.keyword == "provider" and block.labels:
        return "provider", configuration(block)
    return (block.keyword, *block.labels)
