"""The HTML report: whole without script, nothing of the scanned code in it but text, the same bytes again."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import portability.reports.html as html
from portability.assessment import assess
from portability.assessment.effort import ledger
from portability.assessment.estate import merge
from portability.audit import audit
from portability.catalogue import Catalogue
from portability.discovery.languages import INSIDE, KINDS, PLACES
from portability.gate import judge
from portability.model import Acceptance, Assessment, DaysRange
from portability.reports import Report
from portability.reports.figures import in_use
from portability.reports.html import answers, areas, frameworks, summary, tally
from portability.reports.html.words import LANGUAGES, Words, flat
from tests.command_line import portability
from tests.conftest import ROOT
from tests.discovery.test_walk import run_git

FIXTURE = ROOT / "fixtures" / "webshop-aws"
HTML = Path(html.__file__).parent


class Page(HTMLParser):
    """The elements of a page with their attributes, ids, and the text of those that hold a figure."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.figures: dict[str, str] = {}
        self.text = ""
        self._figure: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if figure := dict(attrs).get("data-figure"):
            self._figure = figure

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._figure:
            self.figures[self._figure] = data
            self._figure = None

    @property
    def shape(self) -> list[str]:
        return [tag for tag, _ in self.elements]


@pytest.fixture(scope="module")
def assessment(catalogue: Catalogue) -> Assessment:
    return audit(FIXTURE, catalogue, ("ovhcloud", "self-hosted"))


def shown(assessment: Assessment, catalogue: Catalogue, **how: object) -> str:
    return html.report(Report(assessment=assessment, verdict=judge(assessment, {}), catalogue=catalogue, **how))


def test_ids_are_unique_and_links_within_the_page_lead_somewhere(assessment, catalogue):
    page = Page(shown(assessment, catalogue))
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    inner = {attrs["href"][1:] for tag, attrs in page.elements if tag == "a" and (attrs["href"] or "").startswith("#")}
    assert inner <= set(ids)


