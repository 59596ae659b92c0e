"""A scenario: an index of invented packages, the files of a project, and what is done there. One TOML file each, in `cases`.

[index]                      "ship 1.2" = { requires = ["tar>=1"], extras = { sail = ["flax"] }, python = ">=3.9", uploaded = "2024-02-01" }
[other]                      a second index, like the first; `{other}` is its address
[files]                      by path; `{index}` is the address of the index
[[steps]]                    run = "lock --upgrade", and by path the files that change before; without steps: `lock`

A release has one universal wheel unless `tags` names others, and `sdist = true` adds a source distribution. After the last step the lock
(`uv.lock`, or the one that `lock` names) is compared whole with `golden/NAME.lock`, which uv itself wrote.
"""

import hashlib
import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.index_server import JSON_TYPE, IndexServer
from tests.support.wheels import core_metadata, tarred

CASES = Path(__file__).with_name("cases")
GOLDEN = Path(__file__).with_name("golden")
INDEX, OTHER = "https://index.example", "https://other.example"
"""What stands in the golden files for the addresses of the servers."""

Tool = Callable[[list[str], Path], int]
"""Runs a command in a folder, and gives its exit code."""


@dataclass(frozen=True)
class Scenario:
    """One case, as its file says."""

    name: str
    index: Mapping[str, Mapping[str, Any]]
    other: Mapping[str, Mapping[str, Any]]
    files: Mapping[str, str]
    steps: list[Mapping[str, Any]]
    lock: str

    @property
    def golden(self) -> Path:
        """What uv made of it."""
        return GOLDEN / f"{self.name}.lock"

    def play(self, folder: Path, server: IndexServer, other: IndexServer, tool: Tool) -> str:
        """Do all steps in an empty folder. Gives the lock, or the exit code of the step that failed."""
        places = {"{index}": f"{server.origin}/simple", "{other}": f"{other.origin}/simple"}
        put(server, self.index)
        put(other, self.other)
        write(folder, self.files, places)
        for step in self.steps:
            write(folder, step.get("files", {}), places)
            code = tool(step["run"].split(), folder)
            if code:
                return f"# `{step['run']}` ended with {code}\n"
        text = (folder / self.lock).read_text()
        return text.replace(server.origin, INDEX).replace(other.origin, OTHER)


def scenarios() -> Iterator[Scenario]:
    """All of them, by name."""
    for path in sorted(CASES.glob("*.toml")):
        said = tomllib.loads(path.read_text())
        steps = said.get("steps", [{"run": "lock"}])
        yield Scenario(path.stem, said.get("index", {}), said.get("other", {}), said["files"], steps, said.get("lock", "uv.lock"))


def write(folder: Path, files: Mapping[str, str], places: Mapping[str, str]) -> None:
    """Put files into a folder, with addresses filled in."""
    for path, text in files.items():
        for mark, place in places.items():
            text = text.replace(mark, place)
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def put(server: IndexServer, releases: Mapping[str, Mapping[str, Any]]) -> None:
    """Let a server serve these releases, and no others."""
    server.bodies.clear()
    pages: dict[str, list[dict[str, Any]]] = {}
    for key, release in releases.items():
        name, _, version = key.partition(" ")
        pages.setdefault(name.lower().replace("_", "-"), []).extend(entries(server, name, version, release))
    for name, files in pages.items():
        page = {"meta": {"api-version": "1.1"}, "name": name, "files": files}
        server.bodies[f"/simple/{name}/"] = JSON_TYPE, json.dumps(page).encode()


def entries(server: IndexServer, name: str, version: str, release: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The files of one release as a page lists them; their metadata, and source distributions, can be had."""
    requires, extras, python = release.get("requires", ()), release.get("extras"), release.get("python")
    metadata = core_metadata(name, version, requires, extras, python).encode()
    stem = f"{name.replace('-', '_')}-{version}"
    for tag in release.get("tags", ["py3-none-any"]):
        filename = f"{stem}-{tag}.whl"
        server.bodies[f"/files/{filename}.metadata"] = "text/plain", metadata
        yield {**common(server, filename, filename.encode(), release), "core-metadata": True}
    if release.get("sdist"):
        content = tarred({f"{stem}/PKG-INFO": metadata, f"{stem}/pyproject.toml": b""})
        server.bodies[f"/files/{stem}.tar.gz"] = "application/gzip", content
        yield common(server, f"{stem}.tar.gz", content, release)


def common(server: IndexServer, filename: str, content: bytes, release: Mapping[str, Any]) -> dict[str, Any]:
    """What a page says of any file."""
    found = {
        "filename": filename,
        "url": f"{server.origin}/files/{filename}",
        "hashes": {"sha256": hashlib.sha256(content).hexdigest()},
        "size": len(content),
        "upload-time": f"{release.get('uploaded', '2024-01-02')}T03:04:05.678901Z",
        "yanked": release.get("yanked", False),
    }
    return found | ({"requires-python": release["python"]} if "python" in release else {})
