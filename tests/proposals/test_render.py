"""Which findings become proposals, how they are told apart, and what stands above them."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest
import yaml
from jinja2 import Environment

from portability.catalogue import Catalogue
from portability.model import Assessment, Finding, Gap
from portability.proposals import ProposalError, render
from portability.proposals.rendering import Renderer, Templates
from tests.proposals.conftest import PLAIN, assessment, equivalent, finding, problems

BUCKET = ("ovhcloud/object-storage", "object-storage")


def bucket(catalogue: Catalogue, **more: Any) -> Finding:
    inputs = more.pop("inputs", {"name": "letters"})
    return finding((equivalent(catalogue, *BUCKET),), inputs, service="aws/s3", **more)


def paths(catalogue: Catalogue, *findings: Finding, service: str | None = None) -> list[str]:
    return [proposal.path for proposal in render(assessment(*findings), catalogue, "ovhcloud", service)]


@pytest.mark.parametrize(
    "change",
    [
        {"role": "look-up"},
        {"role": "part"},
        {"role": "provider-only"},
        {"context": "test"},
        {"context": "example"},
        {"active": "no"},
        {"accepted": True},
        {"equivalents": ()},
    ],
)
def test_what_needs_no_replacement_gets_none(catalogue: Catalogue, change: dict[str, Any]) -> None:
    assert paths(catalogue, msgspec.structs.replace(bucket(catalogue), **change)) == []


def test_a_template_is_compiled_once_in_a_process(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """Editors and tests render anew all the time; a text that changed under its name is compiled all the same."""
    templates = Templates(catalogue)
    templates.texts["ovhcloud/own.yaml.j2"] = "is: {{ name }}\n"
    assert Renderer(templates).body("ovhcloud/own.yaml.j2", {"name": "a"}) == 'is: "a"\n'
    with monkeypatch.context() as patched:
        patched.setattr(Environment, "compile", lambda *_: pytest.fail("compiled again"))
        assert Renderer(templates).body("ovhcloud/own.yaml.j2", {"name": "b"}) == 'is: "b"\n'
    templates.texts["ovhcloud/own.yaml.j2"] = "was: {{ name }}\n"
    assert Renderer(templates).body("ovhcloud/own.yaml.j2", {"name": "c"}) == 'was: "c"\n'


def test_a_target_and_a_service_narrow_it(catalogue: Catalogue) -> None:
    found = assessment(bucket(catalogue))
    assert render(found, catalogue, "self-hosted") == []
    assert render(found, catalogue, "ovhcloud", "aws/sqs") == []
    assert len(render(found, catalogue, "ovhcloud", "aws/s3")) == 1


def test_a_hostile_place_stays_in_the_comment(catalogue: Catalogue) -> None:
    bad = 'x\n}\nresource "null_resource" "y" {}\r\u2028z: [\x85- a'
    for product, capability in (BUCKET, ("self-hosted/rook-ceph-rgw", "object-storage")):
        same = (equivalent(catalogue, product, capability),)
        plain = finding(same, {"name": "letters"})
        place = msgspec.structs.replace(plain.location, path=bad)
        found = msgspec.structs.replace(plain, address=bad, location=place, service=f"aws/{bad}", message=bad)
        (proposal,) = render(assessment(found), catalogue, product.partition("/")[0])
        (calm,) = render(assessment(plain), catalogue, product.partition("/")[0])
        assert [line for line in proposal.text.splitlines() if line[:1] != "#"] == [
            line for line in calm.text.splitlines() if line[:1] != "#"
        ]


def test_copies_share_one_proposal_that_names_every_place(catalogue: Catalogue) -> None:
    copies = [bucket(catalogue, line=line, digest="same") for line in (3, 13, 23)]
    (proposal,) = render(assessment(*copies), catalogue, "ovhcloud")
    assert [place.line for place in proposal.replaces] == [3, 13, 23]
    assert all(f"infrastructure/main.tf:{line}" in proposal.text for line in (3, 13, 23))


def test_names_are_labels_and_stay_apart(catalogue: Catalogue) -> None:
    names = ["Brieven & Co", "brieven--co", "", "x" * 90, "../..", "9lives"]
    found = [bucket(catalogue, line=i, inputs={"name": name}) for i, name in enumerate(names, 1)]
    result = paths(catalogue, *found)
    assert len(set(result)) == len(names)
    assert result[:2] == ["object-storage-brieven-co/main.tf", "object-storage-brieven-co-2/main.tf"]
    for path in result:
        name = path.removeprefix("object-storage-").removesuffix("/main.tf")
        assert re.fullmatch(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?", name)


@pytest.mark.parametrize(
    ("inputs", "title", "told"),
    [
        ({"name": "/shop/web"}, "/shop/web", False),
        ({"name": None}, "infrastructure", True),
        ({}, "infrastructure", False),
    ],
)
def test_what_may_have_any_name_is_asked_for_none(
    catalogue: Catalogue, inputs: dict[str, Any], title: str, told: bool
) -> None:
    """By the block's label, or by its module where that only says that it is the main one."""
    found = finding((equivalent(catalogue, "ovhcloud/logs-data-platform", "logs"),), inputs)
    (proposal,) = render(assessment(found), catalogue, "ovhcloud")
    assert re.search(r"title +=(.*)", proposal.text)[1].strip() == f'"{title}"'
    assert any(decision.startswith("It is called infrastructure here") for decision in proposal.decisions) is told


