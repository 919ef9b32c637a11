"""Secrets in the lines that a patch of manifests would show. A patch copies lines as they are, so such is not made."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from portability.parsers.kubernetes.documents import Refused, compose, split
from portability.parsers.kubernetes.nodes import entries, get, text
from portability.patterns import regex
from portability.proposals.inputs import is_secret

_HUNK = regex(r"^@@ -(\d+)(?:,(\d+))? ")
_NAMES_ONE = regex(
    r"(id|name|arn|path|url|uri|file|key|version|ref|keyref|store|class|provider|annotations?|labels?)s?$",
    re.IGNORECASE,
)
_IS_KEY = regex(r"(secret|private|api|access|account|master|signing|encryption).?key$", re.IGNORECASE)
_OBJECT = regex(r"secrets?$", re.IGNORECASE)
_LABEL = regex(r"[a-z0-9]([a-z0-9.-]{0,60}[a-z0-9])?")
_PLACEHOLDER = regex(r"\$\{[^{}]*\}|\$\([^()]*\)|<[^<>]*>")
_FLAGS = frozenset({"true", "false", "yes", "no", "null", "~", ""})


def exposed(before: str, patch: str) -> int:
    """The first line, from 1, of a file that a patch to it shows and that holds what looks like a secret; else 0."""
    shown: set[int] = set()
    for line in io.StringIO(patch):
        if hunk := _HUNK.match(line):
            shown.update(range(int(hunk[1]), int(hunk[1]) + int(hunk[2] or 1)))
    return min((line for line in _secrets(before) if line in shown), default=0)


def _secrets(before: str) -> Iterator[int]:
    for at, line in enumerate(before.split("\n"), 1):
        _, sign, remark = line.partition("#")
        if sign and is_secret("", remark):
            yield at
    for document in split(before.replace("\r\n", "\n")):
        try:
            root = None if document.is_template else compose(document)
        except Refused:
            root = None
        if root is None:
            # What cannot be read is shown by its lines alone.
            yield from (document.line + at for at, line in enumerate(document.text.split("\n"), 1) if _line(line))
        else:
            for scalar, name in _named(root, "", is_secret_object=text(get(root, "kind")) == "Secret"):
                yield from (document.line + at for at in _lines(scalar, name))


def _named(node: Node, name: str, *, is_secret_object: bool) -> Iterator[tuple[ScalarNode, str]]:
    """Each scalar with the name that it goes by: its key's, or what stands beside it under ``name``."""
    seen: set[int] = set()
    todo: list[tuple[Node, str]] = [(node, name)]
    while todo:
        one, known = todo.pop()
        if isinstance(one, ScalarNode):
            yield one, known
        elif id(one) not in seen:
            seen.add(id(one))
            if isinstance(one, SequenceNode):
                todo.extend((item, known) for item in one.value)
            elif isinstance(one, MappingNode):
                beside = text(get(one, "name"))
                for key, value in entries(one):
                    within = known if known == "password" else key.value
                    if is_secret_object and key.value in ("data", "stringData"):
                        within = "password"
                    todo.append((value, beside if key.value == "value" and beside else within))


def _lines(scalar: ScalarNode, name: str) -> Iterator[int]:
    start, written = scalar.start_mark.line + 1, scalar.value
    if "\n" not in written:
        if _is_secret(name, written):
            yield from range(start, scalar.end_mark.line + 2)
        return
    if is_secret("", written) or name == "password":
        yield from (start + at for at, line in enumerate(written.split("\n"), 1) if _line(line) or name == "password")


def _line(line: str) -> bool:
    name, sign, value = line.strip().strip("-").partition(":")
    return is_secret("", line) or (bool(sign) and _is_secret(name.strip(" \"'"), value.strip(" \"'")))


def _is_secret(name: str, value: str) -> bool:
    """What a name like ``secretName`` holds only leads to a secret, and so does what is filled in later."""
    if len(value) <= 3 or value.lower() in _FLAGS or not _PLACEHOLDER.sub("", value).strip():
        return False
    leads = _NAMES_ONE.search(name) is not None and _IS_KEY.search(name) is None
    leads = leads or (_OBJECT.search(name) is not None and _LABEL.fullmatch(value) is not None)
    return is_secret("" if leads else name, value)
