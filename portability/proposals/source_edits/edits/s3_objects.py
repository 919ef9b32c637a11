"""Plain reads and writes of objects by the clients of Google Cloud Storage and Azure Blob Storage go to an S3 store, by
boto3's resources: a client is a service resource, a bucket or container a ``Bucket``, a blob an ``Object``.

The shapes are alike, so names and the flow of a program stay. It is all or nothing in a file: a client that one call
needs as it was cannot become another one for the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import libcst as cst
import libcst.matchers as m

from portability.model import Finding
from portability.proposals.source_edits.calls import called, keyword
from portability.proposals.source_edits.file import SourceFile
from portability.proposals.source_edits.names import binding, imported, meaning, said
from portability.proposals.source_edits.results import NotPlain, catching, caught, readings

SERVICES = frozenset({"google/cloud-storage", "azure/blob-storage"})
INTERFACE = "s3"
_CLIENT = 'boto3.resource("s3", endpoint_url=os.environ["S3_ENDPOINT_URL"])'
_HELPER = '''

def _object_exists(one):
    """Whether an object is there."""
    try:
        one.load()
    except botocore.exceptions.ClientError as error:
        if error.response["Error"]["Code"] == "404":
            return False
        raise
    return True
'''
_PACKAGES = ("google.cloud.storage", "azure.storage.blob")
_MAKERS = frozenset({"google.cloud.storage.Client", "azure.storage.blob.BlobServiceClient"})
_MADE_BY = frozenset(
    {"Client", "from_service_account_json", "from_service_account_info", "BlobServiceClient", "from_connection_string"}
)
_HANDED_ON = "line {line} hands the client, a bucket or a blob on, or asks for more of it than is edited"


class _Given(NamedTuple):
    """The arguments of a call by their names, as positions in it."""

    call: cst.Call
    at: Mapping[str, int]

    def code(self, node: cst.Call, name: str) -> cst.BaseExpression:
        """An argument as it is by now."""
        return node.args[self.at[name]].value


class _Way(NamedTuple):
    """How one method is called there: its parameters in order, those that must be given, and what the call becomes.

    ``gives`` says what comes out: a ``bucket``, an ``object``, ``objects`` to go through, a ``stream`` that is read
    whole, ``nothing`` that would be the same; empty for a value that is.
    """

    parameters: tuple[str, ...]
    needed: int
    becomes: Callable[[cst.Call, _Given], cst.BaseExpression]
    gives: str = ""


def edit(file: SourceFile, findings: Sequence[Finding]) -> None:
    """Let a file talk to an S3 store where all that it does with its clients is plain."""
    calls: dict[cst.Call, Finding] = {}
    for finding in findings:
        call = file.at(finding.location, cst.Call)
        if call is not None and finding.symbol not in _PACKAGES:
            calls[call] = finding
    try:
        if not calls:
            return
        _check(file, calls)
        changes = [(call, _changed(file, call, one)) for call, one in calls.items()]
        steps = [change for call, one in calls.items() for change in _followed(file, call, one, calls)]
        for call in calls:
            catching(file, call)
    except NotPlain as why:
        for finding in findings:
            file.leave(finding, f"All of a file goes to another store or nothing, and {why}.")
        return
    for node, change in [*changes, *steps]:
        file.change(node, change)
    caught_any = [caught(file, call, "botocore.exceptions.ClientError") for call in calls]
    if any(caught_any) or any(_method(one) == "exists" for one in calls.values()):
        file.import_("botocore.exceptions")
    if any(_method(one) == "exists" for one in calls.values()):
        file.define(_HELPER)
    for module in ("boto3", "os"):
        file.import_(module)
    for module, name in _IMPORTS:
        file.drop_import(module, name)
    file.done(*findings)
    file.moved |= {one.service for one in findings}
    file.decide(
        "Set S3_ENDPOINT_URL where the code runs, and give it a region and credentials of the new store by "
        "AWS_DEFAULT_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; add boto3 to what the program installs."
    )
    file.decide(
        "Another S3 client does not ask whether a bucket is there before it is used, raises nothing where an object "
        "that is deleted is not there, and guesses no content type from the name of a file."
    )


def _method(finding: Finding) -> str:
    return finding.symbol.rpartition(".")[2]


def _check(file: SourceFile, calls: Mapping[cst.Call, Finding]) -> None:
    """Raises NotPlain where the file does more with the package than these calls."""
    if file.says("_object_exists"):
        raise NotPlain("it has an `_object_exists` of its own")
    makers = {call for call, one in calls.items() if one.symbol in _MAKERS}
    for call in makers:
        if called(call) not in _MADE_BY or (called(call) == "BlobServiceClient" and not _signs_in(call)):
            raise NotPlain(f"line {file.line(call)} makes a client in a way that is not edited, or without credentials")
    for call, one in calls.items():
        if one.confidence != "certain":
            raise NotPlain(f"line {file.line(call)} is likely such a call, not certainly")
        if not one.symbol.startswith(_PACKAGES):
            raise NotPlain(f"line {file.line(call)} declares or operates the store rather than its objects")
        if call not in makers and _way(one) is None:
            raise NotPlain(f"line {file.line(call)} calls `{_method(one)}`, which no S3 client answers in the same way")
    known = {name for call in makers for name in m.findall(call.func, m.Name())}
    for name in file.all(cst.Name):
        if name in known or name.value not in _WORDS or _in_import(file, name):
            continue
        if meaning(file, name).startswith(_PACKAGES) or meaning(file, name) in ("google.cloud", "azure.storage"):
            raise NotPlain(f"line {file.line(name)} says `{name.value}` for something else than a client")


def _signs_in(call: cst.Call) -> bool:
    return keyword(call, "credential") is not None or sum(one.keyword is None for one in call.args) > 1


def _in_import(file: SourceFile, node: cst.CSTNode) -> bool:
    return any(isinstance(one, cst.Import | cst.ImportFrom) for one in file.ancestors(node))


def _way(finding: Finding) -> _Way | None:
    return _WAYS.get(_short(finding))


def _short(finding: Finding) -> str:
    """The class and the method that is called, without their package; empty for those of another one."""
    package = next((one for one in _PACKAGES if finding.symbol.startswith(f"{one}.")), "")
    return finding.symbol.removeprefix(f"{package}.") if package else ""


def _changed(file: SourceFile, call: cst.Call, finding: Finding) -> Callable[[cst.Call], cst.BaseExpression]:
    """What takes the place of one call. Raises NotPlain."""
    if finding.symbol in _MAKERS:
        return lambda _: cst.parse_expression(_CLIENT)
    way = _WAYS[_short(finding)]
    given = _given(file, call, way)
    if way.gives == "nothing" and not isinstance(file.parent(call), cst.Expr):
        raise NotPlain(f"line {file.line(call)} uses what comes back, which is something else there")
    if finding.symbol.startswith("azure.") and _method(finding) == "upload_blob" and not _overwrites(call):
        raise NotPlain(f"line {file.line(call)} may not overwrite a blob, which a plain write to S3 does")
    return lambda node: way.becomes(node, given)


def _overwrites(call: cst.Call) -> bool:
    return any(
        one.keyword is not None and one.keyword.value == "overwrite" and m.matches(one.value, m.Name("True"))
        for one in call.args
    )


def _given(file: SourceFile, call: cst.Call, way: _Way) -> _Given:
    at: dict[str, int] = {}
    for number, one in enumerate(call.args):
        name = one.keyword.value if one.keyword is not None else "".join(way.parameters[number : number + 1])
        if one.star or name not in way.parameters:
            raise NotPlain(f"line {file.line(call)} says more than an S3 client is told in the same way")
        at[name] = number
    if not set(way.parameters[: way.needed]) <= at.keys():
        raise NotPlain(f"line {file.line(call)} does not say what is needed")
    return _Given(call, at)


_Step = tuple[cst.CSTNode, Callable[[cst.CSTNode], cst.CSTNode]]


def _followed(file: SourceFile, call: cst.Call, finding: Finding, calls: Mapping[cst.Call, Finding]) -> list[_Step]:
    """What changes where the result of a call is used. Raises NotPlain where that is not understood."""
    way = _way(finding)
    gives = "client" if way is None else way.gives
    owner = call.func.value if isinstance(call.func, cst.Attribute) else None
    if way is not None and owner is not None and not _ours(file, owner, calls):
        made = owner.func if isinstance(owner, cst.Call) else owner
        if isinstance(made, cst.Attribute) or imported(file, made):
            file.borrowed.add(said(made))
        raise NotPlain(f"line {file.line(call)} has its client, bucket or blob from elsewhere")
    if gives in ("client", "bucket", "object"):
        return [step for use in _uses(file, call) for step in _of_use(file, use, gives, calls)]
    if gives == "objects":
        return _gone_through(file, call, calls)
    if gives == "stream":
        return [(place, _read) for place in readings(file, call, [".readall()"])]
    return []


def _ours(file: SourceFile, owner: cst.BaseExpression, calls: Mapping[cst.Call, Finding]) -> bool:
    """Whether it is one of the calls, or a name for what one of them made, or for what a loop takes out of one."""
    if owner in calls:
        return True
    bound = binding(file, owner)
    if bound is not None:
        return bound.statement.value in calls
    return isinstance(owner, cst.Name) and any(
        one.iter in calls and m.matches(one.target, m.Name(owner.value))
        for loops in (file.all(cst.For), file.all(cst.CompFor))
        for one in loops
    )


def _uses(file: SourceFile, call: cst.Call) -> Sequence[cst.CSTNode]:
    """The places that use what a call made: the call itself, or the name that it goes into."""
    parent = file.parent(call)
    if isinstance(parent, cst.Expr):
        return []
    if not isinstance(parent, cst.Assign):
        return [call]
    bound = binding(file, parent.targets[0].target)
    if bound is None or bound.statement is not parent:
        raise NotPlain(f"line {file.line(call)} puts it into a name that means several things")
    if not bound.uses:
        raise NotPlain(f"line {file.line(call)} makes what nothing in this file uses")
    if bound.lent:
        file.owned.add(bound.lent)
    return bound.uses


def _of_use(file: SourceFile, use: cst.CSTNode, gives: str, calls: Mapping[cst.Call, Finding]) -> list[_Step]:
    step = file.parent(use)
    if not isinstance(step, cst.Attribute) or step.value is not use:
        raise NotPlain(_HANDED_ON.format(line=file.line(use)))
    if isinstance(outer := file.parent(step), cst.Call) and outer.func is step:
        if outer not in calls:
            raise NotPlain(f"line {file.line(use)} calls `{step.attr.value}`, which was not understood")
        return []
    names = {"bucket": {"name": "name"}, "object": {"name": "key"}, "summary": _SUMMARY}.get(gives, {})
    set_there = isinstance(outer, cst.AssignTarget | cst.AugAssign | cst.AnnAssign) and outer.target is step
    if step.attr.value not in names or set_there or isinstance(outer, cst.Del):
        raise NotPlain(_HANDED_ON.format(line=file.line(use)))
    new = names[step.attr.value]
    return [(step.attr, lambda _: cst.Name(new))]


def _gone_through(file: SourceFile, call: cst.Call, calls: Mapping[cst.Call, Finding]) -> list[_Step]:
    """A list of blobs that a loop goes through, and what it asks of each."""
    loop = file.parent(call)
    if not isinstance(loop, cst.For | cst.CompFor) or loop.iter is not call or not isinstance(loop.target, cst.Name):
        raise NotPlain(f"line {file.line(call)} does more with the list than to go through it")
    name = loop.target
    scope = file.scope(name)
    bound = list(scope[name.value]) if scope is not None else []
    if len(bound) != 1:
        raise NotPlain(f"line {file.line(call)} goes through it by a name that means several things")
    uses = [one.node for one in bound[0].references]
    firsts = [_innermost(use) for use in uses]
    return [step for use in firsts for step in _of_use(file, use, "summary", calls)]


def _innermost(node: cst.CSTNode) -> cst.CSTNode:
    while isinstance(node, cst.Attribute):
        node = node.value
    return node


def _read(node: cst.CSTNode) -> cst.CSTNode:
    """``stream.readall()`` → ``answer["Body"].read()``."""
    call = cst.ensure_type(node, cst.Call)
    body = cst.Subscript(_receiver(call), [cst.SubscriptElement(cst.Index(cst.SimpleString('"Body"')))])
    return call.with_changes(func=cst.Attribute(body, cst.Name("read")))


def _receiver(node: cst.Call) -> cst.BaseExpression:
    return cst.ensure_type(node.func, cst.Attribute).value


def _call(node: cst.Call, method: str, *positional: cst.BaseExpression, **named: cst.BaseExpression) -> cst.Call:
    """The same receiver asked otherwise; the brackets and what stands around them stay."""
    tight = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    args = [cst.Arg(one) for one in positional]
    args += [cst.Arg(value, cst.Name(name), equal=tight) for name, value in named.items()]
    space = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    args = [one.with_changes(comma=space) for one in args[:-1]] + args[-1:]
    plain = cst.SimpleWhitespace("")
    func = cst.ensure_type(node.func, cst.Attribute).with_changes(attr=cst.Name(method))
    return node.with_changes(func=func, args=args, whitespace_before_args=plain)


def _then(node: cst.BaseExpression, method: str, *positional: cst.BaseExpression) -> cst.Call:
    return cst.Call(cst.Attribute(node, cst.Name(method)), [cst.Arg(one) for one in positional])


def _body(node: cst.Call) -> cst.Call:
    """``blob.get()["Body"].read()``."""
    body = cst.Subscript(_call(node, "get"), [cst.SubscriptElement(cst.Index(cst.SimpleString('"Body"')))])
    return _then(body, "read")


def _renamed(method: str, *parameters: str) -> Callable[[cst.Call, _Given], cst.BaseExpression]:
    return lambda node, given: _call(node, method, *(given.code(node, name) for name in parameters))


def _put(node: cst.Call, given: _Given, content_type: str = "") -> cst.BaseExpression:
    named = {"Key": given.code(node, "name")} if "name" in given.at else {}
    named["Body"] = given.code(node, "data")
    if "content_type" in given.at:
        named["ContentType"] = given.code(node, "content_type")
    elif content_type:
        named["ContentType"] = cst.SimpleString(f'"{content_type}"')
    return _call(node, "put_object" if "name" in given.at else "put", **named)


def _uploaded(node: cst.Call, given: _Given) -> cst.BaseExpression:
    named: dict[str, cst.BaseExpression] = {}
    if "content_type" in given.at:
        kind = cst.DictElement(cst.SimpleString('"ContentType"'), given.code(node, "content_type"))
        named["ExtraArgs"] = cst.Dict([kind])
    return _call(node, "upload_file", given.code(node, "filename"), **named)


def _listed(node: cst.Call, given: _Given) -> cst.BaseExpression:
    holder = _receiver(node)
    if "bucket_or_name" in given.at:
        holder = _then(holder, "Bucket", given.code(node, "bucket_or_name"))
    within = cst.Attribute(cst.Attribute(holder, cst.Name("objects")), cst.Name("all"))
    bare = node.with_changes(func=within)
    prefix = next((name for name in ("prefix", "name_starts_with") if name in given.at), "")
    return _call(bare, "filter", Prefix=given.code(node, prefix)) if prefix else _call(bare, "all")


def _deleted(node: cst.Call, given: _Given) -> cst.BaseExpression:
    return _then(_call(node, "Object", given.code(node, "blob")), "delete")


def _downloaded(node: cst.Call, given: _Given) -> cst.BaseExpression:
    return _then(_call(node, "Object", given.code(node, "blob")), "get")


def _exists(node: cst.Call, _given: _Given) -> cst.BaseExpression:
    return node.with_changes(func=cst.Name("_object_exists"), args=[cst.Arg(_receiver(node))])


_SUMMARY = {"name": "key", "size": "size", "updated": "last_modified", "last_modified": "last_modified"}
_WAYS: Mapping[str, _Way] = {
    "Client.bucket": _Way(("bucket_name",), 1, _renamed("Bucket", "bucket_name"), "bucket"),
    "Client.get_bucket": _Way(("bucket_or_name",), 1, _renamed("Bucket", "bucket_or_name"), "bucket"),
    "Client.list_blobs": _Way(("bucket_or_name", "prefix"), 1, _listed, "objects"),
    "Bucket.blob": _Way(("blob_name",), 1, _renamed("Object", "blob_name"), "object"),
    "Bucket.list_blobs": _Way(("", "", "prefix"), 0, _listed, "objects"),
    "Bucket.delete_blob": _Way(("blob",), 1, _deleted, "nothing"),
    "Blob.upload_from_string": _Way(
        ("data", "content_type"), 1, lambda node, given: _put(node, given, content_type="text/plain"), "nothing"
    ),
    "Blob.upload_from_filename": _Way(("filename", "content_type"), 1, _uploaded, "nothing"),
    "Blob.download_as_bytes": _Way((), 0, lambda node, _: _body(node)),
    "Blob.download_as_string": _Way((), 0, lambda node, _: _body(node)),
    "Blob.download_as_text": _Way((), 0, lambda node, _: _then(_body(node), "decode", cst.SimpleString('"utf-8"'))),
    "Blob.download_to_filename": _Way(("filename",), 1, _renamed("download_file", "filename"), "nothing"),
    "Blob.download_to_file": _Way(("file_obj",), 1, _renamed("download_fileobj", "file_obj"), "nothing"),
    "Blob.delete": _Way((), 0, _renamed("delete"), "nothing"),
    "Blob.exists": _Way((), 0, _exists),
    "BlobServiceClient.get_container_client": _Way(("container",), 1, _renamed("Bucket", "container"), "bucket"),
    "BlobServiceClient.get_blob_client": _Way(
        ("container", "blob"), 2, _renamed("Object", "container", "blob"), "object"
    ),
    "ContainerClient.get_blob_client": _Way(("blob",), 1, _renamed("Object", "blob"), "object"),
    "ContainerClient.upload_blob": _Way(("name", "data", "overwrite"), 2, _put, "nothing"),
    "ContainerClient.download_blob": _Way(("blob",), 1, _downloaded, "stream"),
    "ContainerClient.delete_blob": _Way(("blob",), 1, _deleted, "nothing"),
    "ContainerClient.list_blobs": _Way(("name_starts_with",), 0, _listed, "objects"),
    "BlobClient.upload_blob": _Way(("data", "overwrite"), 1, _put, "nothing"),
    "BlobClient.download_blob": _Way((), 0, _renamed("get"), "stream"),
    "BlobClient.delete_blob": _Way((), 0, _renamed("delete"), "nothing"),
    "BlobClient.exists": _Way((), 0, _exists),
}
_WORDS = frozenset(
    {"google", "azure", "storage", "Client", "Bucket", "Blob", "BlobServiceClient", "BlobClient", "ContainerClient"}
)
_IMPORTS: Sequence[tuple[str, str | None]] = (
    ("google.cloud", "storage"),
    ("google.cloud.storage", "Client"),
    ("azure.storage.blob", "BlobServiceClient"),
    ("azure.identity", "DefaultAzureCredential"),
)
