"""What rules may call a host."""

from __future__ import annotations

import pytest

from portability.names.hosts import keys


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("orders.s3.eu-west-1.amazonaws.com", "s3.amazonaws.com"),
        ("a1.execute-api.your-region.amazonaws.com", "execute-api.amazonaws.com"),
        ("us-documentai.googleapis.com", "documentai.googleapis.com"),
        ("*-aiplatform.googleapis.com", "aiplatform.googleapis.com"),
        ("europe-west4-aiplatform.googleapis.com", "aiplatform.googleapis.com"),
        ("container.googleapis.com", "googleapis.com"),
    ],
)
def test_a_host_is_named_without_its_place(host: str, name: str) -> None:
    assert name in keys(host)
