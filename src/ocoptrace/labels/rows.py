r"""Rows into labels: columns by their Vietnamese or English names, a finding for each bad cell.

A column that has no meaning of its own becomes a free text of the label, under its name in
small letters without marks: a template can show it. ``product.ko`` is the product in Korean.

>>> from ocoptrace.labels.tables import read_table
>>> table = read_table(
...     "Tên sản phẩm,GTIN,Lô,HSD,Độ đạm\nMắm tôm,09521234543213,L1,14/9/2028,18%\n".encode())
>>> [row] = read_rows(table, host="id.example")
>>> row.content.link, f"{row.content.best_before}", dict(row.content.texts)
('HTTPS://ID.EXAMPLE/01/09521234543213/10/L1', '2028-09-14', {'do_dam': '18%'})
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cache
from itertools import accumulate
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, overload

from ocoptrace import messages
from ocoptrace.errors import Gs1Error, LabelError
from ocoptrace.findings import Finding
from ocoptrace.gs1 import DigitalLink, Gtin
from ocoptrace.labels.content import LabelContent, is_field_name
from ocoptrace.messages import LANGUAGES

if TYPE_CHECKING:
    from ocoptrace.labels.tables import Cell, Table, TableRow

__all__ = ["MAX_COPIES", "LabelRow", "Repeated", "read_rows"]

MAX_COPIES: Final = 100_000
"""Most labels that a row asks for."""

_MAX_FINDINGS: Final = 1000
_OWN: Final = tuple(
    part.name for part in fields(LabelContent) if part.init and part.name != "texts"
)
_COLUMNS: Final = (*_OWN, "copies")
_DATES: Final = frozenset({"made", "best_before", "stars_until"})
_NUMBERS: Final = frozenset({"stars", "copies"})
_IN_LANGUAGES: Final = frozenset({"product", "producer", "place", "net_content"})
_OF_THE_BATCH: Final = frozenset({"link", "gtin", "lot"})
"""What a run of a batch knows for itself."""

_HEADING = re.compile(
    r"(.*?)\s*(?:\.\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)|\(([a-z]{2}(?:-[A-Za-z]+)?)\))?"
)
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:T00:00:00)?")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_ROUNDED = re.compile(r"[0-9][.,][0-9]+E\+[0-9]+", re.IGNORECASE)
_MOST_EXACT: Final = 10**15


@dataclass(frozen=True, slots=True)
class LabelRow:
    """What a row asks for.

    Attributes:
        content: what its labels say.
        copies: how many there are.
        place: where the row begins.
        places: where its fields stand, by name.
    """

    content: LabelContent
    copies: int
    place: str
    places: Mapping[str, str]

    def located(self, finding: Finding) -> Finding:
        """Return what ``preflight`` found of this row's label, with the cell it is about."""
        field = finding.place.rpartition("/")[2]
        return replace(finding, place=self.places.get(field, self.place))


class Repeated(Sequence[LabelContent]):
    """Labels, each as often as it is asked for; no more of them in memory than there are rows."""

    def __init__(self, contents: Iterable[tuple[LabelContent, int]]) -> None:
        pairs = list(contents)
        self._contents = [content for content, _ in pairs]
        self._ends = list(accumulate(count for _, count in pairs))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @overload
    def __getitem__(self, index: int) -> LabelContent: ...
    @overload
    def __getitem__(self, index: slice) -> list[LabelContent]: ...
    def __getitem__(self, index: int | slice) -> LabelContent | list[LabelContent]:
        numbers = range(len(self))[index]
        if isinstance(numbers, int):
            return self._contents[bisect_right(self._ends, numbers)]
        return [self._contents[bisect_right(self._ends, number)] for number in numbers]


@dataclass(frozen=True, slots=True)
class _Column:
    """What a column means: a field, maybe in one language, or a free text."""

    number: int
    field: str
    language: str | None

    @property
    def is_free(self) -> bool:
        return self.field not in _COLUMNS


