from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from ocoptrace.errors import LabelError
from ocoptrace.labels import lay_out, load_stock, load_template, render_pdf, write_pdf
from ocoptrace.labels.reading import check as check_module
from ocoptrace.labels.reading import printed as printed_module
from ocoptrace.labels.reading.check import (
    Expected,
    check_file,
    check_pages,
    expected_on,
    sampled_pages,
)
from ocoptrace.labels.reading.printed import Bitmaps, printed_pdf
from ocoptrace.messages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ocoptrace.labels import LabelContent, Page
    from ocoptrace.labels.display import Box
    from ocoptrace.labels.reading.check import SelfCheck
    from ocoptrace.labels.reading.pixels import Pixels

SIDES = 3


@pytest.fixture(scope="module")
def links(run: list[LabelContent]) -> list[str]:
    return [content.link for content in run]


@pytest.fixture(scope="module")
def page(run: list[LabelContent]) -> Page:
    template, stock = load_template("ocop-70x37"), load_stock("a4-3x8-70x37")
    return next(lay_out(run, template=template, stock=stock))


def checked(pages: Sequence[Page], expected: Sequence[Sequence[Expected]], **how: Any) -> SelfCheck:
    with printed_pdf(write_pdf(pages, title="Tem")) as printed:
        return check_pages(printed, expected, **how)


def with_symbol(page: Page, slot: int, **changes: Any) -> Page:
    """Return the page with the symbol of a slot changed."""
    stickers = list(page.stickers)
    sticker = stickers[slot - 1]
    stickers[slot - 1] = replace(sticker, symbols=(replace(sticker.symbols[0], **changes),))
    return replace(page, stickers=tuple(stickers))


def codes(result: SelfCheck) -> list[tuple[str, str]]:
    return [(finding.code, finding.place) for finding in result.findings]


@pytest.mark.parametrize("dpi", [None, 203, 600])
def test_a_good_sheet_is_read_whole(page: Page, links: list[str], dpi: int | None) -> None:
    result = checked([page], [expected_on(page, links)], dpi=dpi)
    assert result.ok
    assert result.symbols == result.symbols_read == len(links)


def test_a_symbol_that_is_not_there_is_told(page: Page, links: list[str]) -> None:
    empty = replace(page.stickers[4], symbols=())
    printed = replace(page, stickers=(*page.stickers[:4], empty, *page.stickers[5:]))
    result = checked([printed], [expected_on(page, links)])
    assert codes(result) == [("check.unread", "/0/5")]
    assert result.symbols_read == len(links) - 1
    assert not result.ok
    assert result.findings[0].facts["expected"] == links[4]


def test_two_stickers_that_changed_places_are_told(page: Page, links: list[str]) -> None:
    swapped = [links[1], links[0], *links[2:]]
    result = checked([page], [expected_on(page, swapped)])
    assert codes(result) == [("check.other_text", "/0/1"), ("check.other_text", "/0/2")]
    assert result.findings[0].facts["read"] == links[0]


def test_one_wrong_module_too_many_is_not_enough_but_another_text_is(
    page: Page, links: list[str]
) -> None:
    other = page.stickers[2].symbols[0].matrix
    result = checked([with_symbol(page, 1, matrix=other)], [expected_on(page, links)])
    assert codes(result) == [("check.other_text", "/0/1")]


def test_a_moved_symbol_is_told_and_a_dot_is_not_a_move(page: Page, links: list[str]) -> None:
    symbol = page.stickers[0].symbols[0]
    near = with_symbol(page, 1, x_dots=symbol.x_dots + 1)
    far = with_symbol(page, 1, x_dots=symbol.x_dots + 2 * symbol.dots_per_module)
    expected = [expected_on(page, links)]
    assert checked([near], expected).ok
    result = checked([far], expected)
    assert codes(result) == [("check.moved", "/0/1")]
    assert result.findings[0].facts["distance"] == pytest.approx(2 * symbol.module, abs=0.1)


