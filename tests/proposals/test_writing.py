"""Files are written under the directory that was named, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from portability.model import Proposal
from portability.proposals import write


def proposal(path: str, text: str = "# é\n") -> Proposal:
    return Proposal(
        target="t",
        capability="c",
        service="a/b",
        title="x",
        path=path,
        text=text,
        language="yaml",
        replaces=(),
    )


def test_writes_and_tells_what(tmp_path: Path) -> None:
    out = tmp_path / "new" / "out"
    written = write([proposal("a/main.tf"), proposal("b.yaml")], out, force=False)
    assert [path.relative_to(out).as_posix() for path in written] == ["a/main.tf", "b.yaml"]
    assert (out / "b.yaml").read_bytes() == "# é\n".encode()


def test_what_is_there_stays_unless_forced(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("mine")
    with pytest.raises(FileExistsError) as error:
        write([proposal("a.yaml"), proposal("b.yaml")], tmp_path, force=False)
    assert error.value.filename == str(tmp_path / "b.yaml")
    assert not (tmp_path / "a.yaml").exists()
    assert (tmp_path / "b.yaml").read_text() == "mine"
    write([proposal("b.yaml", "ours")], tmp_path, force=True)
    assert (tmp_path / "b.yaml").read_text() == "ours"


@pytest.mark.parametrize("path", ["../x", "a/../../x", "/etc/x", "", "a\\..\\x", "C:x", "a\0b", ".."])
@pytest.mark.parametrize("force", [True, False])
def test_never_leaves_the_directory(tmp_path: Path, path: str, force: bool) -> None:
    out = tmp_path / "out"
    with pytest.raises(ValueError, match="output directory"):
        write([proposal("first.yaml"), proposal(path)], out, force=force)
    assert not out.exists()


@pytest.mark.parametrize("force", [True, False])
def test_follows_no_link_out(tmp_path: Path, force: bool) -> None:
    out, outside = tmp_path / "out", tmp_path / "outside"
    out.mkdir()
    outside.mkdir()
    (outside / "file").write_text("theirs")
    (out / "folder").symlink_to(outside)
    (out / "file.yaml").symlink_to(outside / "file")
    (out / "dangling.yaml").symlink_to(outside / "nothing")
    for path in ("folder/x.yaml", "file.yaml", "dangling.yaml"):
        with pytest.raises(ValueError, match="through a link"):
            write([proposal(path)], out, force=force)
    assert (outside / "file").read_text() == "theirs"
    assert sorted(path.name for path in outside.iterdir()) == ["file"]
