"""What Azure's and Google's clients hand out: the objects by which a program goes on to work on one thing of many."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from portability.patterns import regex

_BLOBS = {
    "get_container_client": "ContainerClient",
    "create_container": "ContainerClient",
    "get_blob_client": "BlobClient",
}
_PATHS = {
    "get_file_system_client": "FileSystemClient",
    "create_file_system": "FileSystemClient",
    "get_directory_client": "DataLakeDirectoryClient",
    "create_directory": "DataLakeDirectoryClient",
    "get_file_client": "DataLakeFileClient",
    "create_file": "DataLakeFileClient",
}
_SHARES = {
    "get_share_client": "ShareClient",
    "create_share": "ShareClient",
    "get_directory_client": "ShareDirectoryClient",
    "get_file_client": "ShareFileClient",
}
_BUCKETS = dict.fromkeys(("bucket", "get_bucket", "create_bucket", "lookup_bucket"), "Bucket")
_DOCUMENTS = {"document": "DocumentReference"}
_COLLECTIONS = {"collection": "CollectionReference", "collection_group": "CollectionGroup"}
_QUERIES = dict.fromkeys(("where", "order_by", "limit", "limit_to_last", "select", "start_at", "start_after"), "Query")

_FILTERED = dict.fromkeys(("query", "filter", "order"), "Query")

_FRAME = "awsglue.dynamicframe.DynamicFrame"
_FRAMES = dict.fromkeys(
    {"apply_mapping", "drop_fields", "drop_nulls", "filter", "join", "map", "relationalize", "rename_field"}
    | {"resolveChoice", "select_fields", "spigot", "split_fields", "split_rows", "unbox", "unnest", "repartition"},
    "DynamicFrame",
)

STARRED: Mapping[str, frozenset[str]] = {
    "awsglue.transforms": frozenset(
        {"ApplyMapping", "DropFields", "DropNullFields", "FillMissingValues", "Filter", "FindIncrementalMatches"}
        | {"FindMatches", "FlatMap", "Join", "Map", "MapToCollection", "Relationalize", "RenameField", "ResolveChoice"}
        | {"SelectFields", "SelectFromCollection", "Spigot", "SplitFields", "SplitRows", "Unbox", "UnnestFrame"}
    ),
}
"""What a package brings that is mostly imported by ``*``."""

_HANDED_OUT: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "awsglue.context": {
        "GlueContext": {
            **dict.fromkeys(("create_dynamic_frame_from_catalog", "create_dynamic_frame_from_options"), _FRAME),
            **{f"create_dynamic_frame.from_{what}": _FRAME for what in ("catalog", "options", "rdd")},
        },
    },
    "awsglue.dynamicframe": {"DynamicFrame": _FRAMES},
    "azure.ai.projects": {"AIProjectClient": {"get_openai_client": "openai.AzureOpenAI"}},
    "azure.cosmos": {
        "CosmosClient": dict.fromkeys(
            ("get_database_client", "create_database", "create_database_if_not_exists"), "DatabaseProxy"
        ),
        "DatabaseProxy": dict.fromkeys(
            ("get_container_client", "create_container", "create_container_if_not_exists"), "ContainerProxy"
        ),
    },
    "azure.storage.blob": {"BlobServiceClient": _BLOBS, "ContainerClient": {**_BLOBS, "upload_blob": "BlobClient"}},
    "azure.storage.queue": {
        "QueueServiceClient": {"get_queue_client": "QueueClient", "create_queue": "QueueClient"},
    },
    "azure.storage.filedatalake": {
        "DataLakeServiceClient": _PATHS,
        "FileSystemClient": _PATHS,
        "DataLakeDirectoryClient": {**_PATHS, "get_sub_directory_client": "DataLakeDirectoryClient"},
    },
    "azure.storage.fileshare": {"ShareServiceClient": _SHARES, "ShareClient": _SHARES, "ShareDirectoryClient": _SHARES},
    "azure.data.tables": {
        "TableServiceClient": dict.fromkeys(
            ("get_table_client", "create_table", "create_table_if_not_exists"), "TableClient"
        ),
    },
    "azure.servicebus": {
        "ServiceBusClient": {
            "get_queue_sender": "ServiceBusSender",
            "get_topic_sender": "ServiceBusSender",
            "get_queue_receiver": "ServiceBusReceiver",
            "get_subscription_receiver": "ServiceBusReceiver",
        },
    },
    "google.cloud.storage": {
        "Client": {**_BUCKETS, "list_blobs": "Blob[]", "list_buckets": "Bucket[]"},
        "Bucket": {**dict.fromkeys(("blob", "get_blob", "copy_blob", "rename_blob"), "Blob"), "list_blobs": "Blob[]"},
    },
    "google.cloud.firestore": {
        "Client": {**_COLLECTIONS, **_DOCUMENTS, "batch": "WriteBatch", "bulk_writer": "BulkWriter"},
        "CollectionReference": {**_DOCUMENTS, **_QUERIES},
        "CollectionGroup": _QUERIES,
        "Query": _QUERIES,
        "DocumentReference": _COLLECTIONS,
    },
    "google.cloud.datastore": {
        "Client": {
            "query": "Query",
            "batch": "Batch",
            "transaction": "Transaction",
            "aggregation_query": "AggregationQuery",
        },
    },
    "google.cloud.ndb": {"Model": _FILTERED, "Expando": _FILTERED, "Query": _FILTERED},
    "google.cloud.bigquery": {
        "Client": {"query": "QueryJob", "copy_table": "CopyJob", "extract_table": "ExtractJob"}
        | {f"load_table_from_{what}": "LoadJob" for what in ("uri", "file", "dataframe", "json")},
    },
    "google.cloud.spanner": {
        "Client": {"instance": "Instance"},
        "Instance": {"database": "Database"},
        "Database": {"snapshot": "Snapshot", "batch_snapshot": "BatchSnapshot", "batch": "Batch"},
    },
    "google.cloud.bigtable": {"Client": {"instance": "Instance"}, "Instance": {"table": "Table"}},
}

_OF_ANY: Mapping[str, Mapping[str, str]] = {
    "azureml": {
        **dict.fromkeys(("submit", "start_logging", "submit_child", "child_run"), "azureml.core.Run"),
        **dict.fromkeys(("get_children", "find_step_run", "get_steps", "get_runs"), "azureml.core.Run[]"),
        **dict.fromkeys(("get_default_datastore", "register_azure_blob_container"), "azureml.core.Datastore"),
        "get_output_data": "azureml.pipeline.core.PortDataReference",
        "register_model": "azureml.core.Model",
        "deploy": "azureml.core.Webservice",
        **dict.fromkeys(("publish", "publish_pipeline"), "azureml.pipeline.core.PublishedPipeline"),
    },
    "sagemaker": {
        **dict.fromkeys(("deploy", "attach_predictor"), "sagemaker.predictor.Predictor"),
        "transformer": "sagemaker.transformer.Transformer",
        "create_model": "sagemaker.model.Model",
        "register": "sagemaker.model.ModelPackage",
        **dict.fromkeys(("start", "build_and_start"), "sagemaker.workflow.pipeline._PipelineExecution"),
        "best_estimator": "sagemaker.estimator.Estimator",
    },
    "google.cloud.aiplatform": {
        "deploy": "google.cloud.aiplatform.Endpoint",
        "run": "google.cloud.aiplatform.Model",
        "batch_predict": "google.cloud.aiplatform.BatchPredictionJob",
        "create_entity_type": "google.cloud.aiplatform.EntityType",
    },
}
"""What any class of a package gives by a method that they share."""

_MAKING = frozenset(
    {"create", "get", "get_or_create", "get_by_name", "get_by_id", "register", "load", "open", "connect", "upload"}
    | {"get_context", "get_instance", "attach", "init"}
)
"""Methods by which a class itself gives an object of its own: ``Endpoint.create(…)``."""
_LISTING = frozenset({"list", "list_all"})
"""Methods by which a class itself gives some of its own."""
MANY = "[]"
"""What follows the name of a class where there may be many of it."""

_GIVES_OWN: Mapping[str, frozenset[str]] = {
    "pynamodb.models.Model": frozenset({"get", "query", "scan", "batch_get"}),
    "google.cloud.ndb.Model": frozenset({"get_by_id", "get_or_insert"}),
    "google.cloud.ndb.Expando": frozenset({"get_by_id", "get_or_insert"}),
    "google.cloud.ndb.Query": frozenset({"get", "fetch", "iter"}),
}
"""Methods that give objects of the tree's class that inherits them, one or many; ndb's queries are such themselves."""

_BOTO = {
    "s3": "boto.s3.connection.S3Connection",
    "sqs": "boto.sqs.connection.SQSConnection",
    "sns": "boto.sns.connection.SNSConnection",
    "ses": "boto.ses.connection.SESConnection",
    "ec2": "boto.ec2.connection.EC2Connection",
    "dynamodb": "boto.dynamodb.layer2.Layer2",
}
_MADE_BY: Mapping[str, str] = {
    "awsglue.dynamicframe.DynamicFrame.fromDF": _FRAME,
    **{f"awsglue.transforms.{name}.apply": _FRAME for name in STARRED["awsglue.transforms"]},
    **{f"azureml.core.Dataset.{method}": "azureml.core.Dataset" for method in ("get_by_name", "get_by_id")},
    **{f"azureml.core.Workspace.{method}": "azureml.core.Workspace" for method in ("get", "create")},
    "azureml.core.Run.get_context": "azureml.core.Run",
    "azureml.core.Model.register": "azureml.core.Model",
    "firebase_admin.firestore.client": "google.cloud.firestore.Client",
    "firebase_admin.firestore_async.client": "google.cloud.firestore.AsyncClient",
    "firebase_admin.storage.bucket": "google.cloud.storage.Bucket",
    **{f"boto.connect_{service}": made for service, made in _BOTO.items()},
    **{f"boto.{service}.connect_to_region": made for service, made in _BOTO.items()},
}
"""Functions that make a client, and of which class."""

_BUILDERS = frozenset({"googleapiclient.discovery.build", "apiclient.discovery.build"})
BUILT = "googleapiclient.discovery.Resource"
"""What an object of Google's discovery client is, whatever its API."""
_VERBS = frozenset(
    {"list", "get", "insert", "create", "delete", "update", "patch", "aggregatedList", "search", "query", "stop"}
)
"""Requests of Google's APIs that need no argument; what groups requests is called without one too."""

