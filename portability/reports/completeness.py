"""How complete the catalogue is, as plain aligned text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from portability.catalogue.completeness import Judged, KnownNames, Row, Uses

_SHOWN = 20


def coverage(
    known: KnownNames, rows: Sequence[Row], judged: Sequence[Judged], counted: Uses, targets: Sequence[str]
) -> str:
    """Names by provider and source, then services by provider; what is missing is named below."""
    return "".join(f"{line}\n" for line in _lines(known, rows, judged, counted, targets))


def _lines(
    known: KnownNames, rows: Sequence[Row], judged: Sequence[Judged], counted: Uses, targets: Sequence[str]
) -> Iterator[str]:
    yield f"Names in the providers' own lists, as of {known.date}"
    table = [(row.provider, row.source, row.known, row.classified, len(row.unclassified)) for row in rows]
    yield from _table(("provider", "source", "known", "classified", "unclassified"), table)
    for row in rows:
        yield from _missing(f"{row.provider} {row.source}, unclassified", row.unclassified)
    yield ""
    yield f"Services whose lock-in is known and for which {' and '.join(targets)} answer with a source"
    services = [_judgement(row) for row in judged]
    yield from _table(("provider", "services", "judged", "share", "uses", "share of uses"), services)
    yield f"Uses were counted in {len(counted.sources)} public repositories on {counted.date}."
    for judgement in judged:
        yield from _missing(f"{judgement.provider}, not judged", judgement.not_judged)


def _judgement(row: Judged) -> tuple[str | int, ...]:
    share, weighed = _share(row.judged, row.services), _share(row.uses_judged, row.uses)
    return row.provider, row.services, row.judged, share, row.uses, weighed


def _table(head: Sequence[str], rows: Sequence[Sequence[str | int]]) -> Iterator[str]:
    """Rows under a head, two spaces apart; text to the left, figures to the right."""
    cells = [[f"{cell:,}" if isinstance(cell, int) else cell for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
    left = [all(not row[place][:1].isdigit() for row in cells) for place in range(len(head))]
    for row in (list(head), *cells):
        shown = (
            cell.ljust(w) if to_left else cell.rjust(w) for cell, w, to_left in zip(row, widths, left, strict=True)
        )
        yield "  ".join(shown).rstrip()


def _share(part: int, whole: int) -> str:
    # Rounded down, so that 100 % is all of them.
    return f"{100 * part // whole} %" if whole else "–"


def _missing(what: str, names: Sequence[str]) -> Iterator[str]:
    if names:
        more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
        yield f"{what}: {', '.join(names[:_SHOWN])}{more}"
