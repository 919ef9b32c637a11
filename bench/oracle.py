"""A type checker as an independent witness: python bench/oracle.py PYRIGHT PYTHON DIRECTORY...

``PYRIGHT`` is the program, ``PYTHON`` an interpreter in whose environment ``boto3-stubs``, ``boto3-stubs-full`` (all
services), ``botocore-stubs`` and ``types-aiobotocore`` are installed. Of every directory a copy is made in which the
receivers of attribute calls stand in ``reveal_type()``; the sites at which pyright sees a boto3 client, resource,
collection, paginator or waiter are the oracle's. Printed are, for each directory, how many of them the parser finds,
and how many of its findings the oracle contradicts: it knows the receiver's type, and it is another one.

Not counted: what sends no request (``client.close``, ``client.get_paginator`` without a look at what follows), and the
second link of a collection's chain (``.all().limit(3)``), which is the same request.
"""

from __future__ import annotations

import ast
import json
import re
import site
import subprocess
import sys
import tempfile
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from portability.discovery import Tree, discover
from portability.interest import Claim, Interest, NameTable
from portability.model import Usage
from portability.parsers.python import aws, units
from portability.parsers.python.operations import facts, operations, resource_type
from portability.reading import Reader
from portability.settings import DEFAULT

_CLASS = re.compile(r"(?m)^class (\w+)\(")
_BOTO = ("client", "service_resource", "paginator", "waiter")
_UNKNOWN = frozenset({"Unknown", "Any", "None", "Never", "type[Unknown]"})


class Site(NamedTuple):
    """A call of an attribute: where it begins and ends, and what is called."""

    path: str
    line: int
    column: int
    end_line: int
    method: str
    chained: bool


