"""Parts of a long run become one file, whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pikepdf
import pytest

from ocoptrace.labels import LabelContent, lay_out, load_stock, load_template, scan_file, write_pdf
from ocoptrace.labels.drawing.joining import join_pdfs

if TYPE_CHECKING:
    from pathlib import Path

LINK = "HTTPS://ID.EXAMPLE/01/09521234543213/10/L1/21/{}"


@pytest.fixture
def parts(tmp_path: Path) -> list[Path]:
    template, stock = load_template("ocop-50x30"), load_stock("roll-50x30")
    made = []
    for number in range(3):
        contents = [
            LabelContent(link=LINK.format(f"{number}{each}"), product="Mắm tôm", lot="L1")
            for each in range(2)
        ]
        made.append(tmp_path / f"-{number}.pdf")
        made[-1].write_bytes(
            write_pdf(lay_out(contents, template=template, stock=stock), title="Lô L1")
        )
    return made


def test_pages_follow_one_another_and_the_bytes_depend_on_them_alone(
    parts: list[Path], tmp_path: Path
) -> None:
    for name in ("one.pdf", "two.pdf"):
        join_pdfs(parts, tmp_path / name)
    data = (tmp_path / "one.pdf").read_bytes()
    assert data == (tmp_path / "two.pdf").read_bytes()
    found = [scan.text for scan in scan_file(data)]
    assert found == [LINK.format(f"{number}{each}") for number in range(3) for each in range(2)]
    with pikepdf.open(tmp_path / "one.pdf") as joined:
        assert str(joined.docinfo["/Title"]) == "Lô L1"
        assert joined.Root.ViewerPreferences.PrintScaling == "/None"
        assert joined.check_pdf_syntax() == []


@pytest.mark.parametrize("length", [0, 3, 900])
def test_a_file_without_its_end_is_noticed(
    parts: list[Path], tmp_path: Path, length: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "all.pdf"

    class Job:
        def __init__(self, words: list[str]) -> None:
            assert words[-1] == str(path)

        def run(self) -> None:
            path.write_bytes(parts[0].read_bytes()[:length])

    monkeypatch.setattr(pikepdf, "Job", Job)
    with pytest.raises(OSError, match=r"No space|Invalid"):
        join_pdfs(parts, path)
