"""A thing, whoever makes it and whoever uses it, is one: joined by references, by names, by variables."""

from __future__ import annotations

import pytest

from portability.audit import audit
from portability.engine.identity import plain
from portability.reports.json import render

QUEUE = 'resource "aws_sqs_queue" "orders" { name = "orders-inbox" }\n'
SEND = 'import boto3\ndef send(body):\n    boto3.client("sqs").send_message(QueueUrl={}, MessageBody=body)\n'


def joined(tree, catalogue, files):
    """Each link as how, by what, and from where to what."""
    assessment = audit(tree(files), catalogue, ("ovhcloud",))
    by_id = {finding.fingerprint: finding for finding in assessment.findings}
    return [
        (link.how, link.by, by_id[link.source].location.path, by_id[link.target].address) for link in assessment.links
    ]


def test_a_call_and_a_block_that_say_one_name_are_joined(tree, catalogue):
    files = {"infra/main.tf": QUEUE, "app/send.py": SEND.format('"https://sqs.eu-west-1.amazonaws.com/1/orders-inbox"')}
    assert joined(tree, catalogue, files) == [("name", "orders-inbox", "app/send.py", "aws_sqs_queue.orders")]


def test_a_resource_object_says_its_name_where_it_is_made(tree, catalogue):
    files = {
        "main.tf": 'resource "aws_dynamodb_table" "t" { name = "sessions" }\n',
        "app.py": 'import boto3\ntable = boto3.resource("dynamodb").Table("sessions")\ntable.put_item(Item={})\n',
    }
    assert joined(tree, catalogue, files) == [("name", "sessions", "app.py", "aws_dynamodb_table.t")]


@pytest.mark.parametrize(
    ("registry", "image"),
    [
        (
            'resource "aws_ecr_repository" "r" { name = "shop/web" }',
            "1.dkr.ecr.eu-west-1.amazonaws.com/shop/web:1",
        ),
        (
            'resource "google_artifact_registry_repository" "r" { repository_id = "shop-web" }',
            "europe-west4-docker.pkg.dev/p/shop-web/api",
        ),
        ('resource "azurerm_container_registry" "r" { name = "shopweb" }', "shopweb.azurecr.io/api@sha256:00"),
    ],
)
def test_an_image_leads_to_its_registry(tree, catalogue, registry, image):
    pod = (
        f"apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec: {{containers: [{{name: web, image: '{image}'}}]}}\n"
    )
    (link,) = joined(tree, catalogue, {"main.tf": registry + "\n", "k8s/pod.yaml": pod})
    assert link[0] == "name"
    assert link[2:] == ("k8s/pod.yaml", registry.split('"')[1] + ".r")


TEMPLATE = 'variable "env" {{}}\nresource "aws_sqs_queue" "orders" {{\n  name = {}\n}}\n'


@pytest.mark.parametrize(
    "name",
    [
        '"${var.env}-orders-inbox"',
        '"${terraform.workspace}-orders-inbox"',
        '"${var.env}-${local.what}-inbox"\n}\nlocals {\n  what = "orders"',
        'local.queue\n}\nlocals {\n  queue = "${var.env}-orders-inbox"',
    ],
)
@pytest.mark.parametrize(
    "call",
    [
        'f"https://sqs.eu-west-1.amazonaws.com/1/{env}-orders-inbox"',
        'f"https://sqs.{region}.amazonaws.com/{account}/{env}-orders-inbox"',
        'env + "-orders-inbox"',
        'env + "-orders" + "-inbox"',
    ],
)
def test_names_put_together_around_the_same_words_are_joined(tree, catalogue, name, call):
    files = {"infra/main.tf": TEMPLATE.format(name), "app/send.py": SEND.format(call)}
    assert joined(tree, catalogue, files) == [
        ("template", "{}-orders-inbox", "app/send.py", "aws_sqs_queue.orders"),
    ]


