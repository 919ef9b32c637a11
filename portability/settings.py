"""What the user has decided about a run: `[tool.portability]` in pyproject.toml, or portability.toml, and options."""

from __future__ import annotations

from collections.abc import Mapping, Set

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """Decisions that reading depends on. Paths are relative to the scanned root, with ``/``.

    Files that an ``exclude`` glob matches are not read. ``modules`` says which directory below the root a module's
    source stands for. ``also`` are folders outside the root, by name: what lies in one goes by ``../NAME/…``; only
    whoever runs the tool names them. ``var_files`` are names and contents of files of variable values. ``helm`` is the
    command that renders charts; without it none is. ``only`` are the files that anybody asks about, by their printable
    paths; what is read around them is read for their sake. None is all of them.
    """

    exclude: tuple[str, ...] = ()
    modules: Mapping[str, str] = {}
    also: Mapping[str, str] = {}
    var_files: tuple[tuple[str, bytes], ...] = ()
    helm: tuple[str, ...] = ()
    only: Set[str] | None = None

    def asks(self, path: str) -> bool:
        """Whether anybody asks what a file holds."""
        return self.only is None or path in self.only


DEFAULT = Settings()
