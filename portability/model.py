"""The nouns: what every room of the project, the rules, the JSON report and the documentation speak of.

All structs are frozen: a later stage makes new nouns from old ones and never edits what it was handed.
Paths are relative to the scanned root and written with ``/``. Lines and columns count from 1, columns in
Unicode code points.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from portability import __version__

__all__ = [
    "FIDELITY",
    "LOCK_IN",
    "MAX_RELATED",
    "OWN",
    "SIZES",
    "UNKNOWN",
    "Acceptance",
    "Assessment",
    "Claims",
    "Component",
    "Coverage",
    "DaysRange",
    "Edge",
    "Equivalent",
    "Fidelity",
    "FileCounts",
    "Finding",
    "Gap",
    "Handed",
    "Limit",
    "Link",
    "Location",
    "LockIn",
    "Mention",
    "Missing",
    "Namespace",
    "Noun",
    "Policy",
    "Problem",
    "Proposal",
    "Reading",
    "Role",
    "Seen",
    "Selection",
    "ServiceSummary",
    "Size",
    "Source",
    "Unfollowed",
    "Usage",
    "Work",
    "harder",
]

Language = Literal["terraform", "kubernetes", "python", "containers", "delivery"]
"""What a parser room reads. ``containers`` are Dockerfiles and Compose files, ``delivery`` the files of CI systems."""
Namespace = Literal[
    "terraform",
    "terraform-module",
    "boto3",
    "python",
    "wrapper",
    "kubernetes",
    "arm",
    "string",
    "command",
    "package",
    "ci",
]
"""Where a symbol is a name: Terraform types, module sources, boto3 services, dotted Python names, the same of packages
that nobody read and whose words tell what they wrap (``sqs`` in ``acme.queues.SqsConsumer``), Kubernetes,
Azure Resource Manager types (``Microsoft.Storage/storageAccounts``), what a literal itself says (``arn:aws:sqs``,
``sqs.eu-west-1.amazonaws.com``, the IAM action ``sqs:SendMessage``), provider commands (``aws sqs``), distributions on
PyPI, and steps of CI systems (``aws-actions/configure-aws-credentials``)."""

MAX_RELATED = 100
"""Places that a use lists as leading to it. One that lists as many may have more."""

LockIn = Literal["portable", "compatible", "convertible", "proprietary", "captive", "unknown"]
LOCK_IN: Mapping[str, str] = {
    "portable": "take along",
    "compatible": "repoint",
    "convertible": "rewrite configuration",
    "proprietary": "re-engineer",
    "captive": "replace or retain",
    "unknown": "find out",
}
"""Lock-in levels from easy to hard, each with what leaving asks (its verb); ``unknown`` stands outside the order."""

Role = Literal["primary", "part", "permission", "look-up", "provider-only"]
Confidence = Literal["certain", "likely", "possible"]
Active = Literal["yes", "no", "unknown"]
Context = Literal["production", "test", "example"]
Evidence = Literal["code", "callers"]
Fidelity = Literal["not-needed", "same-api", "same-concept", "partial", "none", "unknown"]
OperatedBy = Literal["target", "you", "other"]
GapKind = Literal["interface", "scale", "availability", "operations", "ecosystem", "licence"]
Size = Literal["XS", "S", "M", "L", "XL", "unknown"]
Verified = Literal["yes", "partly", "no"]
Work = Literal["nothing", "repoint", "rewrite", "re-engineer", "decide", "find out"]
"""What leaving asks of a component; ``decide`` where no target has an answer or only the seller has one."""


FIDELITY: tuple[Fidelity, ...] = ("not-needed", "same-api", "same-concept", "partial", "none", "unknown")
"""From most to least alike; what falls away on leaving comes first, what nobody looked up last."""
SIZES: tuple[Size, ...] = ("XS", "S", "M", "L", "XL", "unknown")
"""From small to large; a size that nobody judged counts as the largest."""


class Unknown(enum.Enum):
    """A value that is there and that only a run could tell."""

    UNKNOWN = "unknown"

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown.UNKNOWN
"""The one unknown value. An absent attribute is not in the mapping at all; ``None`` is a literal ``null``."""
HOLE = "{}"
"""What stands in a template for a part that only a run could tell."""
OWN = "."
"""The path of what a symbol itself is set to, as an annotation is; other paths lead from the block that holds it."""


def harder(one: LockIn, other: LockIn) -> LockIn:
    """The level that is harder to leave; ``unknown`` yields to any known level."""
    if "unknown" in (one, other):
        return other if one == "unknown" else one
    order = list(LOCK_IN)
    return one if order.index(one) >= order.index(other) else other


class Noun(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """Base of every noun: frozen, and made with keywords only."""


class Location(Noun, frozen=True, kw_only=True, order=True):
    """A span of one file, from its first character to just after its last."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


