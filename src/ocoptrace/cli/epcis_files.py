"""EPCIS documents where a user keeps them: in files, on standard input, of any length."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from ocoptrace.cli.options import destination
from ocoptrace.epcis import Document, Event, read_document
from ocoptrace.epcis.document import MAX_BYTES
from ocoptrace.epcis.streaming import stream_placed
from ocoptrace.errors import EpcisError, InputError, StorageError
from ocoptrace.store import write_whole

__all__ = [
    "STANDARD_STREAM",
    "check_output",
    "events_of",
    "placed_events",
    "whole_document",
    "write_output",
]

STANDARD_STREAM = Path("-")
"""What stands for standard input, or standard output."""


def whole_document(file: Path) -> Document:
    """Return the document of a file.

    Raises:
        InputError: no such file, more than 16 MiB, or one that cannot be read.
        EpcisError: what is in it is not EPCIS, or has faults.
    """
    with _opened(file) as source:
        data = source.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise InputError("cli.file_too_large", path=file, limit=MAX_BYTES)
    return read_document(data)


def events_of(file: Path) -> Iterator[Event]:
    """Yield the events of a file of any length, as ``placed_events``."""
    return (event for _, event in placed_events(file))


def placed_events(file: Path) -> Iterator[tuple[str, Event]]:
    """Yield the events of a file of any length, each behind its JSON pointer in the document.

    Up to 16 MiB it is read whole, so that everything wrong is found; beyond, event by event.

    Raises:
        InputError: no such file, or one that cannot be read.
        EpcisError: what is in it is not EPCIS, or has faults; of a long one, the first.
    """
    with _opened(file) as source:
        start = source.read(MAX_BYTES + 1)
        try:
            document = read_document(start)
        except EpcisError as error:
            if error.code != "json.too_large":
                raise
        else:
            alone = document.kind == "event"
            for at, event in enumerate(document.events):
                yield document.place if alone else f"{document.place}/{at}", event
            return
        yield from stream_placed(io.BufferedReader(_Joined(start, source)))


def check_output(out: Path, *, source: Path) -> None:
    """See that a document can be written to a file: asked before work is done for it.

    Raises:
        InputError: the file is the one that is read.
        StorageError: its folder is missing, or does not let anybody write.
    """
    if not out.parent.exists():
        raise StorageError("cli.no_out_folder", path=out, folder=out.parent)
    destination(out)
    # A name may lead to a file by many ways; a device or a pipe is no file that could be lost.
    if out.is_file() and source.exists() and out.samefile(source):
        raise InputError("cli.out_is_source", path=out)


def write_output(out: Path | None, data: bytes) -> None:
    """Write a document: to a file whole or not at all, into a pipe or device as it comes.

    Args:
        out: the file, or where a link leads to; None for standard output.
        data: the document.

    Raises:
        StorageError: it cannot be written.
    """
    if out is not None and (out.is_file() or not out.exists()):
        write_whole(out.resolve(), data)
        return
    try:
        if out is None:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        else:
            with out.open("wb") as file:
                file.write(data)
    except OSError as error:
        path = STANDARD_STREAM if out is None else out
        raise StorageError("store.file", path=path, reason=error.strerror) from error


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    if file == STANDARD_STREAM:
        yield sys.stdin.buffer
        return
    try:
        source = file.open("rb")
    except FileNotFoundError as error:
        raise InputError("cli.no_file", path=file) from error
    except IsADirectoryError as error:
        raise InputError("cli.is_folder", path=file) from error
    except OSError as error:
        raise InputError("errors.unreadable", path=file, reason=error.strerror) from error
    with source:
        yield source


class _Joined(io.RawIOBase):
    """What was read of a file already, and then its rest: a pipe cannot be wound back."""

    def __init__(self, start: bytes, rest: BinaryIO) -> None:
        self._start, self._rest = io.BytesIO(start), rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        piece = self._start.read(len(buffer)) or self._rest.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)
