"""What actions of a template make, which is not edited: which values settle it."""

from __future__ import annotations

from portability.model import Finding
from portability.parsers.kubernetes.templates import conditions, is_template
from portability.patterns import regex

_VALUES = regex(r"\.Values((?:\.[A-Za-z_]\w*)+)")
_PROVIDER = regex(r"[\"'](?:aws|eks|azure|aks|gcp|gke|google)[\"']")
_NOT = regex(r"\b(?:not|ne)\b|!=")
_ACTION = regex(r"\{\{-?\s*([^{}]*)\}\}")
_DECIDES = regex(r"(?:if|else|end|range|with|define|block|template|break|continue)\b")
_SWITCHED = "It is switched by "


def values_to_set(text: str, finding: Finding) -> str:
    """Why a tie in a template is left, and which values the place itself and its switch name."""
    place = finding.location
    lines = text.split("\n")[place.line - 1 : place.end_line]
    named = [match[1].removeprefix(".") for line in lines for match in _VALUES.finditer(line)]
    if any(part and "." in part and part in line for line in lines for part in finding.symbol.split("/")[:2]):
        named = []  # what binds is written out, beside what a value brings
    switch = finding.message.partition(_SWITCHED)[2].rstrip(".").strip("`").removeprefix(".").removeprefix("Values.")
    if named:
        return f"A template puts it in: set {', '.join(dict.fromkeys(named))} where the chart is installed."
    if switch:
        return f"A template decides on it: {switch} switches it."
    return "A template makes what stands here: change the chart, or patch what it renders."


def only_prints(line: str) -> bool:
    """Whether all actions on a line of a template put something in, and neither decide nor name anything."""
    actions = _ACTION.findall(line)
    whole = line.count("{{") == line.count("}}") == len(actions) > 0
    return whole and not any(_DECIDES.match(one) is not None or ":=" in one or "/*" in one for one in actions)


def for_a_provider(text: str, finding: Finding) -> bool:
    """Whether a tie stands in a branch of a template that is taken at a provider alone."""
    asked = conditions(text, finding.location.line - 1) if is_template(text) else []
    return any(_PROVIDER.search(one) is not None and _NOT.search(one) is None for one in asked)
