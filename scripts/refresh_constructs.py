"""Write ``portability/data/python-names.json`` anew: Python names that are another word for a name known elsewhere.

Usage, where the package is installed, with a directory of wheels::

    python scripts/refresh_constructs.py WHEELS

Infrastructure written in Python and the operators of workflow systems speak of services that the catalogue knows by
their Terraform types, boto3 names or SDKs: ``pulumi_aws.sqs.Queue`` is ``aws_sqs_queue``, ``aws_cdk.aws_sqs`` is
boto3's ``sqs``, ``airflow.providers.google.cloud.operators.pubsub`` is ``google.cloud.pubsub``. The wheels (whichever
are there: aws-cdk-lib, troposphere, pulumi-*, the Airflow providers, apache-airflow 2.10, prefect-*, dagster-*) say
which modules and classes there are, and names that are spelled alike are taken for the same; the tables below say the
rest. What nothing was found for is printed. The same wheels give the same bytes.
"""

from __future__ import annotations

import ast
import re
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from portability.catalogue.completeness import read
from portability.names.python_names import DATA, PythonNames

BOTO3 = {
    "alb": "elbv2",
    "amazonmq": "mq",
    "apigatewayv2authorizers": "apigatewayv2",
    "apigatewayv2integrations": "apigatewayv2",
    "appautoscaling": "application-autoscaling",
    "applicationloadbalancing": "elbv2",
    "aps": "amp",
    "autoscalingcommon": "application-autoscaling",
    "awslambda": "lambda",
    "bcm": "billing",
    "bcmdata": "bcm-data-exports",
    "bedrockfoundation": "bedrock",
    "bedrockmodel": "bedrock",
    "cases": "connectcases",
    "cassandra": "keyspaces",
    "certificatemanager": "acm",
    "cognito": "cognito-idp",
    "cognitoidentitypool": "cognito-identity",
    "robomaker": "robomaker",
    "panorama": "panorama",
    "iotevents": "iotevents",
    "lookoutmetrics": "lookoutmetrics",
    "lookoutvision": "lookoutvision",
    "opsworkscm": "opsworkscm",
    "iotanalytics": "iotanalytics",
    "simspaceweaver": "simspaceweaver",
    "iotfleethub": "iotfleethub",
    "codestar": "codestar",
    "qldb": "qldb",
    "opsworks": "opsworks",
    "nimblestudio": "nimble",
    "costexplorer": "ce",
    "elasticloadbalancingv2actions": "elbv2",
    "elasticloadbalancingv2targets": "elbv2",
    "finspace": "finspace-data",
    "iotcoredeviceadvisor": "iotdeviceadvisor",
    "directoryservice": "ds",
    "elasticloadbalancing": "elb",
    "elasticloadbalancingv2": "elbv2",
    "elasticsearch": "es",
    "eventschemas": "schemas",
    "eventsv2": "events",
    "healthimaging": "medical-imaging",
    "inspectorv2": "inspector2",
    "kinesisfirehose": "firehose",
    "lb": "elbv2",
    "lex": "lexv2-models",
    "macie": "macie2",
    "msk": "kafka",
    "mskconnect": "kafkaconnect",
    "opensearchservice": "opensearch",
    "opensearchingest": "osis",
    "refactorspaces": "migration-hub-refactor-spaces",
    "resourceexplorer": "resource-explorer-2",
    "route53recoverycontrol": "route53-recovery-control-config",
    "s3express": "s3",
    "s3objectlambda": "s3control",
    "sam": "serverlessrepo",
    "scn": "supplychain",
    "serverless": "lambda",
    "serverlessrepository": "serverlessrepo",
    "sfn": "stepfunctions",
    "systemsmanagersap": "ssm-sap",
    "timestream": "timestream-write",
    "synthetics": "synthetics",
    "kinesisanalyticsflink": "kinesisanalyticsv2",
    "evidently": "evidently",
    "thinclient": "workspaces-thin-client",
    "usernotifications": "notifications",
    "partnercentral": "partnercentral-selling",
    "cloudformation": "cloudformation",
    "secretsmanager": "secretsmanager",
    "redshiftcluster": "redshift",
    "redshiftsql": "redshift",
    "cloudwatchtaskhandler": "logs",
    "ecrassets": "ecr",
    "opensearchserverless": "opensearchserverless",
    "systemsmanager": "ssm",
}
"""Module, without underscores, → boto3 service where the two are not spelled alike."""

