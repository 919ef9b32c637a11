"""A document → its root node, around what a template leaves to be filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Any, NamedTuple

from yaml.nodes import Node

from portability.parsers.kubernetes.documents import Document, Refused, compose
from portability.parsers.kubernetes.nodes import first_hole
from portability.parsers.kubernetes.templates import Filled, choices, filled, neutralised, without_tokens
from portability.patterns import regex

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Opened(NamedTuple):
    """A document's root, and what kept it from being read as it stands; ``template`` where actions were replaced.
    There are several roots where branches of a template cannot stand beside each other, and no root of what is empty
    or cannot be read."""

    roots: Sequence[Node] = ()
    refused: Refused | None = None
    template: Filled | None = None


def opened_of(document: Document, scope: Mapping[str, Any] = _NOTHING) -> Opened:
    """Compose a document. A template is read with what ``scope`` says, or else without its actions."""
    template = filled(document.text, scope) if scope and document.is_template else None
    try:
        root = compose(document._replace(text=template.text) if template else document)
    except Refused as refused:
        if refused.kind not in ("template", "syntax"):
            return Opened((), refused)
        template = neutralised(document.text, scope) if document.is_template else without_tokens(document.text)
        if template.first is None:
            return Opened((), refused)
        roots = _mended(document, template)
        return Opened(roots, _unrendered(document, template) if roots else refused, template)
    if root is not None and document.is_template and (hole := first_hole(root)) is not None:
        if _has_default(document.text):
            template = neutralised(document.text, scope)
            return Opened(_mended(document, template) or (root,), _with_hole(document, hole), template)
        return Opened((root,), _with_hole(document, hole), template)
    return Opened(() if root is None else (root,), None, template)


def _has_default(text: str) -> bool:
    """Whether an action may name what stands in its place unless somebody sets it, or a part of that."""
    return 'default "' in text or _PUT_TOGETHER.search(text) is not None


_PUT_TOGETHER = regex(r"\bprintf[ \t]+\"[^\"\n]{0,100}\.[a-z]{2}")


def _mended(document: Document, template: Filled) -> Sequence[Node]:
    """The root of a template without its actions; where its branches cannot stand beside each other, its root with the
    first of each choice, with the second, and so on. None at all where that does not help either."""
    lines = template.text.split("\n")
    if (whole := _without_blocks(document, lines, 0)) is not None:
        return (whole,)
    branches = list(choices(document.text))
    most = min(max((len(one) - 1 for one in branches), default=1), _MAX_BRANCHES)
    one_each = (_with_branch(lines, branches, number) for number in range(most))
    return [root for one in one_each if (root := _without_blocks(document, one, _MAX_MENDED)) is not None]


def _with_branch(lines: Sequence[str], choices_: Sequence[Sequence[int]], number: int) -> list[str]:
    """The lines with one branch of each choice, the last where there are not so many."""
    kept = list(lines)
    for starts in choices_:
        chosen = min(number, len(starts) - 2)
        for at, (start, end) in enumerate(pairwise(starts)):
            if at != chosen:
                kept[start + 1 : end] = [""] * max(end - start - 1, 0)
    return kept


def _without_blocks(document: Document, text: Sequence[str], most: int) -> Node | None:
    """The root of what lines say, without up to ``most`` blocks that stand in the way; None where that does not do."""
    lines = list(text)
    for left in range(most, -1, -1):
        try:
            return compose(document._replace(text="\n".join(lines)))
        except Refused as refused:
            at = refused.line - document.line - 1
            is_broken = refused.kind in ("template", "syntax")
            if not left or not is_broken or not 0 < at < len(lines) or not lines[at].strip():
                return None
            end = next((one for one in range(at + 1, len(lines)) if _ends(lines[one], lines[at])), len(lines))
            lines[at:end] = [""] * (end - at)
    return None


_MAX_BRANCHES = 4
"""Branches of a choice that are read one by one."""
_MAX_MENDED = 5
"""Blocks that are left out of a template that cannot be read with them."""


def _ends(line: str, first: str) -> bool:
    """Whether a line is no part of the block that the first one begins."""
    return bool(line.strip()) and len(line) - len(line.lstrip(" ")) <= len(first) - len(first.lstrip(" "))


def _unrendered(document: Document, template: Filled) -> Refused:
    message = (
        "this template was read as it stands, with all its branches; what its actions put in is not known before it is "
        "rendered: run `helm template` or its like and scan the result."
    )
    return Refused(document.line + (template.first or 0) + 1, "template", message)


def _with_hole(document: Document, hole: Node) -> Refused:
    message = "what a template puts here, and where else it has holes, is not known before it is rendered."
    return Refused(document.line + hole.start_mark.line + 1, "template", message)
