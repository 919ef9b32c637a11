"""What a command says to whoever runs it, and how it ends in an error."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import NoReturn

from portability.gate import Exit


def say(text: str | bytes, *, nl: bool = True, err: bool = False) -> None:
    """Write to standard output, or to standard error: at once, so that what goes to both stays in order."""
    stream = sys.stderr if err else sys.stdout
    if stream is None:
        return  # closed before we were started
    if isinstance(text, bytes):
        stream.buffer.write(text)
    else:
        stream.write(text + "\n" if nl else text)
    stream.flush()


def fail(message: str) -> NoReturn:
    """End the run with a message for a person and exit code 2."""
    say(f"portability: {message}", err=True)
    raise SystemExit(Exit.USAGE)


def meant(word: str, known: Iterable[str]) -> str:
    """What to add to the message about a word that is not known: those that look like it, if any."""
    from difflib import get_close_matches

    close = get_close_matches(word, known, n=3)
    return f"; did you mean {' or '.join(close)}?" if close else ""
