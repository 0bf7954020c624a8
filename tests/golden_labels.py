"""Golden images: each built-in template once, as a printer of 203 dpi gets it.

``PYTHONPATH=tests .venv/bin/python -m golden_labels`` draws them anew; look at each one that
changed before it is committed.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from ocoptrace.labels import lay_out, load_template, template_names, write_png
from ocoptrace.labels.crop import lone_stock
from ocoptrace.labels.sample import sample_content

__all__ = ["FOLDER", "drawn"]

FOLDER: Final = Path(__file__).parent / "labels" / "golden"
DPI: Final = 203
DAY: Final = date(2026, 11, 23)


def drawn(name: str) -> bytes:
    """Return the sample of a template as a PNG file, one bit a dot."""
    template = load_template(name)
    content = sample_content(template, today=DAY)
    pages = lay_out([content], template=template, stock=lone_stock(template), dpi=DPI)
    return write_png(next(pages), dpi=DPI)


def main() -> None:
    """Draw all of them, and remove what no template has any more."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    for name in template_names():
        (FOLDER / f"{name}.png").write_bytes(drawn(name))


if __name__ == "__main__":
    main()
