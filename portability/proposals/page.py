"""One proposal while its template runs: the variables it asks for, the decisions it leaves, then the finished text."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias

import msgspec
from markupsafe import Markup

from portability.catalogue.schema import Capability
from portability.model import Equivalent, Finding
from portability.patterns import regex
from portability.proposals import layout, literals
from portability.proposals.inputs import inputs_of
from portability.proposals.keys import key_of
from portability.proposals.lifecycles import lifecycle_of
from portability.proposals.literals import Reference
from portability.proposals.packets import let_in, ranges_of, services_in
from portability.proposals.rights import Right, is_housekeeping
from portability.proposals.routes import routes_of
from portability.proposals.schedules import cron_of
from portability.proposals.sizes import flavor_of

Language: TypeAlias = Literal["hcl", "yaml", "markdown"]
Way: TypeAlias = Literal["below", "above"]
LANGUAGES: Mapping[str, Language] = {".tf.j2": "hcl", ".yaml.j2": "yaml", ".md.j2": "markdown"}
SETTINGS: Mapping[str, str] = {".values.yaml.j2": "helm-values", ".config.yaml.j2": "config"}
"""Endings of templates that render settings rather than manifests: values of a chart, a program's own file."""
WIDTH = 110
_TYPES = regex(r"string|number|bool|(list|set|map)\((string|number|bool)\)")
_NAME = regex(r"[a-z][a-z0-9_]{0,120}")
_FIDELITY = {
    "same-api": "the same interface, and every feature that is used",
    "same-concept": "the same concept over another interface",
    "partial": "a part of what is used",
    "unknown": "not known",
}


class Variable(msgspec.Struct, frozen=True):
    """Something that the scanned code does not say and the proposal needs. ``keys`` are those of a map."""

    name: str
    type: str
    description: str
    sensitive: bool = False
    keys: tuple[str, ...] = ()

    def with_keys_of(self, other: Variable) -> Variable:
        """The same, for what another of its name asks too."""
        return msgspec.structs.replace(self, keys=tuple(sorted({*self.keys, *other.keys})))


class Part(msgspec.Struct, frozen=True):
    """Something that is set beside a definition: a DNS record of a zone, a node group of a cluster."""

    label: str
    symbol: str
    address: str
    place: str
    inputs: Mapping[str, Any]
    names: tuple[str, ...] = ()
    """The addresses that its block names."""
    features: frozenset[str] = frozenset()


def parts_of(findings: list[Finding], capability: Capability) -> list[Part]:
    """Parts as a template may use them, in order. ``label`` is an identifier, and no other part has it."""
    parts: list[Part] = []
    taken: set[str] = set()
    for finding in findings:
        label = literals.slug(finding.address.rpartition(".")[2]).replace("-", "_")
        free = literals.unique(label, taken, "_")
        inputs = inputs_of(finding, capability)[0]
        place, names, features = str(finding.location), finding.references, frozenset(finding.features)
        parts.append(Part(Reference(free), finding.symbol, finding.address, place, inputs, names, features))
    return parts


