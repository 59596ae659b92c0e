"""`hob pip download` and `hob pip wheel`: folders that real pip installs from without an index."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.house import HOB
from tests.service.sessions import Answered, Site
from tests.support.wheels import make_sdist, make_wheel

LINKS = ("--no-index", "--find-links", "../links")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """An empty folder beside one with wheels and a source distribution."""
    site = Site(tmp_path, (str(HOB),))
    site.project.mkdir()
    make_wheel(tmp_path / "links", "aa", "1", ["bb>=1"], {"x": ["cc"]})
    make_wheel(tmp_path / "links", "bb", "1")
    make_wheel(tmp_path / "links", "cc", "1")
    for tag in ("manylinux_2_17_x86_64", "win_amd64", "macosx_11_0_arm64", "macosx_14_0_arm64"):
        make_wheel(tmp_path / "links", "native", "1", tag=f"cp312-cp312-{tag}")
    make_sdist(tmp_path / "links", "source", "1")
    return site


def _pip(site: Site, *words: str) -> Answered:
    return site.tell("pip", *words, *LINKS)


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _install_with_pip(folder: Path, target: Path) -> list[str]:
    """What pip puts into a folder by the `requirements.txt` that hob wrote."""
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-index", "--find-links", ".", "--require-hashes"]
    subprocess.run([*command, "-r", "requirements.txt", "--target", str(target), "-q"], cwd=folder, check=True, timeout=60)
    return sorted(path.name for path in target.glob("*.dist-info"))


def test_a_package_comes_with_what_it_requires_and_pip_installs_it_by_hash(site: Site, tmp_path: Path) -> None:
    told = _pip(site, "download", "aa[x]", "-d", "../files")
    assert told.code == 0, told.err
    assert _names(site.root / "files") == [*(f"{name}-1-py3-none-any.whl" for name in ("aa", "bb", "cc")), "requirements.txt"]
    assert _install_with_pip(site.root / "files", tmp_path / "there") == ["aa-1.dist-info", "bb-1.dist-info", "cc-1.dist-info"]
    assert "Saved 3 files" in told.err


def test_files_for_other_platforms_lie_side_by_side(site: Site) -> None:
    cases = [
        ("--platform", "win_amd64", "--python-version", "312", "--implementation", "cp", "--abi", "cp312", "--only-binary=:all:"),
        ("--platform", "macosx_12_0_arm64", "--python-version", "3.12"),
        ("--python-platform", "linux", "--python-version", "3.12"),
    ]
    for words in cases:
        told = _pip(site, "download", "native", "-d", "../files", *words)
        assert told.code == 0, told.err
    tags = ("macosx_11_0_arm64", "manylinux_2_17_x86_64", "win_amd64")
    assert _names(site.root / "files") == [*(f"native-1-cp312-cp312-{tag}.whl" for tag in tags), "requirements.txt"]
    assert (site.root / "files" / "requirements.txt").read_text().count("--hash=sha256:") == 3


def test_wheels_are_built_where_there_is_none(site: Site, tmp_path: Path) -> None:
    assert _pip(site, "download", "source", "-d", "../files").code == 0
    assert _names(site.root / "files") == ["requirements.txt", "source-1.tar.gz"]
    told = _pip(site, "wheel", "source", "bb", "-w", "../wheels")
    assert told.code == 0, told.err
    assert _names(site.root / "wheels") == ["bb-1-py3-none-any.whl", "requirements.txt", "source-1-py3-none-any.whl"]
    assert _install_with_pip(site.root / "wheels", tmp_path / "there") == ["bb-1.dist-info", "source-1.dist-info"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--platform", "amiga"), "`amiga` is not a platform to choose files for"),
        (("--abi", "cp27"), "`--abi cp27` is not supported"),
        (("--abi", "none"), "`--abi none` is not supported"),
        (("--implementation", "py"), "`--implementation py` is not supported"),
        (("--implementation", "pp"), "`--implementation pp` does not fit the Python at hand"),
    ],
)
def test_what_cannot_be_had_of_pips_options_is_said(site: Site, words: tuple[str, ...], message: str) -> None:
    told = _pip(site, "download", "aa", *words)
    assert told.code == 2
    assert message in told.err
    assert told.files == {}


def test_what_names_nothing_saves_nothing(site: Site) -> None:
    (site.project / "empty.txt").write_text("")
    told = _pip(site, "download", "-r", "empty.txt", "-d", "nowhere")
    assert (told.code, "does not contain any dependencies" in told.err, (site.project / "nowhere/requirements.txt").exists()) == (
        0,
        True,
        False,
    ), told.err
    refused = _pip(site, "download", "-r", "pylock.toml")
    assert (refused.code, refused.err) == (2, "error: `pylock.toml` is not a supported input format for `uv pip download`\n")


def test_requirements_of_somebody_else_are_not_written_over(site: Site) -> None:
    theirs = site.root / "files" / "requirements.txt"
    theirs.parent.mkdir()
    theirs.write_text("aa\n")
    told = _pip(site, "download", "-r", "../files/requirements.txt", "-d", "../files", "--no-deps")
    assert told.code == 0
    assert theirs.read_text() == "aa\n"
    assert "is not uv's and stays as it is" in told.err
