"""A tree with kustomizations → where a tie is found, which overlays have it, and what stands outside."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from portability.audit import audit
from portability.catalogue import load
from portability.model import Assessment, Finding

ECR = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
WEB = f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  template:
    spec:
      containers:
      - image: {ECR}/web:1
"""
RENAMED = f"images:\n- name: {ECR}/web\n  newName: registry.example.eu/web\n"
BASE = {"base/kustomization.yaml": "resources: [web.yaml]\n", "base/web.yaml": WEB}


def assessed(tmp_path: Path, files: Mapping[str, str], *only: str) -> Assessment:
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return audit(tmp_path, load(), (), jobs=1, paths=[tmp_path / name for name in only] or None)


def found(assessment: Assessment) -> list[tuple[str, str]]:
    return [(str(one.location), one.service) for one in assessment.findings]


def only(assessment: Assessment) -> Finding:
    (finding,) = assessment.findings
    return finding


def related(finding: Finding) -> list[str]:
    return [str(place) for place in finding.related]


def test_a_tie_of_a_base_names_the_overlays_that_have_it(tmp_path):
    overlay = "resources: [../../base]\n"
    files = BASE | {"overlays/dev/kustomization.yaml": overlay, "overlays/prod/kustomization.yml": overlay}
    finding = only(assessed(tmp_path, files))
    assert str(finding.location) == "base/web.yaml:8"
    assert finding.active == "yes"
    assert related(finding) == ["overlays/dev/kustomization.yaml:1", "overlays/prod/kustomization.yml:1"]


def test_an_overlay_that_nobody_takes_in_is_named_through_those_between(tmp_path):
    files = BASE | {
        "between/kustomization.yaml": "bases: [../base]\n",
        "prod/kustomization.yaml": "\nresources:\n- ../between\n",
    }
    assert related(only(assessed(tmp_path, files))) == ["prod/kustomization.yaml:3"]


def test_a_file_of_a_kustomization_beside_it_names_no_overlay(tmp_path):
    assert related(only(assessed(tmp_path, BASE))) == []


def test_an_image_that_every_overlay_rewrites_is_not_active_and_says_where(tmp_path):
    files = BASE | {
        "dev/kustomization.yaml": f"resources: [../base]\n{RENAMED}",
        "prod/kustomization.yaml": "resources: [../base]\ncomponents: [../eu]\n",
        "eu/kustomization.yaml": f"kind: Component\n{RENAMED}",
    }
    finding = only(assessed(tmp_path, files))
    assert finding.active == "no"
    assert related(finding) == ["dev/kustomization.yaml:4", "eu/kustomization.yaml:4"]


def test_an_image_that_one_overlay_rewrites_is_had_by_the_others(tmp_path):
    files = BASE | {
        "dev/kustomization.yaml": f"resources: [../base]\n{RENAMED}",
        "prod/kustomization.yaml": "resources: [../base]\n",
    }
    finding = only(assessed(tmp_path, files))
    assert finding.active == "yes"
    assert related(finding) == ["prod/kustomization.yaml:1"]


def test_an_image_that_an_overlay_puts_in_is_found_there(tmp_path):
    files = {
        "base/kustomization.yaml": "resources: [web.yaml]\n",
        "base/web.yaml": WEB.replace(ECR, "registry.example.eu"),
        "prod/kustomization.yaml": (
            f"resources: [../base]\nimages:\n- name: registry.example.eu/web\n  newName: {ECR}/web\n"
        ),
    }
    assert found(assessed(tmp_path, files)) == [("prod/kustomization.yaml:4", "aws/ecr")]


def test_json_patches_bind_at_the_words_that_set_something(tmp_path):
    patch = (
        "- op: add\n  path: /metadata/annotations/eks.amazonaws.com~1role-arn\n  value: x\n"
        "- op: remove\n  path: /metadata/annotations/eks.amazonaws.com~1sts-regional-endpoints\n"
        f"- {{op: replace, path: /spec/template/spec/containers/0/image, value: {ECR}/web}}\n"
    )
    inline = "".join(f"    {line}\n" for line in patch.splitlines())
    files = {
        "kustomization.yaml": f"patchesJson6902:\n- path: roles.yaml\npatches:\n- patch: |-\n{inline}",
        "roles.yaml": patch,
    }
    assert found(assessed(tmp_path, files)) == [
        ("kustomization.yaml:6", "aws/workload-identity"),
        ("kustomization.yaml:10", "aws/ecr"),
        ("roles.yaml:2", "aws/workload-identity"),
        ("roles.yaml:6", "aws/ecr"),
    ]


def test_a_json_patch_knows_the_kind_that_it_is_for(tmp_path):
    files = {
        "kustomization.yaml": "patches:\n- path: class.json\n  target: {kind: StorageClass}\n",
        "class.json": '[{"op": "replace", "path": "/provisioner", "value": "ebs.csi.aws.com"}]',
    }
    assert found(assessed(tmp_path, files)) == [("class.json:1", "aws/ebs")]


