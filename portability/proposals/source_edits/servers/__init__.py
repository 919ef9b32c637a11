"""Servers for handlers: a new file beside a handler, which stays as it is, so that a container can serve it.

The modules beside this one are these servers. A copy of one imports a handler by its own name, in the place of
``HANDLER``, calls what makes the events that the handler takes, and holds nothing else.
"""

from __future__ import annotations

import difflib
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from keyword import iskeyword
from pathlib import Path
from typing import Any, NamedTuple

import libcst as cst
import libcst.matchers as m

from portability.discovery import Seen, look
from portability.model import Finding
from portability.patterns import regex
from portability.proposals.source_edits.calls import called
from portability.proposals.source_edits.file import SourceFile
from portability.proposals.source_edits.names import meaning
from portability.proposals.source_edits.results import NotPlain

SERVICES = frozenset({"aws/lambda", "azure/functions"})
INTERFACE = "knative"
_HANDLER = "event/handler"
_SHAPES: Mapping[str, str] = {
    "event/Records/body": "queue",
    "event/Records/receiptHandle": "queue",
    "event/Records/messageAttributes": "queue",
    "event/Records/Sns": "topic",
    "event/Records/s3*": "plain",
    "event/Records/s3/object": "plain",
    "event/Records/s3/bucket": "plain",
    "event/Records/kinesis": "stream",
    "event/kinesis/partitionKey": "stream",
    "event/detail-type/detail": "bus",
    "event/detail/detail-type/source": "bus",
    "event/rawPath/requestContext": "http-2.0",
    "event/httpMethod/requestContext": "http-1.0",
    "event/httpMethod/queryStringParameters": "http-1.0",
    "event/httpMethod/pathParameters": "http-1.0",
    "event/queryStringParameters/requestContext": "http-2.0",
    "event/queryStringParameters/pathParameters": "http-2.0",
    "event/pathParameters/body": "http-2.0",
}
_TYPED = ("aws_lambda_typing.", "aws_lambda_powertools.utilities.")
_TYPES: Mapping[str, str] = {
    "APIGatewayProxyEvent": "http-1.0",
    "APIGatewayProxyEventV1": "http-1.0",
    "APIGatewayProxyEventV2": "http-2.0",
    "LambdaFunctionUrlEvent": "http-2.0",
    "SQSEvent": "queue",
    "SNSEvent": "topic",
    "KinesisStreamEvent": "stream",
    "EventBridgeEvent": "bus",
    "S3Event": "plain",
}
"""Types of events in these packages; streams of DynamoDB and the like come from Amazon alone."""
_RESOLVERS: Mapping[str, str] = {
    "APIGatewayRestResolver": "http-1.0",
    "APIGatewayHttpResolver": "http-2.0",
    "LambdaFunctionUrlResolver": "http-2.0",
}
"""What of Powertools answers requests by routes of its own."""
_ONLY_SHOWN = frozenset(
    {"dumps", "print", "pprint", "pformat", "str", "repr", "len", "type", "deepcopy", "log", "debug", "info", "warning",
     "error", "exception"}
)  # fmt: skip
"""What looks at an event without taking it apart."""
_SENT_BY: Mapping[str, str] = {
    "queue": "A source of Knative Eventing (RabbitMQ, Kafka) sends what the queue did, one message a request: it must "
    "send anew what is answered with 500. Message attributes are gone.",
    "topic": "A trigger of Knative Eventing sends what the topic did; message attributes are gone.",
    "stream": "A Kafka source of Knative Eventing sends what the stream did, one record a request.",
    "bus": "A trigger of Knative Eventing sends what the event bus did: detail-type is the type of the CloudEvent.",
    "plain": "The body of the request is the event: bucket notifications of Ceph and MinIO have the shape of Amazon's, "
    "for anything else look at what the handler reads.",
}
_CALLS: Mapping[str, tuple[str, str]] = {
    "http-2.0": ("_http_2", "_response"),
    "http-1.0": ("_http_1", "_response"),
    "plain": ("_plain", "_result"),
    "queue": ("_queue", "_outcome"),
    "topic": ("_topic", "_outcome"),
    "stream": ("_stream", "_outcome"),
    "bus": ("_bus", "_outcome"),
}
"""What makes an event of each shape, and what answers for it."""
_TAKEN_APART = regex(r"[\"'](pathParameters|proxy)[\"']")
_REMARK = regex(r"  # (?:type: ignore|a copy names).*$", re.MULTILINE)


