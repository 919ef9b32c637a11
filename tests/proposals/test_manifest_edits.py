"""Patches of manifests, from files in a directory to what git makes of them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from portability import catalogue as catalogues
from portability.audit import audit
from portability.catalogue import Catalogue
from portability.model import Location
from portability.proposals import ProposalError, literals, manifest_edits
from portability.proposals.manifest_edits import Edited
from tests.command_line import portability
from tests.proposals.conftest import assessment, equivalent, everything, finding
from tests.proposals.test_templates import HOSTILE

KNOWN = catalogues.load()


def written(root: Path, **files: str) -> Path:
    """Files by name, where ``__`` stands for a slash and ``.yaml`` is left out."""
    for name, text in files.items():
        path = root / (name.replace("__", "/") + ("" if "." in name else ".yaml"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return root


def found(root: Path, target: str = "ovhcloud", known: Catalogue = KNOWN, own: Path | None = None) -> Edited:
    return manifest_edits(audit(root, known, (target,), jobs=1), known, root, target, own)


def applied(root: Path, target: str = "ovhcloud") -> Edited:
    """What was edited, once git has applied it: a second run edits nothing, and what was edited is found no more."""
    edited = found(root, target)
    subprocess.run(["git", "init", "-q", root], check=True)
    for patch in edited.patches:
        subprocess.run(["git", "-C", root, "apply", "--check", "-"], input=patch.text.encode(), check=True)
        subprocess.run(["git", "-C", root, "apply", "-"], input=patch.text.encode(), check=True)
    again = found(root, target)
    assert again.patches == []
    left = audit(root, KNOWN, (target,), jobs=1)
    assert len(left.findings) == len(set(edited.left))
    return edited


def became(tmp_path: Path, text: str, target: str = "ovhcloud") -> str:
    """What one manifest becomes."""
    assert applied(written(tmp_path, web=text), target).patches, "nothing was edited"
    return (tmp_path / "web.yaml").read_bytes().decode()


def reasons(tmp_path: Path, text: str, target: str = "ovhcloud") -> set[str]:
    """Why ties of one manifest are left, none of which is edited."""
    edited = found(written(tmp_path, web=text), target)
    assert edited.patches == []
    return set(edited.left.values())


SERVICE = """\
# The way in.
apiVersion: v1
kind: Service
metadata:
    name:   web          # odd blanks stay
    annotations:
        # what follows is for the old controller
        service.beta.kubernetes.io/aws-load-balancer-type: nlb   # goes with its line
        example.org/owner: 'team a'
        service.beta.kubernetes.io/aws-load-balancer-internal: "true"
spec:
    type: LoadBalancer
    ports: [{port: 80,   name: http}]
"""


class TestKeys:
    def test_what_is_around_an_annotation_stays_as_it_is(self, tmp_path: Path) -> None:
        lines = SERVICE.splitlines(keepends=True)
        new = '        service.beta.kubernetes.io/openstack-internal-load-balancer: "true"\n'
        assert became(tmp_path, SERVICE) == "".join([*lines[:7], lines[8], new, *lines[10:]])

    def test_each_target_says_it_in_its_own_way(self, tmp_path: Path) -> None:
        loaded = yaml.safe_load(became(tmp_path, SERVICE, "self-hosted"))
        kept = {"example.org/owner": "team a", "metallb.io/address-pool": "${INTERNAL_POOL}"}
        assert loaded["metadata"]["annotations"] == kept

    def test_the_last_annotation_takes_its_heading_along(self, tmp_path: Path) -> None:
        text = """\
apiVersion: v1
kind: ServiceAccount
metadata:
  name: web
  annotations:
    eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/web
  labels: {app: web}
