"""What is installed is read as it lies there, whoever installed it."""

import shutil
from pathlib import Path
from time import time_ns

import pytest

from hobd.core.vocab.evidence import NoEvidence
from hobd.environments.apply import ApplySettings, apply_plan
from hobd.environments.inspect import read_installed, read_installer, read_metadata
from hobd.environments.installed_memory import InstalledMemory
from hobd.environments.installed_metadata import read_installed_metadata
from tests.environments.places import make_environment, unpack
from tests.support.evidence import DiskNotes
from tests.support.wheels import make_wheel


def dist_info(site: Path, stem: str, **files: str) -> Path:
    path = site / f"{stem}.dist-info"
    path.mkdir(parents=True)
    for name, text in {"METADATA": "", "RECORD": "", **files}.items():
        (path / name.replace("_json", ".json")).write_text(text)
    return path


def test_names_and_versions_come_from_the_folders(tmp_path: Path) -> None:
    for stem in ("Foo_Bar-1.0", "foo_bar-2.0rc1", "old-style-name-3.0", "zzz-1!2.0+local.1"):
        dist_info(tmp_path, stem)
    for junk in ("no-version", "-", "~oo-1.0", "bad name-1.0"):
        dist_info(tmp_path, junk)
    (tmp_path / "file-1.0.dist-info").write_text("a file")
    found = [(one.name, one.version) for one in read_installed([tmp_path], NoEvidence())]
    assert found == [("foo-bar", "1.0"), ("foo-bar", "2.0rc1"), ("old-style-name", "3.0"), ("zzz", "1!2.0+local.1")]


def test_origin_tags_and_state_are_read_where_they_are(tmp_path: Path) -> None:
    dist_info(tmp_path, "plain-1.0", WHEEL="Wheel-Version: 1.0\nTag: py2-none-any\nTag: py3-none-any\n", INSTALLER="pip\n")
    direct = '{"url":"file:///srv/x","dir_info":{"editable":true}}'
    state = '{"timestamp":{"secs_since_epoch":1,"nanos_since_epoch":2},"commit":null,"tags":null,"env":{},"directories":{"src":null}}'
    dist_info(tmp_path, "local-1.0", direct_url_json=direct, uv_cache_json=state, uv_build_json="{}")
    local, plain = read_installed([tmp_path], NoEvidence())
    assert plain.tags == ("py2-none-any", "py3-none-any")
    assert (plain.origin, plain.cache_info, plain.build_info) == (None, None, None)
    assert read_installer(plain) == "pip"
    assert local.origin is not None
    assert local.cache_info is not None
    assert (local.origin.url, local.origin.is_editable, local.cache_info.timestamp, local.build_info) == (
        "file:///srv/x",
        True,
        (1, 2),
        "{}",
    )
    assert local.cache_info.folders == (("src", None),)


@pytest.mark.parametrize("missing", ["METADATA", "RECORD"])
def test_what_lacks_its_lists_is_broken(tmp_path: Path, missing: str) -> None:
    (dist_info(tmp_path, "one-1.0") / missing).unlink()
    assert [one.is_broken for one in read_installed([tmp_path], NoEvidence())] == [True]


@pytest.mark.parametrize(
    ("record", "left", "is_broken"),
    [
        ("kit/a.py,,\nmore.py,,\none-1.0.dist-info/RECORD,,\n", [], True),
        ("kit/a.py,,\nmore.py,,\none-1.0.dist-info/RECORD,,\n", ["more.py"], False),
        ("one.py,,\n", ["one.py"], False),
        ("../../../bin/one,,\n__pycache__/x.pyc,,\none-1.0.dist-info/RECORD,,\n", [], False),
    ],
)
def test_what_lost_all_but_its_metadata_is_broken(tmp_path: Path, record: str, left: list[str], *, is_broken: bool) -> None:
    dist_info(tmp_path, "one-1.0", RECORD=record)
    for name in left:
        (tmp_path / name).touch()
    assert [one.is_broken for one in read_installed([tmp_path], NoEvidence())] == [is_broken]


def test_damaged_files_count_as_nothing_said(tmp_path: Path) -> None:
    dist_info(tmp_path, "one-1.0", direct_url_json="{", uv_cache_json="[]", WHEEL="\xff")
    (found,) = read_installed([tmp_path], NoEvidence())
    assert (found.origin, found.cache_info, found.tags) == (None, None, ())


