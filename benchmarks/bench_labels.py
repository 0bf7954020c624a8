"""Printing stickers to PDF on one core: ours, and three usual ways to do it, in the same run.

24 to an A4 sheet, four lines of Vietnamese text in an embedded font, a QR code of version 5-M
(an 80-character link). The peers print 240, ours 10,008 and 100,008; sealed stickers (versions
7 and 8) stand beside. Every row is a process of its own with a single thread: its seconds are
processor time, so that other work on the machine counts for little; its memory is the most it
held. The links are made before the clock starts, for everybody alike. Then where the time goes,
stage by stage: each millisecond of the processor counts for the stage that it is found in.

blabel is measured where `make .venv-labels` could install it. A shorter run: give the number
of stickers, `python benchmarks/bench_labels.py 2400`.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from label_peers import PER_PAGE, timed
from stickers import Size, content, lines, link

from ocoptrace.labels import LabelContent, fonts
from ocoptrace.workspace.print_job import PrintJob
from ocoptrace.workspace.run_plan import Printing

if TYPE_CHECKING:
    from types import FrameType

    from ocoptrace.labels.reading.check import Expected

PEERS: Final = 240
COUNTS: Final = (10_008, 100_008)
PROFILED: Final = 10_008
INTERVAL: Final = 0.001
"""Seconds of processor time between two looks at where it is."""
HERE: Final = Path(__file__).parent
BLABEL: Final = HERE.parent / ".venv-labels/bin/python"
SIZES: Final[tuple[Size, ...]] = ("v5", "v7", "v8")

STAGES: Final = {
    "zlib": ("labels/drawing/pdf.py:showPage",),
    "contents": ("labels/content.py", "benchmarks/"),
    "symbols": ("labels/symbols/", "labels/codes.py"),
    "own text": ("labels/flow.py", "labels/typeset.py", "labels/fonts", "labels/pattern.py"),
    "layout": ("labels/layout.py", "labels/compose.py", "labels/display.py", "labels/stock"),
    "PDF": ("labels/drawing", "reportlab"),
}


class Run(Sequence[LabelContent]):
    """The stickers of a run, each made of its link when it is asked for."""

    def __init__(self, count: int, size: Size) -> None:
        self.links = [link(number, size) for number in range(count)]
        self._base = content(0, size)

    def __len__(self) -> int:
        return len(self.links)

    def __getitem__(self, number: int) -> LabelContent:  # type: ignore[override] # no slices
        return self._base.item(link=self.links[number], serial=f"{number:012}")


def ours(stickers: Run, path: Path) -> None:
    """Print stickers as a run does: in parts, joined when all are there."""
    job = PrintJob(path, stickers, Printing(), title="Tem")
    job.write()
    job.tidy()


class Expectations:
    """What each page must show: the places of the first, the links of its own."""

    def __init__(self, stickers: Run) -> None:
        from ocoptrace.labels.reading.check import expected_on  # noqa: PLC0415 - not for printing

        (page,) = Printing().lay_out(stickers[number] for number in range(PER_PAGE))
        self._places = expected_on(page)
        self._links = stickers.links

    def __len__(self) -> int:
        return ceil(len(self._links) / PER_PAGE)

    def __getitem__(self, page: int) -> list[Expected]:
        links = self._links[page * PER_PAGE :][:PER_PAGE]
        return [replace(e, text=link) for e, link in zip(self._places, links, strict=False)]


def checked(expectations: Expectations, path: Path) -> None:
    """Read every page back that was printed."""
    from ocoptrace.labels.reading.check import check_file  # noqa: PLC0415 - not for printing

    result = check_file(path, expectations, sample=len(expectations))
    if not result.ok:
        raise SystemExit(f"the self-check failed: {result}")


SEGNO = "segno, a rectangle a module"
BLABEL_ALONE = "blabel as it comes, one a page"
BLABEL_SHEET = "blabel, 24 a page"


def measured(command: Sequence[str], given: str = "") -> tuple[float, int]:
    """Run a process and return its seconds and most memory in KiB."""
    done = subprocess.run(  # noqa: S603 - our own
        command, check=True, capture_output=True, input=given, text=True
    )
    seconds, memory = json.loads(done.stdout.splitlines()[-1])
    return seconds, memory


def row(
    name: str, count: int, took: tuple[float, int], path: Path, rates: dict[str, float]
) -> None:
    """Print a row of the table, and keep its stickers a second."""
    seconds, memory = took
    rates[name] = rate = count / seconds
    ratios = "".join(
        f"{rate / rates[peer]:>9.1f}" if peer in rates else f"{'-':>9}"
        for peer in (SEGNO, BLABEL_ALONE, BLABEL_SHEET)
    )
    size = path.stat().st_size / count
    print(f"{name:<32}{count:>8}{rate:>10.0f}{ratios}{size:>9.0f}{memory / 1024:>7.0f}", flush=True)


def main() -> None:
    """Print the table, and where the time goes."""
    counts = tuple(int(count) for count in sys.argv[1:]) or COUNTS
    stickers = [(link(number, "v5"), lines(number)) for number in range(PEERS)]
    font = str(fonts.font("BeVietnamPro-Regular").path)
    given = json.dumps({"font": font, "stickers": stickers})
    rates: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stickers.pdf"
        peers = f"{'x segno':>9}{'x blabel':>9}{'x its 24':>9}"
        heads = f"{'count':>8}{'labels/s':>10}{peers}{'B/label':>9}{'MiB':>7}"
        print(f"{'stickers to PDF, processor time':<32}{heads}")
        for way, name, python in (
            ("segno", SEGNO, sys.executable),
            ("qrcode", "qrcode, an image a symbol", sys.executable),
            ("blabel-alone", BLABEL_ALONE, str(BLABEL)),
            ("blabel", BLABEL_SHEET, str(BLABEL)),
        ):
            command = [python, str(HERE / "label_peers.py"), way, str(path)]
            try:
                row(name, PEERS, measured(command, given), path, rates)
            except (FileNotFoundError, subprocess.CalledProcessError):
                print(f"no {way}: make .venv-labels; it needs pango, a library of the system")
        for count in counts:
            for size in SIZES if count == counts[0] else SIZES[:1]:
                command = [sys.executable, __file__, "--row", size, str(count), str(path)]
                sealed = "" if size == "v5" else ", sealed"
                row(f"ocoptrace, {size}-M{sealed}", count, measured(command), path, rates)
                if count == counts[0]:
                    seconds, memory = measured([*command, "check"])
                    print(
                        f"{'  its self-check, every page':<32}{count:>8}{count / seconds:>10.0f}"
                        f"{'':>36}{memory / 1024:>7.0f}"
                    )
        profile(path)


def profile(path: Path) -> None:
    """Print where the time of our way goes."""
    ours(Run(PER_PAGE, "v5"), path)
    stickers = Run(PROFILED, "v5")
    found: Counter[str] = Counter()

    def look(_: int, frame: FrameType | None) -> None:
        found[stage(frame)] += 1

    signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, INTERVAL, INTERVAL)
    ours(stickers, path)
    signal.setitimer(signal.ITIMER_PROF, 0)
    print(f"\nwhere the time goes, {PROFILED} stickers, v5-M")
    for name, count in found.most_common():
        print(f"  {name:<30}{100 * count / found.total():>6.0f}%")


def stage(frame: FrameType | None) -> str:
    """Return the stage that the processor is found in: the innermost that is known."""
    while frame is not None:
        where = f"{frame.f_code.co_filename}:{frame.f_code.co_name}"
        for name, parts in STAGES.items():
            if any(part in where for part in parts):
                return name
        frame = frame.f_back
    return "all else"


def print_row(size: Size, count: int, path: Path, *, check: bool) -> None:
    """Measure in this process; links, fonts and tables are loaded before."""
    stickers = Run(count, size)
    if check:
        expectations = Expectations(stickers)
        timed(lambda: checked(expectations, path))
    else:
        ours(Run(PER_PAGE, size), path)
        timed(lambda: ours(stickers, path))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--row"]:
        wanted = next(size for size in SIZES if size == sys.argv[2])
        print_row(wanted, int(sys.argv[3]), Path(sys.argv[4]), check="check" in sys.argv)
    else:
        main()
