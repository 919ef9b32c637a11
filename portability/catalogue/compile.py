"""Rules → one index. Runs when the package is built, when a checkout's rules have changed, and for ``--rules DIR``."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from portability.catalogue import derived, index
from portability.catalogue.errors import CatalogueError
from portability.catalogue.profile import with_profiles
from portability.catalogue.schema import EffortTable, Service, each_path
from portability.catalogue.source import Rules, read_rules
from portability.catalogue.twins import twins
from portability.catalogue.validate import claims, conditions, validate
from portability.interest import Claim, Interest, NameTable, plainly
from portability.model import Namespace, Problem
from portability.names.needles import needles


def compile_rules(directory: Path) -> index.Index:
    """Read, check and compile a rule directory. Raises CatalogueError with every problem found."""
    return _checked(read_rules([directory]), str(directory / "effort.yaml"))


def extend(catalogue: index.Catalogue, directories: Sequence[Path]) -> index.Catalogue:
    """A catalogue with a user's rules on top; a file of the same id replaces ours. Raises CatalogueError."""
    ours = Rules(
        providers=dict(catalogue.providers),
        vendors=dict(catalogue.vendors),
        health=dict(catalogue.health),
        capabilities=dict(catalogue.capabilities),
        services={id: catalogue.service(id) for id in catalogue.service_ids},
        targets=dict(catalogue.targets),
        products=dict(catalogue.products),
        effort=catalogue.effort,
        templates=dict(catalogue.templates),
    )
    return index.Catalogue(_checked(read_rules(directories, ours), "effort.yaml"))


def _checked(rules: Rules, effort_path: str) -> index.Index:
    if problems := validate(rules):
        raise CatalogueError(problems)
    if rules.effort is None:
        message = "effort.yaml is missing; it says what sizes mean"
        raise CatalogueError([Problem(path=effort_path, line=1, kind="rule", message=message)])
    return build(rules, rules.effort)


def build(rules: Rules, effort: EffortTable) -> index.Index:
    """The index of rules that hold together."""
    targets, products = with_profiles(rules)
    services = {id: index.encoded(service) for id, service in sorted(rules.services.items())}
    kinds = (rules.capabilities, targets, products, rules.vendors, rules.health)
    rest = [index.encoded(dict(sorted(part.items()))) for part in kinds]
    templates = index.encoded(dict(sorted(rules.templates.items())))
    providers = dict(sorted(rules.providers.items()))
    asked = interest(rules)
    names = {namespace: index.encoded(table) for namespace, table in asked.names.items()}
    # The names count too: some come from data beside the rules.
    raws = (*services.values(), *rest, *names.values(), templates, index.encoded(providers), index.encoded(effort))
    return index.Index(
        version=index.content_hash([bytes(part) for part in raws]),
        words=dict(asked.words),
        needles=asked.needles,
        attributes=dict(asked.attributes),
        names=names,
        providers=providers,
        effort=effort,
        services=services,
        capabilities=rest[0],
        targets=rest[1],
        products=rest[2],
        vendors=rest[3],
        health=rest[4],
        templates=templates,
    )


def interest(rules: Rules) -> Interest:
    """What the rules ask of the parsers."""
    claimed: dict[Namespace, dict[str, Claim]] = {}
    for _, namespace, pattern, claim, _ in claims(rules):
        claimed.setdefault(namespace, {})[pattern] = claim
    derived.extend(claimed, rules.services)
    attributes: dict[str, set[str]] = {}
    for service in rules.services.values():
        for symbol, path in _asked(service):
            for name in {symbol, plainly(symbol), *twins(symbol)}:
                attributes.setdefault(name, set()).add(path)
    words = {id: tuple(provider.words) for id, provider in sorted(rules.providers.items())}
    names = index.name_tables(claimed)
    return Interest(
        words=words,
        needles=needles(
            chain.from_iterable(words.values()),
            manifests=names.get("kubernetes", NameTable()).patterns(),
            strings=names.get("string", NameTable()).patterns(),
        ),
        names=names,
        attributes={symbol: tuple(sorted(paths)) for symbol, paths in sorted(attributes.items())},
    )


def _asked(service: Service) -> list[tuple[str, str]]:
    asked = [
        (symbol, path)
        for condition in conditions(service)
        for symbols in condition.values()
        for symbol, sign in symbols.items()
        if not isinstance(sign, str)
        for path in sign
    ]
    for wanted in service.inputs.values():
        for places in wanted.found_in.values():
            asked.extend((symbol, path) for symbol, paths in places.items() for path in each_path(paths))
    for named in service.identity.values():
        asked.extend((symbol, path) for symbol, paths in named.items() for path in paths)
    return asked
