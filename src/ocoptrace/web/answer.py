"""What every answer carries: headers that keep a page to itself, and an entity tag.

>>> sorted(SECURITY_HEADERS)[0]
'Content-Security-Policy'
"""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from fastapi.responses import JSONResponse, Response

if TYPE_CHECKING:
    from fastapi import Request

__all__ = ["SECURITY_HEADERS", "changing_file", "download", "html_page", "static_file", "status"]

SECURITY_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""What goes with every answer. No page has a script, a form, or anything from elsewhere."""

_ASK_AGAIN = "no-cache"  # kept, but never shown without asking whether it still holds
_FOR_GOOD = "public, max-age=31536000, immutable"


def html_page(request: Request, html: bytes, *, code: int = HTTPStatus.OK) -> Response:
    """Answer with a page in the reader's language."""
    answer = _answer(request, html, media_type="text/html; charset=utf-8", code=code)
    answer.headers["Vary"] = "Accept-Language"
    return answer


def download(request: Request, data: bytes, name: str, *, media_type: str) -> Response:
    """Answer with a file to be kept under a name."""
    answer = _answer(request, data, media_type=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def static_file(request: Request, data: bytes, *, media_type: str) -> Response:
    """Answer with a file whose link changes when it does."""
    return _answer(request, data, media_type=media_type, keep=_FOR_GOOD)


def changing_file(request: Request, data: bytes, *, media_type: str) -> Response:
    """Answer with a file that keeps its link and becomes another one."""
    return _answer(request, data, media_type=media_type)


def status(members: dict[str, object]) -> Response:
    """Answer a machine that asks how the server is."""
    headers = SECURITY_HEADERS | {"Cache-Control": "no-store"}
    return JSONResponse(members, headers=headers)


def _answer(
    request: Request,
    data: bytes,
    *,
    media_type: str,
    code: int = HTTPStatus.OK,
    keep: str = _ASK_AGAIN,
) -> Response:
    """Answer with bytes and their entity tag; without the bytes where the reader has them."""
    etag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    headers = SECURITY_HEADERS | {"Cache-Control": keep, "ETag": etag}
    if code == HTTPStatus.OK and etag in request.headers.get("if-none-match", ""):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(data, code, headers, media_type)
