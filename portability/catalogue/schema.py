"""The shape of the rule files: what a YAML document under ``rules/`` may say.

One file describes one thing, and its place gives its id: ``services/aws/sqs.yaml`` is ``aws/sqs``. A service names
no target and a target names no service; they meet in the capability, whose features are the common vocabulary.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from portability.model import GapKind, LockIn, Namespace, OperatedBy, Role, Size, Verified

Sentence: TypeAlias = Annotated[str, Meta(min_length=8, description="A sentence for a person.")]
Date: TypeAlias = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}(-\d{2})?$", description="When it was looked at.")]
Seat: TypeAlias = Annotated[
    str, Meta(pattern=r"^([A-Z]{2}|unknown)$", description="ISO 3166 code of the country of the seat, or unknown.")
]
Scalar: TypeAlias = str | int | float | bool | None


class Not(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Anything but these values, as long as the value is known."""

    not_: Scalar | list[Scalar] = msgspec.field(name="not")


Matcher: TypeAlias = Scalar | list[Scalar] | Not
"""A value that must be equal, a list of which one must be, or ``not`` these. ``set`` and ``unset`` ask for presence;
a ``*`` in a string matches any run of characters."""

Condition: TypeAlias = dict[Namespace, dict[str, Literal["present", "perhaps"] | dict[str, Matcher]]]
"""Namespace → symbol (``*`` matches any run of characters) → ``present``, ``perhaps`` (the symbol itself cannot tell),
or attribute path → matcher (all of them must hold)."""

Names: TypeAlias = dict[Namespace, dict[Role, list[str]]]
"""Namespace → role → the names that a thing goes by there: exact, or with ``*``."""


