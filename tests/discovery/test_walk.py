"""Which files are listed, with git and without."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portability.discovery import Discovered, discover, git, printable


def run_git(folder: Path, *arguments: str) -> None:
    settings = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "protocol.file.allow=always")
    subprocess.run(["git", "-C", str(folder), *settings, *arguments], check=True, capture_output=True)


def write(root: Path, *paths: str, text: str = "") -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def names(found: Discovered) -> list[str]:
    return [path for path, _ in found.files]


def kinds(found: Discovered) -> list[tuple[str, str]]:
    return [(problem.path, problem.kind) for problem in found.problems]


@pytest.fixture(params=["git", "walk"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """An empty root, once as a git work tree and once as a plain folder: both must answer alike."""
    folder = tmp_path / "root"
    folder.mkdir()
    if request.param == "git":
        run_git(folder, "init", "--quiet")
    return folder


def test_files_are_sorted_and_carry_the_language_that_their_name_promises(root: Path) -> None:
    write(root, "z.tf", "b/a.py", "a.yaml", "README.md", ".github/workflows/ci.yml")
    assert discover(root).files == (
        (".github/workflows/ci.yml", "delivery"),
        ("README.md", None),
        ("a.yaml", "kubernetes"),
        ("b/a.py", "python"),
        ("z.tf", "terraform"),
    )


def test_an_empty_root_is_empty(root: Path) -> None:
    assert discover(root) == Discovered(files=(), skipped={}, problems=())


def test_ignored_files_are_not_listed_and_the_nearest_gitignore_decides(root: Path) -> None:
    write(root, ".gitignore", text="*.gen.tf\n/out/\n!keep.gen.tf\n")
    write(root, "sub/.gitignore", text="!b.gen.tf\nlocal.py\n")
    write(root, "a.gen.tf", "keep.gen.tf", "out/a.tf", "sub/a.gen.tf", "sub/b.gen.tf", "sub/local.py", "sub/out/a.tf")
    expected = [".gitignore", "keep.gen.tf", "sub/.gitignore", "sub/b.gen.tf", "sub/out/a.tf"]
    assert names(discover(root)) == expected


def test_a_broken_or_costly_gitignore_harms_nobody(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git, "SECONDS", 1)  # git itself would be busy for years
    write(root, ".gitignore", text="!\n[\n" + "*a" * 40 + "b\nreal.tf\n")
    write(root, "a" * 120 + ".tf", "real.tf")
    assert names(discover(root)) == [".gitignore", "a" * 120 + ".tf"]


def test_skipped_trees_are_counted_by_name_and_opened_on_request(root: Path) -> None:
    write(root, ".gitignore", text=".terraform/\n")
    inside = ["a/node_modules/x/i.js", "node_modules/i.js", ".terraform/modules/m/main.tf", "vendor/v.go"]
    write(root, "main.tf", "env/pyvenv.cfg", "env/lib/site-packages/x.py", *inside)
    found = discover(root)
    assert names(found) == [".gitignore", "main.tf"]
    assert found.skipped == {".terraform": 1, "node_modules": 2, "vendor": 1, "virtualenv": 2}
    opened = discover(root, include_skipped=True)
    assert {*inside, "env/lib/site-packages/x.py"} < set(names(opened))
    assert opened.skipped == {}


def test_build_folders_are_source_until_git_ignores_them(root: Path) -> None:
    write(root, "dist/main.tf", "sub/build/a.py", "sub/build/b/c.py")
    assert names(discover(root)) == ["dist/main.tf", "sub/build/a.py", "sub/build/b/c.py"]
    write(root, ".gitignore", text="build/\nother/\n")
    write(root, "other/secret.py")
    found = discover(root)
    assert names(found) == [".gitignore", "dist/main.tf"]
    assert found.skipped == {"build": 2}


def test_version_control_stores_are_never_read(root: Path) -> None:
    write(root, "a.tf", ".git/config.tf", "sub/.hg/x.tf")
    found = discover(root, include_skipped=True)
    assert "a.tf" in names(found)
    assert not [name for name in names(found) if name.startswith(".git/")]


def test_links_stay_in_the_root(root: Path) -> None:
    write(root.parent, "secret.tf", "outside/x.tf")
    write(root, "real/a.tf")
    for name, target in {
        "out.tf": root.parent / "secret.tf",
        "outfolder": root.parent / "outside",
        "inside.tf": Path("real/a.tf"),
        "infolder": Path("real"),
        "real/loop": Path(".."),
        "self.tf": Path("self.tf"),
        "gone.tf": Path("nowhere.tf"),
    }.items():
        (root / name).symlink_to(target)
    found = discover(root)
    assert names(found) == ["inside.tf", "real/a.tf"]
    assert kinds(found) == [("out.tf", "link"), ("outfolder", "link")]


def test_fifos_and_sockets_are_problems_and_nobody_waits(tmp_path: Path) -> None:
    write(tmp_path, "a.tf")
    os.mkfifo(tmp_path / "fifo.tf")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(tmp_path / "s.tf"))
        found = discover(tmp_path)
    assert names(found) == ["a.tf"]
    assert kinds(found) == [("fifo.tf", "special-file"), ("s.tf", "special-file")]


def test_an_unreadable_folder_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.tf", "locked/b.tf")
    scandir = os.scandir

    def refuse(path: str) -> object:  # the tests may run as a user whom no permission stops
        if path.endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = discover(tmp_path)
    assert (names(found), kinds(found)) == (["a.tf"], [("locked", "unreadable")])


def test_odd_names_are_listed_as_they_are(root: Path) -> None:
    odd = [os.fsdecode(b"caf\xe9.tf"), "two\nlines.tf", " space .tf", "ünï.tf", "a\\b.tf", "-rf.tf"]
    write(root, *odd)
    found = discover(root)
    assert sorted(names(found)) == sorted(odd)
    shown = [printable(name) for name in names(found)]
    assert msgspec.json.decode(msgspec.json.encode(shown)) == shown


def test_given_files_and_folders(root: Path) -> None:
    write(root, ".gitignore", text="ignored.tf\nfolder/x.tf\n")
    write(root, "a.tf", "b.tf", "ignored.tf", "folder/c.tf", "folder/x.tf", "vendor/v.tf")
    given = [Path("a.tf"), root / "ignored.tf", Path("folder"), Path("vendor/v.tf"), Path("gone.tf"), Path("../x.tf")]
    found = discover(root, paths=given)
    assert names(found) == ["a.tf", "folder/c.tf", "ignored.tf"]
    assert found.skipped == {"vendor": 1}
    assert sorted(kinds(found)) == [("../x.tf", "outside"), ("gone.tf", "missing")]


def test_the_root_among_the_given_paths_is_everything_and_counts_once(root: Path) -> None:
    write(root, "a.tf", "vendor/v.tf", "sub/b.tf")
    assert discover(root, paths=[root, Path(), Path("sub"), Path("vendor/v.tf"), Path("a.tf")]) == discover(root)
    assert discover(root, paths=[]).files == ()


def test_a_link_given_by_name_still_does_not_leave(root: Path) -> None:
    write(root.parent, "outside/x.tf")
    (root / "link").symlink_to(root.parent / "outside")
    found = discover(root, paths=[Path("link"), Path("link/x.tf")])
    assert (found.files, {kind for _, kind in kinds(found)}) == ((), {"outside"})


def test_a_root_reached_by_a_link_is_the_same_root(root: Path) -> None:
    write(root, "a.tf")
    link = root.parent / "link"
    link.symlink_to(root)
    assert discover(link) == discover(root) == discover(link, paths=[link])


# Only git knows these


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    run_git(folder, "init", "--quiet")
    return folder


def test_tracked_files_count_even_where_they_are_ignored(repository: Path) -> None:
    write(repository, ".gitignore", text="*.gen.tf\nvendor/\n")
    write(repository, "a.gen.tf", "b.gen.tf", "vendor/v.tf", "vendor/w.tf")
    run_git(repository, "add", "--force", "a.gen.tf", "vendor/v.tf")
    found = discover(repository)
    assert names(found) == [".gitignore", "a.gen.tf"]
    assert found.skipped == {"vendor": 2}


def test_tracked_files_that_were_deleted_are_nothing_to_speak_of(repository: Path) -> None:
    write(repository, "a.tf", "gone.tf", "folder/gone.tf")
    run_git(repository, "add", ".")
    (repository / "gone.tf").unlink()
    (repository / "folder/gone.tf").unlink()
    (repository / "folder").rmdir()
    write(repository, "folder")
    assert discover(repository) == Discovered(files=(("a.tf", "terraform"), ("folder", None)), skipped={}, problems=())


def test_a_tracked_folder_that_became_a_link_is_not_followed(repository: Path) -> None:
    write(repository, "folder/a.tf", "other/a.tf")
    run_git(repository, "add", ".")
    (repository / "folder/a.tf").unlink()
    (repository / "folder").rmdir()
    (repository / "folder").symlink_to("other")
    assert names(discover(repository)) == ["other/a.tf"]


def test_a_folder_of_a_repository_can_be_the_root(repository: Path) -> None:
    write(repository, ".gitignore", text="x.tf\n")
    write(repository, "top.tf", "sub/a.tf", "sub/x.tf")
    assert names(discover(repository / "sub")) == ["a.tf"]


def test_an_ignored_folder_that_is_asked_for_is_walked(repository: Path) -> None:
    write(repository, ".gitignore", text="scratch/\n")
    write(repository, "scratch/a.tf", "b.tf")
    assert names(discover(repository / "scratch")) == ["a.tf"]
    assert names(discover(repository, paths=[Path("scratch")])) == ["scratch/a.tf"]


def test_a_submodule_is_read_when_it_is_checked_out_and_a_problem_when_not(repository: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    run_git(other, "init", "--quiet")
    write(other, ".gitignore", text="ignored.tf\n")
    write(other, "module.tf", "ignored.tf")
    run_git(other, "add", ".")
    run_git(other, "commit", "--quiet", "-m", "one")
    write(repository, "main.tf")
    run_git(repository, "submodule", "add", "--quiet", str(other), "modules/other")
    write(repository, "modules/other/ignored.tf")
    assert names(discover(repository)) == [
        *(".gitmodules", "main.tf", "modules/other/.gitignore", "modules/other/module.tf"),
    ]
    run_git(repository, "commit", "--quiet", "-m", "two")
    run_git(repository, "submodule", "deinit", "--quiet", "--force", "--all")
    found = discover(repository)
    assert names(found) == [".gitmodules", "main.tf"]
    assert kinds(found) == [("modules/other", "submodule")]


@pytest.mark.parametrize("outer", [True, False], ids=["repository", "plain folder"])
def test_a_repository_inside_is_asked_about_its_own_files(tmp_path: Path, outer: bool) -> None:
    inner = tmp_path / "clones/inner"
    inner.mkdir(parents=True)
    if outer:
        run_git(tmp_path, "init", "--quiet")
    run_git(inner, "init", "--quiet")
    write(inner, ".gitignore", text="*.gen.tf\n")
    write(inner, "a.tf", "kept.gen.tf", "dropped.gen.tf")
    run_git(inner, "add", ".gitignore", "a.tf")
    run_git(inner, "add", "--force", "kept.gen.tf")
    run_git(inner, "commit", "--quiet", "-m", "one")
    assert names(discover(tmp_path)) == [
        *("clones/inner/.gitignore", "clones/inner/a.tf", "clones/inner/kept.gen.tf"),
    ]


def test_a_hostile_repository_runs_nothing(repository: Path, tmp_path: Path) -> None:
    write(repository, "a.tf", ".gitattributes", text="* filter=evil\n")
    run_git(repository, "add", ".")
    trap = tmp_path / "trap"
    program = tmp_path / "evil"
    program.write_text(f"#!/bin/sh\ntouch {trap}\n")
    program.chmod(0o755)
    for key in (
        "core.fsmonitor",
        "filter.evil.clean",
        "filter.evil.process",
        "core.pager",
        "core.sshCommand",
        "alias.ls-files",
    ):
        run_git(repository, "config", key, str(program))
    run_git(repository, "config", "core.hooksPath", str(tmp_path))
    write(repository, "git", text=program.read_text())
    (repository / "git").chmod(0o755)
    assert "a.tf" in names(discover(repository))
    assert not trap.exists()


@pytest.mark.parametrize(("key", "value"), [("core.worktree", "../../elsewhere"), ("core.bare", "true")])
def test_a_repositorys_settings_cannot_hide_its_files(repository: Path, tmp_path: Path, key: str, value: str) -> None:
    write(tmp_path, "elsewhere/secret.tf")
    write(repository, "a.tf", "sub/b.tf")
    run_git(repository, "config", key, value)
    assert names(discover(repository)) == ["a.tf", "sub/b.tf"]
    assert names(discover(repository / "sub")) == ["b.tf"]


def test_a_linked_work_tree_is_read_like_any_other(repository: Path, tmp_path: Path) -> None:
    write(repository, ".gitignore", text="x.tf\n")
    run_git(repository, "add", ".")
    run_git(repository, "commit", "--quiet", "-m", "one")
    run_git(repository, "worktree", "add", "--quiet", str(tmp_path / "linked"))
    write(tmp_path / "linked", "a.tf", "x.tf")
    found = discover(tmp_path / "linked")
    assert (names(found), found.problems) == ([".gitignore", "a.tf"], ())


def test_the_variables_of_a_git_hook_do_not_confuse(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(repository, "a.tf")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "no-index"))
    assert discover(repository) == Discovered(files=(("a.tf", "terraform"),), skipped={}, problems=())


@pytest.mark.parametrize("path", ["", "."], ids=["no git", "a git that is not absolute"])
def test_without_git_the_folder_is_walked_and_says_so(
    repository: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    write(repository, ".gitignore", text="x.tf\n")
    write(repository, "a.tf", "x.tf")
    monkeypatch.setenv("PATH", path)
    found = discover(repository)
    assert names(found) == [".gitignore", "a.tf"]
    assert kinds(found) == [(".", "git")]


def test_a_broken_repository_is_walked(tmp_path: Path) -> None:
    write(tmp_path, ".git", "a.tf", text="gitdir: nowhere\n")
    found = discover(tmp_path)
    assert (names(found), kinds(found)) == (["a.tf"], [(".", "git")])


def test_very_many_repositories_are_walked_instead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, *(f"r{number}/.git" for number in range(4)), *(f"r{number}/a.tf" for number in range(4)))
    asked = []

    def listing(work_tree: str, folder: str, prefix: str, *, ignored: bool) -> git.Listing:
        asked.append(folder)
        return git.Listing(frozenset({f"{prefix}a.tf"}), frozenset())

    monkeypatch.setattr(git, "listing", listing)
    monkeypatch.setattr("portability.discovery.walk.REPOSITORIES", 2)
    found = discover(tmp_path)
    assert len(asked) == 2
    assert len(found.files) == 4
    assert [kind for _, kind in kinds(found)] == ["git", "git"]


@given(st.binary(max_size=12), st.binary(max_size=12))
def test_printable_names_are_printable_and_tell_names_apart(one: bytes, other: bytes) -> None:
    first, second = os.fsdecode(one), os.fsdecode(other)
    assert printable(first).isprintable()
    printable(first).encode()
    assert (printable(first) == printable(second)) == (first == second)
