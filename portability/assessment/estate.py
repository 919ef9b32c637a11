"""Several assessments as one: what is set up once counts once, and every component keeps its repository."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from portability.assessment import assess
from portability.assessment.graph import across, links
from portability.catalogue import UNCLASSIFIED, Catalogue
from portability.model import (
    Assessment,
    Coverage,
    FileCounts,
    Finding,
    Link,
    Location,
    Mention,
    Problem,
    Seen,
    Unfollowed,
)


class EstateError(Exception):
    """Assessments that do not go together: why, and what to do."""


_MADE_BY = ("version", "catalogue")

SEPARATOR = " + "
"""Between the names of repositories in the root of an estate."""


def merge(parts: Sequence[Assessment], catalogue: Catalogue, *, apart: bool = True) -> Assessment:
    """One assessment of several repositories, with the catalogue of now for sizes and names.

    Paths and components begin with the repository, unless there is but one (not ``apart``). The findings stay as they
    were judged; what they add up to is counted anew, so that a product, a foundation and a definition that two
    repositories share count once.
    """
    targets = [target for target in parts[0].targets if all(target in part.targets for part in parts)]
    if not targets:
        raise EstateError("these reports have no target in common; audit with the same --target")
    for part in parts:
        _check(part, catalogue)
    names = _names(parts)
    folders = [f"{name}/" if apart else "" for name in names]
    moved = [_moved(part, above) for part, above in zip(parts, folders, strict=True)]
    whole = assess(
        SEPARATOR.join(names),
        [finding for findings, _ in moved for finding in findings],
        _coverage([coverage for _, coverage in moved]),
        catalogue,
        targets,
        policy=parts[0].policy,
        join=lambda _: [*_carried(parts, folders), *across([findings for findings, _ in moved])],
    )
    read_by, judged_by = (", ".join(dict.fromkeys(getattr(part, name) for part in parts)) for name in _MADE_BY)
    return msgspec.structs.replace(whole, version=read_by, catalogue=judged_by, also_seen=_seen(parts, folders))


def _check(part: Assessment, catalogue: Catalogue) -> None:
    """Everything that findings refer to must still be in this catalogue."""
    answers = [answer for finding in part.findings for answer in finding.equivalents]
    unclassified = {f"{provider}/{UNCLASSIFIED}" for provider in catalogue.providers}
    gone = {finding.service for finding in part.findings if finding.kind == "lock-in"} - unclassified
    gone -= set(catalogue.service_ids)
    gone |= {name for finding in part.findings for name in finding.capabilities} - catalogue.capabilities.keys()
    gone |= {answer.capability for answer in answers} - catalogue.capabilities.keys()
    gone |= {answer.product_id for answer in answers if answer.product is not None} - catalogue.products.keys()
    gone |= set(part.targets) - catalogue.targets.keys()
    if gone:
        known = ", ".join(sorted(gone))
        raise EstateError(f"{part.root} was audited with another catalogue, which knew {known}; audit again")


def _names(parts: Sequence[Assessment]) -> list[str]:
    """A name a repository: its root, numbered where several are alike."""
    seen: Counter[str] = Counter()
    names = []
    for part in parts:
        seen[part.root] += 1
        names.append(part.root if seen[part.root] == 1 else f"{part.root} ({seen[part.root]})")
    return names


def _moved(part: Assessment, above: str) -> tuple[list[Finding], Coverage]:
    def place(location: Location) -> Location:
        return msgspec.structs.replace(location, path=f"{above}{location.path}")

    findings = [
        msgspec.structs.replace(
            finding,
            fingerprint=f"{above}{finding.fingerprint}",
            component=_below(above, finding.component),
            location=place(finding.location),
            related=tuple(map(place, finding.related)),
        )
        for finding in part.findings
    ]
    coverage = part.coverage
    return findings, msgspec.structs.replace(
        coverage,
        unsupported=tuple(
            msgspec.structs.replace(one, sample={**one.sample, "path": f"{above}{one.sample['path']}"})
            for one in coverage.unsupported
        ),
        unfollowed=tuple(msgspec.structs.replace(one, sample=place(one.sample)) for one in coverage.unfollowed),
        problems=tuple(msgspec.structs.replace(one, path=f"{above}{one.path}") for one in coverage.problems),
    )


def _carried(parts: Sequence[Assessment], folders: Sequence[str]) -> Iterator[Link]:
    """The links that each repository had: what joined them may stand in no report. An older report has none yet."""
    for part, above in zip(parts, folders, strict=True):
        binding = [finding for finding in part.findings if finding.kind == "lock-in"]
        known = {finding.fingerprint for finding in binding}
        for link in part.links or links(binding):
            if known.issuperset((link.source, link.target)):
                yield msgspec.structs.replace(link, source=f"{above}{link.source}", target=f"{above}{link.target}")


def _below(above: str, component: str) -> str:
    return above.rstrip("/") or "." if component == "." else f"{above}{component}"


def _coverage(parts: Sequence[Coverage]) -> Coverage:
    files: dict[str, FileCounts] = {}
    skipped: Counter[str] = Counter()
    mentions: dict[tuple[str, str], Mention] = {}
    unfollowed: dict[tuple[str, str], Unfollowed] = {}
    problems: list[Problem] = []
    for part in parts:
        skipped.update(part.skipped)
        problems.extend(part.problems)
        for language, new in part.files.items():
            old = files.get(language, FileCounts())
            files[language] = FileCounts(
                read=old.read + new.read, partly=old.partly + new.partly, unread=old.unread + new.unread
            )
        for mention in part.unsupported:
            key = (mention.provider, mention.kind)
            before = mentions.get(key)
            total = mention.files + (before.files if before else 0)
            mentions[key] = msgspec.structs.replace(before or mention, files=total)
        for one in part.unfollowed:
            known = unfollowed.get((one.kind, one.name))
            times = one.times + (known.times if known else 0)
            unfollowed[one.kind, one.name] = msgspec.structs.replace(known or one, times=times)
    return Coverage(
        files=dict(sorted(files.items())),
        skipped=dict(sorted(skipped.items())),
        unsupported=tuple(mentions[key] for key in sorted(mentions)),
        elsewhere=sum(part.elsewhere for part in parts),
        stopped=sum(part.stopped for part in parts),
        unfollowed=tuple(sorted(unfollowed.values(), key=lambda one: (-one.times, one.kind, one.name))),
        problems=tuple(sorted(problems)),
    )


def _seen(parts: Sequence[Assessment], folders: Sequence[str]) -> tuple[Seen, ...]:
    seen: dict[str, Seen] = {}
    for part, above in zip(parts, folders, strict=True):
        for one in part.also_seen:
            sample = msgspec.structs.replace(one.sample, path=f"{above}{one.sample.path}")
            known = seen.get(one.vendor) or msgspec.structs.replace(one, places=0, sample=sample)
            seen[one.vendor] = msgspec.structs.replace(known, places=known.places + one.places)
    return tuple(sorted(seen.values(), key=lambda one: (-one.places, one.vendor)))
