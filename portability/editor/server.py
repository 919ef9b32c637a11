"""The Language Server Protocol: diagnostics as one types, hover, and proposals as code actions."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from lsprotocol import types as lsp
from pygls import uris
from pygls.lsp.server import LanguageServer
from pygls.workspace import PositionCodec

from portability import __version__
from portability.catalogue import Catalogue
from portability.configuration import ConfigurationError, open_project
from portability.editor.desk import Desk, Sheet
from portability.gate import GateError, Judged
from portability.model import LOCK_IN, Location, Problem, Proposal
from portability.proposals.patches import edits
from portability.reports.levels import severity, told
from portability.reports.sarif import rule_id
from portability.reports.words import answer

PAUSE_S: Final = 0.3
"""How long nothing must be typed before the open files are judged again."""
FOLDER: Final = "portability-proposals"
"""Where an accepted proposal is written, below the project's root."""

_SEVERITY: Final = {
    "error": lsp.DiagnosticSeverity.Error,
    "warning": lsp.DiagnosticSeverity.Warning,
    "note": lsp.DiagnosticSeverity.Information,
}


class Server(LanguageServer):
    """One editor's server. ``targets`` are those that proposals are made for when the project names none."""

    def __init__(self, catalogue: Catalogue, targets: tuple[str, ...]) -> None:
        super().__init__("portability", __version__, text_document_sync_kind=lsp.TextDocumentSyncKind.Incremental)
        self._catalogue = catalogue
        self._targets = targets
        self._desks: dict[Path, Desk] = {}
        self._sheets: dict[str, tuple[Desk, Sheet]] = {}
        self._told: set[str] = set()
        self._waiting: asyncio.TimerHandle | None = None
        self._at_work = asyncio.Lock()

    def later(self) -> None:
        """Judge what is open as soon as nobody types."""
        if self._waiting is not None:
            self._waiting.cancel()
        loop = asyncio.get_running_loop()
        self._waiting = loop.call_later(PAUSE_S, lambda: loop.create_task(self.judge()))

    async def judge(self) -> None:
        """Judge every open file, and show what was found."""
        async with self._at_work:
            opened = {
                Path(name): (uri, document.version or 0, document.source)
                for uri, document in self.workspace.text_documents.items()
                if (name := uris.to_fs_path(uri))
            }
            by_desk: dict[Desk, dict[Path, bytes]] = {}
            for path, (_, _, text) in opened.items():
                desk = self._desk(path.parent)
                if desk is not None:
                    by_desk.setdefault(desk, {})[path] = text.encode()
            for desk, texts in by_desk.items():
                try:
                    sheets = await asyncio.to_thread(desk.judge, texts)
                except GateError as error:
                    self._say(str(error))
                    continue
                for path, sheet in sheets.items():
                    uri, version, text = opened[path]
                    self._sheets[uri] = desk, sheet
                    self._publish(uri, version, desk, sheet, text.splitlines(keepends=True))

    def close(self, uri: str) -> None:
        """Forget a file, and take its diagnostics away."""
        self._sheets.pop(uri, None)
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri=uri, diagnostics=[]))

    def hover(self, uri: str, position: lsp.Position) -> lsp.Hover | None:
        """What is known about the findings at a position."""
        found = self._at(uri, position.line, position.line)
        if not found:
            return None
        text = "\n\n---\n\n".join(self._explained(one) for one in found)
        return lsp.Hover(contents=lsp.MarkupContent(kind=lsp.MarkupKind.Markdown, value=text))

    async def actions(self, uri: str, span: lsp.Range) -> list[lsp.CodeAction]:
        """Proposals for the findings in a range: an edit of this file, or a new file."""
        if uri not in self._sheets:
            return []
        desk, _ = self._sheets[uri]
        if not desk.has(Path(uris.to_fs_path(uri) or ""), self.workspace.get_text_document(uri).source.encode()):
            return []  # typed since it was judged: an edit would land in the wrong place
        made: dict[tuple[str, str], lsp.CodeAction] = {}
        async with self._at_work:
            for one in self._at(uri, span.start.line, span.end.line):
                for proposal in await asyncio.to_thread(desk.proposals, one.finding.location):
                    edit = self._edit(uri, desk, proposal)
                    if edit is not None:
                        made.setdefault((proposal.target, proposal.path), _action(proposal, edit))
        return list(made.values())

    def _desk(self, folder: Path) -> Desk | None:
        try:
            project = open_project(folder)
        except ConfigurationError as error:
            self._say(str(error))
            return None
        desk = self._desks.get(project.root)
        if desk is None or desk.project != project:
            targets = project.configuration.targets or self._targets
            desk = self._desks[project.root] = Desk(project, self._catalogue, targets)
        return desk

    def _say(self, message: str) -> None:
        if message not in self._told:
            self._told.add(message)
            self.window_show_message(lsp.ShowMessageParams(type=lsp.MessageType.Error, message=message))

    def _at(self, uri: str, first: int, last: int) -> list[Judged]:
        return self._sheets[uri][1].at(first + 1, last + 1) if uri in self._sheets else []

    def _publish(self, uri: str, version: int, desk: Desk, sheet: Sheet, lines: list[str]) -> None:
        found = [
            self._diagnostic(one, desk, lines) for one in sheet.judged if one.standing not in ("accepted", "known")
        ]
        found += [_unread(problem, lines) for problem in sheet.problems]
        self.text_document_publish_diagnostics(
            lsp.PublishDiagnosticsParams(uri=uri, version=version, diagnostics=found)
        )

    def _diagnostic(self, one: Judged, desk: Desk, lines: list[str]) -> lsp.Diagnostic:
        finding = one.finding
        related = [
            lsp.DiagnosticRelatedInformation(
                location=lsp.Location(uri=_uri(desk.project.root / place.path), range=_whole_line(place.line)),
                message="leads to this",
            )
            for place in finding.related
        ]
        return lsp.Diagnostic(
            range=self._first_line(finding.location, lines),
            message=told(one),
            severity=_SEVERITY[severity(one)],
            code=rule_id(finding),
            source="portability",
            related_information=related or None,
        )

    def _first_line(self, place: Location, lines: list[str]) -> lsp.Range:
        """The part of a finding on its first line, in the editor's units: a block underlined whole is unreadable."""
        text = lines[place.line - 1].rstrip("\r\n") if place.line <= len(lines) else ""
        end = place.end_column - 1 if place.end_line == place.line else len(text)
        span = lsp.Range(
            start=lsp.Position(place.line - 1, min(place.column - 1, len(text))),
            end=lsp.Position(place.line - 1, max(end, place.column - 1)),
        )
        return self._codec.range_to_client_units(lines, span)

    @property
    def _codec(self) -> PositionCodec:
        return self.workspace.position_codec

    def _explained(self, one: Judged) -> str:
        finding = one.finding
        service = self._catalogue.service(finding.service) if finding.service in self._catalogue.service_ids else None
        parts = [f"**{service.name if service else finding.service}** `{finding.service}`: {told(one)}"]
        if service is not None and finding.kind == "lock-in":
            parts.append(f"{service.because} Leaving asks to: {LOCK_IN[finding.lock_in]}.")
        for known in finding.equivalents:
            gaps = "".join(f"\n  - lost: {gap.text}" for gap in known.gaps)
            parts.append(f"- {known.target}: {answer(known)}{gaps}")
        return "\n\n".join(parts[:2]) + "\n\n" + "\n".join(parts[2:])

    def _edit(self, uri: str, desk: Desk, proposal: Proposal) -> lsp.WorkspaceEdit | None:
        if proposal.language == "patch":
            changed = [
                lsp.TextEdit(range=_lines(edit.first, edit.after), new_text=edit.text) for edit in edits(proposal.text)
            ]
            return lsp.WorkspaceEdit(changes={uri: changed})
        able = self.client_capabilities.workspace
        if able is None or able.workspace_edit is None or not able.workspace_edit.document_changes:
            return None
        if lsp.ResourceOperationKind.Create not in (able.workspace_edit.resource_operations or ()):
            return None
        file = _uri(desk.project.root / FOLDER / proposal.target / proposal.path)
        start = lsp.Range(lsp.Position(0, 0), lsp.Position(0, 0))
        return lsp.WorkspaceEdit(
            document_changes=[
                lsp.CreateFile(uri=file, options=lsp.CreateFileOptions(overwrite=False)),
                lsp.TextDocumentEdit(
                    text_document=lsp.OptionalVersionedTextDocumentIdentifier(uri=file),
                    edits=[lsp.TextEdit(range=start, new_text=proposal.text)],
                ),
            ]
        )


