"""Which interpreter a request means: the order of the search, and what is passed over."""

import os
import subprocess
import sys
from pathlib import Path

import anyio
import pytest
from msgspec.structs import replace

from hobd.core.vocab.evidence import NoEvidence
from hobd.engine.spawning import LocalSpawner
from hobd.environments.create import Shape, create_environment
from hobd.environments.discovery import Found, InterpreterNotFound, NothingWorks, Prober, Skipped, find_python
from hobd.environments.interpreters import Interpreters, UnusableInterpreter
from hobd.environments.requests import DEFAULT, parse_request, request_range
from hobd.environments.search import Search
from hobd.errors import RequestError
from tests.environments.fakes import fake_python
from tests.environments.places import VARIABLES, this_python


@pytest.fixture
def search(tmp_path: Path) -> Search:
    """Three folders of programs, as a search path."""
    folders = [tmp_path / name for name in ("first", "second", "third")]
    for folder in folders:
        folder.mkdir()
    (tmp_path / "work").mkdir()
    return Search(cwd=tmp_path / "work", search_path=tuple(folders), environments="only-system")


async def find(text: str, search: Search, skipped: Skipped | None = None, interpreters: Interpreters | None = None) -> Found:
    prober = Prober(
        interpreters=interpreters or Interpreters(None),
        spawner=LocalSpawner(),
        environment=VARIABLES,
        evidence=NoEvidence(),
        cwd=search.cwd,
    )
    request = DEFAULT if text == "" else parse_request(text, search.cwd)
    return await find_python(request, search, prober, skipped)


async def found(text: str, search: Search) -> str:
    """Where it was found, seen from the folder above the search path."""
    return str((await find(text, search)).interpreter.path.relative_to(search.cwd.parent))


def add(search: Search, place: int, name: str, version: str, implementation: str = "cpython", **changes: object) -> Path:
    return fake_python(search.search_path[place] / name, version, implementation, **changes)


async def test_the_first_on_the_search_path_that_fits_is_taken(search: Search) -> None:
    add(search, 0, "python3", "3.10.13")
    add(search, 1, "python3.12", "3.12.1")
    add(search, 1, "python", "3.12.1")
    add(search, 2, "python3.12", "3.12.7")
    assert await found("", search) == "first/python3"
    assert await found("3.12", search) == "second/python3.12"
    assert await found("3.12.7", search) == "third/python3.12"
    assert await found(">=3.11", search) == "second/python"
    assert await found("312", search) == "second/python3.12"
    assert await found("python3.10", search) == "first/python3"


async def test_for_any_version_the_bare_name_comes_first_and_for_a_range_the_other(search: Search) -> None:
    add(search, 0, "python", "3.12.1")
    add(search, 0, "python3", "3.12.1")
    assert await found("", search) == "first/python"
    assert await found(">=3.8", search) == "first/python3"


async def test_minor_versions_are_found_where_nothing_else_fits(search: Search) -> None:
    add(search, 0, "python3", "3.8.18")
    add(search, 0, "python3.9", "3.9.18")
    add(search, 0, "python3.11", "3.11.7")
    assert await found(">=3.9", search) == "first/python3.11"
    assert await found(">=3.9,<3.11", search) == "first/python3.9"


async def test_prereleases_are_only_taken_when_asked_for_or_when_there_is_nothing_else(search: Search) -> None:
    add(search, 0, "python3.14", "3.14.0rc1")
    assert await found(">=3.12", search) == "first/python3.14"
    add(search, 1, "python3.13", "3.13.0")
    assert await found(">=3.12", search) == "second/python3.13"
    assert await found("3.14rc1", search) == "first/python3.14"
    assert await found(">=3.14.0rc1", search) == "first/python3.14"


