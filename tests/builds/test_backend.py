"""A source tree names its backend, or has the legacy one; what it says wrongly is shown."""

from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from hobd.builds.backend import Backend, ForeignBackendPath, NotAProject, parse_backend
from hobd.builds.uv_build.frontend import is_built_in
from hobd.core.vocab.uv_version import UV_VERSION
from hobd.errors import HobError

PROJECT = '[project]\nname = "My_Demo"\nversion = "1"\n'


def parse(text: str) -> Backend:
    return parse_backend(text, Path("/nowhere"))


def test_a_backend_is_what_the_build_system_says(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    text = '[build-system]\nrequires = ["a>=1"]\nbuild-backend = "x.y:z"\nbackend-path = ["in"]\n' + PROJECT
    found = parse_backend(text, tmp_path)
    assert (found.requires, found.name, found.shown, found.path, found.is_default) == (("a>=1",), "x.y:z", "x.y.z", ("in",), False)
    assert (found.project_name, found.project_version) == ("my-demo", Version("1"))


OUTSIDE, NO_FOLDER = "must be a relative path within the source tree", "does not exist or is not a directory"


@pytest.mark.parametrize(
    ("entry", "why"), [("..", OUTSIDE), ("/", OUTSIDE), ("link", OUTSIDE), ("missing", NO_FOLDER), ("file", NO_FOLDER)]
)
def test_a_backend_lies_in_the_tree(tmp_path: Path, entry: str, why: str) -> None:
    (tmp_path / "link").symlink_to("/")
    (tmp_path / "file").touch()
    with pytest.raises(ForeignBackendPath, match=why):
        parse_backend(f'[build-system]\nrequires = []\nbackend-path = ["{entry}"]\n', tmp_path)


def test_without_a_backend_it_is_the_legacy_one_with_the_requirements_that_are_there() -> None:
    found = parse('[build-system]\nrequires = ["a"]')
    assert (found.requires, found.name) == (("a",), "setuptools.build_meta:__legacy__")


def test_without_a_build_system_everything_is_the_legacy_ones() -> None:
    found = parse(PROJECT)
    assert (found.requires, found.is_default) == (("setuptools>=40.8.0",), True)


def test_a_folder_with_setup_py_alone_is_a_project(tmp_path: Path) -> None:
    with pytest.raises(NotAProject):
        parse_backend(None, tmp_path)
    (tmp_path / "setup.py").touch()
    assert parse_backend(None, tmp_path).is_default


def test_a_requirement_that_is_none_is_shown_in_its_line() -> None:
    with pytest.raises(HobError) as caught:
        parse('[build-system]\nrequires = ["!!"]')
    assert "does not match the required schema" in caught.value.message
    assert '2 | requires = ["!!"]\n  |             ^^^^\n' in caught.value.causes[0]


def test_hooks_of_hatchling_may_change_what_it_prepares() -> None:
    system = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "a"\n'
    assert not parse(system + 'dynamic = ["dependencies"]').prepares_truly
    assert parse(system + 'dynamic = ["version"]').prepares_truly


@pytest.mark.parametrize(
    ("requires", "is_served"),
    [
        ('"uv_build>=0.13.8,<0.14"', True),
        ('"uv-build"', True),
        ('"uv_build<0.13"', True),
        ('"uv_build>=0.9,<0.10"', True),
        ('"uv_build==0.9.30"', False),
        ('"uv_build<0.8"', False),
        ('"uv_build>=0.14"', False),
        ('"uv_build", "other"', False),
        ("\"UV.build ; python_version > '3'\"", True),
        ('"uv_build @ https://files.example/uv_build.zip"', False),
    ],
)
def test_uv_build_is_built_in_where_its_version_is_admitted(requires: str, is_served: bool) -> None:
    assert is_built_in(parse(f'[build-system]\nrequires = [{requires}]\nbuild-backend = "uv_build"\n{PROJECT}')) is is_served


def test_only_pins_among_the_constraints_of_builds_hold_for_the_built_in_backend() -> None:
    backend = parse(f'[build-system]\nrequires = ["uv_build>=0.8,<1"]\nbuild-backend = "uv_build"\n{PROJECT}')
    assert is_built_in(backend, [SpecifierSet("<0.12"), SpecifierSet("==0.8.*")])
    assert is_built_in(backend, [SpecifierSet(f"=={UV_VERSION}")])
    assert not is_built_in(backend, [SpecifierSet("<0.12"), SpecifierSet("==0.8.1")])
