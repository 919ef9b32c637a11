"""A file by itself next to its whole tree: python bench/file_mode.py [--language NAME] [--most N] DIRECTORY...

Checks each directory as a whole, then each of its files alone and all of them in random batches, and compares what the
check reports of each file: its findings, field by field, and its problems. ``--most`` draws that many files at random
where a directory has more. The files are Terraform's unless another language is named.

With ``--most 60`` in 2026-11 none of the 11,000 files of fifteen public repositories differed: alphagov/forms-deploy,
pagopa/selfcare-infra, opentofu/opentofu (its test data: overrides, ``.tofu``, ``.tf.json``), infracost/infracost,
Azure/caf-terraform-landingzones, Azure/terraform-azurerm-aks, cloud-gov/cg-provision, poseidon/typhoon,
cloudposse/terraform-aws-components, GoogleCloudPlatform/cluster-toolkit and cloud-foundation-fabric, gruntwork-io/
terragrunt, terraform-google-modules/terraform-google-kubernetes-engine, microsoft/AzureTRE and
wellcomecollection/platform-infrastructure.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from portability import catalogue
from portability.catalogue import Catalogue
from portability.configuration import Project
from portability.discovery import discover, load
from portability.gate.checking import Check, Request
from portability.model import Finding, Problem

BATCHES = 10
"""Into how many batches a directory's files are dealt."""
TARGETS = ("ovhcloud", "self-hosted")

Told = dict[str, list[Finding | Problem]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--language", default="terraform")
    parser.add_argument("--most", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("directories", nargs="+", type=Path)
    given = parser.parse_args()
    known = catalogue.load()
    random.seed(given.seed)
    for directory in given.directories:
        root = directory.resolve()
        begun = time.perf_counter()
        whole = told(root, known, None)
        files = list(of_language(root, given.language))
        drawn = sorted(random.sample(files, min(given.most, len(files))))
        random.shuffle(files)
        dealt = [[path] for path in drawn] + [files[number::BATCHES] for number in range(min(BATCHES, len(files)))]
        differing = [path for paths in dealt for path in compare(root, known, whole, paths)]
        findings = sum(isinstance(one, Finding) for path in files for one in whole.get(path, ()))
        seconds = time.perf_counter() - begun
        print(
            f"{directory.name}: {len(files):,} files with {findings:,} findings, {len(drawn):,} checked alone, all of"
            f" them in {BATCHES} batches: {len(differing)} differ ({seconds:.0f} s)",
            flush=True,
        )


def of_language(root: Path, language: str) -> Iterator[str]:
    """The files of a tree that are of a language by what they hold."""
    for path, _ in discover(root).files:
        seen = load(root, path)
        if isinstance(seen, Problem) or (seen is not None and seen.language == language):
            yield path


def told(root: Path, known: Catalogue, paths: Sequence[str] | None) -> Told:
    """What a check of some paths, or of all, reports of each file."""
    named = [root / path for path in paths] if paths is not None else None
    request = Request(paths=named, targets=TARGETS, jobs=1)
    project = Project(root=root)
    assessment, _ = Check(project, project.settings(), known, request).run()
    found: Told = defaultdict(list)
    for finding in assessment.findings:
        found[finding.location.path].append(finding)
    for problem in assessment.coverage.problems:
        found[problem.path].append(problem)
    return found


def compare(root: Path, known: Catalogue, whole: Told, paths: Sequence[str]) -> Iterator[str]:
    """The paths of which a check of ``paths`` tells something else than the check of the whole."""
    alone = told(root, known, paths)
    for path in sorted({*paths, *alone}):
        if msgspec.to_builtins(alone.get(path, [])) != msgspec.to_builtins(whole.get(path, [])):
            print(f"  {path} ({len(paths)} files named)")
            explain(alone.get(path, []), whole.get(path, []))
            yield path


def explain(alone: Sequence[Finding | Problem], whole: Sequence[Finding | Problem]) -> None:
    """The first things that differ, field by field."""
    print(f"    alone {len(alone)}, in the whole {len(whole)}")
    for one, other in zip(alone, whole, strict=False):
        if one != other:
            for field in {**msgspec.structs.asdict(one), **msgspec.structs.asdict(other)}:
                mine, its = getattr(one, field, None), getattr(other, field, None)
                if mine != its:
                    print(f"    {field}: {str(mine)[:200]!r} alone, {str(its)[:200]!r} in the whole")
            return


if __name__ == "__main__":
    main()
