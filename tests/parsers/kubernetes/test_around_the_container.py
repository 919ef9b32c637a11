"""What ties a workload around its container, each by a small manifest: where it is found, as what, and how tightly."""

from __future__ import annotations

from pathlib import Path

import pytest

from portability.audit import audit
from portability.catalogue import load


def of(kind: str, body: str) -> str:
    return f"apiVersion: {kind.rpartition('/')[0]}\nkind: {kind.rpartition('/')[2]}\nmetadata: {{name: a}}\n{body}\n"


def config(key: str, text: str) -> str:
    lines = "".join(f"    {line}\n" for line in text.split("\n"))
    return of("v1/ConfigMap", f"data:\n  {key}: |\n{lines}")


FLUX = "helm.toolkit.fluxcd.io/v2/HelmRelease"
ARGO = "argoproj.io/v1alpha1/Application"
PULL = "eyJhdXRocyI6IHsieC5henVyZWNyLmlvIjoge319fQ=="  # {"auths": {"x.azurecr.io": {}}}
ID = "/subscriptions/0/resourceGroups/r/providers/Microsoft.Compute/diskEncryptionSets/d"

CASES = {
    "a pull secret": (
        of("v1/Secret", f"type: kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson: {PULL}"),
        [(6, 22, "azure/container-registry", "compatible", "")],
    ),
    "a pull secret in the clear": (
        of("v1/Secret", 'stringData:\n  .dockerconfigjson: \'{"auths": {"https://x.azurecr.io/v2/": {}}}\''),
        [(5, 22, "azure/container-registry", "compatible", "")],
    ),
    "an image as a volume": (
        of("v1/Pod", "spec:\n  volumes:\n  - name: a\n    image: {reference: x.azurecr.io/a}"),
        [(7, 24, "azure/container-registry", "compatible", "")],
    ),
    "secrets in the Parameter Store": (
        of("external-secrets.io/v1/SecretStore", "spec:\n  provider:\n    aws: {service: ParameterStore}"),
        [(6, 5, "aws/parameter-store", "convertible", "key-value")],
    ),
    "certificates of a Google authority": (
        of("cas-issuer.jetstack.io/v1beta1/GoogleCASClusterIssuer", "spec: {}"),
        [(1, 13, "google/private-ca", "convertible", "private-authority")],
    ),
    "keys of one's own for disks": (
        of(
            "storage.k8s.io/v1/StorageClass",
            f"provisioner: disk.csi.azure.com\nparameters:\n  diskEncryptionSetID: {ID}",
        ),
        [(4, 14, "azure/managed-disks", "convertible", "customer-keys"), (6, 24, "azure/account", "convertible", "")],
    ),
    "a mesh that Google runs": (
        "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n  labels:\n    istio.io/rev: asm-managed\n",
        [(6, 19, "google/service-mesh", "convertible", "")],
    ),
    "Fargate and add-ons by eksctl": (
        of("eksctl.io/v1alpha5/ClusterConfig", "fargateProfiles: [{name: a}]\naddons: [{name: b}]"),
        [(1, 13, "aws/eks", "convertible", "managed-add-ons,multi-zone,serverless-nodes")],
    ),
    "nodes by Cluster API": (
        of("bootstrap.cluster.x-k8s.io/v1beta2/EKSConfigTemplate", "spec: {}"),
        [(1, 13, "aws/eks", "convertible", "multi-zone")],
    ),
    "machines that Prometheus looks for": (
        config(
            "prometheus.yml",
            "scrape_configs:\n- ec2_sd_configs: [{region: eu-west-1}]\n- gce_sd_configs: [{project: a}]",
        ),
        [(7, 7, "aws/ec2", "convertible", ""), (8, 7, "google/compute-engine", "convertible", "")],
    ),
    "alerts to a topic": (
        of("monitoring.coreos.com/v1alpha1/AlertmanagerConfig", "spec:\n  receivers:\n  - snsConfigs: [{}]"),
        [(6, 5, "aws/sns", "convertible", "fan-out")],
    ),
    "Fluent Bit in YAML": (
        config("fluent-bit.yaml", "pipeline:\n  outputs:\n  - name: cloudwatch_logs\n  - name: es"),
        [(8, 15, "aws/cloudwatch-logs", "convertible", "")],
    ),
    "the operator of Fluent Bit": (
        of("fluentbit.fluent.io/v1alpha2/ClusterOutput", "spec:\n  cloudWatch: {region: eu-west-1}"),
        [(5, 3, "aws/cloudwatch-logs", "convertible", "")],
    ),
    "the logging operator": (
        of("logging.banzaicloud.io/v1beta1/Output", "spec:\n  gcs: {bucket: a}"),
        [(5, 3, "google/cloud-storage", "proprietary", "")],
    ),
    "Vector in TOML": (
        config("vector.toml", '[sinks.a]\ninputs = ["b"]\ntype = "aws_cloudwatch_logs"'),
        [(8, 13, "aws/cloudwatch-logs", "convertible", "")],
    ),
    "a bucket of Loki's operator": (
        of("loki.grafana.com/v1/LokiStack", "spec:\n  storage:\n    secret: {name: a, type: gcs}"),
        [(6, 29, "google/cloud-storage", "proprietary", "")],
    ),
    "a connection string": (
        of("v1/ConfigMap", "data:\n  a: DefaultEndpointsProtocol=https;AccountName=a;EndpointSuffix=core.windows.net"),
        [(5, 66, "azure/blob-storage", "proprietary", "")],
    ),
    "the name of an instance": (
        of("v1/ConfigMap", "data:\n  INSTANCE_CONNECTION_NAME: a:europe-west4:b"),
        [(5, 3, "google/cloud-sql", "compatible", "")],
    ),
    "a volume by its id": (
        of("example.com/v1/Home", "spec: {volume: vol-050b22932c5cf210e}"),
        [(4, 16, "aws/ebs", "convertible", "")],
    ),
    "a disk by its path": (
        of("example.com/v1/Home", "spec: {volume: projects/a/zones/us-central1-b/disks/c}"),
        [(4, 16, "google/persistent-disk", "convertible", "")],
    ),
    "annotations under another name": (
        of(
            "example.com/v1/Home",
            "spec: {serviceAnnotations: {service.beta.kubernetes.io/aws-load-balancer-type: nlb}}",
        ),
        [(4, 29, "aws/elb", "convertible", "cluster-services,layer-4")],
    ),
    "a kind in CUE": (
        of("core.oam.dev/v1beta1/ComponentDefinition", "spec:\n  template: |\n    out: {\n")
        + '    \tapiVersion: "sqs.aws.upbound.io/v1beta1"\n    \tkind:       "Queue"\n    }\n',
        [(8, 19, "aws/sqs", "proprietary", "competing-consumers")],
    ),
    "an image by name and tag": (
        of("example.com/v1/Home", "spec: {image: {name: x.azurecr.io/a, tag: 1}}"),
        [(4, 22, "azure/container-registry", "compatible", "")],
    ),
    "an image that Kargo watches": (
        of("kargo.akuity.io/v1alpha1/Warehouse", "spec: {subscriptions: [{image: {repoURL: x.azurecr.io/a}}]}"),
        [(4, 42, "azure/container-registry", "compatible", "")],
    ),
    "zones in a claim": (
        of("example.com/v1/Cluster", "spec: {publicAvailabilityZone: eu-west-1a}"),
        [(4, 32, "aws/account", "convertible", "")],
    ),
    "who signs people in": (
        of("v1/ConfigMap", "data:\n  dex: 1-a.apps.googleusercontent.com"),
        [(5, 8, "google/account", "convertible", "")],
    ),
    "keys of sops": (
        of(
            "v1/Secret",
            "sops:\n  gcp_kms:\n  - resource_id: projects/a/locations/global/keyRings/b/cryptoKeys/c\n"
            "  kms:\n  - arn: arn:aws:kms:eu-west-1:111122223333:key/a",
        ),
        [(6, 18, "google/kms", "convertible", ""), (8, 10, "aws/kms", "convertible", "")],
    ),
    "who keeps names, by values": (
        of(FLUX, "spec:\n  values:\n    provider: {name: azure}\n    domainFilters: [example.com]"),
        [(6, 22, "azure/dns", "convertible", "public-zones")],
    ),
    "who keeps names, by values in a text": (
        of(ARGO, "spec:\n  source:\n    helm:\n      values: |\n        provider: aws\n        txtOwnerId: a"),
        [(8, 19, "aws/route53", "convertible", "api")],
    ),
    "who scales, by values": (
        of(FLUX, "spec:\n  values: {cloudProvider: aws}"),
        [(5, 27, "aws/eks", "convertible", "multi-zone")],
    ),
    "Karpenter for Azure": (
        of(ARGO, "spec:\n  source: {chart: karpenter, repoURL: oci://mcr.microsoft.com/aks/karpenter}"),
        [
            (5, 19, "azure/aks", "convertible", ""),
            (5, 45, "azure/microsoft-artifact-registry", "compatible", "pull-through-cache"),
        ],
    ),
    "an image that Argo CD renames": (
        of(ARGO, "spec:\n  source:\n    kustomize: {images: [web=x.azurecr.io/web:1]}"),
        [(6, 26, "azure/container-registry", "compatible", "")],
    ),
    "an image that Flux renames": (
        of("kustomize.toolkit.fluxcd.io/v1/Kustomization", "spec:\n  images: [{name: web, newName: x.azurecr.io/web}]"),
        [(5, 33, "azure/container-registry", "compatible", "")],
    ),
    "a command among arguments": (
        of("v1/Pod", "spec:\n  containers:\n  - args: [-c, aws sqs list-queues > /tmp/a]"),
        [(6, 16, "aws/sqs", "proprietary", "competing-consumers")],
    ),
    "an image that a setting names": (
        of("v1/ConfigMap", "data:\n  a: x.azurecr.io/alpine:3.20\n  b: s3.amazonaws.com/bucket/key"),
        [(5, 6, "azure/container-registry", "compatible", ""), (6, 6, "aws/s3", "compatible", "")],
    ),
    "what tells an operator about its own object": (
        of("ecr.services.k8s.aws/v1alpha1/Repository", "spec: {}").replace(
            "{name: a}", "{name: a, annotations: {ecr.services.k8s.aws/force-delete: yes}}"
        ),
        [(1, 13, "aws/ecr", "compatible", "")],
    ),
    "certificates of a gateway": (
        of(
            "gateway.networking.k8s.io/v1/Gateway",
            "spec:\n  listeners:\n  - tls: {options: {networking.gke.io/pre-shared-certs: a}}",
        ),
        [(6, 21, "google/load-balancing", "convertible", "")],
    ),
    "a provider of Cluster API": (
        of("operator.cluster.x-k8s.io/v1alpha2/InfrastructureProvider", "spec: {}").replace("name: a", "name: azure"),
        [(3, 18, "azure/aks", "convertible", "")],
    ),
    "a stand-in for a table": (
        of("v1/Pod", "spec:\n  containers: [{image: amazon/dynamodb-local}]"),
        [(5, 24, "aws/dynamodb", "proprietary", "")],
    ),
    "keys of hosts, which name many": (config("ssh_known_hosts", "ssh.dev.azure.com ssh-rsa AAAAB3NzaC1yc2E"), []),
    "an id of somebody else's": (of("example.com/v1/Home", "spec: {a: my-sg-12345678, b: vol-1, c: vpc-main}"), []),
    "a repository of git": (of("example.com/v1/Home", "spec: {repository: git@ssh.dev.example:v3/a}"), []),
}