PREFIXES = {
    "alb": "aws_lb",
    "amazonmq": "aws_mq",
    "apigateway": "aws_api_gateway",
    "applicationautoscaling": "aws_appautoscaling",
    "applicationloadbalancing": "aws_alb",
    "certificatemanager": "aws_acm",
    "directoryservice": "aws_directory_service",
    "ec2": "aws",
    "ec2clientvpn": "aws_ec2_client_vpn",
    "ec2transitgateway": "aws_ec2_transit_gateway",
    "ebs": "aws_ebs",
    "elasticloadbalancing": "aws_elb",
    "elasticloadbalancingv2": "aws_lb",
    "events": "aws_cloudwatch_event",
    "kinesisfirehose": "aws_kinesis_firehose",
    "logs": "aws_cloudwatch_log",
    "opensearchservice": "aws_opensearch",
    "rds": "aws_db",
    "stepfunctions": "aws_sfn",
    "vpc": "aws_vpc",
    "kafka": "aws_msk",
    "cloudfunctions": "google_cloudfunctions",
    "diagflow": "google_dialogflow",
    "vertex": "google_vertex_ai",
    "iap": "google_iap",
    "organizations": "google",
    "projects": "google_project",
    "appservice": "azurerm_app",
    "keyvault": "azurerm_key_vault",
    "servicebus": "azurerm_servicebus",
    "core": "azurerm",
    "lb": "aws_lb",
}
"""Module, without underscores, → a further beginning of its Terraform types."""

PULUMI = {
    "pulumi_aws": ("aws",),
    "pulumi_azure": ("azurerm",),
    "pulumi_azure_native": ("azurerm",),
    "pulumi_azuread": ("azuread",),
    "pulumi_cloudflare": ("cloudflare",),
    "pulumi_gcp": ("google",),
}
"""Package → the beginnings of the Terraform types that its classes are."""

PULUMI_MODULES = {
    "pulumi_azure.appconfiguration": "terraform azurerm_app_configuration",
    "pulumi_azure.appinsights": "terraform azurerm_application_insights",
    "pulumi_azure.avs": "terraform azurerm_vmware_private_cloud",
    "pulumi_azure.confidentialledger": "terraform azurerm_confidential_ledger",
    "pulumi_azure.desktopvirtualization": "terraform azurerm_virtual_desktop_host_pool",
    "pulumi_azure.domainservices": "terraform azurerm_active_directory_domain_service",
    "pulumi_azure.hsm": "terraform azurerm_key_vault_managed_hardware_security_module",
    "pulumi_azure.logicapps": "terraform azurerm_logic_app_workflow",
    "pulumi_azure.managementresource": "terraform azurerm_management_lock",
    "pulumi_azure.monitoring": "terraform azurerm_monitor_action_group",
    "pulumi_azure.operationalinsights": "terraform azurerm_log_analytics_workspace",
    "pulumi_azure.privatelink": "terraform azurerm_private_endpoint",
    "pulumi_azure.waf": "terraform azurerm_web_application_firewall_policy",
    "pulumi_gcp.applicationintegration": "terraform google_integrations_client",
    "pulumi_gcp.backupdisasterrecovery": "terraform google_backup_dr_backup_vault",
    "pulumi_gcp.certificateauthority": "terraform google_privateca_ca_pool",
    "pulumi_gcp.cloudfunctionsv2": "terraform google_cloudfunctions2_function",
    "pulumi_gcp.configdeployment": "terraform google_infra_manager_deployment",
    "pulumi_gcp.securitycenter": "terraform google_scc_source",
}
"""Module of Pulumi's → the known name, where no class is spelled like one."""

