"""Azure Functions that a request calls: an app of the second programming model, and a function of the first."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from keyword import iskeyword
from pathlib import Path
from typing import Any

import libcst as cst

from portability.discovery import Seen, look
from portability.model import Finding
from portability.proposals.source_edits.calls import quoted
from portability.proposals.source_edits.file import SourceFile
from portability.proposals.source_edits.names import meaning
from portability.proposals.source_edits.results import NotPlain
from portability.proposals.source_edits.servers.copies import Plan, beside, copy, importing, leave, stem

_APP = (
    "FUNCTIONS_KEY is the key that callers send where a function asks for one; PREFIX is what host.json says, or its "
    "default.",
    "An image with gunicorn and azure-functions, which is open source, runs it. Where the runtime of Azure Functions "
    "itself is to run the app in a container, this is not needed.",
)


_INSTEAD: Mapping[str, str] = {
    "timertrigger": "a CronJob that starts it",
    "queuetrigger": "a consumer of a queue of RabbitMQ",
    "servicebustrigger": "a consumer of a queue of RabbitMQ",
    "eventhubtrigger": "a consumer of a topic of Kafka",
    "kafkatrigger": "a consumer of the same topic",
    "rabbitmqtrigger": "a consumer of the same queue",
    "eventgridtrigger": "a service behind a Trigger of Knative Eventing",
    "blobtrigger": "a service that the store's notifications call",
    "cosmosdbtrigger": "a program that reads the changes of the new database",
    "activitytrigger": "an activity of a workflow engine",
    "orchestrationtrigger": "a workflow of a workflow engine",
    "entitytrigger": "a workflow of a workflow engine",
    "sqltrigger": "a program that reads the changes of the database",
}
"""What triggers of the first programming model become, where nothing on the target calls a function in their way."""


def function_app(file: SourceFile, findings: Sequence[Finding], root: Path) -> Iterator[Plan]:
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
        text = copy("azure_functions", importing(file, apps[0], root), prefix)
    except NotPlain as why:
        leave(file, routes, str(why))
        return
    decisions = [
        *_APP,
        "Only what HTTP triggers is served: timers become a CronJob, queues and blobs a source of Knative Eventing.",
    ]
    answered = [one for one in mine if one in routes or ".Http" in one.symbol]
    yield Plan(beside(file, stem(file.path)), text, answered, decisions)


def described_function(file: SourceFile, findings: Sequence[Finding], root: Path) -> Iterator[Plan]:
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
        module = name if script == "__init__.py" else f"{name}.{stem(script)}"
        if not re.fullmatch(r"[\w-]+(\.\w+)?", module):
            raise NotPlain("Its folder has no name that a module beside it could import.")
    except NotPlain as why:
        leave(file, mine, str(why))
        return
    route, level = str(trigger.get("route") or name), str(trigger.get("authLevel") or "function")
    methods = [str(one) for one in listed] if isinstance(listed := trigger.get("methods"), list) else []
    shown = f"name={trigger['name']!r}, auth_level={level!r}, methods={methods!r}"
    row = f"FUNCTIONS = [(_pattern({route!r}), SimpleNamespace({shown}), handler, {name!r})]"
    calls = {"FUNCTIONS = _served()": row, **_prefix(root, above)}
    statement = f"from {module} import {entry} as handler"
    if not all(part.isidentifier() and not iskeyword(part) for part in module.split(".")):
        statement = f"\nhandler = import_module({quoted(module)}).{entry}"  # a folder may have a hyphen in its name
        calls["from http import HTTPStatus"] = "from http import HTTPStatus\nfrom importlib import import_module"
    text = copy("azure_functions", statement, calls)
    path = f"{above}/{name.replace('-', '_')}_server.py".lstrip("/")
    yield Plan(path, text, mine, _APP)


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
        calls = next((kind for kind in kinds if kind.endswith("trigger")), "")
        becomes = _INSTEAD.get(calls, "a program that calls it by HTTP")
        raise NotPlain(f"What calls it is {calls or 'nothing that function.json names'}: it becomes {becomes}.")
    answer = next((one for one in found if str(one.get("type", "")).lower() == "http"), {})
    if kinds != ["http", "httptrigger"] or answer.get("name") != "$return":
        raise NotPlain("It has bindings besides its request and what it returns, which only Azure's host fills.")
    if not isinstance(trigger.get("name"), str) or not trigger["name"].isidentifier():
        raise NotPlain("Its function.json does not say by which name it takes the request.")
    return trigger


def _defines(file: SourceFile, name: str) -> bool:
    return any(one.name.value == name for one in file.module.body if isinstance(one, cst.FunctionDef))
