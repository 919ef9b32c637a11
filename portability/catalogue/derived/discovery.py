"""Google's discovery client: whoever claims an API's host claims the objects that ``build("pubsub", "v1")`` makes.

``googleapiclient.pubsub`` is no module. It is how the parser calls such an object, and ``….projects.topics.publish`` a
request of it, as Google's own reference does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from portability.interest import Claim

_HOST = ".googleapis.com"


def names(hosts: Mapping[str, Claim]) -> Iterator[tuple[str, Claim]]:
    """``(name, claim)`` for each API that the rules know by its host."""
    for host, claim in hosts.items():
        api = host.removesuffix(_HOST)
        if api != host and api.isalnum():
            yield f"googleapiclient.{api}", Claim(claim.service, "primary")