AZURE_NATIVE = {
    "analysisservices": "terraform azurerm_analysis_services_server",
    "deviceprovisioningservices": "terraform azurerm_iothub_dps",
    "easm": "python azure.defender.easm",
    "features": "terraform azurerm_resource_provider_registration",
    "guestconfiguration": "terraform azurerm_policy_virtual_machine_configuration_assignment",
    "codesigning": "terraform azurerm_trusted_signing_account",
    "virtualmachineimages": "terraform azurerm_image",
    "aad": "terraform azurerm_active_directory_domain_service",
    "alertsmanagement": "terraform azurerm_monitor_alert_processing_rule_action_group",
    "app": "terraform azurerm_container_app",
    "applicationinsights": "terraform azurerm_application_insights",
    "authorization": "terraform azurerm_role_assignment",
    "azurearcdata": "terraform azurerm_arc_machine",
    "azurestackhci": "python azure.mgmt.azurestackhci",
    "chaos": "terraform azurerm_chaos_studio_experiment",
    "datamigration": "terraform azurerm_database_migration_service",
    "dbformariadb": "python azure.mgmt.rdbms.mariadb",
    "dbformysql": "terraform azurerm_mysql_flexible_server",
    "dbforpostgresql": "terraform azurerm_postgresql_flexible_server",
    "insights": "python azure.mgmt.monitor",
    "managedidentity": "terraform azurerm_user_assigned_identity",
    "operationalinsights": "terraform azurerm_log_analytics_workspace",
    "securityinsights": "terraform azurerm_sentinel_alert_rule_scheduled",
    "solutions": "terraform azurerm_managed_application",
    "sql": "terraform azurerm_mssql_server",
    "storage": "terraform azurerm_storage_account",
    "web": "terraform azurerm_linux_web_app",
}
"""Module of pulumi_azure_native → the known name, where ``azure.mgmt`` has none of that spelling."""

AZURE_NATIVE_CLASSES = {
    "pulumi_azure_native.dns": {"RecordSet": "azurerm_dns_a_record"},
    "pulumi_azure_native.insights": {
        "ActionGroup": "azurerm_monitor_action_group",
        "ActivityLogAlert": "azurerm_monitor_activity_log_alert",
        "AutoscaleSetting": "azurerm_monitor_autoscale_setting",
        "Component": "azurerm_application_insights",
        "DataCollectionEndpoint": "azurerm_monitor_data_collection_endpoint",
        "DataCollectionRule": "azurerm_monitor_data_collection_rule",
        "DataCollectionRuleAssociation": "azurerm_monitor_data_collection_rule_association",
        "DiagnosticSetting": "azurerm_monitor_diagnostic_setting",
        "MetricAlert": "azurerm_monitor_metric_alert",
        "PrivateLinkScope": "azurerm_monitor_private_link_scope",
        "PrivateLinkScopedResource": "azurerm_monitor_private_link_scoped_service",
        "WebTest": "azurerm_application_insights_web_test",
    },
    "pulumi_azure_native.keyvault": {"Vault": "azurerm_key_vault"},
    "pulumi_azure_native.network": {
        "AzureFirewall": "azurerm_firewall",
        "LoadBalancer": "azurerm_lb",
        "PrivateRecordSet": "azurerm_private_dns_a_record",
        "PrivateZone": "azurerm_private_dns_zone",
        "PublicIPAddress": "azurerm_public_ip",
        "RecordSet": "azurerm_dns_a_record",
        "VirtualNetworkLink": "azurerm_private_dns_zone_virtual_network_link",
        "Zone": "azurerm_dns_zone",
    },
    "pulumi_azure_native.privatedns": {
        "PrivateRecordSet": "azurerm_private_dns_a_record",
        "PrivateZone": "azurerm_private_dns_zone",
        "VirtualNetworkLink": "azurerm_private_dns_zone_virtual_network_link",
    },
    "pulumi_azure_native.storage": {"BlobContainer": "azurerm_storage_container", "FileShare": "azurerm_storage_share"},
}
"""Module of pulumi_azure_native → class → Terraform type, where the two are spelled otherwise, or where versions before
3.0 had a class."""

