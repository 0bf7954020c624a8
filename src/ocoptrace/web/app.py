"""The web application: routes, what each answers, and what errors become.

All that is shown of goods follows from the workspace's log, and the log only grows. So records
and pages are kept until it has grown; and no page longer than a minute, because some things
are true for a time only, such as a grade.

>>> import tempfile, pathlib
>>> from datetime import UTC, datetime
>>> from ocoptrace.workspace import Workspace
>>> ws = Workspace.create(pathlib.Path(tempfile.mkdtemp()) / "ocop")
>>> app = build_app(ws, clock=lambda: datetime.now(UTC))
>>> [route.path for route in app.routes][:2]
['/', '/healthz']
>>> ws.close()
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute

from ocoptrace.errors import Gs1Error, OcopTraceError, StorageError, WorkspaceError
from ocoptrace.gs1 import Name, parse_name
from ocoptrace.origin_record import MEDIA_TYPE
from ocoptrace.verify import verify_record
from ocoptrace.verify.policy import civil_date
from ocoptrace.verify.record import examine
from ocoptrace.web.answer import download, html_page, static_file, status
from ocoptrace.web.log_files import LogPages
from ocoptrace.web.origin_page import origin_page
from ocoptrace.web.pages import STATIC, render
from ocoptrace.web.wording import Wording, reader_language

if TYPE_CHECKING:
    from ocoptrace.messages import Language
    from ocoptrace.origin_record import OriginRecord
    from ocoptrace.signing import TrustBundle
    from ocoptrace.verify.examination import Examined
    from ocoptrace.workspace import Workspace

__all__ = ["build_app"]

_NAMES: Final = ("/01/{rest:path}", "/ocop/{rest:path}", "/OCOP/{rest:path}")
_MAX_RECORDS, _MAX_PAGES = 128, 512
_UNSAFE_IN_FILE_NAME = re.compile(r"[^A-Za-z0-9._-]+")


def build_app(workspace: Workspace, *, clock: Callable[[], datetime]) -> FastAPI:
    """Return the web application of a workspace. It never writes.

    Args:
        workspace: what to show.
        clock: returns the time, aware.
    """
    site, log = _Site(workspace, clock), LogPages(workspace)
    return FastAPI(
        openapi_url=None,
        redirect_slashes=False,
        routes=[
            _route("/", site.home),
            _route("/healthz", site.health),
            _route("/static/{file}", site.static),
            _route("/trust/{kind}.json", site.trust),
            _route("/log/checkpoint", log.checkpoint),
            _route("/log/tile/{path:path}", log.tile),
            *(_route(path, site.name) for path in _NAMES),
        ],
        exception_handlers={
            Gs1Error: site.not_a_name,
            WorkspaceError: site.not_here,
            StorageError: site.unavailable,
            404: site.no_page,
            405: site.only_reading,
            500: site.unavailable,
        },
    )


def _route(path: str, answer: Callable[..., object]) -> APIRoute:
    return APIRoute(path, answer, methods=["GET", "HEAD"], response_model=None)


class _Examined(NamedTuple):
    """A record, what was found out about each of its statements, and whom that trusts."""

    record: OriginRecord
    data: bytes
    evidence: list[Examined]
    trust: TrustBundle


class _BatchLine(NamedTuple):
    """A batch in a list of batches."""

    path: str
    product: str
    lot: str
    made: str
    best_before: str


class _Site:
    """What each route answers."""

    def __init__(self, workspace: Workspace, clock: Callable[[], datetime]) -> None:
        self._workspace = workspace
        self._clock = clock
        self._revision = workspace.revision
        self._examined = lru_cache(_MAX_RECORDS)(self._examine)
        self._drawn = lru_cache(_MAX_PAGES)(self._draw)

    async def home(self, request: Request) -> Response:
        """The batches of the workspace."""
        return self._batch_list(request, None)

    async def health(self) -> Response:
        """Whether the store answers."""
        return status({"status": "ok", "log_size": self._workspace.log_size})

    async def static(self, request: Request, file: str) -> Response:
        """A style sheet or picture; its link changes when it does."""
        found = STATIC.get(file)
        if found is None:
            return await self.no_page(request, None)
        return static_file(request, found.data, media_type=found.media_type)

    async def trust(self, request: Request, kind: str) -> Response:
        """The newest bundle or root, or a root before it, for whoever verifies."""
        if kind in {"bundle", "root"}:
            data = self._workspace.trust_file(kind)
        else:
            earlier = {f"root-{v}": root for v, root in self._workspace.earlier_roots().items()}
            if kind not in earlier:
                return await self.no_page(request, None)
            data = earlier[kind]
        return download(request, data, f"{kind}.json", media_type="application/json")

    async def name(self, request: Request) -> Response:
        """The page of a product, batch or item, or the record of a batch."""
        name = _name_asked_for(request, self._workspace.host)
        batch = name.batch()
        if batch is None:
            return self._batch_list(request, name.product())
        self._keep_up()
        examined = self._examined(batch.canonical())
        if request.query_params.get("format") == "record":
            return download(request, examined.data, _file_name(batch), media_type=MEDIA_TYPE)
        issued = name.serial is not None and self._workspace.was_issued(name.canonical())
        # As of the minute's end: at its start, what was logged within it would lie ahead.
        minute = self._clock().replace(second=0, microsecond=0) + timedelta(minutes=1)
        html = self._drawn(name.canonical(), minute, _language(request), issued=issued)
        return html_page(request, html)

    def _batch_list(self, request: Request, product: Name | None) -> Response:
        """Answer with the batches of a product, or with all of them."""
        wording = Wording(_language(request))
        names = {
            product.id: product.names.text(wording.language)
            for product in self._workspace.products()
        }
        lines = [
            _BatchLine(
                path=urlsplit(batch.id).path,
                product=names.get(batch.product, batch.product),
                lot=batch.lot,
                made=wording.date(batch.production_date),
                best_before=wording.date(batch.expiry_date) if batch.expiry_date else "",
            )
            for batch in self._workspace.batches()
            if product is None or batch.product == product.canonical()
        ]
        if product is not None and not lines:
            raise _no_batch(product)
        host = self._workspace.host
        html = render(
            "batches",
            wording,
            host=host,
            suffix=_suffix(request),
            heading=lines[0].product if product else wording.word("home"),
            note=wording.word("product_note" if product else "home_note", host=host),
            batches=lines,
        )
        return html_page(request, html)

    def _keep_up(self) -> None:
        """Forget everything that was kept, if anything was recorded, accepted or erased since."""
        revision = self._workspace.revision
        if revision != self._revision:
            self._examined.cache_clear()
            self._drawn.cache_clear()
            self._revision = revision

    def _examine(self, batch: str) -> _Examined:
        """Return the record of a batch, examined."""
        try:
            # Others' goods may be kept here as well; to show them is for who made them.
            self._workspace.batch_owner(batch)
            record = self._workspace.origin_record(batch, state_complete=False)
        except WorkspaceError as error:
            if error.code != "workspace.no_batch":
                raise
            raise _no_batch(parse_name(batch)) from error
        trust = self._workspace.trust
        return _Examined(record, record.to_bytes(), examine(record, trust), trust)

    def _draw(self, about: str, now: datetime, language: Language, *, issued: bool) -> bytes:
        """Return the page of a batch or item."""
        name = parse_name(about)
        batch = name.batch() or name
        examined = self._examined(batch.canonical())
        wording = Wording(language)
        page = origin_page(
            name,
            examined.record,
            examined.evidence,
            verify_record(examined.record, trust=examined.trust, now=now),
            issued=issued,
            host=self._workspace.host,
            today=civil_date(now),
            wording=wording,
        )
        return render(
            "origin",
            wording,
            host=self._workspace.host,
            suffix=f"?lang={language}",
            page=page,
            record_name=_file_name(batch),
            record_size=wording.number(max(1, round(len(examined.data) / 1000))),
            fingerprint=self._workspace.root.fingerprint,
        )

    async def not_a_name(self, request: Request, error: OcopTraceError) -> Response:
        """A name with a fault, such as a wrong check digit."""
        language = _language(request)
        detail = f"{error.text(language)} {error.remedy(language)}"
        return self._message(request, "not_a_name", code=400, mark="warn", detail=detail)

    async def not_here(self, request: Request, error: OcopTraceError) -> Response:
        """A name without a record; anything else is the workspace's own trouble."""
        if error.code != "page.no_batch":
            return await self.unavailable(request, error)
        return self._message(request, "no_batch", code=404, mark="unknown", **error.facts)

    async def no_page(self, request: Request, _error: object) -> Response:
        """No such page."""
        return self._message(request, "no_page", code=404, mark="unknown")

    async def only_reading(self, request: Request, _error: object) -> Response:
        """Another method than GET or HEAD."""
        answer = self._message(request, "method", code=405, mark="unknown")
        answer.headers["Allow"] = "GET, HEAD"
        return answer

    async def unavailable(self, request: Request, _error: object) -> Response:
        """The store failed; what it said stays here."""
        return self._message(request, "unavailable", code=503, mark="unknown")

    def _message(
        self,
        request: Request,
        key: str,
        *,
        code: int,
        mark: str,
        detail: str = "",
        **facts: object,
    ) -> Response:
        wording = Wording(_language(request))
        html = render(
            "message",
            wording,
            host=self._workspace.host,
            suffix=_suffix(request),
            mark=mark,
            text=wording.word(key, **facts),
            remedy=wording.remedy(key, **facts),
            detail=detail,
        )
        return html_page(request, html, code=code)


def _no_batch(name: Name) -> WorkspaceError:
    return WorkspaceError("page.no_batch", name=urlsplit(name.canonical()).path)


def _name_asked_for(request: Request, host: str) -> Name:
    """Return the name that a path and query are.

    The path is taken as it was sent: once decoded, a lot with a slash would be another one.

    Raises:
        Gs1Error: it is none.
    """
    path = request.scope["raw_path"].decode("latin-1").rstrip("/")
    query = request.scope["query_string"].decode("latin-1")
    # Whichever host was asked, the name is the same: a plain name's host is the workspace's.
    return parse_name(f"https://{host}{path}?{query}" if query else f"https://{host}{path}")


def _language(request: Request) -> Language:
    accepted = request.headers.get("accept-language", "")
    return reader_language(request.query_params.get("lang"), accepted)


def _suffix(request: Request) -> str:
    """Return the query that keeps a language that was asked for."""
    return f"?lang={_language(request)}" if "lang" in request.query_params else ""


def _file_name(batch: Name) -> str:
    code = batch.gtin or urlsplit(batch.product().canonical()).path.rpartition("/")[2]
    return _UNSAFE_IN_FILE_NAME.sub("-", f"{code}-{batch.lot}") + ".ocop"
