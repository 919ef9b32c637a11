"""Exit codes, in every combination that the design names: one table."""

from __future__ import annotations

from itertools import product

import pytest

from tests.gate.conftest import NETWORK, QUEUE, Repository

NOTHING, FINE, FAILS, UNREAD = {}, {"vpc.tf": NETWORK}, {"queue.tf": QUEUE}, {"broken.tf": b"\0\0\0"}


@pytest.mark.parametrize("unread", [False, True])
@pytest.mark.parametrize("failing", [False, True])
@pytest.mark.parametrize("quiet", [False, True])
@pytest.mark.parametrize("allow", [False, True])
def test_unread_beats_findings_and_findings_beat_nothing(
    repository: Repository, unread: bool, failing: bool, quiet: bool, allow: bool
) -> None:
    for given, files in ((unread, UNREAD), (failing, FAILS), (quiet, FINE)):
        for path, content in files.items() if given else ():
            repository.write(path, content)
    repository.write("README.md", "nothing of ours")
    wanted = 3 if unread and not allow else 1 if failing else 0
    more = ["--allow-unread"] if allow else []
    assert repository.check(*more).exit_code == wanted
    assert repository.run("audit").exit_code == (3 if unread else 0 if failing or quiet else 4)


@pytest.mark.parametrize(
    ("unread", "known"), list(product([False, True], ["baseline", "against", "accept", "max-findings", "allow"]))
)
def test_what_lets_findings_pass_never_lets_unread_files_pass(repository: Repository, unread: bool, known: str) -> None:
    repository.write("queue.tf", QUEUE)
    arguments: list[str] = []
    if known == "baseline":
        repository.run("baseline", "write")
    if known == "against":
        repository.commit()
        arguments = ["--against", "HEAD"]
    if known == "accept":
        repository.write("portability.toml", '[[accept]]\nservice = "*"\nreason = "all of it"\n')
    if known == "max-findings":
        arguments = ["--max-findings", "1"]
    if known == "allow":
        repository.write("portability.toml", '[policy.allow]\nservices = ["*"]\n')
    if unread:
        repository.write("broken.tf", b"\0\0\0")
    assert repository.check(*arguments).exit_code == (3 if unread else 0)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--no-such-option"],
        ["--against", "nowhere"],
        ["--policy", "nowhere"],
        ["--policy", "nowhere.toml"],
        ["--baseline", "nowhere.json"],
        ["--rules", "nowhere"],
        ["-o", "nonsense"],
        ["-o", "sarif="],
        ["-o", "sarif", "-o", "json"],
        ["--staged", "--against", "HEAD"],
        ["nowhere"],
    ],
)
def test_wrong_usage_beats_findings_and_unread_files(repository: Repository, arguments: list[str]) -> None:
    repository.write("queue.tf", QUEUE)
    repository.write("broken.tf", b"\0\0\0")
    done = repository.check(*arguments)
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.output
