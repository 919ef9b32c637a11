"""What a project has decided: `portability.toml`, or `[tool.portability]` in pyproject.toml. The former wins.

Both say the same in the same words. A file that is read is scanned code too, so nothing in it names a program to run.
"""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from portability.model import Policy
from portability.policy import presets
from portability.settings import Settings

OWN_FILE = "portability.toml"
SHARED_FILE = "pyproject.toml"
BASELINE = ".portability-baseline.json"


Inside = Annotated[
    str,
    Meta(
        pattern=r"^(?!/|~|[A-Za-z]:|\\)(?!(?:.*[/\\])?\.\.(?:[/\\]|$)).+$",
        description="A path below the file's folder.",
    ),
]
"""Whoever scans a repository has not written its configuration: nothing in it leads out."""


class ConfigurationError(Exception):
    """A configuration does not hold: where, what and what to do, in one line."""


class Risk(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A risk that is accepted: which service (a glob), where (a glob), why, who answers for it, and until which day."""

    service: str
    reason: Annotated[str, Meta(min_length=3)]
    path: str = "**"
    owner: str = ""
    until: datetime.date | None = None


class Configuration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """Every key that a project may set. Paths are relative to the file, with ``/``.

    ``policy`` names a preset or describes one: ``extends`` (a preset) and the keys of a Policy.
    """

    targets: tuple[str, ...] = ()
    rules: tuple[Inside, ...] = ()
    modules: Mapping[str, Inside] = {}
    exclude: tuple[str, ...] = ()
    baseline: Inside = BASELINE
    policy: str | Mapping[str, Any] = "default"
    accept: tuple[Risk, ...] = ()


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """A root, what its configuration says, and the file that says it (empty: there is none). ``also``, ``var_files``
    and ``helm`` are the command line's (see Settings): what a scanned configuration says leads nowhere outside and runs
    nothing."""

    root: Path
    source: str = ""
    configuration: Configuration = Configuration()
    policy: Policy = Policy()
    also: Mapping[str, str] = {}
    var_files: tuple[tuple[str, bytes], ...] = ()
    helm: tuple[str, ...] = ()

    def settings(self) -> Settings:
        """What reading depends on."""
        own = self.configuration
        return Settings(
            exclude=own.exclude, modules=own.modules, also=self.also, var_files=self.var_files, helm=self.helm
        )

    @property
    def known_baseline(self) -> Path | None:
        """The file of known findings, where there is one."""
        file = self.root / self.configuration.baseline
        return file if file.exists() else None


def open_project(start: Path, *, policy: str = "", ignore: bool = False) -> Project:
    """The project that a folder belongs to: the nearest one up to the top of its repository with a configuration or a
    baseline, else the folder itself. ``policy`` (a preset, or a file) takes the place of the written one.

    With ``ignore`` no configuration is read. Raises ConfigurationError.
    """
    root = _root(start)
    source, said = ("", {}) if ignore else _written(root)
    try:
        configuration = msgspec.convert(said, Configuration)
        drawn = _policy(configuration.policy, source)
    except msgspec.ValidationError as error:
        raise ConfigurationError(_explained(root / source, str(error))) from None
    if policy:
        drawn = named_policy(policy, start)
    return Project(root=root, source=source, configuration=configuration, policy=drawn)


def named_policy(name: str, here: Path) -> Policy:
    """A preset by name, or the ``[policy]`` of a TOML file (or the whole file, where it has no such table)."""
    file = here / name
    if not name.endswith(".toml"):
        try:
            return _policy(name, "")
        except msgspec.ValidationError as error:
            raise ConfigurationError(f"{str(error).partition(' - at ')[0]}, or a file that ends in .toml") from None
    said = _toml(file)
    table = said.get("policy", said)
    try:
        return _policy(table if isinstance(table, str) else {"name": file.stem, **table}, name)
    except msgspec.ValidationError as error:
        raise ConfigurationError(_explained(file, str(error))) from None


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of portability.toml, for editors."""
    described = msgspec.json.schema(Configuration)
    policy = msgspec.json.schema(Policy)["$defs"]
    policy["Policy"]["properties"] = {"extends": {"type": "string"}, **policy["Policy"]["properties"]}
    definitions = {**described["$defs"], **policy}
    told = definitions.pop("Configuration")
    told["properties"]["policy"] = {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/Policy"}], "default": "default"}
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", **told, "title": "portability configuration"}
    return {**head, "$defs": definitions}


def _root(start: Path) -> Path:
    folder = Path(os.path.realpath(start if start.is_dir() else start.parent))
    for above in (folder, *folder.parents):
        if (above / OWN_FILE).is_file() or (above / BASELINE).is_file() or _has_table(above / SHARED_FILE):
            return above
        if os.path.lexists(above / ".git"):
            break
    return folder


def _has_table(file: Path) -> bool:
    try:
        # Looked for as bytes first: most pyproject.toml files say nothing of us, and parsing them costs.
        return b"tool.portability" in file.read_bytes() and "portability" in _toml(file).get("tool", {})
    except OSError:
        return False


def _written(root: Path) -> tuple[str, Any]:
    if (root / OWN_FILE).is_file():
        return OWN_FILE, _toml(root / OWN_FILE)
    if _has_table(root / SHARED_FILE):
        return SHARED_FILE, _toml(root / SHARED_FILE)["tool"]["portability"]
    return "", {}


def _toml(file: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(file.read_bytes().decode("utf-8"))
    except UnicodeDecodeError:
        raise ConfigurationError(f"{file} is not UTF-8; save it as such") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{file} is no TOML: {error}") from None
    except RecursionError:
        raise ConfigurationError(f"{file} is nested too deeply") from None
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}") from None


def _policy(said: str | Mapping[str, Any], source: str) -> Policy:
    """Raises msgspec.ValidationError, whose path begins with ``$.policy``."""
    base = said if isinstance(said, str) else said.get("extends", "default")
    known = {"default": {}, **(presets() if base != "default" else {})}
    if base not in known:
        names = [*known, *presets()]
        hint = f"did you mean {close[0]}?" if (close := _close(str(base), names)) else "there are"
        at = "$.policy" if isinstance(said, str) else "$.policy.extends"
        raise msgspec.ValidationError(f"No such policy: {base}; {hint} {', '.join(dict.fromkeys(names))} - at `{at}`")
    own = {} if isinstance(said, str) else {key: value for key, value in said.items() if key != "extends"}
    inherited = {"name": base, **known[base]}
    if own:
        inherited["name"] = f"own, from {base}" if base != "default" else "own"
    try:
        return msgspec.convert({**inherited, **own, "source": source}, Policy)
    except msgspec.ValidationError as error:
        text, _, at = str(error).partition(" - at `$")
        raise msgspec.ValidationError(f"{text} - at `$.policy{at or '`'}") from None


def _explained(file: Path, message: str) -> str:
    """An error of msgspec with the line of the file, and the key that may have been meant."""
    text, _, at = message.partition(" - at ")
    path = [part for part in re.split(r"[.\[\]`$]+", at) if part and not part.isdigit()]
    unknown = re.search(r"unknown field `([^`]*)`", text)
    if unknown:
        fields = sorted(_keys(path))
        close = _close(unknown[1], fields)
        text = f"there is no key {unknown[1]!r} here; "
        text += f"did you mean {close[0]}?" if close else f"there are {', '.join(fields)}"
        path.append(unknown[1])
    elif "matching regex" in text:  # only paths are held to one
        text = f"{path[-1]} may only name what lies below this folder; write a relative path without `..`"
    return f"{file}:{_line(file, path)}: {text}"


def _close(said: str, known: Sequence[str]) -> list[str]:
    from difflib import get_close_matches  # only whoever erred pays for it

    return get_close_matches(said, known, n=1)


def _keys(path: Sequence[str]) -> set[str]:
    from portability.model import Limit, Selection

    kind: Any = Configuration
    if path[:1] == ["policy"]:
        kind = {"allow": Selection, "deny": Selection, "limits": Limit}.get(path[1], Policy) if path[1:] else Policy
    elif path[:1] == ["accept"]:
        kind = Risk
    return {field.encode_name for field in msgspec.structs.fields(kind)} | ({"extends"} if kind is Policy else set())


def _line(file: Path, path: Sequence[str]) -> int:
    """The line where the last key of a path stands, as far as lines tell; 1 where they do not."""
    table: list[str] = []
    wanted = [part for part in path if part]
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        text = line.strip()
        if header := re.match(r"\[{1,2}([^\]]+)\]", text):
            table = [part.strip(" \"'") for part in header[1].split(".")]
            table = table[2:] if table[:2] == ["tool", "portability"] else table
        names = re.findall(r"([\w-]+)[\"']?\s*=", text)
        if wanted and (wanted[-1] in names or wanted == table) and table == wanted[: len(table)]:
            return number
    return 1
