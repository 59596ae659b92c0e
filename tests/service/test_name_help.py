"""Who asks for what is not there is told what may have been meant, and never a name that only looks alike."""

import sys
from pathlib import Path

import pytest

from hobd.core.vocab.modules import distribution_of, is_standard
from hobd.core.vocab.names import Name, normalize
from hobd.service.edits.name_help import NameHelp
from tests.e2e.house import UV, Home, make_home
from tests.service.sessions import assert_same
from tests.support.wheels import make_wheel

HEAD = '[project]\nname = "demo"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = []\n'


def add(home: Home, project: Path, *words: str) -> tuple[int, str]:
    said = home.hob("add", *words, "--no-sync", cwd=project)
    return said.code, said.err


@pytest.mark.skipif(not UV.exists(), reason="uv is not installed beside this Python")
def test_modules_of_the_standard_library_are_told_as_uv_does(tmp_path: Path) -> None:
    commands = ("add json --no-index", "add py_compile --no-index", "add nosuch --no-index", "lock")
    assert_same(tmp_path, {"pyproject.toml": HEAD}, *commands)


def test_the_standard_library_is_that_of_the_interpreter() -> None:
    ours = {normalize(name) for name in sys.stdlib_module_names if not name.startswith("_")}
    told = {name for name in [*ours, Name("asyncore"), Name("imp"), Name("compression")] if is_standard(name, sys.version_info.minor)}
    assert told == ours
    assert not is_standard(Name("asyncore"), 12)
    assert is_standard(Name("asyncore"), 11)


@pytest.mark.parametrize(
    ("module", "distribution"),
    [
        ("cv2", "opencv-python"),
        ("PIL", "pillow"),
        ("sklearn", "scikit-learn"),
        ("yaml", "pyyaml"),
        ("bs4", "beautifulsoup4"),
        ("dotenv", "python-dotenv"),
        ("dateutil", "python-dateutil"),
        ("serial", "pyserial"),
        ("Crypto", "pycryptodome"),
        ("pkg_resources", "setuptools"),
        ("rich", None),
    ],
)
def test_modules_are_told_from_the_packages_that_bring_them(module: str, distribution: str | None) -> None:
    assert distribution_of(normalize(module)) == distribution


def test_a_module_leads_to_its_package(tmp_path: Path) -> None:
    home = make_home(tmp_path).share_daemon()
    code, said = add(home, home.project("demo"), "cv2")
    assert code == 1
    assert "hint: The module `cv2` comes with the package `opencv-python` (try: `hob add opencv-python`)" in said


def test_a_package_that_only_has_the_name_of_a_module_is_warned_of(tmp_path: Path) -> None:
    home = make_home(tmp_path).share_daemon()
    make_wheel(home.wheels, "sklearn", "0.0")
    code, said = add(home, home.project("demo"), "sklearn")
    assert code == 0
    assert "warning: `sklearn` is the name of a module that comes with the package `scikit-learn`" in said


def test_near_names_are_those_in_use_here(tmp_path: Path) -> None:
    home = make_home(tmp_path).share_daemon()
    project = home.project("demo", "banana")
    assert home.hob("sync", cwd=project).code == 0
    (project / "uv.lock").unlink()

    code, said = add(home, project, "bananna")
    assert code == 1
    assert "hint: There is no package `bananna`; did you mean `banana`" in said
    assert "did you mean" not in add(home, project, "chery")[1]


def test_what_is_there_is_not_commented_on() -> None:
    assert NameHelp(asked=(Name("rich"), Name("idna")), python_minor=12, known=tuple).warnings() == ()
