"""Plans and states as ``terraform show -json`` and ``tofu show -json`` write them.

https://developer.hashicorp.com/terraform/internals/json-format: a minor version adds, a major one is another format.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from portability.model import UNKNOWN, Active
from portability.parsers.terraform.instances import Instance, NotReadable, Span, field, items

T = TypeVar("T")

MAX_MODULES: Final = 20_000
_GONE: Final = ({"delete"}, {"forget"})


class _Values(msgspec.Struct):
    root_module: msgspec.Raw = msgspec.Raw(b"{}")


class _Prior(msgspec.Struct):
    values: msgspec.Raw = msgspec.Raw(b"{}")


class _Module(msgspec.Struct):
    resources: list[msgspec.Raw] = []
    child_modules: list[msgspec.Raw] = []


class _Resource(msgspec.Struct):
    address: str
    type: str
    mode: str = "managed"
    provider_name: str = ""
    values: dict[str, Any] | None = None
    sensitive_values: Any = None


class _Change(msgspec.Struct):
    actions: list[str] = []
    before: Any = None
    before_sensitive: Any = None
    after_unknown: Any = None


class _Changed(msgspec.Struct):
    address: str
    type: str
    mode: str = "managed"
    provider_name: str = ""
    change: _Change = msgspec.field(default_factory=_Change)


class _Document(msgspec.Struct):
    format_version: str
    planned_values: msgspec.Raw = msgspec.Raw(b"{}")
    values: msgspec.Raw = msgspec.Raw(b"{}")
    prior_state: msgspec.Raw = msgspec.Raw(b"{}")
    resource_changes: list[msgspec.Raw] = []
    configuration: Any = None


class Found(NamedTuple):
    """An instance, or None for what could not be read, and where it stands."""

    instance: Instance | None
    span: Span


def instances(data: bytes) -> Iterator[Found]:
    """The resources that a plan leads to or a state has, and those that the plan removes. Raises NotReadable."""
    try:
        document = msgspec.json.decode(data, type=_Document)
    except (msgspec.DecodeError, RecursionError) as error:
        raise NotReadable("syntax", f"This looks like the JSON of a plan and is none: {error}.") from error
    if document.format_version.partition(".")[0] not in ("0", "1"):
        raise NotReadable(
            "version",
            f"This plan or state has format {document.format_version[:20]}, and only 0.x and 1.x are known. Write it"
            " again with a Terraform or OpenTofu 1.x, or audit the configuration.",
        )
    whole = Span(data, 0)
    configured = _configured(document.configuration)
    changes = [(decoded(span, _Changed), span) for span in items(whole, document.resource_changes)]
    unknown = {change.address: change.change.after_unknown for change, _ in changes if change is not None}
    for raw in (document.planned_values, document.values):
        yield from _of_values(field(whole, raw), unknown, configured)
    prior = field(whole, document.prior_state)
    if (state := decoded(prior, _Prior)) is not None:
        # What a plan reads has its values here; what it manages is above.
        found = _of_values(field(prior, state.values), unknown, configured)
        yield from (one for one in found if one.instance is not None and one.instance.mode == "data")
    for change, span in changes:
        if change is None:
            yield Found(None, span)
        elif set(change.change.actions) in _GONE:
            yield Found(
                _instance(change, change.change.before, [change.change.before_sensitive], configured, "no"), span
            )


def _of_values(span: Span, unknown: Mapping[str, Any], configured: Mapping[str, Any]) -> Iterator[Found]:
    values = decoded(span, _Values)
    todo = [field(span, values.root_module)] if values is not None else []
    for _ in range(MAX_MODULES):
        if not todo:
            return
        here = todo.pop()
        module = decoded(here, _Module)
        if module is None:
            yield Found(None, here)
            continue
        for part in items(here, module.resources):
            resource = decoded(part, _Resource)
            if resource is None:
                yield Found(None, part)
            else:
                marks = [resource.sensitive_values, unknown.get(resource.address)]
                yield Found(_instance(resource, resource.values, marks, configured, "yes"), part)
        todo += reversed(list(items(here, module.child_modules)))


def _instance(
    resource: _Resource | _Changed, values: Any, marks: list[Any], configured: Mapping[str, Any], active: Active
) -> Instance:
    provider = resource.provider_name.rpartition("/")[2] or resource.type.partition("_")[0]
    known = values if isinstance(values, dict) else {}
    return Instance(resource.mode, resource.type, resource.address, known, marks, active, configured.get(provider))


def _configured(configuration: Any) -> dict[str, Any]:
    """Provider → the endpoints that its blocks name, by service; UNKNOWN where they do not agree."""
    blocks = configuration.get("provider_config") if isinstance(configuration, dict) else None
    found: dict[str, list[Any]] = {}
    for block in blocks.values() if isinstance(blocks, dict) else ():
        if not isinstance(block, dict) or ("module_address" in block and "expressions" not in block):
            continue  # a module that is handed its provider
        name = str(block.get("full_name") or block.get("name") or "").rpartition("/")[2]
        expressions = block.get("expressions")
        endpoints = expressions.get("endpoints") if isinstance(expressions, dict) else None
        found.setdefault(name, []).append(_constants(endpoints))
    return {name: all_[0] if all(one == all_[0] for one in all_) else UNKNOWN for name, all_ in found.items()}


def _constants(endpoints: Any) -> Any:
    merged: dict[str, Any] = {}
    for block in endpoints if isinstance(endpoints, list) else ():
        for service, expression in block.items() if isinstance(block, dict) else ():
            constant = expression.get("constant_value") if isinstance(expression, dict) else None
            merged[service] = constant if isinstance(constant, str) else UNKNOWN
    return merged or None


def decoded(span: Span, type_: type[T]) -> T | None:
    """A part of the document, or None where it has another shape."""
    try:
        return msgspec.json.decode(span.data, type=type_)
    except (msgspec.DecodeError, RecursionError):
        return None