class Rule(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Base of every rule file's struct: unknown keys are errors."""


class Steward(Rule, frozen=True, kw_only=True):
    """Who decides about a product's future, and where they have their seat."""

    name: str
    seat: Seat


class Offer(Rule, frozen=True, kw_only=True):
    """A part of a provider's cloud that another company operates or another law binds. Its lock-in is the same."""

    name: str
    operator: str
    jurisdiction: Seat
    sovereign: Annotated[bool, Meta(description="Sold as an answer to foreign jurisdiction.")] = False
    recognised_by: Annotated[
        list[str], Meta(min_length=1, description="Regions, partitions, domains or ARNs that name it; may hold `*`.")
    ]
    because: Sentence
    source: str
    checked: Date
    verified: Verified


class Provider(Rule, frozen=True, kw_only=True):
    """``rules/providers/<id>.yaml``: a seller of cloud services, and how its things look unclaimed."""

    name: str
    operator: Annotated[str, Meta(description="The company that operates it.")]
    jurisdiction: Seat
    domains: Annotated[list[str], Meta(description="DNS suffixes of its own endpoints.")]
    words: Annotated[list[str], Meta(description="Strings of which code that names this provider holds at least one.")]
    names: Annotated[Names, Meta(description="Patterns that are visibly its own; services take precedence.")] = {}
    fixed_place: Annotated[
        str, Meta(description="What it means that code spells out its partition or a domain of it, and the way out.")
    ] = ""
    offers: Annotated[dict[str, Offer], Meta(description="Clouds of this provider that go by names of their own.")] = {}
    spoken_by: Annotated[
        dict[Namespace, list[str]],
        Meta(description="Types and kinds of others that write policies in its words: inside them these mean theirs."),
    ] = {}


class Example(Rule, frozen=True, kw_only=True):
    """Code, and the lines on which this service, and no others, must be found."""

    terraform: str | None = None
    kubernetes: str | None = None
    python: str | None = None
    containers: Annotated[str | None, Meta(description="A Dockerfile.")] = None
    delivery: Annotated[str | None, Meta(description="A workflow of GitHub Actions.")] = None
    flags: Annotated[list[int], Meta(description="Lines with a finding of this service; empty: none may be.")]
    features: Annotated[dict[int, list[str]], Meta(description="Features that the finding on a line must show.")] = {}
    lock_in: Annotated[dict[int, LockIn], Meta(description="The level that the finding on a line must have.")] = {}


class Vendor(Rule, frozen=True, kw_only=True):
    """``rules/vendors/<id>.yaml``: anybody else whose software or service code leans on. Listed, not assessed."""

    name: str
    steward: Steward
    sells: Sentence
    names: Names
    source: str = ""
    checked: Date
    verified: Verified


class Health(Rule, frozen=True, kw_only=True):
    """``rules/health/<id>.yaml``: something retired, relicensed or no longer maintained, wherever it runs."""

    name: str
    because: Sentence
    instead: Sentence
    names: Names
    source: str
    checked: Date
    verified: Verified
    examples: Annotated[list[Example], Meta(min_length=1)]


class Feature(Rule, frozen=True, kw_only=True):
    """A detail of a capability that changes the answer. Where a product lacks it, the gap reads ``no <label>``."""

    label: Annotated[str, Meta(min_length=3)]
    gap: GapKind = "interface"
    essential: Annotated[
        bool, Meta(description="A product without it is another thing: one that has it answers first, whoever runs it.")
    ] = False


class InputKind(Rule, frozen=True, kw_only=True):
    """Something that a replacement must know."""

    type: Literal["string", "number", "bool", "list", "map", "rights", "settings"]
    means: str


class Supplier(Rule, frozen=True, kw_only=True):
    """A specialist, outside the targets, that sells the capability."""

    name: str
    seat: Seat
    source: str = ""
    verified: Verified = "no"


class Capability(Rule, frozen=True, kw_only=True):
    """``rules/capabilities/<id>.yaml``: the vendor-neutral thing underneath."""

    name: str
    means: Sentence
    features: dict[str, Feature] = {}
    inputs: dict[str, InputKind] = {}
    applied: Annotated[
        int, Meta(ge=1, le=9, description="Where it stands among what is applied together: 1 first, 9 last.")
    ] = 5
    elsewhere: list[Supplier] = []


class Need(Rule, frozen=True, kw_only=True):
    """How a use shows that it needs a feature, and what that does to the level of that use."""

    shown_by: Condition
    lock_in: LockIn | None = None
    because: Sentence | None = None


class Variant(Rule, frozen=True, kw_only=True):
    """What a service is when an attribute says so. The first variant that holds decides."""

    when: Condition
    capability: str | None = None
    speaks: list[str] | None = None
    lock_in: LockIn | None = None
    because: Sentence | None = None


class Retirement(Rule, frozen=True, kw_only=True):
    """What its seller has closed to new customers, or ended, of a service: all of it, or what ``when`` shows."""

    when: Condition = {}
    text: Annotated[Sentence, Meta(description="What, since when, and what the seller says to use instead.")]
    source: str
    checked: Date
    verified: Verified


class AccessPath(Rule, frozen=True, kw_only=True):
    """A way of reaching a service that binds differently. Its names belong to this path; without ``names`` the key
    is a namespace and the path is every use in it."""

    names: Names = {}
    speaks: Annotated[list[str] | None, Meta(description="Interfaces, where they are not the service's own.")] = None
    lock_in: LockIn
    because: Sentence


class Input(Rule, frozen=True, kw_only=True):
    """Where code says what a capability's input asks: namespace → symbol → attribute path; of several the first that is
    set counts."""

    found_in: dict[Namespace, dict[str, str | list[str]]] = {}
    said_by: Annotated[
        dict[Namespace, dict[str, Scalar]],
        Meta(description="What a symbol says by its own name: an azurerm_dns_a_record is of the type A."),
    ] = {}
    provider_default: Scalar = None


def each_path(said: str | list[str]) -> list[str]:
    """The paths of an input, in the order in which they count."""
    return [said] if isinstance(said, str) else said


class Service(Rule, frozen=True, kw_only=True):
    """``rules/services/<provider>/<id>.yaml``: what a provider sells, how it is named in code, how tightly it binds."""

    name: str
    capability: str
    speaks: Annotated[list[str], Meta(description="Interfaces that its users program against: s3, amqp-1.0, sqs…")] = []
    lock_in: LockIn
    because: Sentence
    names: Names
    needs: Annotated[
        dict[str, Literal["always"] | Need],
        Meta(description="Feature of the capability → always, or how a use shows it."),
    ] = {}
    variants: list[Variant] = []
    reached_by: dict[str, AccessPath] = {}
    inputs: dict[str, Input] = {}
    identity: Annotated[
        dict[Namespace, dict[str, list[str]]],
        Meta(description="Where a use says which thing it means: namespace → symbol → paths, the first set counts."),
    ] = {}
    retired: list[Retirement] = []
    source: str = ""
    checked: Date | None = None
    examples: Annotated[list[Example], Meta(min_length=1)]


class Lack(Rule, frozen=True, kw_only=True):
    """A capability, or an essential feature of one, that a target does not have, with the evidence."""

    reason: Sentence
    falls_away: Annotated[
        Size | None,
        Meta(description="Nothing takes its place and nothing is lost: what it asks to take one use out."),
    ] = None
    source: str
    checked: Date
    verified: Verified


class Certificate(Rule, frozen=True, kw_only=True):
    """Something that a hoster was certified for, and whether anybody saw the certificate."""

    name: str
    verified: Verified


class Profile(Rule, frozen=True, kw_only=True):
    """What a hoster sells, in the words of who fills it in. Products and lacks of its target follow from it."""

    offers: Annotated[
        dict[str, list[str] | Literal["none", "unknown"]],
        Meta(description="Capability → the open interfaces it is sold with, none, or unknown. Left out is unknown."),
    ]
    certificates: list[Certificate] = []
    notes: list[Sentence] = []
    source: str
    checked: Date
    verified: Verified


class Risk(Rule, frozen=True, kw_only=True):
    """What may change about a target, or has: who owns it, whose law reaches it, where it is, what it offers, the
    licences it rests on."""

    kind: Literal["ownership", "law", "regions", "offer", "licence"]
    text: Sentence
    source: str
    dated: Annotated[str, Meta(pattern=r"^\d{4}(-\d\d(-\d\d)?)?$", description="When it happened or was said.")]
    checked: Date
    verified: Verified


class Target(Rule, frozen=True, kw_only=True):
    """``rules/targets/<id>/target.yaml``: a place to go. It has product files beside it, or a profile."""

    name: str
    operator: str
    jurisdiction: Annotated[str, Meta(description="Where the operator is bound: ISO 3166 code, or yours.")]
    falls_back_to: Annotated[str | None, Meta(description="The target whose products you run here yourself.")] = None
    foundation: Annotated[Size, Meta(description="Landing zone, identity, network, observability, backup, delivery.")]
    prefers: Annotated[
        dict[str, str], Meta(description="Capability → the product that comes first where fidelity and gaps are equal.")
    ] = {}
    lacks: Annotated[
        dict[str, Lack],
        Meta(description="Capability, or `capability/feature` for an essential one that none of its products has."),
    ] = {}
    risks: Annotated[list[Risk], Meta(description="What one should know before moving in.")] = []
    profile: Profile | None = None


class Run(Rule, frozen=True, kw_only=True):
    """What operating a product asks of you, a year."""

    skills: list[str]
    size: Size


class Effort(Rule, frozen=True, kw_only=True):
    """Judged sizes: once per service and target, each per distinct use at the same interface."""

    once: Size
    each: Size
    drivers: list[str] = []


class Limit(Rule, frozen=True, kw_only=True):
    """Something that holds for a product: whatever the use, or only for uses that it concerns."""

    kind: GapKind
    text: Sentence
    concerns: Annotated[
        list[str],
        Meta(description="Features, interfaces or capabilities: told of uses that need, speak or ask for one of them."),
    ] = []


class Product(Rule, frozen=True, kw_only=True):
    """``rules/targets/<target>/<id>.yaml``: what a target has for one or more capabilities."""

    product: str
    gives: Annotated[list[str], Meta(min_length=1, description="Capabilities.")]
    serves: Annotated[list[str], Meta(description="Interfaces that it answers to.")] = []
    supports: Annotated[list[str], Meta(description="Features of those capabilities that it has.")] = []
    unsure: Annotated[list[str], Meta(description="Features of which nobody could verify whether it has them.")] = []
    only_for: Annotated[
        list[str],
        Meta(description="Of what it supports or serves: where a use may need none of these, nobody would choose it."),
    ] = []
    limits: list[Limit] = []
    operated_by: OperatedBy
    run: Run
    licence: Annotated[str, Meta(description="SPDX expression, or proprietary.")]
    steward: Steward
    jurisdiction: Annotated[str | None, Meta(description="Of the operator, where it is not the target's.")] = None
    runs_in: list[str] = []
    effort: Effort
    also: Annotated[dict[str, Sentence], Meta(description="Another product → when to prefer it.")] = {}
    templates: Annotated[dict[str, str], Meta(description="Capability → template beside this file.")] = {}
    warnings: Annotated[
        list[Sentence], Meta(description="Retired, relicensed, thinly kept: said with every proposal.")
    ] = []
    source: str
    checked: Date
    verified: Verified


class EffortTable(Rule, frozen=True, kw_only=True):
    """``rules/effort.yaml``: what the sizes mean in person-days, and what a day holds."""

    sizes: Annotated[dict[Size, tuple[float, float]], Meta(description="Low and high person-days.")]
    at_least: Annotated[dict[LockIn, Size], Meta(description="No use at this level is smaller than this.")]
    at_least_with_loss: Annotated[
        dict[LockIn, Size], Meta(description="The same, where the product lacks something that the use needs.")
    ]
    a_day_contains: Sentence
    estimate_class: Sentence
    leaves_out: list[str]
