"""Which service leans on which, by the references between blocks of one module."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from portability.model import Edge, Finding, Role

_ORDER: tuple[Role, ...] = ("primary", "part", "look-up", "provider-only")


def edges(findings: Sequence[Finding]) -> tuple[Edge, ...]:
    """Edges between services, the most frequent first.

    A pair of blocks counts once. A service's own parts do not count, nor do look-ups that are leant on: everything asks
    for the region.
    """
    blocks: dict[tuple[str, str, str], Finding] = {}
    for finding in sorted(findings, key=lambda one: _ORDER.index(one.role)):
        blocks.setdefault((finding.component, finding.language, finding.address), finding)
    counts: Counter[tuple[str, str]] = Counter()
    for (component, language, _), finding in blocks.items():
        for reference in finding.references:
            other = blocks.get((component, language, reference))
            if other is not None and other.role in ("primary", "part") and other.service != finding.service:
                counts[finding.service, other.service] += 1
    found = [Edge(source=one, target=other, times=times) for (one, other), times in counts.items()]
    return tuple(sorted(found, key=lambda edge: (-edge.times, edge.source, edge.target)))