class Page:
    """What a template talks to. ``name`` is a DNS label; ``inputs`` are those of :func:`inputs_of`.

    ``label`` is an identifier that no other proposal for the target has; the variables of this one begin with it.
    """

    def __init__(
        self, language: Language, name: str, label: str, inputs: Mapping[str, Any], decisions: list[str]
    ) -> None:
        self.language = language
        self.name = name
        self.label = label
        self.inputs = dict(inputs)
        self.parts: list[Part] = []
        self.members: list[Part] = []
        self.carried: set[str] = set()
        self.rights: Callable[[Part, bool], list[Right] | None] = _untold
        self.led_to: Callable[[str, Right], Any] = _nowhere
        self.decisions = list(dict.fromkeys(decisions))
        self.variables: dict[str, Variable] = {}
        self.instead = ""
        self.offers: list[tuple[str, str, Any]] = []
        self.offered: Callable[[str, Part | None, Way], list[Any]] = _nothing
        self.declared: Callable[[str, str], list[Any]] = _none
        self.alike: Callable[[], list[str]] = list

    def context(self, finding: Finding, equivalent: Equivalent | None, features: frozenset[str]) -> dict[str, Any]:
        """The names that a template may use."""
        return {
            "name": self.name,
            "label": Reference(self.label),
            "inputs": self.inputs,
            "parts": self.parts,
            "parts_with": self.parts_with,
            "members": self.members,
            "rights": lambda member: self.rights(member, False),
            "rights_beside": lambda member: self.rights(member, True),
            "is_housekeeping": is_housekeeping,
            "led_to": self.led_to,
            "adopt": self.adopt,
            "carry": self.carry,
            "features": features,
            "finding": finding,
            "equivalent": equivalent,
            "known": self.known,
            "given": self.given,
            "called": self.called,
            "variable": self.variable,
            "shared": self.shared,
            "keyed": self.keyed,
            "ref": self.ref,
            "offer": self.offer,
            "linked": self.linked,
            "all_linked": self.all_linked,
            "linked_from": self.linked_from,
            "linked_by": self.linked_by,
            "alike": self.alike,
            "decide": self.decide,
            "made_of": self.made_of,
            "size_of": flavor_of,
            "cron_of": cron_of,
            "routes": lambda: routes_of(self.parts),
            "let_in": let_in,
            "ranges_of": ranges_of,
            "services_in": services_in,
            "lifecycle_of": lifecycle_of,
            "key_of": key_of,
        }

    def known(self, name: str) -> bool:
        """Whether the code says the value of an input."""
        return self.inputs.get(name) is not None

    def given(self, name: str, type: str, description: str, variable: str = "") -> Any:
        """The value of an input where the code says it, else a variable for it."""
        if self.known(name):
            return self.inputs[name]
        if name in self.inputs:
            description = f"{description} The code sets it to something that cannot be told from here."
        return self.variable(variable or name, type, description)

    def called(self) -> Any:
        """The name that the code says, else the proposal's own, where the new thing may have any."""
        if not self.known("name") and "name" in self.inputs:
            self.decide(
                f"It is called {self.name} here, since only a run knows what the code calls it; who asks for it by its "
                "name must ask for this one."
            )
        return self.inputs["name"] if self.known("name") else self.name

    def parts_with(self, *names: str) -> list[Part]:
        """The parts whose code sets one of these inputs, be it to something that only a run could tell."""
        return [part for part in self.parts if not part.inputs.keys().isdisjoint(names)]

    def carry(self, part: Part) -> Markup:
        """Say that this file holds what a part says, so that nobody is told to look at it. Prints nothing."""
        self.carried.add(part.address)
        return Markup("")

    def adopt(self, *names: str) -> None:
        """Take inputs that the definition leaves out from the parts beside it, where these agree."""
        for name in names:
            telling = [part for part in self.parts if name in part.inputs]
            found = [part.inputs[name] for part in telling]
            if name in self.inputs or not found:
                continue
            if all(value == found[0] for value in found):
                self.inputs[name] = found[0]
                self.carried.update(part.address for part in telling)
            else:
                values = ", ".join(dict.fromkeys(str(value) for value in found if value is not None))
                self.decide(f"{name}: what is set beside it does not agree ({values}); choose, or make one of each.")

    def variable(self, name: str, type: str, description: str, sensitive: bool = False) -> Reference:
        """Ask for what is not known, without a default; the reference to print. Raises ValueError on a bad name."""
        return self.shared(f"{self.label}_{name}", type, description, sensitive)

    def shared(self, name: str, type: str, description: str, sensitive: bool = False) -> Reference:
        """Ask for what one answer serves many proposals: the same name must mean the same in every template."""
        if not _NAME.fullmatch(name) or not _TYPES.fullmatch(type):
            raise ValueError(f"`{name}` of type `{type}` is no variable")
        text = literals.comment(description)
        asked = self.variables.setdefault(name, Variable(name, type, text, sensitive))
        if asked.type != type:
            raise ValueError(f"the variable `{name}` is both {asked.type} and {type}")
        if self.language == "hcl":
            return Reference(f"var.{name}")
        return Reference(f'"${{{name.upper()}}}"' if type == "string" else f"${{{name.upper()}}}")

    def keyed(self, name: str, key: str, description: str) -> Reference:
        """Ask for one of many texts of a kind, which one map holds; in what knows no maps, by a variable of its own."""
        if self.language != "hcl":
            return self.shared(f"{key}_{name}", "string", description)
        asked = self.shared(name, "map(string)", description)
        self.variables[name] = self.variables[name].with_keys_of(Variable(name, "map(string)", "", keys=(key,)))
        return Reference(f"{asked}[{literals.hcl(key)}]")

    def ref(self, *parts: str) -> Reference:
        """A reference to something that the same file declares: ``ref("ovh_okms", label, "id")``. Raises ValueError."""
        if not all(re.fullmatch(r"[A-Za-z_][\w-]*(\[\d+\])?", part) for part in parts):
            raise ValueError(f"`{'.'.join(parts)}` is no reference")
        return Reference(".".join(parts))

    def offer(self, kind: str, value: Any, part: Part | None = None) -> Markup:
        """Say what other proposals of the module may refer to: of this one, or of what stands for a part of it."""
        self.offers.append((kind, part.address if part else "", value))
        return Markup("")

    def linked(self, kind: str, part: Part | None = None) -> Any:
        """What a proposal declares that the block, or a part of it, leans on; empty unless there is just one such."""
        found = self.offered(kind, part, "below")
        return found[0] if len(found) == 1 else ""

    def all_linked(self, kind: str) -> list[Any]:
        """Every one that the block or its parts lean on."""
        return self.offered(kind, None, "below")

    def linked_from(self, kind: str, part: Part | None = None) -> list[Any]:
        """Every one that is declared for what leans on the block or its parts, or on one part of it."""
        return self.offered(kind, part, "above")

    def linked_by(self, kind: str, address: Any) -> Any:
        """What is declared for the block of an address, as an input that names a block says it; empty unless there is
        just one such."""
        found = self.declared(kind, address) if isinstance(address, str) else []
        return found[0] if len(found) == 1 else ""

    def made_of(self, what: str) -> Markup:
        """Say what this is made of where that is not the product, which then stands beside it. Prints nothing."""
        self.instead = literals.comment(what)
        return Markup("")

    def decide(self, text: str) -> Markup:
        """Leave a decision to a person. Prints nothing."""
        line = literals.comment(text)
        if line not in self.decisions:
            self.decisions.append(line)
        return Markup("")

    def finish(self, body: str, header: list[str]) -> str:
        """The file as one of several: header and body."""
        if self.language == "markdown":
            return layout.tidy(body)
        if self.language == "yaml":
            return layout.tidy(_commented(header) + "---\n" + body.removeprefix("---\n"))
        return _commented(header) + "\n" + layout.align(body)


