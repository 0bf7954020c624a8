"""A printer that draws beside its place is measured, and drawn for so that it comes right."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ocoptrace.errors import LabelError
from ocoptrace.labels import (
    lay_out,
    load_stock,
    load_template,
    render_pdf,
    scan_file,
    stock_names,
    write_pdf,
)
from ocoptrace.labels.display import Polygon, Text
from ocoptrace.labels.stock.calibration import Distances, calibrate, distances
from ocoptrace.labels.stock.calibration_page import calibration_page
from ocoptrace.labels.stock.printer import PrinterProfile, load_printer, printer_names
from ocoptrace.messages import LANGUAGES

if TYPE_CHECKING:
    from pathlib import Path

    from ocoptrace.labels import LabelContent, Page
    from ocoptrace.messages import Language

DPI = 300
MILLIMETRES = st.floats(-4, 4)
SCALES = st.floats(0.97, 1.03)


def crosses(page: Page) -> list[tuple[int, int]]:
    """Return the two crosses of a calibration page: where its last lines end."""
    lines = [mark for mark in page.marks if isinstance(mark, Polygon)][-4:]
    ends = [line.points[-1] for line in lines]
    assert (ends[0], ends[1]) == (ends[2], ends[3])
    return ends[:2]


class Misprint:
    """A printer that moves and stretches whatever it prints."""

    def __init__(self, dx: float, dy: float, scale_x: float, scale_y: float) -> None:
        self.shift, self.scale = (dx, dy), (scale_x, scale_y)

    def paper(self, x: float, y: float) -> tuple[float, float]:
        """Return where ink comes down, in millimetres."""
        return (
            self.shift[0] + self.scale[0] * x / 1000,
            self.shift[1] + self.scale[1] * y / 1000,
        )

    def read(self, page: Page) -> Distances:
        (a, c), (b, d) = (self.paper(*cross) for cross in crosses(page))
        return Distances(a, b, c, d)


@given(dx=MILLIMETRES, dy=MILLIMETRES, scale_x=SCALES, scale_y=SCALES)
@pytest.mark.parametrize("name", ["a4-3x8-70x37", "avery-l7651", "avery-5160", "tomy-126"])
def test_a_misprint_measured_back_puts_slots_right(
    name: str, dx: float, dy: float, scale_x: float, scale_y: float
) -> None:
    stock = load_stock(name)
    misprint = Misprint(dx, dy, scale_x, scale_y)
    profile = calibrate(stock, misprint.read(calibration_page(stock)))
    for slot in range(1, stock.slots + 1):
        x, y = profile.corner(stock, slot)
        middle = misprint.paper(x + stock.label_width / 2, y + stock.label_height / 2)
        left, top, right, bottom = stock.box(slot)
        assert middle[0] == pytest.approx((left + right) / 2000, abs=0.05)
        assert middle[1] == pytest.approx((top + bottom) / 2000, abs=0.05)


@given(dx=st.floats(-3, 3), dy=st.floats(-3, 3))
@pytest.mark.parametrize("name", ["roll-50x30", "roll-35x22-3up", "roll-75x10"])
def test_on_a_small_roll_the_shift_alone_is_put_right(name: str, dx: float, dy: float) -> None:
    stock = load_stock(name)
    misprint = Misprint(dx, dy, 1, 1)
    profile = calibrate(stock, misprint.read(calibration_page(stock)), kind="thermal", dpi=203)
    assert (profile.scale_x, profile.scale_y) == (1, 1)
    assert profile.dx == pytest.approx(-1000 * dx, abs=1)
    assert profile.dy == pytest.approx(-1000 * dy, abs=1)


def test_a_ruler_read_to_a_quarter_millimetre_scales_no_short_side() -> None:
    stock = load_stock("roll-50x30")
    should = distances(stock)
    read = Distances(should.a + 0.25, should.b - 0.25, should.c, should.d)
    profile = calibrate(stock, read)
    assert (profile.dx, profile.scale_x) == (0, 1)


@given(MILLIMETRES, SCALES, MILLIMETRES, SCALES)
def test_a_profile_is_refined_by_the_page_that_it_corrected(
    dx: float, scale_x: float, dy: float, scale_y: float
) -> None:
    stock = load_stock("avery-l7160")
    misprint = Misprint(dx, dy, scale_x, scale_y)
    rough = PrinterProfile.parse(
        "dx = 0.9\ndy = -0.4\nscale_x = 1.004\nhead_width = 80", name="rough"
    )
    corrected = calibration_page(stock, printer=rough)
    profile = calibrate(stock, misprint.read(corrected), printed_with=rough)
    assert profile.head == rough.head == 80_000
    again = misprint.read(calibration_page(stock, printer=profile))
    should = distances(stock)
    for letter in "abcd":
        assert getattr(again, letter) == pytest.approx(getattr(should, letter), abs=0.01)


def test_readings_that_no_printer_gives_are_told() -> None:
    stock = load_stock("a4-3x8-70x37")
    for read, letter in (
        (Distances(2.0, 190, 20, 277), None),
        (Distances(20, 19, 20, 277), "B"),
        (Distances(20, 190, float("nan"), 277), "C"),
        (Distances(20, 190, 20, float("inf")), "D"),
    ):
        with pytest.raises(LabelError) as raised:
            calibrate(stock, read)
        if letter:
            assert raised.value.code == "label.reading"
            assert raised.value.facts["reading"] == letter
            assert raised.value.place == f"/{letter.lower()}"
        else:
            assert raised.value.code == "label.beyond_calibration"


def test_a_page_that_was_fitted_by_the_viewer_is_not_corrected() -> None:
    stock = load_stock("a4-3x8-70x37")
    misprint = Misprint(0, 0, 0.94, 0.94)
    with pytest.raises(LabelError) as raised:
        calibrate(stock, misprint.read(calibration_page(stock)))
    assert raised.value.code == "label.beyond_calibration"
    assert "100 %" in raised.value.remedy("vi")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", stock_names())
def test_every_stock_has_a_page_whose_words_fit(name: str, language: Language) -> None:
    stock = load_stock(name)
    page = calibration_page(stock, language=language)
    assert (page.width, page.height) == (stock.page_width, stock.page_height)
    assert crosses(page) == [
        (round(1000 * each.a), round(1000 * each.c)) if first else
        (round(1000 * each.b), round(1000 * each.d))
        for each in [distances(stock)] for first in (True, False)
    ]  # fmt: skip
    words = " ".join(mark.text for mark in page.marks if isinstance(mark, Text))
    assert " A B C D" in words
    numbers = [str(slot) for slot in range(1, stock.slots + 1)]
    assert words.split()[: len(numbers)] == numbers
    if stock.kind == "sheet":
        assert {"vi": "bù lệch", "en": "corrected"}[language] in words


def test_cuts_are_drawn_where_slots_are() -> None:
    stock = load_stock("avery-l7651")
    cuts = [mark for mark in calibration_page(stock).marks if isinstance(mark, Polygon)][:65]
    for slot, cut in enumerate(cuts, start=1):
        across, down = zip(*cut.points, strict=True)
        assert (min(across), min(down), max(across), max(down)) == stock.box(slot)


def test_the_page_is_drawn_as_pdf_and_its_words_can_be_read() -> None:
    data = write_pdf([calibration_page(load_stock("avery-l7160"))], title="Trang thử")
    document = pypdfium2.PdfDocument(data)
    text = document[0].get_textpage().get_text_bounded()
    document.close()
    assert "từ mép trái đến dấu thập trên" in " ".join(text.split())


@pytest.mark.parametrize(
    "text",
    [
        "dx = 10.1",
        "dy = -10.1",
        "dx = nan",
        "dx = inf",
        "dx = true",
        'dx = "1"',
        "scale_x = 0.94",
        "scale_y = 1.06",
        "scale_x = nan",
        "dpi = 72",
        "dpi = 300.5",
        'kind = "laser"',
        "skew = 1",
    ],
)
def test_a_profile_out_of_bounds_is_refused(text: str) -> None:
    with pytest.raises(LabelError) as raised:
        PrinterProfile.parse(text, name="p")
    assert raised.value.code == "label.plan_value"
    assert raised.value.place == "/" + text.partition(" ")[0]


@given(
    dx=st.integers(-10_000, 10_000), scale=st.floats(0.95, 1.05),
    note=st.text(st.characters(exclude_categories=("Cs",)), max_size=40),
)  # fmt: skip
def test_a_profile_is_written_as_it_is_read(dx: int, scale: float, note: str) -> None:
    profile = PrinterProfile.read(
        {"name": "p", "dx": dx / 1000, "scale_y": scale, "note": note}, name="p"
    )
    assert PrinterProfile.parse(profile.to_toml(), name="p") == profile


def test_profiles_lie_in_folders_the_first_of_a_name_counts(tmp_path: Path) -> None:
    workspace, user = tmp_path / "workspace", tmp_path / "user"
    for folder, dx in ((workspace, 1), (user, 2)):
        folder.mkdir()
        (folder / "office.toml").write_text(f"dx = {dx}", encoding="utf-8")
    (user / "xprinter.toml").write_text('kind = "thermal"\ndpi = 203', encoding="utf-8")
    folders = (workspace, user)
    assert load_printer("office", folders=folders).dx == 1000
    assert load_printer("xprinter", folders=folders).dpi == 203
    assert printer_names(folders=folders) == ("office", "xprinter")
    for name in ("absent", "../user/office", ""):
        with pytest.raises(LabelError) as unknown:
            load_printer(name, folders=folders)
        assert unknown.value.code == "label.unknown_printer"
        assert "office, xprinter" in unknown.value.remedy("en")


def test_no_profile_changes_nothing() -> None:
    stock = load_stock("avery-5167")
    for slot in range(1, stock.slots + 1):
        assert PrinterProfile().corner(stock, slot) == pytest.approx(stock.corner(slot), abs=0)


def test_symbols_come_down_on_their_stickers_when_a_misprint_is_put_right(
    run: list[LabelContent],
) -> None:
    """The way of the ink: PDF, pixels, a printer that stretches them, and a reader."""
    template, stock = load_template("ocop-70x37"), load_stock("a4-3x8-70x37")
    misprint = Misprint(1.5, -1.2, 1.004, 0.996)
    profile = calibrate(stock, misprint.read(calibration_page(stock)))

    def centres(*, printer: PrinterProfile | None, stretched: bool) -> np.ndarray[Any, Any]:
        pages = lay_out(run, template=template, stock=stock, printer=printer)
        with Image.open(BytesIO(render_pdf(write_pdf(pages, title="x"), dpi=DPI))) as drawn:
            paper = drawn.convert("L")
        if stretched:
            # Where each pixel of the paper comes from on the page.
            (dx, dy), (scale_x, scale_y) = misprint.shift, misprint.scale
            back = (1 / scale_x, 0, -dx / 25.4 * DPI / scale_x,
                    0, 1 / scale_y, -dy / 25.4 * DPI / scale_y)  # fmt: skip
            paper = paper.transform(
                paper.size, Image.Transform.AFFINE, back, Image.Resampling.BILINEAR, fillcolor=255
            )
        out = BytesIO()
        paper.save(out, format="PNG")
        scans = {scan.text: scan.position for scan in scan_file(out.getvalue())}
        assert len(scans) == len(run)
        return np.array([np.mean(scans[content.link], axis=0) for content in run]) * 25.4 / DPI

    wanted = centres(printer=None, stretched=False)
    wrong = centres(printer=None, stretched=True)
    right = centres(printer=profile, stretched=True)
    assert np.abs(wrong - wanted).max() > 1.5
    # Half a dot of snapping, and half a pixel of the reader's.
    assert np.abs(right - wanted).max() < 0.15
