"""Policies of the old provider, as a list of what they allow, by the service that it is allowed at."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from portability.patterns import regex

_ACTION = regex(r"([A-Za-z0-9-]{1,60}):[A-Za-z0-9*?]{1,100}")
_BUCKET = regex(r"arn:aws[a-z-]*:s3:::([A-Za-z0-9._*?-]{1,100}(?:/[^\s\"'`$%{}\\]{0,200})?)")
_MANAGED = regex(r"arn:(?:aws[a-z-]*|\{\}):iam::aws:policy/(?:[a-z-]+/)?([A-Za-z0-9_-]{1,128})")
_LONGEST = 200_000
_READS = ("s3:GetObject", "s3:ListBucket")
_WRITES = (*_READS, "s3:PutObject", "s3:DeleteObject")
_MANAGES = ("GetSecretValue", "DescribeSecret", "CreateSecret", "PutSecretValue", "DeleteSecret")
_SECRETS = tuple(f"secretsmanager:{action}" for action in _MANAGES)
_KEYS = ("kms:Encrypt", "kms:Decrypt", "kms:DescribeKey")
_LOGS = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
_PULLS = (
    "ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage",
)  # fmt: skip
_HOUSEKEEPING = frozenset({"cloudwatch", "ecr", "logs", "xray"})
_BUILT_IN: Mapping[str, tuple[str, ...]] = {
    "amazonapigatewaypushtocloudwatchlogs": _LOGS,
    "amazonec2containerregistryreadonly": _PULLS,
    "amazonecstaskexecutionrolepolicy": (*_PULLS, *_LOGS[1:]),
    "amazonrdsenhancedmonitoringrole": _LOGS,
    "awslambdabasicexecutionrole": _LOGS,
    "awsxraydaemonwriteaccess": ("xray:PutTraceSegments", "xray:PutTelemetryRecords"),
    "storage blob data reader": _READS,
    "storage blob data contributor": _WRITES,
    "storage blob data owner": _WRITES,
    "key vault reader": ("secretsmanager:DescribeSecret",),
    "key vault secrets user": ("secretsmanager:GetSecretValue",),
    "key vault secrets officer": _SECRETS,
    "key vault crypto user": _KEYS,
    "key vault crypto service encryption user": _KEYS,
    "key vault administrator": (*_SECRETS, *_KEYS),
    "acrpull": ("ecr:BatchGetImage",),
    "acrpush": ("ecr:BatchGetImage", "ecr:PutImage"),
}
"""What is there without being defined, by what it allows to data, in the words that stores share: roles of every
subscription of Azure, and Amazon's policies for what only pulls images and keeps logs and traces.
https://learn.microsoft.com/azure/role-based-access-control/built-in-roles, checked 2026-11-30;
https://docs.amazonaws.cn/en_us/batch/latest/userguide/execution-IAM-role.html for tasks of ECS, checked 2026-12-01; the
others by what their names say, not checked."""


class Right(msgspec.Struct, frozen=True):
    """What one statement allows at one service: ``service`` is the prefix of its actions, in small letters.

    ``resources`` are names of buckets, of objects in them, or ``*``; empty where only a run could tell one of them, or
    where they are something else. ``address`` is the block that says so, ``is_alone`` whether no other statement of it
    allows anything at this service.
    """

    service: str
    actions: tuple[str, ...]
    resources: tuple[str, ...] = ()
    address: str = ""
    is_alone: bool = True


def rights_of(value: Any) -> list[Right] | None:
    """What the statements of a policy allow: as blocks, as a document, as a document's text, as the name of a role that
    is built in. What they deny, and what a policy of a resource gives to others, is not there, nor is what could not be
    told. None for a text that is neither a document nor such a name."""
    if isinstance(value, str) and not _is_document(value) and _role(value) not in _BUILT_IN:
        return None
    found = [right for statement in _statements(value) for right in _rights(statement)]
    counts = Counter(right.service for right in found)
    return [msgspec.structs.replace(right, is_alone=counts[right.service] == 1) for right in found]


def is_housekeeping(rights: Iterable[Right] | None) -> bool:
    """Whether rights are for pulling images and keeping logs, measures and traces alone, which a cluster does itself,
    so that whoever had them acts no more."""
    services = {right.service for right in rights or ()}
    return bool(services) and services <= _HOUSEKEEPING


def _statements(value: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    if depth > 3:
        return
    if isinstance(value, str) and (actions := _BUILT_IN.get(_role(value))):
        yield {"action": actions}
        return
    if isinstance(value, str) and _is_document(value) and len(value) < _LONGEST:
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return
    if isinstance(value, Mapping):
        lower = {str(key).lower(): item for key, item in value.items()}
        if "statement" in lower:
            yield from _statements(lower["statement"], depth + 1)
        else:
            yield lower
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _statements(item, depth + 1)


def _is_document(text: str) -> bool:
    return text.lstrip()[:1] in ("{", "[")


def _role(text: str) -> str:
    managed = _MANAGED.fullmatch(text)
    return (managed[1] if managed else text.strip()).lower()


def _rights(statement: Mapping[str, Any]) -> Iterator[Right]:
    if str(statement.get("effect", "allow")).lower() != "allow" or statement.keys() & {"principal", "principals"}:
        return
    by_service: dict[str, list[str]] = {}
    for action in _texts(statement.get("actions", statement.get("action"))):
        if found := _ACTION.fullmatch(action):
            by_service.setdefault(found[1].lower(), []).append(action)
    resources = _resources(statement.get("resources", statement.get("resource")))
    for service, actions in by_service.items():
        yield Right(service, tuple(dict.fromkeys(actions)), resources)


def _texts(value: Any) -> Iterable[str]:
    items = value if isinstance(value, (list, tuple)) else [value]
    return [item for item in items if isinstance(item, str)]


def _resources(value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, (list, tuple)) else [value]
    found = ["*" if item == "*" else _bucket(item) for item in items]
    return tuple(dict.fromkeys(found)) if all(found) else ()


def _bucket(item: Any) -> str:
    match = _BUCKET.fullmatch(item) if isinstance(item, str) else None
    return match[1] if match else ""
