"""Compiling what is installed (INS-3): once for all environments, and with the outcome that uv's way has."""

import re
from pathlib import Path

import pytest

from tests.e2e.house import Home

OFF = {"HOB_DAEMON": "off"}


def compiled(project: Path) -> dict[str, Path]:
    """The bytecode in a project's environment, by module."""
    return {path.name.partition(".")[0]: path for path in project.glob(".venv/lib/python*/site-packages/__pycache__/*.pyc")}


def test_a_wheels_modules_are_compiled_once_and_linked_into_every_environment(home: Home) -> None:
    one, other = home.project("one", "apple"), home.project("other", "apple")
    for project in (one, other):
        said = home.hob("sync", "--compile-bytecode", "--link-mode", "hardlink", cwd=project, **OFF)
        assert re.search(r"^Bytecode compiled 2 files in ", said.err, re.MULTILINE), said
    assert compiled(one).keys() == {"apple", "banana"}
    assert {name: path.stat().st_ino for name, path in compiled(one).items()} == {
        name: path.stat().st_ino for name, path in compiled(other).items()
    }
    said = home.hob("run", "--no-sync", "python", "-v", "-c", "import apple", cwd=other, **OFF)
    assert f"{compiled(other)['apple']} matches" in said.err


def test_what_was_installed_without_bytecode_is_compiled_where_it_lies(home: Home) -> None:
    project = home.project("demo", "apple")
    assert home.hob("sync", cwd=project, **OFF).code == 0
    assert compiled(project) == {}
    assert home.hob("sync", "--compile-bytecode", cwd=project, **OFF).code == 0
    places = {name: path.stat().st_ino for name, path in compiled(project).items()}
    assert places.keys() == {"apple", "banana"}
    assert home.hob("sync", "--compile-bytecode", cwd=project, **OFF).code == 0
    assert {name: path.stat().st_ino for name, path in compiled(project).items()} == places


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
        how = OFF if tool is home.hob else {}
        said = tool("sync", "--compile-bytecode", cwd=project, **how, **variables)
        flags = {name: path.read_bytes()[4:8] for name, path in compiled(project).items()}
        elsewhere = [path.name for path in (home.root / "elsewhere").rglob(f"{tool.__name__}/**/cherry*.pyc")]
        outcomes.append((said.code, said.err.partition("\n  cause:")[0].splitlines()[-1][:30], flags, elsewhere))
    assert outcomes[0] == outcomes[1]