def test_nothing_is_loaded_and_the_policy_forbids_all_but_the_pages_own_style_and_script(assessment, catalogue):
    text = shown(assessment, catalogue)
    page = Page(text)
    assert not [tag for tag, attrs in page.elements if "src" in attrs or tag in ("link", "img", "iframe", "base")]
    assert not [attrs for _, attrs in page.elements if any(name.startswith("on") or name == "style" for name in attrs)]
    policy = next(a["content"] for t, a in page.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_every_finding_and_service_stands_on_the_page_without_script(assessment, catalogue):
    page = Page(shown(assessment, catalogue))
    rows = {attrs["id"] for tag, attrs in page.elements if tag == "tr" and "id" in attrs}
    assert rows == {f"f-{finding.fingerprint}" for finding in assessment.findings}
    listed = [a["data-service"] for tag, a in page.elements if tag == "tr" and "data-service" in a]
    assert listed == [service.service for service in assessment.services]


def test_figures_are_those_of_the_json(assessment, catalogue):
    page = Page(shown(assessment, catalogue))
    told = json.loads(json.dumps(msgspec.to_builtins(assessment)))
    moving = {"primary", "part"}
    used = {
        finding["service"]
        for finding in told["findings"]
        if finding["kind"] == "lock-in" and finding["role"] in moving and finding["context"] == "production"
    }
    for level in {service["lock_in"] for service in told["services"] if service["service"] in used}:
        expected = sum(s["lock_in"] == level for s in told["services"] if s["service"] in used)
        assert int(page.figures[f"level.{level}"]) == expected
    for target, (low, high) in told["effort"].items():
        assert page.figures[f"effort.{target}"] == f"{low:,.0f}–{high:,.0f} person-days"


@pytest.mark.parametrize("name", ["webshop-aws", "case-api-azure", "data-pipeline-google"])
def test_the_figures_of_the_first_page_add_up(catalogue, name):
    found = audit(ROOT / "fixtures" / name, catalogue, ("ovhcloud", "self-hosted"))
    books = [ledger(found.services, target, catalogue) for target in found.targets]
    first = summary.summary(found, books)
    assert len(first.used) + first.aside_services == len(found.services)
    assert sum(number for _, number in tally.by_level(found)) == len(first.used)
    for target in first.targets:
        assert sum(map(len, target.fit)) == len(first.used)
        # Rows that share nothing: what is named as the most is never more than the whole.
        most = sum((days for _, _, days in target.most), DaysRange(low=0, high=0))
        assert 0 < most.high <= found.effort[target.id].high
    assert sum(area.places for area in areas.areas(tally.lock_in(found))) == first.places
    assert sum(component.findings for component in found.components) == first.places
    assert first.certain <= first.places == sum(service.findings for service in found.services)


def test_the_tightest_ties_are_those_that_bind_hard_most_often(tree, catalogue):
    """One program that opens a port does not make each of many plain rules hard."""
    groups = "".join(f'resource "aws_security_group" "g{n}" {{\n  name = "g{n}"\n}}\n' for n in range(9))
    code = "import boto3\nboto3.client('ec2').authorize_security_group_ingress(GroupId='g')\n"
    queues = (
        "import boto3\nsqs = boto3.client('sqs')\nsqs.send_message(QueueUrl='u')\nsqs.receive_message(QueueUrl='u')\n"
    )
    found = audit(tree({"g.tf": groups, "open.py": code, "send.py": queues}), catalogue, ())
    first, second, *_ = (tie for tie in summary.summary(found, []).hardest if tie.service.service != "aws/ec2")
    assert (first.service.service, first.hard == first.service.findings) == ("aws/sqs", True)
    assert (second.service.service, second.hard < second.service.findings) == ("aws/security-group", True)


def test_the_first_page_names_what_has_no_estimate_and_what_a_wave_asks(tree, tmp_path):
    """A wave may hold components that ask for less than its hardest, since they move with it."""
    call = 'module "vault" {\n  source = "../vault"\n}\n'
    root = tree({
        "shop/main.tf": 'variable "when" {}\nvariable "what" {}\nresource "aws_cloudwatch_event_rule" "r" {\n'
        "  schedule_expression = var.when == null ? null : var.when\n"
        f"  event_pattern = var.what == null ? null : var.what\n}}\n{call}",
        "vault/main.tf": 'resource "aws_secretsmanager_secret" "s" {}\n',
        "web/main.tf": 'resource "aws_sqs_queue" "q" {}\n',
    })  # fmt: skip
    file = tmp_path / "report.html"
    assert portability("audit", str(root), "-o", f"html={file}").exit_code == 0
    text = " ".join(Page(file.read_text()).text.split())
    assert "at least: 1 service has no estimate: Amazon EventBridge" in text
    assert "2 components (1 × find out what it asks, 1 × rewrite configuration)" in text
    assert "then 2 components: 1 to find out about, 1 to rewrite configuration" in " ".join(
        portability("audit", str(root)).stdout.split()
    )


def test_a_products_limits_are_those_that_concern_any_of_its_uses(tree, catalogue):
    queues = 'resource "aws_sqs_queue" "a" {}\nresource "aws_sqs_queue" "b" {\n  delay_seconds = 60\n}\n'
    for text, told in ((queues, 1), (queues.replace("60", "0"), 0)):
        found = audit(tree({"main.tf": text}), catalogue, ("self-hosted",))
        (one,) = answers.warnings(answers.after(found))
        assert sum(limit.startswith("A delay is") for limit in one.limits) == told
        assert sum(limit.startswith("Quorum queues") for limit in one.limits) == 1


def test_what_is_only_looked_up_is_not_in_use(tree, tmp_path):
    root = tree({"main.tf": 'data "aws_caller_identity" "me" {}\n'})
    result = portability("audit", str(root), "-o", f"html={tmp_path / 'page.html'}", "-o", "text")
    assert result.exit_code == 0
    assert "0 services in use" in result.output
    assert "This code uses no cloud service in production." in (tmp_path / "page.html").read_text()


@pytest.mark.parametrize("name", ["webshop-aws", "case-api-azure", "data-pipeline-google"])
def test_what_one_would_run_is_what_effort_counts(catalogue, name):
    found = audit(ROOT / "fixtures" / name, catalogue, ("ovhcloud", "self-hosted"))
    for after in answers.after(found):
        counted = {row.product for row in ledger(found.services, after.target, catalogue).products}
        assert counted == {row.product.product_id for row in after.products}


def test_the_same_input_gives_the_same_bytes(assessment, catalogue):
    assert shown(assessment, catalogue) == shown(assessment, catalogue)


def test_a_dated_report_says_its_day_and_the_commit_that_was_read(tree, tmp_path):
    """Asked for only: without it the same input gives the same bytes."""
    root = tree({"main.tf": 'resource "aws_sqs_queue" "q" {}\n'})
    run_git(root, "init", "--quiet")
    run_git(root, "config", "log.showSignature", "true")
    run_git(root, "config", "gpg.program", "./never-run")
    run_git(root, "add", ".")
    run_git(root, "-c", "user.name=A", "-c", "user.email=a@example", "commit", "--quiet", "-m", "one")
    id = subprocess.check_output(["git", "rev-parse", "--short=12", "HEAD"], cwd=root, text=True).strip()
    page, document = tmp_path / "page.html", tmp_path / "page.md"
    for arguments in ([], ["--dated"]):
        result = portability("audit", str(root), *arguments, "-o", f"html={page}", "-o", f"markdown={document}")
        assert result.exit_code == 0
        said = rf"Made on \d{{4}}-\d\d-\d\d, commit {id} \(\d{{4}}-\d\d-\d\d\)\."
        for text in (page.read_text(), document.read_text()):
            assert bool(re.search(said, text)) is bool(arguments)


def test_without_a_repository_a_dated_report_says_its_day_alone(tree, tmp_path):
    page, report = tmp_path / "page.html", tmp_path / "report.json"
    root = tree({"main.tf": 'resource "aws_sqs_queue" "q" {}\n'})
    portability("audit", str(root), "--dated", "-o", f"html={page}", "-o", f"json={report}")
    assert re.search(r"Made on [\d-]+\.</p>", page.read_text())
    portability("report", str(report), "--dated", "-o", f"html={page}", "--language", "nl")
    assert re.search(r"Gemaakt op [\d-]+\.</p>", page.read_text())


def test_places_link_to_the_forge_when_it_is_named(assessment, catalogue):
    text = shown(assessment, catalogue, links={"": "https://forge.example/blob/main/{path}#L{line}"})
    first = assessment.findings[0].location
    assert f'href="https://forge.example/blob/main/{first.path}#L{first.line}"' in text
    assert "forge.example" not in shown(assessment, catalogue)


def test_each_repository_of_an_estate_links_to_its_own_forge(tree, tmp_path):
    tree({"shop/main.tf": 'resource "aws_sqs_queue" "q" {}\n', "infra/net/a.tf": 'resource "aws_s3_bucket" "b" {}\n'})
    page = tmp_path / "estate.html"
    links = ["shop=https://git.example/shop/{path}#L{line}", "infra=https://hub.example/x?file={path}&l={line}"]
    options = [option for link in links for option in ("--link", link)]
    roots = [str(tmp_path / name) for name in ("shop", "infra")]
    done = portability("audit", *roots, "-o", f"html={page}", *options)
    assert done.exit_code == 0, done.output
    hrefs = {attrs.get("href") for tag, attrs in Page(page.read_text(encoding="utf-8")).elements if tag == "a"}
    assert {"https://git.example/shop/main.tf#L1", "https://hub.example/x?file=net/a.tf&l=1"} <= hrefs
    done = portability("audit", *roots, "-o", f"html={page}", "--link", "shpo=https://git.example/{path}")
    assert done.exit_code == 2
    assert "there are shop, infra" in done.stderr


def test_an_estate_has_a_row_a_repository(catalogue):
    names = ("data-pipeline-google", "webshop-aws")
    alone = [audit(ROOT / "fixtures" / name, catalogue, ("ovhcloud", "self-hosted")) for name in names]
    both = merge(alone, catalogue)
    page = shown(both, catalogue)
    assert "<h1>What ties 2 repositories to their clouds</h1>" in page
    rows = {row.name: row for row in tally.repositories(both, catalogue)}
    assert {name: row.places for name, row in rows.items()} == {
        one.root: sum(service.findings for service in one.services) for one in alone
    }
    for one in alone:
        used = in_use(one)
        assert (rows[one.root].services, rows[one.root].uses) == (len(used), sum(service.uses for service in used))
        assert rows[one.root].days["ovhcloud"] == sum(
            (days for service in used if (days := service.each["ovhcloud"])), DaysRange(low=0, high=0)
        )
    assert tally.repositories(alone[0], catalogue) == []


def test_a_link_pattern_must_be_an_address_with_a_path(tmp_path):
    for wrong in ("javascript:alert(1)//{path}", "https://forge.example/"):
        done = portability("audit", str(FIXTURE), "--link", wrong)
        assert done.exit_code == 2


TAGS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "a",
        "p",
        "header",
        "h1",
        "h2",
        "h3",
        "h4",
        "div",
        "nav",
        "ol",
        "ul",
    ),
    *(
        "li",
        "main",
        "section",
        "table",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "th",
        "td",
        "code",
        "span",
        "details",
        "summary",
        "figure",
        "figcaption",
        "svg",
        "wbr",
    ),
    *(
        "rect",
        "g",
        "path",
        "text",
        "dl",
        "dt",
        "dd",
        "b",
        "article",
        "form",
        "label",
        "input",
        "select",
        "option",
        "button",
        "script",
    ),
}
HOSTILE = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "</script><script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            '"><svg onload=alert(1)>',
            "' onclick='alert(1)",
            "{{ 7 * 7 }}{% raw %}{n}{0.__class__}",
            "javascript:alert(1)",
            "<!--<script>",
            "]]>\u2028\u2029\u202e\0",
            "&lt;b&gt;",
        ]
    ),
)


