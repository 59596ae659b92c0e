"""`hob pip list`, `freeze`, `show`, `check`, `tree` and `uninstall`, told to uv and to hob in environments of the same content."""

import json
from collections.abc import Sequence
from pathlib import Path

from tests.service.sessions import Site, make_sites
from tests.support.wheels import make_wheel

ORDINARY = {
    "aa-1.0.dist-info": ["Requires-Dist: bb[x]>=1 ; python_version > '3.5'", "Requires-Dist: cc ; extra == 'y'", "Provides-Extra: y"],
    "bb-1.5.dist-info": ["Requires-Dist: dd==3", "Requires-Dist: ee ; sys_platform == 'win32'", "Provides-Extra: x"],
    "dd-3.dist-info": ["Requires-Dist: aa"],
    "Gg_H-2.0post1.dist-info": ["Requires-Dist: BB <2", "Requires-Python: >=3.9"],
}
FAULTY = {
    "aa-1.0.dist-info": ["Requires-Dist: bb>=2"],
    "bb-1.0rc1+l.1.dist-info": ["Requires-Dist: cc==1", "Requires-Dist: zz"],
    "cc-1.0.dist-info": [],
    "cc-2.0.dist-info": [],
    "old-1.0.dist-info": ["Requires-Python: >=3.99", "Requires-Dist: aa @ https://files.example/aa-9.whl"],
}
ORIGINS: dict[str, dict[str, object]] = {
    "aa-1.0.dist-info": {"url": "https://user:secret@files.example/aa-1.0-py3-none-any.whl", "archive_info": {}},
    "bb-1.5.dist-info": {
        "url": "https://token@git.example/bb",
        "vcs_info": {"vcs": "git", "commit_id": "0123456789" * 4, "requested_revision": "main"},
        "subdirectory": "sub",
    },
    "dd-3.dist-info": {"url": "file:///srv/dd", "dir_info": {}},
    "Gg_H-2.0post1.dist-info": {"url": "file:///srv/g%20h", "dir_info": {"editable": True}},
}


