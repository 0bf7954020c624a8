"""A log that takes in what others state, as a server of the standard library.

It answers two things, ``POST /entries`` and ``GET /entries/<id>`` (docs/spec, submission), each
of bounded length, in bounded time, and from no more at once than it has room for. Beside it a
thread signs what was taken in, and asks the witnesses.
"""

import io
import socket
import sys
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import ceil
from threading import BoundedSemaphore, Event, Lock, Thread
from typing import Any, Final, Self

from ocoptrace.errors import OcopTraceError, StorageError
from ocoptrace.messages import LANGUAGES, Language
from ocoptrace.signing.statement import MAX_ENTRY_BYTES
from ocoptrace.transparency.submission import (
    ENTRIES,
    MEDIA_TYPE,
    Answer,
    Problem,
    refused,
)
from ocoptrace.workspace import Workspace
from ocoptrace.workspace.cosigning import Ask
from ocoptrace.workspace.rate_limit import RateLimit
from ocoptrace.workspace.retry_schedule import RetrySchedule

__all__ = ["LogServer", "Signing"]

_SECONDS: Final = 20.0
_CONNECTIONS: Final = 64
_PER_SECOND, _BURST = 500.0, 5000
_RETRY_SECONDS = 5
_MAX_LENGTH_DIGITS = 9


