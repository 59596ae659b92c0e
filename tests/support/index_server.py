"""A real package index on a port of its own, which serves a folder of distributions and misbehaves on demand.

/simple/NAME/        the page of a project (PEP 691 or PEP 503)
/files/FILE          a distribution; /files/FILE.metadata its core metadata (PEP 658)
/flat/               one page with all files
/moved/...           redirects to the same path without /moved

async with IndexServer(folder) as server: ...            in the test's own event loop
with serve_in_thread(folder) as server: ...              for tests without one
"""

import base64
import hashlib
import html
import json
import re
import threading
import zipfile
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import anyio
import anyio.from_thread
from aiohttp import web

JSON_TYPE = "application/vnd.pypi.simple.v1+json"
UPLOADED = "2024-01-02T03:04:05.678901Z"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(slots=True)
class Fault:
    """What goes wrong for the next requests whose path contains `where`."""

    where: str
    kind: str
    """`reset`, `close` (without an answer), `truncate`, `garbage`, `corrupt` (one byte flipped), `stall` (until released),
    `halt` (half, then nothing until released), or a status."""
    times: int = 1_000_000
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """A request that arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    status: int

    @property
    def authorization(self) -> str | None:
        """`user:password` of basic credentials; None where there are none."""
        value = self.headers.get("Authorization", "")
        return base64.b64decode(value[6:]).decode() if value.startswith("Basic ") else None


class IndexServer:
    """Serves what lies in `folder` at the moment of each request."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.serves_json = True
        self.offers_metadata = True
        self.offers_digests = True
        self.supports_ranges = True
        self.encoding: str | None = None
        """What answers say that they are encoded in, be it true or not."""
        self.packs = False
        """Whether answers are compressed for who takes that."""
        self.max_age: int | None = None
        self.password: tuple[str, str] | None = None
        """User and password that every request must have."""
        self.yanked: dict[str, str] = {}
        """Reason by file name."""
        self.requires_python: dict[str, str] = {}
        self.redirects: dict[str, str] = {}
        """Address by path."""
        self.bodies: dict[str, tuple[str, bytes]] = {}
        """Type and content by path, instead of what the folder has."""
        self.faults: list[Fault] = []
        self.seen: list[Seen] = []
        self._runner: web.AppRunner | None = None
        self._released = anyio.Event()
        self.port = 0

    @property
    def origin(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """The address of the simple index."""
        return f"{self.origin}/simple"

    def fail(self, where: str, kind: str, times: int = 1_000_000, **headers: str) -> None:
        """Let requests whose path contains `where` go wrong, `times` times. A space at its end stands for the end of the path."""
        self.faults.append(Fault(where, kind, times, {name.replace("_", "-"): value for name, value in headers.items()}))

    def release(self) -> None:
        """Let all stalled requests go on, and stall no more. May be called from another thread."""
        self.faults = [fault for fault in self.faults if fault.kind != "stall"]
        anyio.from_thread.run_sync(self._released.set, token=self._token)

    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [seen.path for seen in self.seen]

    async def __aenter__(self) -> "IndexServer":
        app = web.Application(middlewares=[self._middleware])
        app.router.add_get("/simple/{name}/", self._page)
        app.router.add_get("/flat/", self._flat)
        app.router.add_get("/files/{file}", self._file)
        app.router.add_get("/moved/{rest:.*}", self._moved)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self._token = anyio.lowlevel.current_token()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._released.set()
        if self._runner is not None:
            await self._runner.cleanup()

    @web.middleware
    async def _middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        fault = self._fault_for(request.path)
        response = await self._faulty(request, handler, fault) if fault is not None else await self._allowed(request, handler)
        self.seen.append(Seen(request.method, request.path, dict(request.headers), response.status))
        return response

    async def _allowed(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if self.password is not None:
            wanted = "Basic " + base64.b64encode(":".join(self.password).encode()).decode()
            if request.headers.get("Authorization") != wanted:
                return web.Response(status=401, headers={"WWW-Authenticate": "Basic"})
        if request.path in self.bodies:
            content_type, body = self.bodies[request.path]
            return web.Response(body=body, headers={"Content-Type": content_type} if content_type else {})
        if request.path in self.redirects:
            return web.Response(status=302, headers={"Location": self.redirects[request.path]})
        try:
            response = await handler(request)
            if self.packs and response.status == 200:
                response.enable_compression()
            if self.encoding is not None:
                response.headers["Content-Encoding"] = self.encoding
            return response
        except web.HTTPException as error:
            return web.Response(status=error.status)

    def _fault_for(self, path: str) -> Fault | None:
        for fault in self.faults:
            if fault.where in f"{path} " and fault.times > 0:
                fault.times -= 1
                return fault
        return None

    async def _faulty(self, request: web.Request, handler: Handler, fault: Fault) -> web.StreamResponse:
        if fault.kind.isdigit():
            return web.Response(status=int(fault.kind), headers=fault.headers)
        if fault.kind == "stall":
            await self._released.wait()
            return await self._allowed(request, handler)
        transport = request.transport
        assert transport is not None
        if fault.kind in ("reset", "close"):
            if fault.kind == "reset":
                transport.abort()
            else:
                transport.close()
            return web.Response(status=500)
        if fault.kind == "garbage":
            return web.Response(body=b"\x00{garbage", headers={"Content-Type": JSON_TYPE})
        whole = await self._allowed(request, handler)
        assert isinstance(whole, web.Response)
        body = whole.body
        assert isinstance(body, bytes)
        if fault.kind == "corrupt":
            changed = bytes([body[0] ^ 1]) + body[1:]
            return web.Response(body=changed, status=whole.status, headers={"Content-Type": whole.content_type})
        assert fault.kind in ("truncate", "halt"), fault.kind
        response = web.StreamResponse(status=200, headers={"Content-Type": whole.content_type, "Content-Length": str(len(body))})
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
        if fault.kind == "halt":
            await self._released.wait()
        transport.close()
        return response

    async def _page(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        files = [path for path in self._distributions() if project_of(path.name) == name]
        if not files:
            return web.Response(status=404)
        return self._listing(request, files, name)

    async def _flat(self, request: web.Request) -> web.Response:
        return self._listing(request, self._distributions(), "flat")

    def _listing(self, request: web.Request, files: list[Path], name: str) -> web.Response:
        if self.serves_json and JSON_TYPE in request.headers.get("Accept", ""):
            page = {"meta": {"api-version": "1.1"}, "name": name, "files": [self._json_entry(path) for path in files]}
            return self._conditional(request, json.dumps(page).encode(), JSON_TYPE)
        links = "\n".join(self._anchor(path) for path in files)
        return self._conditional(request, f"<!DOCTYPE html><html><body>\n{links}\n</body></html>".encode(), "text/html")

    def _json_entry(self, path: Path) -> dict[str, object]:
        content = path.read_bytes()
        entry: dict[str, object] = {
            "filename": path.name,
            "url": f"../../files/{path.name}",
            "hashes": {"sha256": hashlib.sha256(content).hexdigest()} if self.offers_digests else {},
            "size": len(content),
            "upload-time": UPLOADED,
            "yanked": self.yanked.get(path.name, False),
        }
        if path.name in self.requires_python:
            entry["requires-python"] = self.requires_python[path.name]
        if self.offers_metadata and path.suffix == ".whl":
            entry["core-metadata"] = {"sha256": hashlib.sha256(metadata_of(path)).hexdigest()}
        return entry

    def _anchor(self, path: Path) -> str:
        attributes = {"href": f"../../files/{path.name}"}
        if self.offers_digests:
            attributes["href"] += f"#sha256={hashlib.sha256(path.read_bytes()).hexdigest()}"
        if path.name in self.requires_python:
            attributes["data-requires-python"] = self.requires_python[path.name]
        if path.name in self.yanked:
            attributes["data-yanked"] = self.yanked[path.name]
        if self.offers_metadata and path.suffix == ".whl":
            attributes["data-core-metadata"] = "true"
        shown = " ".join(f'{key}="{html.escape(value)}"' for key, value in attributes.items())
        return f"<a {shown}>{path.name}</a><br>"

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info["file"]
        is_metadata = name.endswith(".metadata")
        path = self.folder / name.removesuffix(".metadata")
        if not path.is_file() or (is_metadata and not self.offers_metadata):
            return web.Response(status=404)
        content = metadata_of(path) if is_metadata else path.read_bytes()
        return self._conditional(request, content, "application/octet-stream", can_range=self.supports_ranges)

    async def _moved(self, request: web.Request) -> web.Response:
        return web.Response(status=301, headers={"Location": f"{self.origin}/{request.match_info['rest']}"})

    def _conditional(self, request: web.Request, body: bytes, content_type: str, can_range: bool = False) -> web.Response:
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        headers = {"ETag": etag, "Content-Type": content_type}
        if self.max_age is not None:
            headers["Cache-Control"] = f"max-age={self.max_age}"
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers=headers)
        wanted = re.fullmatch(r"bytes=(\d*)-(\d*)", request.headers.get("Range", "")) if can_range else None
        if wanted is None:
            return web.Response(body=body, headers=headers)
        start = int(wanted[1]) if wanted[1] else max(0, len(body) - int(wanted[2]))
        end = min(len(body), int(wanted[2]) + 1) if wanted[1] and wanted[2] else len(body)
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{len(body)}"
        return web.Response(body=body[start:end], status=206, headers=headers)

    def _distributions(self) -> list[Path]:
        return sorted(path for path in self.folder.iterdir() if path.name.endswith((".whl", ".tar.gz", ".zip")))


def project_of(filename: str) -> str:
    """The normalized project of a distribution's file name."""
    stem = filename.partition("-")[0] if filename.endswith(".whl") else filename.rpartition("-")[0]
    return re.sub(r"[-_.]+", "-", stem).lower()


def metadata_of(wheel: Path) -> bytes:
    """The content of a wheel's `METADATA`."""
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA")))


@contextmanager
def serve_in_thread(folder: Path) -> Iterator[IndexServer]:
    """The server in a thread with an event loop of its own."""
    ready, stop = threading.Event(), threading.Event()
    servers: list[IndexServer] = []

    async def run() -> None:
        async with IndexServer(folder) as server:
            servers.append(server)
            ready.set()
            await anyio.to_thread.run_sync(stop.wait)

    thread = threading.Thread(target=anyio.run, args=(run,), daemon=True)
    thread.start()
    ready.wait()
    try:
        yield servers[0]
    finally:
        stop.set()
        thread.join()
