"""Ways to cut a piece of work short, in a process of its own: killed, or on a full disk."""

from __future__ import annotations

import os
import resource
import signal
import tempfile
import traceback
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ocoptrace.errors import OcopTraceError
from ocoptrace.store import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Points", "forked", "full_disk"]


class Points:
    """Every moment at which something is about to happen to a disk, counted."""

    def __init__(self, fatal: int) -> None:
        self.fatal = fatal
        self.passed = 0

    def hit(self) -> None:
        self.passed += 1
        if self.passed == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        for owner, name in (
            (os, "fsync"),
            (os, "open"),
            (tempfile, "mkstemp"),
            (Path, "replace"),
            (Path, "unlink"),
        ):
            setattr(owner, name, self._watched(getattr(owner, name)))
        writing = SqliteStore.writing

        @contextmanager
        def watched(store: SqliteStore) -> Iterator[None]:
            self.hit()
            with writing(store):
                yield
                self.hit()
            self.hit()

        SqliteStore.writing = watched  # type: ignore[method-assign]

    def _watched(self, work: Callable[..., Any]) -> Callable[..., Any]:
        def before(*arguments: Any, **named: Any) -> Any:
            self.hit()
            done = work(*arguments, **named)
            self.hit()
            return done

        return before


def full_disk(size: int) -> None:
    """From here on no file of this process may be larger than that."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def forked(work: Callable[[], None]) -> int:
    """Do some work in a process of its own, and return how it ended."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except OcopTraceError as error:
            print("   ", error.code, flush=True)
            os._exit(3)
        except BaseException:  # noqa: BLE001 - the child ends here, whatever it was
            traceback.print_exc()
            os._exit(1)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)
