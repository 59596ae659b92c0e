"""Many files are linked by a program: with it, without it and in spite of it, the environment is the same."""

import os
import select
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from msgspec.structs import replace

from hobd.environments import journal
from hobd.environments.apply import ApplySettings
from hobd.environments.layout import Addition
from hobd.environments.stage import ChangedInStore
from tests.environments.places import install, make_environment, unpack
from tests.support.attributes import attributes
from tests.support.files_program import FAILURES, built_files_program, failing_program
from tests.support.wheels import make_wheel

REPOSITORY = Path(__file__).parents[2]
HERE = ApplySettings(link_mode="hardlink", files_program=None)


def by_program(program: Path | None = None) -> ApplySettings:
    return replace(HERE, files_program=program or built_files_program())


@pytest.fixture(scope="module")
def additions(tmp_path_factory: pytest.TempPathFactory) -> list[Addition]:
    """Wheels with everything that a layout can have; two bring the same file."""
    tmp_path = tmp_path_factory.mktemp("wheels")
    many = {f"large/{'abc'[number % 3]}/{number % 7}/m{number}.py": f"v = {number}\n" for number in range(240)}
    large = make_wheel(tmp_path, "large", "1.0", files={**many, "large/__init__.py": "def main(): print('large')\n"})
    kit = make_wheel(
        tmp_path,
        "kit",
        "1.0",
        files={
            "kit/ünïcode — ‘name’.txt": "x",
            "kit/main.py": "def main(): print('kit')\n",
            "shared/one.py": "",
            "kit-1.0.data/scripts/raw": "#!python\nprint('raw')\n",
            "kit-1.0.data/scripts/shell": "#!/bin/sh\necho shell\n",
            "kit-1.0.data/data/share/kit/notes.txt": "notes\n",
            "kit-1.0.data/headers/kit.h": "int kit;\n",
            "kit-1.0.data/platlib/kit_extra.py": "",
        },
        entry_points={"console_scripts": {"kit": "kit.main:main"}},
    )
    other = make_wheel(tmp_path, "other", "1.0", files={"shared/one.py": "", "other.py": ""})
    return [unpack(wheel, tmp_path / "store") for wheel in (large, kit, other)]


def picture(root: Path) -> dict[str, object]:
    """Every path below a folder: its mode, and what is in it or which file of the store it is."""
    found: dict[str, object] = {}
    for place, folders, names in os.walk(root):
        for name in (*folders, *names):
            path = Path(place, name)
            state = path.lstat()
            found[str(path.relative_to(root))] = (stat.filemode(state.st_mode), _content(path, state))
    return found


def _content(path: Path, state: os.stat_result) -> object:
    if stat.S_ISLNK(state.st_mode):
        return os.readlink(path)
    if stat.S_ISREG(state.st_mode):
        return state.st_ino if state.st_nlink > 1 else path.read_bytes()
    return None


def made(root: Path, additions: Sequence[Addition], settings: ApplySettings) -> dict[str, object]:
    """The picture of a new environment with some wheels, but for a file that two of them bring."""
    shutil.rmtree(root, ignore_errors=True)
    environment = make_environment(root)
    applied = install(environment, *additions, settings=settings)
    assert (len(applied.installed), applied.files) == (3, 268)
    return {path: said for path, said in picture(root).items() if not path.endswith("shared/one.py")}


def test_the_program_makes_what_is_made_without_it(additions: list[Addition], tmp_path: Path) -> None:
    assert made(tmp_path / "venv", additions, by_program()) == made(tmp_path / "venv", additions, HERE)
    for program, said in (("kit", "kit"), ("raw", "raw"), ("shell", "shell")):
        assert subprocess.run([tmp_path / "venv/bin" / program], capture_output=True, text=True, check=True).stdout == f"{said}\n"


