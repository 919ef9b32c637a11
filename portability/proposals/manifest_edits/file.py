"""One file of manifests while it is edited: exact spans change, and everything else stays as it was, to the byte.

An edit is made on the text and on the composed document. Where the two then do not say the same, it is taken back.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from typing import Any, NamedTuple

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from portability.model import Location
from portability.parsers.kubernetes.documents import Document, Refused, compose, decode, split
from portability.parsers.kubernetes.nodes import Contents, text
from portability.parsers.kubernetes.templates import is_template
from portability.patterns import regex
from portability.proposals.manifest_edits import writing
from portability.proposals.manifest_edits.helm import only_prints
from portability.proposals.manifest_edits.secrets import exposed
from portability.proposals.manifest_edits.spots import (
    Gone,
    Region,
    Spot,
    Unedited,
    composed,
    reached,
    scalar_at,
    texts_over,
)
from portability.proposals.patches import unified

MAX_EDITS = 500
"""Edits of one file; each composes the document anew."""
_MARK = "\ufeff"
_TERMS = frozenset(
    {
        "matchExpressions", "nodeSelectorTerms", "preference",
        "requiredDuringSchedulingIgnoredDuringExecution", "preferredDuringSchedulingIgnoredDuringExecution",
    }
)  # fmt: skip
"""Keys that go with their last entry wherever they stand: an empty term of nodes matches no node at all."""
_EMPTIES = _TERMS | {
    "annotations", "labels", "nodeSelector", "tolerations", "nodeAffinity", "affinity", "commonAnnotations",
    "imagePullSecrets",
}  # fmt: skip
"""Keys of manifests that go with their last entry. Others are left with an empty value, and so they are in values."""
_DASH = regex(r" *-[ \t]+")


class _Change(NamedTuple):
    start: int
    end: int
    text: str


class ManifestFile:
    """A file and what is to become of it. Raises Unedited where it is nothing that would come back the same."""

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        try:
            whole = data.decode()
            read, _ = decode(data)
        except (UnicodeDecodeError, Refused):
            raise Unedited("The file is not UTF-8; only such files are edited.") from None
        self._mark = _MARK if whole.startswith(_MARK) else ""
        self.before = self.text = whole.removeprefix(_MARK)
        if "\r" in self.text.replace("\r\n", ""):
            raise Unedited("The file ends lines with carriage returns alone.")
        self._starts = self._first_starts = _starts(self.text)
        self._break = "\r\n" if "\r\n" in self.text else "\n"
        self._edits = 0
        self._moves: list[_Change] = []
        self._is_read = read.count("\n") == self.text.count("\n")

    def spot(self, place: Location) -> Spot:
        """The scalar that was found at a place, wherever it stands by now. Raises Unedited, also where it is gone."""
        if place.line > len(self._first_starts) or not self._is_read:
            raise Unedited("The place is not in the file any more.")
        offset = self._moved(self._first_starts[place.line - 1] + place.column - 1)
        if offset is None:
            raise Gone
        at = bisect_right(self._starts, offset) - 1
        number, document = self._document(at)
        region = self._region(number, document)
        line, column = at - region.line, offset - self._starts[at]
        if (found := scalar_at(region, line, column)) is not None:
            return found
        for path, scalar in texts_over(region.root, line):
            inside = self._within(region, path, scalar, at)
            if (
                inside is not None
                and (found := scalar_at(inside, at - inside.line, column - inside.column)) is not None
            ):
                return found
        raise Unedited("" if region.shown else "It stands in a text, which only a person can change.")

    def put(self, spot: Spot, value: str) -> None:
        """Put another scalar in the place of one. Raises Unedited."""
        is_flow = any(step.container.flow_style for step in spot.steps)
        written = writing.scalar(value, spot.node.style, is_flow=is_flow)
        span = self._span(spot.region, spot.node)
        spot.node.value = value
        self._apply(spot.region, [_Change(*span, written)])

    def swap(self, spot: Spot, old: str, new: str) -> None:
        """Put one part of a scalar in the place of another. Raises Unedited."""
        start, end = self._span(spot.region, spot.node)
        at = self.text.find(old, start, end)
        whole = spot.node.value
        in_brackets = not spot.node.style and any(step.container.flow_style for step in spot.steps)
        if at < 0 or in_brackets:
            self.put(spot, whole.replace(old, new, 1))
            return
        spot.node.value = whole.replace(old, new, 1)
        self._apply(spot.region, [_Change(at, at + len(old), new)])

    def drop(self, spot: Spot) -> None:
        """Take the entry away that a scalar belongs to, with what is left empty by that. Raises Unedited."""
        # What ``key`` names in a toleration or an expression, and the path of an operation, stand for the whole item.
        is_whole = spot.operation is not None or (not spot.is_key and spot.steps[-1].key == "key")
        last = len(spot.steps) - (2 if is_whole else 1)
        self._apply(spot.region, self._without(spot, last))

    def replace(self, spot: Spot, entries: Mapping[str, Any], *, keep: bool) -> None:
        """Put entries in the place of one; of those that stand beside it already, the old ones stay where ``keep`` is
        set, and otherwise give way (None takes one away). Raises Unedited."""
        step = spot.steps[-1]
        holder = step.container
        if not isinstance(holder, MappingNode):
            raise Unedited("It is an item of a list, which entries cannot take the place of.")
        beside = {text(key): at for at, (key, _) in enumerate(holder.value) if at != step.at}
        new = {key: value for key, value in entries.items() if not (keep and key in beside)}
        if step.key in new and not new.keys() <= {step.key, *beside} and not self._is_whole(spot.region):
            new = {step.key: new[step.key]}
        gone = sorted((beside[key] for key in new if key in beside), reverse=True)
        new = {key: value for key, value in new.items() if value is not None}
        if not new:
            self.drop(spot)
            return
        changes = [self._entry(spot.region, holder, at) for at in gone]
        key, value = holder.value[step.at]
        start, _ = self._span(spot.region, key)
        end = self._end(spot.region, value, start)
        is_json = key.style == '"'
        if holder.flow_style:
            written = writing.flow(new, is_json=is_json)
        else:
            margin = " " * (start - self._starts[self._line(start)])
            first, below, rest = writing.block(new).partition("\n")
            if below and not first.endswith(":"):  # the remark behind the old value stays on its line
                line = end + len(self.text[end:].partition("\n")[0].rstrip("\r"))
                first, end = first + self.text[end:line], line
            written = (first + below + rest).replace("\n", self._break + margin)
        holder.value[step.at : step.at + 1] = writing.pairs(new)
        for at in gone:
            holder.value.pop(at if at < step.at else at + len(new) - 1)
        self._apply(spot.region, [*changes, _Change(start, end, written)])

    def _is_whole(self, region: Region) -> bool:
        """Whether a document stands there as it is read: neither values, which a chart reads by names of its own, nor
        a template, whose actions may say the same key once more."""
        return region.is_manifest and not region.shown

    def patch(self) -> str:
        """A unified diff that ``git apply`` takes; empty where nothing changed. Raises Unedited where it would show
        what looks like a secret."""
        secret = 0
        for context in (3, 1):
            patch = unified(self.path, self._mark + self.before, self._mark + self.text, context)
            if not (secret := exposed(self.before, patch)):
                return patch
        raise Unedited(f"What looks like a secret stands in line {secret}; a patch would show it: move it first.")

    def _apply(self, region: Region, changes: list[_Change]) -> None:
        """Change the text, and hold it against what the document is meant to say now."""
        if self._edits >= MAX_EDITS:
            raise Unedited(f"The file has more than {MAX_EDITS} ties; edit it in parts.")
        self._check(region, changes)
        before, starts = self.text, self._starts
        meant = Contents().digest(region.root)
        for change in sorted(changes, reverse=True):
            self.text = self.text[: change.start] + change.text + self.text[change.end :]
        self._starts = _starts(self.text)
        try:
            is_meant = Contents().digest(self._again(region)) == meant
        except (Refused, LookupError):
            is_meant = False
        if not is_meant:
            self.text, self._starts = before, starts
            raise Unedited("The way it is written leaves no span that could be changed by itself.")
        self._edits += 1
        self._moves += sorted(changes, reverse=True)

    def _check(self, region: Region, changes: list[_Change]) -> None:
        """Raises Unedited where an action of a template stands in the lines of a change, unless it only prints what
        goes with them."""
        for change in changes if region.shown else ():
            for at in range(self._line(change.start), self._line(max(change.start, change.end - 1)) + 1):
                upto = change.end - self._starts[at]  # what stands behind a change on its line may be anything
                written = self._written(at)[:upto]
                goes = not change.text and only_prints(written)
                if written != region.shown[at - region.line][:upto] and not goes:
                    raise Unedited("")

    def _written(self, at: int) -> str:
        """A line of the file without its end; empty behind the last."""
        after = self._starts[at + 1] if at + 1 < len(self._starts) else len(self.text)
        return self.text[self._starts[at] : after].rstrip("\r\n") if at < len(self._starts) else ""

    def _again(self, region: Region) -> Node:
        documents = list(split(self.text.replace("\r\n", "\n")))
        root, _ = composed(documents[region.document])
        if region.outer is None:
            return root
        inner = compose(list(split(reached(root, region.outer).value))[region.inner])
        if inner is None:
            raise LookupError
        return inner

    def _moved(self, offset: int) -> int | None:
        """Where a character of the file as it was is by now; None where its entry was changed."""
        for change in self._moves:
            if offset >= change.end:
                offset += len(change.text) - (change.end - change.start)
            elif offset >= change.start:
                return None
        return offset

    def _document(self, line: int) -> tuple[int, Document]:
        found = 0, Document("", 0)
        for number, document in enumerate(split(self.text.replace("\r\n", "\n"))):
            if document.line > line:
                break
            found = number, document
        return found

    def _region(self, number: int, document: Document) -> Region:
        try:
            root, shown = composed(document)
        except (Refused, LookupError) as error:
            raise Unedited("" if document.is_template else "The document does not parse as YAML.") from error
        return Region(number, None, 0, root, document.line, 0, shown)

    def _within(self, region: Region, path: tuple[int, ...], scalar: ScalarNode, at: int) -> Region | None:
        """The document in the text of a block scalar that covers a line of the file."""
        first = region.line + scalar.start_mark.line + 1
        lines = (self.text[start:].partition("\n")[0] for start in self._starts[first:])
        line = next((line for line in lines if line.strip()), "")
        own = len(scalar.value.lstrip("\n")) - len(scalar.value.lstrip("\n").lstrip(" "))
        column = len(line) - len(line.lstrip(" ")) - own
        found = None
        for number, document in enumerate(split(scalar.value)):
            if first + document.line <= at:
                found = number, document
        if found is None or found[1].is_template:
            return None
        try:
            root = compose(found[1])
        except Refused:
            return None
        if root is None:
            return None
        return Region(region.document, path, found[0], root, first + found[1].line, column)

    def _offset(self, region: Region, line: int, column: int) -> int:
        at = region.line + line
        return (
            min(self._starts[at] + region.column + column, len(self.text)) if at < len(self._starts) else len(self.text)
        )

    def _line(self, offset: int) -> int:
        return bisect_right(self._starts, offset) - 1

    def _span(self, region: Region, node: Node) -> tuple[int, int]:
        """Where a scalar, or a collection in brackets, begins and ends."""
        start, end = node.start_mark, node.end_mark
        return self._offset(region, start.line, start.column), self._offset(region, end.line, end.column)

    def _end(self, region: Region, node: Node, after: int) -> int:
        """Where what a node says ends. Raises Unedited where it is said elsewhere (by an alias)."""
        start, end = self._span(region, node)
        if start < after:
            raise Unedited("It is written by an alias, so it is said in another place.")
        if isinstance(node, ScalarNode):
            if node.style not in ("|", ">"):
                return end
            return len(self.text[:end].rstrip())
        if not isinstance(node, MappingNode | SequenceNode) or node.flow_style:
            return end
        children = [node.value[-1][1] if isinstance(node, MappingNode) else node.value[-1]] if node.value else []
        return max([start, *(self._end(region, child, start) for child in children)])

    def _entry(self, region: Region, holder: MappingNode, at: int) -> _Change:
        """Without one entry of several. In a block whole lines go, with the remark behind the last."""
        key, value = holder.value[at]
        start, _ = self._span(region, key)
        end = self._end(region, value, start)
        if holder.flow_style:
            return self._of_flow(region, [pair[0] for pair in holder.value], [p[1] for p in holder.value], at, start)
        first = self._starts[self._line(start)]
        if not self.text[first:start].strip():
            return _Change(first, self._after_line(end), "")
        if at + 1 == len(holder.value):
            raise Unedited("The way it is written leaves no span that could be changed by itself.")
        following, _ = self._span(region, holder.value[at + 1][0])
        if self.text[end:following].strip():
            raise Unedited("A remark stands between it and the next entry.")
        return _Change(start, following, "")

    def _item(self, region: Region, holder: SequenceNode, at: int) -> _Change:
        node = holder.value[at]
        start, _ = self._span(region, node)
        if holder.flow_style:
            return self._of_flow(region, holder.value, holder.value, at, start)
        end = self._end(region, node, start)
        first = self._starts[self._line(start)]
        if not _DASH.fullmatch(self.text[first + region.column : start]):
            raise Unedited("The way it is written leaves no span that could be changed by itself.")
        return _Change(first, self._after_line(end), "")

    def _of_flow(self, region: Region, firsts: list[Node], lasts: list[Node], at: int, start: int) -> _Change:
        if at + 1 < len(firsts):
            return _Change(start, self._span(region, firsts[at + 1])[0], "")
        begin = self._span(region, firsts[at - 1])[0]
        return _Change(self._end(region, lasts[at - 1], begin), self._end(region, lasts[at], start), "")

    def _after_line(self, offset: int) -> int:
        line = self._line(offset)
        return self._starts[line + 1] if line + 1 < len(self._starts) else len(self.text)

    def _without(self, spot: Spot, at: int) -> list[_Change]:
        """The text without the entry or item of a step, and the document without it too."""
        holder, index = spot.steps[at]
        region = spot.region
        if len(holder.value) > 1:
            change = (
                self._entry(region, holder, index)
                if isinstance(holder, MappingNode)
                else self._item(region, holder, index)
            )
            holder.value.pop(index)
            return [change]
        if region.shown and self._goes_on(region, holder):
            raise Unedited("")
        if at == 0:
            raise Unedited("Nothing else stands in the document: take it away whole, and what names it.")
        above = spot.steps[at - 1]
        is_item = isinstance(above.container, SequenceNode)
        if is_item and above.container.value[1:] and spot.steps[at - 2].key == "nodeSelectorTerms":
            raise Unedited("The terms are alternatives; without this one the rest would say something else.")
        if above.key == "preference":
            return self._without(spot, at - 2)
        goes = _EMPTIES if region.is_manifest else _TERMS
        if above.key in goes or (is_item and (region.is_manifest or spot.steps[at - 2].key in _TERMS)):
            return self._without(spot, at - 1)
        if not isinstance(above.container, MappingNode):
            raise Unedited("Nothing else stands in the item.")
        return self._emptied(region, *above.container.value[above.at])

    def _emptied(self, region: Region, key: Node, value: Node) -> list[_Change]:
        """The text with nothing under a key; remarks between the two stay."""
        _, start = self._span(region, key)
        inside, _ = self._span(region, value)
        end = self._end(region, value, start)
        empty = " {}" if isinstance(value, MappingNode) else " []"
        value.value.clear()
        colon = start + 1
        if "#" not in self.text[start:inside]:
            return [_Change(start, end, f":{empty}")]
        first = self._starts[self._line(inside)]
        return [_Change(colon, colon, empty), _Change(first, self._after_line(end), "")]

    def _goes_on(self, region: Region, holder: Node) -> bool:
        """Whether an action of a template stands behind a collection, and may add to it."""
        at = self._line(self._end(region, holder, 0)) + 1
        behind = (self._written(line) for line in range(at, len(self._starts)))
        return is_template(next((line for line in behind if line.strip()), ""))


def _starts(text: str) -> list[int]:
    """Where lines begin, as git counts them."""
    return [0, *(match.end() for match in re.finditer("\n", text))]
