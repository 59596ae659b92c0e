"""`hob python`: what it says, installs, links and downloads is what uv does, and nothing is ever half there."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.e2e.house import HOB
from tests.service.sessions import Site, make_sites
from tests.support.standalone_pythons import MINOR, key, make_download_site, patch
from tests.support.wheels import make_wheel

OLD, NEW = patch(90), patch(91)
OTHER = "3.13" if MINOR != "3.13" else "3.12"
HERE = {
    "UV_PYTHON_DOWNLOADS": "auto",
    "UV_OFFLINE": "false",
    "UV_PYTHON_DOWNLOADS_JSON_URL": "[ROOT]/mirror/list.json",
    "UV_PYTHON_SEARCH_PATH": "/nowhere",
    "XDG_DATA_HOME": "[ROOT]/data",
    "XDG_BIN_HOME": "[ROOT]/bin",
}

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.uname().machine != "x86_64" or not os.confstr("CS_GNU_LIBC_VERSION"),
    reason="the builds of the download site are for one platform",
)


@pytest.fixture(scope="session")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two builds of one minor version, and their list."""
    folder = tmp_path_factory.mktemp("builds")
    make_download_site(folder, OLD, NEW)
    return folder


@pytest.fixture
def sites(tmp_path: Path, mirror: Path) -> tuple[Site, Site]:
    """A folder for uv and one for hob, each with a download site of its own."""
    made = make_sites(tmp_path, {"keep": ""}, HERE)
    for site in made:
        give_mirror(site, mirror)
    return made


def give_mirror(site: Site, mirror: Path) -> None:
    folder = site.root / "mirror"
    shutil.copytree(mirror, folder)
    listing = folder / "list.json"
    listing.write_text(listing.read_text().replace(mirror.as_uri(), folder.as_uri()))


def forget_new_patch(site: Site, mirror: Path) -> None:
    """The site as it was before the new patch came out."""
    listing = site.root / "mirror" / "list.json"
    entries = json.loads((mirror / "list.json").read_text().replace(mirror.as_uri(), listing.parent.as_uri()))
    del entries[key(NEW)]
    listing.write_text(json.dumps(entries))


def remember_new_patch(site: Site, mirror: Path) -> None:
    listing = site.root / "mirror" / "list.json"
    listing.write_text((mirror / "list.json").read_text().replace(mirror.as_uri(), listing.parent.as_uri()))


def links(site: Site, folder: str) -> dict[str, str]:
    """What lies in a folder, and where links lead."""
    place = site.root / folder
    entries = sorted(place.iterdir()) if place.is_dir() else []
    return {one.name: os.readlink(one).replace(str(site.root), "") if one.is_symlink() else "" for one in entries}


def assert_alike(sites: tuple[Site, Site], *commands: str) -> None:
    uv, hob = sites
    for command in commands:
        words = command.split()
        assert hob.tell(*words) == uv.tell(*words), command
        assert links(hob, "bin") == links(uv, "bin"), command
        assert links(hob, "data/uv/python") == links(uv, "data/uv/python"), command


def test_pythons_come_are_upgraded_and_go_as_with_uv(sites: tuple[Site, Site], mirror: Path) -> None:
    for site in sites:
        forget_new_patch(site, mirror)
    assert_alike(sites, "python list", f"python install {MINOR}", f"python install {MINOR}", "python list --output-format json")
    for site in sites:
        remember_new_patch(site, mirror)
    assert_alike(
        sites,
        "python list",
        f"python install -U {OLD}",
        "python upgrade",
        "python upgrade",
        "python list --all-versions",
        f"python find {OLD}",
        f"python install --default {OLD}",
        f"python uninstall {NEW}",
        f"python find {MINOR}",
        f"python uninstall {OTHER}",
        "python uninstall --all",
    )


def test_a_missing_python_is_downloaded_or_it_is_said_why_not(sites: tuple[Site, Site]) -> None:
    assert_alike(
        sites,
        f"venv -p {MINOR} --no-python-downloads",
        f"venv -p {MINOR} --offline",
        f"venv -p {MINOR} --no-managed-python",
        f"venv -p {OTHER}",
        f"python find {MINOR}",
        f"venv -p {MINOR}",
        "python find",
        "python find --system --show-version",
        "python find --no-managed-python",
    )
    uv, hob = ((site.project / ".venv/pyvenv.cfg").read_text().replace(str(site.root), "") for site in sites)
    assert uv == hob


