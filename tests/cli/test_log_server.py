"""A log over real HTTP: what it takes in, what it bounds; clients and servers that misbehave."""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import threading
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import pytest

import member
from member import Member
from ocoptrace.cli import log_source
from ocoptrace.cli.log_server import LogServer, Signing
from ocoptrace.cli.log_submission import Sender
from ocoptrace.errors import StorageError
from ocoptrace.signing import SoftwareSigner
from ocoptrace.signing.note import COSIGNATURE_V1, NoteSigner
from ocoptrace.signing.statement import MAX_ENTRY_BYTES
from ocoptrace.transparency import LogProof
from ocoptrace.transparency.submission import Problem
from ocoptrace.workspace import Workspace
from ocoptrace.workspace.rate_limit import RateLimit
from ocoptrace.workspace.retry_schedule import RetrySchedule
from ocoptrace.workspace.submitting import Pacing, SubmissionRound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

COSE = {"Content-Type": "application/cose"}
QUICK = Pacing(RetrySchedule(first=0.05, most=0.2, patience=20.0))
NO_PATIENCE = Pacing(RetrySchedule(patience=0.0))


@pytest.fixture(scope="session")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a province and a member of its log; to be copied."""
    folder = tmp_path_factory.mktemp("member")
    member.found(folder)
    return folder


@pytest.fixture
def opened(both: Path, tmp_path: Path) -> Iterator[Member]:
    shutil.copytree(both, tmp_path / "both")
    opened = Member.open(tmp_path / "both")
    yield opened
    opened.close()


@contextmanager
def serving(server: LogServer) -> Iterator[int]:
    """Let a server run, and return its port."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def port(opened: Member) -> Iterator[int]:
    with serving(LogServer(opened.province, "127.0.0.1", 0, at_once=True)) as port:
        yield port


def to(opened: Member, port: int) -> None:
    opened.coop.add_destination(f"http://127.0.0.1:{port}")


def submitted(opened: Member, pacing: Pacing) -> SubmissionRound:
    with Sender() as send:
        [told] = opened.coop.submit(send, pacing=pacing)
    return told


def entries_of(opened: Member) -> list[bytes]:
    store = opened.coop._setting.store  # noqa: SLF001 - looked into
    return [s.cose for s in store.due_submissions(opened.province.log_origin, limit=100)]


def ask(
    port: int, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, bytes, dict[str, str]]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        return answer.status, answer.read(), dict(answer.headers)