class Server(NamedTuple):
    """A new file: its path, its text as a patch, the findings that it answers, and what is left to decide."""

    path: str
    patch: str
    findings: Sequence[Finding]
    decisions: Sequence[str]


def servers(file: SourceFile, findings: Sequence[Finding], root: Path) -> Iterator[Server]:
    """The servers for the handlers of a file. ``findings`` are all of that file, of whatever service."""
    plans = (
        *_lambda_handlers(file, findings, root),
        *_function_app(file, findings, root),
        *_function(file, findings, root),
    )
    for plan in plans:
        if look(root, plan.path) is None:
            yield Server(plan.path, _creates(plan.path, plan.text), plan.findings, plan.decisions)
        else:
            _leave(file, plan.findings, f"{plan.path} is there already.")


class _Plan(NamedTuple):
    path: str
    text: str
    findings: Sequence[Finding]
    decisions: Sequence[str]


def _lambda_handlers(file: SourceFile, findings: Sequence[Finding], root: Path) -> Iterator[_Plan]:
    handlers = [one for one in findings if one.symbol == _HANDLER and one.service == "aws/lambda"]
    sellers = {one.service.partition("/")[0] for one in findings if one not in handlers}
    if "google" in sellers and "aws" not in sellers:
        _leave(file, handlers, "It is a function of Google, which Functions Framework serves as it is.")
        return
    others = [one for one in handlers if _function_at(file, one) is None]
    _leave(file, others, "It is a method, or asynchronous; a server calls a plain function of the module: write one.")
    functions = [(one, function) for one in handlers if (function := _function_at(file, one)) is not None]
    for finding, function in functions:
        name = function.name.value
        readers = [function, *_given(file, function)]
        inside = [one for one in findings if one.symbol.startswith("event/") and _function_at(file, one) in readers]
        try:
            shape = _shape(file, readers, inside)
            statement = _import(file, name, root)
        except NotPlain as why:
            _leave(file, [finding], str(why))
            continue
        decisions = [_SENT_BY[shape]] if shape in _SENT_BY else []
        if shape.startswith("http") and _TAKEN_APART.search(file.source(function)):
            decisions.append("ROUTES in it must say the paths with their {parameters}, as the gateway had them.")
        decisions.append("An image with gunicorn runs it; its right to call other services is no role any more.")
        event, answer = _CALLS[shape]
        calls = {"_http_2(environ, body)": f"{event}(environ, body)", "= _response(result)": f"= {answer}(result)"}
        stem = f"{_stem(file.path)}_{name}" if len(functions) > 1 else _stem(file.path)
        yield _Plan(_beside(file, stem), _copy("aws_lambda", statement, calls), [finding], decisions)


def _function_app(file: SourceFile, findings: Sequence[Finding], root: Path) -> Iterator[_Plan]:
    """An app of the second programming model, with its functions; those of blueprints come with it."""
    apps = [
        one.targets[0].target.value
        for one in file.all(cst.Assign)
        if isinstance(one.value, cst.Call)
        and meaning(file, one.value.func) == "azure.functions.FunctionApp"
        and isinstance(one.targets[0].target, cst.Name)
        and isinstance(file.parent(file.parent(one)), cst.Module)
    ]
    mine = [one for one in findings if one.service == "azure/functions"]
    routes = [one for one in mine if one.symbol.rpartition(".")[2] in ("route", "register_functions")]
    bound = [one for one in mine if one.symbol.endswith(("_input", "_output", "_binding"))]
    if len(apps) != 1 or not routes:
        return
    try:
        if bound:
            raise NotPlain("Functions of the app have bindings for input or output, which only Azure's host fills.")
        prefix = _prefix(root, file.path.rpartition("/")[0])
        text = _copy("azure_functions", _import(file, apps[0], root), prefix)
    except NotPlain as why:
        _leave(file, routes, str(why))
        return
    decisions = [
        *_APP,
        "Only what HTTP triggers is served: timers become a CronJob, queues and blobs a source of Knative Eventing.",
    ]
    answered = [one for one in mine if one in routes or ".Http" in one.symbol]
    yield _Plan(_beside(file, _stem(file.path)), text, answered, decisions)


