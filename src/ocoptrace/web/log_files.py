"""The files of the workspace's log, as they are published: what an audit over HTTP asks for.

They are made from the database for each request, at the paths of C2SP tlog-tiles below ``/log``; a
path names a tile in its one written form, or nothing. Before the log has been published for the
first time, it is nobody's to see.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import HTTPException, Request
from fastapi.responses import Response

from ocoptrace.errors import ProofError
from ocoptrace.transparency.tile import Tile
from ocoptrace.web.answer import changing_file, static_file

if TYPE_CHECKING:
    from ocoptrace.workspace import Workspace

__all__ = ["LogPages"]


class LogPages:
    """What the routes below ``/log`` answer."""

    def __init__(self, workspace: Workspace) -> None:
        """Take the workspace whose log it is."""
        self._workspace = workspace

    async def checkpoint(self, request: Request) -> Response:
        """The newest checkpoint."""
        note = self._workspace.public_checkpoint()
        if note is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return changing_file(request, note.encode(), media_type="text/plain; charset=utf-8")

    async def tile(self, request: Request, path: str) -> Response:
        """A tile of hashes, or a bundle of entries: full, or as far as a checkpoint covers it."""
        try:
            data = self._workspace.public_tile(Tile.parse(f"tile/{path}"))
        except ProofError:
            data = None
        if data is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return static_file(request, data, media_type="application/octet-stream")
