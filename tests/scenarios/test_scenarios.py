"""Locks of small projects of every kind are what uv writes, to the byte: the golden files, and uv itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.house import Home, make_home
from tests.scenarios.scenario import Scenario, scenarios
from tests.support.index_server import IndexServer, serve_in_thread

KEPT = {"workspace.lock", "sources.lock", "conflicting-extras.lock", "exclude-newer.lock", "overrides-and-constraints.lock"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return make_home(tmp_path_factory.mktemp("home")).share_daemon()


@pytest.fixture(scope="module")
def servers(home: Home) -> Iterator[tuple[IndexServer, IndexServer]]:
    with serve_in_thread(home.wheels) as server, serve_in_thread(home.wheels) as other:
        yield server, other


@pytest.mark.parametrize("scenario", list(scenarios()), ids=lambda scenario: scenario.name)
def test_hob_and_uv_write_the_golden_lock(scenario: Scenario, tmp_path: Path, home: Home, servers: tuple[IndexServer, IndexServer]) -> None:
    folders = tmp_path / "hob" / "ship", tmp_path / "uv" / "ship"
    for folder in folders:
        folder.mkdir(parents=True)
    golden = scenario.golden.read_text()
    by_hob = scenario.play(folders[0], *servers, lambda words, cwd: home.hob(*words, "--no-cache", cwd=cwd).code)
    assert by_hob == golden
    by_uv = scenario.play(folders[1], *servers, lambda words, cwd: home.uv(*words, "--no-cache", cwd=cwd).code)
    assert by_uv == golden, "uv writes another lock now: `make goldens`"
    if scenario.golden.name in KEPT:  # whoever wrote a lock, the other keeps it
        assert home.hob("lock", "--check", "--no-cache", cwd=folders[1]).code == 0
        assert home.uv("lock", "--check", "--no-cache", cwd=folders[0]).code == 0
