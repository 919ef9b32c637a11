"""Values as literals of the language they land in. Whatever was scanned is data here, never code."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import Undefined
from markupsafe import Markup

from portability.patterns import regex

MAX_COMMENT = 500
_NOT_SLUG = regex(r"[^a-z0-9]+")
_BLANK = regex(r"\s+")
_CLOSED = regex(r"\{[^{}\"\\$%\x00-\x1f]*\}")
_MARKDOWN = regex(r"([\\`*{}\[\]<>|~$&]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|^[-+#>]|^\d+(?=[.)]))")


class Reference(str):
    """Code of the target language that a template may print as it is: ``var.region``, ``${REGION}``."""

    __slots__ = ()


class NotALiteral(TypeError):
    """A template prints something that has no literal, such as a value that only a run could tell."""


def finalizer(literal: Callable[[Any], str]) -> Callable[[Any], Markup]:
    """What jinja does to every printed value: references and rendered macros pass, all else becomes a literal."""

    def finalize(value: Any) -> Markup:
        if isinstance(value, Undefined):
            str(value)  # raises: jinja's own message names the variable
        if isinstance(value, Markup):
            return value
        return Markup(str.__str__(value) if isinstance(value, Reference) else literal(value))  # noqa: S704

    return finalize


def hcl(value: Any) -> str:
    """An HCL literal on one line. Raises NotALiteral for what is none."""
    if isinstance(value, Reference):
        return str.__str__(value)
    if isinstance(value, str):
        return _hcl_string(value)
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_hcl_string(str(key))} = {hcl(item)}" for key, item in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(hcl, value))}]"
    return _plain(value)


def yaml(value: Any) -> str:
    """A YAML scalar, or flow collection, on one line. Raises NotALiteral for what is none."""
    if isinstance(value, Reference):
        return str.__str__(value)
    if isinstance(value, str):
        return _yaml_string(value)
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_yaml_string(str(key))}: {yaml(item)}' for key, item in value.items())}}}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(yaml, value))}]"
    return _plain(value)


def markdown(value: Any) -> str:
    """Text that Markdown shows as it is, on one line."""
    return _MARKDOWN.sub(r"\\\1", comment(value))


def code(value: Any) -> str:
    """Text as a code span of Markdown, in a table too."""
    return f"`{comment(value).replace('`', chr(39)).replace('|', chr(92) + '|')}`"


def prose(value: Any) -> str:
    """A sentence of Markdown in which what stands between backticks is code."""
    parts = comment(value).split("`")
    if len(parts) % 2 == 0 or not all(part.strip() for part in parts[1::2]):
        return markdown(value)
    return "".join(code(part) if at % 2 else _MARKDOWN.sub(r"\\\1", part) for at, part in enumerate(parts))


def comment(value: Any) -> str:
    """Text that fits behind a comment sign: one line, printable, and not endless."""
    text = "".join(c if c.isprintable() else " " for c in str(value))
    text = _BLANK.sub(" ", text).strip()
    return text if len(text) <= MAX_COMMENT else text[: MAX_COMMENT - 1] + "…"


def slug(value: Any, limit: int = 40) -> str:
    """A DNS label: a-z, 0-9 and inner hyphens, begins with a letter, never empty, at most ``limit`` characters."""
    text = _NOT_SLUG.sub("-", str(value)[:400].lower()).strip("-")
    if not text or not text[0].isalpha():
        text = f"x-{text}"
    return text[:limit].strip("-")


def unique(name: str, taken: set[str], sign: str = "-") -> str:
    """A name, with a number behind it where it is taken; it is taken from now on."""
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name}{sign}{number}"
    taken.add(free)
    return free


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float) and math.isfinite(value):
        return repr(value) if abs(value) < 1e16 else repr(int(value))
    raise NotALiteral(f"{type(value).__name__} has no literal; ask `given(…)` or `variable(…)` for what is not known")


def _hcl_string(text: str) -> str:
    out: list[str] = []
    for at, c in enumerate(text):
        if c in "$%" and text[at + 1 : at + 2] == "{":
            # Doubled it is read as itself, by every reader only where it stands alone and is closed; else by number.
            alone = text[at - 1 : at] != c and _CLOSED.match(text, at + 1)
            out.append(c * 2 if alone else _by_number(c))
        else:
            out.append(_HCL_ESCAPES.get(c) or (c if c.isprintable() else _by_number(c)))
    return f'"{"".join(out)}"'


def _yaml_string(text: str) -> str:
    return f'"{"".join(_YAML_ESCAPES.get(c) or (c if c.isprintable() else _by_number(c)) for c in text)}"'


def _by_number(c: str) -> str:
    return f"\\u{ord(c):04x}" if ord(c) < 0x10000 else f"\\U{ord(c):08x}"


_HCL_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_YAML_ESCAPES = dict(_HCL_ESCAPES)
