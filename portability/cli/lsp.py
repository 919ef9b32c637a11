"""``portability lsp``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from portability.cli.command import command
from portability.cli.console import fail
from portability.cli.shared import OWN_RULES, TARGETS, open_catalogue


@command("", TARGETS, OWN_RULES)
def lsp(*, targets: Sequence[str], extra: Sequence[Path]) -> None:
    """Serve an editor over standard input and output: findings as you type, and what there is instead."""
    try:
        from portability.editor.server import server
    except ImportError:
        fail("the language server needs one more package: pip install 'cloud-portability[lsp]'")
    known, wanted = open_catalogue(extra, targets)
    server(known, wanted).start_io()
