"""Proposals → the tree that a team starts from: a module a component, manifests that kustomize takes, and a README.

``terraform/<component>/`` is one root module: a file a proposal, and what is declared once in ``versions.tf`` and
``variables.tf``. ``kubernetes/<component>/`` has a ``kustomization.yaml``, and ``fill-in.env`` names the placeholders.
``helm-values/``, ``guides/`` (what only remarks, too), ``python/`` and ``manifests/`` (patches of these) hold what
their names say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from portability.catalogue import Catalogue
from portability.model import Assessment, Component, Finding, Location, Proposal
from portability.proposals import SHARED, Rendered, layout, literals, modules
from portability.proposals.literals import comment, slug
from portability.proposals.manifest_edits import FOLDER as MANIFESTS
from portability.proposals.manifest_edits import Edited
from portability.proposals.page import Variable
from portability.proposals.rendering import ProposalError, Renderer, Templates
from portability.proposals.work import wanted

README = "_readme.md.j2"
_HOW_TO_FILL_IN = """\
# Fill in and run this here. Only these names are put in, so that scripts in a manifest keep their own.
# set -a; . ./fill-in.env; set +a; mkdir -p filled-in
# names=$(sed -n 's/^\\([A-Z][A-Z0-9_]*\\)=.*/${\\1}/p' fill-in.env)
# for file in *.yaml; do envsubst "$names" < "$file" > "filled-in/$file"; done
# kubectl apply -k filled-in
"""
_HOW_TO_INSTALL = """\
# Fill in and run this here. Only these names are put in. The head of each file names its chart.
# set -a; . ./fill-in.env; set +a; mkdir -p filled-in
# names=$(sed -n 's/^\\([A-Z][A-Z0-9_]*\\)=.*/${\\1}/p' fill-in.env)
# for file in *.yaml; do envsubst "$names" < "$file" > "filled-in/$file"; done
# helm upgrade --install NAME CHART --values filled-in/FILE
"""
_HOW_TO_PATCH = """\
# Fill in and run this here; REPOSITORY is the checkout that is patched. Only these names are put in.
# set -a; . ./fill-in.env; set +a
# names=$(sed -n 's/^\\([A-Z][A-Z0-9_]*\\)=.*/${\\1}/p' fill-in.env)
# find . -name '*.patch' | while read -r file; do envsubst "$names" < "$file" | git -C "$REPOSITORY" apply; done
"""
_ENDINGS = {"hcl": ".tf", "yaml": ".yaml", "markdown": ".md"}


class Counts(NamedTuple):
    """Primary findings that ask for a replacement: how many got code, a guide and no code, nothing.

    Beside them are the other ties of manifests, which ask for an edit alone: how many patches take away, how many stay.
    """

    code: int
    guide: int
    nothing: int
    untied: int
    tied: int

    def __str__(self) -> str:
        coded = f"{self.code} finding{'' if self.code == 1 else 's'} with code"
        said = f"{coded}, {self.guide} with a guide, {self.nothing} with nothing"
        if self.untied or self.tied:
            said += f"; of {self.untied + self.tied} more ties in manifests patches take away {self.untied}"
        return said


def counts(findings: Sequence[Finding], rendered: Sequence[Rendered], patches: Sequence[Proposal]) -> Counts:
    """How far proposals reach. What is not ready counts as nothing."""
    ready = [one for one in rendered if not one.proposal.problems]
    code = {id for one in ready if is_code(one) for id in one.fingerprints}
    guide = {id for one in ready for id in one.fingerprints}
    patched = {place for patch in patches for place in patch.replaces}
    code |= {one.fingerprint for one in findings if one.location in patched}
    mine = [one.fingerprint for one in findings if one.role == "primary" and wanted(one)]
    with_code = sum(id in code for id in mine)
    with_guide = sum(id in guide and id not in code for id in mine)
    ties = [one for one in findings if one.role != "primary" and one.language == "kubernetes" and wanted(one)]
    untied = sum(one.location in patched for one in ties)
    return Counts(with_code, with_guide, len(mine) - with_code - with_guide, untied, len(ties) - untied)


def is_code(one: Rendered) -> bool:
    """Whether a proposal declares anything: what only remarks on rights that fall away is a guide."""
    return one.proposal.language != "markdown" and any(
        line.strip() not in ("", "---") and not line.lstrip().startswith("#") for line in one.body.split("\n")
    )


def tree(
    rendered: Sequence[Rendered],
    patches: Sequence[Proposal],
    assessment: Assessment,
    catalogue: Catalogue,
    target: str,
    templates: Templates,
    manifests: Edited | None = None,
    unpatched: Mapping[Location, str] = {},
) -> list[Proposal]:
    """Every file of the tree, README first. ``unpatched`` says of places in programs why there is no patch.
    Raises ProposalError where a name means two things."""
    folders = _folders(sorted({one.component for one in rendered}))
    placed = [(one, _placed(one, folders[one.component])) for one in rendered]
    taken: set[str] = set()  # what only remarks may be called as the guide beside it is
    placed = [(one, msgspec.structs.replace(file, path=_own(file.path, taken))) for one, file in placed]
    files = [file for _, file in placed]
    by_folder: dict[str, list[tuple[Rendered, Proposal]]] = defaultdict(list)
    for one, file in placed:
        by_folder[file.path.rpartition("/")[0]].append((one, file))
    for folder, members in sorted(by_folder.items()):
        asked = _asked(folder, [one for one, _ in members])
        if folder.startswith("terraform/"):
            versions = modules.providers([file.text for _, file in members])
            files.append(_file(f"{folder}/versions.tf", versions, target, "hcl"))
            if asked:
                files.append(_file(f"{folder}/variables.tf", modules.declarations(asked.values()), target, "hcl"))
        elif not folder.startswith("guides/"):
            if folder.startswith("kubernetes/"):
                files.append(_file(f"{folder}/kustomization.yaml", _kustomization(members), target, "yaml"))
            if asked:
                how = _HOW_TO_INSTALL if folder.startswith("helm-values/") else _HOW_TO_FILL_IN
                files.append(_file(f"{folder}/fill-in.env", _fill_in(asked, how), target, "text"))
    files += patches
    if manifests is not None and manifests.variables:
        text = _fill_in(manifests.variables, _HOW_TO_PATCH)
        files.append(_file(f"{MANIFESTS}/fill-in.env", text, target, "text"))
    reach = counts(assessment.findings, rendered, patches)
    context = {
        "target": catalogue.targets[target],
        "counts": reach,
        "waves": _waves(assessment, placed, patches, catalogue),
        "losses": _by_text(files, "gaps"),
        "decisions": _by_text(files, "decisions"),
        "limits": _limits(rendered),
        "broken": [file for file in files if file.problems],
        "moves": _moves(file for one, file in placed if file.language == one.proposal.language),
        "dropped": _dropped(manifests.dropped) if manifests is not None else [],
        "left": _left(manifests.left) if manifests is not None else [],
        "unpatched": _left(unpatched),
        "nothing": _nothing(assessment.findings, rendered, patches),
        "elsewhere": _elsewhere(assessment.findings, rendered),
        "unfollowed": assessment.coverage.unfollowed,
    }
    text = layout.tidy(Renderer(templates).body(README, context))
    return [_file("README.md", text, target, "markdown"), *files]


def _folders(components: Sequence[str]) -> Mapping[str, str]:
    """Component → a folder's name that no other has."""
    taken: set[str] = set()
    named = {one: slug(one, 60) if one not in ("", ".") else "root" for one in components}
    return {component: literals.unique(name, taken) for component, name in named.items()}