@pytest.mark.parametrize("what", FAILURES)
def test_what_a_program_does_not_do_is_done_nevertheless(additions: list[Addition], tmp_path: Path, what: str) -> None:
    program = failing_program(tmp_path / "program", what)
    assert made(tmp_path / "venv", additions, by_program(program)) == made(tmp_path / "venv", additions, HERE)


@pytest.mark.parametrize("is_by_program", [True, False])
def test_what_is_not_as_it_was_unpacked_is_named_and_nothing_is_changed(
    additions: list[Addition], tmp_path: Path, is_by_program: bool
) -> None:
    environment = make_environment(tmp_path / "venv")
    before = picture(environment.root)
    large, kit, other = (replace(one, tree=tmp_path / name) for one, name in zip(additions, ("large", "kit", "other"), strict=True))
    for one, addition in zip(additions, (large, kit, other), strict=True):
        shutil.copytree(one.tree, addition.tree)
    os.utime(large.tree / "large/a/0/m0.py", ns=(0, 1))
    (kit.tree / "shared/one.py").unlink()
    with pytest.raises(ChangedInStore) as caught:
        install(environment, large, kit, other, settings=by_program() if is_by_program else HERE)
    assert caught.value.trees <= {str(large.tree), str(kit.tree)}
    assert not is_by_program or len(caught.value.trees) == 2
    assert picture(environment.root) == before


def test_a_file_that_has_as_many_names_as_it_may_is_copied(additions: list[Addition], tmp_path: Path) -> None:
    environment, source = make_environment(tmp_path / "venv"), additions[0].tree / "large/a/0/m0.py"
    (tmp_path / "names").mkdir()
    for number in range(65_000):  # of ext4; where there is no limit, there is nothing to see
        try:
            os.link(source, tmp_path / "names" / str(number))
        except OSError:
            break
    install(environment, *additions, settings=by_program())
    assert (environment.scheme.purelib / "large/a/0/m0.py").read_text() == "v = 0\n"
    assert (environment.scheme.purelib / "large/b/1/m1.py").stat().st_ino == (additions[0].tree / "large/b/1/m1.py").stat().st_ino


def test_distributions_may_be_put_apart_and_a_folder_that_is_there_stays_as_it_is(additions: list[Addition], tmp_path: Path) -> None:
    environment = make_environment(tmp_path / "venv")
    library = environment.scheme.purelib
    library.mkdir(parents=True, exist_ok=True)
    (library / "own.pth").touch()
    before = library.stat().st_ino, attributes(library)
    install(environment, *additions, settings=by_program())
    assert (library.stat().st_ino, attributes(library)) == before
    assert (library / "large/__init__.py").is_file()


def processes_about(root: Path) -> Iterator[int]:
    """Handles of the processes whose command line names a folder."""
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if str(root).encode() in entry.read_bytes():
                yield os.pidfd_open(int(entry.parent.name))


def test_who_is_killed_takes_the_program_along(additions: list[Addition], tmp_path: Path) -> None:
    environment = make_environment(tmp_path / "venv")
    before = picture(environment.root)
    script = f"""
from pathlib import Path
from hobd import faults
from hobd.environments.staging import stage_all
from hobd.environments.stage import Stage
from hobd.environments.journal import begin
from hobd.environments.layout import Layout
from hobd.environments.link import Linker
faults.arm("staging.sent:2")
layouts = [Layout(linked=(), bytecode=(), needs_bytecode=False, written=()) for _ in range(5)]
stage = Stage(begin(Path({str(environment.root)!r})), Linker("hardlink", (1, 1), {{}}))
stage_all(stage, layouts, 1000, Path({str(built_files_program())!r}), "lib")
"""
    variables = {"PYTHONPATH": str(REPOSITORY / "daemon"), "PATH": os.defpath}
    done = subprocess.run([sys.executable, "-c", script], env=variables, check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    for process in processes_about(environment.root):
        assert select.select([process], [], [], 10)[0], "it was told to end"
    journal.repair(environment.root)
    assert picture(environment.root) == before
