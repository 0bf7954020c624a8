"""Joining PDF files of stickers into one; the only home of pikepdf.

>>> import tempfile, pathlib
>>> from ocoptrace.labels.display import Page
>>> from ocoptrace.labels.pdf import write_pdf
>>> folder = pathlib.Path(tempfile.mkdtemp())
>>> for name in ("1.pdf", "2.pdf"):
...     _ = (folder / name).write_bytes(write_pdf([Page(50_000, 30_000, ())], title="Lô L1"))
>>> join_pdfs([folder / "1.pdf", folder / "2.pdf"], folder / "all.pdf")
2
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pikepdf

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["join_pdfs"]


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
        whole = stack.enter_context(pikepdf.open(parts[0]))
        for part in parts[1:]:
            whole.pages.extend(stack.enter_context(pikepdf.open(part)).pages)
        pages = len(whole.pages)
        whole.save(path, deterministic_id=True)
    return pages