CLOUDFORMATION = {
    "AWS::DirectoryService::MicrosoftAD": "aws_directory_service_directory",
    "AWS::DocDB::DBCluster": "aws_docdb_cluster",
    "AWS::DocDB::DBClusterParameterGroup": "aws_docdb_cluster_parameter_group",
    "AWS::DocDB::DBInstance": "aws_docdb_cluster_instance",
    "AWS::DocDB::DBSubnetGroup": "aws_docdb_subnet_group",
    "AWS::EC2::ClientVpnTargetNetworkAssociation": "aws_ec2_client_vpn_network_association",
    "AWS::EC2::NetworkAclEntry": "aws_network_acl_rule",
    "AWS::EMR::InstanceFleetConfig": "aws_emr_instance_fleet",
    "AWS::EMR::InstanceGroupConfig": "aws_emr_instance_group",
    "AWS::Glue::Table": "aws_glue_catalog_table",
    "AWS::IAM::UserToGroupAddition": "aws_iam_user_group_membership",
    "AWS::RDS::DBClusterEndpoint": "aws_rds_cluster_endpoint",
    "AWS::RDS::DBSnapshot": "aws_db_snapshot",
    "AWS::Route53::RecordSetGroup": "aws_route53_record",
    "AWS::SageMaker::EndpointConfig": "aws_sagemaker_endpoint_configuration",
    "AWS::SageMaker::NotebookInstanceLifecycleConfig": "aws_sagemaker_notebook_instance_lifecycle_configuration",
    "AWS::Serverless::Api": "aws_api_gateway_rest_api",
    "AWS::Serverless::Function": "aws_lambda_function",
    "AWS::Serverless::HttpApi": "aws_apigatewayv2_api",
    "AWS::Serverless::LayerVersion": "aws_lambda_layer_version",
    "AWS::Serverless::SimpleTable": "aws_dynamodb_table",
    "AWS::Serverless::StateMachine": "aws_sfn_state_machine",
}
"""CloudFormation type → Terraform type, where neither provider has one of that spelling."""

CDK = {
    "aws_appconfig": {
        "HostedConfiguration": "AWS::AppConfig::HostedConfigurationVersion",
        "SourcedConfiguration": "AWS::AppConfig::Deployment",
    },
    "aws_applicationautoscaling": {
        "StepScalingPolicy": "AWS::ApplicationAutoScaling::ScalingPolicy",
        "TargetTrackingScalingPolicy": "AWS::ApplicationAutoScaling::ScalingPolicy",
    },
    "aws_appsync": {
        f"{kind}DataSource": "AWS::AppSync::DataSource"
        for source in ("DynamoDb", "EventBridge", "Http", "Lambda", "OpenSearch", "Rds")
        for kind in (source, f"AppSync{source}")
    }
    | {"ElasticsearchDataSource": "AWS::AppSync::DataSource", "NoneDataSource": "AWS::AppSync::DataSource"},
    "aws_autoscaling": {
        "StepScalingPolicy": "AWS::AutoScaling::ScalingPolicy",
        "TargetTrackingScalingPolicy": "AWS::AutoScaling::ScalingPolicy",
    },
    "aws_dynamodb": {"TableV2": "AWS::DynamoDB::Table"},
    "aws_ecs": {
        "AsgCapacityProvider": "AWS::ECS::CapacityProvider",
        "ManagedInstancesCapacityProvider": "AWS::ECS::CapacityProvider",
    },
    "aws_elasticloadbalancingv2": {
        "ApplicationListenerCertificate": "AWS::ElasticLoadBalancingV2::ListenerCertificate",
        "ApplicationListenerRule": "AWS::ElasticLoadBalancingV2::ListenerRule",
    },
    "aws_iam": {"SamlProvider": "AWS::IAM::SAMLProvider"},
    "aws_route53": {"CrossAccountZoneDelegationRecord": "AWS::Route53::RecordSet"},
    "aws_secretsmanager": {"SecretRotation": "AWS::SecretsManager::RotationSchedule"},
    "aws_ses": {"AllowListReceiptFilter": "AWS::SES::ReceiptFilter", "DropSpamReceiptRule": "AWS::SES::ReceiptRule"},
}
"""Module of the CDK → construct → CloudFormation type, where its description does not say it."""

