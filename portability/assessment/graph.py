"""Which finding leans on which: by references between blocks, by names that both say, by variables that carry one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal, TypeAlias, TypeVar, get_args

from portability.engine.identity import plain
from portability.model import HOLE, Edge, Finding, Handed, Link, Role
from portability.patterns import regex

_ORDER: tuple[Role, ...] = get_args(Role)
_PLACEHOLDER = frozenset({
    "bar", "demo", "dummy", "example", "examples", "foo", "my", "sample", "samples", "test", "tests", "todo",
    "xxx", "your",
})  # fmt: skip
"""Words that people copy from documentation: two places that say them rarely mean one thing."""

_COMMON = frozenset({
    "app", "arn", "aws", "backend", "bucket", "client", "connection", "data", "database", "db", "default",
    "dev", "dynamo", "dynamodb", "endpoint", "host", "id", "image", "images", "input", "key", "lambda", "local",
    "log", "logs", "main", "message", "messages", "name", "output", "prod", "production", "project", "queue",
    "region", "repo", "repository", "s3", "secret", "secrets", "service", "sns", "sqs", "staging", "storage",
    "store", "stream", "string", "table", "task", "tasks", "topic", "uri", "url",
})  # fmt: skip
"""Words that tell no thing from another."""

_WORD = regex(r"[^\W_]+")
_WORDS = 2
"""Words of a name by which two repositories mean one thing: an ``orders`` may be anybody's."""

_MOST = 300
"""Things of one name, or places that hand in one variable, among which the nearest tells something."""

_How: TypeAlias = Literal["name", "template", "variable"]

T = TypeVar("T")


def links(findings: Sequence[Finding], handed: Iterable[Handed] = ()) -> tuple[Link, ...]:
    """Every link within one repository. Where a name or a variable may mean several things, there is none."""
    known = _Known(findings, handed)
    found = [*known.references()]
    for finding in findings:
        if not _declares(finding):
            found.extend(known.meant(finding))
    return ordered(found, findings)


def carried(findings: Iterable[Finding]) -> set[str]:
    """The variables that may lead somewhere: to a service of which some block makes a thing."""
    made = {finding.service for finding in findings if _declares(finding)}
    return {finding.variable for finding in findings if finding.variable and finding.service in made}


def across(parts: Sequence[Sequence[Finding]]) -> Iterator[Link]:
    """Links between repositories: by a name that one of them alone gives a thing, and that is not anybody's name."""
    known = [_Known(findings) for findings in parts]
    for number, findings in enumerate(parts):
        for finding in findings:
            key = (finding.service, finding.name)
            telling = len(_words(finding.name)) >= _WORDS and not _is_common(finding.name)
            if telling and finding.kind == "lock-in" and not _declares(finding) and key not in known[number].declared:
                others = [there.declared[key] for there in known if key in there.declared]
                if len(others) == 1:
                    yield from _chosen(finding, others[0], "name", finding.name)


def ordered(found: Iterable[Link], findings: Sequence[Finding]) -> tuple[Link, ...]:
    """Links in the order of the findings."""
    place = {finding.fingerprint: number for number, finding in enumerate(findings)}
    return tuple(sorted(found, key=lambda link: (place[link.source], place[link.target])))


def edges(findings: Iterable[Finding], links: Iterable[Link]) -> tuple[Edge, ...]:
    """Edges between services, the most frequent first."""
    service = {finding.fingerprint: finding.service for finding in findings}
    counts = Counter((service[link.source], service[link.target]) for link in links)
    found = [Edge(source=one, target=other, times=times) for (one, other), times in counts.items() if one != other]
    return tuple(sorted(found, key=lambda edge: (-edge.times, edge.source, edge.target)))


Place = tuple[str, str]
"""A path, and an address in it: a function, a manifest, a block."""


def callers(findings: Iterable[Finding], links: Iterable[Link]) -> dict[str, set[Place]]:
    """Fingerprint of what is leant on → the places in production code that lean on it."""
    live = {one.fingerprint: one for one in findings if _is_live(one)}
    found: dict[str, set[Place]] = defaultdict(set)
    for link in links:
        if link.source in live and link.target in live:
            found[link.target].add(_place(live[link.source]))
    return found


def callers_of_services(findings: Sequence[Finding], called: Mapping[str, set[Place]]) -> dict[str, set[Place]]:
    """Service → the places that lean on anything of it: code that calls it, manifests that name it, and what leans on
    one of its things. ``called`` is what ``callers`` says."""
    found: dict[str, set[Place]] = defaultdict(set)
    for finding in findings:
        found[finding.service] |= called.get(finding.fingerprint, set())
        calls = finding.role == "primary" if finding.language == "python" else finding.role in ("primary", "part")
        if calls and finding.language in ("python", "kubernetes", "containers") and _is_live(finding):
            found[finding.service].add(_place(finding))
    return found


def _is_live(finding: Finding) -> bool:
    return finding.context == "production" and finding.active != "no"


def _place(finding: Finding) -> Place:
    return finding.location.path, finding.address