def _placed(one: Rendered, component: str) -> Proposal:
    name = one.proposal.path.removesuffix("/main.tf").removesuffix(_ENDINGS[one.proposal.language])
    if one.proposal.language != "markdown" and not is_code(one):
        path, text = f"guides/{component}/{name}.md", _remarks(one.body)
        return msgspec.structs.replace(one.proposal, path=path, text=text, language="markdown")
    path = f"{one.folder}/{component}/{name}{_ENDINGS[one.proposal.language]}"
    return msgspec.structs.replace(one.proposal, path=path, text=one.body)


def _own(path: str, taken: set[str]) -> str:
    stem, dot, ending = path.rpartition(".")
    return literals.unique(stem, taken) + dot + ending if ending == "md" else path


def _remarks(text: str) -> str:
    """What only remarks, as a page: a file of comments is no code, and nobody looks for advice among manifests."""
    lines = [line.removeprefix("#").removeprefix(" ") for line in text.replace("\n---\n", "\n\n").split("\n")]
    title, *rest = ["- " * line.startswith("- ") + literals.markdown(line.removeprefix("- ")) for line in lines]
    return layout.tidy("\n".join([f"# {title}", *rest]))


def _file(path: str, text: str, target: str, language: str) -> Proposal:
    return msgspec.convert(
        {"target": target, "capability": "", "service": "", "title": path, "path": path, "text": text,
         "language": language, "replaces": []},
        Proposal,
    )  # fmt: skip


def _asked(folder: str, members: Sequence[Rendered]) -> dict[str, Variable]:
    asked: dict[str, Variable] = {}
    for one in members:
        for variable in one.variables:
            known = asked.setdefault(variable.name, variable)
            if known.type != variable.type:
                raise ProposalError(f"in {folder} `{known.name}` is both {known.type} and {variable.type}")
            asked[variable.name] = known.with_keys_of(variable)
    return asked


def _kustomization(members: Sequence[tuple[Rendered, Proposal]]) -> str:
    names = sorted(file.path.rpartition("/")[2] for _, file in members)
    lines = ["apiVersion: kustomize.config.k8s.io/v1beta1", "kind: Kustomization", "resources:"]
    return "\n".join([*lines, *(f"  - {literals.yaml(name)}" for name in names)]) + "\n"


def _fill_in(asked: Mapping[str, Variable], how: str) -> str:
    return how + "".join(
        f"\n# {one.description} ({one.type})\n{name.upper()}=\n" for name, one in sorted(asked.items())
    )


class _Wave(NamedTuple):
    work: str
    waits_for: tuple[str, ...]
    files: list[Proposal]


