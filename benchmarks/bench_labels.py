"""Printing stickers to PDF on one core: ours, and three usual ways to do it, in the same run.

24 to an A4 sheet, four lines of Vietnamese text in an embedded font, a QR code of version 5-M
(an 80-character link). The peers print 240, ours 10,008 and 100,008; sealed stickers (versions
7 and 8) stand beside. Every row is a process of its own: its seconds are processor time, its
memory the most it held. Then: where the time goes, and what the self-check adds.

blabel is measured where `make .venv-labels` could install it. A shorter run: give the number
of stickers, `python benchmarks/bench_labels.py 2400`.
"""

from __future__ import annotations

import importlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PER_PAGE: Final = 24
PEERS: Final = 240
COUNTS: Final = (10_008, 100_008)
PROFILED: Final = 2_400
SIDE: Final = 28
"""Of the QR code, in millimetres."""
LEFT: Final = 34
"""Where the text of the peers begins, in millimetres."""
BLABEL: Final = Path(__file__).parents[1] / ".venv-labels/bin/python"
TEMPLATE: Final = "ocop-70x37"
STOCK: Final = "a4-3x8-70x37"


def ours(count: int, path: Path, size: str = "v5") -> None:
    """Print stickers as the library does; the one place that says how."""
    from stickers import content  # noqa: PLC0415 - each row loads what it measures

    from ocoptrace.labels import lay_out, load_stock, load_template, write_pdf  # noqa: PLC0415

    template, stock = load_template(TEMPLATE), load_stock(STOCK)
    contents = (content(number, size) for number in range(count))
    path.write_bytes(write_pdf(lay_out(contents, template=template, stock=stock), title="Tem"))


def places(count: int, canvas: Any) -> Iterator[tuple[int, float, float]]:
    """Yield number and top left corner (x, y upwards) of each sticker in points."""
    from reportlab.lib.units import mm  # noqa: PLC0415

    for number in range(count):
        row, column = divmod(number % PER_PAGE, 3)
        if number and not number % PER_PAGE:
            canvas.showPage()
        yield number, column * 70 * mm, (296.5 - 37 * row) * mm


def text(canvas: Any, number: int, x: float, y: float) -> None:
    """Write a sticker's four lines, as the peers that use reportlab do."""
    from reportlab.lib.units import mm  # noqa: PLC0415
    from stickers import lines  # noqa: PLC0415

    canvas.setFont("Vietnamese", 7)
    for line, words in enumerate(lines(number)):
        canvas.drawString(x + LEFT * mm, y - (8 + 5 * line) * mm, words)


def new_canvas(path: Path) -> Any:
    """Return a canvas with a font that has Vietnamese letters."""
    from reportlab.lib.pagesizes import A4  # noqa: PLC0415
    from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415
    from reportlab.pdfbase.ttfonts import TTFont  # noqa: PLC0415
    from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415

    from ocoptrace.labels import fonts  # noqa: PLC0415

    pdfmetrics.registerFont(TTFont("Vietnamese", str(fonts.font("BeVietnamPro-Regular").path)))
    return Canvas(str(path), pagesize=A4)


def segno_rectangles(count: int, path: Path) -> None:
    """Print with segno, a reportlab rectangle for each dark module."""
    import segno  # noqa: PLC0415
    from reportlab.lib.units import mm  # noqa: PLC0415
    from stickers import link  # noqa: PLC0415

    canvas = new_canvas(path)
    for number, x, y in places(count, canvas):
        matrix = segno.make(link(number, "v5"), error="m", boost_error=False, micro=False).matrix
        side = SIDE * mm / len(matrix)
        for row, modules in enumerate(matrix):
            for column, dark in enumerate(modules):
                if dark:
                    left, low = x + 3 * mm + column * side, y - 4 * mm - (row + 1) * side
                    canvas.rect(left, low, side, side, stroke=0, fill=1)
        text(canvas, number, x, y)
    canvas.save()


