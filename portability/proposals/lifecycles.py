"""Lifecycle rules of the old provider's buckets, as S3 has them: what is deleted when, and what changes its class."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

_CLASSES = {
    "STANDARD_IA": "STANDARD_IA",
    "ONEZONE_IA": "STANDARD_IA",
    "GLACIER": "GLACIER_IR",
    "GLACIER_IR": "GLACIER_IR",
    "DEEP_ARCHIVE": "DEEP_ARCHIVE",
    "NEARLINE": "STANDARD_IA",
    "COLDLINE": "GLACIER_IR",
    "ARCHIVE": "DEEP_ARCHIVE",
}
_TIERS = {"cool": "STANDARD_IA", "cold": "GLACIER_IR", "archive": "DEEP_ARCHIVE"}
_AGE = "after_days_since_modification_greater_than"
_CONDITIONS = {"age", "created_before", "days_since_noncurrent_time", "matches_prefix", "num_newer_versions"}
_SAYS_NOTHING: tuple[Any, ...] = (None, "", 0, False, [], (), {})


class Move(NamedTuple):
    """A change of class after some days; ``storage_class`` is one of STANDARD_IA, GLACIER_IR and DEEP_ARCHIVE."""

    days: int
    storage_class: str


class Rule(NamedTuple):
    """What happens to the objects of a prefix, tags and sizes (in bytes). A 0 or an empty text says nothing.

    ``days`` and ``date`` are when an object is deleted, ``old_days`` when a version is that another has followed, of
    which ``old_kept`` are kept, ``upload_days`` when an upload is that nobody finished.
    """

    id: str
    enabled: bool = True
    prefix: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    larger_than: int = 0
    smaller_than: int = 0
    days: int = 0
    date: str = ""
    markers: bool = False
    old_days: int = 0
    old_kept: int = 0
    upload_days: int = 0
    moves: tuple[Move, ...] = ()
    old_moves: tuple[Move, ...] = ()

    @property
    def is_idle(self) -> bool:
        """Whether nothing happens to any object."""
        return self == Rule(*self[:6])

    def as_s3(self) -> dict[str, Any]:
        """The rule in the JSON of S3's PutBucketLifecycleConfiguration."""
        tags = [{"Key": key, "Value": value} for key, value in self.tags]
        narrow = _told(
            {
                "Prefix": self.prefix,
                "Tags": tags,
                "ObjectSizeGreaterThan": self.larger_than,
                "ObjectSizeLessThan": self.smaller_than,
            }
        )
        if len(narrow) > 1 or len(tags) > 1:
            narrow = {"And": narrow}
        elif tags:
            narrow = {"Tag": tags[0]}
        old = _told({"NoncurrentDays": self.old_days, "NewerNoncurrentVersions": self.old_kept})
        rule = {
            "ID": self.id,
            "Filter": narrow or {"Prefix": ""},
            "Status": "Enabled" if self.enabled else "Disabled",
            "Expiration": _told({"Days": self.days, "Date": self.date, "ExpiredObjectDeleteMarker": self.markers}),
            "NoncurrentVersionExpiration": old,
            "AbortIncompleteMultipartUpload": _told({"DaysAfterInitiation": self.upload_days}),
            "Transitions": [{"Days": one.days, "StorageClass": one.storage_class} for one in self.moves],
            "NoncurrentVersionTransitions": [
                {"NoncurrentDays": one.days, "StorageClass": one.storage_class} for one in self.old_moves
            ],
        }
        return _told(rule)


class Lifecycle(NamedTuple):
    """The rules that can be told in full, each with an id of its own, in order of these; ``left`` are the ids, or the
    numbers from 1, of those that cannot."""

    rules: list[Rule]
    left: list[str]

    def expiries(self) -> str:
        """What deletes, as the JSON of S3's PutBucketLifecycleConfiguration: classes have names of each store's own.
        Empty where nothing does."""
        rules = [rule._replace(moves=(), old_moves=()) for rule in self.rules]
        told = [rule.as_s3() for rule in rules if not rule.is_idle]
        return json.dumps({"Rules": told}, ensure_ascii=False) if told else ""


