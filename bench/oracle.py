"""A type checker as an independent witness: python bench/oracle.py PYRIGHT PYTHON DIRECTORY... [--show N]

``PYRIGHT`` is the program, ``PYTHON`` an interpreter in whose environment the typed packages of the providers are
installed: ``boto3-stubs``, ``boto3-stubs-full`` (all services), ``botocore-stubs`` and ``types-aiobotocore`` for AWS,
and the ``azure-*`` and ``google-cloud-*`` packages that the directories import. Of every directory a copy is made in
which the receivers of attribute calls stand in ``reveal_type()``; the sites at which pyright sees something of an SDK's
that sends requests are the oracle's. Printed are, for each directory and provider, how many of them the parser finds,
and how many of its findings the oracle contradicts: it knows the receiver's type, and it is another one.

For AWS that is a client, resource, collection, paginator or waiter, in a method that is an operation. For Azure and
Google Cloud it is a client class, or one that a client hands out to go on with (``_HANDLES``), in any public method.

Not counted: what sends no request (``client.close``, ``client.get_paginator`` without a look at what follows), the
second link of a collection's chain (``.all().limit(3)``) and an operation's ``result()``, which are the same request.

Found of the oracle's sites, and contradicted of our own, in November 2026 on repositories that the parser was not
tuned on (the first four named another fault each, which was mended and measured again):

========================================================= ============ ============= =============
repository                                                AWS          Azure         Google Cloud
========================================================= ============ ============= =============
PrefectHQ/prefect                                         86/86 0/219  29/29 0/28    72/73 0/97
cartography-cncf/cartography, cartography/                8/8 0/16     70/70 0/90    17/17 0/18
Azure/batch-shipyard                                                   13/13 1/112
GoogleCloudPlatform/professional-services, tools/         3/3 0/9      2/2 0/7       579/584 0/700
aws-samples/aws-security-reference-architecture-examples  553/553 0/712
Netflix/security_monkey                                   38/38 0/40
Yelp/paasta, paasta_tools/                                3/3 0/5
Azure-Samples/graphrag-accelerator                                     62/62 0/83
microsoft/PubSec-Info-Assistant                                        58/58 0/114
microsoft/sample-app-aoai-chatGPT                                      24/24 0/34
GoogleCloudPlatform/python-docs-samples, dlp/                                        88/88 0/230
GoogleCloudPlatform/python-docs-samples, kms/                                        74/74 0/74
google/turbinia                                                                      6/6 0/6
aws/aws-sdk-pandas                                        242/242 0/303
zappa/Zappa                                               158/158 0/218
awslabs/aws-deployment-framework                          49/49 0/154
RhinoSecurityLabs/pacu                                    16/16 0/145
duo-labs/cloudmapper                                      6/6 0/6
fsspec/adlfs                                                           77/77 0/78
microsoft/rag-experiment-accelerator                                   17/17 0/25
google/osv.dev                                                                       158/158 0/371
GoogleCloudPlatform/professional-services-data-validator                             36/36 0/45
aws-solutions/automated-security-response-on-aws          470/470 0/534
ASFHyP3/hyp3                                              40/40 0/43
elastic/elastic-serverless-forwarder                      3/3 0/39
microsoft/lisa                                            50/50 0/55   90/90 0/187
Azure/gpt-rag-ingestion                                                103/103 0/177
microsoft/content-processing-solution-accelerator                      70/70 0/104
google/cloud-forensics-utils                              0/0 0/82     18/18 0/88
GoogleCloudPlatform/datacatalog-tag-engine                                           429/429 0/395
google/megalista                                          4/4 0/3                    19/19 0/15
dbt-labs/dbt-bigquery                                                                16/16 0/27
awslabs/amazon-s3-find-and-forget                         87/87 0/399
aws-samples/aws-genai-llm-chatbot                         162/162 0/187
aws-solutions/qnabot-on-aws                               105/105 0/213
aws-samples/aws-cdk-examples                              84/84 0/95
GoogleCloudPlatform/marketing-analytics-jumpstart                                    44/44 0/78
Azure-Samples/azureai-samples                                          11/11 0/171
========================================================= ============ ============= =============

The last six were measured on 1 December 2026, as they came. The ten before them were at the end of November; before
what they taught was mended, lisa had 46/50 and 89/90, content-processing 1/105 contradicted and dbt-bigquery 2/29. Of
Prefect, AWS is only ``src/integrations/prefect-aws``.
Zappa, aws-deployment-framework, hyp3 and cloudmapper were asked again on 1 December 2026, and their numbers stand.
Of 50 findings beyond the oracle, drawn at random over the others (untyped code, parts that pyright does not follow), 48
were right and two sent nothing. Of 50 that came with clients which a class has from another one, in December 2026, 44
were right; five were resources of services that have none and one another class's service, and neither is told now.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import subprocess
import tempfile
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from typing import NamedTuple

from portability.discovery import Tree, discover
from portability.interest import Claim, Interest, NameTable
from portability.model import Usage
from portability.parsers.python import aws, units
from portability.parsers.python.handles import is_silent
from portability.parsers.python.operations import facts, operations, resource_type
from portability.reading import Reader
from portability.settings import DEFAULT

_CLASS = re.compile(r"(?m)^class (\w+)\(")
_BOTO = ("client", "service_resource", "paginator", "waiter")
_UNKNOWN = frozenset({"Unknown", "Any", "None", "Never", "type[Unknown]"})
_ANY_CLIENT = frozenset({"BaseClient", "AioBaseClient"})
_PACKAGES = {"Azure": "azure", "Google Cloud": "google/cloud"}
_CLIENT = re.compile(r"(?:Client|Clients|Operations|Proxy)(?:Async)?$|^Client$")
_HANDLES = frozenset(
    {"ServiceBusSender", "ServiceBusReceiver", "ServiceBusSession", "EventDataBatch"}
    | {"Bucket", "Blob", "LoadJob", "QueryJob", "ExtractJob", "CopyJob", "Instance", "Database", "Snapshot", "Table"}
    | {"CollectionReference", "CollectionGroup", "DocumentReference", "Query", "WriteBatch", "BulkWriter"}
    | {"Transaction"}
    | {f"Async{name}" for name in ("CollectionReference", "DocumentReference", "Query", "WriteBatch", "Transaction")}
)  # fmt: skip
"""Classes of Azure's and Google's packages, not called after clients, by which a program goes on to send requests."""
_SILENT = frozenset({"close", "result", "done", "add_done_callback", "to_dict", "from_dict", "as_dict", "HttpRequest"})


class Site(NamedTuple):
    """A call of an attribute: where it begins and ends, and what is called."""

    path: str
    line: int
    column: int
    end_line: int
    method: str
    chained: bool


class Known(NamedTuple):
    """A class of an SDK: whose it is (``s3``, ``azure.storage.blob``), and which of its methods send requests."""

    provider: str
    owner: str
    sends: frozenset[str] = frozenset()
    goes_on: bool = True
    """Whether a call on what a call gives is a use of its own."""


Classes = Mapping[str, set[Known]]


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


# What the SDKs' packages define


def folders(python: str) -> list[Path]:
    """The directories in which an interpreter's packages are installed."""
    command = [python, "-c", "import site; print('\\n'.join(site.getsitepackages()))"]
    return [Path(line) for line in subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()]