class Source(Noun, frozen=True, kw_only=True):
    """One file as it is on disk. ``path`` is relative to the scanned root."""

    path: str
    language: Language
    data: bytes


class Usage(Noun, frozen=True, kw_only=True):
    """One place where code names something. A parser's whole output; it holds no opinion.

    ``symbol`` is the plain name as its ecosystem writes it: ``aws_sqs_queue``, ``sqs.send_message``,
    ``azure.cosmos.CosmosClient``, ``eks.amazonaws.com/role-arn``, ``StorageClass/ebs.csi.aws.com``.
    ``address`` tells this use from its neighbours in the file: ``data.aws_vpc.main``, ``Deployment/web``,
    ``module.Class.method``. ``values`` holds the attributes that the catalogue asked for, by dotted path:
    a literal, ``None`` for a null, or ``UNKNOWN``; what the code does not set is not in it. ``endpoint`` is
    where the client is told to go, when the code says so. ``digest`` is a hash of the normalised content,
    equal for copies. ``context`` is what the code says of itself, where it does: a file that mocks an SDK is a test
    wherever it lies. ``switch`` names what turns the block on or off when ``active`` is unknown. ``places`` are the
    regions, partitions, domains and other words for a place that govern this use (from its provider or client), by
    which a sovereign offer is recognised. ``references`` are the addresses in its own module that it leans on.
    ``related`` are the places that lead here: the module calls above a block,
    the call that hands a client in. ``variables`` says which of the paths asked for an environment variable brings,
    ``templates`` what is known of a text at one, with ``HOLE`` for the rest: ``{}-orders``.
    ``nullable`` are paths whose value is ``UNKNOWN`` and may be null, which is as good as not set.
    """

    language: Language
    namespace: Namespace
    symbol: str
    address: str
    location: Location
    kind: Literal[
        "resource",
        "data",
        "ephemeral",
        "block",
        "module",
        "import",
        "constructor",
        "call",
        "field",
        "string",
        "command",
        "dependency",
    ]
    values: Mapping[str, Any] = {}
    endpoint: Any = None
    digest: str = ""
    confidence: Confidence = "certain"
    active: Active = "yes"
    switch: str = ""
    evidence: Evidence = "code"
    context: Context | None = None
    places: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    related: tuple[Location, ...] = ()
    variables: Mapping[str, str] = {}
    templates: Mapping[str, str] = {}
    nullable: tuple[str, ...] = ()


class Handed(Noun, frozen=True, kw_only=True):
    """An environment variable that configuration hands to a program: a literal ``value``, or the blocks that it comes
    from, each as directory and address. It may be a secret, so it joins findings and is never shown. Where it is only
    ``mentioned``, in a comment for instance, nobody can tell what is handed in. What is there ``by_default`` counts
    where nothing else hands the variable in."""

    name: str
    path: str
    value: str = ""
    references: tuple[tuple[str, str], ...] = ()
    mentioned: bool = False
    by_default: bool = False


class Missing(Noun, frozen=True, kw_only=True, order=True):
    """Something outside the tree that the code leans on and that was not read: a module of a registry, a chart, a
    remote base, a package that wraps an SDK. ``name`` is its source as the code writes it."""

    kind: Literal["module", "chart", "base", "package", "file"]
    name: str
    location: Location


