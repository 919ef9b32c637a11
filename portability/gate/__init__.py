"""The gate: what fails, what is only told, what was there before, what somebody accepted."""

from portability.gate.verdict import Exit, GateError, Judged, Verdict, judge

__all__ = ["Exit", "GateError", "Judged", "Verdict", "judge"]
