"""The command line in this process: words in; exit code and what it wrote out."""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout
from typing import NamedTuple

from portability.cli import main


class Done(NamedTuple):
    exit_code: int
    stdout: str
    stderr: str

    @property
    def output(self) -> str:
        return self.stdout + self.stderr


def portability(*words: object) -> Done:
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2)]
    code = 0
    with redirect_stdout(streams[0]), redirect_stderr(streams[1]):
        try:
            main([str(word) for word in words])
        except SystemExit as end:
            code = int(end.code or 0)
        for stream in streams:
            stream.flush()
    return Done(code, *(stream.buffer.getvalue().decode() for stream in streams))
