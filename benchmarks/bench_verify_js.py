"""The second verifier, in JavaScript, on a record of 17 events: in Chromium, in Node, beside ours.

``first`` is what one scan costs: root and bundle from their files, then the record, with nothing
compiled or known before. ``again`` is the best of many, as for one who looks at many records.
"Own Ed25519" is ours, for browsers from before 2025. Reach: first in Chromium <= 100 ms.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
import timeit
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench_record import EVENTS, NOW, REPEATS, milliseconds, record
from playwright.sync_api import sync_playwright

from ocoptrace import verify_record
from ocoptrace.signing import Root, TrustBundle

if TYPE_CHECKING:
    from playwright.sync_api import Route

CHROMIUM = Path("/usr/bin/chromium")
SCRIPT = Path(__file__).with_name("verify_js.mjs")
STATIC = Path(__file__).parents[1] / "src" / "ocoptrace" / "web" / "static"
ORIGIN = "https://verify.example/"
REACH = 100
IN_PAGE = """async (given) => {
  const { measured, forgetEd25519 } = await import("/verify_js.mjs");
  if (given.forget) forgetEd25519();
  return measured("/verify.js", given);
}"""


def in_chromium(given: dict[str, Any]) -> dict[str, Any]:
    """Return what a page measured."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.route("**/*", serve)
        page.goto(ORIGIN)
        found: dict[str, Any] = page.evaluate(IN_PAGE, given)
        browser.close()
    return found


def serve(route: Route) -> None:
    """Answer for the site that the page is of."""
    path = route.request.url.removeprefix(ORIGIN)
    if not path:
        route.fulfill(content_type="text/html", body="<!doctype html>")
        return
    file = SCRIPT if path == SCRIPT.name else STATIC / path
    route.fulfill(content_type="text/javascript", body=file.read_bytes())


def in_node(given: dict[str, Any]) -> dict[str, Any]:
    """Return what Node measured."""
    node = shutil.which("node") or shutil.which("node", path=Path(sys.executable).parent)
    if node is None:
        raise SystemExit("no node")
    command = [node, SCRIPT, STATIC / "verify.js"]
    text = json.dumps(given)
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)  # noqa: S603
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    """Print what a verdict costs where."""
    made, root_file, bundle_file = record()
    files = {"record": made.to_bytes(), "root": root_file, "bundle": bundle_file}
    given: dict[str, Any] = {name: base64.b64encode(data).decode() for name, data in files.items()}
    given |= {"now": NOW.isoformat(), "repeats": REPEATS}

    def first() -> None:
        trust = TrustBundle.load(bundle_file, root=Root.load(root_file))
        verify_record(files["record"], trust=trust, now=NOW)

    here = timeit.timeit(first, number=1) * 1e3
    trust = TrustBundle.load(bundle_file, root=Root.load(root_file))
    work = partial(verify_record, files["record"], trust=trust, now=NOW)
    ours = {"overall": work().overall, "first": here, "again": milliseconds(work)}
    rows = {
        "Python": ours,
        "Node": in_node(given),
        "Node, own Ed25519": in_node(given | {"forget": True}),
        "Chromium": in_chromium(given),
        "Chromium, own Ed25519": in_chromium(given | {"forget": True}),
    }
    print(f"{EVENTS} events, {len(made.statements)} statements, {len(files['record']):,} bytes")
    print(f"{'ms':<24}{'first':>8}{'again':>8}{'of Python':>11}  verdict")
    for name, row in rows.items():
        ratio = row["again"] / ours["again"]
        print(f"{name:<24}{row['first']:>8.1f}{row['again']:>8.2f}{ratio:>11.1f}  {row['overall']}")
    slowest = max(rows["Chromium"]["first"], rows["Chromium, own Ed25519"]["first"])
    print(f"reach: first in Chromium <= {REACH} ms: {'met' if slowest <= REACH else 'missed'}")


if __name__ == "__main__":
    main()