def test_a_default_is_a_gap_since_whoever_runs_the_code_may_choose_otherwise(tree, catalogue):
    """Or else a look-up in a module without that default would mean something else."""
    files = {
        "account/main.tf": 'variable "env" { default = "dev" }\n'
        'resource "aws_sns_topic" "a" { name = "${var.env}-billing-alerts" }\n',
        "instance/main.tf": 'variable "env" {}\ndata "aws_sns_topic" "a" { name = "${var.env}-billing-alerts" }\n',
    }
    assert joined(tree, catalogue, files) == [
        ("template", "{}-billing-alerts", "instance/main.tf", "aws_sns_topic.a"),
    ]


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ('"${var.env}-orders-inbox"', 'f"{env}-invoices-inbox"'),
        ('"${var.env}-orders-inbox"', 'f"{env}-{team}-orders-inbox"'),
        ('"${var.env}-orders-inbox"', 'f"{env}orders-inbox"'),
        ('"${var.env}-orders-inbox"', '"prod-orders-inbox"'),
        ('"${var.env}-queue"', 'f"{env}-queue"'),
        ('"${var.env}-orders"', 'f"{env}-orders"'),  # one word is too little from afar
        ('"${var.env}-${var.name}"', 'f"{env}-{name}"'),
        ('"my-${var.env}-orders-inbox"', 'f"my-{env}-orders-inbox"'),
        ('"${var.env}-{}-orders"', 'f"{env}-{{}}-orders"'),
    ],
)
def test_other_words_other_gaps_and_words_that_tell_nothing_join_nothing(tree, catalogue, name, call):
    assert joined(tree, catalogue, {"infra/main.tf": TEMPLATE.format(name), "app/send.py": SEND.format(call)}) == []


def test_of_two_things_with_one_template_none_is_meant_unless_one_is_nearer(tree, catalogue):
    block = TEMPLATE.format('"${var.env}-orders-inbox"')
    call = SEND.format('f"{env}-orders-inbox"')
    files = {"a/main.tf": block, "b/main.tf": block.replace("\n  name", "\n  fifo_queue = true\n  name")}
    assert joined(tree, catalogue, {**files, "app/send.py": call}) == []
    assert joined(tree, catalogue, {**files, "b/send.py": call}) == [
        ("template", "{}-orders-inbox", "b/send.py", "aws_sqs_queue.orders"),
    ]


def test_a_variable_brings_a_name_that_is_put_together(tree, catalogue):
    files = {
        "infra/main.tf": TEMPLATE.format('"${var.env}-orders-inbox"'),
        "run/main.tf": 'variable "env" {}\nresource "aws_lambda_function" "f" {\n'
        '  environment { variables = { ORDERS_INBOX = "${var.env}-orders-inbox" } }\n}\n',
        "app/send.py": "import os\n" + SEND.format('os.environ["ORDERS_INBOX"]'),
    }
    assert joined(tree, catalogue, files) == [
        ("variable", "ORDERS_INBOX", "app/send.py", "aws_sqs_queue.orders"),
    ]


def test_a_look_up_in_another_module_leads_to_the_block_that_makes_it(tree, catalogue):
    files = {
        "base/main.tf": QUEUE,
        "shop/main.tf": 'data "aws_sqs_queue" "inbox" { name = "orders-inbox" }\n',
    }
    assert joined(tree, catalogue, files) == [("name", "orders-inbox", "shop/main.tf", "aws_sqs_queue.orders")]


def test_of_several_things_with_a_name_the_nearest_is_meant(tree, catalogue):
    files = {
        "one/main.tf": QUEUE,
        "two/main.tf": QUEUE.replace('"orders"', '"other"').replace("}", "fifo_queue = true }"),
        "two/send.py": SEND.format('"orders-inbox"'),
    }
    assert joined(tree, catalogue, files) == [("name", "orders-inbox", "two/send.py", "aws_sqs_queue.other")]


