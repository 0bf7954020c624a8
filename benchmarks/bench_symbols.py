"""QR symbols a second on one core: runs of stickers as arrays, beside one at a time.

A link of 80 characters at version 5-M, and a sealed link at version 7-M, each with a serial of
its own. zxing-cpp is our encoder one symbol at a time; segno and qrcode are the other two that
Python knows. All take turns, so that whatever else the machine does falls on all alike. Then
the rectangles of a PDF page, and how many bytes of a page a symbol takes when compressed.
"""

from __future__ import annotations

import random
import time
import zlib
from typing import TYPE_CHECKING

import qrcode
import segno

from ocoptrace.labels.symbols import encode
from ocoptrace.labels.symbols.batch import encode_many
from ocoptrace.labels.symbols.rectangles import rectangles

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ocoptrace.labels.symbols import Matrix

TURNS = 5
MANY, SOME, FEW = 2000, 200, 20
PAGE = 24
SERIAL_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LINKS = {
    "version 5-M, 80 characters": "https://truyxuat.example.vn/01/09521234543213/10/ABC123-26/21/"
    "{serial}?ab=cd",
    "version 7-M, sealed": "HTTPS://ID.EXAMPLE/01/09521234543213/10/ABC123/21/{serial}#{seal}",
}


def links(form: str) -> list[str]:
    """Return a run of links, the same in every run."""
    chance = random.Random(form)  # noqa: S311 - not a secret
    return [
        form.format(
            serial="".join(chance.choices(SERIAL_ALPHABET, k=12)),
            seal="".join(chance.choices("0123456789", k=172)),
        )
        for _ in range(MANY)
    ]


def with_qrcode(text: str) -> None:
    """Encode a text with qrcode, its best mask and mixed segments."""
    maker = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
    maker.add_data(text)
    maker.make()


def by_rows(matrices: Sequence[Matrix]) -> list[str]:
    """Return the operators of the dark runs of the rows, one symbol at a time."""
    return [
        "".join([f"{x} {y} {length} 1 re\n" for x, y, length in matrix.runs()])
        for matrix in matrices
    ]


def rate(work: Callable[[], object], number: int) -> float:
    """Return how many a second, of one turn."""
    start = time.perf_counter()
    work()
    return number / (time.perf_counter() - start)


def rates(ways: dict[str, tuple[Callable[[], object], int]]) -> dict[str, float]:
    """Return the best rate of each way, all taking turns."""
    best = dict.fromkeys(ways, 0.0)
    for _ in range(TURNS):
        for name, (work, number) in ways.items():
            best[name] = max(best[name], rate(work, number))
    return best


def show(found: dict[str, float]) -> None:
    """Print each rate, and how many times it the first is."""
    first = next(iter(found.values()))
    for name, value in found.items():
        print(f"  {name:<34}{value:>10,.0f}{first / value:>10.1f}")


def packed(operators: list[str]) -> float:
    """Return the bytes a symbol takes in pages compressed as PDF writers do it."""
    pages = ["".join(operators[start : start + PAGE]) for start in range(0, MANY, PAGE)]
    return sum(len(zlib.compress(page.encode(), 6)) for page in pages) / MANY


def main() -> None:
    """Print one table for each kind of link."""
    for title, form in LINKS.items():
        texts = links(form)
        matrices = encode_many(texts)
        if matrices[:SOME] != [encode(text) for text in texts[:SOME]]:
            raise SystemExit("the symbols differ")
        print(f"{title:<36}{'a second':>10}{'ours is ×':>10}")
        ways: dict[str, tuple[Callable[[], object], int]] = {
            "encoded as arrays": (lambda texts=texts: encode_many(texts), MANY),
            "zxing-cpp, one by one": (
                lambda texts=texts: [encode(text) for text in texts[:SOME]],
                SOME,
            ),
            "segno, one by one": (
                lambda texts=texts: [
                    segno.make(text, error="m", boost_error=False, micro=False)
                    for text in texts[:FEW]
                ],
                FEW,
            ),
            "qrcode, one by one": (
                lambda texts=texts: [with_qrcode(text) for text in texts[:FEW]],
                FEW,
            ),
        }
        show(rates(ways))
        drawing: dict[str, tuple[Callable[[], object], int]] = {
            "rectangles of merged columns": (lambda: rectangles(matrices), MANY),  # noqa: B023
            "runs of rows, one by one": (lambda: by_rows(matrices[:SOME]), SOME),  # noqa: B023
        }
        show(rates(drawing))
        ours, theirs = packed(rectangles(matrices)), packed(by_rows(matrices))
        print(f"  bytes of a page a symbol{ours:>20.0f}, as runs of rows {theirs:.0f}\n")


if __name__ == "__main__":
    main()