CASES |= {
    "an annotation that says no": (
        of(
            "v1/Service",
            "spec:\n  template:\n    annotations:\n"
            '      service.beta.kubernetes.io/aws-load-balancer-internal: "false"',
        ),
        [(7, 7, "aws/elb", "convertible", "cluster-services")],
    ),
    "an annotation that is yet to be filled in": (
        of(
            "v1/Service",
            'spec:\n  template:\n    annotations:\n      alb.ingress.kubernetes.io/certificate-arn: ""',
        ),
        [(7, 7, "aws/load-balancer-controller", "convertible", "host-path-routing")],
    ),
    "what a definition of Crossplane asks for": (
        of(
            "apiextensions.crossplane.io/v1/CompositeResourceDefinition",
            "spec:\n  versions:\n    - schema:\n        openAPIV3Schema:\n          properties:\n"
            "            vpcId: {type: string}\n            subnetIds: {type: array}",
        ),
        [],
    ),
    "a file that signs in to Google": (
        of("v1/Pod", "spec:\n  containers:\n    - env: [{name: GOOGLE_APPLICATION_CREDENTIALS, value: /key.json}]"),
        [(6, 20, "google/service-accounts", "convertible", "provider-services-trust-it")],
    ),
    "what a script downloads from a store of Google": (
        config("get.sh", "curl -O https://storage.googleapis.com/tools/a.tgz"),
        [(6, 21, "google/cloud-storage", "compatible", "")],
    ),
    "keys for an S3 of which only a run tells where": (
        of(
            "v1/Pod",
            "spec:\n  containers:\n    - env:\n        - {name: AWS_ACCESS_KEY_ID, value: a}\n"
            "        - {name: S3_ENDPOINT, valueFrom: {secretKeyRef: {name: a, key: b}}}",
        ),
        [(7, 18, "aws/account", "convertible", "")],
    ),
    "a command that speaks S3 with somebody else": (
        config("run.sh", "aws s3api list-buckets \\\n      --endpoint-url https://s3.example.com"),
        [],
    ),
    "the same that says yes": (
        of(
            "v1/Service",
            'spec:\n  template:\n    annotations:\n      service.beta.kubernetes.io/aws-load-balancer-internal: "true"',
        ),
        [(7, 7, "aws/elb", "convertible", "cluster-services,private")],
    ),
    "machines of OpenShift": (
        of(
            "machine.openshift.io/v1beta1/MachineSet",
            "spec:\n  template:\n    spec:\n      providerSpec:\n"
            "        value: {apiVersion: machine.openshift.io/v1beta1, kind: AWSMachineProviderConfig}",
        ),
        [(8, 29, "aws/ec2", "convertible", "")],
    ),
    "an identity of Kubeflow's profiles": (
        of("kubeflow.org/v1/Profile", "spec:\n  plugins:\n  - kind: WorkloadIdentity"),
        [(6, 11, "google/service-accounts", "convertible", "provider-services-trust-it,short-lived-credentials")],
    ),
    "a component of Dapr": (
        of("dapr.io/v1alpha1/Component", "spec:\n  type: pubsub.azure.servicebus.topics"),
        [(5, 9, "azure/service-bus", "convertible", "")],
    ),
    "a state store of Dapr": (
        of("dapr.io/v1alpha1/Component", "spec:\n  type: state.aws.dynamodb"),
        [(5, 9, "aws/dynamodb", "convertible", "")],
    ),
    "a component of Dapr that anybody runs": (
        of("dapr.io/v1alpha1/Component", "spec:\n  type: pubsub.kafka"),
        [],
    ),
    "a data source of Grafana": (
        config("datasources.yaml", "datasources:\n- name: a\n  type: cloudwatch\n- name: b\n  type: prometheus"),
        [(8, 13, "aws/cloudwatch", "convertible", "")],
    ),
    "a sealed vault": (
        config("vault.hcl", 'seal "gcpckms" {\n}\nstorage "raft" {}'),
        [(6, 11, "google/kms", "convertible", "")],
    ),
    "a script that sets variables": (
        config("run.sh", "#!/bin/sh\nexport AWS_REGION=eu-west-1\nREGION=x"),
        [(7, 12, "aws/account", "convertible", "")],
    ),
    "settings with a region": (
        config("application.yaml", "cloud:\n  storage:\n    region: europe-west4"),
        [(8, 17, "google/account", "convertible", "")],
    ),
    "settings with a region and somebody's endpoint": (
        config("application.yaml", "storage:\n  region: us-east-1\n  endpoint: https://minio.example"),
        [],
    ),
    "a region in properties": (
        config("application.properties", "cloud.aws.region.static=eu-west-1"),
        [(6, 29, "aws/account", "convertible", "")],
    ),
    "an argument that is filled in": (
        of("v1/Pod", 'spec:\n  containers:\n  - args: ["--aws-region", "$(REGION)"]'),
        [(6, 28, "aws/account", "convertible", "")],
    ),
    "names by a proxy that has people sign in": (
        of("v1/Pod", "spec:\n  containers:\n  - args: [--provider=google, --client-id=x, --email-domain=y]"),
        [(6, 12, "google/account", "convertible", "")],
    ),
    "keys that Helmfile looks up": (
        of("v1/ConfigMap", "data:\n  a: ref+awsssm://orders/key"),
        [(5, 6, "aws/parameter-store", "convertible", "key-value")],
    ),
    "a key of a supply chain": (
        of("v1/ConfigMap", "data:\n  signers.kms.kmsref: gcpkms://projects/a"),
        [(5, 23, "google/kms", "convertible", "")],
    ),
    "files of Spark": (
        of("example.com/v1/Job", "spec: {path: 's3a://a/b'}"),
        [(4, 14, "aws/s3", "compatible", "")],
    ),
    "a chart in a generator of Argo CD": (
        of(
            "argoproj.io/v1alpha1/ApplicationSet",
            "spec:\n  generators:\n  - clusters:\n      values:\n        addonChart: aws-load-balancer-controller",
        ),
        [(8, 21, "aws/load-balancer-controller", "convertible", "host-path-routing")],
    ),
    "builds of Skaffold": (
        of("skaffold/v4beta1/Config", "build:\n  googleCloudBuild: {}"),
        [(5, 3, "google/cloud-build", "convertible", "hosted-runners,pipelines")],
    ),
    "an image unless somebody says otherwise": (
        of("v1/Pod", "spec:\n  containers:\n  - image: ${IMAGE:-europe-docker.pkg.dev/a/b/c:1}"),
        [(6, 12, "google/artifact-registry", "compatible", "")],
    ),
    "a host with a variable in it": (
        of("v1/ConfigMap", "data:\n  a: s3.$AWS_REGION.amazonaws.com\n  b: ${B:-https://sqs.eu-west-1.amazonaws.com}"),
        [(5, 6, "aws/s3", "compatible", ""), (6, 19, "aws/sqs", "proprietary", "competing-consumers")],
    ),
    "an identity in lower case": (
        of("v1/ConfigMap", "data:\n  a: /subscriptions/0/resourcegroups/b"),
        [(5, 6, "azure/account", "convertible", "")],
    ),
    "variables that Flux puts in": (
        of(
            "kustomize.toolkit.fluxcd.io/v1/Kustomization",
            "spec:\n  postBuild:\n    substitute: {AWS_REGION: eu-west-1}",
        ),
        [(6, 18, "aws/account", "convertible", "")],
    ),
    "a machine in a script": (
        config("run.sh", 'oc patch "${TYPE:-m5zn.metal}"'),
        [(6, 23, "aws/ec2", "convertible", "")],
    ),
    "an add-on of kOps": (
        of("addons.k8s.io/v1alpha1/Addons", "spec:\n  addons:\n  - name: aws-ebs-csi-driver.addons.k8s.io"),
        [(6, 11, "aws/ebs", "convertible", "")],
    ),
    "backups of PostgreSQL": (
        of("example.com/v1/Cluster", "spec:\n  backups: {repos: [{name: a, gcs: {bucket: b}}]}"),
        [(5, 31, "google/cloud-storage", "proprietary", "")],
    ),
    "a class that signs in": (
        of("example.com/v1/Job", "spec: {provider: com.amazonaws.auth.WebIdentityTokenCredentialsProvider}"),
        [(4, 18, "aws/account", "convertible", "")],
    ),
    "an entry that a patch takes away": (
        of("v1/Pod", "spec:\n  containers:\n  - env: [{name: AWS_REGION, $patch: delete}]"),
        [],
    ),
    "a variable that nobody filled in": (
        of("v1/ConfigMap", 'data: {AWS_REGION: ""}'),
        [],
    ),
    "a script after a flag": (
        of("v1/Pod", "spec:\n  containers:\n  - args: [-c, 'x iam.amazonaws.com/v2/a=y']"),
        [(6, 16, "aws/iam", "convertible", "")],
    ),
    "a region that a variable has": (
        of(
            "v1/Pod",
            "spec:\n  containers:\n  - env: [{name: AREA, value: eu-west-1}, {name: AWS_REGION, value: eu-west-1}]",
        ),
        [(6, 31, "aws/account", "convertible", ""), (6, 50, "aws/account", "convertible", "")],
    ),
    "a region of Azure, by the variable's name": (
        of(
            "v1/Pod",
            "spec:\n  containers:\n  - env: [{name: LOCATION, value: westeurope}, {name: X, value: westeurope}]",
        ),
        [(6, 35, "azure/account", "convertible", "")],
    ),
    "a zone and a machine after flags": (
        of(
            "v1/Pod", "spec:\n  containers:\n  - args: [--zone, us-central1-a, --machine=m5.large, --cloud=azure, us-x]"
        ),
        [
            (6, 20, "google/account", "convertible", ""),
            (6, 45, "aws/ec2", "convertible", ""),
            (6, 63, "azure/account", "convertible", ""),
        ],
    ),
    "a provider that settings name": (
        config("a", "x").replace(
            "  a: |\n    x\n", "  CLOUD_PROVIDER: aws\n  STORAGE_BACKEND: gcs\n  LOGIN_PROVIDER: google\n"
        ),
        [(5, 19, "aws/account", "convertible", ""), (6, 20, "google/cloud-storage", "proprietary", "")],
    ),
    "a bucket of S3": (
        of("v1/Pod", "spec:\n  containers:\n  - env: [{name: S3_BUCKET, value: a}]"),
        [(6, 18, "aws/s3", "compatible", "")],
    ),
    "a bucket of S3 that somebody else keeps": (
        of(
            "v1/Pod",
            "spec:\n  containers:\n  - env: [{name: S3_BUCKET, value: a}, {name: S3_ENDPOINT, value: 'https://s3.example'}]",
        ),
        [],
    ),
    "a pool of nodes of AKS": (
        of("v1/Pod", "spec: {nodeSelector: {agentpool: a}}\n").replace("name: a", "name: a, labels: {agentpool: a}"),
        [(4, 23, "azure/aks", "convertible", "")],
    ),
    "metadata of Google's machines under a short name": (
        of("v1/Pod", "spec: {containers: [{args: ['http://metadata/computeMetadata/v1/x']}]}"),
        [(4, 29, "google/compute-engine", "convertible", "")],
    ),
    "metadata of Google's machines under the whole name, which is one use": (
        of("v1/Pod", "spec: {containers: [{args: ['http://metadata.google.internal/computeMetadata/v1/x']}]}"),
        [(4, 29, "google/compute-engine", "convertible", "")],
    ),
    "nodes with chips that a pod merely puts up with": (
        of("v1/Pod", "spec: {tolerations: [{key: cloud.google.com/gke-tpu, operator: Exists}]}"),
        [(4, 28, "google/gke", "convertible", "")],
    ),
    "a store that is called after Parameter Store": (
        of("external-secrets.io/v1/ExternalSecret", "spec: {secretStoreRef: {name: aws-parameterstore}}"),
        [(4, 31, "aws/parameter-store", "convertible", "key-value")],
    ),
    "hubs behind the logs of a cluster, in settings": (
        config("AKS_EVENTHUB_NAME", "x"),
        [(5, 3, "azure/event-hubs", "convertible", "partition-order,replay")],
    ),
    "logs that an old fluentd sends": (
        config("fluent.conf", "<match **>\n  type cloudwatch_logs\n</match>"),
        [(7, 12, "aws/cloudwatch-logs", "convertible", "")],
    ),
    "packages that a script installs": (
        of(
            "v1/Pod",
            "spec:\n  containers:\n  - command: [sh, -c, 'apk add -q curl aws-cli; pip install x==1 azure-cli==2']",
        ),
        [(6, 23, "aws/account", "convertible", ""), (6, 23, "azure/account", "convertible", "")],
    ),
    "a listing in Google's marketplace": (
        of("app.k8s.io/v1beta1/Application", "spec: {}").replace(
            "{name: a}", "{name: a, annotations: {marketplace.cloud.google.com/deploy-info: x}}"
        ),
        [(3, 35, "google/account", "convertible", "")],
    ),
    "an address of one's own under a provider's name": (
        of("v1/Pod", "spec:\n  containers:\n  - env: [{name: AWS_ENDPOINT_URL, value: 'http://localstack:4566'}]"),
        [],
    ),
    "an address of the provider under its name": (
        of(
            "v1/Pod",
            "spec: {containers: [{env: [{name: AWS_ENDPOINT_URL, value: 'https://sqs.eu-west-1.amazonaws.com'}]}]}",
        ),
        [
            (4, 35, "aws/account", "convertible", ""),
            (4, 60, "aws/sqs", "proprietary", "competing-consumers"),
        ],
    ),
    "a version of a provider's tool": (
        of("v1/Pod", "spec:\n  containers:\n  - env: [{name: AWS_SDK_VERSION, value: '2'}]"),
        [],
    ),
    "a store in somebody else's region": (
        config("loki.yaml", "storage_config:\n  aws: {region: fra1, bucketnames: a}"),
        [],
    ),
    "keys for somebody else's S3": (
        of(
            "v1/Pod",
            "spec:\n  containers:\n  - env:\n    - {name: AWS_ACCESS_KEY_ID, value: a}\n"
            "    - {name: AWS_REGION, value: eu-west-1}\n"
            "    - {name: AWS_ENDPOINT_URL, value: 'http://minio:9000'}\n    - {name: X_AWS_REGION, value: eu-west-1}",
        ),
        [(10, 14, "aws/account", "convertible", "")],
    ),
    "a bucket behind an address of its own": (
        of("v1/Pod", "spec: {containers: [{args: ['s3://a?endpoint=minio:9000', 's3://k:s@host/b', 's3://b/c?x=y']}]}"),
        [(4, 78, "aws/s3", "compatible", "")],
    ),
    "what is called after a domain and is no image": (
        of(
            "v1/Pod",
            "spec: {containers: [{env: [{name: A, value: example.com/aws-efs}, {name: B, value: 'x.com/aws-a:1'}]}]}",
        ),
        [(4, 84, "aws/account", "convertible", "")],
    ),
    "a store at a port of its own": (
        config("loki.yaml", "storage_config:\n  aws: {endpoint: 'http://minio.$(NAMESPACE):9000', bucketnames: a}"),
        [],
    ),
    "a setting of an application that is called after a provider": (
        of(
            "v1/Pod",
            "spec: {containers: [{env: [{name: APP_AWS_SHARDS, value: a}, {name: APP_AWS_REGION, value: a}]}]}",
        ),
        [(4, 69, "aws/account", "convertible", "")],
    ),
    "an address within a shell's substitution": (
        of("v1/Pod", "spec:\n  containers:\n  - args: [-c, 'x $(curl http://169.254.169.254/metadata/a) $(HOST).y']"),
        [(6, 16, "azure/virtual-machines", "convertible", "")],
    ),
    "objects that a patch adds": (
        of(
            "kustomize.config.k8s.io/v1/Kustomization",
            "patches:\n- patch: |-\n    - op: add\n      path: /spec/parts\n"
            "      value:\n      - apiVersion: v1\n        kind: ConfigMap\n        data: {a: gs://b/c}",
        ),
        [(11, 19, "google/cloud-storage", "proprietary", "")],
    ),
}

