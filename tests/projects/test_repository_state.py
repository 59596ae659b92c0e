"""The state of a repository is read from its files, and is what git says."""

import subprocess
from pathlib import Path

from hobd.projects.repository_state import read_repository_state


def git(folder: Path, *words: str) -> str:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@files.example", "-c", "init.defaultBranch=main", *words]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def repository(folder: Path) -> str:
    folder.mkdir()
    git(folder, "init", "-q")
    git(folder, "commit", "-q", "--allow-empty", "-m", "first")
    return git(folder, "rev-parse", "HEAD")


def test_commit_and_tags_are_those_of_the_repository_around(tmp_path: Path) -> None:
    commit = repository(tmp_path / "a")
    git(tmp_path / "a", "tag", "v1")
    (tmp_path / "a" / "sub").mkdir()
    assert read_repository_state(tmp_path / "a" / "sub") == (commit, {"v1": commit})


def test_packed_references_count_too(tmp_path: Path) -> None:
    commit = repository(tmp_path / "a")
    git(tmp_path / "a", "tag", "group/v1")
    git(tmp_path / "a", "pack-refs", "--all")
    assert read_repository_state(tmp_path / "a") == (commit, {"group/v1": commit})


def test_a_checkout_of_a_commit_and_a_worktree_have_commits_of_their_own(tmp_path: Path) -> None:
    first = repository(tmp_path / "a")
    git(tmp_path / "a", "commit", "-q", "--allow-empty", "-m", "second")
    git(tmp_path / "a", "worktree", "add", "-q", "--detach", str(tmp_path / "b"), first)
    git(tmp_path / "a", "tag", "v1", first)
    assert read_repository_state(tmp_path / "b") == (first, {"v1": first})
    assert read_repository_state(tmp_path / "a")[0] == git(tmp_path / "a", "rev-parse", "HEAD")


def test_a_folder_outside_has_no_state(tmp_path: Path) -> None:
    assert read_repository_state(tmp_path) == (None, None)
