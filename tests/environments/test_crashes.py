"""A kill at any point leaves every distribution old or new, once the next change has looked."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hobd.environments import journal
from hobd.environments.environment import Environment
from tests.environments.places import files_below, install, installed, make_environment, unpack
from tests.support.wheels import make_wheel

REPOSITORY = Path(__file__).parents[2]
OLD = {"alpha": "1.0", "beta": "1.0"}
NEW = {"alpha": "2.0", "gamma": "1.0"}
POINTS = [
    "journal.staged",
    "journal.decided",
    "journal.forgotten",
    *(f"journal.move:{count}" for count in (1, 3, 5, 8)),
    "journal.merged",
    *(f"journal.remove:{count}" for count in (1, 3)),
    "journal.removed",
    "journal.done",
]


def make_wheels(folder: Path) -> None:
    make_wheel(folder, "alpha", "1.0", files={"alpha/__init__.py": "v = 1\n", "alpha/old.py": "", "shared/alpha.py": "v = 1\n"})
    make_wheel(folder, "alpha", "2.0", files={"alpha/__init__.py": "v = 2\n", "alpha/new.py": "", "shared/alpha.py": "v = 2\n"})
    make_wheel(
        folder, "beta", "1.0", files={"beta/__init__.py": "", "shared/beta.py": ""}, entry_points={"console_scripts": {"b": "beta:x"}}
    )
    make_wheel(folder, "gamma", "1.0", files={"gamma/__init__.py": "", "gamma/sub/x.py": "", "shared/gamma.py": ""})


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    make_wheels(tmp_path / "wheels")
    environment = make_environment(tmp_path / "venv")
    install(environment, *(unpack(tmp_path / "wheels" / f"{name}-1.0-py3-none-any.whl", tmp_path / "first") for name in OLD))
    return environment


def change(point: str, environment: Environment, tmp_path: Path) -> int:
    command = [sys.executable, Path(__file__).with_name("change_and_die.py"), point, environment.root, tmp_path / "wheels"]
    variables = {"PYTHONPATH": f"{REPOSITORY / 'daemon'}:{REPOSITORY}", "PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"}
    shutil.rmtree(tmp_path / "store", ignore_errors=True)
    return subprocess.run([str(word) for word in (*command, tmp_path / "store")], env=variables, check=False).returncode


def contents(environment: Environment) -> dict[str, str]:
    """What the packages' files hold, but for the lists of files and their digests."""
    site = environment.scheme.purelib
    return {path: (site / path).read_text() for path in files_below(site) if not path.endswith("RECORD")}


def test_every_point_of_a_change_is_safe(environment: Environment, tmp_path: Path) -> None:
    before = contents(environment)
    backup = tmp_path / "backup"
    shutil.copytree(environment.root, backup, symlinks=True)
    assert change("never", environment, tmp_path) == 0
    after = contents(environment)
    assert installed(environment) == NEW
    for point in POINTS:
        shutil.rmtree(environment.root)
        shutil.copytree(backup, environment.root, symlinks=True)
        assert change(point, environment, tmp_path) == -signal.SIGKILL, point
        journal.repair(environment.root)
        found = contents(environment)
        assert found == (before if point == "journal.staged" else after), point
        assert not journal.is_pending(environment.root)
        assert not (environment.scheme.scripts / "b").exists() or point == "journal.staged"


@pytest.mark.parametrize("point", ["journal.staged", "journal.move:4", "journal.remove:2"])
def test_the_next_change_repairs_what_a_killed_one_left(environment: Environment, tmp_path: Path, point: str) -> None:
    assert change(point, environment, tmp_path) == -signal.SIGKILL
    install(environment, unpack(tmp_path / "wheels/gamma-1.0-py3-none-any.whl", tmp_path / "again"))
    assert installed(environment) == ({**OLD, "gamma": "1.0"} if point == "journal.staged" else NEW)
    assert not journal.is_pending(environment.root)


def test_a_half_written_journal_was_never_decided(environment: Environment) -> None:
    before = contents(environment)
    stage = journal.begin(environment.root)
    (stage / "lib").mkdir()
    (environment.root / ".hob-txn" / ".tmp-journal.json").write_text('{"schema": 1, "obso')
    assert journal.repair(environment.root)
    assert contents(environment) == before
