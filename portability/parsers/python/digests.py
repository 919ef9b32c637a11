"""What is equal of uses that are copies of each other."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

from portability.digests import blake2b


def digest(symbol: str, content: Iterable[ast.AST]) -> str:
    """Equal for equal content, whatever the layout, the comments and the name of the variable that holds the client."""
    state = blake2b(f"python\0{symbol}".encode(), digest_size=8)
    stack: list[Any] = [*content][::-1]
    while stack:
        part = stack.pop()
        if isinstance(part, ast.AST):
            fields = [getattr(part, name, None) for name in part._fields if name not in ("ctx", "kind")]
            state.update(f"\0({type(part).__name__}".encode())
            stack.append(")")
            stack.extend(reversed(fields))
        elif isinstance(part, list):
            state.update(b"\0[")
            stack.append("]")
            stack.extend(reversed(part))
        else:
            state.update(f"\0{part!r}".encode("utf-8", "backslashreplace"))
    return state.hexdigest()
