"""``portability policy``."""

from __future__ import annotations

from portability.cli.command import Group, Option, command
from portability.cli.console import fail, say
from portability.cli.shared import folder, project_of


@command("")
def list_policies() -> None:
    """List the presets."""
    from portability.policy import presets

    for name, said in presets().items():
        say(f"{name:16} {said['description']}")


@command("[NAME]", Option("--root", default=".", metavar="DIR", help="The project; the working directory by default."))
def show_policy(name: str = "", *, root: str) -> None:
    """Print a preset, a policy file (NAME.toml), or what holds in this project, as JSON."""
    import msgspec

    drawn = project_of(folder(root), name).policy
    say(msgspec.json.format(msgspec.json.encode(drawn), indent=2).decode())


@command("")
def policy_schema() -> None:
    """Print the JSON Schema of portability.toml and of [tool.portability], for editors."""
    import json

    from portability.configuration import schema

    say(json.dumps(schema(), indent=2))


@command("[DIR]")
def check_policy(dir: str = ".") -> None:
    """Say which configuration holds for a folder, or what is wrong with it."""
    project = project_of(folder(dir))
    if not project.source:
        fail(f"{project.root} has no configuration; the default policy holds")
    say(f"{project.root / project.source}: policy {project.policy.name}")


policy = Group(
    "Say where the line is drawn: the presets, the policy of a project, the schema of its file.",
    {"check": check_policy, "list": list_policies, "schema": policy_schema, "show": show_policy},
)
