"""Write ``portability/data/known-names.json`` anew: the names that the catalogue must know.

Usage, where the package is installed, with a directory of name facts::

    python scripts/refresh_names.py FACTS

The directory holds tables with a header row, tab-separated, and a README.md that says on which day they were read
("Extracted YYYY-MM-DD") and which boto3 they are of ("boto3/botocore X.Y.Z"):

- ``terraform-types.tsv``: provider, kind, type, provider_version, status (``current`` or ``removed-since``)
- ``boto3-services.tsv``: service_name
- ``python-sdk-packages.tsv``: distribution, import_root (several with commas, or empty), provider
- ``more-names.tsv``: provider (the catalogue's), source (``terraform``, ``arm``), origin, version, name, entry. It may
  be missing: then its lists stay as they are in the data.

Only names are taken over. What is new and what is gone against the file as it was is printed. The same facts give
the same bytes.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from portability.catalogue.completeness import KNOWN_NAMES, Group, KnownNames, encode, read

Row = dict[str, str]

TERRAFORM = {
    "aws": ("aws", "hashicorp/aws"),
    "azurerm": ("azure", "hashicorp/azurerm"),
    "azuread": ("azure", "hashicorp/azuread"),
    "google": ("google", "hashicorp/google"),
    "google-beta": ("google", "hashicorp/google-beta"),
    "cloudflare": ("cloudflare", "cloudflare/cloudflare"),
}
"""Terraform provider in the facts → provider of the catalogue, address in the registry."""

PYTHON = {
    "azure": ("azure", "PyPI: azure-*, azureml*, and related distributions"),
    "gcp": ("google", "PyPI: google-cloud-*, and related distributions"),
}
"""Provider in the facts → provider of the catalogue, what was listed. AWS is reached through boto3."""

NAMESPACES = {
    "azure": "The distribution `azure` is a retired bundle of the others; the root itself holds no code.",
    "google.cloud": "The distribution `google-cloud` is a retired bundle of the others; the root itself holds no code.",
    "google.cloud.sql": "Only `google.cloud.sql.connector` is in it; `google-cloud-sql` 0.1.2 ships other roots.",
}
"""Import roots that only hold other packages, and why we say so. An import of one alone uses no service."""

OTHERS = {
    "azure.integration": "The wheel of azure-integration 0.0.4, by somebody else, holds no such root.",
    "promptflow": "A library under MIT that runs anywhere; what calls Azure is `promptflow.azure` below it.",
    "Microsoft.Contoso/employees": "A made-up provider, with which Azure's documentation shows how to write one.",
    "Microsoft.Widget/employees": "A made-up provider, with which Azure's documentation shows how to write one.",
    "test_utils": "Helpers for the system tests of Google's own client libraries; they call no service themselves.",
}
"""Names in the facts that are no service of the provider, and why."""

ALSO = {
    "google-cloud-sql": "google.cloud.sqladmin,google.cloud.sqladmin_v1,google.cloud.sqladmin_v1beta4",
}
"""Import roots seen in a distribution's newest wheel (0.1.2) that the facts do not have."""


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print("usage: python scripts/refresh_names.py FACTS, a directory of name facts", file=sys.stderr)
        return 2
    old = read() if KNOWN_NAMES.is_file() else KnownNames(date="", groups=[])
    new = gather(Path(arguments[0]))
    told = {group.origin for group in new.groups}
    kept = [group for group in old.groups if group.origin not in told]
    new = KnownNames(date=new.date, groups=[*new.groups, *kept])
    KNOWN_NAMES.write_bytes(encode(new))
    for line in differences(old, new):
        print(line)
    print(f"{KNOWN_NAMES.name}: {sum(len(group.names) for group in new.groups):,} names as of {new.date}")
    return 0


