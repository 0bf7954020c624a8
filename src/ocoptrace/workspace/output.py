"""What stickers are written as: the kind of file that a name's ending says.

A PDF holds any number of pages, and so do the commands of label printers, one page behind the
other. Pictures and drawings hold one page; more of them become as many files.

>>> kind_of(Path("stickers.zpl")).ending, page_path(Path("out/stickers.png"), 2, of=30).name
('.zpl', 'stickers-0002.png')
>>> page_path(Path("stickers.png"), 1, of=1).name
'stickers.png'
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path  # noqa: TC003 - the tour takes it from here
from typing import TYPE_CHECKING, Final

from ocoptrace.errors import LabelError
from ocoptrace.labels import Page, write_pdf, write_png, write_svg
from ocoptrace.labels.drawing.tspl import write_tspl
from ocoptrace.labels.drawing.zpl import write_zpl
from ocoptrace.store import write_whole

if TYPE_CHECKING:
    from ocoptrace.workspace.printing import Printing

__all__ = ["MAX_PAGE_FILES", "OutputKind", "kind_of", "page_path", "write_labels"]

MAX_PAGE_FILES: Final = 1000
"""Most files of one page each that are written at once."""

_Write = Callable[[Iterable[Page], str, "Printing"], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class OutputKind:
    """A kind of file that stickers are written as.

    Attributes:
        ending: of its name, in small letters.
        data: returns the bytes of a file, in pieces, of pages, a title, and how it is printed.
        one_page: whether a file holds but one page.
    """

    ending: str
    data: _Write
    one_page: bool = False


def _pdf(pages: Iterable[Page], title: str, printing: Printing) -> Iterable[bytes]:
    del printing
    return [write_pdf(pages, title=title)]


def _zpl(pages: Iterable[Page], title: str, printing: Printing) -> Iterable[bytes]:
    del title
    return write_zpl(pages, dpi=printing.dpi)


def _tspl(pages: Iterable[Page], title: str, printing: Printing) -> Iterable[bytes]:
    del title
    _, stock = printing.plans()
    gap = stock.pitch_y - stock.label_height if stock.kind == "roll" else 0
    return write_tspl(pages, dpi=printing.dpi, gap=gap)


def _png(pages: Iterable[Page], title: str, printing: Printing) -> Iterable[bytes]:
    del title
    return (write_png(page, dpi=printing.dpi) for page in pages)


def _svg(pages: Iterable[Page], title: str, printing: Printing) -> Iterable[bytes]:
    del printing
    return (write_svg(page, title=title) for page in pages)


_KINDS: Final = (
    OutputKind(".pdf", _pdf),
    OutputKind(".zpl", _zpl),
    OutputKind(".tspl", _tspl),
    OutputKind(".png", _png, one_page=True),
    OutputKind(".svg", _svg, one_page=True),
)


def kind_of(path: Path) -> OutputKind:
    """Return what kind of file a name asks for.

    Raises:
        LabelError: ``label.output_kind``.
    """
    ending = path.suffix.lower()
    for kind in _KINDS:
        if kind.ending == ending:
            return kind
    known = ", ".join(kind.ending for kind in _KINDS)
    raise LabelError("label.output_kind", path=path, known=known)


def page_path(path: Path, page: int, *, of: int) -> Path:
    """Return the file of a page, from 1: a number in its name, unless it is the only one."""
    return path if of == 1 else path.with_name(f"{path.stem}-{page:04}{path.suffix}")


def write_labels(
    path: Path, pages: Iterable[Page], *, title: str, printing: Printing
) -> tuple[Path, ...]:
    """Write pages of stickers as a file's ending says, all of them or none.

    Args:
        path: ending in ``.pdf``; in ``.zpl`` or ``.tspl`` for label printers; in ``.png``
            (black and white at the printer's resolution) or ``.svg``, of which several pages
            become ``name-0001.png`` and so on.
        pages: as ``printing.lay_out`` yields them.
        title: what a viewer shows as the file's name.
        printing: how they are printed.

    Returns:
        The files.

    Raises:
        LabelError: ``label.output_kind``, ``label.no_pages``, ``label.too_many_files``, or as
            ``lay_out`` does for a page.
        StorageError: the disk refuses.
    """
    kind = kind_of(path)
    if not kind.one_page:
        return (write_whole(path, kind.data(pages, title, printing)),)
    some = list(islice(pages, MAX_PAGE_FILES + 1))
    if not some:
        raise LabelError("label.no_pages")
    if len(some) > MAX_PAGE_FILES:
        raise LabelError("label.too_many_files", limit=MAX_PAGE_FILES)
    written: list[Path] = []
    try:
        for number, page in enumerate(some, start=1):
            file = page_path(path, number, of=len(some))
            written.append(write_whole(file, kind.data([page], title, printing)))
    except BaseException:
        for file in written:
            with suppress(OSError):
                file.unlink()
        raise
    return tuple(written)