def wrapped(path: str, data: bytes) -> tuple[bytes, dict[tuple[int, int], Site]]:
    """The text with every receiver in ``reveal_type()``, and the site of each by where the receiver then begins."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data)
    except (SyntaxError, ValueError):
        return data, {}
    skipped = {id(node) for text in ast.walk(tree) if isinstance(text, ast.JoinedStr) for node in ast.walk(text)}
    lines = data.splitlines(keepends=True)
    inserts: dict[int, list[tuple[int, int, bytes, Site | None]]] = defaultdict(list)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and id(node) not in skipped:
            receiver = node.func.value
            if not isinstance(receiver, ast.Name | ast.Attribute | ast.Call | ast.Await | ast.Subscript):
                continue
            text = lines[node.lineno - 1][: node.col_offset].decode("utf-8", "replace")
            found = Site(
                path, node.lineno, len(text) + 1, node.end_lineno or 0, node.func.attr, isinstance(receiver, ast.Call)
            )
            end_line, end_column = receiver.end_lineno or 0, receiver.end_col_offset or 0
            span = (end_line - receiver.lineno) * 10_000 + end_column
            inserts[receiver.lineno].append((receiver.col_offset, -span, b"reveal_type(", found))
            inserts[end_line].append((end_column, -100_000_000, b")", None))
    sites: dict[tuple[int, int], Site] = {}
    for number, added in inserts.items():
        line, out, at = lines[number - 1], b"", 0
        for column, _, text_added, found_site in sorted(added, key=lambda it: it[:3]):
            out += line[at:column] + text_added
            at = column
            if found_site is not None:
                sites[number, len(out.decode("utf-8", "replace"))] = found_site
        lines[number - 1] = out + line[at:]
    return b"".join(lines), sites


def stub_classes(python: str) -> dict[str, set[tuple[str, str]]]:
    """Class name → (service, which of the stub's modules it is in)."""
    folders = subprocess.run(
        [python, "-c", "import site; print('\\n'.join(site.getsitepackages()))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    by_module = {service.replace("-", "_"): service for service in facts().services}
    for folder in map(Path, folders or site.getsitepackages()):
        for stub in [*folder.glob("mypy_boto3_*"), *folder.glob("types_aiobotocore_*")]:
            service = by_module.get(re.sub("mypy_boto3_|types_aiobotocore_", "", stub.name), "")
            for part in _BOTO:
                if service and (stub / f"{part}.pyi").exists():
                    for name in _CLASS.findall((stub / f"{part}.pyi").read_text()):
                        found[name.removeprefix("_")].add((service, part))
    return found


def seen_by_pyright(pyright: str, python: str, root: Path, paths: list[str]) -> Iterator[tuple[Site, str]]:
    """Every site with the type of its receiver."""
    with tempfile.TemporaryDirectory() as made:
        copy = Path(made).resolve()
        sites: dict[tuple[str, int, int], Site] = {}
        for path in paths:
            text, found = wrapped(path, (root / path).read_bytes())
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            (copy / path).write_bytes(text)
            sites |= {(path, *at): it for at, it in found.items()}
        config = {"include": ["."], "exclude": ["**/.git"], "typeCheckingMode": "off"}
        (copy / "pyrightconfig.json").write_text(json.dumps(config))
        command = [pyright, "--outputjson", "--pythonpath", python, "-p", str(copy)]
        answer = json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
        for told in answer["generalDiagnostics"]:
            if revealed := re.search(r'Type of ".*" is "(.*)"$', told["message"], re.DOTALL):
                start = told["range"]["start"]
                path = Path(told["file"]).resolve().relative_to(copy).as_posix()
                if (it := sites.get((path, start["line"] + 1, start["character"]))) is not None:
                    yield it, revealed[1]


def everything() -> Interest:
    """An interest in every service, and in sub-resources by name."""
    claim = Claim(service="x/y", role="primary")
    kinds = [(service, kind, it) for service, them in facts().resources.items() for kind, it in them.items()]
    named = [".".join(filter(None, (service, kind, method))) for service, kind, it in kinds for method in it.calls]
    boto3 = NameTable.of([(name, claim) for name in ("*", *dict.fromkeys(named))], dotted=True)
    return Interest(names={"boto3": boto3, "python": NameTable.of([("boto3", claim)], dotted=True)})


def found_by_us(root: Path, paths: list[str]) -> dict[tuple[str, int, int], list[Usage]]:
    """Usages of boto3 that are calls, by where they are and by where what they begin goes on."""
    interest = everything()
    by_place: dict[tuple[str, int, int], list[Usage]] = defaultdict(list)
    reader = Reader(root, interest, DEFAULT)
    for unit in units(paths, Tree(root, paths), interest, DEFAULT):
        for path, _, reading in reader.read([unit]).readings:
            for usage in reading.usages if not path.startswith("./") else ():
                if usage.namespace == "boto3" and usage.kind == "call":
                    for at in (usage.location, *(it for it in usage.related if it.path == path)):
                        by_place[at.path, at.line, at.column].append(usage)
    return by_place


def counts(kind: str, service: str, at: Site, type_name: str) -> bool:
    """Whether a site of the oracle sends a request, or begins one."""
    if at.method.startswith("_") or at.method in aws.NOT_OPERATIONS:
        return False
    if kind == "client":
        return at.method in (operations(service) or ())
    if kind in ("paginator", "waiter"):
        return at.method in ("paginate", "wait")
    if type_name.endswith("Collection") and at.chained:
        return False
    known = resource_type(service, "" if type_name.endswith("ServiceResource") else type_name)
    return known is not None and at.method in known.calls


def compare(pyright: str, python: str, root: Path, show: int) -> Counter[str]:
    everywhere = {
        **stub_classes(python),
        "S3Transfer": {("s3", "client")},
        "TransferManager": {("s3", "client")},
        "BatchWriter": {("dynamodb", "service_resource")},
    }
    classes = dict(everywhere)
    paths = sorted(path for path, _ in discover(root).files if path.endswith(".py"))
    for path in paths:
        for name in re.findall(rb"(?m)^\s*class (\w+)", (root / path).read_bytes()):
            classes.pop(name.decode(), None)  # a class of the tree's own, which pyright would print the same
    ours = found_by_us(root, paths)
    total: Counter[str] = Counter()
    told: dict[Site, str] = {}
    for at, revealed in seen_by_pyright(pyright, python, root, paths):
        told[at] = revealed
        known = [
            (service, kind, name) for name in re.split(r"\s*\|\s*", revealed) for service, kind in classes.get(name, ())
        ]
        wanted = {service for service, kind, name in known if counts(kind, service, at, name)}
        if not wanted:
            continue
        total["oracle"] += 1
        usages = ours.get((at.path, at.line, at.column), [])
        if any(usage.symbol.partition(".")[0] in wanted for usage in usages):
            total["found"] += 1
        elif total["missed"] < show:
            total["missed"] += 1
            print(f"  missed {at.path}:{at.line}:{at.column} {revealed}.{at.method}")
    revealed_at: dict[tuple[str, int, int], list[str]] = defaultdict(list)
    for at, revealed in told.items():
        if any(usage.location.end_line == at.end_line for usage in ours.get((at.path, at.line, at.column), ())):
            revealed_at[at.path, at.line, at.column].append(revealed)
    judge(ours, revealed_at, everywhere, total, show)
    return total


def judge(
    ours: dict[tuple[str, int, int], list[Usage]],
    revealed_at: dict[tuple[str, int, int], list[str]],
    classes: dict[str, set[tuple[str, str]]],
    total: Counter[str],
    show: int,
) -> None:
    """Count what the oracle knows to be something else, and what it knows nothing of."""
    for place, usages in ours.items():
        types = revealed_at.get(place, [])
        known = [it for it in types if not _UNKNOWN & set(re.split(r"\s*\|\s*", it)) and "Unknown" not in it]
        total["ours"] += 1
        services = {usage.symbol.partition(".")[0] for usage in usages}
        words = {word for it in types for word in re.findall(r"\w+", it)}
        if any(service in services for word in words for service, _ in classes.get(word, ())):
            continue
        if types and len(known) == len(types):
            total["contradicted"] += 1
            print(f"  contradicted {place[0]}:{place[1]} {usages[0].symbol} is {known[:2]}")
        else:
            total["beyond"] += 1
            if total["beyond"] <= show:
                print(f"  beyond {place[0]}:{place[1]} {usages[0].symbol} {usages[0].evidence}")


def main(pyright: str, python: str, directories: list[str]) -> None:
    for directory in directories:
        root = Path(directory).resolve()
        total = compare(pyright, python, root, 15)
        share = total["found"] / total["oracle"] if total["oracle"] else 1
        wrong = total["contradicted"] / total["ours"] if total["ours"] else 0
        print(
            f"{root.name}: oracle {total['oracle']}, found {total['found']} = {share:.3f}; ours {total['ours']}, "
            f"contradicted {total['contradicted']} = {wrong:.3f}, beyond the oracle {total['beyond']}"
        )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
