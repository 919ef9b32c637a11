"""The exit plan goes out as a table, comes back edited, and its edits show."""

from __future__ import annotations

import csv
import io
import json
import sys
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from portability.reports.plan import COLUMNS
from tests.command_line import Done, portability
from tests.conftest import ROOT

FIXTURE = str(ROOT / "fixtures" / "webshop-aws")


def audit(*arguments: str) -> Done:
    return portability("audit", FIXTURE, *arguments)


def plan(*arguments: str) -> list[dict[str, str]]:
    done = audit("-o", "plan", *arguments)
    assert done.exit_code == 0, done.output
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_a_plan_has_a_row_a_component_with_what_the_code_declares():
    rows = {row["component"]: row for row in plan()}
    assert set(rows) == {".", "deploy", "infrastructure"}
    assert rows["infrastructure"]["treatment"] == "refactor"
    assert "storage_gb 100" in rows["infrastructure"]["declared"]
    assert tuple(plan()[0]) == COLUMNS


@pytest.mark.parametrize("separator", [",", ";"])
def test_edits_in_csv_come_back(tmp_path: Path, separator: str):
    rows = plan()
    rows[1] |= {"owner": "=platform team", "treatment": "retain", "wave": "7", "test": "restore in June"}
    file = tmp_path / "plan.csv"
    with file.open("w", newline="", encoding="utf-8-sig") as out:
        writer = csv.DictWriter(out, COLUMNS, delimiter=separator)
        writer.writeheader()
        writer.writerows(rows)
    again = plan("--plan", str(file))
    # What was put off comes last, and no cell begins a formula.
    assert again[-1]["component"] == "deploy"
    assert (again[-1]["owner"], again[-1]["wave"], again[-1]["treatment"]) == ("'=platform team", "7", "retain")
    page = audit("-o", "html", "--plan", str(file)).stdout
    assert '<b title="From the plan">=platform team</b>' in page
    assert '<b title="From the plan">restore in June</b>' in page


def written(rows: list[dict[str, str]], columns: list[str], **how: str) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, extrasaction="ignore", **how)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize(
    ("how", "encoding", "above"),
    [
        ({"delimiter": ";", "lineterminator": "\r\n"}, "cp1252", ""),
        ({"delimiter": ";", "lineterminator": "\r\n", "quoting": csv.QUOTE_ALL}, "utf-8-sig", "sep=;\r\n"),
        ({"delimiter": "\t", "lineterminator": "\r\n"}, "utf-16", ""),
        ({"delimiter": ",", "lineterminator": "\r", "quoting": csv.QUOTE_ALL}, "utf-8", ""),
        ({"delimiter": ",", "lineterminator": "\n", "quoting": csv.QUOTE_ALL}, "utf-8", ""),
    ],
    ids=["Dutch Excel", "with sep=", "Unicode text", "old Mac", "LibreOffice"],
)
def test_a_plan_comes_back_as_spreadsheets_save_it(tmp_path: Path, how: dict[str, str], encoding: str, above: str):
    rows = plan()
    rows[1] |= {"owner": "Coördinatie; inkoop, beheer", "note": "eerst\nvragen"}
    # Columns are moved about, one of somebody's own is added, and blank lines stand below.
    columns = ["mine", *reversed(COLUMNS)]
    text = above + written([*rows, dict.fromkeys(COLUMNS, "")], columns, **how).replace("component", " Component ", 1)
    file = tmp_path / "plan.csv"
    file.write_bytes(text.encode(encoding))
    again = {row["component"]: row for row in plan("--plan", str(file))}
    assert again["deploy"]["owner"] == "Coördinatie; inkoop, beheer"
    assert again["deploy"]["note"].split() == ["eerst", "vragen"]


