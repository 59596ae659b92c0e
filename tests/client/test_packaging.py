"""The wheel brings a client, whatever the machine that builds it has."""

import os
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from hobd.files_program import PLACE
from tests.client.conftest import ROOT

pytest.importorskip("hatchling")


def build(folder: Path, **variables: str) -> tuple[Path, str]:
    """The wheel, and what was said on the way."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **variables}, capture_output=True, text=True, check=True)
    return next(folder.glob("*.whl")), done.stdout + done.stderr


def script(wheel: Path, name: str, place: str = "scripts") -> bytes:
    """A program of the wheel, which must be executable."""
    with zipfile.ZipFile(wheel) as archive:
        member = next(member for member in archive.infolist() if member.filename.endswith(f".data/{place}/{name}"))
        assert member.external_attr >> 16 & stat.S_IXUSR
        return archive.read(member)


def test_without_rust_the_wheel_is_for_every_platform_and_brings_the_stand_in(tmp_path: Path) -> None:
    wheel, said = build(tmp_path, PATH="/no/such/place")
    assert wheel.name.endswith("-py3-none-any.whl")
    assert "no native client" in said
    for name in ("hob", "hobx"):
        assert script(wheel, name).startswith(b"#!python\n")
    with zipfile.ZipFile(wheel) as archive:
        assert {"hob_client/__main__.py", "hobd/__init__.py", "hob/v1/execute_pb2.py"} <= set(archive.namelist())


def test_the_stand_in_can_be_wished_for(tmp_path: Path) -> None:
    wheel, said = build(tmp_path, HOB_BUILD_NATIVE="0")
    assert wheel.name.endswith("-py3-none-any.whl")
    assert "no native client" not in said


def test_a_native_client_that_was_wished_for_and_fails_fails_the_build(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        build(tmp_path, PATH="/no/such/place", HOB_BUILD_NATIVE="1")


@pytest.mark.usefixtures("native")
def test_with_rust_the_wheel_is_for_this_platform_and_any_python(tmp_path: Path) -> None:
    wheel, _ = build(tmp_path, HOB_BUILD_NATIVE="1")
    assert "-py3-none-linux_" in wheel.name
    assert script(wheel, "hob").startswith(b"\x7fELF")
    assert len(script(wheel, "hob")) <= 3 * 1024 * 1024
    assert script(wheel, "hobx") == script(wheel, "hob")
    assert script(wheel, PLACE, "data").startswith(b"\x7fELF")