def boto_classes(installed: list[Path]) -> Iterator[tuple[str, Known]]:
    """The classes of the stubs of boto3 and aiobotocore."""
    by_module = {service.replace("-", "_"): service for service in facts().services}
    for folder in installed:
        for stub in [*folder.glob("mypy_boto3_*"), *folder.glob("types_aiobotocore_*")]:
            service = by_module.get(re.sub("mypy_boto3_|types_aiobotocore_", "", stub.name), "")
            for part in _BOTO:
                if service and (stub / f"{part}.pyi").exists():
                    for name in _CLASS.findall((stub / f"{part}.pyi").read_text()):
                        yield name.removeprefix("_"), _boto_class(service, part, name.removeprefix("_"))
    for name in ("S3Transfer", "TransferManager"):
        yield name, _boto_class("s3", "client", name)
    yield "BatchWriter", _boto_class("dynamodb", "service_resource", "BatchWriter")


def _boto_class(service: str, part: str, name: str) -> Known:
    if part == "client":
        sends = operations(service) or frozenset()
    elif part in ("paginator", "waiter"):
        sends = frozenset({"paginate", "wait"})
    else:
        kind = resource_type(service, "" if name.endswith("ServiceResource") else name)
        sends = frozenset(kind.calls) if kind is not None else frozenset()
    return Known("AWS", service, sends - aws.NOT_OPERATIONS, not name.endswith("Collection"))


