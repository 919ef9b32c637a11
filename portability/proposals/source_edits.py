"""Edits to Python sources, as patches that ``git apply`` takes. LibCST writes them, so nothing else in a file changes.

One edit so far: an S3 client or resource that names no endpoint reads it from the environment. That is all that code
needs to talk to another S3-compatible store; credentials and region already come from the environment or a profile.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import libcst as cst
from libcst.codemod import CodemodContext
from libcst.codemod.visitors import AddImportsVisitor
from libcst.metadata import MetadataWrapper, PositionProvider

from portability.discovery import Seen, look
from portability.model import Assessment, Finding, Location, Proposal
from portability.proposals.literals import slug

VARIABLE = "S3_ENDPOINT_URL"
_MAKERS = ("client", "resource")


def source_edits(assessment: Assessment, root: Path, target: str, service: str | None = None) -> list[Proposal]:
    """A patch for each Python file that makes S3 clients without an endpoint, where the target serves the S3 API."""
    if service not in (None, "aws/s3"):
        return []
    by_path: dict[str, list[Finding]] = defaultdict(list)
    for finding in assessment.findings:
        if finding.service == "aws/s3" and finding.symbol == "s3" and finding.context == "production":
            by_path[finding.location.path].append(finding)
    proposals = []
    for path, findings in sorted(by_path.items()):
        seen = look(root, path)
        if not isinstance(seen, Seen):
            continue
        patch = s3_endpoint_patch(path, seen.data, [finding.location for finding in findings])
        if patch:
            proposals.append(_proposal(path, patch, findings, target))
    return proposals


def s3_endpoint_patch(path: str, source: bytes, places: Sequence[Location]) -> str:
    """A unified diff that lets the S3 clients made at some places read their endpoint from the environment.

    Empty where nothing is to change: a second run over the patched file gives no patch. Source that LibCST cannot
    read, or that would not come back to the byte, is left alone.
    """
    try:
        wrapper = MetadataWrapper(cst.parse_module(source))
    except (cst.ParserSyntaxError, UnicodeError, RecursionError, ValueError):
        return ""
    if wrapper.module.bytes != source:
        return ""
    edit = _ReadEndpoint({(place.line, place.column - 1) for place in places})
    changed = wrapper.visit(edit)
    if not edit.edited:
        return ""
    context = CodemodContext()
    AddImportsVisitor.add_needed_import(context, "os")
    after = AddImportsVisitor(context).transform_module(changed)
    encoding = wrapper.module.encoding
    return _diff(path, source.decode(encoding), after.code)


class _ReadEndpoint(cst.CSTTransformer):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, places: set[tuple[int, int]]) -> None:
        super().__init__()
        self.places = places
        self.edited = 0

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        start = self.get_metadata(PositionProvider, original_node).start
        if (start.line, start.column) not in self.places or not _makes_s3(original_node):
            return updated_node
        self.edited += 1
        argument = cst.Arg(
            keyword=cst.Name("endpoint_url"),
            value=cst.parse_expression(f'os.environ["{VARIABLE}"]'),
            equal=cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace("")),
        )
        return updated_node.with_changes(args=[*updated_node.args, argument])


def _makes_s3(call: cst.Call) -> bool:
    name = call.func.attr.value if isinstance(call.func, cst.Attribute) else getattr(call.func, "value", "")
    first = call.args[0] if call.args else None
    names = {argument.keyword.value for argument in call.args if argument.keyword}
    return (
        name in _MAKERS
        and first is not None
        and isinstance(first.value, cst.SimpleString)
        and first.value.evaluated_value == "s3"
        and not any(argument.star for argument in call.args)
        and "endpoint_url" not in names
    )


def _diff(path: str, before: str, after: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{path}", f"b/{path}"
    )
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _proposal(path: str, patch: str, findings: Sequence[Finding], target: str) -> Proposal:
    decision = f"Set {VARIABLE} where the code runs, and give it credentials of the new store."
    return Proposal(
        target=target,
        capability="object-storage",
        service="aws/s3",
        title=f"S3 endpoint from the environment in {path}",
        path=f"python/{slug(path.removesuffix('.py'))}.patch",
        text=patch,
        language="patch",
        replaces=tuple(finding.location for finding in findings),
        decisions=(decision,),
    )
