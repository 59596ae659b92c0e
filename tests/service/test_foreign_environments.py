"""Environments that other tools made and filled are read as they are, and changed only as asked."""

import json
from pathlib import Path

import pytest

from tests.e2e.house import HOB
from tests.service.sessions import Answered, Site, make_sites
from tests.support.wheels import make_wheel

LINKS = ("--no-index", "--find-links", "../links")


def _pip(site: Site, *words: str) -> Answered:
    return site.tell("pip", *words, *(LINKS if words[0] == "install" else ()))


def _packages(site: Site) -> Path:
    return next(site.project.glob(".venv/lib/python*/site-packages"))


@pytest.fixture
def conda(tmp_path: Path) -> Site:
    """An environment of conda's with `aa`, which says who installed it, `bb`, which conda's list has, and `cc`, which is pip's."""
    site = Site(tmp_path, (str(HOB),))
    site.project.mkdir()
    for name in ("aa", "bb", "cc"):
        make_wheel(tmp_path / "links", name, "1")
        make_wheel(tmp_path / "links", name, "2")
    assert site.tell("venv").code == 0
    assert _pip(site, "install", "aa==1", "bb==1", "cc==1").code == 0
    packages, records = _packages(site), site.project / ".venv" / "conda-meta"
    installer = packages / "aa-1.dist-info" / "INSTALLER"
    installer.unlink()  # it is linked to the store
    installer.write_text("conda\n")
    records.mkdir()
    place = (packages / "bb-1.dist-info" / "METADATA").relative_to(site.project / ".venv").as_posix()
    (records / "bb-1-0.json").write_text(json.dumps({"name": "bb", "files": [place]}))
    return site


def test_what_conda_installed_is_not_changed_unless_one_insists(conda: Site) -> None:
    before = _pip(conda, "freeze").out
    for words in (("install", "-U", "aa", "bb", "cc"), ("install", "-U", "aa", "bb", "--dry-run")):
        told = _pip(conda, *words)
        assert told.code == 2
        assert "  aa 1 would be replaced by 2\n  bb 1 would be replaced by 2\n" in told.err
        assert "`conda update aa bb`" in told.err
        assert "`--break-system-packages`" in told.err
    told = _pip(conda, "uninstall", "bb", "cc")
    assert (told.code, "  bb 1 would be removed\n" in told.err) == (2, True)
    assert _pip(conda, "freeze").out == before
    assert _pip(conda, "install", "-U", "aa", "bb", "--break-system-packages").code == 0
    assert _pip(conda, "freeze").out == "aa==2\nbb==2\ncc==1\n"


def test_what_others_put_into_an_environment_of_condas_is_changed_as_ever(conda: Site) -> None:
    assert _pip(conda, "install", "cc==2").code == 0
    assert _pip(conda, "install", "aa", "bb").code == 0
    assert _pip(conda, "install", "-U", "bb", "--break-system-packages").code == 0
    assert _pip(conda, "install", "bb==1").code == 0  # what took the place of conda's is not conda's
    assert _pip(conda, "uninstall", "cc").code == 0
    assert _pip(conda, "freeze").out == "aa==1\nbb==1\n"


DAMAGES = {
    "without-record": ("aa-1.dist-info/METADATA", "Name: aa\nVersion: 1\n"),
    "broken-metadata": ("aa-1.dist-info/METADATA", "\x00nonsense\n\n"),
    "no-metadata": ("aa-1.dist-info/INSTALLER", "pip\n"),
    "no-name": ("-1.dist-info/METADATA", ""),
    "leftover-of-pip": ("~a-1.dist-info/METADATA", "Name: aa\nVersion: 1\n"),
    "egg-info-file": ("old-1.0.egg-info", "Metadata-Version: 1.0\nName: old\nVersion: 1.0\n"),
    "egg-info-folder": ("old-1.0-py3.12.egg-info/PKG-INFO", "Metadata-Version: 1.0\nName: old\nVersion: 1.0\n"),
    "egg-link-to-nowhere": ("old.egg-link", "/nowhere\n."),
    "easy-install": ("easy-install.pth", "/nowhere\n"),
    "twice": ("bb-0.1.dist-info/METADATA", "Name: bb\nVersion: 0.1\n"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_an_odd_environment_is_read_as_uv_does_and_put_right_where_asked(damage: str, tmp_path: Path) -> None:
    sites = make_sites(tmp_path, {"here.txt": ""})
    name, text = DAMAGES[damage]
    for site in sites:
        make_wheel(site.root / "links", "aa", "1")
        make_wheel(site.root / "links", "bb", "1")
        assert site.tell("venv").code == 0
        assert _pip(site, "install", "bb").code == 0
        path = _packages(site) / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    uv, hob = sites
    for words in (("list",), ("freeze",), ("check",), ("uninstall", "aa")):
        ours, theirs = _pip(hob, *words), _pip(uv, *words)
        if damage != "no-name":  # uv gives up on all that is there
            assert (ours.code, ours.out) == (theirs.code, theirs.out), words
    for words in (("install", "aa"), ("install", "bb"), ("check",)):  # uv leaves some of it as it is
        assert _pip(hob, *words).code == 0, words
    assert all((_packages(hob) / name / "__init__.py").is_file() for name in ("aa", "bb"))


def test_what_a_module_system_brings_is_seen_as_uv_sees_it_and_never_changed(tmp_path: Path) -> None:
    sites = make_sites(tmp_path, {"here.txt": ""}, {"PYTHONPATH": "[ROOT]/module"})
    for site in sites:
        make_wheel(site.root / "links", "aa", "1")
        assert site.tell("venv").code == 0
        assert _pip(site, "install", "--target", "../module", "aa").code == 0
    uv, hob = sites
    for command in ("list", "freeze", "show aa", "uninstall aa", "check", "install aa", "list", "uninstall aa"):
        assert _pip(hob, *command.split()).code == _pip(uv, *command.split()).code, command
        assert _pip(hob, "freeze") == _pip(uv, "freeze"), command
    assert (hob.root / "module" / "aa" / "__init__.py").is_file()
