"""A Dockerfile → its instructions → the images, settings and addresses in them.

The grammar is small: lines joined by an escape character, here-documents, and variables of which only the defaults
that the file itself gives are known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, Literal, NamedTuple

from portability.interest import Interest
from portability.model import Confidence, Namespace, Problem, Reading, Source, Usage
from portability.parsers.kubernetes.nodes import digest_of
from portability.parsers.strings import commands, installed, ties
from portability.parsers.whereabouts import is_setting, place_of, said_together
from portability.parsers.yaml_files import Lines, image_symbol, reading
from portability.patterns import regex

_ESCAPE = regex(r"\A(?:[ \t]*#[^\n]*\n)*?[ \t]*#[ \t]*escape[ \t]*=[ \t]*([\\`])[ \t]*\n", re.IGNORECASE)
_KEYWORD = regex(r"[ \t]*(?:ONBUILD[ \t]+)?([A-Za-z]+)[ \t]+", re.IGNORECASE)
_HEREDOC = regex(r"(?<!<)<<-?([\"']?)([A-Za-z_]\w*)\1")
_VARIABLE = regex(r"\$(?:\{(\w+)(?:(:?[-+])([^{}]*))?\}|(\w+))")
_WORD = regex(r"\"[^\"\n]*\"|'[^'\n]*'|[^\s\"']+")
_SETTING = regex(r"([A-Za-z_]\w*)=(\"(?:\\.|[^\"\\])*\"|'[^']*'|(?:\\.|[^\s\\])*)", re.DOTALL)
_ALONE = regex(r"([A-Za-z_]\w*)(?:[ \t]+([^\s=]+))?[ \t]*")
"""A variable that nobody sets yet (``ARG NAME``), or one that is set as files of old do (``ENV NAME value``)."""
_FROM_FLAG = regex(r"--from=([^\s,]+)|(?<=[,=])from=([^\s,]+)")
_NO_JSON = str.maketrans('[]",', "    ")
"""What stands around the words of a command line that is written as JSON."""
_RUN = frozenset({"ADD", "CMD", "ENTRYPOINT", "HEALTHCHECK"})
"""Instructions, besides ``RUN``, that run or fetch something."""
_BEFORE_HOST = 60
"""Characters before a host name in which its address begins."""
_KINDS: Final[Mapping[str, Literal["command", "dependency", "string"]]] = {
    "command": "command",
    "package": "dependency",
    "string": "string",
}
_NO_IMAGE = frozenset({"scratch"})
MAX_OPEN = 20
"""Here-documents without an end, after which none is looked for: ``1 << N`` looks like one, too."""
MAX_SUBSTITUTED = 2_000
"""Characters of a name after its variables were put in. Variables of variables can grow without end."""


class Instruction(NamedTuple):
    """One instruction: its keyword in capitals, and where its arguments begin and end in the text."""

    keyword: str
    start: int
    end: int


class Value(NamedTuple):
    """What a word says with the file's own defaults put in; what has none stays as it is written."""

    text: str
    is_sure: bool


def read(source: Source, text: str, problems: list[Problem], interest: Interest) -> Reading:
    """The reading of one Dockerfile. Nothing in it can be a syntax error to us: what is no instruction is passed by."""
    return reading(list(_File(source.path, text, interest).usages()), problems)


def instructions(text: str) -> Iterator[Instruction]:
    """The instructions of a file in order, here-documents included in the arguments."""
    given = _ESCAPE.match(text)
    escape = given[1] if given else "\\"
    position = unclosed = 0
    while position < len(text):
        start, end = position, _line_end(text, position)
        keyword = _KEYWORD.match(text, start, end)
        if keyword is None:
            position = end + 1
            continue
        while text[start:end].rstrip(" \t").endswith(escape) and end < len(text):
            start, end = end + 1, _line_end(text, end + 1)
            while text[start:end].lstrip().startswith("#") and end < len(text):  # comments do not end what goes on
                start, end = end + 1, _line_end(text, end + 1)
        if keyword[1].upper() in ("RUN", "COPY", "ADD") and unclosed < MAX_OPEN:
            for heredoc in _HEREDOC.finditer(text, keyword.end(), end):
                closing = re.compile(rf"^\t*{heredoc[2]}[ \t]*$", re.MULTILINE).search(text, end)
                end = closing.end() if closing else end
                unclosed += closing is None
        yield Instruction(keyword[1].upper(), keyword.end(), end)
        position = end + 1


