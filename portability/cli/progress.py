"""Progress for a person who waits: on a terminal only, on stderr only, and not in the first second."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_PATIENCE_S = 1.0
_EVERY_S = 0.2


@contextmanager
def watched() -> Iterator[Callable[[int, int, int], None]]:
    """Give a callback that takes files done, files in all and names found; what it drew is wiped in the end."""
    started = drawn = time.monotonic()
    shown = False

    def progress(done: int, total: int, found: int) -> None:
        nonlocal drawn, shown
        now = time.monotonic()
        if not sys.stderr.isatty() or now - started < _PATIENCE_S or now - drawn < _EVERY_S:
            return
        drawn, shown = now, True
        # The first files also pay for the start, so an estimate from them is far too high.
        left = (
            f", about {max(1, (now - started) / done * (total - done)):.0f} s to go" if done * 50 >= total > 0 else ""
        )
        sys.stderr.write(f"\r\x1b[K{done:,} of {total:,} files read, {found:,} names found{left}")
        sys.stderr.flush()

    try:
        yield progress
    finally:
        if shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
