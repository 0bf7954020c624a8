from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace import messages
from ocoptrace.errors import LabelError
from ocoptrace.labels import Stock, load_stock, stock_names

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = """
kind = "sheet"
page_width = 210.0
page_height = 297.0
columns = 2
rows = 3
label_width = 100.0
label_height = 90.0
margin_left = 5.0
margin_top = 10.0
pitch_x = 100.0
pitch_y = 90.0
certainty = "low"
source = "made up"
"""
SHORT = """
page = "A4"
grid = [2, 3]
label = [100, 90]
"""


def refused(text: str) -> LabelError:
    with pytest.raises(LabelError) as raised:
        Stock.parse(text, name="own")
    return raised.value


@pytest.mark.parametrize("language", messages.LANGUAGES)
@pytest.mark.parametrize("name", stock_names())
def test_every_stock_says_where_its_figures_come_from(
    name: str, language: messages.Language
) -> None:
    stock = load_stock(name)
    assert len(stock.source_text(language)) > 15
    assert all(len(text) > 15 for text in stock.watch_texts(language))
    assert stock.certainty == "high" or stock.watch


def test_own_words_about_a_stock_are_kept() -> None:
    stock = Stock.parse(f'{SHORT}source = "Đo ngày 1/11"\nnote = "Xé từ trái"', name="own")
    assert stock.source_text("vi") == "Đo ngày 1/11"
    assert stock.watch_texts("vi") == ["Xé từ trái"]


def test_the_last_row_has_not_drifted() -> None:
    stock = load_stock("avery-l7160")
    assert stock.corner(21) == (7_479 + 2 * 66_040, 15_487 + 6 * 38_100)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("pitch_x = 100.0", "pitch_x = 99.0"),
        ("pitch_y = 90.0", "pitch_y = 89.9"),
        ("margin_left = 5.0", "margin_left = 11.0"),
        ("margin_top = 10.0", "margin_top = 28.0"),
        ("columns = 2", "columns = 0"),
        ('kind = "sheet"', 'kind = "disc"'),
        ('certainty = "low"', "corner_radius = 46"),
    ],
)
def test_a_grid_that_cannot_be_is_refused(old: str, new: str) -> None:
    Stock.parse(PLAIN, name="plain")
    assert refused(PLAIN.replace(old, new)).code == "label.plan_value"


def test_three_lines_are_a_stock_with_margins_alike() -> None:
    short, full = (Stock.parse(text, name="own") for text in (SHORT, PLAIN))
    assert short.corner(1) == (5000, 13_500)
    for member in ("page_width", "page_height", "columns", "rows", "label_width", "label_height",
                   "pitch_x", "pitch_y", "kind"):  # fmt: skip
        assert getattr(short, member) == getattr(full, member)
    assert short.source == "own"


SIDES = st.tuples(st.floats(0.5, 300), st.floats(0.5, 300))


@given(st.integers(1, 100), st.integers(1, 100), SIDES, st.tuples(st.floats(0, 5), st.floats(0, 5)))
def test_what_is_left_of_a_page_is_alike_on_both_sides(
    columns: int, rows: int, label: tuple[float, float], gap: tuple[float, float]
) -> None:
    text = f"grid = [{columns}, {rows}]\nlabel = {[*label]}\ngap = {[*gap]}"
    try:
        stock = Stock.parse(f'page = "A4"\n{text}', name="own")
    except LabelError as error:
        assert "leaves the page" in str(error)  # noqa: PT017 - most grids are too large
        return
    left, top, _, _ = stock.box(1)
    _, _, right, bottom = stock.box(stock.slots)
    # Pitches are whole micrometres, each rounded by half a one.
    assert abs(left - (stock.page_width - right)) <= 200 + columns
    assert abs(top - (stock.page_height - bottom)) <= 200 + rows


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('page = "A4"\ngrid = [3, 8]', "label is missing"),
        ('page = "B4"\nlabel = [70, 37]', "page is one of A3, A4, A5, A6, Letter"),
        ("page = 210\nlabel = [70, 37]", "page is one of"),
        ("label = [70, 37]", "page is one of"),
        ('page = "A4"\nweb = 110\nlabel = [70, 37]', "page and web say the same"),
        ('page = "A4"\nlabel = 70', "label is two numbers"),
        ('page = "A4"\nlabel = [70, 37, 1]', "label is two numbers"),
        ('page = "A4"\nlabel = ["70", 37]', "label is two numbers"),
        ('page = "A4"\nlabel = [nan, 37]', "label is two numbers"),
        ('page = "A4"\nlabel = [-70, 37]', "label is two numbers"),
        ('page = "A4"\nlabel = [true, 37]', "label is two numbers"),
        ('page = "A4"\nlabel = [70, 37]\ngrid = [1.5, 2]', "valid integer"),
        ('page = "A4"\nlabel = [70, 37]\ngrid = [4, 8]', "leaves the page"),
        ('page = "A4"\nlabel = [70, 37]\npitch = [70, 37]\ngap = [0, 0]', "say the same"),
        ('page = "A4"\nlabel = [70, 37]\nlabel_width = 70', "label and label_width say the same"),
        ("web = [1, 2]\nlabel = [70, 37]", "web is two numbers"),
    ],
)
def test_short_terms_that_are_wrong_are_told(text: str, told: str) -> None:
    error = refused(text)
    assert error.code == "label.plan_value"
    assert told in str(error)


