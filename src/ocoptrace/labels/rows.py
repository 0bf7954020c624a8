r"""Rows into labels: a finding for each cell that cannot be used, all of them at once.

What a column means is said by ``columns``.

>>> from ocoptrace.labels.tables import read_table
>>> table = read_table(
...     "Tên sản phẩm,GTIN,Lô,HSD,Độ đạm\nMắm tôm,09521234543213,L1,14/9/2028,18%\n".encode())
>>> [row] = read_rows(table, host="id.example")
>>> row.content.link, f"{row.content.best_before}", dict(row.content.texts)
('HTTPS://ID.EXAMPLE/01/09521234543213/10/L1', '2028-09-14', {'do_dam': '18%'})
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, overload

from ocoptrace.errors import Gs1Error, LabelError
from ocoptrace.findings import Finding
from ocoptrace.gs1 import DigitalLink, Gtin
from ocoptrace.labels.columns import COLUMNS, IN_LANGUAGES, Column, meaning
from ocoptrace.labels.content import LabelContent, is_field_name

if TYPE_CHECKING:
    from ocoptrace.labels.tables import Cell, Table, TableRow

__all__ = ["MAX_COPIES", "LabelRow", "Repeated", "read_rows"]

MAX_COPIES: Final = 100_000
"""Most labels that a row asks for."""

_MAX_FINDINGS: Final = 1000
_DATES: Final = frozenset({"made", "best_before", "stars_until"})
_NUMBERS: Final = frozenset({"stars", "copies"})
_OF_THE_BATCH: Final = frozenset({"link", "gtin", "lot"})
"""What a run of a batch knows for itself."""

_ELEMENTS: Final = {"01": "gtin", "10": "lot", "21": "serial"}
_STAND_INS: Final = {"link": "HTTPS://LABEL.EXAMPLE", "product": "?"}

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


def read_rows(
    table: Table,
    *,
    host: str = "",
    base: LabelContent | None = None,
    shown: frozenset[str] = frozenset(),
) -> list[LabelRow]:
    """Return the labels that a table asks for.

    Args:
        table: its rows.
        host: of links that are composed from GTIN, lot and serial, where no ``link`` is given.
        base: what labels of a batch say already: rows change it, but not its name.
        shown: fields that the template shows or asks for; see ``columns.meaning``.

    Raises:
        LabelError: every cell that cannot be used, as a finding with its place.
    """
    reading = _Reading(table, host, base, shown)
    rows = list(reading.rows())
    if reading.findings:
        first = reading.findings[0]
        raise LabelError(first.code, place=first.place, findings=reading.findings, **first.facts)
    if not rows:
        raise LabelError("label.no_rows")
    return rows


class _Reading:
    """A table on its way into labels."""

    def __init__(
        self, table: Table, host: str, base: LabelContent | None, shown: frozenset[str]
    ) -> None:
        self.findings: list[Finding] = []
        self._table = table
        self._host = host
        self._base = base
        self._shown = shown
        self._columns = list(self._meanings())

    def rows(self) -> Iterator[LabelRow]:
        for row in self._table.rows:
            members, copies, faulty = self._members(row)
            content = self._content(members, faulty, row)
            if content is not None:
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

    def _meanings(self) -> Iterator[Column]:
        seen: set[tuple[str, str | None]] = set()
        for number, heading in enumerate(self._table.columns):
            place = self._table.heading(number)
            if not heading:
                if any(row.cells[number] is not None for row in self._table.rows):
                    self._note("label.column_unnamed", place, {})
                continue
            field, language = meaning(heading, shown=self._shown)
            if field in COLUMNS and field not in IN_LANGUAGES and language is not None:
                self._note("label.column_language", place, {"name": heading})
            elif field not in COLUMNS and not is_field_name(field):
                self._note("label.column_name", place, {"name": heading})
            elif (field, language) in seen:
                self._note("label.column_twice", place, {"name": heading})
            elif self._base is not None and field in _OF_THE_BATCH:
                self._note("label.column_of_batch", place, {"name": heading})
            else:
                seen.add((field, language))
                yield Column(number, field, language)

    # Cells

    def _members(self, row: TableRow) -> tuple[dict[str, Any], int, set[str]]:
        """Return what a row says, by field, how many labels it asks for, and what is faulty."""
        members: dict[str, Any] = {}
        copies = 1
        faulty: set[str] = set()
        for column in self._columns:
            cell = row.cells[column.number]
            if cell is None:
                continue
            place = self._table.place(row.number, column.number)
            try:
                value = _value(cell, column.field)
            except LabelError as error:
                self._note(error.code, place, error.facts)
                faulty.add(column.field)
                continue
            if column.field == "copies":
                copies = value
                continue
            if column.language is None:
                held = members.get(column.field)
                members[column.field] = {"vi": value} | held if isinstance(held, dict) else value
            else:
                held = members.setdefault(column.field, {})
                if not isinstance(held, dict):
                    held = members[column.field] = {"vi": held}
                held[column.language] = value
        return members, copies, faulty

    def _content(
        self, members: Mapping[str, Any], faulty: set[str], row: TableRow
    ) -> LabelContent | None:
        """Return the label that a row asks for; None where anything of it is faulty.

        Args:
            members: what it says, by field.
            faulty: fields whose cells are told already.
            row: where it stands.
        """
        is_faulty = bool(faulty)
        for field in faulty:
            members = _without(members, field)
        while True:
            try:
                content = self._label(members)
            except LabelError as error:
                self._note(error.code, self._place(error.place, row), error.facts)
                is_faulty = True
                field = _field(error.place)
                if members.get(field) == _STAND_INS.get(field):
                    return None
                # The next fault is found without it.
                members = _without(members, field)
            else:
                return None if is_faulty else content

    def _label(self, members: Mapping[str, Any]) -> LabelContent:
        if self._base is not None:
            return self._base.saying(members)
        given = {"product": "", **members}
        if "gtin" in given:
            given["gtin"] = _gtin(given["gtin"])
        if "link" not in given:
            given["link"] = self._link(given)
        free = given.keys() - COLUMNS
        own = {name: value for name, value in given.items() if name not in free}
        return LabelContent(**own, texts={name: given[name] for name in given if name in free})

    def _link(self, members: Mapping[str, Any]) -> str:
        """Return the link that GTIN, lot and serial make."""
        if "gtin" not in members:
            raise LabelError("label.row_without_link", place="/link")
        elements = [(ai, members[name]) for ai, name in _ELEMENTS.items() if members.get(name)]
        try:
            return DigitalLink.of(*elements).to_uri(host=self._host or None, upper=True)
        except Gs1Error as error:
            field = _ELEMENTS.get(str(error.facts.get("ai")), "link")
            raise LabelError(error.code, place=f"/{field}", **error.facts) from error

    def _places(self, row: TableRow) -> dict[str, str]:
        return {
            column.field: self._table.place(row.number, column.number)
            for column in self._columns
            if row.cells[column.number] is not None
        }

    def _place(self, pointer: str, row: TableRow) -> str:
        """Return where the cell of a field stands; the row's first cell for one that is not."""
        field = _field(pointer)
        number = next((column.number for column in self._columns if column.field == field), 0)
        return self._table.place(row.number, number)


def _field(pointer: str) -> str:
    return pointer.removeprefix("/texts").lstrip("/").partition("/")[0]


def _without(members: Mapping[str, Any], field: str) -> dict[str, Any]:
    """Return members without a faulty one; what every label must have is made up."""
    missing = {field, "link"} if field == "gtin" else {field}
    made_up = {name: _STAND_INS[name] for name in missing & _STAND_INS.keys()}
    return {**made_up, **{name: value for name, value in members.items() if name != field}}


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