class Problem(Noun, frozen=True, kw_only=True, order=True):
    """Something that was not read as it should have been: where, what kind, and a sentence for a person."""

    path: str
    line: int
    kind: str
    message: str


class Pointer(Noun, frozen=True, kw_only=True, order=True):
    """An object that deploys what lies in a folder of the root, in which ``*`` is any name; ``is_deep`` says that it
    takes the folders below along, whatever lies in them."""

    folder: str
    is_deep: bool
    location: Location


class Reading(Noun, frozen=True, kw_only=True):
    """What a parser made of one file. ``state`` is ``unread`` when nothing in it could be trusted."""

    state: Literal["read", "partly", "unread"] = "read"
    usages: tuple[Usage, ...] = ()
    problems: tuple[Problem, ...] = ()
    missing: tuple[Missing, ...] = ()
    pointers: tuple[Pointer, ...] = ()


class Mention(Noun, frozen=True, kw_only=True):
    """Files of one kind that no parser reads but whose bytes name a provider."""

    kind: str
    provider: str
    files: int
    sample: Mapping[str, Any]


class Unfollowed(Noun, frozen=True, kw_only=True):
    """One thing that was not read, how often the code leans on it, and where first."""

    kind: str
    name: str
    times: int
    sample: Location


class FileCounts(Noun, frozen=True, kw_only=True):
    """How many files of one language were read, read in part, and not read."""

    read: int = 0
    partly: int = 0
    unread: int = 0


class Coverage(Noun, frozen=True, kw_only=True):
    """What was read, partly read, not read, not supported, and why. Stands above the first figure of every output.

    ``skipped`` counts files in vendored and generated trees by the tree's name; ``unresolved`` counts the values
    that a rule asked for and only a run could tell; ``unclassified`` counts findings whose service is not known;
    ``elsewhere`` counts uses of a provider's API at somebody else's endpoint, which are no findings. ``unfollowed``
    ranks what stands outside the tree by how often the code leans on it. ``stopped`` counts the files that nobody came
    to, since whoever ran it had seen enough.
    """

    files: Mapping[str, FileCounts] = {}
    skipped: Mapping[str, int] = {}
    unsupported: tuple[Mention, ...] = ()
    unresolved: int = 0
    unclassified: int = 0
    elsewhere: int = 0
    unfollowed: tuple[Unfollowed, ...] = ()
    problems: tuple[Problem, ...] = ()
    stopped: int = 0

    @property
    def unread(self) -> int:
        """Files that should have been read and could not."""
        return sum(counts.unread for counts in self.files.values())


class Gap(Noun, frozen=True, kw_only=True):
    """One thing that is lost or must be made up for on a target."""

    kind: GapKind
    text: str


class DaysRange(Noun, frozen=True, kw_only=True, array_like=True):
    """Person-days from low to high; in JSON ``[low, high]``."""

    low: float
    high: float

    def __add__(self, other: DaysRange) -> DaysRange:
        # Rounded, so that a sum does not hang on the order of its rows.
        return DaysRange(low=round(self.low + other.low, 2), high=round(self.high + other.high, 2))


class Equivalent(Noun, frozen=True, kw_only=True):
    """How one target gives one capability, answered for one use: computed, never stored.

    ``fidelity`` says how alike the interface is, ``operated_by`` who runs it, ``gaps`` what is missing;
    ``jurisdiction`` is the operator's (an ISO 3166 code, or ``yours``), apart from the steward's ``seat``; ``refused``
    says why the policy does not accept it, where nothing else is there.
    """

    target: str
    capability: str
    product: str | None
    fidelity: Fidelity
    operated_by: OperatedBy | None = None
    gaps: tuple[Gap, ...] = ()
    unknown_needs: tuple[str, ...] = ()
    limits: tuple[Gap, ...] = ()
    effort: Mapping[str, Size] = {}
    run: Mapping[str, Any] = {}
    licence: str = ""
    steward: str = ""
    seat: str = ""
    jurisdiction: str = ""
    refused: str = ""
    reason: str = ""
    warnings: tuple[str, ...] = ()
    source: str = ""
    checked: str = ""
    verified: Verified = "no"
    product_id: str = ""


