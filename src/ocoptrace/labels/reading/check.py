"""The self-check: what was printed is read back before anybody calls it good.

Every page of a file is rendered, every symbol decoded, and its text and place compared with
what the run says. Beyond ``PAGES_IN_FULL`` pages it is a sample, and the result says so.

>>> from ocoptrace.labels.reading.printed import printed_pdf
>>> from ocoptrace.labels import LabelContent, lay_out, load_stock, load_template, write_pdf
>>> content = LabelContent(
...     link="HTTPS://ID.EXAMPLE/01/09521234543213/10/L1", product="Mắm tôm",
...     producer="HTX", place="Hậu Lộc", lot="L1",
... )
>>> pages = list(lay_out(
...     [content] * 2, template=load_template("ocop-50x30"), stock=load_stock("roll-50x30")
... ))
>>> with printed_pdf(write_pdf(pages, title="Thử")) as printed:
...     good = check_pages(printed, [expected_on(page, [content.link]) for page in pages])
...     bad = check_pages(printed, [expected_on(page, ["HTTPS://OTHER"]) for page in pages])
>>> good.ok, good.pages_checked, good.symbols_read
(True, 2, 2)
>>> [(finding.code, finding.place) for finding in bad.findings]
[('check.other_text', '/0/1'), ('check.other_text', '/1/1')]
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Final, Protocol

from ocoptrace.errors import Gs1Error
from ocoptrace.findings import Finding
from ocoptrace.gs1.element_string import FNC1, ElementString
from ocoptrace.labels.display import MICROMETRES_PER_INCH
from ocoptrace.labels.reading.printed import printed_file
from ocoptrace.labels.reading.scan import scan_pixels

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ocoptrace.labels.display import Box, Page
    from ocoptrace.labels.reading.printed import Printed
    from ocoptrace.labels.reading.scan import Scan
    from ocoptrace.messages import Language

__all__ = [
    "MAX_FINDINGS",
    "PAGES_IN_FULL",
    "Expectations",
    "Expected",
    "SelfCheck",
    "check_file",
    "check_pages",
    "expected_on",
    "sampled_pages",
]

PAGES_IN_FULL: Final = 500
"""Most pages that are all checked; of more, this many are, evenly spread."""
MAX_FINDINGS: Final = 100
"""Findings after which a check stops: such a file is thrown away anyway."""

# The least pixels a module needs to be read without trouble from a rendered page.
_PIXELS_PER_MODULE: Final = 4
_COARSEST: Final = 150
_FINEST: Final = 1200
# A symbol that was not read is looked at again alone, and this much finer.
_FINER: Final = 2
# Reading errs by less than a fifth of a module about where a symbol stands.
_TOLERANCE: Final = 0.5
_QUIET_ZONE: Final = 4
_LINEAR: Final = frozenset({"ean-13", "ean-8", "gs1-128"})


Alike = Callable[[str, str], bool]
"""Given what was to be read and what was read, tells whether the second will do for the first."""


@dataclass(frozen=True, slots=True)
class Expected:
    """One symbol that must be on a page.

    Attributes:
        slot: the sticker's place on the page, from 1.
        text: what a scan reads; of a GS1 symbol, its element string in brackets.
        box: left, top, right, bottom on the page in micrometres.
        module: side of a module (the X-dimension) in micrometres.
        kind: symbology, of ``scan.KINDS``.
    """

    slot: int
    text: str
    box: Box
    module: float
    kind: str = "qr"


class Expectations(Protocol):
    """What each page of a file must show.

    A list will do. Of a long run, better something that lays a page out again when it is
    asked for: only the pages that are checked are.
    """

    def __len__(self) -> int:
        """Return how many pages there must be."""

    def __getitem__(self, page: int, /) -> Sequence[Expected]:
        """Return the symbols of a page, from 0."""


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """What a self-check found.

    Attributes:
        pages: pages of the file.
        pages_checked: how many of them were rendered and read.
        symbols: symbols that must be on those.
        symbols_read: how many of them were read, with the right text.
        findings: everything that is not as it must be; the place is ``/<page>/<slot>``, the
            page from 0.
    """

    pages: int
    pages_checked: int
    symbols: int
    symbols_read: int
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether all that was checked is as it must be."""
        return not self.findings and self.symbols_read == self.symbols

    def to_json(self, language: Language = "en") -> dict[str, object]:
        """Return the result as JSON members, the words of its findings in a language."""
        return {
            "ok": self.ok,
            "pages": self.pages,
            "pages_checked": self.pages_checked,
            "symbols": self.symbols,
            "symbols_read": self.symbols_read,
            "findings": [finding.to_json(language) for finding in self.findings],
        }


