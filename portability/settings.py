"""What the user has decided about a run: `[tool.portability]` in pyproject.toml, or portability.toml."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """Decisions that reading depends on. Paths are relative to the scanned root, with ``/``.

    ``modules`` maps a Terraform module's source, as written and without version, to a local directory. ``also`` are
    sibling checkouts whose modules may be called; ``var_files`` are read as ``-var-file`` would be. ``helm`` is the
    program that renders charts; none leaves them unrendered. Files that an ``exclude`` glob matches are not read.
    """

    modules: Mapping[str, str] = {}
    also: tuple[str, ...] = ()
    var_files: tuple[str, ...] = ()
    helm: str | None = None
    exclude: tuple[str, ...] = ()


DEFAULT = Settings()
