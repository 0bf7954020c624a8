"""The second verifier in a page: all trust vectors again, in the engine that people have."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from ocoptrace.signing import Root
from second_verifier import published
from second_verifier.mutants import mutants
from second_verifier.node import VERIFIER, expected_of, found_by, made_of
from vectors.trust_running import CASES, FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, Route

VECTORS = Path(
    os.environ.get("OCOPTRACE_VECTORS") or Path(__file__).parents[3] / "shared" / "vectors"
)
ORIGIN = "https://verify.example"
RUNNER = Path(__file__).parents[1] / "second_verifier" / "case_runner.mjs"
DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = DOCS / "spec" / "examples"
ROOMS = {"static": VERIFIER.parent, "runner": RUNNER.parent, "trust": FOLDER}
"""What is served under which name."""
TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".html": "text/html"}
POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'"
OPEN = """async ([verifier, runner]) => {
  const { caseRunner } = await import(runner);
  const read = async (path) => new Uint8Array(await (await fetch(`/trust/${path}`)).arrayBuffer());
  window.made = caseRunner(await import(verifier), read);
}"""
ASK = """async ([room, script, questions]) => {
  const { asker } = await import(script);
  const answer = await asker((name) => import(room + name));
  return Promise.all(questions.map(answer));
}"""
MAKE = "(cases) => Promise.all(cases.map((each) => window.made(each)))"
FORGET_ED25519 = """
const importKey = crypto.subtle.importKey.bind(crypto.subtle);
crypto.subtle.importKey = (format, data, algorithm, ...rest) =>
  algorithm.name === "Ed25519"
    ? Promise.reject(new DOMException("no such algorithm", "NotSupportedError"))
    : importKey(format, data, algorithm, ...rest);
"""
TOGETHER = 100
PATIENCE = 60_000
"""Milliseconds that a busy machine may take to show something."""


def serve(route: Route) -> None:
    room, _, path = route.request.url.removeprefix(f"{ORIGIN}/").partition("/")
    if not path:
        headers = {"content-security-policy": POLICY}
        route.fulfill(content_type="text/html", headers=headers, body="<!doctype html>")
    else:
        file = ROOMS[room] / path
        content_type = TYPES.get(file.suffix, "application/octet-stream")
        route.fulfill(content_type=content_type, body=file.read_bytes())


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a strict site, on which nothing may complain."""
    complaints: list[str] = []
    context = browser.new_context()
    context.route("**/*", serve)
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


def made_in(page: Page, cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    page.goto(f"{ORIGIN}/")
    page.evaluate(OPEN, ["/static/verify.js", f"/runner/{RUNNER.name}"])
    asked = [{name: case[name] for name in case if name != "expect"} for case in cases]
    parts = (asked[at : at + TOGETHER] for at in range(0, len(asked), TOGETHER))
    return [found_by(made) for part in parts for made in page.evaluate(MAKE, part)]


@pytest.mark.parametrize("has_ed25519", [True, False])
def test_every_case_comes_out_as_expected(page: Page, *, has_ed25519: bool) -> None:
    if not has_ed25519:
        page.add_init_script(FORGET_ED25519)
    assert made_in(page, CASES) == [expected_of(case) for case in CASES]


def test_what_was_changed_comes_out_as_in_node(page: Page) -> None:
    changed = list(
        mutants({"record": 200, "label": 100, "statement": 100, "retold": 60, "file": 40})
    )
    assert made_in(page, changed) == [found_by(made) for made in made_of(changed)]


@pytest.mark.skipif(not VECTORS.is_dir(), reason=f"no test vectors in {VECTORS}")
def test_signatures_of_wycheproof(page: Page) -> None:
    page.goto(f"{ORIGIN}/")
    for questions, wanted in (
        published.ed25519(VECTORS, "ed25519"),
        published.ed25519(VECTORS, "ownEd25519"),
        published.p256(VECTORS),
    ):
        found = page.evaluate(ASK, ["/static/verify/", "/runner/primitives.mjs", questions])
        assert found == wanted


def test_the_page_of_the_guide_shows_whose_word_it_goes_by_and_a_verdict(page: Page) -> None:
    guide = (DOCS / "guides" / "second-verifier.md").read_text(encoding="utf-8")
    [html] = re.findall(r"```html\n(.*?)```", guide, re.DOTALL)
    [script] = re.findall(r"```js\n(// page\.js\n.*?)```", guide, re.DOTALL)
    [policy] = re.findall(r"`(default-src[^`]+)`", guide)

    def serve_guide(route: Route) -> None:
        path = route.request.url.removeprefix(f"{ORIGIN}/")
        if path == "page.html":
            headers = {"content-security-policy": policy}
            route.fulfill(content_type="text/html", headers=headers, body=html)
        elif path == "page.js":
            route.fulfill(content_type="text/javascript", body=script)
        elif path.endswith(".json"):
            route.fulfill(body=(EXAMPLES / path).read_bytes())
        else:
            route.fulfill(content_type="text/javascript", path=VERIFIER.parent / path)

    page.route("**/*", serve_guide)
    page.clock.set_fixed_time(datetime(2026, 11, 23, 9, tzinfo=UTC))
    page.goto(f"{ORIGIN}/page.html")
    root = Root.load((EXAMPLES / "root.json").read_bytes())
    expect(page.locator("#root")).to_have_text(root.fingerprint, timeout=PATIENCE)
    page.set_input_files("#record", EXAMPLES / "record.ocop")
    expect(page.locator("#verdict")).to_have_text("ok", timeout=PATIENCE)
