"""The broker of Celery and kombu is an address from the environment, so that a RabbitMQ may stand there.

Code stays as it is: the library hides the queue. Options that the SQS transport alone understands go with the address,
where they are written out beside it.
"""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from portability.model import Finding
from portability.proposals.source_edits.calls import entries, quoted, text
from portability.proposals.source_edits.file import SourceFile
from portability.proposals.source_edits.names import meaning
from portability.proposals.source_edits.results import NotPlain
from portability.proposals.source_edits.settings import Setting, beside, setting

SERVICES = frozenset({"aws/sqs"})
INTERFACE = "amqp-0-9-1"
_VARIABLE = "CELERY_BROKER_URL"
_SCHEME = "sqs://"
_TRANSPORT = "sqs"
_OF_SQS = frozenset(
    {"backoff_policy", "backoff_tasks", "client-config", "is_secure", "managed-delay", "polling_interval", "port"}
    | {
        "predefined_queues",
        "queue_name_prefix",
        "region",
        "sqs-creation-attributes",
        "sts_role_arn",
        "sts_token_timeout",
    }
    | {"use_task_role", "visibility_timeout", "wait_time_seconds"}
)
"""Transport options that RabbitMQ knows nothing of."""


def edit(file: SourceFile, findings: Sequence[Finding]) -> None:
    """Read the address from the environment wherever it is set."""
    for finding in findings:
        if finding.symbol != _SCHEME:
            continue
        place = finding.location
        address = file.at(place, cst.SimpleString) or file.at(place, cst.FormattedString)
        try:
            if address is None:
                raise NotPlain("The address is put together from parts.")
            _edit(file, address)
        except NotPlain as why:
            file.leave(finding, str(why))
        else:
            file.import_("os")
            file.decide(
                f"Set {_VARIABLE}, or the variable that the code reads already, to amqp://… where the code runs. What "
                "options of the SQS transport did (a prefix of queues, visibility timeout, region) RabbitMQ does by "
                "virtual hosts and policies; results need a back end of their own."
            )
            file.done(finding)


def _edit(file: SourceFile, address: cst.BaseString) -> None:
    found = setting(file, address)
    if text(address) == _TRANSPORT:
        url = beside(file, found, "broker_url", "broker") if found is not None else None
        if found is None or url is None or "transport" not in found.name.lower():
            raise NotPlain("The transport is named apart from its address.")
        file.replace(url.value, f'os.environ["{_VARIABLE}"]')
        file.remove(found.holder)
    elif not _begins(address):
        raise NotPlain("The transport is named apart from its address.")
    elif found is not None and (not isinstance(found.holder, cst.Arg) or "broker" in found.name.lower()):
        file.replace(address, f'os.environ["{_VARIABLE}"]')
    else:
        _default(file, address)
        return
    options = beside(file, found, "broker_transport_options", "transport_options") if found is not None else None
    given = entries(options.value).keys() if options is not None else set()
    if options is not None and given and given <= _OF_SQS and not _is_used(file, options):
        file.remove(options.holder)


def _is_used(file: SourceFile, one: Setting) -> bool:
    """Whether anything in the file reads a name that is set."""
    plain = isinstance(one.holder, cst.Assign | cst.AnnAssign)
    return plain and sum(name.value == one.name for name in file.all(cst.Name)) > 1


def _default(file: SourceFile, address: cst.BaseString) -> None:
    """An address that stands in for a variable of the environment: the variable must be there from now on."""
    call = file.parent(file.parent(address))
    if (
        not isinstance(call, cst.Call)
        or meaning(file, call.func) not in ("os.environ.get", "os.getenv")
        or (name := text(call.args[0].value)) is None
    ):
        raise NotPlain("The address is handed on or taken apart, so what it is used for is not plain.")
    file.replace(call, f"os.environ[{quoted(name)}]")


def _begins(address: cst.BaseString) -> bool:
    match address:
        case cst.SimpleString():
            value = address.evaluated_value
            return isinstance(value, str) and value.startswith(_SCHEME)
        case cst.FormattedString(parts=[cst.FormattedStringText(value=start), *_]):
            return start.startswith(_SCHEME)
        case _:
            return False
