"""Servers beside handlers: what they hand to the handler, and what they make of its answer."""

from __future__ import annotations

import ast
import importlib
import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from portability.catalogue import Catalogue
from tests.proposals.conftest import edited

Answer = tuple[str, dict[str, str], bytes]
Serve = Callable[..., Callable[..., Answer]]


@pytest.fixture
def serve(
    tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Serve]:
    """Puts a handler's file down, lets git add its server, and gives what calls that."""
    names: list[str] = []

    def start(code: str, name: str = "app", target: str = "self-hosted") -> Callable[..., Answer]:
        (tmp_path / f"{name}.py").write_text(code)
        found = edited(tmp_path, catalogue, target)
        (patch,) = found.added
        assert found.patches == []
        for check in (["--check"], []):
            subprocess.run(["git", "apply", *check, "-"], input=patch.text.encode(), cwd=tmp_path, check=True)
        assert (tmp_path / f"{name}.py").read_text() == code
        assert edited(tmp_path, catalogue, target).added == []
        monkeypatch.syspath_prepend(tmp_path)
        names.extend([name, f"{name}_server"])
        server = importlib.import_module(f"{name}_server")
        return lambda *args, **more: asked(server.application, *args, **more)

    yield start
    for name in names:
        sys.modules.pop(name, None)


def asked(
    application: Any, method: str = "POST", path: str = "/", query: str = "", body: Any = b"", **more: str
) -> Answer:
    said: list[Any] = []
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path.encode().decode("latin-1"),
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(raw)),
        "wsgi.input": io.BytesIO(raw),
        "wsgi.url_scheme": "http",
        **more,
    }
    answer = b"".join(application(environ, lambda status, headers: said.extend([status, dict(headers)])))
    return said[0], said[1], answer


ECHO = """\
import json
def lambda_handler(event, context):
    {}
    return {{"statusCode": 201, "body": json.dumps(event)}}
"""


@pytest.mark.parametrize("target", ["self-hosted", "ovhcloud"])
def test_a_request_as_a_function_url_hands_it_on(serve: Serve, target: str) -> None:
    ask = serve(ECHO.format('event["rawPath"], event["requestContext"]'), target=target)
    status, _, body = ask("PUT", "/a é", "x=1&x=2&y=", b"caf\xc3\xa9", HTTP_X_ONE="1", HTTP_COOKIE="a=b; c=d")
    event = json.loads(body)
    assert status == "201 Created"
    assert (event["version"], event["rawPath"], event["body"]) == ("2.0", "/a é", "café")
    assert event["queryStringParameters"] == {"x": "1,2", "y": ""}
    assert event["headers"]["x-one"] == "1"
    assert event["cookies"] == ["a=b", "c=d"]
    assert event["requestContext"]["http"]["method"] == "PUT"
    assert json.loads(ask("POST", body=b"\xff\x00")[2])["isBase64Encoded"] is True


def test_a_request_as_a_gateway_of_the_first_kind_hands_it_on(serve: Serve) -> None:
    ask = serve(ECHO.format('event["httpMethod"], event["queryStringParameters"]'))
    event = json.loads(ask("GET", "/orders", "x=1&x=2", HTTP_X_ONE="1")[2])
    assert (event["httpMethod"], event["path"], event["body"]) == ("GET", "/orders", None)
    assert event["queryStringParameters"] == {"x": "2"}
    assert event["multiValueQueryStringParameters"] == {"x": ["1", "2"]}
    assert event["multiValueHeaders"]["X-One"] == ["1"]


def test_headers_and_bytes_of_an_answer(serve: Serve) -> None:
    ask = serve(
        'def handler(event, context):\n    return {"statusCode": 302, "headers": {"Location": "/x"},\n'
        '            "cookies": ["a=b"], "body": "/wA=", "isBase64Encoded": True}\n'
    )
    assert ask() == ("302 Found", {"Location": "/x", "Set-Cookie": "a=b"}, b"\xff\x00")


