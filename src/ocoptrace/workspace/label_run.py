"""A label run: finished stickers of one batch, with serials and seals, ready to be drawn."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ocoptrace.gs1 import SERIAL_ALPHABET
from ocoptrace.labels import lay_out, render_pdf, write_pdf
from ocoptrace.store import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from ocoptrace.findings import Finding
    from ocoptrace.labels import LabelContent, Stock, Template

__all__ = ["SERIAL_SYMBOLS", "LabelRun", "new_serial"]

SERIAL_SYMBOLS: Final = 12
"""60 random bits: a serial cannot be guessed from another."""


def new_serial() -> str:
    """Return a random serial of 12 symbols."""
    return "".join(secrets.choice(SERIAL_ALPHABET) for _ in range(SERIAL_SYMBOLS))


@dataclass(frozen=True)
class LabelRun:
    """Stickers whose serials have been issued: print them, or know that they are spent.

    Attributes:
        batch: canonical name of the batch.
        contents: one for each sticker, in the order of the sheet.
        template, stock: what they look like and what they are printed on.
        dpi: dots per inch of the printer.
        start_slot: first slot used on the first sheet, from 1.
        findings: what the check before printing noticed.
    """

    batch: str
    contents: tuple[LabelContent, ...]
    template: Template
    stock: Stock
    dpi: int
    start_slot: int
    findings: tuple[Finding, ...]

    def pdf(self) -> bytes:
        """Return the sheets as a PDF, the same bytes every time."""
        pages = lay_out(
            self.contents,
            template=self.template,
            stock=self.stock,
            dpi=self.dpi,
            start_slot=self.start_slot,
        )
        title = f"{self.contents[0].product} · {self.contents[0].lot}"
        return write_pdf(pages, title=title)

    def write_pdf(self, path: Path) -> Path:
        """Write the sheets as a PDF, whole or not at all."""
        return write_whole(path, self.pdf())

    def write_png(self, path: Path, *, dpi: int = 150) -> Path:
        """Write a picture of the first sheet, whole or not at all."""
        return write_whole(path, render_pdf(self.pdf(), dpi=dpi))
