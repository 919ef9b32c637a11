"""Charts as they come: templates with the chart's own values, charts within charts, packed or not, and rendering."""

from __future__ import annotations

import gzip
import io
import sys
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from portability.audit import audit
from portability.catalogue import load
from portability.model import Assessment, Finding
from portability.parsers.kubernetes import rendering
from portability.settings import DEFAULT, Settings

CHART = "apiVersion: v2\nname: shop\nversion: 1.0.0\nappVersion: '2'\n"
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n"
ECR = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"

Audited = Callable[..., Assessment]


@pytest.fixture
def audited(tmp_path: Path) -> Audited:
    def run(files: Mapping[str, str | bytes], *named: str, settings: Settings = DEFAULT) -> Assessment:
        for name, text in files.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text if isinstance(text, bytes) else text.encode())
        paths = [Path(name) for name in named] or None
        return audit(tmp_path, load(), (), jobs=1, paths=paths, settings=settings)

    return run


def told(assessment: Assessment) -> list[tuple[str, int, str, str]]:
    """Path, line, service and whether it is there, of each finding."""
    return [(f.location.path, f.location.line, f.service, f.active) for f in assessment.findings]


def test_an_image_put_together_from_values_is_found_in_the_template(audited: Audited) -> None:
    files = {
        "Chart.yaml": CHART,
        "values.yaml": f"registry: {ECR}\nname: shop/web\n",
        "templates/pod.yaml": POD + '  - image: "{{ .Values.registry }}/{{ .Values.name }}:{{ .Values.tag }}"\n',
    }
    found = [one for one in audited(files).findings if one.location.path == "templates/pod.yaml"]
    assert [(one.symbol, one.location.line, one.location.column, one.confidence) for one in found] == [
        (f"image/{ECR}/shop/web", 6, 12, "likely")
    ]
    assert found[0].location.end_column == len(files["templates/pod.yaml"].split("\n")[5]) + 1


def test_labels_of_nodes_that_no_rule_knows_are_nobodys(audited: Audited) -> None:
    labels = "  my-platform.azure.com/purpose: web\n  kubernetes.azure.com/mode: user\n"
    files = {"Chart.yaml": CHART, "values.yaml": f"nodeSelector:\n{labels}podAnnotations:\n  own.azure.com/a: b\n"}
    assert told(audited(files)) == [
        ("values.yaml", 3, "azure/aks", "yes"),
        ("values.yaml", 5, "azure/unclassified", "yes"),
    ]


def test_what_the_values_say_by_themselves_is_told_there_alone(audited: Audited) -> None:
    files = {
        "Chart.yaml": CHART,
        "values.yaml": f"image:\n  repository: {ECR}/shop/web\n  tag: 1\n",
        "templates/pod.yaml": POD + '  - image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"\n',
    }
    assert told(audited(files)) == [("values.yaml", 2, "aws/ecr", "yes")]
    assert told(audited(files, "templates/pod.yaml")) == []  # as in the whole tree


def test_a_registry_beside_a_repository_is_an_image(audited: Audited) -> None:
    files = {"values.yaml": "webImage:\n  registry: x.azurecr.io\n  repository: shop/web\n"}
    finding = audited(files).findings[0]
    assert (finding.symbol, finding.location.line, finding.lock_in) == (
        "image/x.azurecr.io/shop/web",
        2,
        "compatible",
    )


def test_what_a_library_hands_on_is_an_offer(audited: Audited) -> None:
    files = {
        "Chart.yaml": CHART,
        "values.yaml": "a: 1\n",
        "templates/_output.tpl": '{{- define "output" }}\n{{- $given := index . 0 }}\n'
        "apiVersion: fluentbit.fluent.io/v1alpha2\nkind: ClusterOutput\nmetadata: {name: a}\nspec:\n"
        "  {{- with $given.cloudWatch }}\n  cloudWatch:\n    {{- tpl (toYaml .) $ | nindent 4 }}\n  {{- end }}\n"
        "  {{- with $given.bucket }}\n  s3:\n    bucket: {{ . }}\n  {{- end }}\n{{- end }}\n",
    }
    assert told(audited(files)) == [
        ("templates/_output.tpl", 8, "aws/cloudwatch-logs", "unknown"),
        ("templates/_output.tpl", 12, "aws/s3", "yes"),
    ]


