"""Joining PDF files of stickers into one; the only home of pikepdf.

>>> import tempfile, pathlib
>>> from ocoptrace.labels.display import Page
>>> from ocoptrace.labels.drawing.pdf import write_pdf
>>> folder = pathlib.Path(tempfile.mkdtemp())
>>> for name in ("1.pdf", "2.pdf"):
...     _ = (folder / name).write_bytes(write_pdf([Page(50_000, 30_000, ())], title="Lô L1"))
>>> join_pdfs([folder / "1.pdf", folder / "2.pdf"], folder / "all.pdf")
>>> (folder / "all.pdf").read_bytes().count(b"/MediaBox")
2
"""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Final

import pikepdf

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["join_pdfs"]

_END: Final = b"%%EOF\n"


def join_pdfs(parts: Sequence[Path], path: Path) -> None:
    """Write the pages of some PDF files into one.

    Title and viewer preferences are those of the first. Streams are copied as they are, from
    disk to disk; the bytes depend on nothing but the parts.

    Args:
        parts: at least one, each written by ``write_pdf``.
        path: the new file.

    Raises:
        OSError: a part cannot be read, or the disk refuses.
    """
    first, *others = (str(part.absolute()) for part in parts)
    out = str(path.absolute())
    # A job copies from file to file. `Pdf.pages` would hold all pages in memory, and `Pdf.save`
    # ends the process where the disk is full.
    job = pikepdf.Job(["qpdf", "--deterministic-id", first, "--pages", first, *others, "--", out])
    job.run()
    with path.open("rb") as file:
        file.seek(-len(_END), os.SEEK_END)
        if file.read() != _END:
            # What the disk refuses at the very last, qpdf does not notice.
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
