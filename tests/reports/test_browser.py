"""The report in a real browser: Debian's Chromium, driven by Playwright.

Without Chromium these tests are skipped and say so; where ``PORTABILITY_BROWSER=required`` that is a failure.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest

from portability.assessment import assess
from portability.audit import audit
from portability.gate import judge
from portability.model import Assessment
from portability.reports import FORMATS, Report
from tests.conftest import ROOT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
REQUIRED = os.environ.get("PORTABILITY_BROWSER") == "required"
QUIET = ("--disable-gpu", "--disable-background-networking", "--disable-sync", "--disable-component-update")
MANY = 5_000

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM and not REQUIRED, reason="the browser tests did not run: no chromium (apt-get install chromium)"
    ),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    assert CHROMIUM, "PORTABILITY_BROWSER=required, and there is no chromium"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=False, args=[*QUIET])
        yield running
        running.close()


@pytest.fixture(scope="module")
def assessment(catalogue) -> Assessment:
    """A fixture's findings, repeated until there are many, in a tree of teams and modules."""
    small = audit(ROOT / "fixtures" / "webshop-aws", catalogue, ("ovhcloud", "self-hosted"))
    copies = [
        msgspec.structs.replace(
            finding,
            fingerprint=f"{number:020x}",
            component=f"services/team-{number % 41:02}",
            location=msgspec.structs.replace(finding.location, path=f"services/team-{number % 41:02}/m-{number}.tf"),
        )
        for number, finding in enumerate(list(small.findings) * (MANY // len(small.findings) + 1))
    ]
    return assess("many", copies[:MANY], small.coverage, catalogue, small.targets)


@pytest.fixture(scope="module")
def report(assessment, catalogue) -> Report:
    return Report(assessment=assessment, verdict=judge(assessment, {}), catalogue=catalogue)


@pytest.fixture(scope="module")
def file(report, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("browser") / "report.html"
    path.write_text(FORMATS["html"](report), encoding="utf-8")
    return path


@pytest.fixture
def page(browser, file):
    """The page, opened; that nothing was asked of a network or complained of is checked in the end."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    complaints: list[str] = []
    requests: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda request: requests.append(request.url))
    opened.goto(file.as_uri())
    yield opened
    assert complaints == []
    assert requests == [file.as_uri()]
    context.close()


def matching(page) -> tuple[int, int]:
    text = page.inner_text("#matching")
    shown, whole = re.findall(r"[\d,]+", text)
    return int(shown.replace(",", "")), int(whole.replace(",", ""))


def test_it_opens_without_a_complaint_and_asks_nothing_of_a_network(page):
    assert page.title() == "What ties many to its clouds"
    assert matching(page) == (MANY, MANY)


def test_only_some_rows_are_drawn_and_scrolling_brings_all(page):
    assert page.locator("#every tbody tr").count() < 1_000
    for _ in range(500):
        if not page.locator("#more").is_visible():
            break
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        page.wait_for_timeout(20)
    assert page.locator("#every tbody tr").count() == MANY


def test_search_and_filters_narrow_the_list_and_clearing_brings_it_back(page, assessment):
    queues = sum(finding.service == "aws/sqs" for finding in assessment.findings)
    page.select_option("select[name=service]", "aws/sqs")
    assert matching(page) == (queues, MANY)
    page.fill("input[name=text]", "team-07 aws_sqs_queue")
    wanted = [f for f in assessment.findings if "team-07" in f.location.path and f.symbol == "aws_sqs_queue"]
    assert matching(page)[0] == len(wanted) > 0
    page.fill("input[name=text]", "there is no such thing")
    assert matching(page)[0] == 0
    page.click("#clear")
    assert matching(page) == (MANY, MANY)


def test_a_service_in_a_table_leads_to_its_findings(page, assessment):
    page.locator("#services a[data-service='aws/lambda']").click()
    assert matching(page)[0] == sum(finding.service == "aws/lambda" for finding in assessment.findings)
    assert page.locator("#every tbody tr").first.locator("td").nth(2).inner_text() == "aws/lambda"


def test_a_deep_link_shows_its_finding_wherever_it_stands(browser, file, assessment):
    last = assessment.findings[-1]
    context = browser.new_context()
    opened = context.new_page()
    for hash in (f"f-{last.fingerprint}", str(last.location)):
        opened.goto("about:blank")
        opened.goto(f"{file.as_uri()}#{hash}")
        assert opened.locator(f"#f-{last.fingerprint}").is_visible()
    context.close()


def test_tables_sort_by_keyboard_and_say_so(page):
    head = page.locator("#every th").nth(1)
    head.locator("button").focus()
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    assert page.locator("#every tbody tr").first.locator("td").nth(1).inner_text() == "compatible"
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    assert page.locator("#every tbody tr").first.locator("td").nth(1).inner_text() == "proprietary"


def test_figures_on_the_page_are_those_of_the_json(page, report):
    told = json.loads(FORMATS["json"](report))
    for service in told["services"]:
        row = page.locator(f"#services tr[data-service='{service['service']}'] td")
        assert row.nth(0).inner_text() == service["lock_in"]
        assert row.nth(1).inner_text().replace(",", "") == str(service["uses"])
        assert row.nth(2).inner_text().replace(",", "") == str(service["callers"])
        assert row.nth(3).inner_text().replace(",", "") == str(service["findings"])
    for target, (low, high) in told["effort"].items():
        assert page.inner_text(f"[data-figure='effort.{target}']") == f"{low:,.0f}–{high:,.0f} person-days"


def test_it_is_whole_without_script(browser, file):
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(file.as_uri())
    assert opened.locator("#every tbody tr").count() == MANY
    assert not opened.locator("#filter").is_visible()
    context.close()


@pytest.mark.parametrize(
    ("scheme", "width", "language"),
    [("light", 1440, "en"), ("dark", 360, "en"), ("dark", 1280, "nl"), ("light", 768, "nl"), ("light", 360, "nl")],
)
def test_axe_finds_nothing(browser, report, tmp_path, scheme, width, language):
    path = tmp_path / "report.html"
    told = msgspec.structs.replace(report, language=language)
    path.write_text(FORMATS["html"](told), encoding="utf-8")
    # The page's own policy would keep axe out.
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800}, bypass_csp=True)
    opened = context.new_page()
    opened.goto(path.as_uri())
    opened.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    opened.select_option("select[name=service]", "aws/lambda")
    opened.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    found = opened.evaluate("axe.run()")
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []
    context.close()


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("width", [320, 768, 1280])
def test_the_page_itself_never_scrolls_sideways(browser, report, tmp_path, width, language):
    """Nor with its folds open, in the language of longer words."""
    file = tmp_path / "report.html"
    file.write_text(FORMATS["html"](msgspec.structs.replace(report, language=language)), encoding="utf-8")
    context = browser.new_context(viewport={"width": width, "height": 800})
    opened = context.new_page()
    opened.goto(file.as_uri())
    opened.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_what_is_to_be_filled_in_is_in_sight_beside_its_component(browser, file):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.goto(file.as_uri())
    assert opened.evaluate("(({scrollWidth, clientWidth}) => scrollWidth <= clientWidth)(exit.parentElement)")
    context.close()


def test_on_a_phone_no_table_is_cut_and_what_has_the_focus_is_seen(browser, file):
    """Rows stand as blocks, each cell beside the name of its column."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    opened = context.new_page()
    opened.goto(file.as_uri())
    opened.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    cut = opened.evaluate("""[...document.querySelectorAll(".scroll:has(> table)")]
        .filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.getAttribute("aria-label"))""")
    assert cut == []
    cell = opened.locator("#services tbody tr td.n").first
    assert cell.evaluate("(cell) => getComputedStyle(cell, '::before').content").startswith('"Uses')
    hidden = opened.evaluate("""[...document.querySelectorAll("a, button, input, select, summary")].filter((one) => {
        if (one.matches(".skip") || !one.checkVisibility()) return false;
        const {width, height} = one.getBoundingClientRect();
        const head = one.closest("thead");
        return width < 1 || height < 1 || head && getComputedStyle(head).clipPath !== "none";
    }).map((one) => one.outerHTML)""")
    assert hidden == []
    context.close()


@pytest.mark.parametrize(("service", "pages"), [("", 50), ("aws/sqs", 1)])
def test_paper_holds_every_finding_that_matches_and_every_fold(browser, file, assessment, tmp_path, service, pages):
    wanted = sum(not service or finding.service == service for finding in assessment.findings)
    context = browser.new_context(color_scheme="dark")
    opened = context.new_page()
    opened.goto(file.as_uri())
    opened.select_option("select[name=service]", service)
    drawn = opened.locator("#every tbody tr").count()
    opened.evaluate("""window.addEventListener("beforeprint", () => {
        window.printed = document.querySelectorAll("#every tbody tr").length;
        window.folded = document.querySelectorAll("details:not([open])").length;
    })""")
    printed = tmp_path / "report.pdf"
    opened.pdf(path=str(printed), prefer_css_page_size=True)
    assert opened.evaluate("[window.printed, window.folded]") == [wanted, 0]
    data = printed.read_bytes()
    assert data.startswith(b"%PDF-")
    sheets = [tuple(map(float, box.split()[2:])) for box in re.findall(rb"/MediaBox \[([^]]+)\]", data)]
    assert len(sheets) > pages
    assert {wide > tall for wide, tall in sheets} == {True, False}, "the plan and the findings lie on their side"
    opened.wait_for_function("drawn => document.querySelectorAll('#every tbody tr').length === drawn", arg=drawn)
    context.close()


def test_the_first_sheet_answers_what_a_board_asks(browser, report, tmp_path):
    """Nothing of “In short” runs over to a second page."""
    for language in ("en", "nl"):
        path = tmp_path / f"{language}.html"
        path.write_text(FORMATS["html"](msgspec.structs.replace(report, language=language)), encoding="utf-8")
        context = browser.new_context(viewport={"width": 680, "height": 960})  # A4 within its margins
        opened = context.new_page()
        opened.goto(path.as_uri())
        opened.emulate_media(media="print")
        bottom = opened.evaluate("document.getElementById('short').getBoundingClientRect().bottom + window.scrollY")
        assert bottom < 297 / 25.4 * 96 - 34 / 25.4 * 96
        context.close()