class _Known:
    """What the findings of one repository declare, and what its configuration hands to programs."""

    def __init__(self, findings: Sequence[Finding], handed: Iterable[Handed] = ()) -> None:
        self.declared: dict[tuple[str, str], list[Finding]] = defaultdict(list)
        self._templates: dict[tuple[str, str], list[Finding]] = defaultdict(list)
        self._blocks: dict[tuple[str, str, str], Finding] = {}
        self._handed: dict[str, list[Handed]] = defaultdict(list)
        for finding in findings:
            if finding.name and _declares(finding):
                self.declared[finding.service, finding.name].append(finding)
            if finding.template and _declares(finding):
                self._templates[finding.service, finding.template].append(finding)
        for finding in sorted(findings, key=lambda one: _ORDER.index(one.role)):
            self._blocks.setdefault((finding.component, finding.language, finding.address), finding)
        for one in handed:
            self._handed[one.name].append(one)
        for name, some in self._handed.items():
            # Files of variables are for a developer's machine, as a rule.
            self._handed[name] = [one for one in some if not one.by_default] or some

    def references(self) -> Iterator[Link]:
        """Between blocks of one module. A pair counts once. A service's own parts do not count, nor do look-ups that
        are leant on: everything asks for the region."""
        for (component, language, _), finding in self._blocks.items():
            for reference in finding.references:
                other = self._blocks.get((component, language, reference))
                if other is not None and other.role in ("primary", "part") and other.service != finding.service:
                    yield Link(
                        source=finding.fingerprint,
                        target=other.fingerprint,
                        how="reference",
                        by=reference,
                        confidence="certain",
                    )

    def meant(self, finding: Finding) -> list[Link]:
        """To the thing that a finding means, by the surest of what it says of it."""
        return (
            (finding.name and [*self.by_name(finding)])
            or (finding.template and [*self.by_template(finding)])
            or (finding.variable and [*self.by_variable(finding)])
            or []
        )

    def by_name(self, finding: Finding) -> Iterator[Link]:
        """To the thing that goes by the name that a finding says."""
        yield from _chosen(finding, self.declared.get((finding.service, finding.name), ()), "name", finding.name)

    def by_template(self, finding: Finding) -> Iterator[Link]:
        """To the thing whose name is put together around the same words."""
        alike = self._templates.get((finding.service, finding.template), ())
        yield from _chosen(finding, alike, "template", finding.template)

    def by_variable(self, finding: Finding) -> Iterator[Link]:
        """To what the configuration nearest to a finding hands in under the name of its variable."""
        nearest = _nearest(finding, self._handed.get(finding.variable, ()), lambda one: one.path)
        meant = [self._meant(one, finding.service) for one in nearest if not one.mentioned]
        if all(meant):
            things = {thing.fingerprint: thing for some in meant for thing in some}
            yield from _chosen(finding, [*things.values()], "variable", finding.variable)

    def _meant(self, one: Handed, service: str) -> list[Finding]:
        """The things of a service that a variable stands for."""
        addressed = [self._blocks.get((where or ".", "terraform", address)) for where, address in one.references]
        things = [it for it in addressed if it is not None and _declares(it)]
        name = plain(one.value)
        named = (self._templates if HOLE in name else self.declared).get((service, name), [])
        return [it for it in things if it.service == service] or (named if _tells(name, far=False) else [])


def _declares(finding: Finding) -> bool:
    """Whether a finding makes a thing; all others only mean one."""
    return finding.language == "terraform" and finding.role in ("primary", "part")


def _chosen(finding: Finding, things: Sequence[Finding], how: _How, by: str) -> Iterator[Link]:
    """The link to the nearest of the things, where that is one: copies of one definition are."""
    alike = [thing for thing in things if thing.context == finding.context]
    nearest = _nearest(finding, alike, lambda thing: thing.location.path)
    if not nearest or finding.confidence == "possible":
        return
    far = not _shared(finding.location.path, nearest[0].location.path)
    if len({thing.digest for thing in nearest}) == 1 and _tells(by, far=far):
        target = nearest[0].fingerprint
        yield Link(source=finding.fingerprint, target=target, how=how, by=by, confidence="likely")


def _nearest(finding: Finding, candidates: Sequence[T], path_of: Callable[[T], str]) -> list[T]:
    """Those that share the longest way down from the root with a finding; none where there are too many to choose."""
    if len(candidates) > _MOST:
        return []
    shared = [_shared(finding.location.path, path_of(one)) for one in candidates]
    deepest = max(shared, default=0)
    return [one for one, depth in zip(candidates, shared, strict=True) if depth == deepest]


def _shared(one: str, other: str) -> int:
    """How many directories two paths have in common from the root."""
    count = 0
    for mine, yours in zip(one.split("/")[:-1], other.split("/")[:-1], strict=False):
        if mine != yours:
            break
        count += 1
    return count


def _tells(name: str, *, far: bool) -> bool:
    """Whether a name tells one thing from another: from afar, and with holes in it, it must say more."""
    if HOLE not in name:
        return not (far and _is_common(name))
    words = _words(name)
    return words.isdisjoint(_PLACEHOLDER) and len(words - _COMMON) >= (_WORDS if far else 1)


def _is_common(name: str) -> bool:
    """Whether a name says too little to be believed from afar."""
    words = _words(name)
    return not words.isdisjoint(_PLACEHOLDER) or words <= _COMMON


def _words(name: str) -> set[str]:
    return set(_WORD.findall(name.lower()))
