"""Names that go by the host of one of Google's APIs: whoever claims the host claims these too.

``googleapiclient.pubsub`` is no module. It is how the parser calls what ``build("pubsub", "v1")`` makes, and
``….projects.topics.publish`` a request of it, as Google's own reference does. ``roles/pubsub.publisher`` is a
predefined role: a right to call the API.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from portability.interest import Claim
from portability.model import Namespace

_HOST = ".googleapis.com"


def names(hosts: Mapping[str, Claim]) -> Iterator[tuple[Namespace, str, Claim]]:
    """``(namespace, pattern, claim)`` for each API that the rules know by its host."""
    for host, claim in hosts.items():
        api = host.removesuffix(_HOST)
        if api != host and api.isalnum():
            yield "python", f"googleapiclient.{api}", Claim(claim.service, "primary")
            yield "string", f"roles/{api}.*", Claim(claim.service, "permission")
