"""Rules of packet filters: what is known is carried over, what is not is left out."""

from __future__ import annotations

from typing import Any

import pytest

from portability.proposals.packets import let_in, ranges_of, services_in

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


def test_services_of_the_old_provider_are_let_in_no_more() -> None:
    """Google's probes and its tunnel come from ranges that would be a hole without them."""
    ports = [{"protocol": "tcp", "ports": ["80", "443"]}]
    ranges = ["35.191.0.0/16", "130.211.0.0/22", "10.0.0.0/8"]
    assert {one.cidr for one in let_in(ports, ranges)} == {"10.0.0.0/8"}
    assert services_in(ports, ranges) == ["the health checks and proxies of Google's balancers"]
    assert services_in([{**HTTPS, "cidr_blocks": ["35.235.240.0/20"]}])[0].startswith("Google's tunnel")
    assert services_in([HTTPS, "no rule"]) == []


def test_machines_by_tag_are_let_in_at_each_port() -> None:
    ports = [{"protocol": "tcp", "ports": ["80", "443"]}, {"protocol": "icmp"}]
    told = [(one.protocol, one.first, one.source) for one in let_in(ports, [], ["web"])]
    assert told == [("tcp", 80, "group"), ("tcp", 443, "group"), ("icmp", 0, "group")]
    assert [one.source for one in let_in(ports[:1], ["10.0.0.0/8"], [None])] == ["range", "group"] * 2
