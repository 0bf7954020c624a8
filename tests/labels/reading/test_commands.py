"""What label printers are sent is read back as what a printer makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocoptrace.errors import LabelError
from ocoptrace.labels import LabelContent, lay_out, load_stock, load_template
from ocoptrace.labels.bitmap import Bitmap
from ocoptrace.labels.drawing.tspl import write_tspl
from ocoptrace.labels.drawing.zpl import graphic_fields, write_zpl
from ocoptrace.labels.reading.commands import printed_commands
from printers import TsplPrinter, ZplPrinter

if TYPE_CHECKING:
    from pathlib import Path

CONTENT = LabelContent(
    link="HTTPS://ID.EXAMPLE/01/09521234543213/10/L1",
    product="Mắm tôm",
    producer="HTX",
    place="Hậu Lộc",
    lot="L1",
)


def written(path: Path, *, count: int = 3, dpi: int = 203) -> bytes:
    pages = lay_out(
        [CONTENT] * count,
        template=load_template("ocop-50x30"),
        stock=load_stock("roll-50x30"),
        dpi=dpi,
    )
    write = write_zpl if path.suffix == ".zpl" else write_tspl
    data = b"".join(write(pages, dpi=dpi))
    path.write_bytes(data)
    return data


@pytest.mark.parametrize("dpi", [203, 600])
@pytest.mark.parametrize("ending", ["zpl", "tspl"])
def test_a_printer_sees_the_same_dots(tmp_path: Path, ending: str, dpi: int) -> None:
    path = tmp_path / f"s.{ending}"
    printer = ZplPrinter() if ending == "zpl" else TsplPrinter(8 if dpi == 203 else dpi / 25.4)
    printer.receive(written(path, dpi=dpi))
    with printed_commands(path, dpi=dpi) as printed:
        assert len(printed) == len(printer.labels) == 3
        for number, label in enumerate(printer.labels):
            pixels, _ = printed.grey(number, dpi=dpi)
            height, width = (min(a, b) for a, b in zip(pixels.shape, label.dots.shape, strict=True))
            seen = pixels[:height, :width] == 0
            assert (seen == label.dots[:height, :width].astype(bool)).all()
            assert seen.sum() == label.dots.sum() == (pixels == 0).sum()


@settings(max_examples=60)
@given(st.integers(1, 70), st.integers(1, 12), st.integers(0, 2**32))
def test_any_dots_come_back(
    tmp_path_factory: pytest.TempPathFactory, width: int, height: int, seed: int
) -> None:
    dots = np.random.default_rng(seed).integers(0, 3, (height, width)) // 2
    bitmap = Bitmap.from_array(dots.astype(np.uint8), dpi=203)
    path = tmp_path_factory.mktemp("dots") / "s.zpl"
    fields = graphic_fields(bitmap, "repeats")
    path.write_text(f"^XA^PW{width}^LL{height}^LH0,0\n{fields}^PQ1^XZ\n", encoding="ascii")
    with printed_commands(path, dpi=203) as printed:
        pixels, _ = printed.grey(0, dpi=203)
    assert ((pixels == 0) == dots.astype(bool)).all()


@pytest.mark.parametrize("ending", ["zpl", "tspl"])
def test_an_empty_file_is_no_page(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"s.{ending}"
    path.write_bytes(b"")
    with pytest.raises(LabelError) as caught, printed_commands(path, dpi=203):
        pass
    assert caught.value.code == "label.commands"


@pytest.mark.parametrize("ending", ["zpl", "tspl"])
def test_what_is_torn_is_told_with_its_page(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"s.{ending}"
    data = written(path)
    path.write_bytes(data[: len(data) - 40])
    with printed_commands(path, dpi=203) as printed:
        assert printed.grey(0, dpi=203)[0].size
        with pytest.raises(LabelError) as caught:
            printed.grey(2, dpi=203)
    assert (caught.value.code, caught.value.facts["page"]) == ("label.commands", 3)
