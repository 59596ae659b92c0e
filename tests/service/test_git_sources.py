"""Git sources of projects: what a revision means, and how often its package is built."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.service.sessions import make_sites

LIB = """\
[project]
name = "lib"
version = "1.0"
[build-system]
requires = ["uv_build>=0.13,<0.14"]
build-backend = "uv_build"
"""
WHO = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in (("NAME", "a"), ("EMAIL", "a@files.example"))}


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """A repository with a package in a folder of it."""
    folder = tmp_path / "remote"
    (folder / "sub" / "src" / "lib").mkdir(parents=True)
    (folder / "sub" / "src" / "lib" / "__init__.py").touch()
    (folder / "sub" / "pyproject.toml").write_text(LIB)
    for command in (["init", "-q", "-b", "main", "."], ["add", "."], ["commit", "-q", "-m", "one"]):
        git(folder, *command)
    return folder


def git(folder: Path, *words: str) -> str:
    environment = {"PATH": os.defpath, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **WHO}
    return subprocess.run(["git", *words], cwd=folder, env=environment, check=True, capture_output=True, text=True).stdout.strip()


def test_a_commit_is_built_once_however_it_is_named(tmp_path: Path, remote: Path) -> None:
    app = '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.9"\ndependencies = ["lib"]\n[tool.uv.sources]\n'
    commit = git(remote, "rev-parse", "HEAD")
    sources = {
        "branch": 'branch = "main"',
        "whole": f'rev = "{commit}"',
        "beginning": f'rev = "{commit[:8]}"',
        "wrong": f'rev = "{"0" * 40}"',
    }
    files = {
        f"{name}/pyproject.toml": f'{app}lib = {{ git = "file://{remote}", subdirectory = "sub", {said} }}\n'
        for name, said in sources.items()
    }
    uv, hob = make_sites(tmp_path, files)
    for name, *commands in (("branch", "sync", "sync --reinstall"), ("whole", "lock", "sync"), ("beginning", "sync"), ("wrong", "lock")):
        for command in commands:
            theirs, ours = (site.tell(*command.split(), folder=name) for site in (uv, hob))
            assert (ours.code, ours.files) == (theirs.code, theirs.files), (name, command)
            assert theirs.code or ours.err == theirs.err, (name, command)
