"""`hob upgrade`, held against uv."""

from pathlib import Path

import pytest

from tests.e2e.house import UV, make_home
from tests.service.sessions import assert_same, make_sites

pytestmark = pytest.mark.skipif(not UV.exists(), reason="uv is not installed beside this Python")

HEAD = '[project]\nname = "demo"\nversion = "1"\nrequires-python = ">=3.11"\n'
WANTED = "dependencies = [ 'banana<2', # why\n  \"Cherry == 3.0\", \"apple>=1,<1.1; python_version<'3.13'\" ]\n"


def project(text: str) -> dict[str, str]:
    return {"pyproject.toml": HEAD + text}


@pytest.fixture
def wheels(tmp_path: Path) -> str:
    """How the commands name a folder of wheels."""
    return f"--no-index --find-links {make_home(tmp_path / 'home').wheels}"


def test_what_keeps_new_versions_away_is_raised_where_it_stands(wheels: str, tmp_path: Path) -> None:
    assert_same(tmp_path, project(WANTED), f"upgrade cherry {wheels}", f"upgrade --exclude apple {wheels}", f"upgrade {wheels}")


def test_locked_versions_are_told_and_the_lock_stays(wheels: str, tmp_path: Path) -> None:
    files = project('dependencies = ["banana==1.0", "cherry"]\n[project.optional-dependencies]\nx = ["banana<2"]\n')
    assert_same(tmp_path, files, f"lock -q {wheels}", f"upgrade {wheels}")


def test_what_never_applies_is_passed_over(wheels: str, tmp_path: Path) -> None:
    unreachable = """dependencies = ["banana<2 ; python_version < '3.8'", "cherry<3.1 ; extra == 'nope'", "apple<1"]\n"""
    assert_same(tmp_path, project(unreachable), f"upgrade {wheels}", "upgrade banana")


def test_the_same_name_may_be_required_more_than_once(wheels: str, tmp_path: Path) -> None:
    files = project("""dependencies = ["banana<2 ; os_name == 'nt'", "banana<1.5 ; os_name != 'nt'", "cherry<1", "cherry<1"]\n""")
    assert_same(tmp_path, files, f"upgrade {wheels}")


REFUSED = {
    "direct": 'dependencies = ["banana @ https://files.example/banana-1.0-py3-none-any.whl?token=x"]\n',
    "path": 'dependencies = ["banana"]\n[tool.uv.sources]\nbanana = { path = "x" }\n',
    "revision": 'dependencies = ["banana"]\n[tool.uv.sources]\nbanana = { git = "https://files.example/banana", rev = "a" }\n',
    "itself": 'dependencies = ["demo"]\n',
    "unreadable": 'dependencies = ["banana<<1"]\n',
    "none": "dependencies = []\n",
    "unknown": 'dependencies = ["cherry>9"]\n',
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_has_no_versions_to_choose_from_is_refused(case: str, wheels: str, tmp_path: Path) -> None:
    assert_same(tmp_path, project(REFUSED[case]), f"upgrade {wheels}", "upgrade apple", "upgrade banana --exclude banana")


def test_only_one_project_with_a_version_is_upgraded(wheels: str, tmp_path: Path) -> None:
    files = {
        "pyproject.toml": "[tool.uv.workspace]\nmembers = []\n",
        "w/pyproject.toml": HEAD + '[tool.uv.workspace]\nmembers = ["m"]\n',
        "w/m/pyproject.toml": HEAD.replace("demo", "m"),
        "d/pyproject.toml": '[project]\nname = "d"\ndynamic = ["version"]\nrequires-python = ">=3.11"\ndependencies = ["banana<2"]\n',
    }
    assert_same(tmp_path, files, "upgrade", "upgrade --directory w", f"upgrade --directory d {wheels}")


def test_a_killed_upgrade_leaves_the_requirements_as_they_were(tmp_path: Path) -> None:
    home = make_home(tmp_path).share_daemon()
    project = home.project("demo", "banana<2")
    killed = home.hob("upgrade", cwd=project, HOB_DAEMON="off", HOB_TEST_CRASH_AT="projects.written")
    assert killed.code < 0
    assert "banana<2" in (project / "pyproject.toml").read_text()
    assert home.hob("upgrade", cwd=project).code == 0
    assert "banana<3" in (project / "pyproject.toml").read_text()


def test_a_project_that_does_not_say_its_pythons_takes_those_of_the_interpreter(wheels: str, tmp_path: Path) -> None:
    text = HEAD.replace('requires-python = ">=3.11"\n', "") + 'dependencies = ["banana<2"]\n'
    uv, hob = make_sites(tmp_path, {"pyproject.toml": text})
    words = f"upgrade {wheels}".split()
    assert hob.tell(*words).files == uv.tell(*words).files
