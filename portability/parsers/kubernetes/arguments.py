"""Arguments of command lines, as symbols."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from yaml.nodes import Node, ScalarNode

from portability.parsers.kubernetes.bindings import Binding
from portability.parsers.kubernetes.nodes import entries, filled_in, is_open, mappings, scalars
from portability.patterns import regex

_FLAG = regex(r"--?[A-Za-z][\w.-]*=\S+")
_FLAG_NAME = regex(r"--?[A-Za-z][\w.-]*")
_FLAGS = regex(r"(?<=[ \n\t])--[a-z][\w.-]{2,60}=[^\s\"';|&]{1,200}")
_MAX_SCRIPT: Final = 10_000
_MAX_FLAGS: Final = 200
_BLANK = regex(r"\s")
_SIGN_IN = regex(r"--?(?:client-id|oidc-|upstream|email-domain|cookie-|redirect-url|azure-tenant|skip-provider-button)")
"""Flags of a proxy that has people sign in, which has a ``--provider`` too."""
_MAX_ARGUMENT: Final = 1_000


def arguments(node: Node) -> Iterator[Binding]:
    """Each ``--flag=value``, flag and value, or flag alone of a command line that is a sequence, or a mapping of flags
    to their values."""
    for mapping in mappings([node]):
        for key, value in entries(mapping):
            flag = key.value if key.value.startswith("-") else f"--{key.value}"
            if isinstance(value, ScalarNode) and not is_open(flag):
                yield Binding(f"argument/{flag}={filled_in(value.value)}", key, value)
    words = [scalar for scalar in scalars(node) if len(scalar.value) <= _MAX_ARGUMENT]
    before: ScalarNode | None = None
    for scalar in words:
        written = filled_in(scalar.value)
        flag = filled_in(before.value) if before is not None else ""
        is_flag = _FLAG_NAME.fullmatch(flag) is not None
        said = ""
        if _FLAG.fullmatch(written):
            said = written
        elif is_flag and not written.startswith("-") and not _BLANK.search(written):
            said, is_flag = f"{flag}={written}", False
        if before is not None and is_flag:
            yield Binding(f"argument/{flag}", before, before)
        if said.startswith("--provider=") and any(_SIGN_IN.match(one.value) for one in words):
            yield Binding(f"SignIn/{said.partition('=')[2]}", scalar, scalar)
        elif said:
            yield Binding(f"argument/{said}", scalar, scalar)
        before = scalar
    if before is not None and _FLAG_NAME.fullmatch(before.value):
        yield Binding(f"argument/{before.value}", before, before)


def arguments_in_text(node: Node) -> Iterator[Binding]:
    """The same in a command line that a shell takes as one text."""
    for scalar in scalars(node):
        for flag in islice(_FLAGS.findall(scalar.value[:_MAX_SCRIPT]), _MAX_FLAGS) if " --" in scalar.value else ():
            yield Binding(f"argument/{filled_in(flag)}", scalar, scalar, "likely")
