"""Templates → text that parses. Jinja runs in its sandbox, and every printed value becomes a literal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import hcl2
import lark
import yaml
from jinja2 import DictLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from portability.proposals import literals
from portability.proposals.page import LANGUAGES, Language

_LITERALS = {"hcl": literals.hcl, "yaml": literals.yaml, "markdown": literals.markdown}
_VERSION = re.compile(r"v?(\d+(?:\.\d+)*)")


class ProposalError(RuntimeError):
    """A template that is at fault: it names what does not exist, or renders what does not parse."""


class Renderer:
    """Renders the templates of a catalogue, keyed ``<target>/<file>``."""

    def __init__(self, templates: Mapping[str, str]) -> None:
        self._loader = DictLoader(templates)
        self._environments: dict[Language, ImmutableSandboxedEnvironment] = {}

    def body(self, template: str, context: Mapping[str, Any]) -> str:
        """A template's own text. Raises ProposalError naming the template."""
        try:
            return self._environment(language_of(template)).get_template(template).render(context)
        except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
            raise ProposalError(f"the template {template} failed: {error}") from error

    def _environment(self, language: Language) -> ImmutableSandboxedEnvironment:
        if language not in self._environments:
            # The optimiser would fold constants past `finalize`; autoescape makes macros come back marked as rendered.
            environment = ImmutableSandboxedEnvironment(
                loader=self._loader,
                undefined=StrictUndefined,
                trim_blocks=True,
                lstrip_blocks=True,
                keep_trailing_newline=True,
                optimized=False,
                autoescape=True,
                finalize=_in_context(literals.finalizer(_LITERALS[language])),
                extensions=["jinja2.ext.do"],
            )
            environment.filters["comment"] = lambda value: Markup(literals.comment(value))  # noqa: S704
            environment.filters["slug"] = literals.slug
            environment.filters["release"] = release
            self._environments[language] = environment
        return self._environments[language]


def language_of(template: str) -> Language:
    """The language that a template renders. Raises ProposalError where its name does not say."""
    for suffix, language in LANGUAGES.items():
        if template.endswith(suffix):
            return language
    raise ProposalError(f"the template {template} must end in one of {', '.join(LANGUAGES)}")


def release(value: Any, parts: int = 1) -> str:
    """The first parts of a version: ``16.4`` is ``16`` with one part, ``v1.33.2`` is ``1.33`` with two; else empty."""
    match = _VERSION.match(str(value)[:40])
    numbers = match[1].split(".") if match else []
    return ".".join(numbers[:parts]) if len(numbers) >= parts else ""


def check(template: str, language: Language, text: str) -> None:
    """Read rendered text back. Raises ProposalError naming the template where it does not parse."""
    try:
        if language == "hcl":
            hcl2.loads(text)
        elif language == "yaml":
            for _ in yaml.safe_load_all(text):
                pass
    except (lark.exceptions.LarkError, yaml.YAMLError, ValueError) as error:
        raise ProposalError(f"what the template {template} renders does not parse: {error}") from error


def _in_context(finalize: Any) -> Any:
    from jinja2 import pass_context

    # With a context, jinja asks at run time for every value and never while it compiles.
    @pass_context
    def at_run_time(_context: Any, value: Any) -> Markup:
        result: Markup = finalize(value)
        return result

    return at_run_time
