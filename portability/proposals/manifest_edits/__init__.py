"""Edits to manifests, as patches that ``git apply`` takes: one patch a file, with all that is changed in it.

What stands in the place of a tie is said by templates: ``<target>/<product>.manifest.yaml.j2`` beside the product, then
``_manifests/<capability>.yaml.j2``, then ``_manifests/_any.yaml.j2``. Each renders a mapping of places to what stands
there: a text takes the place of a text, entries take the place of an entry, ``{}`` takes it away. Templates of Helm and
the like are left as they are; values of charts are edited.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import yaml
from yaml.nodes import ScalarNode, SequenceNode

from portability.catalogue import Catalogue
from portability.discovery import Seen, look
from portability.model import Assessment, Finding, Location, Proposal
from portability.parsers.kubernetes.templates import is_template
from portability.proposals.inputs import inputs_of, is_secret
from portability.proposals.literals import comment, slug, unique
from portability.proposals.manifest_edits import mounted
from portability.proposals.manifest_edits.classes import claims_of_own
from portability.proposals.manifest_edits.file import ManifestFile
from portability.proposals.manifest_edits.helm import for_a_provider, values_to_set
from portability.proposals.manifest_edits.picked import picked
from portability.proposals.manifest_edits.places import place_of
from portability.proposals.manifest_edits.spots import Gone, Spot, Unedited
from portability.proposals.page import Page, Variable
from portability.proposals.rendering import ProposalError, Renderer, Templates
from portability.proposals.work import wanted

FOLDER = "manifests"
_BESIDE = "beside"
"""Set by a template where what is proposed for the product stands beside the edit."""
_CHART = "chart/"
"""How a symbol begins for a chart that installs software of the provider."""
_IMAGE = "image/"
_COLLECTIONS = ("annotations", "labels", "nodeSelector", "nodeLabels", "matchLabels")
"""Places where what is there already under a new key stays."""
_ONE_OF = ("InstanceType", "Zone")
"""Places of which a list is one tie, found at its first."""


class Edited(NamedTuple):
    """Patches in the order of their files, what these leave to be filled in, why other ties in manifests are left as
    they are, the findings that ask for nothing else, and where keys go with nothing in their place."""

    patches: list[Proposal]
    variables: dict[str, Variable]
    left: Mapping[Location, str]
    answered: frozenset[str]
    dropped: Mapping[str, list[Location]]


class _File(NamedTuple):
    manifest: ManifestFile
    done: list[Finding]
    decisions: list[str]
    dropped: dict[str, Location]
    images: dict[str, _Moved]


def manifest_edits(
    assessment: Assessment, catalogue: Catalogue, root: Path, target: str, own: Path | None = None
) -> Edited:
    """Edit the manifests whose ties a template knows an answer to. Raises ProposalError for a template at fault."""
    templates = Templates(catalogue, own)
    answers = _Answers(templates, catalogue, target)
    by_path: dict[str, list[Finding]] = defaultdict(list)
    for finding in assessment.findings:
        if finding.language == "kubernetes" and wanted(finding):
            by_path[finding.location.path].append(finding)
    left = claims_of_own(root, [finding for findings in by_path.values() for finding in findings])
    patches: list[Proposal] = []
    variables: dict[str, Variable] = {}
    answered: set[str] = set()
    dropped: dict[str, list[Location]] = defaultdict(list)
    names: set[str] = set()
    images: dict[str, _Moved] = {}
    pickers = picked(root) if any(one.symbol.startswith(_IMAGE) for one in assessment.findings) else {}
    # What picks images out comes behind what has them.
    for path in sorted({*by_path, *pickers}, key=lambda path: (path in pickers, path)):
        findings = by_path[path]
        try:
            file = _File(_opened(root, path), [], [], {}, images)
            asked: dict[str, Variable] = {}
            whole: set[str] = set()
            goes = {one.address for one in findings if one.symbol.startswith(_CHART)}
            for finding in sorted(findings, key=lambda one: not one.symbol.startswith(mounted.KIND)):
                if finding.location in left:
                    continue
                _edit(file, finding, answers, asked, whole, left, goes=finding.address in goes)
            _follow(file, pickers.get(path, ()), asked)
            patch = file.manifest.patch() if file.done else ""
            if clash := next((name for name in asked if f"${{{name.upper()}}}" in file.manifest.before), ""):
                raise Unedited(f"The file has a ${{{clash.upper()}}} of its own.")
        except Unedited as error:
            left |= {finding.location: str(error) for finding in findings if finding.location not in left}
            continue
        if patch:
            name = unique("/".join(slug(part, 60) for part in path.rpartition(".")[0].split("/")), names)
            patches.append(_proposal(file, path, patch, f"{FOLDER}/{name}.patch", target, asked))
            variables |= asked
            for key, place in file.dropped.items():
                dropped[key].append(place)
            answered |= whole
    return Edited(patches, variables, left, frozenset(answered), dropped)


def _opened(root: Path, path: str) -> ManifestFile:
    seen = look(root, path)
    if not isinstance(seen, Seen):
        raise Unedited("The file cannot be read by the name that it is shown by.")
    return ManifestFile(path, seen.data)


def _edit(
    file: _File,
    finding: Finding,
    answers: _Answers,
    asked: dict[str, Variable],
    whole: set[str],
    left: dict[Location, str],
    *,
    goes: bool,
) -> None:
    """Edit one tie where there is an answer, and say why it is left where there is none. ``goes`` tells of a release of
    the provider's own software, for which nothing stands beside the edit."""
    try:
        spot = file.manifest.spot(finding.location)
        if spot.region.shown and for_a_provider(file.manifest.before, finding):
            raise Unedited(
                "A template says it for the old provider alone: where it is wanted, add what the new one asks."
            )
        answer = answers.of(finding, place_of(finding, spot), spot)
        if answer.value is None:
            raise Unedited(answer.why)
        _apply(file, finding, spot, answer)
    except Gone:
        file.done.append(finding)
        return
    except Unedited as error:
        left[finding.location] = str(error) or values_to_set(file.manifest.before, finding)
        return
    file.done.append(finding)
    for name, variable in answer.variables.items():
        asked.setdefault(name, variable)
    for decision in answer.decisions:
        if decision not in file.decisions and not (goes and answer.beside):
            file.decisions.append(decision)
    if goes or not answer.beside:
        whole.add(finding.fingerprint)
    if answer.place == "image":
        file.images[finding.symbol] = _Moved(finding, answer)


