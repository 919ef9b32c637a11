"""``portability targets``."""

from __future__ import annotations

import re
from pathlib import Path

import click

from portability.cli.shared import fail, open_catalogue, own_rules


@click.group("targets")
def target_group() -> None:
    """List the places to go, or describe one of your own."""


@target_group.command("list")
@own_rules
def list_targets(extra: tuple[Path, ...]) -> None:
    """List every target with its operator and jurisdiction."""
    known, _ = open_catalogue(extra, ())
    for id, target in known.targets.items():
        click.echo(f"{id:20} {target.jurisdiction:8} {target.name}, operated by {target.operator}")


@target_group.command("init")
@click.argument("id")
@click.option("--rules", "directory", type=click.Path(path_type=Path), default="rules", show_default=True)
def init_target(id: str, directory: Path) -> None:
    """Write a profile of a hoster to fill in, as a target of this id in a directory of own rules."""
    from portability.catalogue.profile import starter

    known, _ = open_catalogue((), ())
    file = directory / "targets" / id / "target.yaml"
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", id) or id in known.targets:
        fail(
            f"{id} cannot be the id of a new target; use lower case and hyphens, and none of {', '.join(known.targets)}"
        )
    if file.exists():
        fail(f"{file} is there already")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(starter(id, known.capabilities), encoding="utf-8")
    click.echo(f"{file} is written. Fill it in, then: portability audit . --rules {directory} --target {id}")
