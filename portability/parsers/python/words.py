"""Which files are worth parsing: those with an import statement that names a wanted root package."""

from __future__ import annotations

import sys
from functools import cached_property

from portability.interest import Interest
from portability.names.contexts import STAND_INS
from portability.parsers.python import aws
from portability.parsers.python.imports import bound

_MOST_LEAVES = 40
"""Of a package with more names than this any file may be worth parsing."""


class Words:
    """The roots of all wanted dotted names (``azure``, ``google``, ``boto3``), as a question to bytes.

    Of a package of which only a few names are wanted (``pandas.read_gbq``), a file must hold one of those too.
    """

    def __init__(self, interest: Interest) -> None:
        self._interest = interest
        table = interest.names.get("python")
        self._patterns = list(table.patterns()) if table is not None else []
        heads = {pattern.partition(".")[0] for pattern in self._patterns}
        roots = {head for head in heads if "*" not in head}
        openings = {head.partition("*")[0] for head in heads - roots}
        if interest.names.get("boto3") is not None:
            roots |= aws.ROOTS
            openings |= set(aws.STUBS)
        self._roots = frozenset(roots - openings)
        self._openings = tuple(sorted(openings))
        self._leaves: dict[str, tuple[bytes, ...]] = {}

    def may_import(self, data: bytes) -> bool:
        """Cheap, and never wrong when it says no."""
        return any(self.is_seed(one.name, data) or self.is_wrapper(one.name) for one in bound(data))

    def is_seed(self, name: str, data: bytes) -> bool:
        """Whether a file that imports this name may use something that is wanted."""
        root = name.partition(".")[0]
        return name.startswith(self._openings) or (root in self._roots and self._is_said(root, data))

    def is_wrapper(self, name: str) -> bool:
        """Whether a dotted name, if it is a package's and not the tree's, says by a word which service it wraps."""
        root = name.partition(".")[0]
        if (
            not root
            or root in sys.stdlib_module_names
            or root in STAND_INS
            or not self._interest.wants("wrapper", name)
        ):
            return False
        return not (aws.is_sdk(name) or self._interest.wants("python", name))

    def _is_said(self, root: str, data: bytes) -> bool:
        leaves = self._leaves.get(root)
        if leaves is None:
            leaves = self._leaves[root] = self._leaves_of(root)
        return not leaves or any(leaf in data for leaf in leaves)

    def _leaves_of(self, root: str) -> tuple[bytes, ...]:
        """The last words of a package's wanted names; none where every file that imports it may matter."""
        names = [name for name in self._patterns if name.partition(".")[0] == root]
        leaves = {name.rpartition(".")[2].rstrip("*").encode() for name in names}
        if root in aws.ROOTS or root in names or b"" in leaves or len(leaves) > _MOST_LEAVES:
            return ()
        return tuple(sorted(leaves))

    @cached_property
    def of_frames(self) -> dict[str, str]:
        """Method of a data frame → its wanted name. Nothing says which parameters and results are frames, so the
        method is known by its name alone."""
        return {name.rpartition(".")[2]: name for name in self._patterns if ".DataFrame." in name}

    def is_foreign(self, name: str) -> bool:
        """Whether a dotted name is a package's, whatever lies beside the code. What only looks like a provider's
        (``google.cloud.inventory``) may well be a package of the tree."""
        if name.partition(".")[0] in aws.ROOTS or name.startswith(aws.STUBS):
            return True
        return self.is_root(name) and self._interest.knows("python", name)

    def yields(self, name: str) -> bool:
        """Whether a foreign name's package is wanted as a whole: a package of the tree that bears its name, and has
        the module, is the one that is meant (``gcloud.queries``)."""
        table = self._interest.names.get("python")
        root = name.partition(".")[0]
        return table is not None and root in table.exact and root not in aws.ROOTS

    def is_root(self, name: str) -> bool:
        """Whether an imported dotted name begins as a wanted one does."""
        return name.partition(".")[0] in self._roots or name.startswith(self._openings)


class _Latest:
    interest: Interest | None = None
    words: Words | None = None


def words_for(interest: Interest) -> Words:
    """The words of an interest. A run has one interest and many files, so the last answer is kept."""
    if _Latest.words is None or _Latest.interest is not interest:
        _Latest.interest, _Latest.words = interest, Words(interest)
    return _Latest.words
