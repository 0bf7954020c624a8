"""Submitting over loopback, beside requests of the same size to a server that does nothing.

Both servers are those of the standard library, in a thread of this process, and both are asked
over one connection that is kept. Ours checks a signature and a right, commits, signs every half
second and proves; the submitter verifies and commits. Each statement takes two requests of ours:
the one that brings it, and the one that fetches its proof.
"""

from __future__ import annotations

import hashlib
import http.client
import socket
import tempfile
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

from ocoptrace import Workspace
from ocoptrace.cli.log_server import LogServer, Signing
from ocoptrace.cli.log_submission import Sender
from ocoptrace.signing import sign_statement
from ocoptrace.workspace.rate_limit import RateLimit
from ocoptrace.workspace.retry_schedule import RetrySchedule
from ocoptrace.workspace.submitting import Pacing

if TYPE_CHECKING:
    from collections.abc import Iterator

STATEMENTS, TURNS, EACH, PROOF_BYTES = 800, 3, 300, 1_500
NOW = datetime(2026, 11, 23, tzinfo=UTC)


class Constant(BaseHTTPRequestHandler):
    """Answers everything with as many bytes as a proof has."""

    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        """Have answers leave at once, as ours do."""
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def do_POST(self) -> None:
        """Answer."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", str(PROOF_BYTES))
        self.end_headers()
        self.wfile.write(bytes(PROOF_BYTES))

    def log_message(self, *_: object) -> None:
        """Keep no line."""


@contextmanager
def serving(server: ThreadingHTTPServer) -> Iterator[int]:
    """Let a server run, and return its port."""
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def bare_rate() -> float:
    """Return how many requests a second a server that does nothing answers."""
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Constant)) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        begun = time.perf_counter()
        for _ in range(2 * STATEMENTS):
            connection.request("POST", "/entries", bytes(EACH))
            connection.getresponse().read()
        took = time.perf_counter() - begun
        connection.close()
    return 2 * STATEMENTS / took


def two_workspaces(folder: Path) -> tuple[Workspace, Workspace]:
    """Return an office, and a producer under it that has much to submit."""
    office = Workspace.create(folder / "office", clock=lambda: NOW)
    files = [office.trust_file(kind) for kind in ("root", "bundle")]
    coop = Workspace.create(folder / "coop", root=files[0], bundle=files[1], clock=lambda: NOW)
    office.office.register(coop.request_registration(name={"vi": "Hợp tác xã (ví dụ)"}))
    coop.update_trust([office.trust_file("bundle")])
    issuer = coop.trust.keys[-1].issuer
    setting = coop._setting  # noqa: SLF001 - statements without the work of making events
    _, signer = setting.signing_key(issuer)
    with setting.store.writing():
        for number in range(STATEMENTS):
            payload = b"%d" % number
            statement, salt = sign_statement(
                "event", payload, issuer=issuer, subject=f"urn:x:{number}", signer=signer, now=NOW
            )
            setting.store.append(statement, payload, salt, hashlib.sha256(payload).digest())
    return office, coop


def our_rate() -> float:
    """Return how many statements a second are submitted, proven, verified and kept."""
    unlimited = RateLimit(1e9, 10**9)
    with tempfile.TemporaryDirectory() as folder:
        office, coop = two_workspaces(Path(folder))
        office.intake.limit.per_second, office.intake.limit.burst = 1e9, 10**9
        server = LogServer(office, "127.0.0.1", 0, limit=unlimited)
        with serving(server) as port, Signing(server, lambda *_: (0, ""), every=0.5):
            coop.add_destination(f"http://127.0.0.1:{port}")
            begun = time.perf_counter()
            with Sender() as send:
                [done] = coop.submit(send, pacing=Pacing(RetrySchedule(first=0.1)))
            took = time.perf_counter() - begun
        assert (done.proven, done.due) == (STATEMENTS, 0), done  # noqa: S101 - or it measures nothing
        coop.close()
        office.close()
    return STATEMENTS / took


def main() -> None:
    """Print a row; of some turns, each in turn, the best counts."""
    turns = [(bare_rate(), our_rate()) for _ in range(TURNS)]
    bare, ours = (max(rates) for rates in zip(*turns, strict=True))
    print(
        f"submit: {ours:.0f} statements/s, {2 * ours:.0f} requests/s; "
        f"{2 * ours / bare:.2f} of {bare:.0f} bare requests/s"
    )


if __name__ == "__main__":
    main()
