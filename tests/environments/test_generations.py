"""Generations of an environment: begun, cloned, switched, left, and killed at every point."""

import csv
import errno
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hobd.environments.clone import clone_environment
from hobd.environments.environment import Environment
from hobd.environments.generations import Generations, settle_place
from hobd.environments.layout import record_digest
from hobd.environments.processes import read_processes, running_in, running_in_generation
from hobd.environments.relocating import is_relocatable, make_relocatable
from tests.environments.generation_moves import NOTE
from tests.environments.places import VARIABLES, files_below, install, make_environment, unpack
from tests.support.wheels import make_wheel

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def plain(tmp_path: Path) -> Environment:
    """A plain environment with a program."""
    scripts = {"console_scripts": {"where": "apple:main"}}
    wheel = make_wheel(
        tmp_path, "apple", "1.0", files={"apple.py": "import sys\ndef main():\n    print(sys.prefix)\n"}, entry_points=scripts
    )
    environment = make_environment(tmp_path / "project" / ".venv")
    install(environment, unpack(wheel, tmp_path / "store"))
    return environment


def where(program: Path) -> str:
    return subprocess.run([program], env=VARIABLES, capture_output=True, text=True, check=True).stdout.strip()


def begin(plain: Environment) -> Generations:
    """Two generations, of which the second is the present one."""
    generations = Generations(plain.root)
    first = generations.root(generations.adopt(NOTE))
    make_relocatable(first, plain.root, (), plain.interpreter.at(first).scheme.site_packages)
    second = generations.next_root()
    clone_environment(first, second)
    generations.switch(generations.complete(second, NOTE))
    return generations


def test_a_plain_environment_becomes_the_first_generation_where_it_is(plain: Environment) -> None:
    inode = plain.root.stat().st_ino
    generations = Generations(plain.root)

    assert generations.adopt(NOTE) == 1
    assert os.readlink(plain.root) == ".venv.d/1"
    assert plain.root.stat().st_ino == inode
    assert where(plain.root / "bin" / "where") == str(plain.root)


def test_programs_run_in_their_generation_whichever_is_the_present_one(plain: Environment) -> None:
    generations = begin(plain)
    program = plain.root / "bin" / "where"

    assert where(program) == str(generations.root(2))
    generations.switch(1)
    assert where(program) == str(generations.root(1))
    assert where(generations.root(2) / "bin" / "where") == str(generations.root(2))


def test_programs_that_find_their_place_are_listed_as_they_are_now(plain: Environment) -> None:
    generations = begin(plain)
    record = next(generations.root(1).glob("lib/*/site-packages/*.dist-info/RECORD"))

    rows = {row[0]: row for row in csv.reader(record.read_text().splitlines())}
    program = next(row for path, row in rows.items() if path.endswith("bin/where"))
    assert program[1] == record_digest((generations.root(1) / "bin" / "where").read_bytes())


def test_a_relocation_that_was_interrupted_is_finished(plain: Environment) -> None:
    packages = plain.interpreter.scheme.site_packages
    expected = plain.root.parent / "expected"
    shutil.copytree(plain.root, expected, symlinks=True)
    make_relocatable(expected, plain.root, (), [expected / folder.relative_to(plain.root) for folder in packages])
    (plain.root / "bin" / "where").write_bytes((expected / "bin" / "where").read_bytes())

    make_relocatable(plain.root, plain.root, (), packages)

    assert is_relocatable(plain.root)
    records = [next(root.glob("lib/*/site-packages/*.dist-info/RECORD")).read_text() for root in (plain.root, expected)]
    assert records[0] == records[1]


def test_programs_that_another_tool_bound_to_a_generation_are_freed_in_the_next(plain: Environment) -> None:
    generations = begin(plain)
    first, second = generations.root(1), generations.root(2)
    (second / "bin" / "bound").write_text(f"#!{second}/bin/python3\nimport sys\nprint(sys.prefix)\n")
    (second / "bin" / "bound").chmod(0o755)
    (second / "bin" / "other").write_text("#!/usr/bin/env python3\n")
    third = generations.next_root()
    clone_environment(second, third)

    make_relocatable(third, plain.root, (second,), plain.interpreter.at(third).scheme.site_packages)

    assert where(third / "bin" / "bound") == str(third)
    assert where(second / "bin" / "bound") == str(second)
    assert (third / "bin" / "other").samefile(second / "bin" / "other")
    assert (third / "bin" / "where").samefile(first / "bin" / "where")


def test_an_environment_that_cannot_be_moved_stays_as_it_is(plain: Environment) -> None:
    def busy(one: Path, other: Path) -> bool:
        raise OSError(errno.EBUSY, "Device or resource busy")

    generations = Generations(plain.root, busy)
    with pytest.raises(OSError, match="busy"):
        generations.adopt(NOTE)

    assert not plain.root.is_symlink()
    assert where(plain.root / "bin" / "where") == str(plain.root)
    assert not list(generations.folder.glob("[0-9]*"))


def test_shells_enter_by_the_link(plain: Environment) -> None:
    generations = begin(plain)

    script = f". {generations.root(2)}/bin/activate && echo $VIRTUAL_ENV && command -v where"
    said = subprocess.run(["bash", "-c", script], env=VARIABLES, capture_output=True, text=True, check=True).stdout

    assert said.split() == [str(plain.root), str(plain.root / "bin" / "where")]