def test_lists_and_builds_come_from_the_web_too(tmp_path: Path, mirror: Path) -> None:
    shutil.copytree(mirror, tmp_path / "web")
    with serve(tmp_path / "web") as address:
        listing = tmp_path / "web" / "list.json"
        listing.write_text(listing.read_text().replace(mirror.as_uri(), address))
        sites = make_sites(tmp_path, {"keep": ""}, {**HERE, "UV_PYTHON_DOWNLOADS_JSON_URL": f"{address}/list.json"})
        assert_alike(sites, "python list --show-urls", f"venv -p {MINOR}", f"python install {OLD}")


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """A web server for a folder; its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files and says nothing of it."""

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name that it has there
        """Say nothing."""


def test_environments_follow_the_newest_patch_and_outlive_a_reinstallation(sites: tuple[Site, Site], mirror: Path) -> None:
    _, hob = sites
    forget_new_patch(hob, mirror)
    hob.tell("venv", "-p", MINOR)
    remember_new_patch(hob, mirror)
    hob.tell("python", "upgrade")
    hob.tell("python", "uninstall", OLD)
    prefix = subprocess.run(
        [hob.project / ".venv/bin/python", "-c", "import os, sys; print(os.path.realpath(sys.base_prefix))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    assert Path(prefix).name == key(NEW)


def test_an_environment_follows_patches_however_its_python_was_named_but_by_patch(sites: tuple[Site, Site]) -> None:
    for site in sites:
        site.tell("python", "install", NEW)
        folder = site.root / "data/uv/python" / key(NEW)
        for number, named in enumerate((folder, folder / "bin/python", site.root / "bin" / f"python{MINOR}", NEW)):
            site.tell("venv", "-p", str(named), f"../made/{number}")
    uv, hob = ({one.parent.name: one.read_text() for one in (site.root / "made").glob("*/pyvenv.cfg")} for site in sites)
    assert len(hob) == 4
    assert {name: text.replace(str(sites[1].root), str(sites[0].root)) for name, text in hob.items()} == uv


def test_other_programs_are_not_overwritten_unless_that_is_wanted(sites: tuple[Site, Site]) -> None:
    for site in sites:
        (site.root / "bin").mkdir()
        (site.root / "bin" / f"python{MINOR}").write_text("mine")
    uv, hob = sites
    for words in (("python", "install", MINOR), ("python", "install", "--bin", MINOR)):
        assert hob.tell(*words) == uv.tell(*words)
        assert (hob.root / "bin" / f"python{MINOR}").read_text() == "mine"
    assert_alike(sites, f"python install --force {MINOR}")


def test_a_wrong_archive_is_never_installed(sites: tuple[Site, Site]) -> None:
    _, hob = sites
    archive = hob.root / "mirror" / f"cpython-{NEW}-install_only.tar.gz"
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 1
    archive.write_bytes(content)
    said = hob.tell("python", "install", MINOR)
    assert said.code == 1
    assert f"Hash mismatch for `{key(NEW)}`" in said.err
    assert set(links(hob, "data/uv/python")) == {".gitignore", ".lock", ".temp"}
    assert links(hob, "data/uv/python/.temp") == {}


def test_archives_are_kept_where_that_is_asked_for_and_checked_each_time(tmp_path: Path, mirror: Path) -> None:
    variables = {**HERE, "UV_PYTHON_CACHE_DIR": "[ROOT]/kept"}
    sites = make_sites(tmp_path, {"keep": ""}, variables)
    for site in sites:
        give_mirror(site, mirror)
    assert_alike(sites, f"python install {MINOR}")
    assert links(sites[0], "kept") == links(sites[1], "kept")
    for site in sites:
        (site.root / "mirror" / f"cpython-{NEW}-install_only.tar.gz").unlink()
    assert_alike(sites, f"python install --reinstall {MINOR}")
    (kept,) = (sites[1].root / "kept").iterdir()
    kept.write_bytes(b"other")
    assert sites[1].tell("python", "install", "--reinstall", MINOR).code == 1
    assert sites[1].tell("python", "find", MINOR, "--system", "--show-version").code == 0


@pytest.mark.parametrize("point", ["pythons.fetched", "managed.replaced", "managed.placed"])
def test_whoever_is_killed_while_installing_leaves_the_old_one_or_the_new_one(sites: tuple[Site, Site], point: str) -> None:
    _, hob = sites
    hob.tell("python", "install", MINOR)
    alone = Site(hob.root, (str(HOB),), {**HERE, "HOB_DAEMON": "off", "HOB_TEST_CRASH_AT": point})
    assert alone.tell("python", "install", "--reinstall", MINOR).code == -signal.SIGKILL
    assert hob.tell("python", "install", MINOR).code == 0
    assert hob.tell("python", "find", "--system", "--show-version", MINOR).code == 0
    assert links(hob, "data/uv/python/.temp") == {}


def test_whoever_is_killed_while_uninstalling_leaves_nothing_that_is_taken_for_a_python(sites: tuple[Site, Site]) -> None:
    _, hob = sites
    hob.tell("python", "install", MINOR)
    alone = Site(hob.root, (str(HOB),), {**HERE, "HOB_DAEMON": "off", "HOB_TEST_CRASH_AT": "managed.removed"})
    assert alone.tell("python", "uninstall", "--all").code == -signal.SIGKILL
    assert hob.tell("python", "list", "--only-installed").out == ""
    assert hob.tell("python", "install", MINOR).code == 0
    assert hob.tell("python", "find", "--system", MINOR).code == 0


def test_a_new_environment_is_seeded_with_what_its_python_needs(tmp_path: Path) -> None:
    settings = 'no-index = true\nfind-links = ["../wheels"]\n'
    sites = make_sites(tmp_path, {"uv.toml": settings}, {"UV_OFFLINE": "false"})
    for site in sites:
        for name, needs in (("pip", []), ("setuptools", []), ("wheel", ["packaging"]), ("packaging", [])):
            make_wheel(site.root / "wheels", name, "1.0", needs)
    uv, hob = sites
    for words in (("venv", "--seed", "--clear"), ("pip", "list"), ("venv", "--seed", "--clear", "-p", "3.99"), ("pip", "list")):
        assert hob.tell(*words) == uv.tell(*words)
    assert (hob.project / ".venv/pyvenv.cfg").read_text() == (uv.project / ".venv/pyvenv.cfg").read_text()


def test_environments_are_told_as_they_were_asked_for(tmp_path: Path) -> None:
    uv, hob = make_sites(tmp_path, {"keep": ""})
    for words in ("venv ../a/./b", "venv --system", "venv ../c --no-system", "venv -c --seed --no-index", "venv ../d --python="):
        ours, theirs = hob.tell(*words.split()), uv.tell(*words.split())
        assert (ours.code, ours.err) == (theirs.code, theirs.err), words


def test_environments_are_called_what_uv_calls_them(tmp_path: Path) -> None:
    sites = make_sites(tmp_path, {"pyproject.toml": "[tool.uv.workspace]\nmembers = []\n"})
    places = {"": ".venv", "../b/.venv": "../b/.venv", "--prompt . ../c/d": "../c/d", "--prompt= ../e": "../e", "--prompt it ../f": "../f"}
    for site in sites:
        for words in places:
            site.tell("venv", *words.split())
        replace(site, variables={"UV_PROJECT_ENVIRONMENT": "../g"}).tell("sync")
    uv, hob = sites
    for place in (*places.values(), "../g"):
        ours, theirs = ((site.project / place / "pyvenv.cfg").read_text() for site in (hob, uv))
        assert ours == theirs, place


def test_pins_are_shown_written_and_removed_as_with_uv(tmp_path: Path) -> None:
    project = f'[project]\nname = "demo"\nversion = "1"\nrequires-python = ">={MINOR}"\n'
    uv, hob = make_sites(tmp_path, {"free/keep": "", "bound/pyproject.toml": project})
    for words in (("cp311",), ("some-name",), ("3.99",), (), ("--rm",), ("--rm",), ("--global", MINOR), ("--rm",), ("--rm", "--global")):
        assert hob.tell("python", "pin", *words, folder="free") == uv.tell("python", "pin", *words, folder="free"), words
    for words in ((), (f">={MINOR}",), ("--resolved", MINOR), ("3.8", "--no-project"), ()):
        assert hob.tell("python", "pin", *words, folder="bound") == uv.tell("python", "pin", *words, folder="bound"), words


@pytest.mark.parametrize("above", ["[tool.uv]\n", "[dependency-groups]\n", '[project]\nname = "demo"\nversion = "1"\n'])
def test_the_nearest_settings_count_unless_a_project_has_its_own(tmp_path: Path, above: str) -> None:
    files = {"pyproject.toml": above, "below/uv.toml": 'python-preference = "only-managed"\n'}
    uv, hob = make_sites(tmp_path, files)
    assert hob.tell("python", "find", folder="below") == uv.tell("python", "find", folder="below")


def test_the_shells_files_are_written_once(tmp_path: Path) -> None:
    for shell in ("bash", "fish"):
        uv, hob = make_sites(tmp_path / shell, {"keep": ""}, {"SHELL": f"/bin/{shell}"})
        for site in (uv, hob):
            (site.root / ".bashrc").write_text("alias x=y")
        for _ in range(2):
            assert hob.tell("python", "update-shell") == uv.tell("python", "update-shell")
        assert profiles(hob) == profiles(uv)


def profiles(site: Site) -> dict[str, str]:
    """All files below the home but the project's, with uv's name for hob's."""
    found = (path for path in site.root.rglob("*") if path.is_file() and not path.is_relative_to(site.project))
    return {str(path.relative_to(site.root)): path.read_text().replace(str(site.root), "").replace("# hob", "# uv") for path in found}