def test_a_strategic_patch_adds_fields_and_no_second_object(tmp_path):
    node_class = "apiVersion: karpenter.k8s.aws/v1\nkind: EC2NodeClass\nmetadata: {name: a}\n"
    files = {
        "kustomization.yaml": "resources: [class.yaml]\npatchesStrategicMerge: [more.yaml, gone.yaml]\n",
        "class.yaml": node_class,
        "more.yaml": (
            f"{node_class.replace('name: a', 'name: a, annotations: {eks.amazonaws.com/role-arn: null}')}"
            "spec: {x: {annotations: {eks.amazonaws.com/role-arn: y}}}\n"
        ),
        "gone.yaml": f"{node_class}$patch: delete\n",
    }
    assert found(assessed(tmp_path, files)) == [("class.yaml:1", "aws/eks"), ("more.yaml:4", "aws/workload-identity")]


def test_what_a_generator_reads_is_read(tmp_path):
    files = {
        "kustomization.yaml": (
            "configMapGenerator:\n- name: settings\n  literals: [AWS_REGION=eu-west-1]\n"
            "  envs: [app.env]\n  files: [bucket=store.yaml]\n"
        ),
        "app.env": "# where\nQUEUE=https://sqs.eu-west-1.amazonaws.com/1/a\n",
        "store.yaml": "type: S3\nconfig:\n  bucket: a\n",
    }
    assert found(assessed(tmp_path, files)) == [
        ("app.env:2", "aws/sqs"),
        ("kustomization.yaml:3", "aws/account"),
        ("store.yaml:1", "aws/s3"),
    ]


def test_bases_elsewhere_and_bases_that_are_not_there_are_recorded(tmp_path):
    files = {"kustomization.yaml": "resources:\n- https://github.com/example/app//deploy?ref=v1\n- ../gone\n- a.yaml\n"}
    assessment = assessed(tmp_path, files)
    assert [(one.kind, one.name) for one in assessment.coverage.unfollowed] == [
        ("base", "../gone"),
        ("base", "a.yaml"),
        ("base", "https://github.com/example/app//deploy?ref=v1"),
    ]


def test_bases_in_a_circle_do_no_harm(tmp_path):
    files = {
        "a/kustomization.yaml": f"resources: [../b, ., web.yaml]\n{RENAMED}",
        "b/kustomization.yaml": "resources: [../a]\ncomponents: [../b, ../a]\n",
        "a/web.yaml": WEB,
    }
    assert found(assessed(tmp_path, files)) == [("a/web.yaml:8", "aws/ecr")]


def test_broken_kustomizations_do_no_harm(tmp_path):
    files = BASE | {
        "x/kustomization.yaml": "resources: {../base: [}\n",
        "y/kustomization.yaml": "resources: [[../base], {path: 1}, '']\nimages: [a, {name: [b], newName: c}]\n",
        "z/kustomization.yaml": "",
    }
    assert found(assessed(tmp_path, files)) == [("base/web.yaml:8", "aws/ecr")]


def test_one_file_is_judged_as_in_its_tree(tmp_path):
    files = BASE | {
        "prod/kustomization.yaml": "resources: [../base]\nconfigMapGenerator: [{name: a, envs: [app.env]}]\n",
        "prod/app.env": "QUEUE=https://sqs.eu-west-1.amazonaws.com/1/a\n",
    }
    whole = assessed(tmp_path, files).findings
    assert [only(assessed(tmp_path, {}, str(one.location.path))) for one in whole] == list(whole)


def test_a_kustomization_that_cannot_be_read_says_so_whatever_it_names(tree, catalogue):
    root = tree({"kustomization.yaml": "resources:\n\t- ../base\n"})
    coverage = audit(root, catalogue, ()).coverage
    assert coverage.files["kubernetes"].unread == 1
    assert [(one.path, one.line) for one in coverage.problems] == [("kustomization.yaml", 2)]


