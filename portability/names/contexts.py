"""What kind of code a file holds, by its place: production, a test, an example."""

from __future__ import annotations

from portability.model import Context
from portability.patterns import regex

STAND_INS = frozenset(
    {"moto", "placebo", "pytest_localstack", "localstack", "localstack_client", "localstack_utils", "botocore.stub"}
    | {"testcontainers.localstack", "testcontainers.azurite", "testcontainers.google", "pytest_moto", "mock_firestore"}
)
"""Python packages that stand in for a provider: a file that imports one is a test, whatever its name."""

_TEST_PATH = regex(
    r"(^|/)(tests?|testing|__tests__|spec|e2e|fixtures|testdata|mocks?|conformance|tests?[_-][^/]*|[^/]*[_-]tests)/"
    r"|(^|/)(test_[^/]*|[^/]*_tests?|tests|conftest)\.py$"
    r"|(^|/)(requirements[-_.]tests?|tests?[-_.]requirements|requirements/tests?)\.(txt|in)$"
)
_EXAMPLE_PATH = regex(r"(^|/)(examples?|samples?|demos?|docs?|tutorials?)/")


def context_of(path: str) -> Context:
    """Whether a path is production code, a test, or an example."""
    if _TEST_PATH.search(path):
        return "test"
    return "example" if _EXAMPLE_PATH.search(path) else "production"
