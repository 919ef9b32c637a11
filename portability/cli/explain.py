"""``portability explain``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from portability.cli.command import Option, command
from portability.cli.console import fail, say
from portability.cli.shared import OWN_RULES, open_catalogue


@command(
    "NAME...",
    Option("--target", dest="targets", action="append", metavar="ID", help="What this target has; may be repeated."),
    OWN_RULES,
)
def explain(*name: str, targets: Sequence[str], extra: Sequence[Path]) -> None:
    """Say what is known about a name: of a service, a symbol, a capability or a product.

    aws/sqs, Amazon SQS, aws_sqs_queue, sqs.send_message, queue, rabbitmq…
    """
    from portability.reports.explain import UnknownName, explain

    known, wanted = open_catalogue(extra, targets)
    try:
        say(explain(" ".join(name), known, wanted))
    except UnknownName as error:
        fail(str(error))
