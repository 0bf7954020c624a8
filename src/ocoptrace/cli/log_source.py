"""Where an outsider reads a log from: a folder, or an address on the web.

The one place here that fetches anything. It is done with the standard library: an auditor's machine
needs no extra for a few thousand files that are only asked for, one after the other.
"""

from __future__ import annotations

import http.client
import time
from collections.abc import Mapping
from contextlib import suppress
from email.message import Message
from pathlib import Path
from types import MappingProxyType
from typing import Final, Protocol
from urllib.parse import urlsplit

from ocoptrace.errors import InputError, ProofError, StorageError
from ocoptrace.store import TileFolder
from ocoptrace.transparency.tile import MAX_TILE_BYTES, Tile, part_of

__all__ = ["LogSource", "WebAddress", "WebLog", "source_of"]

_SECONDS: Final = 30
_SECONDS_IN_ALL: Final = 120
_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})
_MAX_CHECKPOINT_BYTES: Final = 64 * 1024
_OK, _NOT_FOUND, _GONE = 200, 404, 410


class LogSource(Protocol):
    """What an audit asks of a log."""

    def checkpoint(self) -> str | None:
        """Return the text of the newest checkpoint, or None."""

    def read(self, tile: Tile, /) -> bytes:
        """Return a tile."""


def source_of(place: str) -> LogSource:
    """Return the log at a place.

    Raises:
        InputError: an address that is not of the web.
    """
    return WebLog(place) if "://" in place else TileFolder(Path(place))


class WebLog:
    """A log at an address: its files are asked for over one connection."""

    def __init__(self, address: str) -> None:
        """Take an address.

        Raises:
            InputError: not http or https, or with a user, query or fragment.
        """
        self._web = WebAddress(address)

    def checkpoint(self) -> str | None:
        """Return the text of the newest checkpoint, or None.

        Raises:
            StorageError: nobody answers there.
            ProofError: what is there is no text.
        """
        data = self._get("checkpoint", _MAX_CHECKPOINT_BYTES)
        try:
            return None if data is None else data.decode()
        except UnicodeDecodeError as error:
            raise ProofError("proof.not_a_checkpoint", reason="not Unicode") from error

    def read(self, tile: Tile) -> bytes:
        """Return a tile, or the part of the full one that it has become.

        Raises:
            StorageError: nobody answers there.
            ProofError: it is missing, or longer than any tile.
        """
        data = self._get(tile.path, MAX_TILE_BYTES)
        if data is None and not tile.is_full:
            whole = self._get(tile.full.path, MAX_TILE_BYTES)
            data = None if whole is None else part_of(tile, whole)
        if data is None:
            raise ProofError("proof.tile_missing", place=tile.path)
        return data

    def _get(self, name: str, limit: int) -> bytes | None:
        status, data = self._web.ask("GET", name, limit=limit)
        if status in {_NOT_FOUND, _GONE}:
            return None
        if status != _OK:
            raise StorageError("cli.log.unreachable", where=self._web.url(name), reason=status)
        return data


class WebAddress:
    """An address below which things are asked for, over a connection that is kept.

    Nobody is followed elsewhere: an answer that points to another address is not an answer.
    """

    def __init__(self, address: str) -> None:
        """Take an address.

        Raises:
            InputError: not http or https, or with a user, query or fragment.
        """
        try:
            parts = urlsplit(address)
            port = parts.port
        except ValueError as error:
            raise InputError("cli.log.not_an_address", value=address) from error
        known: dict[str, type[http.client.HTTPConnection]] = {
            "http": http.client.HTTPConnection,
            "https": http.client.HTTPSConnection,
        }
        odd = parts.username or parts.query or parts.fragment or not parts.hostname
        if parts.scheme not in known or odd:
            raise InputError("cli.log.not_an_address", value=address)
        self._address = address.rstrip("/")
        self._path = parts.path.rstrip("/")
        self._connection = known[parts.scheme](parts.hostname or "", port, timeout=_SECONDS)

    def url(self, name: str) -> str:
        """Return the address of a thing below this one."""
        return f"{self._address}/{name}"

    def close(self) -> None:
        """Let go of the connection; it is made anew when it is needed again."""
        with suppress(OSError):
            self._connection.close()

    def ask(
        self, method: str, name: str, body: bytes | None = None, *, limit: int
    ) -> tuple[int, bytes]:
        """Return the status and body of an answer; see ``exchange``."""
        status, data, _ = self.exchange(method, name, body, limit=limit)
        return status, data

    def exchange(
        self,
        method: str,
        name: str,
        body: bytes | None = None,
        *,
        limit: int,
        headers: Mapping[str, str] = _NO_HEADERS,
    ) -> tuple[int, bytes, Message]:
        """Return the status, body and headers of an answer.

        Args:
            method: of HTTP; a request may arrive twice, so it is one that may.
            name: what is asked for, below the address.
            body: what is sent along.
            limit: bytes that the answer may have.
            headers: more of the request's.

        Raises:
            StorageError: nobody answers there, or not in time.
            ProofError: the answer is longer.
        """
        until = time.monotonic() + _SECONDS_IN_ALL
        try:
            try:
                answer = self._request(method, name, body, headers)
            except (http.client.HTTPException, ConnectionError):
                # A connection that was kept may have been let go of at the other end.
                self._connection.close()
                answer = self._request(method, name, body, headers)
            data = _read(answer, limit, until=until)
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise StorageError(
                "cli.log.unreachable", where=self.url(name), reason=reason
            ) from error
        if len(data) > limit:
            with suppress(OSError):
                self._connection.close()
            raise ProofError("proof.tile_length", place=name, length=len(data))
        return answer.status, data, answer.headers

    def _request(
        self, method: str, name: str, body: bytes | None, headers: Mapping[str, str]
    ) -> http.client.HTTPResponse:
        sent = {"Accept-Encoding": "identity", **headers}
        self._connection.request(method, f"{self._path}/{name}", body=body, headers=sent)
        return self._connection.getresponse()


def _read(answer: http.client.HTTPResponse, limit: int, *, until: float) -> bytes:
    """Return a body, or its beginning where it is longer; one that drips is not waited for."""
    parts, length = [], 0
    while length <= limit:
        part = answer.read1(limit + 1 - length)
        if not part:
            break
        parts.append(part)
        length += len(part)
        if time.monotonic() > until:
            raise TimeoutError
    if length <= limit:
        if answer.length:
            raise http.client.IncompleteRead(b"", answer.length)
        answer.close()  # of the answer alone; the connection is kept
    return b"".join(parts)
