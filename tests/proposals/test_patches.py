"""Edits of a patch say the same as the patch."""

from __future__ import annotations

import difflib

from hypothesis import given
from hypothesis import strategies as st

from portability.proposals.patches import edits

LINES = st.lists(st.sampled_from(["a\n", "b\n", "-- c\n", "+d\n", "@@ -1 +1 @@\n", "\\ e\n", "\n"]), max_size=30)


def applied(text: list[str], patch: str) -> str:
    for edit in sorted(edits(patch), reverse=True):
        text[edit.first - 1 : edit.after - 1] = [edit.text]
    return "".join(text)


@given(LINES, LINES, st.booleans())
def test_applying_the_edits_gives_what_the_patch_gives(before, after, is_open):
    if is_open and after:
        after = [*after[:-1], after[-1].removesuffix("\n") or "x"]
    parts = difflib.unified_diff(before, after, "a/f", "b/f")
    patch = "".join(part if part.endswith("\n") else f"{part}\n\\ No newline at end of file\n" for part in parts)
    assert applied(list(before), patch) == "".join(after)