async def test_free_threaded_and_debug_builds_are_only_taken_when_asked_for(search: Search) -> None:
    add(search, 0, "python3.13", "3.13.0", is_free_threaded=True)
    add(search, 0, "python3.13t", "3.13.0", is_free_threaded=True)
    add(search, 1, "python3.13d", "3.13.0", is_debug=True)
    with pytest.raises(InterpreterNotFound):
        await find("3.13", search)
    assert await found("3.13t", search) == "first/python3.13t"
    assert await found("3.13+freethreaded", search) == "first/python3.13t"
    assert await found("3.13+debug", search) == "second/python3.13d"


async def test_other_implementations_are_found_by_their_names(search: Search) -> None:
    add(search, 0, "python3", "3.12.1")
    add(search, 0, "pypy3.10", "3.10.14", "pypy", pypy_version=[7, 3])
    assert await found("pypy@3.10", search) == "first/pypy3.10"
    assert await found("pp310", search) == "first/pypy3.10"
    with pytest.raises(InterpreterNotFound, match=r"for PyPy 3\.9 in"):
        await find("pypy3.9", search)


async def test_keys_ask_for_every_part_that_they_name(search: Search) -> None:
    add(search, 0, "python3", "3.12.1")
    key = this_python().key.split("-")
    assert await found(f"cpython-3.12-{key[2]}-{key[3]}-{key[4]}", search) == "first/python3"
    assert await found(f"cpython-3.12.1-{key[2]}", search) == "first/python3"
    with pytest.raises(InterpreterNotFound, match=r"No interpreter found for cpython-3\.12-windows-x86_64-none in"):
        await find("cpython-3.12-windows-x86_64-none", search)


async def test_names_paths_and_folders_name_one_interpreter(search: Search) -> None:
    add(search, 1, "my-python", "3.12.1")
    fake_python(search.cwd / "installed/bin/python3", "3.11.2")
    assert await found("my-python", search) == "second/my-python"
    assert await found("./installed/bin/python3", search) == "work/installed/bin/python3"
    assert await found("installed", search) == "work/installed/bin/python3"


BROKEN = {
    "says-no": (b"#!/bin/sh\necho 'pyenv: python3.12: command not found' >&2; exit 127\n", "command not found"),
    "makes-noise": (b"#!/bin/sh\necho 'Loading python/3.12'\n", "returned an invalid response: expected value at line 1 column 1"),
    "hangs": (b"#!/bin/sh\nexec sleep 60\n", "did not end in"),
    "other-machine": (b"\x7fELF\x02\x01\x01".ljust(16, b"\0") + b"\x02\x00\xb7\x00", "Failed to query Python interpreter at"),
}


@pytest.mark.parametrize("kind", BROKEN)
async def test_broken_programs_on_the_search_path_are_passed_over_with_the_reason(search: Search, kind: str) -> None:
    program, reason = search.search_path[0] / "python3.12", BROKEN[kind][1]
    program.write_bytes(BROKEN[kind][0])
    program.chmod(0o755)
    (search.search_path[1] / "python3.12").mkdir()
    add(search, 2, "python3.12", "3.12.1")
    skipped = Skipped()
    interpreters = Interpreters(None, timeout_seconds=1 if kind == "hangs" else 30)
    assert (await find("3.12", search, skipped, interpreters)).interpreter.path.parent.name == "third"
    (broken,) = skipped.broken
    assert (broken.source, reason in broken.error.message) == ("first executable in the search path", True), broken.error.message
    with pytest.raises(UnusableInterpreter, match=r"^Failed to inspect Python interpreter from provided path at `python3\.12`$"):
        await find(str(program), replace(search, cwd=program.parent), None, interpreters)


