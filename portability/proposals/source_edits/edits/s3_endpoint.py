"""S3 clients, and libraries that open addresses of S3, take the endpoint from the environment; a region that is written
out comes from there too.

That is all that code needs to talk to another S3-compatible store: credentials come from the environment or a profile
already, and what calls a client stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from portability.model import Finding
from portability.patterns import regex
from portability.proposals.source_edits.calls import called, entries, keyword, text, with_arguments
from portability.proposals.source_edits.file import SourceFile
from portability.proposals.source_edits.names import binding, meaning
from portability.proposals.source_edits.origins import origin
from portability.proposals.source_edits.results import NotPlain

SERVICES = frozenset({"aws/s3"})
INTERFACE = "s3"
_ENDPOINT = 'os.environ["S3_ENDPOINT_URL"]'
_REGION = 'os.environ["S3_REGION"]'
_SCHEME = "s3://"
_MAKERS = ("client", "resource", "create_client")
_OLD = ".amazonaws.com"


def edit(file: SourceFile, findings: Sequence[Finding]) -> None:
    """Say the endpoint where clients are made, and count the calls of these clients with it."""
    clients: set[cst.Call] = set()
    for finding in findings:
        try:
            call = _changed(file, finding)
        except NotPlain as why:
            file.leave(finding, str(why))
            continue
        if call is not None:
            clients.add(call)
            file.import_("os")
            file.done(finding)
    for finding in findings if clients else ():
        call = file.at(finding.location, cst.Call)
        if call is not None and origin(file, call, clients.__contains__) is not None:
            file.done(finding)
    if clients:
        file.decide(
            "Set S3_ENDPOINT_URL where the code runs, S3_REGION where the patch asks for it, and give it credentials "
            "of the new store. AWS_ENDPOINT_URL_S3, which boto3 reads from 1.28 on, does the same without a patch."
        )


def _changed(file: SourceFile, finding: Finding) -> cst.Call | None:
    """The call that gets an endpoint; None where the finding is something else. Raises NotPlain."""
    if finding.symbol == _SCHEME:
        address = file.at(finding.location, cst.SimpleString) or file.at(finding.location, cst.FormattedString)
        return _opened(file, address) if address is not None else None
    call = file.at(finding.location, cst.Call)
    if call is None:
        return None
    if finding.symbol == "s3fs.S3FileSystem" and called(call) == "S3FileSystem":
        return _client(file, call, keyword(call, "client_kwargs"))
    return _client(file, call) if finding.symbol == "s3" and _makes_s3(file, call) else None


def _makes_s3(file: SourceFile, call: cst.Call) -> bool:
    """Whether a call makes a client or resource of boto3 for S3, by whatever name it was imported."""
    if (meaning(file, call.func).rpartition(".")[2] or called(call)) not in _MAKERS and called(call) not in _MAKERS:
        return False
    first = call.args[0].value if call.args and call.args[0].keyword is None else keyword(call, "service_name")
    return text(first) == "s3"


def _client(file: SourceFile, call: cst.Call, options: cst.BaseExpression | None = None) -> cst.Call | None:
    """A client with an endpoint. ``options`` are arguments of a client within it."""
    _for_us(file, call)
    endpoint = keyword(call, "endpoint_url")
    if endpoint is not None and not _ours(endpoint):
        return None
    if options is not None and (not isinstance(options, cst.Dict) or "endpoint_url" in file.source(options)):
        raise NotPlain("What it hands to the client within may hold an endpoint.")
    given = {"endpoint_url": _ENDPOINT}
    region, at = _region(call)
    if region is not None and _written_out(file, region):
        if at is None:
            given["region_name"] = _REGION
        else:
            file.change(at, lambda node: node.with_changes(value=cst.parse_expression(_REGION)))
    elif region is not None:
        file.decide("Clients are given a region by other code: it must be the new store's, or requests are refused.")
    file.change(call, lambda node: with_arguments(node, **given))
    return call


def _region(call: cst.Call) -> tuple[cst.BaseExpression | None, cst.Arg | None]:
    """The region that a client is made for, and the argument that has no name but its place."""
    if (named := keyword(call, "region_name")) is not None:
        return named, None
    if len(call.args) > 1 and called(call) != "S3FileSystem" and all(one.keyword is None for one in call.args[:2]):
        return call.args[1].value, call.args[1]
    return None, None


def _written_out(file: SourceFile, region: cst.BaseExpression) -> bool:
    """Whether a region is a plain text, there or where its name is bound."""
    bound = binding(file, region)
    return text(region) is not None or (bound is not None and text(bound.statement.value) is not None)


def _opened(file: SourceFile, address: cst.BaseExpression) -> cst.Call | None:
    """What opens an address of S3 by a library that takes the endpoint along."""
    held = file.parent(address)
    call = file.parent(held) if isinstance(held, cst.Arg) else None
    if not isinstance(call, cst.Call) or call.args[0] is not held:
        return None
    _for_us(file, call)
    opener = meaning(file, call.func)
    if opener.startswith("smart_open."):
        option, value = "transport_params", f'{{"client": boto3.client("s3", endpoint_url={_ENDPOINT})}}'
    elif opener.startswith("fsspec."):
        option, value = "endpoint_url", _ENDPOINT
    elif opener.startswith("pandas.read_") or (
        called(call) in _WRITES and any(file.imports(frames) for frames in ("pandas", "dask.dataframe"))
    ):
        option, value = "storage_options", f'{{"endpoint_url": {_ENDPOINT}}}'
    else:
        return None
    given = keyword(call, option)
    if entries(given) and not entries(given).keys() & {"endpoint_url", "client_kwargs", "client"}:
        entry = cst.DictElement(cst.SimpleString('"endpoint_url"'), cst.parse_expression(_ENDPOINT))
        if option == "storage_options" and given is not None:
            file.change(given, lambda node: node.with_changes(elements=[*node.elements, entry]))
            return call
    if given is not None or keyword(call, "client_kwargs") is not None:
        raise NotPlain(f"It has {option} or the like already; the endpoint belongs there.")
    if option == "transport_params":
        file.import_("boto3")
    file.change(call, lambda node: with_arguments(node, **{option: value}))
    return call


def _for_us(file: SourceFile, call: cst.Call) -> None:
    """Raises NotPlain where an endpoint may be there already, or may be wrong."""
    if any(argument.star for argument in call.args):
        raise NotPlain("It takes arguments from a collection, and an endpoint may be among them.")
    code = file.source(call)
    if _ANONYMOUS.search(code):
        raise NotPlain("It reads without credentials, so it may be public data of others, which stay where they are.")
    if "use_accelerate_endpoint" in code:
        raise NotPlain("It asks for transfer acceleration, which no other store has.")


_ANONYMOUS = regex(r"\bUNSIGNED\b|\banon[\"']?\s*[=:]\s*True")
_WRITES = frozenset({"to_csv", "to_json", "to_parquet", "to_pickle"})


def _ours(endpoint: cst.BaseExpression) -> bool:
    """Whether an endpoint is one of Amazon's that is written out."""
    if isinstance(endpoint, cst.FormattedString):
        return any(isinstance(one, cst.FormattedStringText) and _OLD in one.value for one in endpoint.parts)
    return _OLD in (text(endpoint) or "")
