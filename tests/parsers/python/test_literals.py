"""What literals say: which count, which do not, and where they send the program."""

from __future__ import annotations

from textwrap import dedent

import pytest

from portability.catalogue import load
from portability.engine import Engine
from portability.model import UNKNOWN, Source, Usage
from portability.parsers.python import read


def usages(code: str) -> list[Usage]:
    source = Source(path="app/settings.py", language="python", data=dedent(code).encode())
    return list(read([source], load().interest)["app/settings.py"].usages)


def said(code: str) -> list[str]:
    return [usage.symbol for usage in usages(code) if usage.kind == "string"]


@pytest.mark.parametrize(
    ("code", "symbols"),
    [
        ('read_csv("s3://bucket/key.csv")', ["s3://"]),
        ('url = f"s3://{bucket}/key"', ["s3://"]),
        ('def f(url="gs://bucket/x"): pass', ["gs://"]),
        ('spark.read.load("abfss://c@a.dfs.core.windows.net/p")', ["a.dfs.core.windows.net", "abfss://"]),
        ('create_engine("redshift+psycopg2://u@h/db")', ["redshift://"]),
        ('CELERY_BROKER_URL = "sqs://"', ["sqs://"]),
        ('app.conf.update(broker_transport="sqs")', ["sqs://"]),
        ('EMAIL_BACKEND = "django_ses.SESBackend"', ["django_ses.SESBackend"]),
        ('LOGGING = {"c": {"class": "watchtower.CloudWatchLogHandler"}}', ["watchtower.CloudWatchLogHandler"]),
        ('TOPIC = "arn:aws:sns:eu-west-1:111122223333:orders"', ["arn:aws:sns"]),
        ('os.getenv("AWS_LAMBDA_FUNCTION_NAME")', ["AWS_LAMBDA_FUNCTION_NAME"]),
        ('get("http://169.254.169.254/latest/meta-data/")', ["169.254.169.254/latest"]),
        ('import litellm\nlitellm.completion(model="bedrock/anthropic.claude")', ["bedrock/"]),
        ('import langchain\ninit_chat_model("bedrock:anthropic.claude")', ["bedrock:"]),
        ('import langchain\ninit_chat_model(name, model_provider="bedrock_converse")', ["bedrock_converse:"]),
        ('frame.write.mode("append").format("redshift").save()', ["spark-format/redshift"]),
        ('spark.read.load(path, format="bigquery")', ["spark-format/bigquery"]),
        ('reader = spark.read.option("a", 1)\nreader.format("redshift").load()', ["spark-format/redshift"]),
        ('spark.readStream.format("aws-kinesis").load()', ["spark-format/aws-kinesis"]),
        ('policy = {"Statement": [{"Action": ["s3:GetObject", "sqs:*"]}]}', ["s3:GetObject", "sqs:*"]),
        ('PolicyStatement(actions=["dynamodb:Get*"], resources=["*"])', ["dynamodb:Get*"]),
        ('PolicyStatement(actions=["SQS:SendMessage"])', ["sqs:SendMessage"]),
        ('url = f"{host}/openai/deployments/{model}/chat/completions"', ["/openai/deployments/"]),
        ('get(url, headers={"Ocp-Apim-Subscription-Key": key})', ["Ocp-Apim-Subscription-Key"]),
        ('"arn:{partition}:iam::{account}:role/x".format(partition=p)', ["arn:aws:iam"]),
        ('import fsspec\nfs = fsspec.filesystem("s3")', ["s3://"]),
        ('import fsspec\nfs = fsspec.filesystem(protocol="gs")', ["gs://"]),
        ('put(url, headers={"x-ms-blob-type": "BlockBlob"})', ["x-ms-blob-type"]),
        ('user = request.headers["X-Goog-Authenticated-User-Email"]', ["X-Goog-Authenticated-User-Email"]),
        ('DATABASES = {"default": {"ENGINE": "django_spanner"}}', ["django_spanner"]),
        ('TRACE = {"E": f"django_ses.SESBackend(region=\'{REGION}\')"}', ["django_ses.SESBackend"]),
        ('cursor.execute(f"CREATE STAGE x URL=\'s3://{bucket}/x/\'")', ["s3://"]),
        ('cursor.execute("-- nightly\\nCOPY orders FROM \'gs://bucket/x\'")', ["gs://"]),
    ],
)  # fmt: skip
def test_a_literal_that_is_handed_on_is_a_use(code, symbols):
    assert said(code) == symbols


