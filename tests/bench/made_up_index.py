"""An index of packages that nobody has: pages and metadata only, the same in every run, served from memory.

120 packages with 40 versions of 8 files each. Packages depend on later ones, some of them only on one system or on older
Pythons; the newest versions of some do not go together, so that a solver has to search.
"""

import gzip
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random

PACKAGES, VERSIONS, DIRECT = 120, 40, 24
SPARE = 8
"""Packages at the end that nothing depends on: to be added one by one."""
_MARKERS = ("", "", "", "", '; sys_platform == "win32"', '; sys_platform != "win32"', '; python_version < "3.12"', '; extra == "more"')
_TAGS = (
    "cp311-cp311-macosx_11_0_arm64",
    "cp312-cp312-macosx_11_0_arm64",
    "cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64",
    "cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64",
    "cp311-cp311-win_amd64",
    "cp312-cp312-win_amd64",
)


def name_of(number: int) -> str:
    """`made-up-007`."""
    return f"made-up-{number:03}"


def requirements() -> list[str]:
    """What the project asks for: packages from the beginning, one of them in two versions by system."""
    plain = [f"{name_of(number)}>=2" for number in range(DIRECT)]
    forked = name_of(PACKAGES - SPARE - 1)
    return [*plain, f"{forked}<4; sys_platform == 'linux'", f"{forked}>=4; sys_platform != 'linux'"]


class MadeUpIndex:
    """Bodies by path. `rtt_seconds` is added to every answer."""

    def __init__(self) -> None:
        self.bodies: dict[str, tuple[str, bytes]] = {}
        self.rtt_seconds = 0.0
        random = Random(7)
        for number in range(PACKAGES):
            self._add(number, random)

    def _add(self, number: int, random: Random) -> None:
        name, files = name_of(number), []
        is_native = number % 5 == 0
        needed = sorted(random.sample(range(number + 1, PACKAGES - SPARE), min(4, max(0, PACKAGES - SPARE - number - 1))))
        markers = [random.choice(_MARKERS) for _ in needed]
        for place in range(VERSIONS):
            version = f"{1 + place // 8}.{place % 8}.{number % 3}"
            newest = place == VERSIONS - 1 and number % 7 == 3
            lines = [f"Requires-Dist: {_requirement(other, marker, newest=newest)}" for other, marker in zip(needed, markers, strict=True)]
            head = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", "Requires-Python: >=3.9", "Provides-Extra: more"]
            metadata = ("\n".join([*head, *lines]) + "\n\n" + "words " * 1000).encode()
            stem = f"{name.replace('-', '_')}-{version}"
            files += [self._file(f"{stem}-{tag}.whl", metadata) for tag in (_TAGS if is_native else ("py3-none-any",))]
            files.append(self._file(f"{stem}.tar.gz", None))
        page = {"meta": {"api-version": "1.1"}, "name": name, "files": files}
        self.bodies[f"/simple/{name}/"] = ("application/vnd.pypi.simple.v1+json", gzip.compress(json.dumps(page).encode(), 1))

    def _file(self, filename: str, metadata: bytes | None) -> dict[str, object]:
        sha256 = hashlib.sha256(filename.encode()).hexdigest()
        path = f"/files/{sha256}/{filename}"
        if metadata is not None:
            self.bodies[f"{path}.metadata"] = ("text/plain", gzip.compress(metadata, 1))
        return {
            "filename": filename,
            "url": path,
            "hashes": {"sha256": sha256},
            "requires-python": ">=3.9",
            "size": 1234,
            "upload-time": "2024-01-02T03:04:05.678901Z",
            "yanked": False,
            "core-metadata": metadata is not None,
        }


def _requirement(number: int, marker: str, *, newest: bool) -> str:
    """Any but the first versions will do; the newest versions of some packages want old ones, and so cannot be had."""
    return f"{name_of(number)}{'<1.3' if newest and not marker else '>=1.2'}{marker}"


@contextmanager
def serve(index: MadeUpIndex) -> Iterator[str]:
    """Serve an index on a port of its own; gives the address of its pages."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            time.sleep(index.rtt_seconds)
            found = index.bodies.get(self.path)
            content_type, body = found or ("text/plain", b"")
            head = [("Content-Type", content_type), ("Content-Length", str(len(body))), ("Cache-Control", "max-age=600")]
            self.send_response(200 if found else 404)
            for key, value in [*head, *([("Content-Encoding", "gzip")] if found else [])]:
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
            """Nothing is said."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/simple"
    finally:
        server.shutdown()
        server.server_close()
