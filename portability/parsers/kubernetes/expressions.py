"""What a pipeline of a chart's template comes to, where plain look-ups tell: ``.Values.tag | default "1" | quote``.

This is no rendering, which Helm does: helpers, variables and loops stay unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from portability.model import UNKNOWN
from portability.patterns import regex

_TOKEN = regex(
    r"\s*(?:(?P<string>\"(?:[^\"\\]|\\.)*\"|`[^`]*`)|(?P<number>-?\d{1,18}(?:\.\d{1,18})?)(?![\w.])"
    r"|(?P<field>(?:\$(?:\w+(?=\.Values\.))?)?(?:\.[A-Za-z_]\w*)+)|(?P<context>[.$])(?=[\s|)]|$)|(?P<word>[A-Za-z_]\w*)|(?P<other>[|()]))"
)
"""A variable that has ``Values`` is what the template began with, ``$root := .``."""
_SAFE = regex(r"(?:[\w./@+=,%*~-]|:(?=\S))*")
"""What a scalar may hold so that it stands in YAML, plain or quoted, for what it is."""
_MAX_TOKENS: Final = 200
_MAX_FILL: Final = 1_000
_MAX_INTEGER: Final = 1_000_000
"""From here Go writes numbers of a values file in another way."""


def evaluate(expression: str, scope: Mapping[str, Any]) -> Any:
    """What a pipeline comes to, or UNKNOWN. What the values do not have is None."""
    tokens = _tokens(expression)
    if not tokens:
        return UNKNOWN
    parser = _Pipeline(tokens, scope)
    try:
        value = parser.pipeline()
    except _UnknownError:
        return UNKNOWN
    return value if parser.is_done else UNKNOWN


@lru_cache(maxsize=4096)
def _tokens(expression: str) -> tuple[tuple[str, str], ...]:
    """Kind and text of each token; none where something else stands there, such as a variable or a helper."""
    found: list[tuple[str, str]] = []
    position = 0
    written = expression.strip()
    while position < len(written):
        match = _TOKEN.match(written, position)
        if match is None or len(found) >= _MAX_TOKENS:
            return ()
        kind, token = match.lastgroup or "", match[match.lastgroup or 0]
        if not found and kind == "word" and token not in _FUNCTIONS and token not in _CONSTANTS:
            return ()  # Most actions are none of ours, and the rest of them tells nothing.
        found.append((kind, token))
        position = match.end()
    return tuple(found)


def as_text(value: Any) -> str | None:
    """A value as Go writes it, or None where that is not known or might mean something to YAML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) < _MAX_INTEGER:
        return str(value)
    if isinstance(value, _Quoted):
        return f'"{value}"' if _SAFE.fullmatch(value) and len(value) <= _MAX_FILL else None
    if isinstance(value, str) and len(value) <= _MAX_FILL and _SAFE.fullmatch(value):
        return value
    return None


class _Quoted(str):
    """What ``quote`` made."""

    __slots__ = ()


class _UnknownError(Exception):
    """Only a rendering would tell."""


class _Pipeline:
    """Reads ``a b | c d`` from left to right: each command gets what the one before gave as its last argument."""

    def __init__(self, tokens: Sequence[tuple[str, str]], scope: Mapping[str, Any]) -> None:
        self._tokens = tokens
        self._scope = scope
        self._at = 0

    @property
    def is_done(self) -> bool:
        return self._at == len(self._tokens)

    def pipeline(self) -> Any:
        value = self._command(())
        while self._is_next("|"):
            self._at += 1
            value = self._command((value,))
        return value

    def _is_next(self, text: str) -> bool:
        return not self.is_done and self._tokens[self._at] == ("other", text)

    def _command(self, piped: tuple[Any, ...]) -> Any:
        if self.is_done:
            raise _UnknownError
        kind, written = self._tokens[self._at]
        if kind != "word" or written in _CONSTANTS:
            value = self._operand()
            if piped or not (self.is_done or self._is_next("|") or self._is_next(")")):
                raise _UnknownError
            return value
        function = _FUNCTIONS.get(written)
        if function is None:
            raise _UnknownError
        self._at += 1
        arguments = []
        while not (self.is_done or self._is_next("|") or self._is_next(")")):
            arguments.append(self._operand())
        try:
            return function(*arguments, *piped)
        except (TypeError, ValueError, IndexError):
            raise _UnknownError from None

    def _operand(self) -> Any:
        kind, written = self._tokens[self._at]
        self._at += 1
        if kind == "string":
            return written[1:-1] if "\\" not in written else UNKNOWN
        if kind == "number":
            return int(written) if "." not in written else UNKNOWN
        if kind == "field":
            return _look_up(self._scope, written.split(".")[1:])
        if kind == "word" and written in _CONSTANTS:
            return _CONSTANTS[written]
        if kind == "context":
            return self._scope
        if (kind, written) == ("other", "("):
            value = self.pipeline()
            if not self._is_next(")"):
                raise _UnknownError
            self._at += 1
            return value
        raise _UnknownError


