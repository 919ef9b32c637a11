"""Templates of Helm and their like → YAML with the same lines: what is known in its place, what is not out of the way.

This is no rendering. Every branch stays; those that a chart's own values leave out are known by their lines.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from portability.model import UNKNOWN, Location
from portability.parsers.kubernetes.built import UNTOLD, untold
from portability.parsers.kubernetes.expressions import as_text, evaluate, negated
from portability.patterns import regex

_OPENS = regex(r"\{\{|\{%|<%|%\{")
_ACTION = regex(
    r"\{\{(?>(?:\s*+-?\s*+/\*(?>(?:[^*]|\*(?!/)){0,5000})\*/|[^\"`{}]{1,500}+|\"(?>(?:[^\"\\\n]|\\.){0,500})\""
    r"|`[^`]{0,500}+`|\{(?!\{)|\}(?!\})){0,60})\}\}"
    r"|\{\{[^{}]{0,2000}+\}\}|\{%[^%]{0,2000}+%\}|<%[^%]{0,2000}+%>|%\{[^{}]{0,2000}+\}"
)
"""Go's, in whose texts braces may stand; what is none of these may be Jinja's, ERB's or Terraform's."""
_NOTHING = regex(
    r"~?\s*(?:if|else|end|endif|endfor|for|with|range|define|block|break|continue|/\*|\$\w*\s*:?=|\$\w+\s*,)|#(?=.*#\Z)"
)
"""How an action begins that puts nothing in its place."""
_INDENTED = regex(r"\bn?indent\s+(\d{1,3})\s*\Z")
_TOKEN = regex(
    r"^[ \t]*+(?:<[A-Z][A-Z0-9_]*+>|\$\{[^{}\n]{1,200}\}|\$\([^()\n]{1,200}\)"
    r"|@@?[A-Z][A-Z0-9_]*+@@?|__[A-Z][A-Z0-9_]*?__)[ \t]*+$"
    r"|^[ \t]*+[A-Z][A-Z0-9]*+(?>(?:[_-][A-Z0-9]++)+)(?![\w:=. /-])[^\n]{0,500}$",
    re.MULTILINE,
)
"""What other tools than a template language put lines in the place of, with what they put there by default."""
_BRACED = regex(r"\$\{[^{}\n]{1,200}\}|\{[A-Z][A-Z0-9_]{0,80}\}")
"""What they put words in the place of, where YAML reads braces as its own."""
_DEFAULT = regex(
    r"^default[ \t]+\"([^\"\\]{1,200})\"[ \t]|\|[ \t]*default[ \t]+\"([^\"\\]{1,200})\"[ \t]*(?:\|[ \t]*quote)?$"
)
"""What stands in the place of a value that only a rendering tells, unless somebody sets it."""
_FORMAT = regex(r"\bprintf[ \t]+\"([\w%./:@-]{1,200})\"")
_VERB = regex(r"%[a-z]")
_NAMED_IMAGE = regex(r"\"((?:[\w.-]{1,80}/){1,5}[\w.-]{1,80}:v?\d[\w.-]{0,60})\"")
"""An image that a helper is told of, as what it takes unless somebody sets another."""
"""What is known of a text that is put together from what is not: a host, mostly."""
_EMPTY = regex(r"^[ \t]*(?:\{\}|\[\])[ \t]*$", re.MULTILINE)
"""What a branch puts under a key where another one puts more."""
_OPENERS = ("if", "with", "range", "define", "block", "for")
_ELSE = ("else", "elif")
_CLOSERS = ("end", "endif", "endfor")
HOLE: Final = "\0"
_MAX_FAILURES: Final = 1_000
"""Marks in a text that open no action; after so many it is no template."""


class Fill(NamedTuple):
    """What stands in a line in the place of something else: its columns, from 0, and those in the file."""

    start: int
    end: int
    old_start: int
    old_end: int


class Off(NamedTuple):
    """Lines, from 0, that the chart's own values leave out, and the value that says so."""

    start: int
    end: int
    switch: str


class Filled(NamedTuple):
    """A text with the lines of the file, whose columns ``fills`` explain, by line. ``first`` is the line of the first
    action that is not known, or None; ``is_guess`` says that some were taken out which may choose or repeat."""

    text: str
    fills: Mapping[int, Sequence[Fill]] = MappingProxyType({})
    first: int | None = None
    is_guess: bool = False


