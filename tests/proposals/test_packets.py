"""Rules of packet filters: what is known is carried over, what is not is left out."""

from __future__ import annotations

from typing import Any

import pytest

from portability.proposals.packets import let_in, ranges_of

HTTPS = {"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["0.0.0.0/0"]}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (HTTPS, [("tcp", 443, 443, "0.0.0.0/0", "IPv4", "range")]),
        ({**HTTPS, "protocol": "-1", "from_port": 0, "to_port": 0}, [("", 0, 0, "0.0.0.0/0", "IPv4", "range")]),
        ({**HTTPS, "cidr_blocks": ["2001:db8::/32"]}, [("tcp", 443, 443, "2001:db8::/32", "IPv6", "range")]),
        ({**HTTPS, "cidr_blocks": ["${var.office}", "no address"]}, []),
        ({**HTTPS, "from_port": "unknown"}, []),
        (
            {**HTTPS, "cidr_blocks": ["10.0.0.0/8", None]},
            [("tcp", 443, 443, "10.0.0.0/8", "IPv4", "range"), ("tcp", 443, 443, "", "IPv4", "unknown")],
        ),
        (
            {"access": "Allow", "direction": "Inbound", "protocol": "Tcp", "destination_port_range": "80-90",
             "source_address_prefix": "*"},
            [("tcp", 80, 90, "0.0.0.0/0", "IPv4", "range")],
        ),
        ({"access": "Deny", "protocol": "*", "destination_port_range": "*", "source_address_prefix": "*"}, []),
        # A list of ranges that stands elsewhere is asked for, and does not hide the ports.
        ({**HTTPS, "cidr_blocks": [], "range_list": [None]}, [("tcp", 443, 443, "", "IPv4", "unknown")]),
        ("no rule", []),
    ],
)  # fmt: skip
def test_a_rule(rule: Any, expected: list[tuple[Any, ...]]) -> None:
    assert [tuple(one) for one in let_in([rule])] == expected


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("10.1.2.3/8", None, ["10.0.0.0/8"]),
        ("10.0.0.0", "10.0.0.9", ["10.0.0.0/29", "10.0.0.8/31"]),
        ("10.0.0.7", "10.0.0.7", ["10.0.0.7/32"]),
        # Azure's word for its own services.
        ("0.0.0.0", "0.0.0.0", []),
        ("0.0.0.0", "255.255.255.255", ["0.0.0.0/0"]),
        ("10.0.0.9", "10.0.0.0", []),
        ("2001:db8::/32", None, []),
        ('10.0.0.0/8"]\n', None, []),
        (10, None, []),
        (None, None, []),
        ("10.0.0.1", {"a": 1}, []),
    ],
)
def test_ranges(first: Any, last: Any, expected: list[str]) -> None:
    assert ranges_of(first, last) == expected
