"""Write ``portability/data/boto3-operations.json`` anew.

Usage, in an environment with ``boto3-stubs-full`` and ``boto3``, or with the folders into which they were unpacked::

    python scripts/refresh_boto3.py [FOLDER ...]

The stubs say which services, operations and resource types there are; boto3's resource models say which operation
a resource's method stands for. Both are read as text and never imported, and only names are taken over. The file::

    {"source": ..., "version": ..., "resources_version": ..., "services": {service: "operation operation ..."},
     "resources": {service: {type: {"calls": {method: [operation, type]}, "attributes": {name: type}, "items": type}}}}

The type ``""`` is the service resource itself. An empty operation is a method that calls nothing (the constructor of
a sub-resource, a waiter), an empty result is no resource, and ``items`` is what a collection yields.
"""

from __future__ import annotations

import ast
import json
import re
import site
import sys
from pathlib import Path
from typing import Any

DISTRIBUTION = "boto3-stubs-full"
TARGET = Path(__file__).parents[1] / "portability" / "data" / "boto3-operations.json"

NOT_OPERATIONS = frozenset(
    {"can_paginate", "close", "exceptions", "get_paginator", "get_waiter", "meta", "waiter_names"}
)
"""What every client has beside its operations. ``generate_presigned_url`` stays: its callers depend on the service."""

NOT_MEMBERS = frozenset({"get_available_subresources", "__init__"})
LISTING = ("all", "filter", "limit", "page_size", "pages")
"""The methods of a collection that send its request."""

BATCH_WRITER = {
    "calls": {"put_item": ["batch_write_item", ""], "delete_item": ["batch_write_item", ""]},
    "attributes": {},
}
"""A class of boto3 that is written by hand, so that neither the stubs of a service nor its model describe it."""


