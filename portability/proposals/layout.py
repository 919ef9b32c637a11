"""Rendered text in the order that `terraform fmt` gives it, without touching what a literal holds."""

from __future__ import annotations

import re

from portability.patterns import regex

_ATTRIBUTE = regex(r"^(\s*)([A-Za-z_][\w-]*|\"(?:[^\"\\]|\\.)*\")\s*=(?!=)\s*(.*)$")
_STRING = regex(r'"(?:[^"\\]|\\.)*"')


def tidy(text: str) -> str:
    """Text without trailing blanks and without more than one empty line in a row."""
    lines: list[str] = []
    for line in text.strip("\n").split("\n"):
        bare = line.rstrip(" ")
        if bare or (lines and lines[-1]):
            lines.append(bare)
    return "\n".join(lines) + "\n"


def align(text: str) -> str:
    """HCL, tidied: indented by brackets, no empty lines at a block's edges, ``=`` of neighbours in a column.

    An attribute that opens a bracket and leaves it open stands alone, as it does for `terraform fmt`.
    """
    lines = _without_edges(_indented(tidy(text).split("\n")))
    run: list[tuple[int, re.Match[str]]] = []
    for number, line in enumerate([*lines, ""]):
        match = _ATTRIBUTE.match(line)
        if match and _balanced(match[3]):
            run.append((number, match))
            continue
        width = max((len(found[2]) for _, found in run), default=0)
        for at, found in run:
            lines[at] = f"{found[1]}{found[2].ljust(width)} = {found[3]}"
        run = []
    return "\n".join(lines)


def _indented(lines: list[str]) -> list[str]:
    """As `terraform fmt` does: what a line opens is one step, however many brackets that are."""
    out: list[str] = []
    steps: list[int] = []
    for line in lines:
        bare = line.strip(" ")
        net = 0 if bare.startswith("#") else _net(bare)
        closed = -net
        while closed > 0 and steps:
            step = steps.pop()
            if step > closed:
                steps.append(step - closed)
            closed -= step
        out.append("  " * len(steps) + bare if bare else "")
        if net > 0:
            steps.append(net)
    return out


def _without_edges(lines: list[str]) -> list[str]:
    kept: list[str] = []
    for number, line in enumerate(lines):
        following = lines[number + 1].strip() if number + 1 < len(lines) else ""
        opened = bool(kept) and kept[-1].endswith(("{", "["))
        if not line and (opened or following[:1] in ("}", "]")):
            continue
        kept.append(line)
    return kept


def _balanced(value: str) -> bool:
    return _net(value) == 0


def _net(value: str) -> int:
    """How many more brackets are opened than closed, outside of strings."""
    bare = _STRING.sub("", value)
    return sum(bare.count(c) for c in "([{") - sum(bare.count(c) for c in ")]}")
