"""Rows become labels: columns by name, a finding for each cell that cannot be used."""

from __future__ import annotations

import contextlib
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace import messages
from ocoptrace.errors import LabelError
from ocoptrace.findings import Finding
from ocoptrace.labels import LabelContent, load_template
from ocoptrace.labels.columns import meaning
from ocoptrace.labels.rows import MAX_COPIES, Repeated, read_rows
from ocoptrace.labels.tables import Table, read_table
from ocoptrace.messages import LANGUAGES

GTIN = "09521234543213"
BASE = LabelContent(
    link="HTTPS://ID.EXAMPLE/01/09521234543213/10/L1", product="Mắm tôm", lot="L1", stars=4
)


def row(**cells: Any) -> LabelContent:
    [found] = read_rows(Table.of([{"product": "Mắm", "gtin": GTIN} | cells]), host="id.example")
    return found.content


def faults(*rows: dict[str, Any], base: LabelContent | None = None) -> list[tuple[str, str]]:
    with pytest.raises(LabelError) as caught:
        read_rows(Table.of(rows), host="id.example", base=base)
    found = caught.value.findings
    assert all(isinstance(each, Finding) for each in found)
    return [(each.code, each.place) for each in found if isinstance(each, Finding)]


@pytest.mark.parametrize(
    "heading", ["hạn sử dụng", "HSD", "Hạn Sử Dụng ", "han_su_dung", "Best before", "best_before"]
)
@pytest.mark.parametrize("day", ["14/9/2028", "14.09.2028", "2028-09-14", date(2028, 9, 14)])
def test_a_column_is_known_by_many_names_and_a_date_in_many_forms(heading: str, day: Any) -> None:
    assert row(**{heading: day}).best_before == date(2028, 9, 14)


def test_every_name_of_a_column_means_one_field() -> None:
    fields = ("link gtin sscc product producer place lot serial made best_before stars stars_until "
              "net_content site language copies").split()  # fmt: skip
    seen: dict[str, str] = {}
    for field in fields:
        for language in LANGUAGES:
            for name in messages.text(f"label.column.{field}", language).split("|"):
                assert seen.setdefault(name.casefold(), field) == field


@pytest.mark.parametrize(
    ("cells", "link"),
    [
        ({}, f"HTTPS://ID.EXAMPLE/01/{GTIN}"),
        ({"lot": "L1"}, f"HTTPS://ID.EXAMPLE/01/{GTIN}/10/L1"),
        ({"lot": "L1", "serial": "a/b"}, f"HTTPS://ID.EXAMPLE/01/{GTIN}/10/L1/21/a%2Fb"),
        ({"serial": 7}, f"HTTPS://ID.EXAMPLE/01/{GTIN}/21/7"),
        # A spreadsheet keeps numbers, and drops zeros before them.
        ({"gtin": 9521234543213.0, "lot": 7.0}, f"HTTPS://ID.EXAMPLE/01/{GTIN}/10/7"),
        ({"link": "HTTPS://SHOP.EXAMPLE/X"}, "HTTPS://SHOP.EXAMPLE/X"),
    ],
)
def test_a_link_is_given_or_made_of_gtin_lot_and_serial(cells: dict[str, Any], link: str) -> None:
    assert row(**cells).link == link


def test_a_column_of_no_meaning_is_a_free_text() -> None:
    found = row(**{"Độ đạm (%)": 18, "Thành phần": "Moi, muối", "Thành phần.en": "Krill, salt"})
    assert found.value("do_dam") == "18"
    assert [found.value("thanh_phan", tag) for tag in ("vi", "en")] == ["Moi, muối", "Krill, salt"]


def test_a_fraction_keeps_its_digits() -> None:
    assert row(**{"ghi chú": 1234567.25}).value("ghi_chu") == "1234567.25"


def test_a_text_may_stand_in_several_languages() -> None:
    found = row(**{"product.en": "Shrimp paste", "tên sản phẩm (ko)": "새우젓"})
    assert [found.value("product", tag) for tag in ("vi", "en", "ko")] == [
        "Mắm",
        "Shrimp paste",
        "새우젓",
    ]


