"""Label runs beside their bare minimum: serials drawn, and seals signed, by the libraries alone.

    issue      ws.label_run: checks, serials, names, Merkle root, statement, one transaction
    contents   every sticker's link and words, sealed where it is
    bare       12 symbols from ``secrets`` for each; a seal's message signed by ``cryptography``
    ratio      bare over ours: what share of the time is not ours to save

Both take turns in one process. Drawing is not measured here.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from ocoptrace.gs1 import SERIAL_ALPHABET
from ocoptrace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

COUNT, TURNS = 10_008, 3
LARGE = int(os.environ.get("OCOPTRACE_LABELS") or 1_000_000)
STORY = Path(__file__).parents[1] / "examples" / "stories" / "shrimp-paste.json"
BATCH = "https://id.gs1.org/01/09524071001014/10/ST260915"
MESSAGE = bytes(190)
"""As long as what a seal signs."""


def seconds(work: Callable[[], object]) -> float:
    """Return how long some work takes."""
    start = perf_counter()
    work()
    return perf_counter() - start


def draw() -> list[str]:
    """Return serials as few words draw them."""
    return ["".join(secrets.choice(SERIAL_ALPHABET) for _ in range(12)) for _ in range(COUNT)]


def main() -> None:
    """Print a row for unsealed and for sealed runs, then one for a large run."""
    key = ec.generate_private_key(ec.SECP256R1())
    algorithm = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
    with tempfile.TemporaryDirectory() as folder:
        ws = Workspace.create(
            Path(folder) / "ocop", clock=lambda: datetime(2026, 11, 23, tzinfo=UTC)
        )
        ws.import_registry(STORY)
        ws.label_run(BATCH, demo=True)  # fonts are loaded
        print(f"{f'{COUNT} stickers':<12}{'issue':>9}{'contents':>10}{'bare':>8}{'ratio':>8}")
        for name, sealed in (("unsealed", 0), ("sealed", COUNT)):
            best = [float("inf")] * 3
            for _ in range(TURNS):
                runs = []

                def issue(sealed: int = sealed, runs: list[object] = runs) -> None:
                    runs.append(ws.label_run(BATCH, count=COUNT, sealed=sealed, demo=True))

                def bare(sealed: int = sealed) -> None:
                    draw()
                    for _ in range(sealed):
                        key.sign(MESSAGE, algorithm)

                took = (
                    seconds(issue),
                    seconds(lambda runs=runs: sum(1 for _ in runs[0].contents)),
                    seconds(bare),
                )
                best = [min(pair) for pair in zip(best, took, strict=True)]
            ratio = best[2] / (best[0] + best[1])
            print(f"{name:<12}{best[0]:>8.2f}s{best[1]:>9.2f}s{best[2]:>7.2f}s{ratio:>8.2f}")
        start = perf_counter()
        run = ws.label_run(BATCH, count=LARGE, sealed=0, demo=True)
        issued = perf_counter() - start
        start = perf_counter()
        for serial in run.serials[:: LARGE // 100]:
            assert ws.was_issued(f"{BATCH}/21/{serial}")  # noqa: S101 - what is measured, works
        found = (perf_counter() - start) / 100
        print(f"\n{LARGE} stickers issued in {issued:.1f} s, each found in {found * 1e6:.0f} µs")
        ws.close()


if __name__ == "__main__":
    main()