def test_what_is_called_directly_gets_the_result(serve: Serve) -> None:
    ask = serve("def handler(event, context):\n    return {**event, 'id': context.aws_request_id}\n")
    assert json.loads(ask(body={"a": 1}, CONTENT_TYPE="application/json", HTTP_CE_ID="7")[2]) == {"a": 1, "id": "7"}
    assert ask(body=b"{", CONTENT_TYPE="application/json")[0] == "400 Bad Request"


RECORDS = """\
seen = []
def handler(event, context):
    for record in event['Records']:
        seen.append({})
    return {}
"""


@pytest.mark.parametrize("structured", [True, False])
def test_a_message_comes_as_a_record(serve: Serve, structured: bool) -> None:
    ask = serve(
        RECORDS.format("(record['body'], record['messageId'], record['receiptHandle'])", "answer") + "answer = None\n"
    )
    if structured:
        whole = {"specversion": "1.0", "id": "7", "data": {"order": 1}}
        sent = {"body": whole, "CONTENT_TYPE": "application/cloudevents+json"}
    else:
        sent = {"body": {"order": 1}, "CONTENT_TYPE": "application/json", "HTTP_CE_ID": "7"}
    assert ask(**sent)[0] == "204 No Content"
    app = sys.modules["app"]
    assert app.seen == [('{"order": 1}', "7", "")]
    app.answer = {"batchItemFailures": [{"itemIdentifier": "7"}]}
    assert ask(**sent)[0] == "500 Internal Server Error"


def test_other_senders(serve: Serve, tmp_path: Path) -> None:
    ask = serve(RECORDS.format("(record['Sns']['Message'], record['Sns']['MessageId'])", "None"), "topic")
    ask(body=b"hello", CONTENT_TYPE="text/plain", HTTP_CE_ID="7")
    assert sys.modules["topic"].seen == [("hello", "7")]
    (tmp_path / "topic.py").unlink()
    ask = serve(RECORDS.format("record['kinesis']['data']", "None"), "stream")
    ask(body=b"hello", CONTENT_TYPE="text/plain")
    assert sys.modules["stream"].seen == ["aGVsbG8="]
    (tmp_path / "stream.py").unlink()
    ask = serve("def handler(event, context):\n    print(event['detail-type'], event['detail'])\n", "bus")
    assert ask(body={"a": 1}, CONTENT_TYPE="application/json", HTTP_CE_TYPE="shop.ordered")[0] == "204 No Content"
    (tmp_path / "bus.py").unlink()
    bucket = RECORDS.format("(record['s3']['bucket']['name'], record['s3']['object']['key'])", "None")
    ask = serve(bucket, "bucket")
    ask(body={"Records": [{"s3": {"bucket": {"name": "b"}, "object": {"key": "k"}}}]}, CONTENT_TYPE="application/json")
    assert sys.modules["bucket"].seen == [("b", "k")]


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (
            "def handler(event, context):\n    return event['Records'][0]['dynamodb']['NewImage']\n",
            "nothing on the target",
        ),
        (
            "def handler(event, context):\n    for r in event['Records']:\n"
            "        print(r['body'], r['receiptHandle'], r['Sns'])\n",
            "several shapes",
        ),
        (
            "from aws_lambda_powertools.utilities.data_classes import DynamoDBStreamEvent\n"
            "def handler(event, context):\n    for r in DynamoDBStreamEvent(event).records:\n        print(r)\n",
            "It takes events of DynamoDBStreamEvent",
        ),
        (
            "from controllers import create\ndef handler(event, context):\n    return made(event)\n"
            "def made(request):\n    print(request)\n    return create(request)\n",
            "hands its event on whole",
        ),
    ],
)
def test_events_that_nobody_sends_get_no_server(tmp_path: Path, catalogue: Catalogue, code: str, why: str) -> None:
    (tmp_path / "app.py").write_text(code)
    found = edited(tmp_path, catalogue, "self-hosted")
    assert found.added == []
    assert any(why in reason for reason in found.left.values()), found.left