def test_what_default_values_leave_out_is_switched(audited: Audited) -> None:
    files = {
        "Chart.yaml": CHART,
        "values.yaml": f"cache:\n  enabled: false\n  image:\n    repository: {ECR}/cache\n",
        "templates/role.yaml": "{{- if .Values.cache.enabled }}\napiVersion: v1\nkind: ServiceAccount\nmetadata:\n"
        "  name: cache\n  annotations:\n    eks.amazonaws.com/role-arn: {{ .Values.role }}\n{{- end }}\n",
    }
    found = audited(files).findings
    assert told(audited(files)) == [
        ("templates/role.yaml", 7, "aws/workload-identity", "unknown"),
        ("values.yaml", 4, "aws/ecr", "unknown"),
    ]
    assert "switched by `Values.cache.enabled`" in found[0].message
    assert "switched by `cache.enabled`" in found[1].message


def test_the_chart_around_a_chart_says_its_values(audited: Audited) -> None:
    files = {
        "Chart.yaml": CHART + "dependencies:\n- name: api\n  repository: https://charts.example\n",
        "values.yaml": "global: {registry: x.azurecr.io}\napi: {name: own}\n",
        "charts/api/Chart.yaml": CHART,
        "charts/api/values.yaml": "name: theirs\n",
        "charts/api/templates/pod.yaml": POD + "  - image: {{ .Values.global.registry }}/{{ .Values.name }}\n",
    }
    assessment = audited(files)
    assert "image/x.azurecr.io/own" in {one.symbol for one in assessment.findings}
    assert assessment.coverage.unfollowed == ()  # it is here


def test_a_chart_that_its_condition_leaves_out(audited: Audited) -> None:
    files = {
        "Chart.yaml": CHART + "dependencies:\n- {name: api, condition: api.enabled}\n",
        "values.yaml": "api: {enabled: false}\n",
        "charts/api/Chart.yaml": CHART,
        "charts/api/templates/pod.yaml": POD + "  - image: x.azurecr.io/api\n",
    }
    assert told(audited(files)) == [("charts/api/templates/pod.yaml", 6, "azure/container-registry", "unknown")]


@pytest.mark.parametrize(
    ("about", "values"),
    [
        ("- a\n", "a: b\n"),
        (CHART + "dependencies: 5\n", "- a\n"),
        (CHART + "dependencies: {a: b}\n", "web: 3\nglobal: 4\n"),
        (CHART + "dependencies: [4, {name: [1]}, {name: web, condition: [a]}]\n", "a: &a {b: *a}\n"),
        (CHART + "dependencies: [{name: web, condition: {a: b}}]\n", "web: {global: 1}\n"),
        (CHART, "a: " + "9" * 5_000 + "\n"),
        ("a: [", "a: ["),
    ],
)
@pytest.mark.parametrize("is_rendered", [False, True])
def test_charts_of_another_shape_cost_no_finding(
    audited: Audited, helm: Callable[[str], Settings], about: str, values: str, is_rendered: bool
) -> None:
    files = {
        "Chart.yaml": about,
        "values.yaml": values,
        "charts/web/Chart.yaml": about,
        "charts/web/templates/pod.yaml": POD
        + "  - image: x.azurecr.io/web\n  - {{ .Values.a.b }}: {{ "
        + "9" * 5_000
        + " }}\n",
    }
    settings = helm("print('---')\n") if is_rendered else DEFAULT
    found = [one.location.line for one in audited(files, settings=settings).findings]
    assert found == [6]


def packed(files: Mapping[str, str], *, link: str = "") -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
        if link:
            member = tarfile.TarInfo(link)
            member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(member)
    return stream.getvalue()