def read_rows(table: Table, *, host: str = "", base: LabelContent | None = None) -> list[LabelRow]:
    """Return the labels that a table asks for.

    Args:
        table: its rows.
        host: of links that are composed from GTIN, lot and serial, where no ``link`` is given.
        base: what labels of a batch say already: rows change it, but not its name.

    Raises:
        LabelError: every cell that cannot be used, as a finding with its place.
    """
    reading = _Reading(table, host, base)
    rows = list(reading.rows())
    if reading.findings:
        first = reading.findings[0]
        raise LabelError(first.code, place=first.place, findings=reading.findings, **first.facts)
    if not rows:
        raise LabelError("label.no_rows")
    return rows


class _Reading:
    """A table on its way into labels."""

    def __init__(self, table: Table, host: str, base: LabelContent | None) -> None:
        self.findings: list[Finding] = []
        self._table = table
        self._host = host
        self._base = base
        self._columns = list(self._meanings())

    def rows(self) -> Iterator[LabelRow]:
        for row in self._table.rows:
            before = len(self.findings)
            members, copies = self._members(row)
            if len(self.findings) == before and (content := self._content(members, row)):
                place = self._table.place(row.number, 0)
                field = "serial" if self._base is None or content.serial else "sscc"
                if (number := getattr(content, field)) is not None and copies > 1:
                    facts = {"serial": number, "copies": copies}
                    self._note("label.serial_copies", self._place(f"/{field}", row), facts)
                yield LabelRow(content, copies, place, self._places(row))

    def _note(self, code: str, place: str, facts: Mapping[str, Any]) -> None:
        if len(self.findings) < _MAX_FINDINGS:
            self.findings.append(Finding(code, "error", place, facts))

    # Columns

    def _meanings(self) -> Iterator[_Column]:
        seen: set[tuple[str, str | None]] = set()
        for number, heading in enumerate(self._table.columns):
            place = self._table.heading(number)
            if not heading:
                if any(row.cells[number] is not None for row in self._table.rows):
                    self._note("label.column_unnamed", place, {})
                continue
            match = _HEADING.fullmatch(heading)
            name, language = (match[1], match[2] or match[3]) if match else (heading, None)
            field = _fields_by_heading().get(_folded(name).replace("_", ""))
            if field is None:
                field = _folded(name)
            if field in _COLUMNS and field not in _IN_LANGUAGES and language is not None:
                self._note("label.column_language", place, {"name": heading})
            elif field not in _COLUMNS and not is_field_name(field):
                self._note("label.column_name", place, {"name": heading})
            elif (field, language) in seen:
                self._note("label.column_twice", place, {"name": heading})
            elif self._base is not None and field in _OF_THE_BATCH:
                self._note("label.column_of_batch", place, {"name": heading})
            else:
                seen.add((field, language))
                yield _Column(number, field, language)

    # Cells

    def _members(self, row: TableRow) -> tuple[dict[str, Any], int]:
        """Return what a row says of a label's fields, and how many labels it asks for."""
        members: dict[str, Any] = {}
        texts: dict[str, Any] = {}
        copies = 1
        for column in self._columns:
            cell = row.cells[column.number]
            if cell is None:
                continue
            place = self._table.place(row.number, column.number)
            try:
                value = _value(cell, column.field)
            except LabelError as error:
                self._note(error.code, place, error.facts)
                continue
            if column.field == "copies":
                copies = value
                continue
            into = texts if column.is_free else members
            if column.language is None:
                held = into.get(column.field)
                into[column.field] = {"vi": value} | held if isinstance(held, dict) else value
            else:
                held = into.setdefault(column.field, {})
                if not isinstance(held, dict):
                    held = into[column.field] = {"vi": held}
                held[column.language] = value
        if texts:
            members["texts"] = texts
        return members, copies

    def _content(self, members: dict[str, Any], row: TableRow) -> LabelContent | None:
        try:
            if self._base is not None:
                return self._base.saying(members.pop("texts", {}) | members)
            if "gtin" in members:
                members["gtin"] = _gtin(members["gtin"])
            if "link" not in members:
                members["link"] = self._link(members)
            members.setdefault("product", "")
            return LabelContent(**members)
        except LabelError as error:
            self._note(error.code, self._place(error.place, row), error.facts)
        return None

    def _link(self, members: Mapping[str, Any]) -> str:
        """Return the link that GTIN, lot and serial make."""
        if "gtin" not in members:
            raise LabelError("label.row_without_link")
        parts = [("01", members["gtin"]), ("10", members.get("lot")), ("21", members.get("serial"))]
        elements = [(key, value) for key, value in parts if value]
        try:
            return DigitalLink.of(*elements).to_uri(host=self._host or None, upper=True)
        except Gs1Error as error:
            field = "lot" if members.get("lot") else "serial"
            raise LabelError(error.code, place=f"/{field}", **error.facts) from error

    def _places(self, row: TableRow) -> dict[str, str]:
        return {
            column.field: self._table.place(row.number, column.number)
            for column in self._columns
            if row.cells[column.number] is not None
        }

    def _place(self, pointer: str, row: TableRow) -> str:
        """Return where the cell of a field stands; the row's first cell for one that is not."""
        field = pointer.removeprefix("/texts").lstrip("/").partition("/")[0]
        number = next((column.number for column in self._columns if column.field == field), 0)
        return self._table.place(row.number, number)


