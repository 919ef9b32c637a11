"""The engine's judgement on hand-made usages: three-valued conditions, levels, roles, endpoints, fingerprints."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portability.audit import audit
from portability.catalogue import Catalogue
from portability.catalogue.schema import Not
from portability.engine import Engine
from portability.engine.conditions import matches
from portability.engine.equivalents import Question, ranked
from portability.model import LOCK_IN, UNKNOWN, Equivalent, Location, Usage, harder
from portability.names.contexts import context_of


def usage(symbol: str, *, kind: str = "resource", path: str = "main.tf", **more: Any) -> Usage:
    namespace = more.pop("namespace", "terraform")
    location = Location(path=path, line=more.pop("line", 1), column=1, end_line=1, end_column=2)
    language = "terraform" if namespace == "terraform" else "python"
    address = more.pop("address", f"{symbol}.x")
    return Usage(
        language=language, namespace=namespace, symbol=symbol, address=address, location=location, kind=kind, **more
    )


@pytest.fixture
def engine(catalogue: Catalogue) -> Engine:
    return Engine(catalogue, ("ovhcloud", "self-hosted"))


@pytest.mark.parametrize(
    ("matcher", "value", "answer"),
    [
        ("postgres", "postgres", True),
        ("postgres", "mysql", False),
        ("postgres", UNKNOWN, None),
        ("aurora*", "aurora-postgresql", True),
        (["a", "b"], "b", True),
        (True, "true", True),
        (True, False, False),
        (6, "6", True),
        ("set", UNKNOWN, True),
        ("set", "", False),
        ("set", None, False),
        ("unset", None, True),
        ("unset", UNKNOWN, False),
        (Not(not_=0), 5, True),
        (Not(not_=[0]), 0, False),
        (Not(not_=0), UNKNOWN, None),
        (["unset", True], True, True),
        (["unset", True], False, False),
        (["unset", True], UNKNOWN, None),
        ("x", ["y", "x"], True),
        ("x", ["y", UNKNOWN], None),
    ],
)
def test_a_matcher_says_yes_no_or_only_a_run_could_tell(matcher: Any, value: Any, answer: bool | None) -> None:
    assert matches(matcher, {"a.b": value}, "a.b") is answer


@pytest.mark.parametrize("matcher", ["set", "x", True, ["x"], Not(not_="x")])
def test_what_code_does_not_set_fits_nothing_but_unset(matcher: Any) -> None:
    assert matches(matcher, {}, "a") is False
    assert matches("unset", {}, "a") is True
    assert matches(["unset", "x"], {}, "a") is True
    assert matches(["unset", "x"], {"a": None}, "a") is True


def test_an_engine_decides_what_a_database_is(engine: Engine) -> None:
    postgres = engine.judge(usage("aws_db_instance", values={"engine": "postgres"}))
    oracle = engine.judge(usage("aws_db_instance", values={"engine": "oracle-ee"}))
    assert postgres is not None
    assert oracle is not None
    assert (postgres.capabilities, postgres.lock_in) == (("postgresql",), "compatible")
    assert oracle.capabilities == ("oracle-database",)


def test_an_unknown_engine_gives_every_candidate(engine: Engine) -> None:
    finding = engine.judge(usage("aws_db_instance", values={"engine": UNKNOWN}))
    assert finding is not None
    assert {"postgresql", "mysql", "sql-server", "oracle-database"} <= set(finding.capabilities)
    # Every engine speaks its own open or licensed wire protocol, so the level is known although the engine is not.
    assert finding.lock_in == "compatible"
    assert len(finding.equivalents) == 2 * len(finding.capabilities)


@pytest.mark.parametrize(
    ("endpoint", "found", "confidence"),
    [
        (None, True, "certain"),
        ("https://s3.eu-west-1.amazonaws.com", True, "certain"),
        ("https://bucket.vpce-1.s3.eu-west-1.vpce.amazonaws.com:443/x", True, "certain"),
        ("https://s3.gra.io.cloud.ovh.net", False, ""),
        ("http://localhost:9000", False, ""),
        ("https://amazonaws.com.evil.example", False, ""),
        (UNKNOWN, True, "possible"),
        ({"s3": "https://s3.gra.io.cloud.ovh.net"}, False, ""),
        ({"sqs": "https://sqs.example.org"}, True, "certain"),
    ],
)
def test_s3_at_somebody_elses_endpoint_is_not_amazon(
    engine: Engine, endpoint: Any, found: bool, confidence: str
) -> None:
    use = usage("s3.put_object", namespace="boto3", kind="call", path="app.py", endpoint=endpoint)
    finding = engine.judge(use)
    assert (finding is not None) is found
    assert finding is None or finding.confidence == confidence
    assert engine.elsewhere == (0 if found else 1)


def test_a_proprietary_api_stays_one_at_any_endpoint(engine: Engine) -> None:
    use = usage("dynamodb.put_item", namespace="boto3", kind="call", path="app.py", endpoint="http://localhost:8000")
    finding = engine.judge(use)
    assert finding is not None
    assert finding.lock_in == "proprietary"


def test_a_data_source_is_a_look_up_and_never_above_convertible(engine: Engine) -> None:
    finding = engine.judge(usage("aws_sqs_queue", kind="data"))
    assert finding is not None
    assert (finding.role, finding.lock_in) == ("look-up", "convertible")


def test_an_import_is_part_of_a_use_and_a_call_is_the_use(engine: Engine) -> None:
    roles = {}
    for kind in ("import", "constructor", "call"):
        symbol = "azure.cosmos.CosmosClient"
        finding = engine.judge(usage(symbol, namespace="python", kind=kind, path="app.py"))
        assert finding is not None
        roles[kind] = finding.role
    assert roles == {"import": "part", "constructor": "part", "call": "primary"}


def test_nothing_falls_through(engine: Engine) -> None:
    finding = engine.judge(usage("aws_brandnew_thing"))
    assert finding is not None
    assert (finding.service, finding.lock_in) == ("aws/unclassified", "unknown")
    assert engine.judge(usage("openstack_compute_instance_v2")) is None


@pytest.mark.parametrize(
    ("module", "service"),
    [
        ("acme/s3-bucket/aws", "aws/s3"),
        ("acme/sqs/aws//modules/queue", "aws/sqs"),
        ("acme/v3/azurerm//key_vault", "azure/key-vault"),
        ("acme/azure-role-assignments/azurerm", "azure/role-assignments"),
        ("acme/network/google//modules/pubsub_topic_v2", "google/pubsub"),
        ("acme/v3/azurerm", "azure/unclassified"),
        ("acme/shop/aws", "aws/unclassified"),
    ],
)
def test_a_module_is_likely_what_it_is_called_after(engine: Engine, module: str, service: str) -> None:
    found = engine.judge(usage(module, namespace="terraform-module", kind="module"))
    assert found is not None
    assert (found.service, found.confidence) == (service, "certain" if service.endswith("unclassified") else "likely")
    assert ("only its name says" in found.message) != service.endswith("unclassified")


@pytest.mark.parametrize(("package", "service"), [("awscli", "aws/account"), ("azure-cli", "azure/account")])
def test_a_providers_program_is_a_way_into_the_account(engine: Engine, package: str, service: str) -> None:
    found = engine.judge(usage(package, namespace="package", kind="dependency"))
    assert found is not None
    assert (found.service, found.role, found.lock_in) == (service, "look-up", "convertible")


def test_a_fingerprint_outlives_moves_edits_and_reclassification_and_tells_copies_apart(catalogue: Catalogue) -> None:
    def fingerprints(*uses: Usage) -> list[str]:
        engine = Engine(catalogue, ())
        return [finding.fingerprint for use in uses if (finding := engine.judge(use)) is not None]

    one, two = fingerprints(usage("aws_sqs_queue"), usage("aws_sqs_queue", line=9))
    assert one != two
    assert fingerprints(usage("aws_sqs_queue", line=50, values={"fifo_queue": True}, digest="other")) == [one]
    assert fingerprints(usage("aws_sqs_queue", path="other.tf")) != [one]


@pytest.mark.parametrize(
    ("path", "context"),
    [
        ("app/orders.py", "production"),
        ("tests/orders.py", "test"),
        ("app/test_orders.py", "test"),
        ("conftest.py", "test"),
        ("orders/tests.py", "test"),
        ("orders/views/order_api_tests.py", "test"),
        ("contest.py", "production"),
        ("tests_smoke/orders.py", "test"),
        ("integration-tests/main.tf", "test"),
        ("test_utils/orders.py", "test"),
        ("ab_test/orders.py", "production"),
        ("pkg/convert/testdata/ingress.yaml", "test"),
        ("conformance/base/manifests.yaml", "test"),
        ("modules/queue/examples/main.tf", "example"),
        ("latest/main.tf", "production"),
        ("requirements-test.txt", "test"),
        ("app/requirements/tests.in", "test"),
        ("requirements-latest.txt", "production"),
    ],
)
def test_context_follows_the_path(path: str, context: str) -> None:
    assert context_of(path) == context


def test_gaps_are_what_is_needed_and_not_supported(catalogue: Catalogue) -> None:
    for target in ("ovhcloud", "self-hosted"):
        plain = ranked(catalogue, Question(target, "object-storage", ("s3",), ("versioning",)))[0]
        assert (plain.fidelity, plain.gaps) == ("same-api", ())
    rare = ranked(catalogue, Question("ovhcloud", "object-storage", ("s3",), ("event-notifications", "versioning")))[0]
    assert rare.fidelity == "partial"
    assert [gap.text for gap in rare.gaps] == ["no event notifications on object changes"]
    other = ranked(catalogue, Question("ovhcloud", "object-storage", ("azure-blob",), ("versioning",)))[0]
    assert other.fidelity == "same-concept"


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (Question("self-hosted", "queue", ("sqs",)), {"Throughput"}),
        (Question("self-hosted", "queue", ("sqs",), ("delayed-delivery",)), {"Throughput", "A delay"}),
        (Question("self-hosted", "queue", ("sqs",), (), ("delayed-delivery",)), {"Throughput", "A delay"}),
        (Question("self-hosted", "queue", ("service-bus",)), {"Throughput", "Clients"}),
        # A need of another capability of the service is none of this product's business.
        (Question("self-hosted", "message-broker", ("amqp-1.0",), ("delayed-delivery",)), {"Throughput"}),
    ],
    ids=["whatever the use", "a feature", "perhaps a feature", "an interface", "another capability's"],
)
def test_a_limit_is_told_of_the_uses_that_it_concerns(catalogue: Catalogue, question: Question, told: set[str]) -> None:
    (answer,) = (one for one in ranked(catalogue, question) if one.product_id == "self-hosted/rabbitmq")
    texts = [limit.text for limit in answer.limits]
    starts = ("Throughput", "A delay", "Clients", "Encryption")
    assert {start for start in starts for text in texts if text.startswith(start)} == told


def test_where_a_target_sells_nothing_you_run_it_there_yourself(catalogue: Catalogue) -> None:
    answer = ranked(catalogue, Question("ovhcloud", "queue"))[0]
    assert (answer.target, answer.operated_by) == ("ovhcloud", "you")
    assert answer.reason
    none = ranked(catalogue, Question("self-hosted", "cdn"))[0]
    assert (none.product, none.fidelity) == (None, "none")
    assert none.reason


@pytest.mark.parametrize(
    ("capability", "speaks", "need", "product"),
    [
        ("data-pipeline", "airflow", "airflow", "Apache Airflow"),
        ("mysql", "mysql", "mariadb", "MariaDB by the MariaDB Operator"),
        ("file-storage", "lustre", "lustre", "Lustre on own storage servers"),
        ("backup", "", "kubernetes", "Velero"),
    ],
)
def test_what_lacks_an_essential_yields_to_what_you_run_yourself(
    catalogue: Catalogue, capability: str, speaks: str, need: str, product: str
) -> None:
    answers = ranked(catalogue, Question("ovhcloud", capability, (speaks,), (need,)))
    assert (answers[0].product, answers[0].operated_by) == (product, "you")
    assert answers[0].reason.startswith("What OVHcloud sells for this has no ")


@pytest.mark.parametrize(
    ("capability", "speaks", "needs", "told"),
    [
        ("mysql", ("mysql",), ("mariadb",), True),  # the interface is the same
        ("backup", (), ("kubernetes", "vm"), True),  # one of two things is done
        ("llm-api", (), ("agent-registry",), False),  # models are no registry
    ],
)
def test_what_the_target_runs_without_an_essential_is_told_where_it_does_something_of_the_use(
    catalogue: Catalogue, capability: str, speaks: tuple[str, ...], needs: tuple[str, ...], told: bool
) -> None:
    answers = ranked(catalogue, Question("ovhcloud", capability, speaks, needs))
    assert answers[0].operated_by == "you"
    assert any(answer.operated_by == "target" and answer.fidelity == "partial" for answer in answers) is told


def test_of_two_that_lack_as_much_the_one_that_clients_can_talk_to_comes_first(catalogue: Catalogue) -> None:
    for target, product in (("ovhcloud", "ha-nas"), ("self-hosted", "samba")):
        answer = ranked(catalogue, Question(target, "file-storage", ("smb",), ("cheaper-tier",)))[0]
        assert (answer.product_id, answer.fidelity) == (f"{target}/{product}", "partial")


def test_what_you_would_run_without_an_essential_is_no_answer(catalogue: Catalogue) -> None:
    answers = ranked(catalogue, Question("self-hosted", "delivery", (), ("fault-injection",)))
    assert [answer.product for answer in answers] == ["Chaos Mesh"]


@pytest.mark.parametrize("target", ["self-hosted", "intermax"])
def test_what_falls_away_on_leaving_needs_no_equivalent(catalogue: Catalogue, target: str) -> None:
    (answer,) = ranked(catalogue, Question(target, "provider-account"))
    assert (answer.product, answer.fidelity, answer.effort) == (None, "not-needed", {"each": "S"})
    assert answer.reason.startswith("Regions, account numbers")


def test_where_nothing_has_an_essential_there_is_no_equivalent(catalogue: Catalogue) -> None:
    answer, *rest = ranked(catalogue, Question("self-hosted", "batch", (), ("quantum-machines",)))
    assert (answer.product, answer.fidelity, rest) == (None, "none", [])
    # Why is told for the feature; what a product of another kind documents is no evidence.
    assert answer.reason.startswith("A quantum computer is rented")
    assert (answer.source, answer.verified) == ("it follows from what the feature means", "no")


@pytest.mark.parametrize("target", ["self-hosted", "ovhcloud", "bit"])
def test_what_one_thing_of_a_lacking_kind_would_ask_is_told_for_it(catalogue: Catalogue, target: str) -> None:
    needs = ("chat-apps",)
    answer = ranked(catalogue, Question(target, "messaging-to-people", (), needs))[0]
    assert (answer.product, answer.fidelity) == (None, "none")
    assert answer.reason.startswith("WhatsApp")


def test_what_lacks_something_else_stays_first_because_the_target_runs_it(catalogue: Catalogue) -> None:
    answer = ranked(catalogue, Question("ovhcloud", "postgresql", ("postgresql",), ("customer-keys",)))[0]
    assert (answer.operated_by, answer.fidelity) == ("target", "partial")
    assert [gap.text for gap in answer.gaps] == ["no encryption with customer keys"]


def test_a_name_that_cannot_tell_the_engine_gives_every_candidate(catalogue: Catalogue) -> None:
    found = Engine(catalogue, ("ovhcloud",)).judge(usage("google_sql_database"))
    assert found is not None
    assert set(found.capabilities) == {"postgresql", "mysql", "sql-server"}


@given(st.sampled_from(list(LOCK_IN)), st.sampled_from(list(LOCK_IN)))
def test_harder_is_symmetric_and_never_hides_a_known_level(one: Any, other: Any) -> None:
    assert harder(one, other) == harder(other, one)
    assert harder(one, "unknown") == one


def test_what_only_a_run_could_tell_is_null_however_deep(engine: Engine) -> None:
    values = {"records": ["10.0.0.1", UNKNOWN], "name": UNKNOWN}
    finding = engine.judge(usage("aws_route53_record", values=values))
    assert finding is not None
    assert finding.inputs["records"] == ["10.0.0.1", None]
    assert finding.inputs["name"] is None


def test_a_management_api_is_not_the_interface_it_manages(engine: Engine) -> None:
    use = usage("rds.create_db_instance", namespace="boto3", kind="call", path="app.py", values={"Engine": "postgres"})
    finding = engine.judge(use)
    assert finding is not None
    assert finding.lock_in == "proprietary"
    assert {equivalent.fidelity for equivalent in finding.equivalents} == {"same-concept"}


@pytest.mark.parametrize(
    ("symbol", "namespace", "kind", "level", "fidelity"),
    [
        ("az postgres", "command", "command", "convertible", "same-concept"),
        ("aws s3", "command", "command", "compatible", "same-api"),
        (
            "airflow.providers.amazon.aws.operators.rds.RdsStartDbOperator",
            "python",
            "call",
            "convertible",
            "same-concept",
        ),
        ("airflow.providers.amazon.aws.hooks.s3.S3Hook.load_file", "python", "call", "compatible", "same-api"),
        ("ecr:GetDownloadUrlForLayer", "string", "string", "convertible", "same-concept"),
        ("s3:GetObject", "string", "string", "compatible", "same-api"),
        ("mypy-boto3-ecr", "package", "dependency", "proprietary", "same-concept"),
        ("google.cloud.happybase.Connection", "python", "constructor", "compatible", "same-api"),
        ("msgraph.GraphServiceClient.users.get", "python", "call", "proprietary", "same-concept"),
    ],
)
def test_what_drives_a_service_does_not_speak_its_interface_unless_a_rule_says_so(
    catalogue: Catalogue, symbol: str, namespace: str, kind: str, level: str, fidelity: str
) -> None:
    use = usage(symbol, namespace=namespace, kind=kind, path="app.py")
    finding = Engine(catalogue, ("self-hosted",)).judge(use)
    assert finding is not None
    assert finding.lock_in == level
    assert finding.equivalents[0].fidelity == fidelity


@pytest.mark.parametrize(
    ("symbol", "feature"),
    [
        ("azure.storage.blob.aio.BlobClient.append_block", "append-and-page-blobs"),
        ("google.cloud.kms_v1.KeyManagementServiceAsyncClient.asymmetric_sign", "signing"),
        ("google.cloud.firestore.AsyncClient.transaction", "transactions"),
        ("azure.functions.QueueMessage.get_body", "event-sources"),
        ("cloudflare.AsyncCloudflare.r2.with_raw_response.temporary_credentials.create", "temporary-credentials"),
        ("google.cloud.monitoring_v3.MetricServiceAsyncClient.create_time_series", "custom-metrics"),
    ],
)
def test_a_call_shows_a_feature_whatever_client_of_the_sdk_makes_it(engine: Engine, symbol: str, feature: str) -> None:
    finding = engine.judge(usage(symbol, namespace="python", kind="call", path="app.py"))
    assert finding is not None
    assert feature in finding.features


def test_a_client_of_a_service_that_only_a_run_could_tell_is_never_certain(engine: Engine) -> None:
    finding = engine.judge(usage("unknown", namespace="boto3", kind="constructor", path="app.py"))
    assert finding is not None
    assert (finding.service, finding.lock_in, finding.confidence) == ("aws/unclassified", "unknown", "possible")
    assert "only a run could tell" in finding.message


def test_a_specialist_answers_only_where_the_use_needs_what_it_is_special_for(catalogue: Catalogue) -> None:
    def products(needs: tuple[str, ...] = (), unsure: tuple[str, ...] = ()) -> list[str | None]:
        question = Question("self-hosted", "container-service", needs=needs, unsure=unsure)
        return [answer.product for answer in ranked(catalogue, question)]

    assert "Agones on Kubernetes, with Open Match" not in products()
    assert products(("game-sessions",))[0] == "Agones on Kubernetes, with Open Match"
    assert "Agones on Kubernetes, with Open Match" in products(unsure=("game-sessions",))


def test_a_specialist_that_a_use_only_perhaps_calls_for_is_not_the_first_answer(catalogue: Catalogue) -> None:
    """A capacity that may hold semantic models is a warehouse first, and a layer over one is none."""
    question = Question("self-hosted", "data-warehouse", needs=("sql",), unsure=("semantic-models",))
    first, *others = [answer.product_id for answer in ranked(catalogue, question)]
    assert first == "self-hosted/clickhouse"
    assert "self-hosted/cube" in others


def test_a_specialist_that_the_target_sells_keeps_nobody_from_what_one_runs_there(catalogue: Catalogue) -> None:
    def best(*needs: str) -> str:
        return ranked(catalogue, Question("ovhcloud", "batch", (), needs))[0].product_id

    assert best("quantum-machines") == "ovhcloud/quantum-platform"
    assert best("arrays") == best() == "self-hosted/kueue"


def test_a_specialist_does_not_make_good_what_a_target_lacks_on_the_whole(catalogue: Catalogue) -> None:
    def best(*needs: str) -> Equivalent:
        return ranked(catalogue, Question("self-hosted", "messaging-to-people", (), needs))[0]

    assert best("mobile-push").product_id == "self-hosted/gorush"
    for lacking in (best(), best("sms")):
        assert lacking.fidelity == "none"
        assert "telecom operator" in lacking.reason


def test_a_specialist_in_one_capability_answers_like_others_in_another(catalogue: Catalogue) -> None:
    def products(capability: str) -> list[str | None]:
        return [answer.product for answer in ranked(catalogue, Question("self-hosted", capability))]

    guacamole = "Apache Guacamole with xrdp on Linux machines"
    assert guacamole in products("virtual-desktop")
    assert guacamole not in products("vpn")


def test_a_specialist_for_an_interface_answers_only_who_speaks_it(catalogue: Catalogue) -> None:
    def products(*speaks: str) -> list[str | None]:
        return [answer.product_id for answer in ranked(catalogue, Question("self-hosted", "function", speaks))]

    host = "self-hosted/azure-functions-host"
    assert host not in products("lambda")
    assert products("azure-functions")[0] == host


def test_a_declared_distribution_shows_what_an_import_of_its_module_would(engine: Engine) -> None:
    jobs = engine.judge(usage("azure-synapse-spark", namespace="package"))
    files = engine.judge(usage("azure-storage-file-share", namespace="package"))
    assert jobs is not None
    assert files is not None
    assert (jobs.features, jobs.capabilities) == (("spark",), ("data-pipeline",))
    assert files.lock_in == "proprietary"


def test_the_parts_of_a_type_show_what_it_shows(engine: Engine) -> None:
    part = engine.judge(usage("aws_lightsail_lb_attachment"))
    assert part is not None
    assert part.capabilities == ("load-balancer",)


def test_a_version_in_the_name_of_a_type_does_not_make_types_alike(engine: Engine) -> None:
    job = engine.judge(usage("google_cloud_run_v2_job"))
    service = engine.judge(usage("google_cloud_run_v2_service"))
    assert job is not None
    assert service is not None
    assert "jobs" in job.features
    assert "jobs" not in service.features


@pytest.mark.parametrize(
    ("expression", "shown", "unsure"),
    [
        ("var.on ? 2 : null", (), ("cluster-mode",)),
        ("try(var.settings.shards, null)", (), ("cluster-mode",)),
        ('lookup(var.settings, "shards", null)', (), ("cluster-mode",)),
        ("var.on == null ? 1 : 2", ("cluster-mode",), ()),
        ("var.settings.shards", ("cluster-mode",), ()),
        ("null", (), ()),
    ],
)
def test_what_may_come_to_null_shows_nothing_for_certain(
    tree: Any, catalogue: Catalogue, expression: str, shown: tuple[str, ...], unsure: tuple[str, ...]
) -> None:
    code = (
        'variable "on" {}\nvariable "settings" {}\n'
        f'resource "azurerm_redis_cache" "main" {{\n  shard_count = {expression}\n}}\n'
    )
    (finding,) = audit(tree({"main.tf": code}), catalogue, ()).findings
    assert (finding.features, finding.features_unknown) == (shown, unsure)


POLICY = '{"Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::letters/*"]}]}'


@pytest.mark.parametrize(
    "kind", ["ovh_cloud_project_user_s3_policy", "minio_s3_bucket_policy", "kubernetes_config_map"]
)
def test_a_policy_of_another_store_is_written_in_the_same_words(tree: Any, catalogue: Catalogue, kind: str) -> None:
    written = f'resource "{kind}" "web" {{\n  policy = <<EOT\n{POLICY}\nEOT\n}}\n'
    coded = f'resource "{kind}" "coded" {{\n  policy = jsonencode({POLICY})\n}}\n'
    report = audit(tree({"main.tf": written + coded}), catalogue, ())
    ties = [one for one in report.findings if one.kind != "health"]
    foreign = kind.startswith("kubernetes")
    assert (len(ties), report.coverage.elsewhere) == ((4, 0) if foreign else (0, 4))


@pytest.mark.parametrize(("kind", "found"), [("ObjectBucketClaim", 0), ("ConfigMap", 2)])
def test_so_is_one_in_a_claim_of_a_bucket(tree: Any, catalogue: Catalogue, kind: str, found: int) -> None:
    text = f"apiVersion: example.org/v1\nkind: {kind}\nmetadata: {{name: a}}\nspec:\n  policy: |\n    {POLICY}\n"
    findings = audit(tree({"a.yaml": text}), catalogue, ()).findings
    assert (len(findings) > 0) == (found > 0)


def test_what_its_seller_ended_is_said_of_the_uses_that_show_it(engine: Engine) -> None:
    """All of a service, or what a use shows of it; a value that only a run could tell is no claim."""

    def ended(symbol: str, **values: Any) -> str:
        finding = engine.judge(usage(symbol, values=values))
        assert finding is not None
        return finding.retired

    assert ended("aws_qldb_ledger").startswith("Amazon QLDB: Ended on 2025-07-31")
    assert "Basic Load Balancer was retired" in ended("azurerm_lb", sku="Basic")
    assert ended("azurerm_lb", sku="Standard") == ""
    assert ended("azurerm_lb", sku=UNKNOWN) == ""
    assert ended("aws_sqs_queue") == ""


@pytest.mark.parametrize(
    ("pattern", "shown", "unknown"),
    [
        ('jsonencode({ source = ["aws.ec2"] })', True, False),
        ('jsonencode({ source = ["shop.orders"] })', False, False),
        ("jsonencode({ source = [var.source] })", False, True),
        ('jsonencode({ source = [var.source, "aws.s3"] })', True, False),
    ],
)
def test_a_pattern_for_a_text_also_fits_the_document_that_code_writes(
    catalogue: Catalogue, tree, pattern: str, shown: bool, unknown: bool
) -> None:
    rule = f'resource "aws_cloudwatch_event_rule" "r" {{\n  event_pattern = {pattern}\n}}\nvariable "source" {{}}\n'
    (finding,) = audit(tree({"main.tf": rule}), catalogue, ("ovhcloud",)).findings
    assert ("provider-events" in finding.features, "provider-events" in finding.features_unknown) == (shown, unknown)


def test_a_call_that_may_be_any_of_several_of_one_service_is_one_finding(catalogue: Catalogue, tree) -> None:
    """What two services may be asked stays two: each is left by itself."""
    code = """\