def test_a_packed_chart_is_read(audited: Audited) -> None:
    inner = {
        "api/Chart.yaml": CHART,
        "api/values.yaml": "registry: docker.io\n",
        "api/templates/pod.yaml": POD + "  - image: {{ .Values.registry }}/api\n",
    }
    assessment = audited(
        {
            "Chart.yaml": CHART + "dependencies:\n- {name: api, repository: https://charts.example}\n",
            "values.yaml": "api: {registry: x.azurecr.io}\n",
            "charts/api-1.2.0.tgz": packed(inner, link="api/templates/out.yaml"),
        }
    )
    found = [one for one in assessment.findings if one.location.path.endswith(".tgz")]
    assert [(one.symbol, one.location.line) for one in found] == [("image/x.azurecr.io/api", 1)]
    assert found[0].address == "api/templates/pod.yaml: Pod/web"
    assert assessment.coverage.unfollowed == ()


def test_what_of_a_packed_chart_is_not_read_is_told(audited: Audited) -> None:
    broken = packed({"api/Chart.yaml": CHART, "api/templates/pod.yaml": POD + "  - image: [x.azurecr.io/api\n"})
    coverage = audited({"Chart.yaml": CHART, "charts/api-1.2.0.tgz": broken}).coverage
    assert [(one.path, one.line) for one in coverage.problems] == [("charts/api-1.2.0.tgz", 1)]
    assert coverage.files["kubernetes"].partly == 1


def sparse(size: int) -> bytes:
    """An archive with a file that says it has this many bytes and brings none."""
    member = tarfile.TarInfo("api/values.yaml")
    member.type = tarfile.GNUTYPE_SPARSE
    head = bytearray(member.tobuf(tarfile.GNU_FORMAT))
    head[483:495] = b"%011o\0" % size
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return gzip.compress(bytes(head) + bytes(1024))


@pytest.mark.parametrize(
    "data",
    [
        b"no archive",
        packed({"api/values.yaml": "a: " + "b" * 25_000_000}),
        packed({"../../out.yaml": "a: b"})[:60],
        sparse(8**11 - 1),
    ],
    ids=["no archive", "a bomb", "cut off", "a sparse file"],
)
def test_an_archive_that_cannot_be_read_says_so(audited: Audited, data: bytes) -> None:
    assessment = audited({"Chart.yaml": CHART, "charts/api-1.2.0.tgz": data})
    assert [(one.path, one.kind) for one in assessment.coverage.problems] == [("charts/api-1.2.0.tgz", "archive")]


@pytest.fixture
def helm(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Settings]:
    """Settings with a program in the place of Helm; its source has ``folder``, where the chart is."""

    def made(source: str) -> Settings:
        program = tmp_path_factory.mktemp("helm") / "helm.py"
        program.write_text("import os, sys, time\nfrom pathlib import Path\nfolder = Path(sys.argv[-1])\n" + source)
        return Settings(helm=(sys.executable, str(program)))

    return made


LOOP = {
    "Chart.yaml": CHART + "kubeVersion: '>=9'\ndependencies:\n- {name: away, repository: https://charts.example}\n",
    "values.yaml": "classes: {fast: {}}\n",
    "values.schema.json": '{"$ref": "https://schemas.example/values.json"}',
    "templates/_helpers.tpl": '{{ define "a" }}{{ end }}\n',
    "templates/class.yaml": "{{- range $name, $one := .Values.classes }}\napiVersion: storage.k8s.io/v1\n"
    'kind: StorageClass\nmetadata: {name: {{ $name }}}\nprovisioner: {{ include "a" .by }}\n{{- end }}\n',
    "templates/pod.yaml": "{{- if .Release.IsUpgrade }}\n" + POD + "  - image: x.azurecr.io/web\n{{- end }}\n",
}
PRINTS = (
    'print("---\\n# Source: shop/templates/class.yaml\\napiVersion: storage.k8s.io/v1\\nkind: StorageClass\\n'
    'metadata: {name: fast}\\nprovisioner: ebs.csi.aws.com")\n'
)