AIRFLOW = {
    "airflow.providers.amazon.aws": {
        "cloud_formation": "boto3 cloudformation",
        "cloudwatch_task_handler": "boto3 logs",
        "emailer": "boto3 ses",
        "eventbridge": "boto3 events",
        "lambda_function": "boto3 lambda",
        "msk": "boto3 kafka",
        "redshift": "boto3 redshift",
        "secrets_manager": "boto3 secretsmanager",
        "step_function": "boto3 stepfunctions",
        "systems_manager": "boto3 ssm",
        "kinesis_analytics": "boto3 kinesisanalyticsv2",
        "duckdb": "boto3 s3",
    },
    "airflow.providers.google": {
        "alloy_db": "terraform google_alloydb_cluster",
        "bigquery": "python google.cloud.bigquery",
        "bigtable": "python google.cloud.bigtable",
        "cloud_batch": "python google.cloud.batch",
        "cloud_build": "terraform google_cloudbuild_trigger",
        "cloud_composer": "terraform google_composer_environment",
        "managed_airflow": "terraform google_composer_environment",
        "cloud_logging": "python google.cloud.logging",
        "stackdriver_task_handler": "python google.cloud.logging",
        "cloud_memorystore": "terraform google_redis_instance",
        "cloud_monitoring": "python google.cloud.monitoring_v3",
        "stackdriver": "python google.cloud.monitoring_v3",
        "cloud_run": "terraform google_cloud_run_v2_job",
        "cloud_sql": "terraform google_sql_database_instance",
        "cloud_storage_transfer": "terraform google_storage_transfer_job",
        "compute": "terraform google_compute_instance",
        "data_loss_prevention": "python google.cloud.dlp",
        "dataflow": "terraform google_dataflow_job",
        "dataform": "terraform google_dataform_repository",
        "datafusion": "terraform google_data_fusion_instance",
        "dataplex": "python google.cloud.dataplex",
        "knowledge_catalog": "python google.cloud.dataplex",
        "dataproc": "python google.cloud.dataproc",
        "managed_spark": "python google.cloud.dataproc",
        "datastore": "python google.cloud.datastore",
        "dlp": "python google.cloud.dlp",
        "firestore": "python google.cloud.firestore",
        "functions": "terraform google_cloudfunctions_function",
        "cloud_functions": "terraform google_cloudfunctions_function",
        "gcs": "python google.cloud.storage",
        "gdm": "terraform google_deployment_manager_deployment",
        "gen_ai": "python google.genai",
        "kms": "python google.cloud.kms",
        "kubernetes_engine": "terraform google_container_cluster",
        "managed_kafka": "terraform google_managed_kafka_cluster",
        "natural_language": "python google.cloud.language",
        "os_login": "terraform google_os_login_ssh_public_key",
        "pubsub": "python google.cloud.pubsub",
        "ray": "terraform google_vertex_ai_endpoint",
        "vertex_ai": "terraform google_vertex_ai_endpoint",
        "secret_manager": "python google.cloud.secretmanager",
        "spanner": "python google.cloud.spanner",
        "speech_to_text": "python google.cloud.speech",
        "tasks": "python google.cloud.tasks",
        "cloud_tasks": "python google.cloud.tasks",
        "text_to_speech": "python google.cloud.texttospeech",
        "translate": "python google.cloud.translate",
        "video_intelligence": "python google.cloud.videointelligence",
        "vision": "python google.cloud.vision",
        "workflows": "terraform google_workflows_workflow",
        "mlengine_prediction_summary": "terraform google_vertex_ai_endpoint",
    },
    "airflow.providers.microsoft.azure": {
        "adls": "python azure.storage.filedatalake",
        "azure_data_lake": "python azure.storage.filedatalake",
        "powerbi": "terraform azurerm_powerbi_embedded",
        "adx": "python azure.kusto",
        "ai_agents": "python azure.ai.agents",
        "analysis_services": "terraform azurerm_analysis_services_server",
        "asb": "python azure.servicebus",
        "batch": "python azure.batch",
        "compute": "terraform azurerm_linux_virtual_machine",
        "container_instance": "terraform azurerm_container_group",
        "container_registry": "terraform azurerm_container_registry",
        "container_volume": "terraform azurerm_container_group",
        "cosmos": "python azure.cosmos",
        "data_factory": "terraform azurerm_data_factory",
        "data_lake": "python azure.storage.filedatalake",
        "fileshare": "python azure.storage.fileshare",
        "key_vault": "python azure.keyvault.secrets",
        "message_bus": "python azure.servicebus",
        "msgraph": "python msgraph",
        "synapse": "terraform azurerm_synapse_workspace",
        "wasb": "python azure.storage.blob",
    },
    "prefect_aws": {
        "deployments": "boto3 s3",
        "glue_job": "boto3 glue",
        "lambda_function": "boto3 lambda",
        "secrets_manager": "boto3 secretsmanager",
        "workers": "boto3 ecs",
    },
    "prefect_gcp": {
        "bigquery": "python google.cloud.bigquery",
        "cloud_storage": "python google.cloud.storage",
        "secret_manager": "python google.cloud.secretmanager",
        "workers": "terraform google_cloud_run_v2_job",
    },
    "prefect_azure": {
        "blob_storage": "python azure.storage.blob",
        "container_instance": "terraform azurerm_container_group",
        "cosmos_db": "python azure.cosmos",
        "ml_datastore": "python azure.ai.ml",
        "workers": "terraform azurerm_container_group",
    },
    "dagster_aws": {"cloudwatch": "boto3 logs"},
    "dagster_gcp": {
        "bigquery": "python google.cloud.bigquery",
        "dataproc": "python google.cloud.dataproc",
        "gcs": "python google.cloud.storage",
    },
    "dagster_azure": {
        "adls2": "python azure.storage.filedatalake",
        "blob": "python azure.storage.blob",
        "container_apps": "terraform azurerm_container_app",
    },
}
"""Package of operators → beginning of a module's last name → the known name, where it is no boto3 service."""

