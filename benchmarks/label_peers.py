"""Three usual ways to print stickers to PDF, which bench_labels.py measures beside ours.

Each runs in a process of its own and says its seconds of processor time and the most memory
it held: ``label_peers.py WAY COUNT FILE``. blabel has an environment of its own, without our
package, and reads what it prints from the standard input.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypedDict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PER_PAGE: Final = 24
SIDE: Final = 28
"""Of the QR code, in millimetres."""
LEFT: Final = 34
"""Where the text begins, in millimetres."""
MM: Final = 72 / 25.4
A4: Final = (210 * MM, 297 * MM)


class Given(TypedDict):
    """What is printed: a link and four lines for each sticker, and with which font file."""

    font: str
    stickers: list[tuple[str, list[str]]]


def timed(work: Callable[[], object]) -> None:
    """Say how much processor time some work takes, and the most memory in KiB (on Linux)."""
    start = time.process_time()
    work()
    seconds = time.process_time() - start
    # What getrusage says would be the parent's memory where that is more.
    status = Path("/proc/self/status").read_text()
    print(json.dumps([seconds, int(status.split("VmHWM:")[1].split()[0])]))


class Sheets:
    """A4 sheets that reportlab draws, with a font that has Vietnamese letters."""

    def __init__(self, path: Path, font: str) -> None:
        from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415 - blabel has no reportlab
        from reportlab.pdfbase.ttfonts import TTFont  # noqa: PLC0415
        from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415

        pdfmetrics.registerFont(TTFont("Vietnamese", font))
        self.canvas: Any = Canvas(str(path), pagesize=A4)

    def places(self, given: Given) -> Iterator[tuple[str, float, float]]:
        """Write each sticker's lines; yield its link and top left corner, y upwards."""
        for number, (link, lines) in enumerate(given["stickers"]):
            row, column = divmod(number % PER_PAGE, 3)
            if number and not number % PER_PAGE:
                self.canvas.showPage()
            x, y = column * 70 * MM, (296.5 - 37 * row) * MM
            self.canvas.setFont("Vietnamese", 7)
            for line, words in enumerate(lines):
                self.canvas.drawString(x + LEFT * MM, y - (8 + 5 * line) * MM, words)
            yield link, x + 3 * MM, y - 4 * MM
        self.canvas.save()


def with_segno(given: Given, path: Path) -> Callable[[], None]:
    """Print with segno, a reportlab rectangle for each dark module."""
    import segno  # noqa: PLC0415 - each way loads what it needs

    def work() -> None:
        sheets = Sheets(path, given["font"])
        for link, x, y in sheets.places(given):
            matrix = segno.make(link, error="m", boost_error=False, micro=False).matrix
            side = SIDE * MM / len(matrix)
            for row, modules in enumerate(matrix):
                for column, dark in enumerate(modules):
                    if dark:
                        left, low = x + column * side, y - (row + 1) * side
                        sheets.canvas.rect(left, low, side, side, stroke=0, fill=1)

    return work


def with_qrcode(given: Given, path: Path) -> Callable[[], None]:
    """Print with qrcode, a reportlab image for each symbol."""
    import qrcode  # noqa: PLC0415
    from reportlab.lib.utils import ImageReader  # noqa: PLC0415

    def work() -> None:
        sheets = Sheets(path, given["font"])
        for link, x, y in sheets.places(given):
            symbol = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=0)
            symbol.add_data(link)
            picture = ImageReader(symbol.make_image().get_image())
            sheets.canvas.drawImage(picture, x, y - SIDE * MM, SIDE * MM, SIDE * MM)

    return work


LABEL: Final = """<img src="{{ label_tools.qr_code(link, error_correction=0, version=5) }}"
style="width:28mm;height:28mm;float:left;margin:4mm 3mm"/>{% for line in lines %}
<div>{{ line }}</div>{% endfor %}"""
STYLE: Final = """@page {size: %s}
.item {width: 70mm; height: 37mm; float: left; font-size: 7pt}
@font-face {font-family: V; src: url(file://%s)} body {font-family: V}"""


def with_blabel(given: Given, path: Path, per_page: int = PER_PAGE) -> Callable[[], None]:
    """Print with blabel, 24 stickers to a page."""
    import blabel  # noqa: PLC0415

    page, style = path.with_suffix(".html"), path.with_suffix(".css")
    page.write_text(LABEL)
    size = "70mm 37mm" if per_page == 1 else "210mm 297mm"
    style.write_text(STYLE % (size, given["font"]))
    records = [{"link": link, "lines": lines} for link, lines in given["stickers"]]

    def work() -> None:
        writer = blabel.LabelWriter(
            str(page), default_stylesheets=(str(style),), items_per_page=per_page
        )
        writer.write_labels(records, target=str(path))

    return work


def with_blabel_alone(given: Given, path: Path) -> Callable[[], None]:
    """Print with blabel as it comes, each sticker on a page of its own."""
    return with_blabel(given, path, per_page=1)


WAYS: Final[dict[str, Callable[[Given, Path], Callable[[], None]]]] = {
    "segno": with_segno,
    "qrcode": with_qrcode,
    "blabel": with_blabel,
    "blabel-alone": with_blabel_alone,
}


def main(arguments: Sequence[str]) -> None:
    """Print the stickers of the standard input."""
    way, path = arguments
    timed(WAYS[way](json.load(sys.stdin), Path(path)))


if __name__ == "__main__":
    main(sys.argv[1:])
