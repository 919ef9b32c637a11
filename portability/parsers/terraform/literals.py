"""Strings that bind: what the literals of a configuration, and the scripts and policies that it reaches, name.

Resources say by their type what they are. A literal says it in its text: ARNs, a provider's hosts and image ids, the
actions of an IAM policy, and in what a machine is told to run, a provider's commands. Prose is no tie.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from portability.digests import blake2b
from portability.interest import Interest
from portability.model import Confidence, Location, Namespace, Reading, Source, Usage
from portability.parsers.strings import PROGRAMS, Tie, actions, commands, role, ties
from portability.parsers.terraform import json_syntax
from portability.parsers.terraform.backends import is_partial
from portability.parsers.terraform.files import File
from portability.parsers.terraform.grouping import is_values
from portability.parsers.terraform.names import makes_objects
from portability.parsers.terraform.text import Positions, decode
from portability.parsers.terraform.texts import LISTED, Text, text_of, texts
from portability.patterns import regex

_WORTH = regex(
    rb"arn:aws|\bami-[0-9a-f]|\.(?:com|net|io|cn|eu|us|aws|dev|app|de|ms)\b|Action\b|\bactions\b|169\.254|metadata\.google"
    rb"|fd00:ec2|\broles/[a-z]|\brole_definition_name\b"
)
_MAY_RUN = regex(
    rb"<<|provisioner|exec|program|_cmd|user.?data|custom.?data|(?<!de)script|command|bootstrap|cloud.?(?:init|config)"
)
_PROGRAM = regex(rb"(?:(?<![\w-])|(?<=\\n)|(?<=\\t))(?:%b)[\s\\\"']" % PROGRAMS.encode())
"""Of what stands in a block that may bind, something: a name, or a program where something is run. The rest is not
looked at twice."""

_PROSE: Final = frozenset({"//", "description", "comment", "comments", "error_message", "deprecated", "ignore_changes"})
_RUNS = regex(
    r"command|inline|args|program|interpreter|run_cmd|execute"
    r"|.*(?:user[-_]?data|custom[-_]?data|script|bootstrap|cloud[-_]?(?:init|config)|command|cmd).*",
    re.IGNORECASE,
)
"""Names of attributes whose strings are run."""

_COMMENT = regex(r"^[ \t]*//[^\n]*|(?:^|(?<=[ \t]))#[^\n]*", re.MULTILINE)
_POLICY = regex(r'"(?:Not)?Action"')
_JSON = regex(r"\s*[\[{]")
_PREFIXES: Final = {"resource": "", "data": "data.", "ephemeral": "ephemeral.", "action": "action."}
_NAMES: Final = {"variable": "var", "locals": "local"}


class Found(NamedTuple):
    """A tie, and the offsets in the file between which it stands."""

    tie: Tie
    written: str
    start: int
    end: int


def literals(file: File, interest: Interest) -> Iterator[Usage]:
    """The ties in a file's strings, one for each block and symbol (of IAM actions and roles: and service)."""
    is_json = file.path.endswith(".json")
    seen: set[tuple[str, str, str]] = set()
    for above, start, end in _spans(file):
        own = interest.service("terraform", above[1]) if len(above) > 1 else ""
        if not _is_worth_it(file.data, start, end):
            continue
        for text in _joined(texts(file.data[start:end], start, is_json=is_json)):
            # In HCL the names begin with the block's own, unless it is broken and has lost its header.
            names = text.names if text.names[: len(above)] == above and not is_json else above + text.names
            if any(name in _PROSE for name in names[1:]):
                continue
            address = _address(names)
            for found in _ties(text, interest, run=text.heredoc or _is_run(text.names)):
                if found.tie.symbol == "ami" and interest.service("string", "ami") == own:
                    continue  # an attribute of the machine, and no second use of what runs it
                yield from _usage(found, file.path, address, file.positions, interest, seen)


def _is_worth_it(data: bytes, start: int, end: int) -> bool:
    if _WORTH.search(data, start, end):
        return True
    return _PROGRAM.search(data, start, end) is not None and _MAY_RUN.search(data, start, end) is not None


def _spans(file: File) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """Keyword and labels of every outer block, and where it stands. A file of attributes is one."""
    is_json = file.path.endswith(".json")
    if is_values(file.path):
        yield ("variable",), len(json_syntax.PREFIX) if is_json else 0, len(file.data)
    elif is_partial(file.path):
        yield ("backend",), 0, len(file.data)
    elif file.path.endswith(".hcl"):
        yield (), 0, len(file.data)
    else:
        yield from _blocks(file, is_json)


def _blocks(file: File, is_json: bool) -> Iterator[tuple[tuple[str, ...], int, int]]:
    end = 0
    for block in file.blocks:
        if block.start >= end:  # else it stands inside the one before
            end = block.end
            if makes_objects(block) and not is_json and not block.body.broken:
                continue  # its texts are read as those of manifests
            yield (block.keyword, *block.labels), block.opens if is_json else block.start, end