def _install(site: Site, content: dict[str, list[str]], origins: dict[str, dict[str, object]]) -> None:
    """Put distributions where an installer would; each has one module."""
    packages = next((site.project / ".venv" / "lib").glob("python*")) / "site-packages"
    for folder, lines in content.items():
        name, _, version = folder.removesuffix(".dist-info").partition("-")
        info = packages / folder
        info.mkdir()
        (info / "METADATA").write_text("\n".join(["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *lines, "", ""]))
        (info / "WHEEL").write_text("Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        (packages / f"{name}.py").write_text("")
        files = [f"{name}.py", *(f"{folder}/{file}" for file in ("METADATA", "WHEEL", "RECORD"))]
        if folder in origins:
            (info / "direct_url.json").write_text(json.dumps(origins[folder]))
            files.append(f"{folder}/direct_url.json")
        (info / "RECORD").write_text("".join(f"{file},,\n" for file in files))


def _pair(root: Path, content: dict[str, list[str]], origins: dict[str, dict[str, object]] | None = None) -> tuple[Site, Site]:
    pair = make_sites(root, {"requirements.txt": "aa>5\nmissing\n"})
    for site in pair:
        assert site.tell("venv").code == 0
        _install(site, content, origins or {})
    return pair


def _assert_same(pair: tuple[Site, Site], commands: Sequence[str]) -> None:
    uv, hob = pair
    for command in commands:
        assert hob.tell("pip", *command.split()) == uv.tell("pip", *command.split()), command


def test_listings_say_what_uv_says(tmp_path: Path) -> None:
    commands = (
        "list",
        "list --format json",
        "list --format freeze",
        "list --exclude aa --exclude gg.h",
        "list --editable",
        "freeze",
        "list -q",
    )
    _assert_same(_pair(tmp_path, ORDINARY), commands)


def test_what_came_from_elsewhere_is_frozen_with_its_place_and_without_secrets(tmp_path: Path) -> None:
    pair = _pair(tmp_path, ORDINARY, ORIGINS)
    _assert_same(pair, ("freeze", "freeze --exclude-editable", "list", "list --format json", "list --exclude-editable", "show gg-h"))
    assert "secret" not in pair[1].tell("pip", "freeze").out
    assert "token" not in pair[1].tell("pip", "freeze").out


def test_what_is_there_twice_is_frozen_once(tmp_path: Path) -> None:
    pair = _pair(tmp_path, {"aa-1.dist-info": [], "AA-1.dist-info": []})
    _assert_same(pair, ("freeze",))


def test_what_is_judged_for_may_be_settled(tmp_path: Path) -> None:
    pair = _pair(tmp_path, ORDINARY)
    for site in pair:
        (site.project / "pyproject.toml").write_text('[tool.uv.pip]\npython-version = "3.99"\npython-platform = "windows"\n')
    _assert_same(pair, ("check",))


def test_files_of_which_nobody_knows_the_age_are_told_of(tmp_path: Path) -> None:
    pair = _pair(tmp_path, {"aa-1.dist-info": []})
    for site in pair:
        for version in ("1", "2"):
            make_wheel(site.root / "links", "aa", version)
    links = "--no-index --find-links ../links"
    _assert_same(pair, (f"list --outdated {links}", f"list --outdated {links} --exclude-newer 2020-01-01"))


def test_nothing_installed_is_nothing_listed(tmp_path: Path) -> None:
    _assert_same(_pair(tmp_path, {}), ("list", "list --format json", "freeze", "check", "show aa", "tree"))


def test_distributions_are_described_as_uv_describes_them(tmp_path: Path) -> None:
    _assert_same(_pair(tmp_path, ORDINARY), ("show aa BB nowhere", "show -f dd", "show", "show nowhere", "show -q aa"))


def test_what_fits_together_is_said_to(tmp_path: Path) -> None:
    _assert_same(_pair(tmp_path, ORDINARY), ("check", "check --python-version 3.99", "check --python-platform windows", "check -q"))


def test_what_does_not_fit_is_told_in_order_of_names(tmp_path: Path) -> None:
    uv, hob = _pair(tmp_path, FAULTY)
    for command in ("check", "list --strict", "freeze --strict"):
        theirs, ours = uv.tell("pip", *command.split()), hob.tell("pip", *command.split())
        assert (ours.code, ours.out, sorted(ours.err.splitlines())) == (theirs.code, theirs.out, sorted(theirs.err.splitlines()))
    assert [line.split("`")[1] for line in hob.tell("pip", "check").err.splitlines() if line.startswith("The")] == [
        "aa", "bb", "cc", "old"
    ]  # fmt: skip


def test_distributions_without_metadata_are_listed_and_complained_of(tmp_path: Path) -> None:
    pair = _pair(tmp_path, ORDINARY)
    for site in pair:
        packages = next((site.project / ".venv" / "lib").glob("python*")) / "site-packages"
        (packages / "dd-3.dist-info" / "METADATA").write_text("no header\n")
    _assert_same(pair, ("list", "show dd", "check"))


def test_files_and_links_of_old_tools_are_listed(tmp_path: Path) -> None:
    pair = make_sites(tmp_path, {"dev/ll.egg-info/PKG-INFO": "Metadata-Version: 2.1\nName: ll\nVersion: 0.7\n"})
    for site in pair:
        assert site.tell("venv").code == 0
        packages = next((site.project / ".venv" / "lib").glob("python*")) / "site-packages"
        (packages / "kk-0.5-py3.12.egg-info").write_text("Metadata-Version: 2.1\nName: kk\nVersion: 0.5\nRequires-Dist: ll\n")
        (packages / "ll.egg-link").write_text(f"{site.project / 'dev'}\n.")
    _assert_same(pair, ("freeze", "show kk ll", "tree", "uninstall kk"))


CYCLES = {
    "aa-1.dist-info": ["Requires-Dist: bb"],
    "bb-1.dist-info": ["Requires-Dist: cc>=1", "Requires-Dist: cc<9"],
    "cc-1.dist-info": ["Requires-Dist: aa", "Requires-Dist: ee"],
    "ee-1.dist-info": ["Requires-Dist: ff @ https://files.example/ff.whl"],
    "ff-1.dist-info": ["Requires-Dist: ee ; extra == 'z'", "Requires-Dist: aa>1"],
    "gg-1.dist-info": ["Requires-Dist: cc", "Requires-Dist: hh ; sys_platform == 'nowhere'"],
}


def test_trees_begin_where_uv_begins_them_also_in_cycles(tmp_path: Path) -> None:
    commands = ("tree", "tree --invert", "tree --depth 1", "tree --show-version-specifiers --no-dedupe", "tree --package ee --invert")
    _assert_same(_pair(tmp_path, CYCLES), (*commands, "tree --prune bb --prune ee --show-version-specifiers --invert"))


def test_what_is_removed_leaves_no_file_behind(tmp_path: Path) -> None:
    pair = _pair(tmp_path, ORDINARY, ORIGINS)
    commands = (
        "uninstall --dry-run aa",
        "uninstall -y aa BB nowhere",
        "uninstall -r requirements.txt",
        "uninstall nowhere",
        "uninstall gg-h",
        "uninstall dd",
    )
    _assert_same(pair, (*commands, "list"))
    packages = next((pair[1].project / ".venv" / "lib").glob("python*")) / "site-packages"
    assert not [path.name for path in packages.iterdir() if path.name[:2] in ("aa", "bb", "dd", "Gg")]
