"""Changing an environment: what is written, what goes, and that failures change nothing."""

import errno
import json
import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from msgspec.structs import replace

from hobd.core.formats.direct_url import DirectUrl
from hobd.core.formats.record import parse_record
from hobd.core.formats.stored_files import in_columns
from hobd.core.formats.wheel import UninstallableWheel
from hobd.environments import journal
from hobd.environments.apply import ApplySettings, CannotApply
from hobd.environments.create import Shape
from hobd.environments.environment import Environment, target_environment
from hobd.environments.journal import is_pending, repair
from hobd.environments.layout import Addition
from hobd.environments.stage import ChangedInStore
from tests.environments.places import files_below, install, installed, make_environment, this_python, uninstall, unpack
from tests.support.wheels import make_wheel

KIT = {
    "kit/__init__.py": "def main():\n    import sys\n    print('kit', sys.argv[1:])\n",
    "kit/deep/er/data.txt": "deep\n",
    "kit-1.0.data/scripts/raw": "#!python\nimport sys\nprint('raw', sys.argv[1:])\n",
    "kit-1.0.data/scripts/shell": "#!/bin/sh\necho shell\n",
    "kit-1.0.data/data/share/kit/notes.txt": "notes\n",
    "kit-1.0.data/headers/kit.h": "int kit;\n",
    "kit-1.0.data/purelib/kit_extra.py": "x = 1\n",
}


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return make_environment(tmp_path / "venv")


def run(program: Path, *arguments: str) -> str:
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=True, env={"PATH": os.defpath}).stdout


def packages(environment: Environment) -> Path:
    return environment.scheme.purelib


def test_a_wheel_is_installed_with_its_programs_data_and_headers(environment: Environment, tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path, "kit", "1.0", files=KIT, entry_points={"console_scripts": {"kit": "kit:main"}})
    install(environment, unpack(wheel, tmp_path / "store"))
    programs = environment.scheme.scripts
    assert run(programs / "kit", "x") == "kit ['x']\n"
    assert run(programs / "raw", "y") == "raw ['y']\n"
    assert run(programs / "shell") == "shell\n"
    assert (environment.root / "share/kit/notes.txt").read_text() == "notes\n"
    assert (environment.scheme.include / "kit" / "kit.h").is_file()
    assert (packages(environment) / "kit_extra.py").is_file()
    assert stat.S_IMODE((programs / "raw").stat().st_mode) & 0o111 == 0o111


def test_record_lists_every_file_sorted_and_keeps_the_rows_of_the_wheel(environment: Environment, tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path, "kit", "1.0", files=KIT, entry_points={"console_scripts": {"kit": "kit:main"}})
    before = files_below(environment.root)
    install(environment, unpack(wheel, tmp_path / "store"))
    rows = parse_record((packages(environment) / "kit-1.0.dist-info/RECORD").read_text())
    listed = {os.path.normpath(packages(environment) / row.path) for row in rows}
    assert listed == {str(environment.root / path) for path in files_below(environment.root) - before}
    assert [row.path for row in rows] == sorted(row.path for row in rows)
    assert next(row for row in rows if row.path == "kit-1.0.dist-info/RECORD")[1:] == ("", "")


def test_a_record_that_is_executable_in_the_wheel_stays_so(environment: Environment, tmp_path: Path) -> None:
    plain = unpack(make_wheel(tmp_path, "kit", "1.0"), tmp_path / "store")
    for is_executable in (False, True):
        install(environment, replace(plain, manifest=replace(plain.manifest, is_record_executable=is_executable)))
        assert os.access(packages(environment) / "kit-1.0.dist-info/RECORD", os.X_OK) == is_executable


def test_metadata_says_who_installed_it_and_where_it_came_from(environment: Environment, tmp_path: Path) -> None:
    origin = DirectUrl(url="file:///srv/kit", is_folder=True, is_editable=True)
    install(environment, unpack(make_wheel(tmp_path, "kit", "1.0"), tmp_path / "store", origin))
    info = packages(environment) / "kit-1.0.dist-info"
    assert (info / "INSTALLER").read_text() == "uv"
    assert (info / "REQUESTED").read_text() == ""
    assert (info / "direct_url.json").read_text() == '{"url":"file:///srv/kit","dir_info":{"editable":true}}'


