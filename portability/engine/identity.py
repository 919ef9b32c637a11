"""Which thing a use means: the name that it says, or the variable of the environment that brings it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from portability.catalogue.schema import Service
from portability.catalogue.twins import covers
from portability.model import HOLE, Usage
from portability.patterns import regex

_NAME = regex(r"(?:[\w./-]|\{\}){1,200}")
"""What names are written with, holes too. Nothing else gets into a report: a connection string may hold a key."""


def meant(service: Service, usage: Usage) -> tuple[str, str, str]:
    """What a use calls the thing that it means, as ``plain`` says it: its name, or the name with holes for what only a
    run could tell, or the variable that brings it; empty is what it does not say."""
    paths = next((said for symbol, said in _identity(service, usage) if covers(symbol, usage.symbol)), ())
    for path in paths:
        value = _image(usage.symbol).get(path) if path.startswith("image.") else usage.values.get(path)
        if path in usage.variables or value is not None:
            template = plain(usage.templates.get(path, ""))
            return (
                plain(value) if isinstance(value, str) else "",
                template if HOLE in template and template.strip("{}/._-") else "",
                usage.variables.get(path, ""),
            )
    return "", "", ""


def plain(text: str) -> str:
    """The name alone, of a name, an ARN, an address or a path of resources; empty where there is none in it."""
    name = _inside(text.strip())
    return name if _NAME.fullmatch(name) else ""


def _inside(text: str) -> str:
    if text.startswith("arn:"):
        return _of_arn(text.split(":", 5))
    scheme, separator, rest = text.partition("://")
    if separator:
        host, _, path = rest.partition("?")[0].partition("/")
        if scheme in ("s3", "s3a", "s3n", "gs"):
            return host
        return path.rstrip("/").rpartition("/")[2] or host.partition(".")[0]
    if text.startswith(("projects/", "/subscriptions/")):
        parts = text.strip("/").split("/")
        return parts[parts.index("secrets") + 1] if "secrets" in parts[:-1] else parts[-1]
    return text


def _of_arn(parts: list[str]) -> str:
    """``arn:aws:dynamodb:eu-west-1:1:table/orders/index/x`` means ``orders``."""
    if len(parts) < 6:
        return ""
    service, resource = parts[2], parts[5]
    if service in ("s3", "sns", "sqs"):
        return resource.partition("/")[0].partition(":")[0]
    _, kind, name = resource.partition(":")
    if not kind:
        _, kind, name = resource.partition("/")
        name = name.partition("/")[0] if service == "dynamodb" else name
    return name.partition(":")[0] if kind else resource


def _identity(service: Service, usage: Usage) -> Iterable[tuple[str, list[str]]]:
    return service.identity.get(usage.namespace, {}).items()


def _image(symbol: str) -> Mapping[str, str]:
    """The parts of an image's address that may name its registry."""
    if not symbol.startswith("image/"):
        return {}
    _, host, repository = symbol.split("/", 2)
    _, _, below = repository.partition("/")
    return {
        "image.account": host.partition(".")[0],
        "image.repository": repository,
        "image.folder": below.partition("/")[0],
    }