def test_nothing_is_joined_by_a_name_that_several_things_have(tree, catalogue):
    files = {
        "one/main.tf": QUEUE,
        "two/main.tf": QUEUE.replace("}", "fifo_queue = true }"),
        "app/send.py": SEND.format('"orders-inbox"'),
    }
    assert joined(tree, catalogue, files) == []


def test_copies_for_several_environments_are_one_thing(tree, catalogue):
    files = {"dev/main.tf": QUEUE, "prod/main.tf": QUEUE, "app/send.py": SEND.format('"orders-inbox"')}
    assert [link[2:] for link in joined(tree, catalogue, files)] == [("app/send.py", "aws_sqs_queue.orders")]


@pytest.mark.parametrize("name", ["queue", "my-queue", "example-orders"])
def test_a_name_that_anybody_uses_joins_only_what_stands_together(tree, catalogue, name):
    block = f'resource "aws_sqs_queue" "q" {{ name = "{name}" }}\n'
    call = SEND.format(f'"{name}"')
    assert joined(tree, catalogue, {"infra/main.tf": block, "app/send.py": call}) == []
    assert len(joined(tree, catalogue, {"shop/infra/main.tf": block, "shop/app/send.py": call})) == 1


def test_a_test_does_not_mean_what_is_in_production(tree, catalogue):
    files = {"main.tf": QUEUE, "tests/test_send.py": SEND.format('"orders-inbox"')}
    assert joined(tree, catalogue, files) == []


def test_one_name_of_two_services_is_two_things(tree, catalogue):
    files = {
        "main.tf": 'resource "aws_sns_topic" "t" { name = "orders-inbox" }\n',
        "a.py": SEND.format('"orders-inbox"'),
    }
    assert joined(tree, catalogue, files) == []


def test_a_program_waits_for_the_module_whose_queue_it_uses_and_moves_with_the_others(tree, catalogue):
    files = {"infra/main.tf": QUEUE}
    for app in ("producer", "consumer"):
        files |= {f"{app}/setup.py": "", f"{app}/main.py": SEND.format('"orders-inbox"')}
    components = {one.id: one for one in audit(tree(files), catalogue, ("ovhcloud",)).components}
    assert components["producer"].waits_for == ("infra",)
    assert components["producer"].moves_with == ("consumer",)
    assert components["producer"].wave >= components["infra"].wave
    assert components["infra"].moves_with == ()


def test_callers_are_the_places_that_lean_on_a_service_or_a_component(tree, catalogue):
    twice = SEND + SEND.partition("\n")[2].replace("send(body)", "again(body)")
    files = {
        "infra/main.tf": QUEUE
        + 'resource "aws_lambda_event_source_mapping" "m" { event_source_arn = aws_sqs_queue.orders.arn }\n',
        "app/send.py": twice.replace("{}", '"orders-inbox"'),
        "tests/test_send.py": SEND.format('"orders-inbox"'),
    }
    assessment = audit(tree(files), catalogue, ("ovhcloud",))
    (queue,) = (service for service in assessment.services if service.service == "aws/sqs")
    assert queue.callers == 3  # two functions and the mapping of another service, no test
    (infra,) = (component for component in assessment.components if component.id == "infra")
    assert infra.callers == 2


def test_a_key_in_a_connection_string_is_no_name(tree, catalogue):
    code = (
        "from azure.storage.blob import BlobServiceClient\n"
        'BlobServiceClient.from_connection_string("AccountName=orders;AccountKey=c2VjcmV0Cg==")\n'
    )
    assert "c2VjcmV0" not in render(audit(tree({"app.py": code}), catalogue, ("ovhcloud",)))


