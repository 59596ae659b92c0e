"""The makers of test distributions make what uv installs and builds."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.wheels import make_sdist, make_wheel, sha256

UV = Path(sys.executable).parent / "uv"


def uv(*arguments: str | Path, cwd: Path) -> None:
    command = [UV, *arguments, "--offline", "--no-config", "--cache-dir", cwd / "cache"]
    found = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin", "HOME": str(cwd)})
    assert found.returncode == 0, found.stderr


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    uv("venv", "--python", sys.executable, "env", cwd=tmp_path)
    return tmp_path / "env"


def test_a_made_wheel_installs_and_its_command_runs(tmp_path: Path, environment: Path) -> None:
    wheel = make_wheel(
        tmp_path / "files",
        "Hello.World",
        "1.0",
        entry_points={"console_scripts": {"hello": "hello_world:main"}},
        files={"hello_world/__init__.py": "def main():\n    print('hello')\n"},
    )
    uv("pip", "install", "--python", environment, "--no-index", wheel, cwd=tmp_path)
    assert subprocess.run([environment / "bin" / "hello"], capture_output=True, check=True).stdout == b"hello\n"


@pytest.mark.parametrize("extension", [".tar.gz", ".zip"])
def test_a_made_sdist_builds_without_requirements(tmp_path: Path, environment: Path, extension: str) -> None:
    sdist = make_sdist(tmp_path / "files", "hello", "1.0", extension=extension)
    uv("pip", "install", "--python", environment, "--no-index", sdist, cwd=tmp_path)
    command = [str(environment / "bin" / "python"), "-c", "import hello; print(hello.__version__)"]
    assert subprocess.run(command, capture_output=True, check=True).stdout == b"1.0\n"


def test_the_same_arguments_make_the_same_bytes(tmp_path: Path) -> None:
    first, second = (make_wheel(tmp_path / side, "a", "1", ["b>=2"], {"x": ["c ; os_name == 'nt'"]}) for side in ("left", "right"))
    assert sha256(first) == sha256(second)
    assert sha256(make_sdist(tmp_path / "left", "a", "1")) == sha256(make_sdist(tmp_path / "right", "a", "1"))
