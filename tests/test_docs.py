"""The generated reference says what the rules say."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

import pytest

from portability.catalogue import Catalogue
from portability.cli.shared import DEFAULT_TARGETS
from portability.reports import reference
from portability.reports.explain import explain

ROOT = Path(__file__).parent.parent
REFERENCE = ROOT / "docs" / "reference"
STALE = "docs/reference is older than the rules: run `make reference`"


@pytest.fixture(scope="module")
def pages(catalogue: Catalogue) -> dict[str, str]:
    return reference.pages(catalogue, DEFAULT_TARGETS)


def test_the_reference_is_current(pages: dict[str, str]) -> None:
    committed = {path.relative_to(REFERENCE).as_posix(): path for path in REFERENCE.rglob("*.md")}
    assert sorted(committed) == sorted(pages), STALE
    changed = [name for name, path in committed.items() if path.read_text(encoding="utf-8") != pages[name]]
    assert changed == [], STALE


def test_every_link_leads_to_a_page(pages: dict[str, str]) -> None:
    for name, text in pages.items():
        for link in re.findall(r"\]\(([^)]+)\)", text):
            assert posixpath.normpath(posixpath.join(posixpath.dirname(name), link)) in pages, (name, link)


def test_a_page_is_small(pages: dict[str, str]) -> None:
    assert {name for name, text in pages.items() if len(text) > 20_000} <= {reference.INDEX}


def test_a_page_says_what_explain_says(catalogue: Catalogue, pages: dict[str, str]) -> None:
    words = [" ".join(re.sub(r"[`\\\-]", "", text).split()) for text in (pages["aws/sqs.md"], told(catalogue))]
    for sentence in (catalogue.service("aws/sqs").because, "`aws_sqs_queue` with `redrive_policy: set`", "On OVHcloud"):
        assert all(sentence.replace("`", "") in text for text in words)


def told(catalogue: Catalogue) -> str:
    return explain("aws/sqs", catalogue, DEFAULT_TARGETS)


def test_markup_in_a_name_is_no_markup(pages: dict[str, str]) -> None:
    """Globs are full of stars; outside of code they would set the rest of a line in italics."""
    for name, text in pages.items():
        outside = re.sub(r"`[^`]*`|<https?:[^>]*>", "", text)
        assert re.findall(r"(?<!\\)\*", outside) == [], name


def test_a_page_of_a_rule_that_is_gone_goes(tmp_path: Path) -> None:
    own = tmp_path / "notes.md"
    own.write_text("Somebody's own.")
    text = f"{reference.MARK}\n\n# Gone\n"
    assert reference.write({"aws/gone.md": text, "aws/kept.md": text}, tmp_path) == []
    assert reference.write({"aws/kept.md": text}, tmp_path) == [tmp_path / "aws/gone.md"]
    assert sorted(path.name for path in tmp_path.rglob("*.md")) == ["kept.md", "notes.md"]
