"""Patterns are compiled when they are used, so a wrong one must be found here."""

from __future__ import annotations

import gc
import pkgutil
import re
from importlib import import_module

import pytest

import portability
from portability.patterns import _Later, regex


def test_each_pattern_of_the_package_compiles():
    for module in pkgutil.walk_packages(portability.__path__, "portability."):
        if (
            not module.name.endswith(("__main__", ".lsp")) and ".servers." not in module.name
        ):  # which stand beside handlers
            import_module(module.name)
    patterns = [one for one in gc.get_objects() if type(one) is _Later]
    assert len(patterns) > 200
    for one in patterns:
        assert one.pattern


def test_a_pattern_does_what_re_does_and_fails_at_its_first_use():
    assert regex("a+", re.IGNORECASE).findall("xAa") == re.compile("a+", re.IGNORECASE).findall("xAa")
    wrong = regex("(")
    with pytest.raises(re.error):
        wrong.search("")