"""
        assert "annotations" not in became(tmp_path, text)
        assert yaml.safe_load(became(tmp_path, text))["metadata"] == {"name": "web", "labels": {"app": "web"}}

    def test_values_of_a_chart_keep_the_key(self, tmp_path: Path) -> None:
        values = "serviceAccount:\n  annotations:\n    eks.amazonaws.com/role-arn: arn:aws:iam::1:role/a\nreplicas: 2\n"
        written(tmp_path, chart__Chart="apiVersion: v2\nname: c\nversion: 1.0.0\n", chart__values=values)
        applied(tmp_path)
        assert (tmp_path / "chart/values.yaml").read_text() == "serviceAccount:\n  annotations: {}\nreplicas: 2\n"

    def test_what_goes_with_nothing_in_its_place_is_told(self, tmp_path: Path) -> None:
        dropped = found(written(tmp_path, web=SERVICE)).dropped
        assert list(dropped) == ["service.beta.kubernetes.io/aws-load-balancer-type"]

    def test_a_remark_above_the_last_one_stays(self, tmp_path: Path) -> None:
        values = "service:\n  annotations:\n    # by order of the board\n    cloud.google.com/neg: a\n  port: 80\n"
        written(tmp_path, c__Chart="apiVersion: v2\nname: c\nversion: 1.0.0\n", c__values=values)
        applied(tmp_path)
        text = (tmp_path / "c/values.yaml").read_text()
        assert text == "service:\n  annotations: {}\n    # by order of the board\n  port: 80\n"


INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  annotations: {alb.ingress.kubernetes.io/scheme: internet-facing, example.org/kept: "yes"}
spec:
  ingressClassName: alb
  defaultBackend: {service: {name: web, port: {number: 80}}}
"""


class TestClasses:
    def test_an_ingress_asks_for_a_class_of_yours(self, tmp_path: Path) -> None:
        edited = applied(written(tmp_path, web=INGRESS))
        text = (tmp_path / "web.yaml").read_text()
        assert '  annotations: {example.org/kept: "yes"}\n' in text
        assert "  ingressClassName: ${INGRESS_CLASS}\n" in text
        assert set(edited.variables) == {"ingress_class"}

    @pytest.mark.parametrize(
        ("target", "name"), [("ovhcloud", "csi-cinder-high-speed-gen2"), ("self-hosted", "${STORAGE_CLASS}")]
    )
    def test_a_claim_asks_for_a_class_of_the_target(self, tmp_path: Path, target: str, name: str) -> None:
        text = (
            "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: a}\nspec:\n  storageClassName: gp3 # fast\n"
        )
        assert became(tmp_path, text, target).endswith(f"  storageClassName: {name} # fast\n")

    def test_a_storage_class_is_made_by_another_driver(self, tmp_path: Path) -> None:
        text = """\
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: fast}
parameters:
  type: gp3
  encrypted: "true"
provisioner: ebs.csi.aws.com
reclaimPolicy: Delete
"""
        loaded = yaml.safe_load(became(tmp_path, text))
        assert loaded["provisioner"] == "cinder.csi.openstack.org"
        assert loaded["parameters"] == {"type": "high-speed-gen2-luks"}
        assert list(loaded) == ["apiVersion", "kind", "metadata", "provisioner", "parameters", "reclaimPolicy"]

    @pytest.mark.parametrize(
        ("file", "head"), [("values", ""), ("templates/class", "apiVersion: storage.k8s.io/v1\nkind: StorageClass\n")]
    )
    def test_only_the_driver_changes_where_a_chart_says_the_rest_in_its_own_words(
        self, tmp_path: Path, file: str, head: str
    ) -> None:
        text = f"{head}provisioner: ebs.csi.aws.com # the driver\n{{{{ toYaml .Values.rest }}}}\n"
        if not head:
            text = 'classes:\n  fast:\n    provisioner: "ebs.csi.aws.com" # the driver\n    type: gp3\n'
        written(tmp_path, c__Chart="apiVersion: v2\nname: c\nversion: 1.0.0\n", **{f"c/{file}": text})
        applied(tmp_path)
        new = text.replace("ebs.csi.aws.com", "cinder.csi.openstack.org").replace('"', "")
        assert (tmp_path / f"c/{file}.yaml").read_text() == new

    def test_a_remark_stays_on_the_line_of_the_driver(self, tmp_path: Path) -> None:
        head = "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: a}\n"
        text = f"{head}provisioner: ebs.csi.aws.com # fast\n"
        lines = "provisioner: cinder.csi.openstack.org # fast\nparameters:\n  type: high-speed-gen2\n"
        assert became(tmp_path, text).endswith(lines)

    def test_a_secret_store_is_kept_by_openbao_and_external_secrets_stay(self, tmp_path: Path) -> None:
        text = """\
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: {name: team}
spec:
  provider:
    aws:
      service: SecretsManager
      region: eu-west-1
  retrySettings: {maxRetries: 5}
"""
        loaded = yaml.safe_load(became(tmp_path, text))["spec"]
        assert loaded["provider"]["vault"]["server"] == "${OPENBAO_URL}"
        assert loaded["retrySettings"] == {"maxRetries": 5}