class _Action(NamedTuple):
    start: int
    end: int
    body: str
    trims: bool


def is_template(text: str) -> bool:
    """Whether a text holds marks of a template language: Helm's, Jinja's, ERB's or Terraform's."""
    return _OPENS.search(text) is not None


def filled(text: str, scope: Mapping[str, Any]) -> Filled:
    """A template's text with the values of ``scope`` (``Values``, ``Chart``) where its actions only look them up."""
    out = _Output(text)
    for action in _actions(text):
        if not action.trims and (value := _value(action, text, scope)) is not None:
            out.put(action, value)
    return out.done()


def _value(action: _Action, text: str, scope: Mapping[str, Any]) -> str | None:
    """What an action puts in its place. A whole value that a chart leaves empty is for its user to fill in."""
    value = as_text(evaluate(action.body, scope))
    if value is None and "default" in action.body and (found := _DEFAULT.search(action.body)) is not None:
        return as_text(found[1] or found[2])
    if value in ("", '""'):
        after = text[action.end : action.end + 2].lstrip("\"'")
        if text.endswith((": ", ": '", ': "'), 0, action.start) and after[:1] in ("", "\n", "\r", " "):
            return "$(_)"
    return value


def neutralised(text: str, scope: Mapping[str, Any]) -> Filled:
    """The same without any action: one that is not known becomes a placeholder, what chooses or repeats goes, and so
    does what stands on lines of its own."""
    out = _Output(text)
    actions = _actions(text)
    alone = _alone(text, actions)
    for at, action in enumerate(actions):
        if at in alone or _NOTHING.match(action.body):
            out.put(action, "", starts=at in alone)
            out.unknown(action, is_guess=True)
        elif (value := _value(action, text, scope)) is not None:
            out.put(action, value)
        else:
            indent = _INDENTED.search(action.body) if "indent" in action.body else None
            if indent is not None and out.starts_line(action):
                out.put(action, " " * int(indent[1]) + _placeholder(action), starts=True)
            else:
                goes_on = indent is not None and _goes_on(text, action)
                out.put(action, _placeholder(action, "" if goes_on else None))
            out.unknown(action, is_guess=False)
    done = out.done()
    return done._replace(text=_EMPTY.sub(lambda line: " " * len(line[0]), done.text))


def _placeholder(action: _Action, otherwise: str | None = None) -> str:
    """What stands in the place of an action that is not known: what it says itself, or else a placeholder."""
    formatted = _FORMAT.search(action.body) if "printf" in action.body else None
    if formatted is not None and "." in formatted[1]:
        return _VERB.sub(UNTOLD, formatted[1])
    image = _NAMED_IMAGE.search(action.body) if "/" in action.body else None
    if image is not None:
        return image[1]
    return f"$({'_' * (action.end - action.start - 3)})" if otherwise is None else otherwise


def lines_with_holes(text: str) -> list[str]:
    """The lines of a template, with a NUL in the place of each action."""
    out = _Output(text)
    for action in _actions(text):
        out.put(action, HOLE)
    return out.done().text.split("\n")


def without_tokens(text: str) -> Filled:
    """A text without the lines that are nothing but a token which some tool replaces, ``<ANNOTATIONS>``, and with a
    placeholder for each word that one does, ``{REGION}``."""
    found = min(filter(None, (_TOKEN.search(text), _BRACED.search(text))), key=re.Match.start, default=None)
    whole = _BRACED.sub(lambda word: untold(len(word[0])), _TOKEN.sub("", text))
    return Filled(whole, first=text.count("\n", 0, found.start()) if found else None, is_guess=True)


