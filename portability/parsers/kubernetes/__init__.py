"""Kubernetes manifests, YAML or JSON: bytes → the keys and scalars that name a provider's things.

A document counts when it has ``apiVersion`` and ``kind``; CI files, Compose files and OpenAPI have not. Templates are
not rendered: they are read around their holes and actions. Values of charts are read by the file's name.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from yaml.nodes import MappingNode, Node

from portability.discovery import CHART_VALUES, Tree, read_place
from portability.interest import Interest
from portability.model import Problem, Reading, Source, Usage
from portability.parsers.guards import MAX_BYTES
from portability.parsers.kubernetes.asked import Asked, asked_of
from portability.parsers.kubernetes.documents import Document, Refused, compose, decode, split
from portability.parsers.kubernetes.nodes import first_hole
from portability.parsers.kubernetes.origin import Origin
from portability.parsers.kubernetes.ties import Manifest, manifests
from portability.settings import DEFAULT, Settings

__all__ = ["manifests_of", "read", "units"]


def units(paths: Sequence[str], tree: Tree, interest: Interest, settings: Settings) -> list[tuple[str, ...]]:
    """Each file is read by itself."""
    return [(path,) for path in paths]


def read(unit: Sequence[Source], interest: Interest, settings: Settings = DEFAULT) -> dict[str, Reading]:
    """Read each file of a unit by itself. Never raises for what a file holds."""
    asked = asked_of(interest)
    return {source.path: _read_file(source, asked) for source in unit}


def _read_file(source: Source, asked: Asked) -> Reading:
    if len(source.data) > MAX_BYTES:
        message = f"larger than {MAX_BYTES // 1_000_000} MB and not read. Split it, or leave it out of the scan."
        return _unread(source.path, Refused(1, "too-large", message))
    try:
        text, replaced = decode(source.data)
    except Refused as refused:
        return _unread(source.path, refused)
    origin = Origin(source.path, text.split("\n"))
    reading = (values_of if read_place(source.path) == CHART_VALUES else manifests_of)(text, origin, asked)
    if replaced is None:
        return reading
    message = "bytes here are no text in the file's encoding and were read as a replacement. Save it as UTF-8."
    problem = Problem(path=source.path, line=replaced, kind="encoding", message=message)
    problems = tuple(sorted([problem, *reading.problems]))
    return Reading(
        state="partly" if reading.state == "read" else reading.state, usages=reading.usages, problems=problems
    )


def manifests_of(text: str, origin: Origin, asked: Asked) -> Reading:
    """What the manifests in a YAML or JSON text use; ``origin`` says where the text stands in which file.

    For whoever has manifests that are no file of their own: a rendered chart, a heredoc, a string of a program.
    """
    path = origin.path
    problems: list[Problem] = []
    found: dict[tuple[str, int, int], Usage] = {}
    broken = sound = 0
    for document in split(text):
        at = origin._replace(line=origin.line + document.line)
        try:
            root = compose(document) if _is_worth_it(document, asked) else None
        except Refused as refused:
            broken += refused.kind != "template"
            sound += refused.kind == "template"
            root = _around_actions(document) if refused.kind == "template" else None
            problems.append(_problem(path, refused if root is None else _unrendered(document), origin.line))
            is_guess = True
        else:
            sound += not document.is_blank
            is_guess = False
        if root is None:
            continue
        if not is_guess and document.is_template and (hole := first_hole(root)) is not None:
            problems.append(_problem(path, _with_hole(document, hole), origin.line))
        for manifest in manifests(root, at, nested=document.text.count("apiVersion") > 1):
            for usage in manifest.usages(asked):
                # An anchor is read wherever an alias stands for it, and binds once.
                place = usage.location
                said = _guessed(usage) if is_guess else usage
                found.setdefault((usage.symbol, place.line, place.column), said)
    return Reading(
        state="unread" if broken and not sound else "partly" if problems else "read",
        usages=tuple(sorted(found.values(), key=lambda usage: (usage.location, usage.symbol))),
        problems=tuple(sorted(problems)),
    )


def values_of(text: str, origin: Origin, asked: Asked) -> Reading:
    """What a chart's values say. Whoever installs the chart may set others, so none of it is certain."""
    problems: list[Problem] = []
    usages: list[Usage] = []
    for document in split(text):
        try:
            root = compose(document) if asked.is_in(document.text) else None
        except Refused as refused:
            problems.append(_problem(origin.path, refused, origin.line))
            continue
        if isinstance(root, MappingNode):
            at = origin._replace(line=origin.line + document.line)
            usages.extend(Manifest(root, None, "", at, "values", 1).usages(asked))
    return Reading(
        state="partly" if problems else "read",
        usages=tuple(_guessed(usage) for usage in sorted(usages, key=lambda usage: (usage.location, usage.symbol))),
        problems=tuple(problems),
    )


def _guessed(usage: Usage) -> Usage:
    return msgspec.structs.replace(usage, confidence="likely") if usage.confidence == "certain" else usage


def _is_worth_it(document: Document, asked: Asked) -> bool:
    # A template does not show what it will be filled with, so it is looked at whatever words it holds.
    return document.may_be_manifest and (asked.is_in(document.text) or document.is_template)


def _around_actions(document: Document) -> Node | None:
    """A template as YAML without its actions, or None where it is none even then."""
    try:
        return compose(document.without_actions)
    except Refused:
        return None


def _unrendered(document: Document) -> Refused:
    message = (
        "this template was read as it stands, with all its branches; what its actions put in is not known before it is "
        "rendered: run `helm template` or its like and scan the result."
    )
    return Refused(document.line + document.first_action, "template", message)


def _with_hole(document: Document, hole: Node) -> Refused:
    message = "what a template puts here, and where else it has holes, is not known before it is rendered."
    return Refused(document.line + hole.start_mark.line + 1, "template", message)


def _problem(path: str, refused: Refused, before: int = 0) -> Problem:
    return Problem(path=path, line=before + refused.line, kind=refused.kind, message=refused.message)


def _unread(path: str, refused: Refused) -> Reading:
    return Reading(state="unread", problems=(_problem(path, refused),))
