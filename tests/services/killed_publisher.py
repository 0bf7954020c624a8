"""Publish a log into a bucket, and be killed on the way.

A process of its own: ``python killed_publisher.py WORKSPACE PLACE POINT``, and at how many
requests that write, counted before and behind each, it ends without warning.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from clock import Clock
from ocoptrace.store import TileBucket
from ocoptrace.workspace import Workspace


def main() -> None:
    """Publish, as far as it goes."""
    workspace, place, fatal = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    passed = 0

    def hit() -> None:
        nonlocal passed
        passed += 1
        if passed == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    put, tidy = TileBucket._put, TileBucket.tidy  # noqa: SLF001

    def watched_put(bucket: TileBucket, *rest: Any) -> None:
        hit()
        put(bucket, *rest)
        hit()

    def watched_tidy(bucket: TileBucket, *rest: Any) -> None:
        hit()
        tidy(bucket, *rest)
        hit()

    TileBucket._put, TileBucket.tidy = watched_put, watched_tidy  # type: ignore[method-assign] # noqa: SLF001
    ws = Workspace.open(workspace, clock=Clock())
    ws.publish_log(place)
    ws.close()


if __name__ == "__main__":
    main()
