"""What leans on what in a Terraform module, nearest first, so that proposals refer to each other as the blocks did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from portability.model import Finding

_FARTHEST = 6
"""Steps after which what leans has little to do with what is leant on."""


class Block(NamedTuple):
    """A block of a module: the component that it is in, and its address there."""

    component: str
    address: str


def block_of(finding: Finding) -> Block:
    """Where a finding stands."""
    return Block(finding.component, finding.address)


class Blocks:
    """The blocks that findings stand in, with what each of them names."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self._leans: dict[Block, tuple[Block, ...]] = {}
        leant_on: dict[Block, list[Block]] = defaultdict(list)
        for finding in findings:
            block = block_of(finding)
            if finding.language == "terraform" and block not in self._leans:
                self._leans[block] = tuple(Block(finding.component, address) for address in finding.references)
                for other in self._leans[block]:
                    leant_on[other].append(block)
        self._leant_on: Mapping[Block, list[Block]] = dict(leant_on)

    def below(self, start: Iterable[Block], through: Callable[[Block], bool]) -> Iterator[list[Block]]:
        """What some blocks lean on, nearest first, each once; further only through those that ``through`` allows."""
        return _levels(start, lambda block: self._leans.get(block, ()), through)

    def above(self, start: Iterable[Block], through: Callable[[Block], bool]) -> Iterator[list[Block]]:
        """What leans on some blocks, in the same way."""
        return _levels(start, lambda block: self._leant_on.get(block, ()), through)


def _levels(
    start: Iterable[Block], step: Callable[[Block], Iterable[Block]], through: Callable[[Block], bool]
) -> Iterator[list[Block]]:
    level = list(dict.fromkeys(start))
    seen = set(level)
    for distance in range(_FARTHEST):
        passed = [block for block in level if distance == 0 or through(block)]
        level = list(dict.fromkeys(other for block in passed for other in step(block) if other not in seen))
        if not level:
            return
        seen.update(level)
        yield level
