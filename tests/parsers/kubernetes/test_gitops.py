"""A tree with objects of Flux and Argo CD → what deploys a tie, and which files they name as values of charts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from msgspec.structs import replace

from portability.audit import audit
from portability.catalogue import load
from portability.model import Assessment

WEB = "apiVersion: v1\nkind: Pod\nspec: {nodeSelector: {eks.amazonaws.com/nodegroup: a}}\n"
CHART = "name: web\n"
FLUX = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: web}\nspec:\n  path: "
RELEASE = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  chart:\n    spec:\n      chart: "
ARGO = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    path: "
SET = "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nspec:\n  template: {spec: {source: {path: %s}}}\n"
VALUES = "region: eu-west-1\n"

POINTED = {
    "a folder of manifests, by Flux": ({"prod.yaml": f"{FLUX}./web\n", "web/a.yaml": WEB}, ["prod.yaml:5"]),
    "what lies deeper, by Flux": ({"prod.yaml": f"{FLUX}./web\n", "web/b/a.yaml": WEB}, ["prod.yaml:5"]),
    "an overlay of a base": (
        {
            "prod.yaml": f"{FLUX}overlays/prod\n",
            "dev.yaml": f"{FLUX}overlays/dev/\n",
            "base/kustomization.yaml": "resources: [a.yaml]\n",
            "base/a.yaml": WEB,
            "overlays/prod/kustomization.yaml": "resources: [../../base]\n",
        },
        ["overlays/prod/kustomization.yaml:1", "prod.yaml:5"],
    ),
    "a chart in the repository, by Flux": (
        {
            "prod.yaml": f"{RELEASE}./charts/web\n",
            "charts/web/Chart.yaml": CHART,
            "charts/web/templates/a.yaml": WEB,
        },
        ["prod.yaml:6"],
    ),
    "a folder, by Argo CD": ({"prod.yaml": f"{ARGO}web\n", "web/a.yaml": WEB}, ["prod.yaml:5"]),
    "what lies deeper, by Argo CD": ({"prod.yaml": f"{ARGO}web\n", "web/b/a.yaml": WEB}, []),
    "what lies deeper, by Argo CD when told so": (
        {"prod.yaml": f"{ARGO}web\n    directory: {{recurse: true}}\n", "web/b/a.yaml": WEB},
        ["prod.yaml:5"],
    ),
    "a chart, by Argo CD": (
        {"prod.yaml": f"{ARGO}web\n", "web/Chart.yaml": CHART, "web/templates/a.yaml": WEB},
        ["prod.yaml:5"],
    ),
    "folders by a pattern": ({"all.yaml": SET % "'envs/{{env}}/web'", "envs/prod/web/a.yaml": WEB}, ["all.yaml:4"]),
    "another folder": ({"prod.yaml": f"{FLUX}./api\n", "web/a.yaml": WEB}, []),
    "a folder outside": ({"prod.yaml": f"{FLUX}../web\n", "web/a.yaml": WEB}, []),
    "a path that a template makes up": ({"all.yaml": SET % "'{{path}}'", "web/a.yaml": WEB}, []),
}


def assessed(tmp_path: Path, files: Mapping[str, str], *only: str) -> Assessment:
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return audit(tmp_path, load(), (), jobs=1, paths=[tmp_path / name for name in only] or None)


@pytest.mark.parametrize("name", POINTED)
def test_what_deploys_a_tie_is_named(tmp_path, name):
    files, expected = POINTED[name]
    (finding,) = assessed(tmp_path, files).findings
    assert [str(place) for place in finding.related] == expected


NAMED = {
    "by Argo CD, beside the chart": (
        {"app.yaml": f"{ARGO}web\n    helm: {{valueFiles: [prod.yaml]}}\n", "web/Chart.yaml": CHART},
        "web/prod.yaml",
    ),
    "by Argo CD, from another source": (
        {
            "app.yaml": (
                "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  sources:\n"
                "  - {chart: web, helm: {valueFiles: [$settings/envs/prod.yaml]}}\n  - {ref: settings}\n"
            )
        },
        "envs/prod.yaml",
    ),
    "by Flux": ({"release.yaml": f"{RELEASE}./web\n      valuesFiles: [./web/prod.yaml]\n"}, "web/prod.yaml"),
    "by a helmfile": (
        {"all/helmfile.yaml": "releases:\n- {name: web, chart: ./web, values: [../envs/prod.yaml, {a: 1}]}\n"},
        "envs/prod.yaml",
    ),
    "by Kustomize": (
        {"kustomization.yaml": "helmCharts:\n- {name: web, repo: 'https://charts.example', valuesFile: prod.yaml}\n"},
        "prod.yaml",
    ),
}


@pytest.mark.parametrize("name", NAMED)
def test_values_that_another_file_names_are_values_whatever_their_own_name(tmp_path, name):
    files, values = NAMED[name]
    whole = assessed(tmp_path, {**files, values: VALUES}).findings
    found = [(str(one.location), one.service, one.confidence) for one in whole if one.location.path == values]
    assert found == [(f"{values}:1", "aws/account", "likely")]
    (alone,) = assessed(tmp_path, {}, values).findings
    assert alone in [replace(one, related=()) for one in whole]


def test_a_file_that_nobody_names_as_values_is_none(tmp_path):
    files = {
        "app.yaml": f"{ARGO}web\n    helm: {{valueFiles: [../envs/prod.yaml, prod.yaml]}}\n",
        "settings/prod.yaml": VALUES,
    }
    assert assessed(tmp_path, files).findings == ()


def test_a_file_that_names_itself_and_one_that_is_no_yaml_do_no_harm(tmp_path):
    files = {
        "a.yaml": "valueFiles: [a.yaml, gone.yaml, ../../b.yaml]\n",
        "b.yaml": "valueFiles: [c.yaml, {]\n",
        "c.yaml": VALUES,
    }
    assert assessed(tmp_path, files).findings == ()


def test_what_lies_in_the_folder_of_a_chart_and_is_no_part_of_it_are_values(tmp_path):
    files = {
        "web/Chart.yaml": CHART,
        "web/envs/prod.yaml": VALUES,
        "web/templates/a.yaml": VALUES,
        "web/crds/a.yaml": VALUES,
        "web/tests/a.yaml": VALUES,
        "envs/prod.yaml": VALUES,
    }
    (finding,) = assessed(tmp_path, files).findings
    assert (str(finding.location), finding.confidence) == ("web/envs/prod.yaml:1", "likely")
    assert assessed(tmp_path, {}, "web/envs/prod.yaml").findings == (finding,)
