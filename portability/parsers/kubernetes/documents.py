"""Bytes → the YAML documents that can hold a manifest, each composed on its own and within bounds.

Composing is what costs, in time and in memory (35 bytes for a byte of dense text), so a document is composed only
when its text shows a manifest. Nodes carry the place of every key and scalar, which plain loading would lose.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import islice, product
from typing import Final, NamedTuple

import yaml
from yaml.nodes import MappingNode, Node, SequenceNode

from portability.parsers.kubernetes.templates import is_template
from portability.patterns import regex

MAX_DEPTH = 100
"""Nodes within nodes. Manifests seen stay below 20, schemas within them below 80; the composer crashes at 30,000."""
MAX_NODES = 500_000
"""Nodes of one document: 170 MB at most. 5 MB of real manifests hold 100,000 to 420,000."""
MAX_EXPANDED = 1_000_000
"""Nodes of one document when every alias stands for what it names."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""UTF-32 comes before UTF-16, whose little-endian mark its own begins with."""

_ANCHORS: Final = (yaml.AnchorToken, yaml.AliasToken)
_NAME_CHARACTERS: Final = "abcdefghijklmnopqrstuvwxyz0123456789"
_MAX_ANCHORS: Final = 1_000
"""So many names are tried for an anchor whose own is taken."""
_FOREIGN_BREAKS = regex("[\x85\u2028\u2029\ufeff]")
_BOUNDARY = regex(r"\n(?:(?=---(?:[ \t\n]|\Z))|\.\.\.[ \t]*(?:#[^\n]*)?(?=\n))")
_BEFORE_CONTENT = regex(r"(?:(?:---[ \t]*|[ \t]*)(?:#[^\n]*)?(?:\n|\Z)|%[^\n]*\n)*")
_TOP_KEY = regex(r"( *)[\w\"']")
_DEFINITION = regex(r"^kind:[ \t]*[\"']?CustomResourceDefinition\b", re.MULTILINE)


class Refused(Exception):
    """A document, or the whole file, that is not read. ``line`` counts from 1; ``kind`` is a problem's."""

    def __init__(self, line: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.line, self.kind, self.message = line, kind, message


class Document(NamedTuple):
    """The text of one document and the number of lines before it."""

    text: str
    line: int

    @property
    def is_template(self) -> bool:
        """Whether it holds marks of a template language."""
        return is_template(self.text)

    @property
    def is_blank(self) -> bool:
        """Whether it holds nothing but comments."""
        return self._content == len(self.text)

    @property
    def may_be_manifest(self) -> bool:
        """Whether its text can have ``apiVersion`` and ``kind`` as top-level keys. Says yes when in doubt.

        A CustomResourceDefinition says no: it is a schema, which names fields and uses nothing.
        """
        if "apiVersion" not in self.text or "kind" not in self.text or self._is_definition:
            return False
        content = self._content
        if self.text.startswith("- ", content):
            return False
        first = _TOP_KEY.match(self.text, content)
        if first is None:
            return True
        keys = [f"{first[1]}{quote}apiVersion" for quote in ("", '"', "'")]
        return any(self.text.startswith(key, content) or f"\n{key}" in self.text for key in keys)

    @property
    def _is_definition(self) -> bool:
        return "CustomResourceDefinition" in self.text and _DEFINITION.search(self.text) is not None

    @property
    def _content(self) -> int:
        before = _BEFORE_CONTENT.match(self.text)
        return before.end() if before else 0


def decode(data: bytes) -> tuple[str, int | None]:
    """The file as text with ``\\n`` at line ends, and the line on which bytes first had to be replaced, if any.

    UTF-8, UTF-16 and UTF-32, as YAML asks, with or without a byte order mark. Raises Refused for a binary file.
    """
    mark, encoding = next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), (b"", _guess(data[:4])))
    data = data[len(mark) :]
    replaced = None
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        text = data.decode(encoding, "replace")
        replaced = data[: error.start].decode(encoding, "replace").count("\n") + 1
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise Refused(line, "binary", "this is not text: it holds a NUL character. Save it as UTF-8 to have it read.")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii():
        # YAML 1.1 ends a line at these and editors do not; a space keeps lines and columns as people count them.
        text = _FOREIGN_BREAKS.sub(" ", text)
    return text, replaced


def split(text: str) -> Iterator[Document]:
    """The documents of a file, cut before each ``---`` and after each ``...`` in the first column.

    No valid YAML holds these within a document, so one that is broken does not hide the next.
    """
    start = line = 0
    for boundary in _BOUNDARY.finditer(text):
        end = boundary.end()
        if text[boundary.start() + 1 : end]:
            end += 1  # the line break after "..."
        yield Document(text[start : boundary.start() + 1], line)
        line += text.count("\n", start, end)
        start = end
    if start < len(text):
        yield Document(text[start:], line)


