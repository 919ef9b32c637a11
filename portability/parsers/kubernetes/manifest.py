"""A document → the objects in it: manifests, settings that are no object of their own, and patches of either."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Final

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from portability.model import Pointer
from portability.parsers.kubernetes.gitops import pointers
from portability.parsers.kubernetes.nodes import entries, get, mappings, text
from portability.parsers.kubernetes.origin import Origin
from portability.parsers.kubernetes.patches import operations
from portability.parsers.kubernetes.shapes import Shape, Spot

Pairs = Sequence[tuple[ScalarNode, Node]]
"""The entries of a mapping."""

_BODIES: Final = (
    "spec",
    "metadata",
    "data",
    "stringData",
    "parameters",
    "provisioner",
    "rules",
    "subjects",
    "forProvider",
)
"""Keys that tell an object from a reference to one, which has ``apiVersion`` and ``kind`` too."""
_POLICIES: Final = ("kyverno.io", "gatekeeper.sh", "admissionregistration.k8s.io", "policies.kubewarden.io")
"""Groups whose objects hold patterns of manifests, and no workload."""
_OWN: Final = (".k8s.io", ".x-k8s.io")
"""How groups of Kubernetes end. What others have names its settings as they like."""


class Manifest:
    """One object of Kubernetes, or a file of settings (then without ``api_version``), or a patch of either.

    ``owner`` is the address of what has no name of its own; ``depth`` counts the texts that the object is within.
    """

    def __init__(
        self,
        root: MappingNode,
        api_version: ScalarNode | None,
        kind: str,
        origin: Origin,
        owner: str,
        depth: int,
        *,
        is_patch: bool = False,
    ) -> None:
        self.root, self.api_version, self.kind = root, api_version, kind
        self.origin, self.owner, self.depth, self.is_patch = origin, owner, depth, is_patch
        self.group = text(api_version).rpartition("/")[0]
        self.is_of_policy = self.group.endswith(_POLICIES)
        self.is_custom = "." in self.group and not self.group.endswith(_OWN)

    @cached_property
    def address(self) -> str:
        """Kind, namespace and name."""
        if self.api_version is None:
            return self.owner
        name = get(self.root, "metadata", "name") or get(self.root, "metadata", "generateName")
        return "/".join(filter(None, (self.kind, text(get(self.root, "metadata", "namespace")), text(name))))

    def pointers(self) -> Iterator[Pointer]:
        """The folders that it deploys."""
        return pointers(text(self.api_version), self.kind, self.root, self.origin)

    def mappings(self, top: Spot) -> Iterator[tuple[Shape, MappingNode, Pairs]]:
        """Every mapping with its shape and its entries, the root first, which stands at ``top``. Objects within are
        read by themselves, and what a patch takes away is left out."""
        todo = [(top, self.root)]
        while todo:
            spot, mapping = todo.pop()
            pairs = entries(mapping)
            keys = tuple([key.value for key, _ in pairs])
            if "$patch" in keys and text(get(mapping, "$patch")) == "delete":
                continue
            yield spot.shape(keys), mapping, pairs
            for key, value in pairs:
                if not isinstance(value, ScalarNode) and (below := spot.below(key.value)) is not None:
                    todo.extend([(below, inner) for inner in mappings([value]) if not _is_object(inner)])


def manifests(root: Node | None, origin: Origin, depth: int = 0, *, nested: bool = True) -> Iterator[Manifest]:
    """The objects in a document: itself, the items of a ``List``, and the objects that its fields hold in full.

    The items of a typed list (``DeploymentList``) take over what they leave out. None where ``apiVersion`` or
    ``kind`` lacks. Whoever knows that there is but one ``apiVersion`` says ``nested=False`` and saves a walk.
    """
    todo: list[tuple[Node | None, Node | None, str]] = [(root, None, "")]
    while todo:
        node, inherited_version, inherited_kind = todo.pop()
        if not isinstance(node, MappingNode):
            continue
        api_version = get(node, "apiVersion") or inherited_version
        kind = text(get(node, "kind")) or inherited_kind
        items = get(node, "items")
        if not isinstance(api_version, ScalarNode) or not kind or kind == "CustomResourceDefinition":
            continue
        if kind.endswith("List") and isinstance(items, SequenceNode):
            item_kind = kind.removesuffix("List")
            todo.extend((item, api_version if item_kind else None, item_kind) for item in reversed(items.value))
            continue
        manifest = Manifest(node, api_version, kind, origin, "", depth)
        yield manifest
        if nested and not manifest.is_of_policy:
            todo.extend((inner, None, "") for inner in _objects_in(node))


def settings_in(root: MappingNode, kind: str, origin: Origin, owner: str, depth: int = 0) -> Iterator[Manifest]:
    """What is no object itself: settings of a kind, and the objects that they hold, as ``extraObjects`` of a chart."""
    yield Manifest(root, None, kind, origin, owner, depth)
    for inner in _objects_in(root):
        yield from manifests(inner, origin, depth)


def patched(root: Node | None, origin: Origin, kind: str, depth: int = 0) -> Iterator[Manifest]:
    """What a patch sets: a strategic one as the manifest that it is a part of, a JSON patch operation by operation, and
    the objects that either puts into what it changes."""
    parts = [root] if isinstance(root, MappingNode) else operations(root) if root is not None else ()
    for part in parts:
        api_version = get(part, "apiVersion") if part is root else None
        version = api_version if isinstance(api_version, ScalarNode) else None
        own_kind = (text(get(part, "kind")) if part is root else "") or kind
        yield Manifest(part, version, own_kind, origin, kind or "patch", depth, is_patch=True)
        for inner in _objects_in(part):
            yield from manifests(inner, origin, depth)


def _objects_in(root: MappingNode) -> Iterator[MappingNode]:
    todo: list[Node] = [value for _, value in entries(root)]
    while todo:
        for mapping in mappings([todo.pop()]):
            if _is_object(mapping):
                yield mapping
            else:
                todo.extend(value for _, value in entries(mapping) if not isinstance(value, ScalarNode))


def _is_object(mapping: MappingNode) -> bool:
    if len(mapping.value) < len(("apiVersion", "kind", "spec")):
        return False
    keys = [key.value for key, _ in mapping.value]
    return "apiVersion" in keys and "kind" in keys and any(body in keys for body in _BODIES)
