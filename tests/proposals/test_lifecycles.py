"""Lifecycle rules: what is told in full is carried over, a rule that is not is left out whole and named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from portability.audit import audit
from portability.catalogue import Catalogue
from portability.model import Proposal
from portability.proposals import render
from portability.proposals.lifecycles import Move, Rule, lifecycle_of
from tests.proposals.test_templates import HOSTILE, literals, one, problems

AGE = "after_days_since_modification_greater_than"
DELETE = {"action": {"type": "Delete"}}
MARKERS = Rule("rule-1", larger_than=9, markers=True)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"id": "a", "enabled": True, "prefix": "log/", "expiration": {"days": 9}}, Rule("a", prefix="log/", days=9)),
        # A block that holds nothing.
        ({"filter": True, "expiration": {"days": 9}}, Rule("rule-1", days=9)),
        ({"id": "a", "status": "Disabled", "expiration": [{"days": "9"}]}, Rule("a", enabled=False, days=9)),
        (
            {"transition": [{"days": 30, "storage_class": "ONEZONE_IA"}, {"days": 60, "storage_class": "GLACIER"}]},
            Rule("rule-1", moves=(Move(30, "STANDARD_IA"), Move(60, "GLACIER_IR"))),
        ),
        (
            {"filter": {"and": {"prefix": "x", "tags": {"b": "2", "a": "1"}}}, "expiration": {"date": "2030-01-01"}},
            Rule("rule-1", prefix="x", tags=(("a", "1"), ("b", "2")), date="2030-01-01"),
        ),
        (
            {"noncurrent_version_expiration": {"noncurrent_days": 7, "newer_noncurrent_versions": 2}},
            Rule("rule-1", old_days=7, old_kept=2),
        ),
        ({"abort_incomplete_multipart_upload_days": 3}, Rule("rule-1", upload_days=3)),
        (
            {"filter": {"object_size_greater_than": 9}, "expiration": {"expired_object_delete_marker": True}},
            MARKERS,
        ),
        ({**DELETE, "condition": {"age": 30, "with_state": "LIVE"}}, Rule("rule-1", days=30)),
        # The newest version counts as one of those that follow.
        ({**DELETE, "condition": {"num_newer_versions": 3}}, Rule("rule-1", old_days=1, old_kept=2)),
        (
            {"action": {"type": "SetStorageClass", "storage_class": "ARCHIVE"}, "condition": {"age": 365}},
            Rule("rule-1", moves=(Move(365, "DEEP_ARCHIVE"),)),
        ),
        (
            {"name": "cool", "enabled": True, "actions": {"base_blob": {f"tier_to_cool_{AGE}": 5, f"delete_{AGE}": 8}}},
            Rule("cool", days=8, moves=(Move(5, "STANDARD_IA"),)),
        ),
    ],
)  # fmt: skip
def test_a_rule_that_is_told(rule: dict[str, Any], told: Rule) -> None:
    assert lifecycle_of([rule]) == ([told], [])


@pytest.mark.parametrize(
    "rule",
    [
        None,
        {},
        {"expiration": None},
        {"expiration": {"days": None}},
        # Without its prefix it would delete everything.
        {"prefix": None, "expiration": {"days": 1}},
        {"filter": None, "expiration": {"days": 1}},
        {"filter": {"tag": {"key": "a", "value": None}}, "expiration": {"days": 1}},
        {"status": None, "expiration": {"days": 1}},
        {"expiration": {"days": True}},
        {"expiration": [{"days": 1}, {"days": 2}]},
        {"transition": {"days": 1, "storage_class": "INTELLIGENT_TIERING"}},
        {"transition": {"storage_class": "GLACIER"}},
        {**DELETE, "condition": {}},
        {**DELETE, "condition": {"age": None}},
        {**DELETE, "condition": {"age": 3, "matches_suffix": [".tmp"]}},
        {**DELETE, "condition": {"age": 3, "with_state": "ARCHIVED"}},
        {**DELETE, "condition": {"age": 3, "num_newer_versions": 2}},
        {**DELETE, "condition": {"age": 3, "matches_prefix": [None]}},
        {"actions": {"snapshot": {"delete_after_days_since_creation_greater_than": 3}}},
        {"actions": {"base_blob": {"delete_after_days_since_last_access_time_greater_than": 3}}},
        {"actions": {"base_blob": {f"delete_{AGE}": 3}}, "filters": {"blob_types": ["appendBlob"]}},
        {"actions": {"base_blob": {f"delete_{AGE}": 3}}, "filters": {"match_blob_index_tag": [{"name": "a"}]}},
    ],
)
def test_a_rule_that_is_not_told_in_full_is_left_out_whole(rule: Any) -> None:
    assert lifecycle_of([rule]) == ([], ["rule-1"])


def test_an_account_has_rules_for_each_container() -> None:
    actions = {"base_blob": {f"delete_{AGE}": 9}}
    rules = [{"name": "old", "actions": actions, "filters": {"prefix_match": ["logs/app", "logs", "other/x"]}}]
    assert [(rule.id, rule.prefix) for rule in lifecycle_of(rules, "logs").rules] == [("old", "app"), ("old-2", "")]
    assert lifecycle_of(rules, "nothing").rules == []


def test_what_deletes_as_json_of_s3() -> None:
    rules = [
        {"id": "b", "filter": {"tag": {"key": "k", "value": "v"}}, "expiration": {"days": 1}},
        {"id": "a", "transition": {"days": 1, "storage_class": "GLACIER"}},
    ]
    told = [{"ID": "b", "Filter": {"Tag": {"Key": "k", "Value": "v"}}, "Status": "Enabled", "Expiration": {"Days": 1}}]
    assert json.loads(lifecycle_of(rules).expiries()) == {"Rules": told}
    assert lifecycle_of(rules[1:]).expiries() == ""


RULES: dict[str, Any] = {
    "expiration": {"days": 9},
    "noncurrent_version_expiration": {"noncurrent_days": 7, "newer_noncurrent_versions": 2},
    "noncurrent_version_transition": [{"noncurrent_days": 3, "storage_class": "STANDARD_IA"}],
    "abort_incomplete_multipart_upload": {"days_after_initiation": 2},
    "transition": [{"days": 3, "storage_class": "GLACIER"}],
}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_rules_are_data(catalogue: Catalogue, hostile: str) -> None:
    narrow = {"prefix": hostile, "tags": {"key": hostile}, "object_size_less_than": 5}
    inputs = {"name": "logs", "lifecycle": [{"id": hostile, "filter": {"and": narrow}, **RULES}, {"id": hostile}]}
    ours = one(catalogue, "ovhcloud/object-storage", "object-storage", inputs)
    assert problems(ours.text) == []
    assert literals(ours).count(hostile) >= 3 - (len(hostile) > 200)
    keyed = {**inputs, "lifecycle": [{"id": "a", "tags": {hostile: "v"}, **RULES}]}
    assert problems(one(catalogue, "ovhcloud/object-storage", "object-storage", keyed).text) == []
    theirs = one(catalogue, "self-hosted/rook-ceph-rgw", "object-storage", inputs)
    claim = next(yaml.safe_load_all(theirs.text))
    (rule,) = json.loads(claim["spec"]["additionalConfig"]["bucketLifecycle"])["Rules"]
    assert rule["Filter"]["And"]["Prefix"] == hostile
    assert "StorageClass" not in json.dumps(rule)


def test_rules_beside_a_bucket_go_with_it(tmp_path: Path, catalogue: Catalogue) -> None:
    (tmp_path / "main.tf").write_text(
        """
resource "aws_s3_bucket" "logs" {
  bucket = "logs"
}
resource "aws_s3_bucket_lifecycle_configuration" "logs" {
  bucket = aws_s3_bucket.logs.id
  rule {
    id     = "old"
    status = "Enabled"
    filter {}
    expiration {
      days = 9
    }
  }
  rule {
    id     = "asked"
    status = "Enabled"
    expiration {
      days = var.days
    }
  }
}
""",
        encoding="utf-8",
    )
    ours, theirs = (_bucket(tmp_path, catalogue, target) for target in ("ovhcloud", "self-hosted"))
    assert "days = 9" in ours.text
    assert "container_name = ovh_cloud_project_storage.logs.name" in ours.text
    assert '\\"Days\\": 9' in theirs.text
    for proposal in (ours, theirs):
        assert not proposal.problems
        assert any("left out" in decision and "asked" in decision for decision in proposal.decisions)


def _bucket(root: Path, catalogue: Catalogue, target: str) -> Proposal:
    (proposal,) = render(audit(root, catalogue, (target,), jobs=1), catalogue, target)
    return proposal
