"""CycloneDX: the services that the code uses, and who provides them. Needs the extra ``cyclonedx``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from portability import __version__
from portability.assessment.uses import counts_for_effort
from portability.model import Assessment, ServiceSummary
from portability.reports import MissingExtraError, Report
from portability.reports.compare import Difference
from portability.reports.figures import in_use


def report(report: Report) -> str:
    """A bill of materials in CycloneDX 1.6 JSON with its ``services`` filled: the same report gives the same bytes."""
    try:
        from cyclonedx.model import Property
        from cyclonedx.model.bom import Bom
        from cyclonedx.model.component import Component, ComponentType
        from cyclonedx.model.contact import OrganizationalEntity
        from cyclonedx.model.service import Service
        from cyclonedx.output.json import JsonV1Dot6
    except ModuleNotFoundError as error:
        raise MissingExtraError("cyclonedx") from error

    assessment = report.assessment
    bom = Bom()
    bom.metadata.component = Component(name=assessment.root, type=ComponentType.APPLICATION, bom_ref="root")
    bom.metadata.tools.components.add(
        Component(name="portability", version=__version__, type=ComponentType.APPLICATION, bom_ref="portability")
    )
    services = []
    used = in_use(assessment)
    changed = _changed(report.since, used) if report.since else {}
    for name, value in changed.get("", ()):
        bom.metadata.properties.add(Property(name=f"portability:{name}", value=value))
    for one in used:
        service = Service(
            name=one.name,
            bom_ref=one.service,
            provider=OrganizationalEntity(name=_operator(assessment, one)),
            x_trust_boundary=True,
            properties=[Property(name=f"portability:{name}", value=value) for name, value in _properties(one, changed)],
        )
        bom.services.add(service)
        services.append(service)
    bom.register_dependency(bom.metadata.component, services)
    text = JsonV1Dot6(bom).output_as_string(indent=2)
    return _without_moment(text)


def _operator(assessment: Assessment, service: ServiceSummary) -> str:
    """Who operates a service; in production code, where there is some."""
    found = [finding for finding in assessment.findings if finding.service == service.service]
    found.sort(key=lambda finding: not counts_for_effort(finding))
    return found[0].operator


def _changed(found: Difference, used: Sequence[ServiceSummary]) -> dict[str, list[tuple[str, str]]]:
    """Service (empty: the whole) → what a comparison says of it. A service that is gone stands with the whole, since
    what is listed is in use."""
    before = {service.service: service.lock_in for service in in_use(found.before)}
    now = {service.service for service in used}
    made_by = [("since:catalogue", found.before.catalogue), ("since:version", found.before.version)]
    whole = [*made_by, ("since:report", found.before.root)]
    said = {"": whole + [("since:gone-service", id) for id in sorted(before.keys() - now)]}
    for service in used:
        counts = Counter(change.kind for change in found.changes if change.service == service.service)
        was = before.get(service.service)
        state = "new" if was is None else "changed" if counts or was != service.lock_in else "unchanged"
        rows = [("since", state)]
        rows += [("since:lock-in", was)] if was is not None and was != service.lock_in else []
        rows += [(f"since:{kind}-places", str(counts[kind])) for kind in ("new", "gone", "changed") if counts[kind]]
        said[service.service] = rows
    return said


def _properties(service: ServiceSummary, changed: Mapping[str, list[tuple[str, str]]]) -> list[tuple[str, str]]:
    said = [("lock-in", service.lock_in), ("uses", str(service.uses)), ("places", str(service.findings))]
    said += [("capability", capability) for capability in service.capabilities]
    said += [("feature", feature) for feature in service.features]
    return said + changed.get(service.service, [])


def _without_moment(text: str) -> str:
    """The document without its serial number and time, which would differ in every run."""
    import msgspec

    data = msgspec.json.decode(text)
    data.pop("serialNumber", None)
    data["metadata"].pop("timestamp", None)
    return msgspec.json.format(msgspec.json.encode(data), indent=2).decode() + "\n"