def test_two_definitions_of_one_name_are_told(catalogue: Catalogue) -> None:
    """One for each environment, of which only one exists at a time, must not be applied twice."""
    found = [bucket(catalogue, line=i, inputs={"name": name}) for i, name in enumerate(["a", "a", "b"], 1)]
    result = render(assessment(*found), catalogue, "ovhcloud")
    told = [any("bears the same name" in decision for decision in one.decisions) for one in result]
    assert told == [False, True, False]


def test_the_same_input_gives_the_same_text(catalogue: Catalogue) -> None:
    found = assessment(*(bucket(catalogue, line=i, inputs={"name": f"b{i}"}) for i in range(1, 6)))
    assert render(found, catalogue, "ovhcloud") == render(found, catalogue, "ovhcloud")


def test_calls_are_named_on_the_definition(catalogue: Catalogue) -> None:
    call = bucket(catalogue, line=40, inputs={}, language="python", symbol="s3.put_object", component="app")
    (proposal,) = render(assessment(bucket(catalogue), call), catalogue, "ovhcloud")
    assert any("infrastructure/main.tf:40 (s3.put_object)" in decision for decision in proposal.decisions)
    assert [place.line for place in proposal.replaces] == [3]


def test_calls_without_a_definition_share_one_proposal(catalogue: Catalogue) -> None:
    calls = [bucket(catalogue, line=i, inputs={}, language="python", symbol="s3.put_object") for i in (40, 41)]
    (proposal,) = render(assessment(*calls), catalogue, "ovhcloud")
    assert proposal.path == "object-storage-s3/main.tf"
    assert any("nothing that defines it" in decision for decision in proposal.decisions)


def test_a_part_of_the_same_label_brings_its_features_and_gaps(catalogue: Catalogue) -> None:
    lost = equivalent(catalogue, *BUCKET, gaps=(Gap(kind="ecosystem", text="no event notifications"),))
    other = bucket(catalogue, line=50, address="aws_s3_bucket.other", inputs={"name": "other"})
    mine = bucket(catalogue, address="aws_s3_bucket.letters")
    part = {"role": "part", "address": "aws_s3_bucket_versioning.letters", "symbol": "aws_s3_bucket_versioning"}
    versions = bucket(catalogue, line=20, inputs={}, features=("versioning",), **part)
    events = msgspec.structs.replace(versions, equivalents=(lost,), features=())
    ours, theirs = render(assessment(mine, versions, events, other), catalogue, "ovhcloud")
    assert "versioning = {" in ours.text
    assert "no event notifications" in ours.gaps
    assert "Fidelity: partial" in ours.text
    assert "versioning = {" not in theirs.text
    stray = msgspec.structs.replace(versions, address="aws_s3_bucket_versioning.stray")
    for proposal in render(assessment(mine, stray, other), catalogue, "ovhcloud"):
        assert any("does not tell to which" in decision for decision in proposal.decisions)
        assert "versioning = {" not in proposal.text


def test_the_records_beside_a_zone_come_with_it(catalogue: Catalogue) -> None:
    for product, language in (("ovhcloud/dns-zones", "hcl"), ("self-hosted/powerdns", "yaml")):
        same = (equivalent(catalogue, product, "dns"),)
        zone = finding(same, {"name": "example.nl"})
        record = finding(same, PLAIN["dns"], line=9, role="part", address="aws_route53_record.www")
        (proposal,) = render(assessment(zone, record), catalogue, product.partition("/")[0])
        assert proposal.language == language
        assert '"v=spf1 -all"' in proposal.text
        if language == "yaml":
            (document,) = yaml.safe_load_all(proposal.text)
            endpoint = document["spec"]["endpoints"][1]
            assert endpoint == {
                "dnsName": "www.example.nl",
                "recordType": "TXT",
                "recordTTL": 300,
                "targets": ["v=spf1 -all"],
            }


def test_each_node_group_of_a_cluster_becomes_a_pool(catalogue: Catalogue) -> None:
    same = (equivalent(catalogue, "ovhcloud/managed-kubernetes", "kubernetes-cluster"),)
    cluster = finding(same, {"name": "shop", "version": "1.33"})
    group = finding(same, {"node_min": 2, "node_max": 6}, line=9, role="part", address="aws_eks_node_group.a")
    (proposal,) = render(assessment(cluster, group), catalogue, "ovhcloud")
    assert re.search(r"max_nodes\s+= 6", proposal.text)
    second = finding(same, {"node_min": 2, "node_max": 9}, line=19, role="part", address="aws_eks_node_group.b")
    (proposal,) = render(assessment(cluster, group, second), catalogue, "ovhcloud")
    assert re.findall(r"max_nodes\s+= (\d)", proposal.text) == ["6", "9"]
    assert problems(proposal.text) == []


