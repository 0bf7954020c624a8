"""Make the pictures of the README with the project's own commands: ``python docs/images/make.py``.

It needs the extra ``web``, the test tools and Debian's Chromium.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
OCOPTRACE = str(Path(sys.executable).with_name("ocoptrace"))
BATCH = "/01/09524071001014/10/ST260915"
PHONE_WIDTH, PHONE_HEIGHT = 390, 844
SHEET_WIDTH, SHEET_ROWS, ROWS = 1080, (2, 6), 8
COLOURS = 64
SECONDS_TO_START = 20


def main() -> None:
    """Make both pictures."""
    with TemporaryDirectory() as folder:
        demo = Path(folder) / "demo"
        subprocess.run([OCOPTRACE, "demo", "--out", demo], check=True)  # noqa: S603 - our own
        make_sheet(demo / "stickers.png")
        with served(demo / "workspace") as address:
            make_page(f"{address}{BATCH}?lang=en")


def make_sheet(source: Path) -> None:
    """Cut the middle rows out of the sheet, half of them sealed."""
    sheet = Image.open(source)
    first, last = (sheet.height * row // ROWS for row in SHEET_ROWS)
    part = sheet.crop((0, first, sheet.width, last))
    height = part.height * SHEET_WIDTH // part.width
    save(part.resize((SHEET_WIDTH, height), Image.Resampling.LANCZOS), "sheet.png")


def make_page(address: str) -> None:
    """Photograph the top of the origin page as a telephone shows it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(
            viewport={"width": PHONE_WIDTH, "height": PHONE_HEIGHT}, device_scale_factor=2
        )
        page.goto(address)
        page.screenshot(path=HERE / "page.png")
        browser.close()
    save(Image.open(HERE / "page.png"), "page.png")


def save(picture: Image.Image, name: str) -> None:
    """Write a picture with few colours, which it has anyway."""
    few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(HERE / name, optimize=True)


@contextmanager
def served(workspace: Path) -> Iterator[str]:
    """Serve a workspace while the pictures are made."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [OCOPTRACE, "serve", "-w", str(workspace), "--port", str(port)]
    server = subprocess.Popen(command)  # noqa: S603 - our own
    try:
        wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def wait_for(port: int) -> None:
    """Wait until a server listens."""
    for _ in range(SECONDS_TO_START * 10):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"Nothing listens on port {port}.")


if __name__ == "__main__":
    main()