def test_a_rule_says_only_of_its_own_names_which_thing_is_meant(catalogue):
    """A symbol that another service claims would never be asked for its name."""
    for id in catalogue.service_ids:
        for namespace, symbols in catalogue.service(id).identity.items():
            for symbol in symbols:
                claim = catalogue.claim(namespace, symbol.removesuffix(".*"))
                assert symbol == "image/*" or (claim is not None and claim.service == id), (id, symbol)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("orders", "orders"),
        ("arn:aws:sns:eu-west-1:111122223333:orders", "orders"),
        ("arn:aws:dynamodb:eu-west-1:111122223333:table/orders/index/by-day", "orders"),
        ("arn:aws:lambda:eu-west-1:111122223333:function:orders:live", "orders"),
        ("arn:aws:s3:::orders/2026/*", "orders"),
        ("DefaultEndpointsProtocol=https;AccountName=orders;AccountKey=c2VjcmV0Cg==", ""),
        ("https://user:secret@orders.example/", ""),
        ("s3://orders/2026/", "orders"),
        ("https://sqs.eu-west-1.amazonaws.com/111122223333/orders.fifo", "orders.fifo"),
        ("https://orders.vault.azure.net/", "orders"),
        ("projects/shop/topics/orders", "orders"),
        ("projects/shop/secrets/orders/versions/latest", "orders"),
        ("{{ orders }}", ""),
        ("arn:", ""),
        ("", ""),
    ],
)
def test_a_name_is_taken_out_of_what_carries_it(said, name):
    assert plain(said) == name


READ = SEND.replace("import boto3", "import boto3, os").format('os.environ["ORDERS_QUEUE_URL"]')
FUNCTION = """
resource "aws_lambda_function" "send" {
  function_name = "send-orders"
  environment {
    variables = { ORDERS_QUEUE_URL = %s }
  }
}
"""
BY_VARIABLE = ("variable", "ORDERS_QUEUE_URL", "app/send.py", "aws_sqs_queue.orders")


def by_variable(tree, catalogue, files):
    return [link for link in joined(tree, catalogue, files) if link[0] == "variable"]


@pytest.mark.parametrize(
    "call",
    [
        READ,
        READ.replace('os.environ["ORDERS_QUEUE_URL"]', 'os.environ.get("ORDERS_QUEUE_URL", "")'),
        READ.replace('os.environ["ORDERS_QUEUE_URL"]', "URL") + 'URL = os.getenv("ORDERS_QUEUE_URL")\n',
        "import boto3\nfrom os import environ\n"
        'queue = boto3.resource("sqs").Queue(environ["ORDERS_QUEUE_URL"])\nqueue.send_message(MessageBody="x")\n',
        "import boto3, os\nclass Sender:\n    def __init__(self):\n"
        '        self.url = os.environ["ORDERS_QUEUE_URL"]\n        self.sqs = boto3.client("sqs")\n'
        '    def send(self):\n        self.sqs.send_message(QueueUrl=self.url, MessageBody="x")\n',
    ],
    ids=["subscript", "get", "constant", "resource", "attribute"],
)
def test_a_variable_of_the_environment_carries_a_queue_to_a_call(tree, catalogue, call):
    files = {"main.tf": QUEUE + FUNCTION % "aws_sqs_queue.orders.url", "app/send.py": call}
    assert by_variable(tree, catalogue, files) == [BY_VARIABLE]


@pytest.mark.parametrize(
    "container",
    [
        'resource "aws_ecs_task_definition" "t" {{\n  container_definitions = jsonencode([{{ environment = ['
        '{{ name = "ORDERS_QUEUE_URL", value = {} }}] }}])\n}}\n',
        'resource "google_cloud_run_v2_service" "s" {{\n  template {{\n    containers {{\n      env {{\n'
        '        name  = "ORDERS_QUEUE_URL"\n        value = {}\n      }}\n    }}\n  }}\n}}\n',
        'resource "kubernetes_config_map" "c" {{\n  data = {{ ORDERS_QUEUE_URL = "${{{}}}" }}\n}}\n',
        "locals {{\n  url = {}\n}}\n" + FUNCTION.replace("{", "{{").replace("}", "}}") % "local.url",
    ],
    ids=["json", "blocks", "template", "local"],
)
def test_variables_are_handed_over_in_many_forms(tree, catalogue, container):
    files = {"main.tf": QUEUE + container.format("aws_sqs_queue.orders.url"), "app/send.py": READ}
    assert by_variable(tree, catalogue, files) == [BY_VARIABLE]


