"""`hob pip install` and `hob pip sync`, told to uv and to hob over the same folder of wheels."""

import hashlib
import re
from pathlib import Path

from tests.service.sessions import Site, make_sites
from tests.support.wheels import make_wheel

LINKS = ("--no-index", "--find-links", "../links")
_PREPARED = re.compile(r"^Prepared .*\n", re.MULTILINE)
"""uv counts a wheel of a local folder as prepared once for each path, hob once for its content."""

_PROJECT = """\
[project]
name = "mylib"
version = "1"
dependencies = ["bb"]
[build-system]
requires = ["uv_build>=0.13.0,<0.14.0"]
build-backend = "uv_build"
"""


def _wheels(folder: Path) -> dict[str, str]:
    """Make them; returns the digest of each by the start of its file name."""
    folder.mkdir(parents=True)
    make_wheel(folder, "aa", "1.0", ["bb"], {"x": ["cc"]})
    make_wheel(folder, "aa", "2.0", ["bb>=2"], {"x": ["cc"]})
    for version in ("1.0", "2.0", "3.0"):
        make_wheel(folder, "bb", version, [])
    make_wheel(folder, "cc", "1", [])
    make_wheel(folder, "mac", "1", [], tag="cp312-cp312-macosx_11_0_arm64")
    return {path.name.split("-py3")[0]: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


class Pair:
    """Two environments, one for each tool."""

    def __init__(self, root: Path) -> None:
        self.uv, self.hob = make_sites(root, {"empty.txt": ""})
        for site in (self.uv, self.hob):
            self.digests = _wheels(site.root / "links")
            assert site.tell("venv").code == 0

    def write(self, name: str, text: str) -> None:
        for site in (self.uv, self.hob):
            (site.project / name).parent.mkdir(parents=True, exist_ok=True)
            (site.project / name).write_text(text)

    def assert_same(self, *commands: str) -> None:
        for command in commands:
            words = ("pip", *command.split(), *(LINKS if command.split()[0] in ("install", "sync") else ()))
            assert _told(self.hob, words) == _told(self.uv, words), command


def _told(site: Site, words: tuple[str, ...]) -> tuple[int, str, str]:
    answered = site.tell(*words)
    return answered.code, answered.out, _PREPARED.sub("", answered.err)


def test_what_is_installed_stays_until_something_else_is_asked_for(tmp_path: Path) -> None:
    Pair(tmp_path).assert_same(
        "install bb<2",
        "install bb",
        "install aa",
        "install bb -U",
        "install aa[x] --reinstall-package bb",
        "install cc --exact",
        "install aa==1.0 --compile-bytecode",
        "install bb<3 --dry-run --reinstall",
        "install bb --dry-run -U --no-index",
        "freeze",
    )


def test_nothing_is_changed_when_there_is_no_solution_or_only_a_question(tmp_path: Path) -> None:
    Pair(tmp_path).assert_same(
        "install aa>9",
        "install mac",
        "install bb --dry-run",
        "install bb --check --output-format json",
        "install bb --output-format json",
        "install ../links/mac-1-cp312-cp312-macosx_11_0_arm64.whl",
        "install --target there bb",
        "freeze",
    )


def test_sync_heeds_nothing_but_what_is_listed(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    settings = '[tool.uv]\nconstraint-dependencies = ["bb<2"]\n[tool.uv.pip]\nresolution = "lowest"\nupgrade = true\nstrict = true\n'
    pair.write("pyproject.toml", f'[project]\nname = "here"\nversion = "1"\n{settings}')
    pair.write("open.txt", "bb\ncc\n")
    pair.assert_same(
        "sync open.txt", "freeze", "install bb==1.0", "sync open.txt", "install aa==2.0 --no-deps", "install bb==1.0 --no-upgrade"
    )


def test_what_was_installed_for_another_platform_does_not_stay(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    for site in (pair.uv, pair.hob):
        make_wheel(site.root / "links", "mac", "1", [])
    pair.assert_same("install mac --python-platform aarch64-apple-darwin --only-binary mac", "install mac", "install mac")


def test_sync_installs_just_what_is_listed(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    pair.write("two.txt", "aa==2.0\ncc\n")
    pair.assert_same(
        "install bb",
        "sync two.txt",
        "sync two.txt",
        "sync two.txt --reinstall --dry-run",
        "sync empty.txt --allow-empty-requirements",
        "freeze",
    )


def test_hashes_are_held_against_files(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    good, bad = pair.digests["bb-2.0"], "0" * 64
    pair.write("good.txt", f"bb==2.0 --hash=sha256:{good}\n")
    pair.write("bad.txt", f"bb==2.0 --hash=sha256:{bad} --hash=sha256:{bad[1:]}1\n")
    pair.write("none.txt", "bb==2.0\n")
    pair.write("loose.txt", f"bb --hash=sha256:{good}\n")
    pair.write("needing.txt", f"aa==2.0 --hash=sha256:{pair.digests['aa-2.0']}\n")
    pair.assert_same(
        "install -r bad.txt",
        "install --require-hashes -r none.txt",
        "install --require-hashes -r loose.txt",
        "install --require-hashes -r needing.txt",
        "sync --require-hashes good.txt",
        "install -r bad.txt --no-verify-hashes",
        "freeze",
    )


def test_hashes_of_what_is_there_already_are_not_asked_for(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    pair.write("folder/pyproject.toml", _PROJECT)
    pair.assert_same(
        "install --require-hashes -r folder/pyproject.toml",
        "install bb==1.0",
        "install --require-hashes bb",
        "install --require-hashes ./folder",
        "install --require-hashes mylib@./folder",
        "install --require-hashes ../links/bb-2.0-py3-none-any.whl",
    )


def test_constraints_may_say_where_something_is(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    pair.write("limits.txt", "bb @ ../links/bb-1.0-py3-none-any.whl\n")
    pair.write("excluded.txt", "bb\n")
    pair.assert_same(
        "install aa==1.0",
        "install aa==1.0 -c limits.txt",
        "install aa==1.0 -c limits.txt",
        "uninstall bb",
        "install aa==1.0 --excludes excluded.txt",
        "freeze",
    )


def test_what_may_not_be_built_is_refused_but_for_editables(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    pair.write("folder/pyproject.toml", _PROJECT)
    pair.write("folder/src/mylib/__init__.py", "")
    pair.assert_same(
        "install ./folder --no-build",
        "install ./folder --only-binary mylib",
        "install -e ./folder --no-build",
        "install ../links/bb-1.0-py3-none-any.whl --no-binary bb",
        "freeze",
    )


def test_limits_of_all_packages_spare_those_that_the_other_limit_names(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    pair.write("all.txt", "--no-binary :all:\n--only-binary bb\nbb\n")
    pair.write("none.txt", "-r all.txt\n--no-binary :none:\ncc\n")
    pair.write("wrong.txt", "--no-binary bb cc\nbb\n")
    pair.write("nameless.txt", "./folder\n")
    pair.assert_same(
        "install bb --no-binary :all: --only-binary bb",
        "install bb --no-binary :all: --reinstall",
        "install -r all.txt --reinstall",
        "install -r none.txt --reinstall",
        "install -r wrong.txt",
        "install cc --excludes nameless.txt",
        "freeze",
    )


def test_a_place_that_cannot_be_made_is_told_of(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    for option in ("--target", "--prefix"):
        told = pair.hob.tell("pip", "install", "bb", option, "empty.txt", *LINKS)
        assert (told.code, "error: failed to create directory" in told.err, "bug" in told.err) == (2, True, False), told.err


def test_what_came_from_a_place_is_removed_by_its_place(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    pair.write("places.txt", "../links/bb-1.0-py3-none-any.whl\n")
    pair.assert_same(
        "install ../links/bb-1.0-py3-none-any.whl cc",
        "uninstall ../links/bb-2.0-py3-none-any.whl",
        "uninstall -r places.txt",
        "uninstall git+https://files.example/x.git",
        "freeze",
    )


def test_a_pylock_is_installed_as_it_is(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    pair.write("all.in", "aa[x]\nbb<3\n")
    for site in (pair.uv, pair.hob):
        assert site.tell("pip", "compile", "all.in", "-o", "pylock.toml", *LINKS).code == 0
    pair.write("pylock.late.toml", 'lock-version = "1.0"\ncreated-by = "x"\nrequires-python = ">=3.99"\npackages = []\n')
    pair.write("pylock.bad.toml", 'lock-version = "2.0"\ncreated-by = "x"\npackages = []\n')
    pair.assert_same(
        "sync pylock.toml",
        "install -r pylock.toml",
        "sync pylock.late.toml",
        "sync pylock.bad.toml",
        "install -r pylock.toml -c all.in",
        "install -r pylock.toml --overrides all.in",
        "install -r pylock.toml -r pylock.late.toml",
        "install -r pylock.toml -r all.in",
        "install -r pylock.toml --group pyproject.toml:dev",
        "freeze",
    )


def test_errors_are_as_wide_as_they_may_be(tmp_path: Path) -> None:
    uv, hob = make_sites(tmp_path, {"empty.txt": ""}, {"COLUMNS": "50"})
    for site in (uv, hob):
        make_wheel(site.root / "links", "aa", "1", ["a-name-that-nobody-has"])
        assert site.tell("venv").code == 0
    for words in (("aa",), ("aa==2", "-U"), ("--require-hashes", "aa"), ("bb>3,<4", "aa")):
        told = ("pip", "install", *words, *LINKS)
        assert hob.tell(*told).err == uv.tell(*told).err, words


def test_an_environment_counts_whoever_made_its_python(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    pair.assert_same("install bb --managed-python", "list --managed-python", "install bb --python-preference only-managed -p 3.99")


def test_what_is_entered_and_gone_does_not_hide_what_is_here(tmp_path: Path) -> None:
    uv, hob = make_sites(tmp_path, {"pyproject.toml": ""}, {"VIRTUAL_ENV": "/nowhere"})
    for site in (uv, hob):
        _wheels(site.root / "links")
    words = ("pip", "install", "bb", *LINKS)
    assert _told(hob, words) == _told(uv, words)
    assert hob.tell("venv").code == uv.tell("venv").code == 0
    assert _told(hob, words) == _told(uv, words)
    assert _told(hob, ("pip", "freeze")) == _told(uv, ("pip", "freeze"))


def test_an_environment_has_to_be_there_or_named(tmp_path: Path) -> None:
    uv, hob = make_sites(tmp_path, {"empty.txt": ""})
    for site in (uv, hob):
        _wheels(site.root / "links")
    for command in ("install -p 3.99 bb", "install -p ./nowhere bb"):
        words = ("pip", *command.split(), *LINKS)
        assert hob.tell(*words) == uv.tell(*words), command
