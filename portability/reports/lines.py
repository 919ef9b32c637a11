"""One line a finding, as compilers write them. Imports nothing heavy: this is what a hook prints."""

from __future__ import annotations

from collections.abc import Iterable

from portability.model import Finding


def render(findings: Iterable[Finding]) -> str:
    """``path:line:column: level service: message``, a line each."""
    return "".join(
        f"{f.location.path}:{f.location.line}:{f.location.column}: {f.lock_in} {f.service} ({f.symbol}): {f.message}\n"
        for f in findings
    )
