"""A tree opens what lies in its root, through links that stay inside, and nothing else."""

from __future__ import annotations

import pytest

from portability.discovery import Tree


@pytest.fixture
def root(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.tf").write_text("secret")
    root = tmp_path / "root"
    (root / "a").mkdir(parents=True)
    (root / "a/main.tf").write_text("mine")
    (root / "inside").symlink_to(root / "a", target_is_directory=True)
    (root / "a/again.tf").symlink_to("main.tf")
    (root / "out").symlink_to(outside, target_is_directory=True)
    (root / "a/out.tf").symlink_to(outside / "secret.tf")
    return root


@pytest.mark.parametrize("path", ["a/main.tf", "a/again.tf", "inside/main.tf"])
def test_what_stays_inside_is_read(root, path):
    assert Tree(root, []).read(path) == b"mine"


@pytest.mark.parametrize("path", ["out/secret.tf", "a/out.tf", "../outside/secret.tf", "a", "a/gone.tf"])
def test_what_leads_out_or_is_no_file_is_not(root, path):
    assert Tree(root, []).read(path) is None


def test_who_asks_for_endings_gets_those_of_the_whole_root_and_counts_nothing_else(root):
    tree = Tree(root, ["a/main.tf"], whole=False)
    assert [path for path in tree.everywhere((".tf",)) if tree.read(path)] == ["a/again.tf", "a/main.tf"]
    assert Tree(root, ["a/main.tf"]).everywhere((".tf",)) == ["a/main.tf"]
