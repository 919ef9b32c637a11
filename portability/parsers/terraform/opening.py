"""The bytes of one file → its blocks, or what stood in the way."""

from __future__ import annotations

from portability.model import Problem, Source
from portability.parsers.guards import MAX_BYTES, too_deep
from portability.parsers.terraform import grouping, json_syntax, syntax
from portability.parsers.terraform.body import Body
from portability.parsers.terraform.files import File
from portability.parsers.terraform.grammar import tree_of
from portability.parsers.terraform.syntax import Parsed
from portability.parsers.terraform.text import Positions, decode


def open_file(source: Source) -> tuple[File | None, list[Problem]]:
    """The file's blocks, or None if nothing of it can be read, and what stood in the way."""
    path = source.path
    if len(source.data) > MAX_BYTES:
        what = (
            f"The file has {len(source.data):,} bytes; more than {MAX_BYTES:,} are not read. Split it, or exclude it."
        )
        return None, [Problem(path=path, line=1, kind="too-large", message=what)]
    decoded = decode(source.data)
    if decoded is None:
        what = "The file holds NUL bytes, so it is not text. Exclude it, or save it as UTF-8."
        return None, [Problem(path=path, line=1, kind="binary", message=what)]
    if (line := too_deep(decoded.data)) is not None:
        what = "Brackets nest so deep here that the file is not read: it could bring the parser down. Exclude it."
        return None, [Problem(path=path, line=line, kind="too-deep", message=what)]
    problems = []
    if decoded.replaced is not None:
        what = "Bytes from here on are not UTF-8; they were read as replacement characters. Save the file as UTF-8."
        problems.append(Problem(path=path, line=decoded.replaced, kind="encoding", message=what))
    file, parsed = _parse(path, decoded.data)
    if parsed.error is not None:
        line, _ = file.positions.at(parsed.error)
        problems.append(_syntax_problem(path, line, len(parsed.blocks)))
    elif parsed.blocks and grouping.is_values(path) and not path.endswith(".json"):
        line, _ = file.positions.at(parsed.blocks[0].start)
        what = "A file of values only sets variables; the blocks in it are not read. Move them to a .tf file."
        problems.append(Problem(path=path, line=line, kind="syntax", message=what))
    if parsed.large is not None:
        line, _ = file.positions.at(parsed.large)
        what = "This block has more than two million bytes and was not read. Split it, or exclude the file."
        problems.append(Problem(path=path, line=line, kind="too-large", message=what))
    lost = parsed.error is not None and not parsed.blocks and not grouping.declares_nothing(path)
    return (None if lost else file), problems


def _parse(path: str, data: bytes) -> tuple[File, Parsed]:
    if not data.strip():
        return File(path, data, Positions(data), []), Parsed([])
    if grouping.declares_nothing(path) and not path.endswith(".json"):
        tree = tree_of(data)
        error = syntax.first_error(tree) if tree.root_node.has_error else None
        blocks = list(syntax.blocks_of(tree, data))
        return File(path, data, Positions(data), blocks), Parsed(blocks, error)
    if path.endswith(".json"):
        document = json_syntax.PREFIX + data
        parsed = json_syntax.parse(document)
        return File(path, document, Positions(document, len(json_syntax.PREFIX)), parsed.blocks), parsed
    parsed = syntax.parse(data)
    return File(path, data, Positions(data), parsed.blocks), parsed


def _syntax_problem(path: str, line: int, blocks: int) -> Problem:
    if grouping.declares_nothing(path):
        read_around = "what it sets from there on may be missing, and counts as unknown"
    else:
        around = "1 block around it was read" if blocks == 1 else f"{blocks} blocks around it were read"
        read_around = around if blocks else "no block of the file could be read"
    what = f"This is not valid Terraform; {read_around}. `terraform validate` or `tofu validate` says what is wrong."
    return Problem(path=path, line=line, kind="syntax", message=what)


def values_of(name: str, data: bytes) -> Body:
    """The attributes of a file of values that was named on the command line; none where it is no such file."""
    path = f"{name}.tfvars.json" if name.endswith(".json") else f"{name}.tfvars"
    file, _ = open_file(Source(path=path, language="terraform", data=data))
    return attributes(file) if file is not None else Body(b"")


def attributes(file: File) -> Body:
    """The attributes of a file that declares nothing."""
    read_attributes = json_syntax.attributes if file.path.endswith(".json") else syntax.attributes
    return read_attributes(file.data)
