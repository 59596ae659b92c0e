"""Homes for whole commands; every daemon that a test started ends with it."""

import compileall
from collections.abc import Iterator
from pathlib import Path

import pytest

import hobd
from tests.e2e.house import Home, make_home


@pytest.fixture(scope="session", autouse=True)
def compiled() -> None:
    """Compile hob before a disk is full: some releases of Python keep half a compiled module then, and fail on it for ever."""
    assert compileall.compile_dir(Path(hobd.__file__).parents[1], quiet=1)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home whose commands are answered by the daemon that all tests of this process share."""
    return make_home(tmp_path).share_daemon()


@pytest.fixture
def own_home(tmp_path: Path) -> Iterator[Home]:
    """A home with a daemon of its own, for tests of its life."""
    made = make_home(tmp_path)
    yield made
    made.stop()
