"""Every template: what it renders parses, fits its provider, and holds scanned values as the data that they are."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from portability import catalogue as catalogues
from portability.catalogue import Catalogue
from portability.model import Proposal
from portability.proposals import render, write
from portability.proposals.rendering import Templates, release
from tests.proposals.conftest import PLAIN, assessment, equivalent, everything, finding, problems, with_templates

KNOWN = catalogues.load()
CASES = with_templates(KNOWN)
CAPABILITIES = sorted(PLAIN)
HOSTILE = [
    'say "no"',
    "it's",
    "back\\slash\\",
    "two\nlines\r\nand\ttabs",
    "${file(\"/etc/passwd\")}",
    "%{ if true }yes%{ endif }",
    "$${escaped} $$${x} %%{y} $$$${z",
    "$", "%", "${", "%{",
    "{{ 7 * 7 }}{% raw %}{# #}",
    "- item", "key: value", "# no comment", "&anchor", "*alias", "!!python/object:os.system", "| block", "> folded",
    "yes", "null", "~", "1e3", "0x10", "--- ", "...", "[1, 2]", "{a: b}", "@at", "`tick`", " edges ",
    "}\nresource \"null_resource\" \"x\" {",
    "../../etc/passwd", "/etc/passwd", "C:\\Windows", "a/../../b", "..",
    "\x00\x07\x1b[31m", "\x85\u2028\u2029\ufeff\u200b", "é漢字😀", "\ufffe\uffff",
    "<script>&amp;</script>",
    "x" * 10_000,
    ("\"${%{\\\n" * 1500),
]  # fmt: skip
# What shows names of the provider's own falls away, whatever else it shows; test_links has that.
FEATURES = {
    capability: tuple(sorted(set(kind.features) - {"provider-names"}))
    for capability, kind in KNOWN.capabilities.items()
}


def one(known: Catalogue, product: str, capability: str, inputs: dict[str, Any], **more: Any) -> Proposal:
    target = product.partition("/")[0]
    found = finding((equivalent(known, product, capability),), inputs, **more)
    (proposal,) = render(assessment(found), known, target)
    return proposal


def literals(proposal: Proposal) -> list[Any]:
    """Every string that the text holds as data."""
    if proposal.language == "yaml":
        return [leaf for document in yaml.safe_load_all(proposal.text) for leaf in _leaves(document)]
    code = [line for line in proposal.text.split("\n") if not line.startswith("#")]
    return [_unescaped(text) for text in re.findall(r'"((?:[^"\\]|\\.)*)"', "\n".join(code))]


def _leaves(node: Any) -> Iterator[Any]:
    if isinstance(node, dict):
        for value in node.values():
            yield from _leaves(value)
    elif isinstance(node, list):
        for value in node:
            yield from _leaves(value)
    else:
        yield node


def _unescaped(text: str) -> str:
    out, at = [], 0
    named = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
    while at < len(text):
        if text.startswith(("$${", "%%{"), at):
            out.append(text[at] + "{")
            at += 3
            continue
        assert not text.startswith(("${", "%{"), at), "an interpolation got through"
        if text[at] == "\\":
            width = {"u": 4, "U": 8}.get(text[at + 1], 0)
            out.append(chr(int(text[at + 2 : at + 2 + width], 16)) if width else named[text[at + 1]])
            at += 2 + width
            continue
        out.append(text[at])
        at += 1
    return "".join(out)


@pytest.mark.parametrize(("product", "capability"), CASES)
class TestEvery:
    def test_all_is_known(self, catalogue: Catalogue, product: str, capability: str) -> None:
        proposal = one(catalogue, product, capability, everything(catalogue, capability))
        assert proposal.text.startswith("# " + catalogue.products[product].product)
        assert "infrastructure/main.tf:3" in proposal.text
        assert "no feature of old" in proposal.text
        assert proposal.gaps == ("no feature of old",)
        if proposal.language == "hcl":
            assert problems(proposal.text) == []

    @pytest.mark.parametrize("unknown", [True, False])
    @pytest.mark.parametrize("features", [True, False])
    def test_nothing_is_known(
        self, catalogue: Catalogue, product: str, capability: str, unknown: bool, features: bool
    ) -> None:
        inputs = dict.fromkeys(everything(catalogue, capability)) if unknown else {}
        shown = FEATURES[capability] if features else ()
        proposal = one(catalogue, product, capability, inputs, features=shown)
        if proposal.language == "hcl":
            # A project, of a cloud or of a registry, asks for nothing, and one who acts has a name.
            # A group without a rule is one whose members others let in.
            asks_nothing = capability in ("governance", "access-management", "security-group")
            asks_nothing = asks_nothing or product.endswith("/harbor")
            assert 'variable "' in proposal.text or asks_nothing
            assert problems(proposal.text) == []

    @pytest.mark.parametrize("bare", [{"high_availability": False, "internal": True}, {"nodes": 1, "type": "network"}])
    def test_other_branches(self, catalogue: Catalogue, product: str, capability: str, bare: dict[str, Any]) -> None:
        inputs = everything(catalogue, capability)
        inputs |= {name: value for name, value in bare.items() if name in inputs}
        proposal = one(catalogue, product, capability, inputs)
        if proposal.language == "hcl":
            assert problems(proposal.text) == []

    def test_hostile_values_come_back_equal(self, catalogue: Catalogue, product: str, capability: str) -> None:
        # No slug of itself, so that it is seen where the name is printed as it is.
        inputs = {**everything(catalogue, capability), "name": "Plain.Name"}
        plain = literals(one(catalogue, product, capability, inputs))
        texts = [name for name, value in inputs.items() if isinstance(value, str) and value in plain]
        # A schedule is none unless it is one, and a kind or a version is looked up.
        texts = [name for name in texts if name not in ("type", "version", "schedule")]
        lists = [name for name, value in inputs.items() if isinstance(value, list) and set(value) <= set(plain)]
        for hostile in HOSTILE:
            filled = {name: [value] if name in lists else value for name, value in inputs.items()}
            filled |= dict.fromkeys((name for name, value in inputs.items() if isinstance(value, str)), hostile)
            filled |= {name: [hostile] for name in lists} | ({"type": "TXT"} if "records" in inputs else {})
            proposal = one(catalogue, product, capability, filled)
            back = literals(proposal)
            # A Harbor project takes the first part of a repository's name.
            split = int(product.endswith("/harbor") and "/" in hostile)
            assert back.count(hostile) >= len(texts) + len(lists) - split, (hostile[:40], texts)
            assert re.fullmatch(r"[a-z0-9-]+(/main\.tf|\.yaml)", proposal.path)
            if proposal.language == "hcl":
                assert problems(proposal.text) == []

    def test_secrets_stay_out(self, catalogue: Catalogue, product: str, capability: str) -> None:
        secret = "AKIAIOSFODNN7EXAMPLE99"
        names = [name for name, value in everything(catalogue, capability).items() if isinstance(value, (str, list))]
        inputs = {
            **everything(catalogue, capability),
            **dict.fromkeys(names, f"arn:{secret}"),
            "admin_password": "hunter2hunter2",
        }
        proposal = one(catalogue, product, capability, inputs)
        assert secret not in proposal.text
        assert "hunter2" not in proposal.text
        assert any("looks like a secret" in decision for decision in proposal.decisions)


@pytest.mark.parametrize("target", ["ovhcloud", "self-hosted"])
@pytest.mark.parametrize("capability", CAPABILITIES)
def test_a_target_serves_what_it_does_not_say_that_it_lacks(target: str, capability: str) -> None:
    serves = any(product.startswith(f"{target}/") for product, given in CASES if given == capability)
    assert serves or capability in KNOWN.targets[target].lacks


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")
def test_terraform_would_not_format_it_otherwise(catalogue: Catalogue, tmp_path: Path) -> None:
    for number, (product, capability) in enumerate(CASES):
        for name, inputs in (("known", everything(catalogue, capability)), ("unknown", {})):
            proposal = one(catalogue, product, capability, inputs, features=FEATURES[capability])
            if proposal.language == "hcl":
                write([proposal], tmp_path / f"{number}-{name}", force=False)
    done = subprocess.run(
        ["terraform", "fmt", "-check", "-recursive", "-diff", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == ""
    assert done.returncode == 0, done.stderr


def test_a_standby_that_the_code_has_becomes_one(catalogue: Catalogue) -> None:
    ours = one(catalogue, "self-hosted/cloudnativepg", "postgresql", dict(PLAIN["postgresql"]))
    cluster = next(yaml.safe_load_all(ours.text))
    assert cluster["spec"]["instances"] == 3
    assert cluster["spec"]["storage"]["size"] == "100Gi"
    assert cluster["spec"]["bootstrap"]["initdb"] == {"database": "register", "owner": "clerk"}
    assert any("standby" in decision for decision in ours.decisions)
    theirs = one(catalogue, "ovhcloud/managed-postgresql", "postgresql", dict(PLAIN["postgresql"]))
    assert '"business"' in theirs.text
    assert '"enterprise"' in one(
        catalogue, "ovhcloud/managed-postgresql", "postgresql", {**PLAIN["postgresql"], "backup_days": 30}
    ).text  # fmt: skip


@pytest.mark.parametrize(
    ("said", "asks"), [(0.5, "500m"), (2, "2000m"), (256, "250m"), (20, None), (0, None), (-3, None)]
)
def test_processors_and_units_of_them_are_told_apart(catalogue: Catalogue, said: float, asks: str | None) -> None:
    """One provider says 256 where another says 0.25; what may mean either is asked for."""
    text = one(catalogue, "self-hosted/kubernetes-deployment", "container-service", {"name": "web", "cpu": said}).text
    deployment = next(iter(yaml.safe_load_all(text)))
    found = deployment["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"]["cpu"]
    assert found == (asks or "${WEB_CPU}")


@pytest.mark.parametrize(
    ("said", "written"), [("EGRESS", ["egress"]), ("Outbound", ["egress"]), ("INGRESS", ["ingress"]), (None, [])]
)
def test_a_rule_for_what_goes_out_lets_nobody_in(catalogue: Catalogue, said: str | None, written: list[str]) -> None:
    """What is filled in for a rule of the way out must not open the way in, and a group without rules asks for none."""
    inputs = {"name": "out", "direction": said} if said else {"name": "out"}
    text = one(catalogue, "ovhcloud/security-groups", "security-group", inputs).text
    assert re.findall(r'direction +=  *"(\w+)"', text) == written


def test_the_plan_of_a_cluster_is_written_out(catalogue: Catalogue) -> None:
    text = one(catalogue, "ovhcloud/managed-kubernetes", "kubernetes-cluster", {}).text
    assert re.search(r'plan\s+= "standard"', text)


def test_the_engine_is_never_redis(catalogue: Catalogue) -> None:
    text = one(catalogue, "ovhcloud/managed-valkey", "cache", dict(PLAIN["cache"])).text
    assert re.search(r'engine\s+= "valkey"', text)


@pytest.mark.parametrize(
    ("said", "parts", "wanted"),
    [("16.4", 1, "16"), ("v1.33.2", 2, "1.33"), ("POSTGRES_14", 1, "14"), ("MYSQL_8_0", 2, "8.0"), ("latest", 1, "")],
)
def test_a_version_is_read_in_every_spelling(said: str, parts: int, wanted: str) -> None:
    assert release(said, parts) == wanted


BESIDE = [
    (id, capability)
    for id, product in sorted(KNOWN.products.items())
    for capability in product.gives
    if Templates(KNOWN).beside(id, capability)
]


@pytest.mark.parametrize(("product", "capability"), BESIDE)
def test_what_stands_alone_is_data_too(catalogue: Catalogue, product: str, capability: str) -> None:
    for hostile in HOSTILE:
        inputs = {**everything(catalogue, capability), "from_port": 80, "to_port": 80, "protocol": "tcp"}
        inputs |= {"cidrs": ["10.0.0.0/8"], "cidr": f"10.0.0.0/24{hostile}", "name": hostile, "records": [hostile]}
        inputs |= {"description": hostile, "type": "TXT", "direction": "ingress", "access": "allow"}
        proposal = one(catalogue, product, capability, inputs, role="part", address=f"aws_thing.{hostile}")
        assert not proposal.problems
        literals(proposal)
        if proposal.language == "hcl":
            assert problems(proposal.text) == []
