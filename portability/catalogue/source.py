"""Rule files → structs. Every error names file, line and key, and all of them are told at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml
from yaml.constructor import SafeConstructor

from portability.catalogue.errors import CatalogueError
from portability.catalogue.schema import (
    Capability,
    EffortTable,
    Health,
    Product,
    Provider,
    Rule,
    Service,
    Target,
    Vendor,
)
from portability.model import Problem
from portability.parsers.guards import too_deep
from portability.patterns import regex

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
RuleT = TypeVar("RuleT", bound=Rule)

MAX_RULE_BYTES = 1_000_000


class Document:
    """A parsed rule file that remembers where its keys stand."""

    def __init__(self, path: str, node: yaml.Node | None) -> None:
        self.path = path
        self.node = node

    def line(self, *keys: str | int) -> int:
        """The line of a key path, or of the deepest part of it that exists."""
        node, line = self.node, 1
        for key in keys:
            if isinstance(node, yaml.MappingNode):
                for key_node, value in node.value:
                    if key_node.value == str(key):
                        line, node = key_node.start_mark.line + 1, value
                        break
                else:
                    break
            elif isinstance(node, yaml.SequenceNode):
                match = [i for i, item in enumerate(node.value) if i == key or getattr(item, "value", None) == key]
                if not match:
                    break
                node = node.value[match[0]]
                line = node.start_mark.line + 1
            else:
                break
        return line

    def problem(self, message: str, *keys: str | int) -> Problem:
        """A problem at a key path; the message should say what is wrong and what to do."""
        return Problem(path=self.path, line=self.line(*keys), kind="rule", message=message)


class Rules(msgspec.Struct, kw_only=True):
    """All rule files of one or more directories, by id. ``lines`` finds a key's line for an error message."""

    providers: dict[str, Provider] = {}
    vendors: dict[str, Vendor] = {}
    health: dict[str, Health] = {}
    capabilities: dict[str, Capability] = {}
    services: dict[str, Service] = {}
    targets: dict[str, Target] = {}
    products: dict[str, Product] = {}
    effort: EffortTable | None = None
    templates: dict[str, str] = {}
    documents: dict[str, Document] = {}

    def document(self, id: str) -> Document:
        """The file of a rule, ``services/aws/sqs``; one of the built-in catalogue has no lines to show."""
        return self.documents.get(id) or Document(f"{id}.yaml (built in)", None)


_KINDS: tuple[tuple[re.Pattern[str], str, type[Rule]], ...] = (
    (regex(r"providers/([a-z0-9-]+)\.yaml"), "providers", Provider),
    (regex(r"vendors/([a-z0-9-]+)\.yaml"), "vendors", Vendor),
    (regex(r"health/([a-z0-9-]+)\.yaml"), "health", Health),
    (regex(r"capabilities/([a-z0-9-]+)\.yaml"), "capabilities", Capability),
    (regex(r"services/([a-z0-9-]+/[a-z0-9-]+)\.yaml"), "services", Service),
    (regex(r"targets/([a-z0-9-]+)/target\.yaml"), "targets", Target),
    (regex(r"targets/([a-z0-9-]+/[a-z0-9-]+)\.yaml"), "products", Product),
    (regex(r"(effort)\.yaml"), "effort", EffortTable),
)


def read_rules(directories: Sequence[Path], onto: Rules | None = None) -> Rules:
    """Read rule directories, each on top of what is before it. Raises CatalogueError with every problem found."""
    rules, problems = onto or Rules(), list[Problem]()
    for directory in directories:
        for path, name in _rule_files(directory, problems):
            if name.endswith(".j2"):
                rules.templates[name.removeprefix("targets/")] = path.read_text(encoding="utf-8")
            else:
                _read_file(path, name, rules, problems)
    if problems:
        raise CatalogueError(problems)
    return rules


def _rule_files(directory: Path, problems: list[Problem]) -> Iterator[tuple[Path, str]]:
    if not directory.is_dir():
        message = "this is not a directory of rules; name one that holds services/, capabilities/ or targets/"
        problems.append(Problem(path=str(directory), line=1, kind="rule", message=message))
        return
    for path in sorted(directory.rglob("*")):
        if path.suffix in (".yaml", ".yml", ".j2") and path.is_file():
            yield path, path.relative_to(directory).as_posix()


