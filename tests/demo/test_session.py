"""What the README shows first works as it stands there, word for word."""

import os
from pathlib import Path

import pytest
import tomli

from tests.demo.session import README, session_lines, type_line
from tests.e2e.house import HOB, installed, make_home
from tests.support.index_server import serve_in_thread
from tests.support.wheels import make_wheel

FIRST = "hob init demo && cd demo && hob add rich && hob run python -c 'import rich'"


def test_the_first_line_leads_from_nothing_to_a_program_that_runs() -> None:
    assert session_lines(README.read_text())[0] == FIRST


def test_the_session_of_the_readme_works_word_for_word(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    home = make_home(tmp_path / "home")
    make_wheel(home.wheels, "rich", "14.0", files={"rich.py": "from builtins import print\n"})
    for version in ("3.9", "3.10", "4.1"):
        make_wheel(home.wheels, "idna", version)
    folder = tmp_path
    try:
        with serve_in_thread(home.wheels) as index:
            environment = home.environment() | {"UV_DEFAULT_INDEX": index.url}
            environment["PATH"] += f"{os.pathsep}{HOB.parent}"
            for line in session_lines(README.read_text()):
                code, folder = type_line(line, folder, environment)
                assert code == 0, f"{line}\n{capfd.readouterr().err}"
    finally:
        home.stop()
    assert folder == tmp_path / "demo"
    project = tomli.loads((folder / "pyproject.toml").read_text())["project"]
    assert project["dependencies"] == ["idna<5", "rich>=14.0"]
    assert installed(folder) == ["demo-0.1.0", "idna-4.1", "rich-14.0"]
