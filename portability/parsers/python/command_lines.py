"""What Python has run: the providers' commands in what it hands to a shell, or lists as the words of a command line.

A list whose first word is a program of theirs is a command line wherever it is handed on. A text is one where it is
given to what runs something, or to a name that says so (``bash_command``). Nothing here is run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from string import ascii_letters, digits
from typing import Final

from portability.interest import Interest
from portability.parsers.strings import GROUPED, PROGRAMS, Tie, commands, installed
from portability.patterns import regex

_HINTS: Final = (
    *(b"subprocess", b"system(", b"popen", b"ommand", b"cmd", b"shell", b"bash", b"_script", b"user_data", b"userdata"),
    *(b" run(", b"#!"),
)
"""What a file says that has something run, in the calls and names that ``_RUNS`` fits."""
_WORDS: Final = (b"install", *(name.encode() for name in PROGRAMS.split("|")))
_ENDS: Final = frozenset({b" ", b'"', b"'", b"\\", b"\n"})
_GOES_ON: Final = frozenset(letter.encode() for letter in f"{ascii_letters}{digits}_.-")
_PROGRAMS: Final = frozenset(PROGRAMS.split("|"))
_RUNS = regex(
    r"(?:^|[_.])(?:run|call|popen|system|subprocess|shell|bash|cmds?|commands?|\w+_script|userdata|user_data|script"
    r"|getoutput|getstatusoutput|check_call|check_output)(?:$|[_.\d])"
)
_HUMP = regex(r"(?<=[a-z0-9])(?=[A-Z])")
_NO_WORD: Final = (ast.Dict, ast.Set, ast.List, ast.Tuple, ast.Lambda)
_BEFORE: Final = frozenset({"sudo"})


def places(data: bytes) -> Iterator[int]:
    """Where a program's name stands in a file that may run something. Cheap, and never wrong about what is left out."""
    if any(hint in data for hint in _HINTS):
        for word in _WORDS:  # one expression for all of them takes ten times as long
            place = data.find(word)
            while place >= 0:
                end = place + len(word)
                if data[end : end + 1] in _ENDS and data[place - 1 : place] not in _GOES_ON:
                    yield place
                place = data.find(word, end)


def runs(name: str) -> bool:
    """Whether the name of a function, or of what is given a value, says that something is run: ``check_output``."""
    return bool(name) and _RUNS.search(_HUMP.sub("_", name).lower()) is not None


def line_in(node: ast.AST) -> ast.List | ast.Tuple | None:
    """The display that lists the words of a command line: ``["gcloud", "run", "deploy", name]``, or begins to, as
    ``["bq", "query"] + options`` does."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and isinstance(node.left, ast.List):
        rest = node.right.elts if isinstance(node.right, ast.List) else [node.right]
        node = ast.copy_location(ast.List([*node.left.elts, *rest], ast.Load()), node)
    return node if isinstance(node, ast.List | ast.Tuple) and _is_line(node) else None


def _is_line(node: ast.List | ast.Tuple) -> bool:
    if len(node.elts) < 2:
        return False
    if any(isinstance(item, _NO_WORD) for item in node.elts):
        return False
    texts = [item.value if isinstance(item, ast.Constant) else "" for item in node.elts[:5]]
    words = [text for text in texts if isinstance(text, str) and text]
    first = next((word for word in words if word not in _BEFORE), "").rpartition("/")[2]
    return (first in _PROGRAMS and (len(words) > 1 or first not in GROUPED)) or ("pip" in words and "install" in words)


def in_line(texts: list[str], interest: Interest) -> Iterator[Tie]:
    """The command of such a display. What is filled in is ``{}``."""
    yield from in_text(" ".join(text if " " not in text else "{}" for text in texts), interest)


def in_text(text: str, interest: Interest) -> Iterator[Tie]:
    """The commands in a text that is run, and what it installs. A program's bare name is none."""
    if any(mark in text.strip() for mark in " \t\n"):
        yield from (tie for tie in commands(text, interest.claims_command) if tie.namespace == "command")
        yield from installed(text, interest.wants)