def main(arguments: list[str]) -> int:
    folders = [Path(argument) for argument in arguments or site.getsitepackages()]
    stubs = next((folder for folder in folders if any(folder.glob("mypy_boto3_s3"))), None)
    models = next((folder for folder in folders if (folder / "boto3" / "data").is_dir()), None)
    if stubs is None or models is None:
        print(f"no {DISTRIBUTION} or no boto3 in {', '.join(map(str, folders))}: pip install both", file=sys.stderr)
        return 1
    facts = {
        "source": f"{DISTRIBUTION}, resource models of boto3",
        "version": version(stubs, "boto3_stubs*"),
        "resources_version": version(models, "boto3"),
        **read(stubs, models),
    }
    TARGET.write_text(json.dumps(facts, indent=0, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{TARGET.name}: {len(facts['services'])} services of {DISTRIBUTION} {facts['version']}")
    return 0


def version(folder: Path, distribution: str) -> str:
    found = sorted(folder.glob(f"{distribution}-*.dist-info"))
    return found[-1].name.removesuffix(".dist-info").rpartition("-")[2] if found else "unknown"


def read(stubs: Path, models: Path) -> dict[str, Any]:
    """The facts of every ``mypy_boto3_*`` package in the folder."""
    services: dict[str, str] = {}
    resources: dict[str, Any] = {}
    for stub in sorted(stubs.glob("mypy_boto3_*/client.pyi")):
        service, operations = service_name(stub.parent), client_operations(stub)
        services[service] = " ".join(sorted(operations))
        if model := sorted((models / "boto3" / "data" / service).glob("*/resources-1.json")):
            requests = Requests(json.loads(model[-1].read_text("utf-8")), operations)
            resources[service] = resource_types(stub.parent / "service_resource.pyi", requests)
    resources["dynamodb"]["BatchWriter"] = BATCH_WRITER
    return {"services": services, "resources": resources}


def service_name(package: Path) -> str:
    """``iot-data`` for ``mypy_boto3_iot_data``: as ``boto3.client`` takes it."""
    found = re.search(r'^\w+ServiceName = Literal\["([^"]+)"\]$', (package / "literals.pyi").read_text("utf-8"), re.M)
    return found[1] if found else package.name.removeprefix("mypy_boto3_").replace("_", "-")


def client_operations(stub: Path) -> frozenset[str]:
    """The methods of the client class that are the service's own."""
    client = next(node for node in classes(stub) if node.name.endswith("Client"))
    names = {node.name for node in client.body if isinstance(node, ast.FunctionDef)}
    return frozenset(name for name in names if not name.startswith("_")) - NOT_OPERATIONS


class Requests:
    """Which operation a method of a resource sends, by boto3's model of the service."""

    def __init__(self, model: dict[str, Any], operations: frozenset[str]) -> None:
        self._operations = operations
        self._spellings = {name.replace("_", ""): name for name in operations}
        self._types = {"": model["service"], **model["resources"]}

    def of_method(self, owner: str, method: str) -> str:
        shape = self._types.get(owner, {})
        if method in ("load", "reload") and "load" in shape:
            return self._named(shape["load"])
        for name, action in shape.get("actions", {}).items():
            if snake_case(name) == method:
                return self._named(action)
        added_by_hand = method in self._operations and owner != "ServiceResource"
        return "batch_write_item" if method == "batch_writer" else method if added_by_hand else ""

    def of_collection(self, owner: str, attribute: str, method: str) -> str:
        for name, many in self._types.get(owner, {}).get("hasMany", {}).items():
            if snake_case(name) == attribute:
                if method in LISTING:
                    return self._named(many)
                for batch, action in self._types[many["resource"]["type"]].get("batchActions", {}).items():
                    if snake_case(batch) == method:
                        return self._named(action)
        return ""

    def _named(self, action: dict[str, Any]) -> str:
        return self._spellings.get(action["request"]["operation"].lower(), "")


def resource_types(stub: Path, requests: Requests) -> dict[str, Any]:
    """Every class of the stubs' resource module by its name, the service resource as ``""``."""
    found = {
        "" if node.name.endswith("ServiceResource") else node.name: node
        for node in classes(stub)
        if not node.name.endswith("Meta")
    }
    types = {name: resource_type(node, name, found, requests) for name, node in found.items()}
    for owner, shape in types.items():
        for attribute, kind in shape["attributes"].items():
            if "items" in types.get(kind, {}):
                for method, call in types[kind]["calls"].items():
                    call[0] = requests.of_collection(owner, attribute, method)
    return types


def resource_type(node: ast.ClassDef, name: str, found: dict[str, ast.ClassDef], requests: Requests) -> dict[str, Any]:
    calls: dict[str, list[str]] = {}
    attributes: dict[str, str] = {}
    items = ""
    for member in node.body:
        if isinstance(member, ast.AnnAssign) and isinstance(member.target, ast.Name):
            if kind := result_type(member.annotation, found):
                attributes[member.target.id] = kind
        elif isinstance(member, ast.FunctionDef) and member.name not in NOT_MEMBERS:
            kind = result_type(member.returns, found)
            if member.name == "__iter__":
                items = kind
            else:
                calls[member.name] = [requests.of_method(name, member.name), kind]
    return {"calls": calls, "attributes": attributes} | ({"items": items} if items else {})


def result_type(annotation: ast.expr | None, found: dict[str, ast.ClassDef]) -> str:
    """The resource class that an annotation names (inside lists and iterators too), or ``""``."""
    for part in ast.walk(annotation) if annotation else ():
        if isinstance(part, ast.Name):
            name = part.id if part.id in found else part.id.removeprefix("_")
            if name in found or name == "BatchWriter":
                return name
    return ""


def snake_case(name: str) -> str:
    """boto3's own spelling rule, as far as its resource models need it."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def classes(stub: Path) -> list[ast.ClassDef]:
    return [node for node in ast.parse(stub.read_text("utf-8")).body if isinstance(node, ast.ClassDef)]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
