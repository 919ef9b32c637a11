"""A Compose file → the images, settings, log drivers and addresses of its services."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from yaml.nodes import MappingNode, Node, ScalarNode

from portability.interest import Interest
from portability.model import Confidence, Namespace, Problem, Reading, Source, Usage
from portability.parsers.kubernetes.asked import asked_of
from portability.parsers.kubernetes.bindings import Binding, hosts
from portability.parsers.kubernetes.endpoints import is_elsewhere
from portability.parsers.kubernetes.nodes import digest_of, entries, get, scalars, text
from portability.parsers.strings import commands
from portability.parsers.whereabouts import place_of, said_together
from portability.parsers.yaml_files import image_symbol, location, reading, roots
from portability.patterns import regex

_DEFAULT = regex(r"\$\{\w+:?-([^{}]*)\}")


def read(source: Source, written: str, problems: list[Problem], interest: Interest) -> Reading:
    """The reading of one Compose file."""
    usages: list[Usage] = []
    asked = asked_of(interest)
    for root, line in roots(source, written, problems):
        services = get(root, "services")
        for name, service in entries(services) if isinstance(services, MappingNode) else ():
            for binding, confidence, namespace in _bindings(service, interest.claims_command):
                if interest.wants(namespace, binding.symbol) and not is_elsewhere(binding, service, asked):
                    usages.append(
                        Usage(
                            language="containers",
                            namespace=namespace,
                            symbol=binding.symbol,
                            address=name.value,
                            location=location(binding.node, source.path, line),
                            kind="command" if namespace == "command" else "field",
                            digest=digest_of("containers", binding.symbol, text(binding.content)),
                            confidence=confidence,
                        )
                    )
    return reading(usages, problems)


def _bindings(service: Node, claims: Callable[[str], bool]) -> Iterator[tuple[Binding, Confidence, Namespace]]:
    image = get(service, "image")
    if isinstance(image, ScalarNode):
        # Who starts it may say otherwise than the default.
        filled = _DEFAULT.sub(lambda match: match[1], image.value)
        if symbol := image_symbol(filled):
            yield Binding(symbol, image, image), "certain" if filled == image.value else "likely", "kubernetes"
    driver = get(service, "logging", "driver")
    if isinstance(driver, ScalarNode):
        yield Binding(f"LogDriver/{driver.value}", driver, driver), "certain", "kubernetes"
    for node in (get(service, "environment"), get(service, "build", "args")):
        for binding in _settings(node):
            yield binding, binding.confidence, "kubernetes"
    for node in (get(service, "command"), get(service, "entrypoint")):
        words = list(scalars(node)) if node is not None else []
        # A list of words is one command; a word with spaces in it is one for a shell.
        lines = [" ".join(word.value for word in words), *(word.value for word in words[1:] if " " in word.value)]
        for tie in commands("\n".join(lines), claims):
            yield Binding(tie.symbol, words[0], words[0]), "likely", tie.namespace


def _settings(node: Node | None) -> Iterator[Binding]:
    """Names of variables, what they say with their values, and the hosts in these; a mapping, or a sequence of
    ``NAME=value``."""
    if isinstance(node, MappingNode):
        for key, value in entries(node):
            yield Binding(f"env/{key.value}", key, value)
            yield from hosts(value)
            yield from _said(key.value, text(value), value)
    elif node is not None:
        for scalar in scalars(node):
            name, _, value = scalar.value.partition("=")
            yield Binding(f"env/{name}", scalar, scalar)
            yield from hosts(scalar)
            yield from _said(name, value, scalar)


def _said(name: str, value: str, node: Node) -> Iterator[Binding]:
    symbol = place_of(value) or said_together(name, value)
    if symbol is not None and isinstance(node, ScalarNode) and not name.startswith(_OWN):
        yield Binding(symbol, node, node, "likely")


_OWN = ("AWS_", "GOOGLE_", "GCP_", "AZURE_")
"""Variables that say by their name whose the place is."""