def test_what_was_computed_and_left_alone_is_computed_again(tmp_path: Path):
    rows = plan()
    for row in rows:
        row["computed_wave"] = row["wave"] = "8"
        row["asks"], row["treatment"] = "repoint", "rehost"
    file = tmp_path / "plan.csv"
    file.write_text(written(rows, list(COLUMNS)))
    assert plan("--plan", str(file)) == plan()
    rows[0]["wave"] = "9"
    file.write_text(written(rows, list(COLUMNS)))
    assert [row["wave"] for row in plan("--plan", str(file))][-1] == "9"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "is a workbook or a zip file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is a workbook of old Excel"),
        (b"component,kind\na,terraform\na,terraform\n", "has two rows for a (terraform); keep one"),
    ],
)
def test_a_plan_that_cannot_be_taken_is_refused_with_what_to_do(tmp_path: Path, content: bytes, why: str):
    file = tmp_path / "plan.csv"
    file.write_bytes(content)
    done = audit("--plan", str(file))
    assert (done.exit_code, why in done.output) == (2, True)


def test_a_day_in_a_workbook_is_a_day(tmp_path: Path):
    file = tmp_path / "plan.xlsx"
    assert audit("-o", f"xlsx={file}").exit_code == 0
    book = openpyxl.load_workbook(file)
    sheet = book["Exit plan"]
    head = [cell.value for cell in sheet[1]]
    sheet.cell(2, head.index("trigger") + 1, datetime(2027, 7, 1))
    sheet.cell(2, head.index("wave") + 1, 5.0)
    book.save(file)
    assert ("2027-07-01", "5") in [(row["trigger"], row["wave"]) for row in plan("--plan", str(file))]


def test_edits_in_a_workbook_come_back(tmp_path: Path):
    file = tmp_path / "plan.xlsx"
    assert audit("-o", f"xlsx={file}").exit_code == 0
    book = openpyxl.load_workbook(file)
    sheet = book["Exit plan"]
    head = [cell.value for cell in sheet[1]]
    sheet.cell(2, head.index("owner") + 1, "shop team")
    sheet.cell(2, head.index("wave") + 1, 2)
    book.save(file)
    again = {row["owner"]: row["wave"] for row in plan("--plan", str(file))}
    assert again["shop team"] == "2"


def test_a_workbook_is_the_same_bytes_again_and_holds_no_formula(tmp_path: Path):
    files = [tmp_path / "one.xlsx", tmp_path / "two.xlsx"]
    for file in files:
        audit("-o", f"xlsx={file}")
    assert files[0].read_bytes() == files[1].read_bytes()
    book = openpyxl.load_workbook(files[0])
    assert book.sheetnames == ["Exit plan", "Services", "Equivalents", "Findings"]
    assert not [cell for sheet in book for line in sheet for cell in line if cell.data_type == "f"]


def test_a_workbook_has_a_row_for_each_answer_of_each_service(tmp_path: Path):
    sheet, data = tmp_path / "plan.xlsx", tmp_path / "report.json"
    assert audit("-o", f"xlsx={sheet}", "-o", f"json={data}").exit_code == 0
    head, *rows = openpyxl.load_workbook(sheet)["Equivalents"].iter_rows(values_only=True)
    told = [dict(zip(head, row, strict=True)) for row in rows]
    known = [
        (s["service"], e["target"], e["fidelity"])
        for s in json.loads(data.read_bytes())["services"]
        for e in s["equivalents"]
    ]
    assert [(row["service"], row["target"], row["fidelity"]) for row in told] == known
    assert any((row["lost"] or "").startswith("no ") for row in told if row["fidelity"] == "partial")


def test_rows_without_a_component_are_told(tmp_path: Path):
    file = tmp_path / "plan.csv"
    file.write_text("component,kind,owner\ngone/module,terraform,somebody\n")
    assert "gone/module (terraform)" in audit("-o", "html", "--plan", str(file)).stdout


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\0", b"\0" * 100])
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_what_is_no_plan_is_refused_with_a_reason(tmp_path: Path, content: bytes, suffix: str):
    file = tmp_path / f"plan.{suffix}"
    file.write_bytes(content)
    done = audit("--plan", str(file))
    assert done.exit_code == 2
    assert f"plan.{suffix}" in done.output


@pytest.mark.parametrize(("name", "package"), [("xlsx", "xlsxwriter"), ("cyclonedx", "cyclonedx.model")])
def test_a_format_whose_package_is_missing_says_what_to_install(monkeypatch, tmp_path: Path, name: str, package: str):
    monkeypatch.setitem(sys.modules, package, None)
    done = audit("-o", f"{name}={tmp_path / 'out'}")
    assert done.exit_code == 2
    assert f"pip install 'cloud-portability[{name}]'" in done.output