def expected_on(page: Page, texts: Sequence[str] | None = None) -> tuple[Expected, ...]:
    """Return what must be read on a page.

    Args:
        page: of the display list.
        texts: what its symbols hold, sticker by sticker; None are the texts that they were
            made of, so that the check covers their encoding too.

    Raises:
        ValueError: there are more or fewer texts than symbols.
    """
    symbols = [(sticker.slot, symbol) for sticker in page.stickers for symbol in sticker.symbols]
    if texts is None:
        texts = [symbol.matrix.text for _, symbol in symbols]
    return tuple(
        Expected(slot, text, symbol.box, symbol.module * 1000, symbol.matrix.kind)
        for (slot, symbol), text in zip(symbols, texts, strict=True)
    )


def sampled_pages(pages: int, most: int) -> Sequence[int]:
    """Return which pages are checked: all, or every k-th and the last.

    >>> list(sampled_pages(4, 10)), list(sampled_pages(100, 5))
    ([0, 1, 2, 3], [0, 25, 50, 75, 99])
    """
    if pages <= most:
        return range(pages)
    step = ceil((pages - 1) / max(1, most - 1))
    return [*range(0, pages - 1, step), pages - 1]


def check_file(
    path: Path,
    expected: Expectations,
    *,
    dpi: int | None = None,
    sample: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> SelfCheck:
    """Read a printed PDF or PNG file back and compare it with what it must show.

    Args:
        path: the file; a PDF is read page by page, and may be of any length.
        expected: what each page must show.
        dpi: pixels per inch at which a page is rendered, and which a bitmap has that does
            not say; as the modules ask for by default.
        sample: most pages that are checked, instead of ``PAGES_IN_FULL``.
        progress: called with the pages done and to be done.

    Raises:
        LabelError: the file is neither, or torn; see ``pixels``.
        OSError: it cannot be read.
    """
    with printed_file(path, dpi=dpi) as printed:
        return check_pages(printed, expected, dpi=dpi, sample=sample, progress=progress)


def check_pages(
    printed: Printed,
    expected: Expectations,
    *,
    dpi: int | None = None,
    sample: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    alike: Alike | None = None,
) -> SelfCheck:
    """Read printed pages back, as ``check_file`` does.

    Args:
        printed: the pages.
        expected: what each must show.
        dpi: as for ``check_file``.
        sample: as for ``check_file``.
        progress: as for ``check_file``.
        alike: asked about texts that differ; where left out, none will do for another.
    """
    pages = len(printed)
    numbers = sampled_pages(min(pages, len(expected)), PAGES_IN_FULL if sample is None else sample)
    findings: list[Finding] = []
    if pages != len(expected):
        facts = {"pages": pages, "expected": len(expected)}
        findings.append(Finding("check.pages", "error", "", facts))
    checked = symbols = read = 0
    for number in numbers:
        page = _Page(printed, number, expected[number], dpi, alike)
        findings += page.findings
        checked += 1
        symbols += len(page.expected)
        read += page.read
        if progress is not None:
            progress(checked, len(numbers))
        if len(findings) >= MAX_FINDINGS:
            facts = {"checked": checked, "of": len(numbers), "limit": MAX_FINDINGS}
            findings.append(Finding("check.stopped", "error", "", facts))
            break
    return SelfCheck(pages, checked, symbols, read, tuple(findings))


class _Page:
    """One page under check."""

    def __init__(
        self,
        printed: Printed,
        number: int,
        expected: Sequence[Expected],
        dpi: int | None,
        alike: Alike | None,
    ) -> None:
        self.expected = expected
        self._alike = alike
        self.read = 0
        self.findings: list[Finding] = []
        self._printed = printed
        self._number = number
        self._dpi = dpi or _dpi_for(expected)
        # A QR code that nobody expects is looked for on every page.
        self._kinds = frozenset({"qr", *(one.kind for one in expected)})
        pixels, scale = printed.grey(number, dpi=self._dpi)
        scans = scan_pixels(pixels, page=number, kinds=self._kinds, upright=True)
        found, strays = self._assign(scans, scale)
        for at, one in enumerate(expected):
            if at in found:
                self._compare(one, found[at], scale, (0, 0))
            else:
                self._look_again(one)
        for scan in strays:
            x, y = (round(length / 1000, 1) for length in _centre(scan, scale))
            self._tell("check.unexpected", None, read=scan.text, x=x, y=y)

    def _assign(self, scans: list[Scan], scale: int) -> tuple[dict[int, Scan], list[Scan]]:
        """Return which scan stands in the box of which symbol, and the others."""
        found: dict[int, Scan] = {}
        strays: list[Scan] = []
        for scan in scans:
            x, y = _centre(scan, scale)
            boxes = enumerate(one.box for one in self.expected)
            at = next((k for k, (x1, y1, x2, y2) in boxes if x1 <= x <= x2 and y1 <= y <= y2), None)
            if at is None or at in found:
                strays.append(scan)
            else:
                found[at] = scan
        return found, strays

    def _look_again(self, one: Expected) -> None:
        """Read a symbol alone, finer, before it is called a fault."""
        margin = round(one.module * _QUIET_ZONE)
        left, top, right, bottom = one.box
        box = (max(0, left - margin), max(0, top - margin), right + margin, bottom + margin)
        dpi = min(_FINEST, self._dpi * _FINER)
        pixels, scale = self._printed.grey(self._number, dpi=dpi, box=box)
        scans = scan_pixels(pixels, page=self._number, kinds=self._kinds)
        if scans:
            self._compare(one, scans[0], scale, box[:2])
        else:
            self._tell("check.unread", one, expected=one.text)

    def _compare(self, one: Expected, scan: Scan, scale: int, origin: tuple[int, int]) -> None:
        if scan.kind != one.kind or not self._is_right(one, scan.text):
            self._tell("check.other_text", one, expected=one.text, read=scan.text)
            return
        off = _distance(one, scan, scale, origin)
        if off > _TOLERANCE * one.module:
            self._tell("check.moved", one, distance=round(off / 1000, 2))
        self.read += 1

    def _is_right(self, one: Expected, read: str) -> bool:
        alike = self._alike
        return _same(one, read) or (alike is not None and alike(one.text, read))

    def _tell(self, code: str, one: Expected | None, **facts: object) -> None:
        place = f"/{self._number}" if one is None else f"/{self._number}/{one.slot}"
        slot = {} if one is None else {"slot": one.slot}
        self.findings.append(
            Finding(code, "error", place, {"page": self._number + 1, **slot, **facts})
        )


def _dpi_for(expected: Sequence[Expected]) -> int:
    """Return a resolution at which the smallest module has pixels enough."""
    smallest = min((one.module for one in expected), default=MICROMETRES_PER_INCH)
    dpi = ceil(_PIXELS_PER_MODULE * MICROMETRES_PER_INCH / smallest)
    return min(_FINEST, max(_COARSEST, dpi))


def _centre(scan: Scan, scale: int) -> tuple[float, float]:
    """Return the middle of a scan in micrometres."""
    x, y = (sum(axis) / len(axis) for axis in zip(*scan.position, strict=True))
    return x * MICROMETRES_PER_INCH / scale, y * MICROMETRES_PER_INCH / scale


def _same(one: Expected, read: str) -> bool:
    if not one.kind.startswith("gs1-"):
        return read == one.text
    try:
        return ElementString.parse(FNC1 + read) == ElementString.parse(one.text)
    except Gs1Error:
        return False


def _distance(one: Expected, scan: Scan, scale: int, origin: tuple[int, int]) -> float:
    """Return how far a symbol stands from its place, in micrometres."""
    x, y = _centre(scan, scale)
    left, top, right, bottom = one.box
    across = abs(origin[0] + x - (left + right) / 2)
    # Bars are read on one line somewhere between their ends.
    down = 0 if one.kind in _LINEAR else abs(origin[1] + y - (top + bottom) / 2)
    return max(across, down)
