"""Reading one file: never out of the root, never waiting, never without end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from portability.discovery import Seen, load, look
from portability.model import Problem, Source
from portability.parsers.guards import MAX_BYTES


def kind(result: object) -> str:
    assert isinstance(result, Problem)
    return result.kind


def test_a_file_of_ours_becomes_a_source(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/a.tf").write_bytes(b"x")
    assert load(tmp_path, "sub/a.tf") == Source(path="sub/a.tf", language="terraform", data=b"x")


def test_other_files_are_no_source_but_are_seen_for_the_mentions(tmp_path: Path) -> None:
    (tmp_path / "a.go").write_bytes(b"x")
    assert load(tmp_path, "a.go") is None
    assert look(tmp_path, "a.go") == Seen(path="a.go", language=None, kind="Go", data=b"x")


def test_a_file_that_went_away_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert load(tmp_path, "gone.tf") is None
    assert load(tmp_path, "file/gone.tf") is None


def test_a_fifo_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.tf")
    assert kind(load(tmp_path, "a.tf")) == "special-file"


def test_a_folder_that_is_named_like_a_file_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "a.tf").mkdir()
    assert kind(load(tmp_path, "a.tf")) == "special-file"


@pytest.mark.parametrize("path", ["out.tf", "folder/secret.tf", "../secret.tf"])
def test_nothing_leads_out_of_the_root(tmp_path: Path, path: str) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "secret.tf").write_bytes(b"secret")
    (root / "out.tf").symlink_to(tmp_path / "secret.tf")
    (root / "folder").symlink_to(tmp_path)
    assert kind(load(root, path)) == "link"


def test_a_link_within_the_root_is_read_under_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "shared.tf").write_bytes(b"x")
    (tmp_path / "link.tf").symlink_to("shared.tf")
    assert load(tmp_path, "link.tf") == Source(path="link.tf", language="terraform", data=b"x")


def test_a_root_that_is_itself_a_link_is_the_root(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real/a.tf").write_bytes(b"x")
    (tmp_path / "root").symlink_to("real")
    assert isinstance(load(tmp_path / "root", "a.tf"), Source)


def test_a_link_in_a_loop_is_harmless(tmp_path: Path) -> None:
    (tmp_path / "a.tf").symlink_to("b.tf")
    (tmp_path / "b.tf").symlink_to("a.tf")
    assert not isinstance(load(tmp_path, "a.tf"), Source)


def test_five_megabytes_are_read_and_a_byte_more_is_not(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"#" * MAX_BYTES)
    assert isinstance(load(tmp_path, "a.py"), Source)
    (tmp_path / "a.py").write_bytes(b"#" * (MAX_BYTES + 1))
    assert kind(load(tmp_path, "a.py")) == "too-large"


def test_a_notebook_may_be_larger_for_its_outputs(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_bytes(b" " * (MAX_BYTES + 1))
    assert isinstance(load(tmp_path, "a.ipynb"), Source)


def test_of_a_large_file_that_is_not_ours_the_beginning_is_searched(tmp_path: Path) -> None:
    (tmp_path / "dump.sql").write_bytes(b"-" * (MAX_BYTES + 9))
    seen = look(tmp_path, "dump.sql")
    assert isinstance(seen, Seen)
    assert (seen.kind, len(seen.data)) == ("SQL", MAX_BYTES)


@pytest.mark.parametrize("call", ["open", "fstat"])
def test_what_the_system_refuses_is_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "a.tf").touch()
    with monkeypatch.context() as patch:
        patch.setattr(os, call, refuse)
        result = load(tmp_path, "a.tf")
    assert kind(result) == "unreadable"


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    (tmp_path / "a.tf").touch()
    (tmp_path / "d.tf").mkdir()
    before = os.open(tmp_path / "a.tf", os.O_RDONLY)
    os.close(before)
    for name in ("a.tf", "d.tf"):
        load(tmp_path, name)
    after = os.open(tmp_path / "a.tf", os.O_RDONLY)
    os.close(after)
    assert after == before


def test_odd_names_are_opened_as_they_are_and_shown_escaped(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.tf")
    (tmp_path / name).touch()
    source = load(tmp_path, name)
    assert isinstance(source, Source)
    assert source.path == r"caf\xe9.tf"
