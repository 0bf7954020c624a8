"""How far a long piece of work has come: a bar beside the result, never in it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from ocoptrace.cli.terminal import Terminal

__all__ = ["progress"]

_PATIENCE = 1.0


@contextmanager
def progress(terminal: Terminal, words: str) -> Iterator[Callable[..., None]]:
    """Give what is to be told of the work: done, in all, and how much a second, if that is known.

    Short work shows nothing.
    """
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = bar.add_task(words, total=None, rate="")
    begun = time.monotonic()
    shown = finished = False

    def stop() -> None:
        nonlocal shown
        # A bar that was never started would still end its line.
        if shown:
            bar.stop()
            shown = False

    def tell(done: int, total: int, rate: float | None = None) -> None:
        nonlocal shown, finished
        if not (shown or finished) and time.monotonic() - begun > _PATIENCE:
            bar.start()
            shown = True
        words_of_rate = "" if rate is None else terminal.text("cli.label.rate", rate=f"{rate:.0f}")
        bar.update(task, completed=done, total=total, rate=words_of_rate)
        if done >= total:
            finished = True
            stop()

    try:
        yield tell
    finally:
        stop()
