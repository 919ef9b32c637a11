"""Write ``portability/data/uses.json`` anew: how often public code uses each service.

Usage: ``python scripts/refresh_uses.py OWNER/NAME@COMMIT=DIRECTORY ...``, a checkout each. A use is a finding of role
primary or part. The counts weigh the figures of ``portability rules coverage``; no judgement rests on them. The file::

    {"sources": ["OWNER/NAME@COMMIT", ...], "date": ..., "uses": {service: findings}}
"""

from __future__ import annotations

import datetime
import json
import sys
from collections import Counter
from pathlib import Path

from portability import catalogue
from portability.audit import audit

TARGET = Path(__file__).parents[1] / "portability" / "data" / "uses.json"


def main(arguments: list[str]) -> int:
    known = catalogue.load()
    uses: Counter[str] = Counter()
    sources = []
    for argument in arguments:
        source, _, directory = argument.partition("=")
        sources.append(source)
        for finding in audit(Path(directory), known, ()).findings:
            if finding.kind == "lock-in" and finding.role in ("primary", "part"):
                uses[finding.service] += 1
    facts = {"sources": sorted(sources), "date": datetime.date.today().isoformat(), "uses": dict(sorted(uses.items()))}
    TARGET.write_text(json.dumps(facts, indent=0) + "\n", encoding="utf-8")
    print(f"{TARGET.name}: {uses.total():,} uses of {len(uses)} services in {len(sources)} repositories")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
