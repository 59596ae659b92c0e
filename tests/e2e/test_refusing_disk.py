"""A disk that refuses at any point: one error that says why and what to do, an environment as it was, and a next sync that repairs."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.e2e.house import Home, environment_files, leftovers
from tests.support.index_server import serve_in_thread

FULL = "No space left on device (os error 28)"
COSTLESS = ["sources.cache.written", "interpreters.keep", "register.written"]
"""What is only kept to be quick: the sync goes on without."""
BEFORE = ["projects.written", "store.temporary", "sources.archive.write", "store.unpack:3", "stage.link", "stage.write:2", "journal.staged"]
AFTER = ["journal.move:3", "journal.remove"]
"""Once a change is decided, it is made as soon as there is room."""


def with_bytecode(home: Home, project: Path, point: str = "", **variables: str) -> tuple[int, str]:
    fault = {"HOB_DAEMON": "off", "HOB_TEST_CRASH_AT": point} if point else {}
    said = home.hob("sync", "--compile-bytecode", cwd=project, **fault, **variables)
    return said.code, said.err


def versions(project: Path) -> str:
    """What programs of the environment find."""
    code = "import apple, banana; print(apple.NAME, banana.VERSION)"
    return subprocess.run([project / ".venv/bin/python", "-c", code], capture_output=True, text=True, check=False).stdout.strip()


def test_a_disk_that_is_full_at_any_point_of_a_sync_costs_nothing_but_the_sync(home: Home) -> None:
    wrong = {}
    with serve_in_thread(home.wheels) as index:
        project = home.project("demo", "apple", "banana==1.0", index=index.url)
        assert with_bytecode(home, project)[0] == 0
        shutil.copytree(project, home.root / "old", symlinks=True)
        (project / "pyproject.toml").write_text(home.pyproject("demo", "apple", "banana>1", "cherry", index=index.url))
        assert with_bytecode(home, project)[0] == 0
        expected, text = environment_files(project), (project / "pyproject.toml").read_text()
        for point in (*COSTLESS, *BEFORE, *AFTER):
            shutil.rmtree(project)
            shutil.rmtree(home.root / "cache")
            shutil.copytree(home.root / "old", project, symlinks=True)
            (project / "pyproject.toml").write_text(text)
            code, err = with_bytecode(home, project, f"{point}{'' if ':' in point else ':1'}:ENOSPC")
            if point in COSTLESS:
                faults = [] if (code, versions(project)) == (0, "apple 2") else [err]
            else:
                is_told = code in (1, 2) and err.count("error:") == 1 and FULL in err and "hint: Make room: `hob cache prune`" in err
                faults = [] if is_told and (point in AFTER or versions(project) == "apple 1") else [f"{code} {versions(project)} {err}"]
            again = home.hob("sync", cwd=project)
            faults += [] if again.code == 0 and environment_files(project) == expected else [again.err]
            faults += leftovers(project)
            faults += [path.name for path in (project / ".venv").glob(".hob-txn*")]
            if faults:
                wrong[point] = faults
    assert wrong == {}


@pytest.mark.parametrize("point", ["create.opened", "create.scripts"])
def test_an_environment_that_could_not_be_made_is_made_anew(home: Home, point: str) -> None:
    project = home.project("demo", "apple")
    code, err = with_bytecode(home, project, f"{point}:1:EDQUOT")
    assert code == 2
    assert "error: Failed to create virtual environment\n" in err
    assert "hint: Your quota is used up" in err
    assert home.hob("sync", cwd=project).code == 0
    assert versions(project) == "apple 2"


def test_bytecode_for_which_there_is_no_room_is_told_once_everything_is_installed(home: Home) -> None:
    project = home.project("demo", "apple")
    code, err = with_bytecode(home, project, "compile.ready:1:ENOSPC")
    assert (code, versions(project)) == (0, "apple 2"), err


def test_a_build_for_which_there_is_no_room_is_told(home: Home) -> None:
    project = home.project("demo", extra='[build-system]\nrequires = []\nbuild-backend = "none"\n')
    code, err = with_bytecode(home, project, "build.scratch:1:ENOSPC")
    assert (code, FULL in err, err.count("error:")) == (1, True, 1), err