async def test_environments_come_first_where_they_are_wanted(search: Search, tmp_path: Path) -> None:
    add(search, 0, "python3", "3.12.1")
    create_environment(tmp_path / "active", this_python(), Shape())
    create_environment(tmp_path / ".venv", this_python(), Shape())
    everywhere = replace(search, environments="any", active_environment=tmp_path / "active")
    assert await found("", everywhere) == "active/bin/python"
    assert await found("", replace(everywhere, active_environment=None)) == ".venv/bin/python"
    assert await found("", replace(everywhere, active_environment=None, conda_environment=tmp_path / "active")) == "active/bin/python"
    assert await found("", search) == "first/python3"
    with pytest.raises(InterpreterNotFound, match=r"in virtual environments$"):
        await find("3.99", replace(everywhere, environments="only-virtual"))


async def test_an_environment_counts_where_only_its_programs_are_first_on_the_search_path(search: Search, tmp_path: Path) -> None:
    add(search, 0, "python3", "3.12.1")
    create_environment(tmp_path / "image", this_python(), Shape())
    programs, system = tmp_path / "image/bin", search.search_path[0]
    only_virtual = replace(search, environments="only-virtual", search_path=(search.search_path[1], programs, system))
    assert await found("", only_virtual) == "image/bin/python"
    assert await found("python3", only_virtual) == "image/bin/python3"
    with pytest.raises(InterpreterNotFound):
        await find("", replace(only_virtual, search_path=(system, programs)))
    base = replace(only_virtual, search_path=(system,), conda_environment=tmp_path / "image", conda_name="base")
    assert await found("", base) == "image/bin/python"


async def test_an_environment_whose_python_is_gone_is_told_of_where_there_is_nothing_else(search: Search) -> None:
    root = search.cwd / ".venv"
    create_environment(root, this_python(), Shape())
    (root / "bin/python").unlink()
    (root / "bin/python").symlink_to("gone/python")
    everywhere = replace(search, environments="any")
    with pytest.raises(NothingWorks) as caught:
        await find("", everywhere)
    assert caught.value.message == "Failed to inspect Python interpreter from virtual environment at `.venv/bin/python`"
    assert caught.value.causes == ("Broken symlink at `.venv/bin/python`, was the underlying Python interpreter removed?",)
    assert caught.value.hints == ("Consider recreating the environment (e.g., with `hob venv`)",)
    add(search, 0, "python3", "3.12.1")
    assert await found("", everywhere) == "first/python3"
    with pytest.raises(UnusableInterpreter, match="from active virtual environment"):
        await find("", replace(everywhere, active_environment=root))


async def test_an_active_environment_that_is_a_file_is_told_of_and_one_that_is_not_there_is_nothing(search: Search) -> None:
    add(search, 0, "python3", "3.12.1")
    (search.cwd / "file").touch()
    everywhere = replace(search, environments="any")
    with pytest.raises(UnusableInterpreter) as caught:
        await find("", replace(everywhere, active_environment=search.cwd / "file"))
    assert caught.value.message == "Failed to inspect Python interpreter from active virtual environment at `file/bin/python`"
    assert caught.value.causes[-1].endswith("/file/bin/python`: Not a directory (os error 20)")
    assert await found("", replace(everywhere, active_environment=search.cwd / "nowhere")) == "first/python3"


async def test_managed_installations_are_searched_newest_first_in_the_order_of_the_preference(search: Search, tmp_path: Path) -> None:
    for version in ("3.11.7", "3.12.9", "3.12.10"):
        minor = version.rpartition(".")[0]
        fake_python(tmp_path / f"managed/cpython-{version}-linux-x86_64-gnu/bin/python{minor}", version)
    (tmp_path / "managed/junk").mkdir()
    add(search, 0, "python3.12", "3.12.1")
    managed = replace(search, managed_folder=tmp_path / "managed")
    assert "cpython-3.12.10" in await found("3.12", managed)
    assert "cpython-3.11.7" in await found("3.11", managed)
    assert await found("3.12", replace(managed, preference="system")) == "first/python3.12"
    with pytest.raises(InterpreterNotFound):
        await find("3.11", replace(managed, preference="only-system"))
    with pytest.raises(InterpreterNotFound, match=r"in managed installations$"):
        await find("3.10", replace(managed, preference="only-managed"))