class LogServer(ThreadingHTTPServer):
    """Answers for the log of a workspace; one request at a time reaches the workspace."""

    daemon_threads = True

    def __init__(
        self,
        workspace: Workspace,
        bind: str,
        port: int,
        *,
        at_once: bool = False,
        seconds: float = _SECONDS,
        limit: RateLimit | None = None,
        on_trouble: Callable[[OcopTraceError], object] = lambda _: None,
    ) -> None:
        """Listen at an address.

        Args:
            workspace: whose log it is; its keys are open where ``at_once``.
            bind: host name or address.
            port: 0 for any that is free.
            at_once: sign before the answer, instead of promising what a thread will sign.
            seconds: within which a request has to arrive.
            limit: how many requests are answered, whoever sends them.
            on_trouble: told why the log takes in or signs nothing just now.

        Raises:
            StorageError: the address cannot be had.
        """
        self.intake = workspace.intake
        self.at_once = at_once
        self.seconds = seconds
        self.limit = limit or RateLimit(_PER_SECOND, _BURST)
        self.on_trouble = on_trouble
        self.working = Lock()
        self._room = BoundedSemaphore(_CONNECTIONS)
        try:
            super().__init__((bind, port), _Handler)
        except OSError as error:
            where = f"{bind}:{port}"
            raise StorageError(
                "cli.witness.no_address", where=where, reason=error.strerror
            ) from error

    def process_request(self, request: Any, client_address: Any) -> None:
        """Begin a connection, where there is room for one more."""
        if not self._room.acquire(blocking=False):
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._room.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """See one connection through."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """Pass over a connection that broke off; tell of a fault of ours."""
        error = sys.exception()
        if not isinstance(error, OSError):
            self.on_trouble(_our_fault(error))


def _our_fault(error: BaseException | None) -> OcopTraceError:
    return OcopTraceError("cli.our_fault", kind=type(error).__name__, reason=error)


class _TimedReader(io.RawIOBase):
    """Reads what a client sends until a moment; a client that drips does not hold a thread."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.until = 0.0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        return self._connection.recv_into(buffer)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "ocoptrace-log", ""
    server: LogServer

    def setup(self) -> None:
        """Have small answers leave at once, and requests arrive in time."""
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rfile.close()
        self._reader = _TimedReader(self.connection)
        self.rfile = io.BufferedReader(self._reader)

    def handle_one_request(self) -> None:
        """Answer one request, which has to arrive in time."""
        self._reader.until = time.monotonic() + self.server.seconds
        super().handle_one_request()

    def do_POST(self) -> None:
        """Take in a statement."""
        problem = self._unfit()
        if problem is not None:
            self._send(refused(problem, self._language()), is_last=True)
            return
        try:
            body = self.rfile.read(int(self.headers["Content-Length"]))
        except TimeoutError:
            problem = Problem("submission.too_slow", {"limit": int(self.server.seconds)})
            self._send(refused(problem, self._language()), is_last=True)
            return
        self._send(self._answer(lambda: self._submit(body)))

    def do_GET(self) -> None:
        """Give the proof of an entry."""
        name = self.path.removeprefix(f"/{ENTRIES}/")
        if name == self.path:
            self._send(refused(Problem(self._misplaced()), self._language()), is_last=True)
            return
        intake, language = self.server.intake, self._language()
        self._send(self._answer(lambda: intake.look_up(name, language=language)))

    def _misplaced(self) -> str:
        return f"submission.{'method' if self.path == f'/{ENTRIES}' else 'no_resource'}"

    def _unfit(self) -> Problem | None:
        """Return what is wrong with a request before its body is read."""
        length = self.headers.get("Content-Length", "")
        media_type = self.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if self.path != f"/{ENTRIES}":
            is_entry = self.path.startswith(f"/{ENTRIES}/")
            return Problem(f"submission.{'method' if is_entry else 'no_resource'}")
        is_number = length.isascii() and length.isdigit() and len(length) <= _MAX_LENGTH_DIGITS
        if not is_number or "Transfer-Encoding" in self.headers:
            return Problem("submission.length")
        if int(length) > MAX_ENTRY_BYTES:
            return Problem(
                "submission.too_large", {"length": int(length), "limit": MAX_ENTRY_BYTES}
            )
        if media_type != MEDIA_TYPE:
            return Problem("submission.media_type", {"expected": MEDIA_TYPE})
        return None

    def _submit(self, body: bytes) -> Answer:
        return self.server.intake.submit(
            body, at_once=self.server.at_once, language=self._language()
        )

    def _answer(self, work: Callable[[], Answer]) -> Answer:
        with self.server.working:
            seconds = self.server.limit.take(None, now=time.monotonic())
            problem = Problem("submission.too_many", {"seconds": ceil(seconds)})
            try:
                if not seconds:
                    return work()
            except OcopTraceError as error:
                # What is wrong here is not for strangers to read.
                self.server.on_trouble(error)
                problem = Problem("submission.not_now", {"seconds": _RETRY_SECONDS})
        return refused(problem, self._language())

    def _language(self) -> Language:
        accepted = self.headers.get("Accept-Language", "")[:2].lower()
        return next((each for each in LANGUAGES if each == accepted), "en")

    def _send(self, given: Answer, *, is_last: bool = False) -> None:
        self.connection.settimeout(self.server.seconds)
        self.send_response(given.status)
        self.send_header("Content-Type", given.content_type)
        self.send_header("Content-Length", str(len(given.body)))
        self.send_header("Cache-Control", "no-store")
        if given.location and self.command == "POST":
            # Relative to the request, since a web server before this one may have put it below.
            self.send_header("Location", given.location)
        if given.retry_after:
            self.send_header("Retry-After", str(given.retry_after))
        if is_last:
            # What else the client sends is not read, so the connection cannot be kept.
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(given.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is called there
        """Keep no line of who submits what; the log itself is public."""


class Signing:
    """Signs every so often what was taken in, and asks the witnesses, until it is left."""

    def __init__(self, server: LogServer, ask: Ask, *, every: float) -> None:
        """Take a server, what asks a witness, and how many seconds lie between two rounds."""
        self._server = server
        self._ask = ask
        self._every = every
        self._over = Event()
        self._thread = Thread(target=self._run, daemon=True)
        self._retry = RetrySchedule(first=every, patience=float("inf"))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        failures, ask_again = 0, 0.0
        while not self._over.wait(self._every):
            is_time = time.monotonic() >= ask_again
            try:
                with self._server.working:
                    answers = self._server.intake.sign(self._ask_apart if is_time else None)
            except OcopTraceError as error:
                self._server.on_trouble(error)
                continue
            except Exception as error:  # noqa: BLE001 - if this thread ended, no promise would be kept
                self._server.on_trouble(_our_fault(error))
                continue
            if any(each.outcome != "signed" for each in answers):
                # A witness that is away does not hold up the signing, and is not pestered.
                failures += 1
                seconds = self._retry.wait(failures, jitter=1.0) or self._every
                ask_again = time.monotonic() + seconds
            elif answers:
                failures = 0

    def _ask_apart(self, url: str, body: str) -> tuple[int, str]:
        """Ask a witness, and let requests be answered meanwhile."""
        self._server.working.release()
        try:
            return self._ask(url, body)
        finally:
            self._server.working.acquire()
