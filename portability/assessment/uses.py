"""What has to be worked on: findings that are one use together, how hard a use binds, and how much work it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from portability.catalogue import Catalogue
from portability.model import LOCK_IN, SIZES, Equivalent, Finding, LockIn, Size

_ORDER = list(LOCK_IN)


class Use(NamedTuple):
    """What is worked on once: ``places`` are its findings, the first in order of reading first.

    ``again`` where the component has another of the same type with the same features before it: whoever has moved one
    moves the next with less thought.
    """

    places: list[Finding]
    again: bool


def hardness(level: LockIn) -> int:
    """Rank of a level from easy to hard. ``unknown`` ranks just below proprietary: neither hidden nor shouted."""
    return _ORDER.index("convertible") * 2 + 1 if level == "unknown" else _ORDER.index(level) * 2


def finding_level(findings: Sequence[Finding]) -> LockIn:
    """The hardest level among findings; ``unknown`` is not hidden behind an easier one."""
    return max((finding.lock_in for finding in findings), key=hardness, default="unknown")


def is_used(finding: Finding) -> bool:
    """Whether a finding shows that production code uses a service: more than a pinned package, a name or an address
    that only a run could tell makes possible. A service that nobody knows is there all the same, to be found out."""
    sure = finding.confidence != "possible" or finding.lock_in == "unknown"
    return sure and finding.context == "production" and finding.active != "no"


def counts_for_effort(finding: Finding) -> bool:
    """Whether a finding takes part in effort: used, and not accepted."""
    return is_used(finding) and not finding.accepted


def moves(finding: Finding) -> bool:
    """Whether a finding is, or belongs to, something that has to be moved."""
    return counts_for_effort(finding) and finding.role in ("primary", "part")


def uses_of(findings: Iterable[Finding]) -> list[Use]:
    """The uses of one service that carry effort.

    In configuration a use is a definition: copies (environments, ``for_each``) of one content are one. In code it is a
    component's way of using the service: forty calls of one feature in one distribution are one use. Parts without a
    primary in sight (a client made here and called elsewhere) are one use together.
    """
    counted = [finding for finding in findings if counts_for_effort(finding)]
    primaries = [finding for finding in counted if finding.role == "primary"]
    uses: dict[object, list[Finding]] = defaultdict(list)
    for finding in primaries or [finding for finding in counted if finding.role == "part"][:1]:
        place = finding.component if finding.language == "python" else finding.digest or finding.fingerprint
        uses[finding.features, finding.language, place].append(finding)
    return list(_marked(uses))


def _marked(uses: Mapping[object, list[Finding]]) -> Iterator[Use]:
    before = set()
    for places in uses.values():
        first = places[0]
        way = (first.component, first.language, first.symbol, first.features)
        yield Use(places, way in before)
        before.add(way)


def size_of(use: Use, target: str, catalogue: Catalogue) -> Size:
    """The size of a use on a target: the largest that one of its answers there asks, and one less where it is a use
    again."""
    level = finding_level(use.places)
    asked = [size_asked(level, answer, catalogue) for answer in use.places[0].equivalents if answer.target == target]
    size: Size = max(asked, key=SIZES.index, default="unknown")
    return SIZES[SIZES.index(size) - 1] if use.again and size not in ("XS", "unknown") else size


def size_asked(level: LockIn, answer: Equivalent, catalogue: Catalogue) -> Size:
    """What an answer asks of a use at a level: what its product asks, and at least what that level asks; unless the
    use falls away on leaving."""
    own = answer.effort.get("each", "unknown")
    if answer.fidelity == "not-needed":
        return own
    if level == "unknown" or answer.product is None:
        return "unknown"
    return max(own, least(level, answer, catalogue), key=SIZES.index)


def least(level: LockIn, answer: Equivalent, catalogue: Catalogue) -> Size:
    """The smallest size of a use at a level; larger where something that it uses is lost."""
    table = catalogue.effort
    return (table.at_least_with_loss if answer.fidelity == "partial" else table.at_least)[level]
