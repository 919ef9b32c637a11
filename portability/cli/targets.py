"""``portability targets``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from portability.cli.command import Group, Option, command
from portability.cli.console import fail, say
from portability.cli.shared import OWN_RULES, open_catalogue


@command("", OWN_RULES)
def list_targets(*, extra: Sequence[Path]) -> None:
    """List every target with its operator and jurisdiction."""
    known, _ = open_catalogue(extra, ())
    for id, target in known.targets.items():
        say(f"{id:20} {target.jurisdiction:8} {target.name}, operated by {target.operator}")


@command(
    "ID",
    Option(
        "--rules", dest="directory", type="path", default="rules", metavar="DIR", help="Own rules; by default %default."
    ),
)
def init_target(id: str, *, directory: Path) -> None:
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
    say(f"{file} is written. Fill it in, then: portability audit . --rules {directory} --target {id}")


targets = Group(
    "List the places to go, or describe one of your own.",
    {"init": init_target, "list": list_targets},
)
