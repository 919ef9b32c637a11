"""Machine types tell their size, and find the smallest flavour that holds it."""

from __future__ import annotations

import pytest

from portability.proposals.sizes import flavor_of, size_of


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("m5.large", (2, 8)),
        ("db.r6g.xlarge", (4, 32)),
        ("cache.t3.micro", (2, 1)),
        ("r6g.large.search", (2, 16)),
        ("n2-standard-4", (4, 16)),
        ("db-custom-2-7680", (2, 7.5)),
        ("Standard_D2s_v3", (2, 8)),
        ("GP_Standard_D4ds_v4", (4, 16)),
        ("B_Standard_B1ms", (1, 2)),
        ("G.2X", (8, 32)),
        ("Standard_DS2_v2", None),
        ("${var.size}", None),
        ("", None),
    ],
)
def test_sizes(name: str, size: tuple[int, float] | None) -> None:
    assert size_of(name) == size


def test_the_smallest_flavour_of_the_same_shape() -> None:
    found = flavor_of("m5.large", "ovhcloud")
    assert found is not None
    assert found.name == "b3-8"
    assert "2 vCPU and 8 GiB" in found.why


def test_what_no_flavour_holds_has_no_name() -> None:
    found = flavor_of("x1e.32xlarge", "ovhcloud")
    assert found is not None
    assert found.name == ""
