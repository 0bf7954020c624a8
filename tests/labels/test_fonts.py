from __future__ import annotations

import sys
import unicodedata
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

from ocoptrace.errors import LabelError
from ocoptrace.labels import fonts
from ocoptrace.labels.fonts import families

if TYPE_CHECKING:
    from collections.abc import Iterator

VIETNAMESE = (
    "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ"
)


@pytest.fixture
def without_cjk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def forget() -> None:
        families.has_cjk.cache_clear()
        families.font.cache_clear()
        fonts.forget_fonts()

    monkeypatch.setitem(sys.modules, "cvttf_NotoSansCJK_Regular", None)
    forget()
    yield
    monkeypatch.undo()
    forget()


def refused(text: str, face: fonts.Face = "regular") -> LabelError:
    with pytest.raises(LabelError) as raised:
        fonts.runs(text, face)
    return raised.value


def picture(data: bytes, text: str) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    """Return how dark each pixel of a text is, 0 to 255."""
    image = Image.new("L", (900, 260))
    ImageDraw.Draw(image).text((0, 0), text, font=ImageFont.truetype(BytesIO(data), 200), fill=255)
    return np.asarray(image, dtype=np.int16)


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
    missing = refused("Mật ong 🐝")
    assert missing.code == "label.missing_glyph"
    assert missing.facts == {
        "character": "🐝",
        "name": "U+1F41D HONEYBEE",
        "fonts": "BeVietnamPro-Regular, NotoSans, NotoSansCJKtc-Regular",
    }


@pytest.mark.usefixtures("without_cjk")
@pytest.mark.parametrize("character", ["蜜", "꿀", "ナ", "ㄅ", "、"])
def test_a_character_of_the_extra_is_an_error_that_names_the_extra(character: str) -> None:
    missing = refused(f"Mật ong {character}")
    assert missing.code == "label.glyph_in_extra"
    assert missing.facts["character"] == character
    assert missing.facts["fonts"] == "BeVietnamPro-Regular, NotoSans"
    assert "ocoptrace[cjk]" in missing.remedy("vi")


@pytest.mark.usefixtures("without_cjk")
def test_no_extra_is_named_for_what_it_does_not_have() -> None:
    assert refused("🐝").code == "label.missing_glyph"
    assert "Noto Sans CJK" not in fonts.family_names()
    with pytest.raises(LabelError) as absent:
        fonts.font("NotoSansCJKkr-Regular")
    assert absent.value.code == "label.family_missing"


def test_a_weight_of_the_variable_font_is_wider_and_stands_in_no_file() -> None:
    regular, bold = fonts.font("NotoSans"), fonts.font("NotoSans-Bold")
    assert regular.as_filed
    assert not bold.as_filed
    assert bold.glyph("m").advance > regular.glyph("m").advance
    drawn = TTFont(BytesIO(fonts.embeddable("NotoSans-Bold", "mm")))
    character_map = drawn.getBestCmap()
    assert character_map.keys() == {ord("m")}
    assert drawn["hmtx"][character_map[ord("m")]][0] == bold.glyph("m").advance


@pytest.mark.parametrize("weight", [1, 100, 340, 400, 650, 1000])
@pytest.mark.parametrize("family", ["Be Vietnam Pro", "Noto Sans"])
def test_every_weight_finds_the_nearest(family: str, weight: int) -> None:
    (run,) = fonts.runs("Mắm", fonts.Style(family, weight))
    assert run.font.glyph("M").advance > 600


def test_an_unknown_family_lists_the_known_ones() -> None:
    unknown = refused("Mắm", fonts.Style("Comic Sans"))
    assert unknown.code == "label.unknown_family"
    assert unknown.facts["known"] == "Be Vietnam Pro, Noto Sans, Noto Sans CJK"


@pytest.mark.parametrize(
    ("language", "font_name"),
    [
        ("", "NotoSansCJKtc-Regular"),
        ("zh-Hant", "NotoSansCJKtc-Regular"),
        ("zh-HK", "NotoSansCJKhk-Regular"),
        ("zh-Hans", "NotoSansCJKsc-Regular"),
        ("ko", "NotoSansCJKkr-Regular"),
        ("ko-KR", "NotoSansCJKkr-Regular"),
        ("kok", "NotoSansCJKtc-Regular"),
        ("ja", "NotoSansCJKjp-Regular"),
    ],
)
def test_the_language_chooses_the_forms_of_han_characters(language: str, font_name: str) -> None:
    (run,) = fonts.runs("直骨", fonts.in_language("bold", language))
    assert run.font.name == font_name


@pytest.mark.parametrize(("form", "character"), [("kr", "直"), ("jp", "骨"), ("sc", "骨")])
def test_forms_differ_where_countries_write_differently(form: str, character: str) -> None:
    taiwan, other = (
        picture(fonts.embeddable(f"NotoSansCJK{each}-Regular", character), character)
        for each in ("tc", form)
    )
    assert abs(taiwan - other).sum() > taiwan.sum() / 10


def test_what_is_embedded_looks_as_the_file_that_it_comes_from() -> None:
    source = fonts.font("NotoSansCJKtc-Regular")
    before = picture(source.path.read_bytes(), "越南魚露")
    after = picture(fonts.embeddable(source.name, "越南魚露"), "越南魚露")
    assert before.sum() > 255 * 20_000
    assert (
        abs(before - after).sum() < before.sum() / 15
    )  # hints of the file move stems by part of a pixel


def test_the_same_characters_give_the_same_file() -> None:
    one = fonts.embeddable("NotoSansCJKkr-Regular", "어간장")
    assert one == fonts.embeddable("NotoSansCJKkr-Regular", "장간어어")
    assert len(one) < 4000


def test_figures_of_serials_are_of_one_width() -> None:
    assert len({fonts.width(figure, "figures") for figure in "0123456789"}) == 1


def test_marks_stand_above_and_dots_below() -> None:
    low, high = fonts.extent("Ậ", "regular")
    assert low < 0
    assert high > fonts.extent("A", "regular")[1] > fonts.face_x_height("regular")