def post(port: int, body: bytes, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    return ask(port, "POST", "/entries", body, **({"Content_Type": "application/cose"} | headers))


def code_of(data: bytes) -> str:
    return Problem.parse(data).code.removeprefix("submission.")


def test_statements_go_over_one_connection_and_proofs_come_back(opened: Member, port: int) -> None:
    to(opened, port)
    count = opened.due()
    told = submitted(opened, QUICK)
    assert (told.proven, told.faults, told.due) == (count, (), 0)


def test_a_thread_signs_for_many_and_keeps_promises(opened: Member) -> None:
    server = LogServer(opened.province, "127.0.0.1", 0)
    with serving(server) as port, Signing(server, no_witness, every=0.05):
        to(opened, port)
        count = opened.due()
        told = submitted(opened, QUICK)
    assert (told.proven, told.due) == (count, 0)


def no_witness(url: str, body: str) -> tuple[int, str]:
    raise AssertionError((url, body))


def test_signing_goes_on_while_a_witness_is_away(opened: Member) -> None:
    witness = NoteSigner("away.example", SoftwareSigner.generate("Ed25519"), COSIGNATURE_V1)
    opened.province.add_witness(str(witness.verifier_key), "http://127.0.0.1:9")
    asked: list[str] = []

    def away(url: str, _: str) -> tuple[int, str]:
        asked.append(url)
        return 0, ""

    server = LogServer(opened.province, "127.0.0.1", 0)
    with serving(server) as port, Signing(server, away, every=0.05):
        to(opened, port)
        told = submitted(opened, QUICK)
    assert told.due == 0
    # Two of the own witnesses are enough for the bundle; the third is asked, ever less often.
    assert 0 < len(asked) < 10


def test_what_an_answer_says(opened: Member, port: int) -> None:
    entry = entries_of(opened)[0]
    status, body, headers = post(port, entry)
    proof = LogProof.parse(body.decode())
    proof.verify(entry)
    assert status == 201
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    location = headers["Location"]
    status, again, headers = ask(port, "GET", f"/{location}")
    assert (status, again) == (200, body)
    assert "Location" not in headers
    assert post(port, entry)[:2] == (200, body)


def test_a_promise_says_where_and_when(opened: Member) -> None:
    with serving(LogServer(opened.province, "127.0.0.1", 0)) as port:
        status, body, headers = post(port, entries_of(opened)[0])
        assert (status, headers["Retry-After"]) == (202, "1")
        assert json.loads(body)["origin"] == opened.province.log_origin
        assert ask(port, "GET", f"/{headers['Location']}")[0] == 202


def test_what_is_no_submission_is_told_in_the_language_asked_for(port: int) -> None:
    status, body, headers = post(port, b"anything", Accept_Language="vi-VN")
    assert (status, code_of(body)) == (400, "not_a_statement")
    assert headers["Content-Type"] == "application/problem+json"
    assert "không phải phát biểu" in json.loads(body)["detail"]
    assert "no statement" in json.loads(post(port, b"anything")[1])["detail"]
    for method, path, wanted in (
        ("GET", "/", (404, "no_resource")),
        ("GET", "/entries", (405, "method")),
        ("GET", "/entries/", (404, "no_entry")),
        ("GET", "/entries/" + "00" * 32, (404, "no_entry")),
        ("GET", "/entries/" + "%30" * 64, (404, "no_entry")),
        ("GET", "/entries/../entries", (404, "no_entry")),
        ("POST", "/", (404, "no_resource")),
        ("POST", "/entries/" + "00" * 32, (405, "method")),
    ):
        status, body, _ = ask(port, method, path, b"" if method == "POST" else None)
        assert (status, code_of(body)) == wanted, path
    assert ask(port, "DELETE", "/entries")[0] == 501


def test_a_body_is_bounded_announced_and_of_known_length(port: int) -> None:
    assert code_of(post(port, b"x" * (MAX_ENTRY_BYTES + 1))[1]) == "too_large"
    huge = ask(port, "POST", "/entries", None, Content_Length=str(10**9 - 1), **dashed(COSE))
    assert (huge[0], code_of(huge[1])) == (413, "too_large")
    for length in ("-1", "", "1e3", "٣", "9" * 40):
        wrong = raw(port, f"Content-Length: {length}\r\nContent-Type: application/cose\r\n\r\n")
        assert b" 411 " in wrong.partition(b"\r\n")[0], length
    chunked = "Transfer-Encoding: chunked\r\nContent-Length: 5\r\nContent-Type: application/cose"
    assert b" 411 " in raw(port, f"{chunked}\r\n\r\n0\r\n\r\n").partition(b"\r\n")[0]
    status, body, _ = ask(port, "POST", "/entries", b"x", Content_Type="application/json")
    assert (status, code_of(body)) == (415, "media_type")
    with_type = 'application/cose; cose-type="cose-sign1"'
    assert post(port, b"x", Content_Type=with_type)[0] == 400


def dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("-", "_"): value for name, value in headers.items()}