class Acceptance(Noun, frozen=True, kw_only=True):
    """A risk that somebody took: ``inline`` beside the code or in the ``central`` list, why, who, and until when.

    ``until`` is the last day (``YYYY-MM-DD``), empty where there is none; what is ``expired`` accepts nothing any more;
    ``place`` is where it is said."""

    kind: Literal["inline", "central"]
    reason: str
    owner: str = ""
    until: str = ""
    expired: bool = False
    place: str = ""


class Finding(Noun, frozen=True, kw_only=True):
    """A usage matched to a service, with what it needs, how hard it binds and what each target offers for it.

    ``retired`` says what its seller has ended, or closed to new customers, of what it uses. ``name`` is what it calls
    the thing that it means (a bucket, a queue), ``template`` the same with ``HOLE`` for what only a run could tell or a
    default says, ``variable`` the environment variable that brings such a name; empty where it says none.
    """

    fingerprint: str
    kind: Literal["lock-in", "health", "jurisdiction"] = "lock-in"
    service: str
    capabilities: tuple[str, ...]
    features: tuple[str, ...] = ()
    features_unknown: tuple[str, ...] = ()
    lock_in: LockIn
    role: Role
    confidence: Confidence
    active: Active
    context: Context
    evidence: Evidence
    operator: str
    jurisdiction: str = ""
    accepted: bool = False
    acceptance: Acceptance | None = None
    language: Language
    symbol: str
    address: str
    component: str
    location: Location
    related: tuple[Location, ...] = ()
    message: str
    retired: str = ""
    inputs: Mapping[str, Any] = {}
    references: tuple[str, ...] = ()
    name: str = ""
    template: str = ""
    variable: str = ""
    equivalents: tuple[Equivalent, ...] = ()
    digest: str = ""


class ServiceSummary(Noun, frozen=True, kw_only=True):
    """One service as the whole estate uses it: its hardest level, counts, and effort in person-days per target.

    ``effort`` is what moving this service alone takes: ``each`` (its uses) plus ``once`` (its products, by id, which
    several services may share). ``copies`` counts uses that repeat another's content, ``callers`` the functions,
    manifests and blocks of other services that lean on it in production code.
    """

    service: str
    provider: str
    name: str
    capabilities: tuple[str, ...]
    lock_in: LockIn
    findings: int
    roles: Mapping[str, int]
    uses: int
    copies: int
    callers: int = 0
    features: tuple[str, ...]
    effort: Mapping[str, DaysRange | None]
    each: Mapping[str, DaysRange | None]
    once: Mapping[str, Mapping[str, DaysRange]]
    equivalents: tuple[Equivalent, ...]


class Seen(Noun, frozen=True, kw_only=True):
    """Somebody else whom the code leans on: listed with the seat of its steward, not assessed."""

    vendor: str
    name: str
    steward: str
    seat: str
    places: int
    sample: Location


class Component(Noun, frozen=True, kw_only=True):
    """What moves as one: a Terraform root module, a chart or overlay, a Python distribution.

    ``lock_in`` is the hardest level of what has to move, ``wave`` says when (from 1; 0 where nothing has to), ``work``
    what it asks by itself, ``waits_for`` the components that it calls or whose things it uses, ``moves_with`` those
    that use the same things: what they share is switched for all at once. ``callers`` counts the places in other files
    that lean on it.
    """

    id: str
    kind: Language
    lock_in: LockIn
    findings: int
    services: tuple[str, ...]
    wave: int = 0
    work: Work = "nothing"
    waits_for: tuple[str, ...] = ()
    moves_with: tuple[str, ...] = ()
    callers: int = 0