def test_older_formats_are_known(tmp_path: Path) -> None:
    (tmp_path / "distutils-1.0-py3.8.egg-info").write_text("Name: distutils\nVersion: 1.0\n")
    (tmp_path / "setup.egg-info").mkdir()
    (tmp_path / "setup.egg-info/PKG-INFO").write_text("Metadata-Version: 1.0\nName: Setup.Tool\nVersion: 2.0\n")
    project = tmp_path / "project"
    (project / "dev.egg-info").mkdir(parents=True)
    (project / "dev.egg-info/PKG-INFO").write_text("Name: dev\nVersion: 3.0\n")
    (tmp_path / "dev.egg-link").write_text(f"{project}\n.\n")
    (tmp_path / "gone.egg-link").write_text("/no/where\n.\n")
    found = {one.name: (one.version, one.kind) for one in read_installed([tmp_path], NoEvidence())}
    assert found == {
        "dev": ("3.0", "egg-link"),
        "distutils": ("1.0", "egg-info-file"),
        "setup-tool": ("2.0", "egg-info-folder"),
    }
    assert all("Version: " in (read_metadata(one) or "") for one in read_installed([tmp_path], NoEvidence()))


def read_again(site: Path, memory: InstalledMemory) -> list[tuple[str, str, bool, tuple[str, ...]]]:
    """What memory helps to read; always what is read without it."""
    found = read_installed([site], NoEvidence(), memory)
    assert found == read_installed([site], NoEvidence())
    return [(one.name, one.version, one.is_broken, one.tags) for one in found]


def test_what_changed_is_read_again_and_only_that(tmp_path: Path) -> None:
    memory = InstalledMemory(now_ns=lambda: time_ns() + 3_600_000_000_000)
    for stem in ("kit-1.0", "other-1.0"):
        dist_info(tmp_path, stem, RECORD=f"{stem[:3]}x/a.py,,\n", WHEEL="Tag: py3-none-any\n")
        (tmp_path / f"{stem[:3]}x").mkdir()
    dist_info(tmp_path, "local-1.0", direct_url_json='{"url":"file:///srv/x","dir_info":{}}')
    before = read_again(tmp_path, memory)
    (tmp_path / "kit-1.0.dist-info/WHEEL").write_text("Tag: py2-none-any\n")  # nothing installs into what is installed
    (tmp_path / "local-1.0.dist-info/direct_url.json").write_text('{"url":"file:///srv/y","dir_info":{}}')
    (known, local, _) = read_installed([tmp_path], NoEvidence(), memory)
    assert (known.tags, local.origin and local.origin.url) == (("py3-none-any",), "file:///srv/y")
    (tmp_path / "kit-1.0.dist-info/WHEEL").unlink()
    assert read_again(tmp_path, memory)[0] == ("kit", "1.0", False, ())
    (tmp_path / "othx").rmdir()
    assert read_again(tmp_path, memory)[2] == ("other", "1.0", True, ("py3-none-any",))
    (tmp_path / "othx").mkdir()
    assert read_again(tmp_path, memory)[2] == before[2]
    shutil.rmtree(tmp_path / "kit-1.0.dist-info")
    dist_info(tmp_path, "kit-1.0").joinpath("RECORD").unlink()
    assert read_again(tmp_path, memory)[0] == ("kit", "1.0", True, ())


def test_metadata_that_was_edited_is_read_again(tmp_path: Path) -> None:
    memory = InstalledMemory(now_ns=lambda: time_ns() + 3_600_000_000_000)
    file = dist_info(tmp_path, "kit-1.0") / "METADATA"
    (kit,) = read_installed([tmp_path], NoEvidence())
    for requirement in ("apple", "plums"):
        file.write_text(f"Metadata-Version: 2.1\nName: kit\nVersion: 1.0\nRequires-Dist: {requirement}\n")
        for _ in range(2):
            said = read_installed_metadata(kit, NoEvidence(), memory)
            assert said is not None
            assert [each.name for each in said.requires_dist] == [requirement]
    file.unlink()
    assert read_installed_metadata(kit, NoEvidence(), memory) is None


def test_missing_folders_are_empty(tmp_path: Path) -> None:
    assert read_installed([tmp_path / "none"], NoEvidence()) == ()


def test_the_folder_tells_of_every_change_by_another_tool(tmp_path: Path) -> None:
    environment = make_environment(tmp_path / "venv")
    site = environment.scheme.purelib
    noted = DiskNotes()
    assert read_installed([site], noted) == ()
    assert site in noted.paths
    before = site.stat().st_mtime_ns
    apply_plan(environment, (), [unpack(make_wheel(tmp_path, "kit", "1.0"), tmp_path / "store")], ApplySettings())
    assert site.stat().st_mtime_ns != before
    dist_info(site, "local-1.0", direct_url_json='{"url":"file:///srv/x","dir_info":{}}')
    read_installed([site], noted)
    assert site / "local-1.0.dist-info" / "direct_url.json" in noted.paths
    assert site / "kit-1.0.dist-info" not in noted.paths  # an index's: the folder above says all
