"""Clients of Azure and Google hand out objects that do the work; calls on those are seen too."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("made", "call", "symbol"),
    [
        ("from azure.cosmos import CosmosClient as C", 'get_database_client("d").get_container_client("c").upsert_item',
         "azure.cosmos.ContainerProxy.upsert_item"),
        ("from azure.cosmos.aio import CosmosClient as C", 'get_database_client("d").read',
         "azure.cosmos.aio.DatabaseProxy.read"),
        ("from azure.storage.blob import BlobServiceClient as C", 'get_blob_client("a", "b").upload_blob',
         "azure.storage.blob.BlobClient.upload_blob"),
        ("from google.cloud.storage import Client as C", 'bucket("b").blob("k").upload_from_filename',
         "google.cloud.storage.Blob.upload_from_filename"),
        ("from google.cloud.firestore import Client as C", 'collection("a").document("b").set',
         "google.cloud.firestore.DocumentReference.set"),
        ("from google.cloud.firestore import AsyncClient as C", 'collection("a").where("x", "==", 1).get',
         "google.cloud.firestore.AsyncQuery.get"),
    ],
)  # fmt: skip
def test_calls_on_what_a_client_hands_out(seen, made, call, symbol):
    assert f"2 {symbol}" in seen(f"{made}\nC().{call}()\n")


def test_functions_that_make_a_client(seen):
    code = """\
        import boto
        from firebase_admin import firestore
        db = firestore.client()
        db.collection("orders").document("1").set({})
        boto.connect_s3().get_bucket("b")
        """
    found = ["4 google.cloud.firestore.Client.collection", "4 google.cloud.firestore.CollectionReference.document"]
    found += ["4 google.cloud.firestore.DocumentReference.set", "5 boto.connect_s3"]
    assert seen(code) == [*found, "5 boto.s3.connection.S3Connection.get_bucket"]


def test_a_handle_kept_in_a_name(seen):
    code = """\
        from google.cloud import storage
        bucket = storage.Client().bucket("b")
        def keep(text):
            blob = bucket.blob("k")
            blob.upload_from_string(text)
        """
    assert seen(code)[-1] == "5 google.cloud.storage.Blob.upload_from_string"


def test_what_gives_no_handle_is_not_guessed(seen):
    code = """\
        from azure.cosmos import CosmosClient
        items = CosmosClient("u").list_databases()
        items.append(1)
        """
    assert seen(code) == ["2 azure.cosmos.CosmosClient", "2 azure.cosmos.CosmosClient.list_databases"]


def test_editing_a_message_is_no_call_of_a_service(seen):
    code = """\
        from google.cloud import pubsub_v1
        request = pubsub_v1.PublishRequest()
        request.messages.append(1)
        """
    assert seen(code) == ["2 google.cloud.pubsub_v1.PublishRequest"]


def test_spelling_the_name_of_a_thing_is_no_call_of_a_service(seen):
    code = """\
        from google.cloud import pubsub_v1
        publisher = pubsub_v1.PublisherClient()
        publisher.publish(publisher.topic_path("p", "t"), b"")
        publisher.parse_topic_path("projects/p/topics/t")
        """
    assert seen(code) == [
        "2 google.cloud.pubsub_v1.PublisherClient", "3 google.cloud.pubsub_v1.PublisherClient.publish",
    ]  # fmt: skip


@pytest.mark.parametrize("asked", ["assert_called_once_with", "return_value.get", "reset_mock", "mock_calls.index"])
def test_asking_a_mock_is_no_call_of_a_service(seen, asked):
    code = f"""\
        from azure.cosmos import ContainerProxy
        def check(container: ContainerProxy):
            container.read_item.{asked}(1)
        """
    assert seen(code) == []


def test_only_google_s_clients_spell_paths(seen):
    code = """\
        from azure.storage.blob import BlockBlobService
        from google.cloud import storage
        BlockBlobService("a").get_blob_to_path("c", "b", "f")
        storage.Client().bucket("b").blob("k").copy_from_path("f")
        """
    assert [line.rpartition(".")[2] for line in seen(code)] == [
        "BlockBlobService",
        "get_blob_to_path",
        "Client",
        "bucket",
        "blob",
        "copy_from_path",
    ]


def test_writing_a_message_down_is_no_call_of_a_service(seen):
    code = """\
        from google.cloud import pubsub_v1
        from azure.cosmos import ContainerProxy
        pubsub_v1.types.Topic.to_dict(topic)
        pubsub_v1.PublisherClient.topic_path("p", "t")
        def put(container: ContainerProxy):
            container.pop("id")
            container.as_dict()
        """
    assert seen(code) == []


def test_methods_of_plain_values_are_no_calls_of_a_service(seen):
    code = """\
        from google.cloud import bigquery, ndb
        table = bigquery.Table("a.b.c")
        table.dataset_id.endswith("_v1")
        table.labels.update(team="x")
        class Job(ndb.Model):
            tags = ndb.StringProperty(repeated=True)
            def mark(self):
                self.tags.append("x")
        bigquery.Client().project.lower()
        bigquery.Client().update_time.timestamp()
        """
    assert seen(code) == [
        "2 google.cloud.bigquery.Table",
        "6 google.cloud.ndb.StringProperty",
        "9 google.cloud.bigquery.Client",
        "10 google.cloud.bigquery.Client",
    ]


def test_requests_of_googles_discovery_client_by_the_api_of_their_object(seen):
    code = """\
        from googleapiclient.discovery import build
        def service(api):
            return build(api, "v1")
        drive = build("drive", "v3")
        request = drive.files().list(pageSize=10)
        while request is not None:
            page = request.execute()
            request = drive.files().list_next(request, page)
        drive.about().get().execute()
        service("compute").instances().insert(project="p", body={}).execute()
        build(unknown(), "v1").things().list().execute()
        """
    assert seen(code) == [
        "3 googleapiclient.discovery.build",
        "4 googleapiclient.drive",
        "5 googleapiclient.drive.files.list",
        "9 googleapiclient.drive.about.get",
        "10 googleapiclient.compute?",
        "10 googleapiclient.compute.instances.insert",
        "11 googleapiclient.discovery.build",
        "11 googleapiclient.discovery.Resource.things.list",
    ]


def test_classes_that_are_derived_from_a_packages_class_are_of_its_kind(seen):
    code = """\
        from pynamodb.models import Model
        class Base(Model):
            def touch(self):
                self.save()
        class Order(Base):
            def total(self):
                return 3
        order = Order(id="1")
        order.total()
        order.touch()
        Order.query("1")
        """
    model = "pynamodb.models.Model"
    assert seen(code) == [f"4 {model}.save", f"8 {model}", f"11 {model}.query"]


def test_frames_of_glue_are_followed_from_the_catalog_through_their_transforms(seen):
    code = """\
        from awsglue.context import GlueContext
        frame = GlueContext(sc).create_dynamic_frame.from_catalog(database="d", table_name="t")
        frame.resolveChoice(specs=[]).apply_mapping([])
        """
    frame = "awsglue.dynamicframe.DynamicFrame"
    assert seen(code)[-2:] == [f"3 {frame}.resolveChoice", f"3 {frame}.apply_mapping"]


def test_what_azure_machine_learning_looks_up_is_followed(seen):
    code = """\
        from azureml.core import Dataset, Run
        frame = Dataset.get_by_name(workspace, "orders").to_pandas_dataframe()
        Run.get_context().log("loss", 1)
        """
    assert seen(code) == [
        "2 azureml.core.Dataset.get_by_name",
        "2 azureml.core.Dataset.to_pandas_dataframe",
        "3 azureml.core.Run.get_context",
        "3 azureml.core.Run.log",
    ]


def test_snapshots_of_a_spanner_database_are_read(seen):
    code = """\
        from google.cloud import spanner
        database = spanner.Client().instance("i").database("d")
        with database.snapshot() as snapshot:
            snapshot.execute_sql("SELECT 1")
        """
    assert seen(code)[-1] == "4 google.cloud.spanner.Snapshot.execute_sql"


def test_what_models_find_are_objects_of_the_class_that_was_asked(seen):
    code = """\
        from pynamodb.models import Model
        from google.cloud import ndb
        class Order(Model):
            pass
        class Bug(ndb.Model):
            pass
        for order in Order.query("1"):
            order.save()
        Order.get("1").delete()
        for bug in Bug.query().filter(Bug.open == True).fetch():
            bug.put()
        for bug in Bug.query():
            bug.put()
        Bug.get_by_id("1").put()
        bugs = list(Bug.query().fetch())
        bugs.sort()
        [bug.put() for bug in bugs]
        """
    order, bug, query = "pynamodb.models.Model", "google.cloud.ndb.Model", "google.cloud.ndb.Query"
    asked = (".save", ".delete", ".put", ".fetch", ".sort")
    assert [line for line in seen(code) if line.endswith(asked)] == [
        f"8 {order}.save",
        f"9 {order}.delete",
        f"10 {query}.fetch",
        f"11 {bug}.put",
        f"13 {bug}.put",
        f"14 {bug}.put",
        f"15 {query}.fetch",
        f"17 {bug}.put",
    ]


def test_methods_of_data_frames_count_in_files_that_import_their_package(seen):
    code = "import pandas as pd\ndef f(frame):\n    pd.read_gbq('q')\n    frame.to_gbq('t')\n    frame.to_csv('t')"
    assert seen(code) == ["3 pandas.read_gbq", "4 pandas.DataFrame.to_gbq?"]
    assert seen(code.replace("pandas", "boto3")) == []


def test_what_a_class_gives_of_its_own_is_likely_one_of_it_or_many(seen):
    code = """\
        from google.cloud import aiplatform
        endpoint = aiplatform.Endpoint.create(display_name="orders")
        for model in aiplatform.Model.list():
            model.deploy(machine_type="n1").predict([1])
        aiplatform.Model.list()[0].delete()
        aiplatform.Model.list().sort()
        endpoint.undeploy_all()
        """
    package = "google.cloud.aiplatform"
    assert seen(code) == [
        f"2 {package}.Endpoint.create",
        f"3 {package}.Model.list",
        f"4 {package}.Model.deploy?",
        f"4 {package}.Endpoint.predict?",
        f"5 {package}.Model.list",
        f"5 {package}.Model.delete?",
        f"6 {package}.Model.list",
        f"7 {package}.Endpoint.undeploy_all?",
    ]


def test_blobs_that_are_listed_are_followed(seen):
    code = """\
        from google.cloud import storage
        for blob in storage.Client().list_blobs("orders"):
            blob.delete()
            blob.name.split("/")
        """
    package = "google.cloud.storage"
    assert seen(code) == [f"2 {package}.Client", f"2 {package}.Client.list_blobs", f"3 {package}.Blob.delete"]


def test_what_all_classes_of_a_package_give_is_followed(seen):
    code = """\
        from azureml.core import Experiment
        run = Experiment(workspace, "orders").submit(pipeline)
        run.find_step_run("train")[0].get_output_data("model").download("out")
        """
    assert seen(code) == [
        "2 azureml.core.Experiment",
        "2 azureml.core.Experiment.submit",
        "3 azureml.core.Run.find_step_run",
        "3 azureml.core.Run.get_output_data",
        "3 azureml.pipeline.core.PortDataReference.download",
    ]


def test_what_a_star_brings_is_of_the_package_that_has_it(seen):
    code = """\
        from awsglue.transforms import *
        from pyspark.sql.types import *
        frame = ApplyMapping.apply(frame=frame, mappings=[])
        frame.toDF()
        StringType()
        """
    assert seen(code) == ["3 awsglue.transforms.ApplyMapping.apply", "4 awsglue.dynamicframe.DynamicFrame.toDF"]
    assert seen("from azure.cosmos import *\nCosmosClient(url)\nException()") == ["2 azure.cosmos.CosmosClient"]
    assert seen("from azure.cosmos import *\nfrom billing import *\nCosmosClient(url)") == []


@pytest.mark.parametrize(
    ("address", "calls"),
    [
        ('f"https://{name}.openai.azure.com/openai/v1"', ["4 openai.AzureOpenAI.responses.create"]),
        ('"https://shop.services.ai.azure.com/openai/v1/"', ["4 openai.AzureOpenAI.responses.create"]),
        ('"https://llm.example.net/v1"', []),
        ("settings.url", []),
    ],
)
def test_a_client_that_takes_any_address_is_azures_where_the_address_is(seen, address, calls):
    code = f"""\
        import os
        from openai import OpenAI
        client = OpenAI(base_url={address})
        client.responses.create(model="m")
        """
    assert [call for call in seen(code) if call.startswith("4 ")] == calls


def test_a_line_in_a_log_is_no_call_of_a_provider(seen):
    code = """\
        from aws_lambda_powertools import Logger
        from google.cloud.logging import Client
        log = Logger()
        log.info("kept")
        Client().logger("orders").log_struct({})
        """
    assert "4 aws_lambda_powertools.Logger.info" not in seen(code)
    assert any(call.startswith("5 google.cloud.logging.") for call in seen(code))


def test_jobs_of_bigquery_are_waited_for(seen):
    code = """\
        from google.cloud import bigquery
        job = bigquery.Client().load_table_from_json(rows, "shop.orders")
        job.result()
        """
    assert seen(code)[-1] == "3 google.cloud.bigquery.LoadJob.result"


def test_a_maker_of_googles_discovery_client_is_told_where_it_is_called(seen):
    code = """
        from googleapiclient.discovery import build
        def service(name, version):
            return build(name, version)
        def find(client, method):
            getattr(client.files(), method)(q="orders")
        find(service("drive", "v3"), method)
    """
    assert seen(code) == [
        "4 googleapiclient.discovery.build",
        "6 googleapiclient.drive.files.getattr?",
        "7 googleapiclient.drive?",
    ]


def test_groups_of_a_management_client_are_no_plain_values_whatever_it_is_called(seen):
    code = """\
        from azure.mgmt.marketplaceordering import MarketplaceOrderingAgreements
        MarketplaceOrderingAgreements(credential, "id").marketplace_agreements.get("virtualmachine", "p", "o", "n")
        """
    name = "azure.mgmt.marketplaceordering.MarketplaceOrderingAgreements"
    assert f"2 {name}.marketplace_agreements.get" in seen(code)


def test_methods_of_bytes_and_of_constants_send_nothing(seen):
    code = """\
        from azure.storage.queue import QueueMessage
        from google.cloud.storage.retry import DEFAULT_RETRY
        def read(message: QueueMessage):
            return message.content.decode(), DEFAULT_RETRY.with_deadline(5)
        """
    assert [line for line in seen(code) if line.startswith("4")] == []
