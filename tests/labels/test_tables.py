"""Tables come in as people save them, and what is wrong has a place."""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.errors import LabelError
from ocoptrace.labels import tables
from ocoptrace.labels.tables import Table, read_table

HEAD = ("Tên sản phẩm", "Lô", "HSD")
ROWS = [("Mắm tôm", "L1", "14/9/2028"), ("Nước mắm, loại 1", "007", "15/9/2028")]


def csv_of(delimiter: str, rows: list[tuple[str, ...]] = ROWS) -> str:
    def cell(text: str) -> str:
        return f'"{text}"' if delimiter in text else text

    return "".join(delimiter.join(map(cell, row)) + "\r\n" for row in (HEAD, *rows))


def excel(*rows: tuple[Any, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cells(table: Table) -> list[tuple[Any, ...]]:
    return [row.cells for row in table.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_text_table_is_read_whatever_parts_and_encodes_it(encoding: str, delimiter: str) -> None:
    text = csv_of(delimiter)
    if encoding in {"utf-16-le", "utf-16-be"}:
        text = "\ufeff" + text
    table = read_table(text.encode(encoding))
    assert (table.columns, cells(table)) == (HEAD, ROWS)
    assert [table.place(1, number) for number in range(3)] == ["A3", "B3", "C3"]


def test_a_first_line_may_name_the_separator() -> None:
    table = read_table(b"sep=;\na;b,c\n1;2,3\n")
    assert (table.columns, cells(table)) == (("a", "b,c"), [("1", "2,3")])


def test_quotes_line_breaks_and_empty_rows_are_taken_as_meant() -> None:
    table = read_table(b'a,b\n"x ""y""","1\n2"\n\n,\nz,\n')
    assert cells(table) == [('x "y"', "1\n2"), ("z", None)]
    # An empty row is skipped, and counted.
    assert [row.number for row in table.rows] == [0, 3]


@pytest.mark.parametrize(
    ("encoding", "text", "guess"),
    [
        ("cp1258", "tên,lô\nNươ\u0301c mă\u0301m,L1\n", "Windows-1258"),
        ("cp1252", "né\né\n", "Windows"),
    ],
)
def test_an_old_encoding_is_told_with_what_to_do(encoding: str, text: str, guess: str) -> None:
    with pytest.raises(LabelError) as caught:
        read_table(text.encode(encoding))
    assert caught.value.code == "label.encoding"
    assert str(caught.value.facts["guess"]).startswith(guess)
    assert caught.value.place.startswith("byte ")
    assert "UTF-8" in caught.value.remedy("vi")


def test_an_excel_file_keeps_numbers_and_dates() -> None:
    data = excel(
        HEAD,
        ("Mắm", 7, datetime(2028, 9, 14)),  # noqa: DTZ001 - as Excel has it
        (None, None, None),
        ("x", 1.5, None),
    )
    table = read_table(data)
    assert cells(table) == [("Mắm", 7, date(2028, 9, 14)), ("x", 1.5, None)]
    assert table.place(table.rows[1].number, 1) == "B4"


@pytest.mark.parametrize("newline", [False, True])
def test_json_is_an_array_or_an_object_a_line(newline: bool) -> None:  # noqa: FBT001
    rows = [{"a": "x", "b": 1}, {"b": 2.5, "c": None}]
    text = "\n".join(map(json.dumps, rows)) if newline else json.dumps(rows)
    table = read_table(text.encode())
    assert (table.columns, cells(table)) == (("a", "b", "c"), [("x", 1, None), (None, 2.5, None)])
    assert table.place(1, 1) == "/1/b"


BAD: dict[str, tuple[bytes, str, str]] = {
    "nothing": (b"", "label.no_columns", ""),
    "blank names": (b",,\n1,2,3\n", "label.no_columns", ""),
    "a cell too many": (b"a,b\n1,2\n1,2,3\n", "label.cell_without_column", "C3"),
    "an open quote": (b'a,b\n"1,2\n', "label.table_csv", "line 2"),
    "a long cell": (b"a,b\n1," + b"x" * 5000, "label.cell_too_long", "B2"),
    "many columns": (b"a," * 300 + b"\n", "label.too_many_columns", ""),
    "half a JSON": (b'[{"a": 1},', "label.table_json", "line 1"),
    "a bad line": (b'{"a": 1}\n{"a": \n', "label.table_json", "line 2"),
    "a list in it": (b'[{"a": 1}, {"a": []}]', "label.table_json", "/1/a"),
    "no object": (b"[1]", "label.table_json", "/0"),
    "deep": (b"[" * 100_000, "label.table_json", "line 1"),
    "a torn Excel file": (excel(HEAD)[:2000], "label.table_excel", ""),
    "a zip of something": (b"PK\x03\x04 nothing", "label.table_excel", ""),
    "half UTF-16": (b"\xff\xfea\x00b", "label.encoding", "byte 4"),
}


@pytest.mark.parametrize(("data", "code", "place"), BAD.values(), ids=BAD)
def test_what_cannot_be_read_is_told_with_its_place(data: bytes, code: str, place: str) -> None:
    with pytest.raises(LabelError) as caught:
        read_table(data)
    assert (caught.value.code, caught.value.place) == (code, place)


def test_a_table_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_ROWS", 3)
    assert len(read_table(b"a\n1\n2\n3\n").rows) == 3
    for data in (b"a\n1\n2\n3\n4\n", json.dumps([{"a": 1}] * 4).encode(), excel(*[("a",)] * 5)):
        with pytest.raises(LabelError) as caught:
            read_table(data)
        assert caught.value.code == "label.too_many_rows"
    monkeypatch.setattr(tables, "MAX_BYTES", 100)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("x", bytes(401))
    for data in (b"x" * 101, excel(HEAD), bomb.getvalue()):
        with pytest.raises(LabelError) as caught:
            read_table(data)
        assert caught.value.code == "label.file_too_large"


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_nothing_but_our_error_comes_out(data: bytes) -> None:
    with contextlib.suppress(LabelError):
        read_table(data)
    with contextlib.suppress(LabelError):
        read_table(b"PK\x03\x04" + data)
    with contextlib.suppress(LabelError):
        read_table(b"[" + data)


PLAIN = st.text("abcxyz ÁờĐ,;|'\"", min_size=1, max_size=12).filter(lambda text: text.strip())


@given(st.lists(st.tuples(PLAIN, PLAIN, PLAIN), min_size=1, max_size=6), st.sampled_from(",;\t|"))
def test_what_is_written_is_read_back(rows: list[tuple[str, ...]], delimiter: str) -> None:
    import csv  # noqa: PLC0415

    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([HEAD, *rows])
    expected = [tuple(cell.strip() for cell in row) for row in rows]
    assert cells(read_table(out.getvalue().encode())) == expected
