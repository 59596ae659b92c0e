"""Other tools find in hob's environments what they find in uv's: pip inside of it, venv, importlib, and uv itself."""

import ensurepip
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.house import Home, environment_files, make_home

_FILES = """
from importlib.metadata import distributions
for each in sorted(distributions(), key=lambda one: one.name):
    names = sorted(str(file) for file in each.files or () if file.name != "uv_cache.json")
    print(each.name, each.version, each.read_text("INSTALLER"), names)
    missing = [str(file) for file in each.files or () if not file.locate().exists() and "__pycache__" not in str(file)]
    assert not missing, missing
"""


class Made:
    """The same project, made by one of the tools."""

    def __init__(self, home: Home, tool: str) -> None:
        self.home = home
        self.root = home.project(f"made-by-{tool}", "apple", "cherry", "pip")
        run = home.hob if tool == "hob" else home.uv
        said = run("sync", cwd=self.root)
        assert said.code == 0, said

    def python(self, *words: str) -> tuple[int, str]:
        """A command of the environment's Python: exit code and output, without the project's place."""
        command = [str(self.root / ".venv/bin/python"), *words]
        quick = {"PYTHONDONTWRITEBYTECODE": ""}  # to compile pip takes seconds
        variables = self.home.environment() | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"} | quick
        done = subprocess.run(command, cwd=self.root, env=variables, capture_output=True, text=True, check=False)
        return done.returncode, self.blank(done.stdout)

    def blank(self, text: str) -> str:
        return text.replace(str(self.root), "[PROJECT]").replace(self.root.name, "[NAME]")

    def files(self) -> set[str]:
        """All files of the environment but byte code, and what only one of the tools writes for itself."""
        found = {path.relative_to(self.root / ".venv").as_posix() for path in (self.root / ".venv").rglob("*") if not path.is_dir()}
        return {path for path in found if "__pycache__" not in path and not path.endswith("uv_cache.json")}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Made, Made]]:
    """uv's and hob's."""
    home = make_home(tmp_path_factory.mktemp("ecosystem"))
    (wheel,) = Path(ensurepip.__file__).parent.glob("_bundled/pip-*.whl")
    shutil.copy(wheel, home.wheels)
    yield Made(home, "uv"), Made(home, "hob")
    home.stop()


def test_both_hold_the_same_files(pair: tuple[Made, Made]) -> None:
    theirs, ours = pair
    assert ours.files() == theirs.files()
    configurations = [made.blank((made.root / ".venv/pyvenv.cfg").read_text()) for made in pair]
    assert configurations[0] == configurations[1]


def test_importlib_finds_every_distribution_with_all_its_files(pair: tuple[Made, Made]) -> None:
    theirs, ours = (made.python("-c", _FILES) for made in pair)
    assert ours == theirs
    assert ours[0] == 0


def test_pip_sees_the_same(pair: tuple[Made, Made]) -> None:
    told = [json.loads(made.python("-m", "pip", "inspect")[1]) for made in pair]
    for each in told:
        each["installed"].sort(key=lambda one: one["metadata"]["name"])  # as the disk lists them
    assert told[0] == told[1]
    assert [made.python("-m", "pip", "check") for made in pair] == [(0, "No broken requirements found.\n")] * 2


def test_uv_finds_nothing_to_do(pair: tuple[Made, Made]) -> None:
    _, ours = pair
    for words in (("sync", "--check"), ("pip", "check"), ("lock", "--check")):
        said = ours.home.uv(*words, cwd=ours.root)
        assert said.code == 0, (words, said)


def test_pip_and_venv_change_both_alike(pair: tuple[Made, Made]) -> None:
    answers = []
    for made in pair:
        code, out = made.python("-m", "pip", "uninstall", "-y", "cherry")
        base = Path(
            next(line for line in (made.root / ".venv/pyvenv.cfg").read_text().splitlines() if line.startswith("home")).partition("= ")[2]
        )
        upgraded = subprocess.run(
            [base / "python3", "-m", "venv", "--upgrade", "--without-pip", made.root / ".venv"], capture_output=True, check=False
        )
        keys = [line.partition(" =")[0] for line in (made.root / ".venv/pyvenv.cfg").read_text().splitlines()]
        answers.append((code, out, upgraded.returncode, keys, made.python("-c", "import apple; print(apple.NAME)"), made.files()))
    assert answers[0] == answers[1]
    again = [pair[0].home.uv("sync", cwd=pair[0].root), pair[1].home.hob("sync", cwd=pair[1].root)]
    assert [said.code for said in again] == [0, 0]
    assert [made.python("-m", "cherry")[0] for made in pair] == [0, 0]
    names = [set(environment_files(made.root)) for made in pair]
    assert {name for name in names[0] if "uv_cache" not in name} == {name for name in names[1] if "uv_cache" not in name}