def test_a_code_where_none_belongs_is_told(page: Page, links: list[str]) -> None:
    expected = expected_on(page, links)
    result = checked([page], [expected[:3] + expected[4:]])
    assert codes(result) == [("check.unexpected", "/0")]
    facts = result.findings[0].facts
    left, top, right, bottom = expected[3].box
    assert facts["read"] == links[3]
    assert facts["x"] == pytest.approx((left + right) / 2000, abs=0.5)
    assert facts["y"] == pytest.approx((top + bottom) / 2000, abs=0.5)


def test_a_symbol_too_coarse_at_first_is_read_alone_and_finer(
    content: Callable[..., LabelContent],
) -> None:
    sticker = content()
    template, stock = load_template("ocop-50x30"), load_stock("roll-50x30")
    (page,) = lay_out([sticker], template=template, stock=stock)
    module = page.stickers[0].symbols[0].module
    dpi = round(1.5 * 25.4 / module)
    expected = [expected_on(page, [sticker.link])]
    seen: list[bool] = []

    class Spied:
        def __len__(self) -> int:
            return 1

        def grey(self, page: int, *, dpi: int, box: Box | None = None) -> tuple[Pixels, int]:
            seen.append(box is not None)
            return printed.grey(page, dpi=dpi, box=box)

    with printed_pdf(write_pdf([page], title="Tem")) as printed:
        assert check_pages(Spied(), expected, dpi=dpi).ok
    assert seen == [False, True]


def test_a_file_with_a_page_less_is_told(page: Page, links: list[str]) -> None:
    expected = expected_on(page, links)
    result = checked([page], [expected, expected])
    assert codes(result) == [("check.pages", "")]
    assert (result.pages, result.pages_checked) == (1, 1)


def test_symbols_beyond_the_page_are_not_read(page: Page, links: list[str]) -> None:
    expected = expected_on(page, links)
    small = replace(page, width=70_000, height=37_500, stickers=page.stickers[:1])
    result = checked([small], [expected])
    assert result.symbols_read == 1
    assert codes(result) == [("check.unread", f"/0/{slot}") for slot in range(2, 25)]


def test_a_long_run_is_sampled_and_says_so(page: Page, links: list[str]) -> None:
    expected = expected_on(page, links)
    asked: list[int] = []
    done: list[tuple[int, int]] = []

    class Lazy:
        def __len__(self) -> int:
            return 9

        def __getitem__(self, number: int) -> Sequence[Expected]:
            asked.append(number)
            return expected

    with printed_pdf(write_pdf([page] * 9, title="Tem")) as printed:
        result = check_pages(printed, Lazy(), sample=SIDES, progress=lambda *now: done.append(now))
    assert result.ok
    assert (result.pages, result.pages_checked, result.symbols) == (9, 3, 3 * len(links))
    assert asked == [0, 4, 8]
    assert done == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize(("pages", "most"), [(1, 1), (5, 5), (501, 500), (4167, 500), (7, 2)])
def test_a_sample_has_the_first_and_last_page_and_is_even(pages: int, most: int) -> None:
    numbers = list(sampled_pages(pages, most))
    assert len(numbers) <= most
    assert {numbers[0], numbers[-1]} == {0, pages - 1}
    assert len(set(np.diff(numbers)[:-1])) <= 1


def test_a_hopeless_file_is_given_up(
    monkeypatch: pytest.MonkeyPatch, page: Page, links: list[str]
) -> None:
    monkeypatch.setattr(check_module, "MAX_FINDINGS", 5)
    wrong = expected_on(page, links[::-1])
    result = checked([page] * 3, [wrong] * 3)
    assert result.pages_checked == 1
    assert result.findings[-1].code == "check.stopped"


def test_a_file_on_disk_is_opened_anew_now_and_then(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, page: Page, links: list[str]
) -> None:
    monkeypatch.setattr(printed_module, "_PAGES_PER_OPENING", 2)
    path = tmp_path / "stickers.pdf"
    path.write_bytes(write_pdf([page] * 5, title="Tem"))
    result = check_file(path, [expected_on(page, links)] * 5)
    assert result.ok
    assert result.pages_checked == 5


