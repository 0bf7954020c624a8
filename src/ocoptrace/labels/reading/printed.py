"""What was printed, page by page as pixels: a PDF file of any length, or a bitmap.

``pixels.grey_pages`` bounds what comes from outside. A run's own file may have thousands of
pages; it is read from its path, with one page in memory at a time.

>>> from pathlib import Path
>>> with printed_file(Path("nowhere.pdf")) as printed:
...     len(printed)
Traceback (most recent call last):
...
FileNotFoundError: [Errno 2] No such file or directory: 'nowhere.pdf'
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final, Protocol

from ocoptrace.errors import LabelError
from ocoptrace.labels.display import dots
from ocoptrace.labels.reading.pixels import grey_picture, open_pdf, render_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ocoptrace.labels.display import Box
    from ocoptrace.labels.reading.pixels import Pixels

__all__ = ["Bitmaps", "Printed", "printed_file", "printed_pdf"]

# PDFium keeps what it has parsed, 40 KB a page, until the file is closed.
_PAGES_PER_OPENING: Final = 200


class Printed(Protocol):
    """Pages that were printed, as pixels."""

    def __len__(self) -> int:
        """Return how many pages there are."""

    def grey(self, page: int, *, dpi: int, box: Box | None = None) -> tuple[Pixels, int]:
        """Return a page, or a part of it, as grey rows, and the pixels per inch it has.

        Args:
            page: which, from 0.
            dpi: pixels per inch asked for; a bitmap has its own.
            box: left, top, right, bottom in micrometres; None is the whole page.
        """


@contextmanager
def printed_file(path: Path, *, dpi: int | None = None) -> Iterator[Printed]:
    """Open a printed PDF, PNG or JPEG file; a picture is one page.

    Args:
        path: the file.
        dpi: resolution of a picture that does not say.

    Raises:
        LabelError: as ``open_pdf`` and ``grey_picture``; ``label.picture_dpi`` where neither
            the picture nor the caller says its resolution.
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        is_pdf = file.read(5) == b"%PDF-"
    if is_pdf:
        with printed_pdf(path) as pages:
            yield pages
    else:
        pixels, said = grey_picture(path.read_bytes())
        if not (said or dpi):
            raise LabelError("label.picture_dpi", path=path)
        yield Bitmaps([(pixels, said or dpi or 0)])


@contextmanager
def printed_pdf(source: bytes | Path) -> Iterator[Printed]:
    """Open a printed PDF file, of any length where it is on disk.

    Raises:
        LabelError: as ``open_pdf``.
        OSError: the file cannot be read.
    """
    with ExitStack() as stack:
        yield _PdfPages(source, stack)


class _PdfPages:
    """The pages of a PDF file, which is opened anew now and then."""

    def __init__(self, source: bytes | Path, stack: ExitStack) -> None:
        self._source = source
        self._stack = stack
        self._rendered = 0
        self._document = stack.enter_context(open_pdf(source))
        self._pages = len(self._document)

    def __len__(self) -> int:
        return self._pages

    def grey(self, page: int, *, dpi: int, box: Box | None = None) -> tuple[Pixels, int]:
        if self._rendered == _PAGES_PER_OPENING:
            self._stack.close()
            self._document = self._stack.enter_context(open_pdf(self._source))
            self._rendered = 0
        self._rendered += 1
        return render_page(self._document, page, dpi=dpi, box=box), dpi


class Bitmaps:
    """Pages that are pixels already: pictures, and the dots of printers.

    Args:
        pages: grey rows of each, and how many pixels per inch they have.
    """

    def __init__(self, pages: Sequence[tuple[Pixels, int]]) -> None:
        self._pages = pages

    def __len__(self) -> int:
        """Return how many pages there are."""
        return len(self._pages)

    def grey(self, page: int, *, dpi: int, box: Box | None = None) -> tuple[Pixels, int]:  # noqa: ARG002 - pixels have their own resolution
        """Return a page, or a part of it, as ``Printed.grey`` does."""
        pixels, own = self._pages[page]
        return _cropped(pixels, box, own), own


def _cropped(pixels: Pixels, box: Box | None, dpi: int) -> Pixels:
    if box is None:
        return pixels
    left, top, right, bottom = (dots(length, dpi=dpi) for length in box)
    return pixels[top:bottom, left:right]