class _Untold(ValueError):
    """Something that only a run could tell, or that S3 has no word for."""


def lifecycle_of(rules: Any, container: str = "") -> Lifecycle:
    """The rules of a bucket; of an account that has ``container`` among its containers, those that concern it.

    A rule that cannot be told in full is left out whole, since a part of it would delete too much or too little.
    """
    told: dict[str, Rule] = {}
    left: list[str] = []
    for number, rule in enumerate(rules if isinstance(rules, (list, tuple)) else (), 1):
        called = _called(rule, number)
        try:
            for one in _read(rule, called):
                if one.is_idle:
                    raise _Untold
                if (within := _within(one, container)) is not None:
                    told[_free(one.id, told)] = within
        except _Untold:
            left.append(called)
    return Lifecycle([told[id]._replace(id=id) for id in sorted(told)], left)


def _called(rule: Any, number: int) -> str:
    name = (rule.get("id") or rule.get("name")) if isinstance(rule, Mapping) else None
    return name if isinstance(name, str) else f"rule-{number}"


def _free(id: str, taken: Iterable[str]) -> str:
    free, number = id[:200], 1
    while free in taken:
        number += 1
        free = f"{id[:200]}-{number}"
    return free


def _within(rule: Rule, container: str) -> Rule | None:
    """A rule of an account for one container: its prefixes begin with the container's name."""
    if not container or not rule.prefix:
        return rule
    name, _, rest = rule.prefix.partition("/")
    return rule._replace(prefix=rest) if name == container else None


def _read(rule: Any, id: str) -> Iterator[Rule]:
    if not isinstance(rule, Mapping):
        raise _Untold
    if "actions" in rule:
        yield from _each_prefix(_of_azure(rule, id), _block(rule, "filters").get("prefix_match"))
    elif "action" in rule:
        yield from _each_prefix(_of_google(rule, id), _block(rule, "condition").get("matches_prefix"))
    else:
        yield _of_amazon(rule, id)


def _each_prefix(rule: Rule, prefixes: Any) -> Iterator[Rule]:
    found = [prefixes] if isinstance(prefixes, str) else prefixes or [""]
    if not isinstance(found, (list, tuple)) or not all(isinstance(one, str) for one in found):
        raise _Untold
    yield from (rule._replace(prefix=one) for one in found)


def _of_amazon(rule: Mapping[str, Any], id: str) -> Rule:
    narrow = _block(rule, "filter")
    narrow = {**narrow, **_block(narrow, "and")}
    tags = {**_texts(_block(rule, "tags")), **_texts(_block(narrow, "tags"))}
    if tag := _block(narrow, "tag"):
        tags[_text(tag, "key")] = _text(tag, "value")
    expiry, old = _block(rule, "expiration"), _block(rule, "noncurrent_version_expiration")
    uploads = _block(rule, "abort_incomplete_multipart_upload")
    return Rule(
        id,
        enabled=_enabled(rule),
        prefix=_text(narrow, "prefix") or _text(rule, "prefix"),
        tags=tuple(sorted(tags.items())),
        larger_than=_number(narrow, "object_size_greater_than"),
        smaller_than=_number(narrow, "object_size_less_than"),
        days=_number(expiry, "days"),
        date=_text(expiry, "date"),
        markers=expiry.get("expired_object_delete_marker") is True,
        old_days=_number(old, "noncurrent_days") or _number(old, "days"),
        old_kept=_number(old, "newer_noncurrent_versions"),
        upload_days=_number(uploads, "days_after_initiation")
        or _number(rule, "abort_incomplete_multipart_upload_days"),
        moves=tuple(_move(one, "days") for one in _blocks(rule, "transition")),
        old_moves=tuple(
            _move(one, "noncurrent_days", "days") for one in _blocks(rule, "noncurrent_version_transition")
        ),
    )


