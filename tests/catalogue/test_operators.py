"""Kinds of operators: whatever creates a cloud's resource from a manifest is that resource, in that role."""

import pytest

from portability.catalogue import load


@pytest.mark.parametrize(
    ("symbol", "service", "role"),
    [
        ("dynamodb.services.k8s.aws/Table", "aws/dynamodb", "primary"),
        ("dynamodb.aws.upbound.io/Table", "aws/dynamodb", "primary"),
        ("dynamodb.aws.m.upbound.io/Table", "aws/dynamodb", "primary"),
        ("sqs.aws.upbound.io/QueuePolicy", "aws/sqs", "part"),
        ("ec2.services.k8s.aws/VPCEndpoint", "aws/vpc", "provider-only"),
        ("storage.azure.com/StorageAccountsBlobServicesContainer", "azure/blob-storage", "part"),
        ("pubsub.cnrm.cloud.google.com/PubSubSubscription", "google/pubsub", "part"),
        ("storage.gcp.m.upbound.io/Bucket", "google/cloud-storage", "primary"),
    ],
)
def test_a_kind_has_the_service_and_role_of_its_terraform_type(symbol, service, role):
    claim = load().claim("kubernetes", symbol)
    assert claim is not None
    assert (claim.service, claim.role) == (service, role)
