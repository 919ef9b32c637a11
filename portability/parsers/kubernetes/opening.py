"""A document → its root node, around what a template leaves to be filled in."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from yaml.nodes import Node

from portability.parsers.kubernetes.documents import Document, Refused, compose
from portability.parsers.kubernetes.nodes import first_hole
from portability.parsers.kubernetes.templates import Filled, filled, neutralised, without_tokens
from portability.patterns import regex

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Opened(NamedTuple):
    """A document's root, and what kept it from being read as it stands; ``template`` where actions were replaced."""

    root: Node | None
    refused: Refused | None = None
    template: Filled | None = None


def opened_of(document: Document, scope: Mapping[str, Any] = _NOTHING) -> Opened:
    """Compose a document. A template is read with what ``scope`` says, or else without its actions."""
    template = filled(document.text, scope) if scope and document.is_template else None
    try:
        root = compose(document._replace(text=template.text) if template else document)
    except Refused as refused:
        if refused.kind not in ("template", "syntax"):
            return Opened(None, refused)
        template = neutralised(document.text, scope) if document.is_template else without_tokens(document.text)
        if template.first is None:
            return Opened(None, refused)
        root = _mended(document._replace(text=template.text))
        return Opened(root, _unrendered(document, template) if root is not None else refused, template)
    if root is not None and document.is_template and (hole := first_hole(root)) is not None:
        if _has_default(document.text):
            template = neutralised(document.text, scope)
            root = _mended(document._replace(text=template.text)) or root
        return Opened(root, _with_hole(document, hole), template)
    return Opened(root, None, template)


def _has_default(text: str) -> bool:
    """Whether an action may name what stands in its place unless somebody sets it, or a part of that."""
    return 'default "' in text or _PUT_TOGETHER.search(text) is not None


_PUT_TOGETHER = regex(r"\bprintf[ \t]+\"[^\"\n]{0,100}\.[a-z]{2}")


def _mended(document: Document) -> Node | None:
    """The root of a template without its actions, where branches that exclude each other may stand at indentations
    that do not fit: then without the blocks that stand in the way. None where that does not help."""
    lines = document.text.split("\n")
    for _ in range(_MAX_MENDED):
        try:
            return compose(document._replace(text="\n".join(lines)))
        except Refused as refused:
            at = refused.line - document.line - 1
            if refused.kind not in ("template", "syntax") or not 0 < at < len(lines) or not lines[at].strip():
                return None
            end = next((one for one in range(at + 1, len(lines)) if _ends(lines[one], lines[at])), len(lines))
            lines[at:end] = [""] * (end - at)
    return None


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
