"""Addresses of places in code, at the forge that holds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import quote

from portability.model import Location


def linker(patterns: Mapping[str, str]) -> Callable[[Location], str]:
    """What makes an address of a location from a pattern with ``{path}`` and ``{line}``; empty without one. In the
    pattern of one repository, the path is that inside it."""

    def link(location: Location) -> str:
        repository, _, inside = location.path.partition("/")
        pattern = patterns.get(repository, "") if inside else ""
        path = inside if pattern else location.path
        pattern = pattern or patterns.get("", "")
        if not pattern:
            return ""
        path = quote(path.encode("utf-8", "surrogatepass"))
        return pattern.replace("{path}", path).replace("{line}", str(location.line))

    return link