def _untold(_member: Part, _beside: bool) -> None:
    return None


def _nowhere(_kind: str, _right: Right) -> str:
    return ""


def _none(_kind: str, _address: str) -> list[Any]:
    return []


def _nothing(_kind: str, _part: Part | None, _way: Way) -> list[Any]:
    return []


def header(
    page: Page,
    title: str,
    finding_lines: list[str],
    equivalent: Equivalent,
    gaps: tuple[str, ...],
    problems: tuple[str, ...],
    limits: list[str],
) -> list[str]:
    """The lines that stand above a proposal, not yet commented out. ``limits`` are those of the product."""
    lines = [*_wrapped(title), "", "Replaces:", *_listed(finding_lines)]
    if problems:
        lines = ["NOT READY, it does not fit its schema:", *_listed(list(problems)), "", *lines]
    seat = f", {equivalent.seat}" if equivalent.seat else ""
    product = f"{equivalent.product} ({equivalent.licence}; {equivalent.steward}{seat})"
    lines += ["", *_wrapped(f"Product: {page.instead}, beside {product}" if page.instead else f"Product: {product}")]
    # A feature that only a part beside it shows can be missing although the definition alone is served in full.
    fidelity = "partial" if gaps else equivalent.fidelity
    lines += _wrapped(f"Fidelity: {fidelity}: {_FIDELITY.get(fidelity, '')}")
    lines += _wrapped(f"Source: {equivalent.source}, checked {equivalent.checked}, verified: {equivalent.verified}")
    for heading, items in (
        ("Lost:", list(gaps)),
        ("Perhaps lost, the code or the evidence does not tell:", list(equivalent.unknown_needs)),
        ("Limits:", limits),
        ("Beware:", list(equivalent.warnings)),
        ("Decide before you apply this:", page.decisions),
        (f"Fill in, for example with envsubst '{_placeholders(page)}':", _asked(page)),
    ):
        if items:
            lines += ["", heading, *_listed(items)]
    return lines


def _placeholders(page: Page) -> str:
    return " ".join(f"${{{name.upper()}}}" for name in sorted(page.variables))


def _asked(page: Page) -> list[str]:
    if page.language == "hcl":
        return []
    return [f"{name.upper()} ({asked.type}): {asked.description}" for name, asked in sorted(page.variables.items())]


def _listed(items: list[str]) -> list[str]:
    return [line for item in items for line in _wrapped(item, "- ")]


def _wrapped(text: str, sign: str = "") -> list[str]:
    return textwrap.wrap(
        literals.comment(text),
        WIDTH,
        initial_indent=sign,
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _commented(lines: list[str]) -> str:
    return "".join(f"# {line}".rstrip() + "\n" for line in lines)
