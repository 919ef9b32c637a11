"""``portability lsp``."""

from __future__ import annotations

from pathlib import Path

import click

from portability.cli.shared import fail, open_catalogue, own_rules, targets_option


@click.command()
@targets_option
@own_rules
def lsp(targets: tuple[str, ...], extra: tuple[Path, ...]) -> None:
    """Serve an editor over standard input and output: findings as you type, and what there is instead."""
    try:
        from portability.editor.server import server
    except ImportError:
        fail("the language server needs one more package: pip install 'cloud-portability[lsp]'")
    known, wanted = open_catalogue(extra, targets)
    server(known, wanted).start_io()
