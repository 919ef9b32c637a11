"""What every CI system's reader gives: steps by name, with their place."""

from __future__ import annotations

from typing import NamedTuple

from portability.model import Confidence, Location, Namespace


class Step(NamedTuple):
    """Something that a pipeline does or runs on. ``address`` is the job, as far as it is known."""

    namespace: Namespace
    symbol: str
    address: str
    location: Location
    confidence: Confidence = "certain"
    is_aside: bool = False
    """Whether it says nothing that a step of the same provider does not say better, as a variable does."""