@pytest.mark.parametrize(
    ("code", "variable"),
    [
        ('os.environ["AZURE_OPENAI_ENDPOINT"]', "AZURE_OPENAI_ENDPOINT"),
        ('os.environ["AWS_PROFILE"] = name', "AWS_PROFILE"),
        ('os.environ.get("S3_BUCKET", "orders")', "S3_BUCKET"),
        ('TABLE = env("DYNAMODB_TABLE")', "DYNAMODB_TABLE"),
        ('"GOOGLE_APPLICATION_CREDENTIALS" in os.environ', "GOOGLE_APPLICATION_CREDENTIALS"),
        ('key: str = Field(env="COSMOS_KEY")', "COSMOS_KEY"),
        ('run(line, env={"AWS_REGION": region})', "AWS_REGION"),
        ('mock.patch.dict(os.environ, {"SNS_TOPIC_ARN": "x"})', "SNS_TOPIC_ARN"),
    ],
)
def test_a_variable_that_names_a_provider_is_a_use_that_sets_no_size(code, variable):
    (usage,) = usages(code)
    assert (usage.symbol, usage.confidence) == (f"env/{variable}", "likely")
    finding = Engine(load(), ("ovhcloud",)).judge(usage)
    assert finding.role != "primary"


@pytest.mark.parametrize(
    "code",
    [
        'event["AWS_REGION"]',
        'row = {"AWS_REGION": 1}',
        'config.get("AWS_REGION")',
        'os.environ["DATABASE_URL"]',
        'os.environ["AWS_VERSION"]',
        'os.getenv(name, "AWS_REGION")',
    ],
)
def test_what_only_looks_like_such_a_variable_is_none(code):
    assert usages(f"import os\nos.environ\n{code}") == []


@pytest.mark.parametrize(
    ("code", "option"),
    [
        ('openai.api_type = "azure"', "api_type=azure"),
        ('llms.OpenAI("davinci", api_type="azure")', "api_type=azure"),
        ('os.environ["OPENAI_API_TYPE"] = "azure"', "openai_api_type=azure"),
        ('PipelineOptions(runner="DataflowRunner")', "runner=DataflowRunner"),
        ('args = ["--runner=DataflowRunner"]', "--runner=DataflowRunner"),
        ('subprocess.run("gradle run --runner=DataflowRunner --x=1", shell=True)', "--runner=DataflowRunner"),
    ],
)
def test_a_setting_may_choose_a_provider_by_its_value(code, option):
    assert [usage.symbol for usage in usages(code)] == [f"Option/{option}"]


@pytest.mark.parametrize(
    ("code", "symbols"),
    [
        ('run(["gcloud", "pubsub", "topics", "publish", topic])', ["gcloud pubsub"]),
        ('line = ("sudo", "aws", "sqs", "send-message")', ["aws sqs"]),
        ('check_output(f"aws --region {r} sqs list-queues", shell=True)', ["aws sqs"]),
        ('check_call(["bq"] + arguments)', ["bq"]),
        ('check_call(["az", "storage"] + ["blob", "list"] + more)', ["az storage"]),
        ('check_call(["aws"] + arguments)', []),
        ('os.system("gsutil cp a b && bq load c d")', ["bq", "gsutil"]),
        ('BashOperator(task_id="a", bash_command="az storage blob list")', ["az storage"]),
        ('CMD = "az aks get-credentials"', ["az aks"]),
        ('run(["bash", "-c", "gcloud run deploy x"])', ["gcloud run"]),
        ('SETUP = """#!/bin/sh\naws ecr get-login\n"""', ["aws ecr"]),
        ('user_data.add_commands("apt-get install -y awscli")', ["install awscli"]),
        ('run([sys.executable, "-m", "pip", "install", "boto3"])', ["boto3"]),
        ('get_ipython().run_cell_magic("bigquery", "frame", "SELECT 1")', ["%bigquery"]),
    ],
)
def test_what_is_run_is_a_command(code, symbols):
    assert [usage.symbol for usage in usages(f"import subprocess\n{code}")] == symbols


@pytest.mark.parametrize(
    "code",
    [
        'run("sam")',
        'names = ["aws", "azure"]',
        'TITLE = "aws sqs list-queues"',
        'print("az storage blob list")',
        'assert cmd == ["aws", "sqs", "list-queues"]',
        'parser.add_argument("--cmd", help="gcloud run deploy")',
        'cases = [("func", {"x": 2}, {"y": 3})]',
        'run(["grep", "gcloud"])',
    ],
)
def test_what_only_speaks_of_a_program_is_no_command(code):
    assert usages(f"import subprocess\n{code}") == []


