"""Regular expressions that are compiled when they are first used, not when their module is imported.

A run imports a hundred of them and uses some thirty; compiling the others would be a twentieth of a short check.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, Generic, cast


class _Later(Generic[AnyStr]):
    """Stands for a compiled pattern. Each method, once asked for, is the pattern's own, and costs no more than that."""

    def __init__(self, text: AnyStr, flags: int) -> None:
        self._written: tuple[AnyStr, int] = (text, flags)

    def __getattr__(self, name: str) -> Any:
        asked = getattr(re.compile(*self._written), name)
        setattr(self, name, asked)
        return asked


def regex(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What ``re.compile`` gives, but not yet. An error in the pattern is raised at its first use."""
    return cast("re.Pattern[AnyStr]", _Later(text, flags))
