"""What somebody filled into a workbook that ``-o xlsx`` wrote. Needs the extra ``xlsx``."""

from __future__ import annotations

from pathlib import Path

from portability.assessment.spreadsheet import TableError
from portability.reports import MissingExtraError

PLAN = "Exit plan"
"""The sheet that is read back."""


def table(path: Path) -> list[list[str]]:
    """The cells of a workbook's plan, or of its first sheet. Raises TableError where it is no workbook."""
    try:
        import openpyxl
    except ModuleNotFoundError as error:
        raise MissingExtraError("xlsx") from error
    from zipfile import BadZipFile

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, KeyError, ValueError) as error:
        raise TableError(f"{path} is not a workbook: {error}") from error
    sheet = book[PLAN] if PLAN in book.sheetnames else book.worksheets[0]
    return [[_shown(value) for value in line] for line in sheet.iter_rows(values_only=True)]


def _shown(value: object) -> str:
    """A cell as text. What a spreadsheet took for a day is a day, and a whole number has no fraction."""
    from datetime import datetime

    if isinstance(value, datetime) and not (value.hour or value.minute or value.second):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)