ADDRESS = "https://sqs.eu-west-1.amazonaws.com/1/orders-inbox"


@pytest.mark.parametrize(
    ("path", "handed"),
    [
        (
            "k8s/web.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    - name: a\n      env:\n"
            f"        - name: ORDERS_QUEUE_URL\n          value: {ADDRESS}\n",
        ),
        (
            "k8s/settings.yaml",
            f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n  ORDERS_QUEUE_URL: {ADDRESS}\n"
            "---\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    - name: a\n      env:\n"
            "        - name: ORDERS_QUEUE_URL\n          valueFrom:\n"
            "            configMapKeyRef: {name: a, key: ORDERS_QUEUE_URL}\n",
        ),
        ("chart/values.yaml", f"env:\n  ORDERS_QUEUE_URL: {ADDRESS}\n"),
        ("compose.yaml", f"services:\n  web:\n    image: web\n    environment:\n      - ORDERS_QUEUE_URL={ADDRESS}\n"),
    ],
)
def test_a_manifest_hands_a_name_over_too(tree, catalogue, path, handed):
    assert by_variable(tree, catalogue, {"main.tf": QUEUE, path: handed, "app/send.py": READ}) == [BY_VARIABLE]


@pytest.mark.parametrize(
    "nearer",
    [
        "Resources:\n  F:\n    Environment: {Variables: {ORDERS_QUEUE_URL: !Ref Orders}}\n",
        "env:\n  ORDERS_QUEUE_URL: '{{ .Values.queue }}'\n",
        "env: {}\n#  ORDERS_QUEUE_URL: a queue of our own, one day\n",
        "env:\n  - name: ORDERS_QUEUE_URL\n    valueFrom: {secretKeyRef: {name: a, key: url}}\n",
    ],
)
def test_what_is_handed_over_nearer_and_cannot_be_told_hides_what_is_farther(tree, catalogue, nearer):
    files = {"infra/main.tf": QUEUE + FUNCTION % "aws_sqs_queue.orders.url", "app/send.py": READ}
    assert by_variable(tree, catalogue, {**files, "app/template.yaml": nearer}) == []


FROM_INPUT = FUNCTION % "var.url" + 'variable "url" {}\n'
QUEUE_MODULE = QUEUE + 'output "url" { value = aws_sqs_queue.orders.url }\n'


@pytest.mark.parametrize(
    "files",
    [
        {
            "infra/main.tf": QUEUE + 'module "send" {\n  source = "./send"\n  url = aws_sqs_queue.orders.url\n}\n',
            "infra/send/main.tf": FROM_INPUT,
        },
        {
            "infra/main.tf": FUNCTION % "module.queue.url" + 'module "queue" {\n  source = "../modules/queue"\n}\n',
            "modules/queue/main.tf": QUEUE_MODULE,
        },
        {
            "infra/main.tf": 'module "queue" {\n  source = "../modules/queue"\n}\n'
            'module "send" {\n  source = "../modules/send"\n  url = module.queue.url\n}\n',
            "modules/queue/main.tf": QUEUE_MODULE,
            "modules/send/main.tf": FROM_INPUT,
        },
        {
            "infra/main.tf": FUNCTION % "local.url" + 'variable "shared" {}\n'
            'data "aws_sqs_queue" "shared" {\n  count = var.shared ? 1 : 0\n  name = "${var.project}-orders"\n}\n'
            'module "queue" {\n  count = var.shared ? 0 : 1\n  source = "../modules/queue"\n}\n'
            "locals {\n  url = var.shared ? data.aws_sqs_queue.shared[0].url : module.queue[0].url\n}\n",
            "modules/queue/main.tf": QUEUE_MODULE,
        },
        {
            "infra/main.tf": 'module "queue" {\n  source = "../modules/queue"\n}\n'
            "locals {\n  url = module.queue.url\n}\n"
            'module "send" {\n  source = "../modules/send"\n  url = local.url\n}\n',
            "modules/queue/main.tf": QUEUE_MODULE,
            "modules/send/main.tf": "locals {\n  mine = var.url\n}\n" + FROM_INPUT.replace("var.url", "local.mine", 1),
        },
    ],
    ids=["input", "output", "both", "output in a local", "locals on both sides"],
)
def test_a_value_is_followed_through_modules(tree, catalogue, files):
    assert by_variable(tree, catalogue, {**files, "app/send.py": READ}) == [BY_VARIABLE]