@pytest.fixture(scope="module")
def renamed(assessment, catalogue) -> Callable[[str], str]:
    """The page of one finding in which whatever the scanned code chooses is the given text."""

    def render(name: str) -> str:
        first = assessment.findings[3]
        changed = msgspec.structs.replace(
            first,
            location=msgspec.structs.replace(first.location, path=name),
            symbol=name,
            address=name,
            component=name,
            message=name,
            acceptance=Acceptance(kind="inline", reason=name, owner=name),
        )
        whole = assess(name, [changed], assessment.coverage, catalogue, assessment.targets)
        return shown(whole, catalogue, title=name, links={"": "https://forge.example/{path}#{line}"})

    return render


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=HOSTILE)
def test_hostile_names_stay_text(renamed, name):
    page = Page(renamed(name))
    assert page.shape.count("script") == page.shape.count("style") == 1
    assert set(page.shape) <= TAGS
    for tag, attrs in page.elements:
        assert not any(key.startswith("on") or key == "style" for key in attrs), (tag, attrs)
        assert (attrs.get("href") or "#").startswith(("#", "https://")), (tag, attrs)
    if name.isprintable():
        assert name in page.text


def words(language: str) -> dict[str, object]:
    import tomllib

    return tomllib.loads((HTML / "languages" / f"{language}.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_keys_and_fills_in_the_same_names(language):
    english, other = (dict(flat(words(one))) for one in ("en", language))
    other = {key: text for key, text in other.items() if not key.startswith("facts.")}
    assert other.keys() == english.keys()
    for key, text in english.items():
        assert set(re.findall(r"\{(\w+)\}", str(other[key]))) == set(re.findall(r"\{(\w+)\}", str(text))), key
        assert type(other[key]) is type(text), key


def test_no_words_are_unused():
    sources = "\n".join(p.read_text(encoding="utf-8") for p in HTML.rglob("*") if p.suffix in (".py", ".j2"))
    unused = []
    for key in dict(flat(words("en"))):
        table, _, name = key.partition(".")
        if table in ("column", "section"):
            used = f'"{name}"' in sources
        else:
            used = any(part in sources for part in (f'"{key}"', f'"{table}."', f'f"{table}.'))
        if not used:
            unused.append(key)
    assert unused == []


def test_the_method_is_told_in_dutch(assessment, catalogue):
    known = words("nl")["facts"]
    said = [catalogue.effort.a_day_contains, catalogue.effort.estimate_class, *catalogue.effort.leaves_out]
    named = {*PLACES, *KINDS, *(kind for kind, _ in INSIDE), *(target.name for target in catalogue.targets.values())}
    assert set(said) <= set(known)
    assert set(known) - set(said) <= named
    text = shown(assessment, catalogue, language="nl")
    assert '<html lang="nl">' in text
    assert "In het kort" in text
    assert "person-days" not in text


def test_ten_thousand_findings_stay_below_five_megabytes(assessment, catalogue):
    many = [
        msgspec.structs.replace(
            finding,
            fingerprint=f"{number:020x}",
            location=msgspec.structs.replace(finding.location, path=f"services/team-{number % 97}/module-{number}.tf"),
        )
        for number, finding in enumerate(list(assessment.findings) * 209)
    ][:10_000]
    whole = assess("big", many, assessment.coverage, catalogue, assessment.targets)
    page = shown(whole, catalogue, links={"": "https://forge.example/blob/main/{path}#L{line}"})
    assert len(page.encode()) < 5_000_000


def test_an_empty_tree_gives_a_page_that_says_so(tree: Callable[..., Path]):
    root = tree({"notes.txt": "nothing here"})
    done = portability("audit", str(root), "-o", "html")
    assert done.exit_code == 4
    assert "says nothing about what ties this code" in done.stdout


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_framework_says_its_source_and_what_the_report_does_not_show(assessment, catalogue, language):
    assert {*frameworks.INFRASTRUCTURE, *frameworks.KEYS, *frameworks.LOGS} <= catalogue.capabilities.keys()
    found = frameworks.frameworks(assessment, Words(language))
    assert {one.name.partition(" ")[0] for one in found} >= {"EU", "DORA,", "ISO/IEC"}
    for one in found:
        assert one.source.startswith("https://")
        assert re.fullmatch(r"\d{4}-\d\d(-\d\d)?", one.dated)
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", one.checked)
        assert one.verified in ("yes", "partly", "no")
        assert one.rows
        assert all(row.asks and row.misses for row in one.rows)
    objectives = [row.name.partition(" ")[0] for row in found[0].rows]
    assert objectives == [f"SOV-{number}" for number in range(1, 9)]
    page = Page(shown(assessment, catalogue, language=language)).text
    assert not re.search(r"SEAL-\d|\bcompliant\b|conform", page)


def test_what_stands_between_backticks_is_code_and_nothing_else_changes(assessment, catalogue):
    spelt = next(finding for finding in assessment.findings if finding.kind == "jurisdiction")
    said = msgspec.structs.replace(spelt, message="It says `<b>` and `arn:aws:sqs`; one ` is left alone.")
    even = msgspec.structs.replace(spelt, message="It says `<b>` and `arn:aws:sqs`.")
    for one, expected in (
        (said, "It says `&lt;b&gt;` and `arn:aws:sqs`; one ` is left alone."),
        (even, "It says <code>&lt;b&gt;</code> and <code>arn:aws:sqs</code>."),
    ):
        assert expected in shown(msgspec.structs.replace(assessment, findings=(one,), links=()), catalogue)