TELLING = frozenset(
    {"upload_blob", "download_blob", "list_blobs", "delete_blob", "upload_from_string", "upload_from_filename"}
    | {"upload_from_file", "download_as_bytes", "download_as_text", "download_as_string", "download_to_filename"}
    | {"download_to_file", "generate_signed_url", "upsert_item", "query_items", "read_item", "create_item"}
    | {"replace_item", "delete_item", "send_messages", "receive_messages", "complete_message", "send_batch"}
    | {"create_batch", "upsert_entity", "create_entity", "query_entities", "list_entities", "get_secret"}
    | {"set_secret", "access_secret_version", "insert_rows_json", "query_and_wait", "upload_documents"}
    | {"merge_or_upload_documents", "publish_message", "topic_path", "log_struct", "write_log_entries"}
    | {name for kinds in _HANDED_OUT.values() for methods in kinds.values() for name in methods if "_" in name}
)
"""Methods by which a file shows that it works with clients of Azure's or Google's that are handed to it."""

_LOGGED = frozenset({"debug", "info", "warning", "error", "exception", "critical"})
_EDITS = frozenset({"append", "extend", "CopyFrom", "MergeFrom", "pop", "popitem", "setdefault"})
_MOCKED = regex(
    r"(?:^|\.)(?:assert_\w+|reset_mock|mock_add_spec|return_value|side_effect|call_args\w*|mock_calls)(?:\.|$)"
)
_OF_VALUES = frozenset(name for kind in (str, bytes, list, dict, set, datetime) for name in dir(kind) if name[0] != "_")
_OF_LISTS = frozenset(dir(list)) - {"count"}
_OF_TEXTS = frozenset(
    {"split", "rsplit", "splitlines", "startswith", "endswith", "strip", "lstrip", "rstrip", "lower", "upper"}
    | {"strftime", "isoformat", "timestamp", "total_seconds"}
)
_CONSTANT = regex(r"\.[A-Z\d]+(?:_[A-Z\d]+)+$")
_SPELLED = frozenset(
    {"to_dict", "from_dict", "as_dict", "to_json", "from_json", "serialize", "deserialize", "to_api_repr"}
    | {"from_api_repr", "SerializeToString", "ParseFromString", "FromString", "pb"}
)
"""What writes a message down, and reads it again."""
_GROUPING = regex(r"(?:Client|OpenAI|Bedrock|Vertex|Foundry|Cloud[Ff]lare)$|^azure\.mgmt\.(?!.*\bmodels\.)")
"""Classes whose attributes are groups of operations (``client.vaults.update``); those of others are plain values."""


