"""Serves a Lambda handler over HTTP, so that it runs in a container: a WSGI application.

Run it with `gunicorn --bind :$PORT`, the module's name and `:application`. What calls it is an HTTP client, or Knative
Eventing with a CloudEvent; an error is answered with 500, so that whoever sent an event sends it again.
"""

from __future__ import annotations

import base64
import json
import os
import re
import time
import uuid
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from HANDLER import handler  # type: ignore[import-not-found]  # a copy names the handler's own module here

ROUTES: list[str] = []  # such as "/orders/{id}": what the gateway matched, for pathParameters


class Context:
    """What of Lambda's context there is without Lambda."""

    def __init__(self, request_id: str) -> None:
        self.aws_request_id = request_id
        self.function_name = os.environ.get("K_SERVICE", "")
        self.function_version = os.environ.get("K_REVISION", "")
        self._ends = time.monotonic() + float(os.environ.get("TIMEOUT_S", "300"))

    def get_remaining_time_in_millis(self) -> int:
        """As Lambda has it; TIMEOUT_S is the timeout of the service."""
        return max(0, round((self._ends - time.monotonic()) * 1000))


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """One request, one event."""
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    try:
        event = _http_2(environ, body)
    except ValueError:
        start_response("400 Bad Request", [])
        return [b""]
    result = handler(event, Context(environ.get("HTTP_CE_ID") or str(uuid.uuid4())))
    status, headers, answer = _response(result)
    start_response(f"{int(status)} {HTTPStatus(status).phrase}", headers)
    return [answer]


def _response(result: Any) -> tuple[int, list[tuple[str, str]], bytes]:
    """What the handler gave, as a gateway would answer it."""
    if not isinstance(result, dict) or "statusCode" not in result:
        return 200, [("Content-Type", "application/json")], json.dumps(result).encode()
    several = dict(result.get("multiValueHeaders") or {})
    if "cookies" in result:
        several["Set-Cookie"] = result["cookies"]
    headers = [(name, str(value)) for name, value in (result.get("headers") or {}).items() if name not in several]
    headers += [(name, str(value)) for name, values in several.items() for value in values]
    body = result.get("body") or ""
    text = body if isinstance(body, str) else json.dumps(body)
    return (
        int(result["statusCode"]),
        headers,
        base64.b64decode(text) if result.get("isBase64Encoded") else text.encode(),
    )


def _result(result: Any) -> tuple[int, list[tuple[str, str]], bytes]:
    """What the handler gave, to whoever called it."""
    return 200, [("Content-Type", "application/json")], json.dumps(result).encode()


def _outcome(result: Any) -> tuple[int, list[tuple[str, str]], bytes]:
    """Whether an event was handled; one that was not is sent again."""
    failed = isinstance(result, dict) and result.get("batchItemFailures")
    return (500 if failed else 204), [], b""


def _http_2(environ: dict[str, Any], body: bytes) -> dict[str, Any]:
    """An HTTP request as payload 2.0 of a gateway or a function URL."""
    method, path, headers = _request(environ)
    query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": environ.get("QUERY_STRING", ""),
        "headers": {name: value for name, value in headers.items() if name != "cookie"},
        "requestContext": {
            "http": {
                "method": method,
                "path": path,
                "protocol": environ.get("SERVER_PROTOCOL", ""),
                "sourceIp": environ.get("REMOTE_ADDR", ""),
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": str(uuid.uuid4()),
            "stage": "$default",
            "timeEpoch": round(time.time() * 1000),
        },
        "isBase64Encoded": False,
    }
    if query:
        event["queryStringParameters"] = {name: ",".join(values) for name, values in query.items()}
    if "cookie" in headers:
        event["cookies"] = headers["cookie"].split("; ")
    if (found := _path_parameters(path)) is not None:
        event["pathParameters"] = found
    if body:
        event["body"], event["isBase64Encoded"] = _text(body)
    return event


def _http_1(environ: dict[str, Any], body: bytes) -> dict[str, Any]:
    """An HTTP request as payload 1.0 of a gateway."""
    method, path, lower = _request(environ)
    headers = {name.title(): value for name, value in lower.items()}
    query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    text, encoded = _text(body)
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": _path_parameters(path),
        "stageVariables": None,
        "requestContext": {
            "httpMethod": method,
            "path": path,
            "resourcePath": path,
            "requestId": str(uuid.uuid4()),
            "identity": {"sourceIp": environ.get("REMOTE_ADDR", ""), "userAgent": lower.get("user-agent", "")},
        },
        "body": text if body else None,
        "isBase64Encoded": encoded,
    }