def _of_google(rule: Mapping[str, Any], id: str) -> Rule:
    action, condition = _block(rule, "action"), _block(rule, "condition")
    told = _told(dict(condition))
    state = told.pop("with_state", "ANY")
    if None in condition.values() or not told or told.keys() - _CONDITIONS:
        raise _Untold
    age, kind, newer = _number(told, "age"), action.get("type"), _number(told, "num_newer_versions")
    since = _number(told, "days_since_noncurrent_time")
    if kind == "AbortIncompleteMultipartUpload" and age:
        return Rule(id, upload_days=age)
    if kind == "SetStorageClass" and age and state != "ARCHIVED" and len(told.keys() - {"matches_prefix"}) == 1:
        return Rule(id, moves=(Move(age, _class(action)),))
    if kind == "Delete" and (newer or since) and not age and "created_before" not in told:
        # The newest counts as one of those that follow; what follows on nothing else is deleted within a day.
        return Rule(id, old_days=since or 1, old_kept=max(newer - 1, 0))
    if kind == "Delete" and state != "ARCHIVED" and not (newer or since):
        return Rule(id, days=age, date="" if age else _text(told, "created_before"))
    raise _Untold


def _of_azure(rule: Mapping[str, Any], id: str) -> Rule:
    narrow, actions = _block(rule, "filters"), _block(rule, "actions")
    base, version = _block(actions, "base_blob"), _block(actions, "version")
    kinds = narrow.get("blob_types", ["blockBlob"])
    if narrow.get("match_blob_index_tag") or not isinstance(kinds, (list, tuple)) or "blockBlob" not in kinds:
        raise _Untold
    known = {f"tier_to_{tier}_{_AGE}" for tier in _TIERS} | {f"delete_{_AGE}"}
    if any(base[name] is not False for name in base.keys() - known):
        raise _Untold
    moves = ((_number(base, f"tier_to_{tier}_{_AGE}"), name) for tier, name in _TIERS.items())
    return Rule(
        id,
        enabled=_enabled(rule),
        days=_number(base, f"delete_{_AGE}"),
        old_days=_number(version, "delete_after_days_since_creation"),
        moves=tuple(Move(days, name) for days, name in moves if days),
    )


def _enabled(rule: Mapping[str, Any]) -> bool:
    said = rule.get("status", rule.get("enabled", True))
    if said is None:
        raise _Untold
    return str(said).lower() in ("true", "enabled")


def _move(move: Mapping[str, Any], *names: str) -> Move:
    days = next((days for name in names if (days := _number(move, name))), 0)
    if not days:
        raise _Untold
    return Move(days, _class(move))


def _class(action: Mapping[str, Any]) -> str:
    name = _CLASSES.get(_text(action, "storage_class"))
    if name is None:
        raise _Untold
    return name


def _block(block: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = _blocks(block, name)
    if len(found) > 1:
        raise _Untold
    return found[0] if found else {}


def _blocks(block: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = block.get(name, [])
    blocks = [] if found is True else list(found) if isinstance(found, (list, tuple)) else [found]  # True: an empty one
    if not all(isinstance(one, Mapping) for one in blocks):
        raise _Untold
    return blocks


def _texts(block: Mapping[str, Any]) -> dict[str, str]:
    return {str(key): _text(block, key) for key in block}


def _text(block: Mapping[str, Any], name: str) -> str:
    found = block.get(name, "")
    if not isinstance(found, str):
        raise _Untold
    return found


def _number(block: Mapping[str, Any], name: str) -> int:
    found = block.get(name, 0)
    if isinstance(found, str) and found.isascii() and found.isdecimal() and len(found) < 12:
        return int(found)
    if isinstance(found, bool) or not isinstance(found, int):
        raise _Untold
    return max(found, 0)


def _told(block: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in block.items() if value not in _SAYS_NOTHING}
