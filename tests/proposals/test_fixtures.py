"""The example repositories, from their files to proposals."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from portability import catalogue as catalogues
from portability.audit import audit
from portability.model import Proposal
from portability.proposals import render
from tests.proposals.conftest import problems

FIXTURES = Path(__file__).parents[2] / "fixtures"
TARGETS = ("ovhcloud", "self-hosted")


@cache
def proposed(fixture: str, target: str) -> list[Proposal]:
    known = catalogues.load()
    return render(audit(FIXTURES / fixture, known, (target,), jobs=1), known, target)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("fixture", ["webshop-aws", "case-api-azure", "data-pipeline-google"])
def test_each_gets_proposals_that_hold(fixture: str, target: str) -> None:
    proposals = proposed(fixture, target)
    assert proposals
    assert len({proposal.path for proposal in proposals}) == len(proposals)
    for proposal in proposals:
        assert proposal.replaces
        assert all((FIXTURES / fixture / place.path).is_file() for place in proposal.replaces)
        if proposal.language == "hcl":
            assert problems(proposal.text) == []


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_portable_needs_none(target: str) -> None:
    assert proposed("library-portable", target) == []


@pytest.mark.parametrize("target", TARGETS)
def test_a_shop_moves_as_it_is_written(target: str) -> None:
    mine = {one.capability: one for one in proposed("webshop-aws", target) if one.language != "markdown"}
    assert set(mine) >= {
        "cache",
        "container-registry",
        "dns",
        "kubernetes-cluster",
        "load-balancer",
        "object-storage",
        "postgresql",
        "secrets",
        "virtual-machine",
    }
    assert '"gemeente-webshop-uploads"' in mine["object-storage"].text
    assert "www.webshop.example.nl" in mine["dns"].text
    assert "100" in mine["postgresql"].text
    assert any("shop/storage.py" in decision for decision in mine["object-storage"].decisions)
