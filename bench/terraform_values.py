"""Values that the Terraform room calls known, against what HashiCorp's own code evaluates.

Usage: ``python bench/terraform_values.py DIRECTORY...`` with ``tfparse`` installed, which wraps HashiCorp's parser and
evaluator. Every directory below the given ones is loaded as a root module, so only blocks that stand in it are
compared, and of those every attribute that tfparse knows, at any depth. Prints each difference.

What tfparse cannot tell it leaves out, gives as null, as source text with ``${``, or as an identifier that it makes up;
a path that it gives in some blocks of a type and not in others, it may have lost. So nothing of that is a difference.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tfparse

from portability.discovery import Seen, Tree, discover, look
from portability.interest import Claim, Interest, NameTable
from portability.model import UNKNOWN, Usage
from portability.parsers import terraform
from portability.settings import DEFAULT

Place = tuple[str, int]
_MADE_UP = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OWN_KEYS = ("id", "depends_on", "lifecycle")
_MAX_DEPTH = 6


def main(roots: list[str]) -> int:
    total: Counter[str] = Counter()
    for root in map(Path, roots):
        counts = compare(root)
        total += counts
        print(f"{root.name}: {dict(sorted(counts.items()))}")
    print(f"all: {dict(sorted(total.items()))}")
    return 0


def compare(root: Path) -> Counter[str]:
    counts: Counter[str] = Counter()
    tree = Tree(root, [path for path, _ in discover(root).files])
    theirs = evaluated(root, tree, counts)
    paths: dict[str, set[str]] = defaultdict(set)
    for items in theirs.values():
        for item in items:
            paths[item["__tfmeta"]["label"]].update(path for path, _ in leaves(item))
    claims = NameTable.of([("*", Claim("any/service", "primary"))])
    asked = {type_: tuple(sorted(found)) for type_, found in paths.items()}
    interest = Interest(names={"terraform": claims}, attributes=asked)
    for usage in ours(root, tree, interest):
        place = usage.location.path, usage.location.line
        for path in paths.get(usage.symbol, ()) if place in theirs else ():
            counts.update([judge(usage, path, theirs[place])])
    return counts


def evaluated(root: Path, tree: Tree, counts: Counter[str]) -> dict[Place, list[dict[str, Any]]]:
    """What tfparse makes of every directory: blocks by their place, several for the instances of one."""
    found: dict[Place, list[dict[str, Any]]] = defaultdict(list)
    for directory in sorted({path.rpartition("/")[0] for path in tree.everywhere((".tf", ".tf.json"))}):
        try:
            loaded = tfparse.load_from_path(str(root / directory))
        except (tfparse.ParseError, OSError, ValueError):
            counts["directories that tfparse refuses"] += 1
            continue
        for item in (item for items in loaded.values() for item in items):
            meta = item.get("__tfmeta", {})
            if meta.get("type") in ("resource", "data") and "module." not in meta["path"]:
                file = f"{directory}/{Path(meta['filename']).name}".lstrip("/")
                found[file, meta["line_start"]].append(item)
    return found


def ours(root: Path, tree: Tree, interest: Interest) -> Iterator[Usage]:
    for unit in terraform.units(tree.everywhere((".tf", ".tf.json")), tree, interest, DEFAULT):
        sources = [seen.source for path in unit if isinstance(seen := look(root, path), Seen)]
        readings = terraform.read([source for source in sources if source is not None], interest)
        for reading in readings.values():
            yield from (usage for usage in reading.usages if usage.kind in ("resource", "data"))


def leaves(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Dotted paths and what stands there; the blocks of one name give a path several times."""
    if isinstance(value, dict) and depth < _MAX_DEPTH:
        for name, inner in value.items():
            if name not in _OWN_KEYS and not name.startswith("__") and "." not in name:
                yield from leaves(inner, f"{path}.{name}".lstrip("."), depth + 1)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for inner in value:
            yield from leaves(inner, path, depth + 1)
    elif path:
        yield path, value


def judge(usage: Usage, path: str, items: list[dict[str, Any]]) -> str:
    given = [[value for name, value in leaves(item) if name == path] for item in items]
    value = usage.values.get(path)
    if not all(given) or not all(map(is_known, given)):
        return "known to us alone" if path in usage.values and is_known(value) else "known to nobody"
    if any(one != given[0] for one in given):
        return "instances differ" if value is UNKNOWN else "instances differ, and we know one value"
    nested = "nested, " if "." in path else ""
    if path not in usage.values or not is_known(value):
        return f"{nested}known to tfparse alone"
    several = value if len(given[0]) > 1 and isinstance(value, list) else [value]
    if [plain(one) for one in several] == [plain(one) for one in given[0]]:
        return f"{nested}equal"
    print(f"{usage.location} {usage.symbol} {path}: ours {value!r:.200}, theirs {given[0]!r:.200}")
    return f"{nested}different"


def plain(value: Any) -> Any:
    """Numbers and booleans may come as text on either side."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    return str(value).lower() if isinstance(value, (bool, int, float)) else value


def is_known(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(map(is_known, value))
    if isinstance(value, str):
        return "${" not in value and "%{" not in value and not _MADE_UP.search(value)
    return isinstance(value, (int, float))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