MISSING = {
    "3.99": "No interpreter found for Python 3.99 in managed installations or search path",
    "3.13t": "No interpreter found for Python 3.13+freethreaded in managed installations or search path",
    ">=3.12,<3.10": "No interpreter found for Python <3.10, >=3.12 in managed installations or search path",
    "python9": "No interpreter found for Python 9 in managed installations or search path",
    "pypy": "No interpreter found for PyPy in managed installations or search path",
    "no-such-name": "No interpreter found for executable name `no-such-name` in managed installations or search path",
    "=>3.12": "No interpreter found for executable name `=>3.12` in managed installations or search path",
    "./no/such/path": "No interpreter found at path `./no/such/path`",
    ".": "No interpreter found in directory `.`",
    "cpython-3.12-macos-aarch64": "No interpreter found for cpython-3.12-macos-aarch64-any in managed installations or search path",
    "": "No interpreter found in managed installations or search path",
}


@pytest.mark.parametrize(("request_text", "message"), MISSING.items())
async def test_what_is_not_found_is_told_in_uvs_words(search: Search, request_text: str, message: str) -> None:
    with pytest.raises(InterpreterNotFound) as caught:
        await find(request_text, search)
    assert caught.value.message == message
    asked = ["--python", request_text] if request_text else []
    theirs = await uv("venv", str(search.cwd / "none"), *asked, search=search)
    assert theirs.partition("\n\nhint")[0].strip() == f"error: {message}"


async def uv(*arguments: str, search: Search) -> str:
    """What uv says on both streams with the same search path."""
    home = search.cwd.parent / "home"
    env = {"PATH": os.pathsep.join(map(str, search.search_path)), "HOME": str(home), "UV_PYTHON_DOWNLOADS": "never"}
    command = [str(Path(sys.executable).with_name("uv")), "--cache-dir", str(home / "cache"), *arguments]
    done = await anyio.run_process(command, cwd=search.cwd, env=env, check=False, stderr=subprocess.STDOUT)
    return done.stdout.decode()


LAYOUTS = [
    ("python",),
    ("python3",),
    ("python", "python3"),
    (f"python3.{sys.version_info[1]}", "python"),
    (f"python3.{sys.version_info[1]}",),
]
REQUESTS = ["", "3", f"3.{sys.version_info[1]}", f">=3.{sys.version_info[1]}", "any", "cpython", f"cp3{sys.version_info[1]}", "python3"]


@pytest.mark.parametrize("layout", LAYOUTS, ids="+".join)
async def test_the_same_program_is_found_as_uv_finds(search: Search, layout: tuple[str, ...]) -> None:
    for place, name in enumerate(layout):
        for folder in {search.search_path[0], search.search_path[place]}:
            (folder / name).symlink_to(this_python().base_executable)
    for text in REQUESTS:
        theirs = await uv("python", "find", "--system", *([text] if text else []), search=search)
        assert str((await find(text, search)).interpreter.path) == theirs.strip(), text


def test_a_range_is_what_requires_python_says() -> None:
    request = request_range(">=3.11,<3.13")
    assert str(request) == "Python >=3.11, <3.13"
    assert not request.is_explicit


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("2", "Python <3 is not supported but 2 was requested."),
        ("2.7", "Python <3.6 is not supported but 2.7 was requested."),
        ("cpython@3.5rc1", "Python <3.6 is not supported but 3.5rc1 was requested."),
        ("cpython-3.1-linux-x86_64-gnu", "Python <3.6 is not supported but 3.1 was requested."),
        ("3.12t", "Python <3.13 does not support free-threading but 3.12+freethreaded was requested."),
    ],
)
async def test_versions_that_nobody_can_have_are_refused(search: Search, text: str, fault: str) -> None:
    with pytest.raises(RequestError) as refused:
        await find(text, search)
    assert refused.value.message == f"Invalid version request: {fault}"
