"""EPCIS documents where a user keeps them: in files, on standard input, of any length."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from ocoptrace.epcis import Document, Event, read_document, stream_events
from ocoptrace.epcis.document import MAX_BYTES
from ocoptrace.errors import EpcisError, InputError

__all__ = ["STANDARD_STREAM", "events_of", "whole_document"]

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
    """Yield the events of a file of any length.

    Up to 16 MiB it is read whole, so that everything wrong is found; beyond, event by event.

    Raises:
        InputError: no such file, or one that cannot be read.
        EpcisError: what is in it is not EPCIS, or has faults; of a long one, the first.
    """
    with _opened(file) as source:
        start = source.read(MAX_BYTES + 1)
        try:
            events = read_document(start).events
        except EpcisError as error:
            if error.code != "json.too_large":
                raise
        else:
            yield from events
            return
        yield from stream_events(io.BufferedReader(_Joined(start, source)))


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