ALPHA = (
    *(
        "amplify",
        "apigatewayv2",
        "apigatewayv2_authorizers",
        "apigatewayv2_integrations",
        "appconfig",
        "applicationsignals",
    ),
    *("apprunner", "batch", "bedrock", "cloud9", "cognito_identitypool", "codestar", "ec2", "eks_v2", "elasticache"),
    *("gamelift", "glue", "iot", "iot_actions", "iotevents", "iotevents_actions", "ivs", "kinesisanalytics_flink"),
    *("kinesisfirehose", "kinesisfirehose_destinations", "lambda_go", "lambda_python", "location", "mediapackagev2"),
    *("msk", "neptune", "pipes", "pipes_enrichments", "pipes_sources", "pipes_targets", "redshift", "route53resolver"),
    *("s3tables", "s3objectlambda", "sagemaker", "scheduler", "scheduler_targets", "synthetics", "s3vectors"),
)
"""Modules of the CDK that come, or came, as distributions of their own: ``aws_cdk.aws_<name>_alpha``."""

_STORES = ("s3", "gcs", "wasb", "adls", "azure_blob")
_CLASS = re.compile(r"^class (\w+)\(", re.MULTILINE)
_PULUMI_CLASS = re.compile(r"^class (\w+)\(pulumi\.CustomResource\)", re.MULTILINE)
_CDK_TYPE = re.compile(r":(?:cloudformationResource|resource): (AWS::\S+)$", re.MULTILINE)
_TROPOSPHERE_TYPE = re.compile(
    r'^class (\w+)\(AWSObject\):(?:\n(?!class ).*)*?\n    resource_type = "(AWS::[^"]+)"', re.MULTILINE
)
_NATIVE_TYPE = re.compile(r"'(?:aws|google)-native:(\w+)(?:/\w+)?:(\w+)',$", re.MULTILINE)


def squashed(name: str) -> str:
    """A name as it is compared: small letters and figures only."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


class Known:
    """The names that the catalogue's own lists hold, ready to be compared."""

    def __init__(self) -> None:
        groups = read().groups
        self._types = {
            squashed(name): name for group in groups if group.source == "terraform" for name in sorted(group.names)
        }
        self.boto3 = {
            squashed(name): name for group in groups if group.source == "boto3" for name in sorted(group.names)
        }
        self.python = {name for group in groups if group.source == "python" for name in group.names}

    def terraform(self, providers: tuple[str, ...], module: str, name: str) -> str | None:
        """The Terraform type of a class in a module, if one is spelled like it."""
        flat, further = squashed(module), PREFIXES.get(squashed(module))
        openings = [f"{provider}{flat}" for provider in providers]
        openings += [squashed(further)] if further and further.startswith(providers) else []
        openings += list(providers) if providers[0] != "aws" or flat in ("ec2", "vpc") else []
        for opening in openings:
            if (found := self._types.get(opening + squashed(name))) is not None:
                return found
        return None

    def cloudformation(self, type_: str) -> str | None:
        """The Terraform type of one of CloudFormation's (``AWS::EC2::Volume``), if one is spelled like it: the AWS
        provider's, else that of Cloud Control, which are CloudFormation's own."""
        _, service, kind = type_.split("::", 2)
        if type_ in CLOUDFORMATION:
            return CLOUDFORMATION[type_]
        return self.terraform(("aws",), service, kind) or self._types.get(squashed(f"awscc{service}{kind}"))

    def native(self, package: str, service: str, kind: str) -> str | None:
        """The Terraform type of a class of Pulumi's native packages: CloudFormation's types, and those of Google's
        APIs."""
        if package == "pulumi_aws_native":
            return self.cloudformation(f"AWS::{service}::{kind}")
        return self.terraform(("google",), service, kind)

    def service(self, module: str) -> str | None:
        """``boto3 sqs`` for a module that is spelled like a service, or begins as one does."""
        flat = squashed(module)
        if flat in BOTO3:
            return f"boto3 {BOTO3[flat]}"
        for length in range(len(flat), 1, -1):
            if flat[:length] in self.boto3 and (length == len(flat) or "_" in module):
                return f"boto3 {self.boto3[flat[:length]]}"
        return None


