"""Every template filled in, and stock that is just as large."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocoptrace.labels import LabelContent, Stock, lay_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from ocoptrace.labels import Page, Template

__all__ = ["own_stock", "whole_label", "whole_labels"]


def own_stock(template: Template) -> Stock:
    """Return a roll whose labels are just as large as a template."""
    width, height = template.width / 1000, template.height / 1000
    return Stock.parse(
        f"""
        kind = "roll"
        page_width = {width}
        page_height = {height}
        columns = 1
        rows = 1
        label_width = {width}
        label_height = {height}
        margin_left = 0
        margin_top = 0
        pitch_x = {width}
        pitch_y = {height}
        certainty = "high"
        source = "this test"
        """,
        name="own",
    )


def whole_label(content: Callable[..., LabelContent], number: int = 0) -> LabelContent:
    """Return a sticker with all that the built-in templates ask for."""
    texts = {
        "count": "24",
        "gross_weight": "14,6 kg",
        "ingredients": "Cá cơm than 75 %, muối biển Hậu Lộc 25 %.",
        "net_weight": "12 kg",
        "order": "PO-2026-0117",
        "origin": "Thanh Hóa",
        "ship_from": "HTX Ba Làng, phường Hải Bình, tỉnh Thanh Hóa",
        "ship_to": "Kho lạnh số 5, đường Trường Chinh, Hà Nội",
        "storage": "Để nơi khô ráo, tránh ánh nắng trực tiếp.",
        "warning": "Không dùng khi sản phẩm có mùi lạ.",
    }
    return content(number, gtin="09521234543213", sscc="095212345000000018", texts=texts)


def whole_labels(
    content: Callable[..., LabelContent], template: Template, *, dpi: int, count: int = 1
) -> list[Page]:
    """Return pages of one label each."""
    contents = [whole_label(content, number) for number in range(count)]
    return list(lay_out(contents, template=template, stock=own_stock(template), dpi=dpi))