def test_a_clone_is_the_same_files_and_goes_its_own_way(plain: Environment) -> None:
    generations = begin(plain)
    first, second = generations.root(1), generations.root(2)
    module = next(second.glob("lib/*/site-packages/apple.py"))

    assert files_below(first) == files_below(second)
    assert module.samefile(first / module.relative_to(second))
    assert not (second / "pyvenv.cfg").samefile(first / "pyvenv.cfg")
    module.unlink()
    assert (first / module.relative_to(second)).exists()


def test_a_left_environment_is_plain_again_and_its_old_path_still_leads_to_it(plain: Environment) -> None:
    generations = begin(plain)
    inode = generations.root(2).stat().st_ino

    generations.release()

    assert not plain.root.is_symlink()
    assert plain.root.stat().st_ino == inode == generations.root(2).stat().st_ino
    assert where(plain.root / "bin" / "where") == str(plain.root)


def test_those_that_were_left_longest_ago_are_outdated_but_for_the_last_minute(plain: Environment) -> None:
    generations = begin(plain)
    for number in (3, 4):
        clone_environment(generations.root(1), generations.root(number))
        generations.switch(generations.complete(generations.root(number), NOTE))
    now = max(one.switched for one in generations.every())
    for number, age in ((1, 300), (2, 200), (3, 30)):
        os.utime(generations.root(number) / "hob-generation.json", (now - age, now - age))

    assert [one.number for one in generations.outdated(1, now)] == [1, 2]
    assert [one.number for one in generations.outdated(3, now)] == [1]
    generations.remove(1)
    assert [one.number for one in generations.every()] == [2, 3, 4]
    assert not list(generations.folder.glob(".tmp*"))


def test_what_is_unfinished_is_swept_and_the_rest_stays(plain: Environment) -> None:
    generations = begin(plain)
    (generations.folder / "3" / "bin").mkdir(parents=True)
    (generations.folder / ".tmp-9-x" / "removed").mkdir(parents=True)

    generations.sweep()

    assert {path.name for path in generations.folder.iterdir() if path.name != ".lock"} == {"1", "2", ".gitignore", "CACHEDIR.TAG"}


def test_a_link_that_people_made_is_followed_to_where_the_environment_lies(plain: Environment, tmp_path: Path) -> None:
    link = tmp_path / "elsewhere" / ".venv"
    link.parent.mkdir()
    link.symlink_to(plain.root)

    assert settle_place(link) == plain.root
    begin(plain)
    assert settle_place(link) == plain.root
    assert settle_place(tmp_path / "nothing") == tmp_path / "nothing"


def test_who_runs_in_a_generation_is_told_whichever_way_it_was_entered(plain: Environment) -> None:
    generations = begin(plain)
    ways = {1: generations.root(1) / "bin" / "python", 2: plain.root / "bin" / "python"}
    running = {
        number: subprocess.Popen([path, "-c", "input('on\\n')"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=VARIABLES)
        for number, path in ways.items()
    }
    try:
        for one in running.values():
            assert one.stdout is not None
            assert one.stdout.readline() == b"on\n", "a process that has only just begun has no command line"
        processes = read_processes()
        found = {
            1: running_in_generation(processes, generations.root(1), plain.root),
            2: running_in(processes, generations.root(2), plain.root),
        }
        for number, one in running.items():
            assert [each.pid for each in found[number]] == [one.pid]
    finally:
        for one in running.values():
            one.communicate(b"\n")


@pytest.mark.parametrize(
    ("move", "points"),
    [
        ("adopt", ["generations.adopting", "generations.adopted"]),
        ("adopt-slowly", ["generations.adopting", "generations.moved", "generations.linked"]),
        ("switch", ["generations.linked", "generations.switched"]),
        ("remove", ["generations.removed"]),
        ("release", ["generations.released", "generations.linked"]),
        ("release-slowly", ["generations.unlinked", "generations.released"]),
    ],
)
def test_a_kill_at_any_point_leaves_an_environment_at_its_place(plain: Environment, tmp_path: Path, move: str, points: list[str]) -> None:
    if not move.startswith("adopt"):
        begin(plain).switch(1)
    backup = tmp_path / "backup"
    shutil.copytree(plain.root.parent, backup, symlinks=True)
    for point in [*points, "never"]:
        shutil.rmtree(plain.root.parent)
        shutil.copytree(backup, plain.root.parent, symlinks=True)
        command = [sys.executable, str(Path(__file__).with_name("generation_moves.py")), point, move, str(plain.root)]
        variables = {"PYTHONPATH": f"{REPOSITORY / 'daemon'}:{REPOSITORY}", "PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"}
        code = subprocess.run(command, env=variables, check=False).returncode
        assert code == (0 if point == "never" else -signal.SIGKILL), point

        generations = Generations(plain.root)
        generations.mend()
        generations.sweep()

        assert where(plain.root / "bin" / "where") in {str(plain.root), str(plain.root.resolve())}, point
        assert not generations.is_moving()
        assert not [path for path in plain.root.parent.iterdir() if path.name not in (".venv", ".venv.d")], point
        if point == "never":
            assert (generations.current() is None) == move.startswith("release")
