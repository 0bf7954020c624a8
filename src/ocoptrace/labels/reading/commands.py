r"""What label printers are sent, as the dots that they burn: our own ZPL and TSPL, read back.

Only the commands that ``drawing.zpl`` and ``drawing.tspl`` write are known, without stored art
and deflated graphics; a file may be of any length, with one page in memory at a time.

>>> import tempfile, pathlib
>>> from ocoptrace.labels.display import Page, Polygon
>>> from ocoptrace.labels.drawing.zpl import write_zpl
>>> page = Page(10_000, 1_000, (), marks=(Polygon.rectangle(0, 0, 500, 1_000),))
>>> path = pathlib.Path(tempfile.mkdtemp()) / "labels.zpl"
>>> _ = path.write_bytes(b"".join(write_zpl([page] * 3, dpi=203)))
>>> with printed_commands(path, dpi=203) as printed:
...     pixels, dpi = printed.grey(2, dpi=300)
...     len(printed), pixels.shape, (pixels == 0).sum().item(), dpi
(3, (8, 80), 32, 203)
"""

from __future__ import annotations

import mmap
import re
from abc import ABC, abstractmethod
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import numpy as np

from ocoptrace.errors import LabelError
from ocoptrace.labels.bitmap import Bitmap
from ocoptrace.labels.reading.printed import Bitmaps

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ocoptrace.labels.display import Box
    from ocoptrace.labels.reading.pixels import Pixels
    from ocoptrace.labels.reading.printed import Printed

__all__ = ["printed_commands"]

_ZPL_SIZE: Final = re.compile(rb"\^XA\^PW([0-9]{1,5})\^LL([0-9]{1,5})")
_ZPL_FIELD: Final = re.compile(
    rb"\^FO0,([0-9]{1,5})\^GFA,[0-9]+,([0-9]+),([0-9]+),([0-9A-Za-z:,!]*)\^FS"
)
_ZPL_TOKEN: Final = re.compile(r"([g-z]?)([G-Y]?)([0-9A-F])|[:,!]")
_FILLS: Final = {",": "0", "!": "F"}
_TSPL_BITMAP: Final = re.compile(rb"BITMAP 0,0,([0-9]{1,5}),([0-9]{1,5}),0,")
_TWENTY: Final = 20


@contextmanager
def printed_commands(path: Path, *, dpi: int) -> Iterator[Printed]:
    """Open a file of commands as the pages that it prints.

    Args:
        path: ending in ``.zpl`` or ``.tspl``.
        dpi: dots per inch of the printer.

    Raises:
        LabelError: ``label.commands`` where it is not what we write: at once, or when the page
            is asked for.
        OSError: it cannot be read.
    """
    if not path.stat().st_size:
        raise LabelError("label.commands", path=path, page=1)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        kind = _Zpl if path.suffix.lower() == ".zpl" else _Tspl
        yield kind(path, data, dpi)


class _Commands(ABC):
    """A file of commands; where each page begins, and where the last one ends."""

    def __init__(self, path: Path, data: mmap.mmap, dpi: int) -> None:
        self._path = path
        self._data = data
        self._dpi = dpi
        self._starts = list(self._found())

    def __len__(self) -> int:
        return len(self._starts) - 1

    def grey(self, page: int, *, dpi: int, box: Box | None = None) -> tuple[Pixels, int]:
        """Return a page, or a part of it, as ``Printed.grey`` does."""
        start, end = self._starts[page : page + 2]
        try:
            bitmap = self._bitmap(self._data[start:end])
        except ValueError as error:
            raise self._torn(page) from error
        return Bitmaps([(bitmap.to_grey(), bitmap.dpi)]).grey(0, dpi=dpi, box=box)

    def _torn(self, page: int) -> LabelError:
        return LabelError("label.commands", path=self._path, page=page + 1)

    @abstractmethod
    def _found(self) -> Iterator[int]:
        """Yield where each page begins, and where the last one ends."""

    @abstractmethod
    def _bitmap(self, commands: bytes) -> Bitmap:
        """Return the dots of a page.

        Raises:
            ValueError: it breaks off.
        """


class _Zpl(_Commands):
    def _found(self) -> Iterator[int]:
        at = self._data.find(b"^XA")
        while at >= 0:
            yield at
            at = self._data.find(b"^XA", at + 1)
        yield len(self._data)

    def _bitmap(self, commands: bytes) -> Bitmap:
        size = _ZPL_SIZE.match(commands)
        if size is None or not commands.rstrip().endswith(b"^XZ"):
            raise ValueError("label")
        width, height = int(size[1]), int(size[2])
        canvas = np.zeros((height, (width + 7) // 8), np.uint8)
        for top, count, row_bytes, packed in _ZPL_FIELD.findall(commands):
            rows = _unpacked(packed.decode("ascii"), int(row_bytes))
            if len(rows) != int(count):
                raise ValueError("graphic")
            drawn = np.frombuffer(rows, np.uint8).reshape(-1, int(row_bytes))
            canvas[int(top) : int(top) + len(drawn)] |= drawn
        return Bitmap(width, height, self._dpi, canvas.tobytes())


class _Tspl(_Commands):
    def _found(self) -> Iterator[int]:
        at = self._data.find(b"BITMAP ")
        while at >= 0:
            yield at
            # What looks like a command may be dots.
            head = _TSPL_BITMAP.match(self._data, at)
            if head is None:
                raise self._torn(0)
            at = self._data.find(b"BITMAP ", head.end() + int(head[1]) * int(head[2]))
        yield len(self._data)

    def _bitmap(self, commands: bytes) -> Bitmap:
        head = _TSPL_BITMAP.match(commands)
        if head is None:
            raise ValueError("bitmap")
        row_bytes, height = int(head[1]), int(head[2])
        light = commands[head.end() : head.end() + row_bytes * height]
        if not commands[head.end() + len(light) :].startswith(b"\r\nPRINT 1,1\r\n"):
            raise ValueError("print")
        dark = (~np.frombuffer(light, np.uint8)).tobytes()
        return Bitmap(8 * row_bytes, height, self._dpi, dark)


def _unpacked(packed: str, row_bytes: int) -> bytes:
    """Return the bytes of rows with repeat counts.

    Raises:
        ValueError: they are no such rows.
    """
    digits = 2 * row_bytes
    rows: list[str] = []
    row: list[str] = []
    filled = end = 0
    for token in _ZPL_TOKEN.finditer(packed):
        if token.start() != end:
            raise ValueError("token")
        end = token.end()
        sign = token[0]
        if sign == ":":
            rows.append(rows[-1] if rows and not row else "")
            continue
        if sign in _FILLS:
            row.append(_FILLS[sign] * (digits - filled))
            filled = digits
        else:
            twenties, ones, digit = token.groups()
            times = _TWENTY * (ord(twenties) - ord("f")) if twenties else 0
            times += ord(ones) - ord("F") if ones else 0
            row.append(digit * (times or 1))
            filled += times or 1
        if filled == digits:
            rows.append("".join(row))
            row, filled = [], 0
    if end != len(packed) or row:
        raise ValueError("rows")
    return bytes.fromhex("".join(rows))