def test_a_rendered_chart_points_to_its_templates(audited: Audited, helm: Callable[[str], Settings]) -> None:
    unrendered, rendered = audited(LOOP), audited(LOOP, settings=helm(PRINTS))
    assert told(unrendered) == [("templates/pod.yaml", 7, "azure/container-registry", "yes")]
    assert told(rendered) == [
        ("templates/class.yaml", 5, "aws/ebs", "yes"),
        ("templates/pod.yaml", 7, "azure/container-registry", "unknown"),  # it did not come out
    ]
    partly = (unrendered.coverage.files["kubernetes"].partly, rendered.coverage.files["kubernetes"].partly)
    assert partly == (2, 0)


def test_helm_sees_a_copy_that_leads_nowhere(tmp_path: Path, audited: Audited, helm: Callable[[str], Settings]) -> None:
    outside = tmp_path.parent / "secret.txt"
    outside.write_text("x.azurecr.io/secret")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "out.yaml").symlink_to(outside)
    seen = tmp_path.parent / "seen.txt"
    listing = (
        f"Path({str(seen)!r}).write_text('|'.join(sorted(str(p.relative_to(folder)) for p in folder.rglob('*.*')))"
        " + (folder / 'Chart.yaml').read_text() + str(sorted(os.environ)) + os.environ['HOME'])\n"
    )
    audited(LOOP, settings=helm(listing + PRINTS))
    told_helm = seen.read_text()
    assert "templates/class.yaml" in told_helm
    assert "templates/_helpers.tpl" in told_helm
    for absent in ("out.yaml", "schema", "away", "kubeVersion", "PATH"):
        assert absent not in told_helm


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (
            "sys.exit('Error: template: shop/templates/pod.yaml:3:4: nil: password hunter2')",
            "shop/templates/pod.yaml:3",
        ),
        ("time.sleep(60)", "it took more than 1 seconds"),
        ("print('x' * 3_000_000)", "Helm could not render it"),
    ],
    ids=["an error", "no end", "too much"],
)
def test_a_chart_that_cannot_be_rendered_is_read_as_before(
    audited: Audited, helm: Callable[[str], Settings], monkeypatch: pytest.MonkeyPatch, source: str, why: str
) -> None:
    monkeypatch.setattr(rendering, "TIMEOUT_S", 1)
    monkeypatch.setattr(rendering, "MAX_OUTPUT", 1_000_000)
    assessment = audited(LOOP, settings=helm(source))
    assert told(assessment) == [("templates/pod.yaml", 7, "azure/container-registry", "yes")]
    said = [one.message for one in assessment.coverage.problems if one.path == "Chart.yaml"]
    assert len(said) == 1
    assert why in said[0]
    assert "hunter2" not in said[0]


def test_without_the_option_nothing_runs(audited: Audited, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering.subprocess, "run", lambda *_, **__: pytest.fail("something was run"))
    assert findings_of(audited(LOOP))


def findings_of(assessment: Assessment) -> tuple[Finding, ...]:
    return tuple(assessment.findings)


def test_tests_of_charts_are_no_values(audited: Audited) -> None:
    suite = (
        "suite: web\ntests:\n  - set:\n      serviceAccount: {annotations: {eks.amazonaws.com/role-arn: a}}\n"
        f"      image: {{repository: {ECR}/web}}\n    asserts:\n      - equal: {{path: a, value: {ECR}/web}}\n"
    )
    assert not audited({"Chart.yaml": CHART, "tests/web_test.yaml": suite}).findings


def test_a_registry_whose_images_are_named_elsewhere_ties(audited: Audited) -> None:
    found = audited({"values.yaml": f"web:\n  image:\n    registry: {ECR}\n    tag: 1\n"}).findings
    assert [(f.service, f.role, f.location.line, f.location.column) for f in found] == [("aws/ecr", "part", 3, 15)]


def test_of_an_image_on_docker_hub_the_name_is_what_counts(audited: Audited) -> None:
    found = audited({"values.yaml": "image:\n  registry: docker.io\n  repository: bitnami/redis\n  tag: 1\n"}).findings
    assert [(f.service, f.location.line) for f in found] == [("health/bitnami", 3)]