def handed_out(name: str, method: str) -> str | None:
    """The class of what ``method`` of the class ``name`` gives: ``azure.cosmos.ContainerProxy``; None if not known.

    The asynchronous twins of Azure's packages (``azure.cosmos.aio``) and of Firestore's classes give their like.
    """
    package, _, kind = name.rpartition(".")
    asynchronous = kind.startswith("Async")
    made = _HANDED_OUT.get(package.removesuffix(".aio"), {}).get(kind.removeprefix("Async"), {}).get(method)
    if made is None:
        return next((of[method] for root, of in _OF_ANY.items() if method in of and name.startswith(f"{root}.")), None)
    return made if made is None or "." in made else f"{package}.{'Async' if asynchronous else ''}{made}"


def gives_own(name: str, method: str = "") -> bool:
    """Whether a method of a class, or without one any, gives objects of the class that inherits it."""
    given = _GIVES_OWN.get(name, frozenset())
    return method in given if method else bool(given)


def holds_own(name: str) -> bool:
    """Whether an object of a class is gone through for objects of the class that it was made from."""
    return name == "google.cloud.ndb.Query"


def made_by(function: str) -> str | None:
    """The class of the client that a function of a package makes, by their dotted names; None if it makes none."""
    return _MADE_BY.get(function)


