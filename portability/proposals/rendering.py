"""Templates → text that parses. Jinja runs in its sandbox, and every printed value becomes a literal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import CodeType
from typing import Any

from jinja2 import BytecodeCache, DictLoader, StrictUndefined, TemplateError
from jinja2.bccache import Bucket
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from portability.catalogue import Catalogue
from portability.model import Finding
from portability.patterns import regex
from portability.proposals import literals
from portability.proposals.page import LANGUAGES, Language

_LITERALS = {"hcl": literals.hcl, "yaml": literals.yaml, "markdown": literals.markdown}
COMPONENT = ".component"
_VERSION = regex(r"(?:v|[A-Za-z]{3,20}_)?(\d+(?:[._]\d+)*)")


class ProposalError(RuntimeError):
    """A template that is at fault: it names what does not exist."""


class Templates:
    """The templates of a catalogue, by ``<target>/<file>``, with a user's own on top.

    ``own`` holds one folder a target. A file there takes the place of the one with its name; a new one,
    ``<product>.<capability>.<ending>``, serves a product that has none for the capability.
    """

    def __init__(self, catalogue: Catalogue, own: Path | None = None) -> None:
        self._products = catalogue.products
        self._catalogue = catalogue
        self.texts = {**catalogue.templates, **_texts(own)}

    def of(self, product_id: str, capability: str, language: str, features: Iterable[str] = ()) -> str:
        """The template of a product for a capability, the language that it is found in and the features that it
        shows; empty where there is none.

        ``<product>.<language>.<ending>`` beside the product's file comes first: what a manifest ties to the provider
        is taken over by a manifest. Then comes ``<product>.<feature>.<ending>``: what is something else with it.
        """
        product = self._products.get(product_id)
        if product is None:
            return ""
        endings = [f"{span}{ending}" for ending in LANGUAGES for span in ("", COMPONENT)]
        own = (f"{product_id}.{word}{ending}" for word in (language, *features) for ending in endings)
        if name := next((name for name in own if name in self.texts), ""):
            return name
        if file := product.templates.get(capability):
            return f"{product_id.partition('/')[0]}/{file}"
        named = (f"{product_id}.{capability}{ending}" for ending in LANGUAGES)
        return next((name for name in named if name in self.texts), "")

    def pods(self, product_id: str, capability: str) -> str:
        """The template of a product for what only pods lean on; empty where there is none."""
        return self._named(product_id, capability, ".pods")

    def operates(self, finding: Finding) -> bool:
        """Whether a program operates a service by its seller's API: what is used by an open interface needs none."""
        if (finding.language, finding.lock_in) != ("python", "proprietary"):
            return False
        if finding.service not in self._catalogue.service_ids:
            return False
        service = self._catalogue.service(finding.service)
        ways = [way.lock_in for way in service.reached_by.values()]
        return service.lock_in == "compatible" and finding.lock_in in ways

    def beside(self, product_id: str, capability: str) -> str:
        """The template of a product for what is set beside definitions of another module; empty where there is none."""
        return self._named(product_id, capability, f".part{COMPONENT}")

    def _named(self, product_id: str, capability: str, span: str) -> str:
        products = (f"{product_id}.{capability}", product_id)
        named = (f"{product}{span}{ending}" for product in products for ending in LANGUAGES)
        return next((name for name in named if name in self.texts), "")


def serves_all(template: str) -> bool:
    """Whether a template renders what stands once for the whole estate: values of a chart, or ``<name>.once.…``."""
    return template.endswith(".values.yaml.j2") or ".once." in template


def serves_component(template: str) -> bool:
    """Whether a template renders all findings of a component at once: ``<name>.component.…``."""
    return COMPONENT + "." in template


def speaks_for(template: str, language: str) -> bool:
    """Whether a template is for what is found in one language: ``<name>.<language>.…``."""
    return f".{language}." in template


def _texts(own: Path | None) -> dict[str, str]:
    """Raises ProposalError where the folder is none or holds what is no text."""
    if own is None:
        return {}
    try:
        files = sorted(path for path in own.rglob("*.j2") if path.is_file())
        texts = {path.relative_to(own).as_posix(): path.read_text(encoding="utf-8") for path in files}
    except (OSError, UnicodeError) as error:
        raise ProposalError(f"the templates in {own} cannot be read: {error}") from error
    if not texts:
        raise ProposalError(f"{own} holds no templates; they are <target>/<product>.<capability>.tf.j2 and the like")
    return texts


class _Compiled(BytecodeCache):
    """What this process compiled already, by name and text. It lives in memory alone: code that comes from a file could
    be anybody's."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()
# The environments differ in what they do at run time, so code of one serves all; a name says its language anyway.


class Renderer:
    """Renders templates."""

    def __init__(self, templates: Templates) -> None:
        self._loader = DictLoader(templates.texts)
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
                bytecode_cache=_COMPILED,
            )
            environment.filters["comment"] = lambda value: Markup(literals.comment(value))  # noqa: S704
            environment.filters["code"] = lambda value: Markup(literals.code(value))  # noqa: S704
            environment.filters["prose"] = lambda value: Markup(literals.prose(value))  # noqa: S704
            environment.filters["slug"] = literals.slug
            environment.filters["pattern"] = lambda value: re.escape(str(value))
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
    """The first parts of a version: ``16.4`` is ``16`` with one part, ``v1.33.2`` is ``1.33`` with two, and so is
    ``MYSQL_8_0`` ``8.0``; else empty."""
    match = _VERSION.match(str(value)[:40])
    numbers = match[1].replace("_", ".").split(".") if match else []
    return ".".join(numbers[:parts]) if len(numbers) >= parts else ""


def _in_context(finalize: Any) -> Any:
    from jinja2 import pass_context

    # With a context, jinja asks at run time for every value and never while it compiles.
    @pass_context
    def at_run_time(_context: Any, value: Any) -> Markup:
        result: Markup = finalize(value)
        return result

    return at_run_time