@pytest.mark.parametrize(
    ("code", "maker"),
    [
        (
            "from aws_lambda_typing.events import APIGatewayProxyEventV1\n"
            "def handler(event: APIGatewayProxyEventV1, context):\n    return create(event)\n",
            "_http_1",
        ),
        (
            "from aws_lambda_powertools.utilities.data_classes import SQSEvent, event_source\n"
            "@event_source(data_class=SQSEvent)\ndef handler(event, context):\n    return process(event)\n",
            "_queue",
        ),
        (
            "from aws_lambda_powertools.event_handler import APIGatewayHttpResolver\napp = APIGatewayHttpResolver()\n"
            "def handler(event, context):\n    return app.resolve(event, context)\n",
            "_http_2",
        ),
        ("def handler(event, context):\n    return made(event)\ndef made(e):\n    return e['name']\n", "_plain"),
    ],
)
def test_types_and_functions_beside_a_handler_tell_its_event(
    tmp_path: Path, catalogue: Catalogue, code: str, maker: str
) -> None:
    (tmp_path / "app.py").write_text(code)
    (patch,) = edited(tmp_path, catalogue, "self-hosted").added
    assert f"event = {maker}(environ, body)" in patch.text


def test_several_handlers_and_odd_names(tmp_path: Path, catalogue: Catalogue) -> None:
    two = "def one_handler(event, context):\n    pass\ndef two_handler(event, context):\n    pass\n"
    (tmp_path / "a b").mkdir()
    (tmp_path / "a b" / "app.py").write_text(f"from . import x\n{two}")
    (tmp_path / "my-app.py").write_text(two)
    (tmp_path / "class.py").write_text(two)
    found = edited(tmp_path, catalogue, "self-hosted")
    assert len(found.added) == 2
    for patch in found.added:
        subprocess.run(["git", "apply", "-"], input=patch.text.encode(), cwd=tmp_path, check=True)
    made = {path.name: path.read_text() for path in (tmp_path / "a b").glob("*_server.py")}
    assert "from .app import one_handler as handler" in made["app_one_handler_server.py"]
    assert set(made) == {"app_one_handler_server.py", "app_two_handler_server.py"}
    assert sum("no name that a module" in why for why in found.left.values()) == 4


APP = """\
import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)


@app.route(route="hello/{name}", methods=["GET"])
def hello(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(f"Hello {req.route_params['name']} {req.params.get('x')}", status_code=202)


@app.queue_trigger(arg_name="msg", queue_name="q", connection="C")
def queued(msg: func.QueueMessage) -> None:
    print(msg.get_body())
"""


def fake_functions() -> ModuleType:
    """As azure-functions 1.26 has it, as far as a server goes."""

    class FunctionApp:
        def __init__(self, http_auth_level: str) -> None:
            self.found: list[Any] = []
            self.level = http_auth_level

        def _add(self, kind: str, name: str, **more: Any) -> Callable[[Any], Any]:
            trigger = SimpleNamespace(name=name, auth_level=self.level, get_binding_name=lambda: kind, **more)

            def put(function: Any) -> Any:
                self.found.append(
                    SimpleNamespace(
                        get_trigger=lambda: trigger,
                        get_user_function=lambda: function,
                        get_function_name=lambda: function.__name__,
                    )
                )
                return function

            return put

        def route(self, route: str, methods: list[str]) -> Any:
            return self._add("httpTrigger", "req", route=route, methods=methods)

        def queue_trigger(self, arg_name: str, **_: str) -> Any:
            return self._add("queueTrigger", arg_name)

        def get_functions(self) -> list[Any]:
            return self.found

    class HttpRequest:
        def __init__(self, method: str, url: str, **more: Any) -> None:
            self.__dict__.update(method=method, url=url, **more)

    class HttpResponse:
        mimetype, charset = "text/plain", "utf-8"

        def __init__(self, body: str, status_code: int = 200) -> None:
            self.headers: dict[str, str] = {}
            self.body, self.status_code = body, status_code

        def get_body(self) -> bytes:
            return self.body.encode()

    module = ModuleType("azure.functions")
    levels = SimpleNamespace(FUNCTION="function", ANONYMOUS="anonymous")
    module.__dict__.update(FunctionApp=FunctionApp, HttpRequest=HttpRequest, HttpResponse=HttpResponse)
    module.__dict__.update(AuthLevel=levels, QueueMessage=object)
    return module


