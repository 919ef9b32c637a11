"""What a whole value says by itself of where something runs: a region or zone, a kind of machine; and what a variable
says by its name and value together: which provider, which kind of store.

Everything here is syntax; whether a name is a provider's, the interest tells.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from portability.patterns import regex

_MAX: Final = 40
_REGION: Final = regex(r"[a-z]{2,14}(?:-gov|-iso[a-z]?)?-(?:[a-z]{4,9}-?\d{1,2})(?:-[a-f]|[a-f])?")
"""As AWS and Google write them, zones too. Azure's are words, which say where by the name before them."""
_AREA: Final = regex(r"[a-z]{4,18}\d?")
_NAMES_PLACE: Final = regex(r"(?:REGION|LOCATION|ZONE)S?$")
MACHINE: Final = (
    r"(?:db\.|cache\.)?[a-z]{1,4}\d[a-z0-9-]{0,6}\.(?:nano|micro|small|medium|\d{0,2}x?large|metal(?:-\d+xl)?)"
    r"|Standard_[A-Z]{1,3}\d\w{0,20}"
    r"|[a-z]\d[a-z]?-(?:standard|highmem|highcpu|micro|small|medium|highgpu|megagpu|ultragpu|megamem|ultramem)(?:-\d{1,3}g?)?"
    r"|(?:db-)?[a-z]\d[a-z]?-custom-\d{1,3}-\d{3,7}(?:-ext)?|ct\d[a-z]{0,2}-hightpu-\d{1,3}t"
)
"""A kind of machine of EC2, Azure or Compute Engine, which says by itself what it is."""
_MACHINE: Final = regex(MACHINE)
_WORDS: Final = regex(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[.-]")
_CHOOSES_PROVIDER: Final = regex(
    r"(?:^|_)(?:CLOUD(?:_(?:PROVIDER(?:_NAME)?|PLATFORM|TYPE|VENDOR|ENV|ENVIRONMENT))?|CSP|DEPLOY_TARGET|HYPERSCALER"
    r"|(?:K8S|KUBERNETES|CLUSTER|INFRA|INFRASTRUCTURE|KARPENTER|NODE)_PROVIDER)$"
)
_MAY_CHOOSE: Final = regex(r"(?:^|_)(?:PROVIDER|PLATFORM|TYPE|BACKEND|VENDOR|HOST_ENV)$")
_CHOOSES_STORE: Final = regex(
    r"(?:STORAGE|BACKUP|BUCKET|BLOB|STORE|FILESYSTEM|UPLOADS?|ARTIFACTS?|MEDIA)(?:_\w+)?"
    r"_(?:BACKEND|TYPE|PROVIDER|DRIVER|KIND)$"
)
_CLOUDS: Final = frozenset({"aws", "gcp", "eks", "gke", "aks", "bedrock", "vertexai", "sagemaker"})
"""Providers that nobody signs in with, so that ``provider`` alone says that they are meant."""
STORES: Final = {
    "s3": "s3",
    "gcs": "gcs",
    "gs": "gcs",
    "azure": "azureblob",
    "azureblob": "azureblob",
    "azure_blob": "azureblob",
    "azblob": "azureblob",
}
"""How settings call kinds of stores, and what each is called here."""


_SAYS_NOTHING: Final = regex(
    r"_(?:VERSION|SHA256|CHECKSUM|LENGTH|TIMEOUT|RETRIES|ATTEMPTS|INTERVAL|LOG_LEVEL)$"
    r"|_(?:METRIC_NAME|DIMENSIONS|DIMENSION_SELECT|DIMENSION_SELECT_REGEX|STATISTICS|TAG_SELECT)$|^(?:INSTALL|WITH|BUILD|SKIP|DISABLE)_"
)


def is_setting(name: str) -> bool:
    """Whether a variable may say something of where a program runs: which version of a tool is built in does not, nor
    how long it waits, nor which of a service's metrics are meant."""
    return _SAYS_NOTHING.search(name) is None


LABEL: Final = regex(r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}/[A-Za-z0-9][\w.-]{0,100}")
"""A label or an annotation with the domain of whoever reads it."""


@lru_cache(maxsize=4096)
def in_capitals(name: str) -> str:
    """The variable of the environment that a key would be: ``AWS_ACCESS_KEY_ID`` for ``awsAccessKeyId``. Empty for one
    of a single word, which says too little, and for a label."""
    words = _WORDS.sub("_", name).upper() if len(name) <= 2 * _MAX and "/" not in name else ""
    return words if "_" in words else ""


def place_of(value: str) -> str | None:
    """The symbol of a value that is a region, a zone or a kind of machine by its form, or None."""
    if not 5 <= len(value) <= _MAX:
        return None
    if "-" in value and _REGION.fullmatch(value):
        return f"Zone/{value}"
    is_machine = ("." in value or "-" in value or "_" in value) and _MACHINE.fullmatch(value)
    return f"InstanceType/{value}" if is_machine else None


@lru_cache(maxsize=4096)
def may_say_together(name: str) -> bool:
    """Whether a variable or a setting of this name says something by its value, for some value."""
    words = _WORDS.sub("_", name).upper()
    return any(one.search(words) for one in (_CHOOSES_PROVIDER, _MAY_CHOOSE, _CHOOSES_STORE, _NAMES_PLACE))


def said_together(name: str, value: str) -> str | None:
    """The symbol of what a variable or a setting of this name says by its value, or None."""
    if not 2 <= len(value) <= _MAX or len(name) > 2 * _MAX:
        return None
    words = _WORDS.sub("_", name).upper()
    if _CHOOSES_PROVIDER.search(words) or (value in _CLOUDS and _MAY_CHOOSE.search(words)):
        return f"Provider/{value.lower()}"
    if (store := STORES.get(value.lower())) is not None and _CHOOSES_STORE.search(words):
        return f"Store/{store}"
    if _AREA.fullmatch(value) and _NAMES_PLACE.search(words):
        return f"Zone/{value}"
    return None
