r"""JSON that is too long to be held: one value after the other is cut out of a stream.

The scanner knows where strings, objects and arrays end, and nothing else; every value that it
cuts out is then read as JSON.

>>> from io import BytesIO
>>> scanner = Scanner(BytesIO(b'[{"a": "}"}, 7]'), max_bytes=100)
>>> scanner.expect(b"["), scanner.value(), scanner.next_is(b","), scanner.value()
(None, b'{"a": "}"}', True, b'7')
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from ocoptrace.canonical_json import MAX_DEPTH
from ocoptrace.errors import EpcisError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Readable", "Scanner"]

_CHUNK = 2**17
_SPACE = re.compile(rb"[ \t\r\n]*+")
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_SCALAR = re.compile(rb"[^\s,:\]}\[{\"]++(?=[\s,:\]}\[{\"])")
_BRACKET = re.compile(rb'(?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+")*+([{}\[\]])', re.DOTALL)


class Readable(Protocol):
    """What has bytes to read, such as a file."""

    def read(self, size: int, /) -> bytes:
        """Return at most so many bytes; none at the end."""


class Scanner:
    """A place in a stream of JSON.

    Attributes:
        max_bytes: the longest value that is cut out, and the longest white space before one.
        too_large: code of the error for a longer one.
    """

    def __init__(self, source: Readable, *, max_bytes: int) -> None:
        self._source = source
        self._buffer = b""
        self._at = 0
        self._before = 0
        self._ended = False
        self.max_bytes = max_bytes
        self.too_large = "json.too_large"

    def peek(self) -> bytes:
        """Return the next byte that is no white space, which stays; none at the end."""
        before = self._before + self._at
        while True:
            match = _SPACE.match(self._buffer, self._at)
            self._at = match.end() if match else self._at
            self._limit(self._before + self._at - before)
            if self._at < len(self._buffer) or not self._more():
                return self._buffer[self._at : self._at + 1]

    def next_is(self, byte: bytes) -> bool:
        """Tell whether a byte comes next, and go past it if so."""
        if self.peek() != byte:
            return False
        self._at += 1
        return True

    def expect(self, byte: bytes) -> None:
        """Go past a byte that has to come next.

        Raises:
            EpcisError: another one comes.
        """
        if not self.next_is(byte):
            raise self._syntax(f"expected {byte.decode()}")

    def value(self) -> bytes:
        """Return the text of the next value.

        Raises:
            EpcisError: it is longer than the limit, or no value.
        """
        first = self.peek()
        if first in {b"{", b"["}:
            end = self._end_of_brackets()
        elif first == b'"':
            end = self._end_of(_STRING)
        elif first and first not in b",:]}":
            end = self._end_of(_SCALAR)
        else:
            raise self._syntax("expected a value")
        text = self._buffer[self._at : end]
        self._at = end
        return text

    def members(self) -> Iterator[bytes]:
        """Yield the text of the name of each member of the object that comes next.

        Whoever asks takes the value before asking for the next name.

        Raises:
            EpcisError: no object.
        """
        self.expect(b"{")
        if self.next_is(b"}"):
            return
        while True:
            if self.peek() != b'"':
                raise self._syntax("expected a name")
            name = self.value()
            self.expect(b":")
            yield name
            if self.next_is(b"}"):
                return
            self.expect(b",")

    def items(self) -> Iterator[bytes]:
        """Yield the text of each item of the array that comes next.

        Raises:
            EpcisError: no array.
        """
        self.expect(b"[")
        if self.next_is(b"]"):
            return
        while True:
            yield self.value()
            if self.next_is(b"]"):
                return
            self.expect(b",")

    def end(self) -> None:
        """Go to the end of the stream.

        Raises:
            EpcisError: something comes before it.
        """
        if self.peek():
            raise self._syntax("expected the end")

    def _end_of(self, pattern: re.Pattern[bytes]) -> int:
        while True:
            match = pattern.match(self._buffer, self._at)
            if match is not None:
                return match.end()
            self._limit()
            if not self._more():
                # A number may be the last thing of all.
                if pattern is _SCALAR:
                    return len(self._buffer)
                raise self._syntax("the text ends within a value")

    def _end_of_brackets(self) -> int:
        depth, done = 0, 0
        while True:
            # Each match goes on where the last one ended; a search would look everywhere.
            while match := _BRACKET.match(self._buffer, self._at + done):
                depth += 1 if match[1] in b"{[" else -1
                done = match.end() - self._at
                if depth > MAX_DEPTH + 1:
                    place = f"byte {self._before + self._at + done}"
                    raise EpcisError("json.too_deep", place=place, limit=MAX_DEPTH)
                if not depth:
                    self._limit(done)
                    return match.end()
            self._limit()
            if not self._more():
                raise self._syntax("the text ends within a value")

    def _limit(self, size: int = 0) -> None:
        size = size or len(self._buffer) - self._at
        if size > self.max_bytes:
            raise EpcisError(
                self.too_large,
                place=f"byte {self._before + self._at}",
                size=size,
                limit=self.max_bytes,
            )

    def _more(self) -> bool:
        if self._ended:
            return False
        chunk = self._source.read(_CHUNK)
        self._ended = not chunk
        self._before += self._at
        self._buffer = self._buffer[self._at :] + chunk
        self._at = 0
        return not self._ended

    def _syntax(self, reason: str) -> EpcisError:
        at = self._before + self._at
        return EpcisError("epcis.stream_syntax", place=f"byte {at}", reason=reason)