def test_an_app_of_functions(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    functions = fake_functions()
    azure = ModuleType("azure")
    azure.__dict__["functions"] = functions
    monkeypatch.setitem(sys.modules, "azure", azure)
    monkeypatch.setitem(sys.modules, "azure.functions", functions)
    monkeypatch.setenv("FUNCTIONS_KEY", "sesame")
    ask = serve(APP, "function_app")
    expected = ("202 Accepted", {"Content-Type": "text/plain; charset=utf-8"}, b"Hello you 1")
    assert ask("GET", "/api/hello/you", "x=1&code=sesame") == expected
    assert ask("GET", "/api/hello/you", "x=1", HTTP_X_FUNCTIONS_KEY="sesame") == expected
    assert ask("GET", "/api/hello/you", "x=1")[0].startswith("401")
    assert ask("GET", "/api/hello/you", "code=wrong")[0].startswith("401")
    assert ask("POST", "/api/hello/you")[0].startswith("404")
    assert ask("GET", "/api/queued")[0].startswith("404")


MAIN = """\
import azure.functions as func


async def main(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(f"Hello {req.route_params['name']} {req.params.get('x')}", status_code=202)
"""
TRIGGER = {"type": "httpTrigger", "direction": "in", "name": "req", "route": "hello/{name}", "methods": ["get"]}
ANSWER = {"type": "http", "direction": "out", "name": "$return"}


def beside(root: Path, *bindings: dict[str, Any], code: str = MAIN, folder: str = "Hello", **more: str) -> Path:
    """A function of the first programming model: a folder with its code and its function.json."""
    (root / "api" / folder).mkdir(parents=True, exist_ok=True)
    (root / "api" / folder / "__init__.py").write_text(code)
    (root / "api" / folder / "function.json").write_text(json.dumps({"bindings": bindings, **more}))
    return root


@pytest.mark.parametrize(("folder", "server"), [("Hello", "Hello_server"), ("say-hello", "say_hello_server")])
@pytest.mark.parametrize(
    ("host", "prefix"),
    [
        (None, "/api"),
        ({"version": "2.0"}, "/api"),
        ({"extensions": {"http": {"routePrefix": ""}}}, ""),
        ({"extensions": {"http": {"routePrefix": "v1/open/"}}}, "/v1/open"),
        ({"extensions": {"http": {"routePrefix": 7}}}, "/api"),
        ("no JSON", "/api"),
    ],
)
def test_a_function_with_its_json_beside_it(
    tmp_path: Path,
    catalogue: Catalogue,
    monkeypatch: pytest.MonkeyPatch,
    host: Any,
    prefix: str,
    folder: str,
    server: str,
) -> None:
    """The first programming model says in JSON what the second says in code; the answer is the same, below the prefix
    that the app's host.json says."""
    if host is not None:
        (tmp_path / "api").mkdir()
        (tmp_path / "api/host.json").write_text(host if isinstance(host, str) else json.dumps(host))
    beside(tmp_path, {**TRIGGER, "authLevel": "anonymous"}, ANSWER, folder=folder)
    (patch,) = edited(tmp_path, catalogue, "self-hosted").added
    subprocess.run(["git", "apply", "-"], input=patch.text.encode(), cwd=tmp_path, check=True)
    assert edited(tmp_path, catalogue, "self-hosted").added == []
    functions, azure = fake_functions(), ModuleType("azure")
    azure.__dict__["functions"] = functions
    monkeypatch.setitem(sys.modules, "azure", azure)
    monkeypatch.setitem(sys.modules, "azure.functions", functions)
    monkeypatch.syspath_prepend(tmp_path / "api")
    made = importlib.import_module(server)
    for name in (folder, server):
        del sys.modules[name]
    assert asked(made.application, "GET", f"{prefix}/hello/you", "x=1") == (
        "202 Accepted",
        {"Content-Type": "text/plain; charset=utf-8"},
        b"Hello you 1",
    )
    assert asked(made.application, "POST", f"{prefix}/hello/you")[0].startswith("404")
    assert "_served" not in patch.text  # it holds what this function needs and nothing else


@pytest.mark.parametrize(
    ("bindings", "more", "why"),
    [
        ([{"type": "timerTrigger", "name": "t", "schedule": "0 0 * * * *"}], {}, "a CronJob"),
        ([TRIGGER, {**ANSWER, "name": "res"}], {}, "only Azure's host fills"),
        ([TRIGGER, ANSWER, {"type": "queue", "name": "out"}], {}, "only Azure's host fills"),
        ([{**TRIGGER, "name": "not a name"}, ANSWER], {}, "by which name"),
        ([TRIGGER, ANSWER], {"entryPoint": "run"}, "names `run`"),
        ([{"type": "blobTrigger", "name": "b"}], {}, "the store's notifications"),
        ([{"type": "otherTrigger", "name": "b"}], {}, "calls it by HTTP"),
        ([TRIGGER, ANSWER], {"folder": "say hello"}, "no name that a module"),
        ([TRIGGER, ANSWER], {"code": f"from ..shared import x\n{MAIN}"}, "above its folder"),
    ],
)
def test_what_a_function_with_json_asks_of_the_host_is_told(
    tmp_path: Path, catalogue: Catalogue, bindings: list[dict[str, Any]], more: dict[str, str], why: str
) -> None:
    found = edited(beside(tmp_path, *bindings, **more), catalogue, "self-hosted")
    assert found.added == []
    assert any(why in told for told in found.left.values()), found.left


@pytest.mark.parametrize("text", ["{", "[]", '{"bindings": {}}', '{"bindings": [1, {"type": 3}]}', "[" * 100_000])
def test_a_broken_function_json_is_no_error(tmp_path: Path, catalogue: Catalogue, text: str) -> None:
    root = beside(tmp_path, TRIGGER, ANSWER)
    (root / "api/Hello/function.json").write_text(text)
    found = edited(root, catalogue, "self-hosted")
    assert found.added == []
    assert found.left


def test_hostile_values_of_a_function_json_stay_values(tmp_path: Path, catalogue: Catalogue) -> None:
    bad = "x\"'\\\n{name}')\nimport os  # ${x}"
    root = beside(tmp_path, {**TRIGGER, "route": bad, "methods": [bad], "authLevel": bad}, ANSWER)
    beside(tmp_path, {**TRIGGER, "route": 7, "methods": 7, "authLevel": [7]}, ANSWER, folder="Other")
    patch, _ = edited(root, catalogue, "self-hosted").added
    text = "".join(line[1:] + "\n" for line in patch.text.split("\n") if line.startswith("+") and line[1:3] != "++")
    module = ast.parse(text)
    assert bad in [one.value for one in ast.walk(module) if isinstance(one, ast.Constant)]
    assert sum(isinstance(one, ast.Import) and one.names[0].name == "os" for one in module.body) == 1


def test_bindings_that_only_the_host_fills_get_no_server(tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "function_app.py").write_text(
        APP.replace(
            "@app.queue_trigger",
            '@app.queue_output(arg_name="out", queue_name="o", connection="C")\n@app.queue_trigger',
        )
    )
    found = edited(tmp_path, catalogue, "self-hosted")
    assert found.added == []
    assert any("only Azure's host" in why for why in found.left.values())


@pytest.mark.parametrize("code", ["async def lambda_handler(event, context):\n    return event['Records']\n"])
def test_what_a_server_cannot_call_is_told(tmp_path: Path, catalogue: Catalogue, code: str) -> None:
    (tmp_path / "app.py").write_text(f"import boto3\n{code}")
    found = edited(tmp_path, catalogue, "self-hosted")
    assert found.added == []
    assert any("write one" in why for why in found.left.values())


def test_a_package_that_is_imported_by_its_whole_name_is_so_by_the_server(tmp_path: Path, catalogue: Catalogue) -> None:
    for name in ("alerts/__init__.py", "alerts/rules/__init__.py", "alerts/rules/base.py", "json/__init__.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    code = "import json\nfrom alerts.rules import base\n\ndef handler(event, context):\n    return event['Records']\n"
    (tmp_path / "alerts/rules/main.py").write_text(code)
    (patch,) = edited(tmp_path, catalogue, "self-hosted").added
    assert "+from alerts.rules.main import handler\n" in patch.text
