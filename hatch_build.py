"""Build hook: the wheel carries the compiled catalogue and its templates, not the rules they come from."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileCatalogue(BuildHookInterface):  # type: ignore[type-arg]
    """Compiles ``rules/`` into the package before it is packed."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 (hatchling's signature)
        """Fail the build when the rules do not hold together. An editable install compiles when it is used."""
        if version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, self.root)
        try:
            from portability.catalogue import COMPILED
            from portability.catalogue.checkout import compile_into
        finally:
            sys.path.remove(self.root)
        compile_into(COMPILED, root / "rules")