def constructs(wheel: zipfile.ZipFile, known: Known) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """Module, its known name (``""``: none), and class → Terraform type, for each module of a wheel."""
    classes: dict[str, dict[str, str]] = defaultdict(dict)
    for path in sorted(wheel.namelist()):
        package, _, rest = path.removesuffix(".py").partition("/")
        parts = [part for part in rest.split("/") if part != "__init__"]
        if not path.endswith(".py") or not parts or parts[0].startswith("_"):
            continue
        module = ".".join((package, *parts))
        if package == "aws_cdk" and len(parts) == 1 and parts[0].startswith("aws_"):
            name = parts[0].removeprefix("aws_").removesuffix("_alpha")
            kinds = cdk_kinds(parts[0], ast.parse(wheel.read(path)), known)
            yield module, known.service(name) or "", kinds
        elif package == "troposphere" and len(parts) == 1:
            if found := _TROPOSPHERE_TYPE.findall(wheel.read(path).decode()):
                kinds = {kind: type_ for kind, said in found if (type_ := known.cloudformation(said))}
                yield module, known.service(parts[0]) or "", kinds
        elif package in ("pulumi_aws_native", "pulumi_google_native") and not parts[-1].startswith(("_", "get_")):
            home = ".".join((package, *parts[:-1]))
            for service, kind in _NATIVE_TYPE.findall(wheel.read(path).decode()):
                type_ = known.native(package, service, kind)
                classes.setdefault(home, {}).update({kind: type_} if type_ else {})
        elif package in PULUMI and not re.search(r"/(get_\w+|v\d{8}\w*)(/|\.)", path):
            home = ".".join((package, *parts[:-1])) if len(parts) > 1 else package
            for kind in _PULUMI_CLASS.findall(wheel.read(path).decode()):
                subject = parts[0] if len(parts) > 1 else ""
                if type_ := known.terraform(PULUMI[package], subject, kind):
                    classes[home][kind] = type_
                else:
                    classes.setdefault(home, {})
    for module, kinds in classes.items():
        package, _, name = module.partition(".")
        yield module, pulumi_module(package, name, known), kinds


def cdk_types(module: ast.Module) -> dict[str, str]:
    """Construct of the CDK → CloudFormation type: what its description says, else what the ``Cfn`` class of its
    name is (``LogGroup``, ``CfnLogGroup``), else what the class above it is; ``""`` where it is no resource itself."""
    classes = {node.name: node for node in module.body if isinstance(node, ast.ClassDef)}
    said = {
        name: found[1]
        for name, node in classes.items()
        if (found := _CDK_TYPE.search(ast.get_docstring(node) or "")) is not None
    }

    above = {
        name: [base.id for base in node.bases if isinstance(base, ast.Name) and base.id in classes]
        for name, node in classes.items()
    }

    def is_construct(name: str) -> bool:
        bases = (base.attr for base in classes[name].bases if isinstance(base, ast.Attribute))
        return any(base in ("Resource", "Construct", "TaskStateBase") for base in bases) or any(
            map(is_construct, above[name])
        )

    def type_of(name: str) -> str | None:
        own = said.get(name) or (said.get(f"Cfn{name.removesuffix('Base')}") if is_construct(name) else None)
        return own or next((found for base in above[name] if (found := type_of(base))), None)

    found = {name: type_of(name) for name in classes if not name.startswith("_")}
    return {name: type_ or "" for name, type_ in found.items() if type_ or is_construct(name)}


def cdk_kinds(name: str, module: ast.Module, known: Known) -> dict[str, str]:
    """Construct → Terraform type for a module of the CDK; those of patterns make whole services, of several types."""
    if name.endswith("_patterns"):
        return {}
    types = cdk_types(module) | CDK.get(name, {})
    kinds = {kind: known.cloudformation(type_) if type_ else "" for kind, type_ in types.items()}
    return {kind: type_ for kind, type_ in kinds.items() if type_ is not None}