def qrcode_images(count: int, path: Path) -> None:
    """Print with qrcode, a reportlab image for each symbol."""
    import qrcode  # noqa: PLC0415
    from reportlab.lib.units import mm  # noqa: PLC0415
    from reportlab.lib.utils import ImageReader  # noqa: PLC0415
    from stickers import link  # noqa: PLC0415

    canvas = new_canvas(path)
    for number, x, y in places(count, canvas):
        symbol = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=0)
        symbol.add_data(link(number, "v5"))
        picture = ImageReader(symbol.make_image().get_image())
        canvas.drawImage(picture, x + 3 * mm, y - (4 + SIDE) * mm, SIDE * mm, SIDE * mm)
        text(canvas, number, x, y)
    canvas.save()


def reading_back(count: int, path: Path) -> None:
    """Check what `ours` printed, every page of it."""
    from dataclasses import replace  # noqa: PLC0415

    from stickers import content, link  # noqa: PLC0415

    from ocoptrace.labels import lay_out, load_stock, load_template  # noqa: PLC0415
    from ocoptrace.labels.reading.check import Expected, check_file, expected_on  # noqa: PLC0415

    stock = load_stock(STOCK)
    contents = [content(number, "v5") for number in range(stock.slots)]
    (page,) = lay_out(contents, template=load_template(TEMPLATE), stock=stock)
    places = expected_on(page, [one.link for one in contents])

    class Expectations:
        """The same places on every page; a run knows its own links."""

        def __len__(self) -> int:
            return ceil(count / stock.slots)

        def __getitem__(self, page: int) -> list[Expected]:
            first = page * stock.slots
            shown = places[: count - first]
            return [replace(one, text=link(first + slot, "v5")) for slot, one in enumerate(shown)]

    result = check_file(path, Expectations(), sample=len(Expectations()))
    if not result.ok:
        raise SystemExit(f"the self-check failed: {result}")


WAYS: Final[dict[str, Callable[[int, Path], None]]] = {
    "segno": segno_rectangles,
    "qrcode": qrcode_images,
    "v5": ours,
    "v7": lambda count, path: ours(count, path, "v7"),
    "v8": lambda count, path: ours(count, path, "v8"),
    "check": reading_back,
}

WITH_BLABEL: Final = """
import json, resource, sys, time
import blabel
records = json.load(sys.stdin)
start = time.process_time()
template = '''<img src="{{ label_tools.qr_code(link, error_correction=0, version=5) }}"
style="width:28mm;height:28mm;float:left;margin:4mm 3mm"/>{% for line in lines %}
<div>{{ line }}</div>{% endfor %}'''
with open(sys.argv[1] + '.html', 'w') as file:
    file.write(template)
style = '''@page {size: 210mm 297mm} .item {width: 70mm; height: 37mm; float: left; font-size: 7pt}
@font-face {font-family: V; src: url(file://%s)} body {font-family: V}''' % sys.argv[2]
with open(sys.argv[1] + '.css', 'w') as file:
    file.write(style)
writer = blabel.LabelWriter(
    sys.argv[1] + '.html', default_stylesheets=(sys.argv[1] + '.css',), items_per_page=24)
writer.write_labels(records, target=sys.argv[1])
print(json.dumps([
    time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))
"""


def run_here(way: str, count: int, path: Path) -> None:
    """Print in this process, and say its seconds and most memory in KiB."""
    sys.path.insert(0, str(Path(__file__).parent))
    WAYS[way](PER_PAGE, path.with_suffix(".warm")) if way != "check" else None
    start = time.process_time()
    WAYS[way](count, path)
    seconds = time.process_time() - start
    print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))


def measured(command: Sequence[str], given: str = "") -> tuple[float, int]:
    """Run a process and return its seconds and most memory in KiB."""
    done = subprocess.run(  # noqa: S603 - our own
        command, check=True, stdout=subprocess.PIPE, input=given, text=True
    )
    seconds, memory = json.loads(done.stdout)
    return seconds, memory


def row(name: str, count: int, path: Path, took: tuple[float, int], slowest: float) -> float:
    """Print a row of the table and return its stickers a second."""
    seconds, memory = took
    rate = count / seconds
    ratio = f"{rate / slowest:.1f}" if slowest else "1"
    size = path.stat().st_size / count
    print(f"{name:<38}{count:>8}{rate:>10.0f}{ratio:>8}{size:>9.0f}{memory / 1024:>8.0f}")
    return rate


