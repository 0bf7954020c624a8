"""Font files of a user's own: measured, embedded, and refused where they are broken."""

from __future__ import annotations

import random
import re
import struct
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pypdfium2
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables.DefaultTable import DefaultTable

from ocoptrace.errors import LabelError
from ocoptrace.labels import fonts, write_pdf
from ocoptrace.labels.display import Page, Text
from ocoptrace.labels.fonts.embedding import embed
from ocoptrace.labels.fonts.file import MAX_FONT_BYTES, read_own_font

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LETTERS = "Aaxmắ "


@pytest.fixture(autouse=True)
def no_own_fonts() -> Iterator[None]:
    """Leave no font for the tests that follow."""
    yield
    fonts.forget_fonts()


def built(*, cubic: bool = False, family: str = "Chữ Làng", **os2: Any) -> FontBuilder:
    """Build a font of boxes; that of the n-th letter is (n + 1) × 100 units wide."""
    builder = FontBuilder(1000, isTTF=not cubic)
    builder.updateHead(created=0, modified=0)
    names = [".notdef", *(f"u{ord(letter):04X}" for letter in LETTERS)]
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(letter): f"u{ord(letter):04X}" for letter in LETTERS})
    glyphs = {}
    for number, name in enumerate(names):
        pen = T2CharStringPen(100 * number, None) if cubic else TTGlyphPen(None)
        pen.moveTo((0, 0))
        pen.lineTo((100 * number, 0))
        pen.lineTo((100 * number, 500))
        pen.closePath()
        glyphs[name] = pen.getCharString() if cubic else pen.glyph()
    if cubic:
        builder.setupCFF("ChuLang", {"FullName": "Chu Lang"}, glyphs, {})
    else:
        builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics({name: (100 * n, 0) for n, name in enumerate(names)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": family, "styleName": "Regular", "psName": "ChuLang"})
    builder.setupOS2(**{"sxHeight": 500, "fsType": 0, **os2})
    builder.setupPost()
    return builder


def saved(builder: FontBuilder | TTFont) -> bytes:
    out = BytesIO()
    builder.save(out)
    return out.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(data: bytes, name: str = "own.ttf") -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


def refused(path: Path) -> LabelError:
    with pytest.raises(LabelError) as raised:
        fonts.add_font(path)
    assert raised.value.text("vi")
    return raised.value


@pytest.mark.parametrize("cubic", [False, True])
def test_a_font_of_ones_own_is_used_by_its_family_name(
    file: Callable[..., Path], *, cubic: bool
) -> None:
    path = file(saved(built(cubic=cubic, usWeightClass=500)))
    style = fonts.add_font(path)
    assert (style.family, style.weight) == ("Chữ Làng", 500)
    assert "Chữ Làng" in fonts.family_names()
    runs = fonts.runs("Ama Ж 魚", fonts.Style("Chữ Làng", 900))
    assert [run.text for run in runs] == ["Ama ", "Ж", " ", "魚"]
    assert fonts.width("Am", style) == 100 + 400
    assert fonts.extent("A", style) == (0, 500)
    assert fonts.face_x_height(style) == 500
    assert re.fullmatch(r"ChLng-[0-9a-f]{12}", runs[0].font.name)

    path.unlink()
    items = [Text(1000, 9000, 5000, run.font.name, run.text) for run in runs]
    document = pypdfium2.PdfDocument(write_pdf([Page(90_000, 20_000, (), tuple(items))], title="x"))
    assert "Ama" in document[0].get_textpage().get_text_bounded()
    document.close()


def test_a_letter_that_the_font_lacks_comes_from_another(file: Callable[..., Path]) -> None:
    style = fonts.add_font(file(saved(built())))
    assert fonts.fonts_of(style)[1:] == (
        "BeVietnamPro-Regular",
        "NotoSans",
        "NotoSansCJKtc-Regular",
    )


def test_the_same_file_may_come_again_but_no_other_of_its_name(file: Callable[..., Path]) -> None:
    data = saved(built())
    assert fonts.add_font(file(data)) == fonts.add_font(file(data, "again.ttf"))
    other = refused(file(saved(built(sxHeight=400)), "other.ttf"))
    assert other.code == "label.font_taken"
    taken = refused(file(saved(built(family="Noto Sans")), "noto.ttf"))
    assert taken.code == "label.font_taken"
    heavier = fonts.add_font(file(saved(built(usWeightClass=700)), "bold.ttf"))
    assert fonts.fonts_of(fonts.Style("Chữ Làng", 400)) != fonts.fonts_of(heavier)


def test_there_is_an_end_to_fonts(file: Callable[..., Path]) -> None:
    for number in range(fonts.MAX_OWN_FONTS):
        fonts.add_font(file(saved(built(family=f"F{number}"))))
    assert refused(file(saved(built(family="More")))).code == "label.too_many_fonts"


@pytest.mark.parametrize("bits", [0x0002, 0x0100, 0x0200, 0x0302])
def test_a_font_that_may_not_be_embedded_is_refused(file: Callable[..., Path], bits: int) -> None:
    assert refused(file(saved(built(fsType=bits)))).code == "label.font_not_embeddable"


@pytest.mark.parametrize("bits", [0, 0x0004, 0x0008])
def test_a_font_for_print_or_editing_is_used(file: Callable[..., Path], bits: int) -> None:
    assert fonts.add_font(file(saved(built(fsType=bits)))).family == "Chữ Làng"


def test_what_is_no_font_is_refused(file: Callable[..., Path], tmp_path: Path) -> None:
    assert refused(tmp_path / "absent.ttf").code == "label.no_font_file"
    assert refused(tmp_path).code == "label.no_font_file"
    assert refused(file(b"")).code == "label.not_a_font"
    assert refused(file(b"wOF2" + bytes(100))).code == "label.not_a_font"
    assert refused(file(b"ttcf" + bytes(100))).code == "label.not_a_font"
    assert refused(file(b"OTTO")).code == "label.font_unreadable"
    huge = file(b"\0\1\0\0" + bytes(MAX_FONT_BYTES))
    assert refused(huge).code == "label.font_too_large"


@pytest.mark.parametrize("tag", ["cmap", "head", "hmtx", "OS/2", "glyf", "name"])
def test_a_missing_table_is_refused(file: Callable[..., Path], tag: str) -> None:
    font = TTFont(BytesIO(saved(built())))
    del font[tag]
    assert refused(file(saved(font))).code == "label.font_unreadable"


def with_character_map(subtable: bytes) -> bytes:
    font = TTFont(BytesIO(saved(built())))
    font["cmap"] = table = DefaultTable("cmap")
    table.data = struct.pack(">HHHHL", 0, 1, 3, 10, 12) + subtable
    return saved(font)


@pytest.mark.parametrize(
    "subtable",
    [
        struct.pack(">HHLLLLLL", 12, 0, 28, 0, 1, 0, 0xFFFFFFFF, 1),
        struct.pack(">HHLLL", 12, 0, 16, 0, 0xFFFFFFFF) + struct.pack(">LLL", 65, 90, 1) * 90_000,
        struct.pack(">HHHHHHH", 4, 0, 0, 2 * 9000, 0, 0, 0)
        + struct.pack(">9000H", *[0xFFFF] * 9000)
        + bytes(2 + 3 * 2 * 9000),
        struct.pack(">HHLLL", 13, 0, 28, 0, 0),
        struct.pack(">HHLLL", 12, 0, 28, 0, 5),
    ],
    ids=["four billion characters", "the same again and again", "overlapping", "13", "torn"],
)
def test_a_character_map_that_claims_too_much_is_refused(
    file: Callable[..., Path], subtable: bytes
) -> None:
    assert refused(file(with_character_map(subtable))).code == "label.font_unreadable"


def test_a_glyph_made_of_ever_more_glyphs_is_refused(file: Callable[..., Path]) -> None:
    """Forty levels of two components each would be 10¹² outlines."""
    builder = FontBuilder(1000, isTTF=True)
    names = [".notdef", *(f"g{level}" for level in range(40))]
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord("A"): "g0"})
    glyphs = {".notdef": TTGlyphPen(None).glyph(), "g39": TTGlyphPen(None).glyph()}
    for level in range(39):
        pen = TTGlyphPen(dict.fromkeys(names))
        for shift in (0, 1):
            pen.addComponent(f"g{level + 1}", (1, 0, 0, 1, shift, 0))
        glyphs[f"g{level}"] = glyph = pen.glyph()
        glyph.xMin = glyph.yMin = glyph.xMax = glyph.yMax = 0
    builder.setupGlyf(glyphs, calcGlyphBounds=False)
    builder.setupHorizontalMetrics(dict.fromkeys(names, (500, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Bomb", "styleName": "Regular"})
    builder.setupOS2(sxHeight=500, fsType=0)
    builder.setupPost()
    builder.font.recalcBBoxes = False
    builder.font["maxp"].recalc = lambda _: None
    style = fonts.add_font(file(saved(builder)))
    with pytest.raises(LabelError) as raised:
        fonts.width("A", style)
    assert raised.value.code == "label.font_unreadable"


@pytest.mark.parametrize("cubic", [False, True])
def test_a_damaged_font_raises_nothing_else(file: Callable[..., Path], *, cubic: bool) -> None:
    data = saved(built(cubic=cubic))
    chance = random.Random(17)  # noqa: S311 - the same damage in every run
    codes = set()
    for number in range(400):
        broken = bytearray(data)
        for _ in range(chance.choice([1, 3, 20])):
            broken[chance.randrange(4, len(broken))] = chance.choice([0, 1, 127, 128, 255])
        if number % 10 == 0:
            del broken[chance.randrange(len(broken)) :]
        try:
            font = read_own_font(file(bytes(broken))).font
            for letter in filter(font.covers, LETTERS):
                font.glyph(letter)
            embed(font, LETTERS)
            codes.add("good")
        except LabelError as error:
            codes.add(error.code)
    assert {"good", "label.font_unreadable"} <= codes
