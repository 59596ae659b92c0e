"""`hob lock` of workspaces whose parts do not hold together, beside uv."""

from pathlib import Path

import pytest

from tests.e2e.house import UV
from tests.service.sessions import Site, make_sites

pytestmark = pytest.mark.skipif(not UV.exists(), reason="uv is not installed beside this Python")

BUILDS = '[build-system]\nrequires = ["uv_build"]\nbuild-backend = "uv_build"\n'
CORE = '[project]\nname = "core"\nversion = "1"\nrequires-python = ">=3.11"\n' + BUILDS
APP = '[project]\nname = "app"\nversion = "2"\nrequires-python = ">=3.11"\ndependencies = ["core"]\n' + BUILDS
WORKSPACE = {
    "pyproject.toml": '[tool.uv.workspace]\nmembers = ["app", "core", "more/*"]\n',
    "app/pyproject.toml": APP + "[tool.uv.sources]\ncore = { workspace = true }\n",
    "core/pyproject.toml": CORE,
}


def assert_same(sites: tuple[Site, Site], *commands: str) -> None:
    uv, hob = sites
    for command in commands:
        assert hob.tell(*command.split()) == uv.tell(*command.split()), command


def write(sites: tuple[Site, Site], name: str, text: str) -> None:
    for site in sites:
        path = site.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_a_fresh_lock_is_held_against_the_places_that_are_named(tmp_path: Path) -> None:
    project = '[project]\nname = "demo"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["tool"]\n'
    file = '{ url = "https://files.example/tool-1-py3-none-any.whl", hash = "sha256:' + "0" * 64 + '" }'
    lock = (
        'version = 1\nrevision = 3\nrequires-python = ">=3.11"\n\n'
        '[[package]]\nname = "demo"\nversion = "1"\nsource = { virtual = "." }\ndependencies = [\n    { name = "tool" },\n]\n\n'
        '[package.metadata]\nrequires-dist = [{ name = "tool" }]\n\n'
        '[[package]]\nname = "tool"\nversion = "1"\nsource = { registry = "https://index.example/simple" }\nwheels = [\n    '
        + file
        + ",\n]\n"
    )
    sites = make_sites(tmp_path, {"pyproject.toml": project, "uv.lock": lock})
    assert_same(sites, "lock --check", "lock --check --no-index", "lock --check --find-links nope", "sync --frozen --find-links nope")


def test_a_member_that_left_is_told_of_the_build(tmp_path: Path) -> None:
    files = {**WORKSPACE, "more/tool/pyproject.toml": CORE.replace("core", "tool")}
    sites = make_sites(tmp_path, files)
    assert_same(sites, "lock")
    for site in sites:
        (site.project / "core" / "pyproject.toml").unlink()
        (site.project / "core").rmdir()
    assert_same(sites, "lock")


def test_a_source_that_does_not_fit_is_told_of_the_old_lock_or_of_the_build(tmp_path: Path) -> None:
    sites = make_sites(tmp_path, WORKSPACE)
    assert_same(sites, "lock")
    write(sites, "app/pyproject.toml", APP.replace("core", "gone") + "[tool.uv.sources]\ngone = { workspace = true }\n")
    assert_same(sites, "lock", "lock -U", "lock --check")
    for site in sites:
        (site.project / "uv.lock").unlink()
    assert_same(sites, "lock")


def test_a_folder_without_a_project_is_ignored_only_while_it_holds_nothing(tmp_path: Path) -> None:
    sites = make_sites(tmp_path, WORKSPACE | {"more/.keep": ""})
    for site in sites:
        (site.project / "more" / "new").mkdir()
    assert_same(sites, "lock")
    write(sites, "more/new/file.txt", "")
    assert_same(sites, "lock")


def test_a_group_that_is_named_must_exist(tmp_path: Path) -> None:
    sites = make_sites(tmp_path, WORKSPACE)
    assert_same(sites, "lock", *(f"export --frozen --no-hashes {option} dev" for option in ("--group", "--only-group", "--no-group")))
    assert_same(sites, "export --frozen --no-hashes --dev", "export --frozen --no-hashes --only-dev")


BACKEND = """
import os
import shutil
import tomllib

shutil.rmtree(os.path.join(os.path.dirname(__file__), "__pycache__"), ignore_errors=True)  # all that is left behind is compared
def prepare_metadata_for_build_wheel(folder, settings=None):
    os.makedirs(os.path.join(folder, "demo-2.5.dist-info"))
    with open("pyproject.toml", "rb") as file:
        (required,) = tomllib.load(file)["project"]["dependencies"]
    with open(os.path.join(folder, "demo-2.5.dist-info", "METADATA"), "w") as file:
        file.write(f"Metadata-Version: 2.1\\nName: demo\\nVersion: 2.5\\nRequires-Dist: {required}\\n")
    return "demo-2.5.dist-info"
prepare_metadata_for_build_editable = prepare_metadata_for_build_wheel
"""


def test_a_dynamic_version_is_asked_of_the_backend_before_anything_is_solved(tmp_path: Path) -> None:
    text = '[project]\nname = "demo"\ndynamic = ["version"]\nrequires-python = ">=3.11"\ndependencies = ["demo>%s"]\n'
    built = '[build-system]\nrequires = []\nbuild-backend = "own"\nbackend-path = ["."]\n'
    sites = make_sites(tmp_path, {"pyproject.toml": text % 2 + built, "own.py": BACKEND})
    assert_same(sites, "lock", "lock --check")
    write(sites, "pyproject.toml", text % 3 + built)
    assert_same(sites, "lock", "lock --check")


def test_a_lock_stays_while_its_requirements_come_to_the_same(tmp_path: Path) -> None:
    text = '[project]\nname = "demo"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = [%s]\n'
    sites = make_sites(tmp_path, {"pyproject.toml": text % '"demo[x]>=1"' + "[project.optional-dependencies]\nx = []\n"})
    assert_same(sites, "lock")
    write(sites, "pyproject.toml", text % '"demo[x]>=1", "demo>=0.5"' + "[project.optional-dependencies]\nx = []\n")
    assert_same(sites, "lock --check")
    write(
        sites,
        "pyproject.toml",
        text % '"demo[x]>=1", "demo>=0.5"' + '[project.optional-dependencies]\nx = []\n[tool.uv]\nexclude-dependencies = ["a"]\n',
    )
    assert_same(sites, "lock --check", "lock")


def test_what_is_odd_of_the_pythons_and_the_conflicts_is_warned_of(tmp_path: Path) -> None:
    text = (
        '[project]\nname = "demo"\nversion = "1"\nrequires-python = "~=3.11"\n[dependency-groups]\na = []\nb = [{ include-group = "a" }]\n'
    )
    conflicts = '[tool.uv]\nconflicts = [[{ group = "a" }, { group = "b" }], [{ group = "a" }, { package = "demo" }]]\n'
    assert_same(make_sites(tmp_path, {"pyproject.toml": text + conflicts}), "lock")
