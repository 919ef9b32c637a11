"""Where in a manifest a provider is named, as one table: a path of keys, and how to read what stands there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from types import EllipsisType
from typing import Final, NamedTuple

from portability.parsers.kubernetes.arguments import arguments, arguments_in_text
from portability.parsers.kubernetes.bindings import (
    Read,
    components,
    first_words,
    keys,
    names_in_values,
    own_name,
    selected,
    settings,
    types_below,
    values,
    variable_names,
    variables_set,
)
from portability.parsers.kubernetes.images import (
    images,
    images_with_host,
    machine_images,
    pull_secret,
    registries,
    renamed_images,
)
from portability.parsers.kubernetes.placement import node_expressions, node_labels, node_tolerations, zones
from portability.parsers.kubernetes.references import (
    audiences,
    charts,
    cluster_providers,
    kept_elsewhere,
    machine_of,
    repositories,
)
from portability.parsers.kubernetes.stores import secret_stores, store, stores

Path = tuple[str | EllipsisType, ...]


class Place(NamedTuple):
    """``path`` holds keys from the document's root, or from anywhere if it begins with ``...``; sequences do not show
    in it. ``kinds`` are the kinds it is for, empty for any."""

    path: Path
    read: Read
    kinds: tuple[str, ...] = ()

    def is_at(self, path: tuple[str, ...], kind: str) -> bool:
        """Whether this is the place of a path in a document of a kind."""
        if self.kinds and kind not in self.kinds:
            return False
        if self.path[0] is ...:
            return path[1 - len(self.path) :] == self.path[1:]
        return path == self.path


PLACES: tuple[Place, ...] = (
    # Metadata, of the document and of the templates in it, and what selects by it.
    Place((..., "annotations"), keys()),
    Place((..., "labels"), keys()),
    Place((..., "commonAnnotations"), keys()),
    Place((..., "tls", "options"), keys()),
    Place((..., "commonLabels"), keys()),
    Place((..., "matchLabels"), keys()),
    # Nodes: which of them, and how they are told apart.
    Place((..., "nodeSelector"), keys()),
    Place((..., "nodeSelector"), node_labels),
    Place((..., "nodeLabels"), keys()),
    Place((..., "matchExpressions"), node_expressions),
    Place((..., "matchLabelExpressions"), node_expressions),
    Place((..., "requirements"), node_expressions),
    Place((..., "matchExpressions", "key"), values()),
    Place((..., "matchLabelExpressions", "key"), values()),
    Place((..., "requirements", "key"), values()),
    Place((..., "tolerations", "key"), values()),
    Place((..., "tolerations"), node_tolerations),
    Place((..., "nodeLabel"), values()),
    Place((..., "annotations", "alpha.jobset.sigs.k8s.io/exclusive-topology"), values()),
    Place((..., "compositionSelector", "matchLabels", "provider"), values("Provider/", "likely")),
    Place((..., "taints", "key"), values()),
    Place((..., "startupTaints", "key"), values()),
    Place((..., "topologyKey"), values()),
    Place((..., "labelSelector"), selected),
    Place((..., "annotationSelector"), selected),
    Place((..., "os", "name"), values("OperatingSystem/")),
    Place((..., "osType"), values("OperatingSystem/")),
    Place((..., "securityContext"), keys("SecurityContext/")),
    Place((..., "providerSpec", "value"), machine_of),
    Place(("spec", "providerSpec"), machine_of),
    Place((..., "platform"), keys("Platform/")),
    Place((..., "platformSpec", "type"), values("Platform/")),
    Place((..., "providerParameters", "type"), values("Platform/")),
    Place(("spec", "plugins", "kind"), values("ProfilePlugin/"), kinds=("Profile",)),
    Place((..., "labels", "istio.io/rev"), values("MeshRevision/")),
    # Containers, wherever a pod is described.
    Place((..., "image"), images),
    Place((..., "image"), machine_images),
    Place((..., "stow", "kind"), values("ObjectStore/")),
    Place((..., "repository"), images_with_host),
    Place((..., "Repository"), images_with_host),
    Place((..., "images"), images_with_host),
    Place((..., "kustomize", "images"), renamed_images),
    Place((..., "volumes", "image", "reference"), images),
    Place((..., ".dockerconfigjson"), pull_secret),
    Place((..., "images", "newName"), images),
    Place((..., ".dockercfg"), pull_secret),
    Place((..., "credHelpers"), registries),
    Place((..., "credsStore"), values("CredentialHelper/")),
    Place(("providers", "name"), values("CredentialHelper/"), kinds=("CredentialProviderConfig",)),
    Place((..., "imagePullSecrets", "name"), values("PullSecret/", "likely")),
    Place((..., "imagePullSecrets"), values("PullSecret/", "likely")),
    Place((..., "image", "repoURL"), images),
    Place((..., "imageName"), images),
    Place((..., "containerImage"), images),
    Place(("spec", "package"), images, kinds=("Provider", "Configuration", "Function")),
    Place((..., "dependsOn", "provider"), images),
    Place((..., "dependsOn", "configuration"), images),
    Place((..., "dependsOn", "package"), images),
    Place((..., "args"), arguments),
    Place((..., "command"), arguments),
    Place((..., "args"), arguments_in_text),
    Place((..., "command"), arguments_in_text),
    Place((..., "env", "name"), variable_names),
    Place((..., "envName"), variable_names),
    Place((..., "substitute"), keys("env/")),
    Place(("data",), variables_set, kinds=("ConfigMap", "Secret")),
    Place(("spec", "encryptedData"), variables_set, kinds=("SealedSecret",)),
    Place(("spec", "target", "template", "data"), variables_set, kinds=("ExternalSecret", "ClusterExternalSecret")),
    Place((..., "secretKey"), variable_names),
    Place((..., "secretObjects", "data", "key"), variable_names),
    Place((..., "secret", "items", "key"), variable_names),
    Place((..., "parameters", "name"), names_in_values),
    Place(("parameters", "name"), variable_names, kinds=("Template",)),
    Place((..., "hadoopConf"), keys("env/")),
    Place((..., "sparkConf"), keys("env/")),
    Place((..., "set", "name"), names_in_values),
    Place(("stringData",), variables_set, kinds=("Secret",)),
    Place(("metadata", "name"), own_name, kinds=("ConfigMap",)),
    Place((..., "configMapGenerator", "literals"), settings),
    Place((..., "secretGenerator", "literals"), settings),
    Place((..., "limits"), keys("resource/")),
    Place((..., "resources", "requests"), keys("resource/")),
    Place((..., "volumes"), keys("Volume/")),
    Place((..., "volumeMounts", "mountPath"), values("MountPath/", "likely")),
    Place((..., "hostPath", "path"), values("MountPath/", "likely")),
    Place((..., "volumes", "csi", "driver"), values("Volume/")),
    Place((..., "flexVolume", "driver"), values("Volume/")),
    # Storage.
    Place((..., "storageClassName"), values("StorageClassName/", "likely")),
    Place((..., "persistence", "class"), values("StorageClassName/", "likely")),
    Place((..., "storageClass"), values("StorageClassName/", "likely")),
    Place((..., "annotations", "volume.beta.kubernetes.io/storage-class"), values("StorageClassName/", "likely")),
    Place((..., "annotations", "volume.beta.kubernetes.io/storage-provisioner"), values("StorageClass/")),
    Place((..., "annotations", "volume.kubernetes.io/storage-provisioner"), values("StorageClass/")),
    Place(("metadata", "name"), values("CSIDriver/"), kinds=("CSIDriver",)),
    Place(("spec", "driver"), values("VolumeSnapshotClass/"), kinds=("VolumeSnapshotContent",)),
    Place(("driverName",), values("StorageClass/"), kinds=("VolumeAttributesClass",)),
    Place((..., "provisioner"), values("StorageClass/"), kinds=("StorageClass", "values", "HelmRelease")),
    Place(("driver",), values("VolumeSnapshotClass/"), kinds=("VolumeSnapshotClass",)),
    Place(("spec",), keys("Volume/"), kinds=("PersistentVolume",)),
    Place(("spec", "csi", "driver"), values("PersistentVolume/"), kinds=("PersistentVolume",)),
    # The way in.
    Place((..., "annotations", "kubernetes.io/ingress.class"), values("IngressClass/")),
    Place((..., "ingressClassName"), values("IngressClass/")),
    Place((..., "ingressClass"), values("IngressClass/")),
    Place((..., "ingress", "class"), values("IngressClass/")),
    Place((..., "className"), values("IngressClass/")),
    Place((..., "ingress", "controller"), values("IngressController/")),
    Place(("spec", "controller"), values("IngressClass/"), kinds=("IngressClass",)),
    Place((..., "gatewayClassName"), values("GatewayClass/")),
    Place(("spec", "controllerName"), values("GatewayClass/"), kinds=("GatewayClass",)),
    Place((..., "loadBalancerClass"), values("LoadBalancerClass/")),
    Place((..., "providerSpecific", "name"), values("DNSProvider/")),
    # Secrets and certificates.
    Place(("spec", "provider"), values("SecretProviderClass/"), kinds=("SecretProviderClass",)),
    Place((..., "clusterSecretStore"), values("SecretStoreName/", "likely")),
    Place((..., "secretStore"), values("SecretStoreName/", "likely")),
    Place((..., "secretStoreRef"), values("SecretStoreName/", "likely")),
    Place((..., "secretStoreRef", "name"), values("SecretStoreName/", "likely")),
    Place((..., "secretStoreRefs", "name"), values("SecretStoreName/", "likely")),
    Place((..., "auth-provider", "name"), values("AuthProvider/")),
    Place((..., "audience"), audiences),
    Place((..., "audiences"), audiences),
    Place((..., "secretProviderClass", "provider"), values("SecretProviderClass/"), kinds=("values",)),
    Place(("spec", "backendType"), values("SecretStore/"), kinds=("ExternalSecret",)),
    Place(("spec", "method"), values("VaultAuth/"), kinds=("VaultAuth",)),
    Place(("spec", "provider"), secret_stores, kinds=("SecretStore", "ClusterSecretStore")),
    Place(("spec", "acme", "solvers", "dns01"), keys("Issuer/"), kinds=("Issuer", "ClusterIssuer")),
    # What scales, delivers, backs up and watches.
    Place((..., "triggers", "type"), values("KedaTrigger/")),
    Place((..., "triggerPodIdentityProvider"), values("KedaIdentity/")),
    Place(("spec",), keys("KedaAuthentication/"), kinds=("TriggerAuthentication", "ClusterTriggerAuthentication")),
    Place(
        ("spec", "podIdentity", "provider"),
        values("KedaIdentity/"),
        kinds=("TriggerAuthentication", "ClusterTriggerAuthentication"),
    ),
    Place(("spec",), store("FluxBucket/", "provider"), kinds=("Bucket",)),
    Place(("spec", "provider"), values("FluxGit/"), kinds=("GitRepository",)),
    Place(("spec", "provider"), values("FluxRegistry/"), kinds=("OCIRepository", "HelmRepository", "ImageRepository")),
    Place(("spec", "type"), values("FluxAlert/"), kinds=("Provider",)),
    Place(("spec",), store("BackupStorage/", "provider", "config", "s3Url"), kinds=("BackupStorageLocation",)),
    Place(("spec",), store("VolumeSnapshots/", "provider"), kinds=("VolumeSnapshotLocation",)),
    Place((..., "backupStorageLocation"), store("BackupStorage/", "provider", "config", "s3Url")),
    Place((..., "volumeSnapshotLocation"), store("VolumeSnapshots/", "provider")),
    Place((..., "backupLocations", "velero"), store("BackupStorage/", "provider", "config", "s3Url")),
    Place((..., "snapshotLocations", "velero"), store("VolumeSnapshots/", "provider")),
    Place((..., "defaultPlugins"), values("VeleroPlugin/")),
    Place(("spec", "type"), values("ObjectStore/"), kinds=("BackingStore", "NamespaceStore")),
    Place((..., "barmanObjectStore"), stores("ObjectStore/", "endpointURL")),
    Place((..., "storages"), types_below("ObjectStore/", "endpointUrl")),
    Place((..., "storageProvider"), values("ObjectStore/")),
    Place(("spec", "storage"), stores("ObjectStore/", "regionEndpoint"), kinds=("Config",)),
    Place(("spec",), stores("BackupStorage/", "endpoint"), kinds=("Backup", "BackupSchedule", "Restore")),
    Place((..., "artifactRepository"), stores("ObjectStore/", "endpoint")),
    Place((..., "repos"), stores("ObjectStore/", "endpoint")),
    Place((..., "artifacts"), keys("Artifact/")),
    Place(("spec", "addons", "name"), values("Addon/"), kinds=("Addons",)),
    Place((..., "cloudProvider"), values("CloudProvider/")),
    Place(("spec", "cloudProvider"), keys("CloudProvider/"), kinds=("Cluster",)),
    Place(("spec", "provider", "type"), values("CloudProvider/"), kinds=("Shoot", "Seed", "Infrastructure")),
    Place((..., "platform", "type"), values("Platform/")),
    Place((..., "kubeContext"), values("KubeContext/")),
    Place((..., "trafficRouting"), keys("Traffic/")),
    Place((..., "metrics", "provider"), keys("Metric/")),
    Place(("spec", "provider", "type"), values("Metric/"), kinds=("MetricTemplate",)),
    Place(("spec", "provider"), values("Traffic/"), kinds=("Canary",)),
    Place(("spec", "triggers", "template"), keys("EventSource/"), kinds=("Sensor",)),
    Place((..., "generators", "scmProvider"), keys("SourceControl/")),
    Place((..., "generators", "pullRequest"), keys("SourceControl/")),
    Place((..., "kubernetesProvider"), values("CloudProvider/")),
    Place((..., "build"), keys("Skaffold/"), kinds=("Config",)),
    Place((..., "clouds"), keys("Jenkins/")),
    Place((..., "credentials"), keys("Jenkins/")),
    Place((..., "datasources", "type"), values("Datasource/")),
    Place(("spec", "datasource", "type"), values("Datasource/"), kinds=("GrafanaDatasource",)),
    Place((..., "connectors", "type"), values("Connector/")),
    Place((..., "unsealConfig"), keys("Vault/")),
    Place(("spec",), keys("EventSource/"), kinds=("EventSource",)),
    Place(("spec", "type"), values("Dapr/"), kinds=("Component", "Configuration")),
    Place(("infrastructure",), cluster_providers, kinds=("values",)),
    Place(("metadata", "name"), values("ClusterAPI/"), kinds=("InfrastructureProvider",)),
    Place((..., "zones"), zones),
    Place(("spec",), keys("LogOutput/"), kinds=("Output", "ClusterOutput")),
    Place((..., "pipeline", "outputs", "name"), values("FluentBit/")),
    Place((..., "pipeline", "filters", "name"), values("FluentBitFilter/")),
    Place(("spec", "outputs", "type"), values("LogOutput/"), kinds=("ClusterLogForwarder",)),
    Place((..., "plugins"), first_words("Datasource/")),
    Place((..., "installPlugins"), first_words("JenkinsPlugin/")),
    Place((..., "detectors"), values("Detector/")),
    Place((..., "spring", "cloud"), keys("Spring/")),
    Place(("spec", "storage", "secret", "type"), values("ObjectStore/", "possible"), kinds=("LokiStack", "TempoStack")),
    Place((..., "remoteWrite"), keys("RemoteWrite/")),
    Place((..., "remote_write"), keys("RemoteWrite/")),
    # Charts that somebody else keeps.
    Place((..., "source"), charts("chart", "repoURL"), kinds=("Application", "ApplicationSet")),
    Place((..., "sources"), charts("chart", "repoURL"), kinds=("Application", "ApplicationSet")),
    Place((..., "values"), charts("addonChart", "addonChartRepository"), kinds=("ApplicationSet",)),
    Place(("spec", "chart", "spec"), charts("chart", ""), kinds=("HelmRelease",)),
    Place(("spec", "chart"), charts("name", "repository"), kinds=("HelmRelease",)),
    Place(("spec", "chart"), charts("path", "git"), kinds=("HelmRelease",)),
    Place(("spec",), charts("chart", "repo"), kinds=("HelmChart",)),
    Place(("spec", "forProvider", "chart"), charts("name", "repository"), kinds=("Release",)),
    Place(("spec",), charts("url", ""), kinds=("OCIRepository",)),
    Place(("spec", "url"), repositories, kinds=("HelmRepository",)),
    Place((..., "chartName"), values("chart/")),
    Place((..., "chartRepository"), repositories),
    Place(("repositories", "url"), repositories, kinds=("Helmfile",)),
    Place(("helmCharts",), charts("name", "repo"), kinds=("Kustomization",)),
    Place(("resources",), kept_elsewhere, kinds=("Kustomization",)),
    Place(("bases",), kept_elsewhere, kinds=("Kustomization",)),
    Place(("components",), kept_elsewhere, kinds=("Kustomization",)),
    Place(("dependencies",), charts("name", "repository"), kinds=("Chart",)),
    Place(("releases",), charts("chart", ""), kinds=("Helmfile",)),
    # Settings of collectors and stores, in a resource of their operator or in a file that a ConfigMap holds.
    Place((..., "exporters"), components("Telemetry/")),
    Place((..., "receivers"), components("Telemetry/")),
    Place((..., "extensions"), components("Telemetry/", "service")),
    Place((..., "sinks"), types_below("VectorSink/")),
    Place((..., "sources"), types_below("VectorSource/")),
    Place((..., "storage_config"), stores("ObjectStore/", "endpoint")),
    Place((..., "common", "storage"), stores("ObjectStore/", "endpoint")),
    Place((..., "storage", "trace"), stores("ObjectStore/", "endpoint")),
    Place((..., "blocks_storage"), stores("ObjectStore/", "endpoint")),
)


_ENDINGS: Final = {
    "torageClass": "storageClass",
    "torageClassName": "storageClassName",
    "storageclass": "storageClass",
    "storage_class": "storageClass",
    "storage_class_name": "storageClassName",
    "Annotations": "annotations",
    "Labels": "labels",
    "NodeSelector": "nodeSelector",
    "Args": "args",
    "vailabilityZone": "zones",
    "vailabilityZones": "zones",
}


@lru_cache(maxsize=4096)
def plainly(key: str) -> str:
    """The key that all of these are, for one that says whose it is, as ``serviceAnnotations`` does."""
    end = next((plain for ending, plain in _ENDINGS.items() if key.endswith(ending)), key)
    return key if key in BY_LAST_KEY else end


def _by_last_key(places: tuple[Place, ...]) -> Mapping[str, tuple[Place, ...]]:
    found: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        found[str(place.path[-1])].append(place)
    return {key: tuple(same) for key, same in found.items()}


BY_LAST_KEY = _by_last_key(PLACES)
"""The table by the key that a walk stands at, so that other keys cost one look-up."""
