"""What many tests share: the real catalogue, and a way to write a small repository."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from portability.catalogue import Catalogue, load

ROOT = Path(__file__).parent.parent


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
