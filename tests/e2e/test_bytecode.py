"""Compiling what is installed (INS-3): once for all environments, and with the outcome that uv's way has."""

import re
from pathlib import Path

import pytest

from tests.e2e.house import Home, wait_until

WANTED = {"PYTHONDONTWRITEBYTECODE": ""}
"""Bytecode comes by itself, which tests switch off where it is not what they are about."""


def compiled(project: Path) -> dict[str, Path]:
    """The bytecode in a project's environment, by module."""
    return {path.name.partition(".")[0]: path for path in project.glob(".venv/lib/python*/site-packages/__pycache__/*.pyc")}


def test_a_wheels_modules_are_compiled_once_and_linked_into_every_environment(home: Home) -> None:
    one, other = home.project("one", "apple"), home.project("other", "apple")
    for project in (one, other):
        said = home.hob("sync", "--compile-bytecode", "--link-mode", "hardlink", cwd=project)
        assert re.search(r"^Bytecode compiled 2 files in ", said.err, re.MULTILINE), said
    assert compiled(one).keys() == {"apple", "banana"}
    assert {name: path.stat().st_ino for name, path in compiled(one).items()} == {
        name: path.stat().st_ino for name, path in compiled(other).items()
    }
    said = home.hob("run", "--no-sync", "python", "-v", "-c", "import apple", cwd=other)
    assert f"{compiled(other)['apple']} matches" in said.err


def test_what_was_installed_without_bytecode_is_compiled_where_it_lies(home: Home) -> None:
    project = home.project("demo", "apple")
    assert home.hob("sync", cwd=project).code == 0
    assert compiled(project) == {}
    assert home.hob("sync", "--compile-bytecode", cwd=project).code == 0
    places = {name: path.stat().st_ino for name, path in compiled(project).items()}
    assert places.keys() == {"apple", "banana"}
    assert home.hob("sync", "--compile-bytecode", cwd=project).code == 0
    assert {name: path.stat().st_ino for name, path in compiled(project).items()} == places


def ready(home: Home) -> int:
    """How many wheels are compiled for other environments."""
    return len(list(home.root.rglob("bytecode/??/*/*/manifest.msgpack")))


def test_the_daemon_compiles_what_it_installed_once_nobody_waits_and_later_environments_have_it(home: Home) -> None:
    assert home.hob("sync", cwd=home.project("one", "apple"), **WANTED).code == 0
    assert compiled(home.root / "one") == {}
    wait_until(lambda: ready(home) == 2, seconds=30)
    other = home.project("other", "apple", "cherry")
    assert home.hob("sync", "--link-mode", "hardlink", cwd=other, **WANTED).code == 0
    assert compiled(other).keys() == {"apple", "banana"}
    assert all(path.stat().st_nlink > 1 for path in compiled(other).values())
    said = home.hob("run", "--no-sync", "python", "-v", "-c", "import apple", cwd=other)
    assert f"{compiled(other)['apple']} matches" in said.err
    assert home.hob("pip", "uninstall", "apple", "banana", cwd=other).code == 0
    assert compiled(other) == {}


@pytest.mark.parametrize(
    ("words", "variables", "extra"),
    [
        (["--link-mode", "copy"], {}, ""),
        ([], {"PYTHONDONTWRITEBYTECODE": "1"}, ""),
        ([], {"PYTHONPYCACHEPREFIX": "/nowhere"}, ""),
        ([], {}, "[tool.hob]\nbackground-bytecode = false\n"),
    ],
    ids=["copies", "none wanted", "elsewhere", "turned off"],
)
def test_bytecode_that_nobody_asked_for_is_left_out(home: Home, words: list[str], variables: dict[str, str], extra: str) -> None:
    assert home.hob("sync", "--compile-bytecode", cwd=home.project("one", "apple")).code == 0
    other = home.project("other", "apple", extra=extra)
    assert home.hob("sync", *words, cwd=other, **WANTED | variables).code == 0
    assert compiled(other) == {}


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"PYC_INVALIDATION_MODE": "CHECKED_HASH"},
        {"PYC_INVALIDATION_MODE": "UNCHECKED_HASH"},
        {"PYC_INVALIDATION_MODE": "checked-hash"},
        {"SOURCE_DATE_EPOCH": "1700000000"},
        {"PYTHONPYCACHEPREFIX": "elsewhere"},
    ],
    ids=lambda variables: " ".join(variables.values()) or "as usual",
)
def test_bytecode_is_checked_and_lies_as_with_uv(home: Home, variables: dict[str, str]) -> None:
    if "PYTHONPYCACHEPREFIX" in variables:
        variables = {"PYTHONPYCACHEPREFIX": str(home.root / "elsewhere")}
    outcomes = []
    for tool in (home.uv, home.hob):
        project = home.project(tool.__name__, "cherry")
        said = tool("sync", "--compile-bytecode", cwd=project, **variables)
        flags = {name: path.read_bytes()[4:8] for name, path in compiled(project).items()}
        elsewhere = [path.name for path in (home.root / "elsewhere").rglob(f"{tool.__name__}/**/cherry*.pyc")]
        outcomes.append((said.code, said.err.partition("\n  cause:")[0].splitlines()[-1][:30], flags, elsewhere))
    assert outcomes[0] == outcomes[1]
