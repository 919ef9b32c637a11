"""Tables that people filled in and saved as CSV, as the spreadsheets of several countries write them."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

_SEPARATORS = (",", ";", "\t")
_NOT_TEXT = {b"PK\x03\x04": "a workbook or a zip file", b"\xd0\xcf\x11\xe0": "a workbook of old Excel"}


class TableError(Exception):
    """A file that holds no table of text: why, and what to do."""


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file by the names in its first line, in lower case; lines that are all blank are left out.

    Commas, semicolons and tabs separate, a line ``sep=;`` above says which. UTF-8, with a mark or without, UTF-16 with
    one, and else the Windows code page of western Europe. Raises TableError, or OSError where it cannot be opened.
    """
    text = _text(path)
    first = next(iter(text.splitlines()), "")
    said = first.strip().strip('"').lower()
    if said.startswith("sep=") and len(said) == len("sep=;"):
        separator, text = said[-1], text[len(first) :].lstrip("\r\n")
    else:
        separator = max(_SEPARATORS, key=first.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise TableError(f"{path} is not CSV: {error}; save it as CSV again") from error
    return by_name(lines)


def by_name(lines: list[list[str]]) -> list[dict[str, str]]:
    """Lines of cells as rows by the names in the first; cells without a name are nobody's."""
    head = [name.strip().lower() for name in lines[0]] if lines else []
    found = (
        {name: text.strip() for name, text in zip(head, line, strict=False) if name}
        | {name: "" for name in head[len(line) :] if name}
        for line in lines[1:]
    )
    return [row for row in found if any(row.values())]


def number(text: str) -> float:
    """A number with a decimal point or comma. Raises ValueError."""
    return float(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)


def _text(path: Path) -> str:
    data = path.read_bytes()
    for mark, what in _NOT_TEXT.items():
        if data.startswith(mark):
            raise TableError(f"{path} is {what} and not CSV; save it as CSV")
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TableError(f"{path} is in no encoding that is read; save it as CSV UTF-8")
