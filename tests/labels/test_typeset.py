from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.labels import fonts
from ocoptrace.labels.typeset import Setting, fit

LETTERS = "abcđeghiklmnoôơpqrstuưvxyẤỆỌTNHL.-/ "
TEXTS = st.text(LETTERS, min_size=1, max_size=90).filter(lambda text: text.strip())
WIDTHS = st.integers(8_000, 60_000)


def joined(setting: Setting) -> str:
    return "".join(line.text for line in setting.lines)


@given(TEXTS, WIDTHS, st.integers(1, 4))
def test_lines_are_few_and_narrow_enough(text: str, width: int, lines: int) -> None:
    setting = fit([("regular", text)], width=width, x_height=1500, least=900, lines=lines)
    assert len(setting.lines) <= lines
    assert setting.width <= width


@given(TEXTS, WIDTHS, st.integers(1, 4))
def test_no_letter_is_lost_without_saying_so(text: str, width: int, lines: int) -> None:
    setting = fit([("regular", text)], width=width, x_height=1500, least=900, lines=lines)
    if setting.overflow:
        assert joined(setting).endswith("…")
    else:
        assert re.sub(" ", "", joined(setting)) == re.sub(" ", "", text)


@given(TEXTS, WIDTHS)
def test_the_x_height_never_falls_below_the_least(text: str, width: int) -> None:
    setting = fit([("bold", text)], width=width, x_height=1500, least=900, lines=2)
    assert setting.size * fonts.face_x_height("bold") >= 900 * 1000


def test_a_name_shrinks_before_it_wraps_once_more() -> None:
    name = [("bold", "Nước mắm Ba Làng thượng hạng")]
    wide = fit(name, width=30_000, x_height=1500, least=900, lines=2)
    narrow = fit(name, width=20_000, x_height=1500, least=900, lines=2)
    assert len(wide.lines) == len(narrow.lines) == 2
    assert narrow.size < wide.size


def test_lines_are_balanced_instead_of_leaving_a_word_alone() -> None:
    name = "Mắm tép Hà Yên đặc sản Hà Trung"
    width = fonts.width(name[: -len(" Trung")], "regular") * 1699 // 1000 + 10
    setting = fit([("regular", name)], width=width, x_height=900, least=900, lines=2)
    first, second = (line.width for line in setting.lines)
    assert second > first * 0.6


def test_a_code_breaks_inside_only_where_no_size_helps() -> None:
    date = fit([("regular", "HSD "), ("bold", "15/11/2028")], width=12_000, x_height=1050,
               least=900, lines=2)  # fmt: skip
    assert [line.text for line in date.lines] == ["HSD", "15/11/2028"]
    host = fit([("bold", "truyxuat.thanhhoa.gov.vn")], width=14_000, x_height=950, least=700,
               lines=2)  # fmt: skip
    assert [line.text for line in host.lines] == ["truyxuat.", "thanhhoa.gov.vn"]


def test_text_that_fits_at_no_size_is_cut_and_marked() -> None:
    setting = fit([("bold", "Nước mắm " * 20)], width=20_000, x_height=1500, least=900, lines=2)
    assert setting.overflow
    assert len(setting.lines) == 2
    assert joined(setting).startswith("Nước mắm")


@pytest.mark.parametrize("text", ["ẠỌỤ ẤẾỐ", "gyq ẤẾỐ", "NƯỚC MẮM CỐT ẨM THỰC"])
def test_marks_of_a_line_clear_the_tails_of_the_line_above(text: str) -> None:
    width = max(fonts.width(word, "regular") for word in text.split()) * 1699 // 1000 + 2
    setting = fit([("regular", text)], width=width, x_height=900, least=900, lines=6)
    assert len(setting.lines) > 1
    for (above, upper), (below, lower) in zip(
        zip(setting.lines, setting.baselines, strict=True),
        list(zip(setting.lines, setting.baselines, strict=True))[1:],
        strict=False,
    ):
        tail = upper - above.extent[0] * setting.size // 1000
        mark = lower - below.extent[1] * setting.size // 1000
        assert mark > tail


def test_each_face_and_font_gets_its_own_text() -> None:
    setting = fit([("regular", "Lô "), ("bold", "L1 Мёд")], width=40_000, x_height=1000,
                  least=900, lines=1)  # fmt: skip
    items = list(setting.items(x=100, y=0, width=40_000, align="left"))
    assert [(item.font, item.text) for item in items] == [
        ("BeVietnamPro-Regular", "Lô "),
        ("BeVietnamPro-SemiBold", "L1 "),
        ("NotoSans-SemiBold", "Мёд"),
    ]
    assert items[0].x == 100
    assert items[0].x < items[1].x < items[2].x


def test_right_aligned_text_ends_at_the_right_edge() -> None:
    setting = fit([("figures", "0123")], width=20_000, x_height=900, least=900, lines=1)
    (item,) = setting.items(x=0, y=0, width=20_000, align="right")
    assert item.x + setting.width == pytest.approx(20_000, abs=1)


@pytest.mark.parametrize(
    "tied", ["75 %", "500 ml", "1,5 l", "30 °C", "250 g", "12 kg", "40 mm", "350 kcal", "5 °"]
)
def test_a_number_is_never_parted_from_its_unit(tied: str) -> None:
    text = f"Cá cơm {tied}, muối biển"
    for width in range(9_000, 30_000, 500):
        setting = fit([("regular", text)], width=width, x_height=1000, least=1000, lines=4)
        assert setting.overflow or any(tied in line.text for line in setting.lines)


@pytest.mark.parametrize("free", ["2 mắm", "3 gói", "2026 lô", "5 metres"])
def test_a_number_may_stand_apart_from_other_words(free: str) -> None:
    words = free.split(" ")
    size = 1000 * 1000 // fonts.face_x_height("regular")
    width = max(fonts.width(word, "regular") for word in words) * (size + 10) // 1000
    setting = fit([("regular", free)], width=width, x_height=1000, least=1000, lines=2)
    assert [line.text for line in setting.lines] == words