def off(text: str, scope: Mapping[str, Any]) -> Iterator[Off]:
    """What lies between an ``if``, ``with`` or ``range`` and its ``else`` or ``end``, where it is known to be empty, or
    nothing is known of a ``with`` whose value is handed on as it is: such keys are what a chart offers."""
    branches: list[_Branch] = []
    position = line = 0
    for action in _actions(text):
        line += text.count("\n", position, action.start)
        position = action.start
        word, _, rest = action.body.partition(" ")
        if word in ("if", "with", "range"):
            branches.append(_Branch(line, _chosen(rest, scope), False, rest, word == "with"))
        elif word in ("define", "block"):
            branches.append(_Branch(line, True, False, ""))
        elif branches and branches[-1].is_offer(action):
            branches[-1] = branches[-1]._replace(chosen=False)
        elif word in ("else", "end") and branches:
            branch = branches.pop()
            if branch.chosen is False and line > branch.line + 1:
                yield Off(branch.line + 1, line, _switch(branch.condition))
            if word == "else":
                branches.append(branch.otherwise(line, rest.strip(), scope))


def choices(text: str) -> Iterator[list[int]]:
    """The lines, from 0, on which the branches of a choice with an ``else`` begin, and the one on which it ends."""
    opened: list[list[int]] = []
    position = line = 0
    for action in _actions(text):
        line += text.count("\n", position, action.start)
        position = action.start
        word = action.body.partition(" ")[0]
        if word in _OPENERS:
            opened.append([line])
        elif opened and word in _ELSE:
            opened[-1].append(line)
        elif opened and word in _CLOSERS and len(lines := opened.pop()) > 1:
            yield [*lines, line]


def defined(text: str) -> Iterator[tuple[int, int]]:
    """Where the bodies of ``define`` begin and end in a text."""
    opened: list[int | None] = []
    for action in _actions(text):
        word = action.body.partition(" ")[0]
        if word in ("if", "with", "range", "block"):
            opened.append(None)
        elif word == "define":
            opened.append(action.end)
        elif word == "end" and opened and (start := opened.pop()) is not None:
            yield start, action.start


def conditions(text: str, line: int) -> list[str]:
    """What the branches ask for in which a line, from 0, stands, the outermost first; nothing for an ``else`` alone."""
    end = next((match.end() for at, match in enumerate(re.finditer("\n", text), 1) if at == line), 0)
    asked: list[str] = []
    for action in _actions(text[:end]):
        word, _, rest = action.body.partition(" ")
        if asked and (word in _CLOSERS or word in _ELSE):
            asked.pop()
        if word in _OPENERS or word in _ELSE:
            asked.append(rest)
    return [one for one in asked if one]


_HANDED_ON = regex(r"toYaml \.(?![\w.])")


class _Branch(NamedTuple):
    """What a condition chooses: from which line, whether it is chosen, whether one before it was, and why."""

    line: int
    chosen: Any
    before: Any
    condition: str
    is_with: bool = False

    def is_offer(self, action: _Action) -> bool:
        """Whether an action hands on the value of a ``with`` of which nothing is known."""
        return self.is_with and self.chosen is UNKNOWN and _HANDED_ON.search(action.body) is not None

    def otherwise(self, line: int, rest: str, scope: Mapping[str, Any]) -> _Branch:
        """The branch after this one; ``rest`` is what follows ``else``."""
        before = True if True in (self.before, self.chosen) else UNKNOWN if self.chosen is UNKNOWN else self.before
        word, _, condition = rest.partition(" ")
        own = _chosen(condition, scope) if word in ("if", "with") else True
        chosen = False if before is True or own is False else negated(before) if own is True else UNKNOWN
        return _Branch(line, chosen, before, self.condition or condition)


def _chosen(condition: str, scope: Mapping[str, Any]) -> Any:
    value = evaluate(condition.rpartition(":=")[2], scope)
    return UNKNOWN if value is UNKNOWN else bool(value)


def _switch(condition: str) -> str:
    found = re.search(r"\.(Values\.[\w.]+)", condition)
    return found[1] if found else ""


def touches(fills: Mapping[int, Sequence[Fill]], place: Location) -> bool:
    """Whether a span of the file holds some of what was filled in."""
    for number in range(place.line - 1, place.end_line):
        start = place.column - 1 if number == place.line - 1 else 0
        end = place.end_column - 1 if number == place.end_line - 1 else sys.maxsize
        if any(one.start < one.end and one.old_start < end and start < one.old_end for one in fills.get(number, ())):
            return True
    return False


@lru_cache(maxsize=4)
def _actions(text: str) -> Sequence[_Action]:
    """The actions of a text. It is asked for them again for each thing that stands in their place."""
    return list(_found(text))


