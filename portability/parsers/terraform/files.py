"""A file of Terraform that was read."""

from __future__ import annotations

from typing import NamedTuple

from portability.model import Location
from portability.parsers.terraform.body import Block
from portability.parsers.terraform.text import Positions


class File(NamedTuple):
    """The blocks of one file, the bytes that their offsets count in, and where those lie."""

    path: str
    data: bytes
    positions: Positions
    blocks: list[Block]

    def location(self, block: Block) -> Location:
        """Where a block of the file stands."""
        line, column = self.positions.at(block.start)
        end_line, end_column = self.positions.at(block.end)
        return Location(path=self.path, line=line, column=column, end_line=end_line, end_column=end_column)