VALUES = """\
env: {AWS_REGION: eu-west-1}
envSecrets: [{name: AWS_ACCESS_KEY_ID, key: a}]
zones: "['eu-west-1a', 'eu-west-1b']"
secretProviderClass: {provider: aws}
interruptionQueue: jobs
infrastructure: azure:v1.19.2
runnerImage: x.azurecr.io/runner:1
images: [x.azurecr.io/a, b]
ingress: {enabled: true, className: alb}
storage: {s3: {bucket: orders}}
backup: {s3: {bucket: orders, endpoint: https://minio.example}}
choice: {type: gcs, s3: {bucket: a}, gcs: {bucket: a}}
offer: {aws: {account: a}, gcp: {project: a}}
off: {azure: {enabled: false, name: a}}
machines: {instanceTypes: [m7i.large, m7i.xlarge]}
velero: {provider: aws}
external-dns: {provider: azure}
login: {tenantId: 11111111-2222-3333-4444-555555555555}
log: {tenantId: orders}
keyVaults: {orders: {secrets: [a]}}
aws_account_id: 111122223333
vars: [{name: AWS_REGION, value: eu-west-1}]
area: eu-west-1
deployTarget: GOOGLE
bucket: {provider: s3, name: "minio:9000/a", region: us-east-1}
annotations: {"alb.ingress.kubernetes.io/conditions.{{ .Release.Name }}": x, "{{ .Values.a }}/b": x}
extraArgs: [--google-project=a]
upload: {env: {UPLOAD_BACKEND: {value: GCS}}}
"""


