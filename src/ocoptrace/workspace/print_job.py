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
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count, takewhile
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Final

from ocoptrace.errors import LabelError, StorageError
from ocoptrace.labels.drawing.joining import join_pdfs
from ocoptrace.labels.manifest import LabelFile
from ocoptrace.store import sync_folder, write_whole
from ocoptrace.workspace.output import MAX_PAGE_FILES, kind_of, page_path, write_labels
from ocoptrace.workspace.printing import Printing  # noqa: TC001 - the tour makes one

if TYPE_CHECKING:
    from ocoptrace.labels import LabelContent, Page

__all__ = ["PrintJob", "Progress", "check_output"]

Progress = Callable[[int, int, float], None]
"""Told of each page: stickers done, stickers in all, stickers a second."""

_PART_STICKERS: Final = 2400
_READ_BYTES: Final = 2**20


def check_output(path: Path, *, pages: int = 1) -> None:
    """Refuse a file whose ending is none that stickers are written as, or that has no room.

    Raises:
        LabelError: ``label.output_kind``, ``label.too_many_files``.
    """
    if kind_of(path).one_page and pages > MAX_PAGE_FILES:
        raise LabelError("label.too_many_files", limit=MAX_PAGE_FILES)


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
            done: files that an earlier attempt wrote; only what is still so counts.
            on_part: told of the files so far, whenever one is on the disk.

        Raises:
            LabelError: as ``lay_out`` does, or ``label.too_many_files``; the files before are
                there.
            StorageError: the disk refuses; likewise.
        """
        check_output(self.path, pages=self._pages_in_all)
        files = list(self._intact(done))
        if kind_of(self.path).one_page:
            return self._write_pages(files, on_part)
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
        return (_described(self.path, self._pages_in_all, 1, len(self.stickers)),)

    def write_all(self) -> tuple[LabelFile, ...]:
        """Write the files of stickers that belong to no run: all of them or none.

        Raises:
            LabelError: as for ``write``.
            StorageError: as for ``write``.
        """
        files: list[LabelFile] = []

        def tell(parts: Sequence[LabelFile]) -> None:
            files[:] = parts

        try:
            written = self.write(on_part=tell)
        except BaseException:
            # There are no serials to be told of: it is simply done again.
            _remove([self.path.with_name(file.name) for file in files])
            raise
        self.tidy()
        return written

    def tidy(self) -> None:
        """Remove what nobody needs any more: parts whose sum is on the disk, and is told.

        Of files of one page, those that an earlier and longer run of the same name left: they
        would be printed with this one's.
        """
        if kind_of(self.path).one_page:
            last = self._pages_in_all if self._pages_in_all > 1 else 0
            stale = (page_path(self.path, number, of=2) for number in count(last + 1))
        else:
            stale = (self._part_path(number, is_all=False) for number in count(1))
        _remove(takewhile(Path.exists, stale))

    @property
    def _pages_in_all(self) -> int:
        return self.printing.page_count(len(self.stickers))

    def _write_pages(
        self, files: list[LabelFile], on_part: Callable[[Sequence[LabelFile]], None]
    ) -> tuple[LabelFile, ...]:
        """Write each page into a file of its own, from the first that is missing on."""
        kind, before = kind_of(self.path), files[-1].last if files else 0
        first = before + 1
        for page in self._pages(first, len(self.stickers), before, perf_counter()):
            path = page_path(self.path, len(files) + 1, of=self._pages_in_all)
            write_whole(path, kind.data([page], self.title, self.printing))
            last = first + len(page.stickers) - 1
            files.append(_described(path, 1, first, last))
            on_part(files)
            first = last + 1
        return tuple(files)

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
        is_page = kind_of(self.path).one_page
        pages = 1 if is_page else max(1, _PART_STICKERS // of_each)
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


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        with suppress(FileNotFoundError):
            path.unlink()


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
