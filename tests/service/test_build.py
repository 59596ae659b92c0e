"""`hob build` makes what uv makes, says the same, and leaves no half-made distribution."""

import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.service.sessions import Site, make_sites
from tests.support.wheels import make_wheel, sha256

BUILT_IN = '[build-system]\nrequires = ["uv_build>=0.13.8,<0.14.0"]\nbuild-backend = "uv_build"\n'
APP = {
    "pyproject.toml": f"""\
# a comment
[project]
name = "My.App"
version = "1.0"  # another
readme = "README.md"
license-files = ["LIC*"]
requires-python = ">=3.9"
dependencies = ["idna>3 ; python_version>='3.8'", "Rich"]
[project.scripts]
run = "my_app:main"
[tool.uv.build-backend]
module-name = "my_app"
source-include = ["docs/**", "tests/*.py"]
source-exclude = ["docs/private*"]
wheel-exclude = ["**/skip.py"]
data = {{ scripts = "bin" }}
[tool.other]
b=1
{BUILT_IN}""",
    "README.md": "hi\n",
    "LICENSE": "mine\n",
    "src/my_app/__init__.py": "def main():\n    print('hi')\n",
    "src/my_app/sub/__init__.py": "",
    "src/my_app/sub/skip.py": "",
    "src/my_app/__pycache__/a.pyc": "",
    "docs/a.md": "",
    "docs/private.md": "",
    "docs/deep/b.md": "",
    "tests/t.py": "",
    "tests/n.txt": "",
    "bin/tool": "#!/bin/sh\n",
    "other/x": "",
}
IN_TREE = """\
import os, zipfile
def build_wheel(folder, settings=None, metadata=None):
    print("making a wheel")
    name = "own-1.0-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as file:
        file.writestr("own-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: own\\nVersion: 1.0\\n")
    return name
def build_sdist(folder, settings=None):
    raise SystemExit("no sdist today")
"""
OWN = {
    "pyproject.toml": """\
[project]
name = "own"
version = "1.0"
[build-system]
requires = []
build-backend = "own"
backend-path = ["."]
""",
    "own.py": IN_TREE,
}


def _members(site: Site) -> dict[str, list[tuple[str, bytes]]]:
    """The files of each distribution in `dist`, in order."""
    found: dict[str, list[tuple[str, bytes]]] = {}
    for path in sorted((site.project / "dist").glob("*-*")):
        if path.suffix == ".whl":
            with zipfile.ZipFile(path) as wheel:
                found[path.name] = [
                    (name, wheel.read(name).replace(b"uv 0", b"hob 0")) for name in wheel.namelist() if "RECORD" not in name
                ]
        else:
            with tarfile.open(path) as sdist:
                found[path.name] = [(f"{each.name} {each.mode:o}", _content(sdist, each)) for each in sdist]
    return found


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member) if member.isfile() else None
    return file.read() if file is not None else b""


def _assert_same_words(pair: tuple[Site, Site], *commands: str) -> None:
    uv, hob = pair
    for command in commands:
        theirs, ours = uv.tell(*command.split()), hob.tell(*command.split())
        assert (ours.code, ours.out, ours.err) == (theirs.code, theirs.out, theirs.err), command


def _make(root: Path, files: dict[str, str]) -> tuple[Site, Site]:
    """The same project twice; what is built is looked at as archives, never as text."""
    uv, hob = make_sites(root, files)
    return _Words(uv.root, uv.program), _Words(hob.root, hob.program)


class _Words(Site):
    """A site whose files are not read as text."""

    def files(self) -> dict[str, str]:
        return {}


def test_the_built_in_backend_makes_the_same_distributions(tmp_path: Path) -> None:
    pair = _make(tmp_path, APP)
    _assert_same_words(pair, "build", "build --list --wheel", "build --list --sdist", "build --wheel -o out", "build --sdist -q")
    assert _members(pair[1]) == _members(pair[0])
    assert (pair[1].project / "dist" / ".gitignore").read_text() == "*"


