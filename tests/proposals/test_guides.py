"""Guides: each call that the code makes has its row, what has none is said, and the words are those of the product."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from portability import catalogue as catalogues
from portability.catalogue import Catalogue
from portability.model import Proposal
from portability.proposals import render
from tests.command_line import portability
from tests.proposals.conftest import assessment, equivalent, finding

KNOWN = catalogues.load()
ONE_INTERFACE = {
    "object-storage": {"s3"},
    "search-engine": {"opensearch", "elasticsearch"},
    "secrets": {"vault-kv-2"},
}
"""Capabilities with one guide for all products: what these serve, one of which is enough."""


def guides() -> list[tuple[str, str, str]]:
    """Every product and capability with a guide of its own, and the names of the calls that it has rows for."""
    found = []
    for name, text in sorted(KNOWN.templates.items()):
        words = name.removeprefix("_guides/").removesuffix(".md.j2").split(".")
        for id, product in KNOWN.products.items():
            of_product = len(words) == 2 and id.endswith(f"/{words[0]}") and words[1] in product.gives
            if name.startswith("_guides/") and (of_product or words[0] in set(ONE_INTERFACE) & set(product.gives)):
                found.append((id, words[-1], text))
    return found


def one(known: Catalogue, product: str, capability: str, *symbols: str, **more: Any) -> Proposal:
    calls = [
        finding(
            (equivalent(known, product, capability, run={"skills": ["Kubernetes"]}),),
            line=line,
            language="python",
            lock_in="proprietary",
            symbol=symbol,
            **more,
        )
        for line, symbol in enumerate(symbols, 1)
    ]
    proposals = render(assessment(*calls), known, product.partition("/")[0])
    return next(proposal for proposal in proposals if proposal.language == "markdown")


@pytest.mark.parametrize(("product", "capability", "text"), guides())
def test_calls_have_rows_and_others_are_named(catalogue: Catalogue, product: str, capability: str, text: str) -> None:
    while included := re.match(r'\{% include "([^"]+)" %\}', text):
        text = KNOWN.templates[included[1]]
    names = [
        name for row in re.findall(r"^ +\(\[([^\]]+)\]", text, re.MULTILINE) for name in re.findall(r'"([^"]+)"', row)
    ]
    assert len(names) == len(set(names)) > 0
    symbols = [f"sdk.Client.{name}" for name in names[:39]]
    guide = one(catalogue, product, capability, *symbols, "sdk.Client.unheard_of")
    row = r"^\| `sdk\.Client\.([\w.]+)` \(infrastructure/main\.tf:\d+\) \| (.+) \|$"
    rows = re.findall(row, guide.text, re.MULTILINE)
    assert {name for name, _ in rows} == set(names[:39])
    assert "No row stands for `sdk.Client.unheard_of`:" in guide.text
    for heading in ("How the model changes", "Before and after", "Moving the data", "Going back"):
        assert f"\n## {heading}\n" in guide.text
    assert guide.text.count("`") % 2 == 0


def test_a_word_before_a_call_tells_alike_ones_apart(catalogue: Catalogue) -> None:
    """An entity's ``update`` fills a dict, a document's changes the database."""
    symbols = ["datastore.Entity.update", "firestore.DocumentReference.update", "sdk.Future.result"]
    guide = one(catalogue, "self-hosted/postgresql-remodelled", "document-database", *symbols)
    after = dict(re.findall(r"^\| `([\w.]+)` \(.+?\) \| (.+) \|$", guide.text, re.MULTILINE))
    assert after.keys() == set(symbols[:2])
    assert "UPDATE t" in after[symbols[1]]
    assert "UPDATE t" not in after[symbols[0]]
    assert "No row stands for `sdk.Future.result`:" in guide.text


DECLARED = ("google_storage_bucket", "aws_cdk.aws_s3.Bucket", "pulumi_gcp.storage.Bucket")


def test_what_a_program_declares_is_no_call_to_change(catalogue: Catalogue) -> None:
    """A bucket that Pulumi or the CDK makes goes by its type in Terraform: the proposal beside the guide is for it."""
    guide = one(catalogue, "self-hosted/rook-ceph-rgw", "object-storage", "sdk.Client.bucket", *DECLARED)
    assert "`sdk.Client.bucket` (" in guide.text
    assert "No row stands for" not in guide.text


def test_what_no_patch_changes_is_told_by_file(tmp_path: Path) -> None:
    """Each reason once, with the lines of each file."""
    code = "from google.cloud import storage\n\nclient = storage.Client()\nclient.bucket('a').blob('b').open()\n"
    (tmp_path / "app.py").write_text(f"{code}client.bucket('c').blob('d').open()\n")
    result = portability("propose", str(tmp_path), "--target", "self-hosted", "--out", str(tmp_path / "out"))
    assert result.exit_code == 0, result.output
    (guide,) = (tmp_path / "out/guides").rglob("object-storage-*.md")
    told = guide.read_text().partition("## What no patch changes, and why\n\n")[2].split("\n\n")[0].splitlines()
    assert len(told) == 2
    assert told[1] == "  - app.py:4, 5"


@pytest.mark.parametrize("capability", sorted(ONE_INTERFACE))
def test_one_guide_suits_all_its_products(catalogue: Catalogue, capability: str) -> None:
    given = {id: product for id, product in catalogue.products.items() if capability in product.gives}
    assert {id for id, product in given.items() if ONE_INTERFACE[capability].isdisjoint(product.serves)} == set()


@pytest.mark.parametrize(
    "symbol", ["a`b.put_item", "a|b.put_item", "a\nb.put_item", "{{ 7 * 7 }}.put_item", "<b>.put_item"]
)
def test_a_hostile_name_stays_in_its_cell(catalogue: Catalogue, symbol: str) -> None:
    guide = one(catalogue, "self-hosted/postgresql-remodelled", "key-value-database", symbol)
    (row,) = [line for line in guide.text.splitlines() if "INSERT INTO" in line]
    assert row.startswith("| ")
    assert len(re.findall(r"(?<!\\)\|", row)) == 3


def test_a_program_that_operates_databases_declares_none(tmp_path: Path) -> None:
    calls = "rds = boto3.client('rds')\nfor one in rds.describe_db_instances()['DBInstances']:\n"
    (tmp_path / "stop.py").write_text(f"import boto3\n{calls}    rds.stop_db_instance(DBInstanceIdentifier=one['x'])\n")
    result = portability("propose", str(tmp_path), "--target", "ovhcloud", "--out", str(tmp_path / "out"))
    assert result.exit_code == 0, result.output
    assert not (tmp_path / "out/terraform").exists()
    assert "rds.stop_db_instance" in (tmp_path / "out/guides" / "root" / "postgresql-rds.md").read_text()
