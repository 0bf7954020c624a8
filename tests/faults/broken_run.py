"""One label run, cut short in every way in turn; what is left is looked at, and finished.

A process of its own, so that it may fork: ``python broken_run.py kill|full pdf|zpl WORKSPACE
STRIDE``, the folder of a workspace with a batch, and how many ways to go on by. It prints a line
for each way: how it ended, and what was wrong with what it left, if anything.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from breaking import Points, forked, full_disk

from clock import Clock
from ocoptrace.labels import scan_file
from ocoptrace.labels.manifest import Manifest, manifest_path
from ocoptrace.labels.reading.scan import scan_pixels
from ocoptrace.workspace import Workspace, print_job
from printers import ZplPrinter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHEET = 24
LONG = 60
PRINTING: dict[str, dict[str, Any]] = {
    "pdf": {},
    "zpl": {"template": "ocop-50x30", "stock": "roll-50x30", "dpi": 203},
}
MOST_POINTS = 300
MEMORY = Path("/dev/shm")  # noqa: S108 - a disk without waiting


def batch_of(ws: Workspace) -> str:
    return next(each.id for each in ws.batches() if "/01/" in each.id)


def print_run(folder: Path, count: int, ending: str) -> None:
    """Issue a run and write its file, as a clerk would."""
    ws = Workspace.open(folder / "ocop", clock=Clock())
    run = ws.label_run(batch_of(ws), count=count, sealed=60, demo=True, **PRINTING[ending])
    (folder / "links.json").write_text(json.dumps([each.link for each in run.contents]))
    # Reading back changes no disk; of a long run it takes long.
    run.write(folder / f"s.{ending}", check=count <= LONG)
    ws.close()


def links_in(path: Path) -> list[str]:
    """Return the links that a file prints, in its order."""
    if path.suffix == ".pdf":
        return [scan.text for scan in scan_file(path.read_bytes(), dpi=200)]
    printer = ZplPrinter()
    printer.receive(path.read_bytes())
    return [
        scan.text
        for label in printer.labels
        for scan in scan_pixels((1 - label.dots) * np.uint8(255))
        for _ in range(label.copies)
    ]


def look_at(folder: Path, ending: str) -> None:
    """Check what is left of a run, finish it, and check that."""
    path = folder / f"s.{ending}"
    ws = Workspace.open(folder / "ocop", clock=Clock())
    lines = ws.label_runs()
    assert len(lines) <= 1
    said = ws._setting.store.statements("batch", batch_of(ws))  # noqa: SLF001
    # What is issued is stated, and what is stated is issued.
    assert len(said) == 1 + len(lines)
    if not lines:
        assert not path.exists()
        return
    [line] = lines
    run = ws.label_run_of(line.code)
    links = [each.link for each in run.contents]
    told = folder / "links.json"
    if told.is_file() and told.stat().st_size:
        assert json.loads(told.read_text()) == links
    left = manifest_path(path)
    if left.is_file():
        manifest = Manifest.parse(left.read_bytes())
        assert manifest.run == line.code
        found = [link for file in manifest.files for link in links_in(folder / file.name)]
        assert found == links[: len(found)]
        assert len(found) == (len(links) if manifest.next is None else manifest.next - 1)
    if not (line.is_printed and Manifest.parse(left.read_bytes()).state == "complete"):
        run.write(path, check=len(links) <= LONG)
    manifest = Manifest.parse(left.read_bytes())
    assert (manifest.state, manifest.next) == ("complete", None)
    assert links_in(path) == links
    acts = [act.act for act in manifest.acts]
    assert acts.count("printed") == 1
    assert "duplicated" not in acts
    # A new run has other serials.
    new = ws.label_run(batch_of(ws), count=3, demo=True, sealed=0)
    assert set(new.serials).isdisjoint(run.serials)
    ws.close()


def kills(stride: int, ending: str) -> Iterator[Callable[[Path], Callable[[], None]]]:
    """Yield works that are killed at one point after the other."""

    def at(point: int) -> Callable[[Path], Callable[[], None]]:
        def work(folder: Path) -> Callable[[], None]:
            def run() -> None:
                Points(point).watch()
                print_run(folder, 60, ending)

            return run

        return work

    for point in range(1, MOST_POINTS, stride):
        yield at(point)


def full_disks(stride: int, ending: str) -> Iterator[Callable[[Path], Callable[[], None]]]:
    """Yield works that meet a full disk, sooner and later: no file may be larger than that."""

    def of(size: int) -> Callable[[Path], Callable[[], None]]:
        def work(folder: Path) -> Callable[[], None]:
            def run() -> None:
                full_disk(size)
                print_run(folder, 1000 if ending == "pdf" else 300, ending)

            return run

        return work

    # The database has some 200 kB; a part in PDF 70, the whole 500; in ZPL 700 and 1,300.
    most, step = (550_000, 15_000) if ending == "pdf" else (1_400_000, 50_000)
    for size in (60_000, 150_000, *range(250_000, most, step * stride), 10**7):
        yield of(size)


def main() -> None:
    """Break a run in each way, and look at what is left."""
    how, ending, workspace, stride = sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])
    ways = kills(stride, ending) if how == "kill" else full_disks(stride, ending)
    # So that a short run has parts.
    print_job._PART_STICKERS = SHEET * (1 if how == "kill" else 6)  # noqa: SLF001
    wrong = 0
    for number, work in enumerate(ways, start=1):
        # A process that is killed leaves the machine, and what it has cached, running.
        with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as scratch:
            folder = Path(scratch)
            shutil.copytree(workspace, folder / "ocop")
            ended = forked(work(folder))
            looked = forked(lambda folder=folder: look_at(folder, ending))
        wrong += looked != 0 or ended == 1
        print(number, ended, looked, flush=True)
        if ended == 0:
            break
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
