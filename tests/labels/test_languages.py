# ruff: noqa: RUF001 - Russian letters look like Latin ones
"""Each market language sets a label's text, and its PDF file carries just those letters."""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
from typing import TYPE_CHECKING

import pypdfium2
import pytest

from ocoptrace.labels import fonts, write_pdf
from ocoptrace.labels.display import Page, Text

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = {
    "vi": "Nước mắm Ba Làng thượng hạng. Thành phần: cá cơm, muối. HSD 15/11/2028. Để nơi khô ráo.",
    "en": "Ba Làng fish sauce. Ingredients: anchovy (fish), salt. Best before 15 NOV 2028. 500 ml",
    "de": "Fischsoße „Ba Làng“. Zutaten: Sardellen, Salz. Mindestens haltbar bis 15.11.2028. GRÖẞE",
    "ru": "Рыбный соус «Ба Ланг». Состав: анчоусы, соль. Годен до 15.11.2028. Подъёмная цена №1",
    "ko": "바랑 어간장. 원재료명: 멸치, 소금. 소비기한 2028년 11월 15일까지. 원산지: 베트남 (越南)",
    "zh-Hant": "巴朗魚露。成分:鯷魚、食鹽。有效日期:2028年11月15日。原產地:越南。淨重500毫升。",
}
SIZE = 4000


def page(language: str, text: str) -> Page:
    items = []
    y = 10_000
    for face in ("regular", "bold", fonts.Style("Noto Sans", 700)):
        style = fonts.in_language(face, language)
        x = 10_000
        for run in fonts.runs(text, style):
            items.append(Text(x, y, SIZE, run.font.name, run.text))
            x += fonts.width(run.text, style) * SIZE // 1000
        y += 8000
    return Page(297_000, 40_000, (), tuple(items))


@pytest.fixture(scope="module", params=TEXTS)
def written(request: pytest.FixtureRequest) -> tuple[str, bytes]:
    """A PDF file of a language's text in three styles."""
    text = TEXTS[request.param]
    return text, write_pdf([page(request.param, text)], title=request.param)


def test_the_text_can_be_read_out_of_the_file(written: tuple[str, bytes]) -> None:
    text, data = written
    document = pypdfium2.PdfDocument(data)
    shown = document[0].get_textpage().get_text_bounded()
    document.close()
    assert "".join(shown.split()) == 3 * "".join(text.split())


def test_every_font_is_embedded_and_holds_few_glyphs(written: tuple[str, bytes]) -> None:
    _, data = written
    named = re.findall(rb"/BaseFont /[A-Z]{6}\+(\S+)", data)
    assert len(named) == data.count(b"/FontFile2") >= 3
    assert b"/FontFile3" not in data
    assert len(data) < 80_000


@pytest.mark.skipif(not shutil.which("pdffonts"), reason="pdffonts is not installed")
def test_poppler_finds_every_font_embedded_and_subset(
    written: tuple[str, bytes], tmp_path: Path
) -> None:
    file = tmp_path / "label.pdf"
    file.write_bytes(written[1])
    told = subprocess.run(["pdffonts", file], check=True, capture_output=True, text=True)  # noqa: S603,S607 - a tool of the system
    rows = told.stdout.splitlines()[2:]
    assert len(rows) >= 3
    assert all(re.search(r"TrueType .* yes yes yes ", row) for row in rows)


@pytest.mark.parametrize("language", TEXTS)
def test_decomposed_text_gives_the_same_file(language: str) -> None:
    decomposed = unicodedata.normalize("NFD", TEXTS[language])
    assert fonts.runs(decomposed, "bold") == fonts.runs(TEXTS[language], "bold")
    assert write_pdf([page(language, decomposed)], title="x") == write_pdf(
        [page(language, TEXTS[language])], title="x"
    )


def test_no_korean_text_is_set_in_loose_jamo() -> None:
    decomposed = unicodedata.normalize("NFD", "어간장")
    (run,) = fonts.runs(decomposed, "regular")
    assert run.text == "어간장"


def test_a_document_may_show_more_signs_than_one_subset_holds() -> None:
    signs = "".join(map(chr, range(0x4E00, 0x4E00 + 600)))
    name = "NotoSansCJKtc-Regular"
    items = [
        Text(1000, 5000 * (row + 1), 3000, name, signs[30 * row : 30 * row + 30])
        for row in range(20)
    ]
    data = write_pdf([Page(120_000, 120_000, (), tuple(items))], title="x")
    document = pypdfium2.PdfDocument(data)
    shown = document[0].get_textpage().get_text_bounded()
    document.close()
    assert "".join(shown.split()) == signs
    assert data.count(b"/FontFile2") == 3
