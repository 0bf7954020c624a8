from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import httpx
import pytest

from ocoptrace.web import build_app
from ocoptrace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STORY = Path(__file__).parents[2] / "examples" / "stories" / "shrimp-paste.json"
NOW = datetime(2026, 11, 23, 9, 0, 40, tzinfo=UTC)


@pytest.fixture
def story() -> dict[str, Any]:
    """The demo's story, to be changed at will."""
    members: dict[str, Any] = json.loads(STORY.read_text(encoding="utf-8"))
    return members


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Callable[..., Workspace]]:
    """A workspace in which a story is registered and recorded."""
    made = []

    def tell(members: dict[str, Any]) -> Workspace:
        workspace = Workspace.create(tmp_path / f"ws{len(made)}", clock=lambda: NOW)
        made.append(workspace)
        data = json.dumps(members).encode()
        workspace.import_registry(data)
        workspace.record(workspace.read_story(data).events)
        return workspace

    yield tell
    for workspace in made:
        workspace.close()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The demo's story with a record exported and a sticker run: only to be looked at."""
    workspace = Workspace.create(tmp_path_factory.mktemp("demo") / "ws", clock=lambda: NOW)
    workspace.import_registry(STORY)
    workspace.record(workspace.read_story(STORY).events)
    workspace.origin_record(workspace.batches()[0].id)
    yield workspace
    workspace.close()


class Reader:
    """Asks an application, as a browser would."""

    def __init__(self, workspace: Workspace, *, now: datetime = NOW) -> None:
        self.app = build_app(workspace, clock=lambda: now)

    def ask(self, path: str, method: str = "GET", **headers: str) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        named = {name.replace("_", "-"): value for name, value in headers.items()}

        async def answer() -> httpx.Response:
            async with httpx.AsyncClient(transport=transport, base_url="http://any") as client:
                return await client.request(method, path, headers=named)

        return asyncio.run(answer())

    def ask_raw(self, path: bytes, query: bytes = b"") -> int:
        """Return the status for bytes that no client would send."""
        messages: list[Any] = []
        scope = {
            "type": "http",
            "method": "GET",
            "scheme": "http",
            "path": unquote(path.decode("latin-1")),
            "raw_path": path,
            "query_string": query,
            "headers": [],
            "server": ("any", 80),
        }

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            messages.append(message)

        asyncio.run(self.app(scope, receive, send))
        status: int = messages[0]["status"]
        return status


@pytest.fixture(scope="session")
def reader(demo: Workspace) -> Reader:
    """A reader of the demo's pages."""
    return Reader(demo)


@pytest.fixture(scope="session")
def reader_of() -> type[Reader]:
    """What makes a reader of any workspace's pages."""
    return Reader