class TestImages:
    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web:1", "${REGISTRY}/shop/web:1"),
            ('"shop.azurecr.io/web@sha256:' + "0" * 64 + '"', '"${REGISTRY}/web@sha256:' + "0" * 64 + '"'),
            ("'europe-west4-docker.pkg.dev/p/r/web'", "'${REGISTRY}/p/r/web'"),
        ],
    )
    def test_only_the_host_of_an_image_changes(self, tmp_path: Path, old: str, new: str) -> None:
        text = (
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    - name: a\n      image: %s # x\n"
        )
        assert became(tmp_path, text % old) == text % new

    def test_in_brackets_it_is_quoted(self, tmp_path: Path) -> None:
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}
        pod |= {"spec": {"containers": [{"name": "a", "image": "shop.azurecr.io/web:1"}]}}
        applied(written(tmp_path, **{"web.json": json.dumps(pod, indent=2)}))
        assert json.loads((tmp_path / "web.json").read_text())["spec"]["containers"][0]["image"] == "${REGISTRY}/web:1"
        text = (
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: a.azurecr.io/b}]}\n"
        )
        assert became(tmp_path, text).endswith('image: "${REGISTRY}/b"}]}\n')


def pod(spec: str) -> str:
    return f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n{spec}  containers: []\n"


class TestNodes:
    def test_a_pool_is_asked_for_by_a_label_of_yours(self, tmp_path: Path) -> None:
        text = pod("  nodeSelector:\n    eks.amazonaws.com/nodegroup: batch\n")
        assert became(tmp_path, text) == pod("  nodeSelector:\n    node.cluster.x-k8s.io/pool: batch\n")

    def test_a_machine_type_becomes_the_flavour_that_holds_it(self, tmp_path: Path) -> None:
        text = pod("  nodeSelector:\n    node.kubernetes.io/instance-type: r5.xlarge\n")
        assert became(tmp_path, text) == text.replace("r5.xlarge", "r3-32")

    def test_an_affinity_that_is_left_empty_goes_whole(self, tmp_path: Path) -> None:
        wish = """\
  affinity:
    nodeAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
        - weight: 1
          preference:
            matchExpressions:
              - key: cloud.google.com/gke-spot
                operator: Exists
"""
        assert became(tmp_path, pod(wish)) == pod("")

    def test_no_term_is_left_empty_in_values_since_none_would_match(self, tmp_path: Path) -> None:
        expression = "[{key: eks.amazonaws.com/compute-type, operator: NotIn, values: [fargate]}]"
        values = f"""\
node:
  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms:
          - matchExpressions: {expression}
controller:
  affinity:
    nodeAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
        - weight: 1
          preference:
            matchExpressions: {expression}
"""
        written(tmp_path, c__Chart="apiVersion: v2\nname: c\nversion: 1.0.0\n", c__values=values)
        applied(tmp_path)
        none = {"affinity": {"nodeAffinity": {}}}
        assert yaml.safe_load((tmp_path / "c/values.yaml").read_text()) == {"node": none, "controller": none}

    def test_alternatives_are_left_to_a_person(self, tmp_path: Path) -> None:
        terms = """\
  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms:
          - matchExpressions: [{key: cloud.google.com/gke-spot, operator: Exists}]
          - matchExpressions: [{key: example.org/cheap, operator: Exists}]
"""
        (reason,) = reasons(tmp_path, pod(terms))
        assert "alternatives" in reason

    def test_a_toleration_of_the_provider_goes(self, tmp_path: Path) -> None:
        both = "  tolerations:\n  - key: kubernetes.azure.com/scalesetpriority\n    operator: Exists\n  - key: mine\n"
        assert became(tmp_path, pod(both)) == pod("  tolerations:\n  - key: mine\n")


