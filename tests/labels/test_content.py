from __future__ import annotations

import unicodedata
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocoptrace.errors import LabelError
from ocoptrace.labels import LabelContent

if TYPE_CHECKING:
    from collections.abc import Callable


def test_decomposed_vietnamese_is_composed(content: Callable[..., LabelContent]) -> None:
    decomposed = unicodedata.normalize("NFD", "Nước mắm Ba Làng")
    assert decomposed != "Nước mắm Ba Làng"
    assert content(product=decomposed).product == "Nước mắm Ba Làng"


def test_outer_spaces_are_dropped(content: Callable[..., LabelContent]) -> None:
    assert content(place="  Hậu Lộc ").place == "Hậu Lộc"


@pytest.mark.parametrize(
    ("changes", "code", "place"),
    [
        ({"product": "  "}, "label.empty", "/product"),
        ({"product": {}}, "label.empty", "/product"),
        ({"product": {"vi": "Mắm", "en": " "}}, "label.empty", "/product"),
        ({"product": {"in Vietnamese": "Mắm"}}, "label.language_tag", "/product"),
        ({"producer": "x" * 2001}, "label.too_long", "/producer"),
        ({"texts": {"Storage": "x"}}, "label.field_name", "/texts/Storage"),
        ({"texts": {"lot": "x"}}, "label.field_name", "/texts/lot"),
        ({"texts": {f"f{n}": "x" for n in range(65)}}, "label.too_many_fields", "/texts"),
        ({"texts": {"storage": {"vi": "a\tb"}}}, "label.control_character", "/storage"),
        ({"gtin": "9521234543214"}, "gs1.check_digit", "/gtin"),
        ({"sscc": "095212345432130001"}, "gs1.check_digit", "/sscc"),
        ({"link": "HTTPS://ID.EXAMPLE/" + "1" * 4096}, "label.too_long", "/link"),
        ({"link": "HTTPS://ID.EXAMPLE/10/Lô"}, "label.link_characters", "/link"),
        ({"link": "HTTPS://ID.EXAMPLE/10/A B"}, "label.link_characters", "/link"),
        ({"place": "Thanh\nHóa"}, "label.control_character", "/place"),
        ({"site": "id\ud800"}, "label.control_character", "/site"),
        ({"stars": 0}, "label.stars", "/stars"),
        ({"stars": 6}, "label.stars", "/stars"),
        ({"best_before": date(2026, 11, 14)}, "label.dates", "/best_before"),
        ({"language": "fr"}, "label.unknown_language", "/language"),
    ],
    ids=lambda value: str(value)[:40].encode("ascii", "replace").decode(),
)
def test_what_cannot_stand_on_a_sticker_is_refused_with_its_place(
    content: Callable[..., LabelContent], changes: dict[str, Any], code: str, place: str
) -> None:
    with pytest.raises(LabelError) as refused:
        content(**changes)
    assert (refused.value.code, refused.value.place) == (code, place)
    for language in ("vi", "en"):
        said = refused.value.text(language)
        assert "{" not in said
        assert refused.value.remedy(language)


@given(st.text(max_size=60))
def test_any_text_is_kept_composed_or_refused_with_its_place(text: str) -> None:
    members = {
        "link": "HTTPS://ID.EXAMPLE/01/09521234543213",
        "product": text,
        "producer": "HTX",
        "place": "Hậu Lộc",
        "lot": "L1",
    }
    try:
        kept = LabelContent(**members).product
    except LabelError as error:
        kept = error.place
    assert kept in {unicodedata.normalize("NFC", text).strip(), "/product"}


def test_a_text_in_several_languages_falls_back_to_one_that_is_there(
    content: Callable[..., LabelContent],
) -> None:
    sticker = content(product={"vi": "Mắm tôm", "ko": "새우젓"}, language="ru")
    assert sticker.value("product", "ko") == "새우젓"
    assert sticker.value("product") == "Mắm tôm"
    assert sticker.text_in("product", "ru") is None
    assert content(product={"ko": "새우젓"}).value("product", "en") == "새우젓"


def test_an_item_has_its_own_link_and_serial_and_all_else_in_common(
    content: Callable[..., LabelContent],
) -> None:
    first = content(texts={"storage": "Nơi khô"})
    second = first.item(link=first.link + "0", serial="S2")
    assert (second.serial, second.value("storage"), second.common) == (
        "S2",
        "Nơi khô",
        first.common,
    )
    assert second.link != first.link
    with pytest.raises(LabelError):
        first.item(link="HTTPS://ID.EXAMPLE/Lô", serial=None)
    with pytest.raises(LabelError):
        first.item(link="", serial=None)
    with pytest.raises(LabelError):
        first.item(link=first.link, serial="a\nb")


def test_nothing_of_a_content_changes_from_outside(content: Callable[..., LabelContent]) -> None:
    texts = {"storage": {"vi": "Nơi khô"}}
    sticker = content(texts=texts)
    texts["storage"]["vi"] = "Nơi ướt"
    assert sticker.value("storage") == "Nơi khô"
    with pytest.raises(TypeError):
        sticker.texts["storage"] = "x"  # type: ignore[index] # this is what must not work
