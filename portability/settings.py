"""What the user has decided about a run: `[tool.portability]` in pyproject.toml, or portability.toml."""

from __future__ import annotations

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """Decisions that reading depends on. Paths are relative to the scanned root, with ``/``.

    Files that an ``exclude`` glob matches are not read.
    """

    exclude: tuple[str, ...] = ()


DEFAULT = Settings()
