"""`hob pip compile`, told to uv and to hob over the same folder of wheels."""

from pathlib import Path

from tests.service.sessions import make_sites
from tests.support.wheels import make_wheel

FILES = {
    "requirements.in": "aa[x]  # the first\n-r sub/inner.in\n-c limits.txt\n-e ./lib\n",
    "sub/inner.in": 'bb<3\nwin ; sys_platform == "win32"\n',
    "limits.txt": "bb<2.5\ncc\nunused==1\n",
    "override.txt": "cc==1 ; python_version > '3'\n",
    "pins.txt": "aa==1.0\nbb==1.0\n",
    "broken.txt": "aa==\n",
    "including.txt": "-r pins.txt\n",
    "hashed.txt": f"bb==1.0 --hash=sha256:{'0' * 64}\ncc==1 ; python_version < '3'\n",
    "workspace/pyproject.toml": """\
[project]
name = "here"
version = "1"
dependencies = ["aa"]
[dependency-groups]
dev = ["cc"]
[tool.uv]
constraint-dependencies = ["bb<3"]
override-dependencies = ["cc==1"]
""",
    "script.py": "# /// script\n# dependencies = ['aa', 'bb']\n# [tool.uv]\n# constraint-dependencies = ['bb<2']\n# ///\n",
    "odd/groups/pyproject.toml": "[project]\nname = 'd'\nversion = '1'\n[dependency-groups]\ndev = ['a b']\n",
    "odd/empty/pyproject.toml": "",
    "odd/broken/pyproject.toml": "[project\n",
    "odd/unbuildable/pyproject.toml": "[project]\nname = 'd'\nversion = '1'\ndependencies = ['a b']\n",
    "conflict.in": "aa>1\nbb>9\n",
    "foreign.in": "mac\n",
    "options.in": "--no-index\n--find-links ../links\n--pre\nbb==2.0 \\\n    --hash=sha256:00\n",
    "lib/pyproject.toml": """\
[project]
name = "lib"
version = "1"
dependencies = ["cc"]
[build-system]
requires = []
build-backend = "b"
""",
    "app/pyproject.toml": """\
[project]
name = "app"
version = "1"
dependencies = ["lib", "bb"]
[project.optional-dependencies]
more = ["aa"]
all = ["app[more]"]
[dependency-groups]
dev = ["cc", { include-group = "extra" }]
extra = ["win"]
[tool.uv.sources]
lib = { path = "../lib", editable = true }
""",
}
LINKS = ("--no-index", "--find-links", "../links")


def _wheels(folder: Path) -> None:
    folder.mkdir(parents=True)
    make_wheel(folder, "aa", "1.0", ["bb"], {"x": ["cc"]})
    make_wheel(folder, "aa", "2.0", ["bb>=1", "dd ; python_version < '3'"], {"x": ["cc>=1"]})
    for version in ("1.0", "2.0", "3.0"):
        make_wheel(folder, "bb", version, [])
    for version in ("1", "2"):
        make_wheel(folder, "cc", version, [])
    make_wheel(folder, "win", "1", [])
    make_wheel(folder, "mac", "1", [], tag="cp312-cp312-macosx_11_0_arm64")
    make_wheel(folder, "late", "1", [], requires_python=">=3.99")


def _assert_same(root: Path, *commands: str) -> None:
    uv, hob = make_sites(root, FILES)
    for site in (uv, hob):
        _wheels(site.root / "links")
    for command in commands:
        words = ("pip", "compile", *command.split(), *LINKS)
        assert hob.tell(*words) == uv.tell(*words), command


def test_files_name_where_each_package_is_asked_for(tmp_path: Path) -> None:
    _assert_same(
        tmp_path,
        "requirements.in",
        "requirements.in --override override.txt --annotation-style line --no-header",
        "requirements.in --universal --no-strip-extras --generate-hashes",
        "requirements.in --no-emit-package cc --no-emit-package bb --no-annotate --emit-find-links --emit-build-options",
        "requirements.in options.in --no-deps --resolution lowest",
        "requirements.in --emit-marker-expression --all-extras --cert nowhere.pem",
        "requirements.in --emit-marker-expression --python-version 3.11 --torch-backend cpu",
        "-c limits.txt sub/inner.in --override override.txt --emit-marker-expression --no-header --cert limits.txt",
        "-c limits.txt sub/inner.in --override override.txt --emit-marker-expression --no-header",
        "requirements.in --all-extras",
    )


