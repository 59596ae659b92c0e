"""From a folder to its workspace: which projects belong together, and what the answer rests on."""

from pathlib import Path

import pytest

from hobd.core.vocab.names import Name
from hobd.errors import HobError
from hobd.projects.discover import Discovery, NoProject, Unmanaged, WorkspaceMistake, discover_workspace, select_member
from tests.projects.reading import discover, write_files
from tests.support.evidence import DiskNotes


def project(name: str, more: str = "") -> str:
    return f'[project]\nname = "{name}"\nversion = "1"\n{more}'


def workspace(members: str, more: str = "") -> str:
    return f"[tool.uv.workspace]\nmembers = {members}\n{more}"


def names(root: Path) -> list[str]:
    return [member.name for member in discover(root).members]


def test_a_project_is_found_from_any_folder_below_it(tmp_path: Path) -> None:
    write_files(tmp_path, {"pyproject.toml": project("app"), "src/app/x.py": ""})

    found = discover(tmp_path / "src" / "app")

    assert (found.root, found.current) == (tmp_path, "app")


def test_members_are_found_by_globs_and_sorted_by_name(tmp_path: Path) -> None:
    files = {"apps/z/pyproject.toml": project("a"), "libs/y/pyproject.toml": project("b"), "deep/1/2/pyproject.toml": project("c")}
    write_files(tmp_path, {"pyproject.toml": project("root", workspace('["apps/*", "./libs/y", "deep/**/2", "missing"]')), **files})

    assert names(tmp_path) == ["a", "b", "c", "root"]


def test_a_member_leads_to_the_root_above_it(tmp_path: Path) -> None:
    write_files(tmp_path, {"pyproject.toml": workspace('["libs/*"]'), "libs/a/pyproject.toml": project("a")})

    found = discover(tmp_path / "libs" / "a")

    assert (found.root, found.current, found.has_root_project) == (tmp_path, "a", False)


def test_a_project_that_the_root_does_not_list_stands_alone(tmp_path: Path) -> None:
    write_files(tmp_path, {"pyproject.toml": project("root", workspace('["libs/*"]')), "examples/e/pyproject.toml": project("e")})

    assert discover(tmp_path / "examples" / "e").root == tmp_path / "examples" / "e"


def test_an_excluded_project_stands_alone(tmp_path: Path) -> None:
    root = project("root", workspace('["libs/*"]', 'exclude = ["libs/x*"]\n'))
    write_files(tmp_path, {"pyproject.toml": root, "libs/a/pyproject.toml": project("a"), "libs/x1/pyproject.toml": project("x")})

    assert names(tmp_path) == ["a", "root"]
    assert names(tmp_path / "libs" / "x1") == ["x"]


def test_another_project_in_between_hides_the_workspace(tmp_path: Path) -> None:
    files = {"a/pyproject.toml": project("a"), "a/b/pyproject.toml": project("b")}
    write_files(tmp_path, {"pyproject.toml": project("root", workspace('["a/b"]')), **files})

    assert discover(tmp_path / "a" / "b").root == tmp_path / "a" / "b"


def test_members_may_lie_outside_of_the_root(tmp_path: Path) -> None:
    write_files(tmp_path, {"main/pyproject.toml": project("main", workspace('["../other"]')), "other/pyproject.toml": project("other")})

    assert names(tmp_path / "main") == ["main", "other"]


@pytest.mark.parametrize("clutter", ["libs/.cache/x", "libs/file"])
def test_hidden_folders_and_files_are_no_members(tmp_path: Path, clutter: str) -> None:
    write_files(tmp_path, {"pyproject.toml": project("root", workspace('["libs/*"]')), "libs/a/pyproject.toml": project("a"), clutter: ""})

    assert names(tmp_path) == ["a", "root"]


def test_a_hidden_folder_with_a_project_is_a_member(tmp_path: Path) -> None:
    write_files(tmp_path, {"pyproject.toml": project("root", workspace('["libs/*"]')), "libs/.h/pyproject.toml": project("h")})

    assert names(tmp_path) == ["h", "root"]