NAMED = WEB.replace("- image:", "- name: web\n        image:")
PATCHES = {
    "a strategic one": (
        "patches:\n- path: web.yaml\n",
        "kind: Deployment\nmetadata: {name: web}\n"
        "spec: {template: {spec: {containers: [{name: web, image: registry.example.eu/web}]}}}\n",
    ),
    "a strategic one of the old field": (
        "patchesStrategicMerge: [web.yaml]\n",
        "kind: Deployment\nmetadata: {name: web}\n"
        "spec: {template: {spec: {containers: [{name: web, image: registry.example.eu/web}]}}}\n",
    ),
    "a strategic one for a target": (
        "patches:\n- path: web.yaml\n  target: {kind: Deployment, name: 'w.*'}\n",
        "kind: Deployment\nmetadata: {name: any}\n"
        "spec: {template: {spec: {containers: [{name: web, image: registry.example.eu/web}]}}}\n",
    ),
    "one that takes the container away": (
        "patches:\n- path: web.yaml\n",
        "kind: Deployment\nmetadata: {name: web}\n"
        "spec: {template: {spec: {containers: [{name: web, $patch: delete}]}}}\n",
    ),
    "one that takes the object away": (
        "patches:\n- path: web.yaml\n",
        "kind: Deployment\nmetadata: {name: web}\n$patch: delete\n",
    ),
    "operations": (
        "patches:\n- path: web.yaml\n  target: {kind: Deployment}\n",
        "- {op: replace, path: /spec/template/spec/containers/0/image, value: registry.example.eu/web}\n",
    ),
    "an operation that takes it away": (
        "patchesJson6902:\n- path: web.yaml\n  target: {kind: Deployment, name: web}\n",
        "- {op: remove, path: /spec/template/spec/containers/0}\n",
    ),
}
OTHERS = {
    "a patch of another object": ("kind: Deployment\nmetadata: {name: api}\n$patch: delete\n", ""),
    "a patch of another kind": ("kind: StatefulSet\nmetadata: {name: web}\n$patch: delete\n", ""),
    "a patch of another container": (
        "kind: Deployment\nmetadata: {name: web}\n"
        "spec: {template: {spec: {containers: [{name: side, image: registry.example.eu/web}]}}}\n",
        "",
    ),
    "an operation on a list that moves the others on": (
        "- {op: add, path: /spec/template/spec/containers/0, value: {name: side, image: registry.example.eu/x}}\n",
        "  target: {kind: Deployment}\n",
    ),
    "operations on what labels choose": (
        "- {op: remove, path: /spec/template/spec/containers/0}\n",
        "  target: {kind: Deployment, labelSelector: app=x}\n",
    ),
    "operations that lead nowhere": (
        "- {op: remove, path: /spec/template/7/x}\n- {op: remove, path: ''}\n- {op: remove}\n- x\n",
        "  target: {kind: Deployment}\n",
    ),
}


@pytest.mark.parametrize("name", PATCHES)
def test_an_image_that_a_patch_replaces_is_not_used_there(tmp_path, name):
    fields, patch = PATCHES[name]
    files = {
        "base/kustomization.yaml": "resources: [web.yaml]\n",
        "base/web.yaml": NAMED,
        "prod/kustomization.yaml": f"resources: [../base]\n{fields}",
        "prod/web.yaml": patch,
    }
    finding = only(assessed(tmp_path, files))
    assert (str(finding.location), finding.active) == ("base/web.yaml:9", "no")
    assert {place.path for place in finding.related} == {"prod/web.yaml"}
    files["dev/kustomization.yaml"] = "resources: [../base]\n"
    finding = only(assessed(tmp_path, files))
    assert (finding.active, related(finding)) == ("yes", ["dev/kustomization.yaml:1"])


@pytest.mark.parametrize("name", OTHERS)
def test_an_image_that_no_patch_replaces_for_certain_is_used(tmp_path, name):
    patch, target = OTHERS[name]
    files = {
        "base/kustomization.yaml": "resources: [web.yaml]\n",
        "base/web.yaml": NAMED,
        "prod/kustomization.yaml": f"resources: [../base]\npatches:\n- path: web.yaml\n{target}",
        "prod/web.yaml": patch,
    }
    assert only(assessed(tmp_path, files)).active == "yes"


def test_a_patch_that_stands_in_its_kustomization_replaces_too_and_is_the_tie(tmp_path):
    patch = (
        "resources: [../base]\npatches:\n- target: {kind: Deployment}\n  patch: |-\n"
        f"    - op: replace\n      path: /spec/template/spec/containers/0/image\n      value: {ECR}/other\n"
    )
    files = BASE | {"prod/kustomization.yaml": patch}
    base, other = assessed(tmp_path, files).findings
    assert (base.active, related(base)) == ("no", ["prod/kustomization.yaml:7"])
    assert (str(other.location), other.active) == ("prod/kustomization.yaml:7", "yes")


def test_an_annotation_that_an_overlay_takes_away_is_not_used_there(tmp_path):
    account = "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: a\n  annotations:\n    {}: x\n"
    files = {
        "base/kustomization.yaml": "resources: [a.yaml]\n",
        "base/a.yaml": account.format("eks.amazonaws.com/role-arn"),
        "prod/kustomization.yaml": "resources: [../base]\npatches:\n- path: a.yaml\n",
        "prod/a.yaml": account.format("eks.amazonaws.com/role-arn").replace(": x", ": null"),
    }
    finding = only(assessed(tmp_path, files))
    assert (finding.active, related(finding)) == ("no", ["prod/a.yaml:6"])
