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
        ({"lot": ""}, "label.empty", "/lot"),
        ({"producer": "x" * 401}, "label.too_long", "/producer"),
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
