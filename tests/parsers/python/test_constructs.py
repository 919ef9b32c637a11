"""Infrastructure in Python: which calls declare a resource, and what it is called elsewhere."""

from __future__ import annotations

from textwrap import dedent

import pytest

from portability.catalogue import load
from portability.model import Source, Usage
from portability.names.python_names import python_names
from portability.parsers.python import read


def usages(code: str) -> list[Usage]:
    source = Source(path="main.py", language="python", data=dedent(code).encode())
    return [usage for usage in read([source], load().interest)["main.py"].usages if usage.kind != "import"]


def test_pulumi_resources_are_terraform_types_with_their_arguments():
    code = """\
        import pulumi_aws as aws
        aws.s3.Bucket("b", versioning=aws.s3.BucketVersioningArgs(enabled=True), lifecycle_rules=[{"expiration": 3}])
        aws.ec2.get_vpc(default=True)
        """
    bucket, vpc = usages(code)
    assert (bucket.namespace, bucket.symbol, bucket.kind) == ("terraform", "aws_s3_bucket", "resource")
    assert bucket.values["versioning.enabled"] is True
    assert bucket.values["lifecycle_rule.expiration"] == 3
    assert (vpc.symbol, vpc.kind) == ("aws_vpc", "data")


def test_a_class_of_pulumis_is_the_same_from_its_own_file():
    code = """\
        from pulumi_gcp.compute.address import Address
        Address("a", region="europe-west4")
        """
    (address,) = usages(code)
    assert (address.symbol, address.kind) == ("google_compute_address", "resource")


def test_cdktf_modules_are_terraform_types():
    code = """\
        from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
        from cdktf_cdktf_provider_aws.data_aws_vpc import DataAwsVpc
        SqsQueue(self, "q", fifo_queue=True)
        DataAwsVpc(self, "v")
        """
    queue, vpc = usages(code)
    assert (queue.symbol, queue.kind, queue.values["fifo_queue"]) == ("aws_sqs_queue", "resource", True)
    assert (vpc.symbol, vpc.kind) == ("aws_vpc", "data")


def test_what_cdktf_generates_is_terraform_types_wherever_a_release_puts_it():
    code = """\
        from imports.aws.provider import AwsProvider
        from imports.aws.sqs_queue import SqsQueue
        from imports.aws import S3Bucket
        from imports.google.data_google_project import DataGoogleProject
        AwsProvider(self, "aws")
        SqsQueue(self, "q", fifo_queue=True)
        S3Bucket(self, "b", bucket="uploads")
        DataGoogleProject(self, "p")
        """
    provider, queue, bucket, project = usages(code)
    assert provider.symbol == "imports.aws.provider.AwsProvider"
    assert (queue.symbol, queue.kind, queue.values["fifo_queue"]) == ("aws_sqs_queue", "resource", True)
    assert (bucket.symbol, bucket.kind) == ("aws_s3_bucket", "resource")
    assert (project.symbol, project.kind) == ("google_project", "data")