def compose(document: Document) -> Node | None:
    """The document's root node, or None when it is empty. Raises Refused when it is broken or passes a bound.
    Aliases are shared nodes; the result holds no cycle and walking it meets at most MAX_EXPANDED nodes.
    """
    try:
        root = _composed(document)
    except yaml.YAMLError as error:
        if "duplicate anchor" not in str(error):
            raise _broken(document, error) from None
        root = _with_own_anchors(document)
    if root is not None and "&" in document.text and "*" in document.text:
        _measure(root, document, {})
    return root


def _composed(document: Document) -> Node | None:
    loader = _Composer(document)
    try:
        root: Node | None = loader.get_single_node()
        return root
    finally:
        loader.dispose()


def _with_own_anchors(document: Document) -> Node | None:
    """YAML lets a later anchor take over the name of an earlier one, and libyaml does not. So each gets a name of its
    own, as long as the old one, which leaves every column where it is."""
    text: list[str] = []
    done = 0
    named: dict[str, str] = {}
    try:
        tokens = [one for one in yaml.scan(document.text, yaml.CSafeLoader) if isinstance(one, _ANCHORS)]
        taken = {token.value for token in tokens}
        for token in tokens:
            if isinstance(token, yaml.AnchorToken):
                own = token.value if token.value not in named else _unused(len(token.value), taken)
                taken.add(own)
                named[token.value] = own
            text += (document.text[done : token.start_mark.index + 1], named.get(token.value or "", token.value or ""))
            done = token.end_mark.index
        return _composed(document._replace(text="".join((*text, document.text[done:]))))
    except yaml.YAMLError as error:
        raise _broken(document, error) from None


def _unused(length: int, taken: set[str]) -> str:
    """A name that nothing has yet. Raises YAMLError where there is none that short."""
    some = ("".join(letters) for letters in islice(product(_NAME_CHARACTERS, repeat=length), _MAX_ANCHORS))
    if (own := next((name for name in some if name not in taken), None)) is None:
        raise yaml.MarkedYAMLError(problem="too many anchors of one name")
    return own


class _Composer(yaml.CSafeLoader):
    """libyaml's composer with a bound on depth and nodes, and without working out tags, which nobody here asks for.

    PyYAML calls these three for every node it begins, ends and tags, so the bounds cost nothing.
    """

    resolve = "".format
    """Takes what a node is and says nothing of its tag; a method of our own takes twice as long to do that."""

    def __init__(self, document: Document) -> None:
        super().__init__(document.text)
        self._document = document
        self._depth = 0
        self._nodes = 0

    def descend_resolver(self, parent: object, _index: object) -> None:
        self._depth += 1
        self._nodes += 1
        if self._depth > MAX_DEPTH:
            raise Refused(
                self._line(parent),
                "too-deep",
                f"nested more than {MAX_DEPTH} deep, which no manifest is; this document was not read.",
            )
        if self._nodes > MAX_NODES:
            raise Refused(
                self._line(parent),
                "budget",
                f"one document of more than {MAX_NODES:,} values, which was not read. Split it with `---`.",
            )

    def ascend_resolver(self) -> None:
        self._depth -= 1

    def _line(self, node: object) -> int:
        within: int = node.start_mark.line if isinstance(node, Node) else 0
        return self._document.line + within + 1


def _guess(start: bytes) -> str:
    """The encoding that the zero bytes around a first ASCII character tell (YAML 1.2, section 5.2)."""
    zeros = "".join("0" if byte == 0 else "x" for byte in start)
    return {"x000": "utf-32-le", "000x": "utf-32-be", "x0x0": "utf-16-le", "0x0x": "utf-16-be"}.get(zeros, "utf-8")


def _broken(document: Document, error: yaml.YAMLError) -> Refused:
    mark = getattr(error, "problem_mark", None)
    line = document.line + 1 + (mark.line if mark is not None else 0)
    if document.is_template:
        return Refused(
            line,
            "template",
            "a template is not read before it is rendered: run `helm template` or its like and scan the result.",
        )
    what = getattr(error, "problem", None) or "characters that YAML does not allow"
    return Refused(line, "syntax", f"this document is no valid YAML ({what}) and was not read. Correct it.")


def _measure(node: Node, document: Document, sizes: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """How many nodes and how deep a node is with its aliases expanded. Raises Refused when that is past a bound.

    An alias names what began before it, so in document order it is measured already, or it holds itself.
    """
    if (known := sizes.get(id(node))) is not None:
        if known == (0, 0):
            raise _bomb(node, document, "holds itself by an alias")
        return known
    sizes[id(node)] = (0, 0)
    children: list[Node] = []
    if isinstance(node, SequenceNode):
        children = node.value
    elif isinstance(node, MappingNode):
        children = [part for pair in node.value for part in pair]
    count = depth = 1
    for child in children:
        below, deep = _measure(child, document, sizes)
        count, depth = count + below, max(depth, deep + 1)
    if count > MAX_EXPANDED or depth > MAX_DEPTH:
        raise _bomb(node, document, "grows past every bound when its aliases are expanded")
    sizes[id(node)] = (count, depth)
    return count, depth


def _bomb(node: Node, document: Document, what: str) -> Refused:
    line = document.line + node.start_mark.line + 1
    return Refused(line, "alias-budget", f"a value here {what}; this document was not read. Write it out.")
