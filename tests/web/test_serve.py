from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import uvicorn

from ocoptrace.errors import WorkspaceError
from ocoptrace.web.serve import listen, run

if TYPE_CHECKING:
    import socket

    from ocoptrace.workspace import Workspace


@pytest.mark.parametrize(
    ("bind", "port"),
    [("127.0.0.1", 70_000), ("no host", 0), ("é" * 90, 0)],
    ids=["port", "host", "name"],
)
def test_an_address_that_cannot_be_opened_is_named(bind: str, port: int) -> None:
    with pytest.raises(WorkspaceError) as caught:
        listen(bind, port)
    assert caught.value.code == "page.no_port"
    assert caught.value.facts["bind"] == bind


def test_a_port_that_is_taken_is_named() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(WorkspaceError) as caught:
            listen("127.0.0.1", port)
    assert str(port) in caught.value.text("vi")


def test_serving_keeps_no_list_of_readers(demo: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    served: dict[str, Any] = {}

    def start(server: uvicorn.Server, sockets: list[socket.socket]) -> None:
        served.update(config=server.config, open=sockets[0].getsockname())

    monkeypatch.setattr(uvicorn.Server, "run", start)
    run(demo, port=0)
    assert served["open"][0] == "127.0.0.1"
    assert served["config"].access_log is False
    assert served["config"].server_header is False