def test_an_upgrade_leaves_nothing_of_the_old_version(environment: Environment, tmp_path: Path) -> None:
    old = {"kit/__init__.py": "v = 1\n", "kit/gone/x.py": "", "gone.py": ""}
    new = {"kit/__init__.py": "v = 2\n", "kit/came.py": ""}
    install(environment, unpack(make_wheel(tmp_path, "kit", "1.0", files=old), tmp_path / "store"))
    run(environment.python, "-c", "import kit, gone, kit.gone.x")
    install(environment, unpack(make_wheel(tmp_path, "kit", "2.0", files=new), tmp_path / "store"))
    assert installed(environment) == {"kit": "2.0"}
    assert not (packages(environment) / "kit/gone").exists()
    assert not (packages(environment) / "gone.py").exists()
    assert run(environment.python, "-c", "import kit, kit.came; print(kit.v)") == "2\n"


def of_one_second(addition: Addition) -> Addition:
    """The same wheel, unpacked at a time that all have."""
    moment = 1_700_000_000_000_000_000
    for file in addition.manifest.files:
        os.utime(addition.tree / file.source, ns=(moment, moment))
    groups = in_columns(file._replace(mtime_ns=moment) for file in addition.manifest.files)
    return replace(addition, manifest=replace(addition.manifest, groups=groups))


def test_new_code_of_the_same_size_and_second_is_not_hidden_by_old_bytecode(environment: Environment, tmp_path: Path) -> None:
    one, two = (unpack(make_wheel(tmp_path, "kit", f"{n}.0", files={"kit.py": f"v = {n}\n"}), tmp_path / "store") for n in (1, 2))
    one, two = (of_one_second(addition) for addition in (one, two))
    install(environment, one)
    assert run(environment.python, "-c", "import kit; print(kit.v)") == "1\n"
    install(environment, two)
    assert run(environment.python, "-c", "import kit; print(kit.v)") == "2\n"


def test_a_reinstall_brings_back_what_was_deleted_and_edited(environment: Environment, tmp_path: Path) -> None:
    addition = unpack(make_wheel(tmp_path, "kit", "1.0", files=KIT), tmp_path / "store")
    settings = ApplySettings(link_mode="copy")
    install(environment, addition, settings=settings)
    before = files_below(environment.root)
    (packages(environment) / "kit/__init__.py").write_text("raise SystemExit(9)")
    (packages(environment) / "kit/deep/er/data.txt").unlink()
    (packages(environment) / "kit-1.0.dist-info/leftover.json").write_text("{}")
    install(environment, addition, settings=settings)
    assert files_below(environment.root) == before
    assert "print" in (packages(environment) / "kit/__init__.py").read_text()


def test_reinstalling_the_very_same_links_leaves_no_rubbish(environment: Environment, tmp_path: Path) -> None:
    addition = unpack(make_wheel(tmp_path, "kit", "1.0", files=KIT), tmp_path / "store")
    install(environment, addition, settings=ApplySettings(link_mode="hardlink"))
    before = files_below(environment.root)
    install(environment, addition, settings=ApplySettings(link_mode="hardlink"))
    assert files_below(environment.root) == before


def test_removal_leaves_what_belongs_to_others(environment: Environment, tmp_path: Path) -> None:
    one = make_wheel(tmp_path, "one", "1.0", files={"shared/one.py": "", "only/x.py": ""})
    two = make_wheel(tmp_path, "two", "1.0", files={"shared/two.py": ""})
    install(environment, *(unpack(wheel, tmp_path / "store") for wheel in (one, two)))
    (packages(environment) / "only" / "mine.txt").write_text("mine")
    run(environment.python, "-c", "import shared.one, shared.two, only.x")
    uninstall(environment, ["one"])
    assert installed(environment) == {"two": "1.0"}
    names = files_below(packages(environment))
    assert {"shared/two.py", "only/mine.txt"} <= names
    assert "shared/one.py" not in names
    assert not list((packages(environment) / "only").glob("__pycache__/*"))


def test_a_record_that_names_foreign_files_removes_none(environment: Environment, tmp_path: Path) -> None:
    precious = tmp_path / "precious.txt"
    precious.write_text("keep me")
    install(environment, unpack(make_wheel(tmp_path, "kit", "1.0"), tmp_path / "store"))
    record = packages(environment) / "kit-1.0.dist-info/RECORD"
    with record.open("a") as file:
        file.write(f"{os.path.relpath(precious, packages(environment))},,\n{precious},,\n")
    applied = uninstall(environment, ["kit"])
    assert installed(environment) == {}
    assert [warning.rpartition("skipping: ")[2] for warning in applied.warnings] == [
        os.path.relpath(precious, packages(environment)),
        str(precious),
    ]
    assert precious.read_text() == "keep me"