def test_modules_that_call_each_other_in_a_circle_end(tree, catalogue):
    files = {
        "a/main.tf": 'module "b" {\n  source = "../b"\n  url = var.url\n}\n' + FROM_INPUT,
        "b/main.tf": QUEUE + 'module "a" {\n  source = "../a"\n  url = var.url\n}\nvariable "url" {}\n',
        "app/send.py": READ,
    }
    assert by_variable(tree, catalogue, files) == []


def test_a_variable_that_means_several_things_joins_nothing(tree, catalogue):
    other = FUNCTION.replace('"send"', '"other"') % "aws_sqs_queue.other.url"
    queues = QUEUE + 'resource "aws_sqs_queue" "other" { name = "others" }\n'
    files = {"main.tf": queues + FUNCTION % "aws_sqs_queue.orders.url" + other, "app/send.py": READ}
    assert by_variable(tree, catalogue, files) == []


@pytest.mark.parametrize(
    "broken",
    [
        b"# \xff\xfe ORDERS_QUEUE_URL\n",
        b"ORDERS_QUEUE_URL: [" + b"[" * 5_000,
        b"a: &a {ORDERS_QUEUE_URL: *a}\n",
        b"ORDERS_QUEUE_URL: {{ .Values.x }}\n{{- if }}\n",
        b"\x00ORDERS_QUEUE_URL",
    ],
)
def test_files_that_cannot_be_read_hand_nothing_over(tree, catalogue, broken):
    files = {"main.tf": QUEUE + FUNCTION % "aws_sqs_queue.orders.url", "app/send.py": READ}
    for path in ("other/values.yaml", "other/main.tf", "other/main.tf.json"):
        assert by_variable(tree, catalogue, {**files, path: broken}) == [BY_VARIABLE]


def test_a_variable_for_another_service_joins_nothing(tree, catalogue):
    files = {
        "main.tf": 'resource "aws_sns_topic" "t" { name = "orders" }\n' + FUNCTION % "aws_sns_topic.t.arn",
        "app/send.py": READ,
    }
    assert by_variable(tree, catalogue, files) == []


def test_what_a_variable_holds_is_in_no_report(tree, catalogue):
    manifest = "env:\n  - {name: ORDERS_QUEUE_URL, value: hunter2-hunter2}\n"
    root = tree({"main.tf": QUEUE, "k8s/web.yaml": manifest, "app/send.py": READ})
    assert "hunter2" not in render(audit(root, catalogue, ("ovhcloud",)))


def test_what_everybody_uses_moves_nobody_with_anybody(tree, catalogue):
    files = {"infra/main.tf": QUEUE}
    for number in range(21):
        files |= {f"app-{number}/setup.py": "", f"app-{number}/main.py": SEND.format('"orders-inbox"')}
    components = audit(tree(files), catalogue, ("ovhcloud",)).components
    assert {one.moves_with for one in components} == {()}
    assert next(one.callers for one in components if one.id == "infra") == 21


