"""The second verifier in a page: all trust vectors again, in the engine that people have."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from second_verifier.mutants import mutants
from second_verifier.node import VERIFIER, found_by, made_of
from vectors.trust_running import CASES, FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, Route

ORIGIN = "https://verify.example"
RUNNER = Path(__file__).parents[1] / "second_verifier" / "case_runner.mjs"
ROOMS = {"static": VERIFIER.parent, "runner": RUNNER.parent, "trust": FOLDER}
"""What is served under which name."""
TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".html": "text/html"}
POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'"
OPEN = """async ([verifier, runner]) => {
  const { caseRunner } = await import(runner);
  const read = async (path) => new Uint8Array(await (await fetch(`/trust/${path}`)).arrayBuffer());
  window.made = caseRunner(await import(verifier), read);
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


def expected(case: dict[str, Any]) -> dict[str, Any]:
    expect = case["expect"]
    kept = ("accepted", "version") if "accepted" in expect else ("about", "overall", "checks")
    return {name: expect[name] for name in kept if name in expect}


@pytest.mark.parametrize("has_ed25519", [True, False])
def test_every_case_comes_out_as_expected(page: Page, *, has_ed25519: bool) -> None:
    if not has_ed25519:
        page.add_init_script(FORGET_ED25519)
    assert made_in(page, CASES) == [expected(case) for case in CASES]


def test_what_was_changed_comes_out_as_in_node(page: Page) -> None:
    changed = list(
        mutants({"record": 200, "label": 100, "statement": 100, "retold": 60, "file": 40})
    )
    assert made_in(page, changed) == [found_by(made) for made in made_of(changed)]
