"""Charts that lie packed in a chart (``charts/redis-1.0.2.tgz``): what is in them, within bounds."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from posixpath import normpath
from typing import TYPE_CHECKING, Final

from portability.model import Source
from portability.parsers.kubernetes.documents import Refused

if TYPE_CHECKING:
    import tarfile

SUFFIX: Final = ".tgz"
MAX_UNPACKED: Final = 20_000_000
"""Bytes of an archive when it is unpacked. Charts on Artifact Hub have some 100 kB; those with everything, 5 MB."""
MAX_MEMBERS: Final = 5_000
_TOO_LARGE: Final = f"holds more than {MAX_UNPACKED // 1_000_000} MB"
_GZIP: Final = 16 + zlib.MAX_WBITS
_READ: Final = (".yaml", ".yml", ".json")


def unpacked(source: Source) -> list[Source]:
    """The files of a packed chart that may say something, as if it were unpacked beside the archive, which their paths
    show. Raises Refused where it is no such archive, or passes a bound. Links in it are passed by."""
    import tarfile  # most runs meet no such file

    try:
        stream = zlib.decompressobj(_GZIP)
        data = stream.decompress(source.data, MAX_UNPACKED + 1)
        if len(data) > MAX_UNPACKED:
            raise _refused(_TOO_LARGE)
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            return list(_files(archive, source.path.rpartition("/")[0]))
    except (zlib.error, tarfile.TarError, EOFError, ValueError, OverflowError):
        raise _refused("is no gzipped tar archive") from None


def _files(archive: tarfile.TarFile, folder: str) -> Iterator[Source]:
    room = MAX_UNPACKED
    for number, member in enumerate(archive):
        if number >= MAX_MEMBERS:
            raise _refused(f"holds more than {MAX_MEMBERS:,} files")
        room -= member.size  # a sparse file may say that it is far larger than its archive
        if room < 0:
            raise _refused(_TOO_LARGE)
        path = normpath(member.name)
        if member.isreg() and path.endswith(_READ) and not path.startswith(("..", "/")):
            file = archive.extractfile(member)
            yield Source(path=f"{folder}/{path}", language="kubernetes", data=file.read() if file else b"")


def _refused(why: str) -> Refused:
    return Refused(1, "archive", f"this chart {why} and was not read. `helm dependency update` packs it anew.")