def package_classes(provider: str, installed: list[Path]) -> Iterator[tuple[str, Known]]:
    """The classes of Azure's or Google's packages, with what they inherit from classes of the same package."""
    root = _PACKAGES[provider]
    for folder in installed:
        by_owner: dict[str, dict[str, list[ast.ClassDef]]] = defaultdict(lambda: defaultdict(list))
        for file in sorted((folder / root).rglob("*.py")):
            data = file.read_bytes()
            owner = owner_of(".".join(file.relative_to(folder).with_suffix("").parts))
            named = [name.decode() for name in re.findall(rb"(?m)^class (\w+)", data)]
            if not any(_sends(name) or "Mixin" in name or "Base" in name for name in named):
                for name in named:  # models and messages, of which nothing more is asked, are most of the bytes
                    yield name, Known(provider, owner)
                continue
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(data)
            for node in tree.body:
                if isinstance(node, ast.ClassDef):
                    by_owner[owner][node.name].append(node)
        for owner, classes in by_owner.items():
            for name in classes:
                sends = frozenset(_methods(owner, name, classes, set())) if _sends(name) else frozenset()
                yield name, Known(provider, owner, sends - _SILENT)


def _sends(name: str) -> bool:
    return _CLIENT.search(name) is not None or name in _HANDLES


def _methods(owner: str, name: str, classes: Mapping[str, list[ast.ClassDef]], seen: set[str]) -> Iterator[str]:
    if name in seen:
        return
    seen.add(name)
    for node in classes.get(name, ()):
        for part in node.body:
            is_method = isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)
            if is_method and not part.name.startswith("_") and not is_silent(f"{owner}.{name}", part.name):
                yield part.name
        for base in node.bases:
            base_name = base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")
            yield from _methods(owner, base_name, classes, seen)


def owner_of(name: str) -> str:
    """The package that a dotted name of Azure's or Google's lies in: ``google.cloud.pubsub`` for
    ``google.cloud.pubsub_v1.PublisherClient.publish``."""
    parts = []
    for part in name.split("."):
        if part.startswith("_") or part[:1].isupper() or len(parts) == 3:
            break
        parts.append(re.sub(r"_v\d\w*$", "", part))
    return ".".join(parts)


def defined(python: str) -> dict[str, set[Known]]:
    """Class name → whose classes bear it."""
    found: dict[str, set[Known]] = defaultdict(set)
    installed = folders(python)
    for name, known in boto_classes(installed):
        found[name].add(known)
    for provider in _PACKAGES:
        for name, known in package_classes(provider, installed):
            found[name].add(known)
    return found


# What is seen


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
    python = NameTable.of([(name, claim) for name in ("boto3", "azure", "google.cloud", "firebase_admin")], dotted=True)
    return Interest(names={"boto3": boto3, "python": python})


Place = tuple[str, int, int]


def found_by_us(root: Path, paths: list[str]) -> dict[Place, list[Usage]]:
    """Usages that are calls, by where they are and by where what they begin goes on."""
    interest = everything()
    by_place: dict[Place, list[Usage]] = defaultdict(list)
    reader = Reader(root, interest, DEFAULT)
    for unit in units(paths, Tree(root, paths), interest, DEFAULT):
        for path, _, reading in reader.read([unit]).readings:
            for usage in reading.usages if not path.startswith("./") else ():
                if (usage.namespace == "boto3" and usage.kind == "call") or _is_package_call(usage):
                    for at in (usage.location, *(it for it in usage.related if it.path == path)):
                        by_place[at.path, at.line, at.column].append(usage)
    return by_place


def _is_package_call(usage: Usage) -> bool:
    return usage.namespace == "python" and usage.kind != "import" and not usage.symbol.startswith("boto3")


def _owner(usage: Usage) -> tuple[str, str]:
    """Provider and owner of a usage."""
    if usage.namespace == "boto3":
        return "AWS", usage.symbol.partition(".")[0]
    return "Azure" if usage.symbol.startswith("azure") else "Google Cloud", owner_of(usage.symbol)


def _alike(one: tuple[str, str], known: Known) -> bool:
    provider, owner = one
    if provider != known.provider:
        return False
    return owner == known.owner or owner.startswith(f"{known.owner}.") or known.owner.startswith(f"{owner}.")