def test_a_record_that_names_the_interpreter_does_not_remove_it(environment: Environment, tmp_path: Path) -> None:
    install(environment, unpack(make_wheel(tmp_path, "kit", "1.0"), tmp_path / "store"))
    with (packages(environment) / "kit-1.0.dist-info/RECORD").open("a") as file:
        file.write("../../../bin/python,,\n../../../bin/python3,,\n../../../pyvenv.cfg,,\n")
    uninstall(environment, ["kit"])
    assert installed(environment) == {}
    assert run(environment.python, "-c", "import sys; print(sys.prefix)") == f"{environment.root}\n"


@pytest.mark.parametrize("name", ["python", "python3", "Python3.11", "pythonw", "../../evil", "a/b"])
def test_programs_that_would_replace_the_interpreter_or_leave_the_folder_are_refused(
    environment: Environment, tmp_path: Path, name: str
) -> None:
    install(environment, unpack(make_wheel(tmp_path, "kit", "1.0"), tmp_path / "store"))
    before = files_below(environment.root)
    wheel = make_wheel(tmp_path, "kit", "2.0", entry_points={"console_scripts": {name: "kit:main"}})
    with pytest.raises(UninstallableWheel, match=r"Failed to install: kit-2\.0-py3-none-any\.whl"):
        install(environment, unpack(wheel, tmp_path / "store"))
    assert files_below(environment.root) == before


@pytest.mark.parametrize(
    "path", ["bin/python", "bin/python3", "pyvenv.cfg", ".lock", ".lock/x", ".hob-txn/journal.json", "lib", "bin", "lib/python3.11"]
)
def test_data_that_would_take_the_place_of_the_environment_itself_is_refused(environment: Environment, tmp_path: Path, path: str) -> None:
    path = path.replace("python3.11", packages(environment).parent.name)
    before = files_below(environment.root)
    wheel = make_wheel(tmp_path, "kit", "2.0", files={"kit.py": "", f"kit-2.0.data/data/{path}": "#!/bin/sh\n"})
    with pytest.raises(UninstallableWheel, match=r"Failed to install: kit-2\.0-py3-none-any\.whl"):
        install(environment, unpack(wheel, tmp_path / "store"))
    assert files_below(environment.root) == before
    assert run(environment.python, "-c", "print(1)") == "1\n"


