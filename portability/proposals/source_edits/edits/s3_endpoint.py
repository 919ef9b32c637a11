"""S3 clients that name no endpoint read it from the environment.

That is all that code needs to talk to another S3-compatible store; credentials and region already come from the
environment or a profile.
"""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from portability.model import Finding
from portability.proposals.source_edits.calls import keyword, made
from portability.proposals.source_edits.file import SourceFile

SERVICES = frozenset({"aws/s3"})
INTERFACE = "s3"
_VARIABLE = "S3_ENDPOINT_URL"


def edit(file: SourceFile, findings: Sequence[Finding]) -> None:
    """Add ``endpoint_url`` where it is not said."""
    for finding in findings:
        call = file.at(finding.location, cst.Call) if finding.symbol == "s3" else None
        if call is None or made(call) != "s3" or keyword(call, "endpoint_url") is not None:
            continue
        if any(argument.star for argument in call.args):
            file.leave(finding, "The client takes arguments from a collection, and an endpoint may be among them.")
            continue
        file.change(call, _with_endpoint)
        file.import_("os")
        file.decide(f"Set {_VARIABLE} where the code runs, and give it credentials of the new store.")
        file.done(finding)


def _with_endpoint(call: cst.Call) -> cst.Call:
    argument = cst.Arg(
        keyword=cst.Name("endpoint_url"),
        value=cst.parse_expression(f'os.environ["{_VARIABLE}"]'),
        equal=cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace("")),
    )
    return call.with_changes(args=[*call.args, argument])
