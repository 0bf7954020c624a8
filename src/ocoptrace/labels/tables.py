r"""Tables of labels: CSV, TSV, Excel and JSON into rows of cells that know where they stand.

Everything is bounded. What is wrong says where: ``C5`` in a sheet, ``/3/lot`` in JSON.

>>> table = read_table("sản phẩm;lô\nMắm tôm;L1\nNước mắm;L2\n".encode("utf-16"))
>>> table.columns, [row.cells for row in table.rows][1], table.place(1, 1)
(('sản phẩm', 'lô'), ('Nước mắm', 'L2'), 'B3')
>>> read_table(b'[{"product": "Mam tom", "lot": "L1"}]').place(0, 1)
'/0/lot'
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, Final, Literal

from ocoptrace.errors import LabelError

__all__ = ["MAX_BYTES", "MAX_COLUMNS", "MAX_ROWS", "Cell", "Table", "TableRow", "read_table"]

MAX_BYTES: Final = 64 * 2**20
"""Most bytes of a file, and of what an Excel file unpacks to, four times as many."""
MAX_ROWS: Final = 100_000
MAX_COLUMNS: Final = 200
MAX_CELL: Final = 4096
"""Most characters of a cell."""

Cell = str | int | float | bool | date | None
"""What stands in a cell; None where nothing does."""

_DELIMITERS: Final = ",;\t|"
_UNPACKED: Final = 4
_SAMPLE_LINES: Final = 20
_LETTERS: Final = 26
_ONLY_VIETNAMESE: Final = frozenset("ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ")
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row: its cells, as many as there are columns, and its number in the file, from 0."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under named columns.

    Attributes:
        columns: what stands above each.
        rows: the rows that have anything in them.
        kind: ``sheet``, whose first row has the names of the columns, or ``json``.
    """

    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]
    kind: Literal["sheet", "json"]

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> Table:
        """Return the table of rows that name their cells.

        Raises:
            LabelError: ``label.table_json`` with its place, or too many of something.
        """
        columns: dict[str, None] = {}
        kept: list[Mapping[str, Any]] = []
        for number, row in enumerate(rows):
            if number == MAX_ROWS:
                raise LabelError("label.too_many_rows", limit=MAX_ROWS)
            if not isinstance(row, Mapping):
                raise LabelError("label.table_json", place=f"/{number}")
            for name, value in row.items():
                if not isinstance(value, Cell):
                    raise LabelError("label.table_json", place=f"/{number}/{name}")
            columns |= dict.fromkeys(row)
            _check_columns(columns)
            kept.append(row)
        if not all(isinstance(name, str) for name in columns):
            raise LabelError("label.table_json", place="/0")
        table = tuple(
            TableRow(number, tuple(_cell(row.get(name), f"/{number}/{name}") for name in columns))
            for number, row in enumerate(kept)
        )
        return cls(tuple(columns), tuple(row for row in table if _says_something(row)), "json")

    def place(self, row: int, column: int) -> str:
        """Return where a cell stands.

        Args:
            row: number of the row in the file, from 0, the names of the columns apart.
            column: number of the column, from 0.
        """
        if self.kind == "json":
            return f"/{row}/{self.columns[column]}"
        return f"{_letters(column)}{row + 2}"

    def heading(self, column: int) -> str:
        """Return where the name of a column stands."""
        return f"/0/{self.columns[column]}" if self.kind == "json" else f"{_letters(column)}1"


def read_table(data: bytes) -> Table:
    """Return the table of a CSV, TSV, Excel (XLSX) or JSON file; its bytes tell which.

    CSV may be in UTF-8 or UTF-16, with any of the usual separators, which is found out, or is
    named by a first line ``sep=;``. JSON is an array of objects, or an object a line.

    Raises:
        LabelError: the file is none of these, is in an old Vietnamese encoding, or has too
            much of something.
    """
    if len(data) > MAX_BYTES:
        raise LabelError("label.file_too_large", size=len(data), limit=MAX_BYTES)
    if data.startswith(b"PK\x03\x04"):
        return _sheet(_spreadsheet_rows(data))
    text = _decoded(data)
    if text.lstrip()[:1] in {"[", "{"}:
        return Table.of(_json_rows(text))
    return _sheet(_csv_rows(text))


def _decoded(data: bytes) -> str:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding)
            except UnicodeDecodeError as error:
                place = f"byte {error.start + len(mark)}"
                raise LabelError("label.encoding", place=place, guess=encoding) from error
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        place, guess = f"byte {error.start}", _guessed(data)
        raise LabelError("label.encoding", place=place, guess=guess) from error


