"""``portability explain``."""

from __future__ import annotations

from pathlib import Path

import click

from portability.cli.shared import fail, open_catalogue, own_rules


@click.command()
@click.argument("name", nargs=-1, required=True)
@click.option("--target", "targets", multiple=True, metavar="ID", help="What this target has; may be repeated.")
@own_rules
def explain(name: tuple[str, ...], targets: tuple[str, ...], extra: tuple[Path, ...]) -> None:
    """Say what is known about a name: of a service, a symbol, a capability or a product.

    aws/sqs, Amazon SQS, aws_sqs_queue, sqs.send_message, queue, rabbitmq…
    """
    from portability.reports.explain import UnknownName, explain

    known, wanted = open_catalogue(extra, targets)
    try:
        click.echo(explain(" ".join(name), known, wanted))
    except UnknownName as error:
        fail(str(error))