def test_a_folder_with_only_ignored_files_is_what_a_branch_left_behind(tmp_path: Path) -> None:
    write_files(tmp_path, {"pyproject.toml": project("root", workspace('["libs/*"]')), "libs/old/src/__pycache__/x.pyc": ""})
    write_files(tmp_path, {".gitignore": "__pycache__/\n", ".git/HEAD": ""})

    assert names(tmp_path) == ["root"]


def test_a_folder_with_other_files_is_a_mistake(tmp_path: Path) -> None:
    write_files(tmp_path, {"pyproject.toml": project("root", workspace('["libs/*"]')), "libs/old/keep.txt": ""})

    with pytest.raises(WorkspaceMistake, match=r"is missing a `pyproject\.toml`"):
        discover(tmp_path)


def test_an_unmanaged_member_is_left_out(tmp_path: Path) -> None:
    files = {"libs/a/pyproject.toml": project("a", "[tool.uv]\nmanaged = false\n")}
    write_files(tmp_path, {"pyproject.toml": project("root", workspace('["libs/*"]')), **files})

    assert names(tmp_path) == ["root"]
    with pytest.raises(Unmanaged):
        discover(tmp_path / "libs" / "a")


def test_a_file_without_a_project_is_an_empty_workspace(tmp_path: Path) -> None:
    write_files(tmp_path, {"pyproject.toml": '[tool.poetry]\nname = "old"\n'})

    found = discover(tmp_path)

    assert (found.members, found.current, found.pyproject.has_poetry_table) == ((), None, True)


def test_a_member_can_be_chosen_by_name(tmp_path: Path) -> None:
    write_files(tmp_path, {"pyproject.toml": project("root", workspace('["libs/*"]')), "libs/a/pyproject.toml": project("a")})
    found = discover(tmp_path)

    assert select_member(found, Name("a")).current == "a"
    with pytest.raises(WorkspaceMistake, match=f"The workspace does not have a member nope: {tmp_path}"):
        select_member(found, Name("nope"))


def test_the_cache_is_never_searched_for_members(tmp_path: Path) -> None:
    write_files(tmp_path, {"pyproject.toml": project("root", workspace('["**"]')), "cache/x/pyproject.toml": project("x")})
    write_files(tmp_path, {"a/pyproject.toml": project("a"), "pyproject.toml": project("root", workspace('["a", "cache/*"]'))})

    found = discover_workspace(tmp_path, Discovery(evidence=DiskNotes(), cwd=tmp_path, cache_folder=tmp_path / "cache"))

    assert [member.name for member in found.members] == ["a", "root"]


def test_everything_that_was_looked_at_is_evidence_also_what_is_not_there(tmp_path: Path) -> None:
    write_files(tmp_path, {"pyproject.toml": project("root", workspace('["libs/*", "gone"]')), "libs/a/pyproject.toml": project("a")})
    write_files(tmp_path, {"libs/a/src/x.py": ""})
    seen = DiskNotes()

    discover(tmp_path / "libs" / "a" / "src", seen)

    looked_at = {"libs/a/src/pyproject.toml", "libs/a/pyproject.toml", "libs/pyproject.toml", "pyproject.toml", "libs", "gone"}
    assert {tmp_path / name for name in looked_at} <= set(seen.paths)


def test_without_a_project_the_search_goes_up_to_the_root_of_the_file_system(tmp_path: Path) -> None:
    seen = DiskNotes()

    with pytest.raises(NoProject, match=r"No `pyproject\.toml` found in current directory or any parent directory"):
        discover(tmp_path, seen)

    assert Path("/pyproject.toml") in seen.paths


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(b"\xff\xfe")

    with pytest.raises(HobError, match=r"failed to read from file `.*pyproject.toml`: stream did not contain valid UTF-8"):
        discover(tmp_path)


def test_a_byte_order_mark_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(b"\xef\xbb\xbf" + project("a").encode())

    assert names(tmp_path) == ["a"]