@pytest.mark.parametrize(
    "code",
    [
        '"""Reads s3://bucket and arn:aws:sqs:eu-west-1:1:q."""',
        'def f():\n    "Reads from sqs.eu-west-1.amazonaws.com."',
        "# s3://bucket",
        'raise ValueError("s3://bucket is missing")',
        'log.info("copied to s3://bucket")',
        'parser.add_argument("--to", help="such as s3://bucket/key")',
        'field = {"help_text": "https://sqs.eu-west-1.amazonaws.com/"}',
        'url.startswith("s3://")',
        're.match(r"gs://([^/]+)", url)',
        'scheme == "gs://"',
        'logging.getLogger("storages.backends.s3boto3")',
        'text = "ask us at help@storage.googleapis.com, we answer"',
        'create_engine("postgresql://u@h/db")',
        'run(model="bedrock/anthropic.claude")',
        'import litellm\nrun(model="bedrock:anthropic.claude")',
        'template.format("redshift")',
        'text = file.read()\ntext.format("redshift")',
        'menu = {"Action": ["file:Open"]}\nname = "s3:GetObject"',
        'if "/openai/deployments/" in url: pass',
        "text = f\"Write it as 's3://bucket/key', {name}.\"",
        'K = os.getenv("K_SERVICE")',
    ],
)
def test_prose_questions_and_open_addresses_are_none(code):
    assert said(code) == []


def test_an_endpoint_beside_an_address_goes_with_it():
    code = 'read_csv("s3://b/k", storage_options={"client_kwargs": {"endpoint_url": "https://s3.example.net"}})'
    assert [usage.endpoint for usage in usages(code)] == ["https://s3.example.net"]


def test_a_storage_back_end_goes_with_the_endpoint_of_its_settings():
    code = """\
        DEFAULT_FILE_STORAGE = "storages.backends.s3boto3.S3Boto3Storage"
        AWS_S3_ENDPOINT_URL = env("ENDPOINT")
        """
    assert [(usage.symbol, usage.endpoint) for usage in usages(code)] == [
        ("storages.backends.s3boto3.S3Boto3Storage", UNKNOWN)
    ]


@pytest.mark.parametrize(
    ("code", "symbols"),
    [
        ('statement.add_actions("s3:GetObject")', ["s3:GetObject"]),
        ('send("s3:GetObject")', []),
        ('POLICY = """{"Effect": "Allow", "Action": ["sqs:SendMessage", "SQS:GetQueueUrl"]}"""',
         ["sqs:GetQueueUrl", "sqs:SendMessage"]),
        ('NOTE = """Say "sqs:SendMessage" to whoever asks"""', []),
        ("""run(f"COPY t FROM '{path}' IAM_ROLE '{role}'")""", ["sql/IAM_ROLE"]),
        ("""run(f"copy t from '{path}' iam_role '{role}'")""", ["sql/IAM_ROLE"]),
        ('run("Ask for the IAM_ROLE")', []),
        ('spark.conf.set("fs.s3a.access.key", key)', ["s3a://"]),
    ],
)  # fmt: skip
def test_other_languages_in_literals_are_read(code, symbols):
    assert sorted(said(code)) == symbols


def test_settings_of_sparks_file_systems_name_their_store():
    code = 'spark.conf.set("fs.azure.account.auth.type", "OAuth")\nspark.conf.set("fs.defaultFS", "hdfs")'
    assert [usage.symbol for usage in usages(code)] == ["env/fs.azure.account.auth.type"]


def test_s3_of_spark_is_anybodys_where_the_file_says_where_it_is():
    code = 'spark.conf.set("fs.s3a.access.key", key)\nspark.conf.set("fs.s3a.endpoint", minio)'
    assert {usage.endpoint for usage in usages(code)} == {UNKNOWN}


@pytest.mark.parametrize("function", ["get_env_variable", "require_env", "os.getenv", "read_env_var"])
def test_functions_of_ones_own_look_variables_up_too(function):
    assert [usage.symbol for usage in usages(f'{function}("AWS_REGION", "eu")')] == ["env/AWS_REGION"]


def test_an_arn_in_a_variable_is_amazons():
    code = 'import os\nos.getenv("LOGGER_ARN")\nos.getenv("SIGNUP_EVENT_BRIDGE_ARN")\nos.getenv("ORDERS_SNS_TOPIC_ARN")'
    claims = load().interest.names["kubernetes"]
    assert [claims.find(usage.symbol).service for usage in usages(code)] == [
        "aws/account",
        "aws/eventbridge",
        "aws/sns",
    ]


@pytest.mark.parametrize("header", ["X-aws-ec2-metadata-token", "x-amz-invocation-type", "X-Amz-Invocation-Type"])
def test_headers_count_in_any_case(header):
    assert said(f'get(url, headers={{"{header}": token}})') == [header.lower()]


def test_schemes_that_a_text_may_begin_with_are_no_addresses():
    assert said('STARTS = ("/", "gs://", "https://")\nurl = "gs://" + bucket') == ["gs://"]
