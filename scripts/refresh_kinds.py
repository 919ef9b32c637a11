"""Writes portability/data/kubernetes-kinds.json: the fields of the objects that proposals make.

``python scripts/refresh_kinds.py [CRD.yaml …]`` takes the built-in kinds from the installed ``kubernetes`` client
(Apache-2.0), and custom ones from definitions under a permissive licence; say whose in ``SOURCES``. Kept are names,
types and what is required. The same input gives the same bytes.
"""

from __future__ import annotations

import datetime
import json
import sys
import types
import typing
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

import yaml

OUT = Path(__file__).parents[1] / "portability/data/kubernetes-kinds.json"
KINDS = {
    "v1": ["ConfigMap", "PersistentVolumeClaim", "Secret", "Service", "ServiceAccount"],
    "apps/v1": ["Deployment", "StatefulSet"],
    "batch/v1": ["CronJob", "Job"],
    "rbac.authorization.k8s.io/v1": ["Role", "RoleBinding"],
    "storage.k8s.io/v1": ["StorageClass"],
}
SOURCES = {
    "cert-manager.io": "cert-manager/cert-manager at 2d0d7f7f7, Apache-2.0",
    "eventing.knative.dev": "knative/eventing at 8cf4c4b67, Apache-2.0",
    "external-secrets.io": "external-secrets/external-secrets at cc5bfbc22, Apache-2.0",
    "gateway.networking.k8s.io": "kubernetes-sigs/gateway-api at 4564255ac, Apache-2.0",
    "k8s.mariadb.com": "mariadb-operator/mariadb-operator at 8970edf8, MIT",
    "kafka.strimzi.io": "strimzi/strimzi-kafka-operator at 8541da1e33, Apache-2.0",
    "kueue.x-k8s.io": "kubernetes-sigs/kueue at ff69552e79, Apache-2.0",
    "opensearch.org": "opensearch-project/opensearch-k8s-operator at ef6502ab, Apache-2.0",
    "postgresql.cnpg.io": "cloudnative-pg/cloudnative-pg at a95a534db, Apache-2.0",
    "serving.knative.dev": "knative/serving at 98e5ef90aa, Apache-2.0",
    "serving.kserve.io": "kserve/kserve at aaac4e294, Apache-2.0",
    "velero.io": "velero-io/velero at d2241adba, Apache-2.0",
}
DEPTH = 5
PLAIN: dict[Any, str] = {str: "string", int: "integer", float: "number", bool: "boolean", datetime.datetime: "string"}


def main(paths: list[Path]) -> None:
    """Read, thin out, write."""
    shapes: dict[str, Any] = {}
    kinds: dict[str, Any] = {}
    for version, names in KINDS.items():
        for name in names:
            kinds[f"{version} {name}"] = _model(f"V1{name}", shapes)
    for path in paths:
        for document in yaml.safe_load_all(path.read_text(encoding="utf-8")):
            if isinstance(document, dict) and document.get("kind") == "CustomResourceDefinition":
                kinds.update(_custom(document))
    used = {key.split("/")[0] for key in kinds}
    sources = {group: said for group, said in SOURCES.items() if group in used}
    sources["built in"] = f"kubernetes {metadata.version('kubernetes')} (Python client), Apache-2.0"
    out = {"sources": sources, "kinds": kinds, "shapes": shapes}
    OUT.write_text(json.dumps(out, sort_keys=True, separators=(",", ":")) + "\n", encoding="utf-8")


def _model(name: str, shapes: dict[str, Any]) -> str:
    if name not in shapes:
        shapes[name] = {}
        module = import_module("kubernetes.client.models")
        for field, info in getattr(module, name).model_fields.items():
            alias = info.serialization_alias or info.alias or field
            shapes[name][alias + ("!" if info.is_required() else "")] = _type(info.annotation, shapes)
    return name


def _type(annotation: Any, shapes: dict[str, Any]) -> Any:
    origin = typing.get_origin(annotation)
    arguments = typing.get_args(annotation)
    if origin is typing.Annotated:
        return _type(arguments[0], shapes)
    if origin in (typing.Union, types.UnionType):
        given = [one for one in arguments if one is not type(None)]
        return _type(given[0], shapes) if len(given) == 1 else "any"
    if origin is list:
        return [_type(arguments[0], shapes)]
    if origin is dict:
        return {"*": _type(arguments[1], shapes)}
    if annotation in PLAIN:
        return PLAIN[annotation]
    if isinstance(annotation, type) and annotation.__module__.startswith("kubernetes.client.models"):
        return _model(annotation.__name__, shapes) if hasattr(annotation, "model_fields") else "any"
    return "any"


def _custom(document: dict[str, Any]) -> dict[str, Any]:
    spec = document["spec"]
    return {
        f"{spec['group']}/{version['name']} {spec['names']['kind']}": _thin(version["schema"]["openAPIV3Schema"], 0)
        for version in spec["versions"]
        if version.get("served") and "schema" in version
    }


def _thin(schema: dict[str, Any], depth: int) -> Any:
    if schema.get("x-kubernetes-preserve-unknown-fields") or schema.get("x-kubernetes-int-or-string") or depth > DEPTH:
        return "any"
    kind = schema.get("type")
    if kind == "array":
        return [_thin(schema.get("items", {}), depth + 1)]
    if kind == "object" and "properties" in schema:
        required = set(schema.get("required", ()))
        kept = {name: one for name, one in schema["properties"].items() if name != "status"}
        return {name + "!" * (name in required): _thin(one, depth + 1) for name, one in kept.items()}
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return {"*": _thin(schema["additionalProperties"], depth + 1)}
    return kind if kind in ("string", "integer", "number", "boolean") else "any"


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
