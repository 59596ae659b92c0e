"""`hob init` makes what uv makes, file by file, and says the same."""

from pathlib import Path

import pytest

from tests.service.sessions import assert_same, make_sites

PROJECT = '[project]\nname = "top"\nversion = "0"\nrequires-python = ">=3.11"\n'
BACKENDS = ("uv", "hatch", "flit", "pdm", "poetry", "setuptools", "maturin", "scikit")


@pytest.mark.parametrize("backend", BACKENDS)
def test_every_backend_has_its_template(tmp_path: Path, backend: str) -> None:
    assert_same(
        tmp_path, {"keep": ""}, f"init app --vcs none --build-backend {backend}", f"init 9x --lib --vcs none --build-backend {backend}"
    )


def test_kinds_and_options(tmp_path: Path) -> None:
    assert_same(
        tmp_path,
        {"here/README.md": "mine\n", "here/main.py": "x = 1\n", "here/.python-version": "3.10\n"},
        "init plain --no-package --vcs none",
        "init bare --bare",
        "init lib --bare --lib --description A-bare-thing",
        "init here --no-package -p 3.11",
        "init named/ --name Foo.Bar_x --no-readme --no-description --vcs git",
        "init . --vcs none --no-pin-python",
        "init .",
        "init ranged -p >=3.9,<3.12 --vcs none",
        "init ./exact -p 3.10.13 --bare",
    )


def test_the_repository_from_which_it_is_called_is_left_alone(tmp_path: Path) -> None:
    uv, hob = make_sites(tmp_path, {"keep": ""}, {"GIT_DIR": str(tmp_path / "nowhere"), "GIT_WORK_TREE": str(tmp_path)})
    for site in (uv, hob):
        site.tell("init", "--lib", "sub")
        assert (site.project / "sub/.git").is_dir()
        assert (site.project / "sub/.gitignore").is_file()


def test_members_join_a_workspace(tmp_path: Path) -> None:
    files = {"pyproject.toml": PROJECT + '\n[tool.uv.workspace]\nmembers = ["libs/*"]\nexclude = ["skip/*"]\n', ".python-version": "3.11\n"}
    commands = (
        "init a --bare",
        "init libs/b --bare",
        "init skip/c --bare",
        "init libs/b/d --bare",
        "init e --vcs none",
        "init f --no-workspace",
    )
    assert_same(tmp_path, files, *commands, "init a")


def test_scripts_get_their_metadata_and_keep_their_body(tmp_path: Path) -> None:
    files = {"old.py": "# hello\nprint(1)\n", "bang.py": "#!/usr/bin/env python\nprint(1)\n", "empty.py": "", ".python-version": "3.11\n"}
    uv, hob = make_sites(tmp_path, files)
    for path in ("new.py", "tools/new", "old.py", "empty.py", "old.py"):
        assert hob.tell("init", "--script", path) == uv.tell("init", "--script", path)
    theirs, ours = uv.tell("init", "--script", "bang.py"), hob.tell("init", "--script", "bang.py")
    assert (ours.code, ours.files) == (theirs.code, theirs.files)


@pytest.mark.parametrize(
    "command",
    ["init", "init file", "init bad!name", "init ..", "init lint/sub", "init broken/sub", "init --project lint", "init --script folder"],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(tmp_path: Path, command: str) -> None:
    files = {
        "pyproject.toml": PROJECT,
        "file": "",
        "lint/pyproject.toml": "[tool.ruff]\n",
        "broken/pyproject.toml": "[project\n",
        "folder/x": "",
    }
    assert_same(tmp_path, files, command)


def test_descriptions_and_authors_are_quoted_as_toml_wants_it(tmp_path: Path) -> None:
    _, hob = make_sites(tmp_path, {".gitconfig": ""})
    assert hob.tell("init", "said", "--bare", "--description", 'say "hi" \\ bye').code == 0
    assert 'description = "say \\"hi\\" \\\\ bye"' in hob.files()["said/pyproject.toml"]


def test_an_init_that_was_killed_is_finished_by_the_next(tmp_path: Path) -> None:
    """`pyproject.toml` comes last: without it, what is there already is kept."""
    _, hob = make_sites(tmp_path, {"app/README.md": "", "app/src/app/__init__.py": "half = 1\n"})
    assert hob.tell("init", "app", "--vcs", "none").code == 0
    assert hob.files()["app/src/app/__init__.py"] == "half = 1\n"
    assert "[project.scripts]" in hob.files()["app/pyproject.toml"]