def _found(text: str) -> Iterator[_Action]:
    position = failures = 0
    while failures < _MAX_FAILURES and (opened := _OPENS.search(text, position)) is not None:
        match = _ACTION.match(text, opened.start())
        if match is None:
            failures += 1
            position = opened.end()
            continue
        position = match.end()
        body = match[0][2 : -1 if match[0].startswith("%{") else -2]
        inner = body.strip("-% \t\n") if body[:1] in "%-" or body[-1:] in "%-" else body.strip()
        yield _Action(match.start(), match.end(), inner, body[:1] == "-" or body[-1:] == "-")


def _alone(text: str, actions: Sequence[_Action]) -> set[int]:
    """The actions that have their lines to themselves, or share them with other actions only."""
    found: set[int] = set()
    run: list[int] = []
    for at, action in enumerate(actions):
        before = text[max(text.rfind("\n", 0, action.start) + 1, actions[at - 1].end if run else 0) : action.start]
        run = [*run, at] if not before.strip(" \t") else []
        end = text.find("\n", action.end)
        after = text[action.end : end if end >= 0 else len(text)].strip(" \t")
        if not run or (after and not _OPENS.match(after)):
            run = []
        elif not after:
            found.update(run)
            run = []
    return found


def _goes_on(text: str, action: _Action) -> bool:
    """Whether what an action begins under a key is continued by lines that stand below that key."""
    line = text.rfind("\n", 0, action.start) + 1
    key = _KEY.match(text, line, action.start)
    if key is None:
        return False
    following = _CONTENT.match(text, action.end)
    return following is not None and len(following[1]) > key.end(1) - line


_KEY = regex(r"([ ]*(?:-[ ]+)*)[^\s:#{][^:\n#{]*:[ ]+\Z")
"""A key that stands alone before an action, and what stands before it."""
_CONTENT = regex(r"[ \t]*\n(?>(?:[ \t]*(?:\{\{[^\n]*\}\}[ \t]*|#[^\n]*)?\n){0,50})([ ]*)(?=[^\s{])")
"""The first line below an action that is neither empty, a comment nor another action."""


class _Output:
    """Builds the text with other things in the place of actions, and notes which columns came from which."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._parts: list[str] = []
        self._fills: dict[int, list[Fill]] = defaultdict(list)
        self._done = self._column = 0
        self._first: int | None = None
        self._is_guess = False

    def put(self, action: _Action, value: str, *, starts: bool = False) -> None:
        """Put something in the place of an action. Lines within the action stay, empty. Where it ``starts`` its line,
        it comes with an indentation of its own."""
        self._copy(action.start)
        line, column = self._place(action.start)
        breaks = self._text.count("\n", action.start, action.end)
        old_end = sys.maxsize if breaks else column + action.end - action.start
        if starts:
            self._parts[-1] = self._parts[-1].rstrip(" \t")
            self._column = column = 0
        self._fills[line].append(Fill(self._column, self._column + len(value), column, old_end))
        self._parts.append(value)
        self._column += len(value)
        if breaks:
            self._parts.append("\n" * breaks)
            self._column = 0
            self._fills[line + breaks].append(Fill(0, 0, 0, self._place(action.end)[1]))
        self._done = action.end

    def unknown(self, action: _Action, *, is_guess: bool) -> None:
        """Note that only a rendering tells what an action does."""
        if self._first is None:
            self._first = self._place(action.start)[0]
        self._is_guess |= is_guess

    def starts_line(self, action: _Action) -> bool:
        """Whether only spaces stand before an action."""
        line, _ = self._place(action.start)
        return not self._text[self._starts[line] : action.start].strip(" \t")

    def done(self) -> Filled:
        self._copy(len(self._text))
        return Filled("".join(self._parts), self._fills, self._first, self._is_guess)

    def _copy(self, end: int) -> None:
        part = self._text[self._done : end]
        self._parts.append(part)
        last = part.rfind("\n")
        self._column = len(part) - last - 1 if last >= 0 else self._column + len(part)

    def _place(self, position: int) -> tuple[int, int]:
        line = bisect_right(self._starts, position) - 1
        return line, position - self._starts[line]