import boto3
client = boto3.client("ec2")
queues = boto3.client("sqs")
def each(call):
    return call(DryRun=True)
each(client.start_instances)
each(client.stop_instances)
each(queues.list_queues)
"""
    root = tree({"app.py": code})
    found = [one for one in audit(root, catalogue, ()).findings if one.location.line == 5]
    assert sorted((one.service, one.confidence) for one in found) == [("aws/ec2", "likely"), ("aws/sqs", "likely")]
    (machines,) = [one for one in found if one.service == "aws/ec2"]
    assert machines.message.endswith("The same place may also name `ec2.stop_instances`.")


@pytest.mark.parametrize(
    ("variable", "service"),
    [
        ("AWS_MEDIA_BUCKET", "aws/s3"),
        ("AWS_REDSHIFT_HOST", "aws/redshift"),
        ("AWS_ROLE_TO_ASSUME", "aws/account"),
        ("AZURE_STORAGEACCOUNT_KEY", "azure/blob-storage"),
        ("AZURE_INSIGHTS_KEY", "azure/application-insights"),
        ("AZURE_AI_SEARCH_ENDPOINT", "azure/search"),
        ("GCP_PUBSUB_TOPIC", "google/pubsub"),
        ("GCP_REGION", "google/account"),
    ],
)
def test_a_variable_of_somebodys_own_is_the_service_whose_word_is_in_it(engine: Engine, variable: str, service: str):
    found = engine.judge(usage(f"env/{variable}", namespace="kubernetes", kind="field", path="app.py"))
    assert found is not None
    assert found.service == service
