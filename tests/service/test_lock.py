"""`hob lock` of workspaces whose parts do not hold together, beside uv."""

from pathlib import Path

import pytest

from tests.service.sessions import UV, Site, make_sites

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
