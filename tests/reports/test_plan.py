"""The exit plan goes out as a table, comes back edited, and its edits show."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from portability.cli import main
from portability.reports.plan import COLUMNS
from tests.conftest import ROOT

FIXTURE = str(ROOT / "fixtures" / "webshop-aws")


def audit(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["audit", FIXTURE, *arguments])


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
    assert book.sheetnames == ["Exit plan", "Services", "Findings"]
    assert not [cell for sheet in book for line in sheet for cell in line if cell.data_type == "f"]


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