_APP = (
    "FUNCTIONS_KEY is the key that callers send where a function asks for one; PREFIX is what host.json says, or its "
    "default.",
    "An image with gunicorn and azure-functions, which is open source, runs it. Where the runtime of Azure Functions "
    "itself is to run the app in a container, this is not needed.",
)


def _function(file: SourceFile, findings: Sequence[Finding], root: Path) -> Iterator[_Plan]:
    """A function of the first programming model: ``function.json`` beside its code says what calls it, and how."""
    mine = [one for one in findings if one.service == "azure/functions"]
    folder, _, script = file.path.rpartition("/")
    seen = look(root, f"{folder}/function.json") if folder and mine else None
    if not isinstance(seen, Seen):
        return
    above, _, name = folder.rpartition("/")
    try:
        said = _said(seen.data)
        if said.get("scriptFile", "__init__.py") != script:
            return
        entry = said.get("entryPoint", "main")
        trigger = _http(said)
        if not isinstance(entry, str) or not _defines(file, entry):
            raise NotPlain(f"Its function.json names `{entry}`, which is no function of the module.")
        if any(len(one.relative) > 1 for one in file.all(cst.ImportFrom)):
            raise NotPlain("It imports from above its folder, which only Azure's host makes a package of.")
        module = name if script == "__init__.py" else f"{name}.{_stem(script)}"
        if not all(part.isidentifier() and not iskeyword(part) for part in module.split(".")):
            raise NotPlain("Its folder has no name that a module beside it could import.")
    except NotPlain as why:
        _leave(file, mine, str(why))
        return
    route, level = str(trigger.get("route") or name), str(trigger.get("authLevel") or "function")
    methods = [str(one) for one in listed] if isinstance(listed := trigger.get("methods"), list) else []
    shown = f"name={trigger['name']!r}, auth_level={level!r}, methods={methods!r}"
    row = f"FUNCTIONS = [(_pattern({route!r}), SimpleNamespace({shown}), handler, {name!r})]"
    calls = {"FUNCTIONS = _served()": row, **_prefix(root, above)}
    text = _copy("azure_functions", f"from {module} import {entry} as handler", calls)
    path = f"{above}/{name}_server.py".lstrip("/")
    yield _Plan(path, text, mine, _APP)


def _prefix(root: Path, folder: str) -> Mapping[str, str]:
    """What stands in the place of the usual prefix of routes, where the ``host.json`` of an app says another."""
    seen = look(root, f"{folder}/host.json".lstrip("/"))
    said: Any = _object(seen.data) if isinstance(seen, Seen) else None
    for key in ("extensions", "http", "routePrefix"):
        said = said.get(key) if isinstance(said, Mapping) else None
    if not isinstance(said, str):
        return {}
    prefix = f"/{said.strip('/')}" if said.strip("/") else ""
    return {'PREFIX = "/api"': f"PREFIX = {prefix!r}"}


def _object(data: bytes) -> Mapping[str, Any] | None:
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, Mapping) else None


def _said(data: bytes) -> Mapping[str, Any]:
    """What a ``function.json`` says. Raises NotPlain."""
    said = _object(data)
    if said is None:
        raise NotPlain("Its function.json cannot be read.")
    return said


