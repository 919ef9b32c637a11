"""How reading Terraform grows with modules and calls: python bench/growth.py

Makes trees of N modules that are each called M times, with arguments of their own and outputs handed from one call to
the next, and audits each in one process. Printed are processor seconds, and microseconds a call, which stay level where
time grows linearly. Aim: the last figure is less than twice the third.

In 2026-11, for 1,600, 3,200, 6,400 and 12,800 calls: 384, 423, 436 and 442 µs a call. Before names that lead far were
worked out from their end, 100 modules in a row took eleven times as long a call as 50 did.
"""

from __future__ import annotations

import gc
import statistics
import tempfile
import time
from pathlib import Path

from portability import catalogue
from portability.audit import audit
from portability.catalogue import Catalogue

GRID = ((50, 2), (50, 8), (50, 32), (100, 32), (200, 32), (400, 32))
RUNS = 3
MODULE = """variable "name" {{}}
variable "size" {{
  default = 1
}}
locals {{
  full = "${{var.name}}-{0}"
}}
resource "aws_sqs_queue" "queue" {{
  count      = var.size > 0 ? 1 : 0
  name       = local.full
  fifo_queue = true
}}
output "name" {{
  value = local.full
}}
"""
CALL = """module "call_{0}_{1}" {{
  source = "../modules/m{0}"
  name   = {2}
  size   = {1}
}}
"""


def main() -> None:
    known = catalogue.load()
    print("modules  calls of each  calls in all  seconds  µs a call")
    for modules, calls in GRID:
        with tempfile.TemporaryDirectory() as made:
            root = Path(made)
            write(root, modules, calls)
            seconds = statistics.median(measured(root, known) for _ in range(RUNS))
        total = modules * calls
        print(f"{modules:7}  {calls:13}  {total:12,}  {seconds:7.2f}  {seconds / total * 1e6:9.0f}", flush=True)


def write(root: Path, modules: int, calls: int) -> None:
    """A folder of modules, and one configuration for each round of calls."""
    for number in range(modules):
        folder = root / "modules" / f"m{number}"
        folder.mkdir(parents=True)
        (folder / "main.tf").write_text(MODULE.format(number))
    for turn in range(calls):
        (root / f"round{turn}").mkdir()
        given = [f"module.call_{number - 1}_{turn}.name" if number else f'"r{turn}"' for number in range(modules)]
        text = "".join(CALL.format(number, turn, given[number]) for number in range(modules))
        (root / f"round{turn}" / "main.tf").write_text(text)


def measured(root: Path, known: Catalogue) -> float:
    gc.collect()
    begun = time.process_time()
    assessment = audit(root, known, (), jobs=1)
    if not assessment.findings:
        raise SystemExit("nothing was found")
    return time.process_time() - begun


if __name__ == "__main__":
    main()
