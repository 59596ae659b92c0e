"""A house for every test of a story that asks for one."""

import sys
from pathlib import Path

import pytest

from hobd.engine.spawning import LocalSpawner
from hobd.environments.interpreters import Interpreters
from tests.e2e.house import make_home
from tests.service.houses import House
from tests.service.runs import Runner
from tests.support.evidence import Notes


@pytest.fixture
async def house(tmp_path: Path) -> House:
    """A project without requirements, an empty index and an empty cache."""
    interpreter = await Interpreters(None).probe(Path(sys.executable), LocalSpawner(), {"PATH": "/usr/bin:/bin"}, Notes())
    (tmp_path / "links").mkdir()
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "pyproject.toml").write_text('[project]\nname = "project"\nversion = "1"\n')
    return House(root=tmp_path, interpreter=interpreter)


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    """Runs hob in a home of its own, with a few wheels at hand."""
    return Runner(make_home(tmp_path))