def test_among_too_many_things_of_one_name_none_is_meant(tree, catalogue):
    blocks = "".join(f'resource "aws_sqs_queue" "q{number}" {{ name = "orders-inbox" }}\n' for number in range(301))
    assert joined(tree, catalogue, {"main.tf": blocks, "send.py": SEND.format('"orders-inbox"')}) == []


@pytest.mark.parametrize(
    "settings",
    [
        "class Settings(BaseSettings):\n    intake_url: str\n",
        "class Settings(BaseSettings):\n    intake_url: str | None = None\n",
        "class Settings(BaseSettings):\n    intake_url: str = Field(...)\n",
        "class Settings(BaseSettings):\n    where: str = Field(validation_alias='INTAKE_URL')\n",
        "class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='INTAKE_')\n    url: str\n",
        "class Settings(BaseSettings):\n    url: str\n    class Config:\n        env_prefix = 'intake_'\n",
        "class Base(BaseSettings):\n    pass\nclass Settings(Base):\n    intake_url: str\n",
    ],
)
def test_a_class_of_settings_reads_the_environment(tree, catalogue, settings):
    field = next(name for name in ("intake_url", "where", "url") if f"    {name}:" in settings)
    head = "from pydantic import Field\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\n"
    files = {
        "main.tf": QUEUE,
        "lambda.tf": 'resource "aws_lambda_function" "f" {\n'
        "  environment { variables = { INTAKE_URL = aws_sqs_queue.orders.url } }\n}\n",
        "app/config.py": f"{head}{settings}settings = Settings()\n",
        "app/send.py": f"from app.config import settings\n{SEND.format(f'settings.{field}')}",
    }
    assert ("variable", "INTAKE_URL", "app/send.py", "aws_sqs_queue.orders") in joined(tree, catalogue, files)


def test_a_field_with_a_value_of_its_own_and_one_of_another_class_are_no_variables(tree, catalogue):
    files = {
        "main.tf": QUEUE,
        "app/.env": "INTAKE_URL=https://sqs.eu-west-1.amazonaws.com/1/orders-inbox\n",
        "app/send.py": "from pydantic import BaseModel\nclass Settings(BaseModel):\n    intake_url: str\n"
        f"settings = Settings()\n{SEND.format('settings.intake_url')}",
    }
    assert joined(tree, catalogue, files) == []


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("app/.env", "# local\nexport INTAKE_URL='https://sqs.eu-west-1.amazonaws.com/1/orders-inbox'\n", True),
        (".env.production", 'INTAKE_URL="orders-inbox"\n', True),
        ("deploy/prod.env", "INTAKE_URL=orders-inbox # the queue\n", True),
        (".env", "INTAKE_URL=https://sqs/${ACCOUNT}/orders-inbox\n", False),
        (".env.example", "INTAKE_URL=orders-inbox\n", False),
        (".env", "INTAKE_URL=\n", False),
    ],
)
def test_a_file_of_variables_hands_a_name_over(tree, catalogue, file, text, told):
    files = {
        "main.tf": QUEUE,
        "app/send.py": f"import os\n{SEND.format('os.environ[' + repr('INTAKE_URL') + ']')}",
        file: text,
    }
    found = joined(tree, catalogue, files)
    assert found == ([("variable", "INTAKE_URL", "app/send.py", "aws_sqs_queue.orders")] if told else [])


def test_a_file_of_variables_yields_to_what_deploys(tree, catalogue):
    files = {
        "main.tf": QUEUE + 'resource "aws_lambda_function" "f" {\n'
        "  environment { variables = { INTAKE_URL = aws_sqs_queue.orders.url } }\n}\n",
        "app/.env": "INTAKE_URL=http://localhost:4566/000000000000/something-else\n",
        "app/send.py": f"import os\n{SEND.format('os.environ[' + repr('INTAKE_URL') + ']')}",
    }
    assert ("variable", "INTAKE_URL", "app/send.py", "aws_sqs_queue.orders") in joined(tree, catalogue, files)
