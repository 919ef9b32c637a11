"""Where the source of a module leads: to a directory of the tree, to a checkout beside it, or to what `init` installed.

Nothing is downloaded. What lies outside the tree, or was installed, belongs to somebody else (``is_foreign``): its
findings stand at the calls that bring it in.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import msgspec

from portability.patterns import regex

INSTALLED: Final = ".terraform/modules/modules.json"
"""What `terraform init` writes beside a configuration."""

ROOT: Final = "\U0010fffd"
"""What an absolute path begins with that leads into the tree: where that will lie, only a run could tell."""

_PUBLIC = regex(r"registry\.(?:terraform\.io|opentofu\.org)/")
_TRANSPORT = regex(r"(?:git::|hg::)?(?:[a-z+]+://)?(?:[^/@]+@)?")
_REGISTRY = regex(r"(?:[^/]+\.[^/]+/)?[^/.]+/([^/.]+)/([^/.]+)")


class _Entry(msgspec.Struct, rename="pascal"):
    source: str = ""
    dir: str = ""


class _Manifest(msgspec.Struct, rename="pascal"):
    modules: list[_Entry] = []


class Sources:
    """Answers for one run: ``modules`` and ``also`` are the user's, ``installed`` are manifests by their directory,
    ``real`` says where a directory of the tree lies once links are followed, or None where that is outside."""

    def __init__(
        self,
        modules: Mapping[str, str],
        also: Mapping[str, str],
        installed: Mapping[str, bytes],
        real: Callable[[str], str | None] = lambda directory: directory,
    ) -> None:
        self._modules = {canonical(source): directory for source, directory in modules.items()}
        self._also = also
        self._real = real
        self._installed = {directory: dict(_entries(directory, data)) for directory, data in installed.items()}

    def target(self, directory: str, source: Any) -> str | None:
        """The directory that a source means where it is written; None when nobody knows."""
        if not isinstance(source, str):
            return None
        if f"{source}/".startswith(("./", "../")):
            return self._reachable(posixpath.join(directory, source))
        whole = canonical(source)
        package, _, inner = whole.partition("//")
        for name in (whole, package):
            if name in self._modules:
                return self._reachable(posixpath.join(self._modules[name], inner if name == package else ""))
        for name in _checkouts(package):
            if name in self._also:
                return self._reachable(posixpath.join("..", name, inner))
        near = sorted(self._installed, key=lambda one: (not f"{directory}/".startswith(f"{one}/"), -len(one), one))
        return next((self._installed[one][whole] for one in near if whole in self._installed[one]), None)

    def _reachable(self, path: str) -> str | None:
        """A path from the root, where it leads into the root or one of the checkouts."""
        path = posixpath.normpath(path)
        first, *rest = path.split("/")
        if first == "..":
            return path if rest and rest[0] in self._also else None
        return None if path.startswith("/") else "" if path == "." else self._real(path)


def is_foreign(path: str) -> bool:
    """Whether a file or directory was brought here, or lies outside: nobody asked for findings in it."""
    return path.startswith("../") or ".terraform" in path.split("/")


def is_manifest(path: str) -> bool:
    """Whether a file says which modules were installed."""
    return f"/{path}".endswith(f"/{INSTALLED}")


def canonical(source: str) -> str:
    """A source without transport, user, version and the public registry's host: ``github.com/acme/net//inner``."""
    source = _TRANSPORT.sub("", source.partition("?")[0].strip(), count=1)
    source = re.sub(r"^([\w.-]+\.[\w-]+):(?!/)", r"\1/", source)
    package, slashes, inner = source.partition("//")
    return _PUBLIC.sub("", package.removesuffix(".git"), count=1) + slashes + inner.rstrip("/")


def _checkouts(package: str) -> Iterator[str]:
    """What the folder of a package may be called: a registry's modules come from repositories of such names."""
    yield package.rpartition("/")[2]
    if registry := _REGISTRY.fullmatch(package):
        yield f"terraform-{registry[2]}-{registry[1]}"


def _entries(directory: str, data: bytes) -> Iterator[tuple[str, str]]:
    """Source and directory of every module in a manifest that stays where `init` puts modules."""
    try:
        manifest = msgspec.json.decode(data, type=_Manifest)
    except (msgspec.DecodeError, RecursionError):
        return
    home = posixpath.normpath(posixpath.join(directory, posixpath.dirname(INSTALLED)))
    for entry in manifest.modules:
        place = posixpath.normpath(posixpath.join(directory, entry.dir))
        if place.startswith(f"{home}/"):
            yield canonical(entry.source), place
