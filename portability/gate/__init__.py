"""The gate: what fails, what is only told, what was there before, what somebody accepted."""

from portability.gate.verdict import STOPPED, Exit, GateError, Judged, Verdict, judge

__all__ = ["STOPPED", "Exit", "GateError", "Judged", "Verdict", "judge"]