def _action(proposal: Proposal, edit: lsp.WorkspaceEdit) -> lsp.CodeAction:
    kind = lsp.CodeActionKind.QuickFix if proposal.language == "patch" else lsp.CodeActionKind.Refactor
    title = proposal.title.lstrip("#/ ").strip()
    return lsp.CodeAction(title=f"{title} (portability, {proposal.target})", kind=kind, edit=edit)


def _unread(problem: Problem, lines: list[str]) -> lsp.Diagnostic:
    return lsp.Diagnostic(
        range=_whole_line(min(problem.line, len(lines) or 1)),
        message=problem.message,
        severity=lsp.DiagnosticSeverity.Warning,
        code=problem.kind,
        source="portability",
    )


def _whole_line(line: int) -> lsp.Range:
    return _lines(max(line, 1), max(line, 1) + 1)


def _lines(first: int, after: int) -> lsp.Range:
    return lsp.Range(lsp.Position(first - 1, 0), lsp.Position(after - 1, 0))


def _uri(path: Path) -> str:
    return uris.from_fs_path(str(path)) or path.as_uri()


def server(catalogue: Catalogue, targets: tuple[str, ...]) -> Server:
    """A server that answers; ``start_io`` runs it."""
    made = Server(catalogue, targets)

    @made.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def did_open(_params: lsp.DidOpenTextDocumentParams) -> None:
        made.later()

    @made.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(_params: lsp.DidChangeTextDocumentParams) -> None:
        made.later()

    @made.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def did_save(_params: lsp.DidSaveTextDocumentParams) -> None:
        made.later()

    @made.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: lsp.DidCloseTextDocumentParams) -> None:
        made.close(params.text_document.uri)

    @made.feature(lsp.TEXT_DOCUMENT_HOVER)
    def hover(params: lsp.HoverParams) -> lsp.Hover | None:
        return made.hover(params.text_document.uri, params.position)

    @made.feature(lsp.TEXT_DOCUMENT_CODE_ACTION)
    async def code_action(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        return await made.actions(params.text_document.uri, params.range)

    return made
