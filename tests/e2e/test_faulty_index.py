"""An index that resets, stalls, lies and breaks off: a command succeeds or fails with one error, and nothing damaged is ever installed."""

import random
import shutil
from collections.abc import Iterator

import pytest

from tests.e2e.house import Home, environment_files, installed, leftovers
from tests.support.index_server import IndexServer, serve_in_thread

PAGE_FAULTS = ["reset", "close", "503", "429", "truncate", "garbage", "404", "500"]
FILE_FAULTS = ["reset", "503", "truncate", "corrupt", "404"]
PLACES = ["/simple/apple/", "/simple/banana/", "/simple/cherry/"]
FILES = ["apple-1.0-py3-none-any.whl", "banana-2.0-py3-none-any.whl", "cherry-3.1-py3-none-any.whl"]
QUICK = {"UV_HTTP_RETRIES": "1", "UV_HTTP_TIMEOUT": "2"}


@pytest.fixture
def index(home: Home) -> Iterator[IndexServer]:
    with serve_in_thread(home.wheels) as server:
        yield server


def add_faults(index: IndexServer, chance: random.Random) -> list[str]:
    """Some faults that last for one, two or all requests. Returns what they are."""
    told = []
    for where, kinds in [*((place, PAGE_FAULTS) for place in PLACES), *((file, FILE_FAULTS) for file in FILES)]:
        if chance.random() < 0.35:
            kind, times = chance.choice(kinds), chance.choice([1, 1, 2, 1_000])
            index.fail(where, kind, times, **({"Retry_After": "0"} if kind.isdigit() else {}))
            told.append(f"{kind} x{times} {where}")
    return told


@pytest.mark.parametrize("seed", range(3))
def test_whatever_the_index_does_nothing_damaged_is_installed(home: Home, index: IndexServer, seed: int) -> None:
    project = home.project("demo", "apple", "cherry", index=index.url)
    assert home.hob("sync", cwd=project).code == 0
    whole = environment_files(project)
    chance = random.Random(seed)
    wrong, failures = [], 0
    for _ in range(8):
        shutil.rmtree(project / ".venv")
        shutil.rmtree(home.root / "cache")
        (project / "uv.lock").unlink()
        faults = add_faults(index, chance)
        said = home.hob("sync", cwd=project, **QUICK)
        failures += said.code != 0
        is_clean = said.code in {0, 1, 2} and said.err.count("error:") == (said.code != 0) and "bug in hob" not in said.err
        is_right = environment_files(project) == whole if said.code == 0 else installed(project) == []
        index.faults.clear()
        again = home.hob("sync", cwd=project)
        if not (is_clean and is_right and again.code == 0 and environment_files(project) == whole and leftovers(project) == []):
            wrong.append((faults, said, again))
    assert wrong == []
    assert 0 < failures < 8


def test_a_corrupted_wheel_is_named_with_its_digests_and_never_kept(home: Home, index: IndexServer) -> None:
    project = home.project("demo", "cherry", index=index.url)
    assert home.hob("lock", cwd=project).code == 0
    index.fail("cherry-3.1-py3-none-any.whl", "corrupt")
    for how in ({}, {"HOB_DAEMON": "off"}):
        said = home.hob("sync", "--frozen", cwd=project, **QUICK, **how)
        assert (said.code, said.err.count("error:")) == (1, 1), said
        assert "Hash mismatch for `cherry==3.1`" in said.err
        assert installed(project) == []
    index.faults.clear()
    assert home.hob("sync", "--frozen", cwd=project).code == 0
    assert home.hob("run", "cherry", cwd=project).out == "a cherry\n"


def test_a_page_that_comes_back_after_an_error_needs_no_second_command(home: Home, index: IndexServer) -> None:
    project = home.project("demo", "apple", index=index.url)
    for kind in ("reset", "503", "truncate"):
        index.fail("/simple/banana/", kind, 1, **({"Retry_After": "0"} if kind.isdigit() else {}))
    assert home.hob("lock", cwd=project).code == 0
    assert index.faults[0].times == 0


def test_an_index_that_is_gone_is_an_error_that_names_it_and_what_is_known_stays(home: Home, index: IndexServer) -> None:
    project = home.project("demo", "apple", index=index.url)
    assert home.hob("sync", cwd=project).code == 0
    before = (project / "uv.lock").read_text()
    index.fail("/", "reset")
    said = home.hob("lock", "--upgrade", "--refresh", cwd=project, **QUICK)
    assert said.code in {1, 2}
    assert said.err.count("error:") == 1
    assert index.url in said.err
    assert (project / "uv.lock").read_text() == before
    assert home.hob("sync", cwd=project).code == 0  # needs no index