def _request(environ: dict[str, Any]) -> tuple[str, str, dict[str, str]]:
    """Method, path, and headers in small letters."""
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    headers |= {
        name.replace("_", "-").lower(): environ[name]
        for name in ("CONTENT_TYPE", "CONTENT_LENGTH")
        if environ.get(name)
    }
    path: str = environ.get("PATH_INFO") or "/"
    return environ["REQUEST_METHOD"], path.encode("latin-1").decode(errors="replace"), headers


def _path_parameters(path: str) -> dict[str, str] | None:
    for route in ROUTES:
        pattern = re.sub(
            r"\\\{(\w+)(\\\+)?\\\}", lambda m: f"(?P<{m[1]}>{'.+' if m[2] else '[^/]+'})", re.escape(route)
        )
        if found := re.fullmatch(pattern, path):
            return found.groupdict() or None
    return None


def _text(body: bytes) -> tuple[str, bool]:
    """A body as text, and whether that is base 64."""
    try:
        return body.decode(), False
    except UnicodeDecodeError:
        return base64.b64encode(body).decode(), True


def _cloud_event(environ: dict[str, Any], body: bytes) -> tuple[dict[str, str], Any]:
    """Attributes and data of a CloudEvent in either form, or of a plain request. Raises ValueError for broken JSON."""
    kind = environ.get("CONTENT_TYPE", "")
    if kind.startswith("application/cloudevents+json"):
        attributes = json.loads(body)
        data = base64.b64decode(attributes["data_base64"]) if "data_base64" in attributes else attributes.get("data")
        return attributes, data.decode(errors="replace") if isinstance(data, bytes) else data
    attributes = {name[8:].lower(): value for name, value in environ.items() if name.startswith("HTTP_CE_")}
    return attributes, json.loads(body) if "json" in kind and body else body.decode(errors="replace")


def _written(data: Any) -> str:
    return data if isinstance(data, str) else json.dumps(data)


def _plain(environ: dict[str, Any], body: bytes) -> Any:
    """The data as it is; a request without a body is an empty event."""
    _, data = _cloud_event(environ, body)
    return json.loads(data) if isinstance(data, str) and data else data or {}


def _queue(environ: dict[str, Any], body: bytes) -> Any:
    attributes, data = _cloud_event(environ, body)
    record: dict[str, Any] = {
        "messageId": attributes.get("id", ""),
        "receiptHandle": "",
        "body": _written(data),
        "attributes": {},
        "messageAttributes": {},
        "eventSourceARN": attributes.get("source", ""),
    }
    return {"Records": [record]}


def _topic(environ: dict[str, Any], body: bytes) -> Any:
    attributes, data = _cloud_event(environ, body)
    message: dict[str, Any] = {
        "MessageId": attributes.get("id", ""),
        "Message": _written(data),
        "Subject": attributes.get("subject"),
        "Timestamp": attributes.get("time", ""),
        "TopicArn": attributes.get("source", ""),
        "MessageAttributes": {},
    }
    return {"Records": [{"Sns": message}]}


def _stream(environ: dict[str, Any], body: bytes) -> Any:
    attributes, data = _cloud_event(environ, body)
    record = {
        "data": base64.b64encode(_written(data).encode()).decode(),
        "sequenceNumber": attributes.get("id", ""),
        "partitionKey": attributes.get("partitionkey", ""),
    }
    return {"Records": [{"kinesis": record, "eventID": record["sequenceNumber"]}]}


def _bus(environ: dict[str, Any], body: bytes) -> Any:
    attributes, data = _cloud_event(environ, body)
    return {
        "id": attributes.get("id", ""),
        "source": attributes.get("source", ""),
        "time": attributes.get("time", ""),
        "detail-type": attributes.get("type", ""),
        "detail": data,
        "resources": [],
    }


if __name__ == "__main__":
    from wsgiref.simple_server import make_server

    with make_server("", int(os.environ.get("PORT", "8080")), application) as server:
        server.serve_forever()