class Edge(Noun, frozen=True, kw_only=True):
    """One service leans on another: blocks of the one name blocks of the other, in so many pairs."""

    source: str
    target: str
    times: int


class Link(Noun, frozen=True, kw_only=True):
    """One finding leans on another, by fingerprint: a call on the queue that a block makes.

    A ``reference`` of a block is certain; that both say the same ``name``, or put it together around the same words (a
    ``template`` such as ``{}-orders``), or that a ``variable`` brings it, is likely. ``by`` is that address, name,
    template or variable.
    """

    source: str
    target: str
    how: Literal["reference", "name", "template", "variable"]
    by: str
    confidence: Confidence


class Claims(Noun, frozen=True, kw_only=True):
    """How well the answers of one target are founded: the oldest day or month on which one was checked (empty: there
    is none), and how many were verified, partly verified and not. A product counts once however often it answers."""

    oldest: str
    verified: int
    partly: int
    no: int


class Selection(Noun, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Findings by any one of these: service ids and paths as globs, contexts, roles."""

    services: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    contexts: tuple[Context, ...] = ()
    roles: tuple[Role, ...] = ()


class Limit(Noun, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """How much may be there of what matches both lists of globs (an empty one matches everything): findings that would
    fail, and person-days at the high end, on the target that takes the fewest."""

    services: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    max_findings: Annotated[int, Meta(ge=0)] | None = None
    max_effort: Annotated[float, Meta(ge=0)] | None = None


class Policy(Noun, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """Where the line is drawn. Keys are written as its file writes them.

    A finding fails at ``fail_on`` or above, unless ``allow`` selects it or its operator is acceptable, and at any level
    where ``deny`` selects it. ``operators`` are acceptable jurisdictions (ISO 3166 codes, ``EU``, ``EEA``, ``yours``;
    none named: whoever operates it binds). ``sovereign_offers`` says whether a provider's offer under another operator
    counts by that operator. Equivalents must come from these ``operators`` and from ``stewards`` with such seats;
    software under an open licence may have any steward while ``open_source_anywhere`` holds. ``source`` is the file
    that says it.
    """

    name: str = "default"
    description: str = ""
    source: str = ""
    fail_on: Literal["portable", "compatible", "convertible", "proprietary", "captive"] = "proprietary"
    allow: Selection = Selection(contexts=("test", "example"))
    deny: Selection = Selection()
    limits: tuple[Limit, ...] = ()
    operators: tuple[str, ...] = ()
    sovereign_offers: bool = True
    stewards: tuple[str, ...] = ()
    open_source_only: bool = False
    open_source_anywhere: bool = True


class Assessment(Noun, frozen=True, kw_only=True):
    """Findings, what they add up to, and how much of the input that rests on; ``claims`` by target, ``version`` and
    ``catalogue`` of what read and judged."""

    root: str
    version: str = __version__
    catalogue: str
    targets: tuple[str, ...]
    coverage: Coverage
    services: tuple[ServiceSummary, ...]
    findings: tuple[Finding, ...]
    components: tuple[Component, ...]
    graph: tuple[Edge, ...] = ()
    links: tuple[Link, ...] = ()
    also_seen: tuple[Seen, ...] = ()
    effort: Mapping[str, DaysRange | None]
    unestimated: Mapping[str, int]
    claims: Mapping[str, Claims] = {}
    policy: Policy = Policy()
    excluded: tuple[str, ...]


class Proposal(Noun, frozen=True, kw_only=True):
    """Rendered target code for one definition, with what it takes the place of and what it leaves open.

    ``path`` is relative to the output directory and holds no ``..``. ``replaces`` lists every place that has the same
    content. ``gaps`` is what is lost, ``decisions`` what a person must still settle; both also stand in ``text``.
    ``problems`` say why it is not ready: what the provider or the cluster would refuse.
    """

    target: str
    capability: str
    service: str
    title: str
    path: str
    text: str
    language: Literal["hcl", "yaml", "markdown", "patch", "text"]
    replaces: tuple[Location, ...]
    gaps: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