def test_a_wheel_cannot_write_the_journal_of_a_target_folder(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    (tmp_path / "precious").write_text("mine")
    journal = json.dumps({"schema": 1, "obsolete": ["../precious"], "replaced": [], "folders": [], "easy_install": [], "libraries": []})
    wheel = make_wheel(tmp_path, "kit", "1.0", files={".hob-txn/journal.json": journal})
    with pytest.raises(UninstallableWheel):
        install(target_environment(tmp_path / "target", this_python()), unpack(wheel, tmp_path / "store"))
    (tmp_path / "target/.hob-txn").mkdir()
    (tmp_path / "target/.hob-txn/journal.json").write_text(journal)
    assert repair(tmp_path / "target")
    assert (tmp_path / "precious").read_text() == "mine"


@pytest.mark.parametrize("mode", ["clone", "hardlink", "copy", "symlink"])
def test_every_link_mode_gives_working_packages(environment: Environment, tmp_path: Path, mode: str) -> None:
    addition = unpack(make_wheel(tmp_path, "kit", "1.0", files={"kit.py": "v = 7\n"}), tmp_path / "store")
    install(environment, addition, settings=ApplySettings(link_mode=mode))
    assert run(environment.python, "-c", "import kit; print(kit.v)") == "7\n"
    path = packages(environment) / "kit.py"
    assert path.is_symlink() == (mode == "symlink")
    assert path.stat().st_mtime_ns == (addition.tree / "kit.py").stat().st_mtime_ns
    if mode == "copy":
        path.write_text("edited")
        assert (addition.tree / "kit.py").read_text() == "v = 7\n"


def test_what_a_file_system_can_do_is_found_out_once(environment: Environment, tmp_path: Path) -> None:
    known: dict[tuple[int, int, str], str] = {}
    addition = unpack(make_wheel(tmp_path, "kit", "1.0"), tmp_path / "store")
    applied = install(environment, addition, settings=ApplySettings(known_modes=known))
    assert applied.warnings == () or known == {(*next(iter(known))[:2], "clone"): "copy"}
    assert len(known) <= 1


def test_files_of_another_file_system_are_copied_with_a_warning(environment: Environment, tmp_path: Path) -> None:
    elsewhere = Path("/dev/shm")
    if not os.access(elsewhere, os.W_OK) or elsewhere.stat().st_dev == environment.root.stat().st_dev:
        pytest.skip("there is no second file system")
    folder = elsewhere / f"hob-test-{os.getpid()}"
    try:
        addition = unpack(make_wheel(tmp_path, "kit", "1.0"), folder)
        applied = install(environment, addition)
        assert applied.warnings
        assert applied.warnings[0].startswith("Failed to hardlink files; falling back to full copy.")
        assert install(environment, addition, settings=ApplySettings(link_mode="copy")).warnings == ()
    finally:
        subprocess.run(["rm", "-rf", folder], check=True)


def test_programs_of_an_environment_with_a_blank_in_its_path_run(tmp_path: Path) -> None:
    environment = make_environment(tmp_path / "it's a place")
    wheel = make_wheel(tmp_path, "kit", "1.0", files=KIT, entry_points={"console_scripts": {"kit": "kit:main"}})
    install(environment, unpack(wheel, tmp_path / "store"))
    assert run(environment.scheme.scripts / "kit", "a b") == "kit ['a b']\n"
    assert run(environment.scheme.scripts / "raw") == "raw []\n"


def test_a_relocatable_environment_can_be_moved(tmp_path: Path) -> None:
    environment = make_environment(tmp_path / "one", Shape(is_relocatable=True))
    wheel = make_wheel(tmp_path, "kit", "1.0", files=KIT, entry_points={"console_scripts": {"kit": "kit:main"}})
    install(environment, unpack(wheel, tmp_path / "store"))
    (tmp_path / "one").rename(tmp_path / "two")
    assert run(tmp_path / "two/bin/kit", "moved") == "kit ['moved']\n"


def test_a_target_folder_gets_packages_at_its_top(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    environment = target_environment(tmp_path / "target", this_python())
    wheel = make_wheel(tmp_path, "kit", "1.0", files=KIT, entry_points={"console_scripts": {"kit": "kit:main"}})
    install(environment, unpack(wheel, tmp_path / "store"))
    found = files_below(tmp_path / "target")
    assert {"kit/__init__.py", "bin/kit", "bin/raw", "share/kit/notes.txt", "kit_extra.py"} <= found
    rows = {row.path for row in parse_record((tmp_path / "target/kit-1.0.dist-info/RECORD").read_text())}
    assert {"kit/__init__.py", "bin/kit", "share/kit/notes.txt"} <= rows
    uninstall(environment, ["kit"])
    assert files_below(tmp_path / "target") == set()


def test_egg_links_and_egg_infos_are_removed(environment: Environment, tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "old.egg-info").mkdir(parents=True)
    (project / "old.egg-info/PKG-INFO").write_text("Name: old\nVersion: 1.5\n")
    site = packages(environment)
    (site / "old.egg-link").write_text(f"{project}\n.\n")
    (site / "easy-install.pth").write_text(f"{project}\n/elsewhere\n")
    (site / "egg-2.0-py3.11.egg-info").mkdir()
    (site / "egg-2.0-py3.11.egg-info/PKG-INFO").write_text("Name: egg\nVersion: 2.0\n")
    (site / "egg-2.0-py3.11.egg-info/top_level.txt").write_text("egg\neggmodule\n")
    (site / "egg").mkdir()
    (site / "egg/__init__.py").write_text("")
    (site / "eggmodule.py").write_text("")
    assert installed(environment) == {"old": "1.5", "egg": "2.0"}
    uninstall(environment, ["old", "egg"])
    assert files_below(site) == {"easy-install.pth"}
    assert (site / "easy-install.pth").read_text() == "/elsewhere\n"


def test_an_egg_info_without_names_is_removed_by_the_list_of_its_files_and_else_left(environment: Environment, tmp_path: Path) -> None:
    site = packages(environment)
    for name in ("listed", "unlisted"):
        (site / f"{name}-1.0.egg-info").mkdir()
        (site / f"{name}-1.0.egg-info/PKG-INFO").write_text(f"Name: {name}\nVersion: 1.0\n")
        (site / f"{name}.py").write_text("")
    (tmp_path / "victim").write_text("")
    (site / "listed-1.0.egg-info/installed-files.txt").write_text(f"../listed.py\n{tmp_path}/victim\nPKG-INFO\n")
    applied = uninstall(environment, ["listed", "unlisted"])
    assert files_below(site) == {"unlisted-1.0.egg-info/PKG-INFO", "unlisted.py"}
    assert (tmp_path / "victim").exists()
    assert ["due to missing `top_level.txt` file" in warning for warning in applied.warnings] == [True]


def test_a_folder_gives_way_to_a_file_of_the_same_name(environment: Environment, tmp_path: Path) -> None:
    install(environment, unpack(make_wheel(tmp_path, "kit", "1.0", files={"kit/data": "x", "kit/a.py": ""}), tmp_path / "store"))
    install(environment, unpack(make_wheel(tmp_path, "kit", "2.0", files={"kit/data/x": "x", "kit/a.py/b": ""}), tmp_path / "store"))
    assert (packages(environment) / "kit/data/x").read_text() == "x"
    install(environment, unpack(make_wheel(tmp_path, "kit", "3.0", files={"kit": "now a file"}), tmp_path / "store"))
    assert (packages(environment) / "kit").read_text() == "now a file"


def test_a_wheel_cannot_bring_a_record_of_its_origin(environment: Environment, tmp_path: Path) -> None:
    forged = {"kit.py": "", "kit-1.0.dist-info/direct_url.json": json.dumps({"url": "file:///x", "dir_info": {}})}
    install(environment, unpack(make_wheel(tmp_path, "kit", "1.0", files=forged), tmp_path / "store"))
    assert not (packages(environment) / "kit-1.0.dist-info/direct_url.json").exists()


def test_threads_that_find_out_at_once_what_a_file_system_cannot_do_agree(environment: Environment, tmp_path: Path) -> None:
    wheels = [make_wheel(tmp_path, f"kit{n}", "1.0", files={f"kit{n}/m{m}.py": "" for m in range(150)}) for n in range(4)]
    additions = [unpack(wheel, tmp_path / "store") for wheel in wheels]
    applied = install(environment, *additions, settings=ApplySettings(files_program=None))
    assert applied.warnings == ()
    assert len(applied.installed) == 4


def test_a_missing_file_changes_nothing(environment: Environment, tmp_path: Path) -> None:
    install(environment, unpack(make_wheel(tmp_path, "kit", "1.0", files={"kit.py": "v = 1\n"}), tmp_path / "store"))
    before = files_below(environment.root)
    broken = unpack(make_wheel(tmp_path, "kit", "2.0", files={"kit.py": "v = 2\n", "more.py": ""}), tmp_path / "store")
    (broken.tree / "more.py").unlink()
    with pytest.raises(ChangedInStore, match="were changed while they were used"):
        install(environment, broken)
    assert files_below(environment.root) == before
    assert not is_pending(environment.root)


def test_a_file_that_has_as_many_names_as_it_may_is_copied(environment: Environment, tmp_path: Path) -> None:
    addition = unpack(make_wheel(tmp_path, "kit", "1.0", files={"kit.py": "v = 7\n", "other.py": ""}), tmp_path / "store")
    (tmp_path / "names").mkdir()
    most = 66_000  # ext4 takes 65,000; where there is no limit, there is nothing to see
    try:
        for number in range(most):
            os.link(addition.tree / "kit.py", tmp_path / "names" / str(number))
    except OSError as error:
        assert error.errno == errno.EMLINK  # noqa: PT017 - file systems differ
    applied = install(environment, addition, settings=ApplySettings(link_mode="hardlink"))
    assert applied.warnings == ()
    assert (packages(environment) / "kit.py").read_text() == "v = 7\n"
    assert (packages(environment) / "other.py").stat().st_nlink > 1


def test_a_versioned_pip_is_named_after_the_environments_python(environment: Environment, tmp_path: Path) -> None:
    programs = {"console_scripts": {"pip": "tool:run", "pip3": "tool:run", "pip3.9": "tool:run", "pip4.2": "tool:run"}}
    wheel = make_wheel(tmp_path / "wheels", "tool", "1.0", entry_points=programs)
    install(environment, unpack(wheel, tmp_path))
    names = {path.name for path in environment.scheme.scripts.iterdir() if path.name.startswith("pip")}
    assert names == {"pip", "pip3", f"pip{environment.interpreter.minor}", "pip4.2"}


def test_an_environment_that_somebody_removes_to_the_very_end_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = make_environment(tmp_path / "venv")
    addition = unpack(make_wheel(tmp_path, "kit", "1.0", files={"kit.py": "v = 1\n"}), tmp_path / "kit")
    carry_out = journal.carry_out

    def carry_out_while_it_is_removed(root: Path, change: journal.Change) -> None:
        carry_out(root, change)
        shutil.rmtree(root)
        (root / "lib").mkdir(parents=True)

    monkeypatch.setattr(journal, "carry_out", carry_out_while_it_is_removed)
    with pytest.raises(CannotApply, match="was removed meanwhile"):
        install(environment, addition)
