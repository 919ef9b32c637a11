"""Rules that do not hold together say where and what to do; rules that do are all a user needs to add a service."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
import yaml

from portability.catalogue import Catalogue, CatalogueError, load
from portability.catalogue.json_schema import schema_of
from portability.catalogue.validate import conditions
from portability.examples import run_examples

ROOT = Path(__file__).parent.parent.parent
Tree = Callable[[dict[str, str | bytes]], Path]

SERVICE = """\
name: Example
capability: queue
lock_in: proprietary
because: Nobody else serves it.
names: {terraform: {primary: [aws_example_thing]}}
examples:
  - terraform: |
      resource "aws_example_thing" "t" {}
    flags: [1]
"""
PRODUCT = """\
product: Example
gives: [queue]
supports: [competing-consumers]
operated_by: you
run: {skills: [Example], size: S}
licence: MIT
steward: {name: Example, seat: NL}
effort: {once: S, each: S}
source: https://example.org
checked: 2026-11-23
verified: no
"""


def failure(tree: Tree, path: str, content: str | bytes) -> str:
    with pytest.raises(CatalogueError) as caught:
        load([tree({path: content})])
    return str(caught.value)


@pytest.mark.parametrize(
    ("change", "line", "words"),
    [
        (("aws_example_thing]", "aws_sqs_queue]"), 5, "already belongs to aws/sqs"),
        (("capability: queue", "capability: queues"), 2, "did you mean `queue`?"),
        (("lock_in: proprietary", "lock_in: sticky"), 3, "invalid enum value"),
        (("lock_in: proprietary", "lockin: proprietary"), 3, "unknown key `lockin`"),
        (("because: Nobody", "because: [Nobody"), 5, "not YAML"),
        (("because:", "lock_in: portable\nbecause:"), 4, "`lock_in` stands on line 3 already"),
        (
            ("because: Nobody else serves it.", "needs: {colour: always}\nbecause: Nobody else."),
            4,
            "`colour` is no feature",
        ),
        (("because:", "reached_by: {x: {lock_in: portable, because: It is so.}}\nbecause:"), 4, "no names"),
        (("flags: [1]", "flags: one"), 9, "expected `array`"),
    ],
)
def test_a_broken_service_says_where_and_what(tree: Tree, change: tuple[str, str], line: int, words: str) -> None:
    message = failure(tree, "services/aws/example.yaml", SERVICE.replace(*change))
    assert f"services/aws/example.yaml:{line}: " in message
    assert words in message


@pytest.mark.parametrize(
    ("change", "line", "words"),
    [
        (("licence: MIT", "licence: MTI"), 6, "no SPDX licence"),
        (("verified: no", "verified: no\ntemplates: {queue: none.yaml.j2}"), 12, "no template `none.yaml.j2`"),
        (("[competing-consumers]", "[competing-consumer]"), 3, "did you mean `competing-consumers`?"),
        (("gives: [queue]", "gives: [que]"), 2, "`que` is no capability"),
        (("seat: NL", "seat: Netherlands"), 7, "regex"),
        (
            ("operated_by:", "limits: [{kind: scale, text: It is small., concerns: [delay-delivery]}]\noperated_by:"),
            4,
            "did you mean `delayed-delivery`?",
        ),
        (
            ("operated_by:", "only_for: [dead-letter]\noperated_by:"),
            4,
            "`dead-letter` is not supported; add it to `supports` or `serves`",
        ),
    ],
)
def test_a_broken_product_says_where_and_what(tree: Tree, change: tuple[str, str], line: int, words: str) -> None:
    message = failure(tree, "targets/self-hosted/example.yaml", PRODUCT.replace(*change))
    assert f"targets/self-hosted/example.yaml:{line}: " in message
    assert words in message


@pytest.mark.parametrize(
    ("lacking", "words"),
    [
        ("queue/dead-letter", "no essential feature of queue"),
        ("batch/quantum-machine", "did you mean `quantum-machines`?"),
        ("batches/slurm", "no capability with features"),
        ("batch/slurm", "yet self-hosted/slurm has it"),
    ],
)
def test_a_feature_said_to_lack_is_an_essential_one_that_nothing_has(tree: Tree, lacking: str, words: str) -> None:
    entry = f"  {lacking}: {{reason: Nobody has it., source: s, checked: 2026-11-30, verified: no}}\n"
    target = (ROOT / "rules/targets/self-hosted/target.yaml").read_text().replace("\nlacks:\n", f"\nlacks:\n{entry}")
    assert words in failure(tree, "targets/self-hosted/target.yaml", target)


def test_an_effort_range_upside_down(tree: Tree) -> None:
    text = (ROOT / "rules/effort.yaml").read_text()
    turned = re.sub(r"S: \[([\d.]+), ([\d.]+)\]", r"S: [\2, \1]", text, count=1)
    assert turned != text
    assert "upside down" in failure(tree, "effort.yaml", turned)


@pytest.mark.parametrize(
    ("path", "content", "words"),
    [
        ("service.yaml", SERVICE, "no rule lives here"),
        ("services/aws/example.yaml", b"\xff\xfe\x00", "cannot be read"),
        ("services/aws/example.yaml", "[" * 100_000, "nested too deep"),
        ("services/aws/example.yaml", "a: &a [x]\nb: [*a, *a]\n", "aliases are not used"),
        ("services/aws/example.yaml", "", "expected `object`"),
        ("services/nobody/example.yaml", SERVICE, "`nobody` is no provider"),
    ],
)
def test_a_file_that_is_no_rule(tree: Tree, path: str, content: str | bytes, words: str) -> None:
    assert words in failure(tree, path, content)


def test_rules_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="not a directory of rules"):
        load([tmp_path / "gone"])


def test_yes_and_no_are_words_and_norway_is_a_country(tree: Tree) -> None:
    catalogue = load([tree({"targets/self-hosted/example.yaml": PRODUCT.replace("NL", "NO")})])
    product = catalogue.products["self-hosted/example"]
    assert (product.verified, product.steward.seat) == ("no", "NO")


def test_what_contributing_shows_works(tree: Tree) -> None:
    """Adding a service is the one file that CONTRIBUTING.md shows, with nothing else."""
    text = (ROOT / "CONTRIBUTING.md").read_text()
    shown = re.search(r"<!-- test: rules/(\S+) -->\n```yaml\n(.*?)```", text, re.DOTALL)
    assert shown is not None
    catalogue = load([tree({shown[1]: shown[2]})])
    assert list(run_examples(catalogue, ["aws/example-relay"])) == []
    claim = catalogue.claim("boto3", "examplerelay.send")
    assert claim is not None
    assert claim.service == "aws/example-relay"


def test_an_example_that_does_not_hold_is_told(tree: Tree) -> None:
    wrong = SERVICE.replace("flags: [1]", "flags: [2]\n    lock_in: {1: portable}\n    features: {1: [dead-letter]}")
    catalogue = load([tree({"services/aws/example.yaml": wrong})])
    told = [message for _, _, message in run_examples(catalogue, ["aws/example"])]
    assert told == [
        "flags lines [1], and the example says [2]",
        "line 1 does not show dead-letter; it shows nothing",
        "line 1 is proprietary, and the example says portable",
    ]


def test_every_rule_file_fits_its_published_schema() -> None:
    """Editors complete by these schemas, so they must take what the tool takes."""
    loader = type("Plain", (yaml.CSafeLoader,), {"yaml_implicit_resolvers": {}})
    loader.yaml_implicit_resolvers = {
        letter: [(tag, regex) for tag, regex in found if not tag.endswith(("bool", "timestamp"))]
        for letter, found in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }
    loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), ["t", "f"])
    for kind, pattern in (("capability", "capabilities/*.yaml"), ("product", "targets/*/[!t]*.yaml")):
        validator = jsonschema.Draft202012Validator(schema_of(kind))
        for path in sorted((ROOT / "rules").glob(pattern)):
            if path.name != "target.yaml":
                assert [e.message for e in validator.iter_errors(yaml.load(path.read_text(), loader))] == [], path


def test_no_service_file_names_a_target(catalogue: Catalogue) -> None:
    """Services and targets meet in capabilities only; that is what keeps N×M down to N+M."""
    words = re.compile(rf"\b({'|'.join([*catalogue.targets, 'OVH'])})\b", re.IGNORECASE)
    named = [path for path in (ROOT / "rules/services").rglob("*.yaml") if words.search(path.read_text())]
    assert named == []


def test_every_capability_has_an_answer_on_every_target(catalogue: Catalogue) -> None:
    open_questions = [
        (target, capability)
        for target in catalogue.targets
        for capability in catalogue.capabilities
        if not catalogue.giving(target, capability) and catalogue.lack(target, capability) is None
    ]
    assert open_questions == []


def test_where_there_is_a_choice_somebody_chose(catalogue: Catalogue) -> None:
    """A use that shows no need must not be answered by whichever product is small or first in the alphabet."""
    target = catalogue.targets["self-hosted"]
    chosen_by_chance = [
        capability
        for capability in catalogue.capabilities
        if len(products := catalogue.giving("self-hosted", capability)) > 1
        and f"self-hosted/{target.prefers.get(capability)}" not in dict(products)
    ]
    assert chosen_by_chance == []


def test_an_essential_feature_is_asked_for(catalogue: Catalogue) -> None:
    """Essential features tell one kind of thing from another, so some service must be of that kind."""
    asked = {need for id in catalogue.service_ids for need in catalogue.service(id).needs}
    unasked = [
        (id, feature)
        for id, capability in catalogue.capabilities.items()
        for feature, what in capability.features.items()
        if what.essential and feature not in asked
    ]
    assert unasked == []


def test_a_condition_names_what_its_service_claims(catalogue: Catalogue) -> None:
    """What is found under a name goes to the service that claims it, so a condition of another one never holds."""
    elsewhere = [
        (id, namespace, symbol)
        for id in catalogue.service_ids
        for condition in conditions(catalogue.service(id))
        for namespace, symbols in condition.items()
        for symbol in symbols
        if "*" not in symbol and getattr(catalogue.claim(namespace, symbol), "service", None) != id
    ]
    assert elsewhere == []


def test_the_compiled_form_follows_the_rules() -> None:
    """A checkout compiles again when a rule file changes; nobody has to remember a step."""
    code = "from portability.catalogue import load; print(load().version)"
    command = [sys.executable, "-c", code]
    first = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    (ROOT / "rules/effort.yaml").touch()
    assert subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout == first


def test_a_stewards_name_keeps_its_remarks_apart(catalogue):
    """Stewards are counted by what stands before the semicolon: one foundation is one, whoever began the project."""
    named = {product.steward.name.partition(";")[0] for product in catalogue.products.values()}
    assert [name for name in sorted(named) if ", " in name] == []
