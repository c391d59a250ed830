"""The server: the add-in's own files and the answers to its calls, for whoever knows the token and nobody else."""

import asyncio
import hmac
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from haircut.errors import CellError
from haircut.hosts.web.wire import BadRequest, Limits, read_calls, refused, written

TYPES = {
    "css": "text/css",
    "html": "text/html",
    "js": "text/javascript",
    "json": "application/json",
    "png": "image/png",
    "xml": "application/xml",
}
OFFICE = ["live.com", "office.com", "cloud.microsoft", "sharepoint.com"]
"""Where Excel for the web runs: its pages show the task pane and read the metadata from the browser."""
OFFICE_ORIGIN = re.compile(r"https://[a-z0-9.-]+\.(" + "|".join(map(re.escape, OFFICE)) + ")")
POLICY = (
    "default-src 'none'",
    "script-src 'self' https://appsforoffice.microsoft.com https://ajax.aspnetcdn.com",  # office.js, and what it loads
    "style-src 'self' 'unsafe-inline'",  # office.js styles elements of its own
    "connect-src 'self' https://*.microsoft.com",
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self' " + " ".join(f"https://*.{site}" for site in OFFICE),
)
HEADERS = {
    "Content-Security-Policy": "; ".join(POLICY),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
THREADS = 4


def application(made: dict[str, bytes], token: str, hosts: tuple[str, ...], limits: Limits) -> Starlette:
    """Make the application.

    Parameters
    ----------
    made : dict
        The add-in's files by name.
    token : str
        The first part of every path; a request without it gets nothing.
    hosts : tuple of str
        The values of the Host header that are answered, ``name:port``.
    limits : Limits
        What one request may ask for.
    """
    workers = Workers(limits)

    async def file(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in made:
            raise HTTPException(404, f"there is no {name:.60}")
        return Response(made[name], media_type=TYPES[name.rpartition(".")[2]])

    async def calls(request: Request) -> Response:
        sent_as = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if sent_as != "application/json":
            raise BadRequest(415, "the request must be application/json")
        body = await _body(request, limits)
        return Response(await workers.answer(body), media_type="application/json")

    routes = [Route("/{token}/calls", calls, methods=["POST"]), Route("/{token}/{name}", file)]
    guard = Middleware(Guard, token=token, hosts=hosts)
    handlers = {BadRequest: _bad, HTTPException: _http, Exception: _failed}
    return Starlette(routes=routes, middleware=[guard], exception_handlers=handlers)


class Impatient(H11Protocol):
    """HTTP on one connection, which is closed if no whole request head arrives in time, however slowly it trickles."""

    def connection_made(self, transport: Any) -> None:
        """Start to wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def on_response_complete(self) -> None:
        """Start to wait for the next request."""
        super().on_response_complete()
        self._wait()

    def _wait(self) -> None:
        self.loop.call_later(self.timeout_keep_alive, self._close_unless_new, self.cycle)

    def _close_unless_new(self, last: object) -> None:
        if self.cycle is last:
            self.transport.close()


class Guard:
    """Refuse a request from another site, to another name, or without the token; harden every answer.

    A page of another site cannot read an answer, since nothing is shared with its origin; a name that is made
    to point at this machine is not in ``hosts``. The metadata alone, which holds no secret, is shared with
    Excel for the web.
    """

    def __init__(self, app: ASGIApp, token: str, hosts: tuple[str, ...]) -> None:
        self.app, self.token, self.hosts = app, token.encode(), hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, or answer it with 403."""
        if scope["type"] != "http":
            return
        origin = Headers(scope=scope).get("origin")
        shared = bool(
            scope["path"].endswith("/functions.json") and origin and OFFICE_ORIGIN.fullmatch(origin)
        )
        why = self._why_refused(scope, origin, shared)

        async def hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                if shared and not why:
                    headers.update({"Access-Control-Allow-Origin": str(origin), "Vary": "Origin"})
            await send(message)

        app = JSONResponse({"error": why}, 403) if why else self.app
        await app(scope, receive, hardened)

    def _why_refused(self, scope: Scope, origin: str | None, shared: bool) -> str | None:
        if Headers(scope=scope).get("host", "").lower() not in self.hosts:
            return "this server does not answer under that name"
        if origin is not None and not shared and origin.lower() not in {f"https://{h}" for h in self.hosts}:
            return "pages of other sites get no answer"
        first = scope["path"].removeprefix("/").partition("/")[0]
        if not hmac.compare_digest(first.encode(), self.token):
            return "the token is missing or old; install the manifest that haircut web serve prints"
        return None


class Workers:
    """A few threads that answer requests, so that a long one neither stops the others nor outlives its time."""

    def __init__(self, limits: Limits) -> None:
        self.limits, self.pool = limits, ThreadPoolExecutor(THREADS, "haircut-web")

    async def answer(self, body: bytes) -> bytes:
        """Answer a request's calls; those that are not done in time get #N/A."""
        request = _Work(body, self.limits)
        future = asyncio.get_running_loop().run_in_executor(self.pool, request.run)
        await asyncio.wait([future], timeout=self.limits.seconds)
        request.late.set()
        if future.done():
            return future.result()
        future.cancel()
        if not request.answers:
            raise BadRequest(503, "the Haircut server is busy; recalculate in a while")
        return written(list(request.answers))


class _Work:
    """One request: read, answered call by call until it is late, and written."""

    def __init__(self, body: bytes, limits: Limits) -> None:
        self.body, self.limits = body, limits
        self.late = threading.Event()
        self.answers: list[dict[str, Any]] = []

    def run(self) -> bytes:
        asked = read_calls(self.body, self.limits)
        why = f"not calculated within {self.limits.seconds:g} seconds; ask for less at a time"
        self.answers = [refused(CellError.NA, why) for _ in asked]
        for i, one in enumerate(asked):
            if self.late.is_set():
                break
            self.answers[i] = one.answer()
        return written(self.answers)


async def _body(request: Request, limits: Limits) -> bytes:
    held = bytearray()
    try:
        async with asyncio.timeout(limits.seconds):
            async for part in request.stream():
                held += part
                if len(held) > limits.body:
                    raise BadRequest(413, f"the request is longer than {limits.body:,} bytes")
    except TimeoutError:
        raise BadRequest(408, f"the request took longer than {limits.seconds:g} seconds to arrive") from None
    except ClientDisconnect:
        raise BadRequest(400, "the request broke off") from None
    return bytes(held)


async def _bad(_: Request, error: Exception) -> Response:
    assert isinstance(error, BadRequest)
    return JSONResponse({"error": str(error)}, error.status)


async def _http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail}, error.status_code, error.headers)


async def _failed(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": "Haircut failed; haircut web serve prints how"}, 500)