def companion(source: Source, interest: Interest) -> Reading:
    """The ties in a script, a policy or a template that a configuration reaches, one for each symbol."""
    decoded = decode(source.data)
    if decoded is None:
        return Reading()
    seen: set[tuple[str, str, str]] = set()
    positions = Positions(decoded.data)
    text = text_of(decoded.data, 0)
    address = source.path.rpartition("/")[2]
    usages = (
        usage
        for found in _ties(text, interest, run=not _JSON.match(text.text))
        for usage in _usage(found, source.path, address, positions, interest, seen)
    )
    return Reading(usages=tuple(usages))


def _usage(
    found: Found,
    path: str,
    address: str,
    positions: Positions,
    interest: Interest,
    seen: set[tuple[str, str, str]],
) -> Iterator[Usage]:
    namespace, symbol, _, _ = found.tie
    key = (address, namespace, _subject(symbol))
    if key in seen or not interest.wants(namespace, symbol):
        return
    seen.add(key)
    line, column = positions.at(found.start)
    end_line, end_column = positions.at(found.end)
    yield Usage(
        language="terraform",
        namespace=namespace,
        symbol=symbol,
        address=address,
        location=Location(path=path, line=line, column=column, end_line=end_line, end_column=end_column),
        kind=_kind(namespace),
        digest=_digest(namespace, symbol, found.written),
        confidence=_confidence(namespace),
        places=_places(found),
    )


def _subject(symbol: str) -> str:
    """What a symbol is about: of an IAM action or a role of Google's its service, else itself."""
    if symbol.startswith("arn:"):
        return symbol
    return symbol.partition("." if symbol.startswith("roles/") else ":")[0]


def _ties(text: Text, interest: Interest, *, run: bool) -> Iterator[Found]:
    """What one text names, in the order of the text. Comments in what is run are prose."""
    if run:
        text = text._replace(text=_COMMENT.sub(lambda found: " " * len(found[0]), text.text))
    found = ties(text.text)
    if run:
        known = {(tie.start, tie.symbol) for tie in found}
        found += [tie for tie in commands(text.text, interest.claims_command) if (tie.start, tie.symbol) not in known]
    if _grants(text):
        found += actions(text.text)
    if text.names and text.names[-1] == "role_definition_name" and text.text:
        found.append(role(text.text))
    for tie in sorted(found, key=lambda tie: (tie.start, tie.end)):
        yield Found(tie, text.text[tie.start : tie.end], text.origin(tie.start), text.origin(tie.end - 1) + 1)
    if _POLICY.search(text.text):
        yield from _policy(text)


def _policy(text: Text) -> Iterator[Found]:
    """The actions of a policy that is written as JSON inside a string or a file."""
    for inner in texts(text.text.encode("latin-1"), 0, is_json=True):
        if _grants(inner):
            for tie in actions(inner.text):
                start, end = inner.origin(tie.start), inner.origin(tie.end - 1)
                yield Found(tie, inner.text[tie.start : tie.end], text.origin(start), text.origin(end) + 1)


def _grants(text: Text) -> bool:
    """Whether a text is an action, or one of several, that a statement of a policy allows."""
    return bool(text.names) and text.names[-1] in ("Action", "actions") and not text.denied


def _joined(found: Iterator[Text]) -> Iterator[Text]:
    """The texts of a block. Words of one command line, ``["aws", "eks", "get-token"]``, also as the line they are."""
    line: list[Text] = []
    for text in found:
        if line and not _continues(line[-1], text):
            yield from _line(line)
            line = []
        if text.names and LISTED.fullmatch(text.names[-1]) and not text.heredoc:
            line.append(text)
        yield text
    yield from _line(line)


def _continues(one: Text, other: Text) -> bool:
    return other.names[:-1] == one.names[:-1] and bool(other.names) and LISTED.fullmatch(other.names[-1]) is not None


def _line(words: list[Text]) -> Iterator[Text]:
    while words and words[0].text.startswith("-"):
        words = words[1:]
    if len(words) < 2:
        return
    pieces: list[tuple[int, int]] = []
    length = 0
    for word in words:
        pieces += [(length + here, there) for here, there in word.pieces]
        length += len(word.text) + 1
    yield words[0]._replace(text=" ".join(word.text for word in words), pieces=pieces)


def _is_run(names: tuple[str, ...]) -> bool:
    return any(_RUNS.fullmatch(name) for name in names[-2:])


def _address(names: tuple[str, ...]) -> str:
    keyword, *labels = names or ("",)
    if keyword in _PREFIXES and len(labels) >= 2:
        return f"{_PREFIXES[keyword]}{labels[0]}.{labels[1]}"
    return f"{_NAMES.get(keyword, keyword)}.{labels[0]}" if labels else keyword


def _kind(namespace: Namespace) -> Literal["string", "command"]:
    return "command" if namespace == "command" else "string"


def _confidence(namespace: Namespace) -> Confidence:
    # Whether a script comes by its line, and whether the word is the program, only a run could tell.
    return "likely" if namespace == "command" else "certain"


def _places(found: Found) -> tuple[str, ...]:
    """The partition of an ARN, or the host: by these a sovereign offer is recognised."""
    if found.written.startswith("arn:"):
        return (found.written.split(":")[1],)
    return (found.tie.symbol,) if "." in found.tie.symbol else ()


def _digest(namespace: Namespace, symbol: str, written: str) -> str:
    parts = "\0".join(("terraform", namespace, symbol, written))
    return blake2b(parts.encode(), digest_size=8).hexdigest()