def with_blabel(path: Path) -> tuple[float, int]:
    """Print with blabel, in its own environment."""
    from stickers import lines, link  # noqa: PLC0415

    from ocoptrace.labels import fonts  # noqa: PLC0415

    records = [{"link": link(number, "v5"), "lines": lines(number)} for number in range(PEERS)]
    font = str(fonts.font("BeVietnamPro-Regular").path)
    return measured([str(BLABEL), "-c", WITH_BLABEL, str(path), font], json.dumps(records))


# Where the time goes: functions whose own seconds are counted, and under which name.
STAGES: Final = (
    ("encode", "ocoptrace.labels.qr", "encode"),
    ("runs of modules", "ocoptrace.labels.qr", "Matrix.runs"),
    ("fitting text", "ocoptrace.labels.compose", "Composer.art"),
    ("drawing text", "reportlab.pdfgen.canvas", "Canvas.drawString"),
    ("zlib", "zlib", "compress"),
    ("laying out", "ocoptrace.labels.layout", "_stickers"),
    ("PDF objects", "ocoptrace.labels", "write_pdf"),
)


class Stages:
    """Counts the seconds of named functions, without those of others they call."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._inner = [0.0]
        for name, module, member in STAGES:
            owner = importlib.import_module(module)
            *outer, last = member.split(".")
            for part in outer:
                owner = getattr(owner, part)
            setattr(owner, last, self._counted(name, getattr(owner, last)))

    def _counted(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **options: Any) -> Any:
            start = time.process_time()
            self._inner.append(0.0)
            try:
                result = function(*args, **options)
                # What a generator does counts when it is asked.
                return list(result) if hasattr(result, "__next__") else result
            finally:
                took = time.process_time() - start
                own = took - self._inner.pop()
                self._inner[-1] += took
                self.seconds[name] = self.seconds.get(name, 0.0) + own

        return counted


def profile(path: Path) -> None:
    """Print where the time of our way goes."""
    ours(PER_PAGE, path)
    stages = Stages()
    start = time.process_time()
    ours(PROFILED, path)
    whole = time.process_time() - start
    print(f"\nwhere the time goes, {PROFILED} stickers{'ms each':>14}{'share':>8}")
    rest = whole - sum(stages.seconds.values())
    for name, seconds in [*stages.seconds.items(), ("all else", rest)]:
        print(f"  {name:<34}{1000 * seconds / PROFILED:>14.3f}{100 * seconds / whole:>7.0f}%")


def main() -> None:
    """Print the table, and where the time goes."""
    if sys.argv[1:2] == ["--run"]:
        run_here(sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
        return
    counts = tuple(int(count) for count in sys.argv[1:]) or COUNTS
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stickers.pdf"

        def way(name: str, count: int) -> tuple[float, int]:
            return measured([sys.executable, __file__, "--run", name, str(count), str(path)])

        heads = f"{'count':>8}{'labels/s':>10}{'ratio':>8}{'B/label':>9}{'MiB':>8}"
        print(f"{'stickers to PDF':<38}{heads}")
        slowest = row("segno, a rectangle a module", PEERS, path, way("segno", PEERS), 0)
        row("qrcode, an image a symbol", PEERS, path, way("qrcode", PEERS), slowest)
        try:
            row("blabel, 24 a page", PEERS, path, with_blabel(path), slowest)
        except (FileNotFoundError, subprocess.CalledProcessError):
            print("no blabel: make .venv-labels; it needs pango, a library of the system")
        for count in counts:
            for size in ("v5", "v7", "v8"):
                if size == "v5" or count == counts[0]:
                    sealed = "" if size == "v5" else ", sealed"
                    took = way(size, count)
                    row(f"ocoptrace, {size}-M{sealed}", count, path, took, slowest)
                    if (size, count) == ("v5", counts[0]):
                        seconds, memory = way("check", count)
                        share = seconds / took[0]
                        name = f"  its self-check, {share:.1f} of its time"
                        print(f"{name:<38}{count:>8}{count / seconds:>10.0f}{'':>17}", end="")
                        print(f"{memory / 1024:>8.0f}")
        profile(path)


if __name__ == "__main__":
    main()
