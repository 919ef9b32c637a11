"""Values that the Terraform room calls known, against what HashiCorp's own code makes of them.

Usage: ``python bench/terraform_values.py DIRECTORY... [--alone]``, where ``tfparse`` is installed beside the product:
it wraps HashiCorp's parser and evaluator. Every directory that is run by itself is loaded as a root, with the modules
that it calls, in a process of its own (the evaluator may die). Of every resource and data source all attributes are
compared that tfparse knows, at any depth, over all roots and instances. Each difference is printed, with ``--alone``
also each value that only tfparse calls known.

What tfparse does not know it leaves out, gives as null, as source text with ``${``, as an empty text inside a longer
one, or as an identifier that it makes up; a path that some blocks of a type have and others not, it may have lost. So
nothing of that is a difference, and much of what it alone calls known is not known. Of a dynamic block that another
block follows it loses the last element: that counts as equal “as far as tfparse has the blocks”. Modules that
Terragrunt runs are left out: tfparse does not know their inputs.

2026-11-30, on azure (jenkins-infra), simpleinfra (rust-lang), cg-provision (cloud-gov), io-infra and selfcare-infra
(pagopa), platform-infrastructure (wellcomecollection), notification-terraform (cds-snc), AzureTRE (microsoft),
caf-terraform-landingzones (Azure), cluster-toolkit and cloud-foundation-fabric (GoogleCloudPlatform),
terraform-google-kubernetes-engine and terraform-example-foundation (terraform-google-modules): 14,701 values equal, 20
as far as tfparse has the blocks, 1 different: a module that is also called through a link to its directory. Since links
are followed, AzureTRE has none (1,911 equal).
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from portability.discovery import Seen, Tree, discover, look
from portability.interest import Claim, Interest, NameTable
from portability.model import Source, Usage
from portability.parsers import terraform
from portability.parsers.terraform.budget import Budget
from portability.parsers.terraform.configuration import Around, configure
from portability.parsers.terraform.grouping import is_values
from portability.parsers.terraform.opening import attributes, open_file
from portability.parsers.terraform.sources import Sources
from portability.settings import DEFAULT

Place = tuple[str, int]
LOAD = "import json, sys, tfparse; json.dump(tfparse.load_from_path(sys.argv[1]), sys.stdout)"
SECONDS = 120
_MADE_UP = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OWN_KEYS = ("id", "depends_on", "lifecycle")
_MAX_DEPTH = 6
_FILES = (".tf", ".tf.json", ".tfvars", ".tfvars.json")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directories", nargs="+", type=Path)
    parser.add_argument("--alone", action="store_true")
    asked = parser.parse_args()
    total: Counter[str] = Counter()
    for root in asked.directories:
        counts = compare(root, alone=asked.alone)
        total += counts
        print(f"{root.name}: {dict(sorted(counts.items()))}", flush=True)
    print(f"all: {dict(sorted(total.items()))}")
    return 0


def compare(root: Path, *, alone: bool) -> Counter[str]:
    counts: Counter[str] = Counter()
    tree = Tree(root, [path for path, _ in discover(root).files])
    sources = sources_of(tree)
    theirs: dict[Place, list[dict[str, Any]]] = defaultdict(list)
    for directory in roots(sources):
        evaluated(root, directory, theirs, counts)
    paths: dict[str, set[str]] = defaultdict(set)
    for items in theirs.values():
        for item in items:
            paths[item["__tfmeta"]["label"]].update(path for path, _ in leaves(item))
    for usage in ours(sources, tree, {type_: tuple(sorted(found)) for type_, found in paths.items()}):
        if any(one.path.endswith(".hcl") for one in usage.related):
            counts["blocks that Terragrunt runs, of which tfparse knows nothing"] += 1
            continue
        place = usage.location.path, usage.location.line
        for path in paths.get(usage.symbol, ()) if place in theirs else ():
            given = [[value for name, value in leaves(item) if name == path] for item in theirs[place]]
            verdict = judge(usage, path, given)
            counts[verdict] += 1
            if "different" in verdict or (alone and "tfparse alone" in verdict):
                value = usage.values.get(path, "not set")
                print(f"{verdict}: {usage.location} {usage.symbol} {path}: {value!r:.300}, theirs {given[0]!r:.300}")
    return counts


def sources_of(tree: Tree) -> dict[str, Source]:
    """What declares something or sets variables, by path."""
    seen = {path: look(tree.root, path) for path in tree.everywhere(_FILES)}
    return {path: one.source for path, one in seen.items() if isinstance(one, Seen) and one.source is not None}


def roots(sources: dict[str, Source]) -> list[str]:
    """The directories that are run by themselves."""
    files, values = defaultdict(list), defaultdict(list)
    for path, source in sources.items():
        file, _ = open_file(source)
        directory = path.rpartition("/")[0]
        if file is not None and is_values(path):
            values[directory].append((path, attributes(file)))
        elif file is not None:
            files[directory].append(file)
    modules = configure(files, values, Around(Sources({}, {}, {}), [], {}, Budget()))
    return sorted(directory for directory, module in modules.items() if module.is_root)


def evaluated(root: Path, directory: str, found: dict[Place, list[dict[str, Any]]], counts: Counter[str]) -> None:
    """Add what tfparse makes of a root: blocks by their place, several for the instances of one."""
    command = [sys.executable, "-c", LOAD, str(root / directory)]
    try:
        loaded = json.loads(subprocess.run(command, capture_output=True, timeout=SECONDS, check=True).stdout)
    except (subprocess.SubprocessError, ValueError):
        counts["roots that tfparse refuses"] += 1
        return
    counts["roots"] += 1
    for item in (item for items in loaded.values() for item in items):
        meta = item.get("__tfmeta", {})
        if meta.get("type") in ("resource", "data"):
            file = (root / directory / meta["filename"]).resolve()
            if file.is_relative_to(root.resolve()):
                found[file.relative_to(root.resolve()).as_posix(), meta["line_start"]].append(item)


def ours(sources: dict[str, Source], tree: Tree, asked: dict[str, tuple[str, ...]]) -> Iterator[Usage]:
    claims = NameTable.of([("*", Claim("any/service", "primary"))])
    interest = Interest(names={"terraform": claims}, attributes=asked)
    for unit in terraform.units(tree.everywhere(_FILES), tree, interest, DEFAULT):
        texts = [sources.get(path) or text_of(tree, path) for path in unit]
        for reading in terraform.read([source for source in texts if source is not None], interest).values():
            yield from (usage for usage in reading.usages if usage.kind in ("resource", "data"))


def text_of(tree: Tree, path: str) -> Source | None:
    """A file that a configuration reads at a run, or a link to a folder."""
    if path.endswith("/"):
        return Source(path=path, language="terraform", data=(tree.real(path.rstrip("/")) or "").encode())
    data = tree.read(path)
    return None if data is None else Source(path=path, language="", data=data)


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


def judge(usage: Usage, path: str, given: list[list[Any]]) -> str:
    """What comes of comparing what a path holds: ``given`` are its values in each of tfparse's instances."""
    value = usage.values.get(path)
    if not all(given) or not all(map(is_known, given)):
        return "known to us alone" if path in usage.values and is_known(value) else "known to nobody"
    nested = "nested, " if "." in path else ""
    if path not in usage.values or not is_known(value):
        return "instances differ" if any(one != given[0] for one in given) else f"{nested}known to tfparse alone"
    several = value if len(given[0]) > 1 and isinstance(value, list) else [value]
    mine = [plain(one) for one in several]
    theirs = [[plain(one) for one in instance] for instance in given]
    if all(instance == mine for instance in theirs):
        return f"{nested}equal"
    flat = [plain(one) for one in value] if isinstance(value, list) else mine
    if nested and all(is_within(instance, flat) for instance in theirs):
        return "nested, equal, as far as tfparse has the blocks"
    return f"{nested}different"


def is_within(some: list[Any], all_: list[Any]) -> bool:
    """Whether all of some stand in a longer list, in that order."""
    rest = iter(all_)
    return len(some) < len(all_) and all(any(one == other for other in rest) for one in some)


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
    raise SystemExit(main())
