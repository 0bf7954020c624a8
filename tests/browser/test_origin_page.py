"""The origin page as a phone shows it: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import uvicorn

from ocoptrace.web import build_app
from ocoptrace.web.serve import listen
from ocoptrace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

STORY = Path(__file__).parents[2] / "examples" / "stories" / "shrimp-paste.json"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LEAST_CONTRAST = 4.5  # WCAG 2.2, success criterion 1.4.3

FAINT_TEXTS = """(least) => {
  const channels = (color) => color.match(/[0-9.]+/g).map(Number);
  const luminance = (color) => {
    const [r, g, b] = channels(color).map((c) => {
      const part = c / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paper = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if ((channels(color)[3] ?? 1) > 0) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  let seen = 0;
  while (texts.nextNode()) {
    const text = texts.currentNode.data.trim();
    if (!text) continue;
    const element = texts.currentNode.parentElement;
    const pair = [luminance(getComputedStyle(element).color), luminance(paper(element))];
    const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    seen += 1;
    if (ratio < least) found.push([text, ratio]);
  }
  return [seen, found];
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The demo's pages, served; the address of the server."""
    workspace = Workspace.create(tmp_path_factory.mktemp("site") / "ws", clock=lambda: NOW)
    workspace.import_registry(STORY)
    workspace.record(workspace.read_story(STORY).events)
    workspace.origin_record(workspace.batches()[0].id)
    app = build_app(workspace, clock=lambda: NOW)
    with listen("127.0.0.1", 0) as listening:
        server = uvicorn.Server(uvicorn.Config(app, access_log=False, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()
    workspace.close()


@pytest.fixture
def opened(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """What opens a page; whatever the browser complains about on the way fails the test."""
    contexts = []
    complaints: list[str] = []

    def open_page(path: str, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": 390, "height": 844}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("requestfailed", lambda request: complaints.append(request.url))
        page.goto(site + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


BATCH = urlsplit("https://id.gs1.org/01/09524071001014/10/ST260915").path
PAGES = ("/?lang=vi", f"{BATCH}?lang=vi", f"{BATCH}?lang=en", f"{BATCH}/21/0123456789AB?lang=vi")


@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways(opened: Callable[..., Page], path: str) -> None:
    page = opened(path)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    for width in (320, 390, 1000):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_every_text_stands_out_from_its_ground(
    opened: Callable[..., Page], path: str, scheme: str
) -> None:
    seen, faint = opened(path, color_scheme=scheme).evaluate(FAINT_TEXTS, LEAST_CONTRAST)
    assert seen >= 8
    assert faint == []


def test_the_page_stands_without_javascript(opened: Callable[..., Page]) -> None:
    page = opened(f"{BATCH}?lang=vi", java_script_enabled=False)
    assert page.locator(".state .sentence").inner_text().startswith("Hợp tác xã Mắm Sóng Trăng")
    first = page.locator(".steps > li").first
    assert not first.locator("dl").is_visible()
    first.locator("summary").click()
    assert first.locator("dl").is_visible()
    page.get_by_role("link", name="English").click()
    assert page.locator("h1").inner_text() == "Song Trang shrimp paste"


def test_the_state_is_read_without_scrolling(opened: Callable[..., Page]) -> None:
    for path in PAGES[1:]:
        page = opened(path)
        for part in (".state", "h1"):
            box = page.locator(part).first.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] < 844


def test_the_record_is_saved_under_a_good_name(opened: Callable[..., Page]) -> None:
    page = opened(f"{BATCH}?lang=en", accept_downloads=True)
    with page.expect_download() as saving:
        page.get_by_role("link", name="Download the origin record").click()
    assert saving.value.suggested_filename == "09524071001014-ST260915.ocop"


def test_marks_have_words_for_those_who_do_not_see_them(opened: Callable[..., Page]) -> None:
    page = opened(f"{BATCH}?lang=en")
    marks = page.get_by_role("img", name="signed, publicly logged, seen by witnesses")
    assert marks.count() == 17


def test_a_picture_of_the_page_can_be_taken(opened: Callable[..., Page], tmp_path: Path) -> None:
    picture = tmp_path / "origin-page.png"
    opened(f"{BATCH}?lang=vi").screenshot(path=picture, full_page=True)
    assert picture.stat().st_size > 50_000
