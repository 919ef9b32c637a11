"""Where the state lies: backends, the reading of another's state, and the files that complete a backend.

A backend may be left empty in the configuration and be completed at ``init`` from a file of attributes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from portability.model import UNKNOWN
from portability.parsers.terraform.body import Block, Body
from portability.parsers.terraform.providers import endpoints_in
from portability.parsers.terraform.steps import joined

_PLACES: Final = ("region", "environment", "metadata_host", "universe_domain")
_OWN_ENDPOINT: Final = {"s3": "endpoint", "gcs": "storage_custom_endpoint"}


def is_partial(path: str) -> bool:
    """Whether a file completes a backend: it holds attributes and declares nothing."""
    name = path.rpartition("/")[2]
    return name.endswith((".tfbackend", ".backend")) or (name.endswith(".hcl") and "backend" in name)


def kept_by(block: Block) -> tuple[str, Body] | None:
    """The kind of the backend that a block is about, and the body that configures it; None for other blocks."""
    match block.keyword, block.labels:
        case "backend", (kind,):
            return kind, block.body
        case ("remote_state", ()) | ("data", ("terraform_remote_state", _)):
            kind = block.body.evaluated("backend")
            bodies = block.body.children("config")
            return (kind, bodies[0]) if isinstance(kind, str) and bodies else None
        case _:
            return None


def endpoint(kind: str, body: Body, partial: Sequence[Body] | None) -> Any:
    """Where the backend is told to go: an address, a mapping of service to address, UNKNOWN, or None when it is told
    nothing. ``partial`` are the bodies that may complete it; None says that nothing can."""
    own = _told(kind, body)
    if own is not None or kind != "s3" or partial is None or "bucket" in body.attributes:
        return own
    # Without a bucket it is completed from elsewhere, which then may say the endpoint too.
    return joined([_told(kind, other) for other in partial if "bucket" in other.attributes] or [UNKNOWN])


def places(block: Block) -> tuple[str, ...]:
    """Regions and clouds that a backend names."""
    state = kept_by(block)
    values = [state[1].evaluated(name) for name in _PLACES if name in state[1].attributes] if state else []
    return tuple(value for value in values if isinstance(value, str))


def _told(kind: str, body: Body) -> Any:
    given = endpoints_in(body)
    own = body.find([_OWN_ENDPOINT[kind]]) if kind in _OWN_ENDPOINT else []
    if not own:
        return given
    return {kind: own[0]} | (given if isinstance(given, dict) else {}) if kind == "s3" else own[0]