def test_every_bad_cell_is_told_with_its_place() -> None:
    text = "GTIN;tên;HSD;sao;số tem\n0952;Mắm;31/2/2028;x;0\n09521234543213;;1/1/2028;9;1\n"
    with pytest.raises(LabelError) as caught:
        read_rows(read_table(text.replace("tên", "sản phẩm").encode()))
    told = [(each.code, each.place) for each in caught.value.findings]  # type: ignore[attr-defined]
    assert told == [
        ("label.cell_date", "C2"),
        ("label.cell_number", "D2"),
        ("label.cell_number", "E2"),
        ("gs1.check_digit", "A2"),
        ("label.empty", "B3"),
        ("label.stars", "D3"),
    ]


BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "a GTIN with a wrong check digit": ({"gtin": "09521234543214"}, "gs1.check_digit", "/0/gtin"),
    "a rounded GTIN": ({"gtin": "8,93E+12"}, "label.cell_rounded", "/0/gtin"),
    "no name": ({"gtin": GTIN}, "label.empty", "/0/gtin"),
    "neither link nor GTIN": ({"product": "Mắm"}, "label.row_without_link", "/0/product"),
    "no number": ({"gtin": GTIN, "product": float("nan")}, "label.cell_kind", "/0/product"),
    "endless labels": (
        {"gtin": GTIN, "product": "Mắm", "copies": float("inf")},
        "label.cell_number",
        "/0/copies",
    ),
    "true": ({"gtin": GTIN, "product": True}, "label.cell_kind", "/0/product"),
    "a lot that no name has": (
        {"gtin": GTIN, "product": "Mắm", "lô": "L" * 21},
        "gs1.ai_value",
        "/0/lô",
    ),
    "a serial for many": (
        {"gtin": GTIN, "product": "Mắm", "serial": "A1", "copies": 2},
        "label.serial_copies",
        "/0/serial",
    ),
    "a column with no letter": (
        {"product": "Mắm", "gtin": GTIN, "%": "x"},
        "label.column_name",
        "/0/%",
    ),
    "a column twice": (
        {"product": "Mắm", "gtin": GTIN, "Sản phẩm": "x"},
        "label.column_twice",
        "/0/Sản phẩm",
    ),
    "a date in Korean": (
        {"product": "Mắm", "gtin": GTIN, "HSD.ko": "1/1/2028"},
        "label.column_language",
        "/0/HSD.ko",
    ),
    "a half label": (
        {"product": "Mắm", "gtin": GTIN, "copies": 1.5},
        "label.cell_number",
        "/0/copies",
    ),
    "dates the wrong way round": (
        {"product": "Mắm", "gtin": GTIN, "NSX": "2/1/2028", "HSD": "1/1/2028"},
        "label.dates",
        "/0/HSD",
    ),
}


@pytest.mark.parametrize(("cells", "code", "place"), BAD.values(), ids=BAD)
def test_a_bad_row_is_told(cells: dict[str, Any], code: str, place: str) -> None:
    assert faults(cells)[0][1] == place
    if code != "gs1.ai_value":
        assert faults(cells)[0][0] == code


ALL_AT_ONCE = {
    "key, date and name": (
        {"gtin": "09521234543214", "product": "", "HSD": "31/2/2028", "x": "\x07"},
        {"/0/gtin", "/0/product", "/0/HSD", "/0/x"},
    ),
    "lot and serial of the link": (
        {"lot": "L" * 21, "serial": "1" * 21, "stars": 9},
        {"/0/lot", "/0/serial", "/0/stars"},
    ),
    "a key that is no text": ({"gtin": True, "stars": 9}, {"/0/gtin", "/0/stars"}),
    "a link of other characters": ({"link": "é", "language": "xx"}, {"/0/link", "/0/language"}),
}


@pytest.mark.parametrize(("cells", "places"), ALL_AT_ONCE.values(), ids=ALL_AT_ONCE)
def test_all_faults_of_a_row_are_told_at_once(cells: dict[str, Any], places: set[str]) -> None:
    found = faults({"product": "Mắm", "gtin": GTIN} | cells)
    assert {place for _, place in found} == places
    assert len(found) == len(places)


def test_a_row_without_link_is_told_with_its_other_faults() -> None:
    assert faults({"product": "Mắm", "stars": 9}) == [
        ("label.row_without_link", "/0/product"),
        ("label.stars", "/0/stars"),
    ]


