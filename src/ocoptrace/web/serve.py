"""Starting the server: the only home of uvicorn.

>>> with listen("127.0.0.1", 0) as listening:
...     listening.getsockname()[0]
'127.0.0.1'
"""

from __future__ import annotations

import os
import socket
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import uvicorn

from ocoptrace.errors import WorkspaceError
from ocoptrace.web.app import build_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from ocoptrace.workspace import Workspace

__all__ = ["listen", "run"]

_BACKLOG: Final = 128
_SECONDS_TO_FINISH: Final = 5


def _utc_now() -> datetime:
    return datetime.now(UTC)


def listen(bind: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Args:
        bind: host name or address.
        port: 1 to 65535, or 0 for any that is free.

    Raises:
        WorkspaceError: the port is taken, not allowed, or no port.
    """
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    listening = socket.socket(family)
    try:
        if os.name == "posix":  # elsewhere the option would let two servers share a port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((bind, port))
        listening.listen(_BACKLOG)
    except (OSError, OverflowError, TypeError) as error:
        listening.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise WorkspaceError("page.no_port", bind=bind, port=port, reason=reason) from error
    return listening


def run(
    workspace: Workspace,
    *,
    bind: str = "127.0.0.1",
    port: int = 8000,
    clock: Callable[[], datetime] = _utc_now,
) -> None:
    """Serve the origin pages of a workspace until interrupted.

    No line is kept of who opened which page: a scan tells where a shopper is.

    Args:
        workspace: what to show.
        bind: host name or address to listen on.
        port: port to listen on.
        clock: returns the time, aware.

    Raises:
        WorkspaceError: the port cannot be opened.
    """
    config = uvicorn.Config(
        build_app(workspace, clock=clock),
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=_SECONDS_TO_FINISH,
    )
    with listen(bind, port) as listening:
        uvicorn.Server(config).run(sockets=[listening])
