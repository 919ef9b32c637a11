"""Servers for handlers: a new file beside a handler, which stays as it is, so that a container can serve it.

``aws_lambda`` and ``azure_functions`` are these servers. A copy of one imports a handler by its own name, in the place
of ``HANDLER``, calls what makes the events that the handler takes, and holds nothing else.
"""

from __future__ import annotations

import difflib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import libcst as cst
import libcst.matchers as m

from portability.discovery import look
from portability.model import Finding
from portability.patterns import regex
from portability.proposals.source_edits.calls import called
from portability.proposals.source_edits.file import SourceFile
from portability.proposals.source_edits.names import meaning
from portability.proposals.source_edits.results import NotPlain
from portability.proposals.source_edits.servers.copies import Plan, beside, copy, importing, leave, stem
from portability.proposals.source_edits.servers.function_apps import described_function, function_app

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
        *function_app(file, findings, root),
        *described_function(file, findings, root),
    )
    for plan in plans:
        if look(root, plan.path) is None:
            yield Server(plan.path, _creates(plan.path, plan.text), plan.findings, plan.decisions)
        else:
            leave(file, plan.findings, f"{plan.path} is there already.")


def _lambda_handlers(file: SourceFile, findings: Sequence[Finding], root: Path) -> Iterator[Plan]:
    handlers = [one for one in findings if one.symbol == _HANDLER and one.service == "aws/lambda"]
    sellers = {one.service.partition("/")[0] for one in findings if one not in handlers}
    if "google" in sellers and "aws" not in sellers:
        leave(file, handlers, "It is a function of Google, which Functions Framework serves as it is.")
        return
    others = [one for one in handlers if _function_at(file, one) is None]
    leave(file, others, "It is a method, or asynchronous; a server calls a plain function of the module: write one.")
    functions = [(one, function) for one in handlers if (function := _function_at(file, one)) is not None]
    for finding, function in functions:
        name = function.name.value
        readers = [function, *_given(file, function)]
        inside = [one for one in findings if one.symbol.startswith("event/") and _function_at(file, one) in readers]
        try:
            shape = _shape(file, readers, inside)
            statement = importing(file, name, root)
        except NotPlain as why:
            leave(file, [finding], str(why))
            continue
        decisions = [_SENT_BY[shape]] if shape in _SENT_BY else []
        if shape.startswith("http") and _TAKEN_APART.search(file.source(function)):
            decisions.append("ROUTES in it must say the paths with their {parameters}, as the gateway had them.")
        decisions.append("An image with gunicorn runs it; its right to call other services is no role any more.")
        event, answer = _CALLS[shape]
        calls = {"_http_2(environ, body)": f"{event}(environ, body)", "= _response(result)": f"= {answer}(result)"}
        own = f"{stem(file.path)}_{name}" if len(functions) > 1 else stem(file.path)
        yield Plan(beside(file, own), copy("aws_lambda", statement, calls), [finding], decisions)


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


def _creates(path: str, text: str) -> str:
    """A patch that makes a new file."""
    end = "\t" if " " in path else ""
    return "".join(difflib.unified_diff([], list(io.StringIO(text)), "/dev/null", f"b/{path}{end}"))