def _gtin(value: str) -> str:
    """Return a GTIN in 14 digits; Excel drops the zeros before it."""
    try:
        return str(Gtin.parse(value if len(value) in _GTIN_LENGTHS else value.zfill(14)))
    except Gs1Error as error:
        raise LabelError(error.code, place="/gtin", **error.facts) from error


_GTIN_LENGTHS: Final = frozenset({8, 12, 13, 14})


def _value(cell: Cell, field: str) -> Any:
    if field in _DATES:
        return _date(cell)
    if field in _NUMBERS:
        return _whole(cell, least=1 if field == "copies" else 0)
    if isinstance(cell, bool):
        raise LabelError("label.cell_kind", found="true/false")
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, float):
        if not isfinite(cell):
            raise LabelError("label.cell_kind", found=str(cell))
        # Spreadsheets keep whole numbers as fractions.
        return str(int(cell) if cell.is_integer() and abs(cell) < _MOST_EXACT else cell)
    text = str(cell)
    if field in {"gtin", "serial", "lot", "sscc"} and _ROUNDED.fullmatch(text):
        raise LabelError("label.cell_rounded", value=text)
    return text


def _date(cell: Cell) -> date:
    if isinstance(cell, date):
        return cell
    text = str(cell)
    try:
        if match := _ISO.fullmatch(text):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := _DAY_FIRST.fullmatch(text):
            return date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        pass
    raise LabelError("label.cell_date", value=text)


def _whole(cell: Cell, *, least: int) -> int:
    number: int | None = None
    if isinstance(cell, float) and cell.is_integer():
        number = int(cell)
    elif isinstance(cell, int) and not isinstance(cell, bool):
        number = cell
    elif isinstance(cell, str) and cell.isascii() and cell.isdigit():
        number = int(cell[:10])
    if number is None or not least <= number <= MAX_COPIES:
        raise LabelError("label.cell_number", value=cell, least=least, limit=MAX_COPIES)
    return number


@cache
def _fields_by_heading() -> dict[str, str]:
    """Return the fields by the names of columns, each in the form that is compared."""
    known = {name.replace("_", ""): name for name in _COLUMNS}
    for field in _COLUMNS:
        for language in LANGUAGES:
            for name in messages.text(f"label.column.{field}", language).split("|"):
                known[_folded(name).replace("_", "")] = field
    return known


def _folded(name: str) -> str:
    """Return a name in small letters without marks, words joined by ``_``.

    >>> _folded("Độ đạm (%)"), _folded("Best-before ")
    ('do_dam', 'best_before')
    """
    plain = unicodedata.normalize("NFD", name.strip().lower().replace("đ", "d"))
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "_", letters).strip("_")
