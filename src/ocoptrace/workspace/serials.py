"""The serials of a run: drawn at random, counted up, or given; each a value of all of them.

>>> serials = counted("A0098", 3)
>>> list(serials), serials.find("A0100"), serials.kind
(['A0098', 'A0099', 'A0100'], 2, 'sequential')
>>> counted("A0090", 20).overlap(counted("A0109", 5))
'A0109'
>>> drawn = draw(1000)
>>> len(set(drawn)), drawn.find(drawn[7]), list(drawn) == sorted(drawn)
(1000, 7, True)
"""

from __future__ import annotations

import re
import secrets
from abc import abstractmethod
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Final, Literal, overload

from ocoptrace.errors import WorkspaceError
from ocoptrace.gs1 import SERIAL_ALPHABET
from ocoptrace.store.run_tables import DRAWN_BYTES

if TYPE_CHECKING:
    from ocoptrace.store import StoredRun

__all__ = [
    "Counted",
    "Drawn",
    "Given",
    "Numbering",
    "Serials",
    "counted",
    "draw",
    "given",
    "serials_of",
]

Numbering = str | Iterable[str] | Callable[[int], str] | None
"""How the serials of a run are asked for: None draws them, a text is the first of a sequence,
anything else gives each one (a function is asked with the sticker's number, from 0)."""

_MAX_DIGITS: Final = 15
_FIRST = re.compile(rf"(.*?)([0-9]{{1,{_MAX_DIGITS}}})", re.ASCII)
_PAIRS: Final = [(a + b).encode() for a in SERIAL_ALPHABET for b in SERIAL_ALPHABET]


class Serials(Sequence[str]):
    """The serials of a run, in the order of its stickers; each occurs once."""

    kind: Literal["random", "sequential", "listed"]

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self._at(position) for position in range(len(self))[index]]
        return self._at(range(len(self))[index])

    def __iter__(self) -> Iterator[str]:
        return map(self._at, range(len(self)))

    @abstractmethod
    def _at(self, position: int) -> str: ...

    @abstractmethod
    def find(self, serial: str) -> int | None:
        """Return where a serial stands, from 0; None where it is not one of these."""

    def overlap(self, other: Serials) -> str | None:
        """Return a serial that both have, or None."""
        fewer, more = sorted((self, other), key=len)
        return next((serial for serial in fewer if more.find(serial) is not None), None)


@dataclass(frozen=True, eq=True)
class Drawn(Serials):
    """Random serials of 12 symbols, ascending, in one value.

    Attributes:
        data: 12 bytes of ASCII each.
    """

    data: bytes
    kind = "random"

    def __len__(self) -> int:
        return len(self.data) // DRAWN_BYTES

    def _at(self, position: int) -> str:
        return self._bytes_at(position).decode()

    def _bytes_at(self, position: int) -> bytes:
        return self.data[position * DRAWN_BYTES : (position + 1) * DRAWN_BYTES]

    def find(self, serial: str) -> int | None:
        """Return where a serial stands, by halving."""
        wanted = serial.encode()
        position = bisect_left(range(len(self)), wanted, key=self._bytes_at)
        return position if self._bytes_at(position) == wanted else None


@dataclass(frozen=True, eq=True)
class Counted(Serials):
    """Serials in sequence.

    Attributes:
        prefix: what stands before the number; it does not end in a digit, so that no serial
            can be written with two prefixes.
        start: the first number.
        width: digits of each number.
        size: how many.
    """

    prefix: str
    start: int
    width: int
    size: int
    kind = "sequential"

    def __len__(self) -> int:
        return self.size

    def _at(self, position: int) -> str:
        return f"{self.prefix}{self.start + position:0{self.width}}"

    def find(self, serial: str) -> int | None:
        """Return where a serial stands, by its number."""
        digits = serial.removeprefix(self.prefix)
        if not (serial.startswith(self.prefix) and digits.isascii() and digits.isdigit()):
            return None
        position = int(digits) - self.start
        return position if len(digits) == self.width and 0 <= position < self.size else None

    def overlap(self, other: Serials) -> str | None:
        """Return a serial that both have, or None; of two sequences by arithmetic."""
        if not isinstance(other, Counted):
            return super().overlap(other)
        if (self.prefix, self.width) != (other.prefix, other.width):
            return None
        first = max(self.start, other.start)
        last = min(self.start + self.size, other.start + other.size) - 1
        return f"{self.prefix}{first:0{self.width}}" if first <= last else None


@dataclass(frozen=True, eq=True)
class Given(Serials):
    """Serials that were given one by one.

    Attributes:
        serials: in the order of the stickers.
    """

    serials: tuple[str, ...]
    kind = "listed"

    def __len__(self) -> int:
        return len(self.serials)

    def _at(self, position: int) -> str:
        return self.serials[position]

    def find(self, serial: str) -> int | None:
        """Return where a serial stands, by looking it up."""
        return self._positions.get(serial)

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {serial: position for position, serial in enumerate(self.serials)}


def draw(count: int) -> Drawn:
    """Return random serials, 60 bits each: none can be guessed from another."""
    # Sorted they are found by halving; and which values are near tells nothing about a serial
    # that was drawn by itself (ADR 0011).
    found: set[bytes] = set()
    while len(found) < count:
        noise = secrets.token_bytes(DRAWN_BYTES * (count - len(found)))
        for place in range(0, len(noise), DRAWN_BYTES):
            found.add(
                b"".join(
                    _PAIRS[(noise[at] << 8 | noise[at + 1]) & 0x3FF]
                    for at in range(place, place + DRAWN_BYTES, 2)
                )
            )
    return Drawn(b"".join(sorted(found)))


def counted(first: str, count: int) -> Counted:
    """Return serials that count up from a first one: the number is its last digits.

    Raises:
        WorkspaceError: it does not end in digits, or in too few for the count.
    """
    match = _FIRST.fullmatch(first)
    # The shortest prefix that leaves digits alone behind it.
    if match is None or match[1][-1:].isdigit():
        raise WorkspaceError("workspace.first_serial", value=first, limit=_MAX_DIGITS)
    prefix, digits = match.groups()
    if int(digits) + count > 10 ** len(digits):
        raise WorkspaceError("workspace.serial_digits", value=first, count=count)
    return Counted(prefix, int(digits), len(digits), count)


def given(numbering: Iterable[str] | Callable[[int], str], count: int) -> Given:
    """Return serials as they are given: by a list, or by a function of each number.

    Raises:
        WorkspaceError: fewer than are wanted, or one of them twice.
    """
    source = map(numbering, range(count)) if callable(numbering) else islice(numbering, count)
    serials = Given(tuple(source))
    if len(serials) < count:
        raise WorkspaceError("workspace.too_few_serials", found=len(serials), count=count)
    for position, serial in enumerate(serials):
        if serials.find(serial) != position:
            raise WorkspaceError("workspace.serial_twice", serial=serial)
    return serials


def serials_of(stored: StoredRun) -> Serials:
    """Return the serials of a run as it is kept."""
    if stored.sequence is not None:
        return Counted(*stored.sequence, size=stored.size)
    if stored.drawn is not None:
        return Drawn(stored.drawn)
    return Given(tuple((stored.listed or "").split("\n")))
