"""Stickers to print: a maker of contents, and the sheet that the reading tests share."""

from __future__ import annotations

import random
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from ocoptrace.labels import LabelContent, Stock, lay_out, load_stock, load_template, write_pdf

if TYPE_CHECKING:
    from collections.abc import Callable

    from ocoptrace.labels import Template

SERIAL_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


TEXTS = {
    "ingredients": {"vi": "Cá cơm (70 %), muối biển", "en": "Anchovies (70 %), sea salt"},
    "allergens": {"vi": "cá", "en": "fish"},
    "usage": {"vi": "Dùng chấm trực tiếp hoặc nêm món ăn.", "en": "For dipping and seasoning."},
    "storage": {"vi": "Để nơi khô, mát; đậy kín sau khi mở.", "en": "Keep cool and dry."},
    "warning": {"vi": "Không dùng khi nắp bị phồng.", "en": "Do not use if the cap bulges."},
    "nutrition": {"vi": "100 ml: 85 kcal, đạm 20 g, muối 25 g", "en": "100 ml: 85 kcal, salt 25 g"},
    "origin": {"vi": "Việt Nam", "en": "Vietnam"},
    "address": "Số 12, tổ dân phố Quang Tân, phường Hải Bình, tỉnh Thanh Hóa",
    "phone": "0237 3 000 000",
    "standard": "TCCS 01:2026/BALANG",
    "registration": "12/BALANG/2026",
    "importer": "Example Foods Ltd, 1 Example Street, London",
    "count": "24",
    "gross_weight": "21,6 kg",
    "ship_from": "HTX Ba Làng, phường Hải Bình, tỉnh Thanh Hóa",
    "ship_to": "Kho Example, khu công nghiệp Vĩnh Lộc, Thành phố Hồ Chí Minh",
    "order": "PO-2026-00117",
}


def stock_of(template: Template) -> Stock:
    """Return a roll of stickers that are just as large as a template."""
    return Stock(
        name="own",
        kind="roll",
        page_width=template.width / 1000,
        page_height=template.height / 1000,
        columns=1,
        rows=1,
        label_width=template.width / 1000,
        label_height=template.height / 1000,
        margin_left=0,
        margin_top=0,
        pitch_x=template.width / 1000,
        pitch_y=template.height / 1000,
        certainty="high",
        source="as large as the template",
    )


@pytest.fixture(scope="session")
def own_stock() -> Callable[[Template], Stock]:
    return stock_of


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
        "gtin": "9521234543213",
        "sscc": "395212345000000019",
        "texts": TEXTS,
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
