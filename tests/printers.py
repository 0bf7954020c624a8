"""Label printers that print into memory: what a printer would do with ZPL or TSPL.

They know the commands that we send, and refuse anything else.
"""

from __future__ import annotations

import re
import zlib
from base64 import b64decode
from binascii import crc_hqx
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Label", "TsplPrinter", "ZplPrinter"]

MOST_GRAPHIC = 99_999
COUNTS = {letter: n for n, letter in enumerate("GHIJKLMNOPQRSTUVWXY", start=1)}
COUNTS |= {letter: 20 * n for n, letter in enumerate("ghijklmnopqrstuvwxyz", start=1)}


@dataclass(frozen=True)
class Label:
    """A printed label: its dots (1 is black), how many of it, and the printer's settings."""

    dots: NDArray[np.uint8]
    copies: int
    settings: dict[str, str]


def unpack_row_data(data: str, row_bytes: int) -> bytes:
    """Return the bytes of graphic data, packed or not."""
    if data.startswith(":Z64:"):
        _, _, text, checksum = data.split(":")
        assert int(checksum, 16) == crc_hqx(text.encode(), 0)
        return zlib.decompress(b64decode(text))
    rows: list[str] = []
    row, count = "", 0
    for sign in data:
        if sign in COUNTS:
            count += COUNTS[sign]
        elif sign in "0123456789ABCDEF":
            row += sign * (count or 1)
            count = 0
        elif sign == ":":
            assert row == ""
            rows.append(rows[-1])
        else:
            assert len(row) % 2 == 0, "half a byte before the end of the row"
            row = row.ljust(2 * row_bytes, {",": "0", "!": "F"}[sign])
        assert len(row) <= 2 * row_bytes
        if len(row) == 2 * row_bytes:
            rows.append(row)
            row = ""
    assert (row, count) == ("", 0)
    return bytes.fromhex("".join(rows))


def dots_of(data: bytes, row_bytes: int) -> NDArray[np.uint8]:
    return np.unpackbits(np.frombuffer(data, np.uint8).reshape(-1, row_bytes), axis=1)


def graphic(packed: str, size: int, row_bytes: int) -> NDArray[np.uint8]:
    data = unpack_row_data(packed, row_bytes)
    assert len(data) == size
    return dots_of(data, row_bytes)


def lay(canvas: NDArray[np.uint8], dots: NDArray[np.uint8], x: int, y: int) -> None:
    """Blacken dots; those beyond the edge of the label are lost, and must be white."""
    there = canvas[y : y + dots.shape[0], x : x + dots.shape[1]]
    there |= dots[: there.shape[0], : there.shape[1]]
    assert dots.sum() == dots[: there.shape[0], : there.shape[1]].sum()


@dataclass
class ZplPrinter:
    """A printer that speaks ZPL II."""

    labels: list[Label] = field(default_factory=list)
    stored: dict[str, NDArray[np.uint8]] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    _format: dict[str, int] = field(default_factory=dict)
    _place: tuple[int, int] = (0, 0)
    _canvas: NDArray[np.uint8] | None = None

    def receive(self, data: bytes) -> None:
        for command in re.split(r"(?=[~^])", data.decode("ascii").replace("\n", ""))[1:]:
            self._obey(command[:3], command[3:])

    def _obey(self, name: str, rest: str) -> None:
        match name:
            case "^XA":
                self._format, self._canvas = {}, None
            case "^PW" | "^LL" | "^PQ":
                self._format[name] = int(rest)
            case "^LH" | "^FO":
                x, y = map(int, rest.split(","))
                self._place = (x, y)
            case "~SD" | "^PR":
                self.settings[name] = rest
            case "^GF" | "^XG":
                self._draw(self._field(rest) if name == "^GF" else self._recalled(rest))
            case "~DG":
                where, size, row_bytes, packed = rest.split(",", 3)
                self.stored[where] = graphic(packed, int(size), int(row_bytes))
            case "^ID":
                del self.stored[rest]
            case "^XZ" if self._canvas is not None:
                label = Label(self._canvas, self._format["^PQ"], dict(self.settings))
                self.labels.append(label)
            case "^FS" | "^XZ":
                pass
            case _:
                raise ValueError(name + rest)

    def _field(self, rest: str) -> NDArray[np.uint8]:
        kind, sent, size, row_bytes, packed = rest.split(",", 4)
        assert kind == "A"
        assert int(sent) == int(size) <= MOST_GRAPHIC
        return graphic(packed, int(size), int(row_bytes))

    def _recalled(self, rest: str) -> NDArray[np.uint8]:
        where, across, down = rest.split(",")
        assert (across, down) == ("1", "1")
        return self.stored[where]

    def _draw(self, dots: NDArray[np.uint8]) -> None:
        if self._canvas is None:
            self._canvas = np.zeros((self._format["^LL"], self._format["^PW"]), np.uint8)
        lay(self._canvas, dots, *self._place)


@dataclass
class TsplPrinter:
    """A printer that speaks TSPL."""

    dots_per_mm: float
    labels: list[Label] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    _canvas: NDArray[np.uint8] = field(default_factory=lambda: np.zeros((0, 0), np.uint8))

    def receive(self, data: bytes) -> None:
        while data:
            name, _, rest = data.partition(b" ")
            if name == b"BITMAP":
                data = self._bitmap(rest)
                continue
            line, _, data = data.partition(b"\r\n")
            word, _, values = line.decode("ascii").partition(" ")
            match word:
                case "SIZE" | "GAP" | "DIRECTION" | "REFERENCE" | "DENSITY" | "SPEED":
                    self.settings[word] = values
                case "CLS":
                    self._canvas = np.zeros(self._size(), np.uint8)
                case "PRINT":
                    sets, copies = map(int, values.split(","))
                    assert sets == 1
                    self.labels.append(Label(self._canvas.copy(), copies, dict(self.settings)))
                case _:
                    raise ValueError(line)

    def _size(self) -> tuple[int, int]:
        sides = re.fullmatch(r"([\d.]+) mm,([\d.]+) mm", self.settings["SIZE"])
        assert sides
        width, height = (round(float(side) * self.dots_per_mm) for side in sides.groups())
        return height, width

    def _bitmap(self, rest: bytes) -> bytes:
        *numbers, data = rest.split(b",", 5)
        x, y, row_bytes, height, mode = map(int, numbers)
        assert mode == 0
        length = row_bytes * height
        assert data[length : length + 2] == b"\r\n"
        lay(self._canvas, 1 - dots_of(data[:length], row_bytes), x, y)
        return data[length + 2 :]
