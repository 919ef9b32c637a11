"""Values that the Terraform room calls known, against what HashiCorp's own code evaluates.

Usage: ``python bench/terraform_values.py DIRECTORY...`` with ``tfparse`` installed, which wraps HashiCorp's parser and
evaluator. Every directory below the given ones is loaded as a root module, so only blocks that stand in it are
compared, and of those the top-level attributes that the catalogue asks for. Prints each difference.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import tfparse

from portability import catalogue
from portability.discovery import Seen, Tree, discover, look
from portability.interest import Interest
from portability.model import UNKNOWN
from portability.parsers import terraform
from portability.parsers.terraform import grouping


def main(roots: list[str]) -> int:
    interest = catalogue.load().interest
    total: Counter[str] = Counter()
    for root in map(Path, roots):
        counts = compare(root, interest)
        total += counts
        print(f"{root.name}: {dict(counts)}")
    print(f"all: {dict(total)}")
    return 0


def compare(root: Path, interest: Interest) -> Counter[str]:
    counts: Counter[str] = Counter()
    ours = known_values(root, interest)
    for directory in sorted({path.rpartition("/")[0] for path, _ in ours}):
        try:
            theirs = tfparse.load_from_path(str(root / directory))
        except (tfparse.ParseError, OSError, ValueError):
            counts["directories that tfparse refuses"] += 1
            continue
        for items in theirs.values():
            for item in items:
                meta = item.get("__tfmeta", {})
                if "module." in meta.get("path", "module."):
                    continue
                place = (f"{directory}/{Path(meta['filename']).name}".lstrip("/"), meta["line_start"])
                for name, value in ours.get(place, {}).items():
                    counts.update([judge(place, name, value, item)])
    return counts


def known_values(root: Path, interest: Interest) -> dict[tuple[str, int], dict[str, Any]]:
    tree = Tree(root, [path for path, _ in discover(root).files])
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for unit in grouping.units(tree.everywhere((".tf", ".tf.json")), tree):
        sources = [seen.source for path in unit if isinstance(seen := look(root, path), Seen)]
        for reading in terraform.read([source for source in sources if source is not None], interest).values():
            for usage in reading.usages:
                if usage.kind in ("resource", "data"):
                    plain = {name: value for name, value in usage.values.items() if "." not in name}
                    found[usage.location.path, usage.location.line] = plain
    return found


def judge(place: tuple[str, int], name: str, value: Any, item: dict[str, Any]) -> str:
    if value is UNKNOWN:
        return "unknown to us, known to them" if simple(item.get(name)) else "unknown to both"
    if not simple(value) or name not in item or isinstance(item[name], dict):
        return "not compared"
    if item[name] == value or str(item[name]) == str(value):
        return "equal"
    if item[name] is None:
        return "known to us, unknown to them"
    print(f"{place[0]}:{place[1]} {name}: ours {value!r}, theirs {item[name]!r}")
    return "different"


def simple(value: Any) -> bool:
    return isinstance(value, (str, int, float, bool))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
