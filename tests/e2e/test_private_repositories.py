"""Repositories whose server wants to know who asks: it is told, and nothing that is written or said has the password."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.house import Home
from tests.support.git_server import GitServer, serve_git

SECRET = "hunter2"
BACKEND = """import zipfile
def get_requires_for_build_wheel(settings=None):
    return []
def build_wheel(folder, settings=None, metadata=None):
    name = "kit-1.0-py3-none-any.whl"
    with zipfile.ZipFile(folder + "/" + name, "w") as wheel:
        wheel.writestr("kit.py", "")
        wheel.writestr("kit-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: kit\\nVersion: 1.0\\n")
        wheel.writestr("kit-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("kit-1.0.dist-info/RECORD", "")
    return name
"""


@pytest.fixture
def home(own_home: Home) -> Home:
    """What its daemon keeps is looked at, too."""
    return own_home


@pytest.fixture
def server(home: Home) -> Iterator[GitServer]:
    """A server with the repository of `kit`, for joe alone."""
    folder = home.root / "repositories" / "kit"
    folder.mkdir(parents=True)
    (folder / "backend.py").write_text(BACKEND)
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "kit"\nversion = "1.0"\n[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    for words in (["init", "-q"], ["add", "."], ["-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "one"]):
        subprocess.run(["git", *words], cwd=folder, env=home.environment(), check=True)
    with serve_git(folder.parent, user="joe", password=SECRET) as running:
        yield running


def with_secret(folder: Path) -> list[str]:
    """The files in a folder that have the password in them."""
    return [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]


@pytest.mark.parametrize("place", ["dependency", "source"])
def test_a_login_in_an_address_opens_a_repository_and_is_written_nowhere(home: Home, server: GitServer, place: str) -> None:
    address = f"{server.url}/kit/.git"
    full = address.replace("://", f"://joe:{SECRET}@")
    if place == "source":
        project = home.project("demo", "kit", extra=f'[tool.uv.sources]\nkit = {{ git = "{full}" }}\n')
    else:
        project = home.project("demo", f"kit @ git+{full}")
    said = home.hob("lock", cwd=project)
    assert said.code == 0, said
    assert f"http://joe:****@{address.removeprefix('http://')}" in said.err
    assert f'source = {{ git = "{address}#' in (project / "uv.lock").read_text()
    (home.root / "cache").rename(home.root / "old-cache")
    said = home.hob("sync", "--frozen", cwd=project)  # the lock does not say who we are, the project does
    assert said.code == 0, said
    assert home.hob("run", "--with", f"kit @ git+{full}", "python", "-c", "import kit", cwd=project).code == 0
    assert SECRET not in home.hob("daemon", "logs", cwd=project).out + said.err
    assert {name for folder in ("old-cache", "cache", "run") for name in with_secret(home.root / folder)} == set()
    assert with_secret(project) == ["pyproject.toml"]


def test_adding_a_repository_does_not_write_the_login(home: Home, server: GitServer) -> None:
    project = home.project("demo")
    full = f"{server.url}/kit/.git".replace("://", f"://joe:{SECRET}@")
    said = home.hob("add", f"git+{full}", cwd=project)
    assert said.code == 0, said
    assert said.err.count("Updating") == 1, "its name and its metadata are learned by one look"
    assert with_secret(project) == []
    assert with_secret(home.root / "run") == []


def test_without_a_login_git_says_what_it_wants(home: Home, server: GitServer) -> None:
    project = home.project("demo", f"kit @ git+{server.url}/kit/.git")
    said = home.hob("lock", cwd=project)
    assert said.code == 1
    assert "terminal prompts disabled" in said.err
