"""Rules of the old provider's packet filters, as a list of what is let in."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

_PROTOCOLS = frozenset({"tcp", "udp", "icmp"})
_ALL = frozenset({"-1", "all", "*"})
_LETS_IN = {"access": "allow", "direction": "inbound"}
_ANYWHERE = frozenset({"*", "internet", "any"})


class Let(NamedTuple):
    """One rule: ``protocol`` is empty for all of them, ``first`` to ``last`` are ports, 0 and 0 for every one."""

    protocol: str
    first: int
    last: int
    cidr: str
    version: str


def let_in(rules: Any) -> list[Let]:
    """What rules with address ranges let in; those that only a run could tell, or that name other groups, are not."""
    return list(dict.fromkeys(let for rule in rules or () if isinstance(rule, Mapping) for let in _let(rule)))


def _let(rule: Mapping[str, Any]) -> Iterator[Let]:
    lets = all(str(rule.get(name, word)).lower() == word for name, word in _LETS_IN.items())
    protocol = str(rule.get("protocol", "tcp")).lower()
    ports = _ports(rule)
    if not lets or protocol not in _PROTOCOLS | _ALL or ports is None:
        return
    for cidr in _cidrs(rule):
        try:
            network = ipaddress.ip_network(cidr, strict=False)
        except ValueError:
            continue
        every = protocol in _ALL or protocol == "icmp" or ports in ((0, 0), (0, 65535))
        first, last = (0, 0) if every else ports
        yield Let("" if protocol in _ALL else protocol, first, last, str(network), f"IPv{network.version}")


def _ports(rule: Mapping[str, Any]) -> tuple[int, int] | None:
    first, last = rule.get("from_port"), rule.get("to_port")
    if isinstance(first, int) and isinstance(last, int):
        return (0, 0) if first < 0 else (first, last)
    text = str(rule.get("destination_port_range", ""))
    if text == "*":
        return 0, 0
    low, _, high = text.partition("-")
    return (int(low), int(high or low)) if low.isdecimal() and (high or low).isdecimal() and len(text) < 12 else None


def _cidrs(rule: Mapping[str, Any]) -> Iterator[str]:
    for name in ("cidr_blocks", "ipv6_cidr_blocks", "source_address_prefixes"):
        found = rule.get(name)
        if isinstance(found, (list, tuple)):
            yield from (one for one in found if isinstance(one, str))
    source = rule.get("source_address_prefix")
    if isinstance(source, str):
        yield "0.0.0.0/0" if source.lower() in _ANYWHERE else source
