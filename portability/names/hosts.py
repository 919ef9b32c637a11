"""DNS names of cloud endpoints, brought to the form in which the rules name them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from portability.patterns import regex

_AWS: Final = ("amazonaws.com", "amazonaws.com.cn", "amazonaws.eu", "api.aws", "api.amazonwebservices.eu")
_GOOGLE: Final = ".googleapis.com"
_GOOGLE_LOCATION = regex(r"(?:\*|us|eu|[a-z]{2,14}-[a-z]{4,13}\d{1,2})-(?=[a-z])")
_REGION = regex(r"(?:us|eu|ap|sa|ca|me|af|il|mx|cn|eusc|us-gov|us-iso[a-z]|eu-isoe)(?:-[a-z]+){1,2}-\d")
_TRAILING_REGION = regex(rf"-(?:{_REGION.pattern})$|-fips$")


def keys(host: str) -> Iterator[str]:
    """What a rule may call a host, from the narrowest: itself, itself without a region, and every domain above.

    ``orders.s3.eu-west-1.amazonaws.com`` gives ``orders.s3.amazonaws.com``, ``s3.amazonaws.com``, ``amazonaws.com``.
    The suffixes of other partitions (``amazonaws.eu``) stand for the first one's. Google writes the place before the
    service: ``us-documentai.googleapis.com``.
    """
    name = host.rstrip(".").lower()
    yield name
    for suffix in _AWS:
        if name == suffix or name.endswith("." + suffix):
            own = name[: -len(suffix)].rstrip(".").split(".") if name != suffix else []
            labels = [_TRAILING_REGION.sub("", label) for label in own if not is_region(label) and label != "dualstack"]
            name = ".".join([*labels, _AWS[0]])
            yield name
            break
    if name.endswith(_GOOGLE) and (near := _GOOGLE_LOCATION.match(name)) is not None:
        name = name[near.end() :]
        yield name
    _, dot, above = name.partition(".")
    while dot:
        yield above
        _, dot, above = above.partition(".")


def is_region(label: str) -> bool:
    """Whether a word is the code of a region of AWS (``eu-west-1``), or stands in for one (``*``, ``your-region``)."""
    return label in ("*", "region") or label.endswith("-region") or _REGION.fullmatch(label) is not None