def _read_file(path: Path, name: str, rules: Rules, problems: list[Problem]) -> None:
    shown = path.as_posix()
    known = next(((m[1], place, kind) for pattern, place, kind in _KINDS if (m := pattern.fullmatch(name))), None)
    if known is None:
        message = (
            "no rule lives here; use services/<provider>/<service>.yaml, capabilities/<capability>.yaml, "
            "targets/<target>/<product>.yaml, providers/, vendors/ or health/, in lower case with hyphens"
        )
        problems.append(Problem(path=shown, line=1, kind="rule", message=message))
        return
    id, collection, kind = known
    try:
        document = Document(shown, _compose(path))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problems.append(Problem(path=shown, line=line, kind="rule", message=f"not YAML: {error.problem}"))
        return
    except (yaml.YAMLError, ValueError, OSError) as error:
        problems.append(Problem(path=shown, line=1, kind="rule", message=f"cannot be read: {error}"))
        return
    if document.node is not None and (repeated := list(_repeated(document.node))):
        # YAML lets the last one win, which loses what an earlier one says without a word.
        for line, key, first in repeated:
            message = f"`{key}` stands on line {first} already; put the two together"
            problems.append(Problem(path=shown, line=line, kind="rule", message=message))
        return
    try:
        rule = msgspec.convert(_plain(document.node), kind)
    except msgspec.ValidationError as error:
        message, keys = _explain(error)
        problems.append(document.problem(message, *keys))
        return
    except yaml.MarkedYAMLError as error:
        problems.append(Problem(path=shown, line=1, kind="rule", message=f"not plain YAML: {error.problem}"))
        return
    rules.documents[f"{collection}/{id}"] = document
    if isinstance(rule, EffortTable):
        rules.effort = rule
    else:
        getattr(rules, collection)[id] = rule


def _compose(path: Path) -> yaml.Node | None:
    data = path.read_bytes()
    if len(data) > MAX_RULE_BYTES:
        raise ValueError(f"a rule file of {len(data):,} bytes is not one; split it")
    if (line := too_deep(data)) is not None:
        raise ValueError(f"brackets are nested too deep on line {line}")
    node = yaml.compose(data, Loader=_Loader)
    # Aliases would let a small file grow without end, and a rule is for people to read.
    if node is not None and _has_alias(node):
        raise ValueError("anchors and aliases are not used in rules; write the value out")
    return node


def _has_alias(root: yaml.Node) -> bool:
    seen: set[int] = set()
    pending = [root]
    while pending:
        node = pending.pop()
        if id(node) in seen:
            return True
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            pending.extend(item for pair in node.value for item in pair)
        elif isinstance(node, yaml.SequenceNode):
            pending.extend(node.value)
    return False


def _repeated(root: yaml.Node) -> Iterator[tuple[int, str, int]]:
    """Keys that stand twice in one mapping: the line of the later one, the key, the line of the first."""
    pending = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, yaml.MappingNode):
            first: dict[str, int] = {}
            for key, _ in node.value:
                line = key.start_mark.line + 1
                if not isinstance(key, yaml.ScalarNode):
                    continue
                if key.value in first:
                    yield line, key.value, first[key.value]
                first.setdefault(key.value, line)
            pending.extend(value for _, value in node.value)
        elif isinstance(node, yaml.SequenceNode):
            pending.extend(node.value)


class _Constructor(SafeConstructor):
    """Reads as YAML 1.2 does: dates and ``yes``, ``no`` (a country too), ``on``, ``off`` are text, not bools."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        if node.tag == "tag:yaml.org,2002:timestamp":
            return node.value
        if node.tag == "tag:yaml.org,2002:bool" and node.value.lower() not in ("true", "false"):
            return node.value
        return super().construct_object(node, deep)


def _plain(node: yaml.Node | None) -> Any:
    return None if node is None else _Constructor().construct_document(node)


def _explain(error: msgspec.ValidationError) -> tuple[str, list[str | int]]:
    """Split msgspec's ``message - at `$.names.terraform``` into the message and the key path."""
    message, _, place = str(error).partition(" - at `")
    keys: list[str | int] = []
    for name, index in re.findall(r"\.([^.\[\]`]+)|\[(\d+|\.\.\.)\]", place):
        if name and name != "$":
            keys.append(name)
        elif index.isdigit():
            keys.append(int(index))
    if unknown := re.search(r"unknown field `([^`]+)`", message):
        keys.append(unknown[1])
        message = f"unknown key `{unknown[1]}`; see `portability rules schema` for the keys there are"
    return message[0].lower() + message[1:], keys
