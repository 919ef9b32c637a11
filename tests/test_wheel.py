"""The wheel carries the compiled catalogue and its templates, and works where there are no rules beside it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_wheel_works_installed(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("cloud_portability-*.whl")
    place = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
        packed.extractall(place)
    assert "portability/catalogue/compiled.msgpack" in names
    assert not [name for name in names if name.startswith(("rules/", "fixtures/", "tests/"))]
    env = {**os.environ, "PYTHONPATH": str(place), "PYTHONSAFEPATH": "1"}

    def portability(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "portability", *arguments]
        return subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)

    fixture = str(ROOT / "fixtures" / "webshop-aws")
    installed = portability("audit", fixture, "-o", "json")
    assert installed.returncode == 0, installed.stderr
    here = [sys.executable, "-m", "portability", "audit", fixture, "-o", "json"]
    checkout = subprocess.run(here, cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(installed.stdout) == json.loads(checkout.stdout)
    proposed = portability("propose", fixture, "--target", "self-hosted", "--service", "aws/rds")
    assert "kind: Cluster" in proposed.stdout

    page = portability("audit", fixture, "-o", "html", "--language", "nl")
    assert "In het kort" in page.stdout

    own = tmp_path / "own" / "services" / "aws"
    own.mkdir(parents=True)
    own.joinpath("mine.yaml").write_text(
        "name: Mine\ncapability: queue\nlock_in: proprietary\nbecause: It is an example.\n"
        "names: {terraform: {primary: [aws_mine]}}\n"
        'examples: [{terraform: \'resource "aws_mine" "m" {}\', flags: [1]}]\n'
    )
    tested = portability("rules", "test", "aws/mine", "--rules", str(tmp_path / "own"))
    assert tested.stdout.strip() == "1 rules, 1 examples, 0 failures."
