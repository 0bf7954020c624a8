"""The self-check of printed stickers: what is on the disk, against what was to be printed.

Files are read back from the disk: PDF and PNG as they are shown, what label printers are sent as
the dots that they burn. Of a drawing in SVG, the symbols are checked as dots, not the file.

>>> import tempfile, pathlib
>>> from ocoptrace.labels import LabelContent
>>> from ocoptrace.workspace.print_job import PrintJob
>>> content = LabelContent(link="HTTPS://ID.EXAMPLE/01/09521234543213", product="Mắm tôm")
>>> path = pathlib.Path(tempfile.mkdtemp()) / "stickers.png"
>>> printing = Printing(template="ocop-50x30", stock="roll-50x30", dpi=203)
>>> files = PrintJob(path, [content] * 3, printing, title="Mắm tôm").write()
>>> found = check_printed(path, files, [content] * 3, printing)
>>> found.ok, found.pages_checked, found.symbols_read
(True, 3, 3)
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from ocoptrace.labels.drawing.raster import Rasteriser
from ocoptrace.labels.reading.check import check_pages, expected_on
from ocoptrace.labels.reading.commands import printed_commands
from ocoptrace.labels.reading.pixels import grey_picture
from ocoptrace.labels.reading.printed import Bitmaps, printed_pdf
from ocoptrace.workspace.output import kind_of
from ocoptrace.workspace.printing import Printing  # noqa: TC001 - the tour makes one

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from ocoptrace.labels import Expected, LabelContent, Page, SelfCheck
    from ocoptrace.labels.display import Box
    from ocoptrace.labels.manifest import LabelFile
    from ocoptrace.labels.reading.check import Alike
    from ocoptrace.labels.reading.pixels import Pixels
    from ocoptrace.labels.reading.printed import Printed

__all__ = ["check_printed"]


def check_printed(
    path: Path,
    files: Sequence[LabelFile],
    stickers: Sequence[LabelContent],
    printing: Printing,
    *,
    sample: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    alike: Alike | None = None,
) -> SelfCheck:
    """Read printed stickers back and compare them with what they must show.

    Args:
        path: where they were printed to; its ending says how.
        files: what came of it.
        stickers: what they say, copies included; only those on pages that are checked are
            asked for.
        printing: how they were printed.
        sample: most pages that are checked, instead of ``PAGES_IN_FULL``.
        progress: called with the pages done and to be done.
        alike: tells of two texts that differ whether the one read will do; none does otherwise.

    Raises:
        LabelError: a file cannot be read as what it is.
        OSError: a file cannot be read at all.
    """
    pages = _Pages(stickers, printing)
    with _printed(path, files, pages) as printed:
        return check_pages(printed, pages, sample=sample, progress=progress, alike=alike)


class _Pages:
    """The pages of a run, each laid out when it is asked for; the last one is kept."""

    def __init__(self, stickers: Sequence[LabelContent], printing: Printing) -> None:
        self.printing = printing
        self._stickers = stickers
        self._kept: tuple[int, Page] | None = None

    def __len__(self) -> int:
        return self.printing.page_count(len(self._stickers))

    def __getitem__(self, page: int) -> tuple[Expected, ...]:
        return expected_on(self.page(page))

    def page(self, number: int) -> Page:
        """Return a page of the display list, from 0."""
        if self._kept is None or self._kept[0] != number:
            on_page = self.printing.stickers_on(number)
            wanted = self._stickers[on_page.start : on_page.stop]
            (page,) = self.printing.lay_out(wanted, before=on_page.start)
            self._kept = (number, page)
        return self._kept[1]


@contextmanager
def _printed(path: Path, files: Sequence[LabelFile], pages: _Pages) -> Iterator[Printed]:
    ending = kind_of(path).ending
    if ending == ".pdf":
        with printed_pdf(path) as printed:
            yield printed
    elif ending == ".png":
        paths = [path.with_name(file.name) for file in files]
        yield _Pictures(paths, dpi=pages.printing.dpi)
    elif ending in {".zpl", ".tspl"}:
        with printed_commands(path, dpi=pages.printing.dpi) as printed:
            yield printed
    else:
        yield _Dots(pages)


class _Pictures:
    """Pictures on the disk, a page each, one in memory at a time."""

    def __init__(self, paths: Sequence[Path], *, dpi: int) -> None:
        self._paths = paths
        self._dpi = dpi
        self._kept: tuple[int, Printed] | None = None

    def __len__(self) -> int:
        return len(self._paths)

    def grey(self, page: int, *, dpi: int, box: Box | None = None) -> tuple[Pixels, int]:
        if self._kept is None or self._kept[0] != page:
            pixels, _ = grey_picture(self._paths[page].read_bytes())
            # Layout counts 203 dots an inch, where the file says what such printers have.
            self._kept = (page, Bitmaps([(pixels, self._dpi)]))
        return self._kept[1].grey(0, dpi=dpi, box=box)


class _Dots:
    """The dots of pages, drawn when they are asked for."""

    def __init__(self, pages: _Pages) -> None:
        self._pages = pages
        self._rasteriser = Rasteriser(dpi=pages.printing.dpi)

    def __len__(self) -> int:
        return len(self._pages)

    def grey(self, page: int, *, dpi: int, box: Box | None = None) -> tuple[Pixels, int]:
        bitmap = self._rasteriser.bitmap(self._pages.page(page))
        return Bitmaps([(bitmap.to_grey(), bitmap.dpi)]).grey(0, dpi=dpi, box=box)
