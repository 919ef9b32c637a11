"""Pipelines in YAML → their steps. One table of keys serves every system, since their keys do not contradict.

What is particular to one system is where it says that it is itself: a buildspec has phases, Cloud Build has steps
whose names are images.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from msgspec import structs
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from portability.interest import Interest
from portability.model import Location, Namespace, Problem, Source
from portability.parsers.delivery.steps import Step
from portability.parsers.kubernetes.nodes import entries, get, part_of, scalars, text
from portability.parsers.strings import commands
from portability.parsers.whereabouts import in_capitals
from portability.parsers.yaml_files import image_symbol, location, roots, walk
from portability.patterns import regex

_BUILDSPEC = regex(r"buildspec[^/]*$")
_CLOUD_BUILD = regex(r"cloudbuild[^/]*$")
_SCRIPTS = frozenset(
    (
        *("run", "script", "scripts", "before_script", "after_script", "command", "commands", "inlineScript"),
        *("bash", "pwsh", "powershell", "install", "before_install", "after_success", "deploy", "args"),
    )
)
"""Keys under which a shell's text stands."""
_VARIABLES = frozenset(("env", "environment", "variables", "secrets", "with"))
"""Keys under which variables stand, and what an action or another workflow is given."""
_SOMEWHERE_ELSE = regex(r"localstack|azurite|ENDPOINT|EMULATOR|MINIO", re.IGNORECASE)
"""What variables say that lead to a stand-in for the provider."""
_NO_SECRET = regex(r"\w{0,8}(?:test|dummy|fake|mock|foo|bar|example|x{3,}|minio)\w{0,8}", re.IGNORECASE)
_SIGNS_IN = regex(
    r"(?:_|^)(?:ID|KEY|SECRET|CREDENTIALS|TOKEN|PASSWORD|REGION|ROLE|ARN|PROJECT|ACCOUNT|PROFILE|REGISTRY|REPOSITORY|BUCKET"
    r"|CLUSTER(?:_NAME)?)$"
)
"""How variables end that a program signs in with, or by which it finds its way."""
_REGISTRY = regex(r"[\w-]+(?:\.[\w-]+)+")
_NAMED = regex(r"\$\{\{[ \t]*(?:secrets|vars|env)\.([A-Z][A-Z0-9_]*)[ \t]*\}\}")
"""A secret or a variable in the place of a value."""
_AZURE_KEYS = ("steps", "jobs", "stages", "extends")


def steps(source: Source, text: str, problems: list[Problem], interest: Interest) -> Iterator[Step]:
    """Every step of a file, known to anybody or not."""
    name = source.path.rpartition("/")[2].lower()
    lines = text.split("\n")
    for root, line in roots(source, text, problems):
        if not isinstance(root, MappingNode) or not root.value:
            continue
        is_cloud_build = _CLOUD_BUILD.match(name) is not None and get(root, "steps") is not None
        if (system := _own_system(source.path, name, root)) is not None:
            yield Step("ci", system, system, location(root.value[0][0], source.path, line))
        for path, key, value in walk(root):
            names = _NAMES.get(key.value)
            if is_cloud_build and key.value == "name" and path == ("steps",):
                names = _images
            for node, symbol in names(path, value) if names is not None else ():
                namespace: Namespace = "kubernetes" if symbol.startswith("image/") else "ci"
                yield Step(namespace, symbol, _address(path), location(node, source.path, line))
            for node, symbol in _variables(value) if key.value in _VARIABLES else ():
                # A registry says which service it is, as its address or as the secret that has it.
                is_aside = symbol.startswith("env/") and "{{" not in node.value
                yield Step("kubernetes", symbol, _address(path), location(node, source.path, line), is_aside=is_aside)
            for scalar in scalars(value) if key.value in _SCRIPTS else ():
                yield from _commands(scalar, _address(path), source.path, lines, line, interest)


def _commands(
    script: ScalarNode, address: str, path: str, lines: Sequence[str], line: int, interest: Interest
) -> Iterator[Step]:
    whole = location(script, path, line)
    for tie in commands(script.value, interest.claims_command):
        place = whole
        if script.style == "|":  # its text begins on the line after its mark
            row = whole.line + 1 + script.value.count("\n", 0, tie.start)
            place = structs.replace(whole, line=row, column=1, end_line=row, end_column=1)
        elif (found := part_of(script, tie.start, tie.end, lines[whole.line - 1 : whole.end_line])) is not None:
            row, column, end = whole.line + found[0], found[1] + 1, found[2] + 1
            place = Location(path=path, line=row, column=column, end_line=row, end_column=end)
        yield Step(tie.namespace, tie.symbol, address, place, "likely")


