"""The generated reference: a Markdown page a service and a capability, of the sections that ``explain`` shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path, PurePosixPath

from portability.catalogue import Catalogue
from portability.reports.sections import Marks, Section, capability_sections, service_sections
from portability.reports.words import count

MARK = "<!-- Written by `portability rules reference`. Change the rule files instead. -->"
"""The first line of every page, by which a page of a rule that is gone is told from somebody's own file."""

INDEX = "README.md"


def pages(catalogue: Catalogue, targets: Sequence[str]) -> dict[str, str]:
    """Path below the reference's root → the page's text. The same rules give the same text."""
    found = {INDEX: _page("Reference", _index(catalogue))}
    for id in catalogue.service_ids:
        found[f"{id}.md"] = _page(catalogue.service(id).name, _service(id, catalogue, targets))
    for id, capability in catalogue.capabilities.items():
        sections = capability_sections(id, catalogue, targets, _marks(catalogue, "capabilities"))
        found[f"capabilities/{id}.md"] = _page(capability.name, [f"`{id}`", *_markdown(sections)])
    return found


def write(written: Mapping[str, str], out: Path) -> list[Path]:
    """Write pages under a directory and take away those of rules that are gone, which are returned, sorted.

    Raises OSError where a file cannot be written, and touches no file that this did not write.
    """
    for name, text in written.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    gone = [path for path in sorted(out.rglob("*.md")) if path.relative_to(out).as_posix() not in written]
    gone = [path for path in gone if path.read_bytes().startswith(MARK.encode())]
    for path in gone:
        path.unlink()
    return gone


def _page(title: str, blocks: Sequence[str]) -> str:
    return "\n\n".join([MARK, f"# {_prose(title)}", *blocks]) + "\n"


def _service(id: str, catalogue: Catalogue, targets: Sequence[str]) -> list[str]:
    marks = _marks(catalogue, id.partition("/")[0])
    *sections, last = service_sections(id, catalogue, targets, marks, products=False)
    capability = catalogue.service(id).capability
    more = f"Limits, licences and sources of these products: {marks.link(capability)}."
    tail = [more, *_markdown([last])] if not last.title else [*_markdown([last]), more]
    return [f"`{id}`", *_markdown(sections), *tail]


def _index(catalogue: Catalogue) -> list[str]:
    marks = _marks(catalogue, "")
    ids = catalogue.service_ids
    blocks = [f"{count(len(ids), 'service')} and {count(len(catalogue.capabilities), 'capability', 'capabilities')}."]
    for provider, services in groupby(ids, key=lambda key: key.partition("/")[0]):
        blocks.append(f"## {catalogue.providers[provider].name}")
        lines = []
        for id in services:
            service = catalogue.service(id)
            lines.append(f"- [{_prose(service.name)}]({id}.md): {marks.link(service.capability)}, {service.lock_in}")
        blocks.append("\n".join(lines))
    names = (f"- [{_prose(c.name)}](capabilities/{id}.md)" for id, c in catalogue.capabilities.items())
    return [*blocks, "## Capabilities", "\n".join(names)]


def _markdown(sections: Sequence[Section] | Iterator[Section]) -> Iterator[str]:
    """A section as blocks: its title, its paragraphs, its list."""
    for section in sections:
        if section.title:
            yield f"## {_prose(section.title)}"
        yield from (line.text for line in section.lines if not line.depth)
        items = [f"{'  ' * (line.depth - 1)}- {line.text}" for line in section.lines if line.depth]
        if items:
            yield "\n".join(items)


def _marks(catalogue: Catalogue, folder: str) -> Marks:
    """Marks for a page in a folder of the reference; ids become links from there."""

    def link(id: str) -> str:
        path = f"capabilities/{id}.md" if id in catalogue.capabilities else f"{id}.md"
        place = PurePosixPath(path)
        if not folder:
            return f"[{id}]({path})"
        return f"[{id}]({place.name if place.parts[0] == folder else f'../{path}'})"

    return Marks(code=_code, prose=_prose, address=lambda url: f"<{url}>" if "://" in url else _prose(url), link=link)


def _code(name: str) -> str:
    return f"`` {name} ``" if "`" in name else f"`{name}`"


def _prose(text: str) -> str:
    """Text of a rule with what Markdown would take for markup escaped; ``_`` inside a word is none."""
    return re.sub(r"[\\*`<>\[\]]|(?<!\w)_|_(?!\w)", r"\\\g<0>", text)
