"""The language server, as an editor speaks to it: a real client, a real process, standard input and output."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

QUEUE = 'resource "aws_sqs_queue" "orders" {\n  name = "orders"\n}\n'
PORTABLE = 'resource "random_id" "x" {}\n'
CAPABILITIES = lsp.ClientCapabilities(
    workspace=lsp.WorkspaceClientCapabilities(
        workspace_edit=lsp.WorkspaceEditClientCapabilities(
            document_changes=True, resource_operations=[lsp.ResourceOperationKind.Create]
        )
    )
)


class Editor:
    """An editor with some files open."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.client = LanguageClient("test", "1")
        self.messages: list[str] = []
        self._shown: asyncio.Queue[lsp.PublishDiagnosticsParams] = asyncio.Queue()
        self._version = 0

        @self.client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def show(params: lsp.PublishDiagnosticsParams) -> None:
            self._shown.put_nowait(params)

        @self.client.feature(lsp.WINDOW_SHOW_MESSAGE)
        def say(params: lsp.ShowMessageParams) -> None:
            self.messages.append(params.message)

    async def start(self) -> None:
        await self.client.start_io(sys.executable, "-m", "portability", "lsp")
        await self.client.initialize_async(
            lsp.InitializeParams(capabilities=CAPABILITIES, root_uri=self.root.as_uri(), process_id=None)
        )
        self.client.initialized(lsp.InitializedParams())

    async def stop(self) -> None:
        await self.client.shutdown_async(None)
        self.client.exit(None)
        await self.client.stop()

    def uri(self, name: str) -> str:
        return (self.root / name).as_uri()

    async def open(self, name: str, text: str | None = None) -> list[lsp.Diagnostic]:
        """Open a file, with other text than the disk has if some is given, and wait for what is shown."""
        shown = (self.root / name).read_text() if text is None else text
        item = lsp.TextDocumentItem(uri=self.uri(name), language_id="x", version=1, text=shown)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(text_document=item))
        return await self.shown(name)

    async def type(self, name: str, text: str) -> list[lsp.Diagnostic]:
        self._version += 10
        self.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(
                text_document=lsp.VersionedTextDocumentIdentifier(uri=self.uri(name), version=self._version),
                content_changes=[lsp.TextDocumentContentChangeWholeDocument(text=text)],
            )
        )
        return await self.shown(name)

    async def shown(self, name: str) -> list[lsp.Diagnostic]:
        while True:
            one = await asyncio.wait_for(self._shown.get(), 60)
            if one.uri == self.uri(name):
                return list(one.diagnostics)

    async def actions(self, name: str, line: int) -> list[lsp.CodeAction]:
        place = lsp.Position(line, 0)
        found = await self.client.text_document_code_action_async(
            lsp.CodeActionParams(
                text_document=lsp.TextDocumentIdentifier(self.uri(name)),
                range=lsp.Range(place, place),
                context=lsp.CodeActionContext(diagnostics=[]),
            )
        )
        return [one for one in found or [] if isinstance(one, lsp.CodeAction)]


@pytest.fixture
def act(tmp_path: Path) -> Callable[[Callable[[Editor], Awaitable[None]]], None]:
    """Run what an editor does, from start to end."""

    def run(acted: Callable[[Editor], Awaitable[None]]) -> None:
        async def whole() -> None:
            editor = Editor(tmp_path)
            await editor.start()
            try:
                await acted(editor)
            finally:
                await editor.stop()

        asyncio.run(whole())

    return run


def test_what_is_typed_is_judged_before_it_is_saved(tmp_path, act):
    (tmp_path / "main.tf").write_text(PORTABLE)

    async def acted(editor: Editor) -> None:
        assert await editor.open("main.tf") == []
        (found,) = await editor.type("main.tf", PORTABLE + QUEUE)
        assert found.code == "aws/sqs"
        assert found.severity == lsp.DiagnosticSeverity.Error
        assert (found.range.start, found.range.end.line) == (lsp.Position(1, 0), 1)
        assert await editor.type("main.tf", PORTABLE) == []

    act(acted)


def test_a_file_beside_is_read_as_the_editor_has_it(tmp_path, act):
    """A bucket that another file sends elsewhere is none of Amazon's; that file is not saved yet."""
    (tmp_path / "main.tf").write_text('resource "aws_s3_bucket" "b" {\n  bucket = "b"\n}\n')
    (tmp_path / "provider.tf").write_text('provider "aws" {\n  region = "eu-west-1"\n}\n')
    elsewhere = 'provider "aws" {\n  endpoints {\n    s3 = "https://s3.gra.io.cloud.ovh.net"\n  }\n}\n'

    async def acted(editor: Editor) -> None:
        assert [one.code for one in await editor.open("main.tf")] == ["aws/s3"]
        await editor.open("provider.tf")
        await editor.type("provider.tf", elsewhere)
        assert await editor.type("main.tf", (tmp_path / "main.tf").read_text()) == []

    act(acted)


def test_comments_policy_and_baseline_count_as_in_a_check(tmp_path, act):
    (tmp_path / "portability.toml").write_text('[policy]\nfail-on = "captive"\n')
    (tmp_path / "main.tf").write_text(QUEUE)

    async def acted(editor: Editor) -> None:
        (found,) = await editor.open("main.tf")
        assert found.severity == lsp.DiagnosticSeverity.Warning
        assert await editor.type("main.tf", "# portability: accept aws/sqs -- it moves in spring\n" + QUEUE) == []

    act(acted)


