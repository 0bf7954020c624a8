"""Joining PDF files of stickers into one, with one part in memory at a time.

A part is known: ``write_pdf`` made it. Its objects are copied as they are, under higher
numbers; each part's tree of pages becomes a branch of the whole one. What several parts have
alike, as the fonts, is written once.

>>> import tempfile, pathlib
>>> from ocoptrace.labels.display import Page
>>> from ocoptrace.labels.drawing.pdf import write_pdf
>>> folder = pathlib.Path(tempfile.mkdtemp())
>>> for name in ("1.pdf", "2.pdf"):
...     _ = (folder / name).write_bytes(write_pdf([Page(50_000, 30_000, ())], title="Lô L1"))
>>> join_pdfs([folder / "1.pdf", folder / "2.pdf"], folder / "all.pdf")
>>> (folder / "all.pdf").read_bytes().count(b"/MediaBox")
2
"""

from __future__ import annotations

import re
from hashlib import sha256
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import BinaryIO

__all__ = ["join_pdfs"]

_TREE: Final = 1
"""Number of the whole tree of pages."""
_ENTRY: Final = 20
_REFERENCE: Final = re.compile(rb"\b(\d+) 0 R\b")


def join_pdfs(parts: Sequence[Path], path: Path) -> None:
    """Write the pages of some PDF files into one.

    Title and viewer preferences are those of the first. The bytes depend on nothing but the
    parts.

    Args:
        parts: at least one, each written by ``write_pdf``.
        path: the new file.

    Raises:
        OSError: a part cannot be read, or the disk refuses.
    """
    with path.open("wb") as file:
        joined = _Joined(file)
        for part in parts:
            joined.add(part.read_bytes())
        joined.finish()


class _Part:
    """A PDF file as ``write_pdf`` makes it: plain objects, one table of where they stand."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        end = data.rindex(b"startxref")
        self._table = int(data[end:].split()[1])
        trailer = data[data.rindex(b"trailer", 0, end) :]
        self.catalog = _referred(trailer, b"Root")
        self.info = _referred(trailer, b"Info")
        self._places = self._read_places()
        self.tree = _referred(self[self.catalog], b"Pages")

    def _read_places(self) -> list[tuple[int, int]]:
        """Return where each object begins and ends; the first is number 1."""
        line_end = self.data.index(b"\n", self._table + len(b"xref\n"))
        size = int(self.data[self._table : line_end].split()[-1])
        entries = self.data[line_end + 1 :][: _ENTRY * size]
        starts = [int(entries[_ENTRY * n :][:10]) for n in range(1, size)]
        ends = dict(pairwise([*sorted(starts), self._table]))
        return [(start, ends[start]) for start in starts]

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, number: int) -> bytes:
        """Return an object without the line that says its number."""
        start, end = self._places[number - 1]
        return self.data[self.data.index(b"\n", start) + 1 : end]


class _Joined:
    """A PDF file under way."""

    def __init__(self, file: BinaryIO) -> None:
        self.pages = 0
        self._file = file
        self._position = 0
        self._digest = sha256()
        self._places: dict[int, int] = {}
        self._branches: list[int] = []
        # By their digests, the objects that refer to no other.
        self._plain: dict[bytes, int] = {}
        self._first: tuple[int, int] | None = None
        self._next = _TREE + 1

    def add(self, data: bytes) -> None:
        """Copy the objects of a part."""
        part = _Part(data)
        moved = {number: self._next + number - 1 for number in range(1, len(part) + 1)}
        special = {part.catalog, part.info, part.tree}
        for number in moved.keys() - special:
            if not _refers(content := part[number]):
                digest = sha256(content).digest()
                moved[number] = self._plain.setdefault(digest, moved[number])
        if self._first is None:
            self._write(data[: data.index(b"1 0 obj")])
            self._first = moved[part.catalog], moved[part.info]
            # The only object with words of people, and without references.
            self._object(moved[part.info], part[part.info])
            in_whole = {**moved, part.tree: _TREE}
            self._object(moved[part.catalog], _moved(part[part.catalog], in_whole))
        tree = part[part.tree]
        self.pages += int(tree.split(b"/Count ")[1].split()[0])
        inner = _moved(tree, moved).replace(b"<<", b"<< /Parent %d 0 R " % _TREE, 1)
        self._object(moved[part.tree], inner)
        self._branches.append(moved[part.tree])
        for number, there in moved.items():
            if number not in special and there not in self._places:
                self._object(there, _moved(part[number], moved))
        self._next += len(part)

    def finish(self) -> None:
        """Write the whole tree of pages, and where everything stands."""
        branches = b"".join(b"%d 0 R\n" % number for number in self._branches)
        tree = b"<< /Type /Pages /Count %d /Kids [\n%s] >>\nendobj\n" % (self.pages, branches)
        self._object(_TREE, tree)
        table = self._position
        self._write(b"xref\n0 %d\n" % self._next)
        self._write(b"".join(self._entries()))
        catalog, info = self._first or (0, 0)
        name = self._digest.hexdigest()[:32].encode()
        self._write(
            b"trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /ID [<%s> <%s>] >>\n"
            b"startxref\n%d\n%%%%EOF\n" % (self._next, catalog, info, name, name, table)
        )

    def _entries(self) -> Iterator[bytes]:
        yield b"0000000000 65535 f \n"
        for number in range(1, self._next):
            place = self._places.get(number)
            yield b"0000000000 00001 f \n" if place is None else b"%010d 00000 n \n" % place

    def _object(self, number: int, content: bytes) -> None:
        self._places[number] = self._position
        self._write(b"%d 0 obj\n%s" % (number, content))

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._digest.update(data)
        self._position += len(data)


def _referred(dictionary: bytes, key: bytes) -> int:
    return int(dictionary.split(b"/%s " % key)[1].split()[0])


def _refers(content: bytes) -> bool:
    """Tell whether an object refers to others."""
    return _REFERENCE.search(content.partition(b"stream\n")[0]) is not None


def _moved(content: bytes, numbers: Mapping[int, int]) -> bytes:
    """Return an object whose references are to other numbers; a stream is left alone."""
    dictionary, stream, data = content.partition(b"stream\n")
    moved = _REFERENCE.sub(lambda found: b"%d 0 R" % numbers[int(found[1])], dictionary)
    return moved + stream + data