def _follow(file: _File, named: Iterable[tuple[str, Location]], asked: dict[str, Variable]) -> None:
    """Name images as they are called now where they are picked out, so that a tag or a new name still reaches them."""
    for symbol, place in named:
        if (moved := file.images.get(symbol)) is not None:
            file.manifest.swap(file.manifest.spot(place), symbol.split("/")[1], str(moved.answer.value))
            file.done.append(msgspec.structs.replace(moved.finding, location=place))
            file.decisions.extend(one for one in moved.answer.decisions if one not in file.decisions)
            asked |= moved.answer.variables


class _Answer(NamedTuple):
    place: str
    value: Any
    why: str
    variables: Mapping[str, Variable]
    decisions: list[str]
    beside: bool


class _Moved(NamedTuple):
    """A tie to an image that has another name now."""

    finding: Finding
    answer: _Answer


def _apply(file: _File, finding: Finding, spot: Spot, answer: _Answer) -> None:
    manifest = file.manifest
    if answer.place == "image":
        host = finding.symbol.split("/")[1]
        if host not in spot.node.value:
            raise Unedited("" if is_template(spot.node.value) else "The registry is put together from parts.")
        manifest.swap(spot, host, str(answer.value))
    elif is_template(spot.node.value) and answer.value != {}:
        raise Unedited("")
    elif not isinstance(answer.value, Mapping):
        listed = spot.steps[-1].container
        if isinstance(listed, SequenceNode) and len(listed.value) > 1 and answer.place in _ONE_OF:
            raise Unedited("Several are listed: choose what takes the place of them all.")
        manifest.put(spot, str(answer.value))
    elif not answer.value:
        what = spot.node.value if spot.is_key or spot.keys[-1] in ("key", "path") else spot.keys[-1]
        manifest.drop(spot)
        file.dropped.setdefault(what, finding.location)
    elif spot.operation is not None:
        raise Unedited("It stands in the path of a JSON patch: write the new path by hand.")
    else:
        manifest.replace(spot, answer.value, keep=answer.place in _COLLECTIONS)


