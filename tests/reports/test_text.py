"""The terminal's summary: figures are the assessment's, and it fits a terminal of 80 columns."""

from __future__ import annotations

import re
from itertools import takewhile

import pytest

from portability.audit import audit
from portability.reports import text
from portability.reports.figures import fit, in_use
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def assessment(catalogue):
    return audit(ROOT / "fixtures" / "webshop-aws", catalogue, ("ovhcloud", "self-hosted"))


@pytest.fixture(scope="module")
def shown(assessment, catalogue) -> list[str]:
    return text.render(assessment, catalogue).splitlines()


def test_no_line_is_wider_than_the_terminal(shown):
    assert [line for line in shown if len(line) > 80] == []


def test_the_summary_says_how_tied_where_to_and_what_goes_first(shown, assessment, catalogue):
    start = next(number for number, line in enumerate(shown) if line.startswith("In short"))
    short = "\n".join(takewhile(lambda line: not line.startswith("What ties it"), shown[start:]))
    used = in_use(assessment)
    hard = sum(service.lock_in in ("proprietary", "captive") for service in used)
    assert f"{len(used)} services in use, {hard} of them hard to leave" in short
    for target in assessment.targets:
        row = next(line for line in short.splitlines() if line.strip().startswith(catalogue.targets[target].name[:8]))
        assert [int(number) for number in re.findall(r"\d+", row)[-4:]] == [
            len(services) for services in fit(assessment, target)
        ]
    assert "Goes first: " in short


def test_services_show_their_callers(shown, assessment):
    for service in assessment.services:
        row = next(line for line in shown if line.split()[:1] == [service.service])
        assert [int(cell.replace(",", "")) for cell in row.split()[1:4]] == [
            service.uses,
            service.callers,
            service.findings,
        ]


def test_a_file_that_was_read_is_not_told_as_one_that_no_parser_reads(tmp_path, catalogue):
    (tmp_path / "Dockerfile").write_text('FROM python:3.14\nRUN echo "nothing here runs on aws"\n')
    (tmp_path / "deploy.sh").write_text("aws s3 ls\n")
    told = " ".join(text.render(audit(tmp_path, catalogue, ()), catalogue).split())
    assert "not read, no parser, yet naming aws: shell (1); such as deploy.sh:1" in told
    assert "read, no use found, yet naming aws: Dockerfile (1); such as Dockerfile:2" in told


def test_the_end_of_what_only_others_pin_is_nobodys_to_mind(tmp_path, catalogue):
    ended = "Legacy AutoML Tables and Vision were shut down"
    (tmp_path / "requirements.txt").write_text(
        "apache-airflow-providers-google==14.0.0\ngoogle-cloud-automl==2.15.0  # via apache-airflow-providers-google\n"
    )
    assert ended not in " ".join(text.render(audit(tmp_path, catalogue, ()), catalogue).split())
    (tmp_path / "requirements.txt").write_text("google-cloud-automl==2.15.0\n")
    assert ended in " ".join(text.render(audit(tmp_path, catalogue, ()), catalogue).split())