def _guessed(data: bytes) -> str:
    """Return what an encoding may be that is not Unicode's."""
    try:
        letters = unicodedata.normalize("NFC", data.decode("cp1258")).lower()
    except UnicodeDecodeError:
        return "?"
    return "Windows-1258" if _ONLY_VIETNAMESE.intersection(letters) else "Windows-1252"


# CSV


def _csv_rows(text: str) -> Iterator[list[Cell]]:
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == len("sep=;"):
        delimiter, text = first.strip()[-1], rest
    else:
        delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        try:
            yield [cell if cell.strip() else None for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            place = f"line {reader.line_num}"
            raise LabelError("label.table_csv", place=place, reason=str(error)) from error


def _delimiter(text: str) -> str:
    """Return what separates cells: it parts the first lines alike, into the most columns."""
    best, most = ",", 1
    for candidate in _DELIMITERS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=candidate)
        try:
            widths = [len(row) for row in islice(reader, _SAMPLE_LINES) if row]
        except csv.Error:
            continue
        # The names of the columns are parted by nothing else; a cell may have commas in it.
        if widths and widths[0] > most:
            best, most = candidate, widths[0]
    return best


# Excel


def _spreadsheet_rows(data: bytes) -> Iterator[list[Cell]]:
    try:
        import openpyxl  # noqa: PLC0415 - of the extra `excel`
    except ImportError as error:
        raise LabelError("label.no_excel") from error
    try:
        _check_unpacked(data)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        with closing(book):
            sheet = book.worksheets[0]
            yield from (
                list(row) for row in sheet.iter_rows(max_col=MAX_COLUMNS + 1, values_only=True)
            )
    except LabelError:
        raise
    except Exception as error:
        # openpyxl lets out whatever its parsers meet in a damaged file.
        raise LabelError("label.table_excel", reason=type(error).__name__) from error


def _check_unpacked(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        size = sum(member.file_size for member in packed.infolist())
    if size > _UNPACKED * MAX_BYTES:
        raise LabelError("label.file_too_large", size=size, limit=_UNPACKED * MAX_BYTES)


# JSON


def _json_rows(text: str) -> Iterator[Any]:
    if text.lstrip()[:1] == "[":
        yield from _json(text, 1)
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield _json(line, number)


def _json(text: str, first_line: int) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise LabelError("label.table_json", place=f"line {first_line}") from error
    except json.JSONDecodeError as error:
        place = f"line {first_line + error.lineno - 1}"
        raise LabelError("label.table_json", place=place) from error


# Rows


def _sheet(rows: Iterator[list[Cell]]) -> Table:
    names = next(rows, [])
    while names and names[-1] is None:
        names.pop()
    if not names:
        raise LabelError("label.no_columns")
    _check_columns(names)
    columns = tuple("" if name is None else str(name).strip() for name in names)
    kept = []
    for number, cells in enumerate(rows):
        if number == MAX_ROWS:
            raise LabelError("label.too_many_rows", limit=MAX_ROWS)
        extra = next((n for n, c in enumerate(cells) if n >= len(columns) and c is not None), None)
        if extra is not None:
            place = f"{_letters(extra)}{number + 2}"
            raise LabelError("label.cell_without_column", place=place, columns=len(columns))
        padded = [*cells[: len(columns)], *(None for _ in columns[len(cells) :])]
        row = TableRow(
            number,
            tuple(_cell(c, f"{_letters(n)}{number + 2}") for n, c in enumerate(padded)),
        )
        if _says_something(row):
            kept.append(row)
    return Table(columns, tuple(kept), "sheet")


def _check_columns(columns: Any) -> None:
    if len(columns) > MAX_COLUMNS:
        raise LabelError("label.too_many_columns", limit=MAX_COLUMNS)


def _cell(value: Any, place: str) -> Cell:
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, str):
        if len(value) > MAX_CELL:
            raise LabelError("label.cell_too_long", place=place, length=len(value), limit=MAX_CELL)
        return value.strip() or None
    if value is None or isinstance(value, bool | int | float | date):
        return value
    raise LabelError("label.cell_kind", place=place, found=type(value).__name__)


def _says_something(row: TableRow) -> bool:
    return any(cell is not None for cell in row.cells)


def _letters(column: int) -> str:
    """Return what a spreadsheet calls a column.

    >>> _letters(0), _letters(25), _letters(26), _letters(701), _letters(702)
    ('A', 'Z', 'AA', 'ZZ', 'AAA')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters
