"""Every kind of tie that manifests have, with the service that the catalogue finds on which line."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import pytest

from portability.audit import audit
from portability.catalogue import load
from portability.engine import Engine
from portability.model import Source
from portability.parsers.kubernetes import manifests_of, read
from portability.parsers.kubernetes.asked import asked_of
from portability.parsers.kubernetes.origin import Origin
from portability.settings import DEFAULT


def found_in(manifest: str) -> list[tuple[int, str]]:
    """``(line, service)`` of each finding."""
    catalogue = load()
    engine = Engine(catalogue, ())
    source = Source(path="a.yaml", language="kubernetes", data=manifest.encode())
    usages = read([source], catalogue.interest, DEFAULT)["a.yaml"].usages
    findings = [engine.judge(usage) for usage in usages]
    return sorted({(one.location.line, one.service) for one in findings if one is not None})


def pod(body: str) -> str:
    return "apiVersion: v1\nkind: Pod\nspec:\n" + body


def config(key: str, body: str) -> str:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n  {key}: |\n{lines}"


def custom(api: str, kind: str, body: str) -> str:
    return f"apiVersion: {api}\nkind: {kind}\n{body}"


CASES = {
    "zone": (pod("  nodeSelector: {topology.kubernetes.io/zone: eu-west-1a}\n"), [(4, "aws/account")]),
    "a token for a provider's API": (
        custom("acme.example/v1", "Proxy", "spec:\n  audience: https://prometheus.monitor.azure.com/.default\n"),
        [(4, "azure/monitor")],
    ),
    # Prose and policies name annotations; nobody calls their domain.
    "an annotation in a text": (
        config("a.rego", 'needs := "iam.gke.io/gcp-service-account"\nx := annotations["iam.amazonaws.com/role"]'),
        [(6, "google/service-accounts"), (7, "aws/workload-identity")],
    ),
    "a path of an address in a text": (config("a", "curl https://iam.amazonaws.com/role\n"), [(6, "aws/iam")]),
    "a provider of workload identity by its whole name": (
        config("a", "projects/1/locations/global/workloadIdentityPools/a/providers/b"),
        [(6, "google/service-accounts")],
    ),
    "a machine of Cluster API": (
        custom("infrastructure.cluster.x-k8s.io/v1beta1", "GCPMachineTemplate", "spec: {}\n"),
        [(1, "google/compute-engine")],
    ),
    "a cluster of Cluster API": (
        custom("infrastructure.cluster.x-k8s.io/v1beta1", "GCPManagedCluster", "spec: {}\n"),
        [(1, "google/gke")],
    ),
    "a storage class as an argument": (
        pod("  containers:\n  - name: a\n    args: [--storage-class, gp2]\n"),
        [(6, "aws/ebs")],
    ),
    "a chart that settings of addons name": (
        custom("a.example/v1", "Addon", "spec:\n  chartName: aws-efs-csi-driver\n  chartRepository: public.ecr.aws\n"),
        [(4, "aws/efs"), (5, "aws/ecr")],
    ),
    # Whoever makes a platform calls its labels as he likes; annotations are read by somebody.
    "labels of one's own in a provider's domain": (
        pod("  nodeSelector: {my-platform.azure.com/purpose: web, kubernetes.azure.com/mode: user}\n"),
        [(4, "azure/aks")],
    ),
    "an image in a program": (
        config("a", "cat <<END\nimage: gcr.io/shop/web:1.\nEND\ncurl https://gcr.io/v2/shop\n"),
        [(7, "google/artifact-registry"), (9, "google/artifact-registry")],
    ),
    "zone elsewhere": (pod("  nodeSelector: {topology.kubernetes.io/zone: nova}\n"), []),
    "instance type in an expression": (
        pod(
            "  affinity:\n    nodeAffinity:\n      x:\n        nodeSelectorTerms:\n        - matchExpressions:\n"
            "          - key: node.kubernetes.io/instance-type\n            operator: In\n"
            "            values: [Standard_D4s_v5]\n"
        ),
        [(11, "azure/virtual-machines")],
    ),
    "argument in two words": (
        pod("  containers:\n  - args: [--provider, aws, --x]\n"),
        [(5, "aws/route53")],
    ),
    "autoscaler": (pod("  containers:\n  - command: [./cluster-autoscaler, --cloud-provider=aws]\n"), [(5, "aws/eks")]),
    "settings by environment from a config map": (
        "apiVersion: v1\nkind: ConfigMap\ndata:\n  AWS_REGION: eu-west-1\n  THING: x\n",
        [(4, "aws/account")],
    ),
    "who may enter an EKS cluster": (
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: aws-auth\n",
        [(4, "aws/eks")],
    ),
    "scaler": (
        custom("keda.sh/v1alpha1", "ScaledObject", "spec:\n  triggers:\n  - type: azure-servicebus\n"),
        [(5, "azure/service-bus")],
    ),
    "open scaler": (custom("keda.sh/v1alpha1", "ScaledObject", "spec:\n  triggers:\n  - type: kafka\n"), []),
    "scaler's identity": (
        custom("keda.sh/v1alpha1", "TriggerAuthentication", "spec:\n  podIdentity:\n    provider: gcp\n"),
        [(5, "google/service-accounts")],
    ),
    "Flux source": (
        custom("source.toolkit.fluxcd.io/v1", "OCIRepository", "spec:\n  provider: aws\n"),
        [(4, "aws/ecr")],
    ),
    "Flux generic bucket": (custom("source.toolkit.fluxcd.io/v1", "Bucket", "spec:\n  provider: generic\n"), []),
    "backup": (custom("velero.io/v1", "BackupStorageLocation", "spec:\n  provider: aws\n"), [(4, "aws/s3")]),
    "backup to another S3": (
        custom(
            "velero.io/v1", "BackupStorageLocation", "spec:\n  provider: aws\n  config: {s3Url: 'http://minio:9000'}\n"
        ),
        [],
    ),
    "remote write": (
        custom("monitoring.coreos.com/v1", "Prometheus", "spec:\n  remoteWrite:\n  - sigv4: {region: eu-west-1}\n"),
        [(5, "aws/managed-prometheus")],
    ),
    "Thanos": (
        config("objstore.yml", "type: S3\nconfig:\n  bucket: b\n  endpoint: s3.eu-west-1.amazonaws.com"),
        [(6, "aws/s3"), (9, "aws/s3")],
    ),
    "Thanos elsewhere": (config("objstore.yml", "type: S3\nconfig:\n  bucket: b\n  endpoint: minio:9000"), []),
    "Loki": (config("loki.yaml", "common:\n  storage:\n    gcs:\n      bucket_name: b"), [(8, "google/cloud-storage")]),
    "collector": (
        config("relay.yaml", "exporters:\n  awsxray/one: {}\n  otlp: {}"),
        [(7, "aws/xray")],
    ),
    "collector with an exporter as it comes": (
        config("relay.yaml", "exporters:\n  awsxray:\n  otlp:"),
        [(7, "aws/xray")],
    ),
    "collector's resource": (
        custom(
            "opentelemetry.io/v1beta1",
            "OpenTelemetryCollector",
            "spec:\n  config:\n    exporters:\n      azuremonitor: {}\n",
        ),
        [(6, "azure/monitor")],
    ),
    "Vector": (
        config("vector.yaml", "sinks:\n  out:\n    type: gcp_cloud_storage"),
        [(8, "google/cloud-storage")],
    ),
    "Fluent Bit": (
        config("fluent-bit.conf", "[INPUT]\n    Name s3\n[OUTPUT]\n    Name cloudwatch_logs\n    Match *"),
        [(9, "aws/cloudwatch-logs")],
    ),
    "address of a resource": (
        custom("example.org/v1", "Thing", "spec:\n  queue: arn:aws:sqs:eu-west-1:111122223333:a\n"),
        [(4, "aws/sqs")],
    ),
    "bucket": (pod("  containers:\n  - args: ['gs://bucket/path']\n"), [(5, "google/cloud-storage")]),
    "bucket of somebody else": (
        custom("example.org/v1", "Store", "spec:\n  path: s3://backups/\n  endpointURL: http://minio:9000\n"),
        [],
    ),
    "command": (pod("  containers:\n  - command: [aws, s3, sync, a, b]\n"), [(5, "aws/s3")]),
    "script": (config("run.sh", "#!/bin/sh\naws sqs send-message"), [(7, "aws/sqs")]),
    "documentation": (pod("  containers:\n  - args: ['see https://docs.aws.amazon.com/x']\n"), []),
    "image in parts": (
        custom("example.org/v1", "Thing", "spec:\n  image:\n    repository: 1.dkr.ecr.eu-west-1.amazonaws.com/a\n"),
        [(5, "aws/ecr")],
    ),
    "provider of Crossplane": (
        custom("pkg.crossplane.io/v1", "Provider", "spec:\n  package: xpkg.upbound.io/upbound/provider-aws-s3:v1\n"),
        [(4, "aws/account")],
    ),
    # A composition holds what it will create.
    "object within an object": (
        custom(
            "apiextensions.crossplane.io/v1",
            "Composition",
            "spec:\n  resources:\n  - base:\n      apiVersion: rds.aws.upbound.io/v1beta1\n"
            "      kind: Instance\n      spec: {}\n",
        ),
        [(6, "aws/rds")],
    ),
    # A reference to an object is not one.
    "reference": (
        custom(
            "example.org/v1",
            "Thing",
            "spec:\n  ref: {apiVersion: rds.aws.upbound.io/v1beta1, kind: Instance, name: a}\n",
        ),
        [(4, "aws/rds")],
    ),
    "manifest in a config map": (
        config("queue.yaml", "# one\napiVersion: sqs.services.k8s.aws/v1alpha1\nkind: Queue\nmetadata:\n  name: a"),
        [(7, "aws/sqs")],
    ),
    "template of OpenShift": (
        custom(
            "template.openshift.io/v1",
            "Template",
            "objects:\n- apiVersion: storage.k8s.io/v1\n  kind: StorageClass\n  provisioner: ebs.csi.aws.com\n",
        ),
        [(6, "aws/ebs")],
    ),
    # A policy says what others may not write.
    "policy": (
        custom(
            "kyverno.io/v1",
            "ClusterPolicy",
            "spec:\n  rules:\n  - validate:\n      pattern:\n        spec:\n          containers:\n"
            "          - image: '*.azurecr.io/*'\n",
        ),
        [],
    ),
    # The other values of a list say the same again.
    "many instance types": (
        custom(
            "karpenter.sh/v1",
            "NodePool",
            "spec:\n  requirements:\n  - key: node.kubernetes.io/instance-type\n    operator: In\n"
            "    values:\n    - m5.large\n    - m5.xlarge\n",
        ),
        [(8, "aws/ec2")],
    ),
    "reference to a kind of nodes": (
        custom(
            "karpenter.sh/v1",
            "NodePool",
            "spec:\n  nodeClassRef:\n    group: karpenter.k8s.aws\n    kind: EC2NodeClass\n",
        ),
        [(5, "aws/eks")],
    ),
    "routing policy of a DNS record": (
        custom(
            "externaldns.k8s.io/v1alpha1",
            "DNSEndpoint",
            "spec:\n  endpoints:\n  - providerSpecific:\n    - name: aws/weight\n",
        ),
        [(6, "aws/route53")],
    ),
    # What Kustomize replaces is not pulled.
    "image that is replaced": (
        custom(
            "kustomize.config.k8s.io/v1beta1",
            "Kustomization",
            "images:\n- name: public.ecr.aws/a/b\n  newName: registry.example.org/a/b\n",
        ),
        [],
    ),
    "policy document": (
        custom(
            "example.org/v1",
            "Thing",
            'spec:\n  policy: |\n    {"Statement": [\n      {"Action": "sqs:SendMessage"}]}\n',
        ),
        [(6, "aws/sqs")],
    ),
    "value that somebody fills in": (pod("  containers:\n  - args: ['--provider=${PROVIDER}']\n"), []),
}


@pytest.mark.parametrize(("manifest", "expected"), CASES.values(), ids=CASES)
def test_each_tie_is_found_on_its_line_and_nothing_else(manifest, expected):
    assert found_in(manifest) == expected


def test_a_text_of_yaml_in_another_file_is_read_at_its_place():
    catalogue = load()
    lines = [
        "resource x {",
        "  yaml = <<EOT",
        "    apiVersion: sqs.services.k8s.aws/v1alpha1",
        "    kind: Queue",
        "EOT",
    ]
    text = "apiVersion: sqs.services.k8s.aws/v1alpha1\nkind: Queue\n"
    reading = manifests_of(text, Origin("main.tf", lines, 2, 4), asked_of(catalogue.interest))
    (usage,) = reading.usages
    assert (usage.location.path, usage.location.line, usage.location.column) == ("main.tf", 3, 17)


def test_an_alias_bomb_within_a_value_is_not_expanded():
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 40)
    )
    text = f"apiVersion: sqs.services.k8s.aws/v1\nkind: Queue\nexporters:\n  awsxray: {{}}\n{bomb}"
    assert found_in(config("a.yaml", text)) == []


def test_a_signature_is_for_the_service_that_it_names(tmp_path: Path) -> None:
    settings = "\n".join(f"      sigv4auth/{one}: {{region: eu-west-1, service: {one}}}" for one in ("logs", "es", "x"))
    (tmp_path / "a.yaml").write_text(
        "apiVersion: opentelemetry.io/v1beta1\nkind: OpenTelemetryCollector\nmetadata: {name: a}\nspec:\n  config:\n"
        f"    extensions:\n{settings}\n      sigv4auth: {{region: eu-west-1}}\n"
    )
    found = audit(tmp_path, load(), (), jobs=1).findings
    services = ["aws/cloudwatch-logs", "aws/opensearch", "aws/account", "aws/managed-prometheus"]
    assert [one.service for one in found] == services


def test_a_program_in_a_text_is_told_at_its_lines(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n"
        "  job.py: |\n    import boto3\n    queue = boto3.client('sqs')\n    queue.send_message(QueueUrl=1)\n"
        '  main.tf: |\n    resource "aws_sns_topic" "t" {\n      fifo_topic = true\n    }\n'
        "  folded.py: \"import boto3\\nboto3.client('sqs')\\n\"\n"
    )
    found = audit(tmp_path, load(), (), jobs=1).findings
    places = [(one.location.path, one.location.line, one.location.column, one.symbol) for one in found]
    assert places == [
        ("a.yaml", 7, 13, "sqs"),
        ("a.yaml", 8, 5, "sqs.send_message"),
        ("a.yaml", 10, 5, "aws_sns_topic"),
        ("a.yaml", 13, 14, "sqs"),
    ]


_BROKEN = "import boto3\nqueue = boto3.client('sqs')\ndef broken(:\n  pass\n"


def _of(tree: Path, name: str, text: str) -> tuple[list[tuple[int, str]], list[str]]:
    """Problems of a file by line and kind, and the symbols found in it."""
    tree.mkdir()
    (tree / name).write_text(text)
    assessment = audit(tree, load(), (), jobs=1)
    problems = [(one.line, one.kind) for one in assessment.coverage.problems if one.path == name]
    assert assessment.coverage.files["kubernetes" if name == "a.yaml" else "terraform"].unread == 0
    return problems, [one.symbol for one in assessment.findings]


def test_what_is_not_read_of_a_program_in_a_manifest_is_told_of_the_manifest(tmp_path: Path) -> None:
    """Whoever counts on a ConfigMap's script learns where it could not be read, through whatever rooms it was met."""
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n"
    broken = f"{config}  job.py: |\n{indent(_BROKEN, '    ')}"
    assert _of(tmp_path / "script", "a.yaml", broken) == ([(8, "syntax")], ["sqs"])
    large = f"{config}  job.py: |\n    import boto3\n" + "    x = 1\n" * 40_000
    assert _of(tmp_path / "large", "a.yaml", large) == ([(6, "too-large")], [])
    written = f'resource "kubectl_manifest" "m" {{\n  yaml_body = <<-E\n{indent(broken, "    ")}  E\n}}\n'
    assert _of(tmp_path / "terraform", "main.tf", written)[0] == [(10, "syntax")]