def test_projects_and_groups_are_sources_too(tmp_path: Path) -> None:
    _assert_same(
        tmp_path,
        "app/pyproject.toml --extra all",
        "--group app/pyproject.toml:dev --universal",
        "--group app/pyproject.toml:DEV",
        "app/pyproject.toml --extra nope",
    )


def test_standard_output_is_the_callers(tmp_path: Path) -> None:
    _, hob = make_sites(tmp_path, FILES)
    _wheels(hob.root / "links")
    for more in ((), ("-q",)):
        told = hob.tell("pip", "compile", "sub/inner.in", "-o", "/dev/stdout", "--no-header", "--no-annotate", *LINKS, *more)
        assert (told.code, told.out) == (0, "bb==2.0\n"), told.err


def test_projects_that_cannot_be_asked_are_told_of(tmp_path: Path) -> None:
    _assert_same(tmp_path, "odd/broken/pyproject.toml", "odd/unbuildable/pyproject.toml", "--group odd/groups/pyproject.toml:dev")


def test_what_was_written_before_is_kept_until_it_is_upgraded(tmp_path: Path) -> None:
    _assert_same(
        tmp_path, "requirements.in -o pins.txt", "requirements.in -o pins.txt -P aa", "requirements.in -o pins.txt -U -q", "nothere.in"
    )


def test_pins_are_known_in_whatever_form_they_were_written(tmp_path: Path) -> None:
    _assert_same(
        tmp_path,
        "sub/inner.in requirements.in -o including.txt",
        "sub/inner.in -c limits.txt -o hashed.txt --generate-hashes",
        "sub/inner.in -c limits.txt -o hashed.txt --generate-hashes -P bb",
        "-c limits.txt sub/inner.in -o pylock.toml",
        "sub/inner.in -o pylock.toml",
        "sub/inner.in -o pylock.toml -P bb",
        "sub/inner.in -o broken.txt",
        "sub/inner.in -o broken.txt -U",
        "pylock.toml",
    )


def test_what_a_workspace_or_a_script_says_of_versions_holds(tmp_path: Path) -> None:
    _assert_same(
        tmp_path,
        "workspace/pyproject.toml --directory .",
        "pyproject.toml --directory workspace",
        "--project workspace --group dev",
        "--group nowhere/pyproject.toml:dev",
        "script.py",
        "requirements.in --upgrade-group dev",
    )


def test_a_bare_version_after_python_is_what_is_solved_for(tmp_path: Path) -> None:
    _assert_same(tmp_path, "sub/inner.in -p 3.99", "sub/inner.in -p 3.99 --python-version 3.98", "sub/inner.in -p >=3.99")


def test_one_environment_explains_why_nothing_fits(tmp_path: Path) -> None:
    _assert_same(
        tmp_path,
        "conflict.in",
        "foreign.in",
        "foreign.in --python-version 3.11 --python-platform aarch64-apple-darwin",
        "foreign.in --universal",
    )


def test_pylock_is_written_by_name_or_by_format(tmp_path: Path) -> None:
    _assert_same(
        tmp_path, "requirements.in -o pylock.toml", "requirements.in --format pylock.toml --universal", "requirements.in -o pylock.a.b.toml"
    )


def test_packages_of_an_unknown_backend_are_not_taken_from_elsewhere(tmp_path: Path) -> None:
    _, hob = make_sites(tmp_path, {"direct.in": "torchvision\n", "needed.in": "aa\n"})
    make_wheel(hob.root / "links", "aa", "1", ["torch"])
    make_wheel(hob.root / "links", "torch", "1")
    for name, package in (("direct.in", "torchvision"), ("needed.in", "torch")):
        told = hob.tell("pip", "compile", name, "--torch-backend", "cpu", *LINKS)
        assert (told.code, f"hob does not know the address of that index: `{package}`" in told.err.replace("uv", "hob")) == (2, True), told