BASE = {
    "base__kustomization": "resources: [service.yaml]\n",
    "base__service": SERVICE,
    "prod__kustomization": "resources: [../base]\npatches:\n  - path: own.yaml\n  - path: json.yaml\n"
    "    target: {kind: Service}\n",
    "prod__own": "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  annotations:\n"
    "    service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing\n    example.org/a: b\n",
    "prod__json": "- op: add\n  path: /metadata/annotations/service.beta.kubernetes.io~1aws-load-balancer-name\n"
    "  value: web\n- op: add\n  path: /metadata/labels\n  value: {a: b}\n",
}


class TestOverlays:
    def test_bases_and_patches_are_edited_where_they_are_written(self, tmp_path: Path) -> None:
        edited = applied(written(tmp_path, **BASE))
        assert {place.path for one in edited.patches for place in one.replaces} == {
            "base/service.yaml",
            "prod/own.yaml",
            "prod/json.yaml",
        }
        assert yaml.safe_load((tmp_path / "prod/json.yaml").read_text()) == [
            {"op": "add", "path": "/metadata/labels", "value": {"a": "b"}}
        ]

    @pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
    def test_kustomize_takes_what_came_out(self, tmp_path: Path) -> None:
        applied(written(tmp_path, **BASE))
        done = subprocess.run(["kubectl", "kustomize", tmp_path / "prod"], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "aws-load-balancer" not in done.stdout

    def test_what_is_all_there_is_in_a_patch_is_left(self, tmp_path: Path) -> None:
        first, second = BASE["prod__json"].split("- op: add\n  path: /metadata/labels")[0], "prod/json.yaml"
        edited = found(written(tmp_path, **{**BASE, "prod__json": first}))
        assert {place.path: why for place, why in edited.left.items()}[second].startswith("Nothing else stands")


class TestTemplates:
    TEXT = """\
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}
  annotations:
    service.beta.kubernetes.io/aws-load-balancer-type: nlb
    {{- with .Values.annotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    example.org/kept: {{ .Values.kept | quote }}
spec:
  type: LoadBalancer
{{- if .Values.class }}
  loadBalancerClass: {{ .Values.class }}
{{- end }}
"""

    def chart(self, root: Path, text: str, values: str = "kept: a\n") -> Path:
        chart = {
            "c__Chart": "apiVersion: v2\nname: c\nversion: 1.0.0\n",
            "c__templates__web": text,
            "c__values": values,
        }
        return written(root, **chart)

    def test_what_a_template_says_itself_is_edited_around_its_actions(self, tmp_path: Path) -> None:
        applied(self.chart(tmp_path, self.TEXT))
        lines = self.TEXT.splitlines(keepends=True)
        assert (tmp_path / "c/templates/web.yaml").read_text() == "".join([*lines[:5], *lines[6:]])

    @pytest.mark.parametrize(
        ("value", "is_edited"),
        [
            ("{{ .Values.certificate }}", True),
            ("{{ .Values.a | quote }}-{{ .Values.b }}", True),
            ("{{ if .Values.on }}a{{ else }}b{{ end }}", False),
            ("{{ $name := .Values.name }}{{ $name }}", False),
            ('{{ template "name" . }}', False),
        ],
    )
    def test_an_entry_goes_with_what_a_template_puts_in(self, tmp_path: Path, value: str, is_edited: bool) -> None:
        """What an action prints goes with the entry; what decides or gives a name may be for more than that."""
        tie = "    service.beta.kubernetes.io/aws-load-balancer-type: nlb\n"
        gone = f"    networking.gke.io/managed-certificates: {value}\n"
        edited = found(self.chart(tmp_path, self.TEXT.replace(tie, gone)))
        assert bool(edited.patches) is is_edited
        if is_edited:
            applied(tmp_path)
            assert (tmp_path / "c/templates/web.yaml").read_text() == self.TEXT.replace(tie, "")

    def test_what_actions_may_add_to_does_not_go_whole(self, tmp_path: Path) -> None:
        text = self.TEXT.replace("    example.org/kept: {{ .Values.kept | quote }}\n", "")
        edited = found(self.chart(tmp_path, text))
        assert edited.patches == []
        (reason,) = edited.left.values()
        assert reason.startswith("A template makes what stands here")

    @pytest.mark.parametrize(
        ("condition", "is_edited"),
        [
            ('eq .Values.cloud "eks"', False),
            ("or (eq .Values.x 'gke') .Values.y", False),
            ('ne .Values.cloud "eks"', True),
        ],
    )
    def test_what_is_said_for_the_old_provider_alone_is_left(
        self, tmp_path: Path, condition: str, is_edited: bool
    ) -> None:
        tie = "    service.beta.kubernetes.io/aws-load-balancer-type: nlb\n"
        text = self.TEXT.replace(tie, f"    {{{{- if {condition} }}}}\n{tie}    {{{{- end }}}}\n")
        edited = found(self.chart(tmp_path, text))
        assert bool(edited.patches) is is_edited
        assert is_edited or all("old provider alone" in reason for reason in edited.left.values())

    def test_what_stands_behind_such_a_branch_is_edited(self, tmp_path: Path) -> None:
        branch = '  {{- if eq .Values.cloud "eks" }}\n  labels: {a: b}\n  {{- else }}\n  labels: {a: c}\n  {{- end }}\n'
        text = self.TEXT.replace("  annotations:\n", f"{branch}  annotations:\n")
        assert found(self.chart(tmp_path, text)).patches

    IMAGE = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    - image: %s\n"

    def test_a_registry_before_what_a_value_brings_changes_alone(self, tmp_path: Path) -> None:
        text = self.IMAGE % '"shop.azurecr.io/{{ .Values.image.name | default "web" }}"'
        applied(self.chart(tmp_path, text, "image: {name: a}\n"))
        assert (tmp_path / "c/templates/web.yaml").read_text() == text.replace("shop.azurecr.io", "${REGISTRY}")

    def test_what_a_value_brings_is_edited_where_it_stands(self, tmp_path: Path) -> None:
        text = self.IMAGE % '"{{ .Values.image.registry }}/{{ .Values.image.name }}"'
        edited = found(self.chart(tmp_path, text, "image:\n  registry: shop.azurecr.io\n  repository: a\n  name: a\n"))
        assert "+  registry: ${REGISTRY}\n" in edited.patches[0].text
        assert edited.left == {}


class TestWriting:
    def test_line_ends_marks_and_other_scripts_stay(self, tmp_path: Path) -> None:
        text = "\ufeff" + SERVICE.replace("team a", "é漢字😀").replace("\n", "\r\n").rstrip()
        assert text.startswith("\ufeff#")
        after = became(tmp_path, text)
        assert after.startswith("\ufeff# The way in.\r\n")
        assert "\n" not in after.replace("\r\n", "")
        assert "'é漢字😀'" in after

    def test_a_text_within_a_manifest_is_edited_in_place(self, tmp_path: Path) -> None:
        inner = (
            "      serviceAccount:\n        annotations:\n          eks.amazonaws.com/role-arn: arn:aws:iam::1:role/a\n"
        )
        text = f"""\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: a}}
spec:
  source:
    path: chart
    repoURL: https://git.example.org/a
    helm:
      values: |
{"".join("  " + line for line in inner.splitlines(keepends=True))}        replicas: 2
"""
        values = yaml.safe_load(became(tmp_path, text))["spec"]["source"]["helm"]["values"]
        assert yaml.safe_load(values) == {"serviceAccount": {"annotations": {}}, "replicas": 2}

    def test_what_an_alias_leans_on_is_left(self, tmp_path: Path) -> None:
        text = """\
apiVersion: v1
kind: ServiceAccount
metadata:
  name: web
  labels:
    azure.workload.identity/use: &use "true"
    example.org/use: *use
"""
        (reason,) = reasons(tmp_path, text)
        assert "no span" in reason

    def test_documents_beside_each_other_are_edited_by_themselves(self, tmp_path: Path) -> None:
        text = f"---\n{SERVICE}---\n# nothing\n---\n{INGRESS}...\n"
        loaded = [one for one in yaml.safe_load_all(became(tmp_path, text)) if one]
        assert [one["kind"] for one in loaded] == ["Service", "Ingress"]
        assert loaded[1]["spec"]["ingressClassName"] == "${INGRESS_CLASS}"

    @pytest.mark.parametrize("hostile", [one for one in HOSTILE if len(one) < 5_000])
    @pytest.mark.parametrize("target", ["ovhcloud", "self-hosted"])
    def test_hostile_values_stay_what_they_are(self, tmp_path: Path, hostile: str, target: str) -> None:
        quoted = literals.yaml(hostile)
        text = pod(
            f"  serviceAccountName: {quoted}\n  nodeSelector:\n    example.org/a: {quoted}\n"
            f"    eks.amazonaws.com/nodegroup: {quoted}\n"
        ).replace(
            "metadata: {name: a}", f"metadata:\n  name: {quoted}\n  annotations: {{iam.amazonaws.com/role: {quoted}}}"
        )
        spec = yaml.safe_load(became(tmp_path, text, target))["spec"]
        expected = yaml.safe_load(text)["spec"]
        pool = expected["nodeSelector"].pop("eks.amazonaws.com/nodegroup")
        expected["nodeSelector"]["node.cluster.x-k8s.io/pool"] = pool
        assert spec == expected


class TestSecrets:
    LINE = '  example.org/token: "AKIAIOSFODNN7EXAMPLE99"\n'

    def text(self, between: int) -> str:
        blank = "".join(f"  example.org/n{n}: x\n" for n in range(between))
        last = "  service.beta.kubernetes.io/aws-load-balancer-type: nlb\n"
        return f"apiVersion: v1\nkind: Service\nmetadata:\n name: a\n annotations:\n{self.LINE}{blank}{last}"

    def test_a_patch_that_would_show_one_is_not_made(self, tmp_path: Path) -> None:
        (reason,) = reasons(tmp_path, self.text(0))
        assert "looks like a secret stands in line 6" in reason

    def test_fewer_lines_are_shown_where_that_helps(self, tmp_path: Path) -> None:
        (patch,) = found(written(tmp_path, web=self.text(1))).patches
        assert "AKIA" not in patch.text

    def test_data_of_a_secret_is_never_shown(self, tmp_path: Path) -> None:
        text = """\
apiVersion: v1
kind: Secret
metadata:
  name: a
  annotations:
    cloud.google.com/neg: a
data: {a: aHVudGVyMg==}
"""
        edited = found(written(tmp_path, web=text))
        assert not any("aHVudGVyMg" in patch.text for patch in edited.patches)

    @pytest.mark.parametrize("line", ["envFrom: [{secretRef: {name: web-secret}}]", "imagePullSecret: regcred"])
    def test_what_only_names_a_secret_is_none(self, tmp_path: Path, line: str) -> None:
        text = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n  x:\n    {line}\n    image: a.azurecr.io/b\n"
        assert "${REGISTRY}" in became(tmp_path, text)


TEMPLATES = sorted(name for name in KNOWN.templates if "_manifests/" in name or name.endswith(".manifest.yaml.j2"))


def asked(template: str) -> list[tuple[str, str]]:
    """Each product that a template is for, with the capability that it gives there."""
    name = template.removesuffix(".yaml.j2").removesuffix(".manifest")
    if template.startswith("_manifests/"):
        given = name.rpartition("/")[2]
        able = [(id, given) for id, product in sorted(KNOWN.products.items()) if given in product.gives]
        return able[:1] or [("self-hosted/rook-ceph-rbd", "block-storage")]
    return [(name, capability) for capability in KNOWN.products[name].gives]


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("hostile", ["web", *[one for one in HOSTILE if one[0] in "s$t*k}\x85" or one[:2] == "{{"]])
def test_every_template_holds_what_was_scanned_as_data(
    tmp_path: Path, template: str, known: bool, hostile: str
) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    places = re.findall(r"^([A-Za-z]+):", KNOWN.templates[template], re.MULTILINE)
    said = literals.yaml(hostile)
    for place in sorted(set(places) - {"image"}):
        text = f"a: 1\n{place}:\n  k: {said}\n  other: {said}\nlast: {said}\n"
        value = place[0].isupper() or place in ("argument", "topologyKey")
        if value:
            text = f"a: 1\n{place}: {said}\nlast: {said}\n"
        line, column = (2, len(place) + 3) if value else (3, 3)
        at = Location(path="web.yaml", line=line, column=column, end_line=line, end_column=column + 1)
        symbol = f"{place}/x" if place[0].isupper() or place == "argument" else "example.org/k"
        for product, capability in asked(template):
            inputs = everything(KNOWN, capability) if known else {}
            inputs = {name: hostile if isinstance(one, str) else one for name, one in inputs.items()}
            features = tuple(KNOWN.capabilities[capability].features) if known else ()
            one = finding((equivalent(KNOWN, product, capability),), inputs, language="kubernetes", symbol=symbol,
                          location=at, features=features, address=f"Pod/{hostile}")  # fmt: skip
            written(tmp_path, web=text)
            edited = manifest_edits(assessment(one), KNOWN, tmp_path, product.partition("/")[0])
            for patch in edited.patches:
                (tmp_path / "web.yaml").write_text(text)
                subprocess.run(["git", "-C", tmp_path, "apply", "-"], input=patch.text.encode(), check=True)
                loaded = yaml.safe_load((tmp_path / "web.yaml").read_text())
                assert (loaded["a"], loaded["last"]) == (1, yaml.safe_load(said))
                new = {"provisioner", "driver", "parameters", "vault", "rfc2136", "webhook"}
                assert set(loaded) <= {"a", "last", place, *new}


def test_a_template_of_ones_own_says_otherwise(tmp_path: Path) -> None:
    own = tmp_path / "own"
    written(tmp_path / "repo", web=INGRESS)
    (own / "_manifests").mkdir(parents=True)
    (own / "_manifests/ingress.yaml.j2").write_text("IngressClass: haproxy\nannotations: ~\n")
    edited = found(tmp_path / "repo", own=own)
    assert "+  ingressClassName: haproxy\n" in edited.patches[0].text
    assert "Nothing is known that could stand here instead." in edited.left.values()
    (own / "_manifests/ingress.yaml.j2").write_text("- no mapping\n")
    with pytest.raises(ProposalError, match="mapping of places"):
        found(tmp_path / "repo", own=own)


def test_the_tree_holds_them_with_what_is_to_be_filled_in(tmp_path: Path) -> None:
    written(
        tmp_path / "repo", web=INGRESS, job="apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {name: a}\n"
    )
    out = tmp_path / "out"
    done = portability("propose", str(tmp_path / "repo"), "--target", "self-hosted", "--out", str(out))
    assert done.exit_code == 0, done.output
    assert (out / "manifests/web.patch").is_file()
    assert "\nINGRESS_CLASS=\n" in (out / "manifests/fill-in.env").read_text()
    readme = (out / "README.md").read_text()
    assert "manifests/web.patch" in readme
    assert "## Ties in manifests that no patch changes" in readme
    assert not list((out).glob("kubernetes/*/ingress-*")), (
        "the edit answers it; a route beside it would be another answer"
    )


@pytest.mark.parametrize("target", ["ovhcloud", "self-hosted"])
def test_a_claim_keeps_a_class_that_stands_in_the_tree(tmp_path: Path, target: str) -> None:
    """The class says more than a driver: what happens to the data of a claim that goes, for one."""
    claim = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: a}\nspec: {storageClassName: %s}\n"
    written(
        tmp_path,
        classes="apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: gp3-kept}\n"
        "provisioner: ebs.csi.aws.com\nreclaimPolicy: Retain\n",
        own=claim % "gp3-kept",
        other=claim % "gp3",
    )
    edited = found(tmp_path, target)
    assert not any("own.yaml" in patch.text for patch in edited.patches)
    assert any("other.yaml" in patch.text for patch in edited.patches)
    assert any("answered there" in why for why in edited.left.values())
    (tmp_path / "classes.yaml").write_text(
        "broken: [\n---\napiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: gp3-kept}\n"
        "provisioner: cinder.csi.openstack.org\n"
    )
    again = found(tmp_path, target)
    assert not any("own.yaml" in patch.text for patch in again.patches), "edited once it is nobody's any more"