def test_members_are_built_into_the_workspace(tmp_path: Path) -> None:
    files = {"pyproject.toml": '[tool.uv.workspace]\nmembers = ["m*"]\n'}
    for name in ("ma", "mb"):
        files[f"{name}/pyproject.toml"] = f'[project]\nname = "{name}"\nversion = "1"\nrequires-python = ">=3.9"\n{BUILT_IN}'
        files[f"{name}/src/{name}/__init__.py"] = ""
    pair = _make(tmp_path, files)
    _assert_same_words(
        pair, "build --package ma --wheel", "build mb --wheel", "build --package zzz", "build --package ma ma/pyproject.toml"
    )
    uv, hob = (site.tell("build", "--all-packages") for site in pair)
    assert (hob.code, sorted(hob.err.splitlines())) == (uv.code, sorted(uv.err.splitlines()))
    assert _members(pair[1]) == _members(pair[0])


def test_a_wheel_is_built_from_an_sdist(tmp_path: Path) -> None:
    _, hob = _make(tmp_path, APP)
    assert hob.tell("build", "--sdist").code == 0
    done = hob.tell("build", "--wheel", "dist/my_app-1.0.tar.gz")
    assert (done.code, done.err) == (
        0,
        "Building wheel from source distribution...\nSuccessfully built dist/my_app-1.0-py3-none-any.whl\n",
    )


@pytest.mark.parametrize(
    "command",
    [
        "build nowhere",
        "build README.md",
        "build --wheel README.md",
        "build --package x",
        "build --all-packages other",
        "build other",
    ],
)
def test_what_cannot_be_built_is_said_as_uv_says_it(tmp_path: Path, command: str) -> None:
    files = {"README.md": "", "other/x": ""}
    _assert_same_words(_make(tmp_path, files), command)


def test_a_backend_is_heard_unless_nobody_wants_to(tmp_path: Path) -> None:
    pair = _make(tmp_path, OWN)
    _assert_same_words(pair, "build --wheel", "build --wheel --no-build-logs", "build --wheel -q", "build", "build --list")


def test_a_failure_leaves_what_was_built_before(tmp_path: Path) -> None:
    _, hob = _make(tmp_path, APP)
    assert hob.tell("build").code == 0
    before = _members(hob)
    (hob.project / "src" / "my_app" / "__init__.py").unlink()
    assert hob.tell("build").code == 2
    assert _members(hob) == before
    assert not list((hob.project / "dist").glob(".tmp-*"))


def test_what_a_killed_build_left_is_removed_by_the_next(tmp_path: Path) -> None:
    _, hob = _make(tmp_path, APP)
    left, fresh = (hob.project / "dist" / f".tmp-{name}" for name in ("left", "fresh"))
    for folder in (left, fresh):
        (folder / "wheels").mkdir(parents=True)
    os.utime(left, (0, 0))
    assert hob.tell("build", "--wheel").code == 0
    assert (left.exists(), fresh.exists()) == (False, True)


HASHED = {
    "pyproject.toml": OWN["pyproject.toml"].replace("requires = []", 'requires = ["tool>=1,<3"]'),
    "own.py": IN_TREE,
    "none.txt": "tool==1.0\n",
    "wrong.txt": f"tool==1.0 --hash=sha256:{'0' * 64}\n",
    "range.txt": f"tool>=1.0 --hash=sha256:{'0' * 64}\n",
    "never.txt": "tool==9\n",
}


def test_build_requirements_are_held_against_hashes_and_constraints(tmp_path: Path) -> None:
    pair = _make(tmp_path, HASHED)
    for site in pair:
        wheel = make_wheel(site.project / "wheels", "tool", "1.0")
        (site.project / "right.txt").write_text(f"tool==1.0 --hash=sha256:{sha256(wheel)}\n")
    command = "build --wheel --no-index --find-links wheels"
    _assert_same_words(
        pair,
        f"{command} -b right.txt --require-hashes",
        f"{command} -b none.txt --require-hashes",
        f"{command} -b wrong.txt",
        f"{command} -b wrong.txt --no-verify-hashes",
        f"{command} -b range.txt --require-hashes",
        f"{command} -b range.txt",
        f"{command} -b never.txt",
    )


def test_what_has_not_the_name_of_a_wheel_is_none(tmp_path: Path) -> None:
    uv, hob = _make(tmp_path, OWN | {"own.py": IN_TREE.replace("own-1.0-py3-none-any.whl", "own.zip")})
    answers = [site.tell("build", "--wheel", "-q") for site in (uv, hob)]
    assert [(answer.code, "The built wheel has an invalid filename" in answer.err) for answer in answers] == [(2, True)] * 2
    assert os.listdir(hob.project / "dist") == [".gitignore"]  # uv leaves it there
