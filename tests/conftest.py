"""What many tests share: the real catalogue, and a way to write a small repository."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from portability.catalogue import Catalogue, load

ROOT = Path(__file__).parent.parent

# How long an example takes says how busy the machine is, not whether the product is right.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it plainly when the report was not looked at in a browser."""
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        if "browser tests did not run" in reason:
            terminalreporter.write_line(reason.removeprefix("Skipped: "), yellow=True)
            return


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture
def tree(tmp_path: Path) -> Callable[..., Path]:
    """Write files by path and give their root: ``tree({"main.tf": "…"})``."""

    def write(files: dict[str, str | bytes]) -> Path:
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return tmp_path

    return write