class _File:
    def __init__(self, path: str, text: str, interest: Interest) -> None:
        self._text, self._interest = text, interest
        self._lines = Lines(path, text)
        self._defaults: dict[str, Value] = {}
        self._stages: set[str] = set()
        self._address = "FROM"

    def usages(self) -> Iterator[Usage]:
        before_first = True
        for instruction in instructions(self._text):
            keyword = instruction.keyword
            if keyword == "ARG" and before_first:
                self._learn(instruction)
            elif keyword == "FROM":
                before_first = False
                yield from self._base(instruction)
            elif keyword in ("COPY", "RUN"):
                yield from self._borrowed(instruction)
                yield from self._run(instruction)
            elif keyword in _RUN:
                yield from self._run(instruction)
            elif keyword in ("ENV", "ARG"):
                yield from self._settings(instruction)

    def _words(self, instruction: Instruction) -> list[re.Match[str]]:
        return list(_WORD.finditer(self._text, instruction.start, instruction.end))

    def _learn(self, instruction: Instruction) -> None:
        for setting in _SETTING.finditer(self._text, instruction.start, instruction.end):
            value = _substituted(setting[2].strip("\"'"), self._defaults)
            # Whoever builds may say otherwise.
            self._defaults[setting[1]] = Value(value.text, is_sure=False)

    def _base(self, instruction: Instruction) -> Iterator[Usage]:
        words = [
            word for word in self._words(instruction) if not word[0].startswith("--") and word[0] not in ("\\", "`")
        ]
        if not words:
            return
        self._address = "FROM"
        if len(words) > 2 and words[1][0].upper() == "AS":
            self._address = words[2][0].lower()
        yield from self._image(words[0][0].strip("\"'"), words[0].start(), words[0].end())
        if self._address != "FROM":
            self._stages.add(self._address)

    def _borrowed(self, instruction: Instruction) -> Iterator[Usage]:
        for flag in _FROM_FLAG.finditer(self._text, instruction.start, instruction.end):
            group = flag.lastindex or 0
            if not flag[group].isdigit():
                yield from self._image(flag[group], flag.start(group), flag.end(group))

    def _run(self, instruction: Instruction) -> Iterator[Usage]:
        """What an instruction runs, installs and fetches: commands, packages and addresses."""
        if instruction.keyword == "COPY":
            return
        written = self._text[instruction.start : instruction.end]
        if written.startswith("["):
            written = written.translate(_NO_JSON)
        for tie in (*commands(written, self._interest.claims_command), *installed(written, self._interest.wants)):
            start, end = instruction.start + tie.start, instruction.start + tie.end
            yield from self._usage(tie.symbol, start, end, tie.symbol, "likely", tie.namespace)
        yield from self._addresses(written, instruction.start)

    def _addresses(self, written: str, start: int) -> Iterator[Usage]:
        for tie in ties(written):
            # A metadata address is told among the commands.
            if "://" in written[max(0, tie.start - _BEFORE_HOST) : tie.start] and not tie.symbol.startswith("169."):
                yield from self._usage(
                    tie.symbol, start + tie.start, start + tie.end, tie.symbol, "likely", tie.namespace
                )

    def _image(self, written: str, start: int, end: int) -> Iterator[Usage]:
        value = _substituted(written, self._defaults)
        if value.text.lower() in self._stages or value.text.lower() in _NO_IMAGE:
            return
        symbol = image_symbol(value.text)
        if symbol is not None:
            yield from self._usage(symbol, start, end, value.text, "certain" if value.is_sure else "likely")

    def _settings(self, instruction: Instruction) -> Iterator[Usage]:
        alone = _ALONE.fullmatch(self._text, instruction.start, instruction.end)
        every = [alone] if alone else _SETTING.finditer(self._text, instruction.start, instruction.end)
        for setting in (one for one in every if is_setting(one[1])):
            said = list(self._usage(f"env/{setting[1]}", setting.start(1), setting.end(1), setting[2] or ""))
            value = (setting[2] or "").strip("\"'")
            if not said and (symbol := place_of(value) or said_together(setting[1], value)) is not None:
                said.extend(self._usage(symbol, setting.start(2), setting.end(2), value, "likely"))
            if not said and setting[2]:
                said.extend(self._addresses(setting[2], setting.start(2)))
            yield from said

    def _usage(
        self,
        symbol: str,
        start: int,
        end: int,
        content: str,
        confidence: Confidence = "certain",
        namespace: Namespace = "kubernetes",
    ) -> Iterator[Usage]:
        if self._interest.wants(namespace, symbol):
            yield Usage(
                language="containers",
                namespace=namespace,
                symbol=symbol,
                address=self._address,
                location=self._lines.location(start, end),
                kind=_KINDS.get(namespace, "field"),
                digest=digest_of("containers", symbol, content),
                confidence=confidence,
            )


def _substituted(written: str, defaults: Mapping[str, Value]) -> Value:
    """The word with what is known put in. ``${x:-y}`` says y where nobody sets x; what is unknown stays ``${x}``."""
    is_sure = True

    def known(match: re.Match[str]) -> str:
        nonlocal is_sure
        name, operator, alternative = match[1] or match[4], match[2] or "", match[3] or ""
        is_sure = False
        value = defaults.get(name)
        if operator.endswith("+"):
            return alternative if value is not None else ""
        if value is not None:
            return value.text
        return alternative if operator.endswith("-") else f"${{{name}}}"

    text = _VARIABLE.sub(known, written)
    return Value(text if len(text) <= MAX_SUBSTITUTED else written, is_sure)


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end