def _said(spot: Spot) -> str:
    """What an entry says whose key was found; empty where that is no text, or looks like a secret."""
    step = spot.steps[-1]
    value = step.container.value[step.at][1] if spot.is_key else None
    written = value.value if isinstance(value, ScalarNode) else ""
    return "" if is_secret("", written) else written


class _Answers:
    """What templates say of ties; each is rendered for the tie that it is asked about."""

    def __init__(self, templates: Templates, catalogue: Catalogue, target: str) -> None:
        self._texts = templates.texts
        self._renderer = Renderer(templates)
        self._catalogue, self._target = catalogue, target

    def of(self, finding: Finding, place: str, spot: Spot) -> _Answer:
        equivalent = next((one for one in finding.equivalents if one.target == self._target), None)
        capability = equivalent.capability if equivalent else next(iter(finding.capabilities), "")
        product = equivalent.product_id if equivalent else ""
        kind = self._catalogue.capabilities.get(capability)
        inputs, notes = inputs_of(finding, kind) if kind else ({}, [])
        label = slug(finding.address.rpartition("/")[2]).replace("-", "_")
        page = Page("yaml", slug(finding.address.rpartition("/")[2]), label, inputs, list(map(comment, notes)))
        value = spot.node.value
        beside: list[bool] = []

        def stands_beside() -> str:
            beside.append(True)
            return ""

        context = {
            **page.context(finding, equivalent, frozenset(finding.features)),
            "place": place,
            "target": self._target,
            "word": spot.node.value.rpartition("/")[2],
            "old": _said(spot),
            "value": "" if is_secret("", value) else value,
            "beside": stands_beside,
            "mounted": mounted.mounted(spot) if place == mounted.KIND else (),
        }
        named = (f"{product}.manifest.yaml.j2", f"_manifests/{capability}.yaml.j2", "_manifests/_any.yaml.j2")
        for template in named:
            if template not in self._texts:
                continue
            given = self._rendered(template, context)
            if place in given:
                found = mounted.as_texts(given[place]) if place == mounted.KIND else given[place]
                why = "Nothing is known that could stand here instead." if found is None else ""
                asked = {name: one for name, one in page.variables.items() if f"${{{name.upper()}}}" in str(found)}
                return _Answer(place, found, why, asked, page.decisions, bool(beside))
            page.decisions = []
            beside.clear()
        return _Answer(place, None, _WHY.get(place, _OTHERWISE), {}, [], False)

    def _rendered(self, template: str, context: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            given = yaml.safe_load(self._renderer.body(template, context))
        except yaml.YAMLError as error:
            raise ProposalError(f"the template {template} rendered no YAML: {error}") from error
        if not isinstance(given, dict | None):
            raise ProposalError(f"the template {template} rendered no mapping of places")
        return given or {}


_WHY = {
    "object": "The whole object is of the provider's own kind: take it away once what replaces it stands.",
    "IngressClassObject": "The class itself goes with the controller that serves it.",
    "GatewayClassObject": "The class itself goes with the controller that serves it.",
    "PullSecret": "It signs in at the old registry: make one for yours, and name it here.",
    "env": "A program reads this variable: it changes with the program.",
    "Scheme": "An address of data: it changes when the data has moved.",
    "ResourceId": "It names one thing at the provider: it changes when what it names has moved.",
    "endpoint": "An address at the provider: it changes when what answers there has moved.",
    "resource": "Devices go by the names that their plugin gives them: see which plugin the new nodes run.",
    "Volume": "A volume changes with what mounts it, and its data moves first.",
    "PersistentVolume": "A volume changes with what mounts it, and its data moves first.",
    "chart": "The chart installs software of the provider: take it away once nothing uses it.",
}
_OTHERWISE = "What stands here instead depends on what replaces the service."


def _proposal(file: _File, path: str, patch: str, name: str, target: str, asked: Mapping[str, Variable]) -> Proposal:
    services = dict.fromkeys(finding.service for finding in file.done)
    capabilities = dict.fromkeys(one.capability for finding in file.done for one in finding.equivalents)
    return Proposal(
        target=target,
        capability=next(iter(capabilities), ""),
        service=next(iter(services), ""),
        title=comment(f"{', '.join(services)} in {path}"),
        path=name,
        text=patch,
        language="patch",
        replaces=tuple(finding.location for finding in file.done),
        decisions=(*file.decisions, *(f"`${{{one.upper()}}}`: {asked[one].description}" for one in sorted(asked))),
    )