def test_values_of_charts(tmp_path: Path) -> None:
    (tmp_path / "prod.values.yaml").write_text(VALUES)
    found = audit(tmp_path, load(), (), jobs=1).findings
    assert [(one.location.line, one.service, one.lock_in) for one in found] == [
        (1, "aws/account", "convertible"),
        (2, "aws/account", "convertible"),
        (3, "aws/account", "convertible"),
        (4, "aws/secrets-manager", "convertible"),
        (5, "aws/sqs", "convertible"),
        (6, "azure/aks", "convertible"),
        (7, "azure/container-registry", "compatible"),
        (8, "azure/container-registry", "compatible"),
        (9, "aws/load-balancer-controller", "convertible"),
        (10, "aws/s3", "compatible"),
        (12, "google/cloud-storage", "proprietary"),
        (15, "aws/ec2", "convertible"),
        (16, "aws/account", "convertible"),
        (17, "azure/dns", "convertible"),
        (18, "azure/entra-id", "convertible"),
        (20, "azure/key-vault", "convertible"),
        (21, "aws/account", "convertible"),
        (22, "aws/account", "convertible"),
        (23, "aws/account", "convertible"),
        (24, "google/account", "convertible"),
        (26, "aws/load-balancer-controller", "convertible"),
        (27, "google/account", "convertible"),
        (28, "google/cloud-storage", "proprietary"),
    ]
    assert {one.confidence for one in found} == {"likely"}


@pytest.mark.parametrize(
    "name",
    ["values.yaml", "values-prod.yaml", "values_prod.yml", "prod.values.yaml", "app-values-prod.yaml", "values/a.yaml"],
)
def test_names_of_files_of_values(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("image: {repository: x.azurecr.io/a}\n")
    assert [one.service for one in audit(tmp_path, load(), (), jobs=1).findings] == ["azure/container-registry"]


def test_a_manifest_in_a_folder_of_values_is_one(tmp_path: Path) -> None:
    (tmp_path / "values.yaml").write_text(of("sqs.services.k8s.aws/v1alpha1/Queue", "spec: {}"))
    assert [one.address for one in audit(tmp_path, load(), (), jobs=1).findings] == ["Queue/a"]


@pytest.mark.parametrize("case", CASES)
def test_what_ties(tmp_path: Path, case: str) -> None:
    text, wanted = CASES[case]
    (tmp_path / "a.yaml").write_text(text)
    found = [
        (one.location.line, one.location.column, one.service, one.lock_in, ",".join(one.features))
        for one in audit(tmp_path, load(), (), jobs=1).findings
    ]
    assert found == wanted