def test_a_program_that_a_manifest_in_a_program_holds_is_read_and_a_further_one_is_told(tmp_path: Path) -> None:
    text = ""
    for service in ("sqs_queue", "s3_bucket", "sns_topic"):
        code = f'resource "aws_{service}" "b" {{}}\n'
        if text:
            body = indent(text, "    ")
            code += f'resource "kubectl_manifest" "m" {{\n  yaml_body = <<-{service}\n{body}  {service}\n}}\n'
        head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  main.tf: |\n"
        text = head + indent(code, "    ")
    problems, symbols = _of(tmp_path / "tree", "a.yaml", text)
    assert symbols == ["aws_sns_topic", "aws_s3_bucket"]
    assert [kind for _, kind in problems] == ["too-deep"]


def test_keys_whose_address_a_secret_says_may_be_for_anybody(tmp_path: Path) -> None:
    said = {"value: minio:9000": [], "valueFrom: {secretKeyRef: {name: a, key: b}}": ["possible"]}
    for written, wanted in said.items():
        (tmp_path / "a.yaml").write_text(
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - env:\n"
            f"    - {{name: S3_BUCKET, value: a}}\n    - name: S3_ENDPOINT\n      {written}\n"
        )
        assert [one.confidence for one in audit(tmp_path, load(), (), jobs=1).findings] == wanted


def test_keys_beside_an_address_that_values_say_may_be_for_anybody(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n"
        "  aws-access-key-id: ${KEY}\n  aws-endpoint-url: ${ENDPOINT}\n"
    )
    assert {one.confidence for one in audit(tmp_path, load(), (), jobs=1).findings} == {"possible"}


def test_a_bucket_that_a_command_copies_from_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(config("dump.sh", "aws s3 cp s3://a/b .\ncurl s3://c/d"))
    found = audit(tmp_path, load(), (), jobs=1).findings
    assert [(one.location.line, one.symbol) for one in found] == [(6, "aws s3"), (7, "Scheme/s3")]
