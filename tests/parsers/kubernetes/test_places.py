"""Where a manifest names a provider, a case a place: the manifest, what is wanted, what must be found on which line."""

import pytest

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
"""

CASES = {
    # Lines are folded away in the value, and stand in the file all the same.
    "a host in a folded text": (
        "apiVersion: v1\nkind: ConfigMap\ndata:\n  hosts: >\n    one\n    a.rds.amazonaws.com two\n"
        "    b.rds.amazonaws.com\n",
        ["endpoint/*.amazonaws.com"],
        [(6, "endpoint/a.rds.amazonaws.com"), (7, "endpoint/b.rds.amazonaws.com")],
    ),
    # One value is one tie: the id is a part of the host.
    "the host of a file system": (
        "apiVersion: v1\nkind: PersistentVolume\nspec:\n  nfs:\n    server: fs-04b8a8ac.efs.us-west-2.amazonaws.com\n",
        ["ResourceId/fs-", "endpoint/*.amazonaws.com"],
        [(5, "endpoint/fs-04b8a8ac.efs.us-west-2.amazonaws.com")],
    ),
    "a taint of an operating system": (
        "apiVersion: v1\nkind: Pod\nspec:\n  tolerations:\n  - {key: os, value: windows}\n",
        ["OperatingSystem/*"],
        [(5, "OperatingSystem/windows")],
    ),
    # The custom resource of a cloud's controller is a use of that cloud's service.
    "kind": (
        "apiVersion: s3.services.k8s.aws/v1alpha1\nkind: Bucket\nmetadata: {name: a}\n",
        ["s3.services.k8s.aws/*"],
        [(1, "s3.services.k8s.aws/Bucket")],
    ),
    # Core kinds have no group and can bind nobody, whatever the catalogue says.
    "core kinds": ("apiVersion: v1\nkind: Service\n", ["*"], []),
    "annotation": (
        "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  annotations:\n    eks.amazonaws.com/role-arn: arn\n",
        ["eks.amazonaws.com/role-arn"],
        [(5, "eks.amazonaws.com/role-arn")],
    ),
    "label of a pod template": (
        "apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    metadata:\n      labels:\n"
        "        azure.workload.identity/use: 'true'\n",
        ["azure.workload.identity/*"],
        [(7, "azure.workload.identity/use")],
    ),
    "storage class": (
        "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nprovisioner: ebs.csi.aws.com\n",
        ["StorageClass/ebs.csi.aws.com"],
        [(3, "StorageClass/ebs.csi.aws.com")],
    ),
    # The key is a provisioner only in a StorageClass.
    "provisioner of another kind": (
        "apiVersion: example.org/v1\nkind: Other\nprovisioner: ebs.csi.aws.com\n",
        ["StorageClass/ebs.csi.aws.com"],
        [],
    ),
    "snapshot class": (
        "apiVersion: snapshot.storage.k8s.io/v1\nkind: VolumeSnapshotClass\ndriver: disk.csi.azure.com\n",
        ["VolumeSnapshotClass/*"],
        [(3, "VolumeSnapshotClass/disk.csi.azure.com")],
    ),
    "persistent volume": (
        "apiVersion: v1\nkind: PersistentVolume\nspec:\n  csi:\n    driver: efs.csi.aws.com\n",
        ["PersistentVolume/efs.csi.aws.com"],
        [(5, "PersistentVolume/efs.csi.aws.com")],
    ),
    "in-tree persistent volume": (
        "apiVersion: v1\nkind: PersistentVolume\nspec:\n  gcePersistentDisk:\n    pdName: a\n",
        ["Volume/gcePersistentDisk"],
        [(4, "Volume/gcePersistentDisk")],
    ),
    "in-tree volume of a pod": (
        POD + "  volumes:\n    - name: a\n      awsElasticBlockStore: {volumeID: vol-1}\n",
        ["Volume/awsElasticBlockStore"],
        [(7, "Volume/awsElasticBlockStore")],
    ),
    "volume of a driver": (
        POD + "  volumes:\n    - name: a\n      csi: {driver: file.csi.azure.com}\n",
        ["Volume/file.csi.azure.com"],
        [(7, "Volume/file.csi.azure.com")],
    ),
    # gp2 is in no list of provider words: the name that is wanted has to be enough.
    "name of a storage class": (
        "apiVersion: apps/v1\nkind: StatefulSet\nspec:\n  volumeClaimTemplates:\n    - spec: {storageClassName: gp2}\n",
        ["StorageClassName/gp2"],
        [(5, "StorageClassName/gp2")],
    ),
    "image": (
        POD + "  initContainers:\n    - image: 1.dkr.ecr.eu-west-1.amazonaws.com/team/app:1.2@sha256:0123\n",
        ["image/*.amazonaws.com/*"],
        [(6, "image/1.dkr.ecr.eu-west-1.amazonaws.com/team/app")],
    ),
    "image behind a port": (
        POD + "  containers: [{image: 'a.azurecr.io:443/b:1'}]\n",
        ["image/a.*"],
        [(5, "image/a.azurecr.io:443/b")],
    ),
    # The registry is known although the project is not.
    "image of an open project": (
        POD + "  containers:\n    - image: gcr.io/${PROJECT:-none}/app:{{ .Values.tag }}\n",
        ["image/gcr.io/*"],
        [(6, "image/gcr.io/none/app")],
    ),
    "image of an open registry": (POD + "  containers:\n    - image: '{{ .Values.registry }}/app'\n", ["image/*"], []),
    "image without a registry": (
        POD + "  containers:\n    - image: amazon/aws-cli:2\n    - image: nginx\n",
        ["image/docker.io/amazon/*", "image/docker.io/library/nginx"],
        [(6, "image/docker.io/amazon/aws-cli"), (7, "image/docker.io/library/nginx")],
    ),
    "pod template of a custom resource": (
        "apiVersion: sparkoperator.k8s.io/v1\nkind: SparkApplication\nspec:\n  driver:\n    template:\n      spec:\n"
        "        containers:\n          - image: public.ecr.aws/a/b\n",
        ["image/public.ecr.aws/*"],
        [(8, "image/public.ecr.aws/a/b")],
    ),
    "kustomize replaces an image": (
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
        "images:\n  - name: a\n    newName: gcr.io/p/a\n",
        ["image/gcr.io/*"],
        [(5, "image/gcr.io/p/a")],
    ),
    "node selector": (
        POD + "  nodeSelector:\n    eks.amazonaws.com/nodegroup: a\n",
        ["eks.*"],
        [(6, "eks.amazonaws.com/nodegroup")],
    ),
    "affinity": (
        POD + "  affinity:\n    nodeAffinity:\n      requiredDuringSchedulingIgnoredDuringExecution:\n"
        "        nodeSelectorTerms:\n          - matchExpressions:\n"
        "              - key: cloud.google.com/gke-nodepool\n",
        ["cloud.google.com/gke-nodepool"],
        [(10, "cloud.google.com/gke-nodepool")],
    ),
    "toleration": (
        POD + "  tolerations:\n    - key: kubernetes.azure.com/scalesetpriority\n",
        ["*.azure.com/*"],
        [(6, "kubernetes.azure.com/scalesetpriority")],
    ),
    "topology": (
        POD + "  topologySpreadConstraints:\n    - topologyKey: topology.ebs.csi.aws.com/zone\n",
        ["topology.ebs.csi.aws.com/zone"],
        [(6, "topology.ebs.csi.aws.com/zone")],
    ),
    "requirement of a node pool": (
        "apiVersion: karpenter.sh/v1\nkind: NodePool\n"
        "spec: {template: {spec: {requirements: [{key: karpenter.k8s.aws/a}]}}}\n",
        ["karpenter.k8s.aws/*"],
        [(3, "karpenter.k8s.aws/a")],
    ),
    "extended resource": (
        POD + "  containers:\n    - resources:\n        limits:\n          aws.amazon.com/neuron: 1\n",
        ["resource/aws.amazon.com/*"],
        [(8, "resource/aws.amazon.com/neuron")],
    ),
    "argument": (
        POD + "  containers:\n    - args: [--provider=aws, --v=2, aws]\n",
        ["argument/--provider=aws*", "argument/aws"],
        [(6, "argument/--provider=aws")],
    ),
    "environment": (
        POD + "  containers:\n    - env:\n        - name: AWS_REGION\n          value: eu-west-1\n",
        ["env/AWS_REGION"],
        [(7, "env/AWS_REGION")],
    ),
    # The name of a key in a Secret is no name of a variable.
    "reference of a variable": (
        POD + "  containers:\n    - env: [{name: A, valueFrom: {secretKeyRef: {name: AWS_REGION}}}]\n",
        ["env/AWS_REGION"],
        [],
    ),
    "endpoint in a variable": (
        POD + "  containers:\n    - env: [{name: URL, value: 'https://sqs.${REGION}.amazonaws.com:443/1/q'}]\n",
        ["endpoint/*.amazonaws.com"],
        [(6, "endpoint/sqs.*.amazonaws.com")],
    ),
    "endpoints in an argument": (
        POD + "  containers:\n    - command: [sh, -c, 'curl a.windows.net/x && curl pubsub.googleapis.com']\n",
        ["endpoint/*.windows.net", "endpoint/*.googleapis.com"],
        [(6, "endpoint/a.windows.net"), (6, "endpoint/pubsub.googleapis.com")],
    ),
    "endpoint in a config map": (
        "apiVersion: v1\nkind: ConfigMap\ndata:\n  queue: https://a.servicebus.windows.net\n",
        ["endpoint/*.windows.net"],
        [(4, "endpoint/a.servicebus.windows.net")],
    ),
    "endpoint behind a service": (
        "apiVersion: v1\nkind: Service\nspec: {type: ExternalName, externalName: db.x.rds.amazonaws.com}\n",
        ["endpoint/*.amazonaws.com"],
        [(3, "endpoint/db.x.rds.amazonaws.com")],
    ),
    # A host that merely begins like a provider's is someone else's.
    "another's host": (
        POD + "  containers:\n    - env: [{name: URL, value: 'https://amazonaws.com.example.org/'}]\n",
        ["endpoint/*.amazonaws.com", "endpoint/amazonaws.com"],
        [],
    ),
    "ingress": (
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  annotations:\n"
        "    kubernetes.io/ingress.class: gce\nspec:\n  ingressClassName: alb\n",
        ["IngressClass/*"],
        [(5, "IngressClass/gce"), (7, "IngressClass/alb")],
    ),
    "gateway": (
        "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nspec: {gatewayClassName: gke-l7-gxlb}\n",
        ["GatewayClass/gke-*"],
        [(3, "GatewayClass/gke-l7-gxlb")],
    ),
    "load balancer": (
        "apiVersion: v1\nkind: Service\nspec:\n  loadBalancerClass: service.k8s.aws/nlb\n",
        ["LoadBalancerClass/*"],
        [(4, "LoadBalancerClass/service.k8s.aws/nlb")],
    ),
    "secrets driver": (
        "apiVersion: secrets-store.csi.x-k8s.io/v1\nkind: SecretProviderClass\nspec: {provider: azure}\n",
        ["SecretProviderClass/azure"],
        [(3, "SecretProviderClass/azure")],
    ),
    "secret store": (
        "apiVersion: external-secrets.io/v1\nkind: ClusterSecretStore\nspec:\n  provider:\n    gcpsm: {projectID: a}\n",
        ["SecretStore/gcpsm"],
        [(5, "SecretStore/gcpsm")],
    ),
    "issuer": (
        "apiVersion: cert-manager.io/v1\nkind: ClusterIssuer\nspec:\n  acme:\n    solvers:\n"
        "      - dns01:\n          route53: {region: a}\n",
        ["Issuer/route53"],
        [(7, "Issuer/route53")],
    ),
}


@pytest.mark.parametrize(("manifest", "wanted", "expected"), CASES.values(), ids=CASES)
def test_each_place_is_read_at_the_line_that_binds(symbols, manifest, wanted, expected):
    assert symbols(manifest, *wanted) == expected


def test_nothing_is_reported_that_nobody_wants(symbols):
    for manifest, _, _ in CASES.values():
        assert symbols(manifest, "unrelated", words=("aws", "azure", "google", "a")) == []


def test_a_value_that_a_template_fills_in_matches_nothing(symbols):
    manifest = POD + "  storageClassName: 'gp{{ .Values.generation }}'\n  x: {storageClass: \"${CLASS}\"}\n"
    assert symbols(manifest, "StorageClassName/*") == []


def test_the_location_spans_the_key_in_code_points(reading):
    manifest = 'apiVersion: v1\nkind: Pod\nmetadata: {name: "ü😀", annotations: {"eks.amazonaws.com/x": 1}}\n'
    (usage,) = reading(manifest, "eks.*").usages
    column = manifest.splitlines()[2].index('"eks') + 1
    place = usage.location
    assert (place.line, place.column, place.end_line, place.end_column) == (
        3,
        column,
        3,
        column + len('"eks.amazonaws.com/x"'),
    )


def test_the_address_names_the_object(reading):
    bare = "apiVersion: a.aws/v1\nkind: Bucket\n"
    manifest = f"{bare}metadata: {{name: b, namespace: shop}}\n---\n{bare}"
    assert [usage.address for usage in reading(manifest, "a.aws/*").usages] == ["Bucket/shop/b", "Bucket"]


def test_an_object_is_a_resource_and_anything_else_a_field(reading):
    manifest = "apiVersion: a.aws/v1\nkind: B\nmetadata:\n  labels: {a.aws/x: y}\n"
    assert [usage.kind for usage in reading(manifest, "a.aws/*").usages] == ["resource", "field"]


def test_copies_share_a_digest_whatever_their_name_and_layout(reading):
    one = 'apiVersion: a.aws/v1\nkind: B\nmetadata: {name: one, labels: {x: y}}\nspec: {size: 3, class: "a"}\n'
    copy = (
        "apiVersion: a.aws/v1\nkind: B\nspec:\n  class: a # the same\n  size: 3\n"
        "metadata:\n  labels:\n    x: y\n  name: two\n"
    )
    other = one.replace("3", "4")
    digests = [reading(text, "a.aws/*").usages[0].digest for text in (one, copy, other)]
    assert digests[0] == digests[1] != digests[2]
    assert len(digests[0]) == 16


def test_values_are_those_that_the_catalogue_asks_for(reading):
    manifest = (
        "apiVersion: a.aws/v1\nkind: B\nspec:\n  size: 3\n  on: true\n  text: '3'\n  open: ${SIZE}\n  nothing: null\n"
        "  ratio: 0.5\n  items: [{tags: [a]}, {tags: [b, c]}, {}]\n  map: {k: [1]}\n"
    )
    paths = tuple(
        f"spec.{key}" for key in ("size", "on", "text", "open", "nothing", "ratio", "items.tags", "map", "absent")
    )
    (usage,) = reading(manifest, "a.aws/*", attributes={"a.aws/*": paths[:4], "a.aws/B": paths[4:]}).usages
    assert {path.removeprefix("spec."): repr(value) for path, value in usage.values.items()} == {
        "size": "3",
        "on": "True",
        "text": "'3'",
        "open": "UNKNOWN",
        "nothing": "None",
        "ratio": "0.5",
        "items.tags": "['a', 'b', 'c']",
        "map": "{'k': [1]}",
    }