def test_a_bitmap_is_checked_at_its_own_resolution(
    tmp_path: Path, page: Page, links: list[str]
) -> None:
    path = tmp_path / "page.png"
    path.write_bytes(render_pdf(write_pdf([page], title="Tem"), dpi=300))
    assert check_file(path, [expected_on(page, links)]).ok
    result = check_file(path, [expected_on(page, links[::-1])])
    assert len(result.findings) == len(links)


def test_a_bitmap_that_does_not_say_its_resolution_is_given_one(
    tmp_path: Path, page: Page, links: list[str]
) -> None:
    path = tmp_path / "page.png"
    Image.open(BytesIO(render_pdf(write_pdf([page], title="Tem"), dpi=203))).save(path, dpi=None)
    with pytest.raises(LabelError) as refused:
        check_file(path, [expected_on(page, links)])
    assert refused.value.code == "label.picture_dpi"
    assert check_file(path, [expected_on(page, links)], dpi=203).ok


def test_bitmaps_are_pages_too(page: Page, links: list[str]) -> None:
    with printed_pdf(write_pdf([page], title="Tem")) as printed:
        pixels, _ = printed.grey(0, dpi=203)
    expected = expected_on(page, links)
    assert check_pages(Bitmaps([(pixels, 203)] * 2), [expected] * 2).ok
    wrong = check_pages(Bitmaps([(pixels, 300)]), [expected])
    assert {code for code, _ in codes(wrong)} > {"check.unexpected"}


def test_a_torn_file_is_an_error(tmp_path: Path, page: Page, links: list[str]) -> None:
    path = tmp_path / "stickers.pdf"
    path.write_bytes(write_pdf([page], title="Tem")[:-4000])
    with pytest.raises(LabelError) as refused:
        check_file(path, [expected_on(page, links)])
    assert refused.value.code == "label.pdf_truncated"


class Drawn:
    """A page of one symbol, 4 pixels a module, 20 pixels from its corner."""

    def __init__(self, text: str, form: zxingcpp.BarcodeFormat, **how: Any) -> None:
        image = zxingcpp.create_barcode(text, form, **how).to_image(4, add_quiet_zones=False)
        self.symbol = np.asarray(image)
        self.pixels = np.pad(self.symbol, 60, constant_values=255)

    def __len__(self) -> int:
        return 1

    def grey(self, page: int, *, dpi: int, box: Box | None = None) -> tuple[Pixels, int]:  # noqa: ARG002
        return self.pixels, 254

    def expected(self, text: str, kind: str) -> list[list[Expected]]:
        height, width = self.symbol.shape
        box = (6000, 6000, 6000 + 100 * width, 6000 + 100 * height)
        return [[Expected(1, text, box, 400, kind)]]


FORM = zxingcpp.BarcodeFormat
SYMBOLS = [
    ("gs1-datamatrix", "(01)09521234543213(10)ABC(21)12", FORM.DataMatrix, {"gs1": True}),
    ("gs1-128", "(00)195212340000000010", FORM.Code128, {"gs1": True}),
    ("ean-13", "9521234543213", FORM.EAN13, {}),
    ("ean-8", "95201016", FORM.EAN8, {}),
    ("micro-qr", "L2026A", FORM.MicroQRCode, {}),
]


@pytest.mark.parametrize(("kind", "text", "form", "how"), SYMBOLS, ids=[row[0] for row in SYMBOLS])
def test_every_symbology_is_read_back(
    kind: str, text: str, form: zxingcpp.BarcodeFormat, how: dict[str, Any]
) -> None:
    drawn = Drawn(text, form, **how)
    assert check_pages(drawn, drawn.expected(text, kind)).ok
    other = text.replace("2", "3")
    result = check_pages(drawn, drawn.expected(other, kind))
    assert codes(result) == [("check.other_text", "/0/1")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_findings_speak_both_languages(page: Page, links: list[str], language: Any) -> None:
    expected = expected_on(page, [links[1], *links[1:]])
    answer = checked([page], [expected]).to_json(language)
    assert answer["ok"] is False
    (finding,) = answer["findings"]  # type: ignore[misc]
    assert links[0] in finding["text"]
    assert finding["remedy"]
