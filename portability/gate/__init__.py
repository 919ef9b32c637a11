"""The gate: what fails, what is only told, what was there before, what somebody accepted."""

from portability.gate.verdict import Exit, Judged, Verdict, judge

__all__ = ["Exit", "Judged", "Verdict", "judge"]