CLASS = """\
apiVersion: secrets-store.csi.x-k8s.io/v1
kind: SecretProviderClass
metadata: {name: shop}
spec:
  secretObjects:
    - {secretName: shop, type: Opaque, data: [{objectName: db, key: DB}]}
  parameters:
    %s: |
%s
  provider: %s  # whose
"""


@pytest.mark.parametrize(
    ("provider", "parameter", "listed", "files"),
    [
        (
            "azure",
            "objects",
            "array:\n  - |\n    objectName: db\n    objectType: secret\n    objectVersion: ''\n"
            "  - {objectName: api-key, objectAlias: API}",
            [("db", "db", "value"), ("API", "api-key", "value")],
        ),
        (
            "aws",
            "objects",
            "- {objectName: shop/db, objectType: secretsmanager}\n"
            "- {objectName: shop/user, jmesPath: [{path: name, objectAlias: user}]}",
            [("shop_db", "shop/db", "value"), ("user", "shop/user", "name")],
        ),
        (
            "gcp",
            "secrets",
            "- {resourceName: projects/p/secrets/db/versions/latest, path: db.txt}",
            [("db.txt", "db", "value")],
        ),
    ],
)
def test_a_class_mounts_the_same_files_from_the_new_store(
    tmp_path: Path, provider: str, parameter: str, listed: str, files: list[tuple[str, str, str]]
) -> None:
    """Pods, and the Secrets that the driver makes of the files, stay as they are."""
    inside = "\n".join(f"      {line}" for line in listed.split("\n"))
    (spec,) = [one["spec"] for one in yaml.safe_load_all(became(tmp_path, CLASS % (parameter, inside, provider)))]
    assert spec["provider"] == "openbao"
    assert spec["secretObjects"][0]["secretName"] == "shop"
    assert all(isinstance(value, str) for value in spec["parameters"].values())
    assert [tuple(one.values()) for one in yaml.safe_load(spec["parameters"]["objects"])] == [
        (file, f"${{MOUNT}}/data/{path}", key) for file, path, key in files
    ]


