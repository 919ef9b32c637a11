"""``python -m portability``."""

from portability.cli import run

run()
