"""Joining PDF files of stickers into one; the only home of pikepdf.

>>> import tempfile, pathlib
>>> from ocoptrace.labels.display import Page
>>> from ocoptrace.labels.drawing.pdf import write_pdf
>>> folder = pathlib.Path(tempfile.mkdtemp())
>>> for name in ("1.pdf", "2.pdf"):
...     _ = (folder / name).write_bytes(write_pdf([Page(50_000, 30_000, ())], title="Lô L1"))
>>> join_pdfs([folder / "1.pdf", folder / "2.pdf"], folder / "all.pdf")
2
"""

from __future__ import annotations

import io
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final

import pikepdf

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["join_pdfs"]

_BUFFER: Final = 2**20


def join_pdfs(parts: Sequence[Path], path: Path) -> int:
    """Write the pages of some PDF files into one, and return how many there are.

    Title and viewer preferences are those of the first. Streams are copied as they are; the
    bytes depend on nothing but the parts.

    Args:
        parts: at least one, each written by ``write_pdf``.
        path: the new file.

    Raises:
        OSError: a part cannot be read, or the disk refuses.
    """
    with ExitStack() as stack:
        whole, *others = [
            # Read as it is needed: mapped into memory, all parts would be there at once.
            stack.enter_context(pikepdf.open(part, access_mode=pikepdf.AccessMode.stream))
            for part in parts
        ]
        for other in others:
            whole.pages.extend(other.pages)
        pages = len(whole.pages)
        with path.open("wb", buffering=0) as file:
            patient = _Patient(file)
            with io.BufferedWriter(patient, _BUFFER) as buffered:
                whole.save(
                    buffered,
                    deterministic_id=True,
                    # Else reportlab's streams would be compressed once more.
                    compress_streams=False,
                    stream_decode_level=pikepdf.StreamDecodeLevel.none,
                )
    if patient.fault is not None:
        raise patient.fault
    return pages


class _Patient(io.RawIOBase):
    """A file that keeps to itself that the disk refused: qpdf would end the process for it."""

    def __init__(self, file: io.FileIO) -> None:
        self._file = file
        self.fault: OSError | None = None

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._file.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self._file.seek(offset, whence)

    def write(self, data: Any, /) -> int:
        if self.fault is None:
            try:
                rest = memoryview(data)
                while rest:
                    # What a raw file takes is up to it.
                    rest = rest[self._file.write(rest) :]
            except OSError as error:
                self.fault = error
        return len(data)
