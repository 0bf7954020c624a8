from __future__ import annotations

import unicodedata

import pytest

from ocoptrace.errors import LabelError
from ocoptrace.labels import fonts

VIETNAMESE = (
    "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ"
)


@pytest.mark.parametrize("face", list(fonts.FACES))
def test_each_face_draws_every_vietnamese_letter_with_one_font(face: fonts.Face) -> None:
    assert len(fonts.runs(VIETNAMESE + VIETNAMESE.upper() + "0123456789·…", face)) == 1


def test_cyrillic_falls_back_for_its_own_run_only() -> None:
    runs = fonts.runs("Мёд, mật ong", "regular")
    assert [(run.font.name, run.text) for run in runs] == [
        ("NotoSans", "Мёд"),
        ("BeVietnamPro-Regular", ", mật ong"),
    ]


def test_decomposed_text_is_drawn_as_composed() -> None:
    decomposed = unicodedata.normalize("NFD", "Mắm tép Hà Yên")
    assert fonts.runs(decomposed, "bold") == fonts.runs("Mắm tép Hà Yên", "bold")


def test_a_character_without_glyph_is_an_error_that_names_it() -> None:
    with pytest.raises(LabelError) as missing:
        fonts.runs("Mật ong 蜜", "regular")
    assert missing.value.code == "label.missing_glyph"
    assert missing.value.facts == {
        "character": "蜜",
        "name": "U+871C CJK UNIFIED IDEOGRAPH-871C",
        "fonts": "BeVietnamPro-Regular, NotoSans",
    }


def test_figures_of_serials_are_of_one_width() -> None:
    assert len({fonts.width(figure, "figures") for figure in "0123456789"}) == 1


def test_marks_stand_above_and_dots_below() -> None:
    low, high = fonts.extent("Ậ", "regular")
    assert low < 0
    assert high > fonts.extent("A", "regular")[1] > fonts.face_x_height("regular")