_CONSTANTS: Final[Mapping[str, Any]] = {"true": True, "false": False, "nil": None}


def _look_up(scope: Mapping[str, Any], path: Sequence[str]) -> Any:
    if path[0] not in scope:
        return UNKNOWN
    value: Any = scope
    for name in path:
        if value is UNKNOWN or not isinstance(value, Mapping):
            return UNKNOWN  # Helm fails here, so whoever installs the chart sets something
        value = value.get(name)
    return value


def _and(*values: Any) -> Any:
    if any(value is not UNKNOWN and not value for value in values):
        return False
    return UNKNOWN if UNKNOWN in values else values[-1]


def _or(*values: Any) -> Any:
    for value in values:
        if value is UNKNOWN or value:
            return value
    return values[-1]


def _first(*values: Any) -> Any:
    return next((value for value in values if value is UNKNOWN or value), None)


def _default(otherwise: Any, value: Any = None) -> Any:
    return value if value is UNKNOWN or value else otherwise


def _printf(form: Any, *values: Any) -> Any:
    if not isinstance(form, str) or any(as_text(value) is None for value in values):
        return UNKNOWN
    if form.count("%") != len(re.findall(r"%[sdv]", form)) or form.count("%") != len(values):
        return UNKNOWN
    return re.sub(r"%[sdv]", "%s", form) % tuple(map(as_text, values))


def _of_text(change: Callable[[str], str]) -> Callable[[Any], Any]:
    def changed(value: Any) -> Any:
        written = as_text(value)
        return UNKNOWN if written is None else change(written)

    return changed


def _integer(value: Any) -> Any:
    return value if isinstance(value, int) else UNKNOWN


def _same(one: Any, *others: Any) -> Any:
    return UNKNOWN if UNKNOWN in (one, *others) else one in others


def negated(value: Any) -> Any:
    """The opposite of a truth that may be unknown."""
    return UNKNOWN if value is UNKNOWN else not value


def _different(one: Any, other: Any) -> Any:
    return negated(_same(one, other))


def _ternary(chosen: Any, otherwise: Any, condition: Any) -> Any:
    return UNKNOWN if condition is UNKNOWN else chosen if condition else otherwise


def _index(value: Any, *keys: Any) -> Any:
    return _look_up({"": value}, ("", *keys))


def _required(_message: Any, value: Any) -> Any:
    return value if value else UNKNOWN


def _rendered(value: Any, _context: Any) -> Any:
    return value if isinstance(value, str) and "{{" not in value else UNKNOWN


def _environment(_name: Any) -> Any:
    """A variable of whoever runs Helmfile, which says itself what there is without it."""
    return None


_FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "env": _environment,
    "default": _default,
    "coalesce": _first,
    "required": _required,
    "ternary": _ternary,
    "tpl": _rendered,
    "index": _index,
    "quote": _of_text(_Quoted),
    "squote": _of_text(_Quoted),
    "toString": _of_text(str),
    "trim": _of_text(str.strip),
    "lower": _of_text(str.lower),
    "upper": _of_text(str.upper),
    "int": _integer,
    "printf": _printf,
    "and": _and,
    "or": _or,
    "not": negated,
    "empty": negated,
    "eq": _same,
    "ne": _different,
}
