"""States of format 4: what Terraform 0.12 and later, and OpenTofu, keep of the resources that they manage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from portability.parsers.terraform.instances import Instance, NotReadable, Span, items
from portability.parsers.terraform.plan import Found, decoded


class _Document(msgspec.Struct):
    version: int
    resources: list[msgspec.Raw] = []


class _Resource(msgspec.Struct):
    type: str
    name: str
    mode: str = "managed"
    module: str = ""
    instances: list[msgspec.Raw] = []


class _Instance(msgspec.Struct):
    index_key: str | int | None = None
    attributes: dict[str, Any] | None = None
    attributes_flat: dict[str, Any] | None = None
    sensitive_attributes: Any = None
    deposed: str = ""


def instances(data: bytes) -> Iterator[Found]:
    """The resources that a state has. Raises NotReadable."""
    if b'"encrypted_data"' in data:
        raise NotReadable("encrypted", "This state is encrypted. Audit what `tofu show -json` writes of it instead.")
    try:
        version = msgspec.json.decode(data, type=_Version).version
        document = msgspec.json.decode(data, type=_Document) if version == 4 else None
    except (msgspec.DecodeError, RecursionError) as error:
        raise NotReadable("syntax", f"This looks like a Terraform state and is none: {error}.") from error
    if document is None:
        raise NotReadable(
            "version",
            f"This state has format {version}, and only 4 is known. Audit what `terraform show -json` writes of it, or"
            " the configuration.",
        )
    for part in items(Span(data, 0), document.resources):
        resource = decoded(part, _Resource)
        if resource is None:
            yield Found(None, part)
            continue
        for span in items(part, resource.instances):
            instance = decoded(span, _Instance)
            if instance is None:
                yield Found(None, span)
            elif not instance.deposed:
                marks = [_marks(instance.sensitive_attributes)]
                values = instance.attributes or instance.attributes_flat or {}
                yield Found(
                    Instance(resource.mode, resource.type, _address(resource, instance.index_key), values, marks), span
                )


class _Version(msgspec.Struct):
    version: int


def _address(resource: _Resource, key: str | int | None) -> str:
    kind = "data." if resource.mode == "data" else ""
    index = "" if key is None else f"[{msgspec.json.encode(key).decode()}]"
    return f"{resource.module}{'.' if resource.module else ''}{kind}{resource.type}.{resource.name}{index}"


def _marks(paths: Any) -> Any:
    """Paths of sensitive attributes as an object of the attributes' shape. Only the first step tells: less is shown
    than could be."""
    marks: dict[str, bool] = {}
    for path in paths if isinstance(paths, list) else ():
        steps: Sequence[Any] = path if isinstance(path, list) else [path]
        first = steps[0] if steps else None
        name = first.get("value") if isinstance(first, dict) else first
        if isinstance(name, str):
            marks[name] = True
    return marks