def made_by_class(function: str) -> str:
    """The class of what a method called on a class seems to give, ``[]`` behind it where that may be many; empty for
    any other function."""
    owner, _, method = function.rpartition(".")
    if not owner.rpartition(".")[2][:1].isupper():
        return ""
    if method in _LISTING:
        return f"{owner}{MANY}"
    return owner if method in _MAKING else ""


def builds(function: str) -> bool:
    """Whether a function gives an object of Google's discovery client, for the API that its first argument names."""
    return function in _BUILDERS


def built(api: object) -> str:
    """How such an object is called: ``googleapiclient.drive``, whatever its version."""
    return f"googleapiclient.{api}" if isinstance(api, str) and api.isalnum() else BUILT


def is_built(kind: str) -> bool:
    """Whether an object is such a one, or a group of its requests (``googleapiclient.drive.files``)."""
    return kind.startswith("googleapiclient.") and (not kind.rpartition(".")[2][:1].isupper() or kind == BUILT)


def is_request(method: str, arguments: bool) -> bool:
    """Whether a method of such an object makes a request, and gives no further group of them."""
    return method in _VERBS or (arguments and not method.endswith("_next") and method != "new_batch_http_request")


def is_silent(kind: str, name: str) -> bool:
    """Whether a dotted method of a class sends nothing.

    It writes a line to a log as any logger does (``self.logger.info``), only begins (``super().__init__()``), edits or
    writes down a message that was not sent yet (``query.permissions.append``), only spells or parses a name
    (``topic_path``, ``parse_common_project_path``), is a method of a plain value that an attribute holds
    (``table.dataset_id.endswith``) or of a constant (``DEFAULT_RETRY.with_deadline``), or asks a mock that stands in
    for the object (``search.assert_called_once``).
    """
    path, _, method = name.rpartition(".")
    if method.startswith("__") or _CONSTANT.search(kind):
        return True
    if path:
        of_value = method in _OF_VALUES and not _GROUPING.search(kind)
        edits = method in _EDITS or method in _OF_TEXTS or method in _LOGGED
        return of_value or edits or _MOCKED.search(name) is not None
    plain = method in _OF_TEXTS or method in _EDITS or method in _SPELLED
    plain |= method in _LOGGED and kind.endswith("Logger")
    if gives_own(kind) and method in _OF_LISTS:
        return True  # of the list of what was found
    spells = kind.startswith("google.") and method.endswith("_path") and not method.endswith(("_to_path", "_from_path"))
    return plain or spells or kind.endswith("Property") or bool(_MOCKED.search(name))
