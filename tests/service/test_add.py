"""`hob add`, held against uv where no index is needed, and with wheels of its own where one is."""

import os
from pathlib import Path

import pytest

from tests.e2e.house import UV, Home, installed, make_home
from tests.service.sessions import assert_same, make_sites
from tests.support.wheels import make_wheel

pytestmark = pytest.mark.skipif(not UV.exists(), reason="uv is not installed beside this Python")

HEAD = '[project]\nname = "demo"\nversion = "0.1.0"\nrequires-python = ">=3.11"\n'
PROJECT = {"pyproject.toml": HEAD + 'dependencies = ["a<3", "A_b  >1"]\n'}
CORE = {"../core/pyproject.toml": '[project]\nname = "core"\nversion = "1"\nrequires-python = ">=3.11"\n'}
MEMBER = {
    "pyproject.toml": HEAD + 'dependencies = []\n[tool.uv.workspace]\nmembers = ["sub"]\n',
    "sub/pyproject.toml": CORE["../core/pyproject.toml"],
}


def same(root: Path, files: dict[str, str], *commands: str) -> None:
    """Both write the same; which Python would be taken is another story."""
    assert_same(root, files, *(f"-q add --frozen {command}" for command in commands))


def test_requirements_are_written_in_one_form(tmp_path: Path) -> None:
    same(tmp_path, PROJECT, "Foo.Bar>4.0.0,<5.00,!=4.5.*", "IDNA[b,A]<3 --extra C", "c;python_version>'3.12' -m os_name=='nt'")


def test_what_is_there_is_changed(tmp_path: Path) -> None:
    same(tmp_path, PROJECT, "a>2", "a.b[x]", "a;os_name=='nt'", "a==2;os_name=='nt'")


def test_groups_and_extras_are_lists_of_their_own(tmp_path: Path) -> None:
    same(tmp_path, PROJECT, "--dev b", "--group a_b c", "--group Dev d", "--optional Net.X e", "--optional net-x f")


def test_references_become_sources(tmp_path: Path) -> None:
    commands = ("../core", "../core --editable", "g@git+https://files.example/g@v1", "w@https://files.example/w-1-py3-none-any.whl")
    same(tmp_path, PROJECT | CORE, *commands)


def test_raw_keeps_references(tmp_path: Path) -> None:
    same(tmp_path, PROJECT, "--raw w@https://u:p@files.example/w-1-py3-none-any.whl", "--raw g@git+https://files.example/g@v1")


def test_a_folder_inside_becomes_a_member(tmp_path: Path) -> None:
    same(tmp_path, {"pyproject.toml": HEAD, "sub/pyproject.toml": CORE["../core/pyproject.toml"]}, "./sub")


def test_a_member_is_taken_from_the_workspace(tmp_path: Path) -> None:
    same(tmp_path, MEMBER, "core", "demo --dev")


def test_files_are_read_as_pip_reads_them(tmp_path: Path) -> None:
    files = PROJECT | {
        "all.txt": "-r more/some.txt\n-c limits.txt\n-r limits.txt\n--pre\n",
        "more/some.txt": "b\n-e file:./sub\n",
        "limits.txt": "c<2\n-c more/limits.txt\n",
        "more/limits.txt": "b<9\n",
        "sub/pyproject.toml": CORE["../core/pyproject.toml"],
        "twice.txt": "-i https://index.example/a\n-i https://index.example/b\nb\n",
        "nameless.txt": "./sub\n",
        "some.toml": "b\n",
        "empty.txt": "",
    }
    (uv, hob) = make_sites(tmp_path / "nameless", files)
    assert hob.tell("add", "--frozen", "-r", "") == uv.tell("add", "--frozen", "-r", "")
    commands = (
        "-r all.txt",
        "-r twice.txt",
        "b -c nameless.txt",
        "b -c pyproject.toml",
        "-r some.toml",
        "-r empty.txt",
        "-r more/none.txt",
    )
    same(tmp_path, files, *commands)


def test_indexes_are_written_without_credentials(tmp_path: Path) -> None:
    same(tmp_path, PROJECT, "i --index one=https://u:p@files.example/one", "j --index https://files.example/two")


def test_a_file_brings_its_requirements(tmp_path: Path) -> None:
    files = {"one.txt": "# all\nb>1 # why\n-r two.txt\n-e ../core\n", "two.txt": "c==1 --hash=sha256:aa \\\n  --hash=sha256:bb\n"}
    same(tmp_path, PROJECT | CORE | files, "-r one.txt")