def raw(port: int, rest: str) -> bytes:
    """Send a request as it is written, and return all that comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(f"POST /entries HTTP/1.1\r\nHost: x\r\n{rest}".encode())
        connection.shutdown(socket.SHUT_WR)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize("where", ["head", "body"])
def test_whoever_drips_is_let_go(opened: Member, where: str) -> None:
    head = b"POST /entries HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n"
    whole = b"Content-Type: application/cose\r\n\r\n" if where == "body" else b""
    server = LogServer(opened.province, "127.0.0.1", 0, at_once=True, seconds=0.5)
    with (
        serving(server) as port,
        socket.create_connection(("127.0.0.1", port), timeout=10) as slow,
    ):
        slow.sendall(head + whole)
        dripping = threading.Event()

        def drip() -> None:
            while not dripping.wait(0.05):
                try:
                    slow.sendall(b"x" if where == "body" else b"X: y\r\n")
                except OSError:
                    return

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            answer = slow.recv(65536)
        except ConnectionResetError:
            answer = b""
        finally:
            dripping.set()
            thread.join()
        # It is over although something came all the time, and others are answered meanwhile.
        assert where == "head" or b" 408 " in answer
        assert post(port, entries_of(opened)[0])[0] == 201


def test_there_is_room_for_so_many_and_no_more(opened: Member) -> None:
    server = LogServer(opened.province, "127.0.0.1", 0, at_once=True, seconds=30.0)
    with serving(server) as port:
        idle = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(64)]
        wait_until(lambda: not server._room.acquire(blocking=False) or server._room.release())  # noqa: SLF001
        with socket.create_connection(("127.0.0.1", port), timeout=10) as one_more:
            assert closed(one_more)
        for each in idle:
            each.close()
        entry = entries_of(opened)[0]
        wait_until(lambda: answered(port, entry))


def closed(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def answered(port: int, entry: bytes) -> bool:
    try:
        return post(port, entry)[0] in {200, 201}
    except (OSError, http.client.HTTPException):
        return False


def wait_until(holds: Callable[[], Any]) -> None:
    for _ in range(1000):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError


def test_too_many_requests_are_put_off(opened: Member) -> None:
    limit = RateLimit(per_second=0.5, burst=2)
    server = LogServer(opened.province, "127.0.0.1", 0, at_once=True, limit=limit)
    with serving(server) as port:
        answers = [post(port, entry) for entry in entries_of(opened)[:3]]
    assert [status for status, _, _ in answers] == [201, 201, 429]
    assert int(answers[2][2]["Retry-After"]) in {1, 2}
    assert code_of(answers[2][1]) == "too_many"


def test_what_is_wrong_with_the_log_stays_there(
    opened: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    trouble: list[str] = []

    def fails(*_: object, **__: object) -> None:
        raise StorageError("store.full", reason="/srv/secret", name="SQLITE_FULL")

    monkeypatch.setattr(type(opened.province.intake), "submit", fails)
    server = LogServer(
        opened.province, "127.0.0.1", 0, on_trouble=lambda error: trouble.append(error.code)
    )
    with serving(server) as port:
        status, body, headers = post(port, entries_of(opened)[0])
    assert (status, code_of(body), headers["Retry-After"]) == (503, "not_now", "5")
    assert b"secret" not in body
    assert trouble == ["store.full"]


def test_an_address_that_is_taken_is_told(opened: Member, port: int) -> None:
    with pytest.raises(StorageError):
        LogServer(opened.province, "127.0.0.1", port)


def test_killed_between_commit_and_answer_a_server_gives_the_same_place(
    opened: Member, tmp_path: Path
) -> None:
    """The answer is lost with the server; another, started anew, has the entry already."""
    count, size = opened.due(), opened.province.log_size
    server = LogServer(opened.province, "127.0.0.1", 0, at_once=True)
    handler = server.RequestHandlerClass

    class Dying(handler):  # type: ignore[misc,valid-type]
        def _send(self, *_: object, **__: object) -> None:
            self.connection.close()
            self.close_connection = True

    server.RequestHandlerClass = Dying
    with serving(server) as port:
        to(opened, port)
        told = submitted(opened, NO_PATIENCE)
    assert (told.proven, told.due) == (0, count)
    assert opened.province.log_size == size + 1
    opened.province.close()
    opened.province = Workspace.open(
        tmp_path / "both" / "province", clock=lambda: member.Clock().now
    )
    with serving(LogServer(opened.province, "127.0.0.1", 0, at_once=True)) as port:
        to(opened, port)
        told = submitted(opened, QUICK)
    assert (told.proven, told.due) == (count, 0)
    assert opened.province.log_size == size + count


# Servers that misbehave


@contextmanager
def misbehaving(answer: bytes, *, drip: float = 0.0) -> Iterator[int]:
    """Run a server that answers everything alike; slowly, if asked to."""
    over = threading.Event()

    def serve(listening: socket.socket) -> None:
        while not over.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                step = 1 if drip else len(answer) or 1
                for start in range(0, len(answer), step):
                    try:
                        connection.sendall(answer[start : start + step])
                    except OSError:
                        break
                    if over.wait(drip):
                        break

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, args=(listening,), daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        over.set()
        listening.shutdown(socket.SHUT_RDWR)
    thread.join()


def head(status: str, length: int, more: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {length}\r\n{more}\r\n".encode()


@pytest.mark.parametrize(
    ("answer", "fault", "reason"),
    [
        (head("201 Created", 10**6) + b"x" * 10**6, "proof.tile_length", ""),
        (head("200 OK", 10) + b"x" * 10, "proof.not_a_proof", ""),
        (head("201 Created", 100) + b"x" * 10, "", "IncompleteRead"),
        (head("302 Found", 0, "Location: http://elsewhere.example/\r\n"), "", "302"),
        (head("403 Forbidden", 6) + b"<html>", "", "403"),
        (head("503 Not now", 0, "Retry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\n"), "", "503"),
        (b"220 mail.example ESMTP\r\n", "", "220"),
        (b"", "", ""),
    ],
)
def test_an_answer_of_another_kind_is_no_answer(
    opened: Member, answer: bytes, fault: str, reason: str
) -> None:
    count = opened.due()
    with misbehaving(answer) as port:
        to(opened, port)
        told = submitted(opened, NO_PATIENCE)
    assert (told.proven, told.refused, told.due) == (0, (), count)
    assert {error.code for _, error in told.faults} == ({fault} if fault else set())
    assert reason in told.reason


def test_an_answer_that_drips_is_not_waited_for(
    opened: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_source, "_SECONDS_IN_ALL", 0.3)
    slow = head("201 Created", 1000) + b"x" * 1000
    with misbehaving(slow, drip=0.004) as port:
        to(opened, port)
        told = submitted(opened, NO_PATIENCE)
    assert (told.proven, told.faults) == (0, ())
    assert told.reason


def test_nobody_there_is_told(opened: Member) -> None:
    opened.coop.add_destination("http://127.0.0.1:9")
    told = submitted(opened, NO_PATIENCE)
    assert (told.proven, told.due, bool(told.reason)) == (0, opened.due(), True)
