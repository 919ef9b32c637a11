"""Serves the HTTP functions of an Azure Functions app, so that it runs in a container: a WSGI application.

Run it with `gunicorn --bind :$PORT`, the module's name and `:application`. Functions that ask for a key want it as the
Functions host does, in `x-functions-key` or `code`; FUNCTIONS_KEY says which.
"""

from __future__ import annotations

import asyncio
import hmac
import inspect
import os
import re
import uuid
from collections.abc import Callable, Iterable
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs

import azure.functions as func  # type: ignore[import-not-found]
from HANDLER import handler  # type: ignore[import-not-found]  # a copy names the app's own module here

PREFIX = "/api"  # routePrefix in host.json


def _pattern(route: str) -> re.Pattern[str]:
    """A route with its `{name}`, `{name:int}`, `{name?}` and `{*rest}` as a pattern."""
    parts = re.split(r"(/?\{[^}]*\})", route.strip("/"))
    for at, part in enumerate(parts):
        if found := re.fullmatch(r"(/?)\{(\*?)(\w+)(:\w+)?(\??)\}", part):
            inner = rf"(?P<{found[3]}>{'.*' if found[2] else '[^/]+'})"
            parts[at] = f"(?:{found[1]}{inner})?" if found[5] else found[1] + inner
        else:
            parts[at] = re.escape(part)
    return re.compile(f"{re.escape(PREFIX)}/{''.join(parts)}/?", re.IGNORECASE)


def _served() -> list[tuple[re.Pattern[str], Any, Any, str]]:
    """The functions that HTTP triggers: where, the trigger, the function, its name."""
    found = []
    for one in handler.get_functions():
        trigger = one.get_trigger()
        if trigger is not None and trigger.get_binding_name() == "httpTrigger":
            name = one.get_function_name()
            found.append((_pattern(trigger.route or name), trigger, one.get_user_function(), name))
    return found


def _wants_key(trigger: Any) -> bool:
    """Whether a function asks for a key: all do that do not say that anybody may call them."""
    level = trigger.auth_level
    return getattr(level, "value", str(level)).lower() != "anonymous"


FUNCTIONS = _served()
KEY = os.environ["FUNCTIONS_KEY"] if any(_wants_key(one[1]) for one in FUNCTIONS) else ""


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """One request, one call of the function whose route it matches."""
    method = environ["REQUEST_METHOD"]
    path = (environ.get("PATH_INFO") or "/").encode("latin-1").decode(errors="replace")
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    headers |= {"content-type": environ["CONTENT_TYPE"]} if environ.get("CONTENT_TYPE") else {}
    query = {name: values[0] for name, values in parse_qs(environ.get("QUERY_STRING", "")).items()}
    for pattern, trigger, function, name in FUNCTIONS:
        found = pattern.fullmatch(path)
        methods = {getattr(one, "value", str(one)).upper() for one in trigger.methods or ()}
        if found is None or (methods and method not in methods):
            continue
        given = headers.get("x-functions-key") or query.get("code") or ""
        if _wants_key(trigger) and not hmac.compare_digest(given.encode(), KEY.encode()):
            start_response("401 Unauthorized", [])
            return [b""]
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        scheme, host = environ.get("wsgi.url_scheme", "http"), environ.get("HTTP_HOST", "")
        asked = f"?{environ['QUERY_STRING']}" if environ.get("QUERY_STRING") else ""
        places = {key: value for key, value in found.groupdict().items() if value is not None}
        request = func.HttpRequest(
            method, f"{scheme}://{host}{path}{asked}", headers=headers, params=query, route_params=places, body=body
        )
        return _answered(_called(function, trigger.name, request, name), start_response)
    start_response("404 Not Found", [])
    return [b""]


def _called(function: Callable[..., Any], argument: str, request: Any, name: str) -> Any:
    given = {argument: request}
    if "context" in inspect.signature(function).parameters:
        given["context"] = SimpleNamespace(invocation_id=str(uuid.uuid4()), function_name=name)
    result = function(**given)
    return asyncio.run(result) if inspect.iscoroutine(result) else result


def _answered(result: Any, start_response: Callable[..., Any]) -> Iterable[bytes]:
    if not isinstance(result, func.HttpResponse):
        start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
        return [str(result).encode()]
    headers = [(name, value) for name, value in result.headers.items() if name.lower() != "content-type"]
    kind = f"{result.mimetype}; charset={result.charset}" if result.mimetype.startswith("text/") else result.mimetype
    status = int(result.status_code)
    start_response(f"{status} {HTTPStatus(status).phrase}", [*headers, ("Content-Type", kind)])
    return [result.get_body()]


if __name__ == "__main__":
    from wsgiref.simple_server import make_server

    with make_server("", int(os.environ.get("PORT", "8080")), application) as server:
        server.serve_forever()