@pytest.mark.parametrize(
    "words", ["=>1", "./nothing.txt", "demo", "b --rev x", "b --editable", "-r nothing.txt", "-r pyproject.toml", "a --package nope"]
)
def test_what_cannot_be_added_is_refused(words: str, tmp_path: Path) -> None:
    same(tmp_path, PROJECT, words)


def test_several_entries_of_a_name_are_ambiguous(tmp_path: Path) -> None:
    same(tmp_path, {"pyproject.toml": HEAD + 'dependencies = ["a<3", "a>1"]\n'}, "a")


def test_a_failure_leaves_all_files_as_they_were(tmp_path: Path) -> None:
    _, hob = make_sites(tmp_path, PROJECT)
    before = hob.files()
    answered = hob.tell("add", "nosuch-package", "--no-sync")
    assert (answered.code, answered.files) == (1, before)
    assert "provide the `--frozen` flag" in answered.err


def test_bounds_are_those_of_the_lock_and_what_is_new_is_installed(tmp_path: Path) -> None:
    home = make_home(tmp_path).share_daemon()
    project = home.project("app")
    assert home.hob("add", "apple", "--bounds", "major", cwd=project).code == 0
    assert '"apple>=1.0,<2.0"' in (project / "pyproject.toml").read_text()
    assert installed(project) == ["apple-1.0", "banana-2.0"]
    assert home.hob("remove", "apple", cwd=project).code == 0
    assert installed(project) == []


def test_who_adds_to_no_group_gets_no_group_installed(tmp_path: Path) -> None:
    home = make_home(tmp_path).share_daemon()
    project = home.project("app")
    document = project / "pyproject.toml"
    document.write_text(document.read_text() + '[dependency-groups]\ndev = ["cherry"]\n')
    assert home.hob("add", "banana", cwd=project).code == 0
    assert installed(project) == ["banana-2.0"]
    assert home.hob("add", "--dev", "apple", cwd=project).code == 0
    assert installed(project) == ["apple-1.0", "banana-2.0", "cherry-3.1"]


BACKEND = """
import os
import tomllib

def prepare_metadata_for_build_wheel(folder, settings=None):
    os.makedirs(os.path.join(folder, "demo-0.1.0.dist-info"))
    with open("pyproject.toml", "rb") as file:
        required = tomllib.load(file)["project"]["dependencies"]
    with open(os.path.join(folder, "demo-0.1.0.dist-info", "METADATA"), "w") as file:
        file.write("Metadata-Version: 2.1\\nName: demo\\nVersion: 0.1.0\\n" + "".join(f"Requires-Dist: {each}\\n" for each in required))
    return "demo-0.1.0.dist-info"

prepare_metadata_for_build_editable = prepare_metadata_for_build_wheel
"""


def test_a_backend_that_says_what_is_required_is_asked_with_the_bounds(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    own = '[build-system]\nrequires = []\nbuild-backend = "own"\nbackend-path = ["."]\n'
    project = home.project("demo", extra=f'dynamic = ["optional-dependencies"]\n{own}')
    (project / "own.py").write_text(BACKEND)
    assert home.hob("add", "banana", "--no-sync", cwd=project, HOB_DAEMON="off").code == 0
    assert '{ name = "banana", specifier = ">=2.0" }' in (project / "uv.lock").read_text()
    assert home.hob("lock", "--check", cwd=project, HOB_DAEMON="off").code == 0


def told_to_a_person(home: Home, project: Path, *words: str) -> str:
    """What a command says on a terminal."""
    screen, terminal = os.openpty()
    home.hob(*words, cwd=project, HOB_DAEMON="off", NO_COLOR="1", stderr=terminal)
    os.close(terminal)
    try:
        return os.read(screen, 1 << 16).decode().replace("\r\n", "\n")
    finally:
        os.close(screen)


def test_a_person_is_told_what_came_along(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    project = home.project("app")
    assert told_to_a_person(home, project, "add", "apple").endswith(" + banana==2.0\nAlong with apple came 1 other package: banana\n")
    assert home.hob("remove", "apple", cwd=project, HOB_DAEMON="off").code == 0
    assert "Along" not in home.hob("add", "apple", cwd=project, HOB_DAEMON="off").err


def test_a_person_is_told_which_version_would_do(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    make_wheel(home.wheels, "apple", "2.0", ["banana>=2"])
    project = home.project("app", "banana<2", "cherry>3")
    before = (project / "pyproject.toml").read_text()
    told = told_to_a_person(home, project, "add", "apple>=2", "--no-sync")
    assert "\nhint: `apple` v1.0 would do: ask for `apple` without `>=2`\n" in told
    assert "\nhint: `banana` v2.0 would do, but the project requires `banana<2`\n" in told
    assert (project / "pyproject.toml").read_text() == before
