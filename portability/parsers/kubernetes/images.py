"""Images of containers and machines, and the registries that have them, as symbols."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from yaml.nodes import MappingNode, Node, ScalarNode

from portability.parsers.kubernetes.bindings import Binding
from portability.parsers.kubernetes.nodes import entries, filled_in, is_open, mappings, scalars, text
from portability.patterns import regex

_NO_HOST = regex(r"[@=]")
_BLANK = regex(r"\s")
"""What no name of an image holds. Actions take scripts under keys of any name."""
_MACHINE_IMAGE = regex(r"ami-(?:[0-9a-f]{17}|[0-9a-f]{8})|\d{12}/[\w./ -]+")
_OPEN_HOST = regex(r"[\w.*-]*\.[\w-]+\.[a-z]{2,}")
"""A registry of which somebody fills in the first labels: ``*.azurecr.io``."""
_MAX_SECRET: Final = 100_000


def images(node: Node) -> Iterator[Binding]:
    """A container image: registry host and repository. Placeholders behind the host become ``*``."""
    for scalar in scalars(node):
        name = filled_in(scalar.value).partition("@")[0]
        host, slash, repository = name.partition("/")
        if not slash or not ("." in host or ":" in host or host == "localhost"):
            host, repository = "docker.io", name if slash else f"library/{name}"
        parent, slash, last = repository.rpartition("/")
        repository = parent + slash + last.partition(":")[0]
        is_host = host.strip(".") != "" and ("*" not in host or _OPEN_HOST.fullmatch(host) is not None)
        if last and is_host and not name.startswith(("/", "*/")) and not is_open(name) and not _BLANK.search(name):
            is_default = "$" in scalar.value and ":" in scalar.value.partition("}")[0]
            yield Binding(f"image/{host}/{repository}", scalar, scalar, "likely" if is_default else "certain")


def images_with_host(node: Node) -> Iterator[Binding]:
    """An image whose registry is written before it, where a name alone may mean anything. Charts list theirs by name,
    too."""
    named = [value for _, value in entries(node)] if isinstance(node, MappingNode) else [node]
    for scalar in (scalar for one in named for scalar in scalars(one)):
        host, slash, _ = filled_in(scalar.value).partition("/")
        if slash and "." in host and not _NO_HOST.search(host) and "://" not in scalar.value:
            yield from images(scalar)


def image_in_parts(node: MappingNode) -> Iterator[Binding]:
    """An image as charts write it: ``{registry, repository, tag}``, where either may stand elsewhere, or as ``name``
    with its registry."""
    parts = {key.value.lower(): value for key, value in entries(node)}
    if "repository" not in parts and "name" in parts:
        yield from images_with_host(parts["name"])
    repository, registry = parts.get("repository"), parts.get("registry")
    host = text(registry).rstrip("/")
    if isinstance(repository, ScalarNode) and repository.value:
        # That an image is on Docker Hub ties to nobody; which one it is may.
        where = registry if isinstance(registry, ScalarNode) and host not in ("", "docker.io") else repository
        name = f"{host}/{repository.value}" if host else repository.value
        whole = ScalarNode("", name, where.start_mark, where.end_mark)
        yield from (binding._replace(node=where, content=node) for binding in images(whole))
    elif isinstance(registry, ScalarNode) and "." in host and not is_open(host):
        yield Binding(f"image/{host}/*", registry, registry)


def renamed_images(node: Node) -> Iterator[Binding]:
    """What an image is called instead: ``web=registry.example/web:1``."""
    for scalar in scalars(node):
        _, equals, new = scalar.value.rpartition("=")
        if equals:
            whole = ScalarNode("", new, scalar.start_mark, scalar.end_mark)
            yield from (binding._replace(node=scalar, content=scalar) for binding in images_with_host(whole))


def pull_secret(node: Node) -> Iterator[Binding]:
    """The registries that a pull secret signs in to, encoded or not. What it signs in with is not looked at."""
    import json  # few files hold one

    for scalar in scalars(node):
        written = scalar.value.strip()
        with suppress(ValueError, RecursionError):
            if not written.startswith("{") and len(written) <= _MAX_SECRET:
                written = base64.b64decode(written, validate=True).decode()
            found = json.loads(written)
            auths = found.get("auths", found) if isinstance(found, dict) else None
            for registry in auths if isinstance(auths, dict) else ():
                host = registry.removeprefix("https://").partition("/")[0]
                if "." in host and not is_open(host):
                    yield Binding(f"image/{host}/*", scalar, scalar)


def registries(node: Node) -> Iterator[Binding]:
    """Registries that a mapping has by their hosts, as ``credHelpers`` of Docker's settings."""
    for mapping in mappings([node]):
        for key, value in entries(mapping):
            host = key.value.removeprefix("https://").partition("/")[0]
            if "." in host and not is_open(host):
                yield Binding(f"image/{host}/*", key, value)


def machine_images(node: Node) -> Iterator[Binding]:
    """The image of a machine, by its id or by its owner's account and its name."""
    for scalar in scalars(node):
        if _MACHINE_IMAGE.fullmatch(scalar.value):
            yield Binding("MachineImage/aws", scalar, scalar)
