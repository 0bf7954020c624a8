from io import BytesIO

import PIL.Image
import pytest

from ocoptrace.errors import LabelError
from ocoptrace.labels import display, images, render_pdf, write_pdf


def file_of(picture: PIL.Image.Image, *, format_: str = "PNG") -> bytes:
    out = BytesIO()
    picture.save(out, format=format_)
    return out.getvalue()


def test_grey_stays_grey_and_colour_stays_colour() -> None:
    assert images.decode_image(file_of(PIL.Image.new("1", (5, 3)))).channels == 1
    red = images.decode_image(file_of(PIL.Image.new("RGB", (5, 3), "red")))
    assert (red.width, red.height, red.channels, red.pixels[:3]) == (5, 3, 3, b"\xff\0\0")


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_is_paper(mode: str) -> None:
    picture = PIL.Image.new("RGBA", (4, 4), (0, 0, 0, 0)).convert(mode)
    if mode == "P":
        picture.info["transparency"] = 0
    assert set(images.decode_image(file_of(picture)).pixels) == {255}


def test_images_of_one_file_are_equal() -> None:
    data = file_of(PIL.Image.new("L", (4, 4)))
    other = images.decode_image(file_of(PIL.Image.new("L", (4, 5))))
    assert images.decode_image(data) == images.decode_image(data)
    assert images.decode_image(data) != other
    assert images.pillow(other).size == (4, 5)


def without_palette() -> bytes:
    """Return a PNG file of a palette that it does not have."""
    data = file_of(PIL.Image.new("P", (9, 7)))
    start = data.index(b"PLTE") - 4
    length = int.from_bytes(data[start : start + 4])
    return data[:start] + data[start + 12 + length :]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "label.not_a_picture"),
        (b"GIF89a", "label.not_a_picture"),
        (file_of(PIL.Image.new("L", (99, 99)))[:60], "label.picture_unreadable"),
        (without_palette(), "label.picture_unreadable"),
        (bytes(images.MAX_IMAGE_BYTES + 1), "label.file_too_large"),
        (file_of(PIL.Image.new("1", (5000, 5000))), "label.too_many_pixels"),
    ],
    ids=["empty", "gif", "torn", "no palette", "large", "bomb"],
)
def test_bad_pictures_are_refused(data: bytes, code: str) -> None:
    with pytest.raises(LabelError) as raised:
        images.decode_image(data)
    assert raised.value.code == code


def test_a_picture_and_its_ink_reach_the_page() -> None:
    logo = images.decode_image(file_of(PIL.Image.new("RGB", (8, 8), (200, 0, 0))))
    page = display.Page(
        10_000,
        10_000,
        (),
        marks=(
            display.Picture(0, 0, 5_000, 5_000, logo),
            display.Polygon.rectangle(5_000, 5_000, 10_000, 10_000, ink=(0, 0, 100, 0)),
            display.Text(0, 9_000, 3_000, "NotoSans", "x", ink=display.WHITE),
        ),
    )
    with PIL.Image.open(BytesIO(render_pdf(write_pdf([page], title="x"), dpi=254))) as seen:
        grey = seen.convert("L")
        red, paper, yellow = (grey.getpixel(at) for at in ((20, 20), (80, 20), (80, 80)))
    assert red < 80 < yellow < paper == 255
