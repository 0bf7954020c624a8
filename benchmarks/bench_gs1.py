"""Identifiers beside biip in the same run: speed, import time, and who reads what rightly.

The vectors of the GS1 Barcode Syntax Engine say what is right. They belong to others:
``OCOPTRACE_VECTORS`` names their folder, else ``../shared/vectors`` beside the project is read.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import timeit
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from biip import ParseError
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_messages import GS1Message
from biip.gtin import Gtin as BiipGtin

from ocoptrace.gs1 import DigitalLink, ElementString, Gs1Error, Gtin, compress, interpret_scan

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS, REPEATS, STARTS = 2_000, 15, 20
LINK = "https://example.com/01/09521234543213/10/LOT-0601/21/K7Q2M9QX?17=271231"
BRACKETED = "(01)09521234543213(10)LOT-0601(21)K7Q2M9QX(17)271231"
FNC1 = "01095212345432131727123110LOT-0601\x1d21K7Q2M9QX"
VECTORS = Path(
    os.environ.get("OCOPTRACE_VECTORS") or Path(__file__).parents[2] / "shared" / "vectors"
)


def microseconds(work: Callable[[], object], *, rounds: int = ROUNDS) -> float:
    """Return how long the work takes: the best of some repeats, each of many rounds."""
    return min(timeit.repeat(work, number=rounds, repeat=REPEATS)) / rounds * 1e6


def speed() -> None:
    """Print a row for each kind of reading, beside biip where it has the like."""
    parsed = DigitalLink.parse(LINK)
    rows: tuple[tuple[str, Callable[[], object], Callable[[], object] | None], ...] = (
        ("Digital Link", lambda: DigitalLink.parse(LINK), lambda: GS1DigitalLinkURI.parse(LINK)),
        (
            "element string, brackets",
            lambda: ElementString.parse(BRACKETED),
            lambda: GS1Message.parse_hri(BRACKETED),
        ),
        (
            "element string, FNC1",
            lambda: ElementString.parse(f"^{FNC1}"),
            lambda: GS1Message.parse(FNC1),
        ),
        ("GTIN", lambda: Gtin.parse("9521234543213"), lambda: BiipGtin.parse("9521234543213")),
        ("canonical name", parsed.canonical, None),
        ("compress", lambda: compress(parsed), None),
        ("interpret_scan", lambda: interpret_scan(LINK), None),
    )
    print(f"{'parse':<28}{'ours µs':>10}{'biip µs':>10}{'ratio':>8}")
    for name, ours, theirs in rows:
        our_time = microseconds(ours)
        if theirs is None:
            print(f"{name:<28}{our_time:>10.1f}")
            continue
        their_time = microseconds(theirs, rounds=ROUNDS // 10)
        print(f"{name:<28}{our_time:>10.1f}{their_time:>10.1f}{their_time / our_time:>8.1f}")


def start(code: str) -> float:
    """Return how long a fresh interpreter takes for some code, in milliseconds."""
    begin = perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - our own words
    return (perf_counter() - begin) * 1e3


def starts() -> None:
    """Print what importing costs over an interpreter that does nothing: medians."""
    codes = {
        "nothing": "pass",
        "import ocoptrace.gs1": "import ocoptrace.gs1",
        "… and parse one link": f"from ocoptrace.gs1 import DigitalLink as D; D.parse({LINK!r})",
        "import biip": "import biip",
    }
    # One of each in turn, so that a busy moment of the machine falls on all alike.
    runs = [[start(code) for code in codes.values()] for _ in range(STARTS)]
    medians = [statistics.median(column) for column in zip(*runs, strict=True)]
    print(f"\n{'start':<28}{'ms':>10}{'over nothing':>14}")
    for name, median in zip(codes, medians, strict=True):
        print(f"{name:<28}{median:>10.1f}{median - medians[0]:>14.1f}")


def accepts(parse: Callable[[str], object], text: str, refusal: type[Exception]) -> bool:
    """Tell whether a parser takes a text."""
    try:
        parse(text)
    except refusal:
        return False
    return True


def biip_link(uri: str) -> object:
    """Parse a link as a user of biip would, who wants no wrong check digit."""
    return GS1DigitalLinkURI.parse(uri)


def biip_message(text: str) -> object:
    """Parse an element string without its first FNC1, as biip takes it."""
    return GS1Message.parse(text.removeprefix("^").replace("^", "\x1d"))


def agreement() -> None:
    """Print how often each side takes what is wrong, and refuses what is right."""
    sets: tuple[tuple[str, str, Callable[[str], object], Callable[[str], object]], ...] = (
        ("dl_uri_parse", "uri", DigitalLink.parse, biip_link),
        ("ai_bracketed_parse", "ai_bracketed", ElementString.parse, GS1Message.parse_hri),
        ("ai_unbracketed_process", "ai_data", ElementString.parse, biip_message),
        ("ai_linters", "ai_bracketed", ElementString.parse, GS1Message.parse_hri),
    )
    print("\nwrong ones taken / right ones refused")
    print(f"{'vectors':<28}{'cases':>10}{'ours':>10}{'biip':>8}")
    for name, field, ours, theirs in sets:
        path = VECTORS / "gs1" / f"{name}.json"
        if not path.is_file():
            print(f"{name:<28}  none in {VECTORS}")
            continue
        cases: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8-sig"))["vectors"]
        cases = [case for case in cases if not case.get("options")]
        wrong = {
            side: (
                sum(not case["valid"] and accepts(parse, case[field], error) for case in cases),
                sum(case["valid"] and not accepts(parse, case[field], error) for case in cases),
            )
            for side, parse, error in (("ours", ours, Gs1Error), ("biip", theirs, ParseError))
        }
        shown = [f"{taken}/{refused}" for taken, refused in wrong.values()]
        print(f"{name:<28}{len(cases):>10}{shown[0]:>10}{shown[1]:>8}")


def main() -> None:
    """Print speed, start and agreement."""
    speed()
    starts()
    agreement()


if __name__ == "__main__":
    main()
