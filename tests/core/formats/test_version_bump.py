"""Raising versions, held against uv."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.version import Version

from hobd.core.formats.version_bump import PARTS, bump_version, parse_bump
from hobd.errors import RequestError

UV = Path(sys.executable).with_name("uv")

VERSIONS = ["1.2.3", "1.2.3a1", "1.2.3rc1", "1.2.3.post1", "1.2.3.dev4", "1.2.3a1.post2.dev3", "1.2.3+local", "1", "1!2.3", "1.2.3.4", "0"]
MIXTURES = [
    *([part] for part in sorted(PARTS)),
    ["beta", "minor"],
    ["minor", "dev"],
    ["rc", "dev=9"],
    ["minor", "minor"],
    ["minor", "rc", "alpha"],
    ["stable", "patch"],
    ["post", "dev"],
    ["post=1"],
    ["major=1"],
    ["patch=10"],
    ["alpha=2"],
    ["dev=0"],
]


def ask_uv(version: str, bumps: list[str], folder: Path) -> str:
    """What uv makes of a version, or why it does not."""
    (folder / "pyproject.toml").write_text(f'[project]\nname = "x"\nversion = "{version}"\n')
    words = [word for bump in bumps for word in ("--bump", bump)]
    environment = {"PATH": os.defpath, "HOME": str(folder), "UV_PYTHON_DOWNLOADS": "never"}
    done = subprocess.run(
        [UV, "version", "--dry-run", "--short", *words], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or done.stderr.strip().removeprefix("error: ")


def ask_hob(version: str, bumps: list[str]) -> str:
    """What hob makes of it."""
    try:
        return str(bump_version(Version(version), [parse_bump(text) for text in bumps]))
    except RequestError as error:
        return error.message


@pytest.mark.skipif(not UV.exists(), reason="uv is not installed beside this Python")
@pytest.mark.parametrize("version", VERSIONS)
def test_versions_are_raised_as_uv_raises_them(version: str, tmp_path: Path) -> None:
    said = {tuple(bumps): ask_hob(version, bumps) for bumps in MIXTURES}
    assert said == {tuple(bumps): ask_uv(version, bumps, tmp_path) for bumps in MIXTURES}


def test_a_release_keeps_its_length() -> None:
    assert ask_hob("0.2", ["minor"]) == "0.3"
    assert ask_hob("0.2", ["patch"]) == "0.2.1"
