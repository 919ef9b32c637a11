"""Ignore files where git cannot be asked."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

from portability.discovery.ignore import Rules

PATTERNS = st.lists(
    st.one_of(
        st.sampled_from(
            ["*.log", "build/", "/dist", "!keep.log", "a/**/b", "**/x", "docs/*.md", "[ab]c", "#no", "", " "]
        ),
        st.text("ab/*!?.[]", min_size=1, max_size=6),
    ),
    max_size=8,
)
PATHS = st.one_of(
    st.sampled_from(["keep.log", "build", "src/build/x.py", "dist", "a/q/b", "docs/x.md"]),
    st.text("abcx./", min_size=1, max_size=8).filter(lambda path: "//" not in path and path.strip("/") == path),
)


@given(PATTERNS, PATHS, st.booleans())
def test_what_all_patterns_together_leave_out_no_single_one_would_match(tmp_path_factory, lines, path, is_folder):
    """One expression is asked before the patterns are: it may let too much through, and never too little."""
    root: Path = tmp_path_factory.mktemp("tree")
    sound = [line for line in lines if _compiles(line)]
    (root / ".gitignore").write_text("\n".join(sound))
    alone = GitIgnoreSpec.from_lines(sound).check_file(f"{path}/" if is_folder else path).include
    assert Rules().joined(str(root), "").ignore(path, is_folder=is_folder) == bool(alone)


def _compiles(pattern: str) -> bool:
    try:
        GitIgnoreSpec.from_lines([pattern])
    except ValueError:
        return False
    return True