def test_what_lies_below_the_folder_of_helmfiles_is_what_it_is(audited: Audited) -> None:
    files = {
        "helmfile.d/10-web.yaml": "releases:\n  - {name: web, chart: ../charts/web}\n",
        "helmfile.d/charts/web/Chart.yaml": CHART,
        "helmfile.d/charts/web/templates/pod.yaml": f"{POD}  - image: {ECR}/web:1\n",
        "helmfile.d/values/web.yaml.gotmpl": f"image:\n  repository: {ECR}/web\n",
    }
    assert [(f.location.path.rpartition("/")[2], f.address) for f in audited(files).findings] == [
        ("pod.yaml", "Pod/web"),
        ("web.yaml.gotmpl", "values"),
    ]


def test_values_that_become_a_configmap_are_values(audited: Audited) -> None:
    files = {
        "kustomization.yaml": "configMapGenerator:\n  - name: web\n    files: [values.yaml=helm/values-1.yaml]\n",
        "helm/values-1.yaml": f"agent:\n  enabled: false\n  image: {ECR}/agent\n",
    }
    found = audited(files).findings
    assert [(f.location.line, f.confidence, f.active) for f in found] == [(3, "likely", "unknown")]


def test_values_that_switch_off_their_whole_chart_say_so(audited: Audited) -> None:
    found = audited({"values.yaml": "enabled: false\nprovider: aws\n"}).findings
    assert [(f.service, f.active) for f in found] == [("aws/account", "unknown")]


def test_an_address_in_the_cluster_is_nobodys_store(audited: Audited) -> None:
    said = '{{ template "minio" . }}.{{ .Release.Namespace }}.svc:{{ .Values.port }}'
    values = f"config: |\n  blocks_storage:\n    backend: s3\n    s3:\n      bucket_name: a\n      endpoint: {said}\n"
    assert not audited({"values.yaml": values}).findings


def test_a_chart_in_a_registry_is_as_an_image_there(audited: Audited) -> None:
    chart = f"{CHART}dependencies:\n  - {{name: web, version: 1.0.0, repository: 'oci://{ECR}/charts'}}\n"
    found = audited({"Chart.yaml": chart}).findings
    assert [(f.service, f.kind, f.lock_in, f.role) for f in found] == [("aws/ecr", "lock-in", "compatible", "part")]


def test_keys_beside_an_address_that_only_a_run_tells_are_perhaps_for_it(audited: Audited) -> None:
    where = "{name: S3_ENDPOINT, valueFrom: {secretKeyRef: {name: a, key: b}}}"
    found = audited({"pod.yaml": f"{POD}  - env: [{{name: AWS_ACCESS_KEY_ID, value: a}}, {where}]\n"}).findings
    assert [(f.service, f.confidence) for f in found] == [("aws/account", "possible")]


def test_settings_for_a_controller_that_is_not_chosen_are_an_offer(audited: Audited) -> None:
    values = "ingress:\n  controller: {}\n  aws:\n    backendProtocolVersion: GRPC\n"
    assert not audited({"values.yaml": values.format("generic")}).findings
    assert {f.service for f in audited({"values.yaml": values.format("aws")}).findings} >= {"aws/account"}


def test_a_manifest_as_powershell_writes_it_is_read(audited: Audited) -> None:
    found = audited({"pod.yaml": f"{POD}  - image: {ECR}/web:1\n".encode("utf-16")}).findings
    assert [(f.service, f.location.line, f.location.column) for f in found] == [("aws/ecr", 6, 12)]


@pytest.mark.parametrize(
    "store",
    [
        "{deploy: true, bucket: uploads, region: auto}",
        "{auth: {existingSecret: store, rootUserSecretKey: user}}",
        "{enabled: true, createBuckets: [{name: uploads}], existingConfigSecret: store}",
    ],
)
def test_a_store_that_a_chart_brings_along_is_nobody_elses(audited: Audited, store: str) -> None:
    assert not audited({"values.yaml": f"s3: {store}\n"}).findings
    assert [f.service for f in audited({"values.yaml": "s3: {bucket: uploads}\n"}).findings] == ["aws/s3"]


