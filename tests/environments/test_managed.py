"""The folder of managed interpreters: what counts as one, how links follow the newest, and what is done to a build."""

import os
from pathlib import Path

import pytest

from hobd.core.vocab.evidence import NoEvidence
from hobd.environments.complete_build import complete
from hobd.environments.host import Host
from hobd.environments.managed import (
    ManagedPython,
    find_managed,
    follows_patches,
    is_managed,
    link_minor_versions,
    prepare_folder,
    put_in_place,
    recover,
    remove_installation,
    remove_stale_links,
)
from hobd.environments.python_links import LinkManners, NotLinked, find_owner, link_program, remove_links

HERE = Host(system="linux", machine="x86_64", libc="gnu")


def build(folder: Path, version: str = "3.12.1", text: str = "") -> Path:
    """A folder laid out as a standalone build."""
    minor = ".".join(version.split(".")[:2])
    program = folder / "bin" / f"python{minor}"
    program.parent.mkdir(parents=True)
    program.write_text(text)
    program.chmod(0o755)
    (folder / "lib" / f"python{minor}").mkdir(parents=True)
    return folder


def add(root: Path, version: str, end: str = "linux-x86_64-gnu") -> ManagedPython:
    build(root / f"cpython-{version}-{end}", version)
    return next(one for one in managed(root) if str(one.key.version) == version)


def managed(root: Path) -> list[ManagedPython]:
    return find_managed(root, NoEvidence(), HERE)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    prepare_folder(tmp_path / "pythons")
    return tmp_path / "pythons"


def test_only_folders_that_are_named_like_one_count(root: Path) -> None:
    for version in ("3.11.9", "3.12.10", "3.12.9"):
        add(root, version)
    (root / "junk").mkdir()
    (root / "cpython-3.13.0-linux-x86_64-gnu").write_text("a file")
    link_minor_versions(managed(root))
    assert [str(one.key.version) for one in managed(root)] == ["3.12.10", "3.12.9", "3.11.9"]


def test_links_lead_to_the_newest_patch_and_to_what_is_left(root: Path) -> None:
    old, new = add(root, "3.12.9"), add(root, "3.12.10")
    link_minor_versions(managed(root))
    assert (new.linked_program, old.linked_program) == (root / "cpython-3.12-linux-x86_64-gnu/bin/python3.12", old.program)
    assert follows_patches(new.linked_program)
    assert not follows_patches(new.program)
    assert is_managed(root / "cpython-3.12-linux-x86_64-gnu", root)
    remove_installation(new)
    remove_stale_links([new], managed(root))
    assert old.linked_program.resolve() == old.program
    remove_installation(old)
    remove_stale_links([old], managed(root))
    assert [entry.name for entry in root.iterdir() if entry.is_symlink()] == []


def test_a_replacement_that_was_not_finished_is_taken_back(root: Path) -> None:
    python = add(root, "3.12.1")
    (root / ".temp" / "abandoned").mkdir()
    os.rename(python.folder, root / ".temp" / f"replaced-{python.folder.name}")
    recover(root)
    assert python.program.exists()
    assert list((root / ".temp").iterdir()) == []


def test_a_replacement_that_was_finished_stays(root: Path) -> None:
    python = add(root, "3.12.1")
    put_in_place(build(root / ".temp" / "new", text="new"), python)
    build(root / ".temp" / f"replaced-{python.folder.name}", text="old")
    recover(root)
    assert python.program.read_text() == "new"
    assert list((root / ".temp").iterdir()) == []


def test_a_build_is_told_where_it_lies_and_what_compilers_are_called(root: Path, tmp_path: Path) -> None:
    python = ManagedPython(folder=root / "cpython-3.12.1-linux-x86_64-gnu", key=add(root, "3.12.1").key)
    place = build(tmp_path / "new")
    settings = place / "lib/python3.12/_sysconfigdata__linux_x86_64-linux-gnu.py"
    settings.write_text(
        "build_time_vars = {'prefix': '/install',\n 'CC': 'clang -pthread', 'LIBS': '-L/install/lib  -lm', 'N': 1, 'X': '/my/install'}\n"
    )
    (place / "lib/pkgconfig").mkdir()
    (place / "lib/pkgconfig/python3.pc").write_text("prefix=/install\nlibdir=${prefix}/lib\n")
    complete(place, python, "20240107")
    said: dict[str, dict[str, object]] = {}
    exec(settings.read_text(), said)
    assert said["build_time_vars"] == {
        "prefix": str(python.folder),
        "CC": "cc -pthread",
        "LIBS": f"-L{python.folder}/lib -lm",
        "N": 1,
        "X": "/my/install",
        "PYTHON_BUILD_STANDALONE": 1,
    }
    assert (place / "lib/pkgconfig/python3.pc").read_text().startswith(f"prefix={python.folder}\n")
    assert (place / "BUILD").read_text() == "20240107"
    assert (place / "lib/python3.12/EXTERNALLY-MANAGED").read_text().startswith("[externally-managed]\n")
    assert {name: os.readlink(place / "bin" / name) for name in ("python", "python3")} == {"python": "python3.12", "python3": "python3.12"}
    written = settings.stat().st_mtime_ns
    complete(place, python, "20240107")
    assert settings.stat().st_mtime_ns == written


def test_links_of_programs_give_way_to_upgrades_and_to_nothing_else(root: Path, tmp_path: Path) -> None:
    old, new = add(root, "3.12.9"), add(root, "3.12.10")
    place, known, manners = tmp_path / "bin/python3.12", [old, new], LinkManners()
    assert link_program(place, old, old.program, known, manners)
    assert not link_program(place, old, old.program, known, manners)
    assert link_program(place, new, new.program, known, manners)
    assert not link_program(place, old, old.program, known, manners)
    assert find_owner(place, known) == new
    assert remove_links(place.parent, [new]) == {new.folder: ["python3.12"]}
    place.write_text("mine")
    with pytest.raises(NotLinked, match="is not managed by hob; use `--force` to replace it"):
        link_program(place, new, new.program, known, manners)
    assert link_program(place, new, new.program, known, LinkManners(is_forced=True))


def test_a_link_to_nowhere_gives_way(root: Path, tmp_path: Path) -> None:
    python = add(root, "3.12.1")
    place = tmp_path / "python3.12"
    place.symlink_to("/nowhere/python3.12")
    assert link_program(place, python, python.program, [python], LinkManners())
