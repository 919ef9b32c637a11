"""A chart → its manifests, by Helm: the user's own program, or a library that carries it.

The chart is copied first, from what discovery read: so no link in it leads out of the root, its schema sends nobody to
the network, and what it depends on and does not bring along is left out. Neither program fetches anything then, and
neither is told of a cluster.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Collection, Mapping
from importlib.util import find_spec
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

import yaml
from yaml.nodes import MappingNode

from portability.parsers.kubernetes.documents import Document, Refused, compose, decode, split
from portability.parsers.kubernetes.nodes import plain
from portability.patterns import regex

TIMEOUT_S: Final = 30
"""For one chart. Large ones take half a second."""
MAX_CHART: Final = 20_000_000
MAX_OUTPUT: Final = 50_000_000
_LEFT_OUT: Final = frozenset({"Chart.lock", "requirements.lock", "requirements.yaml", "values.schema.json"})
_SOURCE = regex(r"^# Source: (\S+)[ \t]*$", re.MULTILINE)
_LIBRARY: Final = "helm_python"


class NotRenderedError(Exception):
    """Why a chart was not rendered, as a sentence."""


def command() -> tuple[str, ...] | None:
    """What renders charts here: ``helm``, or else a program around the library; None where there is neither."""
    if (helm := shutil.which("helm")) is not None:
        return (os.path.abspath(helm), "template")
    if find_spec(_LIBRARY) is not None:
        return (sys.executable, "-I", str(Path(__file__).with_name("helm_library.py")))
    return None


def rendered(files: Mapping[str, bytes], brought: Collection[str], renderer: tuple[str, ...]) -> dict[str, str]:
    """The files of a chart by their paths in it → each template's path with what came out of it.

    ``brought`` are the charts that it depends on and has. Raises NotRenderedError.
    """
    if sum(map(len, files.values())) > MAX_CHART:
        raise NotRenderedError(f"it has more than {MAX_CHART // 1_000_000} MB")
    with tempfile.TemporaryDirectory(prefix="portability-") as folder:
        chart = Path(folder, "chart")
        for path, data in files.items():
            if path.rpartition("/")[2] not in _LEFT_OUT:
                target = chart / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(_about(files, brought) if path == "Chart.yaml" else data)
        return _by_template(_run((*renderer, "release-name", str(chart)), Path(folder)))


def _about(files: Mapping[str, bytes], brought: Collection[str]) -> bytes:
    """A ``Chart.yaml`` that asks for no version of Kubernetes and no chart that is not there."""
    about = _mapping(files["Chart.yaml"])
    listed = [*_listed(about), *_listed(_mapping(files.get("requirements.yaml", b"{}")))]
    own = {key: value for key, value in about.items() if key not in ("kubeVersion", "dependencies")}
    kept = [one for one in listed if isinstance(one, dict) and str(one.get("name")) in brought]
    return yaml.safe_dump({**own, "apiVersion": "v2", "dependencies": kept}).encode()


def _mapping(data: bytes) -> dict[Any, Any]:
    try:
        found = plain(compose(next(split(decode(data)[0]), Document("{}", 0))) or MappingNode("", []))
    except Refused as refused:
        raise NotRenderedError(refused.message) from None
    if not isinstance(found, dict):
        raise NotRenderedError("its Chart.yaml is no mapping")
    return found


def _listed(about: Mapping[Any, Any]) -> list[Any]:
    found = about.get("dependencies")
    return found if isinstance(found, list) else []


def _run(arguments: tuple[str, ...], folder: Path) -> str:
    # It is told of no home, so that it finds no settings, no plugins and no cluster.
    inside = {name: str(folder) for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "TMPDIR")}
    kept = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    environment = {**kept, **inside, "KUBECONFIG": os.devnull, "HELM_PLUGINS": str(folder / "none")}
    with tempfile.TemporaryFile(dir=folder) as output, tempfile.TemporaryFile(dir=folder) as errors:
        try:
            status = subprocess.run(  # noqa: S603
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                cwd=folder,
                env=environment,
                timeout=TIMEOUT_S,
                check=False,
                preexec_fn=_bounded if os.name == "posix" else None,
            ).returncode
        except subprocess.TimeoutExpired:
            raise NotRenderedError(f"it took more than {TIMEOUT_S} seconds") from None
        except OSError as error:
            raise NotRenderedError(f"{arguments[0]} could not be run: {error.strerror}") from None
        if status != 0:
            errors.seek(0)
            raise NotRenderedError(_reason(errors.read(MAX_OUTPUT).decode(errors="replace")))
        output.seek(0)
        return output.read(MAX_OUTPUT).decode(errors="replace")


def _bounded() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_OUTPUT, MAX_OUTPUT))


def _reason(errors: str) -> str:
    """Where Helm stopped; the rest of what it says may hold values of the chart."""
    found = re.search(r"\(?([\w.-]+/[\w./-]+\.\w+:\d+)", errors)
    return f"Helm stopped at {found[1]}" if found else "Helm could not render it"


def _by_template(output: str) -> dict[str, str]:
    """What was printed, by the comment above each piece. A template of several documents has one above each."""
    found: dict[str, list[str]] = defaultdict(list)
    marks = list(_SOURCE.finditer(output))
    for mark, after in zip_longest(marks, marks[1:]):
        piece = output[mark.end() + 1 : after.start() if after else len(output)]
        found[mark[1].partition("/")[2]].append(piece.removesuffix("---\n") if after else piece)
    return {path: "---\n".join(pieces) for path, pieces in found.items()}