def _waves(
    assessment: Assessment,
    placed: Sequence[tuple[Rendered, Proposal]],
    patches: Sequence[Proposal],
    catalogue: Catalogue,
) -> list[_Wave]:
    """The files by the wave of their component, those first that others wait for; what serves all components comes
    before the first wave."""
    components = {(one.id, one.kind): one for one in assessment.components}
    of_place = {one.location: components.get((one.component, one.language)) for one in assessment.findings}
    files = [*(file for _, file in placed), *patches]
    shared = {file.path for one, file in placed if one.component == SHARED}
    waves: dict[int, list[tuple[Proposal, Component | None]]] = defaultdict(list)
    members: dict[int, set[Component]] = defaultdict(set)
    for file in files:
        component = of_place.get(file.replaces[0])
        wave = 0 if file.path in shared or component is None else component.wave
        waves[wave].append((file, component))
        if component is not None and file.path not in shared:
            members[wave].add(component)
    return [_wave(members[wave], waves[wave], catalogue) for wave in sorted(waves)]


def _wave(members: set[Component], files: list[tuple[Proposal, Component | None]], catalogue: Catalogue) -> _Wave:
    asked = {"change manifests alone" if one.work == "nothing" else one.work for one in members}
    own = {one.id: one for one in members}
    depth = dict.fromkeys(own, 0)
    for _ in own:  # those that lean on each other in a circle stay beside each other
        for id, one in own.items():
            depth[id] = max([depth[id], *(min(depth[name] + 1, len(own)) for name in one.waits_for if name in own)])
    known = catalogue.capabilities

    def place(item: tuple[Proposal, Component | None]) -> tuple[int, int]:
        file, component = item
        late = 5 if file.capability not in known else known[file.capability].applied
        return depth.get(component.id, 0) if component is not None else 0, late

    files = sorted(files, key=place)
    waits_for = {name for one in members for name in one.waits_for} - own.keys()
    work = ", ".join(sorted(asked)) or "what serves all of them"
    return _Wave(work, tuple(sorted(waits_for)), [file for file, _ in files])


def _limits(rendered: Iterable[Rendered]) -> list[tuple[str, list[str]]]:
    """Products with the limits that concern some proposal of them."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for one in rendered:
        found[one.product] |= dict.fromkeys(one.limits)
    return sorted((product, list(texts)) for product, texts in found.items() if texts)


def _by_text(files: Sequence[Proposal], kind: str) -> list[tuple[str, list[str]]]:
    """Each sentence with the files that say it, in their order."""
    found: dict[str, list[str]] = defaultdict(list)
    for file in files:
        for text in getattr(file, kind):
            found[comment(text)].append(file.path)
    return list(found.items())


def _moves(files: Iterable[Proposal]) -> list[tuple[str, list[Proposal]]]:
    """Capabilities and the files that give them; what only remarks gives nothing that data could move to."""
    found: dict[str, list[Proposal]] = defaultdict(list)
    for file in files:
        found[file.capability].append(file)
    return sorted(found.items())


def _dropped(places: Mapping[str, list[Location]]) -> list[tuple[str, int, str]]:
    """Keys that go from manifests with nothing in their place: in how many files, and where first."""
    return sorted((key, len(found), str(min(found))) for key, found in places.items())


def _left(why: Mapping[Location, str]) -> list[tuple[str, int, str]]:
    """Reasons why ties in manifests are left: how many, and where first. The commonest come first."""
    places: dict[str, list[Location]] = defaultdict(list)
    for place, reason in why.items():
        places[reason].append(place)
    ranked = sorted(places.items(), key=lambda item: (-len(item[1]), item[0]))
    return [(reason, len(found), str(min(found))) for reason, found in ranked]


def _nothing(
    findings: Sequence[Finding], rendered: Sequence[Rendered], patches: Sequence[Proposal]
) -> list[tuple[str, int, str]]:
    """Services with findings that nothing was made for: how many, and where first."""
    reached = {id for one in rendered for id in one.fingerprints}
    patched = {place for patch in patches for place in patch.replaces}
    left: dict[str, list[Finding]] = defaultdict(list)
    for one in findings:
        proposed = one.fingerprint in reached or one.location in patched
        if one.role == "primary" and wanted(one) and not proposed:
            left[one.service].append(one)
    return sorted((service, len(found), str(found[0].location)) for service, found in left.items())


def _elsewhere(
    findings: Sequence[Finding], rendered: Sequence[Rendered]
) -> list[tuple[str, list[tuple[str, str, int]]]]:
    """What is set beside a definition that another module, or nobody here, makes: by service, each address with its
    first place, and in how many it is."""
    told = {(one.proposal.service, one.component) for one in rendered}
    left: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in findings:
        apart = one.role == "part" and one.language == "terraform" and not one.symbol.startswith("backend.")
        if apart and wanted(one) and (one.service, one.component) not in told:
            left[one.service][one.address].append(str(one.location))
    return [
        (service, [(address, places[0], len(places)) for address, places in found.items()])
        for service, found in sorted(left.items())
    ]
