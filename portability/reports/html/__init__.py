"""The report as one self-contained HTML page: no network, works without script, prints."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from portability import __version__
from portability.assessment.effort import ledger
from portability.model import LOCK_IN, Assessment
from portability.reports import Report
from portability.reports import plan as exit_plan
from portability.reports.figures import by_wave
from portability.reports.html import answers, areas, frameworks, joined, layers, summary, tally
from portability.reports.html.phrases import Phrases
from portability.reports.html.words import Words
from portability.reports.links import linker
from portability.reports.words import unhealthy

_HERE = Path(__file__).parent


def report(report: Report) -> str:
    """The page. Everything that the scanned code says is escaped; the policy in its head forbids all but our own."""
    words = Words(report.language)
    style, script = _file("page.css"), _file("page.js")
    page = _environment().get_template("page.html.j2")
    return page.render(
        style=Markup(style),  # noqa: S704 - our own files
        script=Markup(script),  # noqa: S704
        security=_policy(style, script),
        version=__version__,
        t=words,
        names={id: words.known(report.catalogue.targets[id].name) for id in report.assessment.targets},
        link=linker(report.links),
        say=Phrases(words, report.assessment.root),
        **_view(report, words),
    )


def _view(report: Report, words: Words) -> dict[str, Any]:
    assessment, catalogue = report.assessment, report.catalogue
    shown = areas.areas(tally.lock_in(assessment))
    hard, more_hard = tally.hard_names(assessment)
    afters = answers.after(assessment)
    connections = joined.rows(assessment)
    operators = tally.operators(assessment)
    ledgers = [ledger(assessment.services, target, catalogue) for target in assessment.targets]
    lines, more_lines = joined.drawn(connections)
    shown_connections, more_connections = joined.shortened(connections)
    return {
        "a": assessment,
        "by_id": {service.service: service for service in assessment.services},
        "catalogue": catalogue,
        "repositories": (repositories := tally.repositories(assessment, catalogue)),
        "title": report.title or _title(assessment, len(repositories), words),
        "dated": report.dated,
        "levels": list(LOCK_IN),
        "by_level": tally.by_level(assessment),
        "summary": summary.summary(assessment, ledgers),
        "capabilities": tally.capabilities(assessment, catalogue),
        "features": tally.features(assessment, catalogue),
        "hard_names": hard,
        "more_hard_names": more_hard,
        "operators": operators,
        "suppliers": [one for one in operators if one.places],
        "providers": {id: provider.name for id, provider in catalogue.providers.items()},
        "top": max((span.high for span in assessment.effort.values() if span), default=0),
        "spelt": tally.of_kind(assessment, "jurisdiction"),
        "health": list(unhealthy(assessment.findings).items()),
        "areas": shown,
        "tiles": areas.tiles(shown),
        "map_size": (areas.WIDTH, areas.height(shown)),
        "picture": layers.picture(lines),
        "more_lines": more_lines,
        "joined": shown_connections,
        "more_joined": more_connections,
        "things": joined.things(assessment),
        "waves": by_wave(assessment),
        "ledgers": ledgers,
        "sides": answers.sides(assessment),
        "because": answers.reasons(assessment),
        "lacking": answers.lacking(assessment, catalogue),
        "afters": afters,
        "warnings": answers.warnings(afters),
        "frameworks": frameworks.frameworks(assessment, words),
        "plan": exit_plan.rows(assessment, report.plan),
        "unmatched": exit_plan.unmatched(assessment, report.plan),
        "difference": report.since,
        "accepted": [finding for finding in assessment.findings if finding.acceptance is not None],
    }


def _title(assessment: Assessment, repositories: int, words: Words) -> str:
    if repositories:
        return words("page.title_estate", n=repositories)
    return words("page.title", root=assessment.root)


def _policy(style: str, script: str) -> str:
    """A Content-Security-Policy under which nothing loads and nothing runs but the page's own style and script."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _marked(text: str) -> Markup:
    """Text in which what stands between backticks is code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    coded = (Markup("<code>{}</code>").format(part) if at % 2 else part for at, part in enumerate(parts))
    return Markup("").join(coded)


@cache
def _file(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("portability.reports.html", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["marked"] = _marked
    environment.tests["web"] = lambda address: str(address).startswith(("https://", "http://"))
    return environment
