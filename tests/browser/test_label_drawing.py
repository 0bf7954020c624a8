"""Drawings of stickers in a web page, as Debian's Chromium shows them."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import PIL.Image
import pytest
from playwright.sync_api import sync_playwright

from ocoptrace.labels import LabelContent, lay_out, load_stock, load_template, scan_file
from ocoptrace.labels.drawing.svg import write_svg

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from playwright.sync_api import Browser

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists() and not os.environ.get("CI"):
        pytest.skip(f"{CHROMIUM} is missing; apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def drawings() -> list[tuple[str, dict[str, str]]]:
    """Return two stickers, each with letters as outlines and as text."""
    template, stock = load_template("ocop-50x30"), load_stock("roll-50x30")
    contents = [
        LabelContent(
            link=f"HTTPS://ID.EXAMPLE/01/09521234543213/10/L{number}",
            product=product,
            producer="HTX Hậu Lộc",
            place="Phường Hải Bình, Thanh Hóa",
            lot=f"L{number}",
        )
        for number, product in enumerate(["Nước mắm Ba Làng", "Mắm tép ruốc Ẵ Ợ"], start=1)
    ]
    return [
        (
            content.link,
            {
                "outlines": write_svg(page).decode(),
                "text": write_svg(page, letters="text").decode(),
            },
        )
        for content, page in zip(
            contents, lay_out(contents, template=template, stock=stock), strict=False
        )
    ]


def shown(browser: Browser, svgs: list[str]) -> bytes:
    body = "".join(f"<div style='height:31mm'>{svg}</div>" for svg in svgs)
    context = browser.new_context(
        viewport={"width": 260, "height": 130 * len(svgs)}, device_scale_factor=3
    )
    page = context.new_page()
    page.set_content(f"<!doctype html><body style='margin:0'>{body}")
    page.evaluate("document.fonts.ready")
    screenshot = page.screenshot()
    context.close()
    return screenshot


def ink(png: bytes) -> NDArray[np.bool_]:
    with PIL.Image.open(BytesIO(png)) as picture:
        return np.asarray(picture.convert("L")) < 128


def test_stickers_in_one_page_keep_their_letters_and_codes(browser: Browser) -> None:
    stickers = drawings()
    links = [link for link, _ in stickers]
    outlines = shown(browser, [each["outlines"] for _, each in stickers])
    as_text = shown(browser, [each["text"] for _, each in stickers])
    for screenshot in (outlines, as_text):
        assert [scan.text for scan in scan_file(screenshot)] == links
    one, other = ink(outlines), ink(as_text)
    assert (one & other).sum() / (one | other).sum() > 0.9
    for number, (_, each) in enumerate(stickers):
        alone = ink(shown(browser, [each["outlines"]]))
        top = round(number * 31 * 96 / 25.4 * 3)
        there = one[top : top + 330]
        assert abs(int(alone[:330].sum()) - int(there.sum())) < 0.03 * alone.sum()