def test_keys_that_are_said_to_be_of_a_store_of_ones_own_are_not_amazons(audited: Audited) -> None:
    helper = (
        '{{- define "shop.keys" }}\n- name: AWS_ACCESS_KEY_ID\n  valueFrom:\n    secretKeyRef:\n      name: STORE\n'
        "      key: id\n{{- end }}\n"
        '{{- define "shop.secret" }}\nAWS_SECRET_ACCESS_KEY: {{ include "STORE" . }}\n{{- end }}\n'
    )
    for store, wanted in (("shop.minio", []), ("shop.storage", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])):
        found = audited({"Chart.yaml": CHART, "templates/_keys.tpl": helper.replace("STORE", store)}).findings
        assert [f.symbol.removeprefix("env/") for f in found] == wanted


def test_a_store_of_which_nothing_is_said_may_be_the_one_that_holds_for_all(audited: Audited) -> None:
    values = "common:\n  s3: {endpoint: '%s', bucketnames: a}\nruler:\n  storage:\n    s3: {bucketnames: b}\n"
    for where, wanted in (('{{ include "shop.minio" . }}', "possible"), ("s3.amazonaws.com", "likely")):
        found = audited({"values.yaml": values % where}).findings
        assert [f.confidence for f in found if f.location.line == 5] == [wanted]


def test_a_flag_that_chooses_a_store_goes_by_the_one_that_says_where_it_is(audited: Audited) -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - args: [-a.storage.type=s3, %s]\n"
    for where, wanted in (("-a.s3.endpoint=minio.store.svc:9000", []), ("-a.s3.bucket=a", ["aws/s3"])):
        assert [f.service for f in audited({"pod.yaml": pod % where}).findings] == wanted


def test_keys_in_a_chart_that_says_elsewhere_where_s3_is_may_be_for_anybody(audited: Audited) -> None:
    files = {
        "Chart.yaml": CHART,
        "templates/web.yaml": "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec:\n  containers:\n  - env:\n"
        "    - name: AWS_ACCESS_KEY_ID\n      valueFrom: {secretKeyRef: {name: a, key: b}}\n",
    }
    where = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  S3_ENDPOINT: {{ .Values.s3.endpoint }}\n"
    assert [f.confidence for f in audited(files).findings] == ["certain"]
    assert [f.confidence for f in audited({**files, "templates/env.yaml": where}).findings] == ["possible"]


def test_keys_alone_say_nothing_of_who_takes_them(audited: Audited) -> None:
    assert not audited({"values.yaml": "secret:\n  s3: {keyId: a1b2, accessKey: c3d4}\n"}).findings


def test_keys_that_are_made_up_are_for_a_stand_in(audited: Audited) -> None:
    pod = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {AWS_ACCESS_KEY_ID: %s}\n"
    assert not audited({"a.yaml": pod % "dummy"}).findings
    assert [f.service for f in audited({"a.yaml": pod % "AKIAIOSFODNN7EXAMPLE"}).findings] == ["aws/account"]


def test_what_values_do_not_create_they_do_not_use(audited: Audited) -> None:
    values = "dynamodb:\n  create: %s\n  image: {pullPolicy: Always}\n"
    assert [bool(audited({"values.yaml": values % it}).findings) for it in ("false", "true")] == [False, True]


@pytest.mark.parametrize(
    ("variable", "service"),
    [
        ("REPORTS_BUCKET_ARN", "aws/s3"),
        ("IRSA_POLICY_ARN", "aws/iam"),
        ("STEP1_FUNCTION_ARN", "aws/lambda"),
        ("SHOP_AWS_KMS_KEY", "aws/kms"),  # behind its owner's words
        ("CONCOURSE_AWS_SECRETSMANAGER_REGION", "aws/secrets-manager"),
        ("SHOP_AWS_REGION", "aws/account"),
    ],
)
def test_a_variable_tells_the_service_that_it_names(audited: Audited, variable: str, service: str) -> None:
    pod = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {%s: $(VALUE)}\n"
    assert [f.service for f in audited({"a.yaml": pod % variable}).findings] == [service]


def test_addresses_of_terraform_are_no_variables(audited: Audited) -> None:
    values = "counts: {google_pubsub_topic.a: 1}\nvalues:\n  'google_storage_bucket.b[\"x\"]': {a: b}\n"
    assert not audited({"values.yaml": values}).findings
