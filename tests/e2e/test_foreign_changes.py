"""What others do to an environment is noticed by the next command, and put right; who uses it meanwhile is not disturbed."""

import ensurepip
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.house import Home, environment_files, installed, wait_until
from tests.support.index_server import IndexServer, serve_in_thread
from tests.support.wheels import make_wheel

WHOLE = ["apple-1.0", "banana-2.0", "cherry-3.1"]


@pytest.fixture
def project(home: Home) -> Path:
    """A project in sync."""
    project = home.project("demo", "apple", "cherry")
    assert home.hob("sync", cwd=project).code == 0
    return project


@pytest.fixture(scope="module")
def pip_program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pip that comes with Python."""
    (wheel,) = Path(ensurepip.__file__).parent.glob("_bundled/pip-*.whl")
    folder = tmp_path_factory.mktemp("pip")
    shutil.unpack_archive(wheel, folder, "zip")
    return folder / "pip"


def pip(home: Home, program: Path, project: Path, *words: str) -> None:
    """A command of pip on the project's environment."""
    command = [project / ".venv/bin/python", program, *words]
    variables = home.environment() | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(home.wheels), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    variables["PYTHONDONTWRITEBYTECODE"] = ""  # to compile pip takes seconds
    subprocess.run([str(word) for word in command], cwd=project, env=variables, capture_output=True, check=True)


def test_what_pip_did_is_put_right(home: Home, project: Path, pip_program: Path) -> None:
    whole = environment_files(project)
    pip(home, pip_program, project, "uninstall", "-y", "cherry")
    pip(home, pip_program, project, "install", "banana==1.0")
    assert installed(project) == ["apple-1.0", "banana-1.0"]
    assert home.hob("sync", "--check", cwd=project).code == 1
    assert home.hob("run", "cherry", cwd=project).out == "a cherry\n"
    assert home.hob("sync", cwd=project).code == 0
    assert environment_files(project) == whole


def test_what_was_deleted_by_hand_comes_back(home: Home, project: Path) -> None:
    whole = environment_files(project)
    site = next(project.glob(".venv/lib/python*/site-packages"))
    info = "banana-2.0.dist-info"
    for gone in (
        ["banana.py"],
        [f"{info}/METADATA"],
        [f"{info}/RECORD"],
        ["banana.py", *(path for path in whole if path.startswith(info))],
    ):
        for path in gone:
            (site / path).unlink()
        assert home.hob("run", "python", "-c", "import apple, banana; print(banana.VERSION)", cwd=project).out == "2\n", gone
        assert environment_files(project) == whole, gone


def test_an_edited_record_costs_neither_the_environment_nor_anything_else(home: Home, project: Path) -> None:
    (home.root / "elsewhere").write_text("mine")
    (record,) = project.glob(".venv/lib/python*/site-packages/cherry-3.1.dist-info/RECORD")
    for text in ("", '"', "../../../../../elsewhere,,\n/etc/passwd,,\n../../../bin/python,,\n", "no,such\nrows"):
        record.write_text(text)
        assert home.hob("sync", "--reinstall-package", "cherry", cwd=project).code == 0, text
        assert home.hob("run", "cherry", cwd=project).out == "a cherry\n", text
    assert (home.root / "elsewhere").read_text() == "mine"


def test_a_program_that_runs_keeps_what_it_has_loaded(home: Home, project: Path) -> None:
    code = (
        "import mmap, banana; f = open(banana.__file__); m = mmap.mmap(f.fileno(), 0, access=1); print(1, flush=True); input(); print(m[:])"
    )
    program = [str(project / ".venv/bin/python"), "-c", code]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "1\n"
        (project / "pyproject.toml").write_text(home.pyproject("demo", "banana==1.0"))
        assert home.hob("sync", cwd=project).code == 0
        assert running.communicate("\n")[0] == f"{b'VERSION = 2' + bytes([10])!r}\n"
    assert running.returncode == 0
    assert installed(project) == ["banana-1.0"]


MEANWHILE = {
    "what is to come, and more, is there": ("install banana==2.0 damson", {"apple-1.0", "banana-2.0", "cherry-3.1", "damson-1.0"}),
    "what is to go, and more, is gone": ("uninstall -y banana cherry", {"apple-1.0", "banana-2.0"}),
}


@pytest.mark.parametrize("event", MEANWHILE)
def test_what_pip_does_to_an_environment_while_hob_installs_costs_neither_of_them_anything(
    home: Home, index: IndexServer, pip_program: Path, event: str
) -> None:
    make_wheel(home.wheels, "damson", "1.0")
    project = home.project("demo", "apple", "banana==1.0", "cherry", index=index.url)
    assert home.hob("sync", cwd=project).code == 0
    assert home.hob("pip", "install", "--dry-run", "-U", "banana", cwd=project).code == 0  # what remains is one download
    index.fail("/files/banana-2.0", "stall", 1)
    with home.start("pip", "install", "-U", "banana", cwd=project) as installing:
        wait_until(lambda: index.faults[0].times == 0)
        pip(home, pip_program, project, *MEANWHILE[event][0].split())
        index.release()
        _, err = installing.communicate(timeout=60)
    assert installing.returncode == 0, err
    assert set(installed(project)) == MEANWHILE[event][1]
    assert home.hob("pip", "check", cwd=project).code == 0
    code = "import apple, banana, importlib.metadata as m; print(banana.VERSION, all(f.locate().exists() for f in m.files('banana')))"
    assert home.hob("run", "--no-sync", "python", "-c", code, cwd=project).out == "2 True\n"


@pytest.fixture
def index(home: Home) -> Iterator[IndexServer]:
    with serve_in_thread(home.wheels) as server:
        yield server


def test_an_environment_that_is_deleted_meanwhile_is_never_left_half(home: Home, index: IndexServer) -> None:
    project = home.project("late", "cherry", index=index.url)
    assert home.hob("lock", cwd=project).code == 0
    index.fail("/files/cherry-3.1", "stall", 1)
    with home.start("sync", cwd=project) as syncing:
        wait_until(lambda: index.faults[0].times == 0)
        shutil.rmtree(project / ".venv")
        index.release()
        _, err = syncing.communicate(timeout=60)
    assert syncing.returncode == 2
    assert f"error: The environment at `{project}/.venv` was removed meanwhile\n" in err
    assert not (project / ".venv").exists()
    assert home.hob("run", "cherry", cwd=project).out == "a cherry\n"