def test_a_configuration_with_a_typo_is_told_once(tmp_path, act):
    (tmp_path / "main.tf").write_text(QUEUE)
    (tmp_path / "portability.toml").write_text("excude = []\n")

    async def acted(editor: Editor) -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(editor.open("main.tf"), 3)
        (message,) = editor.messages
        assert "portability.toml:1" in message
        assert "did you mean exclude?" in message
        (tmp_path / "portability.toml").unlink()
        assert len(await editor.type("main.tf", QUEUE)) == 1

    act(acted)


def test_places_are_in_the_units_of_the_editor(tmp_path, act):
    """An editor counts in UTF-16: an emoji is two."""
    (tmp_path / "app.py").write_text('import boto3\n\nprint("🚀"); boto3.client("sqs").send_message(QueueUrl="q")\n')

    async def acted(editor: Editor) -> None:
        found = [one for one in await editor.open("app.py") if one.severity == lsp.DiagnosticSeverity.Error]
        assert {one.range.start.character for one in found} == {len('print("xx"); ')}

    act(acted)


def test_hover_says_what_it_is_and_what_there_is_instead(tmp_path, act):
    (tmp_path / "main.tf").write_text(QUEUE)

    async def acted(editor: Editor) -> None:
        await editor.open("main.tf")
        place = lsp.TextDocumentIdentifier(editor.uri("main.tf"))
        found = await editor.client.text_document_hover_async(lsp.HoverParams(place, lsp.Position(1, 3)))
        assert found is not None
        assert isinstance(found.contents, lsp.MarkupContent)
        assert found.contents.value.startswith("**Amazon SQS** `aws/sqs`")
        assert "- ovhcloud: " in found.contents.value
        assert await editor.client.text_document_hover_async(lsp.HoverParams(place, lsp.Position(9, 0))) is None

    act(acted)


def test_a_proposal_is_a_new_file_and_overwrites_none(tmp_path, act):
    (tmp_path / "main.tf").write_text('resource "aws_s3_bucket" "b" {\n  bucket = "orders"\n}\n')

    async def acted(editor: Editor) -> None:
        await editor.open("main.tf")
        actions = await editor.actions("main.tf", 0)
        assert {one.title.rpartition(", ")[2] for one in actions} == {"ovhcloud)", "self-hosted)"}
        for one in actions:
            assert one.edit is not None
            create, write = one.edit.document_changes or ()
            assert isinstance(create, lsp.CreateFile)
            assert create.uri.startswith(editor.uri("portability-proposals"))
            assert create.options is not None
            assert not create.options.overwrite
            assert isinstance(write, lsp.TextDocumentEdit)
            assert "orders" in write.edits[0].new_text

    act(acted)


def test_a_python_patch_is_an_edit_of_the_file(tmp_path, act):
    text = 'import boto3\n\ns3 = boto3.client("s3")\ns3.put_object(Bucket="b", Key="k", Body=b"")\n'
    (tmp_path / "app.py").write_text(text)

    async def acted(editor: Editor) -> None:
        await editor.open("app.py")
        (fix, *_) = [one for one in await editor.actions("app.py", 2) if one.kind == lsp.CodeActionKind.QuickFix]
        assert fix.edit is not None
        assert fix.edit.changes is not None
        lines = text.splitlines(keepends=True)
        for edit in sorted(fix.edit.changes[editor.uri("app.py")], key=lambda edit: -edit.range.start.line):
            lines[edit.range.start.line : edit.range.end.line] = [edit.new_text]
        fixed = "".join(lines)
        assert 'endpoint_url=os.environ["S3_ENDPOINT_URL"]' in fixed
        assert fixed.count("import") == 2

    act(acted)


def test_a_patch_of_a_manifest_is_an_edit_of_the_file(tmp_path, act):
    """Judged as it stands in the editor, with the placeholder that a person fills in."""
    text = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - name: web\n"
        "      image: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web:1\n"
    )
    (tmp_path / "web.yaml").write_text("")

    async def acted(editor: Editor) -> None:
        await editor.open("web.yaml", text)
        (fix, *_) = [one for one in await editor.actions("web.yaml", 6) if one.kind == lsp.CodeActionKind.QuickFix]
        assert fix.edit is not None
        assert fix.edit.changes is not None
        (edit,) = fix.edit.changes[editor.uri("web.yaml")]
        assert (edit.range.start.line, edit.range.end.line) == (6, 7)
        assert edit.new_text == "      image: ${REGISTRY}/shop/web:1\n"

    act(acted)


@pytest.mark.parametrize("text", ["resource {{{", "\0\0", '"' * 5000, "a: &a [*a, *a]\n"])
def test_half_typed_text_never_ends_the_server(tmp_path, act, text):
    for name in ("main.tf", "app.py", "pod.yaml"):
        (tmp_path / name).write_text("")

    async def acted(editor: Editor) -> None:
        for name in ("main.tf", "app.py", "pod.yaml"):
            await editor.open(name, text)
        assert len(await editor.type("main.tf", QUEUE)) == 1

    act(acted)