def gather(facts: Path) -> KnownNames:
    """Every group that the facts hold. Raises SystemExit where the README lacks a date or a version."""
    readme = (facts / "README.md").read_text("utf-8")
    date = said(readme, r"Extracted (\d{4}-\d{2}-\d{2})", "the day of extraction")
    return KnownNames(
        date=date,
        groups=[
            *terraform_groups(table(facts / "terraform-types.tsv")),
            Group(
                provider="aws",
                source="boto3",
                origin="boto3/botocore",
                version=said(readme, r"boto3/botocore (\d[\d.]*\d)", "the version of boto3"),
                names={row["service_name"]: "" for row in table(facts / "boto3-services.tsv")},
            ),
            *python_groups(table(facts / "python-sdk-packages.tsv"), date),
            *more_groups(facts / "more-names.tsv"),
        ],
    )


def said(readme: str, pattern: str, what: str) -> str:
    found = re.search(pattern, readme)
    if found is None:
        raise SystemExit(f"README.md of the facts does not say {what}; it should match {pattern!r}")
    return found[1]


def table(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def terraform_groups(rows: list[Row]) -> Iterator[Group]:
    by_provider: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    versions: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row["provider"] in TERRAFORM:
            gone = f"@{row['provider_version']}" if row["status"] == "removed-since" else ""
            by_provider[row["provider"]][row["type"]].append(row["kind"] + gone)
            if not gone:
                versions[row["provider"]][row["provider_version"]] += 1
    known = {
        listed: {name: " ".join(sorted(kinds)) for name, kinds in names.items()}
        for listed, names in by_provider.items()
    }
    # google-beta repeats google; what it says the same is left out.
    known["google-beta"] = dict(known["google-beta"].items() - known["google"].items())
    for listed, names in known.items():
        provider, origin = TERRAFORM[listed]
        version = versions[listed].most_common(1)[0][0]
        yield Group(provider=provider, source="terraform", origin=origin, version=version, names=names)


def python_groups(rows: list[Row], date: str) -> Iterator[Group]:
    for listed, (provider, origin) in PYTHON.items():
        roots: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            if row["provider"] == listed:
                more = ALSO.get(row["distribution"], "")
                for root in filter(None, f"{row['import_root']},{more}".split(",")):
                    roots[root].add(row["distribution"])
        held = {root: " ".join(sorted(distributions)) for root, distributions in roots.items()}
        apart = NAMESPACES.keys() | OTHERS.keys()
        yield Group(
            provider=provider,
            source="python",
            origin=origin,
            version=date,
            names={root: held[root] for root in held.keys() - apart},
            namespaces={root: held[root] for root in held.keys() & NAMESPACES.keys()},
            others={root: held[root] for root in held.keys() & OTHERS.keys()},
        )


def more_groups(path: Path) -> Iterator[Group]:
    lists: dict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
    for row in table(path) if path.is_file() else []:
        lists[row["provider"], row["source"], row["origin"], row["version"]][row["name"]] = row["entry"]
    for (provider, source, origin, version), held in lists.items():
        yield Group(
            provider=provider,
            source="arm" if source == "arm" else "terraform",
            origin=origin,
            version=version,
            names={name: held[name] for name in held.keys() - OTHERS.keys()},
            others={name: held[name] for name in held.keys() & OTHERS.keys()},
        )


def differences(old: KnownNames, new: KnownNames) -> Iterator[str]:
    """A line for each name that is new or gone, and for each whose entry changed."""
    before, after = entries(old), entries(new)
    for origin, name in sorted(before.keys() | after.keys()):
        was, now = before.get((origin, name)), after.get((origin, name))
        if was is None:
            yield f"new      {origin}: {name}"
        elif now is None:
            yield f"gone     {origin}: {name}"
        elif was != now:
            yield f"changed  {origin}: {name}: {was} → {now}"


def entries(known: KnownNames) -> dict[tuple[str, str], str]:
    return {(group.origin, name): entry for group in known.groups for name, entry in group.names.items()}


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
