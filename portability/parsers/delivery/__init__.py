"""Files of CI systems: the steps that sign in to a provider, deploy to it, or run on its machines.

A step goes by the name under which its system knows it: ``aws-actions/configure-aws-credentials`` (GitHub, in lower
case), ``AzureCLI`` (Azure Pipelines), ``orb/circleci/aws-cli``, ``pipe/atlassian/aws-s3-deploy``, ``jenkins/withAWS``,
``template/AWS/Deploy-ECS.gitlab-ci.yml``, ``travis/s3``; a file that only one provider runs by ``buildspec``,
``cloudbuild`` or ``azure-pipelines``. Images go by the names that they have in Kubernetes. A file tells of each
service once, at its first step; the others stand in ``related``. Variables tell of a provider that no step does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from portability.discovery import Tree
from portability.interest import Interest
from portability.model import Reading, Source, Usage
from portability.parsers.delivery import jenkins, pipelines
from portability.parsers.delivery.steps import Step
from portability.parsers.kubernetes.documents import Refused
from portability.parsers.kubernetes.nodes import digest_of
from portability.parsers.yaml_files import reading, text_of, unread
from portability.settings import DEFAULT, Settings

__all__ = ["read", "units"]

MAX_RELATED = 20
"""Further steps that a usage lists."""
_NOBODY = "vendor"
"""Where variables name a registry, what counts is whether it is a provider's."""


def units(paths: Sequence[str], tree: Tree, interest: Interest, settings: Settings) -> list[tuple[str, ...]]:
    """Each file is read by itself."""
    return [(path,) for path in paths]


def read(unit: Sequence[Source], interest: Interest, settings: Settings = DEFAULT) -> dict[str, Reading]:
    """Read each file of a unit by itself. Never raises for what a file holds."""
    return {source.path: _read_file(source, interest) for source in unit}


def _read_file(source: Source, interest: Interest) -> Reading:
    try:
        text, problems = text_of(source)
    except Refused as refused:
        return unread(source, refused)
    system = pipelines if source.path.lower().endswith((".yaml", ".yml")) else jenkins
    steps = system.steps(source, text, problems, interest)
    return reading(_by_service(steps, interest), problems)


def _by_service(steps: Iterable[Step], interest: Interest) -> list[Usage]:
    found: dict[str, list[Step]] = {}
    aside: list[tuple[str, Step]] = []
    for step in steps:
        table = interest.names.get(step.namespace)
        if table is not None and (claim := table.find(step.symbol)) is not None:
            if step.is_aside:
                aside.append((claim.service, step))
            else:
                found.setdefault(claim.service, []).append(step)
    known = {_NOBODY, *(service.partition("/")[0] for service in found)}
    for service, step in aside:
        if (provider := service.partition("/")[0]) not in known:
            known.add(provider)
            found[service] = [step]
    return [_usage(sorted(same, key=lambda step: step.location)) for _, same in sorted(found.items())]


def _usage(steps: list[Step]) -> Usage:
    first, *others = steps
    usage = Usage(
        language="delivery",
        namespace=first.namespace,
        symbol=first.symbol,
        address=first.address,
        location=first.location,
        kind="command" if first.namespace == "command" else "field",
        digest=digest_of("delivery", *sorted({step.symbol for step in steps})),
        confidence=first.confidence,
    )
    return msgspec.structs.replace(usage, related=tuple(step.location for step in others[:MAX_RELATED]))
