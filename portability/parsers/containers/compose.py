"""A Compose file → the images, settings, log drivers and addresses of its services."""

from __future__ import annotations

from collections.abc import Iterator

from yaml.nodes import MappingNode, Node, ScalarNode

from portability.interest import Interest
from portability.model import Confidence, Problem, Reading, Source, Usage
from portability.parsers.kubernetes.nodes import digest_of, entries, get, scalars, text
from portability.parsers.kubernetes.places import Binding, hosts
from portability.parsers.yaml_files import image_symbol, location, reading, roots
from portability.patterns import regex

_DEFAULT = regex(r"\$\{\w+:?-([^{}]*)\}")


def read(source: Source, written: str, problems: list[Problem], interest: Interest) -> Reading:
    """The reading of one Compose file."""
    usages: list[Usage] = []
    for root, line in roots(source, written, problems):
        services = get(root, "services")
        for name, service in entries(services) if isinstance(services, MappingNode) else ():
            for binding, confidence in _bindings(service):
                if interest.wants("kubernetes", binding.symbol):
                    usages.append(
                        Usage(
                            language="containers",
                            namespace="kubernetes",
                            symbol=binding.symbol,
                            address=name.value,
                            location=location(binding.node, source.path, line),
                            kind="field",
                            digest=digest_of("containers", binding.symbol, text(binding.content)),
                            confidence=confidence,
                        )
                    )
    return reading(usages, problems)


def _bindings(service: Node) -> Iterator[tuple[Binding, Confidence]]:
    image = get(service, "image")
    if isinstance(image, ScalarNode):
        # Who starts it may say otherwise than the default.
        filled = _DEFAULT.sub(lambda match: match[1], image.value)
        if symbol := image_symbol(filled):
            yield Binding(symbol, image, image), "certain" if filled == image.value else "likely"
    driver = get(service, "logging", "driver")
    if isinstance(driver, ScalarNode):
        yield Binding(f"LogDriver/{driver.value}", driver, driver), "certain"
    for node in (get(service, "environment"), get(service, "build", "args")):
        for binding in _settings(node):
            yield binding, "certain"


def _settings(node: Node | None) -> Iterator[Binding]:
    """Names of variables, and the hosts that their values hold; a mapping, or a sequence of ``NAME=value``."""
    if isinstance(node, MappingNode):
        for key, value in entries(node):
            yield Binding(f"env/{key.value}", key, value)
            yield from hosts(value)
    elif node is not None:
        for scalar in scalars(node):
            yield Binding(f"env/{scalar.value.partition('=')[0]}", scalar, scalar)
            yield from hosts(scalar)