def _own_system(path: str, name: str, root: Node) -> str | None:
    """The provider's own system that runs this file, by its name and its top-level keys."""
    if _BUILDSPEC.match(name) and get(root, "phases") is not None:
        return "buildspec"
    if _CLOUD_BUILD.match(name) and get(root, "steps") is not None:
        return "cloudbuild"
    if "azure-pipelines" in path.lower() and any(get(root, key) is not None for key in _AZURE_KEYS):
        return "azure-pipelines"
    return None


def _address(path: tuple[str, ...]) -> str:
    """The job that an entry belongs to: ``jobs.<name>`` or the first key."""
    return path[1] if len(path) > 1 and path[0] == "jobs" else path[0] if path else ""


Names = Iterator[tuple[ScalarNode, str]]


def _uses(_path: tuple[str, ...], value: Node) -> Names:
    for scalar in scalars(value):
        written = scalar.value
        if written.startswith("docker://"):
            yield from _image(scalar, written.removeprefix("docker://"))
        elif not written.startswith("./"):
            # Forgejo's runners take an action from any forge by its whole address.
            _, at, elsewhere = written.partition("://")
            name = elsewhere.partition("/")[2] if at else written
            yield scalar, name.partition("@")[0].lower()


def _variables(value: Node) -> Names:
    """The variables of a mapping, or of a list of names and values, and the registries that they name."""
    pairs = list(entries(value)) if isinstance(value, MappingNode) else []
    for one in value.value if isinstance(value, SequenceNode) else ():
        if isinstance(name := get(one, "name"), ScalarNode):
            pairs.append((name, get(one, "value") or name))
    if any(_SOMEWHERE_ELSE.search(f"{key.value} {text(written)}") for key, written in pairs):
        return
    for key, written in pairs:
        if isinstance(written, ScalarNode) and not _NO_SECRET.fullmatch(written.value):
            variable = key.value if key.value.isupper() else in_capitals(key.value)
            if _SIGNS_IN.search(variable):
                yield key, f"env/{variable}"
            named = _NAMED.search(written.value)
            if named is not None and key.value == "registry":
                yield written, f"env/{named[1]}"
            elif named is not None and named[0] == written.value and _SIGNS_IN.search(named[1]):
                yield key, f"env/{named[1]}"
            elif _REGISTRY.fullmatch(written.value):
                yield written, f"image/{written.value}/*"
            elif "/" in written.value:
                yield from _image(written, written.value)


def _task(_path: tuple[str, ...], value: Node) -> Names:
    for scalar in scalars(value):
        name, at, _ = scalar.value.partition("@")
        if at:
            yield scalar, name


def _images(_path: tuple[str, ...], value: Node) -> Names:
    """An image: a scalar, a mapping with ``name`` (GitLab, Bitbucket), or a sequence of such."""
    nodes = list(scalars(value))
    if isinstance(name := get(value, "name"), ScalarNode):
        nodes.append(name)
    for scalar in nodes:
        yield from _image(scalar, scalar.value)


def _image(scalar: ScalarNode, written: str) -> Names:
    if (symbol := image_symbol(written)) is not None:
        yield scalar, symbol


def _orbs(path: tuple[str, ...], value: Node) -> Names:
    for _, _, written in walk(value) if not path else ():
        if isinstance(written, ScalarNode):
            yield written, f"orb/{written.value.partition('@')[0]}"


def _pipe(_path: tuple[str, ...], value: Node) -> Names:
    for scalar in scalars(value):
        yield scalar, f"pipe/{scalar.value.removeprefix('docker://').partition(':')[0]}"


def _included(path: tuple[str, ...], value: Node) -> Names:
    for scalar in scalars(value) if path == ("include",) else ():
        yield scalar, f"template/{scalar.value}"


def _travis(path: tuple[str, ...], value: Node) -> Names:
    for scalar in scalars(value) if path and path[-1] == "deploy" else ():
        yield scalar, f"travis/{scalar.value}"


_NAMES: Mapping[str, Callable[[tuple[str, ...], Node], Names]] = MappingProxyType(
    {
        "uses": _uses,
        "task": _task,
        "image": _images,
        "container": _images,
        "orbs": _orbs,
        "pipe": _pipe,
        "template": _included,
        "provider": _travis,
    }
)
