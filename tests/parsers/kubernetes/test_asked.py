"""Which documents are composed at all: a filter that must let through everything that could match."""

import pytest

from portability.interest import Claim, Interest, NameTable
from portability.names.needles import needles
from portability.parsers.kubernetes.asked import Asked, asked_of


def asked(*names, words=(), attributes=None):
    table = NameTable.of((name, Claim("any/service", "primary")) for name in names)
    found = needles(words, table.patterns(), ())
    return Asked(Interest(names={"kubernetes": table}, attributes=attributes or {}, needles=found))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("StorageClassName/gp2", "gp2"),
        ("StorageClass/kubernetes.io/gce-pd", "kubernetes.io/gce-pd"),
        ("image/docker.io/amazon/aws-cli", "amazon/aws-cli"),
        ("*.services.k8s.aws/Bucket", "s3.services.k8s.aws/v1"),
        ("argument/--provider=aws*", "--provider=aws"),
        ("LogDriver/gcplogs", "gcplogs"),
        ("endpoint/sqs.*.amazonaws.com", "sqs.eu-west-1.amazonaws.com"),
        ("Issuer/*", "anything"),
        ("CredentialHelper/ecr*", "credHelpers: {x: ecr-login}"),
        ("PullSecret/*-ecr*", "name: our-ecr-login"),
        ("Scheme/gs", "url: gs://a-bucket"),
        ("ResourceId/vol-", "volumeID: vol-0123456789abcdef0"),
        ("azmonitoring.coreos.com/*", "apiVersion: azmonitoring.coreos.com/v1"),
        ("image/*.dkr.ecr.*.amazonaws.com/*", ".dockerconfigjson: e30K"),
    ],
)
def test_a_wanted_name_needs_no_word_of_its_provider(name, text):
    assert asked(name, words=("unrelated",)).is_in(text)


def test_what_every_manifest_holds_is_no_word():
    assert not asked("StorageClass/kubernetes.io/gce-pd").is_in("app.kubernetes.io/name: kubernetes.io")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("CredentialHelper/ecr*", "kind: Secret"),
        ("Jenkins/aci", "capacity: 1Gi"),
        ("Scheme/gs", "args: [logs]"),
        ("ResourceId/vol-", "name: revol-ving"),
        ("azmonitoring.coreos.com/*", "apiVersion: monitoring.coreos.com/v1"),
        ("aws.example/Kind", "kind: Pod\n  # See https://aws.example\n"),
    ],
)
def test_parts_of_other_words_and_comments_are_no_words(name, text):
    assert not asked(name).is_in(text)


def test_what_must_hold_a_word_that_is_asked_for_anyway_needs_no_other():
    """Else ``monitoring`` would be a word of every object of Prometheus."""
    ours = asked("StorageClassName/sigv4", "Telemetry/sigv4auth=monitoring-system")
    assert not ours.is_in("apiVersion: monitoring-system")
    assert ours.is_in("auth: {sigv4auth: {service: monitoring-system}}")


def test_addresses_and_roles_are_told_from_keys_that_begin_like_them():
    found = needles((), (), ("gs://", "roles/ml.*", "roles/run.*", "role/Storage *"))
    assert sorted(found) == ["dockercfg", "dockerconfigjson", "gs://", "roles/"]


@pytest.mark.parametrize("others", ["", "a-name-of-its-own " * 2, "x" * 300])
@pytest.mark.parametrize("text", ["xs3", "s3", "gp2", "class:gp2", "(gp2)"])
def test_a_word_is_found_in_short_texts_and_long_ones(others, text):
    """Short texts are taken apart, long ones are searched; a word may be shorter than the letters that tell it."""
    ours = asked("StorageClassName/gp2", words=("s3",))
    assert ours.is_in(f"{others} {text}")
    assert not ours.is_in(f"{others} gp s 3 g2p")


def test_a_word_that_was_found_or_not_is_found_or_not_again():
    ours = asked("StorageClassName/gp2", "argument/az login")
    texts = ["class: gp2", "class: nfs", "run: az login", "run: az"]
    assert [ours.is_in(text) for text in texts * 2] == [True, False, True, False] * 2


def test_paths_of_exact_and_open_symbols_add_up():
    paths = asked("*", attributes={"a.aws/B": ("x", "y"), "a.aws/*": ("y", "z"), "b*": ("no",)}).paths("a.aws/B")
    assert list(paths) == ["x", "y", "z"]


def test_an_interest_is_worked_out_once():
    one, other = Interest(), Interest()
    assert asked_of(one) is asked_of(one)
    assert asked_of(other) is not asked_of(one)