def test_a_host_that_is_none_is_told_once_a_row() -> None:
    rows = Table.of([{"product": "Mắm", "gtin": GTIN, "lot": "L1", "serial": "7"}])
    with pytest.raises(LabelError) as caught:
        read_rows(rows, host="bad host")
    assert [each.code for each in caught.value.findings] == ["gs1.host"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("heading", "shown", "field"),
    [
        ("net weight", set(), "net_content"),
        ("Net weight", {"net_weight"}, "net_weight"),
        ("Khối lượng tịnh", {"net_weight"}, "net_weight"),
        ("Khối lượng tịnh", {"net_content"}, "net_content"),
        ("khoi luong tinh", {"net_weight", "net_content"}, "net_weight"),
        ("Định lượng", {"net_weight", "net_content"}, "net_content"),
        ("origin", {"origin", "place"}, "origin"),
        ("origin", {"place"}, "place"),
        ("Thành phần", {"ingredients"}, "ingredients"),
        ("Thành phần", {"thanh_phan"}, "thanh_phan"),
        ("Nettogewicht", {"net_weight"}, "net_weight"),
        ("Ghi chú", {"net_weight"}, "ghi_chu"),
        ("淨重", {"net_weight"}, ""),
    ],
)
def test_a_template_decides_what_a_heading_of_two_meanings_means(
    heading: str, shown: set[str], field: str
) -> None:
    assert meaning(heading, shown=frozenset(shown)) == (field, None)


def test_a_carton_takes_its_net_weight_from_a_table() -> None:
    template = load_template("carton-100x150")
    table = Table.of([{"product": "Mắm", "gtin": GTIN, "Khối lượng tịnh": "12 kg"}])
    [found] = read_rows(table, shown=template.fields)
    assert found.content.value("net_weight") == "12 kg"
    assert found.content.net_content is None


def test_rows_of_a_batch_change_what_it_says_and_not_what_it_is() -> None:
    table = Table.of([{"product": "Mắm loại 2", "ghi chú": "hũ"}, {"stars": 3}])
    found = [each.content for each in read_rows(table, base=BASE)]
    assert [(each.product, each.stars, each.link) for each in found] == [
        ("Mắm loại 2", 4, BASE.link),
        ("Mắm tôm", 3, BASE.link),
    ]
    assert found[0].texts == {"ghi_chu": "hũ"}
    for name in ("link", "gtin", "lot", "Số lô"):
        assert faults({name: "L1", "stars": 3}, base=BASE) == [
            ("label.column_of_batch", f"/0/{name}")
        ]


def test_findings_are_bounded() -> None:
    rows = [{"product": "Mắm", "gtin": "x"}] * 1500
    assert len(faults(*rows)) == 1000


def test_a_finding_of_the_check_before_printing_gets_its_cell() -> None:
    table = read_table(f"GTIN,product,HSD\n{GTIN},Mắm,14/9/2028\n".encode())
    [found] = read_rows(table)
    placed = found.located(Finding("label.past_best_before", "error", "/0/best_before"))
    assert placed.place == "C2"
    assert found.located(Finding("label.text_overflow", "error", "/0/foot")).place == "A2"


@given(st.lists(st.integers(0, 5), max_size=8))
def test_labels_are_repeated_as_asked(counts: list[int]) -> None:
    contents = [LabelContent(link=f"HTTPS://X/{n}", product="x") for n in range(len(counts))]
    labels = Repeated(zip(contents, counts, strict=True))
    expected = [c for c, count in zip(contents, counts, strict=True) for _ in range(count)]
    assert list(labels) == expected == labels[:]
    assert len(labels) == sum(counts) <= MAX_COPIES


CELL = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6)


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["gtin", "link", "product", "HSD", "sao", "copies", "x", "lot.en", ""])
            | st.text(max_size=5),
            CELL,
            max_size=5,
        ),
        max_size=3,
    )
)
def test_nothing_but_our_error_comes_out(rows: list[dict[str, Any]]) -> None:
    for base in (None, BASE):
        with contextlib.suppress(LabelError):
            read_rows(Table.of(rows), host="id.example", base=base)
