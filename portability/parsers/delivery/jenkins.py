"""A Jenkinsfile → the steps of plugins that it calls. Groovy is not parsed: a step is a word before ``(`` or ``{``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from portability.interest import Interest
from portability.model import Problem, Source
from portability.parsers.delivery.steps import Step
from portability.parsers.strings import commands
from portability.parsers.yaml_files import Lines, image_symbol
from portability.patterns import regex

_TOKEN = regex(
    r"//[^\n]*|/\*.*?(?:\*/|\Z)"  # comments
    r"|(?P<key>\bimage\b|\$class[\"']?)[ \t]{0,20}[: ][ \t]{0,20}[\"'](?P<value>[^\"'\n]{1,300})[\"']"
    r"|(?<![\w.$])(?P<step>[A-Za-z]\w{2,60})(?=[ \t]*[({]|[ \t]+\w+[ \t]*:)"
    r"|\"\"\".*?(?:\"\"\"|\Z)|'''.*?(?:'''|\Z)|\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?",
    re.DOTALL,
)


def steps(source: Source, text: str, _problems: list[Problem], interest: Interest) -> Iterator[Step]:
    """Every word that may be a step, every image, and every class of credentials."""
    lines = Lines(source.path, text)
    for tie in commands(text, interest.claims_command):
        yield Step(tie.namespace, tie.symbol, "", lines.location(tie.start, tie.end), "likely")
    for token in _TOKEN.finditer(text):
        if token["step"]:
            yield Step("ci", f"jenkins/{token['step']}", "", lines.location(*token.span("step")))
        elif token["key"] == "image":
            if (symbol := image_symbol(token["value"])) is not None:
                yield Step("kubernetes", symbol, "", lines.location(*token.span("value")))
        elif token["key"]:
            yield Step("ci", f"jenkins/{token['value']}", "", lines.location(*token.span("value")))
