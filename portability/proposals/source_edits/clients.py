"""Calls of SDK clients that are edited away, and the clients: they go too, where nothing else uses them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

import libcst as cst
import libcst.matchers as m

from portability.model import Finding
from portability.proposals.source_edits.calls import called
from portability.proposals.source_edits.file import SourceFile
from portability.proposals.source_edits.names import Binding, binding, imported, meaning, said
from portability.proposals.source_edits.results import NotPlain

_LEANED_ON = frozenset(
    {"Session", "get_session", "DefaultAzureCredential", "ManagedIdentityCredential", "get_bearer_token_provider"}
)
"""What only makes clients: it goes with the last of them."""


def edit_calls(
    file: SourceFile,
    findings: Sequence[Finding],
    is_known: Callable[[str], bool],
    edit_one: Callable[[Finding, cst.Call], Iterable[cst.Call]],
    otherwise: str,
) -> None:
    """Edit the calls whose symbols an edit knows, and let the clients go.

    ``edit_one`` gives other calls of the client that went along, and raises NotPlain for what stays, with the reason;
    ``otherwise`` is the reason of all calls that are not known.
    """
    edited: list[cst.Call] = []
    for finding in findings:
        call = file.at(finding.location, cst.Call)
        try:
            if call is None or not is_known(finding.symbol):
                if finding.role == "primary":
                    raise NotPlain(otherwise)
                continue
            if finding.confidence != "certain":
                raise NotPlain("That this is such a call is likely, not certain.")
            edited += [call, *edit_one(finding, call)]
        except NotPlain as why:
            file.leave(finding, str(why))
        else:
            file.done(finding)
    if edited:
        retire(file, findings, edited)


def retire(file: SourceFile, findings: Sequence[Finding], calls: Iterable[cst.Call]) -> None:
    """Take away what made the clients of edited calls. ``findings`` are those that may be answered by that."""
    of_call = {file.at(finding.location, cst.Call): finding for finding in findings}
    owners = [call.func.value for call in calls if isinstance(call.func, cst.Attribute)]
    for owner in owners:
        bound = binding(file, owner)
        if isinstance(owner, cst.Call):
            file.done(*(finding for call, finding in of_call.items() if call is owner))
        elif bound is None:
            if isinstance(owner, cst.Attribute) or imported(file, owner):
                file.borrowed.add(said(owner))
        elif isinstance(bound.statement.value, cst.Call) and all(use in owners for use in bound.uses):
            file.retire(bound.statement, bound.lent, of_call.get(bound.statement.value))
            _leaned_on(file, bound)


def retire_arguments(file: SourceFile, calls: Iterable[cst.Call], names: Collection[str]) -> None:
    """Take away what only the arguments of these names say: a credential, an address that was read for them."""
    values = [
        one.value for call in calls for one in call.args if one.keyword is not None and one.keyword.value in names
    ]
    said_there = {name for value in values for name in m.findall(value, m.Name()) if isinstance(name, cst.Name)}
    for name in sorted(said_there, key=file.line):
        other = binding(file, name)
        if other is not None and all(use in said_there for use in other.uses) and (_leans(other) or not other.lent):
            file.retire(other.statement, other.lent)
            _leaned_on(file, other)


def _leaned_on(file: SourceFile, bound: Binding) -> None:
    """Retire what only the retired statement names: a session, a credential."""
    names = [name for name in m.findall(bound.statement.value, m.Name()) if isinstance(name, cst.Name)]
    for name in names:
        _forget(file, name)
        other = binding(file, name)
        if other is not None and _leans(other) and all(use in names for use in other.uses):
            file.retire(other.statement, other.lent)
            _leaned_on(file, other)


def _forget(file: SourceFile, name: cst.Name) -> None:
    """Take an import away where nothing uses it any more."""
    module, _, part = meaning(file, name).rpartition(".")
    if part:
        file.drop_import(module or part, part if module else None)


def _leans(bound: Binding) -> bool:
    """Whether a statement makes nothing but what makes clients."""
    return isinstance(bound.statement.value, cst.Call) and called(bound.statement.value) in _LEANED_ON
