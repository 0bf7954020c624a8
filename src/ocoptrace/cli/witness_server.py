"""A witness as a server of the standard library: small enough for the cheapest host.

It takes one thing, ``POST /add-checkpoint`` (C2SP tlog-witness), of bounded length, and answers
when what it has to remember is on disk.
"""

import json
import socket
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Final, Self

from ocoptrace.errors import InputError, OcopTraceError, StorageError, WorkspaceError
from ocoptrace.signing import SoftwareSigner
from ocoptrace.signing.note import COSIGNATURE_V1, ED25519, NoteSigner, VerifierKey
from ocoptrace.store import WitnessStore, read_key, write_key, write_whole
from ocoptrace.transparency.witness_protocol import (
    MAX_REQUEST_BYTES,
    AddCheckpoint,
    Answer,
    answer,
)

__all__ = ["LocalWitness", "server"]

_SETTING, _KEY, _MEMORY = "witness.json", "witness.pem", "witness.db"
_FORMAT: Final = "ocop-witness/1"
_SECONDS, _MOST_AT_ONCE = 20, 32
_BAD_REQUEST, _NOT_FOUND, _LENGTH_REQUIRED, _TOO_LARGE, _UNAVAILABLE = 400, 404, 411, 413, 503


@dataclass(frozen=True)
class LocalWitness:
    """A witness that is run here: its key, the logs that it knows, its memory.

    Attributes:
        folder: where its files are.
        signer: its key, under its name.
    """

    folder: Path
    signer: NoteSigner

    @classmethod
    def create(cls, folder: Path, name: str, *, passphrase: bytes | None = None) -> Self:
        """Make a witness that knows no log yet.

        Raises:
            WorkspaceError: one is there.
            SigningError: not a name.
            StorageError: the disk refuses.
        """
        if (folder / _SETTING).exists():
            raise WorkspaceError("cli.witness.exists", path=folder)
        signer = SoftwareSigner.generate("Ed25519")
        made = cls(folder, NoteSigner(name, signer, COSIGNATURE_V1))
        made.signer.verifier_key  # noqa: B018 - refuses what is no name, before anything is written
        folder.mkdir(parents=True, exist_ok=True)
        write_key(folder / _KEY, signer, passphrase=passphrase)
        made._write(name, [])
        return made

    @classmethod
    def open(cls, folder: Path, *, passphrase: bytes | None = None) -> Self:
        """Return the witness of a folder.

        Raises:
            InputError: there is none.
            SigningError: its key is locked with another passphrase.
        """
        name, _ = _setting(folder)
        signer = read_key(folder / _KEY, passphrase=passphrase)
        return cls(folder, NoteSigner(name, signer, COSIGNATURE_V1))

    def _write(self, name: str, logs: list[str]) -> None:
        value = {"format": _FORMAT, "name": name, "logs": logs}
        write_whole(
            self.folder / _SETTING, json.dumps(value, ensure_ascii=False, indent=1).encode()
        )

    def logs(self) -> list[VerifierKey]:
        """Return the keys of the logs that it knows; read anew each time."""
        return [VerifierKey.parse(vkey) for vkey in _setting(self.folder)[1]]

    def add_log(self, vkey: str) -> VerifierKey:
        """Let it know a log, by its verifier key.

        Raises:
            SigningError: not the verifier key of a log.
        """
        key = VerifierKey.parse(vkey)
        if key.signature_type != ED25519:
            raise InputError("cli.witness.not_a_log", vkey=vkey)
        name, logs = _setting(self.folder)
        if vkey not in logs:
            self._write(name, [*logs, vkey])
        return key

    def answer(self, body: str, *, now: int) -> Answer:
        """Return the answer to a request; what it has to remember is on disk.

        Args:
            body: of the request.
            now: POSIX seconds.

        Raises:
            StorageError: the disk refuses; then nothing was signed that anybody saw.
        """
        try:
            request = AddCheckpoint.parse(body)
        except InputError as error:
            return Answer(_BAD_REQUEST, f"{error.text()}\n")
        origin = request.checkpoint.origin
        keys = [key for key in self.logs() if key.name == origin]
        # SQLite waits for its file no longer than some seconds, and each request has its own hold.
        store = WitnessStore.open(self.folder / _MEMORY)
        try:
            with store.writing():
                given = answer(
                    request, store.memory(origin), log=keys, witness=self.signer, time=now
                )
                if given.memory is not None:
                    store.remember(origin, given.memory)
        finally:
            store.close()
        return given


def _setting(folder: Path) -> tuple[str, list[str]]:
    try:
        value = json.loads((folder / _SETTING).read_bytes())
    except (OSError, ValueError) as error:
        raise InputError("cli.witness.none", path=folder) from error
    match value:
        case {"format": str(known), "name": str(name), "logs": list(logs)} if known == _FORMAT:
            return name, [str(vkey) for vkey in logs]
    raise InputError("cli.witness.none", path=folder)


def server(witness: LocalWitness, bind: str, port: int) -> ThreadingHTTPServer:
    """Return a server that answers for a witness.

    Raises:
        StorageError: the address cannot be had.
    """

    class Handler(_Handler):
        asked = witness
        room = BoundedSemaphore(_MOST_AT_ONCE)

    try:
        return _Server((bind, port), Handler)
    except OSError as error:
        where = f"{bind}:{port}"
        raise StorageError("cli.witness.no_address", where=where, reason=error.strerror) from error


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Pass over a connection that broke off."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "ocoptrace-witness", ""
    timeout = _SECONDS
    asked: LocalWitness
    room: BoundedSemaphore

    def do_POST(self) -> None:
        """Answer a request."""
        if self.path.rstrip("/") != "/add-checkpoint":
            self._send(Answer(_NOT_FOUND, "POST /add-checkpoint\n"), closing=True)
            return
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            self._send(Answer(_LENGTH_REQUIRED, "Content-Length\n"), closing=True)
            return
        if len(length) > len(str(MAX_REQUEST_BYTES)) or int(length) > MAX_REQUEST_BYTES:
            self._send(Answer(_TOO_LARGE, f"at most {MAX_REQUEST_BYTES} bytes\n"), closing=True)
            return
        body = self.rfile.read(int(length))
        with self.room:
            self._send(self._answer(body))

    def _answer(self, body: bytes) -> Answer:
        try:
            return self.asked.answer(body.decode(), now=int(time.time()))
        except UnicodeDecodeError:
            return Answer(_BAD_REQUEST, "not UTF-8\n")
        except OcopTraceError as error:
            self.log_error("%s", error)
            return Answer(_UNAVAILABLE, "not now\n")

    def _send(self, given: Answer, *, closing: bool = False) -> None:
        body = given.body.encode()
        self.send_response(given.status)
        self.send_header("Content-Type", given.content_type)
        self.send_header("Content-Length", str(len(body)))
        if closing:
            # What else the client sends is not read, so the connection cannot be kept.
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(body)

    def setup(self) -> None:
        """Have small answers leave at once."""
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
