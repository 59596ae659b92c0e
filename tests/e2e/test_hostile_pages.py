"""Whatever an index serves: what uv can lock is locked to the same bytes, what it cannot is one error, and neither is a bug."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.e2e.hostile_pages import HTML_PAGES, JSON_PAGES, Page, listing, serve
from tests.e2e.house import Home, Said, installed, leftovers
from tests.support.index_server import JSON_TYPE, IndexServer, serve_in_thread
from tests.support.wheels import sha256

QUICK = {"UV_HTTP_RETRIES": "0", "UV_HTTP_TIMEOUT": "10"}


@pytest.fixture
def index(home: Home) -> Iterator[IndexServer]:
    with serve_in_thread(home.wheels) as server:
        yield server


@pytest.mark.parametrize(("pages", "content_type"), [(JSON_PAGES, JSON_TYPE), (HTML_PAGES, "text/html")], ids=["json", "html"])
def test_each_odd_page_is_locked_or_refused_as_by_uv(home: Home, index: IndexServer, pages: Mapping[str, Page], content_type: str) -> None:
    project = home.project("demo", "apple", index=index.url)
    wrong = {}
    for name, page in pages.items():
        serve(index, page, content_type)
        expected = outcome(project, home.uv("lock", "--no-cache", cwd=project, **QUICK))
        said = home.hob("lock", "--no-cache", cwd=project, **QUICK)
        is_clean = "bug in hob" not in said.err and said.err.count("error:") == (said.code != 0)
        if outcome(project, said) != expected or not is_clean:
            wrong[name] = expected, said
    assert wrong == {}
    assert leftovers(project) == []


def outcome(project: Path, said: Said) -> tuple[int, str | None]:
    """How a command ended, and the lock that it wrote, which is taken away."""
    lock = project / "uv.lock"
    text = lock.read_text() if lock.exists() else None
    lock.unlink(missing_ok=True)
    return said.code, text


def test_a_file_of_this_machine_on_a_page_is_installed_only_if_it_is_the_one_that_was_promised(home: Home, index: IndexServer) -> None:
    wheel = home.wheels / "apple-1.0-py3-none-any.whl"
    project = home.project("demo", "apple", index=index.url)
    for digits, code in ((sha256(wheel), 0), ("0" * 64, 1)):
        entries = {"filename": wheel.name, "url": wheel.as_uri(), "hashes": {"sha256": digits}}
        index.bodies["/simple/apple/"] = JSON_TYPE, listing(entries)
        expected = outcome(project, home.uv("lock", "--no-cache", cwd=project))
        assert home.hob("lock", "--no-cache", cwd=project).code == 0
        assert (project / "uv.lock").read_text() == expected[1]
        assert home.hob("sync", cwd=project).code == code
        assert installed(project) == ([] if code else ["apple-1.0", "banana-2.0"])
        shutil.rmtree(project / ".venv")
        (project / "uv.lock").unlink()