def pulumi_module(package: str, name: str, known: Known) -> str:
    """What a module of Pulumi's is called elsewhere, or ``""`` where its classes must tell."""
    if (found := PULUMI_MODULES.get(f"{package}.{name}")) is not None:
        return found
    if package in ("pulumi_aws", "pulumi_aws_native"):
        return known.service(name) or ""
    if package == "pulumi_google_native":
        return f"string {name.partition('.')[0]}.googleapis.com"
    if package == "pulumi_azure_native":
        return AZURE_NATIVE.get(name) or (f"python azure.mgmt.{name}" if f"azure.mgmt.{name}" in known.python else "")
    return ""


def operators(wheel: zipfile.ZipFile, known: Known) -> Iterator[tuple[str, str]]:
    """Module of operators → its known name (``""``: none)."""
    for path in sorted(wheel.namelist()):
        if not path.endswith(".py"):
            continue
        module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        package = next((name for name in AIRFLOW if module.startswith(f"{name}.")), None)
        last = module.rpartition(".")[2]
        if package is None or last.startswith("_"):
            continue
        above, _, folder = module.rpartition(".")[0].rpartition(".")
        if folder == "vertex_ai":
            yield f"{above}.{folder}", AIRFLOW[package][folder]
        yield module, operator(package, last, known)


def earlier(wheel: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Module that operators had before they were packages of their own → a module that they are in now, as Airflow
    2.10's own tables of deprecated classes say (later Airflows have none)."""
    for path in sorted(wheel.namelist()):
        if re.fullmatch(r"airflow/(?:contrib/)?(?:operators|hooks|sensors)/__init__\.py", path):
            package = path.removesuffix("/__init__.py").replace("/", ".")
            for node in ast.parse(wheel.read(path)).body:
                if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__deprecated_classes":
                    for module, classes in ast.literal_eval(node.value).items():
                        yield from ((f"{package}.{module}", now.rpartition(".")[0]) for now in classes.values())


def operator(package: str, last: str, known: Known) -> str:
    """What a module of operators works on; of a transfer, whichever end is no plain store."""
    if whole := AIRFLOW[package].get(last):
        return whole
    ends = last.split("_to_")
    found = [
        name
        for end in sorted(ends, key=lambda end: (end.startswith(_STORES), end))
        for name in [_by_opening(AIRFLOW[package], end) or (known.service(end) if "aws" in package else None)]
        if name
    ]
    return found[0] if found else ""


def _by_opening(table: Mapping[str, str], name: str) -> str | None:
    longest = max((opening for opening in table if name == opening or name.startswith(opening)), key=len, default=None)
    return table[longest] if longest else None


def main(folder: Path) -> None:
    """Read every wheel in the folder and write the file."""
    known, origins, modules, classes = Known(), {}, {}, {}
    missing: list[str] = []
    moved: list[tuple[str, str]] = []
    for path in sorted(folder.glob("*.whl")):
        name, version = path.name.split("-")[:2]
        wheel = zipfile.ZipFile(path)
        origins[name.replace("_", "-")] = version
        for module, service, kinds in constructs(wheel, known):
            if service:
                modules[module] = service
            if kinds:
                classes[module] = dict(sorted(kinds.items()))
            if not service and not kinds:
                missing.append(module)
        if name == "aws_cdk_lib":
            modules |= {f"aws_cdk.aws_{it}_alpha": service for it in ALPHA if (service := known.service(it))}
        for module, service in operators(wheel, known):
            if service:
                modules[module] = service
            else:
                missing.append(module)
        moved.extend(earlier(wheel))
    for module, now in moved:
        if now in modules:
            modules.setdefault(module, modules[now])
    for module, kinds in AZURE_NATIVE_CLASSES.items():
        classes[module] = dict(sorted({**classes.get(module, {}), **kinds}.items()))
    missing = [module for module in missing if not any(module.startswith(f"{above}.") for above in modules)]
    names = PythonNames(origins=origins, modules=dict(sorted(modules.items())), classes=dict(sorted(classes.items())))
    DATA.write_bytes(msgspec.json.format(msgspec.json.encode(names), indent=1) + b"\n")
    print(
        f"{len(modules)} modules, {sum(map(len, classes.values()))} classes", "nothing found for:", *missing, sep="\n"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
