"""Rules of the old provider's packet filters, as a list of what is let in."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from portability.patterns import regex

_PROTOCOLS = frozenset({"tcp", "udp", "icmp"})
_ALL = frozenset({"-1", "all", "*"})
_LETS_IN = {"access": ("allow",), "direction": ("inbound", "ingress")}
_GROUPS = ("security_groups", "source_group", "source_security_group_id")
_RANGES = ("cidr_blocks", "ipv6_cidr_blocks", "cidrs", "source_address_prefixes")
_LISTS = ("prefix_list_ids", "range_list")
"""Ranges that stand elsewhere, under a name."""
_ANYWHERE = frozenset({"*", "internet", "any"})
_NAMED = regex(r"(?:[a-z0-9]+-)+(\d{1,5})-(tcp|udp)")
"""Rules by a name that says port and protocol, as modules have them: ``https-443-tcp``."""
_PROBES = "the health checks and proxies of Google's balancers"
_OWN = {
    "35.191.0.0/16": _PROBES,
    "130.211.0.0/22": _PROBES,
    "209.85.152.0/22": _PROBES,
    "209.85.204.0/22": _PROBES,
    "35.235.240.0/20": "Google's tunnel for administrators (Identity-Aware Proxy)",
}
"""Ranges that a provider's own services come from, who stay behind with it.

The first two: https://cloud.google.com/load-balancing/docs/firewall-rules, read in part 2026-12-01. The others as
public Terraform code names them, seen the same day; Google's own pages on them were not opened.
"""


class Let(NamedTuple):
    """One rule: ``protocol`` is empty for all of them, ``first`` to ``last`` are ports, 0 and 0 for every one.

    ``source`` says who is let in: a ``range`` (then ``cidr`` is one), members of its ``own`` group or of another
    ``group``, or ``unknown``.
    """

    protocol: str
    first: int
    last: int
    cidr: str
    version: str
    source: Literal["range", "own", "group", "unknown"] = "range"


def let_in(rules: Any, ranges: Any = (), groups: Any = ()) -> list[Let]:
    """What rules let in; those whose protocol or ports only a run could tell are not there, nor what lets in services
    of the old provider. ``ranges`` and ``groups`` are whom they all let in, where that is said beside them: then each
    has its list of ports, or takes every one."""
    return [let for let in _all(rules, ranges, groups) if let.cidr not in _OWN]


def services_in(rules: Any, ranges: Any = ()) -> list[str]:
    """Which services of the old provider rules let in, in words."""
    return list(dict.fromkeys(_OWN[let.cidr] for let in _all(rules, ranges, ()) if let.cidr in _OWN))


def _all(rules: Any, ranges: Any, groups: Any) -> list[Let]:
    told: list[Mapping[str, Any]] = [rule for rule in rules or () if isinstance(rule, Mapping)]
    if ranges or groups:
        whom = {"cidrs": ranges, "source_group": groups}
        told = [{**whom, "protocol": rule.get("protocol"), **at} for rule in told for at in _each_port(rule)]
    return list(dict.fromkeys(let for rule in told for let in _let(rule)))


def ranges_of(first: Any, last: Any = None) -> list[str]:
    """The IPv4 ranges that a range, or the addresses from ``first`` to ``last``, come to; none where these are none.

    ``0.0.0.0`` to ``0.0.0.0`` is no address but Azure's word for its own services.
    """
    try:
        if last is None:
            return [str(ipaddress.IPv4Network(first, strict=False))] if isinstance(first, str) else []
        if not isinstance(first, str):
            return []
        lowest, highest = ipaddress.IPv4Address(first), ipaddress.IPv4Address(last)
        if highest.is_unspecified:
            return []
        return [str(network) for network in ipaddress.summarize_address_range(lowest, highest)]
    except (ValueError, TypeError):
        return []


def _each_port(rule: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    ports = rule.get("ports", ["*"])
    for port in ports if isinstance(ports, (list, tuple)) else ():
        yield {"destination_port_range": str(port)}


def _let(rule: Mapping[str, Any]) -> Iterator[Let]:
    rule = _spelt_out(rule)
    lets = all(str(rule.get(name, words[0])).lower() in words for name, words in _LETS_IN.items())
    protocol = str(rule.get("protocol", "tcp")).lower()
    ports = _ports(rule)
    if not lets or protocol not in _PROTOCOLS | _ALL or ports is None:
        return
    every = protocol in _ALL or protocol == "icmp" or ports in ((0, 0), (0, 65535))
    first, last = (0, 0) if every else ports
    named = "" if protocol in _ALL else protocol
    for cidr in _cidrs(rule):
        try:
            network = ipaddress.ip_network(cidr, strict=False)
        except ValueError:
            continue
        yield Let(named, first, last, str(network), f"IPv{network.version}")
    if rule.get("self") is True:
        yield Let(named, first, last, "", "IPv4", "own")
    if any(rule.get(name, ()) not in ((), [], "") for name in _GROUPS):
        yield Let(named, first, last, "", "IPv4", "group")
    listed = any(rule.get(name, ()) not in ((), [], "") for name in _LISTS)
    if listed or any(_is_untold(rule.get(name, ())) for name in (*_RANGES, "self", "source_address_prefix")):
        yield Let(named, first, last, "", "IPv4", "unknown")


def _spelt_out(rule: Mapping[str, Any]) -> Mapping[str, Any]:
    """A rule by name, with what its name says."""
    name = str(rule.get("rule", ""))
    if name == "all-all":
        return {**rule, "protocol": "-1"}
    if found := _NAMED.fullmatch(name):
        return {**rule, "from_port": int(found[1]), "to_port": int(found[1]), "protocol": found[2]}
    return rule


def _is_untold(value: Any) -> bool:
    return value is None or (isinstance(value, (list, tuple)) and None in value)


def _ports(rule: Mapping[str, Any]) -> tuple[int, int] | None:
    first, last = rule.get("from_port"), rule.get("to_port")
    if isinstance(first, int) and isinstance(last, int):
        return (0, 0) if first < 0 else (first, last)
    if str(rule.get("protocol", "")).lower() in _ALL:
        return 0, 0
    text = str(rule.get("destination_port_range", ""))
    if text == "*":
        return 0, 0
    low, _, high = text.partition("-")
    return (int(low), int(high or low)) if low.isdecimal() and (high or low).isdecimal() and len(text) < 12 else None


def _cidrs(rule: Mapping[str, Any]) -> Iterator[str]:
    for name in _RANGES:
        found = rule.get(name)
        if isinstance(found, str):
            found = [one.strip() for one in found.split(",")]
        if isinstance(found, (list, tuple)):
            yield from ("0.0.0.0/0" if str(one).lower() in _ANYWHERE else one for one in found if isinstance(one, str))
    source = rule.get("source_address_prefix")
    if isinstance(source, str):
        yield "0.0.0.0/0" if source.lower() in _ANYWHERE else source
