"""What was there before, and what of that a run finds again: by fingerprint, then by everything but the file's name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence

import msgspec

from portability.gate.verdict import Earlier
from portability.model import LOCK_IN, Finding, LockIn

Rest = tuple[str, str, str]
"""Language, address, symbol: a finding but for its file, in which several may be equal."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A finding as it was: what is needed to know it again, to see that it deepened, and to review it."""

    path: str
    address: str
    symbol: str
    fingerprint: str
    language: str
    service: str
    lock_in: LockIn
    features: tuple[str, ...] = ()

    @property
    def rest(self) -> Rest:
        """The entry but for its file."""
        return self.language, _bare(self.path, self.address), self.symbol


def entry(finding: Finding) -> Entry:
    """What is kept of a finding."""
    return Entry(
        path=finding.location.path,
        address=finding.address,
        symbol=finding.symbol,
        fingerprint=finding.fingerprint,
        language=finding.language,
        service=finding.service,
        lock_in=finding.lock_in,
        features=finding.features,
    )


class Comparison:
    """Findings of now against entries of before.

    ``gone`` says of a path whether the entries there may have moved elsewhere: whether it was looked at, or is no more.
    ``same_code`` says of a path that its content is what it was, so that what is new there comes from the rules.
    """

    def __init__(
        self,
        before: Iterable[Entry],
        now: Sequence[Finding],
        *,
        looked_at: Callable[[str], bool] = lambda _path: True,
        existed: Callable[[str], bool] = lambda _path: False,
        same_code: Callable[[str], bool] = lambda _path: False,
        whence: str = "before",
    ) -> None:
        self._whence = whence
        self._same_code = same_code
        self.pairs: dict[str, Entry] = {}
        entries = {one.fingerprint: one for one in before}
        for finding in now:
            if (known := entries.pop(finding.fingerprint, None)) is not None:
                self.pairs[finding.fingerprint] = known
        left = [one for one in sorted(entries.values()) if looked_at(one.path)]
        new = [finding for finding in now if finding.fingerprint not in self.pairs]
        renamed = _renamed(left, new, existed)
        self._match(left, new, lambda path: renamed.get(path, path))
        self._match(left, new, _folder)
        self._match(left, new, lambda _path: "")
        matched = {one.fingerprint for one in self.pairs.values()}
        self.stale = tuple(one for one in left if one.fingerprint not in matched)

    def known(self, finding: Finding) -> Earlier | None:
        """What becomes of a finding, were it to fail, or None where it is new."""
        then = self.pairs.get(finding.fingerprint)
        if then is None:
            if self._same_code(finding.location.path):
                return Earlier("catalogue", "new to the catalogue, in a file that has not changed", was_there=False)
            return None
        gained = sorted(set(finding.features) - set(then.features))
        if _rank(finding.lock_in) <= _rank(then.lock_in):
            return Earlier("known", f"it was there {self._whence}")
        if self._same_code(finding.location.path) or not gained:
            why = f"it was there {self._whence} as {then.lock_in}; the catalogue judges it harder now"
            return Earlier("catalogue", why)
        return Earlier("fails", f"deepened: {', '.join(gained)} made it {finding.lock_in}, it was {then.lock_in}")

    def _match(self, left: list[Entry], new: list[Finding], place: Callable[[str], str]) -> None:
        """Pair what is equal but for the file, where both files are in one place by the given measure."""
        waiting: dict[tuple[str, Rest], list[Entry]] = defaultdict(list)
        for one in left:
            waiting[place(one.path), one.rest].append(one)
        for finding in list(new):
            if same := waiting.get((place(finding.location.path), _rest(finding))):
                one = same.pop(0)
                self.pairs[finding.fingerprint] = one
                left.remove(one)
                new.remove(finding)


def _renamed(left: Collection[Entry], new: Collection[Finding], existed: Callable[[str], bool]) -> dict[str, str]:
    """New path → the old one that holds the most of the same, one to one, for files that were not there before."""
    before: dict[str, Counter[Rest]] = defaultdict(Counter)
    now: dict[str, Counter[Rest]] = defaultdict(Counter)
    for one in left:
        before[one.path][one.rest] += 1
    for finding in new:
        if not existed(finding.location.path):
            now[finding.location.path][_rest(finding)] += 1
    alike = sorted(
        (-(theirs & ours).total(), _folder(path) != _folder(old), _name(path) != _name(old), old, path)
        for old, theirs in before.items()
        for path, ours in now.items()
        if theirs & ours
    )
    renamed: dict[str, str] = {}
    for *_, old, path in alike:
        if path not in renamed and old not in renamed.values():
            renamed[path] = old
    return renamed


def _rest(finding: Finding) -> Rest:
    return finding.language, _bare(finding.location.path, finding.address), finding.symbol


def _bare(path: str, address: str) -> str:
    """An address without the module that it begins with in Python, which is the file's name again."""
    folder, _, name = path.rpartition("/")
    module = folder.rpartition("/")[2] if name == "__init__.py" else name.partition(".")[0]
    first, dot, below = address.partition(".")
    return (below if dot else "") if first == module else address


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _rank(level: LockIn) -> int:
    """``unknown`` ranks lowest: to know what something is does not deepen it."""
    return -1 if level == "unknown" else list(LOCK_IN).index(level)