def _http(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """The trigger of a function that a request calls and whose answer is what it returns. Raises NotPlain."""
    bindings = said.get("bindings")
    found = [one for one in bindings if isinstance(one, Mapping)] if isinstance(bindings, list) else []
    kinds = sorted(str(one.get("type", "")).lower() for one in found)
    trigger = next((one for one in found if str(one.get("type", "")).lower() == "httptrigger"), None)
    if trigger is None:
        what = ", ".join(kind for kind in kinds if kind.endswith("trigger")) or "nothing that function.json names"
        raise NotPlain(f"What calls it is {what}: a timer becomes a CronJob, a queue a source of Knative Eventing.")
    answer = next((one for one in found if str(one.get("type", "")).lower() == "http"), {})
    if kinds != ["http", "httptrigger"] or answer.get("name") != "$return":
        raise NotPlain("It has bindings besides its request and what it returns, which only Azure's host fills.")
    if not isinstance(trigger.get("name"), str) or not trigger["name"].isidentifier():
        raise NotPlain("Its function.json does not say by which name it takes the request.")
    return trigger


def _defines(file: SourceFile, name: str) -> bool:
    return any(one.name.value == name for one in file.module.body if isinstance(one, cst.FunctionDef))


def _function_at(file: SourceFile, finding: Finding) -> cst.FunctionDef | None:
    """The function of the module that a finding stands in; None where it is a method, or waits for others."""
    line = finding.location.line
    for one in file.all(cst.FunctionDef):
        if isinstance(file.parent(one), cst.Module) and one.asynchronous is None and line in file.lines(one):
            return one
    return None


def _shape(file: SourceFile, readers: Sequence[cst.FunctionDef], findings: Sequence[Finding]) -> str:
    """What a handler takes its event for; ``readers`` are itself and what it gives the event to. Raises NotPlain where
    nothing else sends such events, or nothing tells of them."""
    others = [one for one in findings if one.symbol != _HANDLER]
    unknown = sorted({one.service for one in others if one.symbol not in _SHAPES})
    typed = {name for one in readers for name in _typed(file, one)}
    if unknown or not typed <= _TYPES.keys():
        what = ", ".join(unknown or sorted(typed - _TYPES.keys()))
        raise NotPlain(f"It takes events of {what}, which nothing on the target sends in that shape.")
    found = {_TYPES[one] for one in typed} or {_SHAPES[one.symbol] for one in others} or set(_resolved(file, readers))
    if len(found) > 1:
        raise NotPlain("It takes events of several shapes.")
    code = "".join(file.source(one) for one in readers)
    if found == {"http-2.0"} and not typed and re.search(r"httpMethod|multiValue|[\"']resource[\"']", code):
        return "http-1.0"
    if not found and "statusCode" not in code and _hands_on(file, readers):
        raise NotPlain("It hands its event on whole, and nothing beside it tells what the event is.")
    return next(iter(found), "http-2.0" if "statusCode" in code else "plain")


def _typed(file: SourceFile, function: cst.FunctionDef) -> Iterator[str]:
    """The types of events that a function names."""
    for node in m.findall(function, m.Name() | m.Attribute()):
        name = meaning(file, node) if isinstance(node, cst.Name | cst.Attribute) else ""
        last = name.rpartition(".")[2]
        if name.startswith(_TYPED) and "Event" in last:
            yield last


def _resolved(file: SourceFile, readers: Sequence[cst.FunctionDef]) -> Iterator[str]:
    """The shapes of requests that resolvers of the module take, where a handler asks one."""
    if any(called(one) == "resolve" for function in readers for one in _calls(function)):
        names = (meaning(file, one.func) for one in file.all(cst.Call))
        yield from (_RESOLVERS[last] for name in names if (last := name.rpartition(".")[2]) in _RESOLVERS)


def _calls(function: cst.FunctionDef) -> list[cst.Call]:
    return [one for one in m.findall(function, m.Call()) if isinstance(one, cst.Call)]


def _given(file: SourceFile, function: cst.FunctionDef) -> list[cst.FunctionDef]:
    """The functions of the module that a handler gives its event to, as the first argument."""
    own = {one.name.value: one for one in file.module.body if isinstance(one, cst.FunctionDef) and one is not function}
    calls = [file.parent(arg) for arg in _uses(file, function) if isinstance(arg, cst.Arg)]
    named = [called(call) for call in calls if isinstance(call, cst.Call) and isinstance(call.func, cst.Name)]
    return [own[name] for name in dict.fromkeys(named) if name in own]


def _uses(file: SourceFile, function: cst.FunctionDef) -> Iterator[cst.CSTNode]:
    """What each use of a function's first parameter stands in."""
    if function.params.params:
        event = function.params.params[0].name.value
        yield from (file.parent(one) for one in m.findall(function.body, m.Name(event)))


def _hands_on(file: SourceFile, readers: Sequence[cst.FunctionDef]) -> bool:
    """Whether the event goes elsewhere, and nobody here takes it apart."""
    uses = [one for function in readers for one in _uses(file, function)]
    calls = [file.parent(one) for one in uses if isinstance(one, cst.Arg)]
    own = {one.name.value for one in readers}
    away = [one for one in calls if isinstance(one, cst.Call) and called(one) not in _ONLY_SHOWN | own]
    return bool(away) and len(calls) == len(uses)


def _stem(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".py")


def _beside(file: SourceFile, stem: str) -> str:
    folder, slash, _ = file.path.rpartition("/")
    return f"{folder}{slash}{stem}_server.py"


def _import(file: SourceFile, name: str, root: Path) -> str:
    """The statement that imports a handler, as its module imports others. Raises NotPlain where none can."""
    module = _stem(file.path)
    if not module.isidentifier() or iskeyword(module) or module == "__init__":
        raise NotPlain("Its file has no name that a module beside it could import.")
    package = "." if any(one.relative for one in file.all(cst.ImportFrom)) else _package(file, root)
    return f"from {package}{module} import {name if name == 'handler' else f'{name} as handler'}"


def _package(file: SourceFile, root: Path) -> str:
    """The packages that a module is in, as it names them itself when it imports from its own; with a dot behind."""
    named = {one.partition(".")[0] for one in file.imported}
    folders = file.path.split("/")[:-1]
    for at, folder in enumerate(folders):
        own = ["/".join(folders[: end + 1]) for end in range(at, len(folders))]
        if folder in named and all(look(root, f"{one}/__init__.py") is not None for one in own):
            return "".join(f"{one}." for one in folders[at:])
    return ""


def _copy(server: str, statement: str, calls: Mapping[str, str]) -> str:
    """A server's text for one handler, with nothing that it does not need."""
    text = _REMARK.sub("", files(__name__).joinpath(f"{server}.py").read_text(encoding="utf-8"))
    for old, new in {"from HANDLER import handler": statement, **calls}.items():
        text = text.replace(old, new, 1)
    module = cst.parse_module(text)
    while (shorter := _needed(module)) is not module:
        module = shorter
    return module.code


def _needed(module: cst.Module) -> cst.Module:
    """A module without the definitions and imports that nothing in it names; itself where there are none."""
    names = Counter(one.value for one in m.findall(module, m.Name()) if isinstance(one, cst.Name))
    kept = [one for one in module.body if not any(names[name] == 1 for name in _defined(one))]
    return module if len(kept) == len(module.body) else module.with_changes(body=kept)


def _defined(statement: cst.CSTNode) -> Iterator[str]:
    """The names that a statement of a module gives a meaning, unless others ask for them by name."""
    match statement:
        case cst.FunctionDef(name=name) | cst.ClassDef(name=name) if name.value != "application":
            yield name.value
        case cst.SimpleStatementLine(
            body=[cst.Import(names=[cst.ImportAlias(name=cst.Name(value=name), asname=None)])]
        ):
            yield name
        case cst.SimpleStatementLine(
            body=[cst.ImportFrom(names=[cst.ImportAlias(name=cst.Name(value=name), asname=None)])]
        ) if name != "annotations":
            yield name
        case cst.SimpleStatementLine(body=[cst.AnnAssign(target=cst.Name(value=name))]):
            yield name


def _leave(file: SourceFile, findings: Sequence[Finding], why: str) -> None:
    for finding in findings:
        file.leave(finding, why)


def _creates(path: str, text: str) -> str:
    """A patch that makes a new file."""
    end = "\t" if " " in path else ""
    return "".join(difflib.unified_diff([], list(io.StringIO(text)), "/dev/null", f"b/{path}{end}"))
