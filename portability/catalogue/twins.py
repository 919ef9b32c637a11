"""One thing under two names, of which rules write one.

One resource of AWS is two Terraform types: ``aws_sqs_queue``, and ``awscc_sqs_queue`` of the Cloud Control provider.
What a rule asks of the first is asked of the second too. Its attributes are CloudFormation's properties in snake case:
where they have other names, a condition just does not hold. One call of a Python SDK comes from several clients:
asynchronous ones, and modules of one version of the API.
"""

from __future__ import annotations

from functools import cache

from portability.interest import plainly
from portability.names.globs import wildcard

BEGINNINGS = {
    "amazonmq_": ("mq_",),
    "apigateway_": ("api_gateway_",),
    "appsync_graph_ql_": ("appsync_graphql_",),
    "aps_": ("prometheus_",),
    "aps_rule_groups_": ("prometheus_rule_group_",),
    "autoscaling_auto_scaling_": ("autoscaling_",),
    "autoscaling_scaling_": ("autoscaling_",),
    "backup_backup_": ("backup_",),
    "backup_logically_air_gapped_backup_": ("backup_logically_air_gapped_",),
    "bedrock_": ("bedrockagent_",),
    "bedrockagentcore_": ("bedrockagentcore_agent_",),
    "cassandra_": ("keyspaces_",),
    "certificatemanager_": ("acm_",),
    "cloudfront_cloudfront_": ("cloudfront_",),
    "cloudtrail_trail": ("cloudtrail",),
    "cloudwatch_alarm": ("cloudwatch_metric_alarm",),
    "codedeploy_application": ("codedeploy_app",),
    "cognito_identity_pool_role_": ("cognito_identity_pool_roles_",),
    "cognito_user_pool_": ("cognito_",),
    "cognito_user_pool_ui_customization_attachment": ("cognito_user_pool_ui_customization",),
    "config_config_": ("config_",),
    "directconnect_": ("dx_",),
    "directoryservice_": ("directory_service_",),
    "ec2_": ("",),
    "ec2_verified_access_": ("verifiedaccess_",),
    "ec2_volume": ("ebs_volume",),
    "elasticache_cache_": ("elasticache_",),
    "elasticbeanstalk_": ("elastic_beanstalk_",),
    "elasticloadbalancingv2_": ("lb_", "lb"),
    "events_": ("cloudwatch_event_",),
    "eventschemas_": ("schemas_",),
    "guardduty_ip_set": ("guardduty_ipset",),
    "guardduty_threat_intel_set": ("guardduty_threatintelset",),
    "iam_managed_policy": ("iam_policy",),
    "iam_oidc_provider": ("iam_openid_connect_provider",),
    "kafkaconnect_": ("mskconnect_",),
    "kinesisfirehose_": ("kinesis_firehose_",),
    "lightsail_container": ("lightsail_container_service",),
    "lightsail_load_balancer": ("lightsail_lb",),
    "logs_": ("cloudwatch_log_", "cloudwatch_"),
    "logs_log_": ("cloudwatch_log_",),
    "mediaconvert_": ("media_convert_",),
    "mediapackage_": ("media_package_",),
    "mediapackagev2_": ("media_packagev2_",),
    "neptune_db_": ("neptune_", "neptune_cluster_"),
    "opensearchservice_": ("opensearch_",),
    "rds_": ("db_",),
    "rds_db_": ("db_", "rds_", "rds_cluster_"),
    "route53_hosted_zone": ("route53_zone",),
    "route53_record_set": ("route53_record",),
    "route53resolver_": ("route53_resolver_",),
    "route53resolver_resolver_": ("route53_resolver_",),
    "s3_": ("s3control_",),
    "s3_storage_lens": ("s3control_storage_lens_configuration",),
    "s3express_": ("s3_",),
    "s3objectlambda_": ("s3control_object_lambda_",),
    "servicediscovery_": ("service_discovery_",),
    "ses_": ("sesv2_",),
    "ses_mail_manager_": ("mailmanager_",),
    "smsvoice_": ("pinpointsmsvoicev2_",),
    "sns_subscription": ("sns_topic_subscription",),
    "sso_": ("ssoadmin_",),
    "stepfunctions_": ("sfn_",),
    "timestream_": ("timestreamwrite_", "timestreamquery_"),
    "timestream_influx_": ("timestreaminfluxdb_",),
    "workspaces_workspaces_": ("workspaces_",),
}
"""How CloudFormation's types begin → how the same types begin behind ``aws_``."""

STUBS = ("mypy-boto3", "types-boto3", "types-aiobotocore")
"""Distributions of type stubs that exist for each service of boto3."""


def stubbed(distribution: str) -> str:
    """The service of boto3 that a distribution types, or nothing."""
    return next((distribution.removeprefix(f"{kind}-") for kind in STUBS if distribution.startswith(f"{kind}-")), "")


@cache
def twins(symbol: str) -> tuple[str, ...]:
    """How Cloud Control calls an ``aws_*`` type or prefix of types, as far as names tell; nothing of any other."""
    tail = symbol.removeprefix("aws_")
    if tail == symbol:
        return ()
    renamed = (
        f"awscc_{beginning}{tail.removeprefix(other)}"
        for beginning, others in BEGINNINGS.items()
        for other in others
        if tail.startswith(other)
    )
    return (*renamed, f"awscc_{tail}")


def covers(symbol: str, used: str) -> bool:
    """Whether the symbol of a rule, in which ``*`` is any run of characters, or a twin of it, is one that code uses."""
    same = (symbol, *twins(symbol)) if used.startswith("awscc_") else (symbol,)
    if any(_fits(name, used) for name in same):
        return True
    if "." not in used:
        return False  # No call of an SDK: the version in `google_cloud_run_v2_job` tells one type from another.
    plain, plainer = plainly(symbol), plainly(used)
    return (plain != symbol or plainer != used) and _fits(plain, plainer)


def _fits(name: str, used: str) -> bool:
    return name == used or ("*" in name and wildcard(name).fits(used))
