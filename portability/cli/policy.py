"""``portability policy``."""

from __future__ import annotations

from pathlib import Path

import click

from portability.cli.shared import fail, project_of


@click.group("policy")
def policy_group() -> None:
    """Say where the line is drawn: the presets, the policy of a project, the schema of its file."""


@policy_group.command("list")
def list_policies() -> None:
    """List the presets."""
    from portability.policy import presets

    for name, said in presets().items():
        click.echo(f"{name:16} {said['description']}")


@policy_group.command("show")
@click.argument("name", default="")
@click.option("--root", type=click.Path(path_type=Path, exists=True, file_okay=False), default=".")
def show_policy(name: str, root: Path) -> None:
    """Print a preset, a policy file (NAME.toml), or what holds in this project, as JSON."""
    import msgspec

    drawn = project_of(root.resolve(), name).policy
    click.echo(msgspec.json.format(msgspec.json.encode(drawn), indent=2).decode())


@policy_group.command("schema")
def policy_schema() -> None:
    """Print the JSON Schema of portability.toml and of [tool.portability], for editors."""
    import json

    from portability.configuration import schema

    click.echo(json.dumps(schema(), indent=2))


@policy_group.command("check")
@click.argument("root", type=click.Path(path_type=Path, exists=True, file_okay=False), default=".")
def check_policy(root: Path) -> None:
    """Say which configuration holds for a folder, or what is wrong with it."""
    project = project_of(root.resolve())
    if not project.source:
        fail(f"{project.root} has no configuration; the default policy holds")
    click.echo(f"{project.root / project.source}: policy {project.policy.name}")
