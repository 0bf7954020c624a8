"""What a grade must do when a print gets worse: which parameter falls, and at which limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocoptrace.labels import lay_out, load_stock, load_template, render_pdf, write_pdf
from ocoptrace.labels.reading.grade import Grade, grade_file, grade_pixels
from ocoptrace.labels.reading.print_quality import PARAMETERS
from ocoptrace.labels.symbols import encode
from ocoptrace.labels.symbols.qr_structure import Bits, blocks, codeword_modules
from ocoptrace.messages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from ocoptrace.labels import LabelContent
    from ocoptrace.labels.reading.grade import Source
    from ocoptrace.labels.reading.pixels import Pixels
    from ocoptrace.labels.reading.print_quality import Name

PIXELS = 10
LINK = "HTTPS://ID.EXAMPLE/01/09521234543213/10/ABC123/21/0123456789AB"
SEAL = "#" + "31415926535897932384" * 8 + "626433832795"


def modules(text: str = LINK + SEAL) -> Bits:
    symbol = encode(text)
    return np.frombuffer(symbol.bits, np.uint8).reshape(symbol.size, symbol.size) == 1


def drawn(dark: Bits, *, quiet: int = 4, pixels: int = PIXELS, paper: int = 60) -> Pixels:
    light = np.where(np.pad(dark, quiet), 0, 255)
    picture = np.kron(light, np.ones((pixels, pixels))).astype(np.uint8)
    return np.pad(picture, paper, constant_values=255)


def graded(picture: Pixels, source: Source = "drawing") -> Grade:
    (grade,) = grade_pixels(picture, source=source)
    return grade


def letters(grade: Grade, *names: Name) -> str:
    return "".join(grade.parameter(name).letter for name in names)


def tilted(picture: Pixels, share: float) -> Pixels:
    """Return a picture seen at an angle."""
    height, width = picture.shape
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    moved = corners + np.array([(share * width, share * height), (0, 0), (0, 0), (0, 0)])
    turn = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    return cast("Pixels", cv2.warpPerspective(picture, turn, (width, height), borderValue=255.0))


@pytest.mark.parametrize("text", ["OCOP", LINK, LINK + SEAL, LINK * 8], ids=len)
@pytest.mark.parametrize("source", ["scan", "photo", "drawing"])
def test_a_perfect_symbol_gets_the_best_grade(text: str, source: Source) -> None:
    grade = graded(drawn(modules(text)), source)
    assert (grade.overall, grade.letter) == (4, "A")
    assert grade.scan.text == text
    assert [finding.code for finding in grade.findings] == ["grade.indicative"]
    measured = {parameter.name for parameter in grade.parameters}
    assert set(PARAMETERS) - measured == ({"axial_nonuniformity"} if source == "photo" else set())


@pytest.mark.parametrize("angle", [3, 20, 45, 90, 135, 180, 270])
def test_turning_does_not_change_the_grade(angle: float) -> None:
    picture = drawn(modules(), paper=200)
    height, width = picture.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    turned = cv2.warpAffine(picture, turn, (width, height), borderValue=255.0)
    grade = graded(cast("Pixels", turned))
    assert grade.overall == 4
    assert grade.pitch == pytest.approx(PIXELS, rel=0.01)


@pytest.mark.parametrize("pixels", [3, 4, 6, 12])
def test_the_pitch_is_measured_and_a_coarse_picture_is_told(pixels: int) -> None:
    grade = graded(drawn(modules(), pixels=pixels))
    assert grade.overall == 4
    assert grade.pitch == pytest.approx(pixels, rel=0.01)
    assert ("grade.coarse" in {f.code for f in grade.findings}) == (pixels < 5)


@pytest.mark.parametrize(
    ("contrast", "letter"),
    [(0.72, "A"), (0.68, "B"), (0.57, "B"), (0.53, "C"), (0.42, "C"), (0.38, "D"), (0.22, "D")],
)
@pytest.mark.parametrize("source", ["scan", "drawing"])
def test_symbol_contrast_falls_at_the_limits_of_the_standard(
    contrast: float, letter: str, source: Source
) -> None:
    reflectance = np.where(drawn(modules()) > 0, 0.9, 0.9 - contrast)
    if source == "scan":
        low = reflectance <= 0.0031308
        reflectance = np.where(low, reflectance * 12.92, 1.055 * reflectance ** (1 / 2.4) - 0.055)
    grade = graded(np.round(reflectance * 255).astype(np.uint8), source)
    assert grade.parameter("symbol_contrast").value == pytest.approx(contrast, abs=0.01)
    assert letters(grade, "symbol_contrast", "modulation") == letter + "A"
    assert grade.letter == letter
    told = "grade.symbol_contrast" in {finding.code for finding in grade.findings}
    assert told == (letter in "CD")


def test_wrong_codewords_use_up_the_correction_in_steps() -> None:
    dark = modules()
    block = blocks(7, "M")[0]
    seen = []
    for wrong in range(block.parity // 2 + 1):
        torn = dark.copy()
        for number in block.codewords[:wrong]:
            torn.ravel()[codeword_modules(7)[number]] ^= True
        grade = graded(drawn(torn))
        share = grade.parameter("unused_error_correction")
        assert share.value == pytest.approx(1 - 2 * wrong / block.parity)
        # A codeword that is wrong altogether is clear, but has no margin.
        assert letters(grade, "modulation", "decode") == "AA"
        assert grade.parameter("reflectance_margin").grade == share.grade
        assert grade.overall == share.grade
        seen.append(share.letter)
    assert "".join(seen) == "AAAABCDFFF"


def test_the_worst_block_counts() -> None:
    torn = modules()
    for number, block in enumerate(blocks(7, "M")):
        for codeword in block.codewords[: number + 1]:
            torn.ravel()[codeword_modules(7)[codeword]] ^= True
    value = graded(drawn(torn)).parameter("unused_error_correction").value
    assert value == pytest.approx(1 - 2 * 4 / 18)


def test_blur_lowers_modulation_more_and_more() -> None:
    sharp = drawn(modules())
    grades = [graded(cv2.GaussianBlur(sharp, (0, 0), sigma)) for sigma in (0.5, 1.5, 2.5, 3.5)]
    values = [grade.parameter("modulation").value for grade in grades]
    assert values == sorted(values, reverse=True)
    assert [grade.overall for grade in grades] == sorted(
        (grade.overall for grade in grades), reverse=True
    )
    assert grades[0].overall == 4
    assert grades[-1].parameter("modulation").grade <= 1
    assert letters(grades[-1], "unused_error_correction", "decode") == "AA"


def test_perspective_raises_grid_nonuniformity_unless_it_is_the_cameras() -> None:
    flat = drawn(modules())
    values = [
        graded(tilted(flat, share)).parameter("grid_nonuniformity").value
        for share in (0, 0.01, 0.02, 0.04, 0.08)
    ]
    assert values == sorted(values)
    assert values[0] < 0.1
    assert values[-1] > 0.75
    photo = graded(tilted(flat, 0.08), "photo")
    assert photo.overall == 4


def test_an_uneven_feed_raises_grid_nonuniformity() -> None:
    flat = drawn(modules())
    height, width = flat.shape
    seen = []
    for jump in (0, 3, 6):
        rows = np.arange(height, dtype=np.float32)
        # Half-way down, the printer stops for a moment and then catches up.
        rows -= jump * np.clip((rows - height / 2) / 60, 0, 1).astype(np.float32)
        x, y = np.meshgrid(np.arange(width, dtype=np.float32), rows)
        picture = cv2.remap(flat, x, y, cv2.INTER_LINEAR, borderValue=255.0)
        grade = graded(cast("Pixels", picture))
        assert grade.parameter("decode").grade == 4
        seen.append(grade.parameter("grid_nonuniformity").value)
    assert seen == sorted(seen)
    assert seen[-1] > seen[0] + 0.05


@pytest.mark.parametrize(
    ("stretch", "letter"), [(1.05, "A"), (1.075, "B"), (1.09, "C"), (1.115, "D"), (1.15, "F")]
)
def test_stretching_raises_axial_nonuniformity_at_the_limits(stretch: float, letter: str) -> None:
    picture = cv2.resize(drawn(modules()), None, fx=1, fy=stretch, interpolation=cv2.INTER_AREA)
    grade = graded(cast("Pixels", picture))
    share = grade.parameter("axial_nonuniformity")
    assert share.value == pytest.approx((stretch - 1) / ((stretch + 1) / 2), abs=0.005)
    assert share.letter == letter


@pytest.mark.parametrize("edge", [-2, -1, 0, 1, 2])
def test_dot_gain_shows_as_print_growth(edge: int) -> None:
    picture = drawn(modules())
    brush = np.ones((2 * abs(edge) + 1, 2 * abs(edge) + 1))
    changed = (cv2.erode if edge > 0 else cv2.dilate)(picture, brush)
    grade = graded(cast("Pixels", changed))
    assert grade.growth == pytest.approx((2 * edge / PIXELS,) * 2, abs=0.02)
    codes = {finding.code for finding in grade.findings}
    assert ("grade.growth" in codes) == (edge > 0)
    assert ("grade.shrinkage" in codes) == (edge < 0)
    assert grade.parameter("modulation").grade == {0: 4, 1: 4, 2: 2}[abs(edge)]


@pytest.mark.parametrize("quiet", [1, 2, 3, 4])
def test_the_quiet_zone_is_measured(quiet: int) -> None:
    framed = np.pad(drawn(modules(), quiet=quiet, paper=0), 50, constant_values=0)
    grade = graded(framed)
    assert grade.parameter("quiet_zone").value == quiet
    assert grade.overall == quiet


def test_a_picture_cut_at_the_symbol_has_no_quiet_zone() -> None:
    grade = graded(drawn(modules(), quiet=0, paper=0))
    assert grade.parameter("quiet_zone").value == 0
    assert letters(grade, "decode", "grid_nonuniformity", "modulation") == "AAA"


@pytest.mark.parametrize(("wrong", "letter"), [(0, "A"), (1, "B"), (2, "C"), (3, "D"), (4, "F")])
def test_wrong_modules_of_a_finder_pattern_damage_it(wrong: int, letter: str) -> None:
    torn = modules()
    # In the separator, so that the pattern itself is still found.
    for row, column in [(7, 1), (1, 7), (7, 4), (4, 7)][:wrong]:
        torn[row, column] ^= True
    grade = graded(drawn(torn))
    assert grade.parameter("fixed_pattern_damage").value == wrong
    assert letters(grade, "fixed_pattern_damage", "unused_error_correction") == letter + "A"


def test_three_damaged_neighbours_lose_a_timing_pattern() -> None:
    near, far = modules(), modules()
    near[6, 10:13] ^= True
    far[6, 10:31:10] ^= True
    assert letters(graded(drawn(near)), "fixed_pattern_damage") == "F"
    assert letters(graded(drawn(far)), "fixed_pattern_damage") == "C"


def test_what_only_a_reader_guesses_fails_the_reference_decode() -> None:
    blurred = cv2.GaussianBlur(drawn(modules()), (0, 0), 5)
    grade = graded(cast("Pixels", blurred))
    assert letters(grade, "decode") == "F"
    assert grade.overall == 0
    with pytest.raises(KeyError):
        grade.parameter("unused_error_correction")


def test_a_rendered_sheet_is_graded_symbol_by_symbol(
    content: Callable[..., LabelContent],
) -> None:
    contents = [content(number) for number in range(3)]
    template, stock = load_template("ocop-35x22"), load_stock("roll-35x22-3up")
    sheet = write_pdf(lay_out(contents, template=template, stock=stock), title="Tem")
    grades = grade_file(sheet, source="drawing")
    assert [grade.scan.text for grade in grades] == [one.link for one in contents]
    assert {grade.letter for grade in grades} == {"A"}
    same = grade_file(render_pdf(sheet, dpi=600), source="drawing")
    assert [grade.overall for grade in same] == [4, 4, 4]


def test_a_picture_without_a_code_has_no_grade() -> None:
    assert grade_pixels(np.full((300, 300), 255, np.uint8)) == []


boxes = st.tuples(*[st.integers(0, 64)] * 4, st.integers(0, 255))


@settings(max_examples=20, deadline=None)
@given(st.lists(boxes, max_size=6), st.integers(0, 3))
def test_whatever_lies_on_a_symbol_it_is_graded_or_not_read(
    stains: list[tuple[int, int, int, int, int]], blur: int
) -> None:
    picture = drawn(modules(), pixels=6, paper=0)
    for left, top, width, height, ink in stains:
        picture[6 * top : 6 * (top + height) // 2, 6 * left : 6 * (left + width) // 2] = ink
    if blur:
        picture = cast("Pixels", cv2.GaussianBlur(picture, (0, 0), blur))
    for grade in grade_pixels(picture):
        assert 0 <= grade.overall <= 4
        assert grade.overall == 0 or grade.parameter("decode").grade == 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_grade_says_that_it_is_indicative_in_both_languages(language: Any) -> None:
    torn = modules()
    torn[7, 1] ^= True
    picture = cv2.GaussianBlur(drawn(torn, quiet=1), (0, 0), 3)
    answer = graded(cast("Pixels", picture)).to_json(language)
    assert answer["indicative"] is True
    assert "ISO/IEC 15415" in cast("list[dict[str, str]]", answer["findings"])[-1]["text"]
    labels = [row["label"] for row in cast("list[dict[str, str]]", answer["parameters"])]
    assert not any("grade." in label for label in labels)
