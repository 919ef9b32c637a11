"""What stands in front of pods, or guards them, is of the cluster too: a Gateway, a NetworkPolicy, no machine's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from portability.model import Finding
from portability.proposals.links import Block, Blocks, block_of
from portability.proposals.rendering import Templates, language_of
from portability.proposals.work import Work

_RUNS = frozenset({"virtual-machine", "bare-metal", "container-service", "function", "web-application", "batch"})
_FRONT = "load-balancer"
"""What is in front of programs alone; who else leans on it, such as a record, only asks for its address."""


def take_pods(works: Sequence[Work], templates: Templates, findings: Sequence[Finding]) -> None:
    """Give each work that has a template for pods that one, where nothing else leans on it.

    Where the code of this module does not tell who leans on a balancer, it is in front of pods if programs run in pods
    and nowhere else.
    """
    blocks = Blocks(findings)
    # Who asks an endpoint of the provider for its address does not stand behind what guards that.
    at: dict[Block, list[Work]] = defaultdict(list, {block_of(one): [] for one in findings if _falls_away(one)})
    for work in works:
        for finding in work.findings:
            if work.declared and work.template and finding.language == "terraform":
                at[block_of(finding)].append(work)
    homes = {_is_pod(work) for work in works if work.declared and work.template and _capability(work) in _RUNS}
    # What is in front first: what guards it looks at what that has become.
    for work in sorted(works, key=lambda work: _capability(work) != _FRONT):
        template = templates.pods(work.equivalent.product_id, _capability(work)) if work.declared else ""
        if not template:
            continue
        users = [_is_pod(user) for user in _users(work, at, blocks)]
        if all(users) if users else _capability(work) == _FRONT and homes == {True}:
            work.template = template


def _users(work: Work, at: Mapping[Block, list[Work]], blocks: Blocks) -> list[Work]:
    """The nearest who lean on it, and what it leads to by its parts."""
    own = [block_of(one) for one in (*work.findings, *work.parts)]

    def counts(user: Work) -> bool:
        if _capability(work) == _FRONT:
            return _capability(user) in _RUNS
        return user.findings[0].service != work.findings[0].service

    def nearest(levels: Iterator[list[Block]]) -> list[Work]:
        for level in levels:
            if found := [user for block in level for user in at.get(block, ()) if counts(user)]:
                return found
        return []

    found = nearest(blocks.above(own, lambda block: block not in at))
    if _capability(work) == _FRONT:
        found += nearest(blocks.below(own, lambda block: block not in at))
    return found


def _falls_away(finding: Finding) -> bool:
    return finding.role == "provider-only" and finding.language == "terraform"


def _capability(work: Work) -> str:
    return work.equivalent.capability


def _is_pod(work: Work) -> bool:
    return language_of(work.template) == "yaml"