@pytest.mark.parametrize(
    ("provider", "listed"),
    [
        ("azure", "array:\n  - {objectName: db, objectVersion: abc}"),
        ("azure", "array:\n  - {objectName: db, objectType: cert}"),
        ("azure", "array:\n  - {objectName: db, objectEncoding: base64}"),
        ("azure", "array: no"),
        ("aws", "- {objectName: 'arn:aws:secretsmanager:eu-west-1:1:secret:db'}"),
        ("aws", "- {objectName: db, jmesPath: [{path: 'a.b', objectAlias: b}]}"),
        ("aws", "- [db"),
        ("aws", "db"),
    ],
)
def test_a_class_that_mounts_what_the_store_does_not_keep_is_left(tmp_path: Path, provider: str, listed: str) -> None:
    inside = "\n".join(f"      {line}" for line in listed.split("\n"))
    assert any("not plain" in why for why in reasons(tmp_path, CLASS % ("objects", inside, provider)))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_object_stays_a_text(tmp_path: Path, hostile: str) -> None:
    inside = f"      - {{objectName: {json.dumps(hostile, ensure_ascii=False)}}}"
    edited = found(written(tmp_path, web=CLASS % ("objects", inside, "aws")))
    for patch in edited.patches:
        subprocess.run(["git", "init", "-q", tmp_path], check=True)
        subprocess.run(["git", "-C", tmp_path, "apply", "-"], input=patch.text.encode(), check=True)
        (one,) = yaml.safe_load_all((tmp_path / "web.yaml").read_text())
        (row,) = yaml.safe_load(one["spec"]["parameters"]["objects"])
        assert row["secretPath"] == f"${{MOUNT}}/data/{hostile.strip('/')}"


def test_what_picks_an_image_out_picks_it_by_its_new_name(tmp_path: Path) -> None:
    """Else the tag that an overlay sets falls away with the name that it was set for."""
    web = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{image: a.azurecr.io/web:1}]}\n"
    overlay = "resources: [../base]\nimages:\n- name: a.azurecr.io/web\n  newTag: abc\n- name: a.azurecr.io/other\n"
    written(tmp_path, base__kustomization="resources: [web.yaml]\n", base__web=web, prod__kustomization=overlay)
    edited = applied(tmp_path)
    assert [one.path for one in edited.patches] == ["manifests/base/web.patch", "manifests/prod/kustomization.patch"]
    followed = (tmp_path / "prod/kustomization.yaml").read_text()
    assert followed == overlay.replace("a.azurecr.io/web", "${REGISTRY}/web")
    assert any("REGISTRY" in one for one in edited.patches[1].decisions)