def _imported(data: bytes) -> Iterator[str]:
    """The packages that a file imports from: two of them have classes of one name."""
    for found in re.finditer(rb"(?m)^\s*(?:from|import) +((?:azure|google)[\w.]*)(?: +import +([\w, ]+|\())?", data):
        module = found[1].decode()
        yield owner_of(module)
        yield from (owner_of(f"{module}.{name}") for name in re.findall(r"\w+", (found[2] or b"").decode()))


def compare(pyright: str, python: str, root: Path, everywhere: Classes, show: int) -> dict[str, Counter[str]]:
    classes = dict(everywhere)
    paths = sorted(path for path, _ in discover(root).files if path.endswith(".py"))
    own = {name.decode() for path in paths for name in re.findall(rb"(?m)^\s*class (\w+)", (root / path).read_bytes())}
    for name in own:
        classes.pop(name, None)  # a class of the tree's own, which pyright would print the same
    imported = {owner for path in paths for owner in _imported((root / path).read_bytes())}
    ours = found_by_us(root, paths)
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    revealed_at: dict[Place, list[str]] = defaultdict(list)
    for at, revealed in seen_by_pyright(pyright, python, root, paths):
        usages = ours.get((at.path, at.line, at.column), [])
        if any(usage.location.end_line == at.end_line for usage in usages):
            revealed_at[at.path, at.line, at.column].append(revealed)
        names = [re.sub(r"^type\[(\w+)\]$", r"\1", name) for name in re.split(r"\s*\|\s*", revealed)]
        possible = {
            it for name in names for it in classes.get(name, ()) if it.provider == "AWS" or it.owner in imported
        }
        wanted = [it for it in possible if at.method in it.sends and (it.goes_on or not at.chained)]
        if not wanted:
            continue
        total = totals[wanted[0].provider]
        total["oracle"] += 1
        if any(_alike(_owner(usage), it) for usage in usages for it in possible):
            total["found"] += 1
        else:
            total["missed"] += 1
            if total["missed"] <= show:
                print(f"  missed {at.path}:{at.line}:{at.column} {revealed}.{at.method}")
    judge(ours, revealed_at, everywhere, own, totals, show)
    return totals


def judge(
    ours: Mapping[Place, list[Usage]],
    revealed_at: Mapping[Place, list[str]],
    classes: Classes,
    own: Set[str],
    totals: dict[str, Counter[str]],
    show: int,
) -> None:
    """Count what the oracle knows to be something else, and what it knows nothing of: that a class is the tree's
    ``own``, or what all clients derive from, does not say what it inherits or is."""
    for place, usages in ours.items():
        if not all("." in usage.symbol and usage.kind == "call" for usage in usages):
            continue
        total = totals[_owner(usages[0])[0]]
        types = revealed_at.get(place, [])
        known = [it for it in types if not _UNKNOWN & set(re.split(r"\s*\|\s*", it)) and "Unknown" not in it]
        total["ours"] += 1
        words = {word for it in types for word in re.findall(r"\w+", it)}
        if any(_alike(_owner(usage), it) for usage in usages for word in words for it in classes.get(word, ())):
            continue
        if any(usage.symbol.startswith(f"{it[8:-2]}.") for it in types if it.startswith("Module(") for usage in usages):
            continue
        if types and len(known) == len(types) and not words & (own | _ANY_CLIENT):
            total["contradicted"] += 1
            print(f"  contradicted {place[0]}:{place[1]} {usages[0].symbol} is {known[:2]}")
        else:
            total["beyond"] += 1
            if total["beyond"] <= show:
                print(f"  beyond {place[0]}:{place[1]} {usages[0].symbol} {usages[0].confidence} {usages[0].evidence}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("pyright")
    options.add_argument("python")
    options.add_argument("directories", nargs="+", type=Path)
    options.add_argument("--show", type=int, default=15, help="how many of each kind are printed, by place")
    given = options.parse_args()
    classes = defined(given.python)
    for directory in given.directories:
        root = directory.resolve()
        for provider, total in sorted(compare(given.pyright, given.python, root, classes, given.show).items()):
            share = total["found"] / total["oracle"] if total["oracle"] else 1
            wrong = total["contradicted"] / total["ours"] if total["ours"] else 0
            print(
                f"{root.name}, {provider}: oracle {total['oracle']}, found {total['found']} = {share:.3f}; "
                f"ours {total['ours']}, contradicted {total['contradicted']} = {wrong:.3f}, "
                f"beyond the oracle {total['beyond']}",
                flush=True,
            )


if __name__ == "__main__":
    main()
