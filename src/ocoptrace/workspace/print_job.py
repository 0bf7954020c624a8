"""Stickers into a file: in parts that are whole by themselves, joined when all are there.

Whatever cuts the work short (a full disk, a kill, a cable), the parts so far are files that
open and print; a job that is begun again at the same path goes on behind them.

>>> import tempfile, pathlib
>>> from ocoptrace.labels import LabelContent
>>> content = LabelContent(link="HTTPS://ID.EXAMPLE/01/09521234543213", product="Mắm tôm")
>>> path = pathlib.Path(tempfile.mkdtemp()) / "stickers.pdf"
>>> job = PrintJob(path, [content] * 50, Printing(), title="Mắm tôm")
>>> [(file.name, file.pages, file.first, file.last) for file in job.write()]
[('stickers.pdf', 3, 1, 50)]
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Final

from ocoptrace.errors import LabelError, StorageError
from ocoptrace.labels import write_pdf
from ocoptrace.labels.drawing.joining import join_pdfs
from ocoptrace.labels.drawing.tspl import write_tspl
from ocoptrace.labels.drawing.zpl import write_zpl
from ocoptrace.labels.manifest import LabelFile
from ocoptrace.store import sync_folder, write_whole
from ocoptrace.workspace.run_plan import Printing  # noqa: TC001 - the tour makes one

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ocoptrace.labels import LabelContent, Page

__all__ = ["PrintJob", "Progress", "check_output", "write_labels"]

Progress = Callable[[int, int, float], None]
"""Told of each page: stickers done, stickers in all, stickers a second."""

_PART_STICKERS: Final = 2400
_READ_BYTES: Final = 2**20


def _as_pdf(pages: Iterable[Page], title: str, printing: Printing) -> bytes:
    del printing
    return write_pdf(pages, title=title)


def _as_zpl(pages: Iterable[Page], title: str, printing: Printing) -> bytes:
    del title
    return b"".join(write_zpl(pages, dpi=printing.dpi))


def _as_tspl(pages: Iterable[Page], title: str, printing: Printing) -> bytes:
    del title
    _, stock = printing.plans()
    gap = stock.pitch_y - stock.label_height if stock.kind == "roll" else 0
    return b"".join(write_tspl(pages, dpi=printing.dpi, gap=gap))


_WRITERS: Final[dict[str, Callable[[Iterable[Page], str, Printing], bytes]]] = {
    ".pdf": _as_pdf,
    ".zpl": _as_zpl,
    ".tspl": _as_tspl,
}


def check_output(path: Path) -> None:
    """Refuse a file whose ending is none that stickers are written as.

    Raises:
        LabelError: ``label.output_kind``.
    """
    if path.suffix.lower() not in _WRITERS:
        raise LabelError("label.output_kind", path=path, known=", ".join(_WRITERS))


def write_labels(path: Path, pages: Iterable[Page], *, title: str, printing: Printing) -> Path:
    """Write pages of stickers into one file, as its ending says, whole or not at all.

    Args:
        path: ending in ``.pdf``, or, for label printers, in ``.zpl`` or ``.tspl``.
        pages: as ``printing.lay_out`` yields them.
        title: what a viewer shows as the file's name.
        printing: how they are printed.

    Raises:
        LabelError: ``label.output_kind``, or as ``lay_out`` does for a page.
        StorageError: the disk refuses.
    """
    check_output(path)
    return write_whole(path, _WRITERS[path.suffix.lower()](pages, title, printing))


def _nothing(_: object) -> None:
    pass


@dataclass(frozen=True)
class PrintJob:
    """The stickers of one file.

    Attributes:
        path: the file that comes out.
        stickers: what they say, copies included; each is asked for when it is drawn.
        printing: how they are printed.
        title: what a viewer shows as the file's name.
        progress: told of each page, if anything is.
    """

    path: Path
    stickers: Sequence[LabelContent]
    printing: Printing
    title: str
    progress: Progress | None = field(default=None, compare=False)

    def write(
        self,
        done: Sequence[LabelFile] = (),
        *,
        on_part: Callable[[Sequence[LabelFile]], None] = _nothing,
    ) -> tuple[LabelFile, ...]:
        """Write what is missing, join the parts, and return the files that came of it.

        Args:
            done: parts that an earlier attempt wrote; only what is still so counts.
            on_part: told of the parts so far, whenever one is on the disk.

        Raises:
            LabelError: as ``lay_out`` does; the parts before are there.
            StorageError: the disk refuses; likewise.
        """
        files = list(self._intact(done))
        start = perf_counter()
        before = files[-1].last if files else 0
        for number, first, last in self._parts():
            if first <= before:
                continue
            path = self._part_path(number, is_all=(first, last) == (1, len(self.stickers)))
            pages = _Counted(self._pages(first, last, before, start))
            write_labels(path, pages, title=self.title, printing=self.printing)
            files.append(_described(path, pages.count, first, last))
            on_part(files)
        if [file.name for file in files] == [self.path.name]:
            return tuple(files)
        self._join([self.path.with_name(file.name) for file in files])
        pages_in_all = sum(file.pages for file in files)
        return (_described(self.path, pages_in_all, 1, len(self.stickers)),)

    def tidy(self) -> None:
        """Remove the parts, once their sum is on the disk and that is told."""
        for number in count(1):
            part = self._part_path(number, is_all=False)
            if not part.exists():
                break
            part.unlink()

    def _intact(self, done: Sequence[LabelFile]) -> Iterator[LabelFile]:
        """Yield the leading parts that are still on the disk as they were written."""
        for file, (_, first, last) in zip(done, self._parts(), strict=False):
            path = self.path.with_name(file.name)
            if (file.first, file.last) != (first, last) or not path.is_file():
                return
            if _described(path, file.pages, first, last) != file:
                return
            yield file

    def _parts(self) -> Iterator[tuple[int, int, int]]:
        """Yield number, first and last sticker of each part, from 1; parts end with a page."""
        of_first, of_each = self.printing.page_sizes()
        pages = max(1, _PART_STICKERS // of_each)
        first, last = 1, of_first + (pages - 1) * of_each
        for number in count(1):
            yield number, first, min(last, len(self.stickers))
            if last >= len(self.stickers):
                return
            first, last = last + 1, last + pages * of_each

    def _part_path(self, number: int, *, is_all: bool) -> Path:
        if is_all:
            return self.path
        return self.path.with_name(f"{self.path.stem}.part-{number:03}{self.path.suffix}")

    def _pages(self, first: int, last: int, before: int, start: float) -> Iterator[Page]:
        wanted = (self.stickers[number] for number in range(first - 1, last))
        drawn = first - 1
        for page in self.printing.lay_out(wanted, before=first - 1):
            yield page
            drawn += len(page.stickers)
            if self.progress is not None:
                rate = (drawn - before) / max(perf_counter() - start, 1e-6)
                self.progress(drawn, len(self.stickers), rate)

    def _join(self, parts: Sequence[Path]) -> None:
        """Join the parts into the file, which appears whole or not at all."""
        scratch: Path | None = None
        try:
            handle, name = tempfile.mkstemp(prefix=f".{self.path.name}.", dir=self.path.parent)
            os.close(handle)
            scratch = Path(name)
            if self.path.suffix.lower() == ".pdf":
                join_pdfs(parts, scratch)
            else:
                _join_commands(parts, scratch)
            with scratch.open("rb+") as file:
                os.fsync(file.fileno())
            scratch.chmod(0o644)
            scratch.replace(self.path)
            sync_folder(self.path.parent)
        except OSError as error:
            if scratch is not None:
                with suppress(OSError):
                    scratch.unlink()
            raise StorageError("store.file", path=self.path, reason=error.strerror) from error


def _join_commands(parts: Sequence[Path], path: Path) -> None:
    """Join what printers are sent: one behind the other."""
    with path.open("wb") as whole:
        for part in parts:
            with part.open("rb") as file:
                shutil.copyfileobj(file, whole, _READ_BYTES)


class _Counted:
    """Pages on their way into a file, counted."""

    def __init__(self, pages: Iterator[Page]) -> None:
        self._pages = pages
        self.count = 0

    def __iter__(self) -> Iterator[Page]:
        for page in self._pages:
            self.count += 1
            yield page


def _described(path: Path, pages: int, first: int, last: int) -> LabelFile:
    """Return what a manifest says of a file on the disk."""
    digest = hashlib.sha256()
    size = 0
    try:
        with path.open("rb") as file:
            while data := file.read(_READ_BYTES):
                digest.update(data)
                size += len(data)
    except OSError as error:
        raise StorageError("store.file", path=path, reason=error.strerror) from error
    return LabelFile(
        name=path.name, sha256=digest.hexdigest(), size=size, pages=pages, first=first, last=last
    )