def test_what_may_be_one_of_several_says_so(catalogue: Catalogue) -> None:
    both = (
        equivalent(catalogue, "ovhcloud/managed-postgresql", "postgresql"),
        equivalent(catalogue, "ovhcloud/managed-mysql", "mysql"),
    )
    proposals = render(assessment(finding(both, {"name": "db"})), catalogue, "ovhcloud")
    assert [proposal.capability for proposal in proposals] == ["postgresql", "mysql"]
    assert all(any("may be" in decision for decision in proposal.decisions) for proposal in proposals)


def test_doubt_and_switches_are_decisions(catalogue: Catalogue) -> None:
    message = "S3: because. It is switched by `var.with_bucket`."
    found = bucket(catalogue, confidence="possible", active="unknown", message=message)
    (proposal,) = render(assessment(found), catalogue, "ovhcloud")
    assert any("possible, not certain" in decision for decision in proposal.decisions)
    assert any("switched by `var.with_bucket`" in decision for decision in proposal.decisions)


@pytest.mark.parametrize(
    ("inputs", "wanted"),
    [
        ({"storage_gb": "100"}, "disk_size   = 100"),
        ({"storage_gb": [100]}, "disk_size   = 100"),
        ({"high_availability": "ZoneRedundant"}, 'plan        = "business"'),
        ({"high_availability": "ZONAL"}, 'plan        = "essential"'),
        ({"version": 16}, 'version     = "16"'),
    ],
)
def test_values_take_the_kind_that_is_asked_for(catalogue: Catalogue, inputs: dict[str, Any], wanted: str) -> None:
    found = finding((equivalent(catalogue, "ovhcloud/managed-postgresql", "postgresql"),), inputs)
    (proposal,) = render(assessment(found), catalogue, "ovhcloud")
    assert re.sub(r" += ", " = ", wanted) in re.sub(r" += ", " = ", proposal.text)


@pytest.mark.parametrize("value", [["a", "b"], [None], {"a": 1}, True, float("nan"), object()])
def test_values_of_another_kind_become_variables(catalogue: Catalogue, value: Any) -> None:
    found = finding((equivalent(catalogue, "ovhcloud/managed-postgresql", "postgresql"),), {"storage_gb": value})
    (proposal,) = render(assessment(found), catalogue, "ovhcloud")
    assert "disk_size" not in proposal.text.split("terraform {")[1]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("a = {{ nothing }}", "nothing"),
        ("a = {{ inputs.version }}", "no literal"),
        ("a = {{ ''.__class__ }}", "unsafe"),
        ("a = {{ variable('Bad Name', 'string', 'x') }}", "Bad Name"),
        ("a = {{ variable('x', 'any) }', 'x') }}", "is no variable"),
        ("a = {{ variable('x', 'string', 'x') }}\nb = {{ variable('x', 'number', 'x') }}", "both"),
        ("a = {{ ref('x; rm') }}", "no reference"),
        ("{% do inputs.update({}) %}", "unsafe"),
    ],
)
def test_a_template_at_fault_is_named(catalogue: Catalogue, source: str, said: str) -> None:
    with pytest.raises(ProposalError, match=r"object-storage\.tf\.j2") as error:
        render(only(catalogue, source, {"version": None}), FakeTemplates(catalogue, source), "ovhcloud")
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("a = [", "does not parse"),
        ('resource "ovh_nothing" "x" {}', "not in the schema"),
        ('resource "ovh_okms" "x" {\n  region = ["GRA"]\n}', "is no string"),
        ('resource "ovh_okms" "x" {\n  colour = "red"\n}', "no attribute colour"),
        ('resource "ovh_okms" "x" {}', "region is required"),
        ("a = var.nowhere", "var.nowhere is not declared"),
    ],
)
def test_what_does_not_fit_is_never_shown_as_ready(catalogue: Catalogue, source: str, said: str) -> None:
    (proposal,) = render(only(catalogue, source, {}), FakeTemplates(catalogue, source), "ovhcloud")
    assert any(said in problem for problem in proposal.problems)
    assert proposal.text.startswith("# NOT READY")
    assert said in proposal.text


def test_constants_of_a_template_are_literals_too(catalogue: Catalogue) -> None:
    source = 'a = {{ "<${b}" }}\n# {{ "x\ny" | comment }}\n{% macro m() %}c = {{ 1 }}{% endmacro %}{{ m() }}\n'
    (proposal,) = render(only(catalogue, source, {}), FakeTemplates(catalogue, source), "ovhcloud")
    assert 'a = "<$${b}"\n# x y\nc = 1' in proposal.text


def only(catalogue: Catalogue, source: str, inputs: dict[str, Any]) -> Assessment:
    return assessment(bucket(catalogue, inputs=inputs))


class FakeTemplates:
    """The catalogue with one template in place of its own."""

    def __init__(self, known: Catalogue, source: str) -> None:
        self.products = known.products
        self.capabilities = known.capabilities
        self.templates = {**known.templates, "ovhcloud/object-storage.tf.j2": source}
