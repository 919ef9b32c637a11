"""A thing has one role, whichever language declares it."""

from __future__ import annotations

import pytest

from portability.catalogue import Catalogue


@pytest.mark.parametrize(
    ("kind", "resource"),
    [
        ("alloydb.cnrm.cloud.google.com/AlloyDBBackup", "google_alloydb_backup"),
        ("bigquery.cnrm.cloud.google.com/BigQueryDataset", "google_bigquery_dataset"),
        ("bigqueryconnection.cnrm.cloud.google.com/BigQueryConnectionConnection", "google_bigquery_connection"),
        ("cloudids.cnrm.cloud.google.com/CloudIDSEndpoint", "google_cloud_ids_endpoint"),
        ("compute.cnrm.cloud.google.com/ComputeExternalVPNGateway", "google_compute_external_vpn_gateway"),
        ("compute.cnrm.cloud.google.com/ComputeHTTPHealthCheck", "google_compute_http_health_check"),
        ("compute.cnrm.cloud.google.com/ComputeInstance", "google_compute_instance"),
        ("compute.cnrm.cloud.google.com/ComputeInstanceTemplate", "google_compute_instance_template"),
        ("compute.cnrm.cloud.google.com/ComputeNetwork", "google_compute_network"),
        (
            "compute.cnrm.cloud.google.com/ComputeNetworkFirewallPolicyRule",
            "google_compute_network_firewall_policy_rule",
        ),
        ("compute.cnrm.cloud.google.com/ComputeServiceAttachment", "google_compute_service_attachment"),
        ("compute.cnrm.cloud.google.com/ComputeSnapshot", "google_compute_snapshot"),
        ("compute.cnrm.cloud.google.com/ComputeSubnetwork", "google_compute_subnetwork"),
        ("compute.cnrm.cloud.google.com/ComputeURLMap", "google_compute_url_map"),
        ("container.cnrm.cloud.google.com/ContainerCluster", "google_container_cluster"),
        ("container.cnrm.cloud.google.com/ContainerNodePool", "google_container_node_pool"),
        ("dns.cnrm.cloud.google.com/DNSRecordSet", "google_dns_record_set"),
        ("iam.cnrm.cloud.google.com/IAMPolicyMember", "google_project_iam_member"),
        ("pubsub.cnrm.cloud.google.com/PubSubSubscription", "google_pubsub_subscription"),
        ("pubsub.cnrm.cloud.google.com/PubSubTopic", "google_pubsub_topic"),
        ("resourcemanager.cnrm.cloud.google.com/Project", "google_project"),
        ("sql.cnrm.cloud.google.com/SQLInstance", "google_sql_database_instance"),
        ("sql.cnrm.cloud.google.com/SQLUser", "google_sql_user"),
    ],
)
def test_config_connector_kinds_are_what_terraform_calls_them(catalogue: Catalogue, kind: str, resource: str) -> None:
    declared, configured = catalogue.claim("kubernetes", kind), catalogue.claim("terraform", resource)
    assert declared is not None
    assert configured is not None
    assert (declared.service, declared.role) == (configured.service, configured.role)


@pytest.mark.parametrize(
    "image",
    [
        "image/111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web",
        "image/europe-west4-docker.pkg.dev/example/images/web",
        "image/gcr.io/example/web",
        "image/example.azurecr.io/web",
    ],
)
def test_an_image_is_part_of_its_registry(catalogue: Catalogue, image: str) -> None:
    claim = catalogue.claim("kubernetes", image)
    assert claim is not None
    assert claim.role == "part"


@pytest.mark.parametrize("annotation", ["cloud.google.com/neg", "networking.gke.io/managed-certificates"])
def test_an_annotation_is_part_of_its_load_balancer(catalogue: Catalogue, annotation: str) -> None:
    claim = catalogue.claim("kubernetes", annotation)
    assert claim is not None
    assert (claim.service, claim.role) == ("google/load-balancing", "part")
