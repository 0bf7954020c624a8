"""Printing stickers to PDF on one core: ours, and three usual ways to do it, in the same run.

24 to an A4 sheet, four lines of Vietnamese text in an embedded font, a QR code of version 5-M
(an 80-character link). The peers print 240, ours 10,008 and 100,008; sealed stickers (versions
7 and 8) stand beside. Every row is a process of its own with a single thread: its seconds are
processor time, so that other work on the machine counts for little; its memory is the most it
held. Then where the time goes, stage by stage, by the same clock, under cProfile.

blabel is measured where `make .venv-labels` could install it. A shorter run: give the number
of stickers, `python benchmarks/bench_labels.py 2400`.
"""

from __future__ import annotations

import cProfile
import json
import pstats
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
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
    from ocoptrace.labels.reading.check import Expected

PEERS: Final = 240
COUNTS: Final = (10_008, 100_008)
PROFILED: Final = 2_400
HERE: Final = Path(__file__).parent
BLABEL: Final = HERE.parent / ".venv-labels/bin/python"
SIZES: Final[tuple[Size, ...]] = ("v5", "v7", "v8")

STAGES: Final = {
    "links (the bench's own)": ("benchmarks/", "random.py"),
    "contents": ("labels/content.py",),
    "symbols": ("labels/symbols/", "labels/codes.py", "numpy"),
    "own text": ("labels/flow.py", "labels/typeset.py", "labels/fonts", "labels/pattern.py"),
    "layout": ("labels/layout.py", "labels/compose.py", "labels/display.py", "labels/stock"),
    "PDF": ("labels/drawing", "reportlab"),
}


class Run(Sequence[LabelContent]):
    """The stickers of a run, each made when it is asked for."""

    def __init__(self, count: int, size: Size) -> None:
        self._count = count
        self._size = size
        self._base = content(0, size)

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, number: int) -> LabelContent:  # type: ignore[override] # no slices
        if number >= self._count:
            raise IndexError(number)
        return self._base.item(link=link(number, self._size), serial=f"{number:012}")


def ours(count: int, path: Path, size: Size) -> None:
    """Print stickers as a run does: in parts, joined when all are there."""
    job = PrintJob(path, Run(count, size), Printing(), title="Tem")
    job.write()
    job.tidy()


class Expectations:
    """What each page must show: the places of the first, the links of its own."""

    def __init__(self, count: int, size: Size) -> None:
        from ocoptrace.labels.reading.check import expected_on  # noqa: PLC0415 - not for printing

        (page,) = Printing().lay_out(list(Run(PER_PAGE, size)))
        self._places = expected_on(page)
        self._count, self._size = count, size

    def __len__(self) -> int:
        return ceil(self._count / PER_PAGE)

    def __getitem__(self, page: int) -> list[Expected]:
        first = page * PER_PAGE
        shown = self._places[: self._count - first]
        return [replace(e, text=link(first + n, self._size)) for n, e in enumerate(shown)]


def checked(count: int, path: Path, size: Size) -> None:
    """Read every page back that was printed."""
    from ocoptrace.labels.reading.check import check_file  # noqa: PLC0415 - not for printing

    result = check_file(path, Expectations(count, size), sample=ceil(count / PER_PAGE))
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
    ours(PER_PAGE, path, "v5")
    profiler = cProfile.Profile(time.process_time)
    profiler.runcall(ours, PROFILED, path, "v5")
    seconds: defaultdict[str, float] = defaultdict(float)
    stats = pstats.Stats(profiler).stats  # type: ignore[attr-defined] # typeshed leaves it out
    for function, (_, _, own, _, callers) in stats.items():
        if callers and function[0] == "~" and "compress" not in function[2]:
            # What is built in counts for the function that calls it.
            for caller, (_, _, spent, _) in callers.items():
                seconds[stage(caller)] += spent
        else:
            seconds[stage(function)] += own
    whole = sum(seconds.values())
    print(f"\nwhere the time goes, {PROFILED} stickers, v5-M")
    for name, spent in sorted(seconds.items(), key=lambda pair: -pair[1]):
        print(f"  {name:<30}{100 * spent / whole:>6.0f}%")


def stage(function: tuple[str, int, str]) -> str:
    """Return the stage that a function belongs to."""
    file, _, name = function
    if "compress" in name:
        return "zlib"
    found = (s for s, parts in STAGES.items() if any(part in file for part in parts))
    return next(found, "all else")


def print_row(size: Size, count: int, path: Path, *, check: bool) -> None:
    """Measure in this process; fonts and tables are loaded before."""
    if check:
        timed(lambda: checked(count, path, size))
    else:
        ours(PER_PAGE, path, size)
        timed(lambda: ours(count, path, size))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--row"]:
        wanted = next(size for size in SIZES if size == sys.argv[2])
        print_row(wanted, int(sys.argv[3]), Path(sys.argv[4]), check="check" in sys.argv)
    else:
        main()