def test_of_the_cdk_only_constructs_are_resources():
    code = """\
        from aws_cdk import Duration, aws_s3 as s3, aws_sqs as sqs
        sqs.Queue(self, "q", visibility_timeout=Duration.seconds(30))
        bucket = s3.Bucket.from_bucket_name(self, "b", "name")
        bucket.grant_read(role)
        s3.LifecycleRule(enabled=True)
        """
    assert [(usage.symbol, usage.kind) for usage in usages(code)] == [
        ("aws_cdk.aws_sqs.Queue", "resource"),
        ("aws_cdk.aws_s3.Bucket", "data"),
    ]


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("aws_cdk.aws_sqs.Queue", "aws/sqs"),
        ("aws_cdk.aws_ec2.Vpc", "aws/vpc"),
        ("aws_cdk.aws_lambda_python_alpha.PythonFunction", "aws/lambda"),
        ("troposphere.ec2.VPC", "aws/vpc"),
        # CloudFormation's types say it where no Terraform type is spelled like the class.
        ("troposphere.ec2.Volume", "aws/ebs"),
        ("aws_cdk.aws_ec2.Volume", "aws/ebs"),
        ("aws_cdk.aws_ssm.StringParameter", "aws/parameter-store"),
        ("aws_cdk.aws_sam.CfnFunction", "aws/lambda"),
        ("pulumi_aws_native.ec2.Volume", "aws/ebs"),
        ("pulumi_google_native.pubsub.v1.Topic", "google/pubsub"),
        ("pulumi_azure_native.storage.StorageAccount", "azure/blob-storage"),
        # Spelled otherwise than the type that it is, or moved to another module since.
        ("pulumi_azure_native.storage.FileShare", "azure/files"),
        ("pulumi_azure_native.network.PublicIPAddress", "azure/public-ip"),
        ("pulumi_azure_native.network.AzureFirewall", "azure/firewall"),
        ("pulumi_azure_native.network.PrivateZone", "azure/private-dns"),
        ("pulumi_azure_native.network.Zone", "azure/dns"),
        ("pulumi_azure_native.insights.DataCollectionRule", "azure/monitor"),
        ("airflow.providers.amazon.aws.operators.s3", "aws/s3"),
        ("airflow.contrib.operators.gcp_container_operator", "google/gke"),
        ("airflow.operators.s3_to_redshift_operator", "aws/redshift"),
        ("airflow.providers.google.cloud.transfers.gcs_to_bigquery", "google/bigquery"),
        ("prefect_aws.s3", "aws/s3"),
        ("dagster_azure.blob", "azure/blob-storage"),
    ],
)
def test_who_claims_the_other_word_claims_the_python_name(name, service):
    claim = load().claim("python", name)
    assert claim is not None
    assert claim.service == service


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("aws_cdk.aws_ecs.FargateService", "primary"),
        ("aws_cdk.aws_ecs_patterns.ApplicationLoadBalancedFargateService", "primary"),  # makes a whole service
        ("aws_cdk.aws_route53.ARecord", "part"),
        ("aws_cdk.aws_sns.Subscription", "part"),
        ("aws_cdk.aws_ec2.GatewayVpcEndpoint", "provider-only"),
        # No resources of their own: a state, a call that a state makes, an object of a cluster, files on the way.
        ("aws_cdk.aws_stepfunctions.Choice", "part"),
        ("aws_cdk.aws_stepfunctions_tasks.LambdaInvoke", "part"),
        ("aws_cdk.aws_eks.HelmChart", "part"),
        ("aws_cdk.aws_s3_deployment.BucketDeployment", "part"),
    ],
)
def test_a_construct_has_the_role_of_what_it_makes(name, role):
    claim = load().claim("python", name)
    assert claim is not None
    assert claim.role == role


def test_every_listed_module_belongs_to_a_service():
    catalogue = load()
    strays = [
        module
        for module in python_names().modules
        if (claim := catalogue.claim("python", module)) is None or claim.service.endswith("/unclassified")
    ]
    assert strays == []


def test_what_a_construct_is_told_is_read_with_the_options_it_is_handed():
    code = """\
        from aws_cdk import aws_s3 as s3
        bucket = s3.Bucket(
            self, "Orders", versioned=True, encryption=s3.BucketEncryption.KMS,
            lifecycle_rules=[s3.LifecycleRule(transitions=[s3.Transition(storage_class=s3.StorageClass.GLACIER)])],
        )
        bucket.add_event_notification(s3.EventType.OBJECT_CREATED, destination)
        bucket.grant_read(role)
        """
    bucket, added = usages(code)
    assert (bucket.symbol, bucket.kind) == ("aws_cdk.aws_s3.Bucket", "resource")
    assert (bucket.values["versioned"], bucket.values["encryption"]) == (True, "KMS")
    assert bucket.values["lifecycle_rules.transitions.storage_class"] == "GLACIER"
    assert (added.symbol, added.kind) == ("aws_cdk.aws_s3.Bucket.add_event_notification", "field")


def test_what_is_only_handed_to_a_construct_is_none():
    code = """\
        from aws_cdk import aws_iam as iam, aws_lambda as lambda_, aws_s3 as s3
        iam.CompositePrincipal(iam.ServicePrincipal("glue.amazonaws.com"), iam.ServicePrincipal("x.amazonaws.com"))
        lambda_.Code.from_bucket(bucket, "orders.zip")
        s3.Bucket.from_bucket_name(self, "Orders", "orders")
        """
    assert [(it.symbol, it.kind) for it in usages(code) if it.namespace == "python"] == [
        ("aws_cdk.aws_s3.Bucket", "data"),
    ]
