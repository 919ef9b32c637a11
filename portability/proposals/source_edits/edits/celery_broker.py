"""The broker of Celery and kombu is an address from the environment, so that a RabbitMQ may stand there.

Code stays as it is: the library hides the queue. What the SQS transport alone understands is left, and told.
"""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from portability.model import Finding
from portability.proposals.source_edits.file import SourceFile

SERVICES = frozenset({"aws/sqs"})
INTERFACE = "amqp-0-9-1"
_VARIABLE = "CELERY_BROKER_URL"
_SCHEME = "sqs://"


def edit(file: SourceFile, findings: Sequence[Finding]) -> None:
    """Read the address from the environment wherever it is set."""
    for finding in findings:
        if finding.symbol != _SCHEME:
            continue
        place = finding.location
        address = file.at(place, cst.SimpleString) or file.at(place, cst.FormattedString)
        if address is None or not _begins(address):
            file.leave(finding, "The transport is named apart from its address.")
        elif not _is_set(file, address):
            file.leave(finding, "The address is a default or is taken apart, so what it is used for is not plain.")
        else:
            file.replace(address, f'os.environ["{_VARIABLE}"]')
            file.import_("os")
            file.decide(
                f"Set {_VARIABLE} to amqp://… where the code runs. Options of the SQS transport (region, predefined "
                "queues, polling, visibility timeout) mean nothing to RabbitMQ; results need a back end of their own."
            )
            file.done(finding)


def _begins(address: cst.BaseString) -> bool:
    match address:
        case cst.SimpleString():
            value = address.evaluated_value
            return isinstance(value, str) and value.startswith(_SCHEME)
        case cst.FormattedString(parts=[cst.FormattedStringText(value=start), *_]):
            return start.startswith(_SCHEME)
        case _:
            return False


def _is_set(file: SourceFile, address: cst.BaseString) -> bool:
    """Whether the address is what a name, a key or a named argument is given."""
    holder = file.parent(address)
    if isinstance(holder, cst.Arg):
        return holder.keyword is not None and "broker" in holder.keyword.value
    return isinstance(holder, cst.Assign | cst.AnnAssign | cst.DictElement)