def test_a_row_of_a_roll_is_a_page() -> None:
    stock = Stock.parse('kind = "roll"\nweb = 110\ngrid = [3, 1]\nlabel = [35, 22]\ngap = [2, 3]',
                        name="own")  # fmt: skip
    assert (stock.page_width, stock.page_height) == (110_000, 22_000)
    assert stock.corner(3) == (500 + 2 * 37_000, 0)
    assert stock.pitch_y == 25_000


def test_stock_of_ones_own_lies_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "tem-nho.toml").write_text(SHORT, encoding="utf-8")
    (tmp_path / "avery-l7160.toml").write_text(SHORT, encoding="utf-8")
    assert load_stock("tem-nho", folders=[tmp_path]).slots == 6
    assert load_stock("avery-l7160", folders=[tmp_path]).slots == 6
    assert load_stock("avery-l7161", folders=[tmp_path]).slots == 18
    assert "tem-nho" in stock_names(folders=[tmp_path])
    assert "tem-nho" not in stock_names()


def test_a_name_leads_out_of_no_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.toml").write_text(SHORT, encoding="utf-8")
    folder = tmp_path / "stock"
    folder.mkdir()
    for name in ("../secret", "..", "", "/etc/passwd", str(tmp_path / "secret")):
        with pytest.raises(LabelError) as unknown:
            load_stock(name, folders=[folder])
        assert unknown.value.code == "label.unknown_stock"


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    for data, code in (
        (None, "label.plan_file"),
        (b"\xff\xfe", "label.plan_syntax"),
        (b"page = ", "label.plan_syntax"),
        (b"#" * 300_000, "label.plan_syntax"),
        (b"page = " + b"[" * 100_000, "label.plan_syntax"),
    ):
        if data is not None:
            file.write_bytes(data)
        with pytest.raises(LabelError) as raised:
            Stock.read_file(file)
        assert raised.value.code == code


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(LabelError) as unknown:
        load_stock("a4-3x8")
    assert unknown.value.code == "label.unknown_stock"
    assert "a4-3x8-70x37" in unknown.value.remedy("vi")


def test_the_licence_of_the_figures_is_told(pytestconfig: pytest.Config) -> None:
    notice = (pytestconfig.rootpath / "NOTICE").read_text(encoding="utf-8")
    assert "Copyright (c) 2001-2009 Jim Evins" in notice
    assert re.search(r"\bsheets\.toml\b", notice)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["A4", "Letter", "roll", "high", 0, 1, 3, 70, 210.0, 1e308, -1]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)  # fmt: skip
TERMS = st.sampled_from(["page", "web", "grid", "label", "pitch", "gap", "margin",
                         *Stock.model_fields])  # fmt: skip


@given(st.dictionaries(TERMS, VALUES))
def test_whatever_a_file_says_is_a_stock_or_an_error_that_says_where(
    members: dict[str, object],
) -> None:
    read = stock_or_error(members)
    if isinstance(read, LabelError):
        assert read.code == "label.plan_value"
        assert read.text("vi")
    else:
        _, _, right, bottom = read.box(read.slots)
        assert right <= read.page_width + 200
        assert bottom <= read.page_height + 200


def stock_or_error(members: dict[str, object]) -> Stock | LabelError:
    try:
        return Stock.read({"name": "own", **members}, name="own")
    except LabelError as error:
        return error
