"""Stickers to print: a maker of contents, and the sheet that the reading tests share."""

from __future__ import annotations

import random
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace.labels import LabelContent, lay_out, load_stock, load_template, write_pdf

if TYPE_CHECKING:
    from collections.abc import Callable

SERIAL_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def make_content(number: int = 0, *, sealed: bool = True, **changes: Any) -> LabelContent:
    """Return sticker ``number`` of a run; the same number gives the same sticker."""
    chance = random.Random(number)  # noqa: S311 - the same stickers in every run
    serial = "".join(chance.choices(SERIAL_ALPHABET, k=12))
    seal = "".join(chance.choices("0123456789", k=172))
    link = f"HTTPS://ID.EXAMPLE/01/09521234543213/10/ABC123/21/{serial}"
    members: dict[str, Any] = {
        "link": f"{link}#{seal}" if sealed else link,
        "product": "Nước mắm Ba Làng thượng hạng 40 độ đạm",
        "producer": "Công ty TNHH Chế biến Thủy sản và Nước mắm truyền thống Ba Làng",
        "place": "Phường Hải Bình, tỉnh Thanh Hóa",
        "lot": "ABC123",
        "serial": serial,
        "made": date(2026, 11, 15),
        "best_before": date(2028, 11, 15),
        "stars": 4,
        "net_content": "500 ml",
        "site": "id.example",
    }
    return LabelContent(**members | changes)


@pytest.fixture(scope="session")
def content() -> Callable[..., LabelContent]:
    return make_content


@pytest.fixture(scope="session")
def run() -> list[LabelContent]:
    """A sheet's worth of stickers, every second one sealed."""
    return [make_content(number, sealed=number % 2 == 0) for number in range(24)]


@pytest.fixture(scope="session")
def sheet(run: list[LabelContent]) -> bytes:
    """The run as PDF on A4, laid out for 300 dpi."""
    pages = lay_out(run, template=load_template("ocop-70x37"), stock=load_stock("a4-3x8-70x37"))
    return write_pdf(pages, title="Tem lô ABC123")
